//! The members' clocks: which agree, how far each stands from the network's, and the weeks in which that is unusual.
//!
//! Zones whose clocks agree throughout are one clock: Lisbon bears what London bears.
//!
//! # Why
//! The UK and the US change their clocks on different Sundays in March and October, the southern hemisphere the other
//! way round. A distance that lasts [`SHORT_DAYS`] at most, between two longer ones, is what people are caught out
//! by, and is flagged; one that lasts a season is named, not flagged. Six weeks hold the longest of the usual ones
//! (three weeks between the US and the UK, four to Australia, five for Morocco's Ramadan).

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::platform::clock::{At, days};
use crate::platform::text::zone;

/// A distance between two clocks that lasts no longer than this is unusual.
pub const SHORT_DAYS: i64 = 42;

/// Zones whose clocks agree, and the members who live by them.
#[derive(Clone, Debug)]
pub struct Clock {
    /// The zone with the most members, by whose rules all of them go.
    pub rules: TimeZone,
    /// That zone's place: "London".
    pub name: String,
    /// The places of the others, by name.
    pub others: Vec<String>,
    pub zones: Vec<String>,
    pub people: i64,
}

impl Clock {
    /// "London", "London and Lisbon", "Berlin and 3 more".
    pub fn label(&self) -> String {
        match self.others.as_slice() {
            [] => self.name.clone(),
            [other] => format!("{} and {other}", self.name),
            others => format!("{} and {} more", self.name, others.len()),
        }
    }
}

/// The members' zones as clocks that agree from `from` to `until`, from west to east.
pub fn together(zones: &BTreeMap<String, i64>, from: At, until: At) -> Vec<Clock> {
    let mut alike: BTreeMap<Marks, Vec<(&String, i64)>> = BTreeMap::new();
    for (name, people) in zones {
        let rules = zone::time_zone(name);
        alike
            .entry(marks(&rules, from, until))
            .or_default()
            .push((name, *people));
    }
    let mut clocks: Vec<(i32, Clock)> = alike
        .into_values()
        .map(|mut members| {
            members.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
            let rules = zone::time_zone(members[0].0);
            let mut others: Vec<String> = members[1..].iter().map(|(name, _)| zone::city(name)).collect();
            others.sort();
            let clock = Clock {
                name: zone::city(members[0].0),
                others,
                people: members.iter().map(|(_, people)| people).sum(),
                zones: members.iter().map(|(name, _)| (*name).clone()).collect(),
                rules,
            };
            (clock.rules.to_offset(from.timestamp()).seconds(), clock)
        })
        .collect();
    clocks.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.name.cmp(&b.1.name)));
    clocks.into_iter().map(|(_, clock)| clock).collect()
}

/// The offset at the beginning, and each later one, with the instant at which it begins.
type Marks = Vec<(i64, i32)>;

fn marks(rules: &TimeZone, from: At, until: At) -> Marks {
    let mut last = rules.to_offset(from.timestamp()).seconds();
    let mut marks = vec![(from.unix(), last)];
    for at in changes(rules, from.timestamp(), until.timestamp()) {
        let offset = rules.to_offset(at).seconds();
        if offset != last {
            marks.push((at.as_second(), offset));
            last = offset;
        }
    }
    marks
}

fn changes(rules: &TimeZone, from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    let after = rules.following(from).map(|change| change.timestamp());
    after.take_while(|at| *at < until).collect()
}

/// A time through which the distance between two clocks stays the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    pub from: At,
    pub until: At,
    /// Seconds by which the other clock is ahead; negative: behind.
    pub ahead: i32,
    /// Lasts so short a time that people are caught out.
    pub is_short: bool,
    /// The distances before and after.
    pub before: i32,
    pub after: i32,
}

/// How far `other` stands from `ours` between two instants, spell by spell.
pub fn spells(ours: &TimeZone, other: &TimeZone, from: At, until: At) -> Vec<Spell> {
    // A year to each side, so that the length of every spell within is known.
    let (first, last) = (from.minus(days(366)), until.plus(days(366)));
    let distance = |at: Timestamp| other.to_offset(at).seconds() - ours.to_offset(at).seconds();
    let mut marks = changes(ours, first.timestamp(), last.timestamp());
    marks.extend(changes(other, first.timestamp(), last.timestamp()));
    marks.sort();
    let mut all: Vec<(At, i32)> = vec![(first, distance(first.timestamp()))];
    for mark in marks {
        let now = distance(mark);
        if all.last().is_none_or(|(_, before)| *before != now) {
            all.push((At::from_timestamp(mark), now));
        }
    }
    // Two changes at one instant are one.
    all.dedup_by(|next, kept| {
        let is_same = next.0 == kept.0;
        if is_same {
            *kept = *next;
        }
        is_same
    });
    let spell = |at: usize| {
        let (begins, ahead) = all[at];
        let ends = all.get(at + 1).map_or(last, |next| next.0);
        let is_inner = at > 0 && at + 1 < all.len();
        Spell {
            from: begins,
            until: ends,
            ahead,
            is_short: is_inner && ends.since(begins) <= days(SHORT_DAYS),
            before: all[at.saturating_sub(1)].1,
            after: all.get(at + 1).map_or(ahead, |next| next.1),
        }
    };
    (0..all.len())
        .map(spell)
        .filter(|spell| spell.until > from && spell.from < until)
        .collect()
}

/// "5 hours behind", "10½ hours ahead", "at the same time".
pub fn distance(ahead: i32) -> String {
    if ahead == 0 {
        return "at the same time".into();
    }
    let side = if ahead < 0 { "behind" } else { "ahead" };
    format!("{} {side}", hours(ahead))
}

/// "5 hours", "1 hour", "10½ hours".
fn hours(seconds: i32) -> String {
    let minutes = seconds.abs() / 60;
    let part = match minutes % 60 {
        0 => "",
        15 => "¼",
        30 => "½",
        45 => "¾",
        _ => return format!("{minutes} minutes"),
    };
    match (minutes / 60, part) {
        (0, _) => format!("{minutes} minutes"),
        (1, "") => "1 hour".into(),
        (whole, part) => format!("{whole}{part} hours"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> At {
        At::parse(text).expect("an instant")
    }

    fn short(other: &str, from: &str, until: &str) -> Vec<(String, String, i32)> {
        let (london, other) = (zone::time_zone("Europe/London"), zone::time_zone(other));
        spells(&london, &other, at(from), at(until))
            .into_iter()
            .filter(|spell| spell.is_short)
            .map(|spell| (spell.from.to_string(), spell.until.to_string(), spell.ahead / 3_600))
            .collect()
    }

    #[test]
    fn the_weeks_in_which_clocks_disagree_in_2027() {
        let year = ("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z");
        let row = |from: &str, until: &str, hours| (from.to_owned(), until.to_owned(), hours);
        for (other, expected) in [
            (
                "America/New_York",
                vec![
                    row("2027-03-14T07:00:00Z", "2027-03-28T01:00:00Z", -4),
                    row("2027-10-31T01:00:00Z", "2027-11-07T06:00:00Z", -4),
                ],
            ),
            (
                "Australia/Melbourne",
                vec![
                    row("2027-03-28T01:00:00Z", "2027-04-03T16:00:00Z", 10),
                    row("2027-10-02T16:00:00Z", "2027-10-31T01:00:00Z", 10),
                ],
            ),
            // Half a year each way: a season, not a surprise.
            ("Asia/Tokyo", vec![]),
            // The same Sunday, the same instant: never a spell.
            ("Europe/Berlin", vec![]),
        ] {
            assert_eq!(short(other, year.0, year.1), expected, "{other}");
        }
    }

    #[test]
    fn a_spell_names_what_is_usual_before_and_after() {
        let (london, melbourne) = (zone::time_zone("Europe/London"), zone::time_zone("Australia/Melbourne"));
        let found = spells(
            &london,
            &melbourne,
            at("2027-03-30T00:00:00Z"),
            at("2027-03-31T00:00:00Z"),
        );
        let hours: Vec<_> = found
            .iter()
            .map(|s| [s.before, s.ahead, s.after].map(|s| s / 3_600))
            .collect();
        assert_eq!(hours, [[11, 10, 9]]);
    }

    #[test]
    fn zones_that_agree_are_one_clock_and_stand_from_west_to_east() {
        let zones = [
            ("Europe/London", 40),
            ("Europe/Lisbon", 2),
            ("Asia/Tokyo", 1),
            ("Europe/Berlin", 3),
            ("Europe/Paris", 4),
            ("Europe/Rome", 1),
            ("America/New_York", 9),
            // The clocks of Phoenix stand still; Denver's do not.
            ("America/Phoenix", 1),
            ("America/Denver", 1),
        ];
        let zones = zones.map(|(name, people)| (name.to_owned(), people)).into();
        let clocks = together(&zones, at("2027-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"));
        let seen: Vec<_> = clocks.iter().map(|clock| (clock.label(), clock.people)).collect();
        let expected = [
            ("Denver", 1),
            ("Phoenix", 1),
            ("New York", 9),
            ("London and Lisbon", 42),
            ("Paris and 2 more", 8),
            ("Tokyo", 1),
        ];
        assert_eq!(seen, expected.map(|(name, people)| (name.to_owned(), people)));
    }

    #[test]
    fn a_distance_is_said_in_hours() {
        for (seconds, words) in [
            (0, "at the same time"),
            (-18_000, "5 hours behind"),
            (3_600, "1 hour ahead"),
            (19_800, "5½ hours ahead"),
            (20_700, "5¾ hours ahead"),
            (-1_800, "30 minutes behind"),
        ] {
            assert_eq!(distance(seconds), words);
        }
    }
}
