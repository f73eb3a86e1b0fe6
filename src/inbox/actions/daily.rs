//! What time does: coordinators hear once a day what waits, and what is over is removed.

use super::super::model::{LETTERS_KEPT, Status, WORDS_KEPT};
use super::super::{mail, store};
use crate::join;
use crate::join::model::CONFIRM_WITHIN;
use crate::members;
use crate::platform::app::{Ctx, fact, set_fact};
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::platform::text::zone::utc_to_local;

/// The hour, in the network's time zone, before which coordinators are left in peace.
const MORNING: &str = "08:00";
const TOLD_ON: &str = "what waits told on";

/// What stands before the coordinators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    pub requests: i64,
    /// How long the oldest request has waited.
    pub oldest: String,
    pub letters: i64,
    pub aside: i64,
}

/// One mail a day at most to each coordinator, if requests, letters or set-aside mails wait.
pub fn tell_what_waits(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), DbError> {
    let local = utc_to_local(ctx.now, &ctx.app.config.network.time_zone);
    let (today, time) = local.split_once('T').unwrap_or((&local, ""));
    if time < MORNING || fact(tx, TOLD_ON)?.as_deref() == Some(today) {
        return Ok(());
    }
    let (requests, oldest) = join::waiting(tx, ctx.now)?;
    let waiting = Waiting {
        requests,
        oldest,
        letters: store::count(tx, Status::Open)?,
        aside: store::count(tx, Status::Aside)?,
    };
    if waiting.requests + waiting.letters + waiting.aside == 0 {
        return Ok(());
    }
    for coordinator in members::store::coordinators(tx)? {
        let mail = mail::waiting(ctx, &coordinator, &waiting, today)?;
        outbox::enqueue(tx, ctx, mail)?;
    }
    set_fact(tx, TOLD_ON, today)
}

/// Clears the words of letters 90 days after they were done, and removes what is half a year old.
pub fn remove_what_is_over(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), DbError> {
    let (cleared, removed) = store::remove_old(
        tx,
        ctx.now.minus(WORDS_KEPT),
        ctx.now.minus(LETTERS_KEPT),
        ctx.now.minus(CONFIRM_WITHIN),
    )?;
    if cleared + removed > 0 {
        let detail = format!("{cleared} letters cleared, {removed} removed");
        audit::record(
            tx,
            ctx,
            "system",
            "kept no letter longer than promised",
            "letters",
            &detail,
        )?;
    }
    Ok(())
}
