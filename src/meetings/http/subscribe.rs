//! How to have the meetings in one's own calendar.

use serde::Serialize;

use crate::members;
use crate::platform::app::App;
use crate::web::{Answer, AppData, CalendarWays, Visit};

#[derive(Serialize)]
struct View {
    ways: CalendarWays,
    is_private: bool,
}

/// The public calendar for visitors, their own for members.
pub async fn show(app: AppData, visit: Visit) -> Answer {
    let Some(person) = visit.person() else {
        let view = view(&app, &app.url("/calendar.ics"), false);
        return visit.public_page(&app, "pages/meetings/subscribe", "Calendar", &view);
    };
    let id = person.id.clone();
    let member = app.read(move |conn| members::store::find(conn, &id)).await?;
    let address = match &member {
        Some(member) => app.url(&format!("/calendar/{}.ics", member.calendar_token(&app.keys).as_str())),
        None => app.url("/calendar.ics"),
    };
    let view = view(&app, &address, member.is_some());
    visit.secret_page(&app, "pages/meetings/subscribe", "Calendar", &view)
}

fn view(app: &App, address: &str, is_private: bool) -> View {
    View {
        ways: CalendarWays::to(app, address),
        is_private,
    }
}
