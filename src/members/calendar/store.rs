//! Choices and fetches in the database.

use diesel::prelude::*;

use super::model::{Program, Shows};
use crate::platform::clock::At;
use crate::platform::db::schema::{calendar_choices, calendar_fetches};
use crate::platform::db::{Conn, DbError};
use crate::web::MemberId;

/// A member's own calendar as it now stands.
#[derive(Clone, Debug)]
pub struct Own {
    pub shows: Shows,
    /// When they last chose what it shows.
    pub chosen_at: Option<At>,
    /// The last fetch by each family of programs, the latest first.
    pub fetches: Vec<(Program, At)>,
}

impl Own {
    pub fn fetched_by(&self, program: Program) -> Option<At> {
        let found = self.fetches.iter().find(|(known, _)| *known == program);
        found.map(|(_, at)| *at)
    }
}

pub fn own(conn: &mut Conn, id: &MemberId) -> Result<Own, DbError> {
    let choice: Option<(Shows, At)> = calendar_choices::table
        .find(id)
        .select((calendar_choices::shows, calendar_choices::chosen_at))
        .first(conn)
        .optional()?;
    let fetches = calendar_fetches::table
        .filter(calendar_fetches::member_id.eq(id))
        .order((calendar_fetches::at.desc(), calendar_fetches::program))
        .select((calendar_fetches::program, calendar_fetches::at))
        .load(conn)?;
    Ok(Own {
        shows: choice.map_or(Shows::All, |(shows, _)| shows),
        chosen_at: choice.map(|(_, at)| at),
        fetches,
    })
}

pub(super) fn choose(tx: &mut Conn, id: &MemberId, shows: Shows, at: At) -> Result<(), DbError> {
    crate::on_either!(tx, c => diesel::insert_into(calendar_choices::table)
        .values((
            calendar_choices::member_id.eq(id),
            calendar_choices::shows.eq(shows),
            calendar_choices::chosen_at.eq(at),
        ))
        .on_conflict(calendar_choices::member_id)
        .do_update()
        .set((calendar_choices::shows.eq(shows), calendar_choices::chosen_at.eq(at)))
        .execute(c))?;
    Ok(())
}

pub(super) fn note_fetch(tx: &mut Conn, id: &MemberId, program: Program, at: At) -> Result<(), DbError> {
    crate::on_either!(tx, c => diesel::insert_into(calendar_fetches::table)
        .values((
            calendar_fetches::member_id.eq(id),
            calendar_fetches::program.eq(program),
            calendar_fetches::at.eq(at),
        ))
        .on_conflict((calendar_fetches::member_id, calendar_fetches::program))
        .do_update()
        .set(calendar_fetches::at.eq(at))
        .execute(c))?;
    Ok(())
}

pub(super) fn forget_fetches(tx: &mut Conn, id: &MemberId) -> Result<(), DbError> {
    diesel::delete(calendar_fetches::table.filter(calendar_fetches::member_id.eq(id))).execute(tx)?;
    Ok(())
}

pub(super) fn forget_choice(tx: &mut Conn, id: &MemberId) -> Result<(), DbError> {
    diesel::delete(calendar_choices::table.find(id)).execute(tx)?;
    Ok(())
}
