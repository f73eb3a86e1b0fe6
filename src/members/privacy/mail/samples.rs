//! Samples of these mails: ordinary, longest, empty.

use super::*;
use crate::platform::mail::words::MailKind;

pub fn kinds() -> Vec<MailKind> {
    let view = |left_by_self| View {
        name: "Sample Member",
        left_by_self,
        join_link: "https://network.example.org/join".into(),
    };
    vec![
        MailKind::new(
            "members/farewell",
            "Goodbye",
            "When somebody has left, or a coordinator has ended their membership.",
        )
        .footer("You get this last mail because your membership has ended.")
        .sample("Left by themselves", &view(true))
        .sample("Ended by a coordinator", &view(false)),
    ]
}
