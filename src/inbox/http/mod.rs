//! The inbox over HTTP, for coordinators only.

mod list;
mod show;
mod steps;

use actix_web::web::{ServiceConfig, resource};

use super::actions::handle::HandleError;
use crate::web::WebError;

/// The addresses of the inbox.
pub fn routes(services: &mut ServiceConfig) {
    services
        .service(resource("/coordinate/inbox").get(list::list))
        .service(resource("/coordinate/inbox/{id}").get(show::show))
        .service(resource("/coordinate/inbox/{id}/claim").post(steps::claim))
        .service(resource("/coordinate/inbox/{id}/note").post(steps::note))
        .service(resource("/coordinate/inbox/{id}/reply").post(steps::reply))
        .service(resource("/coordinate/inbox/{id}/state").post(steps::state))
        .service(resource("/coordinate/inbox/{id}/reading").post(steps::read_again));
}

impl From<HandleError> for WebError {
    fn from(e: HandleError) -> WebError {
        match e {
            HandleError::NotFound => WebError::NotFound,
            HandleError::Changed | HandleError::NobodyToAnswer => WebError::Refused(e.to_string()),
            HandleError::NothingWritten => WebError::Unprocessable(e.to_string()),
            HandleError::Db(e) => e.into(),
        }
    }
}
