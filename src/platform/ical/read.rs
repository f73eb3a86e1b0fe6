//! Reads what a calendar program sends: the method, the first event, and who answers (RFC 5545, RFC 5546).
//!
//! # Why our own
//! Of somebody else's calendar object we need a dozen lines, and it is the most hostile text that comes in. Lines are
//! looked at one by one: nothing is expanded (no recurrence, no alarm), nesting is a counter, and every value is cut.

use crate::platform::clock::At;
use crate::platform::text::line::{clean_line, excerpt};
use crate::platform::text::zone;

/// One who is asked, and what they say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answering {
    /// Lower case, without `mailto:`.
    pub address: String,
    /// Upper case; `NEEDS-ACTION` where it is not said (RFC 5545 §3.2.12).
    pub partstat: String,
    pub delegated_to: Option<String>,
}

/// What is read of a calendar object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object {
    /// Upper case.
    pub method: Option<String>,
    pub uid: String,
    pub sequence: Option<i32>,
    pub stamp: Option<At>,
    pub starts_at: Option<At>,
    pub ends_at: Option<At>,
    /// Lower case, without `mailto:`.
    pub organizer: Option<String>,
    pub attendees: Vec<Answering>,
    pub comment: String,
}

const LINES: usize = 20_000;
const VALUE: usize = 4_000;
const ATTENDEES: usize = 1_000;

/// Reads a calendar object, or says in a sentence why it is none.
pub fn read(text: &str) -> Result<Object, String> {
    let mut object = Object::default();
    let mut open: Vec<String> = Vec::new();
    let (mut is_calendar, mut events) = (false, 0);
    for line in unfolded(text)? {
        let Some(property) = Property::parse(&line) else {
            continue;
        };
        match property.name.as_str() {
            "BEGIN" => {
                let name = property.value.trim().to_ascii_uppercase();
                is_calendar |= name == "VCALENDAR" && open.is_empty();
                events += usize::from(name == "VEVENT");
                // Deeper than anything we read; what stands there is passed over.
                if open.len() < 10 {
                    open.push(name);
                } else {
                    return Err("its components are nested too deep".into());
                }
            }
            "END" => {
                open.pop();
            }
            _ => match open.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
                ["VCALENDAR"] if property.name == "METHOD" => {
                    object
                        .method
                        .get_or_insert(clean_line(&property.value).to_ascii_uppercase());
                }
                ["VCALENDAR", "VEVENT"] if events == 1 => object.take(&property),
                _ => {}
            },
        }
    }
    match (is_calendar, object.uid.is_empty()) {
        (false, _) => Err("it is no calendar object".into()),
        (true, true) => Err("it names no event: there is no UID".into()),
        (true, false) => Ok(object),
    }
}

impl Object {
    fn take(&mut self, property: &Property) {
        let value = property.value.as_str();
        match property.name.as_str() {
            "UID" if self.uid.is_empty() => self.uid = clean_line(&unescaped(value)),
            "SEQUENCE" => self.sequence = value.trim().parse().ok().filter(|n| *n >= 0),
            // In UTC by RFC 5545 §3.8.7.2, whether or not the Z is there.
            "DTSTAMP" => self.stamp = instant(property, Some("UTC")),
            "DTSTART" => self.starts_at = instant(property, None),
            "DTEND" => self.ends_at = instant(property, None),
            "ORGANIZER" => self.organizer = Some(address(value)),
            "COMMENT" if self.comment.is_empty() => self.comment = excerpt(&unescaped(value), 500),
            "ATTENDEE" if self.attendees.len() < ATTENDEES => self.attendees.push(Answering {
                address: address(value),
                partstat: property
                    .parameter("PARTSTAT")
                    .map_or("NEEDS-ACTION".into(), |p| p.trim().to_ascii_uppercase()),
                delegated_to: property.parameter("DELEGATED-TO").map(address),
            }),
            _ => {}
        }
    }
}

/// One content line: `NAME;PARAMETER=value:value`.
struct Property {
    name: String,
    parameters: Vec<(String, String)>,
    value: String,
}

impl Property {
    fn parse(line: &str) -> Option<Property> {
        let mut pieces = Vec::new();
        let (mut from, mut is_quoted) = (0, false);
        for (at, c) in line.char_indices() {
            match c {
                '"' => is_quoted = !is_quoted,
                ';' | ':' if !is_quoted => {
                    pieces.push(&line[from..at]);
                    from = at + 1;
                    if c == ':' {
                        return Some(Property::of(&pieces, &line[from..]));
                    }
                }
                _ => {}
            }
        }
        // A quote that is never closed: what most programs read is what stands after the first colon.
        let (head, value) = line.split_once(':')?;
        Some(Property::of(&head.split(';').collect::<Vec<_>>(), value))
    }

    fn of(pieces: &[&str], value: &str) -> Property {
        let parameters = pieces.iter().skip(1).filter_map(|piece| piece.split_once('='));
        Property {
            name: pieces
                .first()
                .map(|name| name.trim().to_ascii_uppercase())
                .unwrap_or_default(),
            parameters: parameters
                .map(|(name, value)| {
                    (
                        name.trim().to_ascii_uppercase(),
                        value.trim().trim_matches('"').to_owned(),
                    )
                })
                .collect(),
            value: value.chars().take(VALUE).collect(),
        }
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }
}

/// The content lines, put together again where they were folded (RFC 5545 §3.1); bare LF is taken as well.
fn unfolded(text: &str) -> Result<Vec<String>, String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').split('\n') {
        let line = line.trim_end_matches('\r');
        let count = lines.len();
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(rest), Some(last)) => last.push_str(rest),
            _ if line.is_empty() => {}
            _ if count >= LINES => return Err(format!("it has more than {LINES} lines")),
            _ => lines.push(line.to_owned()),
        }
    }
    Ok(lines)
}

/// A `mailto:` address in any case, lower case.
fn address(value: &str) -> String {
    let value = clean_line(value);
    let value = value.trim().trim_matches('"');
    let scheme = "mailto:";
    let bare = match value.get(..scheme.len()) {
        Some(start) if start.eq_ignore_ascii_case(scheme) => &value[scheme.len()..],
        _ => value,
    };
    bare.trim().trim_matches(['<', '>']).to_lowercase()
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match (c, c == '\\') {
            (_, true) => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            (c, _) => out.push(c),
        }
    }
    out
}

/// A time in UTC, in a named zone (IANA's names or Windows'), or, where neither is said, in `or_else`: a floating time
/// is an instant only where somebody says whose.
fn instant(property: &Property, or_else: Option<&str>) -> Option<At> {
    let value = property.value.trim();
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let is_utc = value.ends_with(['Z', 'z']);
    if !(digits.len() == 14 && (value.len() == 15 || (value.len() == 16 && is_utc))) {
        return None;
    }
    let part = |from: usize, to: usize| &digits[from..to];
    let local = format!(
        "{}-{}-{}T{}:{}",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12)
    );
    let named = property.parameter("TZID").filter(|_| !is_utc);
    match named.or(or_else.filter(|_| !is_utc)) {
        Some("UTC") => At::parse(&format!("{local}:{}Z", part(12, 14))).ok(),
        Some(named) => zone::local_to_utc(&local, &zone_of(named)?).ok(),
        None if is_utc => At::parse(&format!("{local}:{}Z", part(12, 14))).ok(),
        None => None,
    }
}

/// A zone by its name, also as programs that put something before it write it (`/example.net/1/Europe/London`).
fn zone_of(named: &str) -> Option<String> {
    let end = |parts: usize| named.rsplitn(parts + 1, '/').take(parts).collect::<Vec<_>>();
    let ends = [3, 2].map(|parts| end(parts).into_iter().rev().collect::<Vec<_>>().join("/"));
    let mut names = std::iter::once(named.to_owned()).chain(ends);
    names.find_map(|name| zone::zone_name(&name).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPLY: &str = "BEGIN:VCALENDAR\r\nPRODID:-//Sample//EN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VTIMEZONE\r\n\
        TZID:GMT Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n\
        BEGIN:VEVENT\r\nATTENDEE;PARTSTAT=accepted;CN=\"Sample; Ana: A\":MAILTO:Ana@Example.org\r\n\
        UID:one@exa\r\n mple.org\r\nDTSTART;TZID=GMT Standard Time:20270401T150000\r\nSEQUENCE:2\r\n\
        DTSTAMP:20270301T091500Z\r\nCOMMENT;LANGUAGE=en:I come\\, a little\\nlate\r\nBEGIN:VALARM\r\nUID:other\r\n\
        REPEAT:1000000000\r\nEND:VALARM\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

    #[test]
    fn an_answer_is_read_line_by_line() {
        let object = read(REPLY).unwrap();
        assert_eq!(object.method.as_deref(), Some("REPLY"));
        assert_eq!((object.uid.as_str(), object.sequence), ("one@example.org", Some(2)));
        assert_eq!(object.stamp, At::parse("2027-03-01T09:15:00Z").ok());
        assert_eq!(
            object.starts_at,
            At::parse("2027-04-01T14:00:00Z").ok(),
            "summer time in London"
        );
        assert_eq!(object.comment, "I come, a little late");
        assert_eq!(object.organizer, None);
        let ana = Answering {
            address: "ana@example.org".into(),
            partstat: "ACCEPTED".into(),
            delegated_to: None,
        };
        assert_eq!(object.attendees, [ana]);
        assert_eq!(read(&REPLY.replace("\r\n", "\n")), Ok(object.clone()));
        assert_eq!(read(&format!("\u{feff}{REPLY}")), Ok(object));
    }

    #[test]
    fn what_is_no_event_is_refused_with_its_reason() {
        for (text, why) in [
            ("", "no calendar object"),
            ("BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR", "no UID"),
            (&"BEGIN:VEVENT\n".repeat(20_000), "nested too deep"),
            (&"X:1\n".repeat(30_000), "more than 20000 lines"),
        ] {
            let said = read(text).unwrap_err();
            assert!(said.contains(why), "{said}");
        }
    }

    #[test]
    fn odd_lines_are_passed_over() {
        let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nno colon\n:::\nUID:a\nSEQUENCE:-1\nDTSTART:2027\nDTSTAMP:99999999T999999Z\n\
                    ATTENDEE;CN=\"never closed:mailto:b@example.org\nEND:VEVENT\n";
        let object = read(text).unwrap();
        assert_eq!((object.sequence, object.starts_at, object.stamp), (None, None, None));
        assert_eq!(object.attendees.len(), 1);
    }
}
