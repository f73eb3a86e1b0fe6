//! Reads what servers report of our mails: delivery status (RFC 3464), the plain words of those that write none, and
//! complaints (RFC 5965). Only shapes are read here; what they mean is [`super::classify`]'s.

use mail_parser::{Message, MessagePart, MimeHeaders, PartType};

use crate::platform::secret::mask_tokens;
use crate::platform::text::line::{clean_line, excerpt};

/// What a server says of one recipient.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fault {
    /// `failed`, `delayed`, `delivered` …, lower case; empty where it is not said.
    pub action: String,
    /// The enhanced status code (RFC 3463).
    pub status: Option<(u16, u16, u16)>,
    /// The SMTP reply code.
    pub code: Option<u16>,
    /// One line of the far server's words.
    pub words: String,
}

/// A reader marked a mail of ours as unwanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Complaint {
    /// `abuse`, `not-spam` …, lower case.
    pub kind: String,
    /// Where the mail had come from, as the report says: our own envelope sender names the mail.
    pub senders: Vec<String>,
    /// The Message-ID of the mail complained of.
    pub message_id: Option<String>,
}

/// A report on a mail of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Report {
    Delivery(Vec<Fault>),
    Complaint(Complaint),
}

impl Fault {
    /// From the words with which a server refused while the mail was handed over: `550 5.1.1 No such user`.
    pub fn from_words(words: &str) -> Fault {
        let words = clean_line(words);
        Fault {
            action: "failed".into(),
            status: status_in(&words),
            code: code_in(&words),
            words: as_kept(&words),
        }
    }
}

impl Fault {
    /// Whether its status says that the address is what is wrong, whenever it was said.
    pub fn names_the_address(&self) -> bool {
        matches!(self.status, Some((5, 1, 1 | 2 | 3 | 6 | 10) | (5, 2, 1)))
    }
}

/// What a mail reports; for one that has no machine's part, what its words say.
pub fn read(message: &Message<'_>) -> Report {
    if let Some(part) = message.parts.iter().find(|part| is(part, "feedback-report")) {
        return Report::Complaint(complaint(message, part));
    }
    let status = message
        .parts
        .iter()
        .find(|part| is(part, "delivery-status") || is(part, "global-delivery-status"));
    let faults = status.map(|part| faults(&text_of(part))).unwrap_or_default();
    let faults = match faults.is_empty() {
        true => vec![from_text(message)],
        false => faults,
    };
    Report::Delivery(faults)
}

fn is(part: &MessagePart<'_>, subtype: &str) -> bool {
    part.content_type().is_some_and(|kind| {
        kind.ctype().eq_ignore_ascii_case("message") && kind.subtype().is_some_and(|s| s.eq_ignore_ascii_case(subtype))
    })
}

fn text_of(part: &MessagePart<'_>) -> String {
    match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.to_string(),
        PartType::Message(inner) => String::from_utf8_lossy(&inner.raw_message).into_owned(),
        _ => String::from_utf8_lossy(part.contents()).into_owned(),
    }
}

/// Groups of fields between empty lines, each field with its folded lines.
fn groups(text: &str) -> Vec<Vec<(String, String)>> {
    let mut groups: Vec<Vec<(String, String)>> = vec![Vec::new()];
    for line in text.lines().take(2_000) {
        let fields = match groups.last_mut() {
            Some(fields) => fields,
            None => break,
        };
        if line.trim().is_empty() {
            if !fields.is_empty() {
                groups.push(Vec::new());
            }
        } else if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    groups
}

fn faults(text: &str) -> Vec<Fault> {
    let groups = groups(text);
    let about_people = groups
        .iter()
        .filter(|fields| fields.iter().any(|(name, _)| name == "action" || name == "status"));
    let faults = about_people.take(50).map(|fields| {
        let field = |wanted: &str| {
            fields
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| clean_line(value))
        };
        let diagnostic = field("diagnostic-code").unwrap_or_default();
        let words = diagnostic
            .split_once(';')
            .map_or(diagnostic.as_str(), |(_, words)| words)
            .trim()
            .to_owned();
        let status = field("status").and_then(|status| status_in(&status));
        // 5.0.0 says nothing; the words may.
        let said = status_in(&words);
        Fault {
            action: field("action")
                .unwrap_or_default()
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_ascii_lowercase(),
            status: match (status, said) {
                (None | Some((_, 0, 0)), Some(said)) => Some(said),
                (status, _) => status,
            },
            code: code_in(&words),
            words: as_kept(&words),
        }
    });
    faults.collect()
}

/// Words by which servers say that they go on trying.
const DELAYED: &[&str] = &[
    "delayed",
    "has not yet been delivered",
    "not yet been delivered",
    "still trying",
    "will be retried",
    "will keep trying",
    "no action is required",
    "do not need to resend",
    "verzögert",
    "zugestellt werden konnte bisher",
    "retardé",
];

fn from_text(message: &Message<'_>) -> Fault {
    let text = message.body_text(0).unwrap_or_default();
    // What follows is our own mail, brought back.
    let own = [
        "--- below this line",
        "------ this is a copy",
        "original message headers",
        "--- the message",
    ];
    let text: String = text.chars().take(20_000).collect();
    let lower = text.to_lowercase();
    // `to_lowercase` may change lengths, so the cut is made by lines.
    let first_own = lower
        .lines()
        .position(|line| own.iter().any(|mark| line.contains(mark)));
    let lines: Vec<&str> = text.lines().take(first_own.unwrap_or(usize::MAX)).collect();
    let telling = lines
        .iter()
        .find(|line| status_in(line).is_some())
        .or_else(|| lines.iter().find(|line| code_in(line).is_some()));
    let all = lines.join(" ");
    let subject = message.subject().unwrap_or_default().to_lowercase();
    let is_delayed = DELAYED
        .iter()
        .any(|word| subject.contains(word) || lower.contains(word));
    Fault {
        action: if is_delayed { "delayed" } else { "failed" }.into(),
        status: telling.and_then(|line| status_in(line)),
        code: telling.and_then(|line| code_in(line)),
        // Without a status the whole of the words decides.
        words: as_kept(
            telling
                .filter(|line| status_in(line).is_some())
                .map_or(all.as_str(), |line| line.trim()),
        ),
    }
}

/// Words as they are kept: short, and without what lets people in where a filter quotes a link of ours.
fn as_kept(words: &str) -> String {
    excerpt(&mask_tokens(words), 300)
}

/// The first `5.1.1` in a text.
fn status_in(text: &str) -> Option<(u16, u16, u16)> {
    let is_edge = |c: char| !(c.is_ascii_digit() || c == '.');
    text.split(is_edge).find_map(|word| {
        let word = word.trim_matches('.');
        let mut numbers = word.split('.').map(|number| {
            if number.len() <= 3 {
                number.parse::<u16>().ok()
            } else {
                None
            }
        });
        match (numbers.next(), numbers.next(), numbers.next(), numbers.next()) {
            (Some(Some(class @ (2 | 4 | 5))), Some(Some(subject)), Some(Some(detail)), None) => {
                Some((class, subject, detail))
            }
            _ => None,
        }
    })
}

/// The first reply code, such as `550`, that stands for itself.
fn code_in(text: &str) -> Option<u16> {
    let is_edge = |c: char| !(c.is_ascii_alphanumeric() || c == '.');
    let mut words = text.split(is_edge).map(|word| word.trim_matches('.'));
    words.find_map(|word| {
        word.parse()
            .ok()
            .filter(|code| word.len() == 3 && (421..=559).contains(code) && !(460..=499).contains(code))
    })
}

fn complaint(message: &Message<'_>, part: &MessagePart<'_>) -> Complaint {
    let groups = groups(&text_of(part));
    let fields = groups.into_iter().flatten().collect::<Vec<_>>();
    let values = |wanted: &'static str| {
        fields
            .iter()
            .filter(move |(name, _)| name == wanted)
            .map(|(_, value)| clean_line(value))
    };
    let bare = |value: String| value.trim_matches(['<', '>', ' ']).to_lowercase();
    let mut senders: Vec<String> = values("original-mail-from").map(bare).collect();
    let mut message_id = None;
    for inner in &message.parts {
        let headers = match &inner.body {
            PartType::Message(original) => {
                message_id = original.message_id().map(clean_line);
                original.return_address().map(str::to_owned)
            }
            // `text/rfc822-headers`: the headers alone.
            PartType::Text(text)
                if inner
                    .content_type()
                    .is_some_and(|c| c.subtype() == Some("rfc822-headers")) =>
            {
                let group = groups_of_headers(text);
                message_id = group
                    .iter()
                    .find(|(name, _)| name == "message-id")
                    .map(|(_, id)| clean_line(id).trim_matches(['<', '>']).to_owned());
                group
                    .into_iter()
                    .find(|(name, _)| name == "return-path")
                    .map(|(_, path)| path)
            }
            _ => None,
        };
        senders.extend(headers.map(bare));
    }
    Complaint {
        kind: values("feedback-type").next().unwrap_or_default().to_ascii_lowercase(),
        senders,
        message_id: message_id.filter(|id| !id.is_empty()),
    }
}

fn groups_of_headers(text: &str) -> Vec<(String, String)> {
    groups(text).into_iter().next().unwrap_or_default()
}
