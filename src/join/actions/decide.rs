//! The coordinators' part: deciding, and taking a decision back.

use super::super::model::{Decision, Impossible, Request, RequestId, Status, What};
use super::super::{mail, store};
use super::local_date;
use crate::members::{self, Member, NewMember, Status as MemberStatus};
use crate::platform::app::{App, Ctx};
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::platform::render::Words;
use crate::platform::text::country::Country;
use crate::platform::text::zone::{self, short_date_at};
use crate::web::{Coordinator, MemberId};

/// Why a coordinator's move was not made.
#[derive(Debug, thiserror::Error)]
pub enum DecideError {
    #[error("there is no such request")]
    NotFound,
    /// Things stand otherwise: a sentence that says who did what, and when.
    #[error("{0}")]
    Refused(String),
    #[error("Write what the applicant is to read.")]
    NoMessage,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Who a coordinator's id belongs to, in words.
pub fn name_of(conn: &mut Conn, by: Option<&str>) -> Result<String, DbError> {
    let Some(id) = by else {
        return Ok("The applicant".into());
    };
    let known = members::store::find(conn, &MemberId::from(id))?;
    Ok(known.map_or_else(|| "A former coordinator".into(), |member| member.name))
}

/// "Ana Example approved this request on 1 March 2027, 09:05 London."
pub fn latest_event(conn: &mut Conn, app: &App, request: &Request) -> Result<String, DbError> {
    let Some(last) = store::history(conn, &request.id)?.into_iter().next() else {
        return Ok("The request has changed.".into());
    };
    let who = name_of(conn, last.by_id.as_deref())?;
    let when = crate::web::moment(last.at, &app.config.network.time_zone).text;
    Ok(format!("{who} {} on {when}.", last.what.did()))
}

fn refused(conn: &mut Conn, app: &App, request: &Request, why: Option<Impossible>) -> DecideError {
    let latest = match latest_event(conn, app, request) {
        Ok(latest) => latest,
        Err(e) => return e.into(),
    };
    DecideError::Refused(match why {
        Some(Impossible::Unproved) => "The applicant has not confirmed the address yet.".into(),
        Some(Impossible::IsMember) => {
            format!("{latest} An approval cannot be reopened: end the membership instead.")
        }
        Some(Impossible::Waits) => format!("{latest} It waits in the queue already."),
        Some(Impossible::Decided) => format!("{latest} It cannot be decided twice."),
        None => format!("{latest} You had an older state before you."),
    })
}

/// The request and what the applicant would read, if `decision` is possible at all.
pub fn preview(
    conn: &mut Conn,
    app: &App,
    id: &RequestId,
    decision: Decision,
    message: &str,
) -> Result<(Request, Option<Words>), DecideError> {
    let request = store::find(conn, id)?.ok_or(DecideError::NotFound)?;
    if let Err(why) = request.decide(decision) {
        return Err(refused(conn, app, &request, Some(why)));
    }
    let words = mail::decision_words(app, &request, decision, message, None)?;
    Ok((request, words))
}

/// Answers an applicant. `version` is what the coordinator had before them; `None`: a request that waits, as it is now.
pub fn decide(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &RequestId,
    decision: Decision,
    message: &str,
    version: Option<i32>,
) -> Result<Request, DecideError> {
    let request = store::find(tx, id)?.ok_or(DecideError::NotFound)?;
    let to = match request.decide(decision) {
        Ok(to) => to,
        Err(why) => return Err(refused(tx, ctx.app, &request, Some(why))),
    };
    // Without a version only what waits is decided: one who was asked has been answered by somebody.
    let is_current = version.map_or(request.status == Status::Waiting, |version| version == request.version);
    if !is_current {
        return Err(refused(tx, ctx.app, &request, None));
    }
    if decision.needs_message() && message.is_empty() {
        return Err(DecideError::NoMessage);
    }
    let decided = (to != Status::Asked).then_some((ctx.now, by.id.as_str()));
    if !store::advance(tx, &request, to, decided)? {
        let now = store::find(tx, id)?.ok_or(DecideError::NotFound)?;
        return Err(refused(tx, ctx.app, &now, now.decide(decision).err()));
    }
    let member = match decision {
        Decision::Approve => Some(welcome_in(tx, ctx, &request)?),
        _ => None,
    };
    let message = if decision == Decision::DeclineQuietly {
        ""
    } else {
        message
    };
    // The welcome goes first, the invitations that joining brings after it.
    if let Some(mail) = mail::decision(ctx, &request, decision, message, member.as_ref())? {
        outbox::enqueue(tx, ctx, mail)?;
    }
    store::note(tx, ctx, id, Some(by.id.as_str()), decision.into(), message)?;
    let about = format!("request:{id}");
    audit::record(tx, ctx, by.id.as_str(), What::from(decision).did(), &about, "")?;
    if let Some(member) = &member {
        store::set_member(tx, id, member.id.as_str())?;
        members::actions::announce_change(tx, ctx, member)?;
    }
    Ok(request)
}

/// Makes a member of an applicant, with the consents that the form gave.
fn welcome_in(tx: &mut Conn, ctx: &Ctx<'_>, request: &Request) -> Result<Member, DecideError> {
    let known = members::store::by_email(tx, &request.email)?;
    if known.is_some_and(|member| member.status == MemberStatus::Active) {
        return Err(DecideError::Refused(
            "This address belongs to a member already. Decline the request quietly to close it.".into(),
        ));
    }
    let time_zone = Country::parse(&request.country).map_or("UTC", zone::default_zone_of);
    let new = NewMember {
        email: request.email.clone(),
        name: request.name.clone(),
        affiliation: request.affiliation.clone(),
        country: request.country.clone(),
        time_zone: time_zone.to_owned(),
        role: request.role.clone(),
        interests: String::new(),
        joined_on: local_date(ctx),
        is_listed: request.wants_directory,
        announcements_consent: if request.wants_announcements {
            consent(ctx.app, request.created_at, &request.privacy_notice)
        } else {
            String::new()
        },
        confirmed_by: "applicant".into(),
    };
    let member = members::actions::add(tx, ctx, &new)?;
    let about = format!("member:{}", member.id);
    let detail = format!("by request {}", request.id);
    audit::record(tx, ctx, "applicant", "joined the network", &about, &detail)?;
    if request.wants_directory {
        let text = consent(ctx.app, request.created_at, &request.privacy_notice);
        audit::record(tx, ctx, "applicant", "agreed to stand in the directory", &about, &text)?;
    }
    Ok(member)
}

fn consent(app: &App, at: At, notice: &str) -> String {
    let date = short_date_at(at, &app.config.network.time_zone);
    format!("join form, {date}, notice {notice}")
}

/// Puts a request back into the queue: an answer came by mail, or a decision was wrong.
pub fn reopen(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, id: &RequestId) -> Result<(), DecideError> {
    let request = store::find(tx, id)?.ok_or(DecideError::NotFound)?;
    let to = match request.reopen() {
        Ok(to) => to,
        Err(why) => return Err(refused(tx, ctx.app, &request, Some(why))),
    };
    let other = store::open_of(tx, &request.email_key)?.filter(|other| other.id != request.id);
    if other.is_some() {
        return Err(DecideError::Refused(
            "The same address has sent a newer request, which is open. Decide that one.".into(),
        ));
    }
    if !store::advance(tx, &request, to, None)? {
        let now = store::find(tx, id)?.ok_or(DecideError::NotFound)?;
        return Err(refused(tx, ctx.app, &now, now.reopen().err()));
    }
    store::note(tx, ctx, id, Some(by.id.as_str()), What::Reopened, "")?;
    let about = format!("request:{id}");
    audit::record(tx, ctx, by.id.as_str(), What::Reopened.did(), &about, "")?;
    Ok(())
}
