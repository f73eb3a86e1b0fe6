//! What servers report of mails of ours.

use oxsop::platform::inbound::Kind;
use oxsop::platform::mail::bounces::Class::{Delay, Delivered, Hard, Policy, Soft};

use super::{ANA, BOUNCES, NETWORK, Sample, Says, UID, base64, html, mail, multipart, plain, sample};

fn machine<'a>(from: &'a str, subject: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut headers = vec![
        ("Return-Path", "<>"),
        ("From", from),
        ("To", BOUNCES),
        ("Subject", subject),
        ("Date", "Mon, 1 Mar 2027 09:00:01 +0000"),
        ("Message-ID", "<report@mx.example.net>"),
    ];
    headers.extend_from_slice(more);
    headers
}

fn fields(action: &str, status: &str, diagnostic: &str) -> String {
    format!(
        "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\nFinal-Recipient: rfc822; {ANA}\r\n\
         Action: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {diagnostic}\r\n"
    )
}

/// Our own invitation, as it comes back.
fn brought_back() -> String {
    let ics = format!(
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:{ANA}\r\nUID:{UID}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let inner = mail(
        &[
            ("From", NETWORK),
            ("To", ANA),
            ("Subject", "Invitation"),
            ("Message-ID", "<invitation@oxsop.example.org>"),
        ],
        &multipart(
            "alternative",
            "inner",
            &[
                plain("Come."),
                format!("Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n{ics}"),
            ],
        ),
    );
    format!("Content-Type: message/rfc822\r\n\r\n{inner}")
}

fn dsn(headers: &[(&str, &str)], text: &str, fields: String) -> String {
    let body = multipart("report", "dsn", &[plain(text), fields, brought_back()]);
    mail(
        headers,
        &body.replacen("multipart/report", "multipart/report; report-type=delivery-status", 1),
    )
}

fn arf(kind: &str, from: &str) -> String {
    let feedback = format!(
        "Content-Type: message/feedback-report\r\n\r\nFeedback-Type: {kind}\r\nUser-Agent: Sample/1\r\nVersion: 1\r\nOriginal-Mail-From: <{BOUNCES}>\r\n"
    );
    let body = multipart(
        "report",
        "arf",
        &[plain("This is an abuse report."), feedback, brought_back()],
    );
    mail(
        &[
            ("From", from),
            ("To", "abuse@oxsop.example.org"),
            ("Subject", "complaint about a message"),
            ("Message-ID", "<arf@isp.example.net>"),
        ],
        &body.replacen("multipart/report", "multipart/report; report-type=feedback-report", 1),
    )
}

pub fn samples() -> Vec<Sample> {
    let fault = |name, raw: String, class| sample(name, raw, Kind::Report, Says::Fault(class));
    let daemon = "MAILER-DAEMON@mx.example.net (Mail Delivery System)";
    let gmail = "Mail Delivery Subsystem <mailer-daemon@googlemail.example.com>";
    let related = multipart(
        "related",
        "rel",
        &[
            html("Address not found"),
            base64("image/png; name=\"icon.png\"", "Content-ID: <icon>\r\n", b"\x89PNG"),
        ],
    );
    vec![
        fault(
            "Postfix, unknown user",
            dsn(
                &machine(
                    daemon,
                    "Undelivered Mail Returned to Sender",
                    &[("Auto-Submitted", "auto-replied")],
                ),
                "I'm sorry to have to inform you",
                fields(
                    "failed",
                    "5.1.1",
                    "550 5.1.1 <ana@example.org>: Recipient address rejected: User unknown",
                ),
            ),
            Hard,
        ),
        fault(
            "Postfix, still trying",
            dsn(
                &machine(
                    daemon,
                    "Delayed Mail (still being retried)",
                    &[("Auto-Submitted", "auto-replied")],
                ),
                "THIS IS A WARNING ONLY",
                fields("delayed", "4.4.1", "451 4.4.1 timed out"),
            ),
            Delay,
        ),
        fault(
            "Postfix, arrived",
            dsn(
                &machine(daemon, "Successful Mail Delivery Report", &[]),
                "It arrived",
                fields("delivered", "2.0.0", "250 2.0.0 OK"),
            ),
            Delivered,
        ),
        fault(
            "Postfix, full",
            dsn(
                &machine(daemon, "Undelivered Mail Returned to Sender", &[]),
                "Full",
                fields("failed", "5.2.2", "550 5.2.2 mailbox is full"),
            ),
            Soft,
        ),
        fault(
            "Postfix, block list",
            dsn(
                &machine(daemon, "Undelivered Mail Returned to Sender", &[]),
                "Blocked",
                fields("failed", "5.7.1", "554 5.7.1 Service unavailable; Client host blocked"),
            ),
            Policy,
        ),
        fault(
            "Exim, unknown user, in words",
            mail(
                &machine(
                    "Mail Delivery System <Mailer-Daemon@mx.example.net>",
                    "Mail delivery failed: returning message to sender",
                    &[("X-Failed-Recipients", ANA), ("Auto-Submitted", "auto-replied")],
                ),
                &plain(
                    "This message was created automatically by mail delivery software.\r\n\r\nA message that you sent could not be delivered.\r\n\r\n  ana@example.org\r\n    host mx.example.org [192.0.2.1]\r\n    SMTP error from remote mail server after RCPT TO:<ana@example.org>:\r\n    550 5.1.1 no such user\r\n\r\n------ This is a copy of the message, including all the headers. ------\r\n\r\nSubject: 550 5.7.1 ours",
                ),
            ),
            Hard,
        ),
        fault(
            "Exim, with a machine's part",
            dsn(
                &machine(
                    "Mail Delivery System <Mailer-Daemon@mx.example.net>",
                    "Mail delivery failed: returning message to sender",
                    &[("X-Failed-Recipients", ANA)],
                ),
                "failed",
                fields("failed", "5.0.0", "550 Unrouteable address"),
            ),
            Hard,
        ),
        fault(
            "Exim, delayed, in words",
            mail(
                &machine(
                    "Mail Delivery System <Mailer-Daemon@mx.example.net>",
                    "Warning: message 1abc-000 delayed 24 hours",
                    &[("Auto-Submitted", "auto-replied")],
                ),
                &plain(
                    "A message that you sent has not yet been delivered to one or more of its recipients after more than 24 hours. No action is required on your part.",
                ),
            ),
            Delay,
        ),
        fault(
            "Exchange Online",
            dsn(
                &machine(
                    "<postmaster@contoso.example.com>",
                    "Undeliverable: Invitation",
                    &[("X-MS-Exchange-Message-Is-Ndr", ""), ("Auto-Submitted", "auto-replied")],
                ),
                "ana wasn't found at example.org.",
                fields(
                    "failed",
                    "5.1.10",
                    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
                ),
            ),
            Hard,
        ),
        fault(
            "Exchange, in German",
            dsn(
                &machine(
                    "Microsoft Outlook <postmaster@firma.example.de>",
                    "Unzustellbar: Einladung",
                    &[("Content-Language", "de-DE")],
                ),
                "Fehler bei der Nachrichtenzustellung",
                fields("failed", "5.1.1", "#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##"),
            ),
            Hard,
        ),
        fault(
            "Exchange, a rule of theirs",
            dsn(
                &machine("<postmaster@contoso.example.com>", "Undeliverable: Invitation", &[]),
                "refused",
                fields(
                    "failed",
                    "5.7.133",
                    "550 5.7.133 RESOLVER.RST.SenderNotAuthenticatedForGroup",
                ),
            ),
            Policy,
        ),
        fault(
            "Exchange, words only",
            mail(
                &machine("postmaster@contoso.example.com", "Undeliverable: Invitation", &[]),
                &plain(
                    "Your message to ana@example.org couldn't be delivered.\r\nRemote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound'",
                ),
            ),
            Hard,
        ),
        fault(
            "Gmail, address not found",
            mail(
                &machine(
                    gmail,
                    "Delivery Status Notification (Failure)",
                    &[("Auto-Submitted", "auto-replied"), ("X-Failed-Recipients", ANA)],
                ),
                &multipart(
                    "report",
                    "g",
                    &[
                        related,
                        fields(
                            "failed",
                            "5.1.1",
                            "550-5.1.1 The email account that you tried to reach does not exist.",
                        ),
                    ],
                )
                .replacen(
                    "multipart/report",
                    "multipart/report; report-type=\"delivery-status\"",
                    1,
                ),
            ),
            Hard,
        ),
        fault(
            "Gmail, still trying",
            dsn(
                &machine(gmail, "Delivery Status Notification (Delay)", &[]),
                "There was a temporary problem",
                fields(
                    "delayed",
                    "4.4.1",
                    "The recipient server did not accept our requests to connect",
                ),
            ),
            Delay,
        ),
        fault(
            "Gmail, not authenticated",
            dsn(
                &machine(gmail, "Delivery Status Notification (Failure)", &[]),
                "blocked",
                fields(
                    "failed",
                    "5.7.26",
                    "550-5.7.26 Unauthenticated email from oxsop.example.org is not accepted due to domain's DMARC policy",
                ),
            ),
            Policy,
        ),
        fault(
            "qmail",
            mail(
                &machine("MAILER-DAEMON@mx.example.net", "failure notice", &[]),
                &plain(
                    "Hi. This is the qmail-send program at mx.example.net.\r\n\r\n<ana@example.org>:\r\nSorry, no mailbox here by that name. (#5.1.1)\r\n\r\n--- Below this line is a copy of the message.\r\n\r\nSubject: ours, 550 5.7.1",
                ),
            ),
            Hard,
        ),
        fault(
            "sendmail",
            dsn(
                &machine(
                    "Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>",
                    "Returned mail: see transcript for details",
                    &[("Auto-Submitted", "auto-generated (failure)")],
                ),
                "The original message was received at Mon, 1 Mar 2027",
                fields("failed", "5.1.1", "550 5.1.1 <ana@example.org>... User unknown"),
            ),
            Hard,
        ),
        fault(
            "Yahoo, words only",
            mail(
                &machine("MAILER-DAEMON@yahoo.example.com", "Failure Notice", &[]),
                &plain(
                    "Sorry, we were unable to deliver your message to the following address.\r\n\r\n<ana@example.org>:\r\n552: 5.2.2 mailbox full",
                ),
            ),
            Policy,
        ),
        fault(
            "A server that says nothing",
            mail(
                &machine("postmaster@mx.example.net", "Undeliverable mail", &[]),
                &plain("The mail could not be delivered."),
            ),
            Soft,
        ),
        fault(
            "A report without a return path",
            mail(
                &[
                    ("From", "MAILER-DAEMON@mx.example.net"),
                    ("To", BOUNCES),
                    ("Subject", "Undeliverable"),
                    ("Message-ID", "<x@mx.example.net>"),
                ],
                &plain("550 5.1.1 user unknown"),
            ),
            Hard,
        ),
        fault(
            "OpenSMTPD",
            dsn(
                &machine(
                    "Mailer Daemon <MAILER-DAEMON@mx.example.net>",
                    "Delivery status notification: failed",
                    &[],
                ),
                "Hi!",
                fields("failed", "5.0.0", "550 Invalid recipient"),
            ),
            Hard,
        ),
        fault(
            "Too many hops",
            dsn(
                &machine(daemon, "Undelivered Mail Returned to Sender", &[]),
                "loop",
                fields("failed", "5.4.6", "554 5.4.6 too many hops"),
            ),
            Soft,
        ),
        sample(
            "A complaint",
            arf("abuse", "feedback@isp.example.net"),
            Kind::Complaint,
            Says::Complaint("abuse"),
        ),
        sample(
            "A complaint taken back",
            arf("not-spam", "feedback@isp.example.net"),
            Kind::Complaint,
            Says::Complaint("other"),
        ),
    ]
}
