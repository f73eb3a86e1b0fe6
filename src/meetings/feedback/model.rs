//! What a feedback form is, what an answer to it may be, and what the answers come to.

use serde::{Deserialize, Serialize};

use crate::meetings::MeetingId;
use crate::members::MemberId;
use crate::platform::clock::{At, days};
use crate::platform::secret::{Keys, Plain};
use crate::platform::text::line::paragraphs;
use crate::{id, text_enum};

id!(
    /// A feedback form.
    FormId
);

text_enum! {
    /// How far a form has come.
    pub enum Status {
        Draft = "draft",
        Open = "open",
        Closed = "closed",
    }
}

text_enum! {
    /// How a question is answered.
    pub enum Kind {
        /// A number from 1 to 5.
        Scale = "scale",
        /// One of a few given lines.
        Choice = "choice",
        /// In one's own words.
        Text = "text",
    }
}

/// More questions than these are not answered by many.
pub const MOST_QUESTIONS: usize = 5;
/// Fewer answers than these would name those who gave them.
pub const SHOWN_FROM: usize = 3;
/// How long a form is open.
pub const OPEN_FOR: jiff::SignedDuration = days(30);
/// Characters of a free answer.
pub const LONGEST_TEXT: usize = 1_000;

/// One question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    pub kind: Kind,
    pub text: String,
    /// The given lines of a choice.
    pub options: Vec<String>,
}

/// A form as the database holds it.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::feedback_forms)]
pub struct Form {
    pub id: FormId,
    pub meeting_id: MeetingId,
    /// JSON of [`Question`]s.
    pub questions: String,
    pub status: Status,
    pub version: i32,
    pub created_at: At,
    pub opened_at: Option<At>,
    pub closes_at: Option<At>,
    pub updated_at: At,
}

impl Form {
    pub fn questions(&self) -> Result<Vec<Question>, serde_json::Error> {
        serde_json::from_str(&self.questions)
    }

    /// Whether it takes answers.
    pub fn is_open(&self, now: At) -> bool {
        self.status == Status::Open && self.closes_at.is_some_and(|closes| now < closes)
    }

    /// What the outbox and the audit call it.
    pub fn about(&self) -> String {
        format!("feedback:{}", self.id)
    }
}

/// The token in `/feedback/<token>`.
pub fn token(keys: &Keys, form: &FormId, member: &MemberId) -> Plain {
    keys.derive("feedback", &format!("{form}:{member}"), 0)
}

/// The key by which the mail of a form to one person can be taken back.
pub fn order_key(form: &FormId, member: &MemberId) -> String {
    format!("feedback:{form}:{member}")
}

impl Question {
    /// An answer as it will be kept: the number of a scale, the place of a choice from 0, the words of a text; empty
    /// where the question was passed over.
    pub fn given(&self, raw: &str) -> Result<String, String> {
        let is_there = match self.kind {
            Kind::Text => return paragraphs(raw, 0, LONGEST_TEXT).map(|text| text.trim().to_owned()),
            Kind::Scale => ["", "1", "2", "3", "4", "5"].contains(&raw),
            Kind::Choice => raw.is_empty() || (0..self.options.len()).any(|place| place.to_string() == raw),
        };
        if is_there {
            Ok(raw.to_owned())
        } else {
            Err("Choose one of the answers, or none.".into())
        }
    }
}

/// What the answers to one question come to.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// How many chose each number, and the mean where anybody did.
    Scale { counts: [usize; 5], mean: Option<f64> },
    /// How many chose each line.
    Choice { counts: Vec<usize> },
    /// The words, in alphabetical order.
    Text { words: Vec<String> },
}

/// Counts the answers to one question; those who passed it over count for nothing.
pub fn outcome(question: &Question, answers: &[&str]) -> Outcome {
    let given = answers.iter().filter(|answer| !answer.is_empty());
    match question.kind {
        Kind::Scale => {
            let numbers: Vec<usize> = given.filter_map(|answer| answer.parse().ok()).collect();
            let mut counts = [0; 5];
            for number in &numbers {
                if let Some(count) = number.checked_sub(1).and_then(|place| counts.get_mut(place)) {
                    *count += 1;
                }
            }
            let (sum, number): (usize, usize) = (numbers.iter().sum(), numbers.len());
            let mean = (number > 0).then(|| sum as f64 / number as f64);
            Outcome::Scale { counts, mean }
        }
        Kind::Choice => {
            let mut counts = vec![0; question.options.len()];
            for answer in given {
                if let Some(count) = answer.parse().ok().and_then(|place: usize| counts.get_mut(place)) {
                    *count += 1;
                }
            }
            Outcome::Choice { counts }
        }
        Kind::Text => {
            let mut words: Vec<String> = given.map(|answer| (*answer).to_owned()).collect();
            words.sort_by_key(|text| (text.to_lowercase(), text.clone()));
            Outcome::Text { words }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(kind: Kind, options: &[&str]) -> Question {
        Question {
            kind,
            text: "How was it?".into(),
            options: options.iter().map(|line| (*line).to_owned()).collect(),
        }
    }

    #[test]
    fn only_what_was_asked_can_be_answered() {
        let (scale, choice, text) = (
            question(Kind::Scale, &[]),
            question(Kind::Choice, &["Shorter", "Longer"]),
            question(Kind::Text, &[]),
        );
        for (question, raw, is_taken) in [
            (&scale, "1", true),
            (&scale, "5", true),
            (&scale, "", true),
            (&scale, "0", false),
            (&scale, "6", false),
            (&scale, "+1", false),
            (&choice, "1", true),
            (&choice, "2", false),
            (&choice, "01", false),
            (&choice, "Shorter", false),
            (&text, "Well.", true),
        ] {
            assert_eq!(question.given(raw).is_ok(), is_taken, "{:?} {raw}", question.kind);
        }
        assert!(text.given(&"x".repeat(LONGEST_TEXT + 1)).is_err());
        assert_eq!(text.given("\n  Well.\n\n"), Ok("Well.".into()));
    }

    #[test]
    fn answers_are_counted_and_words_come_in_the_order_of_the_alphabet() {
        assert_eq!(
            outcome(&question(Kind::Scale, &[]), &["5", "", "4", "5"]),
            Outcome::Scale {
                counts: [0, 0, 0, 1, 2],
                mean: Some(14.0 / 3.0)
            }
        );
        assert_eq!(
            outcome(&question(Kind::Scale, &[]), &["", ""]),
            Outcome::Scale {
                counts: [0; 5],
                mean: None
            }
        );
        assert_eq!(
            outcome(&question(Kind::Choice, &["Shorter", "Longer"]), &["1", "1", "0", ""]),
            Outcome::Choice { counts: vec![1, 2] }
        );
        assert_eq!(
            outcome(&question(Kind::Text, &[]), &["well", "", "Again", "Maps"]),
            Outcome::Text {
                words: vec!["Again".into(), "Maps".into(), "well".into()]
            }
        );
    }
}
