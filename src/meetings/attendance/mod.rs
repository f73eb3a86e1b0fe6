//! Own joining links, and who came.
//!
//! With own links switched on, every place that shows a member the joining link shows `/meetings/{slug}/join/{token}`
//! instead: theirs alone, derived from their invitation ([`link_for`]). The page there ([`model::door`]) opens 30
//! minutes before the start and shows a button; the press notes that they came and leads to the real link, as it then
//! is. Coordinators tick who came, or take it in from the report of a conferencing tool ([`report`], [`matching`]).
//!
//! # Why
//! * The page first and then a press: programs that scan mail open every link, and are no attendees.
//! * The link is found through the meeting as it is at the press, so a meeting that moved opens at its new hour, and a
//!   joining link that was replaced needs no update in anybody's calendar (see [`super::invitations`]).
//! * It stays open half an hour past the end: meetings run over, and connections drop.
//! * It is dead for those who left or whose invitation was withdrawn. It is not stored: whoever reads the database
//!   cannot join in a member's name. A link from an old mail still leads on after own links were switched off, for a
//!   member who holds nothing newer must not stand outside.
//! * The first note of a person stays, whichever way the next one comes. What a coordinator ticks is saved as the
//!   difference from what the page showed, so two who tick at once do not undo each other.
//! * Where somebody left, their note stays with their answer for as long as that does, and pages count it without a
//!   name.

pub mod actions;
mod http;
pub mod import;
pub mod matching;
pub mod model;
pub mod report;
pub mod store;

pub(super) use http::routes;
pub(super) use model::{link_for, link_on_page};
pub use store::{attended, has_come};
