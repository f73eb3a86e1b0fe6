//! The HTML of a mail, to be seen behind a sandbox.

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_FRAME_OPTIONS};

use super::gate::MAIL_CSP;

/// The HTML of a mail at an address of its own: no script runs, nothing is loaded, only our own page may frame it.
pub fn html_reply(html: String) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_SECURITY_POLICY, MAIL_CSP))
        .insert_header((X_FRAME_OPTIONS, "SAMEORIGIN"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(html)
}
