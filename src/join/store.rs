//! Requests and their events in the database.

use diesel::prelude::*;

use super::model::{Application, ByMail, CONFIRM_WITHIN, PRIVACY_NOTICE, Request, RequestId, Status, What};
use crate::id;
use crate::platform::app::Ctx;
use crate::platform::clock::At;
use crate::platform::db::schema::{request_events, requests};
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::platform::secret::Hashed;

id!(EventId);

pub fn find(conn: &mut Conn, id: &RequestId) -> Result<Option<Request>, DbError> {
    Ok(requests::table
        .find(id)
        .select(Request::as_select())
        .first(conn)
        .optional()?)
}

pub fn by_confirm_hash(conn: &mut Conn, hash: &Hashed) -> Result<Option<Request>, DbError> {
    Ok(requests::table
        .filter(requests::confirm_hash.eq(hash.as_str().to_owned()))
        .select(Request::as_select())
        .first(conn)
        .optional()?)
}

/// The request of this address that nobody has decided yet.
pub fn open_of(conn: &mut Conn, email_key: &str) -> Result<Option<Request>, DbError> {
    Ok(requests::table
        .filter(requests::email_key.eq(email_key.to_owned()))
        .filter(requests::status.eq_any(Status::OPEN.to_vec()))
        .order(requests::id.desc())
        .select(Request::as_select())
        .first(conn)
        .optional()?)
}

/// Every other proved request of the same address, newest first.
pub fn others_of(conn: &mut Conn, request: &Request) -> Result<Vec<Request>, DbError> {
    Ok(requests::table
        .filter(requests::email_key.eq(request.email_key.clone()))
        .filter(requests::id.ne(request.id.as_str().to_owned()))
        .filter(requests::status.ne(Status::Unconfirmed))
        .order(requests::id.desc())
        .select(Request::as_select())
        .load(conn)?)
}

/// Open requests, the one that has waited longest first.
pub fn queue(conn: &mut Conn, status: Status) -> Result<Vec<Request>, DbError> {
    Ok(requests::table
        .filter(requests::status.eq(status))
        .order((requests::confirmed_at.asc(), requests::id.asc()))
        .select(Request::as_select())
        .load(conn)?)
}

/// Decided requests, the latest decision first.
pub fn decided(conn: &mut Conn, offset: i64, limit: i64) -> Result<Vec<Request>, DbError> {
    Ok(requests::table
        .filter(requests::status.eq_any(Status::DECIDED.to_vec()))
        .order((requests::decided_at.desc(), requests::id.desc()))
        .offset(offset)
        .limit(limit)
        .select(Request::as_select())
        .load(conn)?)
}

/// Every proved request in the order in which they came (for the export).
pub fn all_proved(conn: &mut Conn) -> Result<Vec<Request>, DbError> {
    Ok(requests::table
        .filter(requests::status.ne(Status::Unconfirmed))
        .order(requests::id.asc())
        .select(Request::as_select())
        .load(conn)?)
}

pub fn count(conn: &mut Conn, among: &[Status]) -> Result<i64, DbError> {
    Ok(requests::table
        .filter(requests::status.eq_any(among.to_vec()))
        .count()
        .get_result(conn)?)
}

/// How many requests have come by the form, or by mail, since `since`, whatever became of them.
pub fn count_since(conn: &mut Conn, came_by: &str, since: At) -> Result<i64, DbError> {
    Ok(requests::table
        .filter(requests::created_at.gt(since))
        .filter(requests::came_by.eq(came_by))
        .count()
        .get_result(conn)?)
}

/// Stores the two choices anew.
pub fn set_consents(tx: &mut Conn, id: &RequestId, directory: bool, announcements: bool) -> Result<(), DbError> {
    diesel::update(requests::table.find(id))
        .set((
            requests::wants_directory.eq(directory),
            requests::wants_announcements.eq(announcements),
        ))
        .execute(tx)?;
    Ok(())
}

/// Stores a new request, unconfirmed.
pub fn insert(tx: &mut Conn, ctx: &Ctx<'_>, given: &Application, link: &Hashed) -> Result<RequestId, DbError> {
    let id = RequestId::new();
    diesel::insert_into(requests::table)
        .values((
            (
                requests::id.eq(&id),
                requests::email.eq(given.email.as_str()),
                requests::email_key.eq(given.email.key()),
                requests::name.eq(&given.name),
                requests::affiliation.eq(&given.affiliation),
                requests::country.eq(given.country.code()),
                requests::role.eq(&given.role),
                requests::reason.eq(&given.reason),
                requests::heard_from.eq(&given.heard_from),
                requests::wants_directory.eq(given.wants_directory),
                requests::wants_announcements.eq(given.wants_announcements),
            ),
            (
                requests::privacy_notice.eq(PRIVACY_NOTICE),
                requests::came_by.eq("form"),
                requests::status.eq(Status::Unconfirmed),
                requests::version.eq(1),
                requests::confirm_hash.eq(link.as_str().to_owned()),
                requests::confirm_expires_at.eq(ctx.now.plus(CONFIRM_WITHIN)),
                requests::created_at.eq(ctx.now),
            ),
        ))
        .execute(tx)?;
    Ok(id)
}

/// Stores what came by mail, unconfirmed and incomplete.
pub fn insert_by_mail(tx: &mut Conn, ctx: &Ctx<'_>, given: &ByMail, link: &Hashed) -> Result<RequestId, DbError> {
    let id = RequestId::new();
    diesel::insert_into(requests::table)
        .values((
            (
                requests::id.eq(&id),
                requests::email.eq(given.email.as_str()),
                requests::email_key.eq(given.email.key()),
                requests::name.eq(&given.name),
                requests::affiliation.eq(""),
                requests::country.eq(""),
                requests::role.eq(""),
                requests::reason.eq(&given.reason),
                requests::heard_from.eq(""),
                requests::wants_directory.eq(false),
                requests::wants_announcements.eq(false),
            ),
            (
                requests::privacy_notice.eq(""),
                requests::came_by.eq("mail"),
                requests::status.eq(Status::Unconfirmed),
                requests::version.eq(1),
                requests::confirm_hash.eq(link.as_str().to_owned()),
                requests::confirm_expires_at.eq(ctx.now.plus(CONFIRM_WITHIN)),
                requests::created_at.eq(ctx.now),
            ),
        ))
        .execute(tx)?;
    Ok(id)
}

/// Puts newer words and a newer link in the place of an unconfirmed request's.
pub fn replace(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    known: &Request,
    given: &Application,
    link: &Hashed,
) -> Result<(), DbError> {
    diesel::update(
        requests::table
            .find(&known.id)
            .filter(requests::status.eq(Status::Unconfirmed)),
    )
    .set((
        requests::email.eq(given.email.as_str()),
        requests::name.eq(&given.name),
        requests::affiliation.eq(&given.affiliation),
        requests::country.eq(given.country.code()),
        requests::role.eq(&given.role),
        requests::reason.eq(&given.reason),
        requests::heard_from.eq(&given.heard_from),
        requests::wants_directory.eq(given.wants_directory),
        requests::wants_announcements.eq(given.wants_announcements),
        requests::privacy_notice.eq(PRIVACY_NOTICE),
        requests::version.eq(known.version + 1),
        requests::confirm_hash.eq(link.as_str().to_owned()),
        requests::confirm_expires_at.eq(ctx.now.plus(CONFIRM_WITHIN)),
    ))
    .execute(tx)?;
    Ok(())
}

/// Notes that the address is proved; `false` if somebody else was quicker.
pub fn confirm(tx: &mut Conn, ctx: &Ctx<'_>, request: &Request) -> Result<bool, DbError> {
    let changed = diesel::update(
        requests::table
            .find(&request.id)
            .filter(requests::version.eq(request.version))
            .filter(requests::status.eq(Status::Unconfirmed)),
    )
    .set((
        requests::status.eq(Status::Waiting),
        requests::version.eq(request.version + 1),
        requests::confirmed_at.eq(Some(ctx.now)),
    ))
    .execute(tx)?;
    Ok(changed > 0)
}

/// Moves a request as it was read; `false` if it has moved since. `decided` is when and by whom, for decisions.
pub fn advance(tx: &mut Conn, request: &Request, to: Status, decided: Option<(At, &str)>) -> Result<bool, DbError> {
    let (at, by) = decided.map(|(at, by)| (at, by.to_owned())).unzip();
    let changed = diesel::update(
        requests::table
            .find(&request.id)
            .filter(requests::version.eq(request.version))
            .filter(requests::status.eq(request.status)),
    )
    .set((
        requests::status.eq(to),
        requests::version.eq(request.version + 1),
        requests::decided_at.eq(at),
        requests::decided_by.eq(by),
    ))
    .execute(tx)?;
    Ok(changed > 0)
}

pub fn set_member(tx: &mut Conn, id: &RequestId, member: &str) -> Result<(), DbError> {
    diesel::update(requests::table.find(id))
        .set(requests::member_id.eq(Some(member)))
        .execute(tx)?;
    Ok(())
}

/// Removes unconfirmed requests whose link is too old, and declined ones decided before `declined_before`; with them the
/// address in the mails that they caused.
pub fn remove_old(tx: &mut Conn, now: At, declined_before: At) -> Result<usize, DbError> {
    let unproved: Vec<RequestId> = requests::table
        .filter(requests::status.eq(Status::Unconfirmed))
        .filter(requests::confirm_expires_at.le(now))
        .select(requests::id)
        .load(tx)?;
    let declined: Vec<RequestId> = requests::table
        .filter(requests::status.eq_any([Status::Declined, Status::DeclinedQuietly]))
        .filter(requests::decided_at.le(declined_before))
        .select(requests::id)
        .load(tx)?;
    let over: Vec<RequestId> = unproved.into_iter().chain(declined).collect();
    for id in &over {
        outbox::forget_about(tx, &format!("request:{id}"))?;
    }
    diesel::delete(requests::table.filter(requests::id.eq_any(&over))).execute(tx)?;
    Ok(over.len())
}

/// Clears the reasons of requests decided before `before`.
pub fn clear_reasons(tx: &mut Conn, before: At) -> Result<usize, DbError> {
    Ok(diesel::update(
        requests::table
            .filter(requests::status.eq_any(Status::DECIDED.to_vec()))
            .filter(requests::decided_at.le(before))
            .filter(requests::reason.ne("")),
    )
    .set((requests::reason.eq(""), requests::heard_from.eq("")))
    .execute(tx)?)
}

/// Removes every request of an address.
pub fn remove(tx: &mut Conn, id: &RequestId) -> Result<(), DbError> {
    diesel::delete(requests::table.find(id)).execute(tx)?;
    Ok(())
}

pub fn remove_of(tx: &mut Conn, email_key: &str) -> Result<(), DbError> {
    diesel::delete(requests::table.filter(requests::email_key.eq(email_key.to_owned()))).execute(tx)?;
    Ok(())
}

/// One line of a request's history.
#[derive(Clone, Debug, Queryable)]
pub struct Event {
    pub at: At,
    /// The coordinator; `None`: the applicant.
    pub by_id: Option<String>,
    pub what: What,
    pub message: String,
}

pub fn note(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    request: &RequestId,
    by: Option<&str>,
    what: What,
    message: &str,
) -> Result<(), DbError> {
    diesel::insert_into(request_events::table)
        .values((
            request_events::id.eq(EventId::new()),
            request_events::request_id.eq(request.as_str()),
            request_events::at.eq(ctx.now),
            request_events::by_id.eq(by),
            request_events::what.eq(what),
            request_events::message.eq(message),
        ))
        .execute(tx)?;
    Ok(())
}

/// What happened to a request, newest first.
pub fn history(conn: &mut Conn, request: &RequestId) -> Result<Vec<Event>, DbError> {
    Ok(request_events::table
        .filter(request_events::request_id.eq(request.as_str().to_owned()))
        .order(request_events::id.desc())
        .select((
            request_events::at,
            request_events::by_id,
            request_events::what,
            request_events::message,
        ))
        .load(conn)?)
}
