//! Asking for a link by mail, looking at it (which never acts), and using it.
//!
//! Why asking takes [`EVEN_TIME`]: writing a mail takes a few milliseconds more than writing none, and whoever
//! measures that would know whose address is a member's (TRUST S13).

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use super::{next_of, query, sign_out_form, with_next};
use crate::members::choices::{self, WELCOME};
use crate::members::sign_in::actions::{self, Entry, Knock};
use crate::members::sign_in::model::{LINK_LIFE, Purpose};
use crate::members::sign_in::{safe_next, store};
use crate::platform::db::DbError;
use crate::platform::secret::Plain;
use crate::platform::text::email_address::EmailAddress;
use crate::web::{Answer, AppData, Fields, FormView, Visit, WebError, limit};

/// How long the answer to asking takes, whoever asks: well above what the work itself takes.
const EVEN_TIME: Duration = Duration::from_millis(80);

#[derive(Serialize)]
struct AskView {
    form: FormView,
    next: String,
    password_href: String,
}

fn ask_view(form: FormView, next: String) -> AskView {
    AskView {
        form,
        password_href: with_next("/sign-in/password", &next),
        next,
    }
}

pub async fn form(app: AppData, visit: Visit, request: HttpRequest) -> Answer {
    let fields = query(&request)?;
    let next = next_of(&fields);
    if visit.session.is_some() {
        return if next.is_empty() {
            sign_out_form(app, visit).await
        } else {
            Ok(visit.see_other(&next))
        };
    }
    let view = ask_view(FormView::blank(&["email"]), next);
    visit.page(&app, "pages/members/sign_in", "Sign in", &view)
}

pub async fn ask(app: AppData, visit: Visit, fields: Fields) -> Answer {
    limit::check(&app, &visit, "sign-in")?;
    let mut form = FormView::of(&["email"], &fields);
    let next = next_of(&fields);
    let Some(email) = form.take("email", EmailAddress::parse(fields.get("email"))) else {
        let (status, view) = (StatusCode::UNPROCESSABLE_ENTITY, ask_view(form, next));
        return visit.page_with(&app, status, "pages/members/sign_in", "Sign in", &view);
    };
    let browser = visit.browser_hash();
    let even = tokio::time::sleep(EVEN_TIME);
    app.write(move |tx, ctx| actions::ask(tx, ctx, &email, browser.as_ref(), &next))
        .await?;
    even.await;
    Ok(visit.see_other("/sign-in/sent"))
}

#[derive(Serialize)]
struct SentView {
    minutes: i64,
}

pub async fn sent(app: AppData, visit: Visit) -> Answer {
    let view = SentView {
        minutes: LINK_LIFE.as_mins(),
    };
    visit.page(&app, "pages/members/sign_in_sent", "Look at your mail", &view)
}

#[derive(Serialize)]
struct LinkView {
    form: FormView,
    action: String,
    next: String,
    needs_code: bool,
}

#[derive(Serialize)]
struct GoneView {
    form: FormView,
    /// Where one press sends a new link; none if nobody knows whose link it was.
    again: Option<String>,
    next: String,
}

/// Shows a button, or asks for the code; changes nothing, so that scanners may look as often as they like.
pub async fn look(app: AppData, visit: Visit, token: Path<String>, request: HttpRequest) -> Answer {
    let next = next_of(&query(&request)?);
    let plain = Plain::given(&token);
    let link = app.read(move |conn| store::find(conn, &plain, Purpose::SignIn)).await?;
    let now = app.now();
    match &link {
        Some(live) if live.is_live(now) => {
            let needs_code = !live.was_asked_by(visit.browser_hash().as_ref());
            link_page(&app, &visit, StatusCode::OK, &token, next, needs_code, None)
        }
        _ => gone_page(&app, &visit, &token, next, link.is_some()),
    }
}

pub async fn enter(
    app: AppData,
    visit: Visit,
    token: Path<String>,
    fields: Result<Fields, WebError>,
    request: HttpRequest,
) -> Answer {
    let fields = match fields {
        Ok(fields) => fields,
        // A press without our page behind it: a scanner, or a browser that keeps no cookies.
        Err(WebError::Forbidden(_) | WebError::Unproved(_)) => {
            let next = next_of(&query(&request)?);
            return link_page(&app, &visit, StatusCode::FORBIDDEN, &token, next, true, None);
        }
        Err(other) => return Err(other),
    };
    limit::check(&app, &visit, "sign-in link")?;
    let next = next_of(&fields);
    let (plain, browser) = (Plain::given(&token), visit.browser_hash());
    let old_session = visit.session.as_ref().map(|session| session.token.clone());
    let code = fields.get("code").to_owned();
    let goes_to_own_page = safe_next(&next) == "/me";
    let (entry, is_known, is_asked) = app
        .write(move |tx, ctx| -> Result<_, DbError> {
            let knock = Knock {
                token: &plain,
                browser: browser.as_ref(),
                code: &code,
                old_session: old_session.as_ref(),
            };
            let entry = actions::enter(tx, ctx, &knock)?;
            let link = store::find(tx, &plain, Purpose::SignIn)?;
            let is_asked = match (&entry, &link) {
                (Entry::In(_), Some(link)) if goes_to_own_page => choices::ask_once(tx, ctx, &link.member_id)?,
                _ => false,
            };
            Ok((entry, link.is_some(), is_asked))
        })
        .await?;
    let wrong = "This is not the code of that mail. It has eight letters and digits; take it from the newest mail.";
    match entry {
        Entry::In(cookie) => {
            let there = if is_asked { WELCOME.to_owned() } else { safe_next(&next) };
            let mut response = visit.see_other(&there);
            response.add_cookie(&cookie).map_err(WebError::internal)?;
            Ok(response)
        }
        Entry::NeedsCode => link_page(&app, &visit, StatusCode::FORBIDDEN, &token, next, true, None),
        Entry::WrongCode => link_page(&app, &visit, StatusCode::FORBIDDEN, &token, next, true, Some(wrong)),
        Entry::Gone => gone_page(&app, &visit, &token, next, is_known),
    }
}

/// Sends a new link to whoever had the old one.
pub async fn again(app: AppData, visit: Visit, token: Path<String>, fields: Fields) -> Answer {
    limit::check(&app, &visit, "sign-in")?;
    let (plain, browser, next) = (Plain::given(&token), visit.browser_hash(), next_of(&fields));
    app.write(move |tx, ctx| actions::ask_again(tx, ctx, &plain, browser.as_ref(), &next))
        .await?;
    Ok(visit.see_other("/sign-in/sent"))
}

fn link_page(
    app: &AppData,
    visit: &Visit,
    status: StatusCode,
    token: &str,
    next: String,
    needs_code: bool,
    wrong: Option<&str>,
) -> Answer {
    let mut form = FormView::blank(&["code"]);
    if let Some(wrong) = wrong {
        form.fail("code", wrong);
    }
    let view = LinkView {
        form,
        action: with_next(&format!("/sign-in/{token}"), &next),
        next,
        needs_code,
    };
    visit.secret_page_with(app, status, "pages/members/sign_in_link", "Sign in", &view)
}

fn gone_page(app: &AppData, visit: &Visit, token: &str, next: String, is_known: bool) -> Answer {
    let view = GoneView {
        form: FormView::blank(&["email"]),
        again: is_known.then(|| format!("/sign-in/{token}/again")),
        next,
    };
    let title = "This link is over";
    visit.secret_page_with(app, StatusCode::GONE, "pages/members/sign_in_gone", title, &view)
}
