//! The journal of answers by mail, and proposals, in the database.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::id;
use crate::meetings::invitations::Answer;
use crate::meetings::model::{By, Invitation, InvitationId, Meeting, MeetingId};
use crate::platform::app::Ctx;
use crate::platform::clock::At;
use crate::platform::db::schema::{calendar_answers, invitations, meetings};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;
use crate::text_enum;

id!(
    /// One answer that came by mail.
    AnswerId
);

text_enum! {
    /// Why an answer was told to the member.
    pub enum Mark {
        Nothing = "",
        /// It came from another address than theirs.
        Forwarded = "forwarded",
        /// Their own domain does not vouch for it.
        Unverified = "unverified",
    }
}

/// One answer, as the journal has it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = calendar_answers)]
pub struct Said {
    pub id: AnswerId,
    pub invitation_id: InvitationId,
    pub at: At,
    pub answer: Answer,
    pub mark: Mark,
    pub comment: String,
    pub answer_before: Answer,
    pub undone_at: Option<At>,
}

/// The token in `/rsvp/undo/<token>`.
pub(super) fn undo_token(ctx: &Ctx<'_>, id: &AnswerId) -> Plain {
    ctx.app.keys.derive("undo answer", id.as_str(), 0)
}

/// Writes into the journal what was said; `is_applied`: it is the person's answer now.
pub(super) fn note(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    invitation: &Invitation,
    answer: Answer,
    is_applied: bool,
    mark: Mark,
    comment: &str,
) -> Result<AnswerId, DbError> {
    let id = AnswerId::new();
    diesel::insert_into(calendar_answers::table)
        .values((
            calendar_answers::id.eq(&id),
            calendar_answers::invitation_id.eq(&invitation.id),
            calendar_answers::at.eq(ctx.now),
            calendar_answers::answer.eq(answer),
            calendar_answers::result.eq(if is_applied { "applied" } else { "stale" }),
            calendar_answers::mark.eq(mark),
            calendar_answers::comment.eq(comment),
            calendar_answers::answer_before.eq(invitation.answer),
            calendar_answers::undo_hash.eq(undo_token(ctx, &id).hashed().as_str().to_owned()),
        ))
        .execute(tx)?;
    Ok(id)
}

/// Stores an answer that came by mail, and its place in the order.
pub(super) fn save(
    tx: &mut Conn,
    invitation: &Invitation,
    answer: Answer,
    order: &str,
    now: At,
) -> Result<(), DbError> {
    diesel::update(invitations::table.find(&invitation.id))
        .set((
            invitations::answer.eq(answer),
            invitations::answered_at.eq(Some(now)),
            invitations::answered_by.eq(Some(By::Mail)),
            invitations::answer_order.eq(order),
            invitations::updated_at.eq(invitation.revised(now)),
        ))
        .execute(tx)?;
    Ok(())
}

/// Puts back what was said before; `Answer::None` is no answer at all.
pub(super) fn put_back(
    tx: &mut Conn,
    invitation: &Invitation,
    answer: Answer,
    said: &AnswerId,
    now: At,
) -> Result<(), DbError> {
    let is_answer = answer != Answer::None;
    diesel::update(invitations::table.find(&invitation.id))
        .set((
            invitations::answer.eq(answer),
            invitations::answered_at.eq(is_answer.then_some(now)),
            invitations::answered_by.eq(is_answer.then_some(By::Link)),
            // Whatever stood there was no answer of theirs, so it outranks none.
            invitations::answer_order.eq(""),
            invitations::updated_at.eq(invitation.revised(now)),
        ))
        .execute(tx)?;
    diesel::update(calendar_answers::table.find(said))
        .set(calendar_answers::undone_at.eq(Some(now)))
        .execute(tx)?;
    Ok(())
}

pub(super) fn meeting_by_uid(conn: &mut Conn, uid: &str) -> Result<Option<Meeting>, DbError> {
    let found = meetings::table
        .filter(meetings::uid.eq(uid))
        .select(Meeting::as_select());
    Ok(found.first(conn).optional()?)
}

pub(super) fn by_undo_token(conn: &mut Conn, token: &Plain) -> Result<Option<Said>, DbError> {
    let found = calendar_answers::table.filter(calendar_answers::undo_hash.eq(token.hashed().as_str().to_owned()));
    Ok(found.select(Said::as_select()).first(conn).optional()?)
}

/// Whether everything applied after `said` came by mail without anybody vouching for it.
pub(super) fn only_doubtful_since(conn: &mut Conn, said: &Said) -> Result<bool, DbError> {
    let vouched: i64 = calendar_answers::table
        .filter(calendar_answers::invitation_id.eq(&said.invitation_id))
        .filter(calendar_answers::result.eq("applied"))
        .filter(calendar_answers::mark.eq(Mark::Nothing))
        .filter(calendar_answers::id.gt(&said.id))
        .count()
        .get_result(conn)?;
    Ok(vouched == 0)
}

pub(super) fn invitation(conn: &mut Conn, id: &InvitationId) -> Result<Option<(Invitation, Meeting)>, DbError> {
    let found = invitations::table
        .inner_join(meetings::table)
        .filter(invitations::id.eq(id));
    Ok(found
        .select((Invitation::as_select(), Meeting::as_select()))
        .first(conn)
        .optional()?)
}

/// The last answer by mail of each invitation to a meeting.
pub fn latest_of(conn: &mut Conn, meeting: &MeetingId) -> Result<HashMap<InvitationId, Said>, DbError> {
    let rows: Vec<Said> = calendar_answers::table
        .inner_join(invitations::table)
        .filter(invitations::meeting_id.eq(meeting))
        .filter(calendar_answers::result.eq("applied"))
        .order(calendar_answers::id)
        .select(Said::as_select())
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|said| (said.invitation_id.clone(), said))
        .collect())
}
