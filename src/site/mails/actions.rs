//! Keeping words, and putting the original back.

use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::{Conn, DbError, take_turn};
use crate::platform::mail::words::{MailKind, sample_facts, store};
use crate::platform::render::reworded::{Source, Unfit, original};
use crate::platform::text::line::excerpt;
use crate::web::{Coordinator, WebError};

/// Why words are not kept.
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    #[error("these words cannot be used")]
    Unfit(Unfit),
    #[error("Another coordinator has changed this mail since you opened it.")]
    Conflict,
    #[error("Nothing was different, so nothing was saved.")]
    Same,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<WordsError> for WebError {
    fn from(e: WordsError) -> WebError {
        match e {
            WordsError::Db(e) => e.into(),
            WordsError::Unfit(unfit) => WebError::Unprocessable(unfit.all()),
            e @ (WordsError::Conflict | WordsError::Same) => WebError::Refused(e.to_string()),
        }
    }
}

fn about(kind: &MailKind) -> String {
    format!("words:{}", kind.name)
}

/// The row as it is, if it is still the one that the form was made from.
fn unchanged(tx: &mut Conn, kind: &MailKind, version: i32) -> Result<Option<store::Row>, WordsError> {
    take_turn(tx, &about(kind))?;
    let row = store::find(tx, kind.name)?;
    match row.as_ref().map_or(0, |row| row.version) == version {
        true => Ok(row),
        false => Err(WordsError::Conflict),
    }
}

/// Keeps words that fit; from now on this mail goes in them.
pub fn reword(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    kind: &MailKind,
    version: i32,
    source: &Source,
) -> Result<(), WordsError> {
    let row = unchanged(tx, kind, version)?;
    let now = row.and_then(|row| row.source()).or_else(|| original(kind.name));
    if now.as_ref() == Some(source) {
        return Err(WordsError::Same);
    }
    let facts = sample_facts(ctx.app, kind);
    ctx.app
        .renderer
        .reword(kind, &facts, source)
        .map_err(WordsError::Unfit)?;
    store::put(tx, ctx, kind.name, Some(source), version + 1, by.id.as_str())?;
    let detail = excerpt(&format!("{}: {}", kind.title, source.subject), 200);
    audit::record(tx, ctx, by.id.as_str(), "reworded a mail", &about(kind), &detail)?;
    Ok(())
}

/// Puts the original's words back.
pub fn restore(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    kind: &MailKind,
    version: i32,
) -> Result<(), WordsError> {
    let row = unchanged(tx, kind, version)?;
    if row.and_then(|row| row.source()).is_none() {
        return Err(WordsError::Same);
    }
    store::put(tx, ctx, kind.name, None, version + 1, by.id.as_str())?;
    let what = "put the original words of a mail back";
    audit::record(tx, ctx, by.id.as_str(), what, &about(kind), kind.title)?;
    Ok(())
}
