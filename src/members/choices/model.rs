//! How often the digest comes, and who is asked.

use crate::members::{Member, Status};
use crate::text_enum;

/// The page of the question.
pub const WELCOME: &str = "/me/welcome";

text_enum! {
    /// How often the digest comes.
    pub enum Rhythm {
        Monthly = "monthly",
        Weekly = "weekly",
    }
}

/// Whether this is somebody who was imported and of whom no word about announcements is known.
pub fn is_without_a_word(member: &Member) -> bool {
    member.status == Status::Active
        && member.confirmed_by.starts_with("import of ")
        && !member.wants_announcements
        && member.announcements_consent.is_empty()
}
