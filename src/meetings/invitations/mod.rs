//! What each person is sent about a meeting, and with which METHOD, SEQUENCE, STATUS and subject.
//!
//! One state machine ([`next`]) decides all of these together, because calendar programs believe a
//! message only if they agree. It is pure: given the meeting, what one person was sent so far and
//! the move to make, it returns what to send and what to remember. [`material_change`] says what an
//! edit is worth, [`raised`] gives the meeting its next SEQUENCE.
//!
//! The order of things in an action: change the meeting; if the change is material (or the meeting is
//! cancelled or scheduled again) give it [`raised`]; then ask [`next`] for every person. A meeting
//! scheduled again after its cancellation invites anew: `Move::Invite` for everyone.
//!
//! Why a person has a SEQUENCE of their own: a withdrawal goes to one person only and must be above
//! what they hold, yet must not make everyone else's calendar look outdated. The meeting's own next
//! change goes above all of them, so the two meet again.
//! Why someone who declined is not told of a mere rewording: they asked to hear less, not nothing. A
//! new time asks them again, a new joining link reaches them (they may yet say yes, and an answer
//! does not bring the link), and a cancellation clears their calendar.

mod change;
mod plan;
mod state;
mod subject;
mod why;

pub use change::{Change, Facts, material_change, raised};
pub use plan::{Letters, Plan, plan};
pub use state::{Answer, Impossible, MeetingState, Move, Sent, Step, again, next};
pub use subject::SubjectKind;
pub use why::{Why, why};

#[cfg(test)]
mod lives;
#[cfg(test)]
mod tests;
