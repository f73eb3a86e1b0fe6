//! `/unsubscribe/{token}`: the page behind the link in a mail, its buttons, and the one click of mail programs.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderName, HeaderValue, REFERRER_POLICY};
use actix_web::web::{self, Path, ServiceConfig};
use serde::Serialize;

use super::model::Kind;
use super::{actions, store};
use crate::members::{self, Status};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;
use crate::web::{Answer, AppData, MemberId, Unsubscribing, Visit, WebError, limit};

pub fn routes(services: &mut ServiceConfig) {
    services.service(web::resource("/unsubscribe/{token}").get(show).post(choose));
}

#[derive(Serialize)]
struct View {
    token: String,
    name: &'static str,
    is_on: bool,
    what_stays: &'static str,
}

/// Whose link it is, unless they have left.
fn find(conn: &mut Conn, token: &str) -> Result<Option<(MemberId, Kind)>, DbError> {
    let Some((id, kind)) = store::by_token(conn, &Plain::given(token))? else {
        return Ok(None);
    };
    let member = members::store::find(conn, &id)?;
    Ok(member
        .filter(|member| member.status == Status::Active)
        .map(|_| (id, kind)))
}

/// Shows what is on; changes nothing, and names nobody: the mail may have been passed on.
async fn show(app: AppData, visit: Visit, token: Path<String>) -> Answer {
    let token = token.into_inner();
    let looked_for = token.clone();
    let found = app
        .read(move |conn| {
            let Some((id, kind)) = find(conn, &looked_for)? else {
                return Ok::<_, DbError>(None);
            };
            Ok(Some((kind, store::is_on(conn, kind, &id)?)))
        })
        .await?;
    let Some((kind, is_on)) = found else {
        return gone(&app, &visit);
    };
    let view = View {
        token,
        name: kind.name(),
        is_on,
        what_stays: kind.what_stays(),
    };
    visit.secret_page(&app, "pages/members/unsubscribe", kind.name(), &view)
}

/// Turns it off, or from the page on again.
async fn choose(app: AppData, visit: Visit, token: Path<String>, given: Unsubscribing) -> Answer {
    let token = token.into_inner();
    let (is_on, way) = match &given {
        Unsubscribing::OneClick => (false, "one click in the mail program"),
        Unsubscribing::Form(fields) => match fields.get("choice") {
            "off" => (false, "by the link in a mail"),
            "on" => (true, "by the link in a mail"),
            _ => return Err(WebError::Unprocessable("Press one of the buttons on the page.".into())),
        },
    };
    let looked_for = token.clone();
    let kind = app
        .write(move |tx, ctx| {
            let Some((id, kind)) = find(tx, &looked_for)? else {
                return Ok::<_, DbError>(None);
            };
            actions::choose(tx, ctx, kind, &id, is_on, way)?;
            Ok(Some(kind))
        })
        .await?;
    let Some(kind) = kind else {
        return gone(&app, &visit);
    };
    if let Unsubscribing::OneClick = given {
        return Ok(one_click_reply(format!("{}: turned off.", kind.name())));
    }
    let said = if is_on { "turned on again" } else { "turned off" };
    let text = format!("{}: {said}.", kind.name());
    let mut response = visit.see_other_saying(&app, &format!("/unsubscribe/{token}"), &text)?;
    // The address just left is a secret: not for the next page's log either.
    response
        .headers_mut()
        .insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    Ok(response)
}

/// What a mail program gets: it shows none of it.
fn one_click_reply(text: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((HeaderName::from_static("x-robots-tag"), "noindex"))
        .body(text + "\n")
}

/// The page of a link that is nobody's, or that of somebody who has left: the same, so that nobody learns which.
fn gone(app: &AppData, visit: &Visit) -> Answer {
    #[derive(Serialize)]
    struct Nothing {}
    limit::check(app, visit, "unsubscribe")?;
    let title = "This link turns nothing off any more";
    let template = "pages/members/unsubscribe_gone";
    visit.secret_page_with(app, StatusCode::NOT_FOUND, template, title, &Nothing {})
}
