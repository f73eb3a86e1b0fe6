//! Every move in a table.

use super::*;
use crate::platform::clock::{At, seconds};
use crate::platform::ical::PartStat;

const NOW: i64 = 1_800_000_000;

fn now() -> At {
    At::from_unix(NOW)
}

fn on(sequence: i32) -> MeetingState {
    MeetingState {
        sequence,
        is_cancelled: false,
    }
}

fn off(sequence: i32) -> MeetingState {
    MeetingState {
        sequence,
        is_cancelled: true,
    }
}

/// Invited at SEQUENCE 0, last sent `sequence`, an hour ago.
fn sent(sequence: i32, answer: Answer) -> Sent {
    let last_stamp = At::from_unix(NOW - 3_600);
    Sent {
        sequence_sent: sequence,
        answers_from: 0,
        last_stamp,
        is_withdrawn: false,
        answer,
    }
}

fn gone(sequence: i32) -> Sent {
    Sent {
        is_withdrawn: true,
        ..sent(sequence, Answer::Yes)
    }
}

const REWORDED: Move = Move::Update { time_changed: false };
const MOVED: Move = Move::Update { time_changed: true };

/// SEQUENCE, answers_from, PARTSTAT and kind of what is sent.
type Told = (i32, i32, PartStat, SubjectKind);

/// What it shows, the meeting, what they hold, the move, what they are told.
type Case = (&'static str, MeetingState, Option<Sent>, Move, Option<Told>);

#[test]
fn every_move_has_its_message() {
    use PartStat::{Accepted, Declined, NeedsAction, Tentative};
    use SubjectKind::{Cancelled, Invitation, InvitedAgain, NewTime, Updated, Withdrawn};
    let cases: [Case; 26] = [
        (
            "a first invitation starts at 0",
            on(0),
            None,
            Move::Invite,
            Some((0, 0, NeedsAction, Invitation)),
        ),
        (
            "a late one at what is current",
            on(3),
            None,
            Move::Invite,
            Some((3, 3, NeedsAction, Invitation)),
        ),
        (
            "nobody is invited twice",
            on(1),
            Some(sent(0, Answer::None)),
            Move::Invite,
            None,
        ),
        (
            "after a withdrawal higher",
            on(0),
            Some(gone(1)),
            Move::Invite,
            Some((2, 2, NeedsAction, InvitedAgain)),
        ),
        (
            "or as high as the meeting",
            on(7),
            Some(gone(1)),
            Move::Invite,
            Some((7, 7, NeedsAction, InvitedAgain)),
        ),
        ("an uninvited one hears no update", on(1), None, MOVED, None),
        ("nor does one withdrawn", on(5), Some(gone(1)), MOVED, None),
        ("nor a rewording", on(5), Some(gone(1)), REWORDED, None),
        (
            "a new time asks again",
            on(1),
            Some(sent(0, Answer::Yes)),
            MOVED,
            Some((1, 1, NeedsAction, NewTime)),
        ),
        (
            "even one who declined",
            on(1),
            Some(sent(0, Answer::No)),
            MOVED,
            Some((1, 1, NeedsAction, NewTime)),
        ),
        (
            "above all they hold",
            on(2),
            Some(sent(4, Answer::Yes)),
            MOVED,
            Some((5, 5, NeedsAction, NewTime)),
        ),
        (
            "a typo raises nothing",
            on(0),
            Some(sent(0, Answer::Yes)),
            REWORDED,
            Some((0, 0, Accepted, Updated)),
        ),
        (
            "maybe stays maybe",
            on(0),
            Some(sent(0, Answer::Maybe)),
            REWORDED,
            Some((0, 0, Tentative, Updated)),
        ),
        (
            "no answer stays none",
            on(0),
            Some(sent(0, Answer::None)),
            REWORDED,
            Some((0, 0, NeedsAction, Updated)),
        ),
        (
            "one who declined is spared a typo",
            on(0),
            Some(sent(0, Answer::No)),
            REWORDED,
            None,
        ),
        (
            "but told a new link",
            on(1),
            Some(sent(0, Answer::No)),
            REWORDED,
            Some((1, 0, Declined, Updated)),
        ),
        (
            "a new link keeps the answer",
            on(1),
            Some(sent(0, Answer::Yes)),
            REWORDED,
            Some((1, 0, Accepted, Updated)),
        ),
        (
            "a typo never goes back",
            on(1),
            Some(sent(4, Answer::Yes)),
            REWORDED,
            Some((4, 0, Accepted, Updated)),
        ),
        (
            "an uninvited one hears no cancellation",
            off(1),
            None,
            Move::Cancel,
            None,
        ),
        (
            "a cancellation is higher",
            off(1),
            Some(sent(0, Answer::Yes)),
            Move::Cancel,
            Some((1, 0, Accepted, Cancelled)),
        ),
        (
            "also for one who declined",
            off(1),
            Some(sent(0, Answer::No)),
            Move::Cancel,
            Some((1, 0, Declined, Cancelled)),
        ),
        (
            "also if they hold more",
            off(1),
            Some(sent(3, Answer::None)),
            Move::Cancel,
            Some((4, 0, NeedsAction, Cancelled)),
        ),
        (
            "one withdrawn hears no cancellation",
            off(3),
            Some(gone(2)),
            Move::Cancel,
            None,
        ),
        (
            "a withdrawal is above both",
            on(2),
            Some(sent(0, Answer::Yes)),
            Move::Withdraw,
            Some((3, 0, Accepted, Withdrawn)),
        ),
        (
            "whichever is higher",
            on(0),
            Some(sent(4, Answer::Yes)),
            Move::Withdraw,
            Some((5, 0, Accepted, Withdrawn)),
        ),
        ("and comes once", on(2), Some(gone(3)), Move::Withdraw, None),
    ];
    for (what, meeting, sent, a_move, expected) in cases {
        let step = next(&meeting, sent.as_ref(), a_move, now()).unwrap_or_else(|why| panic!("{what}: {why}"));
        let told = step.map(|step| (step.sequence, step.after.answers_from, step.part_stat, step.kind));
        assert_eq!(told, expected, "{what}");
    }
}

#[test]
fn a_cancelled_meeting_invites_nobody_and_one_that_is_on_is_not_cancelled() {
    let invited = sent(0, Answer::Yes);
    for who in [None, Some(&invited)] {
        for a_move in [Move::Invite, MOVED, REWORDED] {
            assert_eq!(next(&off(1), who, a_move, now()), Err(Impossible::MeetingIsCancelled));
        }
        assert_eq!(next(&on(1), who, Move::Cancel, now()), Err(Impossible::MeetingIsOn));
    }
}

#[test]
fn the_stamp_rises_by_a_second_even_if_the_clock_does_not() {
    let last_stamp = now().plus(seconds(60));
    let invited = Sent {
        last_stamp,
        ..sent(0, Answer::None)
    };
    let stamp = |meeting, a_move| match next(&meeting, Some(&invited), a_move, now()) {
        Ok(Some(step)) => step.stamp,
        other => panic!("{other:?}"),
    };
    for stamp in [stamp(on(0), REWORDED), stamp(on(1), MOVED), stamp(off(1), Move::Cancel)] {
        assert_eq!(stamp, last_stamp.plus(seconds(1)));
    }
}

#[test]
fn a_cancelled_meeting_scheduled_again_goes_higher_still() {
    let held = [gone(4), gone(2)];
    let meeting = on(raised(4, held.iter().map(|sent| sent.sequence_sent)));
    for sent in &held {
        let step = next(&meeting, Some(sent), Move::Invite, now()).ok().flatten();
        assert_eq!(
            step.map(|step| (step.sequence, step.kind)),
            Some((5, SubjectKind::InvitedAgain))
        );
    }
}
