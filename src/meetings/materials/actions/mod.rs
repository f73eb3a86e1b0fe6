//! What changes a meeting's materials. Whatever readers see drops the kept pages; calendars never change.

pub mod agenda;
pub mod files;
pub mod log;
pub mod minutes;
pub mod presenters;
pub mod recap;
pub mod recording;

use crate::meetings::model::{Meeting, MeetingId};
use crate::meetings::store as meetings;
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::platform::render::RenderError;
use crate::web::WebError;

/// Why something about a meeting was not changed.
#[derive(Debug, thiserror::Error)]
pub enum MaterialError {
    #[error("There is no such meeting, or nothing of that kind belongs to it.")]
    NotFound,
    /// Somebody else saved in between.
    #[error("Somebody else has saved this since you opened the page.")]
    Changed,
    #[error("There is no version of the minutes to publish: write them first.")]
    NothingToPublish,
    #[error("{0}")]
    Refused(String),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<diesel::result::Error> for MaterialError {
    fn from(e: diesel::result::Error) -> MaterialError {
        MaterialError::Db(e.into())
    }
}

impl From<MaterialError> for WebError {
    fn from(e: MaterialError) -> WebError {
        match e {
            MaterialError::NotFound => WebError::NotFound,
            MaterialError::Db(e) => e.into(),
            MaterialError::Render(e) => e.into(),
            other => WebError::Refused(other.to_string()),
        }
    }
}

/// The meeting, after whatever change of meetings is under way.
fn current(tx: &mut Conn, id: &MeetingId) -> Result<Meeting, MaterialError> {
    meetings::take_turn(tx)?;
    meetings::find(tx, id)?.ok_or(MaterialError::NotFound)
}

fn note(tx: &mut Conn, ctx: &Ctx<'_>, by: &str, what: &str, meeting: &Meeting, detail: &str) -> Result<(), DbError> {
    audit::record(tx, ctx, by, what, &meeting.about(), detail)
}
