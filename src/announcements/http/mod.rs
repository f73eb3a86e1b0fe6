//! Announcements over HTTP: the desk where they are written, sent and followed, and the archive.

mod archive;
mod audience;
mod desk;
mod edit;
mod kept;
mod sending;
mod steps;
mod when;

use actix_web::web::{self, ServiceConfig};

use super::actions::AnnounceError;
use super::model::{Announcement, AnnouncementId};
use super::placeholders::Values;
use super::store;
use crate::members;
use crate::web::{AppData, Coordinator, WebError};

pub fn routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/announcements").get(archive::list))
        .service(web::resource("/announcements/{slug}").get(archive::show))
        .service(
            web::resource("/coordinate/announcements")
                .get(desk::list)
                .post(edit::create),
        )
        .service(web::resource("/coordinate/announcements/new").get(edit::new))
        .service(
            web::resource("/coordinate/announcements/{id}")
                .get(desk::show)
                .post(edit::save),
        )
        .service(web::resource("/coordinate/announcements/{id}/audience").get(audience::list))
        .service(web::resource("/coordinate/announcements/{id}/edit").get(edit::edit))
        .service(web::resource("/coordinate/announcements/{id}/pause").post(steps::pause))
        .service(web::resource("/coordinate/announcements/{id}/removal").post(steps::remove))
        .service(web::resource("/coordinate/announcements/{id}/resume").post(steps::resume))
        .service(
            web::resource("/coordinate/announcements/{id}/sending")
                .get(sending::form)
                .post(sending::send),
        )
        .service(web::resource("/coordinate/announcements/{id}/stop").post(steps::stop))
        .service(web::resource("/coordinate/announcements/{id}/test").post(steps::test));
}

async fn known(app: &AppData, id: String) -> Result<Announcement, WebError> {
    let id = AnnouncementId::from(id);
    let found = app.read(move |conn| store::find(conn, &id)).await?;
    found.ok_or(WebError::NotFound)
}

/// What placeholders stand for on the desk: what is known of the coordinator who reads.
async fn values(app: &AppData, who: &Coordinator) -> Result<Values, WebError> {
    let id = who.id.clone();
    let member = app.read(move |conn| members::store::find(conn, &id)).await?;
    Ok(member.map_or_else(|| Values::neutral(app), |member| Values::of(app, &member)))
}

impl From<AnnounceError> for WebError {
    fn from(error: AnnounceError) -> WebError {
        match error {
            AnnounceError::NotFound => WebError::NotFound,
            AnnounceError::Db(e) => e.into(),
            AnnounceError::Text(text) => WebError::Unprocessable(text),
            other => WebError::Refused(other.to_string()),
        }
    }
}
