//! The tree of conditions, and whether somebody is meant by it.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};

use crate::members::Role;

/// Who is meant; stored as JSON, so the names of these variants are kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Audience {
    Everyone,
    /// ISO 3166-1 alpha-2
    Country(String),
    Role(Role),
    /// A word that stands somewhere in their interests.
    Interest(String),
    /// On this ISO date or later.
    JoinedSince(String),
    /// The id of a meeting.
    SaidYesTo(String),
    /// Whatever they were invited to.
    NeverAnswered,
    Not(Box<Audience>),
    All(Vec<Audience>),
    Any(Vec<Audience>),
}

/// What an audience may ask about a member.
#[derive(Clone, Debug, Default)]
pub struct Facts<'a> {
    pub country: &'a str,
    pub role: &'a str,
    pub interests: &'a str,
    /// ISO date
    pub joined_on: &'a str,
    /// The meetings to which they said yes and are still invited.
    pub yes_to: HashSet<&'a str>,
    pub has_answered: bool,
}

impl Audience {
    pub fn negated(self) -> Audience {
        Audience::Not(Box::new(self))
    }

    /// All of these, without a wrapping where it says nothing.
    pub fn all(mut parts: Vec<Audience>) -> Audience {
        match parts.len() {
            0 => Audience::Everyone,
            1 => parts.remove(0),
            _ => Audience::All(parts),
        }
    }

    pub fn any(mut parts: Vec<Audience>) -> Audience {
        match parts.len() {
            0 => Audience::Everyone,
            1 => parts.remove(0),
            _ => Audience::Any(parts),
        }
    }

    pub fn from_json(text: &str) -> Result<Audience, String> {
        serde_json::from_str(text).map_err(|e| format!("an audience cannot be read: {e}"))
    }

    pub fn to_json(&self) -> Result<String, String> {
        serde_json::to_string(self).map_err(|e| e.to_string())
    }

    pub fn includes(&self, who: &Facts<'_>) -> bool {
        match self {
            Audience::Everyone => true,
            Audience::Country(code) => who.country == code,
            Audience::Role(role) => who.role == role.as_str(),
            Audience::Interest(word) => who.interests.to_lowercase().contains(&word.to_lowercase()),
            // ISO dates: the order of the text is the order of the days. An unknown day is before any.
            Audience::JoinedSince(day) => who.joined_on >= day.as_str(),
            Audience::SaidYesTo(meeting) => who.yes_to.contains(meeting.as_str()),
            Audience::NeverAnswered => !who.has_answered,
            Audience::Not(inner) => !inner.includes(who),
            Audience::All(parts) => parts.iter().all(|part| part.includes(who)),
            Audience::Any(parts) => parts.iter().any(|part| part.includes(who)),
        }
    }

    /// The conditions that hold for somebody who is meant, each by itself: why they are.
    pub fn reasons<'a>(&'a self, who: &Facts<'_>) -> Vec<&'a Audience> {
        match self {
            Audience::All(parts) | Audience::Any(parts) => {
                let holding = parts.iter().filter(|part| part.includes(who));
                holding.flat_map(|part| part.reasons(who)).collect()
            }
            one if one.includes(who) => vec![one],
            _ => Vec::new(),
        }
    }

    /// The meetings it asks about.
    pub fn meetings(&self) -> Vec<&str> {
        match self {
            Audience::SaidYesTo(id) => vec![id],
            Audience::Not(inner) => inner.meetings(),
            Audience::All(parts) | Audience::Any(parts) => parts.iter().flat_map(Audience::meetings).collect(),
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Facts<'static> {
        Facts {
            country: "DE",
            role: "student",
            interests: "Choirs; older people",
            joined_on: "2025-03-01",
            yes_to: HashSet::from(["spring"]),
            has_answered: true,
        }
    }

    #[test]
    fn each_condition_asks_one_thing() {
        use Audience::*;
        for (audience, is_meant) in [
            (Everyone, true),
            (Country("DE".into()), true),
            (Country("AU".into()), false),
            (Role(crate::members::Role::Student), true),
            (Role(crate::members::Role::Policy), false),
            (Interest("choir".into()), true),
            (Interest("garden".into()), false),
            (JoinedSince("2025-03-01".into()), true),
            (JoinedSince("2025-03-02".into()), false),
            (SaidYesTo("spring".into()), true),
            (SaidYesTo("autumn".into()), false),
            (NeverAnswered, false),
        ] {
            assert_eq!(audience.includes(&ana()), is_meant, "{audience:?}");
            assert_eq!(
                audience.clone().negated().includes(&ana()),
                !is_meant,
                "not {audience:?}"
            );
        }
    }

    #[test]
    fn and_or_not_go_by_the_table() {
        let (yes, no) = (Audience::Country("DE".into()), Audience::Country("AU".into()));
        for (a, b, both, either) in [
            (&yes, &yes, true, true),
            (&yes, &no, false, true),
            (&no, &yes, false, true),
            (&no, &no, false, false),
        ] {
            let parts = || vec![a.clone(), b.clone()];
            assert_eq!(Audience::all(parts()).includes(&ana()), both);
            assert_eq!(Audience::any(parts()).includes(&ana()), either);
            assert_eq!(Audience::all(parts()).negated().includes(&ana()), !both);
            assert_eq!(Audience::any(parts()).negated().includes(&ana()), !either);
        }
        let nested = Audience::any(vec![
            Audience::all(vec![yes.clone(), no.clone()]),
            Audience::all(vec![yes.clone(), no.clone().negated()]),
        ]);
        assert!(nested.includes(&ana()));
        assert_eq!(nested.reasons(&ana()), [&yes, &no.negated()]);
        assert_eq!(Audience::all(Vec::new()), Audience::Everyone);
    }

    #[test]
    fn it_comes_back_from_the_database_as_it_went() {
        let audience = Audience::all(vec![
            Audience::any(vec![Audience::Country("DE".into()), Audience::Role(Role::LinkWorker)]),
            Audience::SaidYesTo("m".into()).negated(),
            Audience::NeverAnswered,
        ]);
        let json = audience.to_json().expect("JSON");
        assert_eq!(
            json,
            r#"{"all":[{"any":[{"country":"DE"},{"role":"link worker"}]},{"not":{"said-yes-to":"m"}},"never-answered"]}"#
        );
        assert_eq!(Audience::from_json(&json), Ok(audience));
        assert!(Audience::from_json("{\"sql\":\"1=1\"}").is_err());
    }
}
