//! Joining through one's own link, noting who came, and switching own links on and off.

use std::collections::BTreeSet;

use super::model::{Door, How, door, target};
use super::store;
use crate::meetings::actions::{ChangeError, Proposed, propose, update};
use crate::meetings::model::{Details, Meeting, MeetingId, Status};
use crate::meetings::store as meetings;
use crate::members::{self, MemberId};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;
use crate::web::Coordinator;

/// Why nothing was noted.
#[derive(Debug, thiserror::Error)]
pub enum AttendanceError {
    #[error("There is no such meeting.")]
    NotFound,
    #[error("Only to a meeting that is scheduled can people have come.")]
    NotHeld,
    #[error("Who came can be noted from half an hour before the meeting starts.")]
    NotYet,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// What a press on the button behind one's own link comes to.
#[derive(Debug)]
pub enum Joined {
    /// It is noted, and this is where the meeting is.
    Go(String),
    /// The door is not open, or nothing is behind it yet: its page says so, and nothing is noted.
    Stay,
}

/// Notes that the holder of a link came, once, and says where the meeting is.
pub fn join(tx: &mut Conn, ctx: &Ctx<'_>, slug: &str, token: &Plain) -> Result<Joined, AttendanceError> {
    let found = store::by_token(tx, &ctx.app.keys, slug, token)?;
    let (meeting, _, member) = found.ok_or(AttendanceError::NotFound)?;
    let Some(target) = target(&meeting).filter(|_| door(&meeting, ctx.now) == Door::Open) else {
        return Ok(Joined::Stay);
    };
    if store::note(tx, &meeting.id, &member.id, How::Link, ctx.now)? {
        let own = member.id.as_str();
        audit::record(tx, ctx, own, "came to a meeting", &meeting.about(), "by their own link")?;
    }
    Ok(Joined::Go(target.into()))
}

/// Why nobody can be noted as having come to this meeting now, if so.
pub fn closed(meeting: &Meeting, now: crate::platform::clock::At) -> Option<AttendanceError> {
    match door(meeting, now) {
        Door::Cancelled => Some(AttendanceError::NotHeld),
        Door::Early { .. } => Some(AttendanceError::NotYet),
        Door::Open | Door::Over => None,
    }
}

fn open_meeting(tx: &mut Conn, ctx: &Ctx<'_>, id: &MeetingId) -> Result<Meeting, AttendanceError> {
    let meeting = meetings::find(tx, id)?.ok_or(AttendanceError::NotFound)?;
    closed(&meeting, ctx.now).map_or(Ok(meeting), Err)
}

/// A page of tick boxes as it came back.
#[derive(Clone, Debug, Default)]
pub struct Ticks {
    /// Who was ticked when the page was shown.
    pub shown: BTreeSet<MemberId>,
    pub ticked: BTreeSet<MemberId>,
}

/// What became of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Saved {
    pub added: usize,
    pub taken_away: usize,
    /// What others changed since the page was shown.
    pub meanwhile: usize,
}

/// Saves what differs from what the page showed; what others noted in the meantime stays.
pub fn save_ticks(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    ticks: &Ticks,
) -> Result<(Meeting, Saved), AttendanceError> {
    let meeting = open_meeting(tx, ctx, id)?;
    let noted = store::noted(tx, id)?;
    let mut saved = Saved::default();
    for member in members::store::active(tx)? {
        let was_shown = ticks.shown.contains(&member.id);
        saved.meanwhile += usize::from(noted.contains_key(&member.id) != was_shown);
        match (was_shown, ticks.ticked.contains(&member.id)) {
            (false, true) => {
                let is_new = store::note(tx, id, &member.id, How::Ticked, ctx.now)?;
                saved.added += usize::from(is_new);
            }
            (true, false) => saved.taken_away += usize::from(store::take_back(tx, id, &member.id)?),
            _ => {}
        }
    }
    if saved.added + saved.taken_away > 0 {
        let detail = format!("{} added, {} taken away", saved.added, saved.taken_away);
        audit::record(tx, ctx, by.id.as_str(), "noted who came", &meeting.about(), &detail)?;
    }
    Ok((meeting, saved))
}

/// Notes those whom a conferencing tool's report names; how many were not noted before.
pub fn save_import(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &str,
    id: &MeetingId,
    came: &BTreeSet<MemberId>,
) -> Result<(Meeting, usize), AttendanceError> {
    let meeting = open_meeting(tx, ctx, id)?;
    let mut added = 0;
    for member in members::store::active(tx)? {
        if came.contains(&member.id) {
            added += usize::from(store::note(tx, id, &member.id, How::Import, ctx.now)?);
        }
    }
    if added > 0 {
        let detail = format!("{added} added, from a conferencing tool’s report");
        audit::record(tx, ctx, by, "noted who came", &meeting.about(), &detail)?;
    }
    Ok((meeting, added))
}

/// Gives everyone a link of their own, or takes that back. Of a scheduled meeting it is a change that waits to be seen
/// and told, together with one that waits already (`seen`: its time, as the page showed it).
pub fn switch_own_links(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    seen: &str,
    is_on: bool,
) -> Result<Proposed, ChangeError> {
    meetings::take_turn(tx)?;
    let meeting = meetings::find(tx, id)?.ok_or(ChangeError::NotFound)?;
    let pending = meeting.proposal()?;
    let details = Details {
        has_own_links: is_on,
        ..pending.unwrap_or_else(|| meeting.details())
    };
    if meeting.status == Status::Scheduled {
        return propose(tx, ctx, by, id, None, seen, &details);
    }
    update(tx, ctx, by, id, None, &details).map(Proposed::ChangesNothing)
}
