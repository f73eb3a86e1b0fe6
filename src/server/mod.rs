//! Composition: which slice answers which address, which ticks run, how the server starts and stops.

pub mod jobs;
pub mod mailbox;
pub mod routes;
mod run;

pub use run::{StartError, Starting, build_app, build_app_with, run};
