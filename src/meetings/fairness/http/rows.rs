//! The hours as tables: in their order, all clocks at once, and one hour closely.

use serde::Serialize;

use super::asked::Asked;
use super::picture::shade;
use super::scene::Scene;
use crate::meetings::fairness::clocks::Clock;
use crate::meetings::fairness::hours::Candidate;
use crate::meetings::fairness::measure::{STATES, points};

#[derive(Serialize)]
pub(super) struct HourRow {
    time: String,
    average: String,
    worst: String,
    worst_points: String,
    asleep: i64,
    dinner: i64,
    work: i64,
    free: i64,
    look_url: String,
    is_looked_at: bool,
    use_url: String,
}

#[derive(Serialize)]
pub(super) struct GridRow {
    label: String,
    people: i64,
    words: Vec<&'static str>,
}

/// One hour, clock by clock.
#[derive(Serialize)]
pub(super) struct Closely {
    time: String,
    use_url: String,
    rows: Vec<CloseRow>,
}

#[derive(Serialize)]
pub(super) struct CloseRow {
    label: String,
    others: String,
    people: i64,
    local: String,
    what: String,
    points: String,
    shade: i64,
}

pub(super) fn hour_row(scene: &Scene<'_>, asked: &Asked, found: &Candidate, looked_at: usize) -> HourRow {
    let [asleep, dinner, work, free] = found.people(&scene.clocks);
    let worst = found.worst();
    HourRow {
        time: scene.time(found.hour),
        average: points(found.average),
        worst: worst.map(|at| scene.clocks[at].label()).unwrap_or_default(),
        worst_points: points(worst.map_or(0, |at| found.costs[at])),
        asleep,
        dinner,
        work,
        free,
        look_url: asked.path_of(found.hour),
        is_looked_at: found.hour == looked_at,
        use_url: scene
            .next_day()
            .map(|day| scene.use_url(day, found.hour))
            .unwrap_or_default(),
    }
}

pub(super) fn grid(scene: &Scene<'_>, all: &[Candidate]) -> Vec<GridRow> {
    let row = |(at, clock): (usize, &Clock)| GridRow {
        label: clock.label(),
        people: clock.people,
        words: all.iter().map(|found| found.state(at).word()).collect(),
    };
    scene.clocks.iter().enumerate().map(row).collect()
}

pub(super) fn closely(scene: &Scene<'_>, found: &Candidate) -> Closely {
    let number = scene.days.len() as i64;
    let rows = scene.clocks.iter().enumerate().map(|(at, clock)| {
        let spent = found.spent[at];
        let parts = STATES.into_iter().filter(|state| spent.of(*state) > 0);
        let parts: Vec<String> = parts
            .map(|state| match spent.of(state) / number {
                minutes if minutes == scene.frame.length => state.word().to_owned(),
                minutes => format!("{} {} min", state.word(), minutes.max(1)),
            })
            .collect();
        CloseRow {
            label: clock.name.clone(),
            others: clock.others.join(", "),
            people: clock.people,
            local: local_times(scene, clock, found.hour),
            what: parts.join(", "),
            points: points(found.costs[at]),
            shade: shade(found.costs[at], scene.measure.most(scene.frame.length)),
        }
    });
    Closely {
        time: scene.time(found.hour),
        use_url: scene
            .next_day()
            .map(|day| scene.use_url(day, found.hour))
            .unwrap_or_default(),
        rows: rows.collect(),
    }
}

/// "11:00", or where it is not the same on all days "11:00 on 49 days, 12:00 on 3".
fn local_times(scene: &Scene<'_>, clock: &Clock, hour: usize) -> String {
    let mut times: Vec<(String, usize)> = Vec::new();
    for day in &scene.days {
        let local = scene.frame.at(*day, hour).0.in_zone(&clock.rules);
        let side = match local.date().cmp(day) {
            std::cmp::Ordering::Less => " the day before",
            std::cmp::Ordering::Equal => "",
            std::cmp::Ordering::Greater => " the day after",
        };
        let time = format!("{}{side}", local.strftime("%H:%M"));
        match times.iter_mut().find(|(known, _)| *known == time) {
            Some((_, number)) => *number += 1,
            None => times.push((time, 1)),
        }
    }
    times.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    match times.as_slice() {
        [(time, _)] => time.clone(),
        times => {
            let days = |number: &usize| if *number == 1 { "day" } else { "days" };
            let parts = times
                .iter()
                .map(|(time, number)| format!("{time} on {number} {}", days(number)));
            parts.collect::<Vec<_>>().join(", ")
        }
    }
}
