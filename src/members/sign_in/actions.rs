//! What signing in changes: links are issued and used up, sessions start, passwords are set.

use actix_web::cookie::Cookie;
use diesel::prelude::*;

use super::mail;
use super::model::{CODE_TRIES, LINK_LIFE, PASSWORD_LINK_LIFE, Purpose, code_hash};
use super::store::{self, NewLink};
use crate::members::actions::{NewMember, add, announce_change};
use crate::members::{Member, Status, store as members_store};
use crate::platform::app::{Ctx, set_fact};
use crate::platform::audit;
use crate::platform::clock::days;
use crate::platform::db::schema::members;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::bounces;
use crate::platform::mail::outbox::{self, Kind, Mail};
use crate::platform::secret::{Hashed, Plain, typed_code};
use crate::platform::text::email_address::EmailAddress;
use crate::platform::text::zone;
use crate::web::{MemberId, end_sessions, start_session};

/// Writes a sign-in link to `email` if it is an active member's and has not had too many.
///
/// The work is the same for an address that nobody has: one write, one rendered mail (TRUST S13).
pub fn ask(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    email: &EmailAddress,
    browser: Option<&Hashed>,
    next: &str,
) -> Result<(), DbError> {
    set_fact(tx, "sign-in last asked", &ctx.now.to_string())?;
    store::forget_older(tx, ctx.now.minus(days(7)))?;
    let may_write = outbox::may_write_to(tx, ctx, email.as_str())?;
    let member = members_store::by_email(tx, email.as_str())?.filter(|member| member.status == Status::Active);
    let (token, code) = (Plain::random(), typed_code());
    let words = mail::words(ctx.app, &token, &code, next).map_err(|e| DbError::Cut(e.to_string()))?;
    let Some(member) = member.filter(|_| may_write) else {
        return Ok(());
    };
    let hashed = token.hashed();
    let expires_at = ctx.now.plus(LINK_LIFE);
    let link = NewLink {
        token: &hashed,
        member_id: &member.id,
        purpose: Purpose::SignIn,
        browser_hash: browser.map(Hashed::as_str).unwrap_or_default(),
        code_hash: &code_hash(&ctx.app.keys, &hashed, &code),
        tries: CODE_TRIES,
        expires_at,
    };
    store::insert(tx, &link, ctx.now)?;
    let mail = Mail::new(Kind::SignIn, member.address(), words)
        .to_member(member.id.as_str())
        .secret_until(expires_at);
    outbox::enqueue(tx, ctx, mail)?;
    Ok(())
}

/// Writes a new link to the member whose link `token` is over.
pub fn ask_again(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    token: &Plain,
    browser: Option<&Hashed>,
    next: &str,
) -> Result<(), DbError> {
    let Some(link) = store::find(tx, token, Purpose::SignIn)? else {
        return Ok(());
    };
    let member = members_store::find(tx, &link.member_id)?;
    match member.and_then(|member| EmailAddress::parse(&member.email).ok()) {
        Some(email) => ask(tx, ctx, &email, browser, next),
        None => Ok(()),
    }
}

/// What a sign-in link led to.
pub enum Entry {
    /// In: here is the session's cookie.
    In(Cookie<'static>),
    /// Another browser than the one that asked: the code is needed.
    NeedsCode,
    WrongCode,
    /// Used, too old, or void.
    Gone,
}

/// Who stands at the door, and with what.
pub struct Knock<'a> {
    pub token: &'a Plain,
    pub browser: Option<&'a Hashed>,
    /// The code as typed; empty if none was.
    pub code: &'a str,
    /// The session this browser had before; it ends.
    pub old_session: Option<&'a Plain>,
}

/// Uses a sign-in link: one session at most comes of it, whoever presses how often.
pub fn enter(tx: &mut Conn, ctx: &Ctx<'_>, knock: &Knock<'_>) -> Result<Entry, DbError> {
    let Some(link) = store::find(tx, knock.token, Purpose::SignIn)?.filter(|link| link.is_live(ctx.now)) else {
        return Ok(Entry::Gone);
    };
    if !link.was_asked_by(knock.browser) {
        if knock.code.trim().is_empty() {
            return Ok(Entry::NeedsCode);
        }
        if !store::spend_try(tx, &link.token_hash)? {
            return Ok(Entry::Gone);
        }
        if !link.is_code(&ctx.app.keys, knock.code) {
            if link.tries_left > 1 {
                return Ok(Entry::WrongCode);
            }
            store::consume(tx, &link.token_hash, ctx.now)?;
            return Ok(Entry::Gone);
        }
    }
    let member = members_store::find(tx, &link.member_id)?.filter(|member| member.status == Status::Active);
    let Some(member) = member else {
        return Ok(Entry::Gone);
    };
    if !store::consume(tx, &link.token_hash, ctx.now)? {
        return Ok(Entry::Gone);
    }
    // The link came by mail: so mail does reach them.
    if bounces::clear(tx, ctx, &member.email)? {
        let about = format!("member:{}", member.id);
        audit::record(tx, ctx, member.id.as_str(), "proved the address again", &about, "")?;
    }
    Ok(Entry::In(begin(tx, ctx, &member.id, knock.old_session, false)?))
}

/// Starts a session and ends the one this browser had.
fn begin(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    member: &MemberId,
    old_session: Option<&Plain>,
    is_elevated: bool,
) -> Result<Cookie<'static>, DbError> {
    if let Some(old) = old_session {
        end_sessions(tx, member, Some(old))?;
    }
    start_session(tx, ctx, member, is_elevated)
}

/// Starts a coordinator's session after the right password; `None` if they are none any more.
pub fn enter_with_password(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    member: &MemberId,
    old_session: Option<&Plain>,
    stronger_hash: Option<String>,
) -> Result<Option<Cookie<'static>>, DbError> {
    let found = members_store::find(tx, member)?;
    if !found.is_some_and(|member| member.status == Status::Active && member.is_coordinator) {
        return Ok(None);
    }
    if let Some(hash) = stronger_hash {
        diesel::update(members::table.find(member))
            .set(members::password_hash.eq(Some(hash)))
            .execute(tx)?;
    }
    let about = format!("member:{member}");
    audit::record(tx, ctx, member.as_str(), "signed in with the password", &about, "")?;
    begin(tx, ctx, member, old_session, true).map(Some)
}

/// The member whose link for setting a password this is, while it lives.
pub fn who_sets_password(
    conn: &mut Conn,
    token: &Plain,
    now: crate::platform::clock::At,
) -> Result<Option<Member>, DbError> {
    match store::find(conn, token, Purpose::Password)?.filter(|link| link.is_live(now)) {
        Some(link) => members_store::find(conn, &link.member_id),
        None => Ok(None),
    }
}

/// Sets a password with a one-time link; every session of the member ends. `false` if the link is over.
pub fn set_password(tx: &mut Conn, ctx: &Ctx<'_>, token: &Plain, hash: String) -> Result<bool, DbError> {
    let Some(link) = store::find(tx, token, Purpose::Password)? else {
        return Ok(false);
    };
    if !store::consume(tx, &link.token_hash, ctx.now)? {
        return Ok(false);
    }
    diesel::update(members::table.find(&link.member_id))
        .set((members::password_hash.eq(Some(hash)), members::updated_at.eq(ctx.now)))
        .execute(tx)?;
    end_sessions(tx, &link.member_id, None)?;
    let (id, about) = (link.member_id.as_str(), format!("member:{}", link.member_id));
    audit::record(tx, ctx, id, "set a password", &about, "")?;
    Ok(true)
}

/// Makes a coordinator of somebody, known or not, and returns the token of a link for setting a password.
pub fn make_coordinator(tx: &mut Conn, ctx: &Ctx<'_>, email: &EmailAddress, name: &str) -> Result<Plain, DbError> {
    let known = members_store::by_email(tx, email.as_str())?.filter(|member| member.status == Status::Active);
    let (member, how) = match known {
        Some(member) => (member, "promoted"),
        None => (join_by_command(tx, ctx, email, name)?, "new member"),
    };
    diesel::update(members::table.find(&member.id))
        .set((members::is_coordinator.eq(true), members::updated_at.eq(ctx.now)))
        .execute(tx)?;
    let token = Plain::random();
    let link = NewLink {
        token: &token.hashed(),
        member_id: &member.id,
        purpose: Purpose::Password,
        browser_hash: "",
        code_hash: "",
        tries: 0,
        expires_at: ctx.now.plus(PASSWORD_LINK_LIFE),
    };
    store::insert(tx, &link, ctx.now)?;
    let about = format!("member:{}", member.id);
    audit::record(tx, ctx, "command", "made a coordinator", &about, how)?;
    Ok(token)
}

fn join_by_command(tx: &mut Conn, ctx: &Ctx<'_>, email: &EmailAddress, name: &str) -> Result<Member, DbError> {
    let network = &ctx.app.config.network;
    let today = ctx.now.in_zone(&zone::time_zone(&network.time_zone)).date();
    let new = NewMember {
        email: email.as_str().to_owned(),
        name: name.to_owned(),
        affiliation: network.name.clone(),
        country: "GB".into(),
        time_zone: network.time_zone.clone(),
        role: String::new(),
        interests: String::new(),
        joined_on: today.to_string(),
        is_listed: false,
        announcements_consent: String::new(),
        confirmed_by: "command".into(),
    };
    let member = add(tx, ctx, &new)?;
    announce_change(tx, ctx, &member)?;
    Ok(member)
}
