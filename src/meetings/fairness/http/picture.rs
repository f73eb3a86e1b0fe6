//! The picture of a day: a row for each clock, a column for each hour, night dark. Its units are those of the SVG.

use serde::Serialize;

use crate::meetings::fairness::clocks::Clock;
use crate::meetings::fairness::hours::Candidate;
use crate::meetings::fairness::measure::{Cost, Measure, STATES};
use crate::platform::text::line::excerpt;

const LEFT: usize = 165;
const TOP: usize = 26;
const CELL: usize = 30;
const ROW: usize = 30;

#[derive(Serialize)]
pub struct Picture {
    width: usize,
    height: usize,
    label: String,
    hours: Vec<Mark>,
    rows: Vec<Row>,
    best_x: usize,
    best_height: usize,
}

#[derive(Serialize)]
struct Mark {
    x: usize,
    text: String,
}

#[derive(Serialize)]
struct Row {
    label: String,
    y: usize,
    text_y: usize,
    runs: Vec<Run>,
    letters: Vec<Letters>,
}

/// Neighbouring hours of one shade.
#[derive(Serialize)]
struct Run {
    x: usize,
    width: usize,
    shade: i64,
}

/// The letters on one shade, and where each stands.
#[derive(Serialize)]
struct Letters {
    shade: i64,
    xs: String,
    text: String,
}

#[derive(Serialize)]
pub struct Key {
    letter: char,
    word: &'static str,
    shade: i64,
    points: i64,
}

/// From 0, nothing, to 4, as costly as can be.
pub fn shade(cost: Cost, most: Cost) -> i64 {
    if cost <= 0 || most <= 0 {
        0
    } else {
        (cost * 4 + most - 1) / most
    }
}

pub fn key(measure: &Measure) -> Vec<Key> {
    let keys = STATES.map(|state| Key {
        letter: state.letter(),
        word: state.word(),
        shade: shade(measure.weight(state) * 60, measure.most(60)),
        points: measure.weight(state),
    });
    keys.into()
}

pub fn picture(candidates: &[Candidate], clocks: &[Clock], measure: &Measure, length: i64, best: usize) -> Picture {
    let x = |hour: usize| LEFT + hour * CELL;
    let rows: Vec<Row> = clocks
        .iter()
        .enumerate()
        .map(|(at, clock)| {
            let y = TOP + at * ROW;
            let shades = candidates
                .iter()
                .map(|found| shade(found.costs[at], measure.most(length)));
            let shades: Vec<i64> = shades.collect();
            let letters = (0..=4).map(|shade| {
                let those: Vec<usize> = (0..shades.len()).filter(|hour| shades[*hour] == shade).collect();
                Letters {
                    shade,
                    xs: those
                        .iter()
                        .map(|hour| (x(*hour) + CELL / 2).to_string())
                        .collect::<Vec<_>>()
                        .join(" "),
                    text: those.iter().map(|hour| candidates[*hour].state(at).letter()).collect(),
                }
            });
            Row {
                label: label(clock),
                y,
                text_y: y + ROW / 2 + 5,
                runs: runs(&shades, x),
                letters: letters.filter(|letters| !letters.text.is_empty()).collect(),
            }
        })
        .collect();
    let bottom = TOP + rows.len() * ROW;
    Picture {
        width: LEFT + candidates.len() * CELL + 4,
        height: bottom + 4,
        label: format!(
            "What a meeting would be for {} clocks, hour by hour; the tables below say the same.",
            rows.len()
        ),
        hours: candidates
            .iter()
            .map(|found| Mark {
                x: x(found.hour) + CELL / 2,
                text: found.hour.to_string(),
            })
            .collect(),
        rows,
        best_x: x(best),
        best_height: bottom - 4,
    }
}

/// "London (40)", "Berlin +3 (12)": short enough for the margin.
fn label(clock: &Clock) -> String {
    let more = match clock.others.len() {
        0 => String::new(),
        others => format!(" +{others}"),
    };
    format!("{}{more} ({})", excerpt(&clock.name, 13), clock.people)
}

fn runs(shades: &[i64], x: impl Fn(usize) -> usize) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (hour, shade) in shades.iter().enumerate() {
        match runs.last_mut() {
            Some(run) if run.shade == *shade => run.width += CELL,
            _ => runs.push(Run {
                x: x(hour),
                width: CELL,
                shade: *shade,
            }),
        }
    }
    runs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shade_grows_with_the_cost() {
        for (cost, shown) in [
            (0, 0),
            (1, 1),
            (225, 1),
            (226, 2),
            (450, 2),
            (675, 3),
            (676, 4),
            (900, 4),
        ] {
            assert_eq!(shade(cost, 900), shown, "{cost}");
        }
        assert_eq!(shade(5, 0), 0);
    }

    #[test]
    fn neighbours_of_one_shade_are_drawn_as_one() {
        let drawn = runs(&[4, 4, 1, 4], |hour| hour * CELL);
        let seen: Vec<_> = drawn.iter().map(|run| (run.x, run.width, run.shade)).collect();
        assert_eq!(seen, [(0, 60, 4), (60, 30, 1), (90, 30, 4)]);
    }
}
