//! Consents, and leaving.

use diesel::prelude::*;

use super::mail;
use crate::members::actions::leave;
use crate::members::choices;
use crate::members::{Member, store};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::schema::members;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::web::MemberId;

/// The words beside the boxes that members tick; what they agreed to is recorded with this version.
pub const CONSENT_WORDS: &str = "2027-01";

/// What a member agrees to; membership itself depends on neither.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Consents {
    pub directory: bool,
    pub announcements: bool,
}

/// Gives or takes back consents, each for itself, with a row in the history for each that changed.
pub fn set_consents(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId, wanted: Consents) -> Result<(), DbError> {
    let Some(member) = store::find(tx, id)? else {
        return Ok(());
    };
    let about = format!("member:{id}");
    if member.is_listed != wanted.directory {
        diesel::update(members::table.find(id))
            .set((members::is_listed.eq(wanted.directory), members::updated_at.eq(ctx.now)))
            .execute(tx)?;
        let what = if wanted.directory {
            "agreed to the directory"
        } else {
            "left the directory"
        };
        audit::record(tx, ctx, id.as_str(), what, &about, &format!("words of {CONSENT_WORDS}"))?;
    }
    set_announcements(tx, ctx, &member, wanted.announcements, "own page")
}

/// Gives or takes back the consent to announcements, with where and when; harmless twice.
pub fn set_announcements(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    member: &Member,
    wanted: bool,
    way: &str,
) -> Result<(), DbError> {
    if member.wants_announcements == wanted {
        return Ok(());
    }
    let consent = if wanted {
        format!("{way}, {}, words of {CONSENT_WORDS}", ctx.now)
    } else {
        String::new()
    };
    diesel::update(members::table.find(&member.id))
        .set((
            members::wants_announcements.eq(wanted),
            members::announcements_consent.eq(consent),
            members::updated_at.eq(ctx.now),
        ))
        .execute(tx)?;
    choices::had_their_say(tx, ctx, &member.id)?;
    let what = if wanted {
        "agreed to announcements"
    } else {
        "stopped announcements"
    };
    let about = format!("member:{}", member.id);
    let detail = format!("{way}, words of {CONSENT_WORDS}");
    audit::record(tx, ctx, member.id.as_str(), what, &about, &detail)
}

/// Ends a membership and says so in a last mail; `None` if it was over before.
pub fn end_membership(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId, by: &str) -> Result<Option<Member>, DbError> {
    let Some(member) = leave(tx, ctx, id, by)? else {
        return Ok(None);
    };
    let mail = mail::farewell(ctx.app, &member, by == id.as_str()).map_err(|e| DbError::Cut(e.to_string()))?;
    outbox::enqueue(tx, ctx, mail)?;
    Ok(Some(member))
}
