//! When a meeting is, in words, for the people who read it.

use serde::Serialize;

use super::invitations::Answer;
use super::model::{By, Invitation, Meeting, speakers};
use crate::platform::clock::At;
use crate::platform::text::zone;

/// A meeting's time as `parts/time` shows it.
#[derive(Clone, Debug, Serialize)]
pub struct When {
    pub iso: String,
    pub ends_iso: String,
    pub text: String,
    /// The reader's own clock, where it differs: `16:00–17:30`.
    pub reader: Option<String>,
}

/// In the meeting's zone and, where it is known and differs, the reader's.
pub fn when(meeting: &Meeting, reader_zone: Option<&str>) -> When {
    When {
        iso: meeting.starts_at.to_string(),
        ends_iso: meeting.ends_at.to_string(),
        text: long(meeting),
        reader: reader_zone.and_then(|zone| for_reader(meeting, zone)),
    }
}

/// "Wednesday 24 March 2027, 15:00–16:30, London".
pub fn long(meeting: &Meeting) -> String {
    zone::long_date_time_range(meeting.starts_at, meeting.ends_at, &meeting.time_zone)
}

/// "16:00–17:30", for a reader whose clock differs.
fn for_reader(meeting: &Meeting, reader_zone: &str) -> Option<String> {
    let whole = zone::reader_range(meeting.starts_at, meeting.ends_at, &meeting.time_zone, reader_zone)?;
    let bare = whole.trim_start_matches('(').trim_end_matches(" for you)");
    Some(bare.to_owned())
}

/// "Wednesday 24 March 2027, 15:00–16:30, London (16:00–17:30 for you)".
pub fn long_for(meeting: &Meeting, reader_zone: &str) -> String {
    match zone::reader_range(meeting.starts_at, meeting.ends_at, &meeting.time_zone, reader_zone) {
        Some(theirs) => format!("{} {theirs}", long(meeting)),
        None => long(meeting),
    }
}

/// "24 March 2027, 15:00 London": short enough for a subject line.
pub fn short(meeting: &Meeting) -> String {
    let starts = meeting.starts_at.in_zone(&zone::time_zone(&meeting.time_zone));
    format!(
        "{} {}",
        starts.strftime("%-d %B %Y, %H:%M"),
        zone::city(&meeting.time_zone)
    )
}

/// "accepted in your calendar, 14:02 London": how and when an answer was given, for the one who gave it.
pub fn answered(invitation: &Invitation, now: At, zone: &str) -> Option<String> {
    let (at, by) = invitation.answered_at.zip(invitation.answered_by)?;
    let what = match invitation.answer {
        Answer::Yes => "accepted",
        Answer::Maybe => "accepted tentatively",
        Answer::No => "declined",
        Answer::None => return None,
    };
    let way = match by {
        By::Mail => "in your calendar",
        By::Link => "by a link in a mail",
        By::Page => "on this page",
    };
    let (at, now) = (at.in_zone(&zone::time_zone(zone)), now.in_zone(&zone::time_zone(zone)));
    let form = if at.date() == now.date() {
        "%H:%M"
    } else {
        "%-d %B %Y, %H:%M"
    };
    Some(format!("{what} {way}, {} {}", at.strftime(form), zone::city(zone)))
}

/// The speakers in one line.
pub fn speakers_line(meeting: &Meeting) -> String {
    speakers(&meeting.speakers).join("; ")
}

/// What members are shown as the joining link.
pub fn shown_link(meeting: &Meeting) -> String {
    if meeting.has_own_links {
        "A joining link of their own".into()
    } else {
        "The joining link itself".into()
    }
}
