//! What a meeting costs one person, by what they would otherwise be doing on their own clock.
//!
//! # The measure
//! Every minute of a week is spent in one [`State`]: asleep, at dinner, at work, or free. Each state has a weight, the
//! cost of an hour of it in points. A meeting costs a person the sum, over its minutes, of the weight of the state
//! that their own clock shows; a minute costs a sixtieth of an hour. It is a pure function of the instants, the
//! person's zone and the settings in `[fairness]` (see `config/default.toml`): [`Measure::cost`].
//!
//! Unit: a [`Cost`] is kept in sixtieths of a point, so that minutes add up without rounding.
//!
//! # Why
//! * Minutes, not hours: with half-hour zones and meetings of ninety minutes, much of the unfairness is in the edges.
//! * Saturday and Sunday are free time everywhere. Where the week rests on other days this is wrong for them; a
//!   setting for each country would be the better measure once the network has members there.
//! * Local time is read from the zone's rules for each piece of the meeting, so a meeting during which somebody's
//!   clocks change is measured by what those clocks show.

use jiff::Timestamp;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;

use crate::platform::clock::At;
use crate::platform::config::Fairness;
use crate::platform::config::fairness::minute_of_day;

const DAY: usize = 24 * 60;
const WEEK: usize = 7 * DAY;

/// Sixtieths of a point.
pub type Cost = i64;

/// What a person would be doing, the costliest by the usual weights first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    Asleep,
    Dinner,
    Work,
    Free,
}

pub const STATES: [State; 4] = [State::Asleep, State::Dinner, State::Work, State::Free];

impl State {
    pub fn word(self) -> &'static str {
        match self {
            State::Asleep => "asleep",
            State::Dinner => "at dinner",
            State::Work => "at work",
            State::Free => "free",
        }
    }

    /// The letter that stands for it in the picture.
    pub fn letter(self) -> char {
        match self {
            State::Asleep => 'Z',
            State::Dinner => 'D',
            State::Work => 'W',
            State::Free => 'F',
        }
    }
}

/// Minutes in each state, in the order of [`STATES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent([i64; 4]);

impl Spent {
    pub fn of(self, state: State) -> i64 {
        self.0[state as usize]
    }

    pub fn plus(self, other: Spent) -> Spent {
        Spent(std::array::from_fn(|at| self.0[at] + other.0[at]))
    }

    /// What most of the time is spent in; of two that are even, the first of [`STATES`].
    pub fn most(self) -> State {
        let longest = self.0.iter().max().copied().unwrap_or_default();
        STATES
            .into_iter()
            .find(|state| self.of(*state) == longest)
            .unwrap_or(State::Free)
    }
}

/// The weights and the week they are laid on.
#[derive(Clone, Debug)]
pub struct Measure {
    weights: [i64; 4],
    /// Minutes in each state from Monday 00:00 to this minute of the week.
    until: Vec<Spent>,
}

impl Measure {
    pub fn of(settings: &Fairness) -> Measure {
        let span = |from: &str, until: &str| (minute_of_day(from).unwrap_or(0), minute_of_day(until).unwrap_or(0));
        let sleep = span(&settings.sleep_from, &settings.sleep_until);
        let dinner = span(&settings.dinner_from, &settings.dinner_until);
        let work = span(&settings.work_from, &settings.work_until);
        let state_at = |minute: usize| {
            let of_day = (minute % DAY) as u32;
            if is_in(of_day, sleep) {
                State::Asleep
            } else if is_in(of_day, dinner) {
                State::Dinner
            } else if minute < 5 * DAY && is_in(of_day, work) {
                State::Work
            } else {
                State::Free
            }
        };
        let mut so_far = Spent::default();
        let mut until = vec![so_far];
        for minute in 0..WEEK {
            so_far.0[state_at(minute) as usize] += 1;
            until.push(so_far);
        }
        Measure {
            weights: [settings.asleep, settings.dinner, settings.work, settings.free].map(i64::from),
            until,
        }
    }

    /// What somebody in `zone` gives to a meeting, minute by minute.
    pub fn spent(&self, starts: At, ends: At, zone: &TimeZone) -> Spent {
        let (mut from, ends) = (starts.timestamp(), ends.timestamp());
        let mut spent = Spent::default();
        while from < ends {
            let until = next_change(zone, from, ends);
            let minutes = (until.as_second() - from.as_second()) / 60;
            spent = spent.plus(self.within_week(minute_of_week(zone, from), minutes.max(0) as usize));
            from = until;
        }
        spent
    }

    pub fn cost_of(&self, spent: Spent) -> Cost {
        spent
            .0
            .iter()
            .zip(self.weights)
            .map(|(minutes, weight)| minutes * weight)
            .sum()
    }

    /// What a meeting costs somebody in `zone`.
    pub fn cost(&self, starts: At, ends: At, zone: &TimeZone) -> Cost {
        self.cost_of(self.spent(starts, ends, zone))
    }

    /// Points an hour of it.
    pub fn weight(&self, state: State) -> i64 {
        self.weights[state as usize]
    }

    /// The cost of `minutes` in the costliest state.
    pub fn most(&self, minutes: i64) -> Cost {
        self.weights.iter().max().copied().unwrap_or_default() * minutes
    }

    fn within_week(&self, from: usize, minutes: usize) -> Spent {
        let end = from + minutes;
        let span = |from: usize, until: usize| {
            let (before, after) = (self.until[from], self.until[until]);
            Spent(std::array::from_fn(|at| after.0[at] - before.0[at]))
        };
        if end <= WEEK {
            span(from, end)
        } else {
            span(from, WEEK).plus(span(0, (end - WEEK).min(WEEK)))
        }
    }
}

/// Whether a minute of the day is within a span, which may go over midnight.
fn is_in(minute: u32, (from, until): (u32, u32)) -> bool {
    if from <= until {
        (from..until).contains(&minute)
    } else {
        minute >= from || minute < until
    }
}

/// The next instant at which the zone's clocks change, or `ends`.
fn next_change(zone: &TimeZone, from: Timestamp, ends: Timestamp) -> Timestamp {
    if zone.to_offset(from) == zone.to_offset(ends) {
        return ends;
    }
    zone.following(from)
        .map(|change| change.timestamp())
        .next()
        .filter(|at| *at < ends)
        .unwrap_or(ends)
}

/// Minutes since Monday 00:00 on the zone's clocks.
fn minute_of_week(zone: &TimeZone, at: Timestamp) -> usize {
    let local = zone.to_datetime(at);
    let day = local.date().weekday().since(Weekday::Monday) as usize;
    day * DAY + local.hour() as usize * 60 + local.minute() as usize
}

/// "15", "2.5": points, to the tenth.
pub fn points(cost: Cost) -> String {
    let tenths = (cost * 10 + 30).div_euclid(60);
    match tenths % 10 {
        0 => (tenths / 10).to_string(),
        part => format!("{}.{part}", tenths / 10),
    }
}

#[cfg(test)]
#[path = "measure_tests.rs"]
mod tests;
