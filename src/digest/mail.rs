//! The mail of one digest.

mod samples;

use serde::Serialize;

use super::model::{Period, late_until};
use super::news::News;
use crate::members::choices::Rhythm;
use crate::members::{Member, unsubscribe};
use crate::platform::app::App;
use crate::platform::mail::outbox::{Kind, Mail};
use crate::platform::render::RenderError;

pub use samples::kinds;

#[derive(Serialize)]
struct View<'a> {
    subject_line: String,
    heading: String,
    opening: &'static str,
    news: News,
    activities_url: String,
    off_url: &'a str,
    choices_url: String,
}

fn opening(rhythm: Rhythm) -> &'static str {
    match rhythm {
        Rhythm::Weekly => "Your weekly digest: what comes, and what is new since the last.",
        Rhythm::Monthly => "Your monthly digest: what comes, and what is new since the last.",
    }
}

/// The same news with whole addresses, as a mail needs them.
fn addressed(app: &App, news: &News) -> News {
    let mut news = news.clone();
    let urls = (news.activities.iter_mut().map(|one| &mut one.url))
        .chain(news.meetings.iter_mut().map(|one| &mut one.url))
        .chain(news.materials.iter_mut().map(|one| &mut one.url));
    for url in urls {
        *url = app.url(url);
    }
    news
}

/// The digest of `period` for one member; `off_url` is where they turn digests off.
pub fn letter(
    app: &App,
    period: &Period,
    rhythm: Rhythm,
    member: &Member,
    news: &News,
    activities: usize,
    off_url: &str,
) -> Result<Mail, RenderError> {
    let short_name = &app.config.network.short_name;
    let view = View {
        subject_line: format!("What is new at {short_name}: {}", news.counts(activities)),
        heading: format!("What is new at {short_name}"),
        opening: opening(rhythm),
        news: addressed(app, news),
        activities_url: app.url("/activities"),
        off_url,
        choices_url: app.url("/me/mail"),
    };
    let footer = format!("You get this because you asked {short_name} for a digest.");
    let words = app.renderer.mail("digest/digest", &app.mail_facts(footer), &view)?;
    let mut mail = Mail::new(Kind::Digest, member.address(), words)
        .to_member(member.id.as_str())
        .about("digest")
        .once(format!("digest:{}:{}", member.id, period.key));
    mail.not_after = Some(late_until(rhythm, period));
    mail.headers = unsubscribe::headers_with_address(&app.config, off_url);
    // One mail to many: no absence note answers it, and mail programs may sort it (RFC 2919).
    mail.headers.push(("List-Id".into(), list_id(app)));
    mail.headers.push(("Precedence".into(), "bulk".into()));
    Ok(mail)
}

/// `<digest.network.example.org>`
fn list_id(app: &App) -> String {
    let from = app.config.mail_from().map(|(_, address)| address).unwrap_or_default();
    format!("<digest.{}>", from.rsplit('@').next().unwrap_or("localhost"))
}
