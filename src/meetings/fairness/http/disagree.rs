//! The weeks in which clocks disagree, in words, and how far each clock stands from the network's.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

use super::scene::Scene;
use crate::meetings::fairness::clocks::{Clock, Spell, distance, spells};
use crate::platform::clock::At;
use crate::platform::text::zone::{city, short_date, short_date_at};

#[derive(Serialize)]
pub(super) struct OddWeeks {
    when: String,
    days: String,
    clocks: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct DistanceRow {
    label: String,
    people: i64,
    spells: Vec<SpellView>,
}

#[derive(Serialize)]
pub(super) struct SpellView {
    text: String,
    is_short: bool,
}

/// "New York is 4 hours behind London".
fn stands(scene: &Scene<'_>, clock: &Clock, ahead: i32) -> String {
    let ours = city(scene.zone);
    match ahead {
        0 => format!("{} shows the same time as {ours}", clock.label()),
        ahead => format!("{} is {} {}", clock.label(), distance(ahead), of_ours(ahead, &ours)),
    }
}

fn of_ours(ahead: i32, ours: &str) -> String {
    if ahead < 0 {
        ours.to_owned()
    } else {
        format!("of {ours}")
    }
}

/// "New York is 4 hours behind London; before and after, 5 hours behind".
pub(super) fn stands_oddly(scene: &Scene<'_>, clock: &Clock, spell: &Spell) -> String {
    let said = stands(scene, clock, spell.ahead);
    if spell.before == spell.after {
        format!("{said}; before and after, {}", distance(spell.before))
    } else {
        format!(
            "{said}; before, {}, and after, {}",
            distance(spell.before),
            distance(spell.after)
        )
    }
}

/// The weeks in which clocks disagree, in their order; clocks that part and meet on the same days stand together.
pub(super) fn odd(scene: &Scene<'_>, from: At, until: At) -> Vec<OddWeeks> {
    let mut weeks: BTreeMap<(Date, Date), Vec<(&Clock, Spell)>> = BTreeMap::new();
    for (clock, spell) in scene.short_spells(from, until) {
        let day = |at: At| at.in_zone(scene.frame.network).date();
        weeks
            .entry((day(spell.from), day(spell.until)))
            .or_default()
            .push((clock, spell));
    }
    let shown = weeks.into_iter().map(|((first, last), clocks)| {
        let is_within = |day: &&Date| {
            let noon = scene.frame.at(**day, 12).0;
            clocks.iter().any(|(_, spell)| spell.from <= noon && noon < spell.until)
        };
        let days = match scene.days.iter().filter(is_within).count() {
            0 => "none of these days falls into it".to_owned(),
            1 => "1 of these days falls into it".to_owned(),
            number => format!("{number} of these days fall into it"),
        };
        let said = |(clock, spell): &(&Clock, Spell)| {
            let members = if clock.people == 1 { "member" } else { "members" };
            format!("{} ({} {members})", stands_oddly(scene, clock, spell), clock.people)
        };
        OddWeeks {
            when: format!("{} to {}", short_date(first), short_date(last)),
            days,
            clocks: clocks.iter().map(said).collect(),
        }
    });
    shown.collect()
}

pub(super) fn distances(scene: &Scene<'_>, from: At, until: At) -> Vec<DistanceRow> {
    let row = |clock: &Clock| {
        let found = spells(scene.frame.network, &clock.rules, from, until);
        let spells = found.iter().map(|spell| {
            let end = if spell.until < until {
                format!(" until {}", short_date_at(spell.until, scene.zone))
            } else {
                String::new()
            };
            SpellView {
                text: format!("{}{end}", distance(spell.ahead)),
                is_short: spell.is_short,
            }
        });
        DistanceRow {
            label: clock.label(),
            people: clock.people,
            spells: spells.collect(),
        }
    };
    scene.clocks.iter().map(row).collect()
}
