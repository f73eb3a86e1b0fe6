//! The one test binary: stories as a person would tell them, on whichever database `OXSOP_TEST_DATABASE` names
//! (empty: SQLite; `postgres://…/postgres`: a fresh database a story on that server).

mod support;

mod activities;
mod announcements;
mod architecture;
mod attendance;
mod believed;
mod bounces;
mod bulk;
mod calendars;
mod commands;
mod consent;
mod digest;
mod fair_hours;
mod feedback;
mod gate;
mod hostile;
mod import;
mod inbox;
mod invitations;
mod join;
mod join_desk;
mod mail_path;
mod mails;
mod materials;
mod meetings;
mod members;
mod outbox;
mod places;
mod polls;
mod preflight;
mod races;
mod reminders;
mod replies;
mod routes;
mod rsvp;
mod schema;
mod sign_in;
mod site;
mod subscribing;
mod templates;
mod together;
mod unsubscribe;
mod words;
mod year;
