//! The mail of one reminder: when, how to join, how to answer, and how to have no more of them.

mod samples;

pub use samples::kinds;

use serde::Serialize;

use super::model::{Reminder, how_soon};
use crate::meetings::attendance::link_for;
use crate::meetings::invitations::Answer;
use crate::meetings::mail::said;
use crate::meetings::model::{Invitation, Meeting, rsvp_token, speakers};
use crate::meetings::words;
use crate::members::Member;
use crate::members::unsubscribe;
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::mail::outbox::{Kind, Mail};
use crate::platform::render::RenderError;

#[derive(Serialize)]
struct View {
    subject_line: String,
    opening: String,
    title: String,
    when: String,
    speakers: Vec<String>,
    joining_link: String,
    /// It is the reader's alone.
    is_own_link: bool,
    page_url: String,
    answer: Option<&'static str>,
    yes_url: String,
    maybe_url: String,
    no_url: String,
    off_url: String,
}

/// The reminder of `meeting` for one member; `off_url` is where they turn reminders off.
pub(super) fn letter(
    app: &App,
    now: At,
    meeting: &Meeting,
    reminder: Reminder,
    member: &Member,
    invitation: &Invitation,
    off_url: &str,
) -> Result<Mail, RenderError> {
    let short_name = &app.config.network.short_name;
    let soon = how_soon(meeting.starts_at, now, &member.time_zone);
    let rsvp = app.url(&format!("/rsvp/{}", rsvp_token(&app.keys, &invitation.id).as_str()));
    let view = View {
        subject_line: format!("{soon}: {}, {}", meeting.title, words::short(meeting)),
        opening: opening(&soon, short_name, invitation.answer),
        title: meeting.title.clone(),
        when: words::long_for(meeting, &member.time_zone),
        speakers: speakers(&meeting.speakers),
        joining_link: link_for(app, meeting, &invitation.id).unwrap_or_default(),
        is_own_link: meeting.has_own_links,
        page_url: app.url(&meeting.path()),
        answer: said(invitation.answer),
        yes_url: format!("{rsvp}?answer=yes"),
        maybe_url: format!("{rsvp}?answer=maybe"),
        no_url: format!("{rsvp}?answer=no"),
        off_url: off_url.to_owned(),
    };
    let footer = format!("You get this because you are invited to this meeting as a member of {short_name}.");
    let words = app.renderer.mail("meetings/reminder", &app.mail_facts(footer), &view)?;
    let key = format!("remind:{}:{}", meeting.id, member.id);
    let mut mail = Mail::new(Kind::Reminder, member.address(), words)
        .to_member(member.id.as_str())
        .about(meeting.about())
        .once(format!("{key}:{}:{}", reminder.lead, meeting.starts_at))
        .in_order(key);
    mail.not_after = Some(reminder.lead.over_at(meeting.starts_at, &meeting.time_zone));
    mail.headers = unsubscribe::headers_with_address(&app.config, off_url);
    Ok(mail)
}

fn opening(soon: &str, short_name: &str, answer: Answer) -> String {
    match answer {
        Answer::Yes => format!("{soon}: a meeting of {short_name} to which you said yes."),
        Answer::Maybe => format!("{soon}: a meeting of {short_name} to which you said maybe."),
        Answer::None | Answer::No => {
            format!("{soon}: a meeting of {short_name}. You have not said yet whether you will come.")
        }
    }
}
