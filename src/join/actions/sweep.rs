//! What waits, and what time does to what is over; each is harmless twice.

use super::super::model::{self, DECLINED_KEPT, REASON_KEPT, Status};
use super::super::store;
use crate::members::{Member, Status as MemberStatus};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};

/// How many requests wait for a decision, and how long the oldest has ("" where none does).
pub fn waiting(conn: &mut Conn, now: At) -> Result<(i64, String), DbError> {
    let waiting = store::queue(conn, Status::Waiting)?;
    let oldest = waiting.first().map(|oldest| model::age(oldest.waits_since(), now));
    Ok((
        i64::try_from(waiting.len()).unwrap_or(i64::MAX),
        oldest.unwrap_or_default(),
    ))
}

/// Removes unproved requests after their week, reasons 90 days and declined requests half a year after the decision.
pub fn remove_what_is_over(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), DbError> {
    let removed = store::remove_old(tx, ctx.now, ctx.now.minus(DECLINED_KEPT))?;
    let cleared = store::clear_reasons(tx, ctx.now.minus(REASON_KEPT))?;
    if removed + cleared > 0 {
        let detail = format!("{removed} requests removed, {cleared} reasons cleared");
        audit::record(
            tx,
            ctx,
            "system",
            "kept no request longer than promised",
            "requests",
            &detail,
        )?;
    }
    Ok(())
}

/// The request of somebody who leaves goes with them.
pub fn forget_who_left(tx: &mut Conn, _: &Ctx<'_>, member: &Member) -> Result<(), DbError> {
    if member.status == MemberStatus::Left {
        store::remove_of(tx, &member.email_key)?;
    }
    Ok(())
}
