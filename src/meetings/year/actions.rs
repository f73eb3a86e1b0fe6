//! Copying a year: drafts with UIDs of their own, no answers, nothing sent.

use super::model::copy_id;
use crate::meetings::actions::{self, ChangeError};
use crate::meetings::model::{Details, MeetingId};
use crate::meetings::{reminders, store};
use crate::platform::app::Ctx;
use crate::platform::db::Conn;
use crate::web::Coordinator;

/// What came of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Copied {
    pub made: usize,
    /// Copied before, and left as they are.
    pub known: usize,
}

/// Makes a draft of each, with its details of the new year; one that was copied before is left alone.
pub fn copy_year(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    year: i16,
    drafts: &[(MeetingId, Details)],
) -> Result<Copied, ChangeError> {
    store::take_turn(tx)?;
    let mut copied = Copied::default();
    for (of, details) in drafts {
        store::find(tx, of)?.ok_or(ChangeError::NotFound)?;
        let id = copy_id(of, year);
        if store::find(tx, &id)?.is_some() {
            copied.known += 1;
        } else {
            actions::create(tx, ctx, by, id.clone(), details)?;
            reminders::copy_choices(tx, ctx, of, &id)?;
            copied.made += 1;
        }
    }
    Ok(copied)
}
