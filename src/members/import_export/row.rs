//! One row of a members' file: what it says, or what is wrong with it. No database here.

use crate::members::model::{AFFILIATION_LONGEST, INTERESTS_LONGEST, NAME_LONGEST, Role, tidy_interests};
use crate::platform::table::{self, Record, Table};
use crate::platform::text::country::Country;
use crate::platform::text::email_address::EmailAddress;
use crate::platform::text::{line, zone};

/// Where each field stands in the file.
pub(super) struct Columns {
    name: Option<usize>,
    email: Option<usize>,
    affiliation: Option<usize>,
    country: Option<usize>,
    time_zone: Option<usize>,
    role: Option<usize>,
    interests: Option<usize>,
    joined_on: Option<usize>,
    directory: Option<usize>,
    announcements: Option<usize>,
    /// Where and when it was given may stand under our own name only, as `export` writes it.
    has_consent_text: bool,
}

impl Columns {
    /// Finds the columns in common spellings; the error names the one that is missing.
    pub(super) fn of(table: &Table) -> Result<Columns, &'static str> {
        let columns = Columns {
            name: table.column("name"),
            email: table.column("email"),
            affiliation: table.column("affiliation"),
            country: table.column("country"),
            time_zone: table.column("time_zone"),
            role: table.column("role"),
            interests: table.column("interests"),
            joined_on: table.column("joined_on"),
            directory: table.column("directory"),
            announcements: table.column("announcements").or_else(|| table.column("consent")),
            has_consent_text: false,
        };
        let columns = Columns {
            has_consent_text: columns
                .announcements
                .and_then(|at| table.header.get(at))
                .is_some_and(|name| {
                    name.trim_start_matches('\u{FEFF}')
                        .eq_ignore_ascii_case("announcements_consent")
                }),
            ..columns
        };
        for (column, name) in [
            (columns.name, "name"),
            (columns.email, "email"),
            (columns.country, "country"),
        ] {
            if column.is_none() {
                return Err(name);
            }
        }
        Ok(columns)
    }
}

/// A sound row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    pub email: EmailAddress,
    pub name: String,
    pub affiliation: String,
    pub country: &'static str,
    pub time_zone: String,
    pub role: String,
    pub interests: String,
    /// ISO date; none: today.
    pub joined_on: Option<String>,
    pub is_listed: bool,
    pub announcements: Announcements,
}

/// What a row says of announcements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Announcements {
    /// Nothing: `--consent` decides.
    Untold,
    Refused,
    /// Agreed, without where and when.
    Agreed,
    AgreedBy(String),
}

/// A field and what is wrong with it.
pub(super) type Problem = (&'static str, String);

/// Reads a row; all that is wrong with it, in the order of the columns.
pub(super) fn read(columns: &Columns, record: &Record) -> Result<Row, Vec<Problem>> {
    let mut problems = Vec::new();
    // Cells are checked as they are: trimming first would hide a line break at an end.
    let raw = |column: Option<usize>| column.and_then(|c| record.cells.get(c)).map_or("", String::as_str);
    let mut take = |field: &'static str, parsed: Result<String, String>| {
        parsed.unwrap_or_else(|reason| {
            problems.push((field, reason));
            String::new()
        })
    };
    let name = take(
        "name",
        one_line(raw(columns.name), NAME_LONGEST).and_then(there("Write a name.")),
    );
    let email = EmailAddress::parse(raw(columns.email));
    take("email", email.as_ref().map(|_| String::new()).map_err(String::clone));
    let affiliation = take("affiliation", one_line(raw(columns.affiliation), AFFILIATION_LONGEST));
    let country = one_line(raw(columns.country), 200).and_then(|text| Country::parse(&text));
    take(
        "country",
        country.as_ref().map(|_| String::new()).map_err(String::clone),
    );
    let time_zone = take(
        "time_zone",
        match (one_line(raw(columns.time_zone), 100), &country) {
            (Ok(text), Ok(country)) if text.is_empty() => Ok(zone::default_zone_of(*country).to_owned()),
            (Ok(text), Err(_)) if text.is_empty() => Ok(String::new()),
            (Ok(text), _) => zone::zone_name(&text),
            (Err(reason), _) => Err(reason),
        },
    );
    let role = take("role", one_line(raw(columns.role), 100).and_then(|text| role(&text)));
    let interests = take(
        "interests",
        one_line(raw(columns.interests), INTERESTS_LONGEST).map(|text| tidy_interests(&text)),
    );
    let joined_on = take(
        "joined_on",
        one_line(raw(columns.joined_on), 100).and_then(|text| match text.as_str() {
            "" => Ok(text),
            given => table::date(given).map(|date| date.to_string()),
        }),
    );
    let is_listed = take(
        "directory",
        one_line(raw(columns.directory), 100).and_then(|text| match yes_or_no(&text) {
            Some(true) => Ok("yes".into()),
            Some(false) => Ok(String::new()),
            None if text.is_empty() => Ok(text),
            None => Err("Write yes or no.".into()),
        }),
    ) == "yes";
    let consent = take(
        "announcements_consent",
        one_line(raw(columns.announcements), 300).and_then(|text| {
            let is_known = text.is_empty() || yes_or_no(&text).is_some() || columns.has_consent_text;
            is_known.then_some(text).ok_or_else(|| "Write yes or no.".into())
        }),
    );
    let announcements = match yes_or_no(&consent) {
        Some(true) => Announcements::Agreed,
        Some(false) => Announcements::Refused,
        None if consent.is_empty() => Announcements::Untold,
        None => Announcements::AgreedBy(consent),
    };
    match (email, country) {
        (Ok(email), Ok(country)) if problems.is_empty() => Ok(Row {
            email,
            name,
            affiliation,
            country: country.code(),
            time_zone,
            role,
            interests,
            joined_on: Some(joined_on).filter(|date| !date.is_empty()),
            is_listed,
            announcements,
        }),
        _ => Err(problems),
    }
}

/// The address of a row, by which repeats are known even when something else in it is wrong.
pub(super) fn email_of(columns: &Columns, record: &Record) -> Option<EmailAddress> {
    EmailAddress::parse(record.cell(columns.email)).ok()
}

/// One line; spaces around it do not count, other white space does.
fn one_line(raw: &str, max: usize) -> Result<String, String> {
    line::one_line(raw.trim_matches(' '), max).and_then(|text| {
        if raw.trim_matches(' ').chars().any(line::is_control) {
            Err("Write this on one line, without line breaks or control characters.".into())
        } else {
            Ok(text)
        }
    })
}

fn there(otherwise: &'static str) -> impl Fn(String) -> Result<String, String> {
    move |text| {
        if text.is_empty() {
            Err(otherwise.into())
        } else {
            Ok(text)
        }
    }
}

fn role(text: &str) -> Result<String, String> {
    let folded = line::clean_line(text).to_lowercase().replace(['_', '-'], " ");
    if folded.is_empty() {
        return Ok(folded);
    }
    Role::parse(&folded).map(|role| role.to_string()).ok_or_else(|| {
        let known: Vec<&str> = Role::ALL.iter().map(Role::as_str).collect();
        format!("“{}” is none of: {}.", line::excerpt(text, 40), known.join(", "))
    })
}

pub(super) fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "yes" | "y" | "true" | "1" | "x" => Some(true),
        "no" | "n" | "false" | "0" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Result<Row, Vec<Problem>>> {
        let table = table::read(text.as_bytes()).unwrap();
        let columns = Columns::of(&table).unwrap();
        table.records.iter().map(|record| read(&columns, record)).collect()
    }

    #[test]
    fn a_row_is_read_in_the_spellings_of_spreadsheets() {
        let read = rows(
            "Full name;E-mail Address;Organisation;Country;Time zone;Role;Interests;Date joined\n\
             Ana;  Ana@example.org ;Trust;United Kingdom;GMT Standard Time;Link Worker;a ;b;03/04/2021\n\
             Ben;ben@example.org;;de;;;;\n",
        );
        let ana = read[0].as_ref().unwrap_err();
        assert_eq!(ana[0].0, "joined_on", "an unquoted semicolon shifts the row: {ana:?}");
        let ben = read[1].as_ref().unwrap();
        assert_eq!((ben.country, ben.time_zone.as_str()), ("DE", "Europe/Berlin"));
        assert_eq!(ben.joined_on, None);
        let read = rows(
            "name,email,country,role,interests,joined_on,directory,announcements_consent\n\
             \"=HYPERLINK(\"\"x\"\")\",ana@example.org,GB,Link_Worker,\" a;b ; ;c\",44289,Yes,agreed at the summer meeting\n",
        );
        let row = read[0].as_ref().unwrap();
        assert_eq!(row.name, "=HYPERLINK(\"x\")", "kept as text");
        assert_eq!((row.role.as_str(), row.interests.as_str()), ("link worker", "a; b; c"));
        assert_eq!(row.joined_on.as_deref(), Some("2021-04-03"));
        assert!(row.is_listed);
        assert_eq!(
            row.announcements,
            Announcements::AgreedBy("agreed at the summer meeting".into())
        );
    }

    #[test]
    fn everything_wrong_with_a_row_is_named() {
        let read = rows(
            "name,email,affiliation,country,time_zone,role,joined_on,directory\n\
             ,not-an-address,\"Trust\nSecond\",Atlantis,Mars/Base,wizard,yesterday,perhaps\n",
        );
        let fields: Vec<&str> = read[0].as_ref().unwrap_err().iter().map(|(field, _)| *field).collect();
        assert_eq!(
            fields,
            [
                "name",
                "email",
                "affiliation",
                "country",
                "time_zone",
                "role",
                "joined_on",
                "directory"
            ]
        );
    }

    #[test]
    fn only_a_yes_is_a_yes() {
        for (header, cell, expected) in [
            ("newsletter", "Yes", Some(Announcements::Agreed)),
            ("newsletter", "no", Some(Announcements::Refused)),
            ("Mailing list", "", Some(Announcements::Untold)),
            ("newsletter", "never", None),
            ("newsletter", "-", None),
            ("announcements", "unsubscribed", None),
            ("Consent", "No", Some(Announcements::Refused)),
            ("Consent", "n/a", None),
            (
                "announcements_consent",
                "form of 2025",
                Some(Announcements::AgreedBy("form of 2025".into())),
            ),
        ] {
            let read = rows(&format!("name,email,country,{header}\nAna,ana@example.org,GB,{cell}\n"));
            let said = read[0].as_ref().ok().map(|row| row.announcements.clone());
            assert_eq!(said, expected, "{header}: {cell}");
        }
    }

    #[test]
    fn a_line_break_at_the_end_of_a_name_is_one_too() {
        let read = rows("name,email,country\n\"Ana\r\n\",ana@example.org,GB\n");
        assert_eq!(read[0].as_ref().unwrap_err()[0].0, "name");
    }
}
