//! Reminders in the database: what is chosen, for whom, and what was written.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{Audience, Chosen, Had, LONGEST, Lead, Reminder};
use crate::meetings::invitations::Answer;
use crate::meetings::model::{Invitation, InvitationStatus, Meeting, MeetingId, Status};
use crate::members::{self, Member, MemberId};
use crate::platform::clock::At;
use crate::platform::db::schema::{
    invitations, invitations_held_back, meeting_reminders, meetings, members as people, outbox, reminders_sent,
};
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{OutboxId, Status as MailStatus};

/// Scheduled meetings that have not begun and are near enough for a reminder, earliest first.
pub(super) fn in_sight(conn: &mut Conn, now: At) -> Result<Vec<Meeting>, DbError> {
    let query = meetings::table
        .filter(meetings::status.eq(Status::Scheduled))
        .filter(meetings::starts_at.gt(now))
        .filter(meetings::starts_at.le(now.plus(LONGEST)))
        .order((meetings::starts_at, meetings::id));
    Ok(query.select(Meeting::as_select()).load(conn)?)
}

/// What coordinators chose for a meeting, if they did.
pub(super) fn stored(conn: &mut Conn, id: &MeetingId) -> Result<Vec<Chosen>, DbError> {
    let rows: Vec<(Lead, Audience, bool, At)> = meeting_reminders::table
        .filter(meeting_reminders::meeting_id.eq(id))
        .select((
            meeting_reminders::lead_time,
            meeting_reminders::audience,
            meeting_reminders::is_on,
            meeting_reminders::since,
        ))
        .load(conn)?;
    let chosen = |(lead, audience, is_on, since)| Chosen {
        reminder: Reminder { lead, audience },
        is_on,
        since: Some(since),
    };
    Ok(rows.into_iter().map(chosen).collect())
}

/// Writes what is chosen for a meeting; `at_first` stands where nobody had chosen.
pub(super) fn save(tx: &mut Conn, id: &MeetingId, all: &[Chosen], at_first: At) -> Result<(), DbError> {
    diesel::delete(meeting_reminders::table.filter(meeting_reminders::meeting_id.eq(id))).execute(tx)?;
    for one in all {
        diesel::insert_into(meeting_reminders::table)
            .values((
                meeting_reminders::meeting_id.eq(id),
                meeting_reminders::lead_time.eq(one.reminder.lead),
                meeting_reminders::audience.eq(one.reminder.audience),
                meeting_reminders::is_on.eq(one.is_on),
                meeting_reminders::since.eq(one.since.unwrap_or(at_first)),
            ))
            .execute(tx)?;
    }
    Ok(())
}

/// Active members who are invited to a meeting, by name. Whoever wants no invitations by mail and has not said on a page
/// that they come is not reminded of what they were not told of.
pub(super) fn invited(conn: &mut Conn, id: &MeetingId) -> Result<Vec<(Member, Invitation)>, DbError> {
    let is_told = diesel::dsl::not(diesel::dsl::exists(
        invitations_held_back::table.filter(invitations_held_back::invitation_id.eq(invitations::id)),
    ));
    let query = invitations::table
        .inner_join(people::table)
        .filter(invitations::meeting_id.eq(id))
        .filter(invitations::status.eq(InvitationStatus::Invited))
        .filter(people::status.eq(members::Status::Active))
        .filter(is_told.or(invitations::answer.eq_any([Answer::Yes, Answer::Maybe])))
        .order((people::name, people::id));
    Ok(query
        .select((Member::as_select(), Invitation::as_select()))
        .load(conn)?)
}

/// The reminders of a meeting that were written, by member.
pub(super) fn sent(conn: &mut Conn, id: &MeetingId) -> Result<HashMap<MemberId, Vec<Had>>, DbError> {
    let rows: Vec<(MemberId, Lead, At, At)> = reminders_sent::table
        .filter(reminders_sent::meeting_id.eq(id))
        .select((
            reminders_sent::member_id,
            reminders_sent::lead_time,
            reminders_sent::starts_at,
            reminders_sent::at,
        ))
        .load(conn)?;
    let mut sent: HashMap<MemberId, Vec<Had>> = HashMap::new();
    for (member, lead, starts_at, at) in rows {
        sent.entry(member).or_default().push((lead, starts_at, at));
    }
    Ok(sent)
}

/// Notes that a reminder was written. The key refuses a second one, whoever writes it.
pub(super) fn note(
    tx: &mut Conn,
    meeting: &Meeting,
    reminder: Reminder,
    member: &MemberId,
    mail: &OutboxId,
    at: At,
) -> Result<(), DbError> {
    diesel::insert_into(reminders_sent::table)
        .values((
            reminders_sent::meeting_id.eq(&meeting.id),
            reminders_sent::member_id.eq(member),
            reminders_sent::lead_time.eq(reminder.lead),
            reminders_sent::starts_at.eq(meeting.starts_at),
            reminders_sent::audience.eq(reminder.audience),
            reminders_sent::mail_id.eq(mail),
            reminders_sent::at.eq(at),
        ))
        .execute(tx)?;
    Ok(())
}

/// What a mail in the outbox reminds of.
#[derive(Debug, Queryable)]
pub(super) struct Written {
    pub meeting_id: MeetingId,
    pub member_id: MemberId,
    pub audience: Audience,
    pub starts_at: At,
    pub at: At,
}

pub(super) fn by_mail(conn: &mut Conn, mail: &OutboxId) -> Result<Option<Written>, DbError> {
    Ok(reminders_sent::table
        .filter(reminders_sent::mail_id.eq(mail))
        .select((
            reminders_sent::meeting_id,
            reminders_sent::member_id,
            reminders_sent::audience,
            reminders_sent::starts_at,
            reminders_sent::at,
        ))
        .first(conn)
        .optional()?)
}

/// What became of the reminders of a meeting: how many of each lead, start and audience stand how in the outbox.
pub(super) fn gone(conn: &mut Conn, id: &MeetingId) -> Result<Vec<(At, Reminder, MailStatus)>, DbError> {
    let rows: Vec<(At, Lead, Audience, MailStatus)> = reminders_sent::table
        .inner_join(outbox::table)
        .filter(reminders_sent::meeting_id.eq(id))
        .order((reminders_sent::starts_at, reminders_sent::at))
        .select((
            reminders_sent::starts_at,
            reminders_sent::lead_time,
            reminders_sent::audience,
            outbox::status,
        ))
        .load(conn)?;
    let one = |(starts_at, lead, audience, status)| (starts_at, Reminder { lead, audience }, status);
    Ok(rows.into_iter().map(one).collect())
}
