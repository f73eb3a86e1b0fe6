//! Meetings, and their life in people's calendars.
//!
//! A coordinator drafts a meeting, schedules it (everyone is invited), changes it (what is material is told),
//! and may cancel it. Whoever joins later is invited then; whoever leaves has theirs withdrawn.
//! [`invitations`] decides what each person is sent, `actions` does it in one transaction, `calendar` and `mail`
//! only build what is sent and shown.

pub mod actions;
mod calendar;
pub mod export;
mod form;
mod held_back;
pub mod http;
pub mod invitations;
mod mail;
pub mod model;
pub mod reminders;
pub mod replies;
pub mod rsvp;
pub mod store;
mod words;

pub use actions::membership::member_changed;
pub use actions::quiet::{choice_made, why_not as why_no_invitation};
pub use model::{Details, Invitation, Meeting, MeetingId, Status, Visibility};
pub use store::{Coming, coming_for, next_public};
pub use words::{When, when};
