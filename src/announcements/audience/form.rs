//! The audience as a form: groups of conditions, each "with" or "without" something.
//!
//! Fields are `group_1_how`, `group_1_row_2_is`, `…_what`, `…_word`, and `groups_how`. `what` holds the whole condition
//! where one can be chosen from a list (`country:DE`, `role:student`, `meeting:<id>`, `never-answered`); `interest` and
//! `joined-since` take `word`. A row that is empty asks nothing. One that is begun and not finished is refused, and so are
//! more rows and groups than there is room for: left out, they would make the audience larger than was meant. It works
//! without scripts: buttons send the form, and it comes back with one row or group more and everything typed.

mod view;

use super::model::Audience;
use crate::members::Role;
use crate::platform::table;
use crate::platform::text::country::Country;
use crate::platform::text::line;
use crate::web::Fields;

pub use view::{Choices, FormView};

/// More than anybody can still read as a sentence.
const MOST_GROUPS: usize = 4;
const MOST_ROWS: usize = 8;

#[derive(Clone, Debug, Default)]
struct Row {
    is_without: bool,
    what: String,
    word: String,
}

#[derive(Clone, Debug, Default)]
struct Group {
    is_any: bool,
    rows: Vec<Row>,
}

/// The form as it was typed, or as an audience fills it in.
#[derive(Clone, Debug, Default)]
pub struct Form {
    is_any: bool,
    groups: Vec<Group>,
    /// Whether rows or groups were sent for which there is no room.
    is_too_large: bool,
}

fn name(group: usize, row: usize, field: &str) -> String {
    format!("group_{}_row_{}_{field}", group + 1, row + 1)
}

/// Whether a field belongs to a group or a row for which there is no room.
fn is_beyond(field: &str) -> bool {
    let Some(rest) = field.strip_prefix("group_") else {
        return false;
    };
    let fits = |part: Option<&str>, most: usize| {
        let number = part.and_then(|part| part.parse::<usize>().ok());
        number.is_some_and(|number| (1..=most).contains(&number))
    };
    let mut parts = rest.split('_');
    let has_group = fits(parts.next(), MOST_GROUPS);
    !has_group || (parts.next() == Some("row") && !fits(parts.next(), MOST_ROWS))
}

impl Form {
    /// What was typed; rows that ask nothing stay, so that nothing jumps.
    pub fn typed(fields: &Fields) -> Form {
        let mut groups = Vec::new();
        for g in 0..MOST_GROUPS {
            let mut rows = Vec::new();
            for r in 0..MOST_ROWS {
                let get = |field: &str| fields.get(&name(g, r, field)).to_owned();
                let row = Row {
                    is_without: get("is") == "without",
                    what: get("what"),
                    word: get("word"),
                };
                if ["is", "what", "word"]
                    .iter()
                    .any(|field| fields.has(&name(g, r, field)))
                {
                    rows.push(row);
                }
            }
            if !rows.is_empty() {
                groups.push(Group {
                    is_any: fields.get(&format!("group_{}_how", g + 1)) == "any",
                    rows,
                });
            }
        }
        let is_any = fields.get("groups_how") == "any";
        Form {
            is_any,
            groups,
            is_too_large: fields.names().any(is_beyond),
        }
    }

    /// The form that makes this audience; a tree deeper than the form has no place in it and is left out.
    pub fn filled(audience: &Audience) -> Form {
        let (is_any, parts) = match audience {
            Audience::Everyone => return Form::default(),
            // Conditions alone are one group; with a group beside them each is a group of its own.
            Audience::All(parts) | Audience::Any(parts) if parts.iter().any(is_group) => {
                (matches!(audience, Audience::Any(_)), parts.iter().collect())
            }
            one => (false, vec![one]),
        };
        let groups = parts.into_iter().map(|part| match part {
            Audience::All(rows) | Audience::Any(rows) => Group {
                is_any: matches!(part, Audience::Any(_)),
                rows: rows.iter().filter_map(Row::of).collect(),
            },
            one => Group {
                is_any: false,
                rows: Row::of(one).into_iter().collect(),
            },
        });
        Form {
            is_any,
            groups: groups.collect(),
            is_too_large: false,
        }
    }

    /// One row more in a group (counted from one).
    pub fn add_row(&mut self, group: usize) {
        if let Some(group) = group.checked_sub(1).and_then(|at| self.groups.get_mut(at))
            && group.rows.len() < MOST_ROWS
        {
            group.rows.push(Row::default());
        }
    }

    pub fn add_group(&mut self) {
        if self.groups.len() < MOST_GROUPS {
            self.groups.push(Group {
                is_any: false,
                rows: vec![Row::default()],
            });
        }
    }

    /// The audience, or what is wrong with which field.
    pub fn read(&self) -> Result<Audience, Vec<(String, String)>> {
        let mut problems = Vec::new();
        if self.is_too_large {
            let most = format!("An audience has {MOST_GROUPS} groups of {MOST_ROWS} conditions at most.");
            problems.push(("audience".to_owned(), most));
        }
        let mut groups = Vec::new();
        for (g, group) in self.groups.iter().enumerate() {
            let mut rows = Vec::new();
            for (r, row) in group.rows.iter().enumerate().filter(|(_, row)| !row.is_empty()) {
                match row.read() {
                    Ok(condition) => rows.push(condition),
                    Err((field, text)) => problems.push((name(g, r, field), text)),
                }
            }
            match rows.len() {
                0 => {}
                _ if group.is_any => groups.push(Audience::any(rows)),
                _ => groups.push(Audience::all(rows)),
            }
        }
        match problems.is_empty() {
            true if self.is_any => Ok(Audience::any(groups)),
            true => Ok(Audience::all(groups)),
            false => Err(problems),
        }
    }
}

fn is_group(audience: &Audience) -> bool {
    matches!(audience, Audience::All(_) | Audience::Any(_))
}

impl Row {
    fn of(condition: &Audience) -> Option<Row> {
        let row = |what: String, word: &str| {
            Some(Row {
                is_without: false,
                what,
                word: word.to_owned(),
            })
        };
        match condition {
            Audience::Country(code) => row(format!("country:{code}"), ""),
            Audience::Role(role) => row(format!("role:{role}"), ""),
            Audience::SaidYesTo(id) => row(format!("meeting:{id}"), ""),
            Audience::NeverAnswered => row("never-answered".into(), ""),
            Audience::Interest(word) => row("interest".into(), word),
            Audience::JoinedSince(day) => row("joined-since".into(), day),
            Audience::Not(inner) => Row::of(inner).map(|row| Row {
                is_without: !row.is_without,
                ..row
            }),
            Audience::Everyone | Audience::All(_) | Audience::Any(_) => None,
        }
    }

    /// Whether nothing was begun.
    fn is_empty(&self) -> bool {
        self.what.is_empty() && self.word.trim().is_empty() && !self.is_without
    }

    fn read(&self) -> Result<Audience, (&'static str, String)> {
        if self.what.is_empty() {
            let text = "Choose what they are like, or empty this row: “With”, and no word beside it.";
            return Err(("what", text.into()));
        }
        if !self.word.trim().is_empty() && !matches!(self.what.as_str(), "interest" | "joined-since") {
            let text = "This condition takes no word: empty it, or choose “Interested in …”.";
            return Err(("word", text.into()));
        }
        let unknown = || ("what", "Choose a condition from the list.".to_owned());
        let condition = match self.what.split_once(':') {
            Some(("country", code)) => {
                let country = Country::parse(code).map_err(|_| unknown())?;
                Audience::Country(country.code().to_owned())
            }
            Some(("role", role)) => Audience::Role(Role::parse(role).ok_or_else(unknown)?),
            Some(("meeting", id)) if uuid::Uuid::parse_str(id).is_ok() => Audience::SaidYesTo(id.to_owned()),
            None if self.what == "never-answered" => Audience::NeverAnswered,
            None if self.what == "interest" => match line::one_line(&self.word, 100) {
                Ok(word) if word.is_empty() => {
                    return Err(("word", "Write the word that stands in their interests.".into()));
                }
                word => Audience::Interest(word.map_err(|text| ("word", text))?),
            },
            None if self.what == "joined-since" => match self.word.trim() {
                "" => return Err(("word", "Write the day, such as 2026-03-01.".into())),
                day => Audience::JoinedSince(table::date(day).map_err(|text| ("word", text))?.to_string()),
            },
            _ => return Err(unknown()),
        };
        Ok(if self.is_without {
            condition.negated()
        } else {
            condition
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0190a5e0-0000-7000-8000-000000000001";

    #[test]
    fn a_form_makes_an_audience_and_an_audience_the_same_form() {
        let meeting = format!("meeting:{ID}");
        let form = Form::typed(&Fields::of([
            ("groups_how", "all"),
            ("group_1_how", "any"),
            ("group_1_row_1_is", "with"),
            ("group_1_row_1_what", "country:DE"),
            ("group_1_row_2_what", "country:AU"),
            ("group_1_row_3_what", ""),
            ("group_2_how", "all"),
            ("group_2_row_1_what", &meeting),
            ("group_2_row_2_is", "without"),
            ("group_2_row_2_what", "role:student"),
            ("group_2_row_3_what", "interest"),
            ("group_2_row_3_word", " choirs "),
            ("group_2_row_4_what", "joined-since"),
            ("group_2_row_4_word", "1/3/2026"),
        ]));
        let audience = form.read().expect("an audience");
        let expected = Audience::all(vec![
            Audience::any(vec![Audience::Country("DE".into()), Audience::Country("AU".into())]),
            Audience::all(vec![
                Audience::SaidYesTo(ID.into()),
                Audience::Role(Role::Student).negated(),
                Audience::Interest("choirs".into()),
                Audience::JoinedSince("2026-03-01".into()),
            ]),
        ]);
        assert_eq!(audience, expected);
        assert_eq!(Form::filled(&audience).read(), Ok(expected));
    }

    #[test]
    fn every_shape_that_the_form_makes_comes_back_whole() {
        let (a, b) = (Audience::Country("DE".into()), Audience::NeverAnswered.negated());
        for audience in [
            Audience::Everyone,
            a.clone(),
            b.clone(),
            Audience::all(vec![a.clone(), b.clone()]),
            Audience::any(vec![a.clone(), b.clone()]),
            Audience::any(vec![a.clone(), Audience::all(vec![a.clone(), b.clone()])]),
            Audience::all(vec![Audience::any(vec![a.clone(), b.clone()]), b.clone()]),
        ] {
            assert_eq!(Form::filled(&audience).read().as_ref(), Ok(&audience));
        }
    }

    #[test]
    fn what_cannot_be_is_refused_at_its_field() {
        for (what, word, field) in [
            ("country:XX", "", "group_1_row_1_what"),
            ("role:king", "", "group_1_row_1_what"),
            ("meeting:1=1", "", "group_1_row_1_what"),
            ("sql", "", "group_1_row_1_what"),
            ("", "choirs", "group_1_row_1_what"),
            ("interest", " ", "group_1_row_1_word"),
            ("interest", "a\nb", "group_1_row_1_word"),
            ("joined-since", "", "group_1_row_1_word"),
            ("joined-since", "soon", "group_1_row_1_word"),
        ] {
            let form = Form::typed(&Fields::of([
                ("group_1_row_1_what", what),
                ("group_1_row_1_word", word),
            ]));
            let problems = form.read().expect_err(what);
            assert_eq!(problems[0].0, field, "{what} {word}");
        }
    }

    #[test]
    fn nothing_that_was_begun_is_left_out() {
        for (field, value, at) in [
            ("group_1_row_2_is", "without", "group_1_row_2_what"),
            ("group_1_row_2_word", "choirs", "group_1_row_2_what"),
            ("group_5_row_1_what", "country:DE", "audience"),
            ("group_1_row_9_what", "country:DE", "audience"),
            ("group_0_row_1_what", "country:DE", "audience"),
        ] {
            let typed = [("group_1_row_1_what", "role:student"), (field, value)];
            let problems = Form::typed(&Fields::of(typed)).read().expect_err(field);
            assert_eq!(problems[0].0, at, "{field}");
        }
        let empty = [
            ("group_1_row_1_is", "with"),
            ("group_1_row_1_what", ""),
            ("group_1_row_1_word", " "),
        ];
        assert_eq!(Form::typed(&Fields::of(empty)).read(), Ok(Audience::Everyone));
    }

    #[test]
    fn it_grows_by_a_row_or_a_group_and_not_for_ever() {
        let mut form = Form::typed(&Fields::of([("group_1_row_1_what", "country:DE")]));
        form.add_row(1);
        form.add_row(0);
        form.add_row(9);
        form.add_group();
        let sizes: Vec<usize> = form.groups.iter().map(|group| group.rows.len()).collect();
        assert_eq!(sizes, [2, 1]);
        for _ in 0..20 {
            form.add_row(1);
            form.add_group();
        }
        assert_eq!((form.groups.len(), form.groups[0].rows.len()), (MOST_GROUPS, MOST_ROWS));
        assert_eq!(form.read(), Ok(Audience::Country("DE".into())));
    }

    #[test]
    fn a_word_that_a_condition_does_not_take_is_not_left_out_nor_a_row_that_is_numbered_otherwise() {
        for what in ["role:student", "country:DE", "never-answered"] {
            let form = Form::typed(&Fields::of([
                ("group_1_row_1_what", what),
                ("group_1_row_1_word", "choirs"),
            ]));
            let problems = form.read().expect_err("the word has no place");
            assert_eq!(problems[0].0, "group_1_row_1_word", "{what}");
        }
        for field in [
            "group_x_row_1_what",
            "group_1_row_x_what",
            "group_1_row_99999999999999999999999_what",
        ] {
            assert!(
                Form::typed(&Fields::of([(field, "never-answered")])).read().is_err(),
                "{field}"
            );
        }
        assert!(
            Form::typed(&Fields::of([("group_1_how", "any"), ("groups_how", "all")]))
                .read()
                .is_ok()
        );
    }
}
