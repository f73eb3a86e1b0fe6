//! The order of answers: which of two counts, whichever came first.

use crate::meetings::invitations::Answer;
use crate::meetings::model::{By, Invitation};
use crate::platform::clock::At;
use crate::platform::ical::Object;

/// Whether an answer counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is the newest; its place in the order.
    Counts(String),
    /// It is the one that was stored last.
    Repeat,
    /// Something newer was said, in these words.
    Stale(&'static str),
}

/// What PARTSTAT says of coming; `None` for what is no answer.
pub fn answer_of(partstat: &str) -> Option<Answer> {
    match partstat {
        "ACCEPTED" => Some(Answer::Yes),
        "TENTATIVE" => Some(Answer::Maybe),
        "DECLINED" => Some(Answer::No),
        _ => None,
    }
}

/// Compares an answer with what is stored (RFC 5546 §2.1.5: SEQUENCE, then DTSTAMP).
///
/// `sent_at` and `message_id` part answers of one second. A DTSTAMP of the future counts as the mail's date, or one wrong
/// clock would shut out every later answer.
pub fn weigh(
    invitation: &Invitation,
    starts_at: At,
    object: &Object,
    sent_at: Option<At>,
    message_id: &str,
    now: At,
) -> Verdict {
    let sequence = match object.sequence {
        // Only the organiser raises it (RFC 5546 §2.1.4): what is above ours would shut out every later answer.
        Some(sequence) => sequence.min(invitation.sequence_sent),
        // Left out by some programs: then the time it is about says which version it answers.
        None if object.starts_at == Some(starts_at) => invitation.answers_from,
        None => 0,
    };
    if sequence < invitation.answers_from {
        return Verdict::Stale("it answers a time that no longer holds");
    }
    // A clock that is ahead: the mail's own date is the better word, and now the last.
    let stamp = match object.stamp {
        Some(stamp) if stamp <= now => stamp,
        stamp => sent_at.filter(|at| *at <= now).or(stamp).unwrap_or(now).min(now),
    };
    let was_answered_here = matches!(invitation.answered_by, Some(By::Link | By::Page));
    if was_answered_here && invitation.answered_at.is_some_and(|at| stamp < at) {
        return Verdict::Stale("they have answered here since");
    }
    let sent_at = sent_at.unwrap_or(stamp).min(now);
    let order = format!("{sequence:010} {stamp} {sent_at} {message_id}");
    match order.cmp(&invitation.answer_order) {
        std::cmp::Ordering::Greater => Verdict::Counts(order),
        std::cmp::Ordering::Equal => Verdict::Repeat,
        std::cmp::Ordering::Less => Verdict::Stale("a newer answer had come before it"),
    }
}
