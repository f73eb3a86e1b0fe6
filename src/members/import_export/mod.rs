//! Members in and out as files: what [`export()`] writes, [`import()`] reads back unchanged.

mod export;
mod import;
mod row;

pub use export::{Format, export};
pub use import::{ImportError, Options, Report, import};

/// The columns, in the order in which they are written.
const COLUMNS: [&str; 10] = [
    "name",
    "email",
    "affiliation",
    "country",
    "time_zone",
    "role",
    "interests",
    "joined_on",
    "directory",
    "announcements_consent",
];
