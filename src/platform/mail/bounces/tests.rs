//! What servers of many makes write of a mail that did not arrive, and what each means.

use mail_parser::MessageParser;

use super::Class::{self, Delay, Delivered, Hard, Policy, Soft};
use super::{Fault, Report, classify, read};

/// A report with a machine's part (RFC 3464).
fn dsn(action: &str, status: &str, diagnostic: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.example.org\r\nReturn-Path: <>\r\nSubject: Undelivered Mail Returned to Sender\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"r\"\r\n\r\n--r\r\nContent-Type: text/plain\r\n\r\n\
         I'm sorry. 550 5.7.1 stands here to mislead.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\n\
         Reporting-MTA: dns; mx.example.org\r\nArrival-Date: Mon, 1 Mar 2027 09:00:00 +0000\r\n\r\n\
         Final-Recipient: rfc822; ana@example.org\r\nAction: {action}\r\nStatus: {status}\r\n{diagnostic}\
         \r\n--r\r\nContent-Type: message/rfc822\r\n\r\nSubject: our own\r\n\r\n550 5.1.1 user unknown\r\n--r--\r\n"
    )
}

/// A report in words only.
fn words(subject: &str, text: &str) -> String {
    format!("From: Mailer <mailer-daemon@mx.example.org>\r\nReturn-Path: <>\r\nSubject: {subject}\r\n\r\n{text}\r\n")
}

fn class_of(raw: &str) -> Class {
    let message = MessageParser::default().parse(raw.as_bytes()).expect("a mail");
    match read(&message) {
        Report::Delivery(faults) => classify(faults.first().expect("a fault")),
        Report::Complaint(complaint) => panic!("{complaint:?}"),
    }
}

#[test]
fn reports_with_a_machines_part_mean_what_their_codes_say() {
    for (action, status, diagnostic, class) in [
        (
            "failed",
            "5.1.1",
            "Diagnostic-Code: smtp; 550 5.1.1 <ana@example.org>: Recipient address rejected: User unknown in virtual mailbox table\r\n",
            Hard,
        ),
        ("failed", "5.1.1", "Diagnostic-Code: x-unix; user unknown\r\n", Hard),
        (
            "failed",
            "5.1.10",
            "Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient ana@example.org not found by SMTP address lookup\r\n",
            Hard,
        ),
        (
            "failed",
            "5.2.1",
            "Diagnostic-Code: smtp; 550-5.2.1 The email account that you tried to reach is inactive.\r\n",
            Hard,
        ),
        ("failed", "5.1.2", "Diagnostic-Code: smtp; 550 Host unknown\r\n", Hard),
        (
            "failed",
            "5.1.3",
            "Diagnostic-Code: smtp; 501 5.1.3 Bad recipient address syntax\r\n",
            Hard,
        ),
        (
            "failed",
            "5.1.6",
            "Diagnostic-Code: smtp; 550 5.1.6 Mailbox has moved\r\n",
            Hard,
        ),
        (
            "failed",
            "5.0.0",
            "Diagnostic-Code: smtp; 550-5.1.1 The address you wrote to\r\n  does not exist. 5.1.1\r\n",
            Hard,
        ),
        (
            "failed",
            "5.0.0",
            "Diagnostic-Code: smtp; 550 No such user here\r\n",
            Hard,
        ),
        (
            "failed",
            "5.0.0",
            "Diagnostic-Code: smtp; 550 Requested action not taken: mailbox unavailable\r\n",
            Hard,
        ),
        (
            "failed",
            "5.5.0",
            "Diagnostic-Code: smtp; 550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302)\r\n",
            Hard,
        ),
        (
            "failed",
            "5.0.0",
            "Diagnostic-Code: smtp; 550 Unrouteable address\r\n",
            Hard,
        ),
        (
            "failed",
            "5.0.0",
            "Diagnostic-Code: smtp; 554 delivery error: dd This user doesn't have an account (ana@example.org)\r\n",
            Soft,
        ),
        (
            "failed",
            "5.0.0",
            "Diagnostic-Code: smtp; 550 Empfänger unbekannt\r\n",
            Hard,
        ),
        (
            "failed",
            "5.0.0",
            "Diagnostic-Code: smtp; 550 Benutzer unbekannt / mailbox unavailable\r\n",
            Hard,
        ),
        ("failed", "5.0.0", "", Soft),
        ("failed", "", "", Soft),
        (
            "failed",
            "5.2.2",
            "Diagnostic-Code: smtp; 552-5.2.2 The recipient's inbox is out of storage space.\r\n",
            Policy,
        ),
        (
            "failed",
            "5.2.2",
            "Diagnostic-Code: smtp; 550 5.2.2 Mailbox full\r\n",
            Soft,
        ),
        (
            "failed",
            "4.2.2",
            "Diagnostic-Code: smtp; 452 4.2.2 Over quota\r\n",
            Soft,
        ),
        (
            "failed",
            "5.2.3",
            "Diagnostic-Code: smtp; 550 5.2.3 The message is larger than the size limit\r\n",
            Policy,
        ),
        (
            "failed",
            "5.3.4",
            "Diagnostic-Code: smtp; 552 5.3.4 Message size exceeds fixed limit\r\n",
            Policy,
        ),
        (
            "failed",
            "5.7.1",
            "Diagnostic-Code: smtp; 550 5.7.1 Service unavailable; Client host blocked using zen.example.org\r\n",
            Policy,
        ),
        (
            "failed",
            "5.7.26",
            "Diagnostic-Code: smtp; 550-5.7.26 Unauthenticated email is not accepted due to the domain's DMARC policy\r\n",
            Policy,
        ),
        (
            "failed",
            "5.7.1",
            "Diagnostic-Code: smtp; 550 5.7.1 User unknown or not allowed\r\n",
            Policy,
        ),
        (
            "failed",
            "5.7.133",
            "Diagnostic-Code: smtp;550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup\r\n",
            Policy,
        ),
        (
            "failed",
            "5.0.0",
            "Diagnostic-Code: smtp; 554 Message refused as spam\r\n",
            Policy,
        ),
        (
            "failed",
            "5.0.0",
            "Diagnostic-Code: smtp; 550 Administrative prohibition - envelope blocked\r\n",
            Policy,
        ),
        (
            "failed",
            "5.4.4",
            "Diagnostic-Code: X-Postfix; Host or domain name not found. Name service error\r\n",
            Soft,
        ),
        (
            "failed",
            "4.4.1",
            "Diagnostic-Code: smtp; 421 connection timed out\r\n",
            Soft,
        ),
        (
            "failed",
            "4.4.7",
            "Diagnostic-Code: smtp;550 4.4.7 QUEUE.Expired; message expired\r\n",
            Soft,
        ),
        (
            "failed",
            "5.4.14",
            "Diagnostic-Code: smtp;554 5.4.14 Hop count exceeded - possible mail loop\r\n",
            Soft,
        ),
        (
            "delayed",
            "4.4.1",
            "Diagnostic-Code: smtp; 451 4.4.1 try again\r\nWill-Retry-Until: Fri, 5 Mar 2027 09:00:00 +0000\r\n",
            Delay,
        ),
        ("Delayed (will retry)", "4.2.0", "", Delay),
        ("delivered", "2.0.0", "", Delivered),
        ("relayed", "2.1.9", "", Delivered),
        ("expanded", "2.2.1", "", Delivered),
    ] {
        assert_eq!(
            class_of(&dsn(action, status, diagnostic)),
            class,
            "{action} {status} {diagnostic}"
        );
    }
}

#[test]
fn reports_in_words_are_read_too() {
    for (subject, text, class) in [
        (
            "Mail delivery failed: returning message to sender",
            "A message that you sent could not be delivered.\r\n\r\n  ana@example.org\r\n    host mx.example.org [192.0.2.1]\r\n    SMTP error from remote mail server after RCPT TO:<ana@example.org>:\r\n    550 5.1.1 no such user",
            Hard,
        ),
        (
            "Mail delivery failed",
            "  ana@example.org\r\n    Unrouteable address",
            Hard,
        ),
        (
            "Warning: message 1abc delayed 24 hours",
            "The message has not yet been delivered. No action is required on your part.",
            Delay,
        ),
        (
            "failure notice",
            "Hi. This is the qmail-send program at mx.example.org.\r\n<ana@example.org>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n--- Below this line is a copy of the message.\r\n\r\n550 5.7.1 in our own text",
            Hard,
        ),
        (
            "failure notice",
            "<ana@example.org>:\r\n192.0.2.1 does not like recipient.\r\nRemote host said: 550 5.7.1 rejected by policy\r\n",
            Policy,
        ),
        (
            "Undeliverable: Invitation",
            "Your message to ana@example.org couldn't be delivered.\r\nana wasn't found at example.org.\r\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'",
            Hard,
        ),
        (
            "Delivery Status Notification (Failure)",
            "** Address not found **\r\nYour message wasn't delivered because the address couldn't be found.\r\n550 5.1.1 The email account that you tried to reach does not exist.",
            Hard,
        ),
        (
            "Delivery Status Notification (Delay)",
            "There was a temporary problem delivering your message. Gmail will retry; it is delayed.",
            Delay,
        ),
        (
            "Mail delivery failed",
            "Der Empfänger existiert nicht.\r\n550 Requested action not taken",
            Hard,
        ),
        (
            "Unzustellbar",
            "Das Postfach voll: die Nachricht kann nicht zugestellt werden.",
            Soft,
        ),
        ("Undeliverable", "The mail system could not deliver it.", Soft),
    ] {
        assert_eq!(class_of(&words(subject, text)), class, "{subject}: {text}");
    }
}

#[test]
fn what_is_said_at_once_means_the_same() {
    for (said, class) in [
        ("550 5.1.1 <ana@example.org>: user unknown", Hard),
        (
            "550 5.1.1 The email account that you tried to reach does not exist 5.7.1",
            Hard,
        ),
        ("553 sorry, that recipient is unknown to us: unknown recipient", Hard),
        ("552 5.2.2 mailbox full", Policy),
        ("550 5.7.1 message content rejected", Policy),
        ("554 5.7.1 rejected because 192.0.2.7 is in a block list", Policy),
        ("451 4.7.1 greylisted, try again in 300 seconds", Policy),
        ("452 4.2.2 mailbox full", Soft),
        ("421 too many connections", Soft),
        ("554 transaction failed", Soft),
        ("connection refused", Soft),
        (
            "550 5.1.8 <b+1@oxsop.example.org>: Sender address rejected: Domain not found",
            Policy,
        ),
        ("554 Sender address rejected: not owned", Policy),
        ("550 Your reverse DNS does not exist, access denied", Policy),
        (
            "550 Message rejected as spam; recipient does not exist in allowlist",
            Policy,
        ),
        (
            "550 <ana@example.org>: Recipient address rejected: undeliverable address",
            Hard,
        ),
    ] {
        assert_eq!(classify(&Fault::from_words(said)), class, "{said}");
    }
}

#[test]
fn a_complaint_names_the_mail_by_its_sender_or_its_id() {
    let raw = "From: fbl@isp.example.org\r\nSubject: complaint\r\n\
        Content-Type: multipart/report; report-type=feedback-report; boundary=\"r\"\r\n\r\n--r\r\nContent-Type: text/plain\r\n\r\nx\r\n\
        --r\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: X/1\r\nVersion: 1\r\n\
        Original-Mail-From: <B+abc.def@oxsop.example.org>\r\n\r\n--r\r\nContent-Type: message/rfc822\r\n\r\n\
        Message-ID: <one@oxsop.example.org>\r\nSubject: News\r\n\r\nx\r\n--r--\r\n";
    let message = MessageParser::default().parse(raw.as_bytes()).expect("a mail");
    let Report::Complaint(complaint) = read(&message) else {
        panic!("a complaint")
    };
    assert_eq!(complaint.kind, "abuse");
    assert_eq!(complaint.senders, ["b+abc.def@oxsop.example.org"]);
    assert_eq!(complaint.message_id.as_deref(), Some("one@oxsop.example.org"));
}
