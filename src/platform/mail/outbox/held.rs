//! Mails of one subject that wait until they are let go, or are taken back altogether.
//!
//! # Why
//! A hold is one row, written in the transaction of the change: no crash loses it, it counts from the next turn of
//! delivery on (within a second), whatever number of mails it is for, and also for those that are written later.

use diesel::prelude::*;

use super::{Kind, Status};
use crate::platform::app::Ctx;
use crate::platform::clock::At;
use crate::platform::db::schema::{outbox, outbox_held};
use crate::platform::db::{Conn, DbError};

/// What a mail says that was held while it was already on its way to a connection.
pub(in crate::platform::mail) const HELD: &str = "held back by a coordinator";

/// Keeps back every mail about `about` that is not under way; harmless twice.
pub fn hold(tx: &mut Conn, ctx: &Ctx<'_>, about: &str) -> Result<(), DbError> {
    crate::on_either!(tx, c => diesel::insert_into(outbox_held::table)
        .values((outbox_held::about.eq(about), outbox_held::since.eq(ctx.now)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Lets them go again, with as much time for tries as new ones have; harmless twice.
pub fn release(tx: &mut Conn, ctx: &Ctx<'_>, about: &str) -> Result<(), DbError> {
    diesel::delete(outbox_held::table.find(about)).execute(tx)?;
    let waiting = outbox::table
        .filter(outbox::about.eq(about))
        .filter(outbox::status.eq(Status::Queued));
    diesel::update(waiting)
        .set(outbox::tries_since.eq(None::<At>))
        .execute(tx)?;
    diesel::update(waiting.filter(outbox::outcome.eq(HELD)))
        .set((outbox::next_try_at.eq(ctx.now), outbox::outcome.eq("")))
        .execute(tx)?;
    ctx.wrote_mail();
    Ok(())
}

/// Whether mails about this wait.
pub fn is_held(conn: &mut Conn, about: &str) -> Result<bool, DbError> {
    let count: i64 = outbox_held::table
        .filter(outbox_held::about.eq(about))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// Drops what waits of a kind about something, held or not; what is under way at this moment may still arrive.
pub fn drop_waiting(tx: &mut Conn, ctx: &Ctx<'_>, kind: Kind, about: &str, why: &str) -> Result<usize, DbError> {
    let dropped = diesel::update(outbox::table)
        .filter(outbox::about.eq(about))
        .filter(outbox::kind.eq(kind))
        .filter(outbox::status.eq(Status::Queued))
        .set((
            outbox::status.eq(Status::Dropped),
            outbox::outcome.eq(why),
            outbox::done_at.eq(Some(ctx.now)),
            outbox::lease_until.eq(None::<At>),
        ))
        .execute(tx)?;
    Ok(dropped)
}
