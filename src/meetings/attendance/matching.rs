//! Whom a report names: by address for certain, by name where a coordinator confirms it. Pure.
//!
//! Why a name alone is never enough: anybody may type any name into a conferencing tool.

use std::collections::{BTreeSet, HashMap};

use super::report::{Visit, spellings};
use crate::members::{Member, MemberId};
use crate::platform::text::line::clean_line;

/// A member whom the report names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    pub member: MemberId,
    /// The member's own name.
    pub name: String,
    /// The name in the report.
    pub written: String,
    pub lines: Vec<usize>,
    /// In all visits together, where the report says so.
    pub minutes: Option<u32>,
}

/// Somebody who is no member, or not for certain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stranger {
    pub written: String,
    pub lines: Vec<usize>,
    pub why: &'static str,
}

/// A report, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matched {
    pub by_email: Vec<Found>,
    pub by_name: Vec<Found>,
    pub strangers: Vec<Stranger>,
}

/// Sorts the visits of a report by whose they are.
pub fn matched(visits: &[Visit], members: &[Member]) -> Matched {
    let by_key: HashMap<&str, &Member> = members
        .iter()
        .map(|member| (member.email_key.as_str(), member))
        .collect();
    let mut by_name: HashMap<String, Vec<&Member>> = HashMap::new();
    for member in members {
        by_name.entry(folded(&member.name)).or_default().push(member);
    }
    let mut matched = Matched::default();
    for visit in visits {
        let key = visit.email.as_ref().map(|email| email.key());
        if let Some(member) = key.and_then(|key| by_key.get(key.as_str()).copied()) {
            add(&mut matched.by_email, member, visit);
            continue;
        }
        let named = spellings(&visit.name)
            .into_iter()
            .map(folded)
            .filter(|name| !name.is_empty())
            .find_map(|name| by_name.get(&name));
        match named.map(Vec::as_slice) {
            Some([member]) => add(&mut matched.by_name, member, visit),
            Some(_) => stranger(&mut matched.strangers, visit, "several members have this name"),
            None if visit.name.is_empty() && visit.email.is_none() => {
                stranger(&mut matched.strangers, visit, "this line names nobody");
            }
            None => stranger(&mut matched.strangers, visit, "no member has this address or name"),
        }
    }
    // Somebody who came once with their address and once without is certain.
    let certain: BTreeSet<&MemberId> = matched.by_email.iter().map(|found| &found.member).collect();
    let (also, only): (Vec<Found>, Vec<Found>) = matched
        .by_name
        .into_iter()
        .partition(|found| certain.contains(&found.member));
    for more in also {
        if let Some(found) = matched.by_email.iter_mut().find(|found| found.member == more.member) {
            found.minutes = sum(found.minutes, more.minutes);
            found.lines.extend(more.lines);
        }
    }
    matched.by_name = only;
    matched
}

fn add(found: &mut Vec<Found>, member: &Member, visit: &Visit) {
    match found.iter_mut().find(|one| one.member == member.id) {
        Some(known) => {
            known.lines.push(visit.line);
            known.minutes = sum(known.minutes, visit.minutes);
        }
        None => found.push(Found {
            member: member.id.clone(),
            name: member.name.clone(),
            written: visit.name.clone(),
            lines: vec![visit.line],
            minutes: visit.minutes,
        }),
    }
}

fn stranger(strangers: &mut Vec<Stranger>, visit: &Visit, why: &'static str) {
    let written = match (&visit.email, visit.name.as_str()) {
        (Some(email), "") => email.as_str().to_owned(),
        (Some(email), name) => format!("{name}, {email}"),
        (None, name) => name.to_owned(),
    };
    match strangers
        .iter_mut()
        .find(|one| one.written == written && one.why == why)
    {
        Some(known) => known.lines.push(visit.line),
        None => strangers.push(Stranger {
            written,
            lines: vec![visit.line],
            why,
        }),
    }
}

fn sum(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    }
}

/// A name without case and odd spaces.
fn folded(name: &str) -> String {
    let spaced: String = name.chars().map(|c| if c.is_whitespace() { ' ' } else { c }).collect();
    clean_line(&spaced).to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::At;
    use crate::platform::text::email_address::EmailAddress;

    fn member(name: &str, email: &str) -> Member {
        let at = At::from_unix(1_800_000_000);
        Member {
            id: MemberId::from(email),
            email: email.into(),
            email_key: email.to_lowercase(),
            name: name.into(),
            affiliation: String::new(),
            country: "GB".into(),
            time_zone: "Europe/London".into(),
            role: String::new(),
            interests: String::new(),
            joined_on: "2024-01-01".into(),
            status: crate::members::Status::Active,
            is_listed: false,
            wants_announcements: false,
            announcements_consent: String::new(),
            is_coordinator: false,
            password_hash: None,
            calendar_generation: 0,
            confirmed_by: String::new(),
            created_at: at,
            updated_at: at,
            left_at: None,
        }
    }

    fn visit(line: usize, name: &str, email: &str, minutes: u32) -> Visit {
        Visit {
            line,
            name: name.into(),
            email: EmailAddress::parse(email).ok(),
            minutes: Some(minutes),
        }
    }

    #[test]
    fn addresses_are_certain_names_are_asked_about_and_the_rest_is_named_by_line() {
        let members = [
            member("Ana Sample", "Ana@example.org"),
            member("Berta Sample", "berta@example.org"),
            member("Chris Sample", "chris@example.org"),
            member("chris  sample", "another.chris@example.org"),
        ];
        let visits = [
            visit(2, "Somebody", "ANA@example.org", 10),
            visit(3, "ana sample", "", 5),
            visit(4, "Bertie (BERTA\u{a0}Sample)", "berta@elsewhere.example", 7),
            visit(5, "Chris Sample", "", 7),
            visit(6, "A Guest", "guest@elsewhere.example", 7),
            visit(7, "A Guest", "guest@elsewhere.example", 7),
            visit(8, "", "", 7),
        ];
        let matched = matched(&visits, &members);
        let [ana] = matched.by_email.as_slice() else {
            panic!("{matched:?}")
        };
        assert_eq!(
            (ana.name.as_str(), ana.lines.as_slice(), ana.minutes),
            ("Ana Sample", &[2, 3][..], Some(15))
        );
        let [berta] = matched.by_name.as_slice() else {
            panic!("{matched:?}")
        };
        assert_eq!(
            (berta.name.as_str(), berta.lines.as_slice()),
            ("Berta Sample", &[4][..])
        );
        let rest: Vec<(&str, &[usize], &str)> = matched
            .strangers
            .iter()
            .map(|one| (one.written.as_str(), one.lines.as_slice(), one.why))
            .collect();
        assert_eq!(
            rest,
            [
                ("Chris Sample", &[5][..], "several members have this name"),
                (
                    "A Guest, guest@elsewhere.example",
                    &[6, 7],
                    "no member has this address or name"
                ),
                ("", &[8], "this line names nobody"),
            ]
        );
    }
}
