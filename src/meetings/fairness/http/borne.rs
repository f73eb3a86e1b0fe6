//! The ledger as tables: clock by clock, and meeting by meeting.

use serde::Serialize;

use super::scene::Scene;
use crate::meetings::fairness::clocks::Clock;
use crate::meetings::fairness::ledger::{Entry, Ledger};
use crate::meetings::fairness::measure::{State, points};
use crate::meetings::words;

#[derive(Serialize)]
pub(super) struct Borne {
    label: String,
    people: i64,
    points: String,
    asleep: usize,
}

#[derive(Serialize)]
pub(super) struct PastRow {
    url: String,
    title: String,
    when: words::When,
    asleep: String,
}

pub(super) fn borne(scene: &Scene<'_>, ledger: &Ledger) -> Vec<Borne> {
    let row = |(at, clock): (usize, &Clock)| Borne {
        label: clock.label(),
        people: clock.people,
        points: points(ledger.burdens[at]),
        asleep: ledger
            .entries
            .iter()
            .filter(|entry| entry.spent[at].is_some_and(|spent| spent.of(State::Asleep) > 0))
            .count(),
    };
    scene.clocks.iter().enumerate().map(row).collect()
}

pub(super) fn past_row(scene: &Scene<'_>, entry: &Entry) -> PastRow {
    let slept = scene.clocks.iter().zip(&entry.spent).filter_map(|(clock, spent)| {
        let asleep = spent
            .map(|spent| spent.of(State::Asleep))
            .filter(|minutes| *minutes > 0)?;
        Some(format!("{} ({asleep} min)", clock.label()))
    });
    let slept: Vec<String> = slept.collect();
    PastRow {
        url: entry.meeting.desk_path(),
        title: entry.meeting.title.clone(),
        when: words::when(&entry.meeting, None),
        asleep: if slept.is_empty() {
            "Nobody".into()
        } else {
            slept.join(", ")
        },
    }
}
