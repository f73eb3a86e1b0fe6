//! What a meeting has and leaves behind: agenda, files, recording, minutes; the mail "what you missed"; and what
//! presenters log afterwards, which becomes a draft activity.
//!
//! # Why
//! * **Private first.** Minutes are a draft until somebody publishes a version of them; a file that a presenter sends is
//!   for coordinators until they show it; members only is what every form offers first.
//! * **Nothing is overwritten.** Every saving of the minutes is a version of its own, and readers see the one that was
//!   published. Whoever saves on top of a version they have not seen gets both texts side by side.
//! * **Files stand in the database**, in base64 pieces of half a megabyte: several replicas need no shared folder, a
//!   backup of the database is a backup of everything, and no type for bytes has one name in both databases (see
//!   `migrations/README.md`). It costs a third more room, which for some hundred slides a year is little. What would
//!   change it: files that are larger than the limit of 50 MB, or bytes in the thousands of millions.
//! * **What a file is, its bytes say** ([`kinds`]), never its name or its sender; pictures are drawn anew, so nothing of
//!   a camera is left in them ([`picture`]).
//! * The agenda stands in no calendar: an entry's bytes change with the meeting alone.

mod actions;
mod agenda;
mod archive;
pub mod http;
mod kinds;
mod mail;
mod model;
mod picture;
mod sides;
mod store;

pub use actions::files::Added;
pub use actions::presenters::ask_presenters;
pub use actions::{MaterialError, agenda::save as save_agenda, files::add as add_file, log::log as log_talk};
pub use actions::{minutes, presenters::add as add_presenter, recording};
pub use agenda::{mark as agenda_mark, parse as parse_agenda};
pub use http::shown::{Shown, shown};
pub use kinds::sniff;
pub use mail::kinds as mail_kinds;
pub use model::{Draft, FileId, Logbook, Logged, Presenter, Recording, Seen, Talk, log_token};
pub use picture::Decoding;
pub use store::{new_between, presenters as presenters_of};
