//! What changes a member's own calendar.

use diesel::prelude::*;

use super::model::{Program, Shows};
use super::store;
use crate::members::model::{Member, Status, calendar_token};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::schema::members;
use crate::platform::db::{Conn, DbError};
use crate::web::MemberId;

/// Decides what a member's calendar shows from now on; the address stays.
pub fn choose(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId, shows: Shows) -> Result<(), DbError> {
    if store::own(tx, id)?.shows == shows {
        return Ok(());
    }
    store::choose(tx, id, shows, ctx.now)?;
    let about = format!("member:{id}");
    audit::record(
        tx,
        ctx,
        id.as_str(),
        "chose what the calendar shows",
        &about,
        &format!("“{}”", shows.label()),
    )
}

/// Gives a member a new private calendar address; the old one is dead at once.
pub fn renew(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId) -> Result<(), DbError> {
    let member = crate::members::store::find(tx, id)?.ok_or(DbError::Query(diesel::result::Error::NotFound))?;
    let generation = member.calendar_generation + 1;
    let token = calendar_token(&ctx.app.keys, id, generation);
    diesel::update(members::table.find(id))
        .set((
            members::calendar_generation.eq(generation),
            members::calendar_hash.eq(token.hashed().as_str().to_owned()),
            members::updated_at.eq(ctx.now),
        ))
        .execute(tx)?;
    store::forget_fetches(tx, id)?;
    let about = format!("member:{id}");
    audit::record(tx, ctx, id.as_str(), "renewed the calendar address", &about, "")
}

/// Notes that a program fetched the address that `member` had then; a fetch of an address that has died meanwhile is
/// forgotten.
pub fn note_fetch(tx: &mut Conn, ctx: &Ctx<'_>, member: &Member, program: Program) -> Result<(), DbError> {
    let now = crate::members::store::find(tx, &member.id)?;
    let is_alive = |now: &Member| now.status == Status::Active && now.calendar_generation == member.calendar_generation;
    match now.filter(is_alive) {
        Some(_) => store::note_fetch(tx, &member.id, program, ctx.now),
        None => Ok(()),
    }
}

/// Forgets everything, for somebody who leaves.
pub(in crate::members) fn forget(tx: &mut Conn, id: &MemberId) -> Result<(), DbError> {
    store::forget_fetches(tx, id)?;
    store::forget_choice(tx, id)
}
