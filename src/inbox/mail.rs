//! The mails of the inbox: what each says, never when it goes.

mod samples;

pub use samples::kinds;

use serde::Serialize;

use super::actions::daily::Waiting;
use super::model::Letter;
use crate::members::Member;
use crate::platform::app::Ctx;
use crate::platform::db::DbError;
use crate::platform::mail::Address;
use crate::platform::mail::outbox::{Kind, Mail};
use crate::platform::render::Words;
use crate::platform::text::line::{blocks, excerpt};

fn words<T: Serialize>(ctx: &Ctx<'_>, name: &str, footer: &str, view: &T) -> Result<Words, DbError> {
    let facts = ctx.app.mail_facts(footer);
    ctx.app
        .renderer
        .mail(name, &facts, view)
        .map_err(|e| DbError::Cut(e.to_string()))
}

#[derive(Serialize)]
struct Line {
    text: String,
    label: &'static str,
    link: String,
}

fn counted(n: i64, one: &str, many: &str) -> String {
    if n == 1 {
        format!("One {one}")
    } else {
        format!("{n} {many}")
    }
}

#[derive(Serialize)]
struct WaitingView<'a> {
    name: &'a str,
    subject: String,
    title: &'a str,
    lines: Vec<Line>,
}

/// Tells a coordinator what waits.
pub fn waiting(ctx: &Ctx<'_>, coordinator: &Member, waiting: &Waiting, today: &str) -> Result<Mail, DbError> {
    let mut lines = Vec::new();
    let oldest = &waiting.oldest;
    let mut line = |text: String, label, path: &str| {
        lines.push(Line {
            text,
            label,
            link: ctx.app.url(path),
        })
    };
    let mut subjects = Vec::new();
    let is_one = waiting.requests == 1;
    if waiting.requests > 0 {
        let what = counted(waiting.requests, "request to join waits", "requests to join wait");
        let who = if is_one { "it" } else { "the oldest" };
        line(
            format!("{what} for an answer; {who} has been here for {oldest}."),
            "Read the requests",
            "/coordinate/requests",
        );
        subjects.push(format!(
            "{} {}",
            waiting.requests,
            if is_one { "request" } else { "requests" }
        ));
    }
    if waiting.letters > 0 {
        let what = counted(waiting.letters, "letter waits", "letters wait");
        line(format!("{what} in the inbox."), "Open the inbox", "/coordinate/inbox");
        subjects.push(format!(
            "{} {}",
            waiting.letters,
            if waiting.letters == 1 { "letter" } else { "letters" }
        ));
    }
    if waiting.aside > 0 {
        let what = counted(
            waiting.aside,
            "mail was set aside, because it",
            "mails were set aside, because they",
        );
        line(
            format!("{what} could not be read or acted on."),
            "Look at what was set aside",
            "/coordinate/inbox?show=aside",
        );
        subjects.push(format!("{} set aside", waiting.aside));
    }
    let verb = if waiting.requests + waiting.letters + waiting.aside == 1 {
        "waits"
    } else {
        "wait"
    };
    let view = WaitingView {
        name: &coordinator.name,
        subject: format!("{} {verb} for an answer", subjects.join(", ")),
        title: "What waits for you",
        lines,
    };
    let footer = "You get this mail, at most once a day, because you are a coordinator.";
    Ok(Mail::new(
        Kind::Waiting,
        coordinator.address(),
        words(ctx, "inbox/waiting", footer, &view)?,
    )
    .to_member(coordinator.id.as_str())
    .about("inbox")
    .once(format!("waiting:{today}:{}", coordinator.id)))
}

#[derive(Serialize)]
struct ReplyView<'a> {
    subject: String,
    message: &'a str,
    paragraphs: Vec<Vec<String>>,
    by: &'a str,
}

/// A coordinator's answer to a letter.
pub fn reply(ctx: &Ctx<'_>, letter: &Letter, by: &str, message: &str) -> Result<Mail, DbError> {
    let subject = letter.subject.trim();
    let is_answer = subject.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
    let view = ReplyView {
        subject: match subject {
            "" => "Your letter".into(),
            subject if is_answer => excerpt(subject, 200),
            subject => format!("Re: {}", excerpt(subject, 200)),
        },
        message,
        paragraphs: blocks(message),
        by,
    };
    let to = Address {
        email: letter.from_email.clone(),
        name: letter.from_name.clone(),
    };
    let mut mail = Mail::new(
        Kind::Reply,
        to,
        words(ctx, "inbox/reply", "You get this mail because you wrote to us.", &view)?,
    )
    .about(letter.about());
    mail.member_id.clone_from(&letter.member_id);
    if !letter.message_id.is_empty() {
        mail = mail.answers(&letter.message_id);
    }
    Ok(mail)
}
