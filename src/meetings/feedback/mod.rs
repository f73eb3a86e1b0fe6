//! Feedback after a meeting: at most five questions, answered by the link in a mail, without a name.
//!
//! A coordinator writes the questions, sees whom the mail reaches, and opens the form; it closes after a month, or by
//! hand. Whoever came is asked; where nobody is noted, whoever said yes or maybe (see `store::guests`).
//!
//! # Why nobody can be told by their answers
//! * That a link has answered, and what was answered, stand in two tables with nothing in common but the form.
//!   `feedback_links` has one mark, used or not, and no time; `feedback_answers` has a random id (UUIDv4, which unlike
//!   our other ids says nothing of when), no member, no time and no date: on a day with one answer a date is a name.
//! * Each answer stands alone: nothing ties what one person says to one question to what they say to the next.
//! * Databases remember the order of writing by themselves (SQLite's rowid, PostgreSQL's ctid and xmin). So each time
//!   somebody answers, all answers to the form are written anew in the order of new random ids: the order of the rows
//!   is chance, and all of them come from the last transaction. PostgreSQL may show in which order the links were
//!   used; there is nothing left to lay it beside.
//! * Nothing is written to the audit and no mail is sent when somebody answers. The desk says how many have, never who;
//!   once a form is closed, the marks are wiped.
//! * Results are shown from [`SHOWN_FROM`](model::SHOWN_FROM) answers on, a form that fewer people would get is not
//!   opened, and free text is shown in alphabetical order.
//!
//! What this cannot do: hide from somebody who compares copies of the database taken before and after one answer, or
//! who watches the results change while knowing who is answering at that moment; nor hide a style of writing, which
//! the page says to those who write.

mod actions;
mod form;
pub(super) mod http;
mod mail;
pub mod model;
pub mod store;

pub use actions::{FeedbackError, answer, close, forget_who_answered, member_changed, open, save_questions};
pub use mail::kinds as mail_kinds;
