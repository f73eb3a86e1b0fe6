//! The year's plan: a year's meetings in their order, the gaps by name, and last year's meetings copied as drafts.
//!
//! A year is named after the one in which it begins, on the day `network.year_starts` names. [`model`] holds what is
//! pure: the bounds of a year, its gaps, the day to which a copy moves.

mod actions;
mod copies;
mod http;
mod model;
mod picture;

pub use http::{copies_page, copy, page};
