//! What the network did: local, national and international activities, as a journal, in feeds, as files.
//!
//! # Why
//! * A slug is made once, when the activity is written, and never changes: addresses are bookmarked and cited.
//! * `updated_at` is the last edit that changed a word. Publishing and withdrawing are no edits, and saving a form
//!   untouched is none: feed readers show an entry as new when this moves.
//! * A feed entry is known by `urn:uuid:` and the activity's id, which hold no web address that might change.

pub mod actions;
pub mod drafts;
mod feeds;
pub mod http;
pub mod import_export;
mod links;
pub mod model;
pub mod store;
mod views;

pub use model::{Activity, ActivityId, Scope};
pub use views::{Entry, entry};
