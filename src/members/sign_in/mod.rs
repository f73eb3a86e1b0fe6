//! Signing in: by a mailed link for everyone, by password for coordinators.
//!
//! `http` asks `actions`, which keep to the rules of `model`. A link alone gives a member's rights; a coordinator's
//! come with the password, in a session of their own.

pub mod actions;
mod attempts;
mod common_passwords;
pub mod http;
mod mail;
pub mod model;
mod store;

pub use attempts::Attempts;
pub use mail::kinds as mail_kinds;
pub use model::safe_next;
