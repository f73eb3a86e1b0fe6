//! IANA time zones, local times in them, and times written for people.
//!
//! Why the bundled database: every replica and every test then agrees on the rules, whatever the
//! machine has installed; a new release of the program brings the new rules.

use jiff::Zoned;
use jiff::civil::{Date, DateTime};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use std::sync::LazyLock;

use super::country::Country;
use super::line;
use super::windows_zones::WINDOWS_ZONES;
use crate::platform::clock::At;

static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone's IANA name in its usual case; Windows names (`GMT Standard Time`) are translated.
pub fn zone_name(raw: &str) -> Result<String, String> {
    let typed = raw.trim();
    let wanted = from_windows(typed).unwrap_or(typed);
    match find(wanted).as_ref().and_then(TimeZone::iana_name) {
        Some(name) => Ok(name.to_owned()),
        None if typed.is_empty() => Err("Choose a time zone.".into()),
        None => Err(format!(
            "“{}” is not a time zone we know: write one such as Europe/London.",
            line::excerpt(typed, 40)
        )),
    }
}

/// The rules of a zone that [`zone_name`] accepted; UTC for anything else.
pub fn time_zone(zone: &str) -> TimeZone {
    find(zone).unwrap_or(TimeZone::UTC)
}

/// The place a zone is named after: `Europe/London` is "London".
pub fn city(zone: &str) -> String {
    if let Some(hours) = zone
        .strip_prefix("Etc/GMT")
        .filter(|hours| *hours != "0" && *hours != "+0" && *hours != "-0")
    {
        // These names count westwards: Etc/GMT+12 is twelve hours behind.
        if let Some(behind) = hours.strip_prefix('+') {
            return format!("UTC−{behind}");
        }
        if let Some(ahead) = hours.strip_prefix('-') {
            return format!("UTC+{ahead}");
        }
    }
    match zone {
        "UTC" | "Etc/UTC" | "Etc/GMT" | "Etc/GMT0" | "Etc/UCT" | "Etc/Zulu" | "Zulu" => "UTC".into(),
        _ => zone.rsplit('/').next().unwrap_or(zone).replace('_', " "),
    }
}

/// The zone where most people of `country` live: a first guess for a form.
pub fn default_zone_of(country: Country) -> &'static str {
    country.usual_zone()
}

/// Every zone named after a place (`Europe/London`), and UTC, by name: for a select.
pub fn all_zones() -> Vec<String> {
    let mut names: Vec<String> = ZONES
        .available()
        .map(|name| name.as_str().to_owned())
        .filter(|name| {
            name == "Etc/UTC"
                || (name.contains('/')
                    && !["Etc/", "US/", "SystemV/", "posix/", "right/"]
                        .iter()
                        .any(|other| name.starts_with(other)))
        })
        .collect();
    names.sort();
    names.dedup();
    names
}

/// Why a local time is not one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalTimeProblem {
    /// Not a date and time like `2027-03-24T15:00`, or not in a known zone.
    Malformed,
    /// The clocks go forward over it; `before` and `after` are as far before and after the jump.
    Gap { before: At, after: At },
    /// The clocks go back over it, so that it happens twice.
    Fold { first: At, second: At },
}

/// The instant at which clocks in `zone` show `local`, written as forms send it.
pub fn local_to_utc(local: &str, zone: &str) -> Result<At, LocalTimeProblem> {
    let local = local_time(local).ok_or(LocalTimeProblem::Malformed)?;
    let zone = find(zone).ok_or(LocalTimeProblem::Malformed)?;
    let meant = zone.to_ambiguous_timestamp(local);
    let earlier = meant.earlier().map_err(|_| LocalTimeProblem::Malformed)?;
    let later = meant.later().map_err(|_| LocalTimeProblem::Malformed)?;
    let (earlier, later) = (At::from_timestamp(earlier), At::from_timestamp(later));
    match meant.offset() {
        AmbiguousOffset::Unambiguous { .. } => Ok(earlier),
        AmbiguousOffset::Gap { .. } => Err(LocalTimeProblem::Gap {
            before: earlier,
            after: later,
        }),
        AmbiguousOffset::Fold { .. } => Err(LocalTimeProblem::Fold {
            first: earlier,
            second: later,
        }),
    }
}

/// What clocks in `zone` show at `at`, as a form field wants it: `2027-03-24T15:00`.
pub fn utc_to_local(at: At, zone: &str) -> String {
    at.in_zone(&time_zone(zone)).strftime("%Y-%m-%dT%H:%M").to_string()
}

/// "Wednesday 24 March 2027, 15:00–16:30, London".
pub fn long_date_time_range(starts: At, ends: At, zone: &str) -> String {
    let rules = time_zone(zone);
    let (starts, ends) = (starts.in_zone(&rules), ends.in_zone(&rules));
    let day = format!("{}, {}", starts.strftime("%A %-d %B %Y"), clock(&starts));
    let place = city(zone);
    if starts.date() == ends.date() {
        format!("{day}–{}, {place}", clock(&ends))
    } else {
        format!("{day} to {}, {}, {place}", ends.strftime("%A %-d %B %Y"), clock(&ends))
    }
}

/// "(16:00–17:30 for you)", with the day where it is another; nothing where the clocks agree
/// or the reader's zone is not known.
pub fn reader_range(starts: At, ends: At, meeting_zone: &str, reader_zone: &str) -> Option<String> {
    let (theirs, ours) = (time_zone(meeting_zone), find(reader_zone)?);
    let (there, here) = (starts.in_zone(&theirs), starts.in_zone(&ours));
    let (there_ends, here_ends) = (ends.in_zone(&theirs), ends.in_zone(&ours));
    if there.datetime() == here.datetime() && there_ends.datetime() == here_ends.datetime() {
        return None;
    }
    let day_of_start = if here.date() == there.date() {
        String::new()
    } else {
        format!("{} ", here.strftime("%A"))
    };
    let end = if here_ends.date() == here.date() {
        format!("–{}", clock(&here_ends))
    } else {
        format!(" to {}", here_ends.strftime("%A %H:%M"))
    };
    Some(format!("({day_of_start}{}{end} for you)", clock(&here)))
}

/// "24 March 2027".
pub fn short_date(date: Date) -> String {
    date.strftime("%-d %B %Y").to_string()
}

/// The date in `zone` at `at`: "24 March 2027".
pub fn short_date_at(at: At, zone: &str) -> String {
    short_date(at.in_zone(&time_zone(zone)).date())
}

/// "15:00"; in the hour that happens twice also which of the two: "01:30 (UTC+1)".
fn clock(time: &Zoned) -> String {
    let shown = time.strftime("%H:%M").to_string();
    let meant = time.time_zone().to_ambiguous_timestamp(time.datetime());
    if !matches!(meant.offset(), AmbiguousOffset::Fold { .. }) {
        return shown;
    }
    let minutes = time.offset().seconds() / 60;
    let sign = if minutes < 0 { '−' } else { '+' };
    match (minutes.abs() / 60, minutes.abs() % 60) {
        (0, 0) => format!("{shown} (UTC)"),
        (hours, 0) => format!("{shown} (UTC{sign}{hours})"),
        (hours, rest) => format!("{shown} (UTC{sign}{hours}:{rest:02})"),
    }
}

fn find(name: &str) -> Option<TimeZone> {
    // jiff also knows "Etc/Unknown", which is no place to hold a meeting.
    ZONES.get(name).ok().filter(|zone| !zone.is_unknown())
}

fn from_windows(name: &str) -> Option<&'static str> {
    let wanted = name.to_ascii_lowercase();
    WINDOWS_ZONES
        .binary_search_by(|(windows, _)| windows.to_ascii_lowercase().cmp(&wanted))
        .ok()
        .map(|row| WINDOWS_ZONES[row].1)
}

/// `2027-03-24T15:00`, seconds allowed; nothing else, so that no offset is silently dropped.
fn local_time(text: &str) -> Option<DateTime> {
    let text = text.trim();
    let shape: String = text.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
    match shape.as_str() {
        "0000-00-00T00:00" | "0000-00-00T00:00:00" => text.parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
#[path = "zone_tests.rs"]
mod tests;
