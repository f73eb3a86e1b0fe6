//! The people of the network: their records, how they sign in, what they agreed to, how they leave.
//!
//! Joining and leaving reach the other parts through [`Changed`], a list of functions filled in by `server/`
//! and called inside the transaction of the change: late invitations, withdrawals.

pub mod actions;
pub mod calendar;
pub mod choices;
pub mod http;
pub mod import_export;
pub mod model;
pub mod privacy;
pub mod sign_in;
pub mod store;
pub mod unsubscribe;

pub use crate::web::MemberId;
pub use actions::{Changed, MemberChanged, NewMember};
pub use model::{Member, Role, Status, of_unsubscribe_tag, unsubscribe_address};

/// The mails that this part sends, with samples.
pub fn mail_kinds() -> Vec<crate::platform::mail::words::MailKind> {
    let mut kinds = sign_in::mail_kinds();
    kinds.extend(privacy::mail_kinds());
    kinds
}
