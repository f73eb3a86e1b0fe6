//! The minutes: every saving is a version, one of which may be published.

use super::{MaterialError, current, note};
use crate::meetings::materials::model::{Seen, Standing, Version};
use crate::meetings::materials::store;
use crate::meetings::model::{Meeting, MeetingId};
use crate::platform::app::Ctx;
use crate::platform::db::Conn;
use crate::web::Coordinator;

/// Saves a version on top of version `seen` (0: there was none); refuses if another stands there by now.
pub fn save(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    seen: i32,
    body: &str,
) -> Result<i32, MaterialError> {
    let meeting = current(tx, id)?;
    let latest = store::latest_version(tx, id)?;
    if latest.as_ref().is_some_and(|latest| latest.body == body) {
        return Ok(latest.map_or(0, |latest| latest.version));
    }
    let last = latest.map_or(0, |latest| latest.version);
    if last != seen {
        return Err(MaterialError::Changed);
    }
    let version = Version {
        version: last + 1,
        body: body.to_owned(),
        by_id: by.id.to_string(),
        at: ctx.now,
    };
    store::insert_version(tx, id, &version)?;
    let detail = format!("version {}", version.version);
    note(tx, ctx, by.id.as_str(), "saved the minutes", &meeting, &detail)?;
    Ok(version.version)
}

/// Shows the version that the coordinator has seen; refuses if a newer one stands there by now.
pub fn publish(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    seen: i32,
    visibility: Seen,
) -> Result<Meeting, MaterialError> {
    let meeting = current(tx, id)?;
    let latest = store::latest_version(tx, id)?.ok_or(MaterialError::NothingToPublish)?;
    if latest.version != seen {
        return Err(MaterialError::Changed);
    }
    let standing = Standing {
        published_version: Some(seen),
        visibility,
    };
    store::save_standing(tx, id, &standing, ctx.now)?;
    let detail = format!("version {seen}, {visibility}");
    note(tx, ctx, by.id.as_str(), "published the minutes", &meeting, &detail)?;
    ctx.touch_public();
    Ok(meeting)
}

/// Takes them back: a draft again.
pub fn withdraw(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, id: &MeetingId) -> Result<Meeting, MaterialError> {
    let meeting = current(tx, id)?;
    let standing = store::standing(tx, id)?;
    if standing.published_version.is_some() {
        let standing = Standing {
            published_version: None,
            ..standing
        };
        store::save_standing(tx, id, &standing, ctx.now)?;
        note(tx, ctx, by.id.as_str(), "withdrew the minutes", &meeting, "")?;
        ctx.touch_public();
    }
    Ok(meeting)
}
