//! When it goes, as a form: now, or at a local time in a named zone, with nothing guessed.

use crate::announcements::actions::When;
use crate::platform::clock::At;
use crate::platform::text::zone;
use crate::web::{Choice, Fields, FormView, local_time};

/// Reads `when`, `goes`, `time_zone` and `goes_choice`; `choices` gets what there is to choose from in doubt.
pub(super) fn read(form: &mut FormView, fields: &Fields, now: At, choices: &mut Vec<Choice>) -> Option<When> {
    match fields.get("when") {
        "now" => return Some(When::Now),
        "later" => {}
        _ => {
            form.fail("when", "Choose when it goes.");
            return None;
        }
    }
    let zone = form.take("time_zone", zone::zone_name(fields.get("time_zone")))?;
    let missing = "Give the date and the time at which it goes.";
    let at = local_time(form, fields, "goes", &zone, None, missing, choices)?;
    if at <= now {
        form.fail("goes", "That time is past: choose a later one.");
        return None;
    }
    Some(When::Later(at, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(goes: &str, choice: &str) -> (Option<When>, usize, bool) {
        let fields = Fields::of([
            ("when", "later"),
            ("goes", goes),
            ("time_zone", "Europe/London"),
            ("goes_choice", choice),
        ]);
        let mut form = FormView::of(&["when", "goes", "time_zone", "goes_choice"], &fields);
        let mut choices = Vec::new();
        let now = At::parse("2027-03-01T09:00:00Z").expect("an instant");
        let when = read(&mut form, &fields, now, &mut choices);
        (when, choices.len(), form.is_ok())
    }

    #[test]
    fn a_time_that_is_skipped_or_shown_twice_is_asked_about() {
        for (goes, choice, instant) in [
            ("2027-03-24T15:00", "", "2027-03-24T15:00:00Z"),
            ("2027-04-24T15:00", "", "2027-04-24T14:00:00Z"),
            ("2027-10-31T01:30", "earlier", "2027-10-31T00:30:00Z"),
            ("2027-10-31T01:30", "later", "2027-10-31T01:30:00Z"),
            ("2027-03-28T01:30", "earlier", "2027-03-28T00:30:00Z"),
            ("2027-03-28T01:30", "later", "2027-03-28T01:30:00Z"),
        ] {
            let at = At::parse(instant).expect("an instant");
            assert_eq!(
                typed(goes, choice).0,
                Some(When::Later(at, "Europe/London".into())),
                "{goes}"
            );
        }
        for goes in ["2027-10-31T01:30", "2027-03-28T01:30"] {
            assert_eq!(typed(goes, ""), (None, 2, false), "{goes}");
        }
        for goes in ["", "soon", "2027-02-28T15:00"] {
            assert_eq!(typed(goes, ""), (None, 0, false), "{goes}");
        }
    }
}
