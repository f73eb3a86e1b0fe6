//! A member's own calendar address: what is shown there, which programs fetch it, and a new address.
//!
//! The feed itself is written by the meetings; what a member decides about it is kept here.
//!
//! # Why
//! * **The choice stays with the member, not in the address.** A calendar is subscribed to once and forgotten; with
//!   `?only=yes` in the address a change of mind would mean to subscribe again in each program. So one address follows
//!   every later choice. What would change it: members who want two calendars that differ.
//! * **A fetch is noted by family of program, never by User-Agent or internet address.** A member learns whether their
//!   Google looks at all, and nobody learns where they are (TRUST S23). One row a family, the last time only, written at
//!   most once an hour and after the reply has been decided, so that a feed stays as cheap as a read.
//! * **A new address forgets the fetches**: they were of the old one.

pub mod actions;
pub mod http;
pub mod model;
pub mod store;
mod views;

pub use model::{Program, Shows};
pub use store::Own;
pub use views::{FetchView, Standing};
