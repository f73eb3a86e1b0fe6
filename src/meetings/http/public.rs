//! Meetings as visitors and members see them.

use actix_web::web::Path;
use serde::Serialize;

use super::views::{Row, row};
use crate::meetings::attendance;
use crate::meetings::mail::said;
use crate::meetings::materials;
use crate::meetings::model::{InvitationStatus, speakers};
use crate::meetings::places::{self, Seen};
use crate::meetings::rsvp::standing_answer;
use crate::meetings::store;
use crate::meetings::words::{self, When};
use crate::platform::clock::days;
use crate::platform::text::markdown::{self, SafeHtml};
use crate::web::{Answer, AppData, StatusView, Visit, WebError};

#[derive(Serialize)]
struct List {
    coming: Vec<Row>,
    past: Vec<Row>,
    is_member: bool,
}

/// What is coming and what has been: public ones for everyone, all of them for members.
pub async fn list(app: AppData, visit: Visit) -> Answer {
    let is_member = visit.person().is_some();
    let now = app.now();
    let mut shown = app.read(move |conn| store::shown(conn, is_member)).await?;
    // A cancelled meeting is news for a month, then history that did not happen.
    shown.retain(|meeting| {
        !meeting.is_cancelled()
            || meeting.cancelled_at.is_some_and(|at| now.since(at) <= days(30)) && !meeting.is_over(now)
    });
    let zone = visit.person().map(|person| person.time_zone.as_str());
    let (past, coming): (Vec<_>, Vec<_>) = shown.iter().partition(|meeting| meeting.is_over(now));
    let view = List {
        coming: coming.into_iter().map(|meeting| row(meeting, zone)).collect(),
        past: past.into_iter().rev().map(|meeting| row(meeting, zone)).collect(),
        is_member,
    };
    visit.public_page(&app, "pages/meetings/list", "Meetings", &view)
}

#[derive(Serialize)]
struct Show {
    title: String,
    when: When,
    status: Option<StatusView>,
    reason: String,
    summary: SafeHtml,
    speakers: Vec<String>,
    is_members_only: bool,
    is_over: bool,
    is_member: bool,
    /// For members only.
    joining_link: Option<String>,
    /// It is the reader's alone; they have one if they are invited.
    is_own_link: bool,
    /// They are noted as having come.
    has_come: bool,
    ics_url: String,
    /// The form, for somebody invited to a meeting that takes answers.
    answer_url: Option<String>,
    says_yes: bool,
    says_maybe: bool,
    says_no: bool,
    answer: Option<String>,
    places: Option<Seen>,
    /// "accepted in your calendar, 14:02 London"
    answered: Option<String>,
    materials: materials::Shown,
    /// For coordinators.
    desk_url: Option<String>,
}

/// One meeting; one for members only does not exist for others.
pub async fn show(app: AppData, visit: Visit, slug: Path<String>) -> Answer {
    let member = visit
        .person()
        .map(|person| (person.id.clone(), person.time_zone.clone()));
    let is_member = member.is_some();
    let now = app.now();
    let app_too = app.clone();
    let found = app
        .read(move |conn| {
            let Some(meeting) = store::by_slug(conn, &slug)?.filter(|meeting| meeting.is_shown_to(is_member)) else {
                return Ok::<_, WebError>(None);
            };
            let has_come = match &member {
                Some((member, _)) => attendance::has_come(conn, &meeting.id, member)?,
                None => false,
            };
            let invitation = match &member {
                Some((member, _)) => store::invitation_of(conn, &meeting.id, member)?,
                None => None,
            };
            let invitation = invitation.filter(|row| row.status == InvitationStatus::Invited);
            let zone = member.as_ref().map(|(_, zone)| zone.as_str());
            let places = places::seen(conn, &app_too, &meeting, invitation.as_ref().zip(zone), is_member)?;
            let materials = materials::shown(conn, &meeting, is_member, zone, now)?;
            Ok(Some((meeting, invitation, has_come, places, materials)))
        })
        .await?;
    let (meeting, invitation, has_come, places, materials) = found.ok_or(WebError::NotFound)?;
    let is_open = !meeting.is_cancelled() && !meeting.is_over(now);
    let own = places.as_ref().and_then(|places| places.own.as_ref());
    let stands = invitation.as_ref().map(|row| standing_answer(row, places.as_ref()));
    let says = |word: &str| stands == Some(word);
    let answer = match own {
        Some(own) => Some(own.said.clone()),
        None => invitation.as_ref().and_then(|row| said(row.answer)).map(str::to_owned),
    };
    let view = Show {
        when: words::when(&meeting, visit.person().map(|person| person.time_zone.as_str())),
        status: meeting.is_cancelled().then(|| StatusView::new("bad", "Cancelled")),
        reason: meeting.cancel_reason.clone(),
        summary: markdown::to_html(&meeting.summary),
        speakers: speakers(&meeting.speakers),
        is_members_only: !meeting.is_shown_to(false),
        is_over: meeting.is_over(now),
        is_member,
        joining_link: if is_member && is_open {
            attendance::link_on_page(&app, &meeting, invitation.as_ref())
        } else {
            None
        },
        is_own_link: meeting.has_own_links,
        has_come,
        ics_url: format!("{}.ics", meeting.path()),
        answer_url: (is_open && invitation.is_some()).then(|| format!("{}/answer", meeting.path())),
        says_yes: says("yes"),
        says_maybe: says("maybe"),
        says_no: says("no"),
        answer,
        answered: invitation
            .as_ref()
            .filter(|_| own.is_none())
            .zip(visit.person())
            .and_then(|(row, person)| words::answered(row, now, &person.time_zone)),
        title: meeting.title.clone(),
        materials,
        places,
        desk_url: visit
            .person()
            .is_some_and(|person| person.is_coordinator)
            .then(|| meeting.desk_path()),
    };
    let template = "pages/meetings/show";
    if is_member {
        visit.page(&app, template, &meeting.title, &view)
    } else {
        visit.public_page(&app, template, &meeting.title, &view)
    }
}
