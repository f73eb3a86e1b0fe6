//! Date polls: a few proposed times, answered by the link in a mail, of which a coordinator makes a meeting.
//!
//! A poll is a draft until a coordinator has seen whom its mail reaches and sends it; it is open until `closes_at`, or
//! until it is closed by hand or made into a meeting. Times are instants; a reader sees each on their own clock first,
//! with that of the poll's zone beside it.
//!
//! # Why
//! * The link is derived from the row of the one who was asked (`poll_asked`). That row goes when they leave, and with
//!   it the link and the answers: somebody who comes back is asked anew.
//! * The meeting made of a poll is a draft like any other. What people said is carried over only when their first
//!   invitation is written, and only if the meeting then begins and ends exactly as it stood in the poll: see
//!   `carry`. Another time is another question.
//! * Yes, "if need be" and no become yes, maybe and no. A no is carried too: it was said of this very hour, and a
//!   calendar that shows the hour as accepted or open would not be what they told us. They still get the invitation,
//!   for the joining link may yet be of use, and can change the answer like any other.

mod actions;
mod carry;
mod form;
pub(super) mod http;
mod mail;
pub mod model;
pub mod store;

pub use actions::{PollError, answer, close, create, make_meeting, member_changed, send, update};
pub(super) use carry::carried;
pub use mail::kinds as mail_kinds;
