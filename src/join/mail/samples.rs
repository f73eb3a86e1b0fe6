//! Samples of these mails: ordinary, longest, empty.

use super::*;
use crate::platform::mail::words::MailKind;

const ASKED: &str = "You get this mail because somebody, most likely you, gave this address in our form for joining.";

fn decision(message: &'static str, is_listed: bool) -> DecisionView<'static> {
    DecisionView {
        name: "Sample Applicant",
        message,
        paragraphs: blocks(message),
        contact: "contact@example.org",
        calendar_url: "https://network.example.org/calendar/sample4k7q2m.ics".into(),
        invitations_from: "meetings+sample4k7q2m@network.example.org".into(),
        sign_in_url: "https://network.example.org/sign-in".into(),
        subscribe_url: "https://network.example.org/subscribe".into(),
        is_listed,
        wants_announcements: is_listed,
    }
}

pub fn kinds() -> Vec<MailKind> {
    let link = || LinkView {
        link: "https://network.example.org/join/confirm/sample4k7q2m".into(),
        days: CONFIRM_WITHIN.as_hours() / 24,
    };
    let short = "We would love to hear what you work on.";
    let asks = "Thank you for telling us about your work.\n\nThe network is for those who work in or study social \
                prescribing. What do you do in it?\n\nAnd which of our meetings would you like to come to?";
    let declines = "The network is for those who work in or study social prescribing, and from what you wrote we could \
                    not see that you do.\n\nIf that was a misunderstanding, tell us more and we look at it again.\n\n\
                    Our activities are on the website for everyone.";
    let long = "It is good to have you with us.\n\nThe next meeting is about how link workers are trained.\n\
                Bring a question if you have one.\n\nUntil then, the activities on the site show what others do.";
    let member = AlreadyView {
        name: "Sample Member",
        sign_in_url: "https://network.example.org/sign-in".into(),
    };
    vec![
        MailKind::new(
            "join/confirm",
            "Address to confirm",
            "As soon as somebody has sent the form for joining, to prove that the address is theirs.",
        )
        .footer(ASKED)
        .sample("Ordinary", &link()),
        MailKind::new(
            "join/complete",
            "Request to complete",
            "When somebody has written to the address for joining, so that they complete what their mail left open.",
        )
        .footer("You get this mail because somebody, most likely you, wrote to our address for joining.")
        .sample("Ordinary", &link()),
        MailKind::new(
            "join/received",
            "Request is here",
            "When somebody asks again whose request is with us already; once a day.",
        )
        .footer(APPLICANT)
        .sample("Waiting for us", &ReceivedView { was_asked: false })
        .sample("Waiting for them", &ReceivedView { was_asked: true }),
        MailKind::new(
            "join/already_member",
            "Member already",
            "When somebody asks to join whose address is a member’s; once a day.",
        )
        .footer(ASKED)
        .sample("Ordinary", &member),
        MailKind::new(
            "join/question",
            "Question to an applicant",
            "When a coordinator would like to know more before deciding.",
        )
        .footer(APPLICANT)
        .needs(&["message"])
        .sample("Ordinary", &decision("What do you work on, and where?", false))
        .sample("Longest", &decision(asks, false)),
        MailKind::new(
            "join/welcome",
            "Welcome",
            "When a coordinator has approved a request: the first mail to a new member.",
        )
        .footer("You get this mail because you are now a member.")
        .needs(&["message", "calendar_url"])
        .sample("Ordinary", &decision(short, true))
        .sample("Longest", &decision(long, true))
        .sample("Empty", &decision("", false)),
        MailKind::new(
            "join/decline",
            "Request declined",
            "When a coordinator has declined a request and says so.",
        )
        .footer(APPLICANT)
        .needs(&["message"])
        .sample(
            "Ordinary",
            &decision(
                "The network is for those who work in or study social prescribing.",
                false,
            ),
        )
        .sample("Longest", &decision(declines, false)),
    ]
}
