//! Mail that comes back: reports on our own mails, one rule for what they say, and the books of it.
//!
//! Every mail leaves with an envelope sender of its own ([`sender_of`]), so a report is known by the address it comes
//! to, not by what stands in it: whoever cannot name the mail's own address changes nothing. What a server says while
//! the mail is handed over, and what a report says later, go through the same [`classify`] and the same [`note`].
//!
//! # Why
//! * One point a day at most: a server that is broken for an hour, or a report that comes twice, is one event.
//! * A refusal by policy (5.7.x, 552, "spam") speaks of us or of the mail, never of the person: it never counts.
//! * What is unknown counts as soft: five days of it in a month, and the address rests; two days of "no such user"
//!   within a week are enough. Mail that the person asks for themself still goes, and using it proves the address.

mod address;
mod class;
mod ledger;
mod report;

pub use address::{mail_of, sender_of};
pub use class::{Class, classify};
pub use ledger::{Returned, Taken, clear, note, resting, resting_keys, returned, take_report};
pub use report::{Complaint, Fault, Report, read};

#[cfg(test)]
mod tests;
