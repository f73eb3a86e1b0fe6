//! Turns one rendered mail into the bytes that go on the wire.
//!
//! Why so wary: lettre 0.11 panics on a line break in a display name, keeps the order of what it is
//! given but invents boundaries, ids and dates of its own where it is given none. So every header
//! value is cleaned here, every id is ours, boundaries come from the Message-ID (a retry sends the
//! same bytes), and the whole runs where a panic is an error of this one mail.

use std::borrow::Cow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, UNIX_EPOCH};

use data_encoding::BASE32_NOPAD;
use lettre::address::Envelope;
use lettre::message::header::{ContentDisposition, ContentTransferEncoding, ContentType, HeaderName, HeaderValue};
use lettre::message::{Body, Mailbox, MultiPart, MultiPartKind, SinglePart};
use sha2::{Digest, Sha256};

use crate::platform::clock::At;

/// A mail address and the name people see beside it (may be empty).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    pub email: String,
    pub name: String,
}

/// A calendar object and what it asks for; `method` is the `METHOD` inside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarPart {
    pub method: String,
    pub ics: String,
}

/// What `Auto-Submitted` says (RFC 3834).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AutoSubmitted {
    /// A person wrote it; no header.
    No,
    Generated,
    Replied,
}

/// Everything a mail is made of, already rendered; the same value always gives the same bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailContent {
    pub from: Address,
    pub to: Address,
    pub reply_to: Option<Address>,
    /// The sender of the envelope; empty for answers that must never bounce.
    pub envelope_from: String,
    pub subject: String,
    pub text: String,
    pub html: String,
    pub calendar: Option<CalendarPart>,
    /// Without the angle brackets.
    pub message_id: String,
    pub date: At,
    pub auto_submitted: AutoSubmitted,
    /// Further headers such as `List-Unsubscribe`.
    pub headers: Vec<(String, String)>,
    /// The Message-ID of the mail this one answers, with or without angle brackets.
    pub in_reply_to: Option<String>,
}

/// Why a mail cannot be built; trying again would not help.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MessageError {
    #[error("{0:?} is not an address mail can be sent to")]
    Address(String),
    #[error("{0:?} is not a Message-ID")]
    MessageId(String),
    #[error("the header {0:?} may not be set here")]
    Header(String),
    #[error("the calendar part does not say METHOD:{0}")]
    Calendar(String),
    #[error("the mail cannot be written: {0}")]
    Form(String),
}

/// The longest subject or name that is sent, in characters; the rest becomes an ellipsis.
const LONGEST: usize = 250;

/// Headers this module sets itself, or that must never be set.
const RESERVED: &[&str] = &[
    "from",
    "sender",
    "to",
    "cc",
    "bcc",
    "reply-to",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "mime-version",
    "return-path",
    "auto-submitted",
    "x-auto-response-suppress",
];

/// The bytes of a mail: CRLF only, ASCII only, no line over 998, and the same each time.
pub fn bytes(mail: &MailContent) -> Result<Vec<u8>, MessageError> {
    let bytes = catch_unwind(AssertUnwindSafe(|| build(mail)))
        .unwrap_or_else(|_| Err(MessageError::Form("it made the mail library panic".into())))?;
    match fault(&bytes) {
        None => Ok(bytes),
        Some(fault) => Err(MessageError::Form(fault.into())),
    }
}

fn build(mail: &MailContent) -> Result<Vec<u8>, MessageError> {
    if !is_message_id(&mail.message_id) {
        return Err(MessageError::MessageId(mail.message_id.clone()));
    }
    let to = address(&mail.to.email)?;
    let sender = match mail.envelope_from.as_str() {
        "" => None,
        sender => Some(address(sender)?),
    };
    let date = u64::try_from(mail.date.unix()).map_err(|_| MessageError::Form("its date lies before 1970".into()))?;
    let envelope = Envelope::new(sender, vec![to]).map_err(form)?;
    let mut message = lettre::Message::builder()
        .envelope(envelope)
        .date(UNIX_EPOCH + Duration::from_secs(date))
        .from(mailbox(&mail.from)?)
        .to(mailbox(&mail.to)?);
    if let Some(reply_to) = &mail.reply_to {
        message = message.reply_to(mailbox(reply_to)?);
    }
    message = message
        .subject(clean(&mail.subject, LONGEST).replace("=?", "= ?"))
        .message_id(Some(format!("<{}>", mail.message_id)));
    if let Some(id) = &mail.in_reply_to {
        // Ids of other people's mail are often odd; a thread lost is better than a mail lost.
        let id = id.trim().trim_start_matches('<').trim_end_matches('>');
        if is_message_id(id) {
            message = message.in_reply_to(format!("<{id}>")).references(format!("<{id}>"));
        }
    }
    for (name, value) in headers(mail)? {
        message = message.raw_header(HeaderValue::new(name, value));
    }
    Ok(message.multipart(content(mail)?).map_err(form)?.formatted())
}

/// `Auto-Submitted` and its kin, then the further headers, each once.
fn headers(mail: &MailContent) -> Result<Vec<(HeaderName, String)>, MessageError> {
    let own: &[(&str, &str)] = match (mail.auto_submitted, &mail.calendar) {
        (AutoSubmitted::No, _) => &[],
        (AutoSubmitted::Replied, _) => &[("Auto-Submitted", "auto-replied")],
        (AutoSubmitted::Generated, Some(_)) => &[("Auto-Submitted", "auto-generated")],
        (AutoSubmitted::Generated, None) => &[
            ("Auto-Submitted", "auto-generated"),
            ("X-Auto-Response-Suppress", "OOF, DR, RN, NRN"),
        ],
    };
    let mut all: Vec<(HeaderName, String)> = Vec::new();
    for (name, value) in own {
        all.push((HeaderName::new_from_ascii_str(name), (*value).to_owned()));
    }
    for (name, value) in &mail.headers {
        let lower = name.to_ascii_lowercase();
        let refused = name.bytes().any(|b| !(b.is_ascii_alphanumeric() || b == b'-'))
            || RESERVED.contains(&lower.as_str())
            || lower.starts_with("content-")
            || lower.starts_with("resent-")
            || all.iter().any(|(set, _)| set.eq_ignore_ascii_case(name));
        let header = HeaderName::new_from_ascii(name.clone());
        match header {
            Ok(header) if !refused => all.push((header, clean(value, usize::MAX))),
            _ => return Err(MessageError::Header(name.clone())),
        }
    }
    Ok(all)
}

/// alternative{text, html}, or with a calendar mixed{alternative{text, html, calendar}, invite.ics}.
fn content(mail: &MailContent) -> Result<MultiPart, MessageError> {
    let alternative = multipart(MultiPartKind::Alternative, &mail.message_id)
        .singlepart(part("text/plain; charset=utf-8", text_body(&mail.text)?)?)
        .singlepart(part("text/html; charset=utf-8", text_body(&mail.html)?)?);
    let Some(calendar) = &mail.calendar else {
        return Ok(alternative);
    };
    let method = &calendar.method;
    let ics = crlf(calendar.ics.as_bytes());
    let ics = str::from_utf8(&ics).map_err(form)?;
    let known = ["REQUEST", "CANCEL", "PUBLISH", "REPLY"].contains(&method.as_str());
    if !known || !ics.contains(&format!("\r\nMETHOD:{method}\r\n")) {
        return Err(MessageError::Calendar(method.clone()));
    }
    let kind = format!("text/calendar; method={method}; charset=UTF-8");
    let alternative = alternative.singlepart(part(&kind, encode(ics, shortest(ics))?)?);
    let copy = SinglePart::builder()
        .header(content_type("application/ics; name=\"invite.ics\"")?)
        .header(ContentDisposition::attachment("invite.ics"))
        .body(encode(ics, ContentTransferEncoding::Base64)?);
    Ok(multipart(MultiPartKind::Mixed, &mail.message_id)
        .multipart(alternative)
        .singlepart(copy))
}

/// A multipart whose boundary comes from the Message-ID and, with `=_`, stands in no encoded body.
fn multipart(kind: MultiPartKind, message_id: &str) -> lettre::message::MultiPartBuilder {
    let digest = Sha256::digest(format!("{kind:?} {message_id}"));
    let boundary = format!("=_{}", &BASE32_NOPAD.encode(&digest)[..32]);
    MultiPart::builder().kind(kind).boundary(boundary)
}

fn part(kind: &str, body: Body) -> Result<SinglePart, MessageError> {
    Ok(SinglePart::builder().header(content_type(kind)?).body(body))
}

fn content_type(kind: &str) -> Result<ContentType, MessageError> {
    ContentType::parse(kind).map_err(form)
}

/// The body of a text part, without the control characters that no reader shows.
fn text_body(text: &str) -> Result<Body, MessageError> {
    let lines = crlf(text.as_bytes());
    let lines = str::from_utf8(&lines).map_err(form)?;
    let shown: String = lines
        .chars()
        .filter(|c| !c.is_control() || matches!(c, '\r' | '\n' | '\t'))
        .collect();
    encode(&shown, shortest(&shown))
}

/// Quoted-printable for what is mostly ASCII, base64 for the rest.
fn shortest(text: &str) -> ContentTransferEncoding {
    let other = text.bytes().filter(|b| !b.is_ascii()).count();
    if other * 5 > text.len() {
        ContentTransferEncoding::Base64
    } else {
        ContentTransferEncoding::QuotedPrintable
    }
}

fn encode(text: &str, encoding: ContentTransferEncoding) -> Result<Body, MessageError> {
    Body::new_with_encoding(text.as_bytes().to_vec(), encoding)
        .map_err(|_| MessageError::Form("a body cannot be encoded".into()))
}

fn mailbox(of: &Address) -> Result<Mailbox, MessageError> {
    let name = clean(&of.name, LONGEST);
    Ok(Mailbox::new((!name.is_empty()).then_some(name), address(&of.email)?))
}

/// Reads an address as SMTP and the headers need it: ASCII, the domain in its `xn--` form.
pub(super) fn address(email: &str) -> Result<lettre::Address, MessageError> {
    let refused = || MessageError::Address(email.to_owned());
    let (user, domain) = email.rsplit_once('@').ok_or_else(refused)?;
    let hostile = |c: char| c.is_control() || matches!(c, '<' | '>' | ' ');
    if email.len() > 254 || !user.is_ascii() || email.chars().any(hostile) {
        return Err(refused());
    }
    let domain = if domain.is_ascii() {
        Cow::Borrowed(domain)
    } else {
        Cow::Owned(url::Host::parse(domain).map_err(|_| refused())?.to_string())
    };
    lettre::Address::new(user, domain).map_err(|_| refused())
}

/// `left@right` of printable ASCII, without angle brackets.
fn is_message_id(id: &str) -> bool {
    let plain = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '@');
    id.len() <= 250
        && id.split_once('@').is_some_and(|(left, right)| {
            [left, right]
                .iter()
                .all(|side| !side.is_empty() && side.chars().all(plain))
        })
}

/// One line of text for a header: no controls, no marks that turn writing round, at most `longest`.
fn clean(text: &str, longest: usize) -> String {
    let plain: String = text
        .chars()
        .filter_map(|c| match c {
            c if c.is_control() => Some(' '),
            '\u{2028}' | '\u{2029}' => Some(' '),
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{feff}' => None,
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => None,
            c => Some(c),
        })
        .collect();
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= longest {
        return line;
    }
    line.chars().take(longest - 1).chain(['…']).collect()
}

/// The same lines, each ended by CRLF; a lone CR counts as an end of line too.
pub(super) fn crlf(bytes: &[u8]) -> Cow<'_, [u8]> {
    if !lone_line_end(bytes) {
        return Cow::Borrowed(bytes);
    }
    let mut out = Vec::with_capacity(bytes.len() + bytes.len() / 20);
    let mut rest = bytes.iter().copied().peekable();
    while let Some(byte) = rest.next() {
        match byte {
            b'\r' => {
                rest.next_if_eq(&b'\n');
                out.extend_from_slice(b"\r\n");
            }
            b'\n' => out.extend_from_slice(b"\r\n"),
            byte => out.push(byte),
        }
    }
    Cow::Owned(out)
}

fn lone_line_end(bytes: &[u8]) -> bool {
    bytes.iter().enumerate().any(|(i, byte)| match byte {
        b'\r' => bytes.get(i + 1) != Some(&b'\n'),
        b'\n' => i == 0 || bytes[i - 1] != b'\r',
        _ => false,
    })
}

/// What would make these bytes unfit for the wire, if anything.
pub(super) fn fault(bytes: &[u8]) -> Option<&'static str> {
    if lone_line_end(bytes) {
        return Some("a line ends in CR or LF alone");
    }
    if !bytes.is_ascii() {
        return Some("it is not plain ASCII");
    }
    if bytes.contains(&0) {
        return Some("it contains NUL");
    }
    if bytes
        .split(|b| *b == b'\n')
        .any(|line| line.strip_suffix(b"\r").unwrap_or(line).len() > 998)
    {
        return Some("a line is longer than 998 octets");
    }
    None
}

fn form(error: impl std::fmt::Display) -> MessageError {
    MessageError::Form(error.to_string())
}

#[cfg(test)]
mod tests;
