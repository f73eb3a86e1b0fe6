//! Taking back an answer that somebody else may have given.

use super::store::{self, Said};
use crate::meetings::invitations::Answer;
use crate::meetings::model::{By, Invitation, Meeting};
use crate::meetings::places::{self, Rank};
use crate::meetings::rsvp::closed;
use crate::meetings::store::take_turn;
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;

/// What the link can still do.
#[derive(Clone, Debug)]
pub enum Undo {
    Open {
        said: Box<Said>,
        meeting: Box<Meeting>,
        invitation: Box<Invitation>,
    },
    /// It was undone, or the member has answered since.
    Over(Box<Meeting>),
    Unknown,
}

/// Looks, and changes nothing.
pub fn look(conn: &mut Conn, token: &Plain, now: At) -> Result<Undo, DbError> {
    let Some(said) = store::by_undo_token(conn, token)? else {
        return Ok(Undo::Unknown);
    };
    let Some((invitation, meeting)) = store::invitation(conn, &said.invitation_id)? else {
        return Ok(Undo::Unknown);
    };
    let is_theirs_by_now = invitation.answered_by != Some(By::Mail)
        || said.undone_at.is_some()
        || closed(&meeting, &invitation, now).is_some()
        || !store::only_doubtful_since(conn, &said)?;
    Ok(if is_theirs_by_now {
        Undo::Over(Box::new(meeting))
    } else {
        Undo::Open {
            said: Box::new(said),
            meeting: Box::new(meeting),
            invitation: Box::new(invitation),
        }
    })
}

/// What came of undoing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undone {
    Nothing,
    /// Their answer is what it was.
    PutBack,
    /// They had said yes, and their place had gone to somebody else meanwhile: they wait, so far from the front.
    Waits(usize),
}

/// Puts back what the member had said before; harmless twice.
pub fn undo(tx: &mut Conn, ctx: &Ctx<'_>, token: &Plain) -> Result<Undone, DbError> {
    take_turn(tx)?;
    let Undo::Open {
        said,
        meeting,
        invitation,
    } = look(tx, token, ctx.now)?
    else {
        return Ok(Undone::Nothing);
    };
    let mut undone = Undone::PutBack;
    if said.answer_before == Answer::Maybe && places::restore(tx, &invitation, said.at, ctx.now)? {
        store::put_back(tx, &invitation, Answer::Maybe, &said.id, ctx.now)?;
        places::after_change(tx, ctx, &meeting, false)?;
    } else {
        // Their place may have gone to somebody else by now: then they are the first to get another.
        let given = places::take_in(
            tx,
            ctx,
            &meeting,
            &invitation,
            said.answer_before,
            Rank::First,
            |tx, answer| store::put_back(tx, &invitation, answer, &said.id, ctx.now),
        )?;
        undone = given.waits.map_or(Undone::PutBack, Undone::Waits);
    }
    let by = invitation.member_id.as_str();
    audit::record(
        tx,
        ctx,
        by,
        "took an answer by mail back",
        &meeting.about(),
        said.answer.as_str(),
    )?;
    Ok(undone)
}
