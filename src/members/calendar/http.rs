//! `/me/calendar`: the private address of one's meetings, what it shows, who fetched it, and its renewal.

use actix_web::http::StatusCode;
use actix_web::web::{self, ServiceConfig};
use serde::Serialize;

use super::model::Shows;
use super::views::FetchView;
use super::{actions, store};
use crate::members;
use crate::platform::db::DbError;
use crate::web::{Answer, AppData, CalendarWays, Fields, FormView, SignedIn, Visit, WebError};

pub fn routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/me/calendar").get(page))
        .service(web::resource("/me/calendar/choice").post(choose))
        .service(web::resource("/me/calendar/renewal").post(renew));
}

#[derive(Serialize)]
struct ChoiceView {
    value: &'static str,
    label: &'static str,
    hint: &'static str,
    is_selected: bool,
}

#[derive(Serialize)]
struct View {
    ways: CalendarWays,
    shows: &'static str,
    fetches: Vec<FetchView>,
    form: FormView,
    choices: Vec<ChoiceView>,
}

async fn page(app: AppData, visit: Visit, who: SignedIn) -> Answer {
    show(&app, &visit, &who, StatusCode::OK, FormView::blank(&["shows"])).await
}

async fn show(app: &AppData, visit: &Visit, who: &SignedIn, status: StatusCode, form: FormView) -> Answer {
    let id = who.id.clone();
    let (member, own) = app
        .read(move |conn| -> Result<_, DbError> { Ok((members::store::find(conn, &id)?, store::own(conn, &id)?)) })
        .await?;
    let member = member.ok_or(WebError::NotFound)?;
    let choices = Shows::ALL.iter().map(|shows| ChoiceView {
        value: shows.as_str(),
        label: shows.label(),
        hint: shows.hint(),
        is_selected: *shows == own.shows,
    });
    let view = View {
        ways: CalendarWays::private(app, &member.calendar_address(app)),
        shows: own.shows.words(),
        fetches: own.fetch_views(&member.time_zone),
        form,
        choices: choices.collect(),
    };
    visit.secret_page_with(
        app,
        status,
        "pages/members/calendar",
        "Meetings in your calendar",
        &view,
    )
}

async fn choose(app: AppData, visit: Visit, who: SignedIn, fields: Fields) -> Answer {
    let mut form = FormView::blank(&["shows"]);
    let Some(shows) = Shows::parse(fields.get("shows")) else {
        form.fail("shows", "Choose one of the three.");
        return show(&app, &visit, &who, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    };
    let id = who.id.clone();
    app.write(move |tx, ctx| actions::choose(tx, ctx, &id, shows)).await?;
    let said = format!(
        "Your calendar now shows {}. Each program follows when it next looks; the address stays the same.",
        shows.words()
    );
    visit.see_other_saying(&app, "/me/calendar", &said)
}

async fn renew(app: AppData, visit: Visit, who: SignedIn, _: Fields) -> Answer {
    let id = who.id.clone();
    app.write(move |tx, ctx| actions::renew(tx, ctx, &id)).await?;
    let said = "You have a new address. The old one shows nothing any more: subscribe to the new one, and remove the \
                old calendar from your programs.";
    visit.see_other_saying(&app, "/me/calendar", said)
}
