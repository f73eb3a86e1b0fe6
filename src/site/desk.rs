//! The desk's first page: what waits, each number a link to it, and what was done last.

use serde::Serialize;

use crate::activities::{self, model::Status as ActivityStatus};
use crate::members;
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{self, Status as MailStatus};
use crate::web::{Answer, AppData, Coordinator, MemberId, Visit, moment};

/// Lines of history shown.
const LAST: i64 = 12;

#[derive(Serialize)]
struct Tally {
    number: i64,
    text: &'static str,
    href: &'static str,
    needs_you: bool,
}

#[derive(Serialize)]
struct Event {
    when: String,
    text: String,
    detail: Option<String>,
    href: Option<String>,
}

#[derive(Serialize)]
struct Timeline {
    items: Vec<Event>,
}

#[derive(Serialize)]
struct View {
    tallies: Vec<Tally>,
    timeline: Timeline,
    has_history: bool,
}

fn tallies(conn: &mut Conn) -> Result<Vec<Tally>, DbError> {
    let mails = outbox::counts(conn)?;
    let of = |status| mails.iter().find(|(s, _)| *s == status).map_or(0, |(_, count)| *count);
    let failed = of(MailStatus::Failed);
    Ok(vec![
        Tally {
            number: failed,
            text: if failed == 1 { "mail failed" } else { "mails failed" },
            href: "/coordinate/outbox?state=failed",
            needs_you: failed > 0,
        },
        Tally {
            number: of(MailStatus::Queued) + of(MailStatus::Sending),
            text: "mails on their way",
            href: "/coordinate/outbox?state=queued",
            needs_you: false,
        },
        Tally {
            number: activities::store::count(conn, ActivityStatus::Draft)?,
            text: "drafts of activities",
            href: "/coordinate/activities",
            needs_you: false,
        },
        Tally {
            number: members::store::count_active(conn)?,
            text: "members",
            href: "/coordinate/members",
            needs_you: false,
        },
    ])
}

/// Where the desk shows what a line of history is about.
fn address_of(about: &str) -> Option<String> {
    let (kind, id) = about.split_once(':')?;
    let folder = match kind {
        "activity" => "activities",
        "meeting" => "meetings",
        "request" => "requests",
        "mail" => "outbox",
        _ => return None,
    };
    Some(format!("/coordinate/{folder}/{id}"))
}

fn last_events(conn: &mut Conn, time_zone: &str) -> Result<Vec<Event>, DbError> {
    let mut events = Vec::new();
    for entry in audit::history(conn, None, LAST)? {
        let by = members::store::find(conn, &MemberId::from(entry.by_id.as_str()))?;
        let by = by.map_or(entry.by_id, |member| member.name);
        events.push(Event {
            when: moment(entry.at, time_zone).text,
            text: entry.what,
            detail: Some(if entry.detail.is_empty() {
                by
            } else {
                format!("{by}: {}", entry.detail)
            }),
            href: address_of(&entry.about),
        });
    }
    Ok(events)
}

pub(super) async fn home(app: AppData, visit: Visit, who: Coordinator) -> Answer {
    let zone = who.time_zone.clone();
    let (tallies, items) = app
        .read(move |conn| Ok::<_, DbError>((tallies(conn)?, last_events(conn, &zone)?)))
        .await?;
    let view = View {
        tallies,
        has_history: !items.is_empty(),
        timeline: Timeline { items },
    };
    visit.page(&app, "pages/site/desk", "Desk", &view)
}
