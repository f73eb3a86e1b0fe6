//! Hostile text in every field: no line starts with a name of its choosing, and it comes back whole.

use proptest::prelude::*;

use super::tests::sample;
use super::*;

/// Text as an attacker would choose it.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\r\nATTENDEE:mailto:x@example.org".to_owned()),
        Just("\nEND:VEVENT\r".to_owned()),
        Just("\r\n X-FOLDED:1".to_owned()),
        Just("\\n\\,\\;\\\\".to_owned()),
        Just("\";X=\"^n^^^'".to_owned()),
        Just("\0\u{7}\u{1b}\u{7f}\u{85}\u{2028}\u{feff}".to_owned()),
        Just("🧑🏽‍🔬 שלום مرحبا e\u{301}\u{202e}".to_owned()),
        Just(";:,=\"'\t ".to_owned()),
        any::<String>(),
    ];
    proptest::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// What a reader should see of `raw`: written the slow way, one character at a time.
fn seen(raw: &str) -> String {
    let mut out = String::new();
    let mut characters = raw.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\r' | '\n' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push(c),
            '\u{feff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

fn unescaped(value: &str) -> String {
    let mut out = String::new();
    let mut characters = value.chars();
    while let Some(c) = characters.next() {
        match c {
            '\\' => match characters.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(next) => out.push(next),
                None => out.push('\\'),
            },
            c => out.push(c),
        }
    }
    out
}

/// The name of the parameter `CN` read back from a line.
fn name_of(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("CN=\"")?;
    let (name, _) = rest.split_once('"')?;
    let marked = name.replace("^^", "\0");
    Some(marked.replace("^'", "\"").replace("^n", "\n").replace('\0', "^"))
}

const NAMES: [&str; 24] = [
    "BEGIN",
    "VERSION",
    "PRODID",
    "METHOD",
    "BEGIN",
    "UID",
    "DTSTAMP",
    "CREATED",
    "LAST-MODIFIED",
    "SEQUENCE",
    "STATUS",
    "DTSTART",
    "DTEND",
    "SUMMARY",
    "DESCRIPTION",
    "LOCATION",
    "URL",
    "CONFERENCE",
    "ORGANIZER",
    "ATTENDEE",
    "TRANSP",
    "X-MICROSOFT-CDO-BUSYSTATUS",
    "END",
    "END",
];

proptest! {
    // No file of found cases: the folder it would make has no place in the project.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn hostile_text_in_every_field_starts_no_line_and_comes_back_whole(
        raw in proptest::collection::vec(hostile(), 10),
    ) {
        let mut event = sample();
        event.uid = format!("u{}", raw[0]);
        event.summary = raw[1].clone();
        event.description = format!("d{}", raw[2]);
        event.location = format!("l{}", raw[3]);
        event.url = Some(format!("https://example.org/{}", raw[4]));
        event.conference = Some(format!("https://meet.example.org/?{}", raw[5]));
        event.organizer = Some(Party { email: format!("{}@example.org", raw[6]), name: format!("o{}", raw[7]) });
        event.attendee = Some(Attendee {
            email: format!("{}@example.org", raw[8]),
            name: format!("a{}", raw[9]),
            part_stat: PartStat::Accepted,
        });
        let written = message(Method::Request, &event);
        prop_assert!(written.ends_with("\r\n"));
        prop_assert!(written.split("\r\n").all(|line| line.len() <= 75));
        let whole = written.replace("\r\n ", "");
        let lines: Vec<&str> = whole.split_terminator("\r\n").collect();
        prop_assert!(lines.iter().all(|line| !line.contains(['\r', '\n', '\0'])));
        let names: Vec<&str> = lines.iter().map(|line| line.split([':', ';']).next().unwrap_or("")).collect();
        prop_assert_eq!(&names, &NAMES);
        prop_assert_eq!(unescaped(&lines[13]["SUMMARY:".len()..]), seen(&event.summary));
        prop_assert_eq!(unescaped(&lines[14]["DESCRIPTION:".len()..]), seen(&event.description));
        prop_assert_eq!(unescaped(&lines[15]["LOCATION:".len()..]), seen(&event.location));
        prop_assert_eq!(name_of(lines[18]), Some(seen(&format!("o{}", raw[7]))));
        prop_assert_eq!(name_of(lines[19]), Some(seen(&format!("a{}", raw[9]))));
        prop_assert!(lines[19].contains("\";CUTYPE=INDIVIDUAL;PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT;RSVP=TRUE:mailto:"));
    }

    #[test]
    fn hostile_text_about_a_feed_starts_no_line(raw in proptest::collection::vec(hostile(), 4)) {
        let about = Feed {
            name: raw[0].clone(),
            description: format!("d{}", raw[1]),
            source_url: format!("https://example.org/{}", raw[2]),
            url: format!("https://example.org/{}", raw[3]),
        };
        let written = feed(&about, &[sample(), sample()]);
        prop_assert!(written.split("\r\n").all(|line| line.len() <= 75));
        let whole = written.replace("\r\n ", "");
        let lines: Vec<&str> = whole.split_terminator("\r\n").collect();
        prop_assert_eq!(lines.len(), 14 + 2 * 19);
        prop_assert_eq!(unescaped(&lines[3]["NAME:".len()..]), seen(&about.name));
        prop_assert_eq!(&lines[3]["NAME:".len()..], &lines[4]["X-WR-CALNAME:".len()..]);
    }
}
