//! Who is here: the session behind the cookie, and what a page needs to know of its reader.
//!
//! Lifetimes (TRUST S04): a member's session ends after 14 days unused or 90 days in all; a coordinator's rights
//! within it, given by the password, after 60 minutes unused or 12 hours in all. Only hashes are stored.

use std::rc::Rc;

use actix_web::cookie::{Cookie, SameSite, time::Duration as CookieAge};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use diesel::prelude::*;

use super::error::WebError;
use crate::id;
use crate::platform::app::{App, Ctx};
use crate::platform::clock::{At, days, hours, minutes};
use crate::platform::db::schema::{members, sessions};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::{Hashed, Plain};

/// A session ends after this many days without use, and after so many whatever its use.
pub const SESSION_IDLE_DAYS: i64 = 14;
pub const SESSION_DAYS: i64 = 90;

id!(
    /// A member of the network.
    MemberId
);

/// The member who is signed in, as far as every page needs to know.
#[derive(Clone, Debug)]
pub struct Person {
    pub id: MemberId,
    pub name: String,
    pub email: String,
    pub time_zone: String,
    /// Has a coordinator's role; acts as one only when `is_elevated` too.
    pub is_coordinator: bool,
    /// Gave the password in this session, not too long ago.
    pub is_elevated: bool,
}

/// A session found behind a cookie.
#[derive(Clone, Debug)]
pub struct Session {
    pub person: Person,
    pub token: Plain,
    pub(super) needs_touch: bool,
}

/// One request's reader: signed in or not, with what a form needs.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    pub path: String,
    pub session: Option<Session>,
    /// The token of a browser that is not signed in; forms bind to it.
    pub pre: Option<Plain>,
    pub flash: Option<(String, String)>,
    pub ip: String,
    pub request_id: String,
}

impl Visit {
    pub fn person(&self) -> Option<&Person> {
        self.session.as_ref().map(|session| &session.person)
    }

    /// The secret of this browser that a CSRF token is bound to.
    pub(super) fn browser(&self) -> Option<&Plain> {
        self.session
            .as_ref()
            .map(|session| &session.token)
            .or(self.pre.as_ref())
    }

    /// The hash of this browser's own cookie, for links that only the browser that asked may use at once.
    pub fn browser_hash(&self) -> Option<Hashed> {
        self.pre.as_ref().map(Plain::hashed)
    }
}

impl FromRequest for Visit {
    type Error = WebError;
    type Future = std::future::Ready<Result<Visit, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        std::future::ready(Ok(visit_of(request)))
    }
}

/// The visit that `gate` left with the request.
pub(super) fn visit_of(request: &HttpRequest) -> Visit {
    request
        .extensions()
        .get::<Rc<Visit>>()
        .map(|visit| (**visit).clone())
        .unwrap_or_default()
}

pub(super) fn cookie_name(app: &App, plain: &str) -> String {
    if app.is_https() {
        format!("__Host-{plain}")
    } else {
        plain.to_owned()
    }
}

/// A cookie with every attribute of TRUST S01; `None` as age lasts as long as the browser is open.
pub(super) fn cookie(app: &App, plain: &str, value: String, age: Option<CookieAge>) -> Cookie<'static> {
    let mut cookie = Cookie::build(cookie_name(app, plain), value)
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(app.is_https());
    if let Some(age) = age {
        cookie = cookie.max_age(age);
    }
    cookie.finish()
}

/// Starts a session and returns its cookie. Any older session of this browser is the caller's to end.
pub fn start_session(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    member: &MemberId,
    is_elevated: bool,
) -> Result<Cookie<'static>, DbError> {
    let token = Plain::random();
    diesel::insert_into(sessions::table)
        .values((
            sessions::token_hash.eq(token.hashed().as_str()),
            sessions::member_id.eq(member),
            sessions::is_elevated.eq(is_elevated),
            sessions::created_at.eq(ctx.now),
            sessions::seen_at.eq(ctx.now),
        ))
        .execute(tx)?;
    Ok(cookie(
        ctx.app,
        "session",
        token.as_str().to_owned(),
        Some(CookieAge::days(90)),
    ))
}

/// The cookie that takes the session's cookie away, for the reply that ends a session.
pub fn no_session(app: &App) -> Cookie<'static> {
    let mut gone = cookie(app, "session", String::new(), None);
    gone.make_removal();
    gone
}

/// Ends one session (`Some`) or all of a member's (`None`).
pub fn end_sessions(tx: &mut Conn, member: &MemberId, only: Option<&Plain>) -> Result<(), DbError> {
    match only {
        Some(token) => {
            diesel::delete(sessions::table.filter(sessions::token_hash.eq(token.hashed().as_str().to_owned())))
                .execute(tx)?
        }
        None => diesel::delete(sessions::table.filter(sessions::member_id.eq(member))).execute(tx)?,
    };
    Ok(())
}

type Found = (MemberId, String, String, String, bool, bool, At, At);

/// The session behind a cookie's token, if it still lives.
pub(super) fn find(conn: &mut Conn, token: &Plain, now: At) -> Result<Option<Session>, DbError> {
    let found: Option<Found> = sessions::table
        .inner_join(members::table)
        .filter(sessions::token_hash.eq(token.hashed().as_str().to_owned()))
        .filter(members::status.eq("active"))
        .select((
            members::id,
            members::name,
            members::email,
            members::time_zone,
            members::is_coordinator,
            sessions::is_elevated,
            sessions::created_at,
            sessions::seen_at,
        ))
        .first(conn)
        .optional()?;
    let Some((id, name, email, time_zone, is_coordinator, is_elevated, created_at, seen_at)) = found else {
        return Ok(None);
    };
    let (age, idle) = (now.since(created_at), now.since(seen_at));
    if age > days(SESSION_DAYS) || idle > days(SESSION_IDLE_DAYS) {
        return Ok(None);
    }
    let is_elevated = is_elevated && is_coordinator && age <= hours(12) && idle <= minutes(60);
    let person = Person {
        id,
        name,
        email,
        time_zone,
        is_coordinator,
        is_elevated,
    };
    Ok(Some(Session {
        person,
        token: token.clone(),
        needs_touch: idle > minutes(2),
    }))
}

/// Notes that a session is in use. An elevation that has lapsed is taken back for good.
pub(super) fn touch(tx: &mut Conn, session: &Session, now: At) -> Result<(), DbError> {
    let row = sessions::table.filter(sessions::token_hash.eq(session.token.hashed().as_str().to_owned()));
    diesel::update(row)
        .set((
            sessions::seen_at.eq(now),
            sessions::is_elevated.eq(session.person.is_elevated),
        ))
        .execute(tx)?;
    Ok(())
}
