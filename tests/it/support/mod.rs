//! What stories are told with: an application of their own, people who act, their mail.
#![allow(dead_code, unused_imports, reason = "each story uses its part")]

pub mod app;
pub mod dns;
pub mod people;
pub mod smtp;

pub use app::TestApp;
pub use people::{Actor, Page};
