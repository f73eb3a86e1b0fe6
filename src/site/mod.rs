//! The public face and the desk's own pages: what stands above all slices and belongs to none.
//!
//! [`public`] has the first page and what every site says about itself, [`desk`] what waits for the coordinators,
//! [`outbox`] every mail with its state and why, `mails` every kind of mail and its words, [`demo`] the mail that a demo does not send, [`door`] the way
//! into the demo as a sample person.

mod demo;
mod desk;
mod door;
mod mail_view;
mod mails;
mod outbox;
mod pieces;
mod public;
pub mod retention;
mod wellknown;

pub use door::{demo_password, door_path};

use actix_web::web::{self, ServiceConfig};

pub fn routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/").get(public::home))
        .service(web::resource("/privacy").get(public::privacy))
        .service(web::resource("/accessibility").get(public::accessibility))
        .service(web::resource("/.well-known/security.txt").get(wellknown::security))
        .service(web::resource("/robots.txt").get(wellknown::robots))
        .service(web::resource("/sitemap.xml").get(wellknown::sitemap))
        .service(web::resource("/coordinate").get(desk::home))
        .service(web::resource("/coordinate/outbox").get(outbox::list))
        .service(web::resource("/coordinate/outbox/{id}").get(outbox::show))
        .service(web::resource("/coordinate/outbox/{id}/html").get(outbox::html))
        .service(web::resource("/coordinate/outbox/{id}/retry").post(outbox::retry))
        .configure(mails::routes)
        .service(web::resource("/demo").get(door::index))
        .service(web::resource("/demo/enter/{token}").get(door::door).post(door::enter))
        .service(web::resource("/demo/mail").get(demo::list))
        .service(web::resource("/demo/mail/{number}").get(demo::show))
        .service(web::resource("/demo/mail/{number}/html").get(demo::html))
        .service(web::resource("/demo/pieces").get(pieces::show));
}
