//! What a person needs, given also what the outbox still holds back.
//!
//! A change takes back the mails about this meeting that have not left yet, and one new mail takes their place.
//! So what is told must make up for what was taken back: somebody whose invitation never left is invited, with
//! the facts as they now are; somebody whose "new time" never left still has to read "new time"; and nobody is
//! told of the end of something they never heard of.

use super::{Answer, Impossible, MeetingState, Move, Sent, Step, SubjectKind, next};
use crate::platform::clock::{At, seconds};
use crate::platform::ical::Method;

/// The mails of one person about one meeting, as the outbox knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letters {
    /// What the last one that left (or may have) said.
    pub left: Option<SubjectKind>,
    /// What the last one that has not left says.
    pub waiting: Option<SubjectKind>,
}

impl Letters {
    /// From rows in the order of writing: whether each may have left, whether it waits still, and its subject.
    pub fn of<'a>(rows: impl Iterator<Item = (bool, bool, &'a str)>) -> Letters {
        let mut letters = Letters {
            left: None,
            waiting: None,
        };
        let mut is_empty = true;
        for (may_have_left, waits, subject) in rows {
            is_empty = false;
            let kind = SubjectKind::of(subject).unwrap_or(SubjectKind::Invitation);
            if may_have_left {
                letters.left = Some(kind);
            }
            // A word on the waiting list makes way for whatever is said next: it asks nothing.
            if waits && kind != SubjectKind::Waiting {
                letters.waiting = Some(kind);
            }
        }
        if is_empty {
            // Old rows may have been cleared away: they had left.
            letters.left = Some(SubjectKind::Invitation);
        }
        letters
    }
}

/// What to send (if anything) and what to remember.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    pub step: Option<Step>,
    pub after: Sent,
}

impl Plan {
    /// The same for somebody whose answer is known before they are asked.
    pub fn answered(self, answer: Answer) -> Plan {
        Plan {
            step: self.step.map(|step| keeping(step, answer, step.kind)),
            after: Sent { answer, ..self.after },
        }
    }
}

/// Decides for one person; `None`: nothing is to be sent, taken back or remembered.
pub fn plan(
    meeting: &MeetingState,
    held: Option<&Sent>,
    letters: Letters,
    a_move: Move,
    now: At,
) -> Result<Option<Plan>, Impossible> {
    let step = next(meeting, held, a_move, now)?;
    let sending = |step: Step| Plan {
        after: step.after,
        step: Some(step),
    };
    let Some(held) = held else {
        return Ok(step.map(sending));
    };
    if (a_move == Move::Invite) != held.is_withdrawn {
        return Ok(None);
    }
    let is_ending = matches!(a_move, Move::Cancel | Move::Withdraw);
    if letters.left.is_none() {
        return if is_ending {
            Ok(Some(silent_end(meeting, held)))
        } else {
            first_heard(meeting, held, a_move, now)
        };
    }
    if is_ending && letters.left.is_some_and(|kind| kind.method() == Method::Cancel) {
        // They hold a CANCEL; what came after it is taken back unsent.
        return Ok(Some(silent_end(meeting, held)));
    }
    Ok(match (step, letters.waiting) {
        (Some(step), Some(waiting)) => Some(sending(Step {
            kind: stronger(step.kind, waiting),
            ..step
        })),
        (Some(step), None) => Some(sending(step)),
        // They would be spared a rewording, but the mail that waits has more to say: it goes in the new words.
        (None, Some(waiting)) => {
            let open = Sent {
                answer: Answer::None,
                ..*held
            };
            next(meeting, Some(&open), a_move, now)?.map(|step| sending(keeping(step, held.answer, waiting)))
        }
        (None, None) => None,
    })
}

fn keeping(step: Step, answer: Answer, kind: SubjectKind) -> Step {
    Step {
        kind,
        part_stat: answer.into(),
        after: Sent { answer, ..step.after },
        ..step
    }
}

/// They have heard nothing yet, so this is their invitation; an answer given on a page stands unless time changed.
fn first_heard(meeting: &MeetingState, held: &Sent, a_move: Move, now: At) -> Result<Option<Plan>, Impossible> {
    let raised = MeetingState {
        sequence: meeting.sequence.max(held.sequence_sent),
        ..*meeting
    };
    let keeps_answer = a_move == Move::Update { time_changed: false };
    let now = now.max(held.last_stamp.plus(seconds(1)));
    Ok(next(&raised, None, Move::Invite, now)?.map(|step| {
        let step = if keeps_answer {
            keeping(step, held.answer, SubjectKind::Invitation)
        } else {
            step
        };
        Plan {
            after: step.after,
            step: Some(step),
        }
    }))
}

/// Nothing is sent; it is remembered that it ended.
fn silent_end(meeting: &MeetingState, held: &Sent) -> Plan {
    Plan {
        step: None,
        after: Sent {
            sequence_sent: meeting.sequence.max(held.sequence_sent),
            is_withdrawn: true,
            ..*held
        },
    }
}

/// The subject that says the most to somebody who reads only one of the two.
fn stronger(kind: SubjectKind, waiting: SubjectKind) -> SubjectKind {
    let strength = |kind| match kind {
        SubjectKind::Updated => 0,
        SubjectKind::NewTime => 1,
        SubjectKind::Invitation => 2,
        SubjectKind::InvitedAgain => 3,
        SubjectKind::Cancelled | SubjectKind::Withdrawn | SubjectKind::Waiting => -1,
    };
    if kind.method() == Method::Request && strength(waiting) > strength(kind) {
        waiting
    } else {
        kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: MeetingState = MeetingState {
        sequence: 1,
        is_cancelled: false,
    };
    const OFF: MeetingState = MeetingState {
        sequence: 1,
        is_cancelled: true,
    };
    const MOVED: Move = Move::Update { time_changed: true };
    const REWORDED: Move = Move::Update { time_changed: false };

    fn now() -> At {
        At::from_unix(1_800_000_000)
    }

    fn held(answer: Answer, is_withdrawn: bool) -> Sent {
        Sent {
            sequence_sent: 0,
            answers_from: 0,
            last_stamp: now(),
            is_withdrawn,
            answer,
        }
    }

    fn letters(left: &[SubjectKind], waiting: &[SubjectKind]) -> Letters {
        let subjects: Vec<(bool, String)> = left
            .iter()
            .map(|kind| (true, kind.subject("Maps", "")))
            .chain(waiting.iter().map(|kind| (false, kind.subject("Maps", ""))))
            .collect();
        Letters::of(subjects.iter().map(|(left, s)| (*left, !*left, s.as_str())))
    }

    fn kind_of(plan: Option<Plan>) -> Option<SubjectKind> {
        plan.and_then(|plan| plan.step).map(|step| step.kind)
    }

    #[test]
    fn what_was_taken_back_is_made_up_for() {
        use SubjectKind::{Cancelled, Invitation, InvitedAgain, NewTime, Updated};
        type Case<'a> = (&'a str, MeetingState, Sent, Letters, Move, Option<SubjectKind>);
        let cases: [Case<'_>; 11] = [
            (
                "never invited by mail: still an invitation",
                ON,
                held(Answer::None, false),
                letters(&[], &[Invitation]),
                MOVED,
                Some(Invitation),
            ),
            (
                "nor told of the end",
                OFF,
                held(Answer::Yes, false),
                letters(&[], &[Invitation]),
                Move::Cancel,
                None,
            ),
            (
                "a new time that never left is still new",
                ON,
                held(Answer::None, false),
                letters(&[Invitation], &[NewTime]),
                REWORDED,
                Some(NewTime),
            ),
            (
                "even for one who declined on the page",
                ON,
                held(Answer::No, false),
                letters(&[Invitation], &[NewTime]),
                REWORDED,
                Some(NewTime),
            ),
            (
                "a rewording stays one",
                ON,
                held(Answer::Yes, false),
                letters(&[Invitation], &[Updated]),
                REWORDED,
                Some(Updated),
            ),
            (
                "a new time beats a rewording",
                ON,
                held(Answer::Yes, false),
                letters(&[Invitation], &[Updated]),
                MOVED,
                Some(NewTime),
            ),
            (
                "a cancellation that never left gives way",
                ON,
                held(Answer::Yes, true),
                letters(&[Invitation], &[Cancelled]),
                Move::Invite,
                Some(InvitedAgain),
            ),
            (
                "nothing follows a cancellation",
                OFF,
                held(Answer::Yes, false),
                letters(&[Invitation, Cancelled], &[InvitedAgain]),
                Move::Cancel,
                None,
            ),
            (
                "one invited already stays so",
                ON,
                held(Answer::Yes, false),
                letters(&[Invitation], &[]),
                Move::Invite,
                None,
            ),
            (
                "one told is told the end",
                OFF,
                held(Answer::Yes, false),
                letters(&[Invitation], &[NewTime]),
                Move::Cancel,
                Some(Cancelled),
            ),
            (
                "rows cleared away had left",
                OFF,
                held(Answer::Yes, false),
                letters(&[], &[]),
                Move::Cancel,
                Some(Cancelled),
            ),
        ];
        for (what, meeting, held, letters, a_move, expected) in cases {
            let plan =
                plan(&meeting, Some(&held), letters, a_move, now()).unwrap_or_else(|why| panic!("{what}: {why}"));
            assert_eq!(kind_of(plan), expected, "{what}");
        }
    }

    #[test]
    fn an_answer_on_the_page_outlives_a_rewording_of_an_unsent_invitation_but_no_new_time() {
        for (a_move, answer) in [(REWORDED, Answer::Yes), (MOVED, Answer::None)] {
            let plan = plan(
                &ON,
                Some(&held(Answer::Yes, false)),
                letters(&[], &[SubjectKind::Invitation]),
                a_move,
                now(),
            );
            assert_eq!(plan.ok().flatten().map(|plan| plan.after.answer), Some(answer));
        }
    }
}
