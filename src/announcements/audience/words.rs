//! An audience as a sentence.
//!
//! Why *either … or …* and *both … and …*: a list that mixes "and" with "or" can be read in two ways, and this sentence
//! is what a coordinator decides by.

use std::collections::HashMap;

use super::model::Audience;
use crate::platform::text::country::Country;
use crate::platform::text::line;
use crate::platform::text::zone::short_date;

/// The titles of the meetings that an audience asks about, by id.
pub type Titles = HashMap<String, String>;

pub use super::store::titles;

/// "Everyone who is in Germany or Australia and said yes to “Spring meeting”."
pub fn sentence(audience: &Audience, titles: &Titles) -> String {
    match audience {
        Audience::Everyone => "Everyone.".to_owned(),
        other => format!("Everyone who {}.", phrase(other, titles, false)),
    }
}

/// What holds of one who is meant, as the end of "Everyone who …".
pub fn phrase(audience: &Audience, titles: &Titles, is_inside: bool) -> String {
    let parts = match audience {
        Audience::All(parts) => parts,
        Audience::Any(parts) => parts,
        Audience::Not(inner) => return negated(inner, titles),
        one => return condition(one, titles),
    };
    let is_all = matches!(audience, Audience::All(_));
    let mut phrases = if is_all { Vec::new() } else { together(parts) };
    let alone = |part: &&Audience| is_all || !is_list(part);
    let is_nested = |part: &Audience| matches!(part, Audience::All(_) | Audience::Any(_));
    phrases.extend(parts.iter().filter(alone).map(|part| phrase(part, titles, true)));
    let has_nested = parts.iter().any(is_nested);
    match (phrases.as_slice(), is_inside) {
        ([one], _) => one.clone(),
        ([a, b], true) if is_all => format!("both {a} and {b}"),
        (_, true) if is_all => format!("({})", listed(&phrases, "and", false)),
        (_, true) => format!("either {}", listed(&phrases, "or", false)),
        (_, false) => listed(&phrases, if is_all { "and" } else { "or" }, has_nested),
    }
}

/// Whether several of its kind make one phrase: "is in Germany or Australia".
fn is_list(part: &Audience) -> bool {
    matches!(part, Audience::Country(_) | Audience::Role(_))
}

/// Countries in one phrase, and roles in one.
fn together(parts: &[Audience]) -> Vec<String> {
    let mut countries = Vec::new();
    let mut roles = Vec::new();
    for part in parts {
        match part {
            Audience::Country(code) => countries.push(country(code)),
            Audience::Role(role) => roles.push(format!("“{role}”")),
            _ => {}
        }
    }
    let mut phrases = Vec::new();
    if !countries.is_empty() {
        phrases.push(format!("is in {}", listed(&countries, "or", false)));
    }
    if !roles.is_empty() {
        phrases.push(format!("has the role {}", listed(&roles, "or", false)));
    }
    phrases
}

fn listed(phrases: &[String], word: &str, with_comma: bool) -> String {
    let comma = if with_comma { "," } else { "" };
    match phrases {
        [] => String::new(),
        [one] => one.clone(),
        [a, b] => format!("{a}{comma} {word} {b}"),
        [rest @ .., last] => format!("{}{comma} {word} {last}", rest.join(", ")),
    }
}

fn condition(audience: &Audience, titles: &Titles) -> String {
    match audience {
        Audience::Everyone => "is a member".into(),
        Audience::Country(code) => format!("is in {}", country(code)),
        Audience::Role(role) => format!("has the role “{role}”"),
        Audience::Interest(word) => format!("is interested in “{}”", line::clean_line(word)),
        Audience::JoinedSince(iso) => format!("joined on {} or later", day(iso)),
        Audience::SaidYesTo(id) => format!("said yes to {}", meeting(id, titles)),
        Audience::NeverAnswered => "has never answered an invitation".into(),
        other => phrase(other, titles, true),
    }
}

fn negated(audience: &Audience, titles: &Titles) -> String {
    match audience {
        Audience::Everyone => "is nobody".into(),
        Audience::Country(code) => format!("is not in {}", country(code)),
        Audience::Role(role) => format!("does not have the role “{role}”"),
        Audience::Interest(word) => format!("is not interested in “{}”", line::clean_line(word)),
        Audience::JoinedSince(iso) => format!("joined before {}", day(iso)),
        Audience::SaidYesTo(id) => format!("did not say yes to {}", meeting(id, titles)),
        Audience::NeverAnswered => "has answered an invitation".into(),
        Audience::Not(inner) => phrase(inner, titles, true),
        other => format!("is not somebody who {}", phrase(other, titles, true)),
    }
}

fn country(code: &str) -> String {
    let known = Country::parse(code).map(|country| country.name().to_owned());
    match known.as_deref() {
        Ok("United Kingdom") => "the United Kingdom".into(),
        Ok("United States") => "the United States".into(),
        Ok("Netherlands") => "the Netherlands".into(),
        Ok(name) => name.to_owned(),
        Err(_) => code.to_owned(),
    }
}

fn day(iso: &str) -> String {
    iso.parse().map_or_else(|_| iso.to_owned(), short_date)
}

fn meeting(id: &str, titles: &Titles) -> String {
    match titles.get(id) {
        Some(title) => format!("“{}”", line::clean_line(title)),
        None => "a meeting that is gone".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::members::Role;

    fn de() -> Audience {
        Audience::Country("DE".into())
    }

    fn au() -> Audience {
        Audience::Country("AU".into())
    }

    fn spring() -> Audience {
        Audience::SaidYesTo("s".into())
    }

    #[test]
    fn audiences_read_as_sentences() {
        let titles = Titles::from([("s".to_owned(), "Spring meeting".to_owned())]);
        let (all, any) = (Audience::all, Audience::any);
        let student = || Audience::Role(Role::Student);
        for (audience, words) in [
            (Audience::Everyone, "Everyone."),
            (de(), "Everyone who is in Germany."),
            (de().negated(), "Everyone who is not in Germany."),
            (
                Audience::Country("GB".into()).negated().negated(),
                "Everyone who is in the United Kingdom.",
            ),
            (any(vec![de(), au()]), "Everyone who is in Germany or Australia."),
            (
                any(vec![de(), au(), student(), Audience::Role(Role::Policy)]),
                "Everyone who is in Germany or Australia or has the role “student” or “policy”.",
            ),
            (
                all(vec![any(vec![de(), au()]), spring(), student().negated()]),
                "Everyone who is in Germany or Australia, said yes to “Spring meeting”, and does not have the role “student”.",
            ),
            (
                all(vec![any(vec![de(), spring()]), Audience::NeverAnswered.negated()]),
                "Everyone who either is in Germany or said yes to “Spring meeting”, and has answered an invitation.",
            ),
            (
                any(vec![all(vec![de(), spring()]), Audience::Interest("choirs".into())]),
                "Everyone who both is in Germany and said yes to “Spring meeting”, or is interested in “choirs”.",
            ),
            (
                any(vec![all(vec![de(), spring(), Audience::NeverAnswered]), student()]),
                "Everyone who has the role “student”, or (is in Germany, said yes to “Spring meeting” and has never answered an invitation).",
            ),
            (
                all(vec![Audience::JoinedSince("2026-03-01".into()), spring().negated()]),
                "Everyone who joined on 1 March 2026 or later and did not say yes to “Spring meeting”.",
            ),
            (
                any(vec![de(), spring()]).negated(),
                "Everyone who is not somebody who either is in Germany or said yes to “Spring meeting”.",
            ),
            (
                Audience::SaidYesTo("gone".into()),
                "Everyone who said yes to a meeting that is gone.",
            ),
        ] {
            assert_eq!(sentence(&audience, &titles), words, "{audience:?}");
        }
    }
}
