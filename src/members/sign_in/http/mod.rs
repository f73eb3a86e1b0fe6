//! The doors: asking for a link, using it, the coordinators' password, signing out.

mod again;
mod link;
mod password;

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::platform::app::App;
use crate::web::{Answer, AppData, Fields, Visit, WebError, end_sessions, no_session};

pub use again::{Again, password_again};

/// The addresses of this part; the fixed ones stand before the one that ends in a token.
pub fn routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/sign-in").get(link::form).post(link::ask))
        .service(web::resource("/sign-in/sent").get(link::sent))
        .service(
            web::resource("/sign-in/password")
                .get(password::form)
                .post(password::enter),
        )
        .service(
            web::resource("/sign-in/set-password/{token}")
                .get(password::set_form)
                .post(password::set),
        )
        .service(web::resource("/sign-in/{token}/again").post(link::again))
        .service(web::resource("/sign-in/{token}").get(link::look).post(link::enter))
        .service(web::resource("/sign-out").get(sign_out_form).post(sign_out))
        .service(web::resource("/sign-out/farewell").get(farewell));
}

/// `next` as it came in the address or the form: empty when none was asked for.
fn next_of(fields: &Fields) -> String {
    match fields.get("next") {
        "" => String::new(),
        raw => super::safe_next(raw),
    }
}

/// The query of an address, read as forms are.
fn query(request: &HttpRequest) -> Result<Fields, WebError> {
    Fields::parse(request.query_string().as_bytes())
}

/// `?next=…` for an address of ours, or nothing.
fn with_next(path: &str, next: &str) -> String {
    if next.is_empty() {
        return path.to_owned();
    }
    let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
    format!("{path}?next={next}")
}

#[derive(Serialize)]
struct Nothing {}

async fn sign_out_form(app: AppData, visit: Visit) -> Answer {
    let template = if visit.session.is_some() {
        "pages/members/sign_out"
    } else {
        "pages/members/signed_out"
    };
    visit.page(&app, template, "Sign out", &Nothing {})
}

async fn sign_out(app: AppData, visit: Visit, _: Fields) -> Answer {
    if let Some(session) = visit.session.clone() {
        app.write(move |tx, _| end_sessions(tx, &session.person.id, Some(&session.token)))
            .await?;
    }
    without_session(&app, &visit, "/sign-out")
}

async fn farewell(app: AppData, visit: Visit) -> Answer {
    visit.page(&app, "pages/members/farewell", "You have left", &Nothing {})
}

/// 303 to `path`, leaving nothing of the session behind in the browser (TRUST S03).
pub fn without_session(app: &App, visit: &Visit, path: &str) -> Answer {
    let mut response: HttpResponse = visit.see_other(path);
    response.headers_mut().insert(
        actix_web::http::header::HeaderName::from_static("clear-site-data"),
        actix_web::http::header::HeaderValue::from_static("\"cache\",\"cookies\",\"storage\""),
    );
    response.add_cookie(&no_session(app)).map_err(WebError::internal)?;
    Ok(response)
}
