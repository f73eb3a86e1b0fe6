//! Members in the database.

use diesel::prelude::*;

use super::model::{Member, Status};
use crate::platform::clock::At;
use crate::platform::db::schema::{
    feedback_forms, feedback_links, invitations, meetings, members, outbox, poll_answers, poll_asked, poll_times,
    polls, sessions,
};
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{Kind, OutboxId, Status as MailStatus};
use crate::platform::secret::Plain;
use crate::web::MemberId;

pub fn find(conn: &mut Conn, id: &MemberId) -> Result<Option<Member>, DbError> {
    Ok(members::table
        .find(id)
        .select(Member::as_select())
        .first(conn)
        .optional()?)
}

/// By address, compared in lower case; left ones too.
pub fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Member>, DbError> {
    let key = email.trim().to_lowercase();
    Ok(members::table
        .filter(members::email_key.eq(key))
        .select(Member::as_select())
        .first(conn)
        .optional()?)
}

/// The active member whose private calendar address ends in `token`.
pub fn by_calendar_token(conn: &mut Conn, token: &Plain) -> Result<Option<Member>, DbError> {
    let found = members::table
        .filter(members::calendar_hash.eq(token.hashed().as_str().to_owned()))
        .filter(members::status.eq(Status::Active))
        .select(Member::as_select())
        .first(conn)
        .optional()?;
    Ok(found)
}

/// Everyone who belongs to the network now, by name.
pub fn active(conn: &mut Conn) -> Result<Vec<Member>, DbError> {
    let found = members::table
        .filter(members::status.eq(Status::Active))
        .order((members::name, members::id))
        .select(Member::as_select())
        .load(conn)?;
    Ok(found)
}

/// How many belong to the network now.
pub fn count_active(conn: &mut Conn) -> Result<i64, DbError> {
    Ok(members::table
        .filter(members::status.eq(Status::Active))
        .count()
        .get_result(conn)?)
}

/// Whose address for answers this token belongs to, whether or not they are a member still.
pub fn by_reply_hash(conn: &mut Conn, hash: &str) -> Result<Option<Member>, DbError> {
    Ok(members::table
        .filter(members::reply_hash.eq(hash.to_owned()))
        .select(Member::as_select())
        .first(conn)
        .optional()?)
}

/// The active coordinators.
pub fn coordinators(conn: &mut Conn) -> Result<Vec<Member>, DbError> {
    let found = members::table
        .filter(members::status.eq(Status::Active))
        .filter(members::is_coordinator.eq(true))
        .order(members::name)
        .select(Member::as_select())
        .load(conn)?;
    Ok(found)
}

/// Everyone there ever was, by name; for the coordinators' list.
pub fn all(conn: &mut Conn) -> Result<Vec<Member>, DbError> {
    Ok(members::table
        .order((members::name, members::id))
        .select(Member::as_select())
        .load(conn)?)
}

/// Those who agreed to stand in the directory, by name.
pub fn listed(conn: &mut Conn) -> Result<Vec<Member>, DbError> {
    let found = members::table
        .filter(members::status.eq(Status::Active))
        .filter(members::is_listed.eq(true))
        .order((members::name, members::id))
        .select(Member::as_select())
        .load(conn)?;
    Ok(found)
}

/// One place where a member is signed in.
#[derive(Debug, Queryable)]
pub struct SessionRow {
    pub token_hash: String,
    pub is_elevated: bool,
    pub created_at: At,
    pub seen_at: At,
}

/// Where a member is signed in, last seen first.
pub fn sessions_of(conn: &mut Conn, id: &MemberId) -> Result<Vec<SessionRow>, DbError> {
    Ok(sessions::table
        .filter(sessions::member_id.eq(id))
        .order(sessions::seen_at.desc())
        .select((
            sessions::token_hash,
            sessions::is_elevated,
            sessions::created_at,
            sessions::seen_at,
        ))
        .load(conn)?)
}

/// A mail to a member, as far as anyone may read of it later: never its words.
#[derive(Debug, Queryable)]
pub struct MailRow {
    pub id: OutboxId,
    pub kind: Kind,
    pub subject: String,
    pub status: MailStatus,
    pub outcome: String,
    pub created_at: At,
}

/// The mails to a member, newest first.
pub fn mails_to(conn: &mut Conn, member: &Member, limit: i64) -> Result<Vec<MailRow>, DbError> {
    let id = Some(member.id.as_str().to_owned());
    Ok(outbox::table
        .filter(outbox::member_id.eq(id).or(outbox::to_key.eq(member.email_key.clone())))
        .order(outbox::id.desc())
        .limit(limit)
        .select((
            outbox::id,
            outbox::kind,
            outbox::subject,
            outbox::status,
            outbox::outcome,
            outbox::created_at,
        ))
        .load(conn)?)
}

/// An invitation of a member, with what they answered.
#[derive(Debug, Queryable)]
pub struct InvitationRow {
    pub title: String,
    pub slug: String,
    pub starts_at: At,
    pub status: String,
    pub answer: String,
    pub answered_at: Option<At>,
    pub answered_by: Option<String>,
}

/// The invitations of a member, the latest meeting first.
pub fn invitations_of(conn: &mut Conn, id: &MemberId) -> Result<Vec<InvitationRow>, DbError> {
    Ok(invitations::table
        .inner_join(meetings::table)
        .filter(invitations::member_id.eq(id))
        .order(meetings::starts_at.desc())
        .select((
            meetings::title,
            meetings::slug,
            meetings::starts_at,
            invitations::status,
            invitations::answer,
            invitations::answered_at,
            invitations::answered_by,
        ))
        .load(conn)?)
}

/// What a member said of one time in a date poll.
#[derive(Debug, Queryable)]
pub struct PollAnswerRow {
    pub title: String,
    pub starts_at: At,
    pub answer: String,
    pub answered_at: Option<At>,
}

/// What a member said in date polls.
pub fn poll_answers_of(conn: &mut Conn, id: &MemberId) -> Result<Vec<PollAnswerRow>, DbError> {
    Ok(poll_answers::table
        .inner_join(poll_asked::table)
        .inner_join(poll_times::table.inner_join(polls::table))
        .filter(poll_asked::member_id.eq(id))
        .order((polls::id, poll_times::starts_at))
        .select((
            polls::title,
            poll_times::starts_at,
            poll_answers::answer,
            poll_asked::answered_at,
        ))
        .load(conn)?)
}

/// The meetings about which a member was asked for feedback, and whether their link has answered while it may; what
/// they said is kept without a name, so it is nowhere to be found.
pub fn feedback_asked(conn: &mut Conn, id: &MemberId) -> Result<Vec<(String, bool)>, DbError> {
    Ok(feedback_links::table
        .inner_join(feedback_forms::table.inner_join(meetings::table))
        .filter(feedback_links::member_id.eq(id))
        .order(feedback_forms::id)
        .select((meetings::title, feedback_links::is_used))
        .load(conn)?)
}
