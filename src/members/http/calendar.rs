//! `/me/calendar`: the private address of one's meetings, and its renewal.

use serde::Serialize;

use crate::members::{actions, store};
use crate::web::{Answer, AppData, CalendarWays, Fields, Moment, SignedIn, Visit, WebError, moment};

#[derive(Serialize)]
struct View {
    ways: CalendarWays,
    fetched: Option<Moment>,
}

pub async fn page(app: AppData, visit: Visit, who: SignedIn) -> Answer {
    let id = who.id.clone();
    let member = app
        .read(move |conn| store::find(conn, &id))
        .await?
        .ok_or(WebError::NotFound)?;
    let address = app.url(&format!("/calendar/{}.ics", member.calendar_token(&app.keys).as_str()));
    let view = View {
        ways: CalendarWays::to(&app, &address),
        fetched: member.calendar_fetched_at.map(|at| moment(at, &member.time_zone)),
    };
    visit.secret_page(&app, "pages/members/calendar", "Your calendar address", &view)
}

pub async fn renew(app: AppData, visit: Visit, who: SignedIn, _: Fields) -> Answer {
    let id = who.id.clone();
    app.write(move |tx, ctx| actions::renew_calendar(tx, ctx, &id)).await?;
    let said = "You have a new address. The old one shows nothing any more: subscribe to the new one.";
    visit.see_other_saying(&app, "/me/calendar", said)
}
