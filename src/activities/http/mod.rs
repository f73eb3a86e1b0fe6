//! Activities over HTTP: the public journal and its feeds, the coordinators' desk.

mod desk;
mod public;

use actix_web::web::{self, ServiceConfig};

use super::actions::ActivityError;
use crate::web::WebError;

pub(super) use public::list_path;

pub fn routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/activities").get(public::list))
        .service(web::resource("/activities.{format:atom|rss|json}").get(public::feed))
        .service(
            web::resource("/activities/{scope:local|national|international}.{format:atom|rss|json}")
                .get(public::feed_of_scope),
        )
        .service(web::resource("/activities/{slug}").get(public::show))
        .service(
            web::resource("/coordinate/activities")
                .get(desk::list)
                .post(desk::create),
        )
        .service(web::resource("/coordinate/activities/new").get(desk::new))
        .service(
            web::resource("/coordinate/activities/{id}")
                .get(desk::show)
                .post(desk::save),
        )
        .service(web::resource("/coordinate/activities/{id}/edit").get(desk::edit))
        .service(web::resource("/coordinate/activities/{id}/publication").post(desk::publish))
        .service(web::resource("/coordinate/activities/{id}/withdrawal").post(desk::withdraw));
}

impl From<ActivityError> for WebError {
    fn from(error: ActivityError) -> WebError {
        match error {
            ActivityError::Unknown => WebError::NotFound,
            ActivityError::Published | ActivityError::Draft => WebError::Refused(error.to_string()),
            ActivityError::Db(e) => e.into(),
        }
    }
}
