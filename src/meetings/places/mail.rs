//! The mails about places: a word on the waiting list, an offer of a place. They go to the one whom they concern.

mod samples;

pub use samples::kinds;

use serde::Serialize;

use super::model::{InLine, WaitingId, ordinal};
use super::store::{self, Row};
use crate::meetings::calendar;
use crate::meetings::invitations::{Answer, Step, SubjectKind, again};
use crate::meetings::mail::{Reader, letter};
use crate::meetings::model::{self, Invitation, InvitationId, Meeting, rsvp_token};
use crate::meetings::store::{person, save_invitation};
use crate::meetings::words;
use crate::members::{self, Member, unsubscribe};
use crate::platform::app::{App, Ctx};
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{self, Kind, Mail};
use crate::platform::render::Words;
use crate::web::deadline;

/// The key by which the mails about one person's place keep their order.
pub(super) fn order_key(invitation: &InvitationId) -> String {
    format!("place:{invitation}")
}

#[derive(Serialize)]
struct View<'a> {
    subject_line: String,
    name: &'a str,
    title: &'a str,
    when: String,
    position: String,
    until: String,
    link: String,
    page_url: String,
}

fn words(app: &App, template: &str, view: &View<'_>) -> Result<Words, DbError> {
    let footer = format!(
        "You get this because you are a member of {}.",
        app.config.network.short_name
    );
    let words = app.renderer.mail(template, &app.mail_facts(footer), view);
    words.map_err(|e| DbError::Cut(e.to_string()))
}

fn view<'a>(app: &App, meeting: &'a Meeting, member: &'a Member, link: &str) -> View<'a> {
    View {
        subject_line: String::new(),
        name: &member.name,
        title: &meeting.title,
        when: words::long_for(meeting, &member.time_zone),
        position: String::new(),
        until: String::new(),
        link: app.url(link),
        page_url: app.url(&meeting.path()),
    }
}

/// The words of an offer.
pub fn offer_words(
    app: &App,
    meeting: &Meeting,
    member: &Member,
    turn: &WaitingId,
    until: At,
) -> Result<Words, DbError> {
    let link = format!("/places/{}", store::token(&app.keys, turn).as_str());
    let view = View {
        subject_line: format!("A place for you: {}, {}", meeting.title, words::short(meeting)),
        until: deadline(until, &member.time_zone).text,
        ..view(app, meeting, member, &link)
    };
    words(app, "meetings/place_offered", &view)
}

/// Offers a place until then.
pub(super) fn offer(
    ctx: &Ctx<'_>,
    meeting: &Meeting,
    member: &Member,
    one: &InLine,
    until: At,
) -> Result<Mail, DbError> {
    let words = offer_words(ctx.app, meeting, member, &one.id, until)?;
    Ok(Mail::new(Kind::Notice, member.address(), words)
        .to_member(member.id.as_str())
        .about(meeting.about())
        .in_order(order_key(&one.invitation_id)))
}

/// After the end of a wait: takes back the word on the waiting list that has not left, and tells a calendar that was told
/// of it that the place is theirs, for else its entry would say for ever that they wait.
///
/// The invitation as it now stands, again: the same SEQUENCE, a later DTSTAMP.
pub(super) fn tell_who_waited(tx: &mut Conn, ctx: &Ctx<'_>, meeting: &Meeting, waited: &Row) -> Result<(), DbError> {
    let invitation = &waited.invitation_id;
    let Some(row) = store::invitation(tx, invitation)? else {
        return Ok(());
    };
    let Some(member) = members::store::find(tx, &row.member_id)? else {
        return Ok(());
    };
    let person = person(tx, meeting, &member)?;
    if person.letters.waiting.is_none() {
        // What is queued can only be that word.
        outbox::supersede(tx, ctx, &model::order_key(&meeting.id, &member.id))?;
    }
    let was_told = match person.letters.left {
        Some(SubjectKind::Waiting) => true,
        // A change that was told meanwhile says so too.
        Some(_) => row.last_stamp > waited.since,
        None => false,
    };
    if !was_told || row.answer != Answer::Yes {
        return Ok(());
    }
    let step = Step {
        kind: SubjectKind::Updated,
        ..again(&row.sent(false), ctx.now)
    };
    let off_url = &unsubscribe::link(tx, ctx, unsubscribe::Kind::Invitations, &member.id)?;
    let reader = Reader { off_url, waits: false };
    let mail = letter(ctx.app, meeting, None, &member, invitation, &step, reader);
    outbox::enqueue(tx, ctx, mail.map_err(|e| DbError::Cut(e.to_string()))?)?;
    let after = Invitation {
        last_stamp: step.stamp,
        ..row
    };
    save_invitation(tx, &after, &rsvp_token(&ctx.app.keys, invitation))
}

/// Tells somebody whose calendar said yes that they wait, and makes the entry in their calendar tentative.
///
/// It is the invitation as it stands (the same SEQUENCE, a later DTSTAMP), so it keeps its place among the mails that
/// calendars read.
pub fn tell_who_waits(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    meeting: &Meeting,
    member: &Member,
    invitation: &InvitationId,
    position: usize,
    answers: &str,
) -> Result<(), DbError> {
    let Some(row) = store::invitation(tx, invitation)? else {
        return Ok(());
    };
    let step = Step {
        kind: SubjectKind::Waiting,
        ..again(&row.sent(false), ctx.now)
    };
    let link = format!("/rsvp/{}", rsvp_token(&ctx.app.keys, invitation).as_str());
    let view = View {
        subject_line: step.kind.subject(&meeting.title, &words::short(meeting)),
        position: ordinal(position),
        ..view(ctx.app, meeting, member, &link)
    };
    let words = words(ctx.app, "meetings/place_awaited", &view)?;
    let mut mail = Mail::new(Kind::AutomaticAnswer, member.address(), words)
        .to_member(member.id.as_str())
        .about(meeting.about())
        .in_order(model::order_key(&meeting.id, &member.id))
        .answers(answers);
    mail.from = Some(calendar::organizer(ctx.app, member));
    mail.calendar = Some(calendar::mailed_waiting(ctx.app, meeting, member, invitation, &step));
    outbox::enqueue(tx, ctx, mail)?;
    let after = Invitation {
        last_stamp: step.stamp,
        ..row
    };
    save_invitation(tx, &after, &rsvp_token(&ctx.app.keys, invitation))
}
