//! Mail out: what a mail is made of, the outbox it waits in, and how it leaves, signed.

pub mod bounces;
pub mod delivery;
pub mod dkim;
pub mod message;
pub mod outbox;
pub mod transport;
pub mod words;

pub use message::Address;
pub use outbox::{Kind, Mail, enqueue};
