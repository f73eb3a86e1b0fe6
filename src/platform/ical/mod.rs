//! Calendar objects as text (RFC 5545, 5546, 7986): one mailed message, one download, one feed.
//!
//! [`read()`] takes in what calendar programs answer.
//!
//! This folder is the only user of `ics`, and what leaves it is always clean, whatever was put in:
//! no value can start a property of its own, no line is longer than 75 octets, every time is UTC.
//!
//! Why METHOD decides STATUS in [`message`]: a CANCEL that says CONFIRMED, or a REQUEST that says
//! CANCELLED, is read differently by each calendar program, so it cannot be written.
//! Why a feed has no LAST-MODIFIED or UID of its own (RFC 7986 §5.3, §5.4): the first would change bytes of a feed in
//! which nothing changed, the second is the address that SOURCE gives. Why no IMAGE: programs would fetch it from us
//! each time, and draw a colour anyway.
//! Why no CALSCALE or CLASS: their defaults are what we mean, and one line fewer to disagree about.

mod encode;
mod event;
mod read;

pub use read::{Answering, Object, read};

use ics::ICalendar;
use ics::components::Property;
use ics::properties::{Color, Description, Method as MethodLine, Name, RefreshInterval, Source, URL};

use crate::platform::clock::At;

/// Who wrote the file; without a version, so that a release changes no byte of a feed.
const PRODUCT: &str = "-//OXSOP//OXSOP//EN";

/// How often a feed asks to be read again.
const REFRESH: &str = "PT1H";

/// The leaf of our pages: the nearest CSS name, which RFC 7986 §5.9 asks for, and itself for Apple's programs.
const COLOR: &str = "seagreen";
const APPLE_COLOR: &str = "#1D6242";

/// What a mailed calendar object asks its reader to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Request,
    Cancel,
}

impl Method {
    /// The value of METHOD, and of the `method` parameter of the MIME part.
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Request => "REQUEST",
            Method::Cancel => "CANCEL",
        }
    }
}

/// Whether the event takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventStatus {
    Confirmed,
    Cancelled,
}

impl EventStatus {
    /// The value of STATUS.
    pub fn as_str(self) -> &'static str {
        match self {
            EventStatus::Confirmed => "CONFIRMED",
            EventStatus::Cancelled => "CANCELLED",
        }
    }
}

/// What an attendee has answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartStat {
    NeedsAction,
    Accepted,
    Tentative,
    Declined,
}

impl PartStat {
    /// The value of PARTSTAT.
    pub fn as_str(self) -> &'static str {
        match self {
            PartStat::NeedsAction => "NEEDS-ACTION",
            PartStat::Accepted => "ACCEPTED",
            PartStat::Tentative => "TENTATIVE",
            PartStat::Declined => "DECLINED",
        }
    }
}

/// The organiser: whom an answer goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Party {
    pub email: String,
    pub name: String,
}

/// The one attendee an object names: its reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attendee {
    pub email: String,
    pub name: String,
    pub part_stat: PartStat,
}

/// One meeting as a calendar shows it; texts are as people typed them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub uid: String,
    pub sequence: i32,
    /// DTSTAMP: when this message was made, or in a feed when the meeting last changed.
    pub stamp: At,
    pub created: At,
    pub last_modified: At,
    pub starts_at: At,
    pub ends_at: At,
    pub summary: String,
    pub description: String,
    pub location: String,
    /// The meeting's page; written only if http or https.
    pub url: Option<String>,
    /// The joining link; written only if http or https, and never for a cancelled event.
    pub conference: Option<String>,
    pub status: EventStatus,
    pub organizer: Option<Party>,
    pub attendee: Option<Attendee>,
    pub is_busy: bool,
}

/// What a subscribed calendar says about itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Feed {
    pub name: String,
    pub description: String,
    /// The address of the feed itself.
    pub source_url: String,
    /// The page that people read instead.
    pub url: String,
}

/// One iTIP object to mail; its STATUS follows from `method`.
pub fn message(method: Method, event: &Event) -> String {
    let status = match method {
        Method::Request => EventStatus::Confirmed,
        Method::Cancel => EventStatus::Cancelled,
    };
    let mut calendar = ICalendar::new("2.0", PRODUCT);
    calendar.push(MethodLine::new(method.as_str()));
    calendar.add_event(event::component(event, status));
    encode::folded(&calendar.to_string())
}

/// A calendar to subscribe to: no METHOD, the events in the order given.
pub fn feed(feed: &Feed, events: &[Event]) -> String {
    let (name, description) = (encode::text(&feed.name), encode::text(&feed.description));
    let mut calendar = ICalendar::new("2.0", PRODUCT);
    calendar.push(Name::new(name.clone()));
    calendar.push(Property::new("X-WR-CALNAME", name));
    if !description.is_empty() {
        calendar.push(Description::new(description.clone()));
        calendar.push(Property::new("X-WR-CALDESC", description));
    }
    calendar.push(RefreshInterval::new(REFRESH));
    calendar.push(Property::new("X-PUBLISHED-TTL", REFRESH));
    if let Some(source) = encode::web_address(&feed.source_url) {
        calendar.push(Source::new(source));
    }
    if let Some(url) = encode::web_address(&feed.url) {
        calendar.push(URL::new(url));
    }
    calendar.push(Color::new(COLOR));
    calendar.push(Property::new("X-APPLE-CALENDAR-COLOR", APPLE_COLOR));
    for event in events {
        calendar.add_event(event::component(event, event.status));
    }
    encode::folded(&calendar.to_string())
}

/// One meeting to download: no METHOD, so that a calendar adds it without asking anyone.
pub fn file(event: &Event) -> String {
    let mut calendar = ICalendar::new("2.0", PRODUCT);
    calendar.add_event(event::component(event, event.status));
    encode::folded(&calendar.to_string())
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
