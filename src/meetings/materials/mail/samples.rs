//! Samples of these mails: ordinary, longest, empty.

use super::*;
use crate::meetings::mail::samples::{LONG_TITLE, LONG_WHEN, TITLE, WHEN, member};
use crate::platform::mail::words::MailKind;

pub fn kinds(network: &str) -> Vec<MailKind> {
    let paper = |title: &str, path: &str| Paper {
        title: title.into(),
        url: format!("https://network.example.org/meetings/2027-03-24-sample/files/{path}"),
    };
    let ordinary = Contents {
        minutes: Some("We heard what a good first year looks like, and agreed to collect examples.".into()),
        papers: vec![paper("Slides", "slides")],
        recording_until: Some("30 April 2027".into()),
    };
    let longest = Contents {
        minutes: Some(
            "We heard from five countries what a good first year looks like. "
                .repeat(6)
                .trim()
                .to_owned(),
        ),
        papers: vec![
            paper(
                "Slides of the sample talk on training before the first client",
                "slides",
            ),
            paper("A sample paper (in print)", "paper"),
            paper("Notes", "notes"),
        ],
        recording_until: Some("30 September 2027".into()),
    };
    let least = Contents {
        minutes: None,
        papers: vec![paper("Slides", "slides")],
        recording_until: None,
    };
    fn recap<'a>(title: &'a str, when: &str, contents: &'a Contents) -> RecapView<'a> {
        RecapView {
            title,
            when: when.into(),
            contents,
            page_url: "https://network.example.org/sign-in?next=/meetings/2027-03-24-sample".into(),
            off_url: "https://network.example.org/unsubscribe/sample4k7q2m",
        }
    }
    let log = |title, when: &str| LogView {
        name: "Sample Presenter",
        title,
        when: when.into(),
        link: "https://network.example.org/meetings/2027-03-24-sample/log/sample4k7q2m".into(),
        off_url: "https://network.example.org/unsubscribe/sample4k7q2m",
    };
    vec![
        MailKind::new(
            "meetings/log",
            "Slides and outcome, to presenters",
            "Once, after a meeting, to each of its presenters.",
        )
        .footer(member(network))
        .needs(&["title", "off_url"])
        .sample("Ordinary", &log(TITLE, WHEN))
        .sample("Longest", &log(LONG_TITLE, LONG_WHEN)),
        MailKind::new(
            "meetings/recap",
            "What you missed",
            "After a meeting, when a coordinator sends what there is to those who did not come.",
        )
        .footer(member(network))
        .needs(&["title", "off_url"])
        .sample("Ordinary", &recap(TITLE, WHEN, &ordinary))
        .sample("Longest", &recap(LONG_TITLE, LONG_WHEN, &longest))
        .sample("Least", &recap(TITLE, WHEN, &least)),
    ]
}
