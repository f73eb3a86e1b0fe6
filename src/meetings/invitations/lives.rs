//! Long random lives of a meeting, in which nothing may ever go back.

use proptest::prelude::*;

use super::*;
use crate::platform::clock::At;
use crate::platform::ical::{EventStatus, Method};

const NOW: i64 = 1_800_000_000;

/// One thing that happens in a meeting's life.
#[derive(Clone, Debug)]
enum Happening {
    Invite(usize),
    Withdraw(usize),
    Answered(usize, Answer),
    Edited { time: bool, link: bool },
    Cancelled,
    ScheduledAgain,
}

const PEOPLE: usize = 3;

fn happening() -> impl Strategy<Value = Happening> {
    let answer = prop_oneof![Just(Answer::Yes), Just(Answer::Maybe), Just(Answer::No)];
    prop_oneof![
        3 => (0..PEOPLE).prop_map(Happening::Invite),
        2 => (0..PEOPLE).prop_map(Happening::Withdraw),
        3 => (0..PEOPLE, answer).prop_map(|(who, answer)| Happening::Answered(who, answer)),
        4 => (any::<bool>(), any::<bool>()).prop_map(|(time, link)| Happening::Edited { time, link }),
        1 => Just(Happening::Cancelled),
        2 => Just(Happening::ScheduledAgain),
    ]
}

/// A meeting, what each person was sent, and every message in order of sending.
struct Life {
    meeting: MeetingState,
    sent: [Option<Sent>; PEOPLE],
    messages: Vec<(usize, Step)>,
}

impl Life {
    fn tell(&mut self, who: usize, a_move: Move, now: At) {
        if let Ok(Some(step)) = next(&self.meeting, self.sent[who].as_ref(), a_move, now) {
            self.sent[who] = Some(step.after);
            self.messages.push((who, step));
        }
    }

    fn tell_all(&mut self, a_move: Move, now: At) {
        (0..PEOPLE).for_each(|who| self.tell(who, a_move, now));
    }

    fn raise(&mut self) {
        let every = self.sent.iter().flatten().map(|sent| sent.sequence_sent);
        self.meeting.sequence = raised(self.meeting.sequence, every);
    }

    fn live(&mut self, happening: Happening, now: At) {
        let is_cancelled = self.meeting.is_cancelled;
        match happening {
            Happening::Invite(who) => self.tell(who, Move::Invite, now),
            Happening::Withdraw(who) => self.tell(who, Move::Withdraw, now),
            Happening::Answered(who, answer) => {
                if let Some(sent) = &mut self.sent[who] {
                    sent.answer = answer;
                }
            }
            Happening::Edited { time, link } if !is_cancelled => {
                if time || link {
                    self.raise();
                }
                self.tell_all(Move::Update { time_changed: time }, now);
            }
            Happening::Cancelled if !is_cancelled => {
                self.meeting.is_cancelled = true;
                self.raise();
                self.tell_all(Move::Cancel, now);
            }
            Happening::ScheduledAgain if is_cancelled => {
                self.meeting.is_cancelled = false;
                self.raise();
                self.tell_all(Move::Invite, now);
            }
            _ => {}
        }
    }
}

proptest! {
    // No file of found cases: the folder it would make has no place in the project.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })]

    #[test]
    fn nothing_ever_goes_back_for_anybody(
        happenings in proptest::collection::vec((happening(), -30_i64..60), 1..60),
    ) {
        let mut life = Life { meeting: MeetingState { sequence: 0, is_cancelled: false }, sent: [None; PEOPLE], messages: Vec::new() };
        let mut clock = NOW;
        for (happening, passed) in happenings {
            clock += passed;
            let before = life.meeting.sequence;
            life.live(happening, At::from_unix(clock));
            prop_assert!(life.meeting.sequence >= before);
        }
        for who in 0..PEOPLE {
            let steps: Vec<Step> = life.messages.iter().filter(|(to, _)| *to == who).map(|(_, step)| *step).collect();
            if let Some(first) = steps.first() {
                prop_assert_eq!((first.method, first.kind), (Method::Request, SubjectKind::Invitation));
            }
            for step in &steps {
                prop_assert_eq!(step.method == Method::Cancel, step.status == EventStatus::Cancelled);
                prop_assert_eq!((step.sequence, step.stamp), (step.after.sequence_sent, step.after.last_stamp));
                prop_assert!(step.after.answers_from <= step.sequence);
            }
            for pair in steps.windows(2) {
                let (a, b) = (&pair[0], &pair[1]);
                prop_assert!(b.sequence >= a.sequence, "SEQUENCE went back: {a:?} {b:?}");
                prop_assert!(b.stamp > a.stamp, "DTSTAMP did not rise: {a:?} {b:?}");
                if b.method == Method::Cancel || b.kind == SubjectKind::NewTime {
                    prop_assert!(b.sequence > a.sequence, "not above: {a:?} {b:?}");
                }
                if a.method == Method::Cancel {
                    prop_assert_eq!(b.kind, SubjectKind::InvitedAgain);
                    prop_assert!(b.sequence > a.sequence);
                }
            }
        }
    }
}
