//! What time does: coordinators hear what waits, and what is over is removed. Each is harmless twice.

use super::super::model::{self, DECLINED_KEPT, REASON_KEPT, Status};
use super::super::{mail, store};
use super::local_date;
use crate::members::{self, Member, Status as MemberStatus};
use crate::platform::app::{Ctx, fact, set_fact};
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::platform::text::zone::utc_to_local;

/// The hour, in the network's time zone, before which coordinators are left in peace.
const MORNING: &str = "08:00";
const TOLD_ON: &str = "waiting requests told on";

/// One mail a day at most to each coordinator, if requests wait.
pub fn tell_what_waits(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), DbError> {
    let local = utc_to_local(ctx.now, &ctx.app.config.network.time_zone);
    let today = local_date(ctx);
    let is_early = local.split('T').nth(1).is_none_or(|time| time < MORNING);
    if is_early || fact(tx, TOLD_ON)?.as_deref() == Some(today.as_str()) {
        return Ok(());
    }
    let waiting = store::queue(tx, Status::Waiting)?;
    let Some(oldest) = waiting.first() else {
        return Ok(());
    };
    let oldest = model::age(oldest.waits_since(), ctx.now);
    for coordinator in members::store::coordinators(tx)? {
        let mail = mail::waiting(ctx, &coordinator, waiting.len(), &oldest)?;
        outbox::enqueue(tx, ctx, mail)?;
    }
    set_fact(tx, TOLD_ON, &today)
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
