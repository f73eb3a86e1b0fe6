//! `/me/privacy`: consents, one's own record as a file, leaving.

use actix_web::HttpResponse;
use actix_web::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{self, ServiceConfig};
use serde::Serialize;

use super::actions::{self, Consents};
use super::export::own_record;
use crate::members::sign_in::http::without_session;
use crate::members::store;
use crate::platform::db::DbError;
use crate::web::{Answer, AppData, Fields, FormView, SignedIn, Visit, WebError};

pub fn routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/me/privacy").get(page).post(save))
        .service(web::resource("/me/privacy/export").post(export))
        .service(web::resource("/me/privacy/leave").get(leave_form).post(leave));
}

#[derive(Serialize)]
struct View {
    form: FormView,
    announcements_given: String,
}

async fn page(app: AppData, visit: Visit, who: SignedIn) -> Answer {
    let id = who.id.clone();
    let member = app
        .read(move |conn| store::find(conn, &id))
        .await?
        .ok_or(WebError::NotFound)?;
    let word = |is: bool| if is { "yes" } else { "" };
    let mut form = FormView::blank(&["directory", "announcements"]);
    form.set("directory", word(member.is_listed));
    form.set("announcements", word(member.wants_announcements));
    let view = View {
        form,
        announcements_given: member.consent_in_words("your", &member.time_zone),
    };
    visit.page(&app, "pages/members/privacy", "Privacy and consents", &view)
}

async fn save(app: AppData, visit: Visit, who: SignedIn, fields: Fields) -> Answer {
    let wanted = Consents {
        directory: fields.is_yes("directory"),
        announcements: fields.is_yes("announcements"),
    };
    let id = who.id.clone();
    app.write(move |tx, ctx| actions::set_consents(tx, ctx, &id, wanted))
        .await?;
    visit.see_other_saying(&app, "/me/privacy", "Your choices are saved and count from now on.")
}

async fn export(app: AppData, who: SignedIn, _: Fields) -> Answer {
    let (id, now) = (who.id.clone(), app.now());
    let record = app
        .read(move |conn| -> Result<_, DbError> {
            match store::find(conn, &id)? {
                Some(member) => own_record(conn, &member, now).map(Some),
                None => Ok(None),
            }
        })
        .await?
        .ok_or(WebError::NotFound)?;
    let text = serde_json::to_string_pretty(&record).map_err(WebError::internal)?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "application/json"))
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"my-record.json\""))
        .body(text))
}

#[derive(Serialize)]
struct LeaveView {}

async fn leave_form(app: AppData, visit: Visit, _: SignedIn) -> Answer {
    visit.page(&app, "pages/members/leave", "Leave the network", &LeaveView {})
}

async fn leave(app: AppData, visit: Visit, who: SignedIn, _: Fields) -> Answer {
    let id = who.id.clone();
    app.write(move |tx, ctx| actions::end_membership(tx, ctx, &id, id.as_str()))
        .await?;
    without_session(&app, &visit, "/sign-out/farewell")
}
