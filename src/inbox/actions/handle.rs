//! What coordinators do with a letter: take it on, note, answer, mark done, open again.

use super::super::model::{Letter, LetterId, Status, What};
use super::super::{mail, store};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::web::Coordinator;

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum HandleError {
    #[error("There is no such letter.")]
    NotFound,
    #[error("Somebody else has changed this letter in the meantime. Look at it again, and decide again.")]
    Changed,
    #[error("Write something first.")]
    NothingWritten,
    #[error("This letter cannot be answered by mail: it names no address, or no person sent it.")]
    NobodyToAnswer,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// One step; `version` is that of the page the coordinator saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    Claim,
    GiveBack,
    Note(String),
    Reply { message: String, is_done: bool },
    Done,
    Reopen,
}

/// Does one step, if the letter is as it was seen.
pub fn handle(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    who: &Coordinator,
    id: &LetterId,
    version: i32,
    step: &Step,
) -> Result<(), HandleError> {
    let letter = store::find(tx, id)?.ok_or(HandleError::NotFound)?;
    let me = who.id.as_str();
    let mine = Some(me);
    let as_it_is = letter.claimed_by.clone();
    let (status, claimed, what, words) = match step {
        Step::Claim => (letter.status, mine, What::Claimed, ""),
        Step::GiveBack => (letter.status, None, What::GivenBack, ""),
        Step::Note(words) => (letter.status, as_it_is.as_deref(), What::Noted, words.as_str()),
        Step::Reply { message, is_done } => {
            let status = if *is_done { Status::Done } else { letter.status };
            (status, as_it_is.as_deref().or(mine), What::Replied, message.as_str())
        }
        Step::Done => (Status::Done, as_it_is.as_deref(), What::Done, ""),
        Step::Reopen => (Status::Open, as_it_is.as_deref(), What::Reopened, ""),
    };
    if words.trim().is_empty() && matches!(what, What::Noted | What::Replied) {
        return Err(HandleError::NothingWritten);
    }
    let done = (status == Status::Done).then_some((ctx.now, me));
    if letter.version != version || !store::advance(tx, &letter, status, claimed, done)? {
        return Err(HandleError::Changed);
    }
    store::note(tx, ctx, id, me, what, words)?;
    if what == What::Replied {
        reply(tx, ctx, who, &letter, words)?;
    }
    audit::record(tx, ctx, me, what.did(), &letter.about(), "")?;
    Ok(())
}

fn reply(tx: &mut Conn, ctx: &Ctx<'_>, who: &Coordinator, letter: &Letter, message: &str) -> Result<(), HandleError> {
    if !letter.can_be_answered() {
        return Err(HandleError::NobodyToAnswer);
    }
    outbox::enqueue(tx, ctx, mail::reply(ctx, letter, &who.name, message)?)?;
    Ok(())
}
