//! Mail that comes in: what a program can act on is acted on, what a person wrote stands before the coordinators.
//!
//! [`receive()`] takes one mail as bytes and returns only once what came of it is on disk: calendar answers go to
//! `meetings`, applications to `join`, reports on our own mails to `platform::mail::bounces`, and the rest is a letter
//! that somebody claims, answers, and marks done. What cannot be read is set aside with its reason and its bytes,
//! and can be read again.
//!
//! # Why
//! * One transaction a mail: state, outbox, audit and the letter's own row are written together, and the row's key
//!   makes a second reading of the same mail change nothing. So a mailbox, or a pipe, may give it twice.
//! * No answer goes by itself to what a program wrote (TRUST S73); what does go is `auto-replied`, has an empty
//!   envelope sender, and is limited by purpose and day.

mod actions;
pub mod http;
mod mail;
pub mod model;
mod receive;
pub mod store;

pub use actions::daily::{remove_what_is_over, tell_what_waits};
pub use actions::forget_who_left;
pub use mail::kinds as mail_kinds;
pub use model::{LetterId, Status, Way};
pub use receive::{Received, TryLater, receive};
