//! What changes an activity: writing, editing, publishing, withdrawing.

use super::model::{Activity, ActivityId, Content};
use super::store;
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::platform::text::slug;
use crate::web::Coordinator;

/// Why an activity was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ActivityError {
    #[error("There is no such activity.")]
    Unknown,
    #[error("It is published already.")]
    Published,
    #[error("It is a draft already.")]
    Draft,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A slug for this title that nobody has: `a-year`, `a-year-2`, …
pub(super) fn free_slug(tx: &mut Conn, title: &str) -> Result<String, DbError> {
    let base = slug::slug(title);
    let mut tried = base.clone();
    let mut n = 1;
    while store::is_slug_taken(tx, &tried)? {
        n += 1;
        tried = slug::with_number(&base, n);
    }
    Ok(tried)
}

/// Writes a draft.
pub fn create(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, content: Content) -> Result<Activity, ActivityError> {
    let slug = free_slug(tx, &content.title)?;
    let activity = Activity::new(content, slug, ctx.now);
    store::insert(tx, &activity)?;
    note(tx, ctx, by, "wrote an activity", &activity)?;
    Ok(activity)
}

/// Saves other words; `false` when not a word has changed.
pub fn edit(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &ActivityId,
    content: Content,
) -> Result<bool, ActivityError> {
    let activity = known(tx, id)?;
    let Some(edited) = activity.edited(content, ctx.now) else {
        return Ok(false);
    };
    store::save(tx, &edited)?;
    note(tx, ctx, by, "edited an activity", &edited)?;
    if edited.is_published() {
        ctx.touch_public();
    }
    Ok(true)
}

/// Shows it to everyone.
pub fn publish(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, id: &ActivityId) -> Result<Activity, ActivityError> {
    let activity = known(tx, id)?;
    if activity.is_published() {
        return Err(ActivityError::Published);
    }
    let activity = activity.published(ctx.now);
    store::save(tx, &activity)?;
    note(tx, ctx, by, "published an activity", &activity)?;
    ctx.touch_public();
    Ok(activity)
}

/// Takes it back: a draft again, gone from pages and feeds.
pub fn withdraw(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, id: &ActivityId) -> Result<Activity, ActivityError> {
    let activity = known(tx, id)?;
    if !activity.is_published() {
        return Err(ActivityError::Draft);
    }
    let activity = activity.withdrawn();
    store::save(tx, &activity)?;
    note(tx, ctx, by, "withdrew an activity", &activity)?;
    ctx.touch_public();
    Ok(activity)
}

fn known(tx: &mut Conn, id: &ActivityId) -> Result<Activity, ActivityError> {
    store::find(tx, id)?.ok_or(ActivityError::Unknown)
}

fn note(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, what: &str, activity: &Activity) -> Result<(), DbError> {
    audit::record(
        tx,
        ctx,
        by.id.as_str(),
        what,
        &format!("activity:{}", activity.id),
        &activity.title,
    )
}
