//! The state machine itself: one person, one move, one message at most.

use super::SubjectKind;
use crate::platform::clock::{At, seconds};
use crate::platform::ical::{EventStatus, Method, PartStat};

/// The meeting as it is after the change that leads to the move, its SEQUENCE already raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeetingState {
    pub sequence: i32,
    pub is_cancelled: bool,
}

/// What one person was sent so far about one meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sent {
    /// SEQUENCE of the last message to them.
    pub sequence_sent: i32,
    /// SEQUENCE of the last change of time sent to them, else of their first message: an answer to
    /// anything older is an answer to another question.
    pub answers_from: i32,
    /// DTSTAMP of the last message to them.
    pub last_stamp: At,
    /// The last message was a CANCEL: they were withdrawn, or the meeting was cancelled.
    pub is_withdrawn: bool,
    pub answer: Answer,
}

crate::text_enum! {
    /// What somebody has said about coming.
    pub enum Answer {
        None = "none",
        Yes = "yes",
        Maybe = "maybe",
        No = "no",
    }
}

impl From<Answer> for PartStat {
    fn from(answer: Answer) -> PartStat {
        match answer {
            Answer::None => PartStat::NeedsAction,
            Answer::Yes => PartStat::Accepted,
            Answer::Maybe => PartStat::Tentative,
            Answer::No => PartStat::Declined,
        }
    }
}

/// What the meeting's side wants to tell a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// Ask them to come: for the first time, or again after a CANCEL.
    Invite,
    /// Tell them what is new.
    Update { time_changed: bool },
    /// The meeting does not take place.
    Cancel,
    /// The meeting takes place without them.
    Withdraw,
}

/// One message to send, and what to remember once it is in the outbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    pub method: Method,
    pub sequence: i32,
    pub status: EventStatus,
    /// DTSTAMP.
    pub stamp: At,
    pub part_stat: PartStat,
    pub kind: SubjectKind,
    pub after: Sent,
}

/// Why a move makes no sense for the meeting as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    #[error("The meeting is cancelled. Schedule it again before inviting anyone.")]
    MeetingIsCancelled,
    #[error("The meeting is not cancelled, so nobody can be told that it is.")]
    MeetingIsOn,
}

/// Decides the one message that `a_move` means for a person; `None` if they need none.
///
/// Nobody hears of a meeting they were never invited to, nobody is invited twice, and after a CANCEL
/// only a new invitation speaks to them again.
pub fn next(meeting: &MeetingState, sent: Option<&Sent>, a_move: Move, now: At) -> Result<Option<Step>, Impossible> {
    match a_move {
        Move::Invite | Move::Update { .. } if meeting.is_cancelled => {
            return Err(Impossible::MeetingIsCancelled);
        }
        Move::Cancel if !meeting.is_cancelled => return Err(Impossible::MeetingIsOn),
        _ => {}
    }
    Ok(match (sent, a_move) {
        (None, Move::Invite) => Some(first_invitation(meeting, now)),
        (None, _) => None,
        (Some(sent), Move::Invite) => sent.is_withdrawn.then(|| invited_again(meeting, sent, now)),
        (Some(sent), _) if sent.is_withdrawn => None,
        (Some(sent), Move::Update { time_changed: true }) => Some(new_time(meeting, sent, now)),
        (Some(sent), Move::Update { time_changed: false }) => updated(meeting, sent, now),
        (Some(sent), Move::Cancel) => Some(cancelled(meeting, sent, now)),
        (Some(sent), Move::Withdraw) => Some(withdrawn(meeting, sent, now)),
    })
}

/// What somebody holds, once more: the same SEQUENCE, a later DTSTAMP (REFRESH, RFC 5546 §3.2.6).
pub fn again(sent: &Sent, now: At) -> Step {
    let after = Sent {
        last_stamp: stamp_after(sent, now),
        ..*sent
    };
    match sent.is_withdrawn {
        true => step(Method::Cancel, SubjectKind::Cancelled, after),
        false => step(Method::Request, SubjectKind::Invitation, after),
    }
}

fn first_invitation(meeting: &MeetingState, now: At) -> Step {
    asking(SubjectKind::Invitation, meeting.sequence, now)
}

fn invited_again(meeting: &MeetingState, sent: &Sent, now: At) -> Step {
    asking(
        SubjectKind::InvitedAgain,
        above(sent).max(meeting.sequence),
        stamp_after(sent, now),
    )
}

/// A new time is a new question. It goes above what the person holds even if the meeting was not
/// raised: the worst that can come of it is a SEQUENCE higher than needed.
fn new_time(meeting: &MeetingState, sent: &Sent, now: At) -> Step {
    asking(
        SubjectKind::NewTime,
        above(sent).max(meeting.sequence),
        stamp_after(sent, now),
    )
}

/// The same time in other words, or with another joining link: the answer stands.
fn updated(meeting: &MeetingState, sent: &Sent, now: At) -> Option<Step> {
    let is_mere_wording = meeting.sequence <= sent.sequence_sent;
    if sent.answer == Answer::No && is_mere_wording {
        return None;
    }
    let sequence = meeting.sequence.max(sent.sequence_sent);
    let after = Sent {
        sequence_sent: sequence,
        last_stamp: stamp_after(sent, now),
        ..*sent
    };
    Some(step(Method::Request, SubjectKind::Updated, after))
}

fn cancelled(meeting: &MeetingState, sent: &Sent, now: At) -> Step {
    ending(SubjectKind::Cancelled, meeting.sequence.max(above(sent)), sent, now)
}

fn withdrawn(meeting: &MeetingState, sent: &Sent, now: At) -> Step {
    let sequence = meeting.sequence.max(sent.sequence_sent).saturating_add(1);
    ending(SubjectKind::Withdrawn, sequence, sent, now)
}

/// A REQUEST that waits for an answer, whatever was answered before.
fn asking(kind: SubjectKind, sequence: i32, stamp: At) -> Step {
    let after = Sent {
        sequence_sent: sequence,
        answers_from: sequence,
        last_stamp: stamp,
        is_withdrawn: false,
        answer: Answer::None,
    };
    step(Method::Request, kind, after)
}

/// A CANCEL: the answer is kept, the person hears nothing more.
fn ending(kind: SubjectKind, sequence: i32, sent: &Sent, now: At) -> Step {
    let last_stamp = stamp_after(sent, now);
    let after = Sent {
        sequence_sent: sequence,
        last_stamp,
        is_withdrawn: true,
        ..*sent
    };
    step(Method::Cancel, kind, after)
}

fn step(method: Method, kind: SubjectKind, after: Sent) -> Step {
    let status = match method {
        Method::Request => EventStatus::Confirmed,
        Method::Cancel => EventStatus::Cancelled,
    };
    let (sequence, stamp) = (after.sequence_sent, after.last_stamp);
    Step {
        method,
        sequence,
        status,
        stamp,
        part_stat: after.answer.into(),
        kind,
        after,
    }
}

fn above(sent: &Sent) -> i32 {
    sent.sequence_sent.saturating_add(1)
}

/// Later than the last message, even if the clock was set back or two changes share a second.
fn stamp_after(sent: &Sent, now: At) -> At {
    now.max(sent.last_stamp.plus(seconds(1)))
}
