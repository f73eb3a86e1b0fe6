//! The mails about places: a word on the waiting list, an offer of a place. They go to the one whom they concern.

use serde::Serialize;

use super::model::{InLine, WaitingId, ordinal};
use super::store;
use crate::meetings::calendar;
use crate::meetings::invitations::{Step, SubjectKind, again};
use crate::meetings::model::{self, Invitation, InvitationId, Meeting, rsvp_token};
use crate::meetings::store::save_invitation;
use crate::meetings::words;
use crate::members::Member;
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
