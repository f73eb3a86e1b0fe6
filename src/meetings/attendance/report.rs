//! The report of a conferencing tool on who was there, read into rows. Nothing is looked up here.
//!
//! * Zoom: comma, some lines about the meeting, then `Name (original name),User email,Join time,…,Duration (minutes)`
//! * Microsoft Teams: tab, UTF-16, sections `1. Summary`, `2. Participants`, `3. In-Meeting Activities`; the second
//!   counts (older ones: `Full Name`, `Join Time`, …, without numbers)
//! * Google Meet: `First name,Last name,Email,Duration,Time joined,Time exited`
//!
//! All are found by their columns, not by who wrote them: the first line that names a person's name and something of
//! their visit begins the table, the next section ends it. So a table of one's own with `name` and `email` is read too.

use crate::platform::table::{self, LARGEST_FILE, Record, TableError, header_key};
use crate::platform::text::email_address::EmailAddress;
use crate::platform::text::line::{clean_line, excerpt};

/// One visit: somebody who leaves and comes back has several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visit {
    /// The line in the report; the first is 1.
    pub line: usize,
    /// The name as the report has it, on one line.
    pub name: String,
    pub email: Option<EmailAddress>,
    pub minutes: Option<u32>,
}

/// Why a report cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReportError {
    #[error("There is nothing here yet: paste the whole report, with the line that names its columns.")]
    Empty,
    #[error(
        "No line here names the columns. Paste the whole report: one of its lines should hold a word such as “Name” and another such as “Email” or “Join time”."
    )]
    NoHeader,
    #[error(transparent)]
    Table(#[from] TableError),
}

/// The visits in a report, in its order.
pub fn read(bytes: &[u8]) -> Result<Vec<Visit>, ReportError> {
    if bytes.len() > LARGEST_FILE {
        return Err(TableError::TooLarge.into());
    }
    let text = table::decode(bytes).ok_or(TableError::NotText)?;
    if text.trim().is_empty() {
        return Err(ReportError::Empty);
    }
    let (lines_before, section) = participants(&text).ok_or(ReportError::NoHeader)?;
    let table = table::read(section.as_bytes())?;
    let columns = Columns::of(&table.header).ok_or(ReportError::NoHeader)?;
    let visits = table.records.iter();
    Ok(visits.map(|record| columns.visit(record, lines_before)).collect())
}

/// The table of people in a report, and how many lines stand before it.
fn participants(text: &str) -> Option<(usize, &str)> {
    let mut begin: Option<(usize, usize)> = None;
    let mut at = 0;
    for (number, line) in text.split_inclusive('\n').enumerate() {
        match begin {
            None if Columns::of(&cells(line)).is_some() => begin = Some((number, at)),
            Some((before, from)) if is_section_title(line) => return Some((before, &text[from..at])),
            _ => {}
        }
        at += line.len();
    }
    begin.map(|(before, from)| (before, &text[from..]))
}

/// "3. In-Meeting Activities": a number, a full stop and nothing in other columns.
fn is_section_title(line: &str) -> bool {
    let title = line.trim();
    let number = title.split('.').next().unwrap_or_default();
    let is_number = (1..=2).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit());
    is_number && title[number.len()..].starts_with(". ") && !title.contains(['\t', ',', ';'])
}

/// A line at whatever parts it most often.
fn cells(line: &str) -> Vec<String> {
    let count = |sign: char| line.matches(sign).count();
    let sign = [',', ';', '\t']
        .into_iter()
        .max_by_key(|sign| count(*sign))
        .unwrap_or(',');
    let cell = |cell: &str| cell.trim().trim_matches('"').to_owned();
    line.split(sign).map(cell).collect()
}

/// Where the columns stand that tell who it was and for how long.
#[derive(Debug, Default)]
struct Columns {
    name: Option<usize>,
    first_name: Option<usize>,
    last_name: Option<usize>,
    email: Option<usize>,
    /// Teams writes the sign-in name, mostly an address, beside an e-mail address that may be missing.
    sign_in: Option<usize>,
    duration: Option<usize>,
}

const NAMES: &[&str] = &[
    "name",
    "name_original_name",
    "user_name",
    "participant",
    "participant_name",
    "attendee",
    "attendee_name",
];

impl Columns {
    /// `None` unless one column names a person and another says something of their visit.
    fn of(header: &[String]) -> Option<Columns> {
        let mut columns = Columns::default();
        let mut has_visit = false;
        for (at, title) in header.iter().enumerate() {
            let key = header_key(title);
            let place = match key.as_str() {
                name if NAMES.contains(&name) => &mut columns.name,
                "first_name" | "given_name" => &mut columns.first_name,
                "last_name" | "surname" | "family_name" => &mut columns.last_name,
                key if key.contains("email") => &mut columns.email,
                key if key.contains("upn") => &mut columns.sign_in,
                key if key.contains("duration") || key.contains("time_in_") => &mut columns.duration,
                key => {
                    has_visit = has_visit || ["join", "leave", "exited"].iter().any(|word| key.contains(word));
                    continue;
                }
            };
            place.get_or_insert(at);
        }
        has_visit = has_visit || columns.email.is_some() || columns.sign_in.is_some() || columns.duration.is_some();
        let has_name = columns.name.is_some() || columns.first_name.is_some();
        (has_name && has_visit).then_some(columns)
    }

    fn visit(&self, record: &Record, lines_before: usize) -> Visit {
        let parts = [self.name, self.first_name, self.last_name].map(|column| record.cell(column));
        let email = |column| EmailAddress::parse(record.cell(column)).ok();
        Visit {
            line: record.line + lines_before,
            name: excerpt(&parts.join(" "), 200),
            email: email(self.email).or_else(|| email(self.sign_in)),
            minutes: minutes(record.cell(self.duration)),
        }
    }
}

/// "52", "1h 2m 3s", "45 min", "1 hr 5 min", "00:52:10" as whole minutes.
fn minutes(text: &str) -> Option<u32> {
    let text = clean_line(text).to_lowercase();
    if let Ok(minutes) = text.parse() {
        return Some(minutes);
    }
    let parts: Option<Vec<u32>> = text.split(':').map(|part| part.trim().parse().ok()).collect();
    if let Some([hours, minutes, _]) = parts.as_deref() {
        return hours.checked_mul(60)?.checked_add(*minutes);
    }
    let (mut seconds, mut number, mut is_any) = (0u32, String::new(), false);
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '0'..='9' => number.push(c),
            'h' | 'm' | 's' if !number.is_empty() => {
                let unit = match c {
                    'h' => 3_600,
                    'm' => 60,
                    _ => 1,
                };
                seconds = seconds.checked_add(number.parse::<u32>().ok()?.checked_mul(unit)?)?;
                (number, is_any) = (String::new(), true);
                while letters.next_if(|c| c.is_alphabetic()).is_some() {}
            }
            c if c.is_whitespace() => {}
            _ => return None,
        }
    }
    is_any.then_some(seconds / 60)
}

/// The names that a report's name may stand for: whole, and without or inside the parentheses that tools add
/// ("A. Sample (Ana Sample)", "Ana Sample (Guest)").
pub fn spellings(name: &str) -> Vec<&str> {
    let mut spellings = vec![name];
    if let Some((before, rest)) = name.split_once('(') {
        let inside = rest.split(')').next().unwrap_or_default();
        spellings.extend(
            [before.trim(), inside.trim()]
                .into_iter()
                .filter(|part| !part.is_empty()),
        );
    }
    spellings
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
