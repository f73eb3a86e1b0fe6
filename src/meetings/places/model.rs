//! The rules of places: who has one, who waits, who is offered what gets free.

use crate::meetings::invitations::Answer;
use crate::meetings::model::InvitationId;
use crate::members::MemberId;
use crate::platform::clock::{At, hours, minutes};
use crate::{id, text_enum};

id!(
    /// Somebody's turn in a waiting list.
    WaitingId
);

text_enum! {
    /// What became of somebody who had to wait.
    pub enum State {
        Waiting = "waiting",
        /// A place is kept for them for a while.
        Offered = "offered",
        Taken = "taken",
        /// They did not answer in time.
        Lapsed = "lapsed",
        /// They said maybe or no, left, or the meeting was cancelled.
        Gone = "gone",
    }
}

/// Somebody in the waiting list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InLine {
    pub id: WaitingId,
    pub invitation_id: InvitationId,
    pub member_id: MemberId,
    pub since: At,
    /// A place is kept for them until then.
    pub offer_until: Option<At>,
    /// Mail reaches them.
    pub is_reachable: bool,
}

/// How a meeting's places stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// `None`: as many as like.
    pub places: Option<i32>,
    /// How many have said yes.
    pub yes: usize,
    /// First come first; those with an open offer too.
    pub line: Vec<InLine>,
}

/// Where somebody who must wait comes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rank {
    Last,
    /// Their place was taken from them by an answer that was not theirs.
    First,
}

/// What an answer has become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Given {
    pub answer: Answer,
    /// They wait for a place: their position in the line.
    pub waits: Option<usize>,
    /// They did not wait before.
    pub has_begun_to_wait: bool,
}

impl Given {
    /// An answer that is what was said.
    pub fn plain(answer: Answer) -> Given {
        Given {
            answer,
            waits: None,
            has_begun_to_wait: false,
        }
    }
}

impl Standing {
    /// Places that nobody has and nobody is offered.
    pub fn free(&self) -> usize {
        match self.places {
            None => usize::MAX,
            Some(places) => usize::try_from(places)
                .unwrap_or(0)
                .saturating_sub(self.yes + self.open_offers()),
        }
    }

    pub fn is_full(&self) -> bool {
        self.free() == 0
    }

    pub fn open_offers(&self) -> usize {
        self.line.iter().filter(|one| one.offer_until.is_some()).count()
    }

    /// How many wait without an offer.
    pub fn waiting(&self) -> usize {
        self.line.len() - self.open_offers()
    }

    fn of(&self, invitation: &InvitationId) -> Option<&InLine> {
        self.line.iter().find(|one| one.invitation_id == *invitation)
    }

    /// Until when a place is kept for them.
    pub fn offer(&self, invitation: &InvitationId) -> Option<At> {
        self.of(invitation)?.offer_until
    }

    /// Whether their yes is a place: they have one, are offered one, or one is free.
    pub fn has_room_for(&self, invitation: &InvitationId, has_a_place: bool) -> bool {
        has_a_place || self.offer(invitation).is_some() || self.free() > 0
    }

    /// First, second, … of those who wait without an offer.
    pub fn position(&self, invitation: &InvitationId) -> Option<usize> {
        let mut waiting = self.line.iter().filter(|one| one.offer_until.is_none());
        waiting
            .position(|one| one.invitation_id == *invitation)
            .map(|before| before + 1)
    }

    /// Who is to be offered what is free, in their turn.
    pub fn next(&self) -> impl Iterator<Item = &InLine> {
        let waiting = self.line.iter().filter(|one| one.offer_until.is_none());
        waiting.filter(|one| one.is_reachable).take(self.free())
    }
}

/// Until when an offer made now lasts: 24 hours, or half of what is left to the start if that is less, to the whole
/// minute; `None` in the last ten minutes.
pub fn offer_until(now: At, starts_at: At) -> Option<At> {
    let left = starts_at.since(now);
    if left < minutes(10) {
        return None;
    }
    let seconds = hours(24).as_secs().min(left.as_secs() / 2);
    let until = now.unix() + seconds;
    Some(At::from_unix(until - until.rem_euclid(60)))
}

/// "first", "second", … "11th".
pub fn ordinal(n: usize) -> String {
    const WORDS: [&str; 10] = [
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    ];
    if let Some(word) = n.checked_sub(1).and_then(|before| WORDS.get(before)) {
        return (*word).to_owned();
    }
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::days;

    fn now() -> At {
        At::parse("2027-03-01T09:00:20Z").expect("an instant")
    }

    fn one(name: &str, has_offer: bool, is_reachable: bool) -> InLine {
        InLine {
            id: WaitingId::from(name),
            invitation_id: InvitationId::from(name),
            member_id: MemberId::from(name),
            since: now(),
            offer_until: has_offer.then(|| now().plus(hours(1))),
            is_reachable,
        }
    }

    fn standing(places: Option<i32>, yes: usize, line: &[(&str, bool, bool)]) -> Standing {
        let line = line
            .iter()
            .map(|(name, offer, reachable)| one(name, *offer, *reachable));
        Standing {
            places,
            yes,
            line: line.collect(),
        }
    }

    fn next(standing: &Standing) -> String {
        standing.next().map(|one| one.id.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn as_many_are_offered_as_are_free_and_in_their_turn() {
        let line = [
            ("a", true, true),
            ("b", false, true),
            ("c", false, false),
            ("d", false, true),
        ];
        let cases = [
            (Some(3), 2, 0, ""),
            (Some(3), 1, 1, "b"),
            (Some(3), 0, 2, "b d"),
            (Some(9), 0, 8, "b d"),
            (Some(1), 5, 0, ""),
            (None, 5, usize::MAX, "b d"),
        ];
        for (places, yes, free, offered) in cases {
            let standing = standing(places, yes, &line);
            assert_eq!(
                (standing.free(), next(&standing)),
                (free, offered.to_owned()),
                "{places:?} {yes}"
            );
        }
    }

    #[test]
    fn a_yes_is_a_place_for_whoever_has_one_is_offered_one_or_finds_one_free() {
        let full = standing(Some(2), 1, &[("a", true, true), ("b", false, true)]);
        let [a, b, c] = ["a", "b", "c"].map(InvitationId::from);
        assert!(full.has_room_for(&a, false) && !full.has_room_for(&b, false) && !full.has_room_for(&c, false));
        assert!(full.has_room_for(&c, true) && full.is_full());
        assert_eq!(
            (full.position(&a), full.position(&b), full.position(&c)),
            (None, Some(1), None)
        );
        assert!(standing(Some(2), 1, &[]).has_room_for(&c, false));
        assert_eq!((full.waiting(), full.open_offers()), (1, 1));
    }

    #[test]
    fn an_offer_lasts_a_day_or_half_of_what_is_left() {
        let cases = [
            (days(10), Some("2027-03-02T09:00:00Z")),
            (hours(48), Some("2027-03-02T09:00:00Z")),
            (hours(4), Some("2027-03-01T11:00:00Z")),
            (minutes(10), Some("2027-03-01T09:05:00Z")),
            (minutes(9), None),
            (minutes(-5), None),
        ];
        for (left, until) in cases {
            let found = offer_until(now(), now().plus(left)).map(|at| at.to_string());
            assert_eq!(found.as_deref(), until, "{left:?}");
        }
        for left in (600..400_000).step_by(977) {
            let starts_at = At::from_unix(now().unix() + left);
            let until = offer_until(now(), starts_at).expect("an offer");
            assert!(until > now() && until < starts_at, "{left}");
        }
    }

    #[test]
    fn a_position_reads_as_people_say_it() {
        let said = [1, 3, 10, 11, 12, 13, 21, 22, 23, 111].map(ordinal);
        assert_eq!(
            said,
            [
                "first", "third", "tenth", "11th", "12th", "13th", "21st", "22nd", "23rd", "111th"
            ]
        );
    }
}
