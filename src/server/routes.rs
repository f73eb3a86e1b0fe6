//! Which slice answers which address: one line a slice.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, ServiceConfig};

use crate::members::MemberChanged;
use crate::members::unsubscribe::ChoiceMade;
use crate::platform::db::DbError;
use crate::platform::mail::outbox::{Kind, WhyNot};
use crate::platform::render::Files;
use crate::web::{Answer, AppData, NavLink, Navigation, Visit, WebError, for_everyone};

/// The links at the top of the pages.
pub fn navigation() -> Navigation {
    let link = |href, label| NavLink { href, label };
    Navigation {
        public: vec![
            link("/meetings", "Meetings"),
            link("/activities", "Activities"),
            link("/join", "Join"),
            link("/subscribe", "Calendar"),
        ],
        member: vec![
            link("/meetings", "Meetings"),
            link("/activities", "Activities"),
            link("/members", "Members"),
            link("/subscribe", "Calendar"),
        ],
        desk: vec![
            link("/coordinate", "Desk"),
            link("/coordinate/requests", "Requests"),
            link("/coordinate/members", "Members"),
            link("/coordinate/meetings", "Meetings"),
            link("/coordinate/activities", "Activities"),
            link("/coordinate/announcements", "Announcements"),
            link("/coordinate/inbox", "Inbox"),
            link("/coordinate/outbox", "Outbox"),
            link("/coordinate/settings", "Settings"),
        ],
    }
}

/// Who is told when somebody joins or leaves, in this order.
pub fn member_changed() -> Vec<MemberChanged> {
    vec![
        crate::join::forget_who_left,
        crate::inbox::forget_who_left,
        crate::meetings::member_changed,
        crate::meetings::poll::member_changed,
        crate::meetings::feedback::member_changed,
    ]
}

/// Who is asked whether a mail still holds, in the moment in which it would be sent.
pub fn asked_before_sending() -> Vec<(Kind, WhyNot)> {
    vec![
        (Kind::Reminder, crate::meetings::reminders::why_not),
        (Kind::Announcement, crate::announcements::why_not),
        (Kind::Invitation, crate::meetings::why_no_invitation),
        (Kind::BesideMeeting, crate::meetings::why_no_invitation),
        (Kind::Digest, crate::digest::why_not),
    ]
}

/// Who is told when a member turns a kind of mail on or off, in this order.
pub fn choice_made() -> Vec<ChoiceMade> {
    vec![crate::meetings::choice_made]
}

/// Every address of the product.
pub fn configure(services: &mut ServiceConfig) {
    crate::activities::http::routes(services);
    crate::announcements::http::routes(services);
    crate::site::routes(services);
    crate::inbox::http::routes(services);
    crate::meetings::http::routes(services);
    crate::digest::routes(services);
    services
        .service(web::resource("/static/{name}").get(static_file))
        .service(web::resource("/healthz").get(alive))
        .service(web::resource("/readyz").get(ready))
        .service(web::resource("/metrics").get(super::metrics::show))
        .configure(crate::join::http::routes)
        .configure(crate::members::http::routes)
        .default_service(web::to(nothing_here));
}

async fn nothing_here(_: Visit) -> Answer {
    Err(WebError::NotFound)
}

async fn alive() -> &'static str {
    "alive\n"
}

const PLAIN: &str = "text/plain; charset=utf-8";

/// Able to serve: the database answers.
async fn ready(app: AppData) -> HttpResponse {
    let answered = app.read(|conn| crate::platform::app::fact(conn, "mail domain")).await;
    match answered {
        Ok::<Option<String>, DbError>(_) => HttpResponse::Ok().content_type(PLAIN).body("ready\n"),
        Err(_) => HttpResponse::ServiceUnavailable()
            .insert_header(("retry-after", "2"))
            .content_type(PLAIN)
            .body("the database does not answer\n"),
    }
}

/// Our own styles, scripts and icons; their address changes with their content.
async fn static_file(name: web::Path<String>) -> Answer {
    let kind = match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => return Err(WebError::NotFound),
    };
    let file = Files::get(&format!("static/{name}")).ok_or(WebError::NotFound)?;
    let response = HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, kind))
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(file.data.into_owned());
    Ok(for_everyone(response))
}
