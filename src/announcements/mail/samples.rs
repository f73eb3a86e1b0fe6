//! Samples of the mail around an announcement: ordinary, longest, and the test that its writer gets.

use super::*;
use crate::platform::mail::words::MailKind;
use crate::platform::text::markdown;

fn view(title: &str, body: &str, is_test: bool) -> View {
    let path = match is_test {
        true => "coordinate/announcements/sample",
        false => "announcements/sample",
    };
    View {
        subject_line: if is_test {
            format!("Test: {title}")
        } else {
            title.into()
        },
        title: title.into(),
        text: markdown::to_text(body),
        html: markdown::to_html(body),
        page_url: format!("https://network.example.org/{path}"),
        off_url: "https://network.example.org/unsubscribe/sample4k7q2m".into(),
        is_test,
    }
}

pub fn kinds(network: &str) -> Vec<MailKind> {
    let body = "Dear Sample Member,\n\nthe programme of the year is out. Come when you can.";
    let long = "Dear Sample Member,\n\nthe programme of the year is out.\n\n* five meetings\n* a day of our own\n\n\
                The paper: [a sample paper](https://example.org/paper).";
    vec![
        MailKind::new(
            "announcements/announcement",
            "Announcement",
            "When a coordinator writes one, to those who asked for announcements.",
        )
        .footer(format!("You get this because you asked {network} for announcements."))
        .needs(&["text", "off_url"])
        .sample("Ordinary", &view("The programme of the year", body, false))
        .sample(
            "Longest",
            &view(
                "The programme of the year, and what became of last year’s plans in all our regions",
                long,
                false,
            ),
        )
        .footer(TEST_FOOTER)
        .sample("The writer’s own test", &view("The programme of the year", body, true)),
    ]
}
