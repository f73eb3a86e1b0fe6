//! What members have found at meetings since some instant: files, minutes, recordings.

use diesel::prelude::*;

use crate::meetings::materials::model::Seen;
use crate::meetings::model::{Meeting, MeetingId, Status};
use crate::meetings::store as meetings;
use crate::platform::clock::At;
use crate::platform::db::schema::{meeting_files, meeting_minutes, recordings};
use crate::platform::db::{Conn, DbError};

/// What came from `from` to just before `until` that members may see, with its meeting; the oldest first. A change of
/// the minutes or of a recording counts as new.
pub fn new_between(conn: &mut Conn, from: At, until: At) -> Result<Vec<(Meeting, String)>, DbError> {
    let files: Vec<(MeetingId, String)> = meeting_files::table
        .filter(meeting_files::visibility.ne(Seen::Desk))
        .filter(meeting_files::added_at.ge(from))
        .filter(meeting_files::added_at.lt(until))
        .order(meeting_files::id)
        .select((meeting_files::meeting_id, meeting_files::title))
        .load(conn)?;
    let minutes: Vec<MeetingId> = meeting_minutes::table
        .filter(meeting_minutes::published_version.is_not_null())
        .filter(meeting_minutes::updated_at.ge(from))
        .filter(meeting_minutes::updated_at.lt(until))
        .order(meeting_minutes::updated_at)
        .select(meeting_minutes::meeting_id)
        .load(conn)?;
    let recorded: Vec<MeetingId> = recordings::table
        .filter(recordings::updated_at.ge(from))
        .filter(recordings::updated_at.lt(until))
        .order(recordings::updated_at)
        .select(recordings::meeting_id)
        .load(conn)?;
    let minutes = minutes.into_iter().map(|id| (id, "Minutes".to_owned()));
    let recorded = recorded.into_iter().map(|id| (id, "Recording".to_owned()));
    let mut found = Vec::new();
    for (id, what) in files.into_iter().chain(minutes).chain(recorded) {
        if let Some(meeting) = meetings::find(conn, &id)?.filter(|meeting| meeting.status != Status::Draft) {
            found.push((meeting, what));
        }
    }
    Ok(found)
}
