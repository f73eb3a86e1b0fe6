//! "What you missed": to those who were invited and did not come, when a coordinator says so. Where nobody is noted as
//! having come, whoever said yes counts as having been there.

use super::{MaterialError, current, note};
use crate::meetings::attendance::attended;
use crate::meetings::invitations::Answer;
use crate::meetings::materials::mail::{self, Contents, Paper};
use crate::meetings::materials::model::{File, Recap, Seen};
use crate::meetings::materials::store;
use crate::meetings::model::{InvitationStatus, Meeting, MeetingId, Status};
use crate::meetings::store as meetings;
use crate::members::Member;
use crate::members::unsubscribe::{self, Kind};
use crate::platform::app::{App, Ctx};
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::platform::text::markdown;
use crate::web::Coordinator;

/// Who would get it, and what it would say.
pub struct Foreseen {
    pub people: Vec<Member>,
    /// How many it is meant for, and they have turned invitations off, or mail to them does not arrive.
    pub unwilling: usize,
    pub suspended: usize,
    /// Whether it is noted who came; where it is not, a "yes" stands for it.
    pub is_known: bool,
    /// How many came, and how many were never invited.
    pub came: usize,
    pub uninvited: usize,
    pub contents: Contents,
}

/// Why it cannot be sent now, if so.
pub fn refusal(meeting: &Meeting, contents: &Contents, now: At) -> Option<&'static str> {
    if meeting.status != Status::Scheduled || !meeting.is_over(now) {
        Some("It can be sent once the meeting is over.")
    } else if contents.is_empty() {
        Some("There is nothing to tell yet: publish the minutes, show a file or link the recording first.")
    } else {
        None
    }
}

/// Reads what would be sent; changes nothing.
pub fn foresee(conn: &mut Conn, app: &App, now: At, meeting: &Meeting) -> Result<Foreseen, DbError> {
    let (mut people, mut unwilling, mut suspended, mut came, mut uninvited) = (Vec::new(), 0, 0, 0, 0);
    let attended = attended(conn, &meeting.id)?;
    let is_known = !attended.is_empty();
    for person in meetings::audience(conn, meeting)? {
        let invitation = person.invitation.filter(|row| row.status == InvitationStatus::Invited);
        match invitation {
            _ if attended.contains(&person.member.id) => came += 1,
            None => uninvited += 1,
            Some(row) if !is_known && row.answer == Answer::Yes => came += 1,
            Some(_) if !person.wants_invitations => unwilling += 1,
            Some(_) if outbox::is_suppressed(conn, &app.keys, &person.member.email)? => suspended += 1,
            Some(_) => people.push(person.member),
        }
    }
    // What is for members leads by way of the sign-in page, which lets those pass who are signed in.
    let url = |file: &File| {
        let path = format!("{}/files/{}", meeting.path(), file.id);
        let is_open = file.visibility == Seen::Public && meeting.is_shown_to(false);
        app.url(&if is_open { path } else { format!("/sign-in?next={path}") })
    };
    let files = store::files(conn, &meeting.id)?;
    let shown = files.into_iter().filter(|file| file.visibility != Seen::Desk);
    let papers = shown.map(|file| Paper {
        url: url(&file),
        title: file.title,
    });
    let minutes = store::published_minutes(conn, &meeting.id, true)?;
    let recording = store::recording(conn, &meeting.id)?;
    let recording = recording.filter(|recording| !recording.is_over(now, &meeting.time_zone));
    Ok(Foreseen {
        people,
        unwilling,
        suspended,
        is_known,
        came,
        uninvited,
        contents: Contents {
            minutes: minutes.map(|body| beginning(&body)),
            papers: papers.collect(),
            recording_until: recording.map(|recording| mail::long_day(&recording.last_day)),
        },
    })
}

/// How minutes begin, without their headings, which on one line would run into the text.
fn beginning(body: &str) -> String {
    let text: Vec<&str> = body.lines().filter(|line| !line.starts_with('#')).collect();
    markdown::summary(&text.join("\n"), 400)
}

/// Sends it. `seen`: how often it had been sent when the page was opened, so that pressing twice sends once;
/// `again`: said when it has been sent before.
pub fn send(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    seen: i32,
    again: bool,
) -> Result<usize, MaterialError> {
    let meeting = current(tx, id)?;
    let before = store::recaps(tx, id)?.first().map_or(0, |last| last.number);
    if before != seen {
        return Err(MaterialError::Refused(
            "It was sent already, in the meantime. Nothing was sent a second time.".into(),
        ));
    }
    if before > 0 && !again {
        return Err(MaterialError::Refused(
            "It was sent before. Say that you want to send it again; nothing was sent now.".into(),
        ));
    }
    let foreseen = foresee(tx, ctx.app, ctx.now, &meeting)?;
    if let Some(why) = refusal(&meeting, &foreseen.contents, ctx.now) {
        return Err(MaterialError::Refused(why.into()));
    }
    let number = before + 1;
    for member in &foreseen.people {
        let off = unsubscribe::link(tx, ctx, Kind::Invitations, &member.id)?;
        let letter = mail::recap(ctx.app, &meeting, member, &foreseen.contents, number, &off)?;
        outbox::enqueue(tx, ctx, letter)?;
    }
    let recap = Recap {
        number,
        sent_at: ctx.now,
        people: i32::try_from(foreseen.people.len()).unwrap_or(i32::MAX),
    };
    store::insert_recap(tx, id, &recap, by.id.as_str())?;
    let detail = format!("to {} people", foreseen.people.len());
    note(tx, ctx, by.id.as_str(), "sent what was missed", &meeting, &detail)?;
    Ok(foreseen.people.len())
}
