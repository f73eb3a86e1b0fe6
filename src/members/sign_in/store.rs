//! Sign-in links in the database: only hashes, and used once even by many at the same moment.

use diesel::prelude::*;

use super::model::{Link, Purpose};
use crate::platform::clock::At;
use crate::platform::db::schema::sign_in_links as links;
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::{Hashed, Plain};
use crate::web::MemberId;

/// The link that ends in `token`, whether it still lives or not.
pub fn find(conn: &mut Conn, token: &Plain, purpose: Purpose) -> Result<Option<Link>, DbError> {
    Ok(links::table
        .filter(links::token_hash.eq(token.hashed().as_str().to_owned()))
        .filter(links::purpose.eq(purpose))
        .select(Link::as_select())
        .first(conn)
        .optional()?)
}

/// What a new link is made of.
pub struct NewLink<'a> {
    pub token: &'a Hashed,
    pub member_id: &'a MemberId,
    pub purpose: Purpose,
    pub browser_hash: &'a str,
    pub code_hash: &'a str,
    pub tries: i32,
    pub expires_at: At,
}

/// Keeps a link; every older one of the same purpose is void from now on.
pub fn insert(tx: &mut Conn, new: &NewLink<'_>, now: At) -> Result<(), DbError> {
    diesel::update(
        links::table
            .filter(links::member_id.eq(new.member_id))
            .filter(links::purpose.eq(new.purpose))
            .filter(links::used_at.is_null()),
    )
    .set(links::used_at.eq(Some(now)))
    .execute(tx)?;
    diesel::insert_into(links::table)
        .values((
            links::token_hash.eq(new.token.as_str()),
            links::member_id.eq(new.member_id),
            links::purpose.eq(new.purpose),
            links::browser_hash.eq(new.browser_hash),
            links::code_hash.eq(new.code_hash),
            links::tries_left.eq(new.tries),
            links::created_at.eq(now),
            links::expires_at.eq(new.expires_at),
        ))
        .execute(tx)?;
    Ok(())
}

/// Uses a link up; `false` if somebody was quicker, or it is too late.
pub fn consume(tx: &mut Conn, token_hash: &str, now: At) -> Result<bool, DbError> {
    let changed = diesel::update(
        links::table
            .filter(links::token_hash.eq(token_hash.to_owned()))
            .filter(links::used_at.is_null())
            .filter(links::expires_at.gt(now)),
    )
    .set(links::used_at.eq(Some(now)))
    .execute(tx)?;
    Ok(changed == 1)
}

/// Takes one try of the code; `false` if none was left.
pub fn spend_try(tx: &mut Conn, token_hash: &str) -> Result<bool, DbError> {
    let changed = diesel::update(
        links::table
            .filter(links::token_hash.eq(token_hash.to_owned()))
            .filter(links::used_at.is_null())
            .filter(links::tries_left.gt(0)),
    )
    .set(links::tries_left.eq(links::tries_left - 1))
    .execute(tx)?;
    Ok(changed == 1)
}

/// Makes an end of links that nobody will come back to.
pub fn forget_older(tx: &mut Conn, than: At) -> Result<(), DbError> {
    diesel::delete(links::table.filter(links::expires_at.lt(than))).execute(tx)?;
    Ok(())
}
