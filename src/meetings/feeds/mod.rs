//! What calendar feeds show, and when that last changed (RFC 9110 §8.8.2, TRUST C07).
//!
//! # Why
//! * **`Last-Modified` also moves on when something disappears.** The latest change among what is shown would stand still,
//!   or go back, when a cancelled meeting has had its month or somebody says no; a reader that goes by dates would keep
//!   what is gone. So it is worked out over everything that is or was there: each change of a meeting, of the
//!   invitation, of the member's record and choice, and each hour at which time alone took something in or out.
//!   A meeting that is hidden from the public leaves the hour of that behind in a fact, so that the public date says
//!   nothing about meetings that are for members only.
//! * **The ETag is the truth.** It is made of the bytes; what only the configuration changes (the network's name) it
//!   alone tells. Where both are asked about, it wins.
//! * **A meeting with a new time stays for those who had said yes.** The new time asks them again, so their answer is
//!   open; to take the meeting out of "only yes" just then would look like a cancellation. What they had said is kept in
//!   `answers_before` and counts until they answer.

mod model;
pub(in crate::meetings) mod store;

pub(in crate::meetings) use model::{Held, last_change};
