//! What changes a member: joining, leaving, becoming a coordinator.

use diesel::prelude::*;

use super::model::{Member, Status, calendar_token, reply_token};
use super::{calendar, choices, store};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::schema::{members, sessions, sign_in_links};
use crate::platform::db::{Conn, DbError};
use crate::web::MemberId;

/// Told that somebody has joined (status active) or left, inside the same transaction.
pub type MemberChanged = fn(&mut Conn, &Ctx<'_>, &Member) -> Result<(), DbError>;

/// Who is told, in this order; an application part filled in by `server/`.
#[derive(Default)]
pub struct Changed(pub Vec<MemberChanged>);

/// Tells every part that a member has joined or left.
pub fn announce_change(tx: &mut Conn, ctx: &Ctx<'_>, member: &Member) -> Result<(), DbError> {
    for tell in ctx
        .app
        .part::<Changed>()
        .map(|changed| changed.0.as_slice())
        .unwrap_or_default()
    {
        tell(tx, ctx, member)?;
    }
    Ok(())
}

/// What is known of somebody who becomes a member.
#[derive(Clone, Debug)]
pub struct NewMember {
    pub email: String,
    pub name: String,
    pub affiliation: String,
    pub country: String,
    pub time_zone: String,
    pub role: String,
    pub interests: String,
    pub joined_on: String,
    pub is_listed: bool,
    /// Where and when announcements were agreed to; empty: they were not.
    pub announcements_consent: String,
    /// Who vouches that the address is theirs: `applicant`, `import of FILE by …`, `command`.
    pub confirmed_by: String,
}

/// Ends announcements to somebody; harmless twice.
pub fn stop_announcements(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId, why: &str) -> Result<(), DbError> {
    let changed = diesel::update(members::table.find(id).filter(members::wants_announcements.eq(true)))
        .set((
            members::wants_announcements.eq(false),
            members::announcements_consent.eq(""),
            members::updated_at.eq(ctx.now),
        ))
        .execute(tx)?;
    if changed > 0 {
        choices::had_their_say(tx, ctx, id)?;
        audit::record(
            tx,
            ctx,
            id.as_str(),
            "gets no announcements any more",
            &format!("member:{id}"),
            why,
        )?;
    }
    Ok(())
}

/// Makes a member, or makes one of somebody who had left. Tells nobody: see [`announce_change`].
pub fn add(tx: &mut Conn, ctx: &Ctx<'_>, new: &NewMember) -> Result<Member, DbError> {
    let known = store::by_email(tx, &new.email)?;
    let id = known
        .as_ref()
        .map(|member| member.id.clone())
        .unwrap_or_else(MemberId::new);
    // Somebody who comes back gets a new private address.
    let generation = known.as_ref().map_or(0, |member| member.calendar_generation + 1);
    let keys = &ctx.app.keys;
    let facts = (
        (
            members::email.eq(&new.email),
            members::email_key.eq(new.email.to_lowercase()),
            members::name.eq(&new.name),
            members::affiliation.eq(&new.affiliation),
            members::country.eq(&new.country),
            members::time_zone.eq(&new.time_zone),
            members::role.eq(&new.role),
            members::interests.eq(&new.interests),
            members::joined_on.eq(&new.joined_on),
            members::status.eq(Status::Active),
            members::is_listed.eq(new.is_listed),
            members::wants_announcements.eq(!new.announcements_consent.is_empty()),
            members::announcements_consent.eq(&new.announcements_consent),
        ),
        (
            members::reply_hash.eq(reply_token(keys, &id).hashed().as_str().to_owned()),
            members::calendar_generation.eq(generation),
            members::calendar_hash.eq(calendar_token(keys, &id, generation).hashed().as_str().to_owned()),
            members::confirmed_by.eq(&new.confirmed_by),
            members::updated_at.eq(ctx.now),
            members::left_at.eq(None::<At>),
        ),
    );
    if known.is_some() {
        diesel::update(members::table.find(&id)).set(facts).execute(tx)?;
    } else {
        diesel::insert_into(members::table)
            .values((
                members::id.eq(&id),
                members::is_coordinator.eq(false),
                members::created_at.eq(ctx.now),
                facts.0,
                facts.1,
            ))
            .execute(tx)?;
    }
    ctx.touch_public();
    store::find(tx, &id)?.ok_or_else(|| DbError::Query(diesel::result::Error::NotFound))
}

/// Ends a membership: sessions, links and the private calendar die in the same transaction.
pub fn leave(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId, by: &str) -> Result<Option<Member>, DbError> {
    let changed = diesel::update(members::table.find(id).filter(members::status.eq(Status::Active)))
        .set((
            members::status.eq(Status::Left),
            members::left_at.eq(Some(ctx.now)),
            members::updated_at.eq(ctx.now),
            members::is_coordinator.eq(false),
            members::password_hash.eq(None::<String>),
            members::is_listed.eq(false),
            members::wants_announcements.eq(false),
        ))
        .execute(tx)?;
    if changed == 0 {
        return Ok(None);
    }
    diesel::delete(sessions::table.filter(sessions::member_id.eq(id))).execute(tx)?;
    diesel::delete(sign_in_links::table.filter(sign_in_links::member_id.eq(id))).execute(tx)?;
    super::choices::forget(tx, ctx, id)?;
    calendar::actions::forget(tx, id)?;
    audit::record(tx, ctx, by, "left the network", &format!("member:{id}"), "")?;
    let member = store::find(tx, id)?;
    if let Some(member) = &member {
        announce_change(tx, ctx, member)?;
    }
    ctx.touch_public();
    Ok(member)
}

/// What a member may change of their own record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    pub name: String,
    pub affiliation: String,
    pub country: String,
    pub time_zone: String,
    pub role: String,
    pub interests: String,
}

/// Changes a member's own record.
pub fn edit_profile(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId, profile: &Profile) -> Result<(), DbError> {
    diesel::update(members::table.find(id))
        .set((
            members::name.eq(&profile.name),
            members::affiliation.eq(&profile.affiliation),
            members::country.eq(&profile.country),
            members::time_zone.eq(&profile.time_zone),
            members::role.eq(&profile.role),
            members::interests.eq(&profile.interests),
            members::updated_at.eq(ctx.now),
        ))
        .execute(tx)?;
    audit::record(tx, ctx, id.as_str(), "changed the profile", &format!("member:{id}"), "")?;
    // The name stands in the member's own calendar.
    ctx.touch_public();
    Ok(())
}

/// Ends every session of a member, wherever it is.
pub fn sign_out_everywhere(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId, by: &str) -> Result<(), DbError> {
    diesel::delete(sessions::table.filter(sessions::member_id.eq(id))).execute(tx)?;
    audit::record(tx, ctx, by, "ended all sessions", &format!("member:{id}"), "")
}
