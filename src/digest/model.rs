//! When a digest is due, and from when to when it looks.

use jiff::SignedDuration;
use jiff::civil::{Date, Weekday};

use crate::members::choices::Rhythm;
use crate::platform::clock::{At, days, minutes};
use crate::platform::text::zone;

/// The hour at which it is due, where the network is.
const HOUR: i8 = 8;
/// How many are written in one go, so that nothing else waits long for the database.
pub const AT_ONCE: usize = 50;

/// One Monday on which digests go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// `weekly 2027-03-22`
    pub key: String,
    pub due_at: At,
}

/// The last period that has begun.
pub fn latest(rhythm: Rhythm, time_zone: &str, now: At) -> Option<Period> {
    let today = now.in_zone(&zone::time_zone(time_zone)).date();
    let back = |n: i64| today.checked_sub(jiff::Span::new().days(n)).ok();
    let mut periods = (0..45).filter_map(|n| period(rhythm, time_zone, back(n)?));
    periods.find(|period| period.due_at <= now)
}

/// The next one that will.
pub fn next(rhythm: Rhythm, time_zone: &str, now: At) -> Option<Period> {
    let today = now.in_zone(&zone::time_zone(time_zone)).date();
    let ahead = |n: i64| today.checked_add(jiff::Span::new().days(n)).ok();
    let mut periods = (0..45).filter_map(|n| period(rhythm, time_zone, ahead(n)?));
    periods.find(|period| period.due_at > now)
}

/// The period that begins on this day, if one does.
fn period(rhythm: Rhythm, time_zone: &str, day: Date) -> Option<Period> {
    let is_its_day = day.weekday() == Weekday::Monday && (rhythm == Rhythm::Weekly || day.day() <= 7);
    if !is_its_day {
        return None;
    }
    let due = day.at(HOUR, 0, 0, 0).to_zoned(zone::time_zone(time_zone)).ok()?;
    Some(Period {
        key: format!("{rhythm} {day}"),
        due_at: At::from_timestamp(due.timestamp()),
    })
}

/// Until when a late one still goes.
pub fn late_until(rhythm: Rhythm, period: &Period) -> At {
    period.due_at.plus(days(match rhythm {
        Rhythm::Weekly => 3,
        Rhythm::Monthly => 7,
    }))
}

/// How far ahead it looks for meetings: to the next digest and somewhat further.
pub fn ahead(rhythm: Rhythm) -> SignedDuration {
    days(match rhythm {
        Rhythm::Weekly => 14,
        Rhythm::Monthly => 42,
    })
}

/// From when to when something must have come to be new: since the last digest, but no further back than one period
/// before it was turned on.
pub fn window(rhythm: Rhythm, last: Option<At>, on_since: At, now: At) -> (At, At) {
    let length = days(match rhythm {
        Rhythm::Weekly => 7,
        Rhythm::Monthly => 31,
    });
    let first = on_since.minus(length);
    (last.map_or(first, |last| last.max(first)), now.minus(minutes(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> At {
        At::parse(text).unwrap()
    }

    #[test]
    fn a_period_begins_on_its_monday_at_eight_where_the_network_is() {
        use Rhythm::{Monthly, Weekly};
        // now, rhythm, the last that has begun, the next that will
        for (now, rhythm, last, coming) in [
            (
                "2027-03-22T07:59:59Z",
                Weekly,
                "2027-03-15T08:00:00Z",
                "2027-03-22T08:00:00Z",
            ),
            (
                "2027-03-22T08:00:00Z",
                Weekly,
                "2027-03-22T08:00:00Z",
                "2027-03-29T07:00:00Z",
            ),
            // Clocks have gone forward in between.
            (
                "2027-03-29T07:00:00Z",
                Weekly,
                "2027-03-29T07:00:00Z",
                "2027-04-05T07:00:00Z",
            ),
            (
                "2027-03-01T08:00:00Z",
                Monthly,
                "2027-03-01T08:00:00Z",
                "2027-04-05T07:00:00Z",
            ),
            (
                "2027-03-01T07:59:59Z",
                Monthly,
                "2027-02-01T08:00:00Z",
                "2027-03-01T08:00:00Z",
            ),
            (
                "2027-01-01T12:00:00Z",
                Monthly,
                "2026-12-07T08:00:00Z",
                "2027-01-04T08:00:00Z",
            ),
            (
                "2027-10-31T12:00:00Z",
                Weekly,
                "2027-10-25T07:00:00Z",
                "2027-11-01T08:00:00Z",
            ),
        ] {
            let (last, coming) = (at(last), at(coming));
            assert_eq!(latest(rhythm, "Europe/London", at(now)).unwrap().due_at, last, "{now}");
            assert_eq!(next(rhythm, "Europe/London", at(now)).unwrap().due_at, coming, "{now}");
        }
        let sydney = latest(Weekly, "Australia/Sydney", at("2027-03-21T22:00:00Z")).unwrap();
        assert_eq!(sydney.key, "weekly 2027-03-22");
        assert_eq!(sydney.due_at, at("2027-03-21T21:00:00Z"));
    }

    #[test]
    fn nothing_is_left_out_between_two_and_nothing_from_before_it_was_wanted() {
        let now = at("2027-03-22T08:00:10Z");
        let (since, last) = (at("2027-01-01T00:00:00Z"), at("2027-03-15T07:59:00Z"));
        assert_eq!(
            window(Rhythm::Weekly, Some(last), since, now),
            (last, at("2027-03-22T07:59:10Z"))
        );
        let anew = at("2027-03-20T00:00:00Z");
        let from = at("2027-03-13T00:00:00Z");
        assert_eq!(window(Rhythm::Weekly, None, anew, now).0, from);
        let long_ago = at("2026-06-01T08:00:00Z");
        assert_eq!(window(Rhythm::Weekly, Some(long_ago), anew, now).0, from);
    }
}
