//! The mail that asks for feedback: built here, sent by nobody but the outbox.

mod samples;

pub use samples::kinds;

use serde::Serialize;

use super::model::{Form, order_key, token};
use crate::meetings::{Meeting, words};
use crate::members::{Member, unsubscribe};
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::mail::outbox::{Kind, Mail};
use crate::platform::render::{RenderError, Words};
use crate::web::deadline;

#[derive(Serialize)]
struct View<'a> {
    title: &'a str,
    when: String,
    questions: &'static str,
    closes: String,
    link: String,
    off_url: String,
}

/// "One question", "Three questions".
fn number(questions: usize) -> &'static str {
    match questions {
        1 => "One question",
        2 => "Two questions",
        3 => "Three questions",
        4 => "Four questions",
        _ => "Five questions",
    }
}

/// What is asked: how many questions, until when, and whether the reader is noted as having come.
#[derive(Clone, Copy)]
pub(super) struct Asked {
    pub questions: usize,
    pub closes_at: At,
    pub came: bool,
}

/// The words of the mail to one member; `token` ends the link in it, and behind `off_url` they turn invitations off, and
/// this with them.
pub(super) fn words(
    app: &App,
    meeting: &Meeting,
    asked: Asked,
    member: &Member,
    token: &str,
    off_url: &str,
) -> Result<Words, RenderError> {
    let view = View {
        title: &meeting.title,
        when: words::long_for(meeting, &member.time_zone),
        questions: number(asked.questions),
        closes: deadline(asked.closes_at, &member.time_zone).text,
        link: app.url(&format!("/feedback/{token}")),
        off_url: off_url.to_owned(),
    };
    let network = &app.config.network.short_name;
    let footer = if asked.came {
        format!("You get this because you came to a meeting of {network}.")
    } else {
        format!("You get this because you said that you would come to a meeting of {network}, or might.")
    };
    app.renderer.mail("meetings/feedback", &app.mail_facts(footer), &view)
}

/// The whole mail to one member.
pub(super) fn letter(
    app: &App,
    meeting: &Meeting,
    form: &Form,
    asked: Asked,
    member: &Member,
    off_url: &str,
) -> Result<Mail, RenderError> {
    let token = token(&app.keys, &form.id, &member.id);
    let words = words(app, meeting, asked, member, token.as_str(), off_url)?;
    let key = order_key(&form.id, &member.id);
    let mut mail = Mail::new(Kind::BesideMeeting, member.address(), words)
        .to_member(member.id.as_str())
        .about(form.about())
        .in_order(&key)
        .once(&key);
    mail.headers = unsubscribe::headers_with_address(&app.config, off_url);
    Ok(mail)
}
