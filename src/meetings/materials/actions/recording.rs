//! Saying where the recording is.

use super::{MaterialError, current, note};
use crate::meetings::materials::model::Recording;
use crate::meetings::materials::store;
use crate::meetings::model::{Meeting, MeetingId};
use crate::platform::app::Ctx;
use crate::platform::db::Conn;
use crate::web::Coordinator;

/// Saves the link, or takes it away.
pub fn save(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    recording: Option<&Recording>,
) -> Result<Meeting, MaterialError> {
    let meeting = current(tx, id)?;
    if store::recording(tx, id)?.as_ref() == recording {
        return Ok(meeting);
    }
    store::save_recording(tx, id, recording, ctx.now)?;
    let (what, detail) = match recording {
        Some(recording) => (
            "linked the recording",
            format!("until {}, {}", recording.last_day, recording.visibility),
        ),
        None => ("took the recording away", String::new()),
    };
    note(tx, ctx, by.id.as_str(), what, &meeting, &detail)?;
    ctx.touch_public();
    Ok(meeting)
}
