//! Every hour of the day as a candidate: what a meeting that begins then costs each clock, over the days in question.

use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;

use super::clocks::Clock;
use super::measure::{Cost, Measure, STATES, Spent, State};
use crate::platform::clock::{At, minutes};

/// Hours of the day at which a meeting may begin.
pub const CANDIDATES: usize = 24;

/// When a meeting would be: on the network's clocks, for so many minutes.
#[derive(Clone, Debug)]
pub struct Frame<'a> {
    pub network: &'a TimeZone,
    pub length: i64,
}

impl Frame<'_> {
    /// The instants of a meeting that begins at a full hour of a day; an hour that the clocks skip is moved on.
    pub fn at(&self, day: Date, hour: usize) -> (At, At) {
        let local = day.at(hour as i8, 0, 0, 0);
        let starts = match self.network.to_ambiguous_timestamp(local).compatible() {
            Ok(at) => At::from_timestamp(at),
            Err(_) => At::from_unix(0),
        };
        (starts, starts.plus(minutes(self.length)))
    }
}

/// One hour, over all days.
#[derive(Clone, Debug)]
pub struct Candidate {
    pub hour: usize,
    /// What somebody of each clock gives, on all days together.
    pub spent: Vec<Spent>,
    /// What one meeting costs somebody of each clock, on average.
    pub costs: Vec<Cost>,
    /// The same, on average over all people.
    pub average: Cost,
}

impl Candidate {
    pub fn state(&self, clock: usize) -> State {
        self.spent[clock].most()
    }

    /// How many people would be in each state for most of it, in the order of [`STATES`].
    pub fn people(&self, clocks: &[Clock]) -> [i64; 4] {
        STATES.map(|state| {
            let those = clocks.iter().enumerate().filter(|(at, _)| self.state(*at) == state);
            those.map(|(_, clock)| clock.people).sum()
        })
    }

    /// The clock that bears most.
    pub fn worst(&self) -> Option<usize> {
        (0..self.costs.len()).max_by(|a, b| self.costs[*a].cmp(&self.costs[*b]).then(b.cmp(a)))
    }
}

/// All hours of the day, from midnight on the network's clocks.
pub fn candidates(days: &[Date], frame: &Frame<'_>, clocks: &[Clock], measure: &Measure) -> Vec<Candidate> {
    let number = days.len().max(1) as i64;
    let people: i64 = clocks.iter().map(|clock| clock.people).sum::<i64>().max(1);
    (0..CANDIDATES)
        .map(|hour| {
            let mut spent = vec![Spent::default(); clocks.len()];
            for day in days {
                let (starts, ends) = frame.at(*day, hour);
                for (sum, clock) in spent.iter_mut().zip(clocks) {
                    *sum = sum.plus(measure.spent(starts, ends, &clock.rules));
                }
            }
            let costs: Vec<Cost> = spent.iter().map(|spent| measure.cost_of(*spent) / number).collect();
            let all: Cost = costs.iter().zip(clocks).map(|(cost, clock)| cost * clock.people).sum();
            Candidate {
                hour,
                spent,
                costs,
                average: all / people,
            }
        })
        .collect()
}

/// The cheapest first; of two that cost the same, the one that is better for the worst-off, then the one nearer to the
/// middle of the day.
pub fn ordered(candidates: &[Candidate]) -> Vec<&Candidate> {
    let mut sorted: Vec<&Candidate> = candidates.iter().collect();
    sorted.sort_by_key(|candidate| {
        let worst = candidate.costs.iter().max().copied().unwrap_or_default();
        (candidate.average, worst, from_noon(candidate.hour), candidate.hour)
    });
    sorted
}

fn from_noon(hour: usize) -> usize {
    hour.abs_diff(13)
}

/// The hours at which at most `percent` of the people sleep for most of the meeting, on every one of the days, those
/// nearer to the middle of the day first. All of them where there are none.
pub fn bearable(days: &[Date], frame: &Frame<'_>, clocks: &[Clock], measure: &Measure, percent: u32) -> Vec<usize> {
    let people: i64 = clocks.iter().map(|clock| clock.people).sum();
    let asleep = |day: Date, hour: usize| -> i64 {
        let (starts, ends) = frame.at(day, hour);
        let sleeps = |clock: &&Clock| measure.spent(starts, ends, &clock.rules).of(State::Asleep) * 2 > frame.length;
        clocks.iter().filter(sleeps).map(|clock| clock.people).sum()
    };
    let mut hours: Vec<usize> = (0..CANDIDATES).collect();
    hours.sort_by_key(|hour| (from_noon(*hour), *hour));
    let few = |hour: &usize| {
        let too_many = |day: &Date| asleep(*day, *hour) * 100 > people * i64::from(percent);
        !days.iter().any(too_many)
    };
    let kept: Vec<usize> = hours.iter().copied().filter(few).collect();
    if kept.is_empty() { hours } else { kept }
}

/// The days from `from` to `until` on a weekday; without one, all from Monday to Friday.
pub fn days(from: Date, until: Date, weekday: Option<Weekday>) -> Vec<Date> {
    let is_wanted = |day: &Date| match weekday {
        Some(wanted) => day.weekday() == wanted,
        None => !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday),
    };
    from.series(jiff::Span::new().days(1))
        .take_while(|day| *day <= until)
        .filter(is_wanted)
        .collect()
}

/// `number` of the days, spread evenly. Without a chosen weekday those of Wednesday, where there are some.
pub fn spread(days: &[Date], number: usize) -> Vec<Date> {
    let midweek: Vec<Date> = days
        .iter()
        .copied()
        .filter(|day| day.weekday() == Weekday::Wednesday)
        .collect();
    let days = if midweek.len() >= number { &midweek } else { days };
    let number = number.min(days.len());
    (0..number)
        .map(|at| days[(2 * at + 1) * days.len() / (2 * number)])
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use jiff::civil::date;

    use super::super::clocks::together;
    use super::*;
    use crate::platform::config::Config;
    use crate::platform::text::zone::time_zone;

    fn measure() -> Measure {
        Measure::of(&Config::from_parts(None, std::iter::empty()).expect("defaults").fairness)
    }

    fn clocks(zones: &[(&str, i64)]) -> Vec<Clock> {
        let zones: BTreeMap<String, i64> = zones.iter().map(|(name, people)| (name.to_string(), *people)).collect();
        let at = |text| At::parse(text).expect("an instant");
        together(&zones, at("2027-01-01T00:00:00Z"), at("2028-01-01T00:00:00Z"))
    }

    #[test]
    fn worked_example_of_a_network_on_three_continents() {
        let clocks = clocks(&[
            ("Europe/London", 200),
            ("America/New_York", 30),
            ("Australia/Melbourne", 20),
        ]);
        let london = time_zone("Europe/London");
        let frame = Frame {
            network: &london,
            length: 90,
        };
        // Wednesdays in June: New York is five hours behind, Melbourne nine ahead.
        let days = days(date(2027, 6, 1), date(2027, 6, 30), Some(Weekday::Wednesday));
        assert_eq!(days.len(), 5);
        let all = candidates(&days, &frame, &clocks, &measure());
        // By clock from west to east: New York, London, Melbourne; in sixtieths of a point.
        for (hour, costs, states) in [
            (15, [90, 90, 900], "WWZ"),
            (9, [900, 90, 360], "ZWD"),
            (12, [180, 90, 420], "FWF"),
            (21, [120, 420, 660], "WFZ"),
            (22, [240, 900, 180], "FZF"),
            (0, [240, 900, 90], "FZW"),
        ] {
            let found = &all[hour];
            let letters: String = (0..3).map(|clock| found.state(clock).letter()).collect();
            assert_eq!(
                (found.costs.as_slice(), letters.as_str()),
                (&costs[..], states),
                "{hour}"
            );
        }
        // (90×30 + 90×200 + 900×20) / 250
        assert_eq!(all[15].average, 154);
        assert_eq!(all[15].people(&clocks), [20, 0, 230, 0]);
        assert_eq!(all[15].worst(), Some(2));
        let order: Vec<usize> = ordered(&all).iter().map(|candidate| candidate.hour).collect();
        // Noon: New York's early morning, Melbourne's late evening, and nobody asleep for most of it.
        assert_eq!(order[0], 12, "{order:?}");
        // London asleep is most of them asleep: no candidate.
        let bearable = bearable(&days, &frame, &clocks, &measure(), 50);
        assert!(
            !bearable.contains(&22) && !bearable.contains(&3) && bearable.contains(&20),
            "{bearable:?}"
        );
        assert_eq!(super::bearable(&days, &frame, &clocks, &measure(), 100).len(), 24);
    }

    #[test]
    fn days_are_those_of_the_weekday_or_working_days() {
        assert_eq!(days(date(2027, 3, 1), date(2027, 3, 14), None).len(), 10);
        assert_eq!(
            days(date(2027, 3, 1), date(2027, 3, 14), Some(Weekday::Sunday)).len(),
            2
        );
        assert_eq!(days(date(2027, 3, 2), date(2027, 3, 1), None).len(), 0);
    }

    #[test]
    fn the_years_meetings_are_spread_evenly() {
        let year = days(date(2027, 1, 1), date(2027, 12, 31), None);
        let spread_out = spread(&year, 5);
        assert_eq!(spread_out.len(), 5);
        assert!(spread_out.iter().all(|day| day.weekday() == Weekday::Wednesday));
        for pair in spread_out.windows(2) {
            let apart = pair[0].until(pair[1]).expect("days").get_days();
            assert!((63..=77).contains(&apart), "{apart}");
        }
        assert_eq!(spread(&days(date(2027, 3, 1), date(2027, 3, 2), None), 5).len(), 2);
        assert!(spread(&[], 5).is_empty());
    }
}
