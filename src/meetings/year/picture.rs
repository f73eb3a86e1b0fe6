//! The picture of a year: months on a line, a dot for each meeting, a band for each gap. Its units are those of the SVG.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::model::{Gap, Year};

const LEFT: i64 = 20;
const WIDE: i64 = 920;

#[derive(Serialize)]
pub struct Picture {
    label: String,
    months: Vec<Mark>,
    bands: Vec<Band>,
    dots: Vec<Dot>,
    today: Option<i64>,
}

#[derive(Serialize)]
struct Mark {
    x: i64,
    text_x: i64,
    text: String,
}

#[derive(Serialize)]
struct Band {
    x: i64,
    width: i64,
    middle: i64,
    text: String,
}

#[derive(Serialize)]
struct Dot {
    x: i64,
    kind: &'static str,
}

/// A day as a place on the line; beyond the year, its edge.
fn x(year: &Year, day: Date) -> i64 {
    let days = |from: Date, until: Date| i64::from(from.until(until).map_or(0, |span| span.get_days()));
    let all = days(year.starts, year.ends).max(1);
    LEFT + WIDE * days(year.starts, day).clamp(0, all) / all
}

/// `meetings`: each day, and `on`, `draft` or `off`.
pub fn picture(year: &Year, meetings: &[(Date, &'static str)], gaps: &[Gap], today: Date) -> Picture {
    let first = year.starts.first_of_month();
    let begun = std::iter::successors(Some(first), |month| Some(month.saturating_add(1.month())));
    let months = begun.take_while(|month| *month < year.ends).map(|month| Mark {
        x: x(year, month),
        text_x: x(year, month) + 4,
        text: month.strftime("%b").to_string(),
    });
    let bands = gaps.iter().map(|gap| {
        let (from, until) = (x(year, gap.from.date()), x(year, gap.until.date()));
        Band {
            x: from,
            width: until - from,
            middle: (from + until) / 2,
            text: format!("{} weeks", gap.weeks),
        }
    });
    let on = meetings.iter().filter(|(_, kind)| *kind != "off").count();
    Picture {
        label: format!(
            "{on} meetings and {} gaps in the year; the list below says the same.",
            gaps.len()
        ),
        // A month of which only the last days belong to the year would stand on its neighbour.
        months: months.filter(|mark| mark.text_x + 24 < LEFT + WIDE).collect(),
        bands: bands.filter(|band| band.width > 0).collect(),
        dots: meetings
            .iter()
            .map(|(day, kind)| Dot { x: x(year, *day), kind })
            .collect(),
        today: year.holds(today).then(|| x(year, today)),
    }
}
