//! Tables of zones, clocks that jump, and times for people.

use super::*;

fn at(text: &str) -> At {
    At::parse(text).unwrap()
}

#[test]
fn zone_names_are_known_in_any_case_and_from_windows() {
    for (typed, name) in [
        ("Europe/London", "Europe/London"),
        (" europe/LONDON ", "Europe/London"),
        ("america/new_york", "America/New_York"),
        ("GMT Standard Time", "Europe/London"),
        ("w. europe standard time", "Europe/Berlin"),
        ("Eastern Standard Time", "America/New_York"),
        ("AUS Eastern Standard Time", "Australia/Sydney"),
        ("UTC", "Etc/UTC"),
    ] {
        assert_eq!(zone_name(typed), Ok(name.into()), "{typed}");
    }
    for typed in [
        "",
        "London",
        "BST",
        "Europe/Atlantis",
        "../etc/passwd",
        "Etc/Unknown",
        "UTC+1h\n",
    ] {
        assert!(zone_name(typed).unwrap_err().ends_with('.'), "{typed}");
    }
}

#[test]
fn every_windows_zone_and_every_country_leads_to_a_zone_we_have() {
    let names: Vec<String> = WINDOWS_ZONES.iter().map(|(w, _)| w.to_ascii_lowercase()).collect();
    assert!(names.is_sorted() && names.len() > 135);
    for (windows, iana) in WINDOWS_ZONES {
        assert!(find(iana).is_some(), "{windows}: {iana}");
        assert!(zone_name(windows).is_ok(), "{windows}");
    }
    for country in Country::all() {
        let zone = default_zone_of(country);
        assert_eq!(zone_name(zone).as_deref(), Ok(zone), "{country}");
    }
    assert_eq!(default_zone_of(Country::parse("AU").unwrap()), "Australia/Sydney");
}

#[test]
fn a_zone_is_shown_as_its_city() {
    for (zone, shown) in [
        ("Europe/London", "London"),
        ("America/New_York", "New York"),
        ("America/Argentina/Buenos_Aires", "Buenos Aires"),
        ("UTC", "UTC"),
        ("Etc/GMT", "UTC"),
        ("Etc/GMT+12", "UTC−12"),
        ("Etc/GMT-3", "UTC+3"),
    ] {
        assert_eq!(city(zone), shown);
    }
}

#[test]
fn a_select_offers_places() {
    let all = all_zones();
    assert!(all.len() > 400);
    for zone in ["Europe/London", "Asia/Kolkata", "Etc/UTC"] {
        assert!(all.iter().any(|name| name == zone), "{zone}");
    }
    assert!(!all.iter().any(|name| name == "EST" || name == "Etc/GMT+1"));
}

#[test]
fn a_local_time_becomes_one_instant() {
    for (local, zone, utc) in [
        ("2027-03-24T15:00", "Europe/London", "2027-03-24T15:00:00Z"),
        ("2027-03-31T15:00", "Europe/London", "2027-03-31T14:00:00Z"),
        (" 2027-07-01T09:30:00 ", "America/New_York", "2027-07-01T13:30:00Z"),
    ] {
        assert_eq!(local_to_utc(local, zone), Ok(at(utc)));
        assert_eq!(utc_to_local(at(utc), zone), local.trim()[..16]);
    }
}

#[test]
fn what_is_no_local_time_is_malformed() {
    for local in [
        "",
        "2027-03-24",
        "2027-03-24 15:00",
        "2027-02-30T15:00",
        "2027-03-24T25:00",
        "2027-3-24T15:00",
        "2027-03-24T15:00Z",
        "2027-03-24T15:00+01:00",
        "2027-03-24T15:00[Europe/Paris]",
        "-002027-03-24T15:00",
    ] {
        assert_eq!(
            local_to_utc(local, "Europe/London"),
            Err(LocalTimeProblem::Malformed),
            "{local}"
        );
    }
    assert_eq!(
        local_to_utc("2027-03-24T15:00", "Mars/Base"),
        Err(LocalTimeProblem::Malformed)
    );
}

#[test]
fn a_time_that_does_not_exist_or_exists_twice_is_asked_about() {
    assert_eq!(
        local_to_utc("2027-03-28T01:30", "Europe/London"),
        Err(LocalTimeProblem::Gap {
            before: at("2027-03-28T00:30:00Z"),
            after: at("2027-03-28T01:30:00Z")
        })
    );
    assert_eq!(
        local_to_utc("2027-10-31T01:30", "Europe/London"),
        Err(LocalTimeProblem::Fold {
            first: at("2027-10-31T00:30:00Z"),
            second: at("2027-10-31T01:30:00Z")
        })
    );
}

#[test]
fn times_are_written_for_people() {
    let (starts, ends) = (at("2027-03-24T15:00:00Z"), at("2027-03-24T16:30:00Z"));
    assert_eq!(
        long_date_time_range(starts, ends, "Europe/London"),
        "Wednesday 24 March 2027, 15:00–16:30, London"
    );
    assert_eq!(
        long_date_time_range(starts, ends, "Asia/Kolkata"),
        "Wednesday 24 March 2027, 20:30–22:00, Kolkata"
    );
    assert_eq!(
        long_date_time_range(starts, at("2027-03-25T01:00:00Z"), "Europe/London"),
        "Wednesday 24 March 2027, 15:00 to Thursday 25 March 2027, 01:00, London"
    );
    for (reader, said) in [
        ("Europe/London", None),
        ("Europe/Dublin", None),
        ("", None),
        ("Europe/Atlantis", None),
        ("Europe/Berlin", Some("(16:00–17:30 for you)")),
        ("Australia/Sydney", Some("(Thursday 02:00–03:30 for you)")),
        ("Asia/Dhaka", Some("(21:00–22:30 for you)")),
        ("Asia/Tokyo", Some("(Thursday 00:00–01:30 for you)")),
        ("Asia/Shanghai", Some("(23:00 to Thursday 00:30 for you)")),
    ] {
        assert_eq!(
            reader_range(starts, ends, "Europe/London", reader).as_deref(),
            said,
            "{reader}"
        );
    }
}

#[test]
fn a_date_is_the_date_of_its_zone() {
    assert_eq!(short_date(jiff::civil::date(2027, 3, 4)), "4 March 2027");
    assert_eq!(
        short_date_at(at("2027-03-24T23:30:00Z"), "Europe/Berlin"),
        "25 March 2027"
    );
}

#[test]
fn the_hour_that_happens_twice_says_which_it_is() {
    let range = |starts: &str, ends: &str, zone: &str| long_date_time_range(at(starts), at(ends), zone);
    assert_eq!(
        range("2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z", "Europe/London"),
        "Sunday 31 October 2027, 01:30 (UTC+1)–01:30 (UTC), London"
    );
    assert_eq!(
        range("2027-11-07T05:30:00Z", "2027-11-07T07:30:00Z", "America/New_York"),
        "Sunday 7 November 2027, 01:30 (UTC−4)–02:30, New York"
    );
}
