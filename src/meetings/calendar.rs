//! A meeting as calendars hold it: in a mail, in a member's own feed, in public.
//!
//! All four share UID and times. Public ones name nobody and hold no joining link; a mail and the private feed
//! name the organiser and the reader alone.

use std::collections::HashSet;

use super::attendance::link_for;
use super::feeds::Held;
use super::invitations::{Answer, Step};
use super::model::{Invitation, InvitationId, Meeting, MeetingId};
use super::words;
use crate::members::Member;
use crate::members::calendar::Shows;
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::ical::{self, Attendee, Event, EventStatus, Feed, Party};
use crate::platform::mail::Address;
use crate::platform::mail::message::CalendarPart;
use crate::platform::text::markdown;

/// Whom answers go to: an address that this system reads, one a member, the same for all their meetings.
pub(super) fn organizer(app: &App, member: &Member) -> Address {
    let token = member.reply_token(&app.keys);
    let address = &app.config.mail.meetings_address;
    let email = match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}+{}@{domain}", token.as_str()),
        None => address.clone(),
    };
    Address {
        email,
        name: app.config.network.short_name.clone(),
    }
}

/// What stands above all else in the entry of somebody who waits for a place.
const WAITS: &str = "You are on the waiting list for a place.";

fn waiting(event: Event) -> Event {
    Event {
        description: format!("{WAITS}\n\n{}", event.description),
        ..event
    }
}

/// The calendar part of a mail that says that they wait: their entry becomes tentative.
pub(super) fn mailed_waiting(
    app: &App,
    meeting: &Meeting,
    member: &Member,
    invitation: &InvitationId,
    step: &Step,
) -> CalendarPart {
    CalendarPart {
        method: step.method.as_str().to_owned(),
        ics: ical::message(step.method, &waiting(personal(app, meeting, member, invitation, step))),
    }
}

/// The calendar part of one mail.
pub(super) fn mailed(
    app: &App,
    meeting: &Meeting,
    member: &Member,
    invitation: &InvitationId,
    step: &Step,
) -> CalendarPart {
    let event = personal(app, meeting, member, invitation, step);
    CalendarPart {
        method: step.method.as_str().to_owned(),
        ics: ical::message(step.method, &event),
    }
}

fn personal(app: &App, meeting: &Meeting, member: &Member, invitation: &InvitationId, step: &Step) -> Event {
    Event {
        sequence: step.sequence,
        stamp: step.stamp,
        status: step.status,
        is_busy: step.after.answer != Answer::No,
        attendee: Some(attendee(member, step.after.answer)),
        organizer: Some(party(organizer(app, member))),
        ..with_link(app, meeting, invitation, step.status == EventStatus::Cancelled)
    }
}

/// A member's own calendar.
pub(super) fn private_feed(
    app: &App,
    member: &Member,
    shows: Shows,
    held: &[Held],
    waits_for: &HashSet<MeetingId>,
) -> String {
    let network = &app.config.network;
    let feed = Feed {
        name: format!("{} meetings", network.short_name),
        description: format!(
            "Your meetings of {}, with their joining links and your answers: {}.",
            network.name,
            shows.words()
        ),
        source_url: member.calendar_address(app),
        url: app.url("/meetings"),
    };
    let events: Vec<Event> = held
        .iter()
        .map(
            |Held {
                 meeting, invitation, ..
             }| Event {
                sequence: invitation.sequence_sent,
                stamp: revised(meeting, invitation),
                last_modified: revised(meeting, invitation),
                is_busy: invitation.answer != Answer::No,
                attendee: Some(attendee(member, invitation.answer)),
                organizer: Some(party(organizer(app, member))),
                ..with_link(app, meeting, &invitation.id, meeting.is_cancelled())
            },
        )
        .zip(held)
        .map(|(event, one)| match waits_for.contains(&one.meeting.id) {
            true => waiting(event),
            false => event,
        })
        .collect();
    ical::feed(&feed, &events)
}

/// When what this member's calendar shows of a meeting last changed.
fn revised(meeting: &Meeting, invitation: &Invitation) -> At {
    meeting.updated_at.max(invitation.updated_at)
}

/// The calendar of all public meetings.
pub(super) fn public_feed(app: &App, meetings: &[Meeting]) -> String {
    let network = &app.config.network;
    let feed = Feed {
        name: format!("{} public meetings", network.short_name),
        description: format!("The public meetings of {}.", network.name),
        source_url: app.url("/calendar.ics"),
        url: app.url("/meetings"),
    };
    let events: Vec<Event> = meetings.iter().map(|meeting| public_event(app, meeting)).collect();
    ical::feed(&feed, &events)
}

/// One meeting to download.
pub(super) fn public_file(app: &App, meeting: &Meeting) -> String {
    ical::file(&public_event(app, meeting))
}

fn public_event(app: &App, meeting: &Meeting) -> Event {
    Event {
        uid: meeting.uid.clone(),
        sequence: meeting.sequence,
        stamp: meeting.updated_at,
        created: meeting.created_at,
        last_modified: meeting.updated_at,
        starts_at: meeting.starts_at,
        ends_at: meeting.ends_at,
        summary: meeting.title.clone(),
        description: description(app, meeting, None),
        location: "Online".into(),
        url: Some(app.url(&meeting.path())),
        conference: None,
        status: if meeting.is_cancelled() {
            EventStatus::Cancelled
        } else {
            EventStatus::Confirmed
        },
        organizer: None,
        attendee: None,
        is_busy: true,
    }
}

fn with_link(app: &App, meeting: &Meeting, invitation: &InvitationId, is_cancelled: bool) -> Event {
    let link = link_for(app, meeting, invitation).filter(|_| !is_cancelled);
    Event {
        description: description(app, meeting, link.as_deref()),
        conference: link,
        ..public_event(app, meeting)
    }
}

/// What a calendar shows under the title.
fn description(app: &App, meeting: &Meeting, joining_link: Option<&str>) -> String {
    let mut parts = Vec::new();
    if meeting.is_cancelled() {
        parts.push("This meeting is cancelled.".to_owned());
        parts.push(meeting.cancel_reason.clone());
    }
    if let Some(link) = joining_link {
        parts.push(format!("Join: {link}"));
    }
    parts.push(markdown::to_text(&meeting.summary));
    let speakers = words::speakers_line(meeting);
    if !speakers.is_empty() {
        parts.push(format!("With {speakers}"));
    }
    parts.push(format!("About this meeting: {}", app.url(&meeting.path())));
    parts.retain(|part| !part.trim().is_empty());
    parts.join("\n\n")
}

fn attendee(member: &Member, answer: Answer) -> Attendee {
    Attendee {
        email: member.email.clone(),
        name: member.name.clone(),
        part_stat: answer.into(),
    }
}

fn party(address: Address) -> Party {
    Party {
        email: address.email,
        name: address.name,
    }
}
