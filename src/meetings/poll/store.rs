//! Polls, their times and their answers in the database.

use diesel::prelude::*;

use super::model::{Asked, AskedId, Details, Poll, PollId, Said, Status, Time, TimeId};
use crate::meetings::{Meeting, MeetingId};
use crate::members::{self, Member, MemberId};
use crate::platform::clock::At;
use crate::platform::db::schema::{members as people, poll_answers, poll_asked, poll_times, polls};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;

pub fn find(conn: &mut Conn, id: &PollId) -> Result<Option<Poll>, DbError> {
    let found = polls::table.find(id).select(Poll::as_select());
    Ok(found.first(conn).optional()?)
}

/// All of them, the newest first.
pub fn all(conn: &mut Conn) -> Result<Vec<Poll>, DbError> {
    let query = polls::table.order(polls::id.desc()).select(Poll::as_select());
    Ok(query.load(conn)?)
}

/// Those that take answers now.
pub fn open(conn: &mut Conn, now: At) -> Result<Vec<Poll>, DbError> {
    let query = polls::table
        .filter(polls::status.eq(Status::Open))
        .filter(polls::closes_at.gt(now))
        .order(polls::id);
    Ok(query.select(Poll::as_select()).load(conn)?)
}

/// The times of a poll, earliest first.
pub fn times_of(conn: &mut Conn, id: &PollId) -> Result<Vec<Time>, DbError> {
    let query = poll_times::table
        .filter(poll_times::poll_id.eq(id))
        .order(poll_times::starts_at);
    Ok(query.select(Time::as_select()).load(conn)?)
}

pub fn insert(tx: &mut Conn, id: &PollId, details: &Details, now: At) -> Result<(), DbError> {
    diesel::insert_into(polls::table)
        .values((
            polls::id.eq(id),
            polls::title.eq(&details.title),
            polls::summary.eq(&details.summary),
            polls::minutes.eq(details.minutes),
            polls::time_zone.eq(&details.time_zone),
            polls::closes_at.eq(details.closes_at),
            polls::status.eq(Status::Draft),
            polls::version.eq(1),
            polls::created_at.eq(now),
            polls::updated_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// Writes a poll back as `poll` has it; `false` if somebody else has changed it since it was read.
pub fn save(tx: &mut Conn, poll: &Poll) -> Result<bool, DbError> {
    let row = polls::table
        .filter(polls::id.eq(&poll.id))
        .filter(polls::version.eq(poll.version));
    let changed = diesel::update(row)
        .set((
            polls::title.eq(&poll.title),
            polls::summary.eq(&poll.summary),
            polls::minutes.eq(poll.minutes),
            polls::time_zone.eq(&poll.time_zone),
            polls::closes_at.eq(poll.closes_at),
            polls::status.eq(poll.status),
            polls::meeting_id.eq(&poll.meeting_id),
            polls::version.eq(poll.version + 1),
            polls::opened_at.eq(poll.opened_at),
            polls::closed_at.eq(poll.closed_at),
            polls::updated_at.eq(poll.updated_at),
        ))
        .execute(tx)?;
    Ok(changed == 1)
}

/// Gives a poll, which nobody has answered yet, these times instead of its own.
pub fn replace_times(tx: &mut Conn, id: &PollId, times: &[(At, At)]) -> Result<(), DbError> {
    diesel::delete(poll_times::table.filter(poll_times::poll_id.eq(id))).execute(tx)?;
    for (starts, ends) in times {
        diesel::insert_into(poll_times::table)
            .values((
                poll_times::id.eq(TimeId::new()),
                poll_times::poll_id.eq(id),
                poll_times::starts_at.eq(*starts),
                poll_times::ends_at.eq(*ends),
                poll_times::is_chosen.eq(false),
            ))
            .execute(tx)?;
    }
    Ok(())
}

/// Notes of which time the meeting was made.
pub fn choose(tx: &mut Conn, time: &TimeId) -> Result<(), DbError> {
    diesel::update(poll_times::table.find(time))
        .set(poll_times::is_chosen.eq(true))
        .execute(tx)?;
    Ok(())
}

/// Those who were asked and are members still, by name.
pub fn asked(conn: &mut Conn, id: &PollId) -> Result<Vec<(Asked, Member)>, DbError> {
    let query = poll_asked::table
        .inner_join(people::table)
        .filter(poll_asked::poll_id.eq(id))
        .filter(people::status.eq(members::Status::Active))
        .order((people::name, people::id))
        .select((Asked::as_select(), Member::as_select()));
    Ok(query.load(conn)?)
}

/// The active members who have not been asked, by name.
pub fn not_asked(conn: &mut Conn, id: &PollId) -> Result<Vec<Member>, DbError> {
    let asked: Vec<MemberId> = poll_asked::table
        .filter(poll_asked::poll_id.eq(id))
        .select(poll_asked::member_id)
        .load(conn)?;
    let asked: std::collections::HashSet<MemberId> = asked.into_iter().collect();
    let mut members = members::store::active(conn)?;
    members.retain(|member| !asked.contains(&member.id));
    Ok(members)
}

/// Everything that was said in a poll.
pub fn answers(conn: &mut Conn, id: &PollId) -> Result<Vec<(AskedId, TimeId, Said)>, DbError> {
    let query = poll_answers::table
        .inner_join(poll_times::table)
        .filter(poll_times::poll_id.eq(id))
        .select((poll_answers::asked_id, poll_answers::time_id, poll_answers::answer));
    Ok(query.load(conn)?)
}

/// What one person said of each time.
pub fn answers_of(conn: &mut Conn, asked: &AskedId) -> Result<Vec<(TimeId, Said)>, DbError> {
    let query = poll_answers::table.filter(poll_answers::asked_id.eq(asked));
    Ok(query.select((poll_answers::time_id, poll_answers::answer)).load(conn)?)
}

/// Who holds this link, if they are a member still.
pub fn by_token(conn: &mut Conn, token: &Plain) -> Result<Option<(Asked, Poll, Member)>, DbError> {
    let found = poll_asked::table
        .inner_join(polls::table)
        .inner_join(people::table)
        .filter(poll_asked::token_hash.eq(token.hashed().as_str().to_owned()))
        .filter(people::status.eq(members::Status::Active))
        .select((Asked::as_select(), Poll::as_select(), Member::as_select()));
    Ok(found.first(conn).optional()?)
}

pub fn insert_asked(
    tx: &mut Conn,
    id: &AskedId,
    poll: &PollId,
    member: &MemberId,
    token: &Plain,
    now: At,
) -> Result<(), DbError> {
    diesel::insert_into(poll_asked::table)
        .values((
            poll_asked::id.eq(id),
            poll_asked::poll_id.eq(poll),
            poll_asked::member_id.eq(member),
            poll_asked::token_hash.eq(token.hashed().as_str().to_owned()),
            poll_asked::asked_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// Stores what somebody says of each time, instead of what they said before.
pub fn save_answers(tx: &mut Conn, asked: &AskedId, said: &[(TimeId, Said)], now: At) -> Result<(), DbError> {
    diesel::delete(poll_answers::table.filter(poll_answers::asked_id.eq(asked))).execute(tx)?;
    for (time, said) in said {
        diesel::insert_into(poll_answers::table)
            .values((
                poll_answers::asked_id.eq(asked),
                poll_answers::time_id.eq(time),
                poll_answers::answer.eq(*said),
            ))
            .execute(tx)?;
    }
    diesel::update(poll_asked::table.find(asked))
        .set(poll_asked::answered_at.eq(Some(now)))
        .execute(tx)?;
    Ok(())
}

/// Every poll a member was asked in.
pub fn asked_of_member(conn: &mut Conn, member: &MemberId) -> Result<Vec<AskedId>, DbError> {
    let query = poll_asked::table.filter(poll_asked::member_id.eq(member));
    Ok(query.select(poll_asked::id).load(conn)?)
}

/// Forgets that a member was asked, and what they said.
pub fn forget(tx: &mut Conn, member: &MemberId) -> Result<(), DbError> {
    diesel::delete(poll_asked::table.filter(poll_asked::member_id.eq(member))).execute(tx)?;
    Ok(())
}

/// What a member said, in the poll that this meeting was made of, of the very time at which the meeting now is; and
/// when they said it.
pub fn said_of(conn: &mut Conn, meeting: &Meeting, member: &MemberId) -> Result<Option<(Said, At)>, DbError> {
    let found: Option<(Said, Option<At>)> = poll_answers::table
        .inner_join(poll_times::table.inner_join(polls::table))
        .inner_join(poll_asked::table)
        .filter(polls::meeting_id.eq(Some(&meeting.id)))
        .filter(poll_asked::member_id.eq(member))
        .filter(poll_times::is_chosen.eq(true))
        .filter(poll_times::starts_at.eq(meeting.starts_at))
        .filter(poll_times::ends_at.eq(meeting.ends_at))
        .select((poll_answers::answer, poll_asked::answered_at))
        .first(conn)
        .optional()?;
    Ok(found.and_then(|(said, at)| at.map(|at| (said, at))))
}

/// How many were asked and how many have answered, of those who are members still.
pub fn turnout(conn: &mut Conn, id: &PollId) -> Result<(usize, usize), DbError> {
    let asked = asked(conn, id)?;
    let answered = asked.iter().filter(|(row, _)| row.answered_at.is_some()).count();
    Ok((asked.len(), answered))
}

/// The poll that a meeting was made of.
pub fn of_meeting(conn: &mut Conn, id: &MeetingId) -> Result<Option<Poll>, DbError> {
    let found = polls::table.filter(polls::meeting_id.eq(Some(id)));
    Ok(found.select(Poll::as_select()).first(conn).optional()?)
}
