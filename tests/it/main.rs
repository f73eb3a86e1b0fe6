//! The one test binary: stories as a person would tell them, on whichever database `OXSOP_TEST_DATABASE` names
//! (empty: SQLite; `postgres://…/postgres`: a fresh database a story on that server).

mod support;

mod activities;
mod architecture;
mod bounces;
mod calendars;
mod commands;
mod consent;
mod digest;
mod gate;
mod hostile;
mod import;
mod inbox;
mod invitations;
mod join;
mod join_desk;
mod mail_path;
mod mails;
mod meetings;
mod members;
mod outbox;
mod races;
mod reminders;
mod replies;
mod routes;
mod rsvp;
mod schema;
mod sign_in;
mod site;
mod templates;
mod unsubscribe;
