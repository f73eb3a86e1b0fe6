//! Joining over HTTP: the public form, the coordinators' queue, the decision with its preview.

mod decision;
mod desk;
pub mod lookers;
mod pace;
mod public;
mod request;

use actix_web::web::{ServiceConfig, resource};

use super::actions::apply::ApplyError;
use super::actions::decide::DecideError;
use crate::web::WebError;

/// The addresses of joining.
pub fn routes(services: &mut ServiceConfig) {
    services
        .service(resource("/join").get(public::form).post(public::apply))
        .service(resource("/join/sent").get(public::sent))
        .service(resource("/join/thanks").get(public::thanks))
        .service(
            resource("/join/confirm/{token}")
                .get(public::link)
                .post(public::confirm),
        )
        .service(resource("/coordinate/requests").get(desk::list))
        .service(resource("/coordinate/requests/{id}").get(request::one))
        .service(resource("/coordinate/requests/{id}/choice").post(decision::choose))
        .service(
            resource("/coordinate/requests/{id}/decision")
                .get(decision::preview)
                .post(decision::decide),
        )
        .service(resource("/coordinate/requests/{id}/reopening").post(decision::reopen));
}

impl From<DecideError> for WebError {
    fn from(e: DecideError) -> WebError {
        match e {
            DecideError::NotFound => WebError::NotFound,
            DecideError::Refused(sentence) => WebError::Refused(sentence),
            DecideError::NoMessage => WebError::Unprocessable(e.to_string()),
            DecideError::Db(e) => e.into(),
        }
    }
}

impl From<ApplyError> for WebError {
    fn from(e: ApplyError) -> WebError {
        match e {
            ApplyError::FullToday => WebError::TooMany { retry_after: 3_600 },
            ApplyError::Db(e) => e.into(),
        }
    }
}
