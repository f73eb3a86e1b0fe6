//! Why somebody is sent a message, or none: read off the decision itself, so that what is said of it is what is done.

use super::{Answer, Move, Plan, Sent, SubjectKind};
use crate::platform::ical::Method;

/// Why somebody is told, or is not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// They are members, and have no invitation.
    NotInvitedYet,
    /// They have none either, but a date poll has asked them already: their invitation goes out answered.
    AnsweredBefore(Answer),
    /// They hold a CANCEL, and are asked anew.
    InvitedAgain,
    /// Their invitation waits still, or never left: what goes now takes its place.
    NotLeftYet,
    /// A new time is a new question, whatever they had said.
    AskedAgain(Answer),
    /// They are told something new; what they have said stands.
    Keeps(Answer),
    /// They hold an invitation that ends.
    Ends,

    /// They were never invited, so there is nothing to tell them.
    NeverInvited,
    InvitedAlready,
    /// Their invitation ended before.
    NoLongerInvited,
    /// They said no, and neither time nor joining link is new.
    SaidNo,
    /// Nothing of it has left, and nothing will.
    Unheard,
    /// They have turned invitations by mail off, and hold none; it stands on their pages.
    WantsNone,
}

/// The reason behind a decision of [`plan`](fn@super::plan) about a person who holds `held`.
pub fn why(held: Option<&Sent>, planned: Option<&Plan>, a_move: Move) -> Why {
    let step = planned.and_then(|plan| plan.step);
    match (held, step) {
        (None, Some(step)) if step.after.answer != Answer::None => Why::AnsweredBefore(step.after.answer),
        (None, Some(_)) => Why::NotInvitedYet,
        (None, None) => Why::NeverInvited,
        (Some(_), Some(step)) if step.method == Method::Cancel => Why::Ends,
        (Some(_), Some(step)) if step.kind == SubjectKind::Invitation => Why::NotLeftYet,
        (Some(held), Some(step)) => match a_move {
            Move::Invite => Why::InvitedAgain,
            Move::Update { time_changed: true } => Why::AskedAgain(held.answer),
            _ => Why::Keeps(step.after.answer),
        },
        (Some(held), None) => match a_move {
            Move::Invite if !held.is_withdrawn => Why::InvitedAlready,
            _ if held.is_withdrawn => Why::NoLongerInvited,
            Move::Update { .. } => Why::SaidNo,
            _ => Why::Unheard,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Letters, MeetingState, plan};
    use super::*;
    use crate::platform::clock::At;

    const MOVED: Move = Move::Update { time_changed: true };
    const REWORDED: Move = Move::Update { time_changed: false };
    const LEFT: Letters = Letters {
        left: Some(SubjectKind::Invitation),
        waiting: None,
    };
    const QUEUED: Letters = Letters {
        left: None,
        waiting: Some(SubjectKind::Invitation),
    };

    fn reason(answer: Option<Answer>, is_withdrawn: bool, letters: Letters, a_move: Move, sequence: i32) -> Why {
        let now = At::from_unix(1_800_000_000);
        let held = answer.map(|answer| Sent {
            sequence_sent: 0,
            answers_from: 0,
            last_stamp: now,
            is_withdrawn,
            answer,
        });
        let meeting = MeetingState {
            sequence,
            is_cancelled: a_move == Move::Cancel,
        };
        let planned = plan(&meeting, held.as_ref(), letters, a_move, now).expect("possible");
        why(held.as_ref(), planned.as_ref(), a_move)
    }

    #[test]
    fn each_decision_has_its_reason() {
        let (yes, no) = (Some(Answer::Yes), Some(Answer::No));
        let cases = [
            (None, false, LEFT, Move::Invite, 0, Why::NotInvitedYet),
            (None, false, LEFT, MOVED, 1, Why::NeverInvited),
            (yes, false, LEFT, Move::Invite, 0, Why::InvitedAlready),
            (yes, true, LEFT, Move::Invite, 1, Why::InvitedAgain),
            (yes, true, QUEUED, Move::Invite, 1, Why::NotLeftYet),
            (yes, true, LEFT, MOVED, 1, Why::NoLongerInvited),
            (yes, false, LEFT, MOVED, 1, Why::AskedAgain(Answer::Yes)),
            (no, false, LEFT, MOVED, 1, Why::AskedAgain(Answer::No)),
            (no, false, QUEUED, MOVED, 1, Why::NotLeftYet),
            (yes, false, LEFT, REWORDED, 0, Why::Keeps(Answer::Yes)),
            (no, false, LEFT, REWORDED, 0, Why::SaidNo),
            (no, false, LEFT, REWORDED, 1, Why::Keeps(Answer::No)),
            (yes, false, LEFT, Move::Cancel, 1, Why::Ends),
            (yes, false, QUEUED, Move::Cancel, 1, Why::Unheard),
            (yes, true, LEFT, Move::Cancel, 1, Why::NoLongerInvited),
        ];
        for (at, (answer, is_withdrawn, letters, a_move, sequence, expected)) in cases.into_iter().enumerate() {
            assert_eq!(
                reason(answer, is_withdrawn, letters, a_move, sequence),
                expected,
                "case {at}"
            );
        }
    }
}
