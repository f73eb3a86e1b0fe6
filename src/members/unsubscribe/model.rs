//! The kinds of mail that a member may turn off, and the words for each.

use crate::platform::clock::At;
use crate::platform::secret::{Keys, Plain};
use crate::text_enum;
use crate::web::MemberId;

text_enum! {
    /// A kind of mail that a member may turn off.
    pub enum Kind {
        Invitations = "invitations",
        Reminders = "reminders",
        Announcements = "announcements",
        Digest = "digest",
    }
}

impl Kind {
    /// Whether it goes to somebody who has never chosen.
    pub fn is_on_at_first(self) -> bool {
        match self {
            Kind::Invitations | Kind::Reminders => true,
            Kind::Announcements | Kind::Digest => false,
        }
    }

    /// What it is called, on the page and in the record.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Invitations => "Invitations by mail",
            Kind::Reminders => "Reminders before meetings",
            Kind::Announcements => "Announcements",
            Kind::Digest => "Digests of what is new",
        }
    }

    /// What stays when it is turned off.
    pub(super) fn what_stays(self) -> &'static str {
        match self {
            Kind::Invitations => {
                "You stay a member. Meetings that you hold already, and those to which you say yes or maybe, are still kept right by mail; all of them stand on the website. Date polls, questions after a meeting and what you missed come with invitations, and end with them."
            }
            Kind::Reminders => "Invitations, changes and cancellations still come: they keep your calendar right.",
            Kind::Announcements => "You stay a member, and invitations to meetings still come.",
            Kind::Digest => "Invitations and reminders are choices of their own, and stay as they are.",
        }
    }
}

/// What a member chose, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    pub is_on: bool,
    pub since: At,
}

/// The token in `/unsubscribe/<token>` and in `unsubscribe+<token>@…`.
pub(super) fn token(keys: &Keys, kind: Kind, id: &MemberId) -> Plain {
    keys.derive(&format!("unsubscribe {kind}"), id.as_str(), 0)
}
