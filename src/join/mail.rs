//! The mails of joining: what each says, never when it goes.
//!
//! Why the confirmation has no name: until the address is proved, every word of the form may be somebody
//! else's, and a name field makes a fine place for an advertisement.

mod samples;

pub use samples::kinds;

use serde::Serialize;

use super::model::{ByMail, CONFIRM_WITHIN, Decision, Request, RequestId, Status};
use crate::members::Member;
use crate::platform::app::{App, Ctx};
use crate::platform::db::DbError;
use crate::platform::mail::Address;
use crate::platform::mail::outbox::{Kind, Mail};
use crate::platform::render::Words;
use crate::platform::secret::Plain;
use crate::platform::text::line::blocks;

const APPLICANT: &str = "You get this mail because you asked to join.";

fn words<T: Serialize>(app: &App, name: &str, footer: &str, view: &T) -> Result<Words, DbError> {
    app.renderer
        .mail(name, &app.mail_facts(footer), view)
        .map_err(|e| DbError::Cut(e.to_string()))
}

fn about(id: &RequestId) -> String {
    format!("request:{id}")
}

/// The key under which a request's confirmations follow, and replace, each other.
pub fn confirm_order(id: &RequestId) -> String {
    format!("request:{id}:confirm")
}

#[derive(Serialize)]
struct LinkView {
    link: String,
    days: i64,
}

/// Asks an address to prove itself.
pub fn confirm(ctx: &Ctx<'_>, id: &RequestId, email: &str, link: &Plain) -> Result<Mail, DbError> {
    let view = LinkView {
        link: ctx.app.url(&format!("/join/confirm/{}", link.as_str())),
        days: CONFIRM_WITHIN.as_hours() / 24,
    };
    let footer = "You get this mail because somebody, most likely you, gave this address in our form for joining. \
                  If it was not you, do nothing: nothing is kept.";
    let to = Address {
        email: email.to_owned(),
        name: String::new(),
    };
    Ok(
        Mail::new(Kind::Confirm, to, words(ctx.app, "join/confirm", footer, &view)?)
            .about(about(id))
            .in_order(confirm_order(id))
            .secret_until(ctx.now.plus(CONFIRM_WITHIN)),
    )
}

/// Asks somebody who wrote to complete what they wrote: not a word of theirs is repeated (TRUST S13).
pub fn complete(ctx: &Ctx<'_>, id: &RequestId, given: &ByMail, link: &Plain) -> Result<Mail, DbError> {
    let view = LinkView {
        link: ctx.app.url(&format!("/join/confirm/{}", link.as_str())),
        days: CONFIRM_WITHIN.as_hours() / 24,
    };
    let footer = "You get this mail because somebody, most likely you, wrote to our address for joining. \
                  If it was not you, do nothing: nothing is kept.";
    let to = Address {
        email: given.email.as_str().to_owned(),
        name: String::new(),
    };
    Ok(
        Mail::new(Kind::Confirm, to, words(ctx.app, "join/complete", footer, &view)?)
            .about(about(id))
            .in_order(confirm_order(id))
            .secret_until(ctx.now.plus(CONFIRM_WITHIN))
            .answers(&given.message_id),
    )
}

fn today(ctx: &Ctx<'_>) -> String {
    super::actions::local_date(ctx)
}

#[derive(Serialize)]
struct ReceivedView {
    was_asked: bool,
}

/// Says to somebody who asks again that the request is here.
pub fn received(ctx: &Ctx<'_>, request: &Request) -> Result<Mail, DbError> {
    let to = Address {
        email: request.email.clone(),
        name: String::new(),
    };
    let view = ReceivedView {
        was_asked: request.status == Status::Asked,
    };
    Ok(
        Mail::new(Kind::Notice, to, words(ctx.app, "join/received", APPLICANT, &view)?)
            .about(about(&request.id))
            .once(format!("received:{}:{}", today(ctx), request.id)),
    )
}

#[derive(Serialize)]
struct AlreadyView<'a> {
    name: &'a str,
    sign_in_url: String,
}

/// Says to a member who asks to join that they are one.
pub fn already_member(ctx: &Ctx<'_>, member: &Member) -> Result<Mail, DbError> {
    let view = AlreadyView {
        name: &member.name,
        sign_in_url: ctx.app.url("/sign-in"),
    };
    let footer = "You get this mail because somebody, most likely you, gave this address in our form for joining.";
    Ok(Mail::new(
        Kind::Notice,
        member.address(),
        words(ctx.app, "join/already_member", footer, &view)?,
    )
    .to_member(member.id.as_str())
    .about(format!("member:{}", member.id))
    .once(format!("already-member:{}:{}", today(ctx), member.id)))
}

/// What is only known once somebody is a member.
struct Keepsakes {
    calendar_url: String,
    invitations_from: String,
}

impl Keepsakes {
    fn of(app: &App, member: &Member) -> Keepsakes {
        let token = member.calendar_token(&app.keys);
        let reply = member.reply_token(&app.keys);
        let (local, domain) = app
            .config
            .mail
            .meetings_address
            .split_once('@')
            .unwrap_or(("meetings", "localhost"));
        Keepsakes {
            calendar_url: app.url(&format!("/calendar/{}.ics", token.as_str())),
            invitations_from: format!("{local}+{}@{domain}", reply.as_str()),
        }
    }

    /// What a preview shows in their place.
    fn to_come() -> Keepsakes {
        Keepsakes {
            calendar_url: "(their private calendar address)".into(),
            invitations_from: "(the address that invites them)".into(),
        }
    }
}

#[derive(Serialize)]
struct DecisionView<'a> {
    name: &'a str,
    message: &'a str,
    paragraphs: Vec<Vec<String>>,
    contact: &'a str,
    calendar_url: String,
    invitations_from: String,
    sign_in_url: String,
    subscribe_url: String,
    is_listed: bool,
    wants_announcements: bool,
}

/// What the applicant would read after `decision`; `None` where no mail goes.
pub fn decision_words(
    app: &App,
    request: &Request,
    decision: Decision,
    message: &str,
    member: Option<&Member>,
) -> Result<Option<Words>, DbError> {
    let keepsakes = member.map_or_else(Keepsakes::to_come, |member| Keepsakes::of(app, member));
    let view = DecisionView {
        name: &request.name,
        message,
        paragraphs: blocks(message),
        contact: &app.config.network.contact,
        calendar_url: keepsakes.calendar_url,
        invitations_from: keepsakes.invitations_from,
        sign_in_url: app.url("/sign-in"),
        subscribe_url: app.url("/subscribe"),
        is_listed: request.wants_directory,
        wants_announcements: request.wants_announcements,
    };
    let (name, footer) = match decision {
        Decision::Approve => ("join/welcome", "You get this mail because you are now a member."),
        Decision::Decline => ("join/decline", APPLICANT),
        Decision::Ask => ("join/question", APPLICANT),
        Decision::DeclineQuietly => return Ok(None),
    };
    words(app, name, footer, &view).map(Some)
}

/// The mail that follows a decision.
pub fn decision(
    ctx: &Ctx<'_>,
    request: &Request,
    decision: Decision,
    message: &str,
    member: Option<&Member>,
) -> Result<Option<Mail>, DbError> {
    let Some(words) = decision_words(ctx.app, request, decision, message, member)? else {
        return Ok(None);
    };
    let kind = match decision {
        Decision::Approve => Kind::Welcome,
        Decision::Ask => Kind::Question,
        Decision::Decline | Decision::DeclineQuietly => Kind::Decision,
    };
    let to = Address {
        email: request.email.clone(),
        name: request.name.clone(),
    };
    let mut mail = Mail::new(kind, to, words)
        .about(about(&request.id))
        .in_order(about(&request.id));
    mail.reply_to = Some(ctx.app.config.network.contact.clone());
    mail.member_id = member.map(|member| member.id.to_string());
    Ok(Some(mail))
}
