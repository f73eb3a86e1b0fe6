//! Samples of these mails: ordinary, longest, empty.

use super::*;
use crate::meetings::mail::samples::{LONG_TITLE, LONG_WHEN, TITLE, WHEN};
use crate::platform::mail::words::MailKind;

pub fn kinds(network: &str) -> Vec<MailKind> {
    let view = |title, when: &str, questions| View {
        title,
        when: when.into(),
        questions: number(questions),
        closes: "Wednesday 31 March 2027, 18:00 London".into(),
        link: "https://network.example.org/feedback/sample4k7q2m".into(),
        off_url: "https://network.example.org/unsubscribe/sample4k7q2m".into(),
    };
    vec![
        MailKind::new(
            "meetings/feedback",
            "Feedback",
            "After a meeting, when a coordinator asks those who came how it was.",
        )
        .footer(format!(
            "You get this because you said that you would come to a meeting of {network}, or might."
        ))
        .needs(&["title", "off_url"])
        .sample("Ordinary", &view(TITLE, WHEN, 3))
        .sample("Longest", &view(LONG_TITLE, LONG_WHEN, 5)),
    ]
}
