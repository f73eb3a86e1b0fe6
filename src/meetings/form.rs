//! The form of a meeting, from what was typed to [`Details`], with nothing guessed.
//!
//! A local time that clocks skip or show twice is asked about, in `starts_choice` and `ends_choice` ([`local_time`]).

use super::model::{Details, Visibility};
use crate::platform::clock::{At, hours};
use crate::platform::text::line::{one_line, paragraphs};
use crate::platform::text::zone;
use crate::web::{Choice, Fields, FormView, local_time};

/// Every field of the form; the last three are hidden or shown only when needed.
pub(super) const FIELDS: &[&str] = &[
    "title",
    "summary",
    "starts",
    "ends",
    "time_zone",
    "joining_link",
    "speakers",
    "visibility",
    "places",
    "starts_choice",
    "ends_choice",
];

/// What came of a form.
pub(super) struct Typed {
    pub form: FormView,
    pub details: Option<Details>,
    /// The two instants that a local time may mean; empty where there is no doubt.
    pub starts_choices: Vec<Choice>,
    pub ends_choices: Vec<Choice>,
}

/// A form that shows a meeting as it is; in an hour that happens twice also which of the two is meant.
pub(super) fn filled(details: &Details) -> Typed {
    let places = details.places.map(|places| places.to_string()).unwrap_or_default();
    let fields = Fields::of([
        ("title", details.title.as_str()),
        ("summary", &details.summary),
        ("starts", &details.starts_local),
        ("ends", &details.ends_local),
        ("time_zone", &details.time_zone),
        ("joining_link", &details.joining_link),
        ("speakers", &details.speakers),
        ("visibility", details.visibility.as_str()),
        ("places", &places),
    ]);
    parse(&fields, Some(details))
}

/// Reads the form. `known`: the meeting as it was, whose local times have been settled before.
pub(super) fn parse(fields: &Fields, known: Option<&Details>) -> Typed {
    let mut form = FormView::of(FIELDS, fields);
    let title = form.take("title", title(fields.get("title")));
    let summary = form.take("summary", paragraphs(fields.get("summary"), 0, 10_000));
    let zone = form.take("time_zone", zone::zone_name(fields.get("time_zone")));
    let joining_link = form.take("joining_link", joining_link(fields.get("joining_link")));
    let speakers = form.take("speakers", paragraphs(fields.get("speakers"), 0, 1_000));
    let visibility = form.take(
        "visibility",
        Visibility::parse(fields.get("visibility")).ok_or_else(|| "Choose who may see this meeting.".to_owned()),
    );
    // A form that does not know the field leaves the limit as it is.
    let places = match (fields.has("places"), known) {
        (false, Some(known)) => Some(known.places),
        _ => form.take("places", places(fields.get("places"))),
    };
    let (mut starts_choices, mut ends_choices) = (Vec::new(), Vec::new());
    let mut times = None;
    if let Some(zone) = &zone {
        let known = known.filter(|known| &known.time_zone == zone);
        let starts_before = known.map(|known| (known.starts_local.as_str(), known.starts_at));
        let ends_before = known.map(|known| (known.ends_local.as_str(), known.ends_at));
        let starts = instant(&mut form, fields, "starts", zone, starts_before, &mut starts_choices);
        let ends = instant(&mut form, fields, "ends", zone, ends_before, &mut ends_choices);
        times = starts.zip(ends);
    }
    if let Some(((_, starts_at), (_, ends_at))) = &times {
        if ends_at <= starts_at {
            form.fail("ends", "The meeting must end after it starts: choose a later end.");
        } else if ends_at.since(*starts_at) > hours(24) {
            form.fail("ends", "A meeting lasts 24 hours at most: choose an earlier end.");
        }
    }
    let details = match (title, summary, zone, joining_link, speakers, visibility, places, times) {
        (
            Some(title),
            Some(summary),
            Some(time_zone),
            Some(joining_link),
            Some(speakers),
            Some(visibility),
            Some(places),
            Some(times),
        ) if form.is_ok() => {
            let ((starts_local, starts_at), (ends_local, ends_at)) = times;
            Some(Details {
                title,
                summary,
                starts_local,
                ends_local,
                time_zone,
                starts_at,
                ends_at,
                joining_link,
                speakers,
                visibility,
                // Switched by a button of its own, so an edit leaves it as it is.
                has_own_links: known.is_some_and(|known| known.has_own_links),
                places,
            })
        }
        _ => None,
    };
    Typed {
        form,
        details,
        starts_choices,
        ends_choices,
    }
}

fn title(raw: &str) -> Result<String, String> {
    let title = one_line(raw, 200)?;
    if title.is_empty() {
        return Err("Give the meeting a title.".into());
    }
    Ok(title)
}

/// Nothing, or an address of the web.
fn joining_link(raw: &str) -> Result<String, String> {
    let link = one_line(raw, 1_000)?;
    let is_web = || {
        url::Url::parse(&link).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            && !link.contains(char::is_whitespace)
    };
    if link.is_empty() || is_web() {
        Ok(link)
    } else {
        Err("Write the joining link as a whole address that begins with https://.".into())
    }
}

/// Nothing (as many as like), or how many may come.
fn places(raw: &str) -> Result<Option<i32>, String> {
    let typed = raw.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    match typed.parse::<i32>() {
        Ok(places) if (1..=10_000).contains(&places) => Ok(Some(places)),
        _ => Err("Write how many may come as a whole number, such as 12, or leave it empty for no limit.".into()),
    }
}

/// The local time as it will be kept, and its instant.
fn instant(
    form: &mut FormView,
    fields: &Fields,
    name: &str,
    zone: &str,
    settled: Option<(&str, At)>,
    choices: &mut Vec<Choice>,
) -> Option<(String, At)> {
    let settled = settled.filter(|(known, _)| *known == fields.get(name).trim());
    let which = if name == "ends" { "end" } else { "start" };
    let missing = format!("Give the date and the time of the {which}.");
    let at = local_time(form, fields, name, zone, settled.map(|(_, at)| at), &missing, choices)?;
    Some((zone::utc_to_local(at, zone), at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(changes: &[(&'static str, &'static str)]) -> Typed {
        let mut pairs = vec![
            ("title", "Maps"),
            ("summary", "What maps leave out."),
            ("starts", "2027-03-24T15:00"),
            ("ends", "2027-03-24T16:30"),
            ("time_zone", "Europe/London"),
            ("joining_link", "https://meet.example.org/maps"),
            ("speakers", ""),
            ("visibility", "public"),
        ];
        pairs.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        pairs.extend(changes);
        parse(&Fields::of(pairs), None)
    }

    #[test]
    fn a_good_form_becomes_details() {
        let details = typed(&[])
            .details
            .map(|details| (details.starts_at.to_string(), details.starts_local));
        assert_eq!(
            details,
            Some(("2027-03-24T15:00:00Z".into(), "2027-03-24T15:00".into()))
        );
    }

    #[test]
    fn each_bad_field_is_refused_by_itself() {
        for (name, value) in [
            ("title", ""),
            ("title", "a\r\nBcc: x"),
            ("starts", "tomorrow"),
            ("ends", "2027-03-24T15:00"),
            ("ends", "2027-03-26T15:00"),
            ("time_zone", "Europe/Atlantis"),
            ("joining_link", "javascript:alert(1)"),
            ("joining_link", "meet.example.org/maps"),
            ("visibility", "everyone"),
            ("places", "0"),
            ("places", "-3"),
            ("places", "a dozen"),
            ("places", "99999999999"),
        ] {
            let typed = typed(&[(name, value)]);
            assert!(typed.details.is_none() && !typed.form.is_ok(), "{name}={value}");
        }
        assert!(typed(&[("joining_link", "")]).details.is_some());
        for (written, places) in [("", None), (" 12 ", Some(12)), ("1", Some(1))] {
            assert_eq!(
                typed(&[("places", written)]).details.map(|found| found.places),
                Some(places)
            );
        }
    }

    #[test]
    fn which_of_the_two_is_shown_and_can_be_put_right() {
        let starts = ("starts", "2027-10-31T01:30");
        let first = typed(&[starts, ("ends", "2027-10-31T03:00"), ("starts_choice", "earlier")]);
        let first = first.details.expect("details");
        let shown = filled(&first);
        assert!(shown.form.is_ok() && shown.starts_choices[0].is_selected && shown.ends_choices.is_empty());
        let pairs = [
            ("title", "Maps"),
            ("summary", ""),
            starts,
            ("ends", "2027-10-31T03:00"),
            ("time_zone", "Europe/London"),
            ("joining_link", ""),
            ("speakers", ""),
            ("visibility", "public"),
        ];
        let unchanged = parse(&Fields::of(pairs), Some(&first)).details.expect("details");
        assert_eq!(unchanged.starts_at, first.starts_at);
        let pairs = pairs.into_iter().chain([("starts_choice", "later")]);
        let put_right = parse(&Fields::of(pairs), Some(&first)).details.expect("details");
        assert_eq!(put_right.starts_at.to_string(), "2027-10-31T01:30:00Z");
    }

    #[test]
    fn a_time_that_is_skipped_or_shown_twice_is_asked_about() {
        let cases = [
            (
                "2027-10-31T01:30",
                "2027-10-31T03:00",
                "earlier",
                "2027-10-31T00:30:00Z",
                "2027-10-31T01:30",
            ),
            (
                "2027-10-31T01:30",
                "2027-10-31T03:00",
                "later",
                "2027-10-31T01:30:00Z",
                "2027-10-31T01:30",
            ),
            (
                "2027-03-28T01:30",
                "2027-03-28T05:00",
                "earlier",
                "2027-03-28T00:30:00Z",
                "2027-03-28T00:30",
            ),
            (
                "2027-03-28T01:30",
                "2027-03-28T05:00",
                "later",
                "2027-03-28T01:30:00Z",
                "2027-03-28T02:30",
            ),
        ];
        for (starts, ends, choice, instant, local) in cases {
            let asked = typed(&[("starts", starts), ("ends", ends)]);
            assert!(asked.details.is_none() && asked.starts_choices.len() == 2 && asked.ends_choices.is_empty());
            let settled = typed(&[("starts", starts), ("ends", ends), ("starts_choice", choice)]);
            let details = settled
                .details
                .map(|details| (details.starts_at.to_string(), details.starts_local));
            assert_eq!(details, Some((instant.into(), local.into())), "{starts} {choice}");
        }
    }
}
