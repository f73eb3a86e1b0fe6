//! Mails as the world writes them, made by hand in the forms of many programs: what the sorting, the reading and the
//! fuzzing are held against.

mod calendars;
mod fuzz;
mod others;
mod reports;

use data_encoding::BASE64;
use oxsop::platform::inbound::{self, Kind, Ours};
use oxsop::platform::mail::bounces::{self, Class};

/// One mail, and what it is.
pub struct Sample {
    pub name: &'static str,
    pub raw: Vec<u8>,
    pub kind: Kind,
    pub says: Says,
}

/// What a mail says beyond its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    Nothing,
    /// METHOD, the first PARTSTAT, SEQUENCE (-1: none).
    Calendar(&'static str, &'static str, i32),
    Fault(Class),
    Complaint(&'static str),
    /// The text begins so.
    Text(&'static str),
    /// Outlook hid it in `winmail.dat`.
    Hidden,
}

pub const ANA: &str = "ana@example.org";
pub const NETWORK: &str = "network@oxsop.example.org";
pub const MEETINGS: &str = "meetings+abcdefghijklmnopqrstuvwxyz@oxsop.example.org";
pub const BOUNCES: &str = "b+0123456789abcdef0123456789abcdef.0123456789abcdef0123@oxsop.example.org";
pub const UID: &str = "talk-1@oxsop.example.org";

pub fn ours() -> Ours {
    Ours {
        from: NETWORK.into(),
        join: "join@oxsop.example.org".into(),
        meetings: "meetings@oxsop.example.org".into(),
        bounces: "b@oxsop.example.org".into(),
        unsubscribe: "unsubscribe@oxsop.example.org".into(),
    }
}

/// A mail with these headers, in this order, and this body.
pub fn mail(headers: &[(&str, &str)], body: &str) -> String {
    let mut raw = String::new();
    for (name, value) in headers {
        raw.push_str(&format!("{name}: {value}\r\n"));
    }
    format!("{raw}MIME-Version: 1.0\r\n{body}")
}

/// A body of parts.
pub fn multipart(kind: &str, boundary: &str, parts: &[String]) -> String {
    let parts: String = parts.iter().map(|part| format!("--{boundary}\r\n{part}\r\n")).collect();
    format!("Content-Type: multipart/{kind}; boundary=\"{boundary}\"\r\n\r\nA preamble.\r\n{parts}--{boundary}--\r\n")
}

pub fn plain(text: &str) -> String {
    format!("Content-Type: text/plain; charset=\"utf-8\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{text}\r\n")
}

pub fn html(text: &str) -> String {
    format!(
        "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><body><p>{text}</p></body></html>\r\n"
    )
}

/// A part in base64.
pub fn base64(content_type: &str, more: &str, bytes: &[u8]) -> String {
    let coded = BASE64.encode(bytes);
    let lines: Vec<&str> = coded
        .as_bytes()
        .chunks(76)
        .filter_map(|line| std::str::from_utf8(line).ok())
        .collect();
    format!(
        "Content-Type: {content_type}\r\nContent-Transfer-Encoding: base64\r\n{more}\r\n{}\r\n",
        lines.join("\r\n")
    )
}

pub fn sample(name: &'static str, raw: impl Into<Vec<u8>>, kind: Kind, says: Says) -> Sample {
    Sample {
        name,
        raw: raw.into(),
        kind,
        says,
    }
}

/// All of them.
pub fn corpus() -> Vec<Sample> {
    let mut all = calendars::samples();
    all.extend(reports::samples());
    all.extend(others::samples());
    all
}

fn said(raw: &[u8]) -> (Kind, Says, inbound::Letter) {
    let (letter, report) = inbound::read(raw, None, "", bounces::read).expect("it can be read");
    let kind = inbound::sort(&letter, &ours());
    let says = match kind {
        Kind::Calendar => {
            let part = letter.calendar.as_ref().expect("a calendar part");
            let object = oxsop::platform::ical::read(&part.text).expect("a calendar object");
            let partstat = object
                .attendees
                .first()
                .map(|one| one.partstat.clone())
                .unwrap_or_default();
            let known = |word: String| -> &'static str {
                [
                    "REPLY",
                    "COUNTER",
                    "REFRESH",
                    "REQUEST",
                    "CANCEL",
                    "ACCEPTED",
                    "TENTATIVE",
                    "DECLINED",
                    "DELEGATED",
                    "NEEDS-ACTION",
                ]
                .into_iter()
                .find(|known| *known == word)
                .unwrap_or_default()
            };
            assert_eq!(object.uid, UID);
            Says::Calendar(
                known(object.method.unwrap_or_default()),
                known(partstat),
                object.sequence.unwrap_or(-1),
            )
        }
        Kind::Report => match &report {
            bounces::Report::Delivery(faults) => Says::Fault(bounces::classify(faults.first().expect("a fault"))),
            bounces::Report::Complaint(_) => Says::Nothing,
        },
        Kind::Complaint => match report {
            bounces::Report::Complaint(complaint) if complaint.kind == "abuse" => Says::Complaint("abuse"),
            bounces::Report::Complaint(_) => Says::Complaint("other"),
            bounces::Report::Delivery(_) => Says::Nothing,
        },
        _ if letter.has_tnef => Says::Hidden,
        _ => Says::Nothing,
    };
    (kind, says, letter)
}

#[test]
fn every_mail_of_the_corpus_is_known_for_what_it_is() {
    let corpus = corpus();
    assert!(corpus.len() >= 60, "{}", corpus.len());
    let mut wrong = Vec::new();
    for sample in &corpus {
        let (kind, says, letter) = said(&sample.raw);
        let is_right = match sample.says {
            Says::Text(begin) => letter.text.starts_with(begin),
            expected => says == expected,
        };
        if kind != sample.kind || !is_right {
            wrong.push(format!(
                "{}: {kind:?} {says:?}, not {:?} {:?}: {:?}",
                sample.name, sample.kind, sample.says, letter.text
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        corpus.len(),
        wrong.join("\n")
    );
    let names: std::collections::BTreeSet<&str> = corpus.iter().map(|sample| sample.name).collect();
    assert_eq!(names.len(), corpus.len(), "a name for each");
}

#[test]
fn a_mail_with_bare_line_feeds_is_the_same_mail() {
    for sample in corpus() {
        let bare: Vec<u8> = sample.raw.iter().copied().filter(|byte| *byte != b'\r').collect();
        assert_eq!(said(&bare).0, sample.kind, "{}", sample.name);
    }
}
