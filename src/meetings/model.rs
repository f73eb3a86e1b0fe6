//! What a meeting is, and what one person's invitation to it is.

use serde::{Deserialize, Serialize};

use super::invitations::{Answer, Facts, MeetingState, Sent};
use crate::members::MemberId;
use crate::platform::clock::{At, days, seconds};
use crate::platform::secret::{Keys, Plain};
use crate::{id, text_enum};

id!(
    /// A meeting.
    MeetingId
);
id!(
    /// One member's invitation to one meeting.
    InvitationId
);

text_enum! {
    /// How far a meeting has come.
    pub enum Status {
        Draft = "draft",
        Scheduled = "scheduled",
        Cancelled = "cancelled",
    }
}

text_enum! {
    /// Who may know of a meeting.
    pub enum Visibility {
        Public = "public",
        Members = "members",
    }
}

text_enum! {
    /// Whether a person is invited still.
    pub enum InvitationStatus {
        Invited = "invited",
        Withdrawn = "withdrawn",
    }
}

text_enum! {
    /// The way by which an answer came.
    pub enum By {
        Link = "link",
        Page = "page",
        Mail = "mail",
    }
}

/// Cancelled meetings stay in calendars this long, so that every subscriber learns of it.
pub const CANCELLED_STAY_DAYS: i64 = 30;

/// A meeting as the database holds it.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::meetings)]
pub struct Meeting {
    pub id: MeetingId,
    pub uid: String,
    pub slug: String,
    pub title: String,
    pub summary: String,
    pub starts_local: String,
    pub ends_local: String,
    pub time_zone: String,
    pub starts_at: At,
    pub ends_at: At,
    pub joining_link: String,
    pub speakers: String,
    pub visibility: Visibility,
    pub status: Status,
    pub sequence: i32,
    pub cancel_reason: String,
    pub cancelled_at: Option<At>,
    pub scheduled_at: Option<At>,
    /// A proposed change as JSON of [`Details`].
    pub pending: Option<String>,
    pub pending_by: Option<String>,
    pub pending_at: Option<At>,
    pub version: i32,
    pub created_at: At,
    pub updated_at: At,
    /// Each person is shown a link of their own instead of `joining_link`, see [`super::attendance`].
    pub has_own_links: bool,
    /// How many may come; `None`: as many as like.
    pub places: Option<i32>,
}

/// What a coordinator says about a meeting; also the form of a pending change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Details {
    pub title: String,
    pub summary: String,
    pub starts_local: String,
    pub ends_local: String,
    pub time_zone: String,
    pub starts_at: At,
    pub ends_at: At,
    pub joining_link: String,
    /// One a line.
    pub speakers: String,
    pub visibility: Visibility,
    /// A change that was proposed before there were such links says nothing of them.
    #[serde(default)]
    pub has_own_links: bool,
    /// How many may come; `None`: as many as like.
    #[serde(default)]
    pub places: Option<i32>,
}

impl Details {
    /// What people are told of it, for comparison.
    pub fn facts(&self) -> Facts {
        Facts {
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            // Who holds a link of their own was never told where it leads.
            joining_link: (!self.has_own_links && !self.joining_link.is_empty()).then(|| self.joining_link.clone()),
            has_own_links: self.has_own_links,
            title: self.title.clone(),
            summary: self.summary.clone(),
            speakers: speakers(&self.speakers),
        }
    }
}

/// The speakers, one a line, without empty lines.
pub fn speakers(lines: &str) -> Vec<String> {
    let lines = lines.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

impl Meeting {
    pub fn details(&self) -> Details {
        Details {
            title: self.title.clone(),
            summary: self.summary.clone(),
            starts_local: self.starts_local.clone(),
            ends_local: self.ends_local.clone(),
            time_zone: self.time_zone.clone(),
            starts_at: self.starts_at,
            ends_at: self.ends_at,
            joining_link: self.joining_link.clone(),
            speakers: self.speakers.clone(),
            visibility: self.visibility,
            has_own_links: self.has_own_links,
            places: self.places,
        }
    }

    /// The same meeting with other details.
    pub fn with(&self, details: &Details) -> Meeting {
        let details = details.clone();
        Meeting {
            title: details.title,
            summary: details.summary,
            starts_local: details.starts_local,
            ends_local: details.ends_local,
            time_zone: details.time_zone,
            starts_at: details.starts_at,
            ends_at: details.ends_at,
            joining_link: details.joining_link,
            speakers: details.speakers,
            visibility: details.visibility,
            has_own_links: details.has_own_links,
            places: details.places,
            ..self.clone()
        }
    }

    /// The change that waits to be told, if there is one.
    pub fn proposal(&self) -> Result<Option<Details>, serde_json::Error> {
        self.pending.as_deref().map(serde_json::from_str).transpose()
    }

    pub fn state(&self) -> MeetingState {
        MeetingState {
            sequence: self.sequence,
            is_cancelled: self.is_cancelled(),
        }
    }

    pub fn is_cancelled(&self) -> bool {
        self.status == Status::Cancelled
    }

    pub fn is_over(&self, now: At) -> bool {
        self.ends_at <= now
    }

    /// Whether others than coordinators may know of it: a draft is nobody's business yet.
    pub fn is_shown_to(&self, is_member: bool) -> bool {
        self.status != Status::Draft && (is_member || self.visibility == Visibility::Public)
    }

    /// Whether calendars still hold it: a cancelled one for a month, any one from a year back to two ahead.
    pub fn is_in_calendars(&self, now: At) -> bool {
        let stays = match self.status {
            Status::Draft => false,
            Status::Scheduled => true,
            Status::Cancelled => self
                .cancelled_at
                .is_some_and(|at| now.since(at) <= days(CANCELLED_STAY_DAYS)),
        };
        stays && self.ends_at > now.minus(days(366)) && self.starts_at < now.plus(days(731))
    }

    /// What the outbox and the audit call it.
    pub fn about(&self) -> String {
        format!("meeting:{}", self.id)
    }

    /// Its page for everyone.
    pub fn path(&self) -> String {
        format!("/meetings/{}", self.slug)
    }

    /// Its page for coordinators.
    pub fn desk_path(&self) -> String {
        format!("/coordinate/meetings/{}", self.id)
    }
}

/// One person's invitation as the database holds it.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::invitations)]
pub struct Invitation {
    pub id: InvitationId,
    pub meeting_id: MeetingId,
    pub member_id: MemberId,
    pub status: InvitationStatus,
    pub sequence_sent: i32,
    pub answers_from: i32,
    pub last_stamp: At,
    pub answer: Answer,
    pub answered_at: Option<At>,
    pub answered_by: Option<By>,
    pub created_at: At,
    pub updated_at: At,
    /// Where the last answer by mail stands in the order of such answers.
    pub answer_order: String,
}

impl Invitation {
    /// When it was changed last, if it is changed now: each change has a second of its own, so that calendars see it.
    pub fn revised(&self, now: At) -> At {
        now.max(self.updated_at.plus(seconds(1)))
    }

    /// What the person holds; `was_cancelled` is about the meeting before the change at hand.
    pub fn sent(&self, was_cancelled: bool) -> Sent {
        Sent {
            sequence_sent: self.sequence_sent,
            answers_from: self.answers_from,
            last_stamp: self.last_stamp,
            is_withdrawn: was_cancelled || self.status == InvitationStatus::Withdrawn,
            answer: self.answer,
        }
    }
}

/// The key by which mails about one meeting to one person keep their order.
pub fn order_key(meeting: &MeetingId, member: &MemberId) -> String {
    format!("invite:{meeting}:{member}")
}

/// The token in `/rsvp/<token>`.
pub fn rsvp_token(keys: &Keys, id: &InvitationId) -> Plain {
    keys.derive("rsvp", id.as_str(), 0)
}
