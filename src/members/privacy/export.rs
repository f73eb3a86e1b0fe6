//! Everything that is known of one member, for themselves: no hashes, and nobody else's name.

use diesel::prelude::*;
use serde_json::{Value, json};

use crate::members::choices;
use crate::members::unsubscribe::{self, Kind};
use crate::members::{Member, calendar, store};
use crate::platform::clock::At;
use crate::platform::db::schema::{attendance, audit, invitations, meetings, presenters, requests, waiting};
use crate::platform::db::{Conn, DbError};

type RequestRow = (String, String, String, String, String, String, At, Option<At>);
type PresenterRow = (String, String, String, Option<At>, Option<At>);
type WaitRow = (String, String, At, Option<At>);
type AuditRow = (At, String, String, String);

/// The record as JSON.
pub fn own_record(conn: &mut Conn, member: &Member, now: At) -> Result<Value, DbError> {
    let sessions: Vec<Value> = store::sessions_of(conn, &member.id)?
        .iter()
        .map(|s| json!({"signed_in_at": s.created_at, "last_seen_at": s.seen_at, "with_password": s.is_elevated}))
        .collect();
    let invitations: Vec<Value> = store::invitations_of(conn, &member.id)?
        .iter()
        .map(|i| {
            json!({"meeting": i.title, "starts_at": i.starts_at, "status": i.status, "answer": i.answer,
                   "answered_at": i.answered_at, "answered_by": i.answered_by})
        })
        .collect();
    let polls: Vec<Value> = store::poll_answers_of(conn, &member.id)?
        .iter()
        .map(|p| json!({"poll": p.title, "starts_at": p.starts_at, "answer": p.answer, "answered_at": p.answered_at}))
        .collect();
    let feedback: Vec<Value> = store::feedback_asked(conn, &member.id)?
        .iter()
        .map(|(meeting, has_answered)| json!({"meeting": meeting, "has_answered": has_answered}))
        .collect();
    let mails: Vec<Value> = store::mails_to(conn, member, 10_000)?
        .iter()
        .map(|m| json!({"kind": m.kind, "subject": m.subject, "status": m.status, "written_at": m.created_at}))
        .collect();
    let own = calendar::store::own(conn, &member.id)?;
    let fetched: Vec<Value> = (own.fetches.iter())
        .map(|(program, at)| json!({"program": program.name(), "last_at": at}))
        .collect();
    Ok(json!({
        "written_at": now,
        "member": {
            "name": member.name, "email": member.email, "affiliation": member.affiliation, "country": member.country,
            "time_zone": member.time_zone, "role": member.role, "interests": member.interests,
            "joined_on": member.joined_on, "status": member.status, "is_coordinator": member.is_coordinator,
            "has_password": member.password_hash.is_some(), "address_confirmed_by": member.confirmed_by,
            "created_at": member.created_at, "updated_at": member.updated_at,
        },
        "consents": {
            "directory": member.is_listed, "announcements": member.wants_announcements,
            "announcements_given": member.announcements_consent,
            "invitations": unsubscribe::is_on(conn, Kind::Invitations, &member.id)?,
            "reminders": unsubscribe::is_on(conn, Kind::Reminders, &member.id)?,
            "digest": choices::rhythm(conn, &member.id)?,
            "asked_about_mail_at": choices::asked_at(conn, &member.id)?,
        },
        "calendar": {"shows": own.shows, "fetched": fetched, "renewed_times": member.calendar_generation},
        "sessions": sessions,
        "requests_to_join": requests_of(conn, member)?,
        "invitations": invitations,
        "poll_answers": polls,
        "feedback_asked": feedback,
        "waiting_lists": waits_of(conn, member)?,
        "meetings_attended": attended_by(conn, member)?,
        "presented": presented_by(conn, member)?,
        "mails": mails,
        "history": history_of(conn, member)?,
    }))
}

/// The meetings they are noted as having come to, and how it was noted.
fn attended_by(conn: &mut Conn, member: &Member) -> Result<Vec<Value>, DbError> {
    let rows: Vec<(String, At, String, At)> = attendance::table
        .inner_join(meetings::table)
        .filter(attendance::member_id.eq(&member.id))
        .order(meetings::starts_at.desc())
        .select((meetings::title, meetings::starts_at, attendance::how, attendance::at))
        .load(conn)?;
    let value = |(title, starts_at, how, at): (String, At, String, At)| json!({"meeting": title, "starts_at": starts_at, "noted_by": how, "noted_at": at});
    Ok(rows.into_iter().map(value).collect())
}

/// The waiting lists they stood in, and what became of it.
fn waits_of(conn: &mut Conn, member: &Member) -> Result<Vec<Value>, DbError> {
    let rows: Vec<WaitRow> = waiting::table
        .inner_join(invitations::table.inner_join(meetings::table))
        .filter(invitations::member_id.eq(&member.id))
        .order(waiting::id)
        .select((meetings::title, waiting::state, waiting::since, waiting::offer_until))
        .load(conn)?;
    let value = |(meeting, state, since, until): WaitRow| json!({"meeting": meeting, "became": state, "since": since, "offered_until": until});
    Ok(rows.into_iter().map(value).collect())
}

fn requests_of(conn: &mut Conn, member: &Member) -> Result<Vec<Value>, DbError> {
    let rows: Vec<RequestRow> = requests::table
        .filter(requests::email_key.eq(member.email_key.clone()))
        .order(requests::id)
        .select((
            requests::name,
            requests::affiliation,
            requests::reason,
            requests::heard_from,
            requests::privacy_notice,
            requests::status,
            requests::created_at,
            requests::decided_at,
        ))
        .load(conn)?;
    let value = |(name, affiliation, reason, heard_from, notice, status, created_at, decided_at): RequestRow| {
        json!({"name": name, "affiliation": affiliation, "reason": reason, "heard_from": heard_from,
               "privacy_notice": notice, "status": status, "created_at": created_at, "decided_at": decided_at})
    };
    Ok(rows.into_iter().map(value).collect())
}

/// The meetings at which they presented, and what they said came of it.
fn presented_by(conn: &mut Conn, member: &Member) -> Result<Vec<Value>, DbError> {
    let rows: Vec<PresenterRow> = presenters::table
        .inner_join(meetings::table)
        .filter(presenters::member_id.eq(&member.id))
        .order(presenters::id)
        .select((
            meetings::title,
            presenters::outcome,
            presenters::slides_link,
            presenters::asked_at,
            presenters::logged_at,
        ))
        .load(conn)?;
    let value = |(title, outcome, slides, asked_at, logged_at): PresenterRow| json!({"meeting": title, "outcome": outcome, "slides": slides, "asked_at": asked_at, "logged_at": logged_at});
    Ok(rows.into_iter().map(value).collect())
}

/// What happened to the member, and what they did; who else did it is said by role only.
fn history_of(conn: &mut Conn, member: &Member) -> Result<Vec<Value>, DbError> {
    let own = member.id.as_str().to_owned();
    let about = format!("member:{own}");
    let rows: Vec<AuditRow> = audit::table
        .filter(audit::about.eq(about.clone()).or(audit::by_id.eq(own.clone())))
        .order(audit::id)
        .select((audit::at, audit::by_id, audit::what, audit::about))
        .load(conn)?;
    let value = |(at, by, what, of): AuditRow| {
        let by = match by.as_str() {
            by if by == own => "you",
            "command" | "system" | "applicant" => by.as_str(),
            _ => "a coordinator",
        };
        let of = if of == about {
            "you"
        } else {
            of.split(':').next().unwrap_or_default()
        };
        json!({"at": at, "by": by, "what": what, "about": of})
    };
    Ok(rows.into_iter().map(value).collect())
}
