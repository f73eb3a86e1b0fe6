//! What an activity is, and what may stand in it; the same rules for forms and for files.

use jiff::civil::Date;

use super::links;
use crate::platform::clock::At;
use crate::platform::text::line::{clean_line, one_line, paragraphs};
use crate::{id, text_enum};

id!(
    /// An activity.
    ActivityId
);

text_enum! {
    /// How far an activity reaches.
    pub enum Scope {
        Local = "local",
        National = "national",
        International = "international",
    }
}

text_enum! {
    /// Whether the public sees it.
    pub enum Status {
        Draft = "draft",
        Published = "published",
    }
}

impl Scope {
    /// The word as a page shows it.
    pub fn label(self) -> &'static str {
        match self {
            Scope::Local => "Local",
            Scope::National => "National",
            Scope::International => "International",
        }
    }
}

/// Kinds that the form suggests; others may be written.
pub const KINDS: &[&str] = &[
    "study",
    "presentation",
    "funding",
    "publication",
    "knowledge exchange",
    "doctoral research",
    "event",
    "award",
    "other",
];

/// The fields that people fill in, as forms and files name them.
pub const FIELDS: &[&str] = &[
    "title",
    "scope",
    "kind",
    "body",
    "happened_on",
    "until",
    "period",
    "place",
    "people",
    "links",
];

/// An activity as the database holds it.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::activities)]
pub struct Activity {
    pub id: ActivityId,
    pub slug: String,
    pub scope: Scope,
    pub kind: String,
    pub title: String,
    /// Markdown
    pub body: String,
    /// ISO date
    pub happened_on: Option<String>,
    /// ISO date
    pub until: Option<String>,
    /// `2024–25`, where there is no date
    pub period: String,
    pub place: String,
    /// One a line, "Name (role)"
    pub people: String,
    /// One a line, "Label https://…"
    pub links: String,
    pub status: Status,
    /// When it was published first.
    pub published_at: Option<At>,
    pub created_at: At,
    pub updated_at: At,
}

/// The words of an activity, checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub scope: Scope,
    pub kind: String,
    pub title: String,
    pub body: String,
    pub happened_on: Option<String>,
    pub until: Option<String>,
    pub period: String,
    pub place: String,
    pub people: String,
    pub links: String,
}

/// What is wrong with a field, in a sentence.
pub type Problem = (&'static str, String);

impl Content {
    /// Checks what was typed; every problem is told at once.
    pub fn parse<'a>(get: impl Fn(&'static str) -> &'a str) -> Result<Content, Vec<Problem>> {
        let mut problems: Vec<Problem> = Vec::new();
        let mut line = |field: &'static str, max: usize, missing: &str| {
            let parsed = one_line(get(field), max).and_then(|text| match text.is_empty() && !missing.is_empty() {
                true => Err(missing.to_owned()),
                false => Ok(text),
            });
            parsed.unwrap_or_else(|text| {
                problems.push((field, text));
                String::new()
            })
        };
        let title = line("title", 200, "Give it a title.");
        let kind = line("kind", 40, "Say what kind of activity it is, such as study or event.").to_lowercase();
        let period = line("period", 40, "");
        let place = line("place", 200, "");
        let mut keep = |field: &'static str, parsed: Result<String, String>| {
            parsed.unwrap_or_else(|text| {
                problems.push((field, text));
                String::new()
            })
        };
        let body = keep(
            "body",
            match paragraphs(get("body"), 0, 20_000) {
                Ok(body) if body.is_empty() => Err("Tell what happened; a few sentences are enough.".to_owned()),
                other => other,
            },
        );
        let people = keep("people", people(get("people")));
        let links = keep("links", links::parse(get("links")));
        let happened_on = keep("happened_on", day(get("happened_on")));
        let until = keep("until", day(get("until")));
        if !until.is_empty() && happened_on.is_empty() {
            problems.push(("until", "Say also on which day it began.".into()));
        } else if !until.is_empty() && until < happened_on {
            problems.push(("until", "It cannot end before it began.".into()));
        }
        let scope = Scope::parse(get("scope").trim());
        if scope.is_none() {
            problems.push(("scope", "Choose local, national or international.".into()));
        }
        match (scope, problems.is_empty()) {
            (Some(scope), true) => Ok(Content {
                scope,
                kind,
                title,
                body,
                happened_on: Some(happened_on).filter(|day| !day.is_empty()),
                until: Some(until).filter(|day| !day.is_empty()),
                period,
                place,
                people,
                links,
            }),
            _ => Err(problems),
        }
    }
}

/// An ISO date, or nothing.
fn day(raw: &str) -> Result<String, String> {
    let raw = raw.trim();
    if raw.is_empty() {
        return Ok(String::new());
    }
    let date = crate::platform::table::date(raw)?;
    if date < Date::constant(1900, 1, 1) || date > Date::constant(2200, 1, 1) {
        return Err("Check the year of this date.".into());
    }
    Ok(date.to_string())
}

/// Names, one a line.
fn people(raw: &str) -> Result<String, String> {
    let lines: Vec<String> = raw.lines().map(clean_line).filter(|line| !line.is_empty()).collect();
    if lines.len() > 100 {
        return Err(format!("Name at most 100 people: you have {}.", lines.len()));
    }
    match lines.iter().position(|line| line.chars().count() > 200) {
        Some(at) => Err(format!("Line {}: write at most 200 characters.", at + 1)),
        None => Ok(lines.join("\n")),
    }
}

impl Activity {
    /// A new draft.
    pub fn new(content: Content, slug: String, now: At) -> Activity {
        Activity {
            id: ActivityId::new(),
            slug,
            scope: content.scope,
            kind: content.kind,
            title: content.title,
            body: content.body,
            happened_on: content.happened_on,
            until: content.until,
            period: content.period,
            place: content.place,
            people: content.people,
            links: content.links,
            status: Status::Draft,
            published_at: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub fn content(&self) -> Content {
        Content {
            scope: self.scope,
            kind: self.kind.clone(),
            title: self.title.clone(),
            body: self.body.clone(),
            happened_on: self.happened_on.clone(),
            until: self.until.clone(),
            period: self.period.clone(),
            place: self.place.clone(),
            people: self.people.clone(),
            links: self.links.clone(),
        }
    }

    /// The same activity with other words; none if not a word has changed.
    pub fn edited(&self, content: Content, now: At) -> Option<Activity> {
        if self.content() == content {
            return None;
        }
        Some(Activity {
            id: self.id.clone(),
            status: self.status,
            published_at: self.published_at,
            created_at: self.created_at,
            ..Activity::new(content, self.slug.clone(), now)
        })
    }

    /// Published now; whoever saw it before it was withdrawn sees the same date again.
    pub fn published(self, now: At) -> Activity {
        Activity {
            status: Status::Published,
            published_at: self.published_at.or(Some(now)),
            ..self
        }
    }

    /// A draft again.
    pub fn withdrawn(self) -> Activity {
        Activity {
            status: Status::Draft,
            ..self
        }
    }

    pub fn is_published(&self) -> bool {
        self.status == Status::Published
    }

    /// What feeds and the sitemap call the last change: the last edit, never before it could be seen.
    pub fn changed_at(&self) -> At {
        self.published_at.map_or(self.updated_at, |at| at.max(self.updated_at))
    }

    /// Its public address.
    pub fn path(&self) -> String {
        format!("/activities/{}", self.slug)
    }

    /// Its page on the desk.
    pub fn desk_path(&self) -> String {
        format!("/coordinate/activities/{}", self.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(changes: &[(&'static str, &'static str)]) -> Result<Content, Vec<Problem>> {
        let base = [
            ("title", "A study"),
            ("scope", "local"),
            ("kind", "Study"),
            ("body", "Words."),
        ];
        let find = |name: &str| {
            changes
                .iter()
                .chain(&base)
                .find(|(n, _)| *n == name)
                .map_or("", |(_, v)| *v)
        };
        Content::parse(find)
    }

    #[test]
    fn each_wrong_field_is_named() {
        for (field, value) in [
            ("title", ""),
            ("title", "two\nlines"),
            ("scope", "global"),
            ("kind", ""),
            ("body", " \n "),
            ("happened_on", "soon"),
            ("until", "2027-01-01"),
            ("links", "x"),
        ] {
            let problems = content(&[(field, value)]).unwrap_err();
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert_eq!(problems[0].0, field);
        }
        let problems = content(&[("happened_on", "2027-01-02"), ("until", "2027-01-01")]).unwrap_err();
        assert_eq!(problems, [("until", "It cannot end before it began.".to_owned())]);
    }

    #[test]
    fn an_untouched_form_is_no_edit() {
        let now = At::from_unix(1_800_000_000);
        let first = Activity::new(content(&[]).unwrap(), "a-study".into(), now);
        assert!(first.edited(content(&[]).unwrap(), now).is_none());
        let later = At::from_unix(1_800_000_060);
        let edited = first.edited(content(&[("title", "Another")]).unwrap(), later).unwrap();
        assert_eq!(
            (edited.id, edited.slug, edited.updated_at),
            (first.id, first.slug, later)
        );
    }

    #[test]
    fn parsing_what_was_parsed_changes_nothing() {
        let once = content(&[
            ("people", " Ana  Bell (lead)\r\n\r\nBo "),
            ("body", "\n  code\r\n\nx  "),
        ])
        .unwrap();
        let again = Content::parse(|name| match name {
            "title" => &once.title,
            "scope" => once.scope.as_str(),
            "kind" => &once.kind,
            "body" => &once.body,
            "people" => &once.people,
            _ => "",
        });
        assert_eq!(again.as_ref(), Ok(&once));
        assert_eq!(once.people, "Ana Bell (lead)\nBo");
    }
}
