//! What a date poll is, and which of its times wins.

use crate::meetings::MeetingId;
use crate::meetings::invitations::Answer;
use crate::platform::clock::{At, minutes};
use crate::platform::secret::{Keys, Plain};
use crate::{id, text_enum};

id!(
    /// A date poll.
    PollId
);
id!(
    /// One of the times it proposes.
    TimeId
);
id!(
    /// One member who was asked.
    AskedId
);

text_enum! {
    /// How far a poll has come.
    pub enum Status {
        Draft = "draft",
        Open = "open",
        Closed = "closed",
    }
}

text_enum! {
    /// What somebody says of one time.
    pub enum Said {
        Yes = "yes",
        IfNeedBe = "if-need-be",
        No = "no",
    }
}

impl From<Said> for Answer {
    fn from(said: Said) -> Answer {
        match said {
            Said::Yes => Answer::Yes,
            Said::IfNeedBe => Answer::Maybe,
            Said::No => Answer::No,
        }
    }
}

/// Fewer than two times are no question.
pub const FEWEST_TIMES: usize = 2;
/// More would be a questionnaire.
pub const MOST_TIMES: usize = 8;
/// A poll is open this many days at most.
pub const LONGEST_DAYS: i64 = 60;

/// A poll as the database holds it.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::polls)]
pub struct Poll {
    pub id: PollId,
    pub title: String,
    /// Markdown.
    pub summary: String,
    /// How long the meeting will be.
    pub minutes: i32,
    pub time_zone: String,
    pub closes_at: At,
    pub status: Status,
    pub meeting_id: Option<MeetingId>,
    pub version: i32,
    pub created_at: At,
    pub opened_at: Option<At>,
    pub closed_at: Option<At>,
    pub updated_at: At,
}

/// What a coordinator says of a poll.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Details {
    pub title: String,
    pub summary: String,
    pub minutes: i32,
    pub time_zone: String,
    pub closes_at: At,
    /// When each proposed time begins, earliest first, none twice.
    pub starts: Vec<At>,
}

impl Poll {
    /// Whether it takes answers.
    pub fn is_open(&self, now: At) -> bool {
        self.status == Status::Open && now < self.closes_at
    }

    /// When it stopped taking answers, or will.
    pub fn ends(&self) -> At {
        self.closed_at.unwrap_or(self.closes_at)
    }

    /// When a meeting that begins at `starts` would end.
    pub fn end_of(&self, starts: At) -> At {
        starts.plus(minutes(self.minutes.into()))
    }

    /// What the outbox and the audit call it.
    pub fn about(&self) -> String {
        format!("poll:{}", self.id)
    }

    /// Its page for coordinators.
    pub fn desk_path(&self) -> String {
        format!("/coordinate/meetings/polls/{}", self.id)
    }
}

/// One proposed time.
#[derive(Clone, Debug, PartialEq, Eq, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::poll_times)]
pub struct Time {
    pub id: TimeId,
    pub poll_id: PollId,
    pub starts_at: At,
    pub ends_at: At,
    /// The meeting was made of this one.
    pub is_chosen: bool,
}

/// One member who was asked.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::poll_asked)]
pub struct Asked {
    pub id: AskedId,
    pub poll_id: PollId,
    pub member_id: crate::members::MemberId,
    pub asked_at: At,
    pub answered_at: Option<At>,
}

/// The token in `/poll/<token>`.
pub fn token(keys: &Keys, asked: &AskedId) -> Plain {
    keys.derive("poll", asked.as_str(), 0)
}

/// The key by which the mail of a poll to one person can be taken back.
pub fn order_key(asked: &AskedId) -> String {
    format!("poll:{asked}")
}

/// What was said of one time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub yes: usize,
    pub if_need_be: usize,
    pub no: usize,
}

impl Tally {
    pub fn of(said: impl Iterator<Item = Said>) -> Tally {
        let mut tally = Tally::default();
        for one in said {
            match one {
                Said::Yes => tally.yes += 1,
                Said::IfNeedBe => tally.if_need_be += 1,
                Said::No => tally.no += 1,
            }
        }
        tally
    }

    pub fn total(self) -> usize {
        self.yes + self.if_need_be + self.no
    }
}

/// The time to suggest: the one with the most yes; among those, the one that most people can make at all (yes and "if
/// need be"); among those, the earliest. None that has passed, and none that nobody can make.
pub fn winner(times: &[(At, Tally)], now: At) -> Option<usize> {
    let possible = times
        .iter()
        .enumerate()
        .filter(|(_, (starts, tally))| *starts > now && tally.yes + tally.if_need_be > 0);
    possible
        .max_by_key(|(_, (starts, tally))| (tally.yes, tally.yes + tally.if_need_be, std::cmp::Reverse(*starts)))
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> At {
        At::from_unix(1_800_000_000 + hour * 3_600)
    }

    fn tally(yes: usize, if_need_be: usize, no: usize) -> Tally {
        Tally { yes, if_need_be, no }
    }

    #[test]
    fn the_winner_is_the_time_that_suits_most() {
        let cases = [
            (
                "most yes",
                vec![tally(2, 0, 3), tally(3, 0, 2), tally(1, 4, 0)],
                Some(1),
            ),
            (
                "then most who can at all",
                vec![tally(2, 0, 3), tally(2, 2, 1)],
                Some(1),
            ),
            ("then the earliest", vec![tally(2, 1, 0), tally(2, 1, 0)], Some(0)),
            (
                "if need be counts where nobody says yes",
                vec![tally(0, 0, 3), tally(0, 1, 2)],
                Some(1),
            ),
            ("none that nobody can make", vec![tally(0, 0, 3), tally(0, 0, 3)], None),
            ("none without answers", vec![Tally::default(), Tally::default()], None),
        ];
        for (what, tallies, expected) in cases {
            let times: Vec<(At, Tally)> = tallies
                .into_iter()
                .enumerate()
                .map(|(hour, tally)| (at(hour as i64), tally))
                .collect();
            assert_eq!(winner(&times, at(-1)), expected, "{what}");
        }
    }

    #[test]
    fn a_time_that_has_passed_does_not_win() {
        let times = [(at(0), tally(5, 0, 0)), (at(2), tally(1, 0, 4))];
        assert_eq!(winner(&times, at(1)), Some(1));
        assert_eq!(winner(&times, at(2)), None);
    }
}
