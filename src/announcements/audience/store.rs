//! What audiences need from the database: what members answered, which meetings there are, audiences under a name.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::model::Audience;
use super::words::Titles;
use crate::id;
use crate::members::Member;
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::schema::{audiences, invitations, meetings, suppressions};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Keys;
use crate::web::{Coordinator, MemberId};

id!(AudienceId);

/// What somebody answered to invitations that still stand.
#[derive(Debug, Default)]
pub(super) struct Answers {
    pub yes_to: HashSet<String>,
    pub has_answered: bool,
}

/// The answers of everyone who ever gave one.
pub(super) fn answers(conn: &mut Conn) -> Result<HashMap<MemberId, Answers>, DbError> {
    let rows: Vec<(MemberId, String, String, String)> = invitations::table
        .filter(invitations::answer.ne("none"))
        .select((
            invitations::member_id,
            invitations::meeting_id,
            invitations::answer,
            invitations::status,
        ))
        .load(conn)?;
    let mut answers: HashMap<MemberId, Answers> = HashMap::new();
    for (member, meeting, answer, status) in rows {
        let theirs = answers.entry(member).or_default();
        theirs.has_answered = true;
        if answer == "yes" && status == "invited" {
            theirs.yes_to.insert(meeting);
        }
    }
    Ok(answers)
}

/// Whose mail does not arrive.
pub(super) fn resting(conn: &mut Conn, keys: &Keys, people: &[Member]) -> Result<HashSet<MemberId>, DbError> {
    let hash_of = |member: &Member| keys.keyed_hash("suppression", &member.email.to_lowercase());
    let hashes: HashSet<String> = suppressions::table
        .select(suppressions::address_hash)
        .load(conn)?
        .into_iter()
        .collect();
    if hashes.is_empty() {
        return Ok(HashSet::new());
    }
    let resting = people.iter().filter(|member| hashes.contains(&hash_of(member)));
    Ok(resting.map(|member| member.id.clone()).collect())
}

/// The titles of the meetings that an audience asks about.
pub fn titles(conn: &mut Conn, audience: &Audience) -> Result<Titles, DbError> {
    let ids = audience.meetings();
    if ids.is_empty() {
        return Ok(Titles::new());
    }
    let rows: Vec<(String, String)> = meetings::table
        .filter(meetings::id.eq_any(ids))
        .select((meetings::id, meetings::title))
        .load(conn)?;
    Ok(rows.into_iter().collect())
}

/// A meeting that people were invited to.
pub(super) struct Offered {
    pub id: String,
    pub title: String,
    pub starts_at: At,
}

/// The last meetings that people were invited to, the latest first.
pub(super) fn meetings_offered(conn: &mut Conn) -> Result<Vec<Offered>, DbError> {
    let rows: Vec<(String, String, At)> = meetings::table
        .filter(meetings::status.ne("draft"))
        .order((meetings::starts_at.desc(), meetings::id))
        .limit(40)
        .select((meetings::id, meetings::title, meetings::starts_at))
        .load(conn)?;
    let offered = |(id, title, starts_at)| Offered { id, title, starts_at };
    Ok(rows.into_iter().map(offered).collect())
}

/// An audience under a name.
#[derive(Clone, Debug)]
pub struct Saved {
    pub id: String,
    pub name: String,
    pub audience: Audience,
}

/// Audiences that were kept, by name.
pub fn saved(conn: &mut Conn) -> Result<Vec<Saved>, DbError> {
    let rows: Vec<(String, String, String)> = audiences::table
        .order(audiences::name_key)
        .select((audiences::id, audiences::name, audiences::audience))
        .load(conn)?;
    let read = |(id, name, json): (String, String, String)| {
        let audience = Audience::from_json(&json).map_err(DbError::Cut)?;
        Ok(Saved { id, name, audience })
    };
    rows.into_iter().map(read).collect()
}

/// Keeps an audience under a name. `false`: there is one of that name, and it was not to be replaced.
pub fn keep(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    name: &str,
    audience: &Audience,
    replaces: bool,
) -> Result<bool, DbError> {
    let json = audience.to_json().map_err(DbError::Cut)?;
    let row = (
        audiences::id.eq(AudienceId::new()),
        audiences::name.eq(name),
        audiences::name_key.eq(name.to_lowercase()),
        audiences::audience.eq(&json),
        audiences::created_at.eq(ctx.now),
    );
    let kept = crate::on_either!(tx, c => diesel::insert_into(audiences::table)
        .values(row)
        .on_conflict(audiences::name_key)
        .do_nothing()
        .execute(c))?;
    let is_there = kept == 0;
    if is_there && !replaces {
        return Ok(false);
    }
    if is_there {
        diesel::update(audiences::table.filter(audiences::name_key.eq(name.to_lowercase())))
            .set((audiences::name.eq(name), audiences::audience.eq(&json)))
            .execute(tx)?;
    }
    let what = if is_there {
        "replaced a kept audience"
    } else {
        "kept an audience"
    };
    audit::record(tx, ctx, by.id.as_str(), what, "audiences", name)?;
    Ok(true)
}

/// Deletes a kept audience.
pub fn forget(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, one: &Saved) -> Result<(), DbError> {
    if diesel::delete(audiences::table.find(&one.id)).execute(tx)? > 0 {
        audit::record(
            tx,
            ctx,
            by.id.as_str(),
            "deleted a kept audience",
            "audiences",
            &one.name,
        )?;
    }
    Ok(())
}
