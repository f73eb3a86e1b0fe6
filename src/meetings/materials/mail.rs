//! The mails about a meeting's materials: built here, sent by nobody but the outbox.

mod samples;

pub use samples::kinds;

use serde::Serialize;

use super::model::{Presenter, log_token};
use crate::meetings::model::Meeting;
use crate::meetings::words;
use crate::members::{Member, unsubscribe};
use crate::platform::app::App;
use crate::platform::mail::outbox::{Kind, Mail};
use crate::platform::render::{RenderError, Words};
use crate::platform::text::zone;

/// A file as a mail names it.
#[derive(Clone, Debug, Serialize)]
pub struct Paper {
    pub title: String,
    pub url: String,
}

/// What there is to tell of a meeting.
#[derive(Clone, Debug, Serialize)]
pub struct Contents {
    /// How the published minutes begin.
    pub minutes: Option<String>,
    pub papers: Vec<Paper>,
    pub recording_until: Option<String>,
}

impl Contents {
    pub fn is_empty(&self) -> bool {
        self.minutes.is_none() && self.papers.is_empty() && self.recording_until.is_none()
    }
}

/// "30 April 2027".
pub fn long_day(day: &str) -> String {
    day.parse().map_or_else(|_| day.to_owned(), zone::short_date)
}

fn footer(app: &App) -> String {
    format!(
        "You get this because you are a member of {}.",
        app.config.network.short_name
    )
}

#[derive(Serialize)]
struct RecapView<'a> {
    title: &'a str,
    when: String,
    contents: &'a Contents,
    page_url: String,
    off_url: &'a str,
}

/// The words of "what you missed" for this reader; `off_url` is where they turn invitations off, and this with them.
pub fn recap_words(
    app: &App,
    meeting: &Meeting,
    member_zone: &str,
    contents: &Contents,
    off_url: &str,
) -> Result<Words, RenderError> {
    // Who is signed in already goes straight on to the page.
    let view = RecapView {
        title: &meeting.title,
        when: words::long_for(meeting, member_zone),
        contents,
        page_url: app.url(&format!("/sign-in?next={}", meeting.path())),
        off_url,
    };
    app.renderer.mail("meetings/recap", &app.mail_facts(footer(app)), &view)
}

/// "What you missed", for the `number`th time.
pub fn recap(
    app: &App,
    meeting: &Meeting,
    member: &Member,
    contents: &Contents,
    number: i32,
    off_url: &str,
) -> Result<Mail, RenderError> {
    let words = recap_words(app, meeting, &member.time_zone, contents, off_url)?;
    let key = format!("recap:{}:{number}:{}", meeting.id, member.id);
    Ok(letter(app, meeting, member, words, off_url).once(key))
}

fn letter(app: &App, meeting: &Meeting, member: &Member, words: Words, off_url: &str) -> Mail {
    let mut mail = Mail::new(Kind::BesideMeeting, member.address(), words)
        .to_member(member.id.as_str())
        .about(meeting.about());
    mail.headers = unsubscribe::headers_with_address(&app.config, off_url);
    mail
}

#[derive(Serialize)]
struct LogView<'a> {
    name: &'a str,
    title: &'a str,
    when: String,
    link: String,
    off_url: &'a str,
}

/// Asks a presenter to log slides and outcome.
pub fn ask(
    app: &App,
    meeting: &Meeting,
    presenter: &Presenter,
    member: &Member,
    off_url: &str,
) -> Result<Mail, RenderError> {
    let token = log_token(&app.keys, &presenter.id);
    let view = LogView {
        name: &member.name,
        title: &meeting.title,
        when: words::long_for(meeting, &member.time_zone),
        link: app.url(&format!("{}/log/{}", meeting.path(), token.as_str())),
        off_url,
    };
    let words = app.renderer.mail("meetings/log", &app.mail_facts(footer(app)), &view)?;
    Ok(letter(app, meeting, member, words, off_url).once(format!("log:{}", presenter.id)))
}
