//! Pure rules: which meetings are shown, and when a feed last changed.

use crate::meetings::invitations::Answer;
use crate::meetings::model::{CANCELLED_STAY_DAYS, Invitation, InvitationStatus, Meeting};
use crate::members::calendar::Shows;
use crate::platform::clock::{At, days, seconds};

/// A meeting that somebody is or was invited to.
#[derive(Clone, Debug)]
pub struct Held {
    pub meeting: Meeting,
    pub invitation: Invitation,
    /// What they had answered before a new time asked them again.
    pub before: Option<Answer>,
}

impl Held {
    /// Whether the member's own calendar holds it now.
    pub fn is_shown(&self, shows: Shows, now: At) -> bool {
        self.invitation.status == InvitationStatus::Invited
            && self.meeting.is_in_calendars(now)
            && is_chosen(shows, self.invitation.answer, self.before)
    }
}

/// Whether what somebody answered brings a meeting into their calendar.
fn is_chosen(shows: Shows, answer: Answer, before: Option<Answer>) -> bool {
    let said = match answer {
        Answer::None => before.unwrap_or(Answer::None),
        given => given,
    };
    match shows {
        Shows::All => true,
        Shows::YesOrMaybe => matches!(said, Answer::Yes | Answer::Maybe),
        Shows::Yes => said == Answer::Yes,
    }
}

/// When time alone takes a meeting into calendars or out of them; see [`Meeting::is_in_calendars`].
fn turns(meeting: &Meeting) -> impl Iterator<Item = At> {
    let comes = meeting.starts_at.minus(days(731)).plus(seconds(1));
    let goes = meeting.ends_at.plus(days(366));
    let is_dropped = meeting
        .cancelled_at
        .map(|at| at.plus(days(CANCELLED_STAY_DAYS)).plus(seconds(1)));
    [Some(comes), Some(goes), is_dropped].into_iter().flatten()
}

/// The latest of what was changed by hand and what time has done up to `now`; never later than `now`, as HTTP asks.
pub fn last_change<'a>(
    meetings: impl IntoIterator<Item = &'a Meeting>,
    others: impl IntoIterator<Item = At>,
    now: At,
) -> Option<At> {
    let of_meetings = meetings.into_iter().flat_map(|meeting| {
        let turns = turns(meeting).filter(|at| *at <= now);
        turns.chain([meeting.updated_at])
    });
    of_meetings.chain(others).max().map(|last| last.min(now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meetings::model::{MeetingId, Status, Visibility};

    fn at(text: &str) -> At {
        At::parse(text).expect("an instant in a test")
    }

    fn meeting(status: Status) -> Meeting {
        Meeting {
            places: None,
            has_own_links: false,
            id: MeetingId::new(),
            uid: "u@example.org".into(),
            slug: "maps".into(),
            title: "Maps".into(),
            summary: String::new(),
            starts_local: String::new(),
            ends_local: String::new(),
            time_zone: "Europe/London".into(),
            starts_at: at("2029-06-01T15:00:00Z"),
            ends_at: at("2029-06-01T16:00:00Z"),
            joining_link: String::new(),
            speakers: String::new(),
            visibility: Visibility::Public,
            status,
            sequence: 0,
            cancel_reason: String::new(),
            cancelled_at: (status == Status::Cancelled).then(|| at("2029-05-01T09:00:00Z")),
            scheduled_at: None,
            pending: None,
            pending_by: None,
            pending_at: None,
            version: 1,
            created_at: at("2027-03-01T09:00:00Z"),
            updated_at: at("2027-03-01T09:00:00Z"),
        }
    }

    #[test]
    fn what_somebody_answered_decides_what_they_see() {
        use Answer::{Maybe, No, None as Open, Yes};
        for (answer, before, in_maybe, in_yes) in [
            (Yes, None, true, true),
            (Maybe, None, true, false),
            (No, None, false, false),
            (Open, None, false, false),
            // A new time has asked them again.
            (Open, Some(Yes), true, true),
            (Open, Some(Maybe), true, false),
            (Open, Some(No), false, false),
            // They have answered since.
            (No, Some(Yes), false, false),
            (Yes, Some(No), true, true),
        ] {
            assert!(is_chosen(Shows::All, answer, before));
            assert_eq!(
                is_chosen(Shows::YesOrMaybe, answer, before),
                in_maybe,
                "{answer} {before:?}"
            );
            assert_eq!(is_chosen(Shows::Yes, answer, before), in_yes, "{answer} {before:?}");
        }
    }

    #[test]
    fn the_turns_are_the_seconds_at_which_calendars_gain_or_lose_a_meeting() {
        for status in [Status::Scheduled, Status::Cancelled] {
            let meeting = meeting(status);
            // A cancelled one that has had its month is out before its year is over.
            let real: Vec<At> = turns(&meeting)
                .filter(|at| meeting.is_in_calendars(*at) != meeting.is_in_calendars(at.minus(seconds(1))))
                .collect();
            assert_eq!(real.len(), 2, "{status}");
            let mut hour = at("2027-01-01T00:00:00Z");
            while hour < at("2031-01-01T00:00:00Z") {
                let next = hour.plus(days(1));
                let has_turned = meeting.is_in_calendars(hour) != meeting.is_in_calendars(next);
                let is_foreseen = real.iter().any(|turn| *turn > hour && *turn <= next);
                assert_eq!(has_turned, is_foreseen, "{status} on {hour}");
                hour = next;
            }
        }
    }

    #[test]
    fn the_last_change_moves_on_when_something_goes_and_never_back() {
        let meetings = [meeting(Status::Cancelled), meeting(Status::Scheduled)];
        let edited = at("2029-05-20T09:00:00Z");
        let last = |now| last_change(&meetings, [edited], now);
        assert_eq!(last(at("2029-05-20T08:59:59Z")), Some(at("2029-05-20T08:59:59Z")));
        assert_eq!(last(at("2029-05-31T09:00:00Z")), Some(edited));
        assert_eq!(last(at("2029-05-31T09:00:01Z")), Some(at("2029-05-31T09:00:01Z")));
        assert_eq!(last(at("2029-12-01T00:00:00Z")), Some(at("2029-05-31T09:00:01Z")));
        assert_eq!(last_change(&[], [], edited), None);
    }
}
