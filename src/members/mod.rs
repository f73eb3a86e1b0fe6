//! The people of the network: their records, how they sign in, what they agreed to, how they leave.
//!
//! Joining and leaving reach the other parts through [`Changed`], a list of functions filled in by `server/`
//! and called inside the transaction of the change: late invitations, withdrawals.

pub mod actions;
pub mod model;
pub mod store;

pub use crate::web::MemberId;
pub use actions::{Changed, MemberChanged, NewMember};
pub use model::{Member, Role, Status};
