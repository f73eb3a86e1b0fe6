//! The table of words; see `migrations/2026-11-26-000012_mail_words`.

use diesel::prelude::*;

use crate::platform::app::{Ctx, set_fact};
use crate::platform::clock::At;
use crate::platform::db::schema::mail_words;
use crate::platform::db::{Conn, DbError};
use crate::platform::render::reworded::Source;

/// What was last said about one mail; without words, its original is back.
#[derive(Clone, Debug, Queryable)]
pub struct Row {
    pub name: String,
    pub subject: Option<String>,
    pub text: Option<String>,
    /// Goes up with each change, and never back.
    pub version: i32,
    pub updated_by: String,
    pub updated_at: At,
}

pub fn all(conn: &mut Conn) -> Result<Vec<Row>, DbError> {
    Ok(mail_words::table.order(mail_words::name).load(conn)?)
}

pub fn find(conn: &mut Conn, name: &str) -> Result<Option<Row>, DbError> {
    Ok(mail_words::table.find(name).first(conn).optional()?)
}

/// Puts words in the place of the original's, or the original back; every replica takes it up.
pub fn put(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    name: &str,
    source: Option<&Source>,
    version: i32,
    by: &str,
) -> Result<(), DbError> {
    let subject = source.map(|source| source.subject.as_str());
    let text = source.map(|source| source.text.as_str());
    let values = (
        mail_words::name.eq(name),
        mail_words::subject.eq(subject),
        mail_words::text.eq(text),
        mail_words::version.eq(version),
        mail_words::updated_by.eq(by),
        mail_words::updated_at.eq(ctx.now),
    );
    crate::on_either!(tx, c => diesel::insert_into(mail_words::table)
        .values(values)
        .on_conflict(mail_words::name)
        .do_update()
        .set((
            mail_words::subject.eq(subject),
            mail_words::text.eq(text),
            mail_words::version.eq(version),
            mail_words::updated_by.eq(by),
            mail_words::updated_at.eq(ctx.now),
        ))
        .execute(c))?;
    set_fact(tx, super::MARK, &uuid::Uuid::new_v4().to_string())
}
