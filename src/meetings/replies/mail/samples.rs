//! Samples of these mails: ordinary, longest, empty.

use super::*;
use crate::meetings::mail::samples::{LONG_TITLE, LONG_WHEN, TITLE, WHEN, member};
use crate::platform::mail::words::MailKind;

pub fn kinds(network: &str) -> Vec<MailKind> {
    let view = |title, when: &str, path: &str, was_forwarded| View {
        name: "Sample Member",
        title,
        when: when.into(),
        answer: "yes",
        was_forwarded,
        link: format!("https://network.example.org/{path}/sample4k7q2m"),
        join_url: "https://network.example.org/join".into(),
    };
    let plainly = Plainly {
        name: "Sample Member",
        link: "https://network.example.org/meetings".into(),
    };
    vec![
        MailKind::new(
            "meetings/somebody_answered",
            "An answer to confirm",
            "When an answer for a member comes by mail without proof that it is theirs; always to their own address.",
        )
        .footer(member(network))
        .needs(&["title", "answer"])
        .sample("Without proof", &view(TITLE, WHEN, "rsvp/undo", false))
        .sample("From another address", &view(LONG_TITLE, LONG_WHEN, "rsvp/undo", true)),
        MailKind::new(
            "meetings/no_delegation",
            "Invitations are personal",
            "When somebody’s calendar passes an invitation on; once a day.",
        )
        .footer(member(network))
        .sample("Ordinary", &view(TITLE, WHEN, "rsvp", false))
        .sample("Longest", &view(LONG_TITLE, LONG_WHEN, "rsvp", false)),
        MailKind::new(
            "meetings/proposal_kept",
            "Proposal of another time",
            "When somebody’s calendar proposes another time; once a day.",
        )
        .footer(member(network))
        .sample("Ordinary", &view(TITLE, WHEN, "rsvp", false))
        .sample("Longest", &view(LONG_TITLE, LONG_WHEN, "rsvp", false)),
        MailKind::new(
            "meetings/answer_by_link",
            "Answer that could not be read",
            "When a calendar answers in a form that only some programs read; once a day.",
        )
        .footer(member(network))
        .sample("Ordinary", &plainly),
    ]
}
