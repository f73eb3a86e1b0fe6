//! The settings' page of mails: every mail as its reader sees it, and its words, which coordinators can replace.
//!
//! `show` draws, `edit` takes in, `actions` keeps. What may be written, and what becomes of it, is decided in
//! `platform/render`.

mod actions;
mod edit;
mod show;

use actix_web::web::{self, ServiceConfig};

use crate::platform::mail::words::{Catalogue, MailKind};
use crate::web::{AppData, WebError};

const ROOT: &str = "/coordinate/settings/mails";

pub(super) fn routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/coordinate/settings").get(show::settings))
        .service(web::resource("/coordinate/settings/mails").get(show::list))
        .service(
            web::resource("/coordinate/settings/mails/{slice}/{message}")
                .get(show::one)
                .post(edit::save),
        )
        .service(
            web::resource("/coordinate/settings/mails/{slice}/{message}/html")
                .get(show::html)
                .post(edit::html),
        )
        .service(web::resource("/coordinate/settings/mails/{slice}/{message}/edit").get(edit::edit))
        .service(web::resource("/coordinate/settings/mails/{slice}/{message}/preview").post(edit::preview))
        .service(
            web::resource("/coordinate/settings/mails/{slice}/{message}/restore")
                .get(edit::restoring)
                .post(edit::restore),
        );
}

/// The slice and the message in an address.
type Name = web::Path<(String, String)>;

fn kind<'a>(app: &'a AppData, (slice, message): &(String, String)) -> Result<&'a MailKind, WebError> {
    let catalogue = app.part::<Catalogue>().ok_or(WebError::NotFound)?;
    catalogue.find(&format!("{slice}/{message}")).ok_or(WebError::NotFound)
}

fn path(kind: &MailKind) -> String {
    format!("{ROOT}/{}", kind.name)
}
