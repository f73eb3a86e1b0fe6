//! Which address of the polls does what.

mod desk;
mod edit;
mod public;

use actix_web::web::{self, ServiceConfig};

use super::actions::PollError;
use crate::web::WebError;

/// To be routed before `/coordinate/meetings/{id}`, which would take "polls" for a meeting.
pub fn routes(services: &mut ServiceConfig) {
    services
        .service(
            web::resource("/coordinate/meetings/polls")
                .get(desk::list)
                .post(edit::create),
        )
        .service(web::resource("/coordinate/meetings/polls/new").get(edit::new))
        .service(
            web::resource("/coordinate/meetings/polls/{id}")
                .get(desk::show)
                .post(edit::update),
        )
        .service(web::resource("/coordinate/meetings/polls/{id}/edit").get(edit::edit))
        .service(
            web::resource("/coordinate/meetings/polls/{id}/sending")
                .get(desk::sending)
                .post(desk::send),
        )
        .service(web::resource("/coordinate/meetings/polls/{id}/closing").post(desk::close))
        .service(web::resource("/coordinate/meetings/polls/{id}/meeting").post(desk::make_meeting))
        .service(web::resource("/poll/{token}").get(public::show).post(public::answer));
}

impl From<PollError> for WebError {
    fn from(e: PollError) -> WebError {
        match e {
            PollError::NotFound => WebError::NotFound,
            PollError::NoTime => WebError::Unprocessable(e.to_string()),
            PollError::Change(e) => e.into(),
            PollError::Render(e) => e.into(),
            PollError::Db(e) => e.into(),
            other => WebError::Refused(other.to_string()),
        }
    }
}
