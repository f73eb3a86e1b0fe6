//! One mail that came in, read: who wrote it, to which of our addresses, what it says, and the signs by which
//! it is sorted.
//!
//! Only the outer mail is read. A mail that another carries (a bounce brings back the invitation) is never taken for
//! what its sender says.

use std::panic::{AssertUnwindSafe, catch_unwind};

use mail_parser::{Address as Addresses, HeaderName, Message, MessageParser, MimeHeaders, PartType};

use super::signs::{automatic, is_authentic};
use crate::platform::clock::At;
use crate::platform::mail::Address;
use crate::platform::text::email_address::EmailAddress;
use crate::platform::text::line::{clean_line, is_control};

/// The largest mail that is read whole, in bytes (TRUST S74).
pub const CAP: usize = 1024 * 1024;
const HEADERS_CAP: usize = 64 * 1024;
const PARTS: usize = 50;
const DEPTH: usize = 10;
/// The longest text that is kept of a mail, in characters.
const TEXT: usize = 20_000;

/// A calendar object that came with a mail, and the `method` of its content type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarText {
    pub method: Option<String>,
    pub text: String,
}

/// What is read of a mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Without angle brackets.
    pub message_id: Option<String>,
    pub in_reply_to: Option<String>,
    /// Empty where the header names nobody, or several.
    pub from: Address,
    /// `Some("")` is the empty sender of bounces.
    pub return_path: Option<String>,
    /// Whoever it was for, lower case: the envelope's recipient first, then those of the headers.
    pub recipients: Vec<String>,
    pub subject: String,
    pub date: Option<At>,
    /// Plain text without controls; HTML is turned into text (TRUST S76).
    pub text: String,
    pub calendar: Option<CalendarText>,
    /// Outlook's `winmail.dat`: a calendar answer may be hidden in it, and nobody else can read it.
    pub has_tnef: bool,
    /// The `report-type` of a `multipart/report`.
    pub report: Option<String>,
    /// How many parts were not kept.
    pub attachments: usize,
    /// What says that no person pressed "send" on this, in the words of the header; empty for a person's.
    pub automatic: Option<String>,
    /// What says that it went to a list.
    pub list: Option<String>,
    /// How many servers have handed it on.
    pub hops: usize,
    /// Addresses an Exim bounce names.
    pub failed_recipients: bool,
    /// Whether the sender's domain vouches for it (DMARC), as our own mail server judged; `None`: not judged.
    pub is_authentic: Option<bool>,
}

impl Letter {
    /// Whether a program answered with it (`auto-replied`, an absence note), rather than sent it for somebody.
    pub fn is_an_answer_by_itself(&self) -> bool {
        let answers = [
            "auto-replied",
            "auto-reply",
            "auto_reply",
            "autoreply",
            "autorespond",
            "its subject",
        ];
        self.automatic.as_ref().is_some_and(|sign| {
            let sign = sign.to_ascii_lowercase();
            answers.iter().any(|word| sign.contains(word))
        })
    }
}

/// Why a mail was not read, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(pub String);

fn because<T>(why: impl Into<String>) -> Result<T, Unreadable> {
    Err(Unreadable(why.into()))
}

/// Reads a mail; `recipient` is the envelope's where it is known, `authserv_id` the name by which our own mail server
/// signs its judgement (RFC 8601; empty: nothing is judged). `also` is given the parsed mail for what it needs of it.
pub fn read<T>(
    raw: &[u8],
    recipient: Option<&str>,
    authserv_id: &str,
    also: impl FnOnce(&Message<'_>) -> T,
) -> Result<(Letter, T), Unreadable> {
    measure(raw)?;
    let read = catch_unwind(AssertUnwindSafe(|| {
        let Some(message) = MessageParser::default().parse(raw) else {
            return because("it has no headers");
        };
        shape(&message)?;
        if message.from().is_none() && message.subject().is_none() && message.message_id().is_none() {
            return because("it has neither an author nor a subject nor an id, so it is no mail");
        }
        Ok((letter(&message, recipient, authserv_id), also(&message)))
    }));
    read.unwrap_or_else(|_| because("it made the mail library panic"))
}

/// As much of a mail that is too large as is read of it: the headers and the beginning of the text.
pub fn head(raw: &[u8]) -> &[u8] {
    &raw[..raw.len().min(CAP)]
}

fn measure(raw: &[u8]) -> Result<(), Unreadable> {
    if raw.len() > CAP {
        return because(format!("it has {} bytes, more than the {CAP} that are read", raw.len()));
    }
    let headers = end_of_headers(raw);
    if headers > HEADERS_CAP {
        return because(format!("its headers have {headers} bytes, more than {HEADERS_CAP}"));
    }
    // Counted before anything is built from it: every part has this line, and nesting needs it too.
    let parts = raw
        .split(|b| *b == b'\n')
        .filter(|line| starts_with(line, b"content-type:"))
        .count();
    if parts > PARTS {
        return because(format!("it has {parts} parts, more than {PARTS}"));
    }
    Ok(())
}

fn starts_with(line: &[u8], name: &[u8]) -> bool {
    line.get(..name.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(name))
}

fn end_of_headers(raw: &[u8]) -> usize {
    let blank = |at: usize| raw[at..].starts_with(b"\n\n") || raw[at..].starts_with(b"\n\r\n");
    (0..raw.len().min(HEADERS_CAP + 1))
        .find(|at| raw[*at] == b'\n' && blank(*at))
        .unwrap_or(raw.len())
}

fn shape(message: &Message<'_>) -> Result<(), Unreadable> {
    if message.parts.len() > PARTS {
        return because(format!("it has {} parts, more than {PARTS}", message.parts.len()));
    }
    let mut depths = vec![0_usize; message.parts.len()];
    for (at, part) in message.parts.iter().enumerate() {
        for inner in part.sub_parts().unwrap_or_default() {
            let inner = *inner as usize;
            if inner > at && inner < depths.len() {
                depths[inner] = depths[at] + 1;
            }
        }
    }
    match depths.iter().max() {
        Some(depth) if *depth > DEPTH => because(format!("its parts are nested {depth} deep, more than {DEPTH}")),
        _ => Ok(()),
    }
}

fn letter(message: &Message<'_>, recipient: Option<&str>, authserv_id: &str) -> Letter {
    let from = author(message);
    let return_path = header(message, "Return-Path").map(|path| bare(&path));
    let calendar = calendar(message);
    let calendar_parts = usize::from(calendar.is_some());
    Letter {
        message_id: message.message_id().map(clean_line).filter(|id| !id.is_empty()),
        in_reply_to: header(message, "In-Reply-To")
            .map(|id| bare(&id))
            .filter(|id| !id.is_empty()),
        is_authentic: (!authserv_id.is_empty()).then(|| is_authentic(message, authserv_id, &from.email)),
        recipients: recipients(message, recipient),
        subject: limited(&clean_line(message.subject().unwrap_or_default()), 250),
        date: message
            .date()
            .filter(|date| date.is_valid())
            .map(|date| At::from_unix(date.to_timestamp())),
        text: text(message),
        has_tnef: message
            .parts
            .iter()
            .any(|part| is(part, "application", "ms-tnef") || is_named(part, "winmail.dat")),
        report: report(message),
        attachments: message.attachment_count().saturating_sub(calendar_parts),
        automatic: automatic(message, return_path.as_deref(), &from.email),
        list: ["List-Id", "List-Post", "List-Unsubscribe"]
            .iter()
            .find_map(|name| header(message, name).map(|value| format!("{name}: {}", limited(&value, 100)))),
        hops: message
            .headers_raw()
            .filter(|(name, _)| name.eq_ignore_ascii_case("Received"))
            .count(),
        failed_recipients: header(message, "X-Failed-Recipients").is_some(),
        calendar,
        from,
        return_path,
    }
}

/// The first header of this name, decoded by nobody, on one line.
pub(super) fn header(message: &Message<'_>, name: &str) -> Option<String> {
    let mut all = message.headers_raw();
    all.find(|(given, _)| given.eq_ignore_ascii_case(name))
        .map(|(_, value)| clean_line(value))
}

/// Without angle brackets and what stands around them.
pub(super) fn bare(text: &str) -> String {
    let inner = text.split_once('<').map_or(text, |(_, rest)| rest);
    inner.split('>').next().unwrap_or_default().trim().to_owned()
}

pub(super) fn limited(text: &str, most: usize) -> String {
    text.chars().take(most).collect()
}

fn author(message: &Message<'_>) -> Address {
    let none = Address {
        email: String::new(),
        name: String::new(),
    };
    let mut from = message.from().map(|from| from.iter()).into_iter().flatten();
    let headers = message
        .headers_raw()
        .filter(|(name, _)| name.eq_ignore_ascii_case("From"))
        .count();
    match (from.next(), from.next()) {
        (Some(one), None) if headers == 1 => {
            let email = EmailAddress::parse(one.address.as_deref().unwrap_or_default());
            Address {
                email: email.map(|email| email.as_str().to_owned()).unwrap_or_default(),
                name: limited(&clean_line(one.name.as_deref().unwrap_or_default()), 200),
            }
        }
        _ => none,
    }
}

fn recipients(message: &Message<'_>, envelope: Option<&str>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut add = |address: &str| {
        let address = clean_line(address).to_lowercase();
        let fits = address.contains('@') && address.len() <= 254 && !address.contains(' ');
        if fits && !found.contains(&address) && found.len() < 100 {
            found.push(address);
        }
    };
    envelope.into_iter().for_each(|address| add(&bare(address)));
    for (name, value) in message.headers_raw() {
        if ["Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To"]
            .iter()
            .any(|n| name.eq_ignore_ascii_case(n))
        {
            add(&bare(value));
        }
    }
    for name in [HeaderName::To, HeaderName::Cc] {
        for value in message.header_values(name) {
            for one in value.as_address().map(Addresses::iter).into_iter().flatten() {
                add(one.address.as_deref().unwrap_or_default());
            }
        }
    }
    found
}

fn is(part: &mail_parser::MessagePart<'_>, kind: &str, subkind: &str) -> bool {
    part.content_type().is_some_and(|c| {
        c.ctype().eq_ignore_ascii_case(kind) && c.subtype().is_some_and(|s| s.eq_ignore_ascii_case(subkind))
    })
}

fn is_named(part: &mail_parser::MessagePart<'_>, end: &str) -> bool {
    part.attachment_name()
        .is_some_and(|name| name.to_ascii_lowercase().ends_with(end))
}

fn calendar(message: &Message<'_>) -> Option<CalendarText> {
    let first = |wanted: &dyn Fn(&mail_parser::MessagePart<'_>) -> bool| message.parts.iter().find(|part| wanted(part));
    let part = first(&|part| is(part, "text", "calendar"))
        .or_else(|| first(&|part| is(part, "application", "ics")))
        .or_else(|| first(&|part| is_named(part, ".ics")))?;
    let text = match &part.body {
        PartType::Text(text) | PartType::Html(text) => text.to_string(),
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => decoded(bytes),
        _ => return None,
    };
    let method = part
        .content_type()
        .and_then(|c| c.attribute("method"))
        .map(|m| limited(&clean_line(m), 40));
    Some(CalendarText { method, text })
}

/// UTF-16 by its mark, else UTF-8.
fn decoded(bytes: &[u8]) -> String {
    let (encoding, skip) = encoding_rs::Encoding::for_bom(bytes).unwrap_or((encoding_rs::UTF_8, 0));
    encoding.decode_without_bom_handling(&bytes[skip..]).0.into_owned()
}

fn report(message: &Message<'_>) -> Option<String> {
    let kind = message.root_part().content_type()?;
    let is_report = kind.ctype().eq_ignore_ascii_case("multipart")
        && kind.subtype().is_some_and(|s| s.eq_ignore_ascii_case("report"));
    is_report.then(|| clean_line(kind.attribute("report-type").unwrap_or_default()).to_ascii_lowercase())
}

fn text(message: &Message<'_>) -> String {
    let mut text = String::new();
    for at in 0..message.text_body_count().min(PARTS) {
        let Some(part) = message.body_text(at) else { continue };
        if message
            .text_part(u32::try_from(at).unwrap_or(0))
            .is_some_and(|part| is(part, "text", "calendar"))
        {
            continue;
        }
        if !text.is_empty() {
            text.push_str("\n\n");
        }
        text.push_str(&part);
        if text.len() > TEXT * 4 {
            break;
        }
    }
    let text = text.replace("\r\n", "\n");
    let clean = text.chars().filter_map(|c| match c {
        '\n' => Some('\n'),
        '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
        '\t' | '\u{a0}' => Some(' '),
        c if is_control(c) => None,
        c => Some(c),
    });
    let mut kept = String::new();
    let mut blank = 0;
    for line in clean.take(TEXT).collect::<String>().lines() {
        blank = if line.trim().is_empty() { blank + 1 } else { 0 };
        if blank < 3 {
            kept.push_str(line.trim_end());
            kept.push('\n');
        }
    }
    kept.trim().to_owned()
}
