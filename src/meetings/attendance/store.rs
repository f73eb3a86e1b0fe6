//! Who came, in the database.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{How, join_token};
use crate::meetings::model::{Invitation, InvitationStatus, Meeting, MeetingId, Status};
use crate::meetings::store as meetings;
use crate::members::{self, Member, MemberId};
use crate::platform::clock::At;
use crate::platform::db::schema::attendance;
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::{Keys, Plain};

/// That somebody came, and how it is known.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = attendance)]
pub struct Noted {
    pub member_id: MemberId,
    pub how: How,
    /// When it was noted.
    pub at: At,
}

/// Everybody who is noted as having come to a meeting, also those who have left the network since.
pub fn noted(conn: &mut Conn, meeting: &MeetingId) -> Result<HashMap<MemberId, Noted>, DbError> {
    let rows: Vec<Noted> = attendance::table
        .filter(attendance::meeting_id.eq(meeting))
        .select(Noted::as_select())
        .load(conn)?;
    Ok(rows.into_iter().map(|row| (row.member_id.clone(), row)).collect())
}

/// The same without how, in a steady order.
pub fn attended(conn: &mut Conn, meeting: &MeetingId) -> Result<Vec<MemberId>, DbError> {
    let query = attendance::table.filter(attendance::meeting_id.eq(meeting));
    Ok(query
        .order(attendance::member_id)
        .select(attendance::member_id)
        .load(conn)?)
}

/// Whether this member is noted as having come.
pub fn has_come(conn: &mut Conn, meeting: &MeetingId, member: &MemberId) -> Result<bool, DbError> {
    let found = attendance::table.find((meeting, member)).select(attendance::how);
    Ok(found.first::<How>(conn).optional()?.is_some())
}

/// Notes that somebody came; `false` if it was noted before, and then the first note stays.
pub fn note(tx: &mut Conn, meeting: &MeetingId, member: &MemberId, how: How, at: At) -> Result<bool, DbError> {
    let row = (
        attendance::meeting_id.eq(meeting),
        attendance::member_id.eq(member),
        attendance::how.eq(how),
        attendance::at.eq(at),
    );
    let written = crate::on_either!(tx, c => diesel::insert_into(attendance::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(written == 1)
}

/// Takes a note away; `false` if there was none.
pub fn take_back(tx: &mut Conn, meeting: &MeetingId, member: &MemberId) -> Result<bool, DbError> {
    let row = attendance::table.find((meeting, member));
    Ok(diesel::delete(row).execute(tx)? == 1)
}

/// Whose own link this is: an active member's, who is invited still, to a meeting that has been scheduled.
///
/// The token is not stored, so it is compared (by hashes, whose likeness says nothing of the token's) with that of
/// each invitation to the meeting: a few hundred short sums.
pub fn by_token(
    conn: &mut Conn,
    keys: &Keys,
    slug: &str,
    token: &Plain,
) -> Result<Option<(Meeting, Invitation, Member)>, DbError> {
    let Some(meeting) = meetings::by_slug(conn, slug)?.filter(|meeting| meeting.status != Status::Draft) else {
        return Ok(None);
    };
    let given = token.hashed();
    let mut invited = meetings::of_meeting(conn, &meeting.id)?
        .into_iter()
        .filter(|row| row.status == InvitationStatus::Invited);
    let Some(invitation) = invited.find(|row| join_token(keys, &row.id).hashed() == given) else {
        return Ok(None);
    };
    let member = members::store::find(conn, &invitation.member_id)?;
    Ok(member
        .filter(|member| member.status == members::Status::Active)
        .map(|member| (meeting, invitation, member)))
}
