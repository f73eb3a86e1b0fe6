//! OXSOP's platform: a research network of about 250 people, their meetings, calendars, activities and mail.
//!
//! # What it does
//! * **Prospective members** apply with a reason, prove their address, and get a kind, clear answer ([`join`]).
//! * **Coordinators** review, decide, schedule meetings, publish activities, and see who was told what.
//! * **Members** find every meeting in their own calendar at the right hour, moved when it moves, gone when it is
//!   cancelled, and answer from the mail or the page ([`meetings`]). Those who asked for it get what the network writes
//!   to many ([`announcements`]).
//!
//! # The house
//! A part uses what stands below it: never up, never sideways. `tests/it/architecture.rs` holds it to that.
//!
//! ```text
//! main → cli → server → site → { inbox, digest } → { join, meetings, announcements, activities } → members → web → platform
//! ```
//!
//! * [`platform`]: mechanisms that know no feature and no HTTP: database, mail, templates, calendars, feeds, secrets.
//! * [`web`]: our actix kit: sessions, guards, forms, errors as pages, the byte cache.
//! * [`members`], [`join`], [`meetings`], [`announcements`], [`activities`]: the network's nouns. In each: `model` (what it is, pure rules),
//!   `store` (the database), `actions` (every change, with its mails and its audit line in one transaction), `mail` and
//!   `calendar` (build messages, never load, never send), `http` (take in, do one thing, answer).
//! * [`inbox`]: mail that comes in, handed to whom it concerns; letters stand there for coordinators.
//! * [`digest`]: one mail with what is new to those who want it: reads activities and meetings, so it stands above them.
//! * [`site`]: the public face and the coordinators' desk: reads everything, owns nothing.
//! * [`server`]: which slice answers which address, which ticks run, start and stop. [`cli`]: a thin file a command.
//!
//! # Glossary
//! * **request**: an application to join; *unconfirmed* until its address is proved, then it *waits* in the queue.
//! * **invitation**: one member's part in one meeting: what was sent to them, and their answer.
//! * **place**: what a yes takes where a meeting has a limit; who finds none *waits* in line until one is *offered*.
//! * **SEQUENCE**, **DTSTAMP**, **UID**, **PARTSTAT**: as in RFC 5545 and 5546; see [`meetings`].
//! * **outbox**: rendered mails that wait, written in the transaction of the change that causes them.
//! * **elevated**: a coordinator's session in which the password was given.

pub mod activities;
pub mod announcements;
pub mod cli;
pub mod digest;
pub mod inbox;
pub mod join;
pub mod meetings;
pub mod members;
pub mod platform;
pub mod server;
pub mod site;
pub mod web;
