//! What goes back by itself to a member whose calendar wrote to us: always to their own address, never to the sender,
//! once a day for each purpose and meeting (TRUST S73).

mod samples;

pub use samples::kinds;

use serde::Serialize;

use super::store::Mark;
use crate::meetings::invitations::{Answer, again};
use crate::meetings::mail::{Reader, letter};
use crate::meetings::model::{Invitation, InvitationStatus, Meeting, rsvp_token};
use crate::meetings::places;
use crate::meetings::words;
use crate::members::{Member, unsubscribe};
use crate::platform::app::Ctx;
use crate::platform::db::Conn;
use crate::platform::db::DbError;
use crate::platform::mail::outbox::{self, Kind, Mail};
use crate::platform::secret::Plain;
use crate::platform::text::zone::utc_to_local;

fn cut(e: impl std::fmt::Display) -> DbError {
    DbError::Cut(e.to_string())
}

/// The day, as the network counts it.
fn today(ctx: &Ctx<'_>) -> String {
    let local = utc_to_local(ctx.now, &ctx.app.config.network.time_zone);
    local.split('T').next().unwrap_or_default().to_owned()
}

#[derive(Serialize)]
struct View<'a> {
    name: &'a str,
    title: &'a str,
    when: String,
    answer: &'a str,
    was_forwarded: bool,
    link: String,
    join_url: String,
}

fn mail(
    ctx: &Ctx<'_>,
    what: &str,
    template: &str,
    meeting: &Meeting,
    member: &Member,
    view: &View<'_>,
    answers: &str,
) -> Result<Mail, DbError> {
    let key = format!("{what}:{}:{}:{}", meeting.id, member.id, today(ctx));
    let mail = answer(ctx, template, meeting, member, view, answers)?;
    Ok(mail.once(key))
}

fn answer(
    ctx: &Ctx<'_>,
    template: &str,
    meeting: &Meeting,
    member: &Member,
    view: &View<'_>,
    answers: &str,
) -> Result<Mail, DbError> {
    let app = ctx.app;
    let footer = format!(
        "You get this because you are a member of {}.",
        app.config.network.short_name
    );
    let words = app
        .renderer
        .mail(template, &app.mail_facts(footer), view)
        .map_err(cut)?;
    Ok(Mail::new(Kind::AutomaticAnswer, member.address(), words)
        .to_member(member.id.as_str())
        .about(meeting.about())
        .answers(answers))
}

fn view<'a>(ctx: &Ctx<'_>, meeting: &'a Meeting, member: &'a Member, link: String) -> View<'a> {
    View {
        name: &member.name,
        title: &meeting.title,
        when: words::long_for(meeting, &member.time_zone),
        answer: "",
        was_forwarded: false,
        link,
        join_url: ctx.app.url("/join"),
    }
}

fn rsvp(ctx: &Ctx<'_>, invitation: &Invitation) -> String {
    ctx.app
        .url(&format!("/rsvp/{}", rsvp_token(&ctx.app.keys, &invitation.id).as_str()))
}

/// Tells a member that an answer was given for them, and how to undo it.
pub fn somebody_answered(
    ctx: &Ctx<'_>,
    meeting: &Meeting,
    member: &Member,
    said: Answer,
    mark: Mark,
    undo: &Plain,
    answers: &str,
) -> Result<Mail, DbError> {
    let link = ctx.app.url(&format!("/rsvp/undo/{}", undo.as_str()));
    let view = View {
        answer: said.as_str(),
        was_forwarded: mark == Mark::Forwarded,
        ..view(ctx, meeting, member, link)
    };
    answer(ctx, "meetings/somebody_answered", meeting, member, &view, answers)
}

/// Says that an invitation is personal, and how to answer it.
pub fn no_delegation(
    ctx: &Ctx<'_>,
    meeting: &Meeting,
    member: &Member,
    invitation: &Invitation,
    answers: &str,
) -> Result<Mail, DbError> {
    let view = view(ctx, meeting, member, rsvp(ctx, invitation));
    mail(
        ctx,
        "no-delegation",
        "meetings/no_delegation",
        meeting,
        member,
        &view,
        answers,
    )
}

/// Says that a proposal has arrived, and that the meeting stays as it is until everyone hears otherwise.
pub fn proposal_kept(
    ctx: &Ctx<'_>,
    meeting: &Meeting,
    member: &Member,
    invitation: &Invitation,
    answers: &str,
) -> Result<Mail, DbError> {
    let view = view(ctx, meeting, member, rsvp(ctx, invitation));
    mail(
        ctx,
        "proposal",
        "meetings/proposal_kept",
        meeting,
        member,
        &view,
        answers,
    )
}

#[derive(Serialize)]
struct Plainly<'a> {
    name: &'a str,
    link: String,
}

/// Asks for an answer on the page, where the calendar's could not be read; once a day.
pub fn ask_for_an_answer_here(tx: &mut Conn, ctx: &Ctx<'_>, member: &Member, answers: &str) -> Result<(), DbError> {
    let app = ctx.app;
    let footer = format!(
        "You get this because you are a member of {}.",
        app.config.network.short_name
    );
    let view = Plainly {
        name: &member.name,
        link: app.url("/meetings"),
    };
    let words = app
        .renderer
        .mail("meetings/answer_by_link", &app.mail_facts(footer), &view)
        .map_err(cut)?;
    let mail = Mail::new(Kind::AutomaticAnswer, member.address(), words)
        .to_member(member.id.as_str())
        .about("meetings")
        .once(format!("answer-by-link:{}:{}", member.id, today(ctx)))
        .answers(answers);
    outbox::enqueue(tx, ctx, mail)?;
    Ok(())
}

/// The invitation (or the cancellation) as it stands, again.
pub fn as_it_stands(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    meeting: &Meeting,
    member: &Member,
    invitation: &Invitation,
    answers: &str,
) -> Result<(Mail, Invitation), DbError> {
    let is_off = meeting.is_cancelled() || invitation.status == InvitationStatus::Withdrawn;
    let step = again(&invitation.sent(is_off), ctx.now);
    let off_url = &unsubscribe::link(tx, ctx, unsubscribe::Kind::Invitations, &member.id)?;
    let waits = !is_off && invitation.answer == Answer::Maybe && places::waits(tx, &invitation.id)?;
    let reader = Reader { off_url, waits };
    let mut mail = letter(ctx.app, meeting, None, member, &invitation.id, &step, reader).map_err(cut)?;
    if mail.kind == Kind::Invitation {
        // They asked for it, whatever they chose about invitations.
        mail.kind = Kind::Update;
    }
    mail = mail
        .once(format!(
            "refresh:{}:{}:{}:{}",
            meeting.id,
            member.id,
            invitation.sequence_sent,
            today(ctx)
        ))
        .answers(answers);
    let after = Invitation {
        last_stamp: step.stamp,
        updated_at: ctx.now,
        ..invitation.clone()
    };
    Ok((mail, after))
}
