//! The conditions as the page draws them, and what there is to choose from.

use serde::Serialize;

use super::super::store::{self, Saved};
use super::{Form, MOST_GROUPS, MOST_ROWS, Row, name};
use crate::members::{self, Role};
use crate::platform::db::{Conn, DbError};
use crate::platform::text::country::Country;
use crate::platform::text::line;
use crate::platform::text::zone::short_date_at;
use crate::web::Choice;

impl Form {
    /// What the page draws; always with a row to begin with.
    pub fn view(&self, choices: &Choices, problems: &[(String, String)]) -> FormView {
        let mut form = self.clone();
        if form.groups.is_empty() {
            form.add_group();
        }
        let error = |name: &str| {
            let found = problems.iter().find(|(field, _)| field == name);
            found.map(|(_, text)| text.clone())
        };
        let row = |g: usize, r: usize, row: &Row| RowView {
            number: r + 1,
            is_name: name(g, r, "is"),
            is_choices: vec![
                Choice::new("with", "With", if row.is_without { "without" } else { "with" }),
                Choice::new("without", "Without", if row.is_without { "without" } else { "with" }),
            ],
            what_name: name(g, r, "what"),
            what_error: error(&name(g, r, "what")),
            kinds: choices.kinds(&row.what),
            word_name: name(g, r, "word"),
            word: row.word.clone(),
            word_error: error(&name(g, r, "word")),
        };
        let has_several = form.groups.len() > 1;
        let groups = form.groups.iter().enumerate().map(|(g, group)| GroupView {
            number: g + 1,
            has_several,
            how_name: format!("group_{}_how", g + 1),
            how: both_ways(group.is_any, "All of these hold", "Any of these holds"),
            rows: group.rows.iter().enumerate().map(|(r, one)| row(g, r, one)).collect(),
            can_grow: group.rows.len() < MOST_ROWS,
        });
        FormView {
            groups: groups.collect(),
            has_several,
            how: both_ways(form.is_any, "Those in all of the groups", "Those in any of the groups"),
            can_grow: form.groups.len() < MOST_GROUPS,
        }
    }
}

fn both_ways(is_any: bool, all: &str, any: &str) -> Vec<Choice> {
    let chosen = if is_any { "any" } else { "all" };
    vec![Choice::new("all", all, chosen), Choice::new("any", any, chosen)]
}

/// What there is to choose from.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    /// Code and name, of the countries where members are.
    countries: Vec<(String, String)>,
    /// Id and title with date.
    meetings: Vec<(String, String)>,
    pub saved: Vec<Saved>,
}

impl Choices {
    pub fn load(conn: &mut Conn, zone: &str) -> Result<Choices, DbError> {
        let mut countries: Vec<(String, String)> = members::store::active(conn)?
            .iter()
            .filter_map(|member| Country::parse(&member.country).ok())
            .map(|country| (country.code().to_owned(), country.name().to_owned()))
            .collect();
        countries.sort_by(|a, b| a.1.cmp(&b.1));
        countries.dedup();
        let meetings = store::meetings_offered(conn)?.into_iter().map(|meeting| {
            let label = format!(
                "{}, {}",
                line::excerpt(&meeting.title, 60),
                short_date_at(meeting.starts_at, zone)
            );
            (meeting.id, label)
        });
        Ok(Choices {
            countries,
            meetings: meetings.collect(),
            saved: store::saved(conn)?,
        })
    }

    fn kinds(&self, chosen: &str) -> Vec<KindView> {
        let choice = |value: String, label: &str| Choice::new(value, label, chosen);
        let mut kinds = vec![
            KindView {
                label: "Member",
                options: vec![
                    choice("interest".into(), "Interested in …"),
                    choice("joined-since".into(), "Joined since …"),
                    choice("never-answered".into(), "Has never answered an invitation"),
                ],
            },
            KindView {
                label: "Role",
                options: Role::ALL
                    .iter()
                    .map(|role| choice(format!("role:{role}"), &format!("Role: {role}")))
                    .collect(),
            },
            KindView {
                label: "Country",
                options: (self.countries.iter())
                    .map(|(code, name)| choice(format!("country:{code}"), &format!("Country: {name}")))
                    .collect(),
            },
            KindView {
                label: "Said yes to a meeting",
                options: (self.meetings.iter())
                    .map(|(id, label)| choice(format!("meeting:{id}"), &format!("Said yes: {label}")))
                    .collect(),
            },
        ];
        let is_offered = kinds
            .iter()
            .flat_map(|kind| &kind.options)
            .any(|option| option.is_selected);
        if !chosen.is_empty() && !is_offered {
            let label = match chosen.split_once(':') {
                Some(("country", code)) => Country::parse(code)
                    .map(|country| format!("Country: {} (no member now)", country.name()))
                    .unwrap_or_default(),
                Some(("meeting", _)) => "Said yes: an older meeting".into(),
                _ => String::new(),
            };
            if !label.is_empty() {
                kinds.push(KindView {
                    label: "As it was",
                    options: vec![choice(chosen.to_owned(), &label)],
                });
            }
        }
        kinds.retain(|kind| !kind.options.is_empty());
        kinds
    }
}

/// The conditions as `parts/audience` draws them.
#[derive(Clone, Debug, Serialize)]
pub struct FormView {
    groups: Vec<GroupView>,
    has_several: bool,
    how: Vec<Choice>,
    can_grow: bool,
}

#[derive(Clone, Debug, Serialize)]
struct GroupView {
    number: usize,
    has_several: bool,
    how_name: String,
    how: Vec<Choice>,
    rows: Vec<RowView>,
    can_grow: bool,
}

#[derive(Clone, Debug, Serialize)]
struct RowView {
    number: usize,
    is_name: String,
    is_choices: Vec<Choice>,
    what_name: String,
    what_error: Option<String>,
    kinds: Vec<KindView>,
    word_name: String,
    word: String,
    word_error: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct KindView {
    label: &'static str,
    options: Vec<Choice>,
}
