//! `/me/mail/calendar`: taking meetings out of one's calendar after invitations were turned off.

use serde::Serialize;

use crate::meetings::actions::quiet;
use crate::meetings::words::{When, when};
use crate::members;
use crate::members::unsubscribe::{self, Kind};
use crate::platform::db::DbError;
use crate::web::{Answer, AppData, Fields, SignedIn, Visit, WebError};

#[derive(Debug, Serialize)]
struct View {
    is_off: bool,
    meetings: Vec<Line>,
    button: String,
}

#[derive(Debug, Serialize)]
struct Line {
    title: String,
    url: String,
    when: When,
}

/// Which ones, and how many; changes nothing.
pub async fn page(app: AppData, visit: Visit, who: SignedIn) -> Answer {
    let (id, now) = (who.id.clone(), app.now());
    let found = app
        .read(move |conn| -> Result<_, DbError> {
            let Some(member) = members::store::find(conn, &id)? else {
                return Ok(None);
            };
            let is_off = !unsubscribe::is_on(conn, Kind::Invitations, &id)?;
            let meetings = if is_off {
                quiet::can_be_taken_out(conn, &member, now)?
            } else {
                Vec::new()
            };
            Ok(Some((member, is_off, meetings)))
        })
        .await?;
    let (member, is_off, meetings) = found.ok_or(WebError::NotFound)?;
    let line = |meeting: &crate::meetings::Meeting| Line {
        title: meeting.title.clone(),
        url: meeting.path(),
        when: when(meeting, Some(&member.time_zone)),
    };
    let view = View {
        is_off,
        button: match meetings.len() {
            1 => "Take 1 meeting out of my calendar".to_owned(),
            n => format!("Take {n} meetings out of my calendar"),
        },
        meetings: meetings.iter().map(line).collect(),
    };
    visit.page(
        &app,
        "pages/meetings/quiet",
        "Take meetings out of your calendar",
        &view,
    )
}

pub async fn take_out(app: AppData, visit: Visit, who: SignedIn, _: Fields) -> Answer {
    let id = who.id.clone();
    let count = app.write(move |tx, ctx| quiet::take_out(tx, ctx, &id)).await?;
    let said = match count {
        0 => "Nothing was taken out.".to_owned(),
        1 => "1 mail is on its way that takes the meeting out of your calendar.".to_owned(),
        n => format!("{n} mails are on their way that take the meetings out of your calendar."),
    };
    visit.see_other_saying(&app, "/me/mail", &said)
}
