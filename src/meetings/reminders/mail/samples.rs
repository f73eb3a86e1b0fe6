//! Samples of these mails: ordinary, longest, empty.

use super::*;
use crate::meetings::mail::samples::{LONG_TITLE, LONG_WHEN, TITLE, WHEN};
use crate::platform::mail::words::MailKind;

pub fn kinds(network: &str) -> Vec<MailKind> {
    let rsvp = "https://network.example.org/rsvp/sample4k7q2m";
    let view = |title: &str, when: &str, speakers: &[&str], joining_link: &str, answer: Answer| View {
        subject_line: format!("Tomorrow: {title}, 24 March 2027, 15:00 London"),
        opening: opening("Tomorrow", network, answer),
        title: title.into(),
        when: when.into(),
        speakers: speakers.iter().map(|name| (*name).to_owned()).collect(),
        joining_link: joining_link.into(),
        is_own_link: answer == Answer::Maybe,
        page_url: "https://network.example.org/meetings/2027-03-24-sample".into(),
        answer: said(answer),
        yes_url: format!("{rsvp}?answer=yes"),
        maybe_url: format!("{rsvp}?answer=maybe"),
        no_url: format!("{rsvp}?answer=no"),
        off_url: "https://network.example.org/unsubscribe/sample4k7q2m".into(),
    };
    let speakers = [
        "Sample Speaker, Sample University",
        "Second Sample Speaker, Sample Trust",
    ];
    let room = "https://meet.example.org/sample-room";
    vec![
        MailKind::new(
            "meetings/reminder",
            "Reminder",
            "Before a meeting, at the times that its coordinator chose, to those who have reminders on.",
        )
        .footer(format!(
            "You get this because you are invited to this meeting as a member of {network}."
        ))
        .needs(&["title", "when", "joining_link", "off_url"])
        .sample("Ordinary", &view(TITLE, WHEN, &speakers[..1], room, Answer::Yes))
        .sample("Longest", &view(LONG_TITLE, LONG_WHEN, &speakers, room, Answer::Maybe))
        .sample("Empty", &view(TITLE, WHEN, &[], "", Answer::None)),
    ]
}
