//! Meetings, and their life in people's calendars.
//!
//! A coordinator drafts a meeting, schedules it (everyone is invited), changes it (what is material is told),
//! and may cancel it. Whoever joins later is invited then; whoever leaves has theirs withdrawn.
//! [`invitations`] decides what each person is sent, `actions` does it in one transaction, `calendar` and `mail`
//! only build what is sent and shown. Before a meeting, [`fairness`] weighs the hours of the day on everyone's clocks,
//! [`year`] lays out a year's meetings and [`mod@poll`] finds a date; [`reminders`] reminds of it; [`attendance`] keeps
//! who came. After it, [`materials`] keeps what remains, and [`mod@feedback`] asks how it was.

pub mod actions;
mod asking;
pub mod attendance;
mod calendar;
pub mod export;
mod fairness;
pub mod feedback;
mod feeds;
mod form;
mod held_back;
pub mod http;
pub mod invitations;
mod mail;
pub mod materials;
pub mod model;
pub mod places;
pub mod poll;
pub mod reminders;
pub mod replies;
pub mod rsvp;
pub mod store;
mod words;
mod year;

pub use actions::membership::member_changed;
pub use actions::quiet::{choice_made, why_not as why_no_invitation};
pub use mail::kinds as mail_kinds;
pub use model::{Details, Invitation, Meeting, MeetingId, Status, Visibility};
pub use store::{Coming, coming_for, next_public};
pub use words::{When, when};
