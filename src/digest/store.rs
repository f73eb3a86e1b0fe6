//! Which digests were looked at, in the database.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::members::MemberId;
use crate::platform::clock::At;
use crate::platform::db::schema::digests_sent as sent;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::OutboxId;

/// Whose digest of this period was written, or found empty.
pub fn done(conn: &mut Conn, period: &str) -> Result<HashSet<MemberId>, DbError> {
    let rows: Vec<MemberId> = sent::table
        .filter(sent::period.eq(period.to_owned()))
        .select(sent::member_id)
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// To when the last digest of a member reached.
pub fn covered_until(conn: &mut Conn, id: &MemberId) -> Result<Option<At>, DbError> {
    Ok(sent::table
        .filter(sent::member_id.eq(id))
        .order(sent::covers_until.desc())
        .select(sent::covers_until)
        .first(conn)
        .optional()?)
}

/// Notes that a digest was looked at. The key refuses a second one, whoever writes it.
pub fn note(
    tx: &mut Conn,
    id: &MemberId,
    period: &str,
    covers_until: At,
    mail: Option<&OutboxId>,
    now: At,
) -> Result<(), DbError> {
    diesel::insert_into(sent::table)
        .values((
            sent::member_id.eq(id),
            sent::period.eq(period),
            sent::covers_until.eq(covers_until),
            sent::mail_id.eq(mail),
            sent::at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}
