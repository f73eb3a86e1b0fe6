//! Which reminders there are, when each is due, and for whom.

use jiff::{SignedDuration, Span};

use crate::meetings::invitations::Answer;
use crate::platform::clock::{At, days, hours};
use crate::platform::text::zone;
use crate::text_enum;

text_enum! {
    /// How long before the start.
    pub enum Lead {
        Days14 = "14-days",
        Days7 = "7-days",
        Days3 = "3-days",
        Day1 = "1-day",
        Hour1 = "1-hour",
    }
}

text_enum! {
    /// To whom.
    pub enum Audience {
        NotAnswered = "not-answered",
        /// Who said yes or maybe.
        Coming = "coming",
    }
}

/// No reminder is due earlier than this before a start.
pub const LONGEST: SignedDuration = days(15);

impl Lead {
    /// Days of the calendar; `None`: an hour.
    fn days(self) -> Option<i64> {
        match self {
            Lead::Days14 => Some(14),
            Lead::Days7 => Some(7),
            Lead::Days3 => Some(3),
            Lead::Day1 => Some(1),
            Lead::Hour1 => None,
        }
    }

    fn length(self) -> SignedDuration {
        self.days().map_or(hours(1), days)
    }

    /// "7 days", in words for the desk.
    pub fn words(self) -> &'static str {
        match self {
            Lead::Days14 => "14 days before",
            Lead::Days7 => "7 days before",
            Lead::Days3 => "3 days before",
            Lead::Day1 => "1 day before",
            Lead::Hour1 => "1 hour before",
        }
    }

    /// When it is due: the same time of day so many days earlier where the meeting is, or an hour earlier. A time of
    /// day that the clocks skip is the one after the jump; of one that they show twice it is the first.
    pub fn due_at(self, starts_at: At, time_zone: &str) -> At {
        let Some(n) = self.days() else {
            return starts_at.minus(hours(1));
        };
        let there = starts_at.in_zone(&zone::time_zone(time_zone));
        match there.checked_sub(Span::new().days(n)) {
            Ok(earlier) => At::from_timestamp(earlier.timestamp()),
            Err(_) => starts_at.minus(days(n)),
        }
    }

    /// From when on it is not worth sending any more: before the next lead, and at the start at the latest.
    pub fn over_at(self, starts_at: At, time_zone: &str) -> At {
        let late = match self {
            Lead::Days14 => days(2),
            Lead::Days7 | Lead::Days3 => days(1),
            Lead::Day1 => hours(12),
            Lead::Hour1 => hours(1),
        };
        self.due_at(starts_at, time_zone).plus(late).min(starts_at)
    }

    /// How long after one of this lead another may follow, for a meeting that was moved.
    pub fn repeats_after(self) -> SignedDuration {
        self.length() / 2
    }
}

/// One kind of reminder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reminder {
    pub lead: Lead,
    pub audience: Audience,
}

/// What goes unless a coordinator chooses otherwise.
pub const USUAL: &[Reminder] = &[
    Reminder {
        lead: Lead::Days7,
        audience: Audience::NotAnswered,
    },
    Reminder {
        lead: Lead::Day1,
        audience: Audience::Coming,
    },
    Reminder {
        lead: Lead::Hour1,
        audience: Audience::Coming,
    },
];

impl Reminder {
    /// Everything on offer, the earliest first.
    pub fn offered() -> impl Iterator<Item = Reminder> {
        let all = Lead::ALL.iter();
        all.flat_map(|lead| {
            Audience::ALL.iter().map(|audience| Reminder {
                lead: *lead,
                audience: *audience,
            })
        })
    }

    /// Its field in the form: `not-answered-7-days`.
    pub fn name(&self) -> String {
        format!("{}-{}", self.audience, self.lead)
    }
}

/// A reminder as it stands for one meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    pub reminder: Reminder,
    pub is_on: bool,
    /// When a coordinator turned it on or off; `None`: nobody has.
    pub since: Option<At>,
}

/// All that are on offer, from what was stored of a meeting; nothing stored: the usual ones.
pub fn chosen(stored: &[Chosen]) -> Vec<Chosen> {
    Reminder::offered()
        .map(|reminder| {
            let known = stored.iter().find(|one| one.reminder == reminder);
            known.copied().unwrap_or(Chosen {
                reminder,
                is_on: stored.is_empty() && USUAL.contains(&reminder),
                since: None,
            })
        })
        .collect()
}

/// Where a lead stands for a start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Ahead,
    Due,
    Over,
}

pub fn stage(lead: Lead, starts_at: At, time_zone: &str, now: At) -> Stage {
    if now < lead.due_at(starts_at, time_zone) {
        Stage::Ahead
    } else if now < lead.over_at(starts_at, time_zone) {
        Stage::Due
    } else {
        Stage::Over
    }
}

/// Whether the answer is one that this audience has given.
pub fn is_in(audience: Audience, answer: Answer) -> bool {
    match audience {
        Audience::NotAnswered => answer == Answer::None,
        Audience::Coming => matches!(answer, Answer::Yes | Answer::Maybe),
    }
}

/// A reminder that somebody had: its lead, the start it was for, and when it was written.
pub type Had = (Lead, At, At);

/// What one person has to do with one meeting, as far as reminders go; they are invited to it.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    pub answer: Answer,
    /// They said yes to a meeting that is full: they wait for a place, and are not told to come.
    pub has_no_place: bool,
    pub answered_at: Option<At>,
    /// When they were last mailed an invitation or a change.
    pub told_at: At,
    pub wants_reminders: bool,
    /// When they turned reminders on, if they ever chose.
    pub wants_since: Option<At>,
    pub sent: &'a [Had],
}

impl Facts<'_> {
    /// Whether they get it if nothing changes until it is due.
    pub fn expects(&self, reminder: Reminder, starts_at: At) -> bool {
        let had = |(lead, of, _): &Had| *lead == reminder.lead && *of == starts_at;
        self.wants_reminders
            && !self.has_no_place
            && is_in(reminder.audience, self.answer)
            && !self.sent.iter().any(had)
    }

    /// Whether they get it now that it is due since `due`.
    pub fn gets(&self, chosen: &Chosen, starts_at: At, due: At, now: At) -> bool {
        // An instant to come was written by a clock that went wrong: it says nothing about what was.
        let is_news = |at: &At| *at > due && *at <= now;
        let news = [Some(self.told_at), self.answered_at, self.wants_since, chosen.since];
        let lead = chosen.reminder.lead;
        let again_from = now.minus(lead.repeats_after());
        let had_lately = |(of, _, at): &Had| *of == lead && *at > again_from;
        chosen.is_on
            && self.expects(chosen.reminder, starts_at)
            && !news.iter().flatten().any(is_news)
            && !self.sent.iter().any(had_lately)
    }
}

/// How soon a meeting is for somebody, in words that begin a line: "Tomorrow", "In 7 days", "In an hour".
pub fn how_soon(starts_at: At, now: At, readers_zone: &str) -> String {
    let minutes = starts_at.since(now).as_secs() / 60;
    if minutes < 90 {
        let near = (minutes + 2) / 5 * 5;
        return match near {
            ..=5 => "In a few minutes".into(),
            55..=70 => "In an hour".into(),
            _ => format!("In {near} minutes"),
        };
    }
    let zone = zone::time_zone(readers_zone);
    let (then, today) = (starts_at.in_zone(&zone).date(), now.in_zone(&zone).date());
    match (then - today).get_days() {
        0 => "Today".into(),
        1 => "Tomorrow".into(),
        n => format!("In {n} days"),
    }
}

#[cfg(test)]
#[path = "model_tests.rs"]
mod tests;
