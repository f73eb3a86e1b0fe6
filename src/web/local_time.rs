//! A local time in a form, with nothing guessed: one that clocks skip or show twice is asked about. The form then comes
//! back with both instants to choose from, in a field of the same name that ends in `_choice`.

use super::form::{Choice, Fields, FormView};
use crate::platform::clock::At;
use crate::platform::text::zone::{self, LocalTimeProblem};

/// The instant that the field `name` means on the clocks of `zone`; `choices` gets both where there is a doubt.
///
/// `settled`: what it meant before, which stands until the other is chosen. `missing`: what is said of no time at all.
pub fn local_time(
    form: &mut FormView,
    fields: &Fields,
    name: &str,
    zone: &str,
    settled: Option<At>,
    missing: &str,
    choices: &mut Vec<Choice>,
) -> Option<At> {
    let (is_gap, earlier, later) = match zone::local_to_utc(fields.get(name).trim(), zone) {
        Ok(at) => return Some(at),
        Err(LocalTimeProblem::Malformed) => {
            form.fail(name, missing);
            return None;
        }
        Err(LocalTimeProblem::Gap { before, after }) => (true, before, after),
        Err(LocalTimeProblem::Fold { first, second }) => (false, first, second),
    };
    let field = format!("{name}_choice");
    let chosen = match (fields.get(&field), settled) {
        ("", Some(at)) if at == earlier => "earlier",
        ("", Some(at)) if at == later => "later",
        (chosen, _) => chosen,
    };
    *choices = vec![
        Choice::new("earlier", label(earlier, zone, is_gap, "before"), chosen),
        Choice::new("later", label(later, zone, is_gap, "after"), chosen),
    ];
    match chosen {
        "earlier" => Some(earlier),
        "later" => Some(later),
        _ => {
            let city = zone::city(zone);
            let text = if is_gap {
                format!("In {city} the clocks go forward over this time, so it does not exist: choose what you mean.")
            } else {
                format!("In {city} the clocks go back, so this time happens twice: choose which you mean.")
            };
            form.fail(&field, text);
            None
        }
    }
}

/// "31 October 2027, 01:30 London (00:30 UTC), before the clocks go back".
fn label(at: At, zone: &str, is_gap: bool, side: &str) -> String {
    let local = at.in_zone(&zone::time_zone(zone)).strftime("%-d %B %Y, %H:%M");
    let utc = at.timestamp().strftime("%H:%M");
    let way = if is_gap { "forward" } else { "back" };
    format!("{local} {} ({utc} UTC), {side} the clocks go {way}", zone::city(zone))
}
