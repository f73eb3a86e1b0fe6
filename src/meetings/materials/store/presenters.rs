//! Presenters, and the draft that they write together.

use diesel::prelude::*;

use crate::meetings::materials::model::{Logged, Presenter, PresenterId};
use crate::meetings::model::{Meeting, MeetingId, Status};
use crate::members::{Member, Status as Membership};
use crate::platform::clock::At;
use crate::platform::db::schema::{meetings, members, presenters, talk_drafts};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;

/// A meeting's presenters, in the order in which they were named.
pub fn presenters(conn: &mut Conn, meeting: &MeetingId) -> Result<Vec<(Presenter, Member)>, DbError> {
    let query = presenters::table
        .inner_join(members::table)
        .filter(presenters::meeting_id.eq(meeting))
        .order(presenters::id);
    Ok(query.select((Presenter::as_select(), Member::as_select())).load(conn)?)
}

/// Whoever holds this link, while they are a member.
pub fn by_log_token(conn: &mut Conn, token: &Plain) -> Result<Option<(Presenter, Meeting, Member)>, DbError> {
    let query = presenters::table
        .inner_join(meetings::table)
        .inner_join(members::table)
        .filter(presenters::log_hash.eq(token.hashed().as_str().to_owned()))
        .filter(members::status.eq(Membership::Active));
    Ok(query
        .select((Presenter::as_select(), Meeting::as_select(), Member::as_select()))
        .first(conn)
        .optional()?)
}

/// Those who have not been asked, of meetings that ended between these instants.
pub fn to_ask(conn: &mut Conn, after: At, before: At) -> Result<Vec<(Presenter, Meeting, Member)>, DbError> {
    let query = presenters::table
        .inner_join(meetings::table)
        .inner_join(members::table)
        .filter(presenters::asked_at.is_null())
        .filter(presenters::logged_at.is_null())
        .filter(members::status.eq(Membership::Active))
        .filter(meetings::status.eq(Status::Scheduled))
        .filter(meetings::ends_at.le(before))
        .filter(meetings::ends_at.gt(after))
        .order(presenters::id);
    Ok(query
        .select((Presenter::as_select(), Meeting::as_select(), Member::as_select()))
        .load(conn)?)
}

pub fn insert_presenter(tx: &mut Conn, presenter: &Presenter, token: &Plain) -> Result<(), DbError> {
    diesel::insert_into(presenters::table)
        .values((
            presenters::id.eq(&presenter.id),
            presenters::meeting_id.eq(&presenter.meeting_id),
            presenters::member_id.eq(&presenter.member_id),
            presenters::log_hash.eq(token.hashed().as_str()),
            presenters::outcome.eq(""),
            presenters::slides_link.eq(""),
        ))
        .execute(tx)?;
    Ok(())
}

pub fn delete_presenter(tx: &mut Conn, id: &PresenterId) -> Result<(), DbError> {
    diesel::delete(presenters::table.find(id)).execute(tx)?;
    Ok(())
}

pub fn save_asked(tx: &mut Conn, id: &PresenterId, at: At) -> Result<(), DbError> {
    diesel::update(presenters::table.find(id))
        .set(presenters::asked_at.eq(Some(at)))
        .execute(tx)?;
    Ok(())
}

pub fn save_logged(tx: &mut Conn, id: &PresenterId, logged: &Logged, at: At) -> Result<(), DbError> {
    diesel::update(presenters::table.find(id))
        .set((
            presenters::outcome.eq(&logged.outcome),
            presenters::slides_link.eq(&logged.slides_link),
            presenters::logged_at.eq(Some(at)),
        ))
        .execute(tx)?;
    Ok(())
}

/// The draft activity of a meeting, and its text as we last wrote it.
pub fn talk_draft(conn: &mut Conn, meeting: &MeetingId) -> Result<Option<(String, String)>, DbError> {
    let found = talk_drafts::table.find(meeting);
    Ok(found
        .select((talk_drafts::activity_id, talk_drafts::written))
        .first(conn)
        .optional()?)
}

pub fn save_talk_draft(tx: &mut Conn, meeting: &MeetingId, activity: &str, written: &str) -> Result<(), DbError> {
    diesel::delete(talk_drafts::table.find(meeting)).execute(tx)?;
    diesel::insert_into(talk_drafts::table)
        .values((
            talk_drafts::meeting_id.eq(meeting),
            talk_drafts::activity_id.eq(activity),
            talk_drafts::written.eq(written),
        ))
        .execute(tx)?;
    Ok(())
}
