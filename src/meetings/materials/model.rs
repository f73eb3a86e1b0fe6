//! What a meeting's materials are.

use crate::meetings::model::MeetingId;
use crate::members::MemberId;
use crate::platform::app::Ctx;
use crate::platform::clock::At;
use crate::platform::db::schema::{agenda_items, meeting_files, presenters};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::{Keys, Plain};
use crate::platform::text::zone;
use crate::{id, text_enum};

id!(
    /// A file of a meeting.
    FileId
);
id!(
    /// A member who presented at a meeting.
    PresenterId
);

text_enum! {
    /// Who sees something.
    pub enum Seen {
        /// Coordinators only.
        Desk = "desk",
        Members = "members",
        Public = "public",
    }
}

impl Seen {
    /// Whether a reader of a meeting's page sees it.
    pub fn is_shown_to(self, is_member: bool) -> bool {
        match self {
            Seen::Desk => false,
            Seen::Members => is_member,
            Seen::Public => true,
        }
    }

    /// The word as a page shows it.
    pub fn label(self) -> &'static str {
        match self {
            Seen::Desk => "Coordinators only",
            Seen::Members => "Members",
            Seen::Public => "Everyone",
        }
    }
}

/// A point of the agenda.
#[derive(Clone, Debug, PartialEq, Eq, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = agenda_items)]
pub struct Item {
    /// Minutes after the meeting's start.
    pub offset_minutes: i32,
    pub title: String,
    pub speaker: String,
}

/// A file, without its bytes.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = meeting_files)]
pub struct File {
    pub id: FileId,
    pub meeting_id: MeetingId,
    pub title: String,
    /// With the ending that its content asks for.
    pub file_name: String,
    pub media_type: String,
    pub size: i32,
    pub sha256: String,
    pub chunks: i32,
    pub visibility: Seen,
    pub width: i32,
    pub height: i32,
    pub alt: String,
    pub added_by: String,
    pub added_at: At,
}

impl File {
    pub fn is_picture(&self) -> bool {
        self.width > 0
    }
}

/// Where a recording is, and for how long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recording {
    pub url: String,
    /// ISO date: the last day, in the meeting's zone, on which it is shown.
    pub last_day: String,
    pub visibility: Seen,
}

impl Recording {
    pub fn is_over(&self, now: At, time_zone: &str) -> bool {
        let today = now.in_zone(&zone::time_zone(time_zone)).date().to_string();
        self.last_day < today
    }
}

/// Where the minutes stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub published_version: Option<i32>,
    pub visibility: Seen,
}

/// One saving of the minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub version: i32,
    /// Markdown
    pub body: String,
    pub by_id: String,
    pub at: At,
}

/// One sending of "what you missed".
#[derive(Clone, Debug, diesel::Queryable)]
pub struct Recap {
    pub number: i32,
    pub sent_at: At,
    pub people: i32,
}

/// A member who presented, and what they logged.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = presenters)]
pub struct Presenter {
    pub id: PresenterId,
    pub meeting_id: MeetingId,
    pub member_id: MemberId,
    pub asked_at: Option<At>,
    pub outcome: String,
    pub slides_link: String,
    pub logged_at: Option<At>,
}

/// What a presenter says came of a meeting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Logged {
    /// Markdown
    pub outcome: String,
    pub slides_link: String,
}

/// The token in `/meetings/<slug>/log/<token>`.
pub fn log_token(keys: &Keys, id: &PresenterId) -> Plain {
    keys.derive("log", id.as_str(), 0)
}

/// What a meeting's presenters logged, on its way to becoming a draft activity.
#[derive(Clone, Debug)]
pub struct Talk {
    /// The draft that there is already.
    pub draft: Option<String>,
    pub title: String,
    /// ISO date
    pub day: String,
    /// Markdown; in a draft that coordinators have edited, with their words.
    pub body: String,
    pub people: Vec<String>,
    /// Label and address.
    pub links: Vec<(String, String)>,
}

/// How the draft activity of a meeting stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Draft {
    Open { body: String },
    Published,
    Gone,
}

/// The way to the activities, which do not know of meetings; an application part filled in by `server/`.
pub struct Logbook {
    /// Writes a draft, and says which.
    pub write: fn(&mut Conn, &Ctx<'_>, &str, &Talk) -> Result<String, DbError>,
    pub standing: fn(&mut Conn, &str) -> Result<Draft, DbError>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_shown_through_its_last_day_where_the_meeting_was() {
        let recording = Recording {
            url: String::new(),
            last_day: "2027-04-30".into(),
            visibility: Seen::Members,
        };
        let at = |text| At::parse(text).unwrap();
        assert!(!recording.is_over(at("2027-04-30T22:59:59Z"), "Europe/London"));
        assert!(recording.is_over(at("2027-04-30T23:00:00Z"), "Europe/London"));
        assert!(!recording.is_over(at("2027-05-01T03:59:00Z"), "America/New_York"));
    }
}
