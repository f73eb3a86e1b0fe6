//! Samples of these mails: ordinary, longest, empty.

use super::*;
use crate::meetings::mail::samples::{LONG_TITLE, TITLE, member};
use crate::platform::mail::words::MailKind;

pub fn kinds(network: &str) -> Vec<MailKind> {
    let view = |title: &str, summary: &str, times: &[&str]| View {
        title: title.into(),
        short_name: network.into(),
        summary_text: markdown::to_text(summary),
        summary_html: markdown::to_html(summary),
        times: times.iter().map(|time| (*time).to_owned()).collect(),
        closes: "Wednesday 10 March 2027, 18:00 London".into(),
        link: "https://network.example.org/poll/sample4k7q2m".into(),
        off_url: "https://network.example.org/unsubscribe/sample4k7q2m".into(),
    };
    let times = [
        "Wednesday 24 March 2027, 15:00–16:30, London",
        "Thursday 25 March 2027, 09:00–10:30, London",
    ];
    let far = [
        "Thursday 25 March 2027, 02:00–03:30, Melbourne (Wednesday 15:00–16:30 in London)",
        "Thursday 25 March 2027, 20:00–21:30, Melbourne (09:00–10:30 in London)",
        "Friday 26 March 2027, 20:00–21:30, Melbourne (09:00–10:30 in London)",
    ];
    let summary = "What a good first year looks like.\n\n* training\n* supervision that lasts";
    vec![
        MailKind::new(
            "meetings/poll",
            "Date poll",
            "When a coordinator asks which of a few times suit.",
        )
        .footer(member(network))
        .needs(&["closes", "off_url"])
        .sample("Ordinary", &view(TITLE, "What a good first year looks like.", &times))
        .sample("Longest", &view(LONG_TITLE, summary, &far))
        .sample("Empty", &view(TITLE, "", &times)),
    ]
}
