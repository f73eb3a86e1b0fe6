//! How often the digest comes to whom, and who was asked, in the database.

use diesel::prelude::*;

use super::model::Rhythm;
use crate::members::unsubscribe::{self, Kind};
use crate::members::{Member, Status};
use crate::platform::clock::At;
use crate::platform::db::schema::{digest_rhythms, mail_choices, mail_questions, members};
use crate::platform::db::{Conn, DbError};
use crate::web::MemberId;

/// How often the digest comes to this member; `None`: it does not.
pub fn rhythm(conn: &mut Conn, id: &MemberId) -> Result<Option<Rhythm>, DbError> {
    if unsubscribe::is_on(conn, Kind::Digest, id)? {
        last_rhythm(conn, id).map(Some)
    } else {
        Ok(None)
    }
}

/// How often it came when it was last on.
pub(super) fn last_rhythm(conn: &mut Conn, id: &MemberId) -> Result<Rhythm, DbError> {
    let chosen: Option<Rhythm> = digest_rhythms::table
        .find(id)
        .select(digest_rhythms::rhythm)
        .first(conn)
        .optional()?;
    Ok(chosen.unwrap_or(Rhythm::Monthly))
}

/// Keeps how often it comes, and since when it does so.
pub(super) fn save_rhythm(tx: &mut Conn, id: &MemberId, rhythm: Rhythm, since: At) -> Result<(), DbError> {
    let chosen = (digest_rhythms::rhythm.eq(rhythm), digest_rhythms::since.eq(Some(since)));
    crate::on_either!(tx, c => diesel::insert_into(digest_rhythms::table)
        .values((digest_rhythms::member_id.eq(id), chosen))
        .on_conflict(digest_rhythms::member_id)
        .do_update()
        .set(chosen)
        .execute(c))?;
    Ok(())
}

/// Somebody who gets the digest.
#[derive(Clone, Debug)]
pub struct Reader {
    pub member: Member,
    pub rhythm: Rhythm,
    /// Since when they get it at all.
    pub on_since: At,
    /// Since when it comes this often.
    pub rhythm_since: At,
}

/// The active members who get the digest.
pub fn readers(conn: &mut Conn) -> Result<Vec<Reader>, DbError> {
    let on: Vec<(Member, At)> = members::table
        .inner_join(mail_choices::table)
        .filter(mail_choices::kind.eq(Kind::Digest.as_str()))
        .filter(mail_choices::is_on.eq(true))
        .filter(members::status.eq(Status::Active))
        .order(members::id)
        .select((Member::as_select(), mail_choices::since))
        .load(conn)?;
    let rows: Vec<(MemberId, Rhythm, Option<At>)> = digest_rhythms::table
        .select((digest_rhythms::member_id, digest_rhythms::rhythm, digest_rhythms::since))
        .load(conn)?;
    let rhythms = rows.into_iter().map(|(id, rhythm, since)| (id, (rhythm, since)));
    let rhythms: std::collections::HashMap<MemberId, (Rhythm, Option<At>)> = rhythms.collect();
    let reader = |(member, on_since): (Member, At)| {
        let chosen = rhythms.get(&member.id).copied();
        let (rhythm, since) = chosen.unwrap_or((Rhythm::Monthly, None));
        Reader {
            member,
            rhythm,
            on_since,
            rhythm_since: since.map_or(on_since, |since| since.max(on_since)),
        }
    };
    Ok(on.into_iter().map(reader).collect())
}

/// When the question was first put, if it was, and when it was answered or put away.
pub(super) fn question(conn: &mut Conn, id: &MemberId) -> Result<Option<(At, Option<At>)>, DbError> {
    Ok(mail_questions::table
        .find(id)
        .select((mail_questions::asked_at, mail_questions::closed_at))
        .first(conn)
        .optional()?)
}

/// When this member was asked about announcements and the digest. A question closed as it was noted was never put.
pub fn asked_at(conn: &mut Conn, id: &MemberId) -> Result<Option<At>, DbError> {
    let put = question(conn, id)?.filter(|(asked_at, closed_at)| *closed_at != Some(*asked_at));
    Ok(put.map(|(asked_at, _)| asked_at))
}

/// Notes that the question was put; `false` if it had been before.
pub(super) fn note_asked(tx: &mut Conn, id: &MemberId, at: At) -> Result<bool, DbError> {
    let made = crate::on_either!(tx, c => diesel::insert_into(mail_questions::table)
        .values((mail_questions::member_id.eq(id), mail_questions::asked_at.eq(at)))
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(made == 1)
}

/// Notes that the question was answered or put away; `false` if it had been before.
pub(super) fn close(tx: &mut Conn, id: &MemberId, at: At) -> Result<bool, DbError> {
    let open = mail_questions::table.filter(mail_questions::member_id.eq(id));
    let closed = diesel::update(open.filter(mail_questions::closed_at.is_null()))
        .set(mail_questions::closed_at.eq(Some(at)))
        .execute(tx)?;
    Ok(closed == 1)
}
