//! What feeds are made of, from the database.

use diesel::prelude::*;

use super::model::Held;
use crate::meetings::invitations::Answer;
use crate::meetings::model::{Invitation, InvitationId, Meeting, Status};
use crate::members::{Member, MemberId, calendar};
use crate::platform::app::{fact, set_fact};
use crate::platform::clock::At;
use crate::platform::db::schema::{answers_before, invitations, meetings};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;

/// Everything that one member's own calendar is made of.
#[derive(Debug)]
pub struct Subscribed {
    pub member: Member,
    pub own: calendar::Own,
    /// Whatever they are or were invited to, earliest first.
    pub held: Vec<Held>,
}

/// The calendar at a private address; `None` if nobody has that address now.
pub fn subscribed(conn: &mut Conn, token: &Plain) -> Result<Option<Subscribed>, DbError> {
    let Some(member) = crate::members::store::by_calendar_token(conn, token)? else {
        return Ok(None);
    };
    Ok(Some(Subscribed {
        own: calendar::store::own(conn, &member.id)?,
        held: held(conn, &member.id)?,
        member,
    }))
}

fn held(conn: &mut Conn, member: &MemberId) -> Result<Vec<Held>, DbError> {
    let rows: Vec<(Meeting, Invitation, Option<Answer>)> = meetings::table
        .inner_join(invitations::table.left_join(answers_before::table))
        .filter(invitations::member_id.eq(member))
        .filter(meetings::status.ne(Status::Draft))
        .order((meetings::starts_at, meetings::id))
        .select((
            Meeting::as_select(),
            Invitation::as_select(),
            answers_before::answer.nullable(),
        ))
        .load(conn)?;
    let held = rows.into_iter().map(|(meeting, invitation, before)| Held {
        meeting,
        invitation,
        before,
    });
    Ok(held.collect())
}

/// Keeps what somebody had answered, now that a new time asks them again.
pub fn keep_answer(tx: &mut Conn, invitation: &InvitationId, answer: Answer) -> Result<(), DbError> {
    if answer == Answer::None {
        return Ok(());
    }
    crate::on_either!(tx, c => diesel::insert_into(answers_before::table)
        .values((
            answers_before::invitation_id.eq(invitation),
            answers_before::answer.eq(answer),
        ))
        .on_conflict(answers_before::invitation_id)
        .do_update()
        .set(answers_before::answer.eq(answer))
        .execute(c))?;
    Ok(())
}

const HIDDEN_AT: &str = "a meeting was hidden";

/// Notes that a change hid a meeting from the public, or showed it.
pub fn note_visibility(tx: &mut Conn, before: &Meeting, after: &Meeting, now: At) -> Result<(), DbError> {
    match before.visibility == after.visibility {
        true => Ok(()),
        false => set_fact(tx, HIDDEN_AT, &now.to_string()),
    }
}

/// When a meeting was last hidden from the public or shown to it.
pub fn hidden_at(conn: &mut Conn) -> Result<Option<At>, DbError> {
    Ok(fact(conn, HIDDEN_AT)?.and_then(|text| At::parse(&text).ok()))
}
