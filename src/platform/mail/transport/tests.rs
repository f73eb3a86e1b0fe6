//! The transport against a server that fails on purpose.

use std::time::Duration;

use super::sink::{Failure, SmtpSink};
use super::*;
use crate::platform::clock::At;
use crate::platform::mail::message::{self, Address, AutoSubmitted, MailContent};

const MAIL: &[u8] = b"Subject: Hello\r\n\r\n.one\r\n..two\r\n.\r\nend\r\n";

async fn link(sink: &SmtpSink) -> Link {
    let target = parse(&sink.url()).expect("a target");
    Link::open(&target, "test.example.org").await.expect("a link")
}

async fn send(link: &mut Link) -> Result<String, SendError> {
    link.send("b+1@example.org", "ana@example.org", MAIL).await
}

#[test]
fn an_address_says_how_safe_the_way_is() {
    let tls = |url: &str| match parse(url) {
        Ok(Target::Smtp(config)) => Ok((config.port, config.tls)),
        other => Err(format!("{other:?}")),
    };
    assert_eq!(tls("smtp://127.0.0.1"), Ok((25, Tls::Never)));
    assert_eq!(tls("smtp://[::1]:2525"), Ok((2525, Tls::Never)));
    assert_eq!(tls("smtp://localhost?starttls=opportunistic"), Ok((25, Tls::Offered)));
    assert_eq!(tls("smtp://mail.example.org"), Ok((25, Tls::Required)));
    assert_eq!(tls("smtp://u:p@mail.example.org"), Ok((587, Tls::Required)));
    assert_eq!(tls("smtp://mail.example.org?starttls=none"), Ok((25, Tls::Never)));
    assert_eq!(tls("smtps://mail.example.org"), Ok((465, Tls::Implicit)));
    for wrong in [
        "smtp://u:p@mail.example.org?starttls=none",
        "smtp://u:p@mail.example.org?starttls=opportunistic",
        "smtps://mail.example.org?starttls=none",
        "smtp://mail.example.org?tls=yes",
        "smtp://mail.example.org/path",
        "http://mail.example.org",
        "mail.example.org",
        "folder://",
        "",
    ] {
        assert!(parse(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_password_is_read_and_never_shown() {
    let target = parse("smtps://post%40example.org:a%2Fb+c%26d@mail.example.org");
    let Ok(Target::Smtp(config)) = &target else {
        panic!("{target:?}")
    };
    let login = config.login.as_ref().expect("a login");
    assert_eq!(
        (login.user.as_str(), login.password.as_str()),
        ("post@example.org", "a/b+c&d")
    );
    assert!(!format!("{target:?}").contains("a/b+c"));
}

#[tokio::test]
async fn one_link_carries_many_mails() {
    let sink = SmtpSink::start().await;
    let mut link = link(&sink).await;
    for _ in 0..3 {
        assert_eq!(send(&mut link).await, Ok("250 2.0.0 kept".into()));
    }
    assert!(link.send("", "ana@example.org", MAIL).await.is_ok());
    link.close().await;
    let received = sink.received();
    assert_eq!((received.len(), sink.connections()), (4, 1));
    assert!(
        received
            .iter()
            .all(|mail| mail.bytes == MAIL && mail.to == ["ana@example.org"])
    );
    assert_eq!(
        (received[0].from.as_str(), received[3].from.as_str()),
        ("b+1@example.org", "")
    );
}

#[tokio::test]
async fn each_failure_means_one_thing_and_the_next_mail_goes_through() {
    use Stage::{Content, Recipient, Sender};
    // Failure, whether refused for good and at which step, whether the link lives on.
    let cases: &[(Failure, Option<Stage>, bool)] = &[
        (Failure::Mail(451), None, true),
        (Failure::Mail(421), None, false),
        (Failure::Mail(530), None, true),
        (Failure::Mail(550), Some(Sender), true),
        (Failure::Rcpt(450), None, true),
        (Failure::Rcpt(552), None, true),
        (Failure::Rcpt(550), Some(Recipient), true),
        (Failure::Rcpt(551), Some(Recipient), true),
        (Failure::Data(451), None, true),
        (Failure::Data(554), Some(Content), true),
        (Failure::Data(250), None, false),
        (Failure::AfterDot(451), None, true),
        (Failure::AfterDot(421), None, false),
        (Failure::AfterDot(552), Some(Content), true),
        (Failure::DropMidData, None, false),
    ];
    for (failure, refused, usable) in cases {
        let sink = SmtpSink::start().await;
        let mut first = link(&sink).await;
        sink.fail_next(1, *failure);
        let error = send(&mut first).await.expect_err("a failure");
        let at = match &error {
            SendError::Refused { at, .. } => Some(*at),
            SendError::Later { .. } => None,
        };
        assert_eq!(
            (at, error.usable(), first.usable()),
            (*refused, *usable, *usable),
            "{failure:?}: {error}"
        );
        let mut next = if first.usable() { first } else { link(&sink).await };
        assert!(send(&mut next).await.is_ok(), "{failure:?}");
        assert_eq!((sink.received().len(), sink.failures_left()), (1, 0), "{failure:?}");
    }
}

#[tokio::test]
async fn a_mail_whose_answer_is_lost_is_tried_again_with_the_same_bytes() {
    let sink = SmtpSink::start().await;
    sink.fail_next(1, Failure::DropAfterDot);
    let mut first = link(&sink).await;
    let error = send(&mut first).await.expect_err("no answer");
    assert!(matches!(&error, SendError::Later { text, usable: false, .. } if text.contains("may have arrived")));
    assert!(send(&mut first).await.is_err());
    send(&mut link(&sink).await).await.expect("the second time");
    let received = sink.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].bytes, received[1].bytes);
}

#[tokio::test]
async fn a_server_that_does_not_greet_means_later() {
    let sink = SmtpSink::start().await;
    let target = parse(&sink.url()).expect("a target");
    for failure in [Failure::Refuse, Failure::Banner(554), Failure::Banner(421)] {
        sink.fail_next(1, failure);
        let error = Link::open(&target, "x").await.expect_err("no link");
        assert!(matches!(error, SendError::Later { usable: false, .. }), "{failure:?}");
    }
    let url = sink.url();
    drop(sink);
    let gone = parse(&url).expect("a target");
    assert!(matches!(Link::open(&gone, "x").await, Err(SendError::Later { .. })));
}

#[tokio::test]
async fn a_server_that_is_too_slow_means_later() {
    let sink = SmtpSink::start().await;
    let Ok(Target::Smtp(mut config)) = parse(&sink.url()) else {
        panic!("a target")
    };
    config.limits.data = Duration::from_millis(50);
    let mut link = Link::open(&Target::Smtp(config), "x").await.expect("a link");
    sink.fail_next(1, Failure::Slow(Duration::from_secs(5)));
    assert!(matches!(
        send(&mut link).await,
        Err(SendError::Later { usable: false, .. })
    ));
}

#[tokio::test]
async fn an_abandoned_mail_leaves_no_usable_link() {
    let sink = SmtpSink::start().await;
    let mut link = link(&sink).await;
    sink.fail_next(1, Failure::Slow(Duration::from_secs(5)));
    let waited = tokio::time::timeout(Duration::from_millis(50), send(&mut link)).await;
    assert!(waited.is_err() && !link.usable());
}

#[tokio::test]
async fn without_starttls_nothing_is_sent() {
    let sink = SmtpSink::start().await;
    let stripped = parse(&format!("{}?starttls=required", sink.url())).expect("a target");
    let error = Link::open(&stripped, "x").await.expect_err("no link");
    assert!(error.to_string().contains("does not offer STARTTLS"), "{error}");
    let secret = sink.url().replace("smtp://", "smtps://");
    let secret = parse(&secret).expect("a target");
    assert!(Link::open(&secret, "x").await.is_err());
}

#[tokio::test]
async fn words_slipped_in_before_tls_are_not_believed() {
    let sink = SmtpSink::start().await;
    sink.offer_false_starttls();
    let target = parse(&format!("{}?starttls=required", sink.url())).expect("a target");
    let error = Link::open(&target, "x").await.expect_err("no link");
    assert!(error.to_string().contains("plain text after STARTTLS"), "{error}");
}

#[tokio::test]
async fn a_hostile_body_arrives_as_one_whole_mail() {
    let sink = SmtpSink::start().await;
    let mut link = link(&sink).await;
    let smuggled = "MAIL FROM:<eve@example.org>\r\nRCPT TO:<bo@example.org>\r\nDATA\r\nx";
    let ends = ["\n.\n", "\r.\r", "\r\n.\r\n", "\n.\r\n", "\r\n.\n", "\r\n.\r"];
    for end in ends {
        let text = format!("before{end}{smuggled}{end}after");
        // As it is, and as a mail of ours.
        let raw = link.send("", "ana@example.org", text.as_bytes()).await;
        assert!(raw.is_ok(), "{end:?}");
        let person = |name: &str| Address {
            email: "ana@example.org".into(),
            name: name.into(),
        };
        let mail = MailContent {
            from: person("Eve\r\nBcc: x"),
            to: person(&text),
            reply_to: None,
            envelope_from: String::new(),
            subject: text.clone(),
            text: text.clone(),
            html: text.clone(),
            calendar: None,
            message_id: "1@example.org".into(),
            date: At::from_unix(1_800_000_000),
            auto_submitted: AutoSubmitted::No,
            headers: vec![("X-Text".into(), text.clone())],
            in_reply_to: Some(text),
        };
        let bytes = message::bytes(&mail).expect("a mail");
        assert!(link.send("", "ana@example.org", &bytes).await.is_ok(), "{end:?}");
        assert_eq!(sink.received().last().map(|mail| mail.bytes.clone()), Some(bytes));
    }
    let received = sink.received();
    assert_eq!(received.len(), 2 * ends.len());
    for mail in received {
        assert_eq!(mail.to, ["ana@example.org"]);
        let text = String::from_utf8(mail.bytes).expect("ASCII").replace("\r\n", "");
        assert!(!text.contains(['\r', '\n']) && text.contains("after"));
    }
}

#[tokio::test]
async fn what_cannot_be_said_in_smtp_is_refused_and_the_link_lives_on() {
    let sink = SmtpSink::start().await;
    let mut link = link(&sink).await;
    for (from, to, bytes) in [
        ("a@example.org>\r\nRCPT TO:<x@example.org", "ana@example.org", "x"),
        ("", "ana@example.org>\r\nDATA", "x"),
        ("", "no address", "x"),
        ("", "ana@example.org", "ü"),
        ("", "ana@example.org", &"x".repeat(999)),
    ] {
        let sent = link.send(from, to, bytes.as_bytes()).await;
        assert!(
            matches!(
                sent,
                Err(SendError::Refused {
                    code: 554,
                    usable: true,
                    ..
                })
            ),
            "{to}"
        );
    }
    assert!(send(&mut link).await.is_ok());
    assert_eq!(sink.received().len(), 1);
}

#[tokio::test]
async fn a_folder_holds_each_mail_once_and_unchanged() {
    let place = std::env::temp_dir().join(format!("oxsop-mail-{}", std::process::id()));
    let target = parse(&format!("folder://{}", place.display())).expect("a target");
    let mut link = Link::open(&target, "x").await.expect("a link");
    let mail = b"Date: Wed, 24 Mar 2027 15:00:00 +0000\r\n\r\nHello\r\n";
    for to in ["ana@example.org", "bo@example.org", "ana@example.org"] {
        link.send("", to, mail).await.expect("a file");
    }
    let files: Vec<_> = std::fs::read_dir(&place)
        .expect("a folder")
        .map(|entry| entry.expect("a file").path())
        .collect();
    assert_eq!(files.len(), 2);
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        assert!(
            name.starts_with("20270324T150000Z-") && name.ends_with(".eml"),
            "{name}"
        );
        assert_eq!(std::fs::read(&file).expect("bytes"), mail);
    }
    std::fs::remove_dir_all(&place).expect("an empty place");
}

#[tokio::test]
async fn memory_keeps_what_was_sent() {
    let target = parse("memory://").expect("a target");
    let Target::Memory(memory) = &target else {
        panic!("{target:?}")
    };
    let mut link = Link::open(&target, "x").await.expect("a link");
    send(&mut link).await.expect("kept");
    let sent = memory.take();
    assert_eq!((sent.len(), memory.sent().len()), (1, 0));
    assert_eq!(
        (sent[0].to.as_str(), sent[0].bytes.as_slice()),
        ("ana@example.org", MAIL)
    );
}

#[tokio::test]
async fn an_answer_without_an_end_is_cut() {
    let sink = SmtpSink::start().await;
    let mut link = link(&sink).await;
    sink.fail_next(1, Failure::Endless);
    let error = send(&mut link).await.expect_err("no answer");
    assert!(error.to_string().contains("no end"), "{error}");
    assert!(!link.usable());
}
