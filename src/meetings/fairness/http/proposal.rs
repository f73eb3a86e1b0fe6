//! The rotation as the page proposes it: a day and an hour for each meeting, and what each clock would then have borne.

use serde::Serialize;

use super::disagree::stands_oddly;
use super::scene::Scene;
use crate::meetings::fairness::hours::{CANDIDATES, bearable, spread};
use crate::meetings::fairness::measure::{Cost, State, points};
use crate::meetings::fairness::rotation::{Plan, Question, propose};
use crate::platform::clock::seconds;
use crate::platform::config::Fairness;
use crate::platform::text::zone::long_date_time_range;

#[derive(Serialize)]
pub struct ProposalView {
    meetings: Vec<Slot>,
    clocks: Vec<Row>,
    fixed_time: String,
    fixed_worst: String,
    fixed_worst_clock: String,
    worst: String,
    worst_clock: String,
    /// One hour all year is as fair as any rotation.
    is_fixed: bool,
    left_out: usize,
    most_asleep_percent: u32,
}

#[derive(Serialize)]
struct Slot {
    when: String,
    asleep: String,
    dinner: String,
    odd: Vec<String>,
    url: String,
}

#[derive(Serialize)]
struct Row {
    label: String,
    people: i64,
    before: String,
    fixed: String,
    rotation: String,
}

pub(super) fn proposal(scene: &Scene<'_>, settings: &Fairness, borne: &[Cost]) -> Option<ProposalView> {
    let days = spread(&scene.days, settings.meetings_a_year as usize);
    let percent = settings.most_asleep_percent;
    let hours = bearable(&days, &scene.frame, &scene.clocks, &scene.measure, percent);
    let of_hour = |day, hour: &usize| -> Vec<Cost> {
        let (starts, ends) = scene.frame.at(day, *hour);
        let clocks = scene.clocks.iter();
        clocks
            .map(|clock| scene.measure.cost(starts, ends, &clock.rules))
            .collect()
    };
    let of_day = |day: &jiff::civil::Date| hours.iter().map(|hour| of_hour(*day, hour)).collect();
    let costs: Vec<Vec<Vec<Cost>>> = days.iter().map(of_day).collect();
    let heads: Vec<i64> = scene.clocks.iter().map(|clock| clock.people).collect();
    let found = propose(&Question {
        costs: &costs,
        heads: &heads,
        borne,
    })?;
    let slot = |(day, at): (&jiff::civil::Date, &usize)| slot(scene, *day, hours[*at]);
    let fixed_hour = found.fixed.hours.first().map_or(0, |at| hours[*at]);
    let clocks = scene.clocks.iter().enumerate().map(|(at, clock)| Row {
        label: clock.label(),
        people: clock.people,
        before: points(borne[at]),
        fixed: points(found.fixed.burdens[at]),
        rotation: points(found.rotation.burdens[at]),
    });
    Some(ProposalView {
        clocks: clocks.collect(),
        meetings: days.iter().zip(&found.rotation.hours).map(slot).collect(),
        fixed_time: scene.time(fixed_hour),
        fixed_worst: points(found.fixed.worst()),
        fixed_worst_clock: worst_clock(scene, &found.fixed),
        worst: points(found.rotation.worst()),
        worst_clock: worst_clock(scene, &found.rotation),
        is_fixed: found.rotation == found.fixed,
        left_out: CANDIDATES - hours.len(),
        most_asleep_percent: percent,
    })
}

fn worst_clock(scene: &Scene<'_>, plan: &Plan) -> String {
    let worst = plan.burdens.iter().position(|burden| *burden == plan.worst());
    worst.map(|at| scene.clocks[at].label()).unwrap_or_default()
}

fn slot(scene: &Scene<'_>, day: jiff::civil::Date, hour: usize) -> Slot {
    let (starts, ends) = scene.frame.at(day, hour);
    let who = |state: State| -> String {
        let those = scene.clocks.iter().filter_map(|clock| {
            let minutes = scene.measure.spent(starts, ends, &clock.rules).of(state);
            (minutes > 0).then(|| format!("{} ({minutes} min)", clock.label()))
        });
        let those: Vec<String> = those.collect();
        if those.is_empty() {
            "nobody".into()
        } else {
            those.join(", ")
        }
    };
    let odd = scene.short_spells(starts, starts.plus(seconds(1)));
    Slot {
        when: long_date_time_range(starts, ends, scene.zone),
        asleep: who(State::Asleep),
        dinner: who(State::Dinner),
        odd: odd
            .iter()
            .map(|(clock, spell)| stands_oddly(scene, clock, spell))
            .collect(),
        url: scene.use_url(day, hour),
    }
}
