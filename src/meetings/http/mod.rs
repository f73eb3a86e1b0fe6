//! Which address of the meetings does what.

mod change;
mod desk;
mod differences;
mod edit;
mod feeds;
mod missing;
mod outlook;
mod preflight;
mod public;
mod quiet;
mod subscribe;
mod views;
mod why;

use actix_web::web::{self, ServiceConfig};

use super::actions::ChangeError;
use super::{attendance, fairness, feedback, materials, places, poll, reminders, replies, rsvp, year};
use crate::web::WebError;

pub(super) use views::status;

pub fn routes(services: &mut ServiceConfig) {
    poll::http::routes(services);
    feedback::http::routes(services);
    attendance::routes(services);
    public_routes(services);
    desk_routes(services);
    materials::http::routes(services);
}

fn public_routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/meetings").get(public::list))
        .service(web::resource("/meetings/{slug}.ics").get(feeds::one))
        .service(web::resource("/meetings/{slug}").get(public::show))
        .service(web::resource("/meetings/{slug}/answer").post(rsvp::answer_on_page))
        .service(web::resource("/calendar.ics").get(feeds::public))
        .service(web::resource("/calendar/{token}.ics").get(feeds::private))
        .service(web::resource("/subscribe").get(subscribe::show))
        .service(
            web::resource("/me/mail/calendar")
                .get(quiet::page)
                .post(quiet::take_out),
        )
        .service(
            web::resource("/rsvp/undo/{token}")
                .get(replies::undo_page)
                .post(replies::undo_here),
        )
        .service(web::resource("/rsvp/{token}").get(rsvp::show).post(rsvp::answer_here))
        .service(
            web::resource("/places/{token}")
                .get(places::show)
                .post(places::answer_offer),
        );
}

fn desk_routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/coordinate/meetings").get(desk::list).post(edit::create))
        .service(web::resource("/coordinate/meetings/new").get(edit::new))
        .service(web::resource("/coordinate/meetings/hours").get(fairness::page))
        .service(web::resource("/coordinate/meetings/plan").get(year::page))
        .service(
            web::resource("/coordinate/meetings/plan/copies")
                .get(year::copies_page)
                .post(year::copy),
        )
        .service(
            web::resource("/coordinate/meetings/{id}")
                .get(desk::show)
                .post(edit::update),
        )
        .service(
            web::resource("/coordinate/meetings/{id}/invitations")
                .get(missing::page)
                .post(missing::invite),
        )
        .service(web::resource("/coordinate/meetings/{id}/invitations/{member}/again").post(missing::resend))
        .service(web::resource("/coordinate/meetings/{id}/edit").get(edit::edit))
        .service(web::resource("/coordinate/meetings/{id}/copy").post(edit::copy))
        .service(
            web::resource("/coordinate/meetings/{id}/schedule")
                .get(change::schedule_page)
                .post(change::schedule),
        )
        .service(
            web::resource("/coordinate/meetings/{id}/changes")
                .get(change::changes_page)
                .post(change::apply),
        )
        .service(web::resource("/coordinate/meetings/{id}/changes/discard").post(change::discard))
        .service(web::resource("/coordinate/meetings/{id}/reminders").post(reminders::save))
        .service(web::resource("/coordinate/meetings/{id}/mails/{what}/{member}").get(outlook::mail_picture))
        .service(web::resource("/coordinate/meetings/{id}/proposals/{proposal}").post(replies::decide_proposal))
        .service(
            web::resource("/coordinate/meetings/{id}/cancellation")
                .get(change::cancellation_page)
                .post(change::cancel),
        );
}

impl From<ChangeError> for WebError {
    fn from(e: ChangeError) -> WebError {
        match e {
            ChangeError::NotFound => WebError::NotFound,
            ChangeError::MustBeTold | ChangeError::InThePast => WebError::Unprocessable(e.to_string()),
            ChangeError::Db(e) => e.into(),
            ChangeError::Render(e) => e.into(),
            ChangeError::Pending(_) => WebError::internal(e),
            other => WebError::Refused(other.to_string()),
        }
    }
}
