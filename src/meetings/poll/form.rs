//! The form of a poll, from what was typed to [`Details`].
//!
//! A local time that clocks skip or show twice is refused with a word why: with so many other hours to propose, none of
//! them needs a doubt.

use super::model::{Details, FEWEST_TIMES, LONGEST_DAYS, MOST_TIMES, Poll, Time};
use crate::platform::clock::{At, days};
use crate::platform::text::line::{one_line, paragraphs};
use crate::platform::text::zone::{self, LocalTimeProblem};
use crate::web::{Fields, FormView};

/// Every field of the form.
pub(super) const FIELDS: &[&str] = &[
    "title",
    "summary",
    "minutes",
    "time_zone",
    "time1",
    "time2",
    "time3",
    "time4",
    "time5",
    "time6",
    "time7",
    "time8",
    "closes",
];

/// A form that shows a poll as it is.
pub(super) fn filled(poll: &Poll, times: &[Time]) -> FormView {
    let mut form = FormView::blank(FIELDS);
    form.set("title", &poll.title)
        .set("summary", &poll.summary)
        .set("minutes", poll.minutes.to_string())
        .set("time_zone", &poll.time_zone)
        .set("closes", zone::utc_to_local(poll.closes_at, &poll.time_zone));
    for (number, time) in (1..).zip(times) {
        form.set(
            &format!("time{number}"),
            zone::utc_to_local(time.starts_at, &poll.time_zone),
        );
    }
    form
}

/// Reads the form.
pub(super) fn parse(fields: &Fields, now: At) -> (FormView, Option<Details>) {
    let mut form = FormView::of(FIELDS, fields);
    let title = form.take("title", title(fields.get("title")));
    let summary = form.take("summary", paragraphs(fields.get("summary"), 0, 10_000));
    let minutes = form.take("minutes", minutes(fields.get("minutes")));
    let time_zone = form.take("time_zone", zone::zone_name(fields.get("time_zone")));
    let Some(time_zone) = time_zone else {
        return (form, None);
    };
    let starts = times(&mut form, fields, &time_zone, now);
    let closes_at = form.take("closes", instant(fields.get("closes"), &time_zone));
    if let Some(closes_at) = closes_at {
        if closes_at <= now {
            form.fail("closes", "This time has passed: choose one to come.");
        } else if closes_at > now.plus(days(LONGEST_DAYS)) {
            form.fail(
                "closes",
                format!("A poll is open for {LONGEST_DAYS} days at most: choose an earlier end."),
            );
        } else if starts.first().is_some_and(|first| closes_at > *first) {
            form.fail("closes", "Close the poll before the first of its times.");
        }
    }
    let details = match (title, summary, minutes, closes_at) {
        (Some(title), Some(summary), Some(minutes), Some(closes_at)) if form.is_ok() => Some(Details {
            title,
            summary,
            minutes,
            time_zone,
            closes_at,
            starts,
        }),
        _ => None,
    };
    (form, details)
}

fn title(raw: &str) -> Result<String, String> {
    let title = one_line(raw, 200)?;
    if title.is_empty() {
        return Err("Give the meeting a title.".into());
    }
    Ok(title)
}

fn minutes(raw: &str) -> Result<i32, String> {
    match raw.trim().parse() {
        Ok(minutes @ 15..=1_440) => Ok(minutes),
        _ => Err("Say how long the meeting will be: from 15 to 1,440 minutes.".into()),
    }
}

/// The proposed times, earliest first.
fn times(form: &mut FormView, fields: &Fields, zone: &str, now: At) -> Vec<At> {
    let mut starts: Vec<At> = Vec::new();
    let mut typed = 0;
    for number in 1..=MOST_TIMES {
        let name = format!("time{number}");
        if fields.get(&name).trim().is_empty() {
            continue;
        }
        typed += 1;
        let Some(at) = form.take(&name, instant(fields.get(&name), zone)) else {
            continue;
        };
        if at <= now {
            form.fail(&name, "This time has passed: choose one to come.");
        } else if starts.contains(&at) {
            form.fail(&name, "This time is there twice: change it or leave it empty.");
        }
        starts.push(at);
    }
    if typed < FEWEST_TIMES {
        let name = if typed == 0 { "time1" } else { "time2" };
        form.fail(name, "Propose at least two times.");
    }
    starts.sort();
    starts
}

fn instant(local: &str, zone: &str) -> Result<At, String> {
    let city = zone::city(zone);
    zone::local_to_utc(local, zone).map_err(|why| match why {
        LocalTimeProblem::Malformed => "Give a date and a time.".to_owned(),
        LocalTimeProblem::Gap { .. } => {
            format!("In {city} the clocks go forward over this time, so it does not exist: choose another.")
        }
        LocalTimeProblem::Fold { .. } => {
            format!("In {city} the clocks go back, so this time happens twice: choose another.")
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(changes: &[(&'static str, &'static str)]) -> (FormView, Option<Details>) {
        let mut pairs = vec![
            ("title", "Maps"),
            ("summary", ""),
            ("minutes", "90"),
            ("time_zone", "Europe/London"),
            ("time1", "2027-03-25T15:00"),
            ("time2", "2027-03-24T15:00"),
            ("closes", "2027-03-20T18:00"),
        ];
        pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        pairs.extend(changes);
        parse(
            &Fields::of(pairs),
            At::parse("2027-03-01T09:00:00Z").expect("an instant"),
        )
    }

    #[test]
    fn a_good_form_becomes_a_poll_with_its_times_in_order() {
        let details = typed(&[]).1.expect("details");
        let starts: Vec<String> = details.starts.iter().map(At::to_string).collect();
        assert_eq!(starts, ["2027-03-24T15:00:00Z", "2027-03-25T15:00:00Z"]);
    }

    #[test]
    fn each_bad_field_is_refused_by_itself() {
        for (name, value) in [
            ("title", ""),
            ("title", "a\r\nBcc: x"),
            ("minutes", "5"),
            ("minutes", "an hour"),
            ("time_zone", "Europe/Atlantis"),
            ("time1", "soon"),
            ("time1", "2027-02-24T15:00"),
            ("time1", "2027-03-24T15:00"),
            ("time2", ""),
            ("time3", "2027-03-28T01:30"),
            ("time3", "2027-10-31T01:30"),
            ("closes", ""),
            ("closes", "2027-02-01T10:00"),
            ("closes", "2027-03-24T16:00"),
        ] {
            let (form, details) = typed(&[(name, value)]);
            assert!(details.is_none() && !form.is_ok(), "{name}={value}");
        }
        let far = [
            ("time1", "2027-12-01T15:00"),
            ("time2", "2027-12-02T15:00"),
            ("closes", "2027-11-30T15:00"),
        ];
        assert!(typed(&far).1.is_none(), "open for too long");
    }
}
