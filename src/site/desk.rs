//! The desk's first page: what waits, each number a link to it, and what was done last.

use serde::Serialize;

use crate::activities::{self, model::Status as ActivityStatus};
use crate::inbox::{self, Status as LetterStatus};
use crate::join::{self, Status as RequestStatus};
use crate::meetings;
use crate::members;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{self, Status as MailStatus};
use crate::web::{Answer, AppData, Coordinator, MemberId, Visit, moment};

/// Lines of history shown.
const LAST: i64 = 12;

#[derive(Serialize)]
struct Tally {
    number: i64,
    text: String,
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

/// The bar of answers, as `parts/answers` draws it.
#[derive(Serialize)]
struct Bar {
    yes: i64,
    maybe: i64,
    no: i64,
    open: i64,
    total: i64,
    href: Option<String>,
}

#[derive(Serialize)]
struct Next {
    title: String,
    href: String,
    when: meetings::When,
    answers: Bar,
}

/// The next scheduled meeting, members' ones too, with its answers as one bar.
fn next_meeting(conn: &mut Conn, now: At, zone: &str) -> Result<Option<Next>, DbError> {
    let coming = meetings::store::to_come(conn, now)?;
    let Some(meeting) = coming.into_iter().find(|m| m.status == meetings::Status::Scheduled) else {
        return Ok(None);
    };
    let counted = meetings::store::answers(conn)?;
    let (yes, maybe, no, open) = counted
        .get(&meeting.id)
        .map_or((0, 0, 0, 0), |a| (a.yes, a.maybe, a.no, a.none));
    Ok(Some(Next {
        title: meeting.title.clone(),
        href: meeting.desk_path(),
        when: meetings::when(&meeting, Some(zone)),
        answers: Bar {
            yes,
            maybe,
            no,
            open,
            total: yes + maybe + no + open,
            href: Some(meeting.desk_path()),
        },
    }))
}

#[derive(Serialize)]
struct View {
    tallies: Vec<Tally>,
    next: Option<Next>,
    timeline: Timeline,
    has_history: bool,
}

fn tally(number: i64, one: &str, many: &str, href: &'static str, needs_you: bool) -> Tally {
    Tally {
        number,
        text: if number == 1 { one.to_owned() } else { many.to_owned() },
        href,
        needs_you: needs_you && number > 0,
    }
}

fn tallies(conn: &mut Conn, now: At) -> Result<Vec<Tally>, DbError> {
    let waiting = join::store::queue(conn, RequestStatus::Waiting)?;
    let asked = join::store::count(conn, &[RequestStatus::Asked])?;
    let mut requests = tally(
        waiting.len() as i64,
        "request waits",
        "requests wait",
        "/coordinate/requests",
        true,
    );
    if let Some(oldest) = waiting.first() {
        let age = join::model::age(oldest.waits_since(), now);
        requests.text = format!("{}, the oldest for {age}", requests.text);
    }
    let mails = outbox::counts(conn)?;
    let of = |status| mails.iter().find(|(s, _)| *s == status).map_or(0, |(_, count)| *count);
    let on_their_way = of(MailStatus::Queued) + of(MailStatus::Sending);
    let drafts = activities::store::count(conn, ActivityStatus::Draft)?;
    let members = members::store::count_active(conn)?;
    let outbox = "/coordinate/outbox?state=queued";
    Ok(vec![
        requests,
        tally(
            asked,
            "applicant was asked",
            "applicants were asked",
            "/coordinate/requests",
            false,
        ),
        tally(
            inbox::store::count(conn, LetterStatus::Open)?,
            "letter waits",
            "letters wait",
            "/coordinate/inbox",
            true,
        ),
        tally(
            inbox::store::count(conn, LetterStatus::Aside)?,
            "mail set aside",
            "mails set aside",
            "/coordinate/inbox?show=aside",
            true,
        ),
        tally(
            meetings::replies::count_open(conn)?,
            "proposal of another time",
            "proposals of other times",
            "/coordinate/meetings",
            true,
        ),
        tally(
            of(MailStatus::Failed),
            "mail failed",
            "mails failed",
            "/coordinate/outbox?state=failed",
            true,
        ),
        tally(on_their_way, "mail on its way", "mails on their way", outbox, false),
        tally(
            drafts,
            "draft of an activity",
            "drafts of activities",
            "/coordinate/activities",
            false,
        ),
        tally(members, "member", "members", "/coordinate/members", false),
    ])
}

/// Where the desk shows what a line of history is about.
fn address_of(about: &str) -> Option<String> {
    let (kind, id) = about.split_once(':')?;
    let folder = match kind {
        "activity" => "activities",
        "meeting" => "meetings",
        "member" => "members",
        "request" => "requests",
        "mail" => "outbox",
        "letter" => "inbox",
        _ => return None,
    };
    Some(format!("/coordinate/{folder}/{id}"))
}

/// Those who act without being members, in words.
fn actor(by_id: &str) -> String {
    match by_id {
        "applicant" => "An applicant".into(),
        "command" => "The command line".into(),
        "system" => "The service".into(),
        _ => by_id.to_owned(),
    }
}

/// A detail as people read it: the ways of an answer are single words in the books.
fn detail(recorded: &str) -> String {
    match recorded {
        "link" => "by the link in the mail".into(),
        "page" => "on the page of the meeting".into(),
        "mail" => "by mail".into(),
        other => other.to_owned(),
    }
}

fn last_events(conn: &mut Conn, time_zone: &str) -> Result<Vec<Event>, DbError> {
    let mut events = Vec::new();
    for entry in audit::history(conn, None, LAST)? {
        let by = members::store::find(conn, &MemberId::from(entry.by_id.as_str()))?;
        let by_id = entry.by_id;
        let by = by.map_or_else(|| actor(&by_id), |member| member.name);
        let detail = detail(&entry.detail);
        let whom = match entry.about.strip_prefix("member:") {
            Some(id) if id != by_id => members::store::find(conn, &MemberId::from(id))?,
            _ => None,
        };
        events.push(Event {
            when: moment(entry.at, time_zone).text,
            text: match whom {
                Some(member) => format!("{} {} (by {by})", member.name, entry.what),
                None => format!("{by} {}", entry.what),
            },
            detail: (!detail.is_empty()).then_some(detail),
            href: address_of(&entry.about),
        });
    }
    Ok(events)
}

pub(super) async fn home(app: AppData, visit: Visit, who: Coordinator) -> Answer {
    let (zone, now) = (who.time_zone.clone(), app.now());
    let (tallies, next, items) = app
        .read(move |conn| {
            Ok::<_, DbError>((
                tallies(conn, now)?,
                next_meeting(conn, now, &zone)?,
                last_events(conn, &zone)?,
            ))
        })
        .await?;
    let view = View {
        tallies,
        next,
        has_history: !items.is_empty(),
        timeline: Timeline { items },
    };
    visit.page(&app, "pages/site/desk", "Desk", &view)
}
