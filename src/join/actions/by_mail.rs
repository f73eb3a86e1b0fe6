//! Joining by mail: one answer with a page to complete, and nothing in the queue before that.

use super::super::model::{Application, ByMail, Link, What};
use super::super::{RequestId, mail, store};
use super::apply;
use crate::members::{self, Status as MemberStatus};
use crate::platform::app::{Ctx, set_fact};
use crate::platform::audit;
use crate::platform::clock::days;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::platform::secret::Plain;

/// What became of an application by mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// The sender was asked to complete it.
    Asked(RequestId),
    /// A link that works was mailed before; nothing new goes.
    AskedBefore(RequestId),
    /// Their request is with the coordinators already: the mail belongs to it.
    Known(RequestId),
    /// They are a member already.
    Member,
    /// Too many mails went to this address.
    Enough,
    /// Too many requests came today, from everybody together.
    Full,
}

/// Takes in a mail to the address for joining. It proves nothing and is answered at most once a day.
pub fn take(tx: &mut Conn, ctx: &Ctx<'_>, given: &ByMail) -> Result<Received, DbError> {
    // Whoever comes second waits here, as in `apply`.
    set_fact(tx, "last application", &ctx.now.to_string())?;
    let member = members::store::by_email(tx, given.email.as_str())?;
    if member.is_some_and(|member| member.status == MemberStatus::Active) {
        return Ok(Received::Member);
    }
    let known = store::open_of(tx, &given.email.key())?;
    if let Some(known) = &known {
        match known.link(ctx.now) {
            Link::Open(_) | Link::Incomplete(_) => return Ok(Received::AskedBefore(known.id.clone())),
            Link::Used => return Ok(Received::Known(known.id.clone())),
            Link::Gone => {}
        }
    }
    if !outbox::may_write_to(tx, ctx, given.email.as_str())? {
        return Ok(Received::Enough);
    }
    if store::count_since(tx, "mail", ctx.now.minus(days(1)))? >= ctx.app.config.limits.requests_by_mail_day {
        return Ok(Received::Full);
    }
    if let Some(over) = known {
        store::remove(tx, &over.id)?;
    }
    let link = Plain::random();
    let id = store::insert_by_mail(tx, ctx, given, &link.hashed())?;
    store::note(tx, ctx, &id, None, What::Applied, "")?;
    audit::record(tx, ctx, "applicant", "wrote to join", &format!("request:{id}"), "")?;
    let mail = mail::complete(ctx, &id, given, &link)?;
    outbox::enqueue(tx, ctx, mail)?;
    Ok(Received::Asked(id))
}

/// Completes the application and proves the address with one press. Harmless twice.
pub fn complete(tx: &mut Conn, ctx: &Ctx<'_>, token: &Plain, given: &Application) -> Result<Link, DbError> {
    let Some(request) = store::by_confirm_hash(tx, &token.hashed())? else {
        return Ok(Link::Gone);
    };
    if let Link::Incomplete(request) = request.link(ctx.now) {
        store::replace(tx, ctx, &request, given, &token.hashed())?;
    }
    apply::confirm(tx, ctx, token, None)
}
