//! Scheduling a meeting, and calling it off.

use super::draft::{MAIL_DOMAIN, sender_domain};
use super::tell::{Telling, Told, tell_all};
use super::{ChangeError, current, revised, save};
use crate::meetings::invitations::{Move, raised};
use crate::meetings::model::{Meeting, MeetingId, Status};
use crate::meetings::places;
use crate::meetings::store;
use crate::platform::app::{App, Ctx, fact, set_fact};
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::web::Coordinator;

/// The meeting as scheduling makes it: SEQUENCE as it is the first time, above everything sent the next.
pub fn again_or_first(conn: &mut Conn, meeting: &Meeting, now: At) -> Result<Meeting, ChangeError> {
    if meeting.status == Status::Scheduled {
        return Err(ChangeError::AlreadyScheduled);
    }
    if meeting.starts_at <= now {
        return Err(ChangeError::InThePast);
    }
    let sequence = if meeting.is_cancelled() {
        raised(meeting.sequence, store::sequences_sent(conn, &meeting.id)?.into_iter())
    } else {
        meeting.sequence
    };
    Ok(Meeting {
        status: Status::Scheduled,
        sequence,
        cancel_reason: String::new(),
        cancelled_at: None,
        scheduled_at: Some(now),
        updated_at: revised(meeting, now),
        ..meeting.clone()
    })
}

/// Invites every member, for the first time or again after a cancellation.
pub fn schedule(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    seen: Option<i32>,
) -> Result<(Meeting, Told), ChangeError> {
    let before = current(tx, id, seen)?;
    let mut meeting = again_or_first(tx, &before, ctx.now)?;
    let domain = freeze_domain(tx, ctx.app)?;
    if before.scheduled_at.is_none() {
        // A draft may be older than the domain's freezing.
        let unique = before.uid.split('@').next().unwrap_or(&before.uid);
        meeting.uid = format!("{unique}@{domain}");
    }
    save(tx, &meeting)?;
    let telling = Telling {
        meeting: &meeting,
        was_cancelled: before.is_cancelled(),
        a_move: Move::Invite,
        was: None,
    };
    let told = tell_all(tx, ctx, telling)?;
    let what = if before.is_cancelled() {
        "scheduled a cancelled meeting again"
    } else {
        "scheduled a meeting"
    };
    let detail = format!("{} invitations, calendar version {}", told.mails, meeting.sequence);
    audit::record(tx, ctx, by.id.as_str(), what, &meeting.about(), &detail)?;
    ctx.touch_public();
    Ok((meeting, told))
}

/// Invites those who became members without an invitation, as an import makes them; the others hear nothing.
pub fn invite_missing(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
) -> Result<(Meeting, Told), ChangeError> {
    let meeting = current(tx, id, None)?;
    if meeting.status != Status::Scheduled || meeting.is_over(ctx.now) {
        return Err(ChangeError::NotOn);
    }
    let telling = Telling {
        meeting: &meeting,
        was_cancelled: false,
        a_move: Move::Invite,
        was: None,
    };
    let told = tell_all(tx, ctx, telling)?;
    let detail = format!("{} invitations, calendar version {}", told.mails, meeting.sequence);
    audit::record(
        tx,
        ctx,
        by.id.as_str(),
        "invited those without an invitation",
        &meeting.about(),
        &detail,
    )?;
    Ok((meeting, told))
}

/// The domain of UIDs, decided now at the latest.
fn freeze_domain(tx: &mut Conn, app: &App) -> Result<String, DbError> {
    if let Some(frozen) = fact(tx, MAIL_DOMAIN)? {
        return Ok(frozen);
    }
    let domain = sender_domain(app);
    set_fact(tx, MAIL_DOMAIN, &domain)?;
    Ok(domain)
}

/// What to warn a coordinator of when mail now comes from another domain than the first invitations did.
pub fn domain_warning(conn: &mut Conn, app: &App) -> Result<Option<String>, DbError> {
    let now = sender_domain(app);
    Ok(fact(conn, MAIL_DOMAIN)?.filter(|frozen| *frozen != now).map(|frozen| {
        format!(
            "Mail now comes from {now}, while the first invitations came from {frozen}. Meetings keep their identity, \
             but calendars may not take changes to earlier meetings from another sender. Set mail.from back to \
             {frozen} if that was not meant."
        )
    }))
}

/// The meeting as cancelling makes it: SEQUENCE above everything anybody was sent.
pub fn cancelled(conn: &mut Conn, meeting: &Meeting, why: &str, now: At) -> Result<Meeting, ChangeError> {
    if meeting.status != Status::Scheduled {
        return Err(ChangeError::NotScheduled);
    }
    if meeting.is_over(now) {
        return Err(ChangeError::Over);
    }
    Ok(Meeting {
        status: Status::Cancelled,
        sequence: raised(meeting.sequence, store::sequences_sent(conn, &meeting.id)?.into_iter()),
        cancel_reason: why.to_owned(),
        cancelled_at: Some(now),
        pending: None,
        pending_by: None,
        pending_at: None,
        updated_at: revised(meeting, now),
        ..meeting.clone()
    })
}

/// Calls the meeting off and tells everyone whom an invitation may have reached.
pub fn cancel(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    seen: Option<i32>,
    why: &str,
) -> Result<(Meeting, Told), ChangeError> {
    let before = current(tx, id, seen)?;
    let meeting = cancelled(tx, &before, why, ctx.now)?;
    save(tx, &meeting)?;
    let telling = Telling {
        meeting: &meeting,
        was_cancelled: false,
        a_move: Move::Cancel,
        was: None,
    };
    let told = tell_all(tx, ctx, telling)?;
    places::close(tx, ctx, &meeting)?;
    let detail = format!("{} told, calendar version {}", told.mails, meeting.sequence);
    audit::record(
        tx,
        ctx,
        by.id.as_str(),
        "cancelled a meeting",
        &meeting.about(),
        &detail,
    )?;
    ctx.touch_public();
    Ok((meeting, told))
}
