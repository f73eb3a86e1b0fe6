//! The pages of members: their own, the directory, and the coordinators' list.

mod desk;
mod directory;
mod list;
mod me;
mod profile;
mod record;

use actix_web::web::{self, ServiceConfig};

/// Every address of the slice.
pub fn routes(services: &mut ServiceConfig) {
    services
        .configure(super::sign_in::http::routes)
        .configure(super::privacy::http::routes)
        .configure(super::unsubscribe::http::routes)
        .configure(super::choices::http::routes)
        .configure(super::calendar::http::routes)
        .service(web::resource("/me").get(me::overview))
        .service(web::resource("/me/proof").post(me::prove_address))
        .service(web::resource("/me/sessions/ending").post(me::sign_out_everywhere))
        .service(web::resource("/me/profile").get(profile::form).post(profile::save))
        .service(web::resource("/members").get(directory::page))
        .service(web::resource("/coordinate/members").get(desk::list))
        .service(web::resource("/coordinate/members/{id}").get(record::record))
        .service(web::resource("/coordinate/members/{id}/sessions/ending").post(desk::end_sessions))
        .service(
            web::resource("/coordinate/members/{id}/ending")
                .get(desk::ending_form)
                .post(desk::end_membership),
        );
}
