//! Which address of the materials does what.

mod desk;
mod files;
mod log;
mod minutes;
mod overview;
mod recap;
pub mod shown;
mod upload;

use actix_web::web::{self, ServiceConfig};

use crate::meetings::model::{Meeting, MeetingId};
use crate::meetings::store as meetings;
use crate::platform::db::Conn;
use crate::web::WebError;

pub fn routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/meetings/{slug}/files/{file}").get(files::public))
        .service(
            web::resource("/meetings/{slug}/log/{token}")
                .get(log::page)
                .post(log::log),
        )
        .service(web::resource("/coordinate/meetings/{id}/materials").get(desk::page))
        .service(web::resource("/coordinate/meetings/{id}/materials/agenda").post(desk::save_agenda))
        .service(web::resource("/coordinate/meetings/{id}/materials/recording").post(desk::save_recording))
        .service(web::resource("/coordinate/meetings/{id}/materials/files").post(files::add))
        .service(
            web::resource("/coordinate/meetings/{id}/materials/files/{file}")
                .get(files::edit_page)
                .post(files::change),
        )
        .service(web::resource("/coordinate/meetings/{id}/materials/files/{file}/content").get(files::for_desk))
        .service(web::resource("/coordinate/meetings/{id}/materials/files/{file}/removal").post(files::remove))
        .service(
            web::resource("/coordinate/meetings/{id}/materials/minutes")
                .get(minutes::page)
                .post(minutes::save),
        )
        .service(web::resource("/coordinate/meetings/{id}/materials/minutes/publication").post(minutes::publish))
        .service(web::resource("/coordinate/meetings/{id}/materials/minutes/withdrawal").post(minutes::withdraw))
        .service(web::resource("/coordinate/meetings/{id}/materials/minutes/{version}").get(minutes::version))
        .service(web::resource("/coordinate/meetings/{id}/materials/presenters").post(desk::add_presenter))
        .service(
            web::resource("/coordinate/meetings/{id}/materials/presenters/{presenter}/removal")
                .post(desk::remove_presenter),
        )
        .service(
            web::resource("/coordinate/meetings/{id}/materials/recap")
                .get(recap::page)
                .post(recap::send),
        );
}

fn found(conn: &mut Conn, id: &MeetingId) -> Result<Meeting, WebError> {
    meetings::find(conn, id)?.ok_or(WebError::NotFound)
}

/// Where coordinators see to a meeting's materials.
fn desk_path(meeting: &Meeting) -> String {
    format!("{}/materials", meeting.desk_path())
}
