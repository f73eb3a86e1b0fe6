//! Golden objects for what is mailed, downloaded and subscribed to.

use super::*;
use crate::platform::clock::hours;

fn at(text: &str) -> At {
    At::parse(text).expect("an instant in a test")
}

pub(super) fn sample() -> Event {
    Event {
        uid: "0192f0c1-7b1e-7c3a-9d52-0a1b2c3d4e5f@example.org".into(),
        sequence: 0,
        stamp: at("2027-03-01T09:00:00Z"),
        created: at("2027-02-01T09:00:00Z"),
        last_modified: at("2027-03-01T08:59:00Z"),
        starts_at: at("2027-03-24T15:00:00Z"),
        ends_at: at("2027-03-24T16:00:00Z"),
        summary: "Maps, models; and what they leave out".into(),
        description: "15:00 London.\nJoin: https://meet.example.org/maps".into(),
        location: "Online".into(),
        url: Some("https://example.org/meetings/maps".into()),
        conference: Some("https://meet.example.org/maps".into()),
        status: EventStatus::Confirmed,
        organizer: Some(Party {
            email: "meetings+k7@example.org".into(),
            name: "OXSOP meetings".into(),
        }),
        attendee: Some(Attendee {
            email: "reader@example.org".into(),
            name: "Reader, \"R\"".into(),
            part_stat: PartStat::NeedsAction,
        }),
        is_busy: true,
    }
}

/// The lines of a golden file, joined as they go on the wire.
fn wire(golden: &str) -> String {
    golden.lines().map(|line| format!("{line}\r\n")).collect()
}

const REQUEST: &str = r#"BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//OXSOP//OXSOP//EN
METHOD:REQUEST
BEGIN:VEVENT
UID:0192f0c1-7b1e-7c3a-9d52-0a1b2c3d4e5f@example.org
DTSTAMP:20270301T090000Z
CREATED:20270201T090000Z
LAST-MODIFIED:20270301T085900Z
SEQUENCE:0
STATUS:CONFIRMED
DTSTART:20270324T150000Z
DTEND:20270324T160000Z
SUMMARY:Maps\, models\; and what they leave out
DESCRIPTION:15:00 London.\nJoin: https://meet.example.org/maps
LOCATION:Online
URL:https://example.org/meetings/maps
CONFERENCE;FEATURE=VIDEO;LABEL="Join the meeting";VALUE=URI:https://meet.ex
 ample.org/maps
ORGANIZER;CN="OXSOP meetings":mailto:meetings+k7@example.org
ATTENDEE;CN="Reader, ^'R^'";CUTYPE=INDIVIDUAL;PARTSTAT=NEEDS-ACTION;ROLE=RE
 Q-PARTICIPANT;RSVP=TRUE:mailto:reader@example.org
TRANSP:OPAQUE
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
END:VEVENT
END:VCALENDAR
"#;

const CONFERENCE: &str =
    "CONFERENCE;FEATURE=VIDEO;LABEL=\"Join the meeting\";VALUE=URI:https://meet.ex\n ample.org/maps\n";

#[test]
fn an_invitation_reads_like_the_golden_request() {
    assert_eq!(message(Method::Request, &sample()), wire(REQUEST));
}

#[test]
fn an_update_differs_only_in_what_changed() {
    let mut event = sample();
    event.sequence = 1;
    event.stamp = at("2027-03-02T09:00:00Z");
    event.last_modified = at("2027-03-02T09:00:00Z");
    event.starts_at = at("2027-03-25T15:00:00Z");
    event.ends_at = at("2027-03-25T16:00:00Z");
    let golden = REQUEST
        .replace("SEQUENCE:0", "SEQUENCE:1")
        .replace("DTSTAMP:20270301T090000Z", "DTSTAMP:20270302T090000Z")
        .replace("LAST-MODIFIED:20270301T085900Z", "LAST-MODIFIED:20270302T090000Z")
        .replace(":20270324T", ":20270325T");
    assert_eq!(message(Method::Request, &event), wire(&golden));
}

#[test]
fn a_cancellation_keeps_who_and_when_and_drops_the_joining_link() {
    let mut event = sample();
    event.sequence = 2;
    event.description = String::new();
    let golden = REQUEST
        .replace("METHOD:REQUEST", "METHOD:CANCEL")
        .replace("SEQUENCE:0", "SEQUENCE:2")
        .replace("STATUS:CONFIRMED", "STATUS:CANCELLED")
        .replace("DESCRIPTION:15:00 London.\\nJoin: https://meet.example.org/maps\n", "")
        .replace(CONFERENCE, "")
        .replace("TRANSP:OPAQUE", "TRANSP:TRANSPARENT")
        .replace("BUSYSTATUS:BUSY", "BUSYSTATUS:FREE");
    assert_eq!(message(Method::Cancel, &event), wire(&golden));
}

#[test]
fn a_download_is_the_request_without_its_method() {
    assert_eq!(file(&sample()), wire(&REQUEST.replace("METHOD:REQUEST\n", "")));
}

fn sample_feed() -> Feed {
    Feed {
        name: "OXSOP meetings".into(),
        description: "All meetings, for everyone.".into(),
        source_url: "https://example.org/calendar.ics".into(),
        url: "https://example.org/meetings".into(),
    }
}

#[test]
fn a_public_feed_names_nobody_and_says_how_often_to_look() {
    let mut event = sample();
    (event.organizer, event.attendee, event.conference) = (None, None, None);
    let text = feed(&sample_feed(), &[event]);
    let golden = "BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//OXSOP//OXSOP//EN\nNAME:OXSOP meetings\nX-WR-CALNAME:OXSOP meetings\n\
        DESCRIPTION:All meetings\\, for everyone.\nX-WR-CALDESC:All meetings\\, for everyone.\n\
        REFRESH-INTERVAL;VALUE=DURATION:PT1H\nX-PUBLISHED-TTL:PT1H\n\
        SOURCE;VALUE=URI:https://example.org/calendar.ics\nURL:https://example.org/meetings\n\
        COLOR:seagreen\nX-APPLE-CALENDAR-COLOR:#1D6242\nBEGIN:VEVENT\n";
    assert!(text.starts_with(&wire(golden)), "{text}");
    for absent in ["METHOD", "ORGANIZER", "ATTENDEE", "mailto:", "CONFERENCE"] {
        assert!(!text.contains(absent), "{absent} in a public feed");
    }
}

#[test]
fn an_end_before_the_start_is_left_out_and_a_change_before_the_creation_is_lifted() {
    let mut event = sample();
    event.ends_at = event.starts_at;
    event.last_modified = event.created.minus(hours(1));
    let text = file(&event);
    assert!(!text.contains("DTEND"));
    assert!(text.contains("LAST-MODIFIED:20270201T090000Z"));
}

#[test]
fn an_address_that_is_not_of_the_web_is_left_out() {
    let mut event = sample();
    event.url = Some("javascript:alert(1)".into());
    event.conference = Some("file:///etc/passwd".into());
    let text = file(&event);
    assert!(!text.contains("javascript") && !text.contains("file:"));
}
