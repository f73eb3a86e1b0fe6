//! Members in the database.

use diesel::prelude::*;

use super::model::{Member, Status};
use crate::platform::clock::At;
use crate::platform::db::schema::members;
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;
use crate::web::MemberId;

pub fn find(conn: &mut Conn, id: &MemberId) -> Result<Option<Member>, DbError> {
    Ok(members::table
        .find(id)
        .select(Member::as_select())
        .first(conn)
        .optional()?)
}

/// By address, compared in lower case; left ones too.
pub fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Member>, DbError> {
    let key = email.trim().to_lowercase();
    Ok(members::table
        .filter(members::email_key.eq(key))
        .select(Member::as_select())
        .first(conn)
        .optional()?)
}

/// The active member whose private calendar address ends in `token`.
pub fn by_calendar_token(conn: &mut Conn, token: &Plain) -> Result<Option<Member>, DbError> {
    let found = members::table
        .filter(members::calendar_hash.eq(token.hashed().as_str().to_owned()))
        .filter(members::status.eq(Status::Active))
        .select(Member::as_select())
        .first(conn)
        .optional()?;
    Ok(found)
}

/// Everyone who belongs to the network now, by name.
pub fn active(conn: &mut Conn) -> Result<Vec<Member>, DbError> {
    let found = members::table
        .filter(members::status.eq(Status::Active))
        .order((members::name, members::id))
        .select(Member::as_select())
        .load(conn)?;
    Ok(found)
}

/// How many belong to the network now.
pub fn count_active(conn: &mut Conn) -> Result<i64, DbError> {
    Ok(members::table
        .filter(members::status.eq(Status::Active))
        .count()
        .get_result(conn)?)
}

/// The active coordinators.
pub fn coordinators(conn: &mut Conn) -> Result<Vec<Member>, DbError> {
    let found = members::table
        .filter(members::status.eq(Status::Active))
        .filter(members::is_coordinator.eq(true))
        .order(members::name)
        .select(Member::as_select())
        .load(conn)?;
    Ok(found)
}

/// Notes that a calendar program fetched the private address (at most once an hour is written).
pub fn note_calendar_fetch(tx: &mut Conn, id: &MemberId, at: At) -> Result<(), DbError> {
    diesel::update(members::table.find(id))
        .set(members::calendar_fetched_at.eq(Some(at)))
        .execute(tx)?;
    Ok(())
}
