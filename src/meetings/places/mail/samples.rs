//! Samples of these mails: ordinary, longest, empty.

use super::*;
use crate::meetings::mail::samples::{LONG_TITLE, LONG_WHEN, TITLE, WHEN, member};
use crate::platform::mail::words::MailKind;

pub fn kinds(network: &str) -> Vec<MailKind> {
    let view = |subject_line: &str, title, when: &str, path: &str| View {
        subject_line: subject_line.into(),
        name: "Sample Member",
        title,
        when: when.into(),
        position: ordinal(3),
        until: "Monday 22 March 2027, 18:00 London".into(),
        link: format!("https://network.example.org/{path}/sample4k7q2m"),
        page_url: "https://network.example.org/meetings/2027-03-24-sample".into(),
    };
    let waits = SubjectKind::Waiting.subject(TITLE, "24 March 2027, 15:00 London");
    let waits_long = SubjectKind::Waiting.subject(LONG_TITLE, "24 March 2027, 15:00 London");
    let place = format!("A place for you: {TITLE}, 24 March 2027, 15:00 London");
    let place_long = format!("A place for you: {LONG_TITLE}, 24 March 2027, 15:00 London");
    vec![
        MailKind::new(
            "meetings/place_awaited",
            "On the waiting list",
            "When somebody’s calendar says yes to a meeting whose places are all taken.",
        )
        .footer(member(network))
        .needs(&["title", "when", "position"])
        .sample("Ordinary", &view(&waits, TITLE, WHEN, "rsvp"))
        .sample("Longest", &view(&waits_long, LONG_TITLE, LONG_WHEN, "rsvp")),
        MailKind::new(
            "meetings/place_offered",
            "A place has come free",
            "When a place comes free, to the next on the waiting list.",
        )
        .footer(member(network))
        .needs(&["title", "when", "until"])
        .sample("Ordinary", &view(&place, TITLE, WHEN, "places"))
        .sample("Longest", &view(&place_long, LONG_TITLE, LONG_WHEN, "places")),
    ]
}
