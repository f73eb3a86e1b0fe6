//! Taking members in from a file: one transaction, no mail, and a line about every row that stayed out.
//!
//! # Why
//! * Nobody is mailed and the meetings are not told: an import moves records, it invites nobody.
//! * A known address is left as it is, so running a file twice changes nothing.
//! * Somebody who left is not brought back by a file; they ask to join again.
//! * What a file says of the directory counts (it is what `export` writes); `--consent` is for announcements only,
//!   and never overrides a "no" in the file.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use super::COLUMNS;
use super::row::{self, Announcements, Columns, Row};
use crate::members::actions::{NewMember, add};
use crate::members::{Status, store};
use crate::platform::app::{App, Ctx};
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::platform::table::{self, LARGEST_FILE, Record, Table, TableError};
use crate::platform::text::{line, zone};

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only say what would happen.
    pub is_dry_run: bool,
    /// Where and when those without a word of their own agreed to announcements; empty: they did not.
    pub consent: String,
    /// Who imports, for the records.
    pub by: String,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// One line a row that was not added: `line 4: email: …`.
    pub lines: Vec<String>,
    pub added: usize,
    pub already_members: usize,
    pub rejected: usize,
}

/// Why nothing at all was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("the file has no column for '{0}'; its first line should name the columns, such as {columns}", columns = COLUMNS.join(","))]
    Column(&'static str),
    #[error("the file is not the JSON that export writes: {0}")]
    Json(String),
    #[error("the consent text is not right: {0}")]
    Consent(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Imports a file (CSV as spreadsheets save it, or JSON as `export` writes it).
pub fn import(app: &App, bytes: &[u8], file_name: &str, options: &Options) -> Result<Report, ImportError> {
    let without_mark = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let table = if without_mark.trim_ascii_start().first() == Some(&b'[') {
        from_json(without_mark)?
    } else {
        table::read(bytes)?
    };
    let columns = Columns::of(&table).map_err(ImportError::Column)?;
    let consent = consent_text(&options.consent)?;
    let file = line::excerpt(file_name, 100);
    let work = |conn: &mut Conn, ctx: Option<&Ctx<'_>>| -> Result<Report, ImportError> {
        let mut report = Report::default();
        let mut seen: HashMap<String, usize> = HashMap::new();
        for record in &table.records {
            let line = record.line;
            let key = row::email_of(&columns, record).map(|email| email.key());
            let first = key.and_then(|key| match seen.entry(key) {
                Entry::Occupied(known) => Some(*known.get()),
                Entry::Vacant(free) => {
                    free.insert(line);
                    None
                }
            });
            let row = match row::read(&columns, record) {
                Err(problems) => {
                    let said: Vec<String> = problems.iter().map(|(field, why)| format!("{field}: {why}")).collect();
                    report.reject(line, &said.join(" "));
                    continue;
                }
                Ok(row) => match first {
                    Some(first) => {
                        let why = format!("email: Line {first} has this address too; write it once.");
                        report.reject(line, &why);
                        continue;
                    }
                    None => row,
                },
            };
            match store::by_email(conn, row.email.as_str())?.map(|member| member.status) {
                Some(Status::Active) => {
                    report.already_members += 1;
                    report
                        .lines
                        .push(format!("line {line}: email: {} is already a member", row.email));
                }
                Some(Status::Left) => {
                    report.reject(
                        line,
                        "email: This person has left the network and would have to ask to join again.",
                    );
                }
                None => {
                    if let Some(ctx) = ctx {
                        let member = add(conn, ctx, &new_member(ctx, row, &consent, &file, &options.by))?;
                        let (about, detail) = (format!("member:{}", member.id), format!("from {file}"));
                        audit::record(conn, ctx, &options.by, "imported the member", &about, &detail)?;
                    }
                    report.added += 1;
                }
            }
        }
        if let Some(ctx) = ctx {
            let detail = format!(
                "{file}: {} added, {} already members, {} rejected",
                report.added, report.already_members, report.rejected
            );
            audit::record(conn, ctx, &options.by, "imported members", "import", &detail)?;
        }
        Ok(report)
    };
    if options.is_dry_run {
        app.db.read(|conn| work(conn, None))
    } else {
        app.write_now(|tx, ctx| work(tx, Some(ctx)))
    }
}

/// Where and when people agreed; "yes" says neither.
fn consent_text(given: &str) -> Result<String, ImportError> {
    let text = line::one_line(given, 300).map_err(ImportError::Consent)?;
    if row::yes_or_no(&text).is_some() {
        let why = "say where and when it was given, such as --consent \"membership form, March 2026\"; leave it out if nobody agreed";
        return Err(ImportError::Consent(why.into()));
    }
    Ok(text)
}

impl Report {
    fn reject(&mut self, line: usize, what: &str) {
        self.rejected += 1;
        self.lines.push(format!("line {line}: {what}"));
    }
}

fn new_member(ctx: &Ctx<'_>, row: Row, consent: &str, file: &str, by: &str) -> NewMember {
    let today = ctx
        .now
        .in_zone(&zone::time_zone(&ctx.app.config.network.time_zone))
        .date();
    let announcements_consent = match row.announcements {
        Announcements::Refused => String::new(),
        Announcements::AgreedBy(text) => text,
        Announcements::Untold => consent.to_owned(),
        Announcements::Agreed if consent.is_empty() => format!("as {file} says, imported on {today}"),
        Announcements::Agreed => consent.to_owned(),
    };
    NewMember {
        email: row.email.as_str().to_owned(),
        name: row.name,
        affiliation: row.affiliation,
        country: row.country.to_owned(),
        time_zone: row.time_zone,
        role: row.role,
        interests: row.interests,
        joined_on: row.joined_on.unwrap_or_else(|| today.to_string()),
        is_listed: row.is_listed,
        announcements_consent,
        confirmed_by: format!("import of {file} by {by}"),
    }
}

/// JSON as `export` writes it: a list of objects, one a line, all values text.
fn from_json(bytes: &[u8]) -> Result<Table, ImportError> {
    if bytes.len() > LARGEST_FILE {
        return Err(TableError::TooLarge.into());
    }
    let objects: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(bytes).map_err(|e| ImportError::Json(e.to_string()))?;
    let header: Vec<String> = COLUMNS.iter().map(|name| (*name).to_owned()).collect();
    let cell = |object: &serde_json::Map<String, serde_json::Value>, name: &str| match object.get(name) {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(serde_json::Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let records = objects.iter().enumerate().map(|(index, object)| Record {
        line: index + 2,
        cells: COLUMNS.iter().map(|name| cell(object, name)).collect(),
    });
    Ok(Table {
        records: records.collect(),
        header,
    })
}
