//! Announcements: what the network writes to many members at once, to whom, and what became of each mail.
//!
//! A draft is written in Markdown with placeholders ([`placeholders`]), for an [`audience`] that reads as a sentence.
//! Confirming it fixes the recipients; from then on mails are written into the outbox in batches, each in a transaction
//! of its own, until none is left. The archive keeps what went.
//!
//! # Why
//! * Only members who asked for announcements get them (PECR reg. 22, TRUST P07), whatever the audience says; the pages
//!   name those who match and get nothing. Consent is read when the mail is written and again before it leaves
//!   ([`why_not`]).
//! * Recipients are fixed when a coordinator confirms the number, also where it goes later: so that number is never
//!   exceeded. Who joins afterwards finds the announcement in the archive.
//! * One row a recipient is the key that makes it go once: pressing twice, a crash between two batches, or a second
//!   replica find the row no longer waiting. A tick goes on with what a crash left.
//! * Pausing holds the mails in the outbox (`outbox::hold`), so it counts within a second and no crash forgets it.
//! * A placeholder becomes a mark before the Markdown is rendered and a value afterwards: what a member is called is never
//!   read as Markdown, HTML or a further placeholder (TRUST S31).
//! * Nothing in a mail tells whether it was read (TRUST P21).

mod actions;
pub mod audience;
pub mod http;
mod mail;
mod model;
mod placeholders;
mod store;

pub use actions::{AnnounceError, Content, When, confirm, create, go_on, why_not, write_batch};
pub use mail::kinds as mail_kinds;
pub use model::{Announcement, AnnouncementId, Status};
pub use placeholders::subject_for_all;
pub use store::{archived, count, find};
