//! Who did what to whom, and when: one row an event, written with the change itself, never altered.

use diesel::prelude::*;

use super::app::Ctx;
use super::db::{Conn, DbError, schema::audit};
use crate::id;

id!(AuditId);

/// Records that `by` (a member's id, `command`, `system` or `applicant`) did `what` about `about` (`meeting:<id>`).
pub fn record(tx: &mut Conn, ctx: &Ctx<'_>, by: &str, what: &str, about: &str, detail: &str) -> Result<(), DbError> {
    diesel::insert_into(audit::table)
        .values((
            audit::id.eq(AuditId::new()),
            audit::at.eq(ctx.now),
            audit::by_id.eq(by),
            audit::what.eq(what),
            audit::about.eq(about),
            audit::detail.eq(detail),
        ))
        .execute(tx)?;
    Ok(())
}

/// One line of the history of something.
#[derive(Debug, Queryable)]
pub struct Entry {
    pub at: super::clock::At,
    pub by_id: String,
    pub what: String,
    pub about: String,
    pub detail: String,
}

/// What happened to `about`, newest first; `None` for everything.
pub fn history(conn: &mut Conn, about: Option<&str>, limit: i64) -> Result<Vec<Entry>, DbError> {
    let mut query = audit::table
        .select((audit::at, audit::by_id, audit::what, audit::about, audit::detail))
        .order(audit::id.desc())
        .limit(limit)
        .into_boxed();
    if let Some(about) = about {
        query = query.filter(audit::about.eq(about.to_owned()));
    }
    Ok(query.load(conn)?)
}
