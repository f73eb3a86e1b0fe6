//! Meetings and invitations in the database.

use std::collections::HashMap;

use diesel::prelude::*;

use super::held_back;
use super::invitations::{Answer, Letters};
use super::model::{By, Details, Invitation, InvitationStatus, Meeting, MeetingId, Status, Visibility, order_key};
use crate::members::unsubscribe::{self, Kind};
use crate::members::{self, Member, MemberId};
use crate::platform::clock::At;
use crate::platform::db::schema::{invitations, meetings, outbox};
use crate::platform::db::{self, Conn, DbError};
use crate::platform::mail::outbox as letters;
use crate::platform::secret::Plain;
use crate::platform::text::slug;

/// One change of meetings, invitations or answers after the other: whoever joins, leaves or answers while everyone
/// is being told is told too, and nobody's answer is overwritten by what it was before.
pub fn take_turn(tx: &mut Conn) -> Result<(), DbError> {
    db::take_turn(tx, "meetings")
}

pub fn find(conn: &mut Conn, id: &MeetingId) -> Result<Option<Meeting>, DbError> {
    let found = meetings::table.find(id).select(Meeting::as_select());
    Ok(found.first(conn).optional()?)
}

pub fn by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Meeting>, DbError> {
    let found = meetings::table.filter(meetings::slug.eq(slug.to_owned()));
    Ok(found.select(Meeting::as_select()).first(conn).optional()?)
}

/// All of them, earliest first.
pub fn all(conn: &mut Conn) -> Result<Vec<Meeting>, DbError> {
    let query = meetings::table.order((meetings::starts_at, meetings::id));
    Ok(query.select(Meeting::as_select()).load(conn)?)
}

/// What others than coordinators may see, earliest first; `is_member`: those for members only too.
pub fn shown(conn: &mut Conn, is_member: bool) -> Result<Vec<Meeting>, DbError> {
    let mut query = meetings::table
        .filter(meetings::status.ne(Status::Draft))
        .order((meetings::starts_at, meetings::id))
        .select(Meeting::as_select())
        .into_boxed();
    if !is_member {
        query = query.filter(meetings::visibility.eq(Visibility::Public));
    }
    Ok(query.load(conn)?)
}

/// Meetings that have been scheduled and have not begun, cancelled ones too.
pub fn to_come(conn: &mut Conn, now: At) -> Result<Vec<Meeting>, DbError> {
    let query = meetings::table
        .filter(meetings::status.ne(Status::Draft))
        .filter(meetings::starts_at.gt(now))
        .order((meetings::starts_at, meetings::id));
    Ok(query.select(Meeting::as_select()).load(conn)?)
}

/// The next public meeting, for the front page.
pub fn next_public(conn: &mut Conn, now: At) -> Result<Option<Meeting>, DbError> {
    let query = meetings::table
        .filter(meetings::status.eq(Status::Scheduled))
        .filter(meetings::visibility.eq(Visibility::Public))
        .filter(meetings::ends_at.gt(now))
        .order((meetings::starts_at, meetings::id));
    Ok(query.select(Meeting::as_select()).first(conn).optional()?)
}

/// A meeting to come that a member is invited to, and what they have said.
#[derive(Clone, Debug)]
pub struct Coming {
    pub meeting: Meeting,
    pub answer: Answer,
}

/// What a member is invited to and is still to come, earliest first; cancelled ones for as long as calendars
/// keep them.
pub fn coming_for(conn: &mut Conn, member: &MemberId, now: At) -> Result<Vec<Coming>, DbError> {
    let theirs = theirs(conn, member)?;
    let coming = theirs
        .into_iter()
        .filter(|(meeting, _)| meeting.is_in_calendars(now) && !meeting.is_over(now));
    Ok(coming
        .map(|(meeting, invitation)| Coming {
            meeting,
            answer: invitation.answer,
        })
        .collect())
}

/// Every meeting a member is invited to, earliest first.
pub fn theirs(conn: &mut Conn, member: &MemberId) -> Result<Vec<(Meeting, Invitation)>, DbError> {
    let query = meetings::table
        .inner_join(invitations::table)
        .filter(invitations::member_id.eq(member))
        .filter(invitations::status.eq(InvitationStatus::Invited))
        .filter(meetings::status.ne(Status::Draft))
        .order((meetings::starts_at, meetings::id));
    Ok(query
        .select((Meeting::as_select(), Invitation::as_select()))
        .load(conn)?)
}

/// A slug nobody has yet, from a title.
pub fn free_slug(conn: &mut Conn, title: &str) -> Result<String, DbError> {
    let stem = slug::slug(title);
    let mut wanted = stem.clone();
    let mut number = 2;
    while by_slug(conn, &wanted)?.is_some() {
        wanted = slug::with_number(&stem, number);
        number += 1;
    }
    Ok(wanted)
}

/// Writes a new draft.
pub fn insert(tx: &mut Conn, id: &MeetingId, uid: &str, slug: &str, details: &Details, now: At) -> Result<(), DbError> {
    diesel::insert_into(meetings::table)
        .values((
            (
                meetings::id.eq(id),
                meetings::uid.eq(uid),
                meetings::slug.eq(slug),
                meetings::title.eq(&details.title),
                meetings::summary.eq(&details.summary),
                meetings::starts_local.eq(&details.starts_local),
                meetings::ends_local.eq(&details.ends_local),
                meetings::time_zone.eq(&details.time_zone),
                meetings::starts_at.eq(details.starts_at),
                meetings::ends_at.eq(details.ends_at),
                meetings::joining_link.eq(&details.joining_link),
                meetings::speakers.eq(&details.speakers),
            ),
            (
                meetings::visibility.eq(details.visibility),
                meetings::has_own_links.eq(details.has_own_links),
                meetings::status.eq(Status::Draft),
                meetings::sequence.eq(0),
                meetings::cancel_reason.eq(""),
                meetings::version.eq(1),
                meetings::created_at.eq(now),
                meetings::updated_at.eq(now),
                meetings::places.eq(details.places),
            ),
        ))
        .execute(tx)?;
    Ok(())
}

/// Writes a meeting back as `meeting` has it; `false` if somebody else has changed it since it was read.
pub fn save(tx: &mut Conn, meeting: &Meeting) -> Result<bool, DbError> {
    let row = meetings::table
        .filter(meetings::id.eq(&meeting.id))
        .filter(meetings::version.eq(meeting.version));
    let changed = diesel::update(row)
        .set((
            (
                meetings::uid.eq(&meeting.uid),
                meetings::title.eq(&meeting.title),
                meetings::summary.eq(&meeting.summary),
                meetings::starts_local.eq(&meeting.starts_local),
                meetings::ends_local.eq(&meeting.ends_local),
                meetings::time_zone.eq(&meeting.time_zone),
                meetings::starts_at.eq(meeting.starts_at),
                meetings::ends_at.eq(meeting.ends_at),
                meetings::joining_link.eq(&meeting.joining_link),
                meetings::speakers.eq(&meeting.speakers),
                meetings::visibility.eq(meeting.visibility),
            ),
            (
                meetings::status.eq(meeting.status),
                meetings::sequence.eq(meeting.sequence),
                meetings::cancel_reason.eq(&meeting.cancel_reason),
                meetings::cancelled_at.eq(meeting.cancelled_at),
                meetings::scheduled_at.eq(meeting.scheduled_at),
                meetings::pending.eq(&meeting.pending),
                meetings::pending_by.eq(&meeting.pending_by),
                meetings::pending_at.eq(meeting.pending_at),
                meetings::version.eq(meeting.version + 1),
                meetings::updated_at.eq(meeting.updated_at),
                meetings::has_own_links.eq(meeting.has_own_links),
                meetings::places.eq(meeting.places),
            ),
        ))
        .execute(tx)?;
    Ok(changed == 1)
}

/// What every invitation to a meeting was last sent with.
pub fn sequences_sent(conn: &mut Conn, id: &MeetingId) -> Result<Vec<i32>, DbError> {
    let query = invitations::table.filter(invitations::meeting_id.eq(id));
    Ok(query.select(invitations::sequence_sent).load(conn)?)
}

/// One member of the network, and what they were sent about a meeting.
#[derive(Clone, Debug)]
pub struct Person {
    pub member: Member,
    pub invitation: Option<Invitation>,
    pub letters: Letters,
    /// Whether new invitations reach them by mail.
    pub wants_invitations: bool,
    /// Nothing was mailed of their invitation, as they want none by mail.
    pub is_held_back: bool,
}

impl Person {
    fn new(
        member: Member,
        invitation: Option<Invitation>,
        letters: Letters,
        wants_invitations: bool,
        is_held_back: bool,
    ) -> Person {
        let letters = match &invitation {
            Some(row) if is_held_back => held_back::letters(row.answer),
            _ => letters,
        };
        Person {
            member,
            invitation,
            letters,
            wants_invitations,
            is_held_back,
        }
    }
}

/// Every active member, by name, with their invitation to this meeting if they have one.
pub fn audience(conn: &mut Conn, meeting: &Meeting) -> Result<Vec<Person>, DbError> {
    let mut held: HashMap<MemberId, Invitation> = of_meeting(conn, &meeting.id)?
        .into_iter()
        .map(|row| (row.member_id.clone(), row))
        .collect();
    let mut sent: HashMap<String, Vec<LetterRow>> = HashMap::new();
    let rows: Vec<(Option<String>, LetterRow)> = outbox::table
        .filter(outbox::about.eq(meeting.about()))
        .order(outbox::id)
        .select((
            outbox::order_key,
            (outbox::status, outbox::may_have_left, outbox::subject),
        ))
        .load(conn)?;
    for (key, row) in rows {
        sent.entry(key.unwrap_or_default()).or_default().push(row);
    }
    let choices = unsubscribe::choices(conn, Kind::Invitations)?;
    let held_back = held_back::of_meeting(conn, &meeting.id)?;
    let people = members::store::active(conn)?.into_iter().map(|member| {
        let rows = sent.remove(&order_key(&meeting.id, &member.id)).unwrap_or_default();
        let invitation = held.remove(&member.id);
        let wants = choices
            .get(&member.id)
            .map_or(Kind::Invitations.is_on_at_first(), |choice| choice.is_on);
        let is_held_back = invitation.as_ref().is_some_and(|row| held_back.contains(&row.id));
        Person::new(member, invitation, letters_of(&rows), wants, is_held_back)
    });
    Ok(people.collect())
}

/// The same for one member, active or not.
pub fn person(conn: &mut Conn, meeting: &Meeting, member: &Member) -> Result<Person, DbError> {
    let rows: Vec<LetterRow> = outbox::table
        .filter(outbox::order_key.eq(order_key(&meeting.id, &member.id)))
        .order(outbox::id)
        .select((outbox::status, outbox::may_have_left, outbox::subject))
        .load(conn)?;
    let invitation = invitation_of(conn, &meeting.id, &member.id)?;
    let wants = unsubscribe::is_on(conn, Kind::Invitations, &member.id)?;
    let is_held_back = match &invitation {
        Some(row) => held_back::is(conn, &row.id)?,
        None => false,
    };
    Ok(Person::new(
        member.clone(),
        invitation,
        letters_of(&rows),
        wants,
        is_held_back,
    ))
}

type LetterRow = (letters::Status, bool, String);

fn letters_of(rows: &[LetterRow]) -> Letters {
    Letters::of(
        rows.iter()
            .map(|(status, left, subject)| (*left, *status == letters::Status::Queued, subject.as_str())),
    )
}

/// How many mails about something stand in each state.
pub fn letter_counts(conn: &mut Conn, about: &str) -> Result<Vec<(letters::Status, i64)>, DbError> {
    let query = outbox::table
        .filter(outbox::about.eq(about.to_owned()))
        .group_by(outbox::status)
        .select((outbox::status, diesel::dsl::count_star()));
    Ok(query.load(conn)?)
}

pub fn of_meeting(conn: &mut Conn, id: &MeetingId) -> Result<Vec<Invitation>, DbError> {
    let query = invitations::table.filter(invitations::meeting_id.eq(id));
    Ok(query
        .order(invitations::id)
        .select(Invitation::as_select())
        .load(conn)?)
}

pub fn invitation_of(conn: &mut Conn, meeting: &MeetingId, member: &MemberId) -> Result<Option<Invitation>, DbError> {
    let found = invitations::table
        .filter(invitations::meeting_id.eq(meeting))
        .filter(invitations::member_id.eq(member));
    Ok(found.select(Invitation::as_select()).first(conn).optional()?)
}

/// The invitation behind an answer link, with its meeting.
pub fn by_rsvp_token(conn: &mut Conn, token: &Plain) -> Result<Option<(Invitation, Meeting)>, DbError> {
    let found = invitations::table
        .inner_join(meetings::table)
        .filter(invitations::rsvp_hash.eq(token.hashed().as_str().to_owned()))
        .select((Invitation::as_select(), Meeting::as_select()));
    Ok(found.first(conn).optional()?)
}

/// Writes an invitation, new or known.
pub fn save_invitation(tx: &mut Conn, row: &Invitation, rsvp: &Plain) -> Result<(), DbError> {
    let state = (
        invitations::status.eq(row.status),
        invitations::sequence_sent.eq(row.sequence_sent),
        invitations::answers_from.eq(row.answers_from),
        invitations::last_stamp.eq(row.last_stamp),
        invitations::answer.eq(row.answer),
        invitations::answered_at.eq(row.answered_at),
        invitations::answered_by.eq(row.answered_by),
        invitations::updated_at.eq(row.updated_at),
    );
    if diesel::update(invitations::table.find(&row.id))
        .set(state)
        .execute(tx)?
        == 0
    {
        diesel::insert_into(invitations::table)
            .values((
                invitations::id.eq(&row.id),
                invitations::meeting_id.eq(&row.meeting_id),
                invitations::member_id.eq(&row.member_id),
                invitations::rsvp_hash.eq(rsvp.hashed().as_str()),
                invitations::created_at.eq(row.created_at),
                state,
            ))
            .execute(tx)?;
    }
    Ok(())
}

/// Stores an answer.
pub fn save_answer(tx: &mut Conn, invitation: &Invitation, answer: Answer, by: By, now: At) -> Result<(), DbError> {
    diesel::update(invitations::table.find(&invitation.id))
        .set((
            invitations::answer.eq(answer),
            invitations::answered_at.eq(Some(now)),
            invitations::answered_by.eq(Some(by)),
            invitations::updated_at.eq(invitation.revised(now)),
        ))
        .execute(tx)?;
    Ok(())
}

/// How many have answered what, of those still invited.
#[derive(Clone, Copy, Debug, Default)]
pub struct Answers {
    pub yes: i64,
    pub maybe: i64,
    pub no: i64,
    pub none: i64,
}

/// The answers to every meeting.
pub fn answers(conn: &mut Conn) -> Result<HashMap<MeetingId, Answers>, DbError> {
    let rows: Vec<(MeetingId, Answer, i64)> = invitations::table
        .filter(invitations::status.eq(InvitationStatus::Invited))
        .group_by((invitations::meeting_id, invitations::answer))
        .select((invitations::meeting_id, invitations::answer, diesel::dsl::count_star()))
        .load(conn)?;
    let mut counted: HashMap<MeetingId, Answers> = HashMap::new();
    for (meeting, answer, count) in rows {
        let answers = counted.entry(meeting).or_default();
        match answer {
            Answer::Yes => answers.yes = count,
            Answer::Maybe => answers.maybe = count,
            Answer::No => answers.no = count,
            Answer::None => answers.none = count,
        }
    }
    Ok(counted)
}
