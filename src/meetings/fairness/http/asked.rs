//! What the page is asked: which days, how long, which hour to look at closely.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

use crate::web::{Choice, Fields, FormView};

/// Longest range of days; more would be a guess at rules that governments have not made yet.
const MOST_DAYS: i32 = 731;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub from: Date,
    pub until: Date,
    /// Minutes.
    pub length: i64,
    pub weekday: Option<Weekday>,
    /// The hour to show clock by clock; none: the best.
    pub hour: Option<usize>,
}

const FIELDS: &[&str] = &["from", "until", "length", "weekday"];

const WEEKDAYS: [(&str, &str, Weekday); 7] = [
    ("1", "Mondays", Weekday::Monday),
    ("2", "Tuesdays", Weekday::Tuesday),
    ("3", "Wednesdays", Weekday::Wednesday),
    ("4", "Thursdays", Weekday::Thursday),
    ("5", "Fridays", Weekday::Friday),
    ("6", "Saturdays", Weekday::Saturday),
    ("7", "Sundays", Weekday::Sunday),
];

/// Reads the address. Without anything in it: working days of the year to come, ninety minutes.
pub fn parse(query: &Fields, today: Date) -> (FormView, Option<Asked>) {
    let mut form = FormView::of(FIELDS, query);
    for (name, value) in [
        ("from", today.to_string()),
        ("until", today.saturating_add(52.weeks()).to_string()),
        ("length", "90".to_owned()),
    ] {
        if query.get(name).trim().is_empty() {
            form.set(name, value);
        }
    }
    let or = |name: &str, usual: Date| match query.get(name).trim() {
        "" => Ok(usual),
        typed => date(typed),
    };
    let from = form.take("from", or("from", today));
    let usual_end = from.unwrap_or(today).saturating_add(52.weeks());
    if query.get("until").trim().is_empty() {
        form.set("until", usual_end.to_string());
    }
    let until = form.take("until", or("until", usual_end));
    let length = form.take("length", length(query.get("length").trim()));
    let weekday = form.take("weekday", weekday(query.get("weekday")));
    if let Some((from, until)) = from.zip(until) {
        let apart = from.until(until).map_or(i32::MAX, |span| span.get_days());
        if until < from {
            form.fail(
                "until",
                "The last day must not be before the first: choose a later one.",
            );
        } else if apart > MOST_DAYS {
            form.fail("until", "Two years are the most: choose an earlier last day.");
        }
    }
    let asked = match (from, until, length, weekday) {
        (Some(from), Some(until), Some(length), Some(weekday)) if form.is_ok() => Some(Asked {
            from,
            until,
            length,
            weekday,
            hour: query.get("hour").parse().ok().filter(|hour| *hour < 24),
        }),
        _ => None,
    };
    (form, asked)
}

pub fn weekday_choices(chosen: &str) -> Vec<Choice> {
    let every = std::iter::once(Choice::new("", "Monday to Friday", chosen));
    let one = WEEKDAYS
        .iter()
        .map(|(value, label, _)| Choice::new(*value, *label, chosen));
    every.chain(one).collect()
}

/// "Wednesdays", "working days".
pub fn days_word(weekday: Option<Weekday>) -> &'static str {
    let found = WEEKDAYS.iter().find(|row| Some(row.2) == weekday);
    found.map_or("working days", |row| row.1)
}

impl Asked {
    /// The address of this page with another hour looked at.
    pub fn path_of(&self, hour: usize) -> String {
        let number = WEEKDAYS
            .iter()
            .find(|row| Some(row.2) == self.weekday)
            .map_or("", |row| row.0);
        format!(
            "/coordinate/meetings/hours?from={}&until={}&length={}&weekday={number}&hour={hour}#closely",
            self.from, self.until, self.length
        )
    }
}

fn date(typed: &str) -> Result<Date, String> {
    let is_shaped = typed.len() == 10 && typed.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date = is_shaped.then(|| typed.parse::<Date>().ok()).flatten();
    let date = date.filter(|date| (2000..=2200).contains(&date.year()));
    date.ok_or_else(|| "Give the day as year, month and day, such as 2027-03-24.".into())
}

fn length(typed: &str) -> Result<i64, String> {
    if typed.is_empty() {
        return Ok(90);
    }
    let minutes = typed.parse::<i64>().ok().filter(|minutes| (15..=480).contains(minutes));
    minutes.ok_or_else(|| "Give the length in minutes, from 15 to 480.".into())
}

fn weekday(typed: &str) -> Result<Option<Weekday>, String> {
    if typed.is_empty() {
        return Ok(None);
    }
    let found = WEEKDAYS.iter().find(|row| row.0 == typed);
    found
        .map(|row| Some(row.2))
        .ok_or_else(|| "Choose one of these days.".into())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn asked(pairs: &[(&str, &str)]) -> Option<Asked> {
        parse(&Fields::of(pairs.iter().copied()), date(2027, 3, 1)).1
    }

    #[test]
    fn an_empty_address_asks_about_the_year_to_come() {
        let usual = asked(&[]).expect("an answer");
        assert_eq!((usual.from, usual.until), (date(2027, 3, 1), date(2028, 2, 28)));
        assert_eq!((usual.length, usual.weekday, usual.hour), (90, None, None));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_its_field() {
        for pair in [
            ("from", "soon"),
            ("from", "9999-01-01"),
            ("until", "2027-02-28"),
            ("until", "2029-06-01"),
            ("length", "10"),
            ("length", "481"),
            ("length", "an hour"),
            ("weekday", "8"),
        ] {
            let (form, asked) = parse(&Fields::of([pair]), date(2027, 3, 1));
            assert!(asked.is_none() && !form.is_ok(), "{pair:?}");
        }
        assert_eq!(asked(&[("hour", "24")]).and_then(|asked| asked.hour), None);
        assert_eq!(asked(&[("hour", "7")]).and_then(|asked| asked.hour), Some(7));
    }
}
