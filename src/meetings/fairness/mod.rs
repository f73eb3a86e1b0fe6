//! Fair hours: what each hour of the day would cost the members on their own clocks, what they have borne already, and
//! a rotation in which no clock is always the one awake.
//!
//! [`measure`] says what a meeting costs one person, [`clocks`] whose clocks agree and when they disagree, [`hours`]
//! weighs every hour of the day, [`ledger`] the meetings of the past, [`rotation`] proposes the hours of a year.
//! All of these are pure; [`store`] reads who is where, `http` shows the page. Nothing here changes anything: a
//! proposal leads to the form of a new meeting.

mod clocks;
mod hours;
mod http;
mod ledger;
mod measure;
mod rotation;
mod store;

pub use http::page;
