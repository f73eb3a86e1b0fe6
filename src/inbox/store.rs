//! Letters, their originals and their events in the database.

use diesel::prelude::*;

use super::model::{Found, Letter, LetterId, Status, Way, What};
use crate::id;
use crate::platform::app::Ctx;
use crate::platform::clock::At;
use crate::platform::db::schema::{letter_events, letter_originals, letters};
use crate::platform::db::{Conn, DbError};
use crate::platform::inbound;

id!(EventId);

pub fn find(conn: &mut Conn, id: &LetterId) -> Result<Option<Letter>, DbError> {
    Ok(letters::table
        .find(id)
        .select(Letter::as_select())
        .first(conn)
        .optional()?)
}

/// Whether a mail with this key was read before.
pub fn is_known(conn: &mut Conn, key: &str) -> Result<bool, DbError> {
    let known: i64 = letters::table
        .filter(letters::letter_key.eq(key))
        .count()
        .get_result(conn)?;
    Ok(known > 0)
}

/// What is written of a mail: `None` where it could not be read.
pub fn insert(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    id: &LetterId,
    key: &str,
    way: Way,
    read: Option<(&inbound::Letter, inbound::Kind)>,
    found: &Found,
) -> Result<(), DbError> {
    let letter = read.map(|(letter, _)| letter);
    let status = found.status.unwrap_or(Status::Open);
    let text = |of: fn(&inbound::Letter) -> &str| letter.map(of).unwrap_or_default();
    diesel::insert_into(letters::table)
        .values((
            (
                letters::id.eq(id),
                letters::letter_key.eq(key),
                letters::came_by.eq(way),
                letters::kind.eq(read.map(|(_, kind)| kind.as_str()).unwrap_or_default()),
                letters::status.eq(status),
                letters::outcome.eq(&found.outcome),
                letters::from_email.eq(text(|l| &l.from.email)),
                letters::from_name.eq(text(|l| &l.from.name)),
                letters::is_authentic.eq(letter.and_then(|l| l.is_authentic)),
                letters::subject.eq(text(|l| &l.subject)),
            ),
            (
                letters::body.eq(if found.keeps_words { text(|l| &l.text) } else { "" }),
                letters::attachments.eq(letter.map_or(0, |l| i32::try_from(l.attachments).unwrap_or(i32::MAX))),
                letters::message_id.eq(text(|l| l.message_id.as_deref().unwrap_or_default())),
                letters::member_id.eq(&found.member),
                letters::request_id.eq(&found.request),
                letters::meeting_id.eq(&found.meeting),
                letters::version.eq(1),
                letters::received_at.eq(ctx.now),
                letters::done_at.eq((status == Status::Done).then_some(ctx.now)),
            ),
        ))
        .execute(tx)?;
    Ok(())
}

/// Keeps the mail as it came, sealed.
pub fn keep_original(tx: &mut Conn, id: &LetterId, recipient: &str, sealed: &str) -> Result<(), DbError> {
    diesel::insert_into(letter_originals::table)
        .values((
            letter_originals::letter_id.eq(id),
            letter_originals::recipient.eq(recipient),
            letter_originals::original.eq(sealed),
        ))
        .execute(tx)?;
    Ok(())
}

/// The sealed recipient and bytes of a letter that was set aside.
pub fn original(conn: &mut Conn, id: &LetterId) -> Result<Option<(String, String)>, DbError> {
    let found = letter_originals::table.find(id);
    Ok(found
        .select((letter_originals::recipient, letter_originals::original))
        .first(conn)
        .optional()?)
}

/// Takes a letter that is about to be read again out of the way.
pub fn remove(tx: &mut Conn, id: &LetterId) -> Result<(), DbError> {
    diesel::delete(letters::table.find(id)).execute(tx)?;
    Ok(())
}

/// A page of the letters of a state: those that wait oldest first, the others newest first.
pub fn page(conn: &mut Conn, status: Status, offset: i64, limit: i64) -> Result<Vec<Letter>, DbError> {
    let query = letters::table
        .filter(letters::status.eq(status))
        .select(Letter::as_select())
        .offset(offset)
        .limit(limit)
        .into_boxed();
    Ok(match status {
        Status::Done => query.order(letters::id.desc()).load(conn)?,
        Status::Open | Status::Aside => query.order(letters::id.asc()).load(conn)?,
    })
}

pub fn count(conn: &mut Conn, status: Status) -> Result<i64, DbError> {
    Ok(letters::table
        .filter(letters::status.eq(status))
        .count()
        .get_result(conn)?)
}

/// When the letter that waits longest came in.
pub fn oldest_open(conn: &mut Conn) -> Result<Option<At>, DbError> {
    let open = letters::table
        .filter(letters::status.eq(Status::Open))
        .order(letters::id.asc());
    Ok(open.select(letters::received_at).first(conn).optional()?)
}

/// Other letters from the same address, newest first.
pub fn others_from(conn: &mut Conn, letter: &Letter) -> Result<Vec<Letter>, DbError> {
    Ok(letters::table
        .filter(letters::from_email.eq(&letter.from_email))
        .filter(letters::from_email.ne(""))
        .filter(letters::id.ne(&letter.id))
        .order(letters::id.desc())
        .limit(10)
        .select(Letter::as_select())
        .load(conn)?)
}

/// Moves a letter as it was read; `false` if somebody else has touched it since.
pub fn advance(
    tx: &mut Conn,
    letter: &Letter,
    status: Status,
    claimed_by: Option<&str>,
    done: Option<(At, &str)>,
) -> Result<bool, DbError> {
    let (at, by) = done.unzip();
    let changed = diesel::update(
        letters::table
            .find(&letter.id)
            .filter(letters::version.eq(letter.version)),
    )
    .set((
        letters::status.eq(status),
        letters::claimed_by.eq(claimed_by),
        letters::done_at.eq(at),
        letters::done_by.eq(by),
        letters::version.eq(letter.version + 1),
    ))
    .execute(tx)?;
    Ok(changed > 0)
}

pub fn note(tx: &mut Conn, ctx: &Ctx<'_>, id: &LetterId, by: &str, what: What, words: &str) -> Result<(), DbError> {
    diesel::insert_into(letter_events::table)
        .values((
            letter_events::id.eq(EventId::new()),
            letter_events::letter_id.eq(id),
            letter_events::at.eq(ctx.now),
            letter_events::by_id.eq(by),
            letter_events::what.eq(what),
            letter_events::words.eq(words),
        ))
        .execute(tx)?;
    Ok(())
}

/// One line of a letter's history.
#[derive(Clone, Debug, Queryable)]
pub struct Event {
    pub at: At,
    pub by_id: Option<String>,
    pub what: What,
    pub words: String,
}

pub fn history(conn: &mut Conn, id: &LetterId) -> Result<Vec<Event>, DbError> {
    Ok(letter_events::table
        .filter(letter_events::letter_id.eq(id))
        .order(letter_events::id)
        .select((
            letter_events::at,
            letter_events::by_id,
            letter_events::what,
            letter_events::words,
        ))
        .load(conn)?)
}

/// Clears the words of what was done before `words`, removes what came before `all`, and applications by mail that came
/// before `applications` (what became of them is the request's); how many of each.
pub fn remove_old(tx: &mut Conn, words: At, all: At, applications: At) -> Result<(usize, usize), DbError> {
    let gone = letters::table
        .filter(letters::status.ne(Status::Open))
        .filter(letters::received_at.lt(all));
    let applied = letters::table
        .filter(letters::status.eq(Status::Done))
        .filter(letters::kind.eq(inbound::Kind::Application.as_str()))
        .filter(letters::received_at.lt(applications));
    let removed = diesel::delete(gone).execute(tx)? + diesel::delete(applied).execute(tx)?;
    let old: Vec<LetterId> = letters::table
        .filter(letters::status.eq(Status::Done))
        .filter(letters::done_at.lt(words))
        .filter(letters::body.ne(""))
        .select(letters::id)
        .load(tx)?;
    diesel::update(letters::table.filter(letters::id.eq_any(&old)))
        .set(letters::body.eq(""))
        .execute(tx)?;
    let events = letter_events::table.filter(letter_events::letter_id.eq_any(&old));
    diesel::update(events).set(letter_events::words.eq("")).execute(tx)?;
    Ok((old.len(), removed))
}

/// Removes every letter of somebody.
pub fn remove_of(tx: &mut Conn, member: &str, email: &str) -> Result<(), DbError> {
    let theirs = letters::member_id.eq(member).or(letters::from_email.eq(email));
    diesel::delete(letters::table.filter(theirs.assume_not_null())).execute(tx)?;
    Ok(())
}
