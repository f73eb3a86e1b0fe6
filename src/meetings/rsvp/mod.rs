//! Answers: yes, maybe or no, by the link in a mail or on the meeting's page.
//!
//! Why GET never answers: mail scanners open every link. The link's page shows the answer it was opened for,
//! already chosen; a press stores it.

mod actions;
mod http;

pub(super) use actions::closed;
pub use actions::{AnswerError, answer};
pub(super) use http::{answer_here, answer_on_page, secret, show, standing_answer};
