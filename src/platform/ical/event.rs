//! One VEVENT, written through `ics` with every value made harmless first.

use ics::components::{Parameter, Property};
use ics::parameters::{CN, CUType, PartStat as PartStatParameter, RSVP, Role};
use ics::properties::{
    Attendee as AttendeeLine, Conference, Created, Description, DtEnd, DtStart, LastModified, Location, Organizer,
    Sequence, Status, Summary, Transp, URL,
};

use super::encode::{instant, mailto, quoted, text, uid, web_address};
use super::{Attendee, Event, EventStatus, Party};

/// What programs write on the link (RFC 7986 §6.2).
const CONFERENCE_LABEL: &str = "Join the meeting";

/// The component of `event`, with `status` in place of its own.
///
/// A cancelled event takes up no time and shows no joining link. An end that is not after the start
/// is left out, since parsers refuse it.
pub(super) fn component(event: &Event, status: EventStatus) -> ics::Event<'_> {
    let is_cancelled = status == EventStatus::Cancelled;
    let is_busy = event.is_busy && !is_cancelled;
    let mut lines = ics::Event::new(uid(&event.uid), instant(event.stamp));
    lines.push(Created::new(instant(event.created)));
    lines.push(LastModified::new(instant(event.last_modified.max(event.created))));
    lines.push(Sequence::new(event.sequence.max(0).to_string()));
    lines.push(Status::new(status.as_str()));
    lines.push(DtStart::new(instant(event.starts_at)));
    if event.ends_at > event.starts_at {
        lines.push(DtEnd::new(instant(event.ends_at)));
    }
    lines.push(Summary::new(text(&event.summary)));
    if !event.description.is_empty() {
        lines.push(Description::new(text(&event.description)));
    }
    if !event.location.is_empty() {
        lines.push(Location::new(text(&event.location)));
    }
    if let Some(url) = event.url.as_deref().and_then(web_address) {
        lines.push(URL::new(url));
    }
    if let Some(link) = event
        .conference
        .as_deref()
        .and_then(web_address)
        .filter(|_| !is_cancelled)
    {
        lines.push(conference(link));
    }
    if let Some(party) = &event.organizer {
        lines.push(organizer(party));
    }
    if let Some(person) = &event.attendee {
        lines.push(attendee(person));
    }
    lines.push(if is_busy {
        Transp::opaque()
    } else {
        Transp::transparent()
    });
    lines.push(Property::new(
        "X-MICROSOFT-CDO-BUSYSTATUS",
        if is_busy { "BUSY" } else { "FREE" },
    ));
    lines
}

fn conference(link: String) -> Property<'static> {
    let mut line = Property::from(Conference::new(link));
    line.add(Parameter::new("FEATURE", "VIDEO"));
    line.add(Parameter::new("LABEL", quoted(CONFERENCE_LABEL)));
    line
}

fn organizer(party: &Party) -> Property<'static> {
    let mut line = Property::from(Organizer::new(mailto(&party.email)));
    add_name(&mut line, &party.name);
    line
}

fn attendee(person: &Attendee) -> Property<'static> {
    let mut line = Property::from(AttendeeLine::new(mailto(&person.email)));
    line.add(CUType::INDIVIDUAL);
    line.add(Role::REQ_PARTICIPANT);
    line.add(PartStatParameter::new(person.part_stat.as_str()));
    line.add(RSVP::True);
    add_name(&mut line, &person.name);
    line
}

/// An empty CN helps nobody and some readers show it as the name, so it is left out.
fn add_name(line: &mut Property<'static>, name: &str) {
    if !name.trim().is_empty() {
        line.add(CN::new(quoted(name)));
    }
}
