//! Taking in a conferencing tool's report by command: those it names by address, and by name where that is asked for.

use std::collections::BTreeSet;

use super::actions::{AttendanceError, closed, save_import};
use super::matching::{Found, matched};
use super::report::{self, ReportError};
use crate::meetings::store as meetings;
use crate::members;
use crate::platform::app::App;
use crate::platform::db::DbError;

/// How to import.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// Only say what would happen.
    pub is_dry_run: bool,
    /// Believe names that one member alone has, too.
    pub by_name: bool,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// One line a visit that was not taken in: `line 4: …`.
    pub lines: Vec<String>,
    pub added: usize,
    pub noted_before: usize,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error("there is no meeting '{0}': give the last part of its page’s address")]
    NoMeeting(String),
    #[error(transparent)]
    Report(#[from] ReportError),
    #[error(transparent)]
    Attendance(#[from] AttendanceError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Notes who came to the meeting with this slug, as the report says.
pub fn import(app: &App, slug: &str, bytes: &[u8], options: Options) -> Result<Report, ImportError> {
    let visits = report::read(bytes)?;
    app.write_now(|tx, ctx| {
        let meeting = meetings::by_slug(tx, slug)?.ok_or_else(|| ImportError::NoMeeting(slug.to_owned()))?;
        if let Some(why) = closed(&meeting, ctx.now) {
            return Err(why.into());
        }
        let found = matched(&visits, &members::store::active(tx)?);
        let mut report = Report::default();
        let mut came: Vec<&Found> = found.by_email.iter().collect();
        for one in &found.by_name {
            if options.by_name {
                came.push(one);
            } else {
                let why = format!("{} is a member’s name; believe it with --by-name", one.written);
                report.lines.push(format!("{}: {why}", lines(&one.lines)));
            }
        }
        for one in &found.strangers {
            report
                .lines
                .push(format!("{}: {}: {}", lines(&one.lines), one.written, one.why));
        }
        let came: BTreeSet<_> = came.into_iter().map(|one| one.member.clone()).collect();
        let noted = super::store::noted(tx, &meeting.id)?;
        report.noted_before = came.iter().filter(|member| noted.contains_key(member)).count();
        report.added = if options.is_dry_run {
            came.len() - report.noted_before
        } else {
            save_import(tx, ctx, "command", &meeting.id, &came)?.1
        };
        Ok(report)
    })
}

/// "line 4", "lines 4, 7".
pub fn lines(numbers: &[usize]) -> String {
    let word = if numbers.len() == 1 { "line" } else { "lines" };
    let numbers: Vec<String> = numbers.iter().map(usize::to_string).collect();
    format!("{word} {}", numbers.join(", "))
}
