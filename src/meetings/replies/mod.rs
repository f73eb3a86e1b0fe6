//! Answers that calendar programs mail (RFC 5546, RFC 6047): whose they are, whether they count, what follows.
//!
//! A member's answer is known by the token of the address it was sent to, and the meeting by its UID. [`weigh()`] holds
//! the order of answers, [`take()`] the matrix of TRUST §1f: what is applied, what is applied and told to the member,
//! what is kept for a coordinator.
//!
//! # Why
//! * The token says who answers, whatever ATTENDEE says: it is secret, and a forwarded invitation brings it along.
//!   So an answer from another address counts for the member, who is told and can undo it.
//! * Arrival order must not matter: SEQUENCE, then DTSTAMP, then Date and Message-ID are one text that is compared,
//!   and an answer given here after a mail was written stands above it.
//! * Nothing that comes by mail makes, moves or cancels a meeting; a proposal of another time waits for a coordinator.

mod http;
mod mail;
mod proposals;
mod store;
mod take;
mod undo;
mod weigh;

pub use http::{decide_proposal, undo_here, undo_page};
pub use mail::ask_for_an_answer_here;
pub use mail::kinds as mail_kinds;
pub use proposals::{Decided, Proposal, count_open, decide, open_of};
pub use store::{Said, latest_of};
pub use take::{Came, Incoming, Taken, take};
pub use weigh::{Verdict, weigh};
