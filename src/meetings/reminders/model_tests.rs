use super::*;
use crate::platform::clock::minutes;

fn at(text: &str) -> At {
    At::parse(text).unwrap()
}

#[test]
fn a_day_before_is_the_same_time_of_day_where_the_meeting_is() {
    // Zone, start, then when 14 days, 7 days, 3 days, 1 day and 1 hour before are.
    let table = [
        (
            "Europe/London",
            "2027-03-28T14:00:00Z",
            ["14T15:00", "21T15:00", "25T15:00", "27T15:00", "28T13:00"],
        ),
        (
            "Europe/London",
            "2027-10-31T15:00:00Z",
            ["17T14:00", "24T14:00", "28T14:00", "30T14:00", "31T14:00"],
        ),
        (
            "America/New_York",
            "2027-03-28T19:00:00Z",
            ["14T19:00", "21T19:00", "25T19:00", "27T19:00", "28T18:00"],
        ),
        (
            "America/New_York",
            "2027-03-20T19:00:00Z",
            ["06T20:00", "13T20:00", "17T19:00", "19T19:00", "20T18:00"],
        ),
        (
            "Australia/Sydney",
            "2027-10-17T04:00:00Z",
            ["03T04:00", "10T04:00", "14T04:00", "16T04:00", "17T03:00"],
        ),
        (
            "Australia/Sydney",
            "2027-04-18T05:00:00Z",
            ["04T05:00", "11T05:00", "15T05:00", "17T05:00", "18T04:00"],
        ),
        (
            "Asia/Kolkata",
            "2027-03-28T09:30:00Z",
            ["14T09:30", "21T09:30", "25T09:30", "27T09:30", "28T08:30"],
        ),
        // Half an hour on 4 April.
        (
            "Australia/Lord_Howe",
            "2027-04-17T04:30:00Z",
            ["03T04:00", "10T04:30", "14T04:30", "16T04:30", "17T03:30"],
        ),
        (
            "Pacific/Apia",
            "2027-03-28T02:00:00Z",
            ["14T02:00", "21T02:00", "25T02:00", "27T02:00", "28T01:00"],
        ),
    ];
    for (zone, start, expected) in table {
        for (lead, day) in Lead::ALL.iter().zip(expected) {
            let due = lead.due_at(at(start), zone).to_string();
            assert_eq!(due, format!("{}{day}:00Z", &start[..8]), "{zone} {start} {lead}");
        }
    }
}

#[test]
fn a_time_that_the_clocks_skip_or_show_twice_is_one_instant() {
    // 01:30 on 28 March does not exist in London, and is the first of two on 31 October.
    let (spring, autumn) = (at("2027-03-29T00:30:00Z"), at("2027-11-01T01:30:00Z"));
    let due = |start| Lead::Day1.due_at(start, "Europe/London").to_string();
    assert_eq!(due(spring), "2027-03-28T01:30:00Z");
    assert_eq!(due(autumn), "2027-10-31T00:30:00Z");
}

#[test]
fn no_two_leads_are_due_at_once_and_none_after_the_start() {
    for zone in ["Europe/London", "America/New_York", "Australia/Sydney", "Asia/Kolkata"] {
        for day in 0..366 {
            let start = at("2027-01-01T03:00:00Z").plus(days(day));
            let mut last = At::from_unix(0);
            for lead in Lead::ALL {
                assert!(lead.due_at(start, zone) >= last, "{zone} {start} {lead}");
                last = lead.over_at(start, zone);
                assert!(last > lead.due_at(start, zone) && last <= start);
                assert!(start.since(lead.due_at(start, zone)) < LONGEST);
            }
        }
    }
}

#[test]
fn a_lead_is_ahead_then_due_then_over() {
    let start = at("2027-03-28T14:00:00Z");
    for (lead, now, is) in [
        (Lead::Days7, "2027-03-21T14:59:59Z", Stage::Ahead),
        (Lead::Days7, "2027-03-21T15:00:00Z", Stage::Due),
        (Lead::Days7, "2027-03-22T14:59:59Z", Stage::Due),
        (Lead::Days7, "2027-03-22T15:00:00Z", Stage::Over),
        (Lead::Day1, "2027-03-28T02:59:59Z", Stage::Due),
        (Lead::Day1, "2027-03-28T03:00:00Z", Stage::Over),
        (Lead::Hour1, "2027-03-28T13:59:59Z", Stage::Due),
        (Lead::Hour1, "2027-03-28T14:00:00Z", Stage::Over),
        (Lead::Days14, "1970-01-01T00:00:00Z", Stage::Ahead),
        (Lead::Hour1, "2037-01-01T00:00:00Z", Stage::Over),
    ] {
        assert_eq!(stage(lead, start, "Europe/London", at(now)), is, "{lead} {now}");
    }
}

#[test]
fn nothing_stored_means_the_usual_ones_and_something_means_just_that() {
    let on = |stored: &[Chosen]| -> Vec<String> {
        let all = chosen(stored);
        assert_eq!(all.len(), 10);
        all.iter()
            .filter(|one| one.is_on)
            .map(|one| one.reminder.name())
            .collect()
    };
    assert_eq!(on(&[]), ["not-answered-7-days", "coming-1-day", "coming-1-hour"]);
    let off = Chosen {
        reminder: USUAL[0],
        is_on: false,
        since: None,
    };
    assert_eq!(on(&[off]), Vec::<String>::new());
    assert_eq!(on(&[Chosen { is_on: true, ..off }]), ["not-answered-7-days"]);
}

#[test]
fn each_gets_what_was_for_them_when_it_was_due() {
    let (start, due) = (at("2027-03-28T14:00:00Z"), at("2027-03-27T15:00:00Z"));
    let now = due.plus(minutes(1));
    let day_before = Chosen {
        reminder: USUAL[1],
        is_on: true,
        since: None,
    };
    let usual = Facts {
        answer: Answer::Yes,
        has_no_place: false,
        answered_at: Some(due.minus(days(3))),
        told_at: due.minus(days(9)),
        wants_reminders: true,
        wants_since: None,
        sent: &[],
    };
    let (lately, long_ago) = (now.minus(hours(11)), now.minus(hours(12)));
    let other_start = start.plus(hours(2));
    let gets: &[(&str, Facts<'_>, bool)] = &[
        ("said yes", usual, true),
        (
            "said maybe",
            Facts {
                answer: Answer::Maybe,
                ..usual
            },
            true,
        ),
        (
            "waits for a place",
            Facts {
                answer: Answer::Maybe,
                has_no_place: true,
                ..usual
            },
            false,
        ),
        (
            "said no",
            Facts {
                answer: Answer::No,
                ..usual
            },
            false,
        ),
        (
            "said nothing",
            Facts {
                answer: Answer::None,
                answered_at: None,
                ..usual
            },
            false,
        ),
        (
            "answered after",
            Facts {
                answered_at: Some(now),
                ..usual
            },
            false,
        ),
        (
            "answered in the very second",
            Facts {
                answered_at: Some(due),
                ..usual
            },
            true,
        ),
        ("told after", Facts { told_at: now, ..usual }, false),
        (
            "told by a clock that was wrong",
            Facts {
                told_at: now.plus(days(1)),
                ..usual
            },
            true,
        ),
        (
            "wants none",
            Facts {
                wants_reminders: false,
                wants_since: Some(long_ago),
                ..usual
            },
            false,
        ),
        (
            "wants them again",
            Facts {
                wants_since: Some(long_ago),
                ..usual
            },
            true,
        ),
        (
            "wants them again just now",
            Facts {
                wants_since: Some(now),
                ..usual
            },
            false,
        ),
        (
            "had it",
            Facts {
                sent: &[(Lead::Day1, start, long_ago)],
                ..usual
            },
            false,
        ),
        (
            "had another",
            Facts {
                sent: &[(Lead::Days7, start, lately)],
                ..usual
            },
            true,
        ),
        (
            "had it lately, for another start",
            Facts {
                sent: &[(Lead::Day1, other_start, lately)],
                ..usual
            },
            false,
        ),
        (
            "had it long ago, for another start",
            Facts {
                sent: &[(Lead::Day1, other_start, long_ago)],
                ..usual
            },
            true,
        ),
    ];
    for (what, facts, expected) in gets {
        assert_eq!(facts.gets(&day_before, start, due, now), *expected, "{what}");
    }
    let off = Chosen {
        is_on: false,
        ..day_before
    };
    assert!(!usual.gets(&off, start, due, now));
    let chosen_late = Chosen {
        since: Some(now),
        ..day_before
    };
    assert!(!usual.gets(&chosen_late, start, due, now));
}

#[test]
fn how_soon_it_is_depends_on_the_readers_day() {
    let start = at("2027-03-28T14:00:00Z");
    for (now, zone, words) in [
        ("2027-03-21T15:00:00Z", "Europe/London", "In 7 days"),
        ("2027-03-27T15:00:00Z", "Europe/London", "Tomorrow"),
        // Already Sunday in Sydney, and the meeting is on Monday there.
        ("2027-03-27T15:00:00Z", "Australia/Sydney", "Tomorrow"),
        ("2027-03-28T02:00:00Z", "Europe/London", "Today"),
        ("2027-03-28T02:00:00Z", "America/Los_Angeles", "Tomorrow"),
        ("2027-03-28T13:00:00Z", "Europe/London", "In an hour"),
        ("2027-03-28T13:00:29Z", "Europe/London", "In an hour"),
        ("2027-03-28T13:21:00Z", "Europe/London", "In 40 minutes"),
        ("2027-03-28T13:57:00Z", "Europe/London", "In a few minutes"),
    ] {
        assert_eq!(how_soon(start, at(now), zone), words, "{now} {zone}");
    }
}
