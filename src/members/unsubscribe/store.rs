//! What members chose, in the database; no row: as at first.

use std::collections::HashMap;

use diesel::prelude::*;

use super::model::{Choice, Kind};
use crate::platform::clock::At;
use crate::platform::db::schema::{mail_choices, members};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;
use crate::web::MemberId;

/// Who has chosen what about this kind, or has had such a mail.
pub fn choices(conn: &mut Conn, kind: Kind) -> Result<HashMap<MemberId, Choice>, DbError> {
    let rows: Vec<(MemberId, bool, At)> = mail_choices::table
        .filter(mail_choices::kind.eq(kind.as_str()))
        .select((mail_choices::member_id, mail_choices::is_on, mail_choices::since))
        .load(conn)?;
    let choice = |(id, is_on, since)| (id, Choice { is_on, since });
    Ok(rows.into_iter().map(choice).collect())
}

/// Whether such mail goes to this member.
pub fn is_on(conn: &mut Conn, kind: Kind, id: &MemberId) -> Result<bool, DbError> {
    if kind == Kind::Announcements {
        return wants_announcements(conn, id);
    }
    let chosen: Option<bool> = mail_choices::table
        .find((id, kind.as_str()))
        .select(mail_choices::is_on)
        .first(conn)
        .optional()?;
    Ok(chosen.unwrap_or(kind.is_on_at_first()))
}

/// Announcements need consent, which is kept with the member, not here.
fn wants_announcements(conn: &mut Conn, id: &MemberId) -> Result<bool, DbError> {
    let wants: Option<bool> = members::table
        .find(id)
        .select(members::wants_announcements)
        .first(conn)
        .optional()?;
    Ok(wants.unwrap_or(false))
}

/// Whose link this is, and for which kind.
pub(super) fn by_token(conn: &mut Conn, token: &Plain) -> Result<Option<(MemberId, Kind)>, DbError> {
    let row: Option<(MemberId, String)> = mail_choices::table
        .filter(mail_choices::token_hash.eq(token.hashed().as_str().to_owned()))
        .select((mail_choices::member_id, mail_choices::kind))
        .first(conn)
        .optional()?;
    Ok(row.and_then(|(id, kind)| Some((id, Kind::parse(&kind)?))))
}

/// The same for the tag of an address, which mail servers may have written in capitals.
pub fn by_tag(conn: &mut Conn, tag: &str) -> Result<Option<(MemberId, Kind)>, DbError> {
    by_token(conn, &Plain::given(&tag.to_ascii_lowercase()))
}

/// Notes that the member has a link of this kind from now on; what they chose already stays.
pub(super) fn begin(tx: &mut Conn, kind: Kind, id: &MemberId, at: At, token: &Plain) -> Result<(), DbError> {
    let row = (
        mail_choices::member_id.eq(id),
        mail_choices::kind.eq(kind.as_str()),
        mail_choices::is_on.eq(kind.is_on_at_first()),
        mail_choices::since.eq(at),
        mail_choices::token_hash.eq(token.hashed().as_str().to_owned()),
    );
    crate::on_either!(tx, c => diesel::insert_into(mail_choices::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(c))?;
    Ok(())
}

/// Writes a choice, new or known: the last one counts, also of two at the same time.
pub(super) fn save(tx: &mut Conn, kind: Kind, id: &MemberId, choice: Choice, token: &Plain) -> Result<(), DbError> {
    let state = (
        mail_choices::is_on.eq(choice.is_on),
        mail_choices::since.eq(choice.since),
    );
    let row = (
        mail_choices::member_id.eq(id),
        mail_choices::kind.eq(kind.as_str()),
        mail_choices::token_hash.eq(token.hashed().as_str().to_owned()),
        state,
    );
    crate::on_either!(tx, c => diesel::insert_into(mail_choices::table)
        .values(row)
        .on_conflict((mail_choices::member_id, mail_choices::kind))
        .do_update()
        .set(state)
        .execute(c))?;
    Ok(())
}
