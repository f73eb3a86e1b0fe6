//! Announcements and their recipients in the database.

use std::collections::HashMap;

use diesel::prelude::*;

use super::actions::Content;
use super::model::{Announcement, AnnouncementId, RecipientState, Status};
use crate::members::Member;
use crate::platform::clock::At;
use crate::platform::db::schema::{announcement_recipients as recipients, announcements, members, outbox};
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{Kind, OutboxId, Status as MailStatus};
use crate::platform::text::slug;
use crate::web::MemberId;

/// The version of a draft that nobody has touched since it was made.
pub(super) const FIRST_VERSION: i32 = 1;

/// Lets one change of announcements follow another, on PostgreSQL too.
pub(super) fn take_turn(tx: &mut Conn) -> Result<(), DbError> {
    crate::platform::db::take_turn(tx, "announcements")
}

pub fn find(conn: &mut Conn, id: &AnnouncementId) -> Result<Option<Announcement>, DbError> {
    Ok(announcements::table
        .find(id)
        .select(Announcement::as_select())
        .first(conn)
        .optional()?)
}

fn by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Announcement>, DbError> {
    Ok(announcements::table
        .filter(announcements::slug.eq(slug))
        .select(Announcement::as_select())
        .first(conn)
        .optional()?)
}

/// All of them, the one last touched first.
pub(super) fn all(conn: &mut Conn, offset: i64, limit: i64) -> Result<Vec<Announcement>, DbError> {
    Ok(announcements::table
        .order((announcements::updated_at.desc(), announcements::id.desc()))
        .offset(offset)
        .limit(limit)
        .select(Announcement::as_select())
        .load(conn)?)
}

/// Those of which a mail left, or may have.
#[diesel::dsl::auto_type]
fn has_left() -> _ {
    let mail = diesel::dsl::exists(
        outbox::table
            .filter(outbox::id.nullable().eq(recipients::mail_id))
            .filter(outbox::may_have_left.eq(true)),
    );
    diesel::dsl::exists(
        recipients::table
            .filter(recipients::announcement_id.eq(announcements::id))
            .filter(mail),
    )
}

/// What stands in the archive: what somebody was sent, for its mails lead there, also where it rests half-way or was
/// stopped.
#[diesel::dsl::auto_type]
fn is_in_archive() -> _ {
    let begun: [Status; 3] = [Status::Sending, Status::Paused, Status::Sent];
    let stopped: Status = Status::Stopped;
    announcements::status
        .eq_any(begun)
        .or(announcements::status.eq(stopped).and(has_left()))
}

/// Whether it stands in the archive.
pub(super) fn is_archived(conn: &mut Conn, id: &AnnouncementId) -> Result<bool, DbError> {
    let found: i64 = announcements::table
        .filter(announcements::id.eq(id))
        .filter(is_in_archive())
        .count()
        .get_result(conn)?;
    Ok(found > 0)
}

/// The one of this address in the archive.
pub(super) fn archived_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Announcement>, DbError> {
    Ok(announcements::table
        .filter(announcements::slug.eq(slug))
        .filter(is_in_archive())
        .select(Announcement::as_select())
        .first(conn)
        .optional()?)
}

/// What the archive holds, newest first; without those for members only if `is_member` is false, and without what was
/// stopped: something was wrong with it.
pub fn archived(conn: &mut Conn, is_member: bool, offset: i64, limit: i64) -> Result<Vec<Announcement>, DbError> {
    let mut query = announcements::table
        .filter(is_in_archive())
        .order((announcements::started_at.desc(), announcements::id.desc()))
        .offset(offset)
        .limit(limit)
        .select(Announcement::as_select())
        .into_boxed();
    if !is_member {
        query = query
            .filter(announcements::is_public.eq(true))
            .filter(announcements::status.ne(Status::Stopped));
    }
    Ok(query.load(conn)?)
}

/// How many stand in one of these ways.
pub fn count(conn: &mut Conn, statuses: &[Status]) -> Result<i64, DbError> {
    Ok(announcements::table
        .filter(announcements::status.eq_any(statuses))
        .count()
        .get_result(conn)?)
}

/// Those that stand so, the oldest first.
pub(super) fn with_status(conn: &mut Conn, status: Status) -> Result<Vec<Announcement>, DbError> {
    Ok(announcements::table
        .filter(announcements::status.eq(status))
        .order(announcements::id)
        .select(Announcement::as_select())
        .load(conn)?)
}

pub(super) fn free_slug(conn: &mut Conn, subject: &str) -> Result<String, DbError> {
    let stem = slug::slug(subject);
    let mut wanted = stem.clone();
    let mut number = 2;
    while by_slug(conn, &wanted)?.is_some() {
        wanted = slug::with_number(&stem, number);
        number += 1;
    }
    Ok(wanted)
}

pub(super) fn insert(
    tx: &mut Conn,
    id: &AnnouncementId,
    slug: &str,
    content: &Content,
    zone: &str,
    now: At,
) -> Result<(), DbError> {
    diesel::insert_into(announcements::table)
        .values((
            announcements::id.eq(id),
            announcements::slug.eq(slug),
            announcements::subject.eq(&content.subject),
            announcements::body.eq(&content.body),
            announcements::audience.eq(content.audience.to_json().map_err(DbError::Cut)?),
            announcements::is_public.eq(content.is_public),
            announcements::status.eq(Status::Draft),
            announcements::time_zone.eq(zone),
            announcements::version.eq(FIRST_VERSION),
            announcements::created_at.eq(now),
            announcements::updated_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// Writes other words and another audience.
pub(super) fn save(tx: &mut Conn, id: &AnnouncementId, content: &Content, now: At) -> Result<(), DbError> {
    diesel::update(announcements::table.find(id))
        .set((
            announcements::subject.eq(&content.subject),
            announcements::body.eq(&content.body),
            announcements::audience.eq(content.audience.to_json().map_err(DbError::Cut)?),
            announcements::is_public.eq(content.is_public),
            announcements::version.eq(announcements::version + 1),
            announcements::updated_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// Writes where it stands, with the times that go with it.
pub(super) fn save_state(tx: &mut Conn, announcement: &Announcement, now: At) -> Result<(), DbError> {
    diesel::update(announcements::table.find(&announcement.id))
        .set((
            announcements::status.eq(announcement.status),
            announcements::goes_at.eq(announcement.goes_at),
            announcements::time_zone.eq(&announcement.time_zone),
            announcements::version.eq(announcements::version + 1),
            announcements::started_at.eq(announcement.started_at),
            announcements::ended_at.eq(announcement.ended_at),
            announcements::updated_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

pub(super) fn remove(tx: &mut Conn, id: &AnnouncementId) -> Result<(), DbError> {
    diesel::delete(announcements::table.find(id)).execute(tx)?;
    Ok(())
}

/// Fixes whom it goes to.
pub(super) fn set_recipients<'a>(
    tx: &mut Conn,
    id: &AnnouncementId,
    people: impl Iterator<Item = &'a Member>,
) -> Result<usize, DbError> {
    forget_recipients(tx, id)?;
    let mut count = 0;
    for member in people {
        diesel::insert_into(recipients::table)
            .values((
                recipients::announcement_id.eq(id),
                recipients::member_id.eq(&member.id),
                recipients::state.eq(RecipientState::Waiting),
                recipients::why.eq(""),
            ))
            .execute(tx)?;
        count += 1;
    }
    Ok(count)
}

/// Takes back whom it was going to.
pub(super) fn forget_recipients(tx: &mut Conn, id: &AnnouncementId) -> Result<(), DbError> {
    diesel::delete(recipients::table.filter(recipients::announcement_id.eq(id))).execute(tx)?;
    Ok(())
}

/// The next for whom no mail is written yet.
pub(super) fn waiting(conn: &mut Conn, id: &AnnouncementId, limit: i64) -> Result<Vec<MemberId>, DbError> {
    Ok(recipients::table
        .filter(recipients::announcement_id.eq(id))
        .filter(recipients::state.eq(RecipientState::Waiting))
        .order(recipients::member_id)
        .limit(limit)
        .select(recipients::member_id)
        .load(conn)?)
}

/// Notes what became of one recipient.
pub(super) fn note(
    tx: &mut Conn,
    id: &AnnouncementId,
    member: &MemberId,
    state: RecipientState,
    why: &str,
    mail: Option<&OutboxId>,
) -> Result<(), DbError> {
    diesel::update(recipients::table.find((id, member)))
        .set((
            recipients::state.eq(state),
            recipients::why.eq(why),
            recipients::mail_id.eq(mail),
        ))
        .execute(tx)?;
    Ok(())
}

/// Drops everyone for whom no mail is written yet.
pub(super) fn drop_waiting(tx: &mut Conn, id: &AnnouncementId, why: &str) -> Result<usize, DbError> {
    let dropped = diesel::update(recipients::table)
        .filter(recipients::announcement_id.eq(id))
        .filter(recipients::state.eq(RecipientState::Waiting))
        .set((recipients::state.eq(RecipientState::Dropped), recipients::why.eq(why)))
        .execute(tx)?;
    Ok(dropped)
}

/// The announcement that a mail in the outbox carries.
pub(super) fn by_mail(conn: &mut Conn, mail: &OutboxId) -> Result<Option<(AnnouncementId, MemberId)>, DbError> {
    Ok(recipients::table
        .filter(recipients::mail_id.eq(mail))
        .select((recipients::announcement_id, recipients::member_id))
        .first(conn)
        .optional()?)
}

/// The same with `Sent` where it was on its way or rested and nothing of it is left to go: so it is shown before a tick
/// notes it, too.
pub(super) fn as_it_stands(conn: &mut Conn, announcement: Announcement) -> Result<Announcement, DbError> {
    let status = match announcement.status {
        Status::Sending | Status::Paused if is_over(conn, &announcement)? => Status::Sent,
        status => status,
    };
    Ok(Announcement { status, ..announcement })
}

/// Whether every mail is written, and has left or been given up.
fn is_over(conn: &mut Conn, announcement: &Announcement) -> Result<bool, DbError> {
    let to_go: i64 = outbox::table
        .filter(outbox::about.eq(announcement.about()))
        .filter(outbox::kind.eq(Kind::Announcement))
        .filter(outbox::status.eq_any([MailStatus::Queued, MailStatus::Sending]))
        .count()
        .get_result(conn)?;
    Ok(to_go == 0 && waiting(conn, &announcement.id, 1)?.is_empty())
}

/// One recipient and how far it is with them.
#[derive(Clone, Debug)]
pub(super) struct Recipient {
    pub member_id: MemberId,
    pub name: String,
    /// Why it was dropped before a mail was written; `None`: it was not.
    pub dropped: Option<String>,
    /// The mail, where it stands, and the far server's words.
    pub mail: Option<(OutboxId, MailStatus, String)>,
}

/// Everyone to whom it goes or went, by name.
pub(super) fn recipients(conn: &mut Conn, announcement: &Announcement) -> Result<Vec<Recipient>, DbError> {
    let rows: Vec<(MemberId, String, RecipientState, String, Option<OutboxId>)> = recipients::table
        .inner_join(members::table)
        .filter(recipients::announcement_id.eq(&announcement.id))
        .order((members::name, members::id))
        .select((
            recipients::member_id,
            members::name,
            recipients::state,
            recipients::why,
            recipients::mail_id,
        ))
        .load(conn)?;
    let mails: Vec<(OutboxId, MailStatus, String)> = outbox::table
        .filter(outbox::about.eq(announcement.about()))
        .filter(outbox::kind.eq(Kind::Announcement))
        .select((outbox::id, outbox::status, outbox::outcome))
        .load(conn)?;
    let mails: HashMap<OutboxId, (MailStatus, String)> = mails
        .into_iter()
        .map(|(id, status, outcome)| (id, (status, outcome)))
        .collect();
    let recipient =
        |(member_id, name, state, why, mail): (MemberId, String, RecipientState, String, Option<OutboxId>)| {
            let known = mail.and_then(|id| mails.get(&id).map(|(status, outcome)| (id, *status, outcome.clone())));
            Recipient {
                member_id,
                name,
                dropped: (state == RecipientState::Dropped).then_some(why),
                mail: known,
            }
        };
    Ok(rows.into_iter().map(recipient).collect())
}
