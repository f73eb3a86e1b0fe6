//! Hostile words in every place of a mail.

use super::*;

fn person(email: &str, name: &str) -> Address {
    Address {
        email: email.into(),
        name: name.into(),
    }
}

fn mail() -> MailContent {
    MailContent {
        from: person("office@example.org", "The network"),
        to: person("ana@example.org", "Ana"),
        reply_to: None,
        envelope_from: String::new(),
        subject: "Welcome".into(),
        text: "Dear Ana\n\nWelcome.\n".into(),
        html: "<p>Dear Ana</p>\n<p>Welcome.</p>\n".into(),
        calendar: None,
        message_id: "0192.1@example.org".into(),
        date: At::from_unix(1_800_000_000),
        auto_submitted: AutoSubmitted::Generated,
        headers: Vec::new(),
        in_reply_to: None,
    }
}

fn invite() -> MailContent {
    let ics = "BEGIN:VCALENDAR\nVERSION:2.0\nMETHOD:REQUEST\nEND:VCALENDAR\n";
    let calendar = CalendarPart {
        method: "REQUEST".into(),
        ics: ics.into(),
    };
    MailContent {
        calendar: Some(calendar),
        ..mail()
    }
}

fn written(mail: &MailContent) -> String {
    String::from_utf8(bytes(mail).expect("a mail")).expect("ASCII")
}

fn lines_named(mail: &str, name: &str) -> usize {
    let head = mail.split("\r\n\r\n").next().unwrap_or_default();
    head.split("\r\n")
        .filter(|line| line.to_lowercase().starts_with(name))
        .count()
}

const HOSTILE: &[&str] = &["\r\n", "\r", "\n", "\0", "\u{85}", "\u{2028}", "\u{2029}", "\u{202e}"];

#[test]
fn the_same_mail_gives_the_same_bytes() {
    assert_eq!(written(&invite()), written(&invite()));
    let other = MailContent {
        message_id: "0192.2@example.org".into(),
        ..invite()
    };
    assert_ne!(written(&invite()), written(&other));
}

#[test]
fn a_control_character_in_any_header_makes_no_header() {
    for control in HOSTILE {
        let evil = format!("Eve{control}Bcc: x@example.org");
        let mut mail = mail();
        mail.from.name = evil.clone();
        mail.to.name = evil.clone();
        mail.reply_to = Some(person("ana@example.org", &evil));
        mail.subject = evil.clone();
        mail.in_reply_to = Some(format!("<1{control}Bcc: x@example.org>"));
        mail.headers = vec![("List-Id".into(), evil)];
        let written = written(&mail);
        assert_eq!(lines_named(&written, "bcc"), 0, "{control:?}");
        for once in [
            "from:",
            "to:",
            "reply-to:",
            "subject:",
            "list-id:",
            "date:",
            "message-id:",
        ] {
            assert_eq!(lines_named(&written, once), 1, "{control:?} {once}");
        }
    }
}

#[test]
fn a_control_character_in_an_address_or_id_is_refused() {
    for control in HOSTILE {
        let evil = format!("ana{control}@example.org");
        let to = MailContent {
            to: person(&evil, ""),
            ..mail()
        };
        let envelope = MailContent {
            envelope_from: evil.clone(),
            ..mail()
        };
        let id = MailContent {
            message_id: evil,
            ..mail()
        };
        for mail in [to, envelope, id] {
            assert!(bytes(&mail).is_err(), "{control:?}");
        }
    }
}

#[test]
fn a_reserved_or_repeated_header_is_refused() {
    for name in ["Bcc", "CONTENT-TYPE", "X\r\nBcc", "X Y", "", "X-Twice"] {
        let headers = vec![("X-Twice".into(), "1".into()), (name.into(), "x".into())];
        let mail = MailContent { headers, ..mail() };
        assert_eq!(bytes(&mail), Err(MessageError::Header(name.into())));
    }
}

#[test]
fn only_plain_notices_ask_for_no_automatic_answers() {
    assert_eq!(lines_named(&written(&mail()), "x-auto-response-suppress"), 1);
    assert_eq!(lines_named(&written(&invite()), "x-auto-response-suppress"), 0);
    assert_eq!(lines_named(&written(&invite()), "auto-submitted: auto-generated"), 1);
}

#[test]
fn the_calendar_is_the_last_alternative_and_says_its_method() {
    let written = written(&invite());
    let places: Vec<_> = [
        "text/plain",
        "text/html",
        "text/calendar; method=REQUEST",
        "application/ics",
    ]
    .iter()
    .map(|kind| written.find(kind).expect(kind))
    .collect();
    assert!(places.is_sorted());
    let mut wrong = invite();
    wrong.calendar.as_mut().expect("a calendar").method = "CANCEL".into();
    assert_eq!(bytes(&wrong), Err(MessageError::Calendar("CANCEL".into())));
}

#[test]
fn no_line_is_long_whatever_the_text() {
    for long in [
        "a".repeat(5000),
        "ü".repeat(5000),
        "a\" ".repeat(2000),
        "漢".repeat(5000),
    ] {
        let mut mail = MailContent {
            subject: long.clone(),
            text: long.clone(),
            ..mail()
        };
        mail.to.name = long;
        let written = written(&mail);
        let body = written.split_once("\r\n\r\n").expect("a body").1;
        assert!(body.split("\r\n").all(|line| line.len() <= 76));
    }
}

#[test]
fn a_foreign_domain_is_written_in_ascii() {
    assert_eq!(
        address("ana@bücher.example").map(|a| a.to_string()),
        Ok("ana@xn--bcher-kva.example".into())
    );
    assert!(address("änne@example.org").is_err());
}
