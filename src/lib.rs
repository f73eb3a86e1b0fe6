//! OXSOP's platform: a research network of about 250 people, their meetings, calendars, activities and mail.
pub mod activities;
pub mod cli;
pub mod join;
pub mod meetings;
pub mod members;
pub mod platform;
pub mod server;
pub mod site;
pub mod web;
