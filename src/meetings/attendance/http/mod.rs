//! The door behind an own joining link, and the desk's pages about who came.

mod desk;
mod door;
mod import;

use actix_web::web::{self, ServiceConfig};

use super::actions::AttendanceError;
use crate::web::WebError;

pub fn routes(services: &mut ServiceConfig) {
    services
        .service(
            web::resource("/meetings/{slug}/join/{token}")
                .get(door::show)
                .post(door::join),
        )
        .service(
            web::resource("/coordinate/meetings/{id}/attendance")
                .get(desk::show)
                .post(desk::save),
        )
        .service(web::resource("/coordinate/meetings/{id}/attendance/reading").post(import::read))
        .service(web::resource("/coordinate/meetings/{id}/attendance/import").post(import::apply))
        .service(web::resource("/coordinate/meetings/{id}/own-links").post(desk::switch));
}

impl From<AttendanceError> for WebError {
    fn from(e: AttendanceError) -> WebError {
        match e {
            AttendanceError::NotFound => WebError::NotFound,
            AttendanceError::NotHeld | AttendanceError::NotYet => WebError::Refused(e.to_string()),
            AttendanceError::Db(e) => e.into(),
        }
    }
}
