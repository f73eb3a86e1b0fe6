//! What everything on the page is counted with.

use jiff::Span;
use jiff::civil::Date;

use crate::meetings::fairness::clocks::{Clock, Spell, spells};
use crate::meetings::fairness::hours::Frame;
use crate::meetings::fairness::measure::Measure;
use crate::platform::clock::At;

pub(super) struct Scene<'a> {
    pub frame: Frame<'a>,
    pub zone: &'a str,
    pub clocks: Vec<Clock>,
    pub measure: Measure,
    pub days: Vec<Date>,
    pub now: At,
}

impl Scene<'_> {
    /// "15:00–16:30": a meeting that begins at this hour, on the network's clocks.
    pub fn time(&self, hour: usize) -> String {
        let end = hour as i64 * 60 + self.frame.length;
        format!("{hour:02}:00–{:02}:{:02}", end / 60 % 24, end % 60)
    }

    /// The form of a new meeting, filled in with this day and hour.
    pub fn use_url(&self, day: Date, hour: usize) -> String {
        let local = day.at(hour as i8, 0, 0, 0);
        let ends = local
            .checked_add(Span::new().minutes(self.frame.length))
            .unwrap_or(local);
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("starts", &local.strftime("%Y-%m-%dT%H:%M").to_string());
        query.append_pair("ends", &ends.strftime("%Y-%m-%dT%H:%M").to_string());
        query.append_pair("time_zone", self.zone);
        format!("/coordinate/meetings/new?{}", query.finish())
    }

    /// The first of the days that has not begun.
    pub fn next_day(&self) -> Option<Date> {
        let today = self.now.in_zone(self.frame.network).date();
        let next = self.days.iter().find(|day| **day > today);
        next.or(self.days.last()).copied()
    }

    /// The spells in which a clock stands at an unusual distance from the network's.
    pub fn short_spells<'c>(&'c self, from: At, until: At) -> Vec<(&'c Clock, Spell)> {
        let of_clock = |clock: &'c Clock| {
            let found = spells(self.frame.network, &clock.rules, from, until);
            found
                .into_iter()
                .filter(|spell| spell.is_short)
                .map(move |spell| (clock, spell))
        };
        self.clocks.iter().flat_map(of_clock).collect()
    }
}
