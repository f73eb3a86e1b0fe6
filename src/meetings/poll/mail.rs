//! The mail that asks: built here, sent by nobody but the outbox.

mod samples;

pub use samples::kinds;

use serde::Serialize;

use super::model::{AskedId, Poll, Time, order_key, token};
use crate::members::{Member, unsubscribe};
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::mail::outbox::{Kind, Mail};
use crate::platform::render::{RenderError, Words};
use crate::platform::text::markdown::{self, SafeHtml};
use crate::platform::text::zone;
use crate::web::deadline;

#[derive(Serialize)]
struct View {
    title: String,
    short_name: String,
    summary_text: String,
    summary_html: SafeHtml,
    times: Vec<String>,
    closes: String,
    link: String,
    off_url: String,
}

/// One time for a reader: on their own clock, and on that of the poll where it differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Shown {
    /// "Wednesday 24 March 2027, 16:00–17:30, Berlin"
    pub text: String,
    /// "15:00–16:30 in London"
    pub beside: Option<String>,
}

impl Shown {
    pub fn line(&self) -> String {
        match &self.beside {
            Some(beside) => format!("{} ({beside})", self.text),
            None => self.text.clone(),
        }
    }
}

pub(super) fn shown(starts: At, ends: At, poll_zone: &str, reader_zone: &str) -> Shown {
    let beside = zone::reader_range(starts, ends, reader_zone, poll_zone).map(|whole| {
        let bare = whole.trim_start_matches('(').trim_end_matches(" for you)");
        format!("{bare} in {}", zone::city(poll_zone))
    });
    Shown {
        text: zone::long_date_time_range(starts, ends, reader_zone),
        beside,
    }
}

/// The zone in which somebody reads times: their own, or the network's where theirs is none we know.
pub(super) fn zone_of(app: &App, member: &Member) -> String {
    zone::zone_name(&member.time_zone).unwrap_or_else(|_| app.config.network.time_zone.clone())
}

/// The words of the mail to one member; `off_url` is where they turn invitations off, and this with them.
pub(super) fn words(
    app: &App,
    poll: &Poll,
    times: &[Time],
    member: &Member,
    asked: &AskedId,
    off_url: &str,
) -> Result<Words, RenderError> {
    let short_name = app.config.network.short_name.clone();
    let reader_zone = zone_of(app, member);
    let lines = times
        .iter()
        .map(|time| shown(time.starts_at, time.ends_at, &poll.time_zone, &reader_zone).line());
    let view = View {
        title: poll.title.clone(),
        summary_text: markdown::to_text(&poll.summary),
        summary_html: markdown::to_html(&poll.summary),
        times: lines.collect(),
        closes: deadline(poll.closes_at, &reader_zone).text,
        link: app.url(&format!("/poll/{}", token(&app.keys, asked).as_str())),
        off_url: off_url.to_owned(),
        short_name: short_name.clone(),
    };
    let footer = format!("You get this because you are a member of {short_name}.");
    app.renderer.mail("meetings/poll", &app.mail_facts(footer), &view)
}

/// The whole mail to one member.
pub(super) fn letter(
    app: &App,
    poll: &Poll,
    times: &[Time],
    member: &Member,
    asked: &AskedId,
    off_url: &str,
) -> Result<Mail, RenderError> {
    let words = words(app, poll, times, member, asked, off_url)?;
    let mut mail = Mail::new(Kind::BesideMeeting, member.address(), words)
        .to_member(member.id.as_str())
        .about(poll.about())
        .in_order(order_key(asked))
        .once(order_key(asked));
    mail.headers = unsubscribe::headers_with_address(&app.config, off_url);
    Ok(mail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_their_own_clock_first() {
        let (starts, ends) = (At::from_unix(1_805_900_400), At::from_unix(1_805_905_800));
        for (reader, text, beside) in [
            ("Europe/London", "Wednesday 24 March 2027, 15:00–16:30, London", None),
            (
                "Europe/Berlin",
                "Wednesday 24 March 2027, 16:00–17:30, Berlin",
                Some("15:00–16:30 in London"),
            ),
            (
                "Australia/Melbourne",
                "Thursday 25 March 2027, 02:00–03:30, Melbourne",
                Some("Wednesday 15:00–16:30 in London"),
            ),
        ] {
            let shown = shown(starts, ends, "Europe/London", reader);
            assert_eq!((shown.text.as_str(), shown.beside.as_deref()), (text, beside));
        }
    }
}
