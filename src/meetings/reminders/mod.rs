//! Reminders before a meeting: which there are, when each is due and for whom, and how each goes once.
//!
//! [`model`] decides, a tick finds by state what is due ([`send_what_is_due`]), and before a mail leaves the outbox
//! [`why_not`] is asked whether it still holds. Reminders are plain mail: no calendar part, so no calendar takes one
//! for a change.
//!
//! # Why
//! * *A day before* is a day of the calendar in the meeting's zone: before a meeting at 15:00 in London people are
//!   reminded at 15:00 in London, also where the clocks change in between and the hours are 23 or 25. *An hour before*
//!   is an hour.
//! * Each goes once for each person, lead and start: the key of `reminders_sent`, written in the transaction of the
//!   mail. So neither a restart, nor a clock that was moved, nor a second replica sends one twice, and a meeting that
//!   moves has reminders anew. Where it moves by little, a reminder of the same lead is not repeated within half that
//!   lead ([`model::Lead::repeats_after`]).
//! * A reminder is for those for whom it was when it was due. Whoever was told of the meeting, was mailed its new time,
//!   answered, or turned reminders on after that needs none: they have just read of it. The same holds for a reminder
//!   that a coordinator chooses after its time.
//! * Whoever waits for a place is reminded of nothing: they said yes and have no place to come to, and their "maybe" is
//!   ours, not theirs (see [`super::places`]).
//! * One that is late, because the server was down, goes for some hours or a day ([`model::Lead::over_at`]), never after
//!   the start, and never after the next one: a late one is skipped, not sent in a heap. The mail itself carries
//!   that instant, so a mail server that is down does not make it late either.
//! * What changes between writing and sending is looked at in the claim, not at each change: a cancellation, a new
//!   time, an answer, or reminders turned off stop what waits, whoever made the change and wherever.

mod actions;
mod http;
mod mail;
pub mod model;
mod store;

pub use actions::{ChooseError, choose, copy_choices, send_what_is_due, why_not};
pub(super) use http::{Reminders, save, shown};
pub use mail::kinds as mail_kinds;
