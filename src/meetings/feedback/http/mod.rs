//! Which address of the feedback forms does what.

mod desk;
mod public;

use actix_web::web::{self, ServiceConfig};

use super::actions::FeedbackError;
use crate::web::WebError;

pub fn routes(services: &mut ServiceConfig) {
    services
        .service(
            web::resource("/coordinate/meetings/{id}/feedback")
                .get(desk::show)
                .post(desk::save),
        )
        .service(
            web::resource("/coordinate/meetings/{id}/feedback/sending")
                .get(desk::sending)
                .post(desk::open),
        )
        .service(web::resource("/coordinate/meetings/{id}/feedback/closing").post(desk::close))
        .service(
            web::resource("/feedback/{token}")
                .get(public::show)
                .post(public::answer),
        );
}

impl From<FeedbackError> for WebError {
    fn from(e: FeedbackError) -> WebError {
        match e {
            FeedbackError::NotFound => WebError::NotFound,
            FeedbackError::Questions(e) => WebError::internal(e),
            FeedbackError::Render(e) => e.into(),
            FeedbackError::Db(e) => e.into(),
            other => WebError::Refused(other.to_string()),
        }
    }
}
