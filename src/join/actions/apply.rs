//! The applicant's part: sending the form, proving the address.

use super::super::model::{Application, Link, Status, What};
use super::super::{mail, store};
use crate::members::{self, Status as MemberStatus};
use crate::platform::app::{Ctx, set_fact};
use crate::platform::audit;
use crate::platform::clock::days;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::platform::secret::Plain;

/// The form was sent too often today, by everybody together.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    #[error("Too many requests have reached us today. Please send yours tomorrow, or write to us.")]
    FullToday,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Takes in the form. Whatever the address, whoever sent it sees the same: what differs goes by mail.
pub fn apply(tx: &mut Conn, ctx: &Ctx<'_>, given: &Application) -> Result<(), ApplyError> {
    // Whoever comes second waits here, so two posts at once cannot both find no request open (PostgreSQL).
    set_fact(tx, "last application", &ctx.now.to_string())?;
    if store::count_since(tx, "form", ctx.now.minus(days(1)))? >= ctx.app.config.limits.requests_per_day {
        return Err(ApplyError::FullToday);
    }
    // Nothing changes either, so that the link mailed before goes on working (TRUST S14).
    if !outbox::may_write_to(tx, ctx, given.email.as_str())? {
        return Ok(());
    }
    let member = members::store::by_email(tx, given.email.as_str())?;
    if let Some(member) = member.filter(|member| member.status == MemberStatus::Active) {
        let mail = mail::already_member(ctx, &member)?;
        outbox::enqueue(tx, ctx, mail)?;
        return Ok(());
    }
    let link = Plain::random();
    let (id, what) = match store::open_of(tx, &given.email.key())? {
        None => (store::insert(tx, ctx, given, &link.hashed())?, What::Applied),
        Some(known) if known.status != Status::Unconfirmed => {
            // Whoever sent it, the coordinators see it beside the request that it may belong to.
            if given.reason != known.reason {
                store::note(tx, ctx, &known.id, None, What::Renewed, &given.reason)?;
            }
            let mail = mail::received(ctx, &known)?;
            outbox::enqueue(tx, ctx, mail)?;
            return Ok(());
        }
        Some(known) if known.is_double_click(given, ctx.now) => return Ok(()),
        Some(known) => {
            store::replace(tx, ctx, &known, given, &link.hashed())?;
            outbox::supersede(tx, ctx, &mail::confirm_order(&known.id))?;
            (known.id, What::Renewed)
        }
    };
    store::note(tx, ctx, &id, None, what, "")?;
    audit::record(tx, ctx, "applicant", what.did(), &format!("request:{id}"), "")?;
    let mail = mail::confirm(ctx, &id, given.email.as_str(), &link)?;
    outbox::enqueue(tx, ctx, mail)?;
    Ok(())
}

/// What the link with `token` can do, without doing it.
pub fn look_at_link(conn: &mut Conn, token: &Plain, now: crate::platform::clock::At) -> Result<Link, DbError> {
    Ok(store::by_confirm_hash(conn, &token.hashed())?.map_or(Link::Gone, |request| request.link(now)))
}

/// The two choices of the form, as whoever has the address makes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consents {
    pub directory: bool,
    pub announcements: bool,
}

/// Proves the address and puts the request into the queue; says what the link was before. Harmless twice.
///
/// The form may have been sent by anybody: `consents` are those seen and sent from the page behind the link.
pub fn confirm(tx: &mut Conn, ctx: &Ctx<'_>, token: &Plain, consents: Option<Consents>) -> Result<Link, DbError> {
    let Some(request) = store::by_confirm_hash(tx, &token.hashed())? else {
        return Ok(Link::Gone);
    };
    let link = request.link(ctx.now);
    if !matches!(link, Link::Open(_)) {
        return Ok(link);
    }
    if let Some(consents) = consents {
        store::set_consents(tx, &request.id, consents.directory, consents.announcements)?;
    }
    if !store::confirm(tx, ctx, &request)? {
        return look_at_link(tx, token, ctx.now);
    }
    store::note(tx, ctx, &request.id, None, What::Confirmed, "")?;
    let about = format!("request:{}", request.id);
    audit::record(tx, ctx, "applicant", What::Confirmed.did(), &about, "")?;
    Ok(link)
}
