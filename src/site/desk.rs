//! The desk's first page: what waits, each number a link to it, and what was done last.

use serde::Serialize;

use crate::activities::{self, model::Status as ActivityStatus};
use crate::announcements::{self, Status as AnnouncementStatus};
use crate::inbox::{self, Status as LetterStatus};
use crate::join::{self, Status as RequestStatus};
use crate::meetings;
use crate::members;
use crate::platform::app::App;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{self, Status as MailStatus};
use crate::platform::text::zone;
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
    /// Those that are not zero.
    tallies: Vec<Tally>,
    /// The rest, as one quiet line.
    zeros: Vec<Tally>,
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
    let going = [AnnouncementStatus::Scheduled, AnnouncementStatus::Sending];
    let members = members::store::count_active(conn)?;
    let announcements = "/coordinate/announcements";
    let outbox = "/coordinate/outbox?state=queued";
    Ok(vec![
        requests,
        tally(
            asked,
            "applicant was asked",
            "applicants were asked",
            "/coordinate/requests?show=asked",
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
        tally(
            announcements::count(conn, &[AnnouncementStatus::Paused])?,
            "announcement is paused",
            "announcements are paused",
            announcements,
            true,
        ),
        tally(
            announcements::count(conn, &going)?,
            "announcement scheduled or on its way",
            "announcements scheduled or on their way",
            announcements,
            false,
        ),
        tally(on_their_way, "mail on its way", "mails on their way", outbox, false),
        tally(
            drafts,
            "draft of an activity",
            "drafts of activities",
            "/coordinate/activities",
            false,
        ),
        tally(
            announcements::count(conn, &[AnnouncementStatus::Draft])?,
            "draft of an announcement",
            "drafts of announcements",
            announcements,
            false,
        ),
        tally(members, "member", "members", "/coordinate/members", false),
    ])
}

/// What a line of history is about: where the desk shows it, and its title; `None` once it is gone.
pub(super) fn subject_of(conn: &mut Conn, about: &str) -> Result<Option<(String, String)>, DbError> {
    let Some((kind, id)) = about.split_once(':') else {
        return Ok(None);
    };
    let (folder, title) = match kind {
        "activity" => (
            "activities",
            activities::store::find(conn, &id.to_owned().into())?.map(|found| found.title),
        ),
        "announcement" => (
            "announcements",
            announcements::find(conn, &id.to_owned().into())?.map(|found| found.subject),
        ),
        "meeting" => (
            "meetings",
            meetings::store::find(conn, &id.to_owned().into())?.map(|found| found.title),
        ),
        "member" => (
            "members",
            members::store::find(conn, &MemberId::from(id))?.map(|_| String::new()),
        ),
        "request" => {
            let found = join::store::find(conn, &id.to_owned().into())?.filter(|found| found.status.is_proved());
            ("requests", found.map(|found| format!("Request from {}", found.name)))
        }
        "letter" => (
            "inbox",
            inbox::store::find(conn, &id.to_owned().into())?.map(|found| found.title().to_owned()),
        ),
        "mail" => (
            "outbox",
            outbox::find(conn, &id.to_owned().into())?.map(|found| found.subject),
        ),
        _ => return Ok(None),
    };
    Ok(title.map(|title| (format!("/coordinate/{folder}/{id}"), title)))
}

/// Those who act without being members, in words as they stand inside a sentence.
fn actor(by_id: &str) -> &'static str {
    match by_id {
        "applicant" => "an applicant",
        "command" => "the command line",
        "demo" => "the demo",
        "system" => "the service",
        _ => "somebody who is no longer here",
    }
}

/// The same words at the beginning of a sentence.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

/// Dates as the books have them (2026-11-20), written in full.
fn dates_in_full(text: &str) -> String {
    let date = |word: &str| {
        let bare = word.trim_end_matches([',', '.', ';']);
        let date: jiff::civil::Date = (bare.len() == 10).then(|| bare.parse().ok()).flatten()?;
        Some(format!("{}{}", zone::short_date(date), &word[bare.len()..]))
    };
    let words = text
        .split(' ')
        .map(|word| date(word).unwrap_or_else(|| word.to_owned()));
    words.collect::<Vec<_>>().join(" ")
}

/// A detail as people read it: the ways of an answer are single words in the books, and numbers of records say
/// nothing to anybody.
fn detail(recorded: &str) -> String {
    match recorded {
        "link" => "by the link in the mail".into(),
        "page" => "on the page of the meeting".into(),
        "mail" => "by mail".into(),
        other if other.starts_with("by request ") => "by a request to join".into(),
        other => match other.strip_prefix("mail, ") {
            Some(mark) => format!("by mail, {mark}"),
            None => dates_in_full(other),
        },
    }
}

/// One line: who did what, and to whom.
fn sentence(what: &str, by_id: &str, by: Option<&str>, whom: Option<&str>) -> String {
    match (what, whom) {
        ("imported the member", Some(whom)) => format!("{whom} was imported from a file"),
        ("imported members", _) => "Members were imported from a file".into(),
        ("imported activities", _) => "Activities were imported from a file".into(),
        (_, Some(whom)) if by_id == "applicant" => format!("{whom} {what}"),
        (_, Some(whom)) => format!("{whom} {what} (by {})", by.unwrap_or_else(|| actor(by_id))),
        (_, None) => format!("{} {what}", by.map_or_else(|| capital(actor(by_id)), str::to_owned)),
    }
}

fn last_events(conn: &mut Conn, app: &App, time_zone: &str) -> Result<Vec<Event>, DbError> {
    let mut events = Vec::new();
    for entry in audit::history(conn, None, LAST)? {
        let by = members::store::find(conn, &MemberId::from(entry.by_id.as_str()))?.map(|member| member.name);
        let whom = match entry.about.strip_prefix("member:") {
            Some(id) if id != entry.by_id => members::store::find(conn, &MemberId::from(id))?,
            _ => None,
        };
        let whom = whom.map(|member| member.name);
        let (href, title) = subject_of(conn, &entry.about)?.unzip();
        let words = |text: &str| match entry.about.starts_with("announcement:") {
            true => announcements::subject_for_all(app, text),
            false => text.to_owned(),
        };
        let title = title.as_deref().map(words);
        let detail = match (title.unwrap_or_default(), detail(&words(&entry.detail))) {
            (title, detail) if title.is_empty() || detail.is_empty() => format!("{title}{detail}"),
            (title, detail) if title == detail => title,
            (title, detail) => format!("{title} ({detail})"),
        };
        events.push(Event {
            when: moment(entry.at, time_zone).text,
            text: sentence(&entry.what, &entry.by_id, by.as_deref(), whom.as_deref()),
            detail: (!detail.is_empty()).then_some(detail),
            href,
        });
    }
    Ok(events)
}

pub(super) async fn home(app: AppData, visit: Visit, who: Coordinator) -> Answer {
    let (zone, now, known) = (who.time_zone.clone(), app.now(), app.clone());
    let (tallies, next, items) = app
        .read(move |conn| {
            Ok::<_, DbError>((
                tallies(conn, now)?,
                next_meeting(conn, now, &zone)?,
                last_events(conn, &known, &zone)?,
            ))
        })
        .await?;
    let (tallies, zeros) = tallies.into_iter().partition(|tally: &Tally| tally.number > 0);
    let view = View {
        tallies,
        zeros,
        next,
        has_history: !items.is_empty(),
        timeline: Timeline { items },
    };
    visit.page(&app, "pages/site/desk", "Desk", &view)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn history_reads_as_sentences_without_numbers_of_records() {
        assert_eq!(
            sentence("joined the network", "applicant", None, Some("Ana")),
            "Ana joined the network"
        );
        assert_eq!(
            sentence("asked to join", "applicant", None, None),
            "An applicant asked to join"
        );
        assert_eq!(
            sentence("made a coordinator", "command", None, Some("Ana")),
            "Ana made a coordinator (by the command line)"
        );
        assert_eq!(
            sentence("imported the member", "command", None, Some("Ana")),
            "Ana was imported from a file"
        );
        assert_eq!(detail("by request 01a2-b"), "by a request to join");
        assert_eq!(
            detail("join form, 3 May 2027, notice 2026-10-01."),
            "join form, 3 May 2027, notice 1 October 2026."
        );
    }
}
