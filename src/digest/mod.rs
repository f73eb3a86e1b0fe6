//! The digest: one mail with what is new, once a month or once a week, to those who want it.
//!
//! A tick finds by state whose is due ([`send_what_is_due`]); [`news`] gathers what is new, and where nothing is,
//! nothing is sent. Before it leaves the outbox, [`why_not`] is asked whether its reader still wants it.
//!
//! # Why
//! * It reads activities and meetings, which know nothing of each other; so it stands above both.
//! * It is due at eight in the morning of a Monday (the month's first, or each) where the network is. After the server
//!   was down it still goes for some days ([`model::late_until`]), then what it would have said is in the next.
//! * Each period of each reader is a row of `digests_sent`, also where there was nothing to send: the key makes it go
//!   once, whatever a restart or a second replica does.
//! * A digest ends a minute before it is written: what a transaction dates by its beginning may be seen only after it
//!   has ended, and would be in no digest.

mod actions;
mod http;
mod mail;
pub mod model;
pub mod news;
mod store;

pub use actions::{send_what_is_due, why_not};
pub use http::routes;
pub use mail::kinds as mail_kinds;
