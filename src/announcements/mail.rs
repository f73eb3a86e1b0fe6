//! The mail of an announcement for one reader, and the test that its writer gets.

mod samples;

use serde::Serialize;

use super::model::Announcement;
use super::placeholders::Words;
use crate::members::{Member, unsubscribe};
use crate::platform::app::App;
use crate::platform::mail::outbox::{Kind, Mail};
use crate::platform::render::RenderError;
use crate::platform::text::markdown::SafeHtml;

pub use samples::kinds;

const TEST_FOOTER: &str = "You get this because you asked for a test of an announcement.";

#[derive(Serialize)]
struct View {
    subject_line: String,
    title: String,
    text: String,
    html: SafeHtml,
    page_url: String,
    off_url: String,
    is_test: bool,
}

/// The announcement as one member gets it; `off_url` is where they end announcements.
pub(super) fn letter(
    app: &App,
    announcement: &Announcement,
    words: Words,
    member: &Member,
    off_url: &str,
) -> Result<Mail, RenderError> {
    let footer = format!(
        "You get this because you asked {} for announcements.",
        app.config.network.short_name
    );
    let words = view(words, web_url(app, announcement), off_url.to_owned(), false);
    let words = app
        .renderer
        .mail("announcements/announcement", &app.mail_facts(footer), &words)?;
    let mut mail = Mail::new(Kind::Announcement, member.address(), words)
        .to_member(member.id.as_str())
        .about(announcement.about())
        .once(format!("announce:{}:{}", announcement.id, member.id));
    mail.headers = headers(app, off_url);
    Ok(mail)
}

/// The same for the one who wrote it.
pub(super) fn test(app: &App, announcement: &Announcement, words: Words, member: &Member) -> Result<Mail, RenderError> {
    let facts = app.mail_facts(TEST_FOOTER);
    let view = view(words, app.url(&announcement.desk_path()), app.url("/me/privacy"), true);
    let words = app.renderer.mail("announcements/announcement", &facts, &view)?;
    Ok(Mail::new(Kind::Notice, member.address(), words)
        .to_member(member.id.as_str())
        .about(announcement.about()))
}

/// Where it stands in the archive; one for members alone is reached by way of signing in.
fn web_url(app: &App, announcement: &Announcement) -> String {
    let path = announcement.path();
    match announcement.is_public {
        true => app.url(&path),
        false => app.url(&format!("/sign-in?next={path}")),
    }
}

fn view(words: Words, page_url: String, off_url: String, is_test: bool) -> View {
    View {
        subject_line: match is_test {
            true => format!("Test: {}", words.subject),
            false => words.subject.clone(),
        },
        title: words.subject,
        text: words.text,
        html: words.html,
        page_url,
        off_url,
        is_test,
    }
}

/// How mail programs tell a list's mail, and end it: by a page (RFC 8058) or by a mail (RFC 2369 §3.2).
fn headers(app: &App, off_url: &str) -> Vec<(String, String)> {
    let mut headers = unsubscribe::headers_with_address(&app.config, off_url);
    let domain = app.config.mail_from().ok().and_then(|(_, from)| {
        let (_, domain) = from.rsplit_once('@')?;
        Some(domain.to_owned())
    });
    let domain = domain.unwrap_or_else(|| "localhost".into());
    headers.push(("List-Id".into(), format!("<announcements.{domain}>")));
    headers.push(("Precedence".into(), "bulk".into()));
    headers
}
