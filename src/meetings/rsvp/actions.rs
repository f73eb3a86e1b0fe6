//! Storing an answer.

use crate::meetings::invitations::Answer;
use crate::meetings::model::{By, Invitation, InvitationStatus, Meeting, Status};
use crate::meetings::places::{self, Given, Rank};
use crate::meetings::store;
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};

/// Why an answer was not stored.
#[derive(Debug, thiserror::Error)]
pub enum AnswerError {
    #[error("There is no such invitation.")]
    NotFound,
    #[error("Answer yes, maybe or no.")]
    NoAnswer,
    #[error("This meeting is cancelled, so it takes no answers.")]
    Cancelled,
    #[error("This meeting is over, so it takes no more answers.")]
    Over,
    #[error("This invitation was withdrawn, so it takes no answers.")]
    Withdrawn,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why this invitation takes no answer now, if it takes none.
pub(in crate::meetings) fn closed(meeting: &Meeting, invitation: &Invitation, now: At) -> Option<AnswerError> {
    if invitation.status == InvitationStatus::Withdrawn {
        Some(AnswerError::Withdrawn)
    } else if meeting.status != Status::Scheduled {
        Some(AnswerError::Cancelled)
    } else if meeting.is_over(now) {
        Some(AnswerError::Over)
    } else {
        None
    }
}

/// Stores what somebody said; the same answer again only moves the hour at which it was given. Where places are limited
/// a yes may have to wait: what it became is returned.
pub fn answer(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    meeting: &Meeting,
    invitation: &Invitation,
    answer: Answer,
    by: By,
) -> Result<Given, AnswerError> {
    if let Some(why) = closed(meeting, invitation, ctx.now) {
        return Err(why);
    }
    if answer == Answer::None {
        return Err(AnswerError::NoAnswer);
    }
    // The same answer again is theirs from now on: nothing older that comes by mail overrules it.
    let given = places::take_in(tx, ctx, meeting, invitation, answer, Rank::Last, |tx, answer| {
        store::save_answer(tx, invitation, answer, by, ctx.now)
    })?;
    if invitation.answer == given.answer && !given.has_begun_to_wait {
        return Ok(given);
    }
    let what = match given.waits {
        Some(_) => format!("answered {answer}, and waits for a place"),
        None => format!("answered {answer}"),
    };
    audit::record(
        tx,
        ctx,
        invitation.member_id.as_str(),
        &what,
        &meeting.about(),
        by.as_str(),
    )?;
    Ok(given)
}
