//! The coordinators' list of meetings, and the page of one.

use actix_web::web::Path;
use serde::Serialize;

use super::views::status;
use crate::meetings::invitations::Answer as Said;
use crate::meetings::model::{By, Invitation, InvitationStatus, Meeting, MeetingId, Status, speakers};
use crate::meetings::places;
use crate::meetings::poll;
use crate::meetings::reminders::{self, Reminders};
use crate::meetings::replies;
use crate::meetings::store::{self, Answers};
use crate::meetings::words::{self, When};
use crate::platform::app::App;
use crate::platform::db::Conn;
use crate::platform::mail::outbox;
use crate::platform::text::markdown::{self, SafeHtml};
use crate::platform::text::zone::{long_date_time_range, utc_to_local};
use crate::web::{Answer, AppData, Coordinator, Moment, StatusView, Visit, WebError, mail_standing, moment};

/// The bar of answers, as `parts/answers` draws it.
#[derive(Serialize)]
struct AnswersView {
    yes: i64,
    maybe: i64,
    no: i64,
    open: i64,
    total: i64,
    href: Option<String>,
}

fn bar(answers: Answers) -> AnswersView {
    AnswersView {
        yes: answers.yes,
        maybe: answers.maybe,
        no: answers.no,
        open: answers.none,
        total: answers.yes + answers.maybe + answers.no + answers.none,
        href: None,
    }
}

#[derive(Serialize)]
struct Row {
    url: String,
    title: String,
    when: When,
    status: StatusView,
    answers: AnswersView,
}

#[derive(Serialize)]
struct List {
    coming: Vec<Row>,
    drafts: Vec<Row>,
    past: Vec<Row>,
    cancelled: Vec<Row>,
    is_empty: bool,
}

/// Every meeting, by how far it has come.
pub async fn list(app: AppData, visit: Visit, who: Coordinator) -> Answer {
    let now = app.now();
    let (meetings, answers) = app
        .read(|conn| Ok::<_, WebError>((store::all(conn)?, store::answers(conn)?)))
        .await?;
    let rows = |is_wanted: &dyn Fn(&Meeting) -> bool| -> Vec<Row> {
        let wanted = meetings.iter().filter(|meeting| is_wanted(meeting));
        wanted
            .map(|meeting| Row {
                url: meeting.desk_path(),
                title: meeting.title.clone(),
                when: words::when(meeting, Some(&who.time_zone)),
                status: status(meeting, now),
                answers: bar(answers.get(&meeting.id).copied().unwrap_or_default()),
            })
            .collect()
    };
    let is = |meeting: &Meeting, wanted: Status| meeting.status == wanted;
    let mut past = rows(&|meeting| is(meeting, Status::Scheduled) && meeting.is_over(now));
    past.reverse();
    let view = List {
        coming: rows(&|meeting| is(meeting, Status::Scheduled) && !meeting.is_over(now)),
        drafts: rows(&|meeting| is(meeting, Status::Draft)),
        past,
        cancelled: rows(&|meeting| is(meeting, Status::Cancelled)),
        is_empty: meetings.is_empty(),
    };
    visit.page(&app, "pages/meetings/desk_list", "Meetings, desk", &view)
}

#[derive(Serialize)]
struct Letter {
    url: String,
    to: String,
    subject: String,
    status: StatusView,
    outcome: String,
    at: Moment,
}

#[derive(Serialize)]
struct Count {
    number: i64,
    text: &'static str,
}

/// Somebody, how they answered, and what they wrote with it.
#[derive(Serialize)]
struct Answered {
    name: String,
    how: String,
    comment: String,
}

/// Another time that a member proposed.
#[derive(Serialize)]
struct Proposed {
    url: String,
    name: String,
    when: String,
    comment: String,
    at: Moment,
}

/// Everybody who gave one answer.
#[derive(Serialize)]
struct Group {
    heading: &'static str,
    people: Vec<Answered>,
    number: usize,
}

#[derive(Serialize)]
struct Show {
    title: String,
    url: String,
    public_url: Option<String>,
    when: When,
    status: StatusView,
    is_draft: bool,
    is_scheduled: bool,
    is_cancelled: bool,
    is_over: bool,
    can_be_scheduled: bool,
    has_proposal: bool,
    /// Members without an invitation to a meeting that is still to come.
    missing: usize,
    reason: String,
    visibility: &'static str,
    joining_link: Option<String>,
    has_own_links: bool,
    /// Of the change that waits, for the switch of own links.
    seen: String,
    speakers: Vec<String>,
    summary: SafeHtml,
    sequence: i32,
    uid: String,
    answers: AnswersView,
    groups: Vec<Group>,
    places: Option<places::Desk>,
    proposed: Vec<Proposed>,
    reminders: Reminders,
    letter_counts: Vec<Count>,
    letters: Vec<Letter>,
    outbox_url: String,
    /// The poll that the meeting was made of.
    poll_url: Option<String>,
    /// What each hour of a draft's day would ask of members.
    hours_url: Option<String>,
    copy_id: String,
}

/// One meeting with everything about it.
pub async fn show(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let app_too = app.clone();
    let zone = who.time_zone.clone();
    let view = app.read(move |conn| shown(conn, &app_too, &zone, &id)).await?;
    let title = view.title.clone();
    visit.page(&app, "pages/meetings/desk_show", &title, &view)
}

fn shown(conn: &mut Conn, app: &App, zone: &str, id: &MeetingId) -> Result<Show, WebError> {
    let now = app.now();
    let meeting = store::find(conn, id)?.ok_or(WebError::NotFound)?;
    let about = meeting.about();
    let people = store::audience(conn, &meeting)?;
    let by_mail = replies::latest_of(conn, &meeting.id)?;
    let group = |heading, said: Said| {
        let mut those = Vec::new();
        for person in &people {
            let invited = person
                .invitation
                .as_ref()
                .filter(|row| row.status == InvitationStatus::Invited);
            if let Some(row) = invited.filter(|row| row.answer == said) {
                those.push(answered(person.member.name.clone(), row, by_mail.get(&row.id)));
            }
        }
        Group {
            heading,
            number: those.len(),
            people: those,
        }
    };
    let groups: Vec<Group> = vec![
        group("Yes", Said::Yes),
        group("Maybe", Said::Maybe),
        group("Not answered", Said::None),
        group("No", Said::No),
    ];
    let proposed = replies::open_of(conn, &meeting.id)?
        .into_iter()
        .map(|(proposal, member)| Proposed {
            url: format!("{}/proposals/{}", meeting.desk_path(), proposal.id),
            name: member.name,
            when: long_date_time_range(proposal.starts_at, proposal.ends_at, &meeting.time_zone),
            comment: proposal.comment,
            at: moment(proposal.at, zone),
        });
    let proposed = proposed.collect();
    let letters = outbox::page(conn, None, Some(&about), 0, 6)?;
    let counts = store::letter_counts(conn, &about)?;
    let answers = store::answers(conn)?.get(&meeting.id).copied().unwrap_or_default();
    Ok(Show {
        url: meeting.desk_path(),
        public_url: (meeting.status != Status::Draft).then(|| meeting.path()),
        when: words::when(&meeting, Some(zone)),
        status: status(&meeting, now),
        is_draft: meeting.status == Status::Draft,
        is_scheduled: meeting.status == Status::Scheduled,
        is_cancelled: meeting.is_cancelled(),
        is_over: meeting.is_over(now),
        can_be_scheduled: meeting.status != Status::Scheduled && meeting.starts_at > now,
        has_proposal: meeting.pending.is_some(),
        missing: if meeting.status == Status::Scheduled && !meeting.is_over(now) {
            people.iter().filter(|person| person.invitation.is_none()).count()
        } else {
            0
        },
        reason: meeting.cancel_reason.clone(),
        visibility: if meeting.visibility == crate::meetings::Visibility::Public {
            "Everyone may see it; the joining link is for members only"
        } else {
            "Members only"
        },
        joining_link: (!meeting.joining_link.is_empty()).then(|| meeting.joining_link.clone()),
        has_own_links: meeting.has_own_links,
        seen: meeting.pending_at.map(|at| at.to_string()).unwrap_or_default(),
        speakers: speakers(&meeting.speakers),
        summary: markdown::to_html(&meeting.summary),
        sequence: meeting.sequence,
        uid: meeting.uid.clone(),
        answers: bar(answers),
        groups,
        places: places::desk(conn, app, &meeting, zone)?,
        proposed,
        reminders: reminders::shown(conn, app, zone, &meeting)?,
        letter_counts: counts.into_iter().map(|(state, number)| count(state, number)).collect(),
        letters: letters.iter().map(|row| letter(row, zone)).collect(),
        poll_url: poll::store::of_meeting(conn, &meeting.id)?.map(|poll| poll.desk_path()),
        hours_url: (meeting.status == Status::Draft).then(|| hours_url(&meeting)),
        outbox_url: format!("/coordinate/outbox?about={about}"),
        copy_id: MeetingId::new().to_string(),
        title: meeting.title,
    })
}

fn hours_url(meeting: &Meeting) -> String {
    let local = utc_to_local(meeting.starts_at, &meeting.time_zone);
    let day = local.split('T').next().unwrap_or_default();
    let length = meeting.ends_at.since(meeting.starts_at).as_mins();
    format!("/coordinate/meetings/hours?from={day}&until={day}&length={length}")
}

fn answered(name: String, row: &Invitation, by_mail: Option<&replies::Said>) -> Answered {
    let by_mail = by_mail.filter(|_| row.answered_by == Some(By::Mail));
    let how = match (row.answered_by, by_mail.map(|said| said.mark.as_str())) {
        (None, _) => "",
        (Some(By::Mail), Some("forwarded")) => "from another address, in a calendar",
        (Some(By::Mail), Some("unverified")) => "in a calendar, not verified",
        (Some(By::Mail), _) => "in a calendar",
        (Some(By::Link), _) => "by link",
        (Some(By::Page), _) => "on the page",
    };
    Answered {
        name,
        how: how.to_owned(),
        comment: by_mail.map(|said| said.comment.clone()).unwrap_or_default(),
    }
}

fn count(state: outbox::Status, number: i64) -> Count {
    let text = match state {
        outbox::Status::Queued => "waiting",
        outbox::Status::Sending => "being sent",
        outbox::Status::Sent => "sent",
        outbox::Status::Failed => "failed",
        outbox::Status::Dropped => "not sent, and why stands with each",
    };
    Count { number, text }
}

fn letter(row: &outbox::Row, zone: &str) -> Letter {
    let (status, outcome) = mail_standing(row.status, &row.outcome);
    Letter {
        url: format!("/coordinate/outbox/{}", row.id),
        to: if row.to_name.is_empty() {
            row.to_email.clone()
        } else {
            row.to_name.clone()
        },
        subject: row.subject.clone(),
        status,
        outcome,
        at: moment(row.done_at.unwrap_or(row.created_at), zone),
    }
}
