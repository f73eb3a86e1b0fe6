//! Mail in: one mail as bytes becomes a [`Letter`], and a pure rule says what kind of mail it is.
//!
//! # Why
//! * Whoever can write to us can write anything: [`read()`] measures first, keeps to caps (TRUST S74), and a mail that
//!   breaks them, or makes a library panic, is an [`Unreadable`] with its reason, never a stop.
//! * [`sort()`] looks at nothing but the letter and our own addresses, so that it can be tested as a table.
//! * [`mailbox`] fetches mails where a mail server does not hand them to `oxsop ingest`, and forgets none.

mod letter;
pub mod mailbox;
mod place;
mod signs;
mod sort;

pub use letter::{CAP, CalendarText, Letter, Unreadable, head, read};
pub use sort::{Kind, Ours, sort, tag};
