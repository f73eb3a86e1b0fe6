//! Writing the reminders that are due, choosing which go, and the last look before one leaves.

use std::collections::BTreeMap;

use super::model::{Chosen, Facts, Had, Reminder, Stage, chosen, is_in, stage};
use super::{mail, store};
use crate::meetings::model::{Invitation, InvitationStatus, Meeting, MeetingId, Status};
use crate::meetings::places;
use crate::meetings::store as meetings;
use crate::members::Member;
use crate::members::unsubscribe::{self, Choice, Kind};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{self, Row};
use crate::web::Coordinator;

/// The tick: writes what is due and not written yet.
pub fn send_what_is_due(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), DbError> {
    if due(tx, ctx.now)?.is_empty() {
        return Ok(());
    }
    // Looked at again in turn: what another replica, an answer or a cancellation just did counts.
    meetings::take_turn(tx)?;
    for (meeting, reminders) in due(tx, ctx.now)? {
        remind(tx, ctx, &meeting, &reminders)?;
    }
    Ok(())
}

/// Which meetings have reminders that are due now.
fn due(conn: &mut Conn, now: At) -> Result<Vec<(Meeting, Vec<Chosen>)>, DbError> {
    let mut found = Vec::new();
    for meeting in store::in_sight(conn, now)? {
        let mut reminders = chosen(&store::stored(conn, &meeting.id)?);
        reminders.retain(|one| {
            one.is_on && stage(one.reminder.lead, meeting.starts_at, &meeting.time_zone, now) == Stage::Due
        });
        if !reminders.is_empty() {
            found.push((meeting, reminders));
        }
    }
    Ok(found)
}

fn remind(tx: &mut Conn, ctx: &Ctx<'_>, meeting: &Meeting, due: &[Chosen]) -> Result<(), DbError> {
    let sent = store::sent(tx, &meeting.id)?;
    let choices = unsubscribe::choices(tx, Kind::Reminders)?;
    let no_place = places::without_a_place(tx, &meeting.id)?;
    let mut counts: BTreeMap<Reminder, usize> = BTreeMap::new();
    for (member, invitation) in store::invited(tx, &meeting.id)? {
        let had = sent.get(&member.id).map(Vec::as_slice).unwrap_or_default();
        let facts = facts(
            &invitation,
            no_place.contains(&invitation.id),
            choices.get(&member.id),
            had,
        );
        let theirs = due.iter().find(|one| {
            let due_at = one.reminder.lead.due_at(meeting.starts_at, &meeting.time_zone);
            facts.gets(one, meeting.starts_at, due_at, ctx.now)
        });
        if let Some(one) = theirs {
            write(tx, ctx, meeting, one.reminder, &member, &invitation)?;
            *counts.entry(one.reminder).or_default() += 1;
        }
    }
    for (reminder, count) in counts {
        let detail = format!("{}: {count}", reminder.name());
        audit::record(tx, ctx, "system", "sent reminders", &meeting.about(), &detail)?;
    }
    Ok(())
}

pub(super) fn facts<'a>(
    invitation: &Invitation,
    has_no_place: bool,
    choice: Option<&Choice>,
    sent: &'a [Had],
) -> Facts<'a> {
    Facts {
        answer: invitation.answer,
        has_no_place,
        answered_at: invitation.answered_at,
        told_at: invitation.last_stamp,
        wants_reminders: choice.map_or(Kind::Reminders.is_on_at_first(), |choice| choice.is_on),
        wants_since: choice.map(|choice| choice.since),
        sent,
    }
}

fn write(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    meeting: &Meeting,
    reminder: Reminder,
    member: &Member,
    invitation: &Invitation,
) -> Result<(), DbError> {
    let off = unsubscribe::link(tx, ctx, Kind::Reminders, &member.id)?;
    let letter = mail::letter(ctx.app, ctx.now, meeting, reminder, member, invitation, &off)
        .map_err(|e| DbError::Cut(e.to_string()))?;
    match outbox::enqueue(tx, ctx, letter)? {
        Some(id) => store::note(tx, meeting, reminder, &member.id, &id, ctx.now),
        None => Ok(()),
    }
}

/// Asked before a reminder leaves the outbox: what has changed since it was written that speaks against it.
pub fn why_not(conn: &mut Conn, row: &Row) -> Result<Option<String>, DbError> {
    let gone = || Ok(Some("not sent: the meeting is gone".to_owned()));
    let Some(written) = store::by_mail(conn, &row.id)? else {
        return gone();
    };
    let Some(meeting) = meetings::find(conn, &written.meeting_id)? else {
        return gone();
    };
    let invitation = meetings::invitation_of(conn, &meeting.id, &written.member_id)?;
    let reason = match invitation.filter(|row| row.status == InvitationStatus::Invited) {
        _ if meeting.status != Status::Scheduled => "not sent: the meeting is cancelled",
        _ if meeting.starts_at != written.starts_at => "not sent: the meeting has moved",
        None => "not sent: they are no longer invited",
        Some(row) if !is_in(written.audience, row.answer) => "not sent: they have answered since",
        Some(row) if places::without_a_place(conn, &meeting.id)?.contains(&row.id) => "not sent: they wait for a place",
        // It may hold a joining link that is no longer the right one.
        Some(row) if row.last_stamp > written.at => "not sent: they were mailed a change since",
        Some(_) if !unsubscribe::is_on(conn, Kind::Reminders, &written.member_id)? => {
            "not sent: they have turned reminders off"
        }
        Some(_) => return Ok(None),
    };
    Ok(Some(reason.to_owned()))
}

/// Why reminders were not chosen.
#[derive(Debug, thiserror::Error)]
pub enum ChooseError {
    #[error("There is no such meeting.")]
    NotFound,
    #[error("This meeting is cancelled or has begun, so no reminder will go.")]
    Over,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Chooses which reminders go. What is past its time stays as it is: nothing goes at once by choosing.
pub fn choose(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    wanted: &[Reminder],
) -> Result<Meeting, ChooseError> {
    meetings::take_turn(tx)?;
    let meeting = meetings::find(tx, id)?.ok_or(ChooseError::NotFound)?;
    if meeting.is_cancelled() || meeting.starts_at <= ctx.now {
        return Err(ChooseError::Over);
    }
    let mut all = chosen(&store::stored(tx, id)?);
    for one in &mut all {
        let is_on = wanted.contains(&one.reminder);
        let is_ahead = stage(one.reminder.lead, meeting.starts_at, &meeting.time_zone, ctx.now) == Stage::Ahead;
        if is_ahead && one.is_on != is_on {
            (one.is_on, one.since) = (is_on, Some(ctx.now));
        }
    }
    store::save(tx, id, &all, meeting.created_at)?;
    let on = all.iter().filter(|one| one.is_on).map(|one| one.reminder.name());
    let detail = on.collect::<Vec<_>>().join(", ");
    audit::record(tx, ctx, by.id.as_str(), "chose reminders", &meeting.about(), &detail)?;
    Ok(meeting)
}

/// Gives a copied meeting the reminders of its original.
pub fn copy_choices(tx: &mut Conn, ctx: &Ctx<'_>, of: &MeetingId, to: &MeetingId) -> Result<(), DbError> {
    let mut stored = store::stored(tx, of)?;
    // A form sent twice finds a copy that may have been changed since.
    if stored.is_empty() || !store::stored(tx, to)?.is_empty() {
        return Ok(());
    }
    for one in &mut stored {
        one.since = None;
    }
    store::save(tx, to, &stored, ctx.now)
}
