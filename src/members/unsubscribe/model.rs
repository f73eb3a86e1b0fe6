//! The kinds of mail that a member may turn off, and the words for each.

use crate::platform::clock::At;
use crate::platform::secret::{Keys, Plain};
use crate::text_enum;
use crate::web::MemberId;

text_enum! {
    /// A kind of mail that a member may turn off.
    pub enum Kind {
        Reminders = "reminders",
        Announcements = "announcements",
    }
}

impl Kind {
    /// Whether it goes to somebody who has never chosen.
    pub fn is_on_at_first(self) -> bool {
        match self {
            Kind::Reminders => true,
            Kind::Announcements => false,
        }
    }

    /// What it is called, on the page and in the record.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Reminders => "Reminders before meetings",
            Kind::Announcements => "Announcements",
        }
    }

    /// What stays when it is turned off.
    pub(super) fn what_stays(self) -> &'static str {
        match self {
            Kind::Reminders => "Invitations, changes and cancellations still come: they keep your calendar right.",
            Kind::Announcements => "You stay a member, and invitations to meetings still come.",
        }
    }
}

/// What a member chose, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    pub is_on: bool,
    pub since: At,
}

/// The token in `/unsubscribe/<token>`.
pub(super) fn token(keys: &Keys, kind: Kind, id: &MemberId) -> Plain {
    keys.derive(&format!("unsubscribe {kind}"), id.as_str(), 0)
}
