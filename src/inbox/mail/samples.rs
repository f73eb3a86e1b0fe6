//! Samples of these mails: ordinary, longest, empty.

use super::*;
use crate::platform::mail::words::MailKind;

pub fn kinds() -> Vec<MailKind> {
    let line = |text: &str, label, path: &str| Line {
        text: text.into(),
        label,
        link: format!("https://network.example.org/coordinate/{path}"),
    };
    let requests = || {
        line(
            "3 requests to join wait for an answer; the oldest has been here for 5 days.",
            "Read the requests",
            "requests",
        )
    };
    let waiting = |subject: &str, lines| WaitingView {
        name: "Sample Coordinator",
        subject: subject.into(),
        title: "What waits for you",
        lines,
    };
    let more = vec![
        requests(),
        line("2 letters wait in the inbox.", "Open the inbox", "inbox"),
        line(
            "One mail was set aside, because it could not be read or acted on.",
            "Look at what was set aside",
            "inbox?show=aside",
        ),
    ];
    let reply = |subject: &str, message: &'static str| ReplyView {
        subject: subject.into(),
        message,
        paragraphs: blocks(message),
        by: "Sample Coordinator",
    };
    let long = "Thank you for writing.\n\nThe next meeting is open to every member, and the agenda follows a week before it.\n\
                Slides are published afterwards.\n\nDo write again if anything is missing.";
    vec![
        MailKind::new(
            "inbox/waiting",
            "What waits, to coordinators",
            "At most once a day to each coordinator, while requests or letters wait.",
        )
        .footer("You get this mail, at most once a day, because you are a coordinator.")
        .sample("Ordinary", &waiting("3 requests wait for an answer", vec![requests()]))
        .sample(
            "Longest",
            &waiting("3 requests, 2 letters, 1 set aside wait for an answer", more),
        ),
        MailKind::new(
            "inbox/reply",
            "Answer to a letter",
            "When a coordinator answers a letter in the inbox.",
        )
        .footer("You get this mail because you wrote to us.")
        .needs(&["message"])
        .sample(
            "Ordinary",
            &reply(
                "Re: A question about the next meeting",
                "Yes, it is open to every member.",
            ),
        )
        .sample("Longest", &reply("Re: A question about the next meeting", long))
        .sample("Without a subject", &reply("Your letter", "Yes.")),
    ]
}
