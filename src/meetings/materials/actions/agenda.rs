//! Saving the agenda.

use super::{MaterialError, current, note};
use crate::meetings::materials::model::Item;
use crate::meetings::materials::{agenda, store};
use crate::meetings::model::{Meeting, MeetingId};
use crate::platform::app::Ctx;
use crate::platform::db::Conn;
use crate::web::Coordinator;

/// Saves it, unless it is no longer as `seen` says it was when the page was opened.
pub fn save(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    seen: &str,
    items: &[Item],
) -> Result<Meeting, MaterialError> {
    let meeting = current(tx, id)?;
    let known = store::agenda(tx, id)?;
    if known == items {
        return Ok(meeting);
    }
    if agenda::mark(&known) != seen {
        return Err(MaterialError::Changed);
    }
    store::save_agenda(tx, id, items)?;
    note(
        tx,
        ctx,
        by.id.as_str(),
        "changed the agenda",
        &meeting,
        &format!("{} points", items.len()),
    )?;
    ctx.touch_public();
    Ok(meeting)
}
