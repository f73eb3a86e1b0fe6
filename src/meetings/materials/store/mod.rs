//! Materials in the database.

mod files;
mod news;
mod presenters;

pub use files::*;
pub use news::new_between;
pub use presenters::*;

use diesel::prelude::*;

use super::model::{Item, Recap, Recording, Seen, Standing, Version};
use crate::meetings::model::MeetingId;
use crate::platform::clock::At;
use crate::platform::db::schema::{agenda_items, meeting_minutes, minutes_versions, recaps, recordings};
use crate::platform::db::{Conn, DbError};

pub fn agenda(conn: &mut Conn, meeting: &MeetingId) -> Result<Vec<Item>, DbError> {
    let query = agenda_items::table.filter(agenda_items::meeting_id.eq(meeting));
    Ok(query
        .order(agenda_items::position)
        .select(Item::as_select())
        .load(conn)?)
}

pub fn save_agenda(tx: &mut Conn, meeting: &MeetingId, items: &[Item]) -> Result<(), DbError> {
    diesel::delete(agenda_items::table.filter(agenda_items::meeting_id.eq(meeting))).execute(tx)?;
    for (position, item) in (0i32..).zip(items) {
        diesel::insert_into(agenda_items::table)
            .values((
                agenda_items::meeting_id.eq(meeting),
                agenda_items::position.eq(position),
                agenda_items::offset_minutes.eq(item.offset_minutes),
                agenda_items::title.eq(&item.title),
                agenda_items::speaker.eq(&item.speaker),
            ))
            .execute(tx)?;
    }
    Ok(())
}

pub fn recording(conn: &mut Conn, meeting: &MeetingId) -> Result<Option<Recording>, DbError> {
    let found: Option<(String, String, Seen)> = recordings::table
        .find(meeting)
        .select((recordings::url, recordings::last_day, recordings::visibility))
        .first(conn)
        .optional()?;
    Ok(found.map(|(url, last_day, visibility)| Recording {
        url,
        last_day,
        visibility,
    }))
}

/// Writes where the recording is; `None` takes it away.
pub fn save_recording(
    tx: &mut Conn,
    meeting: &MeetingId,
    recording: Option<&Recording>,
    now: At,
) -> Result<(), DbError> {
    diesel::delete(recordings::table.find(meeting)).execute(tx)?;
    if let Some(recording) = recording {
        diesel::insert_into(recordings::table)
            .values((
                recordings::meeting_id.eq(meeting),
                recordings::url.eq(&recording.url),
                recordings::last_day.eq(&recording.last_day),
                recordings::visibility.eq(recording.visibility),
                recordings::updated_at.eq(now),
            ))
            .execute(tx)?;
    }
    Ok(())
}

type VersionRow = (i32, String, String, At);

fn version_of((version, body, by_id, at): VersionRow) -> Version {
    Version {
        version,
        body,
        by_id,
        at,
    }
}

/// Every saving of the minutes, the last first.
pub fn versions(conn: &mut Conn, meeting: &MeetingId) -> Result<Vec<Version>, DbError> {
    let rows: Vec<VersionRow> = minutes_versions::table
        .filter(minutes_versions::meeting_id.eq(meeting))
        .order(minutes_versions::version.desc())
        .select((
            minutes_versions::version,
            minutes_versions::body,
            minutes_versions::by_id,
            minutes_versions::at,
        ))
        .load(conn)?;
    Ok(rows.into_iter().map(version_of).collect())
}

pub fn latest_version(conn: &mut Conn, meeting: &MeetingId) -> Result<Option<Version>, DbError> {
    Ok(versions(conn, meeting)?.into_iter().next())
}

pub fn insert_version(tx: &mut Conn, meeting: &MeetingId, version: &Version) -> Result<(), DbError> {
    diesel::insert_into(minutes_versions::table)
        .values((
            minutes_versions::meeting_id.eq(meeting),
            minutes_versions::version.eq(version.version),
            minutes_versions::body.eq(&version.body),
            minutes_versions::by_id.eq(&version.by_id),
            minutes_versions::at.eq(version.at),
        ))
        .execute(tx)?;
    Ok(())
}

/// Which version readers see, and which readers.
pub fn standing(conn: &mut Conn, meeting: &MeetingId) -> Result<Standing, DbError> {
    let found: Option<(Option<i32>, Seen)> = meeting_minutes::table
        .find(meeting)
        .select((meeting_minutes::published_version, meeting_minutes::visibility))
        .first(conn)
        .optional()?;
    let (published_version, visibility) = found.unwrap_or((None, Seen::Members));
    Ok(Standing {
        published_version,
        visibility,
    })
}

pub fn save_standing(tx: &mut Conn, meeting: &MeetingId, standing: &Standing, now: At) -> Result<(), DbError> {
    diesel::delete(meeting_minutes::table.find(meeting)).execute(tx)?;
    diesel::insert_into(meeting_minutes::table)
        .values((
            meeting_minutes::meeting_id.eq(meeting),
            meeting_minutes::published_version.eq(standing.published_version),
            meeting_minutes::visibility.eq(standing.visibility),
            meeting_minutes::updated_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// The minutes as this reader sees them.
pub fn published_minutes(conn: &mut Conn, meeting: &MeetingId, is_member: bool) -> Result<Option<String>, DbError> {
    let standing = standing(conn, meeting)?;
    let Some(version) = standing
        .published_version
        .filter(|_| standing.visibility.is_shown_to(is_member))
    else {
        return Ok(None);
    };
    let found = minutes_versions::table.find((meeting, version));
    Ok(found.select(minutes_versions::body).first(conn).optional()?)
}

/// Each time "what you missed" was sent, the last first.
pub fn recaps(conn: &mut Conn, meeting: &MeetingId) -> Result<Vec<Recap>, DbError> {
    let query = recaps::table.filter(recaps::meeting_id.eq(meeting));
    Ok(query
        .order(recaps::number.desc())
        .select((recaps::number, recaps::sent_at, recaps::people))
        .load(conn)?)
}

pub fn insert_recap(tx: &mut Conn, meeting: &MeetingId, recap: &Recap, by: &str) -> Result<(), DbError> {
    diesel::insert_into(recaps::table)
        .values((
            recaps::meeting_id.eq(meeting),
            recaps::number.eq(recap.number),
            recaps::sent_at.eq(recap.sent_at),
            recaps::sent_by.eq(by),
            recaps::people.eq(recap.people),
        ))
        .execute(tx)?;
    Ok(())
}
