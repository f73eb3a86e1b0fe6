//! The part of a meeting's desk page that says which reminders go, when, and to how many; and its form.

use std::collections::BTreeMap;

use actix_web::web::Path;
use serde::Serialize;

use super::actions::{ChooseError, choose, facts};
use super::model::{Audience, Chosen, Lead, Reminder, Stage, chosen, stage};
use super::store;
use crate::meetings::model::{Meeting, MeetingId, Status};
use crate::meetings::places;
use crate::members::unsubscribe::{self, Kind};
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{self, Status as MailStatus};
use crate::web::{Answer, AppData, Coordinator, Fields, Moment, Visit, WebError, moment};

/// What the page shows; not at all for a meeting that never had any and never will.
#[derive(Debug, Serialize)]
pub struct Reminders {
    action: String,
    /// Whether there is still something to choose.
    is_open: bool,
    is_draft: bool,
    rows: Vec<Row>,
    gone: Vec<Gone>,
}

/// One lead, and a box for each audience.
#[derive(Debug, Serialize)]
struct Row {
    lead: &'static str,
    when: Moment,
    is_past: bool,
    boxes: Vec<TickBox>,
}

#[derive(Debug, Serialize)]
struct TickBox {
    name: String,
    heading: &'static str,
    /// What the box is for, for those who do not see the table around it.
    label: String,
    is_on: bool,
    /// "12 people as of now"
    number: Option<String>,
}

/// What was written for one lead and start.
#[derive(Debug, Serialize)]
struct Gone {
    what: String,
    text: String,
}

/// The reminders of one meeting as they now stand.
pub fn shown(conn: &mut Conn, app: &App, zone: &str, meeting: &Meeting) -> Result<Reminders, DbError> {
    let now = app.now();
    let all = chosen(&store::stored(conn, &meeting.id)?);
    let numbers = match meeting.status {
        Status::Scheduled => Some(expected(conn, app, meeting, &all)?),
        Status::Draft | Status::Cancelled => None,
    };
    let row = |lead: &Lead| Row {
        lead: lead.words(),
        when: moment(lead.due_at(meeting.starts_at, &meeting.time_zone), zone),
        is_past: stage(*lead, meeting.starts_at, &meeting.time_zone, now) != Stage::Ahead,
        boxes: all
            .iter()
            .filter(|one| one.reminder.lead == *lead)
            .map(|one| tick_box(one, numbers.as_ref()))
            .collect(),
    };
    Ok(Reminders {
        action: format!("{}/reminders", meeting.desk_path()),
        is_open: !meeting.is_cancelled() && meeting.starts_at > now,
        is_draft: meeting.status == Status::Draft,
        rows: Lead::ALL.iter().map(row).collect(),
        gone: gone(conn, meeting, zone)?,
    })
}

fn tick_box(one: &Chosen, numbers: Option<&BTreeMap<Reminder, usize>>) -> TickBox {
    let heading = heading(one.reminder.audience);
    let number = numbers.map(
        |numbers| match numbers.get(&one.reminder).copied().unwrap_or_default() {
            1 => "1 person as of now".to_owned(),
            n => format!("{n} people as of now"),
        },
    );
    TickBox {
        name: one.reminder.name(),
        heading,
        label: format!(
            "{}, to those {}",
            one.reminder.lead.words(),
            whom(one.reminder.audience)
        ),
        is_on: one.is_on,
        number,
    }
}

fn heading(audience: Audience) -> &'static str {
    match audience {
        Audience::NotAnswered => "No answer yet",
        Audience::Coming => "Yes or maybe",
    }
}

fn whom(audience: Audience) -> &'static str {
    match audience {
        Audience::NotAnswered => "who have not answered",
        Audience::Coming => "who said yes or maybe",
    }
}

/// To how many each would go if everything stayed as it is.
fn expected(
    conn: &mut Conn,
    app: &App,
    meeting: &Meeting,
    all: &[Chosen],
) -> Result<BTreeMap<Reminder, usize>, DbError> {
    let sent = store::sent(conn, &meeting.id)?;
    let choices = unsubscribe::choices(conn, Kind::Reminders)?;
    let no_place = places::without_a_place(conn, &meeting.id)?;
    let mut numbers = BTreeMap::new();
    for (member, invitation) in store::invited(conn, &meeting.id)? {
        if outbox::is_suppressed(conn, &app.keys, &member.email)? {
            continue;
        }
        let had = sent.get(&member.id).map(Vec::as_slice).unwrap_or_default();
        let facts = facts(
            &invitation,
            no_place.contains(&invitation.id),
            choices.get(&member.id),
            had,
        );
        for one in all.iter().filter(|one| facts.expects(one.reminder, meeting.starts_at)) {
            *numbers.entry(one.reminder).or_default() += 1;
        }
    }
    Ok(numbers)
}

/// "7 days before, to those who have not answered: 12 sent, 1 waiting", the earliest first.
fn gone(conn: &mut Conn, meeting: &Meeting, zone: &str) -> Result<Vec<Gone>, DbError> {
    let mut counted: BTreeMap<(At, Reminder), BTreeMap<MailStatus, usize>> = BTreeMap::new();
    for (starts_at, reminder, status) in store::gone(conn, &meeting.id)? {
        *counted
            .entry((starts_at, reminder))
            .or_default()
            .entry(status)
            .or_default() += 1;
    }
    let gone = counted.into_iter().map(|((starts_at, reminder), counts)| {
        let what = format!("{}, to those {}", reminder.lead.words(), whom(reminder.audience));
        let parts: Vec<String> = counts
            .into_iter()
            .map(|(status, number)| format!("{number} {}", in_words(status)))
            .collect();
        Gone {
            what: if starts_at == meeting.starts_at {
                what
            } else {
                format!("{what}, when it began {}", moment(starts_at, zone).text)
            },
            text: parts.join(", "),
        }
    });
    Ok(gone.collect())
}

fn in_words(status: MailStatus) -> &'static str {
    match status {
        MailStatus::Queued => "waiting",
        MailStatus::Sending => "being sent",
        MailStatus::Sent => "sent",
        MailStatus::Failed => "failed",
        MailStatus::Dropped => "not sent, as it no longer held",
    }
}

impl From<ChooseError> for WebError {
    fn from(e: ChooseError) -> WebError {
        match e {
            ChooseError::NotFound => WebError::NotFound,
            ChooseError::Over => WebError::Refused(e.to_string()),
            ChooseError::Db(e) => e.into(),
        }
    }
}

/// Keeps what is ticked.
pub async fn save(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let wanted: Vec<Reminder> = Reminder::offered()
        .filter(|reminder| fields.is_yes(&reminder.name()))
        .collect();
    let meeting = app.write(move |tx, ctx| choose(tx, ctx, &who, &id, &wanted)).await?;
    let path = format!("{}#reminders", meeting.desk_path());
    visit.see_other_saying(
        &app,
        &path,
        "The choice of reminders is saved. Nothing was sent by that.",
    )
}
