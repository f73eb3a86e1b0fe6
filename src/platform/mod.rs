//! Mechanisms: they know no feature of the product and no HTTP.

pub mod app;
pub mod audit;
pub mod clock;
pub mod config;
pub mod db;
pub mod dns;
pub mod feed;
pub mod ical;
pub mod inbound;
pub mod mail;
pub mod qr;
pub mod render;
pub mod secret;
pub mod table;
pub mod telemetry;
pub mod text;
