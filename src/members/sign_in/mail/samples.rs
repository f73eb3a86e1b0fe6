//! Samples of these mails: ordinary, longest, empty.

use super::*;
use crate::platform::mail::words::MailKind;

pub fn kinds() -> Vec<MailKind> {
    let link = "https://network.example.org/sign-in/sample4k7q2m";
    let view = |link: &str| View {
        link: link.into(),
        code: "samp-le7k".into(),
        minutes: LINK_LIFE.as_mins(),
    };
    vec![
        MailKind::new(
            "members/sign_in",
            "Sign-in link",
            "As soon as somebody asks to sign in with an address that we know.",
        )
        .footer("You get this mail because somebody asked to sign in with your address.")
        .needs(&["code"])
        .sample("Ordinary", &view(link))
        .sample(
            "Longest",
            &view(&format!("{link}?next=%2Fmeetings%2F2027-03-24-sample-meeting")),
        ),
    ]
}
