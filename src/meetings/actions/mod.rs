//! What changes meetings. Each function is one transaction's work: the meeting, everyone's invitation, their
//! mails and the audit, or nothing.

mod change;
mod draft;
pub mod membership;
pub mod quiet;
mod resend;
mod schedule;
mod tell;

pub use change::{Effect, Proposed, apply, discard, effect, propose};
pub use draft::{copy, create, update};
pub use resend::resend;
pub use schedule::{again_or_first, cancel, cancelled, domain_warning, invite_missing, schedule};
pub use tell::{Foreseen, Foretold, Told, foresee};

use super::invitations::Impossible;
use super::model::Meeting;
use super::store;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::render::RenderError;

/// Why a meeting was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    #[error("There is no such meeting.")]
    NotFound,
    #[error(
        "Somebody else has changed this meeting since you opened the page. Look at it as it now is, then decide again."
    )]
    Conflict,
    #[error("This meeting is scheduled already. Nothing was sent a second time.")]
    AlreadyScheduled,
    #[error("This meeting begins in the past. Give it a time to come, then schedule it.")]
    InThePast,
    #[error("Only a meeting that is scheduled can be cancelled.")]
    NotScheduled,
    #[error("Only to a meeting that is scheduled and still to come can people be invited.")]
    NotOn,
    #[error("They hold no invitation to a meeting that is still to come, so there is nothing to send again.")]
    NotHeld,
    #[error("A mail about this meeting to them is still on its way: look at it in the outbox first.")]
    OnItsWay,
    #[error("Mail to their address comes back, so nothing is sent there. They can prove it by signing in.")]
    ComesBack,
    #[error("This meeting is over, so there is nothing left to cancel.")]
    Over,
    #[error("No change waits to be told. Edit the meeting first.")]
    NothingPending,
    #[error("The time or the joining link has changed, so everyone invited must be told.")]
    MustBeTold,
    #[error("{by} has proposed another change to this meeting at {at}. Yours was not stored yet.")]
    OtherProposal { by: String, at: String },
    #[error(transparent)]
    Impossible(#[from] Impossible),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("the proposed change cannot be read: {0}")]
    Pending(#[from] serde_json::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for ChangeError {
    fn from(e: diesel::result::Error) -> ChangeError {
        ChangeError::Db(e.into())
    }
}

/// The meeting as it is; refuses if `seen` says that it has changed since.
fn current(tx: &mut Conn, id: &super::MeetingId, seen: Option<i32>) -> Result<Meeting, ChangeError> {
    store::take_turn(tx)?;
    let meeting = store::find(tx, id)?.ok_or(ChangeError::NotFound)?;
    match seen {
        Some(version) if version != meeting.version => Err(ChangeError::Conflict),
        _ => Ok(meeting),
    }
}

/// Writes it, unless somebody else was quicker.
fn save(tx: &mut Conn, meeting: &Meeting) -> Result<(), ChangeError> {
    if store::save(tx, meeting)? {
        Ok(())
    } else {
        Err(ChangeError::Conflict)
    }
}

/// Later than the last revision even within one second, so that calendars see it as newer.
fn revised(meeting: &Meeting, now: At) -> At {
    now.max(meeting.updated_at.plus(crate::platform::clock::seconds(1)))
}
