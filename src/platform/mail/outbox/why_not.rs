//! What a slice knows and the outbox does not: whether a mail that waited still says what holds.

use super::{Kind, Row};
use crate::platform::app::App;
use crate::platform::db::{Conn, DbError};

/// Says why a mail must not go after all; `None` while it still holds.
pub type WhyNot = fn(&mut Conn, &Row) -> Result<Option<String>, DbError>;

/// Who is asked about mails of a kind in the moment in which they would go; an application part filled in by `server/`.
#[derive(Default)]
pub struct AskedBeforeSending(pub Vec<(Kind, WhyNot)>);

/// What the slice that wrote this mail says against sending it now.
pub(in crate::platform::mail) fn why_not(app: &App, conn: &mut Conn, row: &Row) -> Result<Option<String>, DbError> {
    let Some(AskedBeforeSending(asked)) = app.part() else {
        return Ok(None);
    };
    for (_, ask) in asked.iter().filter(|(kind, _)| *kind == row.kind) {
        if let Some(reason) = ask(conn, row)? {
            return Ok(Some(reason));
        }
    }
    Ok(None)
}
