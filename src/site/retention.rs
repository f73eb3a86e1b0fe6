//! How long things are kept, as the privacy notice says it: from the constants that the timed work obeys, so that
//! the page cannot promise what the code does not do.

use crate::inbox::model::{LETTERS_KEPT, WORDS_KEPT};
use crate::join::model::{CONFIRM_WITHIN, DECLINED_KEPT, REASON_KEPT};
use crate::meetings::feedback::model::OPEN_FOR;
use crate::web::{SESSION_DAYS, SESSION_IDLE_DAYS};

/// One line of the notice's table.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Kept {
    pub what: &'static str,
    pub how_long: String,
}

/// The table of the notice.
pub fn kept() -> Vec<Kept> {
    let row = |what, how_long: String| Kept { what, how_long };
    let days = |period: jiff::SignedDuration| period.as_hours() / 24;
    vec![
        row(
            "A request to join whose address was not confirmed",
            format!("{} days, then erased", days(CONFIRM_WITHIN)),
        ),
        row(
            "The reason in a request that was decided",
            format!("{} days after the decision, then cleared", days(REASON_KEPT)),
        ),
        row(
            "A request to join that was declined",
            format!("{} days after the decision, then erased", days(DECLINED_KEPT)),
        ),
        row(
            "A member’s details, their answers to invitations and date polls, and the meetings they came to",
            "As long as the membership lasts; after that until you ask us to erase them".into(),
        ),
        row(
            "Who has answered a feedback form",
            format!(
                "{} days at most, until the form closes; the answers are kept without names, as long as the meeting",
                days(OPEN_FOR)
            ),
        ),
        row(
            "When your calendar programs last fetched your meetings",
            "The last time for each kind of program, until you renew the address or leave".into(),
        ),
        row(
            "A letter to the network",
            format!(
                "Its words {} days after it was dealt with, the rest {} days",
                days(WORDS_KEPT),
                days(LETTERS_KEPT)
            ),
        ),
        row(
            "Being signed in",
            format!("{SESSION_IDLE_DAYS} days after the last visit, {SESSION_DAYS} days at most"),
        ),
        row(
            "The text of mails with a link that lets you in",
            "Until they are sent or out of date".into(),
        ),
        row(
            "Which mails were sent to you, and what coordinators did and when",
            "As long as the network exists, to answer questions about it".into(),
        ),
    ]
}
