//! How to have the meetings in one's own calendar.

use serde::Serialize;

use crate::members::{self, calendar};
use crate::platform::db::DbError;
use crate::web::{Answer, AppData, CalendarWays, Visit};

#[derive(Serialize)]
struct View {
    ways: CalendarWays,
    /// What a member's own calendar shows.
    shows: Option<&'static str>,
}

/// The public calendar for visitors, their own for members.
pub async fn show(app: AppData, visit: Visit) -> Answer {
    let own = match visit.person() {
        Some(person) => {
            let id = person.id.clone();
            app.read(move |conn| -> Result<_, DbError> {
                let member = members::store::find(conn, &id)?;
                Ok(member.zip(Some(calendar::store::own(conn, &id)?)))
            })
            .await?
        }
        None => None,
    };
    let Some((member, own)) = own else {
        let view = View {
            ways: CalendarWays::public(&app),
            shows: None,
        };
        return visit.public_page(&app, "pages/meetings/subscribe", "Calendar", &view);
    };
    let view = View {
        ways: CalendarWays::private(&app, &member.calendar_address(&app)),
        shows: Some(own.shows.words()),
    };
    visit.secret_page(&app, "pages/meetings/subscribe", "Calendar", &view)
}
