//! What an announcement is, and which steps lead on from where it stands.

use super::actions::Content;
use super::audience::Audience;
use crate::platform::clock::At;
use crate::platform::db::DbError;
use crate::{id, text_enum};

id!(AnnouncementId);

text_enum! {
    /// Where an announcement stands.
    pub enum Status {
        Draft = "draft",
        Scheduled = "scheduled",
        Sending = "sending",
        Paused = "paused",
        Sent = "sent",
        Stopped = "stopped",
    }
}

text_enum! {
    /// How far it is with one recipient; from `Written` on the outbox knows.
    pub enum RecipientState {
        Waiting = "waiting",
        Written = "written",
        Dropped = "dropped",
    }
}

/// An announcement as the database holds it.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::announcements)]
pub struct Announcement {
    pub id: AnnouncementId,
    pub slug: String,
    pub subject: String,
    pub body: String,
    /// JSON; see [`Announcement::audience`].
    pub audience: String,
    pub is_public: bool,
    pub status: Status,
    pub goes_at: Option<At>,
    pub time_zone: String,
    pub version: i32,
    pub updated_at: At,
    pub started_at: Option<At>,
    pub ended_at: Option<At>,
}

impl Announcement {
    pub fn audience(&self) -> Result<Audience, DbError> {
        Audience::from_json(&self.audience).map_err(DbError::Cut)
    }

    /// Whether it says just this, to just these.
    pub fn holds(&self, content: &Content) -> Result<bool, DbError> {
        let is_same = self.subject == content.subject && self.body == content.body;
        Ok(is_same && self.is_public == content.is_public && self.audience()? == content.audience)
    }

    /// What its mails and its history are about.
    pub fn about(&self) -> String {
        format!("announcement:{}", self.id)
    }

    pub fn desk_path(&self) -> String {
        format!("/coordinate/announcements/{}", self.id)
    }

    pub fn path(&self) -> String {
        format!("/announcements/{}", self.slug)
    }

    pub fn is_draft(&self) -> bool {
        self.status == Status::Draft
    }
}

/// Which state a step leads to; `None` where it makes no sense.
pub fn after(status: Status, step: Step) -> Option<Status> {
    match (status, step) {
        (Status::Sending, Step::Pause) => Some(Status::Paused),
        (Status::Paused, Step::Resume) => Some(Status::Sending),
        (Status::Sending | Status::Paused, Step::Stop) => Some(Status::Stopped),
        (Status::Scheduled, Step::Stop) => Some(Status::Draft),
        _ => None,
    }
}

/// What a coordinator may do once it is confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Pause,
    Resume,
    /// Sends no more; one that has not begun becomes a draft again.
    Stop,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_lead_where_they_make_sense_and_nowhere_else() {
        let mut possible = Vec::new();
        for status in Status::ALL {
            for step in [Step::Pause, Step::Resume, Step::Stop] {
                if let Some(next) = after(*status, step) {
                    possible.push((status.as_str(), step, next.as_str()));
                }
            }
        }
        assert_eq!(
            possible,
            [
                ("scheduled", Step::Stop, "draft"),
                ("sending", Step::Pause, "paused"),
                ("sending", Step::Stop, "stopped"),
                ("paused", Step::Resume, "sending"),
                ("paused", Step::Stop, "stopped"),
            ]
        );
    }
}
