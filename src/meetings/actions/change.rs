//! Changing a scheduled meeting: first proposed, then told.

use super::tell::{Telling, Told, tell_all};
use super::{ChangeError, current, revised, save};
use crate::meetings::feeds;
use crate::meetings::invitations::{Move, material_change, raised};
use crate::meetings::model::{Details, Meeting, MeetingId, Status};
use crate::meetings::places;
use crate::meetings::store;
use crate::members;
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::Conn;
use crate::web::{Coordinator, MemberId, moment};

/// What became of a proposal.
#[derive(Debug)]
pub enum Proposed {
    Waits(Meeting),
    /// It says what the meeting is already, so nothing waits.
    ChangesNothing(Meeting),
}

/// Stores one proposed change, seen by coordinators only. Another coordinator's proposal is replaced only by
/// somebody who has `seen` it (its time, as the form showed it).
pub fn propose(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    version: Option<i32>,
    seen: &str,
    details: &Details,
) -> Result<Proposed, ChangeError> {
    let meeting = current(tx, id, None)?;
    if meeting.status != Status::Scheduled {
        return Err(ChangeError::Conflict);
    }
    if let (Some(whose), Some(at)) = (&meeting.pending_by, meeting.pending_at)
        && whose != by.id.as_str()
        && seen != at.to_string()
    {
        let name = members::store::find(tx, &MemberId::from(whose.as_str()))?.map(|member| member.name);
        return Err(ChangeError::OtherProposal {
            by: name.unwrap_or_else(|| "Another coordinator".into()),
            at: moment(at, &by.time_zone).text,
        });
    }
    if version.is_some_and(|version| version != meeting.version) && meeting.pending.is_none() {
        return Err(ChangeError::Conflict);
    }
    if meeting.details() == *details {
        let cleared = without_proposal(&meeting);
        if meeting.pending.is_some() {
            save(tx, &cleared)?;
        }
        return Ok(Proposed::ChangesNothing(cleared));
    }
    let proposed = Meeting {
        pending: Some(serde_json::to_string(details)?),
        pending_by: Some(by.id.as_str().to_owned()),
        pending_at: Some(ctx.now),
        ..meeting
    };
    save(tx, &proposed)?;
    audit::record(tx, ctx, by.id.as_str(), "proposed a change", &proposed.about(), "")?;
    Ok(Proposed::Waits(proposed))
}

/// Forgets the proposed change.
pub fn discard(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    seen: Option<i32>,
) -> Result<Meeting, ChangeError> {
    let meeting = current(tx, id, seen)?;
    if meeting.pending.is_none() {
        return Ok(meeting);
    }
    let cleared = without_proposal(&meeting);
    save(tx, &cleared)?;
    audit::record(tx, ctx, by.id.as_str(), "discarded a change", &cleared.about(), "")?;
    Ok(cleared)
}

fn without_proposal(meeting: &Meeting) -> Meeting {
    Meeting {
        pending: None,
        pending_by: None,
        pending_at: None,
        ..meeting.clone()
    }
}

/// What telling the proposed change would mean.
#[derive(Debug)]
pub struct Effect {
    pub before: Meeting,
    pub after: Meeting,
    /// Everyone invited must be told.
    pub is_material: bool,
    pub time_changed: bool,
    /// Whom to tell, if anyone.
    pub a_move: Option<Move>,
}

/// Works out what the proposed change means.
pub fn effect(conn: &mut Conn, meeting: &Meeting, now: At) -> Result<Effect, ChangeError> {
    let details = meeting.proposal()?.ok_or(ChangeError::NothingPending)?;
    let change = material_change(&meeting.details().facts(), &details.facts());
    let is_told = change.anything || meeting.time_zone != details.time_zone;
    let sequence = if change.raises_sequence {
        raised(meeting.sequence, store::sequences_sent(conn, &meeting.id)?.into_iter())
    } else {
        meeting.sequence
    };
    let after = Meeting {
        sequence,
        updated_at: revised(meeting, now),
        ..without_proposal(meeting).with(&details)
    };
    // Nobody wants mail about a meeting that is over.
    let a_move = (is_told && !after.is_over(now)).then_some(Move::Update {
        time_changed: change.time_changed,
    });
    Ok(Effect {
        before: meeting.clone(),
        is_material: change.raises_sequence,
        time_changed: change.time_changed,
        a_move,
        after,
    })
}

/// Makes the proposed change real, and tells everyone invited unless it is saved quietly.
pub fn apply(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    seen: Option<i32>,
    notify: bool,
) -> Result<(Meeting, Told), ChangeError> {
    let meeting = current(tx, id, seen)?;
    if meeting.status != Status::Scheduled {
        return Err(ChangeError::NothingPending);
    }
    let effect = effect(tx, &meeting, ctx.now)?;
    if effect.is_material && !notify {
        return Err(ChangeError::MustBeTold);
    }
    if effect.time_changed && effect.after.starts_at <= ctx.now {
        return Err(ChangeError::InThePast);
    }
    save(tx, &effect.after)?;
    feeds::store::note_visibility(tx, &effect.before, &effect.after, ctx.now)?;
    let mut told = match effect.a_move.filter(|_| notify) {
        None => Told::default(),
        Some(a_move) => tell_all(
            tx,
            ctx,
            Telling {
                meeting: &effect.after,
                was_cancelled: false,
                a_move,
                was: effect.time_changed.then_some(&effect.before),
            },
        )?,
    };
    told.offers = places::after_change(tx, ctx, &effect.after, effect.time_changed)?;
    let detail = format!("{} told, calendar version {}", told.mails, effect.after.sequence);
    audit::record(
        tx,
        ctx,
        by.id.as_str(),
        "changed a meeting",
        &effect.after.about(),
        &detail,
    )?;
    ctx.touch_public();
    Ok((effect.after, told))
}
