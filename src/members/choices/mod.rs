//! What a member chooses about mail, each for itself and with one press: invitations, reminders, announcements, the
//! digest and how often it comes. And the question that those who were imported are asked once.
//!
//! # Why
//! * On and off of invitations, reminders and the digest stand in `mail_choices` (see [`super::unsubscribe`]); the
//!   consent to announcements stands with the member, with where and when it was given. Nothing is kept twice.
//! * Announcements and the digest are never on by themselves: not by joining, not by an import, not with each other.
//! * The question comes at the first sign-in of somebody who was imported without a word of consent, on a page of its
//!   own, and stays on their own page until they answer or put it away; then it never comes back. Who has turned
//!   announcements on or off in any way has answered.

mod actions;
pub(super) mod http;
mod model;
mod store;
mod welcome;

pub use actions::{ask_once, choose_digest, forget};
pub(super) use actions::{had_their_say, is_open};
pub use model::{Rhythm, WELCOME, is_without_a_word};
pub use store::{Reader, asked_at, readers, rhythm};
