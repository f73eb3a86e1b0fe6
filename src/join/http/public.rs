//! What an applicant meets: the form, the plain answer, the link in the mail.

use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::web::Path;
use serde::Serialize;

use super::super::actions::apply::{self, ApplyError, Consents};
use super::super::actions::by_mail;
use super::super::model::{Application, CONFIRM_WITHIN, Link, PRIVACY_NOTICE};
use super::pace;
use crate::members::Role;
use crate::platform::app::App;
use crate::platform::secret::Plain;
use crate::platform::text::country::Country;
use crate::platform::text::email_address::EmailAddress;
use crate::platform::text::line::{one_line, paragraphs};
use crate::platform::text::zone::short_date;
use crate::web::{Answer, AppData, Choice, Fields, FormView, Visit, WebError, limit};

/// How long the answer to the form takes, whoever sends it (TRUST S13): well above what the work itself takes.
const EVEN_TIME: Duration = Duration::from_millis(80);

const FIELDS: &[&str] = &[
    "name",
    "email",
    "affiliation",
    "country",
    "role",
    "reason",
    "heard_from",
    "privacy",
    "directory",
    "announcements",
];

#[derive(Serialize)]
struct JoinPage {
    form: FormView,
    countries: Vec<Choice>,
    roles: Vec<Choice>,
    shown_at: String,
    /// The address that a link proves, and where its form goes; empty in the public form.
    email: String,
    path: String,
    /// Came back too quickly: nothing is wrong, one press of the button sends it.
    is_again: bool,
    notice_version: &'static str,
    notice_date: String,
}

fn page(app: &App, form: FormView, typed: &Fields, shown_at: String) -> JoinPage {
    let chosen = Country::parse(typed.get("country")).map_or("", Country::code);
    let mut countries = vec![Choice::new("", "Choose a country", chosen)];
    countries.extend(Country::all().map(|country| Choice::new(country.code(), country.name(), chosen)));
    let mut roles = vec![Choice::new("", "I would rather not say", typed.get("role"))];
    let words = Role::ALL.iter().map(|role| role.as_str());
    roles.extend(words.map(|word| Choice::new(word, capitalised(word), typed.get("role"))));
    JoinPage {
        form,
        countries,
        roles,
        shown_at: if shown_at.is_empty() {
            pace::stamp(&app.keys, app.now())
        } else {
            shown_at
        },
        email: String::new(),
        path: String::new(),
        is_again: false,
        notice_version: PRIVACY_NOTICE,
        notice_date: PRIVACY_NOTICE
            .parse()
            .map_or_else(|_| PRIVACY_NOTICE.to_owned(), short_date),
    }
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + chars.as_str())
        .unwrap_or_default()
}

const TITLE: &str = "Join the network";

/// GET /join
pub async fn form(app: AppData, visit: Visit) -> Answer {
    let view = page(&app, FormView::blank(FIELDS), &Fields::default(), String::new());
    visit.page(&app, "pages/join/form", TITLE, &view)
}

/// Reads every field, noting on the form what is wrong with each.
fn read(typed: &Fields, email: Result<EmailAddress, String>, form: &mut FormView) -> Option<Application> {
    let needed = |name: &str, ask: &str| match one_line(typed.get(name), 200) {
        Ok(text) if text.is_empty() => Err(ask.to_owned()),
        other => other,
    };
    let name = form.take("name", needed("name", "Write your name."));
    let email = form.take("email", email);
    let ask = "Write where you work or study; “none” is an answer too.";
    let affiliation = form.take("affiliation", needed("affiliation", ask));
    let country = match typed.get("country").trim() {
        "" => Err("Choose your country.".to_owned()),
        given => Country::parse(given),
    };
    let country = form.take("country", country);
    let role = match typed.get("role").trim() {
        "" => Ok(String::new()),
        given => Role::parse(given)
            .map(|role| role.to_string())
            .ok_or_else(|| "Choose a role from the list, or leave it open.".to_owned()),
    };
    let role = form.take("role", role);
    let reason = paragraphs(typed.get("reason"), 20, 2_000);
    let reason = form.take(
        "reason",
        reason.map_err(|e| match typed.get("reason").trim() {
            "" => "Say why you would like to join; a sentence or two will do.".to_owned(),
            _ => e,
        }),
    );
    let heard_from = form.take("heard_from", one_line(typed.get("heard_from"), 200));
    if !typed.is_yes("privacy") {
        form.fail("privacy", "Read the privacy notice, and tick that you have.");
    }
    if !form.is_ok() {
        return None;
    }
    Some(Application {
        email: email?,
        name: name?,
        affiliation: affiliation?,
        country: country?,
        role: role?,
        reason: reason?,
        heard_from: heard_from?,
        wants_directory: typed.is_yes("directory"),
        wants_announcements: typed.is_yes("announcements"),
    })
}

/// POST /join
pub async fn apply(app: AppData, visit: Visit, typed: Result<Fields, WebError>) -> Answer {
    let (typed, is_proved) = match typed {
        Ok(typed) => (typed, true),
        // A browser that lost its cookie meanwhile: everything typed, and one press.
        Err(WebError::Unproved(typed)) => (*typed, false),
        Err(other) => return Err(other),
    };
    let mut form = FormView::of(FIELDS, &typed);
    let again = |form, is_again, status| {
        let mut view = page(&app, form, &typed, typed.get("shown_at").to_owned());
        view.is_again = is_again;
        visit.page_with(&app, status, "pages/join/form", TITLE, &view)
    };
    if !is_proved {
        return again(form, true, StatusCode::FORBIDDEN);
    }
    limit::check(&app, &visit, "join")?;
    let Some(application) = read(&typed, EmailAddress::parse(typed.get("email")), &mut form) else {
        return again(form, false, StatusCode::UNPROCESSABLE_ENTITY);
    };
    if pace::is_too_quick(
        &app.keys,
        typed.get("shown_at"),
        app.now(),
        app.config.limits.form_seconds,
    ) {
        return again(form, true, StatusCode::UNPROCESSABLE_ENTITY);
    }
    // A field that people do not see: whoever fills it in is told what everybody is told.
    if !typed.get("website").is_empty() {
        return Ok(visit.see_other("/join/sent"));
    }
    limit::check_day(&app, &visit, "join in a day", app.config.limits.requests_per_ip_day)?;
    let even = tokio::time::sleep(EVEN_TIME);
    let done = app.write(move |tx, ctx| apply::apply(tx, ctx, &application)).await;
    even.await;
    match done {
        Err(full @ ApplyError::FullToday) => {
            form.fail("email", full.to_string());
            let mut response = again(form, false, StatusCode::TOO_MANY_REQUESTS)?;
            let headers = response.headers_mut();
            headers.insert(header::RETRY_AFTER, header::HeaderValue::from_static("3600"));
            Ok(response)
        }
        done => {
            done?;
            Ok(visit.see_other("/join/sent"))
        }
    }
}

#[derive(Serialize)]
struct Plainly {
    days: i64,
}

/// GET /join/sent: the same for everybody.
pub async fn sent(app: AppData, visit: Visit) -> Answer {
    let view = Plainly {
        days: CONFIRM_WITHIN.as_hours() / 24,
    };
    visit.public_page(&app, "pages/join/sent", "Check your mail", &view)
}

/// GET /join/thanks
pub async fn thanks(app: AppData, visit: Visit) -> Answer {
    let view = Plainly { days: 7 };
    visit.public_page(&app, "pages/join/thanks", "Thank you", &view)
}

#[derive(Serialize)]
struct LinkPage {
    /// The two choices of the form, to be seen and changed by whoever has the address.
    form: FormView,
    path: String,
    is_open: bool,
    is_used: bool,
}

/// What a mail to us began: the form with what was taken from it.
fn complete_page(
    app: &AppData,
    visit: Visit,
    email: &str,
    form: FormView,
    typed: &Fields,
    status: StatusCode,
) -> Answer {
    let mut view = page(app, form, typed, String::new());
    view.email = email.to_owned();
    view.path = visit.path.clone();
    let mut response = visit.secret_page(app, "pages/join/complete", "Complete your request", &view)?;
    *response.status_mut() = status;
    Ok(response)
}

/// GET /join/confirm/{token}: a button, so that a mail scanner that follows links proves nothing.
pub async fn link(app: AppData, visit: Visit, token: Path<String>) -> Answer {
    let token = Plain::given(&token);
    let now = app.now();
    let link = app.read(move |conn| apply::look_at_link(conn, &token, now)).await?;
    if let Link::Incomplete(request) = link {
        let known = [("name", request.name.as_str()), ("reason", &request.reason)];
        let typed = Fields::of(known);
        let form = FormView::of(FIELDS, &typed);
        return complete_page(&app, visit, &request.email, form, &typed, StatusCode::OK);
    }
    let mut form = FormView::blank(&["directory", "announcements"]);
    if let Link::Open(request) = &link {
        let ticked = |is_on: bool| if is_on { "yes" } else { "" };
        form.set("directory", ticked(request.wants_directory));
        form.set("announcements", ticked(request.wants_announcements));
    }
    let view = LinkPage {
        form,
        path: visit.path.clone(),
        is_open: matches!(link, Link::Open(_)),
        is_used: link == Link::Used,
    };
    let title = match link {
        Link::Open(_) => "Confirm your address",
        Link::Used => "Your address is confirmed",
        Link::Gone | Link::Incomplete(_) => "This link no longer works",
    };
    let mut response = visit.secret_page(&app, "pages/join/confirm", title, &view)?;
    if link == Link::Gone {
        *response.status_mut() = StatusCode::GONE;
    }
    Ok(response)
}

/// POST /join/confirm/{token}
pub async fn confirm(app: AppData, visit: Visit, token: Path<String>, typed: Fields) -> Answer {
    limit::check(&app, &visit, "confirm")?;
    let token = Plain::given(&token);
    let (looked_for, now) = (token.clone(), app.now());
    let link = app
        .read(move |conn| apply::look_at_link(conn, &looked_for, now))
        .await?;
    let done = if let Link::Incomplete(request) = link {
        let mut form = FormView::of(FIELDS, &typed);
        let Some(given) = read(&typed, EmailAddress::parse(&request.email), &mut form) else {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return complete_page(&app, visit, &request.email, form, &typed, status);
        };
        app.write(move |tx, ctx| by_mail::complete(tx, ctx, &token, &given))
            .await?
    } else {
        // Only a page that showed the choices changes them.
        let consents = (typed.get("choices") == "shown").then(|| Consents {
            directory: typed.is_yes("directory"),
            announcements: typed.is_yes("announcements"),
        });
        app.write(move |tx, ctx| apply::confirm(tx, ctx, &token, consents))
            .await?
    };
    match done {
        Link::Open(_) | Link::Used => Ok(visit.see_other("/join/thanks")),
        // The page behind the link says what to do.
        Link::Gone | Link::Incomplete(_) => Ok(visit.see_other(&visit.path)),
    }
}
