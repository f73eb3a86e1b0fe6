//! Activities as files: what `export` writes, `import` reads back unchanged (JSON or CSV, the same keys).
//!
//! # Why
//! * A slug says which activity a row is. One that is there already is left as it is, so a file can be read twice.
//!   A row without a slug gets the one its title makes, the second of the same title in the file with a number.
//! * A row that does not say "published" becomes a draft: nothing is public that nobody published.

use std::collections::{HashMap, HashSet};

use serde::Serialize;

use super::model::{Activity, Content, Status};
use super::store;
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::table::{self, TableError};
use crate::platform::text::line::excerpt;
use crate::platform::text::slug;

/// The keys of a file, in the order of its columns.
const KEYS: &[&str] = &[
    "slug",
    "scope",
    "kind",
    "title",
    "body",
    "happened_on",
    "until",
    "period",
    "place",
    "people",
    "links",
    "status",
    "published_at",
];

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Json,
    Csv,
}

/// Why a file could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("This is no JSON list of activities: {0}.")]
    Json(String),
    #[error("The file has no column '{0}': its first line should name the columns, as `oxsop export activities` does.")]
    NoColumn(&'static str),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A row that was left out, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// `line 4` of a table, `entry 3` of a list.
    pub place: String,
    /// Each field that is wrong, and why.
    pub problems: Vec<(&'static str, String)>,
}

impl std::fmt::Display for Rejected {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let problems = self.problems.iter().map(|(field, reason)| format!("{field}: {reason}"));
        write!(f, "{}: {}", self.place, problems.collect::<Vec<_>>().join(" "))
    }
}

/// What became of the rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Slugs of the activities that are new.
    pub added: Vec<String>,
    /// Slugs of those that were there before and stay as they are.
    pub known: Vec<String>,
    pub rejected: Vec<Rejected>,
}

struct RawRow {
    place: String,
    values: HashMap<String, String>,
}

/// Reads a file (JSON if it begins with `[`, else a table) into the database; `is_dry_run` only says what would be.
pub fn import(tx: &mut Conn, ctx: &Ctx<'_>, by: &str, bytes: &[u8], is_dry_run: bool) -> Result<Report, ImportError> {
    let rows = match first_sign(bytes) {
        Some(b'[') => from_json(bytes)?,
        _ => from_table(bytes)?,
    };
    let mut report = Report::default();
    let (mut seen, mut titles) = (HashSet::new(), HashMap::<String, usize>::new());
    for row in rows {
        let activity = match parse(&row, ctx.now, &mut titles) {
            Ok(activity) => activity,
            Err(problems) => {
                let place = row.place;
                report.rejected.push(Rejected { place, problems });
                continue;
            }
        };
        if !seen.insert(activity.slug.clone()) {
            report.rejected.push(Rejected {
                place: row.place,
                problems: vec![(
                    "slug",
                    format!("“{}” stands in this file twice; the first counts.", activity.slug),
                )],
            });
        } else if store::is_slug_taken(tx, &activity.slug)? {
            report.known.push(activity.slug);
        } else {
            if !is_dry_run {
                store::insert(tx, &activity)?;
                if activity.is_published() {
                    ctx.touch_public();
                }
            }
            report.added.push(activity.slug);
        }
    }
    if !is_dry_run && !report.added.is_empty() {
        let detail = format!("{} new", report.added.len());
        audit::record(tx, ctx, by, "imported activities", "activities", &detail)?;
    }
    Ok(report)
}

fn first_sign(bytes: &[u8]) -> Option<u8> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.iter().copied().find(|b| !b.is_ascii_whitespace())
}

fn from_json(bytes: &[u8]) -> Result<Vec<RawRow>, ImportError> {
    if bytes.len() > table::LARGEST_FILE {
        return Err(TableError::TooLarge.into());
    }
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let list: Vec<serde_json::Map<String, serde_json::Value>> =
        serde_json::from_slice(bytes).map_err(|e| ImportError::Json(e.to_string()))?;
    if list.len() > table::MOST_RECORDS {
        return Err(TableError::TooManyRows.into());
    }
    let text = |value: serde_json::Value| match value {
        serde_json::Value::Null => String::new(),
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    };
    let row = |(index, object): (usize, serde_json::Map<_, _>)| RawRow {
        place: format!("entry {}", index + 1),
        values: object.into_iter().map(|(key, value)| (key, text(value))).collect(),
    };
    Ok(list.into_iter().enumerate().map(row).collect())
}

fn from_table(bytes: &[u8]) -> Result<Vec<RawRow>, ImportError> {
    let table = table::read(bytes)?;
    let columns: Vec<(&'static str, usize)> = KEYS
        .iter()
        .filter_map(|key| table.column(key).map(|column| (*key, column)))
        .collect();
    for needed in ["title", "scope", "kind", "body"] {
        if !columns.iter().any(|(key, _)| *key == needed) {
            return Err(ImportError::NoColumn(needed));
        }
    }
    let row = |record: table::Record| RawRow {
        place: format!("line {}", record.line),
        values: columns
            .iter()
            .filter_map(|(key, column)| Some((key.to_string(), record.cells.get(*column)?.clone())))
            .collect(),
    };
    Ok(table.records.into_iter().map(row).collect())
}

fn parse(row: &RawRow, now: At, titles: &mut HashMap<String, usize>) -> Result<Activity, Vec<(&'static str, String)>> {
    let get = |key: &str| row.values.get(key).map(String::as_str).unwrap_or_default();
    let content = Content::parse(|field| get(field));
    let mut problems = content.as_ref().err().cloned().unwrap_or_default();
    let status = match get("status").trim() {
        "" => Ok(Status::Draft),
        word => Status::parse(&word.to_lowercase())
            .ok_or_else(|| format!("“{}” is neither draft nor published.", excerpt(word, 30))),
    };
    let published_at = published_at(get("published_at"), now);
    let slug = match get("slug").trim() {
        "" => {
            let base = slug::slug(get("title"));
            let count = titles.entry(base.clone()).or_insert(0);
            *count += 1;
            Ok(if *count == 1 {
                base
            } else {
                slug::with_number(&base, *count)
            })
        }
        given if slug::slug(given) == given => Ok(given.to_owned()),
        given => Err(format!(
            "“{}” should be small letters, digits and hyphens.",
            excerpt(given, 30)
        )),
    };
    match (content, status, published_at, slug) {
        (Ok(content), Ok(status), Ok(published_at), Ok(slug)) => {
            let written = published_at.unwrap_or(now);
            let activity = Activity {
                published_at,
                created_at: now,
                ..Activity::new(content, slug, written)
            };
            Ok(match status {
                Status::Published => activity.published(now),
                Status::Draft => activity,
            })
        }
        (_, status, published_at, slug) => {
            problems.extend(status.err().map(|text| ("status", text)));
            problems.extend(published_at.err().map(|text| ("published_at", text)));
            problems.extend(slug.err().map(|text| ("slug", text)));
            Err(problems)
        }
    }
}

fn published_at(raw: &str, now: At) -> Result<Option<At>, String> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Ok(None);
    }
    let at = At::parse(raw)
        .or_else(|_| match table::date(raw) {
            Ok(date) => At::parse(&format!("{date}T00:00:00Z")).map_err(|e| e.to_string()),
            Err(text) => Err(text),
        })
        .map_err(|_| {
            format!(
                "“{}” is no instant: write it as 2025-03-19T08:00:00Z.",
                excerpt(raw, 30)
            )
        })?;
    if at > now {
        return Err("This lies in the future; publish it when the time has come.".into());
    }
    Ok(Some(at))
}

#[derive(Serialize)]
struct Out<'a> {
    slug: &'a str,
    scope: &'a str,
    kind: &'a str,
    title: &'a str,
    body: &'a str,
    happened_on: Option<&'a str>,
    until: Option<&'a str>,
    period: &'a str,
    place: &'a str,
    people: &'a str,
    links: &'a str,
    status: &'a str,
    published_at: Option<At>,
}

fn out(activity: &Activity) -> Out<'_> {
    Out {
        slug: &activity.slug,
        scope: activity.scope.as_str(),
        kind: &activity.kind,
        title: &activity.title,
        body: &activity.body,
        happened_on: activity.happened_on.as_deref(),
        until: activity.until.as_deref(),
        period: &activity.period,
        place: &activity.place,
        people: &activity.people,
        links: &activity.links,
        status: activity.status.as_str(),
        published_at: activity.published_at,
    }
}

/// Every activity, drafts too, as a file.
pub fn export(conn: &mut Conn, format: Format) -> Result<String, DbError> {
    let mut all = store::all(conn)?;
    // Sorted here: the two databases disagree on where a missing date stands.
    all.sort_by(|a, b| (a.published_at, &a.slug).cmp(&(b.published_at, &b.slug)));
    Ok(match format {
        Format::Json => {
            let list: Vec<Out<'_>> = all.iter().map(out).collect();
            let text = serde_json::to_string_pretty(&list).map_err(|e| DbError::Cut(e.to_string()))?;
            text + "\n"
        }
        Format::Csv => table::write(
            KEYS,
            all.iter().map(|activity| {
                let out = out(activity);
                [
                    out.slug.to_owned(),
                    out.scope.to_owned(),
                    out.kind.to_owned(),
                    out.title.to_owned(),
                    out.body.to_owned(),
                    out.happened_on.unwrap_or_default().to_owned(),
                    out.until.unwrap_or_default().to_owned(),
                    out.period.to_owned(),
                    out.place.to_owned(),
                    out.people.to_owned(),
                    out.links.to_owned(),
                    out.status.to_owned(),
                    out.published_at.map(|at| at.to_string()).unwrap_or_default(),
                ]
            }),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_every_field_of_the_form() {
        assert!(
            crate::activities::model::FIELDS
                .iter()
                .all(|field| KEYS.contains(field))
        );
    }

    #[test]
    fn publication_is_an_instant_or_a_day_in_the_past() {
        let now = At::from_unix(1_800_000_000);
        assert_eq!(published_at("", now), Ok(None));
        assert_eq!(
            published_at("2025-03-19", now),
            published_at("2025-03-19T00:00:00Z", now)
        );
        assert!(published_at("2999-01-01T00:00:00Z", now).is_err());
        assert!(published_at("soon", now).unwrap_err().contains("soon"));
    }
}
