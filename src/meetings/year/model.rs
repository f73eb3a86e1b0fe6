//! A year of the network, its gaps, and how last year's meetings move into it.
//!
//! # Why
//! * A gap is named when it is a quarter longer than meetings evenly spread would leave: with five a year that is 91
//!   days, thirteen weeks. A month between two meetings is nobody's trouble, a season without one is.
//! * A copy moves by 52 weeks, so that a Wednesday stays one and the hour stays what clocks show. Where that would fall
//!   before the year begins (its first day or two), by 53.
//! * The id of a copy follows from its original and the year: whoever presses twice, or comes back in a month, finds
//!   the first copy and makes no second, wherever it has been moved since.

use jiff::ToSpan;
use jiff::civil::{Date, DateTime, date};
use sha2::{Digest, Sha256};

use crate::meetings::model::MeetingId;

/// One year of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Year {
    pub number: i16,
    pub starts: Date,
    /// The first day of the next.
    pub ends: Date,
}

impl Year {
    /// The year that begins in `number`, on `month-day`.
    pub fn of(number: i16, starts_on: &str) -> Year {
        let begins = |year: i16| {
            let day = format!("{year:04}-{starts_on}").parse();
            day.unwrap_or_else(|_| date(year, 1, 1))
        };
        Year {
            number,
            starts: begins(number),
            ends: begins(number + 1),
        }
    }

    /// The year into which a day falls.
    pub fn around(day: Date, starts_on: &str) -> Year {
        let same = Year::of(day.year(), starts_on);
        if day < same.starts {
            Year::of(day.year() - 1, starts_on)
        } else {
            same
        }
    }

    pub fn holds(&self, day: Date) -> bool {
        self.starts <= day && day < self.ends
    }

    /// Its last day.
    pub fn last(&self) -> Date {
        self.ends.saturating_sub(1.day())
    }

    /// "2027", or "2027–28" where it goes over new year.
    pub fn name(&self) -> String {
        if self.starts.day_of_year() == 1 {
            self.number.to_string()
        } else {
            format!("{}–{:02}", self.number, (self.number + 1) % 100)
        }
    }
}

/// The fewest days between two meetings that are named as a gap.
pub fn gap_days(meetings_a_year: u32) -> i32 {
    365 * 5 / 4 / meetings_a_year.max(1) as i32
}

/// One end of a gap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edge {
    Meeting(Date),
    /// The year begins or ends here, and no meeting is known beyond.
    YearStarts(Date),
    YearEnds(Date),
}

impl Edge {
    pub fn date(self) -> Date {
        match self {
            Edge::Meeting(date) | Edge::YearStarts(date) | Edge::YearEnds(date) => date,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub from: Edge,
    pub until: Edge,
    pub weeks: i32,
}

/// The gaps of a year. `held`: the days of its meetings in order; `before` and `after`: the nearest beyond it.
pub fn gaps(year: &Year, held: &[Date], before: Option<Date>, after: Option<Date>, meetings_a_year: u32) -> Vec<Gap> {
    let first = before.map_or(Edge::YearStarts(year.starts), Edge::Meeting);
    let last = after.map_or(Edge::YearEnds(year.last()), Edge::Meeting);
    let edges: Vec<Edge> = std::iter::once(first)
        .chain(held.iter().copied().map(Edge::Meeting))
        .chain([last])
        .collect();
    let pairs = edges.windows(2).filter_map(|pair| {
        let days = days_between(pair[0].date(), pair[1].date());
        (days >= gap_days(meetings_a_year)).then_some(Gap {
            from: pair[0],
            until: pair[1],
            weeks: days / 7,
        })
    });
    pairs.collect()
}

fn days_between(from: Date, until: Date) -> i32 {
    from.until(until).map_or(0, |span| span.get_days())
}

/// By how many weeks a meeting of the year before moves into `year`.
pub fn weeks_on(day: Date, year: &Year) -> i64 {
    if day.saturating_add(52.weeks()) < year.starts {
        53
    } else {
        52
    }
}

/// A local time as forms write it, so many weeks later on the same weekday; as it is where it cannot be read.
pub fn moved(local: &str, weeks: i64) -> String {
    match local.parse::<DateTime>() {
        Ok(time) => time
            .saturating_add(weeks.weeks())
            .strftime("%Y-%m-%dT%H:%M")
            .to_string(),
        Err(_) => local.to_owned(),
    }
}

/// The id that the copy of a meeting has in a year.
pub fn copy_id(of: &MeetingId, year: i16) -> MeetingId {
    let digest = Sha256::digest(format!("copy of {of} in {year}").as_bytes());
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    let id = uuid::Builder::from_random_bytes(bytes).into_uuid();
    MeetingId::from(id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(texts: &[&str]) -> Vec<Date> {
        texts.iter().map(|text| text.parse().expect("a date")).collect()
    }

    #[test]
    fn a_year_begins_on_its_day() {
        let year = Year::of(2027, "03-19");
        assert_eq!((year.starts, year.ends), (date(2027, 3, 19), date(2028, 3, 19)));
        assert_eq!(year.name(), "2027–28");
        assert_eq!(Year::of(2027, "01-01").name(), "2027");
        assert_eq!(Year::of(2099, "03-19").name(), "2099–00");
        for (day, number) in [
            (date(2027, 3, 18), 2026),
            (date(2027, 3, 19), 2027),
            (date(2028, 3, 18), 2027),
        ] {
            assert_eq!(Year::around(day, "03-19").number, number, "{day}");
        }
    }

    #[test]
    fn gaps_are_named_from_thirteen_weeks_on_with_five_meetings_a_year() {
        assert_eq!([gap_days(5), gap_days(1), gap_days(12)], [91, 456, 38]);
        let year = Year::of(2027, "03-19");
        let held = days(&["2027-03-24", "2027-07-09", "2027-10-07", "2028-01-06"]);
        // 24 March to 9 July is 107 days; 9 July to 7 October 90; 7 October to 6 January 91; to the end of the year 72.
        let found = gaps(&year, &held, None, None, 5);
        let seen: Vec<_> = found
            .iter()
            .map(|gap| (gap.from.date().to_string(), gap.weeks))
            .collect();
        assert_eq!(seen, [("2027-03-24".to_owned(), 15), ("2027-10-07".to_owned(), 13)]);
        // A meeting before the year and one after it bound the gaps at its edges.
        let found = gaps(&year, &days(&["2027-09-01"]), Some(date(2027, 2, 1)), None, 5);
        assert_eq!(found[0].from, Edge::Meeting(date(2027, 2, 1)));
        assert_eq!(
            (found[0].weeks, found[1].until),
            (30, Edge::YearEnds(date(2028, 3, 18)))
        );
        let found = gaps(&year, &[], None, None, 5);
        assert_eq!((found.len(), found[0].weeks), (1, 52));
    }

    #[test]
    fn copies_keep_their_weekday_and_fall_into_the_year() {
        for (day, weeks, moved_to) in [
            ("2027-03-24", 52, "2028-03-22"),
            ("2027-03-19", 53, "2028-03-24"),
            ("2027-03-20", 53, "2028-03-25"),
            ("2027-03-21", 52, "2028-03-19"),
            ("2028-03-18", 52, "2029-03-17"),
        ] {
            let day: Date = day.parse().expect("a date");
            let year = Year::of(Year::around(day, "03-19").number + 1, "03-19");
            assert_eq!(weeks_on(day, &year), weeks, "{day}");
            let copied = moved(&format!("{day}T15:00"), weeks);
            assert_eq!(copied, format!("{moved_to}T15:00"));
            let copied: DateTime = copied.parse().expect("a time");
            assert!(year.holds(copied.date()) && copied.weekday() == day.weekday());
        }
        assert_eq!(moved("soon", 52), "soon");
    }

    #[test]
    fn a_copy_has_one_id_in_each_year() {
        let one = MeetingId::from("0193e0a0-0000-7000-8000-000000000001");
        assert_eq!(copy_id(&one, 2028), copy_id(&one, 2028));
        assert_ne!(copy_id(&one, 2028), copy_id(&one, 2029));
        assert!(uuid::Uuid::parse_str(copy_id(&one, 2028).as_str()).is_ok());
    }
}
