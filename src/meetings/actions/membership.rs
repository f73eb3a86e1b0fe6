//! Late invitations for somebody who joins, withdrawals for somebody who leaves.

use super::ChangeError;
use super::tell::{Telling, as_db_error, tell};
use crate::meetings::invitations::{Move, SubjectKind};
use crate::meetings::model::{InvitationStatus, Meeting, Status, rsvp_token};
use crate::meetings::places;
use crate::meetings::store;
use crate::members::{self, Member};
use crate::platform::app::Ctx;
use crate::platform::db::{Conn, DbError};

/// Told by `members` inside the transaction in which somebody joins or leaves.
pub fn member_changed(tx: &mut Conn, ctx: &Ctx<'_>, member: &Member) -> Result<(), DbError> {
    store::take_turn(tx)?;
    let done = match member.status {
        members::Status::Active => joined(tx, ctx, member),
        members::Status::Left => left(tx, ctx, member),
    };
    done.map_err(as_db_error)
}

/// Everything that is still to come, at its current SEQUENCE.
fn joined(tx: &mut Conn, ctx: &Ctx<'_>, member: &Member) -> Result<(), ChangeError> {
    for meeting in store::to_come(tx, ctx.now)? {
        if meeting.status == Status::Scheduled {
            say(tx, ctx, &meeting, false, Move::Invite, member)?;
        }
    }
    Ok(())
}

/// One CANCEL for each meeting to come that they hold an invitation for; what has not left is taken back.
fn left(tx: &mut Conn, ctx: &Ctx<'_>, member: &Member) -> Result<(), ChangeError> {
    for meeting in store::to_come(tx, ctx.now)? {
        if meeting.status == Status::Scheduled {
            say(tx, ctx, &meeting, false, Move::Withdraw, member)?;
        } else if store::person(tx, &meeting, member)?.letters.waiting == Some(SubjectKind::Cancelled) {
            // The cancellation has not left, and as such it never would: it goes again as a farewell.
            say(tx, ctx, &meeting, false, Move::Cancel, member)?;
        }
    }
    let theirs = store::theirs(tx, &member.id)?;
    for (_, mut row) in theirs.into_iter().filter(|(meeting, _)| !meeting.is_over(ctx.now)) {
        row.status = InvitationStatus::Withdrawn;
        row.updated_at = ctx.now;
        store::save_invitation(tx, &row, &rsvp_token(&ctx.app.keys, &row.id))?;
    }
    for meeting in store::to_come(tx, ctx.now)? {
        places::left(tx, ctx, &meeting, member)?;
    }
    Ok(())
}

fn say(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    meeting: &Meeting,
    was_cancelled: bool,
    a_move: Move,
    member: &Member,
) -> Result<(), ChangeError> {
    let person = store::person(tx, meeting, member)?;
    let telling = Telling {
        meeting,
        was_cancelled,
        a_move,
        was: None,
    };
    tell(tx, ctx, telling, &person).map(|_| ())
}
