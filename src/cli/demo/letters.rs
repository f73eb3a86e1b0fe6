//! What came in by mail in the demo: an answer and another time from calendars, a question, an application, mails that
//! came back, and one that nobody can place. Each goes the way of a real mail.

use std::sync::PoisonError;

use crate::inbox::{self, Way};
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::mail::delivery::Captured;
use crate::platform::mail::message::MailContent;

/// A mail as a sample person's program writes it.
fn letter(from: &str, to: &str, subject: &str, at: At, body: &str) -> String {
    let date = at.timestamp().strftime("%a, %d %b %Y %H:%M:%S +0000");
    let id = uuid::Uuid::new_v4();
    format!(
        "Return-Path: <{from}>\r\nFrom: {from}\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {date}\r\n\
         Message-ID: <{id}@mail.example.org>\r\nMIME-Version: 1.0\r\n{body}\r\n"
    )
}

fn text(words: &str) -> String {
    format!("Content-Type: text/plain; charset=utf-8\r\n\r\n{words}")
}

fn receive(app: &App, raw: &str) -> Result<(), String> {
    inbox::receive(app, Way::Mailbox, None, raw.as_bytes())
        .map(|_| ())
        .map_err(|e| e.to_string())
}

/// The last mail about `words` that a sample person got.
fn last_mail(app: &App, to: &str, words: &str) -> Result<MailContent, String> {
    let captured = app.part::<Captured>().ok_or("mail is not captured")?;
    let mails = captured.0.lock().unwrap_or_else(PoisonError::into_inner);
    let found = mails
        .iter()
        .rev()
        .find(|mail| mail.to.email == to && mail.subject.contains(words));
    found
        .cloned()
        .ok_or_else(|| format!("no sample mail to {to} about {words}"))
}

/// An answer from the calendar to the last mail about `words`; `lines` are of the event.
fn calendar(app: &App, name: &str, words: &str, method: &str, partstat: &str, lines: &str) -> Result<(), String> {
    let from = address(name);
    let mail = last_mail(app, &from, words)?;
    let ics = mail
        .calendar
        .map(|part| part.ics.replace("\r\n ", ""))
        .unwrap_or_default();
    let value = |field: &str| {
        ics.lines()
            .find_map(|line| line.strip_prefix(field))
            .unwrap_or_default()
            .to_owned()
    };
    let stamp = app.now().timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
    let body = format!(
        "Content-Type: text/calendar; charset=utf-8; method={method}\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\n\
         PRODID:-//Sample//Sample//EN\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\nUID:{}\r\nSEQUENCE:{}\r\nDTSTAMP:{stamp}\r\n\
         ATTENDEE;PARTSTAT={partstat}:mailto:{from}\r\n{lines}END:VEVENT\r\nEND:VCALENDAR",
        value("UID:"),
        value("SEQUENCE:")
    );
    receive(
        app,
        &letter(&from, &mail.from.email, "Re: the invitation", app.now(), &body),
    )
}

pub(super) fn accepted(app: &App, name: &str, words: &str, comment: &str) -> Result<(), String> {
    calendar(app, name, words, "REPLY", "ACCEPTED", &format!("COMMENT:{comment}\r\n"))
}

pub(super) fn proposed(app: &App, name: &str, words: &str, from: At, to: At, comment: &str) -> Result<(), String> {
    let time = |at: At| at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
    let lines = format!("DTSTART:{}\r\nDTEND:{}\r\nCOMMENT:{comment}\r\n", time(from), time(to));
    calendar(app, name, words, "COUNTER", "TENTATIVE", &lines)
}

/// The far server says that nobody is there.
pub(super) fn came_back(app: &App, name: &str, words: &str) -> Result<(), String> {
    let mail = last_mail(app, &address(name), words)?;
    let body = format!(
        "Content-Type: multipart/report; report-type=delivery-status; boundary=\"r\"\r\n\r\n--r\r\n{}\r\n--r\r\n\
         Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n\
         Final-Recipient: rfc822; {}\r\nAction: failed\r\nStatus: 5.1.1\r\n\
         Diagnostic-Code: smtp; 550 5.1.1 The sample address does not exist\r\n\r\n--r--",
        text("Your message could not be delivered."),
        mail.to.email
    );
    let raw = letter(
        "MAILER-DAEMON@mx.example.org",
        &mail.envelope_from,
        "Undelivered mail",
        app.now(),
        &body,
    );
    receive(app, &raw)
}

/// A question, an application, and an answer to a meeting that is not ours.
pub(super) fn written(app: &App) -> Result<(), String> {
    let mail = &app.config.mail;
    let network = &app.config.network.contact;
    let question = "Dear all,\r\n\r\nmay I bring a colleague to the next meeting? She runs a sample allotment and would like to listen.\r\n\r\nWith kind regards";
    receive(
        app,
        &letter(
            "Sample Gardener <sample.gardener@example.org>",
            network,
            "May I bring a colleague?",
            app.now(),
            &text(question),
        ),
    )?;
    let reason = "I would like to join. I organise walks for people who have lost somebody, and three practices refer to us by now.";
    receive(
        app,
        &letter(
            "Sample Walker <sample.walker@applicants.example.org>",
            &mail.join_address,
            "Joining the network",
            app.now(),
            &text(reason),
        ),
    )?;
    let odd = "Content-Type: text/calendar; charset=utf-8; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n\
               UID:another-meeting@example.net\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:sample.curator@example.org\r\nEND:VEVENT\r\nEND:VCALENDAR";
    receive(
        app,
        &letter(
            "Sample Curator <sample.curator@example.org>",
            &mail.meetings_address,
            "Accepted: another meeting",
            app.now(),
            odd,
        ),
    )
}

fn address(name: &str) -> String {
    format!("{}@example.org", name.to_lowercase().replace(' ', "."))
}
