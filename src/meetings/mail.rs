//! The mails about a meeting: built here, sent by nobody but the outbox.

pub(super) mod samples;

pub use samples::kinds;

use serde::Serialize;

use super::attendance::link_for;
use super::calendar;
use super::invitations::{Answer, Step, SubjectKind};
use super::model::{InvitationId, Meeting, order_key, rsvp_token, speakers};
use super::places;
use super::words;
use crate::members::{Member, Status};
use crate::platform::app::App;
use crate::platform::ical::Method;
use crate::platform::mail::outbox::{Kind, Mail};
use crate::platform::render::{RenderError, Words};
use crate::platform::text::markdown::{self, SafeHtml};

#[derive(Serialize)]
struct View<'a> {
    subject_line: String,
    opening: String,
    title: String,
    when: String,
    /// The time that no longer holds.
    was: Option<String>,
    reason: String,
    speakers: Vec<String>,
    summary_text: String,
    summary_html: SafeHtml,
    joining_link: String,
    /// It is the reader's alone.
    is_own_link: bool,
    page_url: String,
    yes_url: String,
    maybe_url: String,
    no_url: String,
    answer: Option<&'static str>,
    off_url: &'a str,
    /// "12 places", where there is a limit.
    places: Option<String>,
}

/// What a mail says to its reader alone.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    /// Where they turn invitations off.
    pub off_url: &'a str,
    /// They have said yes and wait for a place.
    pub waits: bool,
}

/// The words of the mail that `step` sends; `was` is the meeting before a change of its time.
pub(super) fn words(
    app: &App,
    meeting: &Meeting,
    was: Option<&Meeting>,
    member: &Member,
    invitation: &InvitationId,
    step: &Step,
    reader: Reader<'_>,
) -> Result<Words, RenderError> {
    let has_left = member.status == Status::Left;
    let rsvp = app.url(&format!("/rsvp/{}", rsvp_token(&app.keys, invitation).as_str()));
    let short_name = &app.config.network.short_name;
    let view = View {
        subject_line: step.kind.subject(&meeting.title, &words::short(meeting)),
        opening: opening(step.kind, short_name, has_left),
        title: meeting.title.clone(),
        when: words::long_for(meeting, &member.time_zone),
        was: was
            .filter(|_| step.kind == SubjectKind::NewTime)
            .map(|was| words::long_for(was, &member.time_zone)),
        reason: if meeting.is_cancelled() {
            meeting.cancel_reason.clone()
        } else {
            String::new()
        },
        speakers: speakers(&meeting.speakers),
        summary_text: markdown::to_text(&meeting.summary),
        summary_html: markdown::to_html(&meeting.summary),
        joining_link: link_for(app, meeting, invitation).unwrap_or_default(),
        is_own_link: meeting.has_own_links,
        page_url: app.url(&meeting.path()),
        yes_url: format!("{rsvp}?answer=yes"),
        maybe_url: format!("{rsvp}?answer=maybe"),
        no_url: format!("{rsvp}?answer=no"),
        answer: match reader.waits {
            true => Some("yes, and you are waiting for a place"),
            false => said(step.after.answer),
        },
        // Whoever has left has no more choices to make.
        off_url: if has_left { "" } else { reader.off_url },
        places: meeting.places.map(places::limit_in_words),
    };
    let footer = if has_left {
        format!("You get this because you have left {short_name}: it takes the meeting out of your calendar.")
    } else {
        format!("You get this because you are a member of {short_name}.")
    };
    let template = match step.method {
        Method::Request => "meetings/invitation",
        Method::Cancel => "meetings/cancellation",
    };
    app.renderer.mail(template, &app.mail_facts(footer), &view)
}

/// The whole mail that `step` sends.
pub(super) fn letter(
    app: &App,
    meeting: &Meeting,
    was: Option<&Meeting>,
    member: &Member,
    invitation: &InvitationId,
    step: &Step,
    reader: Reader<'_>,
) -> Result<Mail, RenderError> {
    let words = words(app, meeting, was, member, invitation, step, reader)?;
    let kind = match (step.method, member.status, step.kind) {
        // The only kind that still reaches somebody who has left.
        (_, Status::Left, _) => Kind::Farewell,
        (Method::Cancel, ..) => Kind::Cancellation,
        (_, _, SubjectKind::Invitation | SubjectKind::InvitedAgain) => Kind::Invitation,
        _ => Kind::Update,
    };
    let mut mail = Mail::new(kind, member.address(), words)
        .to_member(member.id.as_str())
        .about(meeting.about())
        .in_order(order_key(&meeting.id, &member.id));
    mail.from = Some(calendar::organizer(app, member));
    mail.calendar = Some(match reader.waits {
        true => calendar::mailed_waiting(app, meeting, member, invitation, step),
        false => calendar::mailed(app, meeting, member, invitation, step),
    });
    Ok(mail)
}

fn opening(kind: SubjectKind, short_name: &str, has_left: bool) -> String {
    match kind {
        SubjectKind::Invitation => format!("You are invited to a meeting of {short_name}."),
        SubjectKind::InvitedAgain => {
            format!("You are invited again to this meeting of {short_name}. Please answer anew.")
        }
        SubjectKind::Updated => "Something about this meeting is new. Its time is the same.".into(),
        SubjectKind::NewTime => "This meeting has a new time. Please answer again.".into(),
        SubjectKind::Cancelled => "This meeting will not take place.".into(),
        SubjectKind::Withdrawn if has_left => {
            format!("You have left {short_name}, so your invitation to this meeting is withdrawn.")
        }
        SubjectKind::Withdrawn => {
            "As you asked, this takes the meeting out of your calendar. You may still come: it stands on our website."
                .into()
        }
        SubjectKind::Waiting => "All places are taken, and you are on the waiting list.".into(),
    }
}

/// An answer in a word; nothing where there is none yet.
pub(super) fn said(answer: Answer) -> Option<&'static str> {
    (answer != Answer::None).then(|| answer.as_str())
}
