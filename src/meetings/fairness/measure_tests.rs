use proptest::prelude::*;

use super::*;
use crate::platform::clock::minutes;
use crate::platform::config::Config;
use crate::platform::text::zone::time_zone;

fn measure(more: &str) -> Measure {
    let text = format!("[fairness]\n{more}");
    let config = Config::from_parts(Some(&text), std::iter::empty()).expect("a configuration");
    Measure::of(&config.fairness)
}

/// Points to the tenth, of a meeting that begins at an instant.
fn cost_in_points(measure: &Measure, starts: &str, length: i64, zone: &str) -> f64 {
    let starts = At::parse(starts).expect("an instant");
    measure.cost(starts, starts.plus(minutes(length)), &time_zone(zone)) as f64 / 60.0
}

#[test]
fn worked_examples_with_the_usual_weights() {
    let usual = measure("");
    for (starts, length, zone, expected) in [
        // Wednesday 24 March 2027, 15:00–16:30 London: at work, 1.5 h × 1.
        ("2027-03-24T15:00:00Z", 90, "Europe/London", 1.5),
        // The same in New York, 11:00–12:30 (four hours behind that week): at work.
        ("2027-03-24T15:00:00Z", 90, "America/New_York", 1.5),
        // In Los Angeles, 08:00–09:30: an hour of their own, half an hour of work.
        ("2027-03-24T15:00:00Z", 90, "America/Los_Angeles", 2.5),
        // In Kolkata, 20:30–22:00: free, to the very minute before sleep.
        ("2027-03-24T15:00:00Z", 90, "Asia/Kolkata", 3.0),
        // In Melbourne, 02:00–03:30 (eleven hours ahead until 28 March): asleep, 1.5 h × 10.
        ("2027-03-24T15:00:00Z", 90, "Australia/Melbourne", 15.0),
        // 18:00–19:30 London: dinner, all of it, 1.5 h × 4.
        ("2027-03-24T18:00:00Z", 90, "Europe/London", 6.0),
        // 19:00–20:30: half an hour of dinner, then an hour of their own: 2 + 2.
        ("2027-03-24T19:00:00Z", 90, "Europe/London", 4.0),
        // 21:30–23:00: half an hour of their own, an hour of sleep: 1 + 10.
        ("2027-03-24T21:30:00Z", 90, "Europe/London", 11.0),
        // Saturday 27 March 2027, 11:00: nobody is at work, 1.5 h × 2.
        ("2027-03-27T11:00:00Z", 90, "Europe/London", 3.0),
        // Sunday 23:30 to Monday 00:30: over the end of the week, asleep.
        ("2027-03-21T23:30:00Z", 60, "Europe/London", 10.0),
        // Sunday 28 March 2027, 00:30–02:00 UTC: London's clocks jump from 01:00 to 02:00 and show 03:00 at the end.
        ("2027-03-28T00:30:00Z", 90, "Europe/London", 15.0),
    ] {
        assert_eq!(
            cost_in_points(&usual, starts, length, zone),
            expected,
            "{starts} {zone}"
        );
    }
}

#[test]
fn the_weights_and_the_hours_are_settings() {
    let ours = measure("asleep = 100\nfree = 0\nwork = 3\nsleep_from = '23:00'\nsleep_until = '06:00'");
    for (starts, expected) in [
        ("2027-03-24T22:00:00Z", 0.0),
        ("2027-03-24T23:00:00Z", 100.0),
        ("2027-03-24T05:00:00Z", 100.0),
        ("2027-03-24T06:00:00Z", 0.0),
        ("2027-03-24T09:00:00Z", 3.0),
    ] {
        assert_eq!(cost_in_points(&ours, starts, 60, "Europe/London"), expected, "{starts}");
    }
    let naps = measure("sleep_from = '13:00'\nsleep_until = '14:00'\nwork_from = '09:00'");
    assert_eq!(cost_in_points(&naps, "2027-03-24T13:00:00Z", 60, "Europe/London"), 10.0);
    assert_eq!(cost_in_points(&naps, "2027-03-24T02:00:00Z", 60, "Europe/London"), 2.0);
}

#[test]
fn points_are_written_to_the_tenth() {
    for (cost, words) in [
        (0, "0"),
        (90, "1.5"),
        (900, "15"),
        (154, "2.6"),
        (57, "1"),
        (2, "0"),
        (3, "0.1"),
    ] {
        assert_eq!(points(cost), words, "{cost}");
    }
}

#[test]
fn clocks_that_change_during_a_meeting_are_read_as_they_show() {
    // Sleep ends at 02:00: on 28 March 2027 London's clocks show 02:00 an hour early, so only half an hour is slept.
    let early = measure("sleep_until = '02:00'");
    let starts = At::parse("2027-03-28T00:30:00Z").expect("an instant");
    let spent = early.spent(starts, starts.plus(minutes(90)), &time_zone("Europe/London"));
    assert_eq!((spent.of(State::Asleep), spent.of(State::Free)), (30, 60));
    // On 31 October 01:00–02:00 comes twice, and both are slept.
    let starts = At::parse("2027-10-31T00:00:00Z").expect("an instant");
    let spent = early.spent(starts, starts.plus(minutes(180)), &time_zone("Europe/London"));
    assert_eq!((spent.of(State::Asleep), spent.of(State::Free)), (120, 60));
}

proptest! {
    /// The pieces and sums come to what a walk through the minutes comes to.
    #[test]
    fn the_measure_is_the_sum_of_its_minutes(
        start in 1_798_761_600_i64 / 60..1_830_297_600_i64 / 60,
        length in 1_i64..1_440,
        zone in prop::sample::select(vec![
            "Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "Africa/Casablanca",
        ]),
    ) {
        let (usual, rules) = (measure(""), time_zone(zone));
        let starts = At::from_unix(start * 60);
        let whole = usual.spent(starts, starts.plus(minutes(length)), &rules);
        let mut walked = Spent::default();
        for minute in 0..length {
            let at = starts.plus(minutes(minute));
            walked = walked.plus(usual.within_week(minute_of_week(&rules, at.timestamp()), 1));
        }
        prop_assert_eq!(whole, walked);
        prop_assert_eq!(STATES.map(|state| whole.of(state)).iter().sum::<i64>(), length);
    }
}
