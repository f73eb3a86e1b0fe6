//! Last year's meetings as the drafts they would become.

use jiff::civil::Date;
use jiff::tz::TimeZone;

use super::model::{Year, copy_id, moved, weeks_on};
use crate::meetings::form::{self, Typed};
use crate::meetings::model::{Details, Meeting, MeetingId, Status};
use crate::web::Fields;

/// One meeting of the year before.
pub struct Foreseen {
    pub original: Meeting,
    pub id: MeetingId,
    /// The copy that was made before.
    pub known: Option<Meeting>,
    /// The year holds another meeting of this title.
    pub has_namesake: bool,
    pub weeks: i64,
    pub typed: Typed,
}

/// What copying the year before `year` would make. `fields`: what was chosen where clocks skip or repeat an hour.
pub fn foresee(all: &[Meeting], year: &Year, starts_on: &str, network: &TimeZone, fields: &Fields) -> Vec<Foreseen> {
    let before = Year::of(year.number - 1, starts_on);
    let those = all
        .iter()
        .filter(|meeting| meeting.status == Status::Scheduled && before.holds(day_of(meeting, network)));
    those
        .map(|original| {
            let id = copy_id(&original.id, year.number);
            let weeks = weeks_on(day_of(original, network), year);
            let is_namesake = |other: &&Meeting| {
                other.id != id
                    && !other.is_cancelled()
                    && other.title == original.title
                    && year.holds(day_of(other, network))
            };
            Foreseen {
                known: all.iter().find(|meeting| meeting.id == id).cloned(),
                has_namesake: all.iter().any(|other| is_namesake(&other)),
                typed: draft(&original.details(), weeks, &id, fields),
                original: original.clone(),
                id,
                weeks,
            }
        })
        .collect()
}

/// The day on the network's clocks.
pub fn day_of(meeting: &Meeting, network: &TimeZone) -> Date {
    meeting.starts_at.in_zone(network).date()
}

/// The form of the copy, as if it had been typed: so a time that clocks skip or repeat is asked about as there.
fn draft(details: &Details, weeks: i64, id: &MeetingId, fields: &Fields) -> Typed {
    let (starts, ends) = (moved(&details.starts_local, weeks), moved(&details.ends_local, weeks));
    let choice = |name: &str| fields.get(&format!("{name}-{id}")).to_owned();
    let (starts_choice, ends_choice) = (choice("starts_choice"), choice("ends_choice"));
    let fields = Fields::of([
        ("title", details.title.as_str()),
        ("summary", &details.summary),
        ("starts", &starts),
        ("ends", &ends),
        ("time_zone", &details.time_zone),
        ("joining_link", &details.joining_link),
        ("speakers", &details.speakers),
        ("visibility", details.visibility.as_str()),
        ("starts_choice", &starts_choice),
        ("ends_choice", &ends_choice),
    ]);
    let mut typed = form::parse(&fields, None);
    if let Some(copied) = &mut typed.details {
        // Neither stands in the fields above: one is a switch of the desk, and a limit is a number.
        copied.has_own_links = details.has_own_links;
        copied.places = details.places;
    }
    typed
}
