//! Whose link it is, when it opens, and what the numbers say: pure rules.

use crate::meetings::invitations::Answer;
use crate::meetings::model::{Invitation, InvitationId, InvitationStatus, Meeting, Status};
use crate::platform::app::App;
use crate::platform::clock::{At, minutes};
use crate::platform::secret::{Keys, Plain};
use crate::text_enum;

/// How long before the start the door opens, and how long past the end it stays open, in minutes.
pub const OPENS_BEFORE: i64 = 30;
pub const STAYS_OPEN: i64 = 30;

text_enum! {
    /// The way by which it was first noted that somebody came.
    pub enum How {
        /// They pressed the button behind their own link.
        Link = "link",
        /// A coordinator ticked them.
        Ticked = "ticked",
        /// A conferencing tool's report names them.
        Import = "import",
    }
}

/// The token in a person's own joining link.
pub fn join_token(keys: &Keys, invitation: &InvitationId) -> Plain {
    keys.derive("join-meeting", invitation.as_str(), 0)
}

/// The address of a person's own joining link.
fn own_link(app: &App, meeting: &Meeting, invitation: &InvitationId) -> String {
    let token = join_token(&app.keys, invitation);
    app.url(&format!("{}/join/{}", meeting.path(), token.as_str()))
}

/// The joining link that the holder of this invitation is shown, if there is one: their own, where those are switched
/// on (also before there is anything behind it), else the meeting's.
pub fn link_for(app: &App, meeting: &Meeting, invitation: &InvitationId) -> Option<String> {
    if meeting.has_own_links {
        return Some(own_link(app, meeting, invitation));
    }
    (!meeting.joining_link.is_empty()).then(|| meeting.joining_link.clone())
}

/// The same for a member who may not be invited: then there is none of their own, and the real one is for nobody to see.
pub fn link_on_page(app: &App, meeting: &Meeting, invitation: Option<&Invitation>) -> Option<String> {
    let invited = invitation.filter(|row| row.status == InvitationStatus::Invited);
    match invited {
        Some(row) => link_for(app, meeting, &row.id),
        None => Some(meeting.joining_link.clone()).filter(|link| !meeting.has_own_links && !link.is_empty()),
    }
}

/// What a person finds behind their own link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Door {
    Cancelled,
    Early { opens_at: At },
    Open,
    Over,
}

/// How the door of a meeting stands now.
pub fn door(meeting: &Meeting, now: At) -> Door {
    let opens_at = meeting.starts_at.minus(minutes(OPENS_BEFORE));
    if meeting.status != Status::Scheduled {
        Door::Cancelled
    } else if now < opens_at {
        Door::Early { opens_at }
    } else if now < meeting.ends_at.plus(minutes(STAYS_OPEN)) {
        Door::Open
    } else {
        Door::Over
    }
}

/// Where the door leads: an address of the web, written so that it can stand in a header.
pub fn target(meeting: &Meeting) -> Option<url::Url> {
    let url = url::Url::parse(&meeting.joining_link).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then_some(url)
}

/// How many of those who gave one answer came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// None: they are not invited.
    pub answer: Option<Answer>,
    pub people: usize,
    pub came: usize,
}

/// Counts people by their answer; those who are not invited count if they came.
pub fn tally(people: impl Iterator<Item = (Option<Answer>, bool)>) -> Vec<Tally> {
    let order = [
        Some(Answer::Yes),
        Some(Answer::Maybe),
        Some(Answer::None),
        Some(Answer::No),
        None,
    ];
    let mut tallies = order.map(|answer| Tally {
        answer,
        people: 0,
        came: 0,
    });
    for (answer, has_come) in people {
        if let Some(row) = tallies.iter_mut().find(|row| row.answer == answer) {
            row.people += usize::from(answer.is_some() || has_come);
            row.came += usize::from(has_come);
        }
    }
    let is_shown = |row: &Tally| row.answer.is_some() || row.people > 0;
    tallies.into_iter().filter(is_shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meetings::model::{MeetingId, Visibility};

    fn meeting() -> Meeting {
        let at = At::from_unix(1_800_000_000);
        Meeting {
            places: None,
            id: MeetingId::from("m"),
            uid: "u@example.org".into(),
            slug: "maps".into(),
            title: "Maps".into(),
            summary: String::new(),
            starts_local: String::new(),
            ends_local: String::new(),
            time_zone: "Europe/London".into(),
            starts_at: at,
            ends_at: at.plus(minutes(90)),
            joining_link: "https://meet.example.org/maps".into(),
            speakers: String::new(),
            visibility: Visibility::Public,
            status: Status::Scheduled,
            sequence: 0,
            cancel_reason: String::new(),
            cancelled_at: None,
            scheduled_at: None,
            pending: None,
            pending_by: None,
            pending_at: None,
            version: 1,
            created_at: at,
            updated_at: at,
            has_own_links: true,
        }
    }

    #[test]
    fn the_door_opens_half_an_hour_before_and_closes_half_an_hour_after() {
        let meeting = meeting();
        let opens_at = meeting.starts_at.minus(minutes(30));
        let cases = [
            (opens_at.minus(minutes(1)), Door::Early { opens_at }),
            (opens_at, Door::Open),
            (meeting.starts_at, Door::Open),
            (meeting.ends_at, Door::Open),
            (meeting.ends_at.plus(minutes(29)), Door::Open),
            (meeting.ends_at.plus(minutes(30)), Door::Over),
        ];
        for (now, expected) in cases {
            assert_eq!(door(&meeting, now), expected, "{now}");
        }
        let off = Meeting {
            status: Status::Cancelled,
            ..meeting.clone()
        };
        assert_eq!(door(&off, meeting.starts_at), Door::Cancelled);
    }

    #[test]
    fn the_door_leads_to_the_web_only() {
        let to = |link: &str| {
            target(&Meeting {
                joining_link: link.into(),
                ..meeting()
            })
            .map(String::from)
        };
        assert_eq!(
            to("https://meet.example.org/m?a=b#c").as_deref(),
            Some("https://meet.example.org/m?a=b#c")
        );
        assert_eq!(
            to("https://meet.example.org/größe").as_deref(),
            Some("https://meet.example.org/gr%C3%B6%C3%9Fe")
        );
        for link in [
            "",
            "javascript:alert(1)",
            "zoommtg://meet.example.org",
            "/me",
            "https://",
        ] {
            assert_eq!(to(link), None, "{link}");
        }
    }

    #[test]
    fn people_are_counted_by_what_they_had_said() {
        let people = [
            (Some(Answer::Yes), true),
            (Some(Answer::Yes), false),
            (Some(Answer::None), true),
            (None, false),
        ];
        let counted = |people: &[(Option<Answer>, bool)]| -> Vec<(usize, usize)> {
            tally(people.iter().copied())
                .iter()
                .map(|row| (row.people, row.came))
                .collect()
        };
        assert_eq!(counted(&people), [(2, 1), (0, 0), (1, 1), (0, 0)]);
        assert_eq!(counted(&[(None, true)]), [(0, 0), (0, 0), (0, 0), (0, 0), (1, 1)]);
    }
}
