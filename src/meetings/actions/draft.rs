//! Drafts: made, edited and copied without telling anyone.

use super::{ChangeError, current, revised, save};
use crate::meetings::model::{Details, Meeting, MeetingId, Status};
use crate::meetings::{reminders, store};
use crate::platform::app::{Ctx, fact};
use crate::platform::audit;
use crate::platform::db::Conn;
use crate::web::Coordinator;

/// The fact that holds the domain of every UID, from the first scheduling on.
pub(super) const MAIL_DOMAIN: &str = "mail domain";

/// Makes a draft; the same `id` a second time (a form sent twice) finds the first.
pub fn create(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: MeetingId,
    details: &Details,
) -> Result<Meeting, ChangeError> {
    if let Some(known) = store::find(tx, &id)? {
        return Ok(known);
    }
    let slug = store::free_slug(tx, &details.title)?;
    let uid = format!("{}@{}", uuid::Uuid::new_v4(), uid_domain(tx, ctx)?);
    store::insert(tx, &id, &uid, &slug, details, ctx.now)?;
    let meeting = store::find(tx, &id)?.ok_or(ChangeError::NotFound)?;
    audit::record(
        tx,
        ctx,
        by.id.as_str(),
        "drafted a meeting",
        &meeting.about(),
        &meeting.title,
    )?;
    Ok(meeting)
}

/// Makes a draft of the same details: its own UID, no answers, nothing sent.
pub fn copy(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    of: &MeetingId,
    id: MeetingId,
) -> Result<Meeting, ChangeError> {
    let original = current(tx, of, None)?;
    let copied = create(tx, ctx, by, id, &original.details())?;
    reminders::copy_choices(tx, ctx, of, &copied.id)?;
    Ok(copied)
}

/// Edits a meeting that nobody expects: a draft, or a cancelled one.
pub fn update(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    seen: Option<i32>,
    details: &Details,
) -> Result<Meeting, ChangeError> {
    let meeting = current(tx, id, seen)?;
    if meeting.status == Status::Scheduled {
        return Err(ChangeError::AlreadyScheduled);
    }
    if meeting.details() == *details {
        return Ok(meeting);
    }
    // Calendars still hold a cancelled one: what they are shown of it must not change under one SEQUENCE.
    let is_material = meeting.details().facts().starts_at != details.starts_at || meeting.ends_at != details.ends_at;
    let changed = Meeting {
        updated_at: revised(&meeting, ctx.now),
        sequence: meeting.sequence + i32::from(meeting.is_cancelled() && is_material),
        ..meeting.with(details)
    };
    save(tx, &changed)?;
    if changed.is_cancelled() {
        ctx.touch_public();
    }
    audit::record(
        tx,
        ctx,
        by.id.as_str(),
        "edited a meeting",
        &changed.about(),
        &changed.title,
    )?;
    Ok(changed)
}

/// The domain of UIDs: frozen by the first meeting that was scheduled, until then that of `mail.from`.
pub(super) fn uid_domain(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<String, ChangeError> {
    Ok(match fact(tx, MAIL_DOMAIN)? {
        Some(frozen) => frozen,
        None => sender_domain(ctx.app),
    })
}

/// The domain of `mail.from`.
pub(super) fn sender_domain(app: &crate::platform::app::App) -> String {
    let address = app.config.mail_from().map(|(_, address)| address).unwrap_or_default();
    match address.rsplit_once('@') {
        Some((_, domain)) => domain.to_lowercase(),
        None => "localhost".into(),
    }
}
