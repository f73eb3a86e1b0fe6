//! Invitations of which nothing is mailed, because their member has turned invitations off: they stand on pages and in
//! the private calendar, and can be answered there.

use std::collections::HashSet;

use diesel::prelude::*;

use super::invitations::{Answer, Letters, SubjectKind};
use super::model::{InvitationId, MeetingId};
use crate::platform::clock::At;
use crate::platform::db::schema::{invitations, invitations_held_back as held};
use crate::platform::db::{Conn, DbError};

/// Those of a meeting.
pub fn of_meeting(conn: &mut Conn, id: &MeetingId) -> Result<HashSet<InvitationId>, DbError> {
    let rows: Vec<InvitationId> = held::table
        .inner_join(invitations::table)
        .filter(invitations::meeting_id.eq(id))
        .select(held::invitation_id)
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

pub fn is(conn: &mut Conn, id: &InvitationId) -> Result<bool, DbError> {
    let count: i64 = held::table
        .filter(held::invitation_id.eq(id))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// Notes that nothing is mailed of it; harmless twice.
pub fn note(tx: &mut Conn, id: &InvitationId, at: At) -> Result<(), DbError> {
    crate::on_either!(tx, c => diesel::insert_into(held::table)
        .values((held::invitation_id.eq(id), held::at.eq(at)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// From now on it is mailed like any other.
pub fn end(tx: &mut Conn, id: &InvitationId) -> Result<(), DbError> {
    diesel::delete(held::table.find(id)).execute(tx)?;
    Ok(())
}

/// What such a person counts as having heard: nothing, unless they said yes or maybe on a page; then they are to be
/// told of a new time or of a cancellation like anybody who was mailed.
pub fn letters(answer: Answer) -> Letters {
    let is_coming = matches!(answer, Answer::Yes | Answer::Maybe);
    Letters {
        left: is_coming.then_some(SubjectKind::Invitation),
        waiting: None,
    }
}
