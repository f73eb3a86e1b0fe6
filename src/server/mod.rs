//! Composition: which slice answers which address, which ticks run, how the server starts and stops.

pub mod jobs;
pub mod mailbox;
mod mails;
mod metrics;
mod open;
pub mod routes;
mod run;
mod stop;
mod talks;

pub use open::{build_app, build_app_with, open_app};
pub use run::{StartError, Starting, run, serve};
