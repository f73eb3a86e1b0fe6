//! Joining: a form, a proved address, a queue that coordinators read, a decision, a welcome.
//!
//! A request is `unconfirmed` until the link in the mail is used; only then do coordinators see it. They approve,
//! decline with a message, decline quietly or ask; [`model`] holds the moves, [`actions`] makes them.
//!
//! # Why
//! * The form answers the same whatever the address: what differs goes by mail (TRUST S13), and nothing the
//!   applicant wrote stands in a mail to an address that is not proved.
//! * Every move raises `version` in an `UPDATE … WHERE version = …`: of two coordinators at once, one is told.

pub mod actions;
pub mod export;
pub mod http;
mod mail;
pub mod model;
pub mod store;

pub use actions::sweep::{forget_who_left, remove_what_is_over, waiting};
pub use actions::{by_mail, decide::name_of};
pub use http::lookers::Lookers;
pub use mail::kinds as mail_kinds;
pub use model::{ByMail, Decision, PRIVACY_NOTICE, Request, RequestId, Status};
