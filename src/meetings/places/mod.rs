//! Places, where a meeting has a limit: first come, then a waiting list, and a time-limited offer of what gets free.
//!
//! [`take_in`] is the one way in which an answer is stored, by link, page or calendar: it decides whether a yes is a
//! place or a turn in the list, and hands out what got free. [`Standing`] holds the rules, without a database.
//!
//! # Why
//! * **Somebody who waits has answered "maybe"** (TENTATIVE in their calendar), with a row in `waiting` beside it. They
//!   may come, and they may not: no calendar then shows them as accepted for a place that they have not got, and every
//!   count of "yes" stays a count of places. A row counts only while the invitation says maybe.
//! * **A place is offered, not given**: whoever waited three weeks may have other plans by now. An offer lasts 24 hours,
//!   or half of what is left to the start if that is less ([`offer_until`]); unanswered, it goes to the next in line and
//!   its holder leaves the list, or one silent person would hold it up round after round. They may say yes again.
//! * **An open offer holds its place**: places taken and offers open are never more than the limit, unless a coordinator
//!   lowers it. Lowering takes no place and no offer from anybody.
//! * **A calendar that was told of the list is told of the place**: with no mail its entry would say for ever that they
//!   wait. Somebody whose calendar never heard of it hears no more than the page tells them.
//! * **A new time is a new question to all**: every place is free again, open offers end, nobody is offered anything;
//!   who says yes first comes. Somebody who had waited keeps their turn if they say yes and must wait again.
//! * In the last ten minutes no offer is made: what is free then is for whoever says yes first.
//! * Nobody is offered a place at an address whose mail comes back; they keep their turn.

mod actions;
mod http;
mod mail;
mod model;
mod store;
mod views;

pub use actions::{Offers, after_change, close, foresee, give_time, left, restore, take_in};
pub use http::{answer_offer, show};
pub use mail::kinds as mail_kinds;
pub use mail::{offer_words, tell_who_waits};
pub use model::{Given, InLine, Rank, Standing, State, WaitingId, offer_until, ordinal};
pub use store::{standing, waits, waits_for, without_a_place};
pub(super) use views::{Desk, Seen, desk, limit_in_words, limit_warning, seen};
