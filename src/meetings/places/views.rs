//! How places are shown: to everyone, to the one who waits, to coordinators.

use serde::Serialize;

use super::model::{Standing, ordinal};
use super::store;
use crate::meetings::model::{Invitation, Meeting, Status};
use crate::members;
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::web::{Moment, deadline, moment};

/// What a page says of the places of a meeting.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Seen {
    /// "12 places", "3 of 12 places left", "Full; there is a waiting list".
    pub text: String,
    /// What the reader's own turn is.
    pub own: Option<Own>,
}

/// The turn of somebody who waits.
#[derive(Clone, Debug, Serialize)]
pub struct Own {
    /// "yes, and you are waiting for a place, third in line"
    pub said: String,
    /// A place is kept for them until then.
    pub offer: Option<Moment>,
}

/// "12 places", "1 place".
pub fn limit_in_words(places: i32) -> String {
    match places {
        1 => "1 place".into(),
        n => format!("{n} places"),
    }
}

fn text(standing: &Standing, is_member: bool) -> Option<String> {
    let places = limit_in_words(standing.places?);
    Some(match (standing.free(), is_member) {
        (0, _) => "Full; there is a waiting list".into(),
        (free, true) => format!("{free} of {places} left"),
        (_, false) => format!("{places}: whoever says yes first has one"),
    })
}

/// What the page of a meeting to come says; nothing where there is neither a limit nor a turn.
pub fn seen(
    conn: &mut Conn,
    app: &App,
    meeting: &Meeting,
    reader: Option<(&Invitation, &str)>,
    is_member: bool,
) -> Result<Option<Seen>, DbError> {
    let is_on = meeting.status == Status::Scheduled && !meeting.is_over(app.now());
    let waits = match reader {
        Some((invitation, _)) => store::of_invitation(conn, &invitation.id)?.is_some(),
        None => false,
    };
    if !is_on || (meeting.places.is_none() && !waits) {
        return Ok(None);
    }
    let standing = store::standing(conn, &app.keys, meeting)?;
    let own = reader.and_then(|(invitation, zone)| own(&standing, invitation, zone));
    let text = text(&standing, is_member).unwrap_or_default();
    Ok((own.is_some() || !text.is_empty()).then_some(Seen { text, own }))
}

fn own(standing: &Standing, invitation: &Invitation, zone: &str) -> Option<Own> {
    if let Some(until) = standing.offer(&invitation.id) {
        return Some(Own {
            said: "yes, and a place is kept for you".into(),
            offer: Some(deadline(until, zone)),
        });
    }
    let position = standing.position(&invitation.id)?;
    Some(Own {
        said: format!("yes, and you are waiting for a place, {} in line", ordinal(position)),
        offer: None,
    })
}

/// Somebody in the list, as coordinators see them.
#[derive(Serialize)]
struct InLineView {
    name: String,
    since: Moment,
    offer: Option<Moment>,
    is_unreachable: bool,
}

/// The places of a meeting, as coordinators see them.
#[derive(Serialize)]
pub struct Desk {
    /// "12 of 12 taken, 3 waiting"
    text: String,
    /// More have said yes than there are places.
    over: Option<String>,
    line: Vec<InLineView>,
}

/// What the desk shows; nothing where there is neither a limit nor a line.
pub fn desk(conn: &mut Conn, app: &App, meeting: &Meeting, zone: &str) -> Result<Option<Desk>, DbError> {
    let standing = store::standing(conn, &app.keys, meeting)?;
    if meeting.status == Status::Cancelled || (standing.places.is_none() && standing.line.is_empty()) {
        return Ok(None);
    }
    let mut line = Vec::new();
    for one in &standing.line {
        let Some(member) = members::store::find(conn, &one.member_id)? else {
            continue;
        };
        line.push(InLineView {
            name: member.name,
            since: moment(one.since, zone),
            offer: one.offer_until.map(|until: At| deadline(until, zone)),
            is_unreachable: !one.is_reachable,
        });
    }
    Ok(Some(Desk {
        text: desk_text(&standing),
        over: over(&standing),
        line,
    }))
}

fn desk_text(standing: &Standing) -> String {
    let mut parts = vec![match standing.places {
        Some(places) => format!("{} of {places} taken", standing.yes),
        None => "no limit".into(),
    }];
    match standing.open_offers() {
        0 => {}
        n => parts.push(format!("{n} offered")),
    }
    match standing.waiting() {
        0 => {}
        n => parts.push(format!("{n} waiting")),
    }
    parts.join(", ")
}

/// What the limit of a meeting means if it is below the number of those who have said yes.
pub fn limit_warning(conn: &mut Conn, app: &App, meeting: &Meeting) -> Result<Option<String>, DbError> {
    Ok(over(&store::standing(conn, &app.keys, meeting)?))
}

fn over(standing: &Standing) -> Option<String> {
    let places = usize::try_from(standing.places?).ok()?;
    let more = standing.yes.checked_sub(places).filter(|more| *more > 0)?;
    Some(format!(
        "{} have said yes, {more} more than there are places. Nobody loses theirs; no new place is given before \
         fewer than {places} are left.",
        standing.yes
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_told_to_members_by_number_and_to_others_by_fullness() {
        let standing = |places, yes| Standing {
            places,
            yes,
            line: Vec::new(),
        };
        assert_eq!(
            text(&standing(Some(12), 9), true).as_deref(),
            Some("3 of 12 places left")
        );
        assert_eq!(
            text(&standing(Some(12), 9), false).as_deref(),
            Some("12 places: whoever says yes first has one")
        );
        for is_member in [true, false] {
            assert_eq!(
                text(&standing(Some(12), 12), is_member).as_deref(),
                Some("Full; there is a waiting list")
            );
        }
        assert_eq!(text(&standing(None, 12), true), None);
        assert_eq!(desk_text(&standing(Some(12), 12)), "12 of 12 taken");
        assert!(over(&standing(Some(12), 12)).is_none());
        assert!(over(&standing(Some(12), 15)).is_some_and(|text| text.starts_with("15 have said yes, 3 more")));
    }
}
