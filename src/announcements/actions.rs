//! Every change of an announcement: writing it, confirming it, the batches of mails, pausing and stopping.

use super::audience::{Audience, Reach, reach};
use super::model::{Announcement, AnnouncementId, RecipientState, Status, Step, after};
use super::placeholders::{Prepared, Values};
use super::{mail, store};
use crate::members::unsubscribe::{self, Kind};
use crate::members::{self, MemberId};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{self, Kind as MailKind, Row};
use crate::platform::text::marks;
use crate::platform::text::zone;
use crate::web::Coordinator;

/// Mails written in one transaction: it holds up other writers for a moment only.
pub(super) const A_BATCH: i64 = 100;

/// What a coordinator writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    pub subject: String,
    pub body: String,
    pub audience: Audience,
    pub is_public: bool,
}

/// When it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    Now,
    /// At an instant, said in the clocks of a zone.
    Later(At, String),
}

/// Why an announcement was not changed or sent.
#[derive(Debug, thiserror::Error)]
pub enum AnnounceError {
    #[error("There is no such announcement.")]
    NotFound,
    #[error("It is on its way already, so it cannot be changed.")]
    NotADraft,
    #[error("Somebody has changed it since you opened this page. Look at it again before you send it.")]
    Changed,
    #[error("It would go to {now} now. Look at the number again, and type it.")]
    Number { now: usize },
    #[error("Nobody in this audience has asked for announcements, so there is nobody to send it to.")]
    Nobody,
    #[error("That time is past: choose a later one.")]
    Past,
    #[error("That is not possible any more: it stands differently now.")]
    NoStep,
    #[error("{0}")]
    Text(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Writes a draft. The same `id` a second time is the same form, sent twice or gone back to: it finds the first, and
/// changes it as long as nobody else has.
pub fn create(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: AnnouncementId,
    content: &Content,
) -> Result<Announcement, AnnounceError> {
    store::take_turn(tx)?;
    if let Some(known) = store::find(tx, &id)? {
        return match known.is_draft() && known.holds(content)? {
            true => Ok(known),
            false => edit(tx, ctx, by, &id, store::FIRST_VERSION, content),
        };
    }
    let prepared = Prepared::from(ctx.app, &content.subject, &content.body).map_err(AnnounceError::Text)?;
    let slug = store::free_slug(tx, &marks::without(&prepared.filled(&Values::neutral(ctx.app)).subject))?;
    store::insert(tx, &id, &slug, content, &ctx.app.config.network.time_zone, ctx.now)?;
    let announcement = known(tx, &id)?;
    record(tx, ctx, by.id.as_str(), "wrote an announcement", &announcement, "")?;
    Ok(announcement)
}

/// Saves other words or another audience; `seen` is the version that was on the screen.
pub fn edit(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &AnnouncementId,
    seen: i32,
    content: &Content,
) -> Result<Announcement, AnnounceError> {
    store::take_turn(tx)?;
    let announcement = draft(tx, id)?;
    if announcement.version != seen {
        return Err(AnnounceError::Changed);
    }
    store::save(tx, id, content, ctx.now)?;
    record(tx, ctx, by.id.as_str(), "edited an announcement", &announcement, "")?;
    known(tx, id)
}

/// Throws a draft away.
pub fn remove(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, id: &AnnouncementId) -> Result<(), AnnounceError> {
    store::take_turn(tx)?;
    let announcement = draft(tx, id)?;
    store::remove(tx, id)?;
    record(tx, ctx, by.id.as_str(), "threw an announcement away", &announcement, "")?;
    Ok(())
}

/// Mails it to the one who wrote it, marked as a test.
pub fn send_test(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, id: &AnnouncementId) -> Result<(), AnnounceError> {
    let announcement = known(tx, id)?;
    let member = members::store::find(tx, &by.id)?.ok_or(AnnounceError::NotFound)?;
    let prepared = Prepared::of(ctx.app, &announcement).map_err(AnnounceError::Text)?;
    let words = prepared.filled(&Values::of(ctx.app, &member));
    let letter = mail::test(ctx.app, &announcement, words, &member).map_err(|e| DbError::Cut(e.to_string()))?;
    outbox::enqueue(tx, ctx, letter)?;
    Ok(())
}

/// Fixes the recipients and lets it go, now or later. `number` is how many the coordinator read that it reaches.
pub fn confirm(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &AnnouncementId,
    seen: i32,
    number: usize,
    when: &When,
) -> Result<Announcement, AnnounceError> {
    store::take_turn(tx)?;
    let mut announcement = draft(tx, id)?;
    if announcement.version != seen {
        return Err(AnnounceError::Changed);
    }
    let reach: Reach = reach(tx, &ctx.app.keys, &announcement.audience()?)?;
    let now = reach.getting().count();
    match now {
        0 => return Err(AnnounceError::Nobody),
        now if now != number => return Err(AnnounceError::Number { now }),
        _ => {}
    }
    store::set_recipients(tx, id, reach.getting())?;
    let detail = match when {
        When::Now => {
            announcement.status = Status::Sending;
            announcement.started_at = Some(ctx.now);
            format!("to {now}")
        }
        When::Later(at, _) if *at <= ctx.now => return Err(AnnounceError::Past),
        When::Later(at, zone) => {
            announcement.status = Status::Scheduled;
            announcement.goes_at = Some(*at);
            announcement.time_zone.clone_from(zone);
            format!("to {now}, at {} {}", zone::utc_to_local(*at, zone), zone)
        }
    };
    store::save_state(tx, &announcement, ctx.now)?;
    touch(ctx, &announcement);
    let what = match announcement.status {
        Status::Scheduled => "scheduled an announcement",
        _ => "sent an announcement",
    };
    record(tx, ctx, by.id.as_str(), what, &announcement, &detail)?;
    known(tx, id)
}

/// Writes the next mails; `true` while there are more. Harmless twice, and when it is paused.
pub fn write_batch(tx: &mut Conn, ctx: &Ctx<'_>, id: &AnnouncementId) -> Result<bool, DbError> {
    store::take_turn(tx)?;
    let Some(announcement) = store::find(tx, id)?.filter(|found| found.status == Status::Sending) else {
        return Ok(false);
    };
    let waiting = store::waiting(tx, id, A_BATCH)?;
    if waiting.is_empty() {
        return Ok(false);
    }
    let prepared = Prepared::of(ctx.app, &announcement).map_err(DbError::Cut)?;
    for member in &waiting {
        write(tx, ctx, &announcement, &prepared, member)?;
    }
    let has_more = waiting.len() as i64 == A_BATCH;
    if has_more {
        ctx.leave_work();
    }
    Ok(has_more)
}

fn write(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    announcement: &Announcement,
    prepared: &Prepared,
    id: &MemberId,
) -> Result<(), DbError> {
    let member = members::store::find(tx, id)?.filter(|member| member.status == members::Status::Active);
    let why = match &member {
        None => "not sent: they are no member any more",
        Some(member) if !member.wants_announcements => NO_MORE,
        Some(_) => "",
    };
    let (Some(member), "") = (member, why) else {
        return store::note(tx, &announcement.id, id, RecipientState::Dropped, why, None);
    };
    let off = unsubscribe::link(tx, ctx, Kind::Announcements, id)?;
    let words = prepared.filled(&Values::of(ctx.app, &member));
    let letter = match mail::letter(ctx.app, announcement, words, &member, &off) {
        Ok(letter) => letter,
        // One that cannot be written keeps nobody else waiting.
        Err(e) => {
            let why = format!("not sent: {e}");
            return store::note(tx, &announcement.id, id, RecipientState::Dropped, &why, None);
        }
    };
    let mail = outbox::enqueue(tx, ctx, letter)?;
    store::note(tx, &announcement.id, id, RecipientState::Written, "", mail.as_ref())
}

const NO_MORE: &str = "not sent: they take no announcements any more";

/// The tick: begins what is due, goes on with what a crash left, ends what is done.
pub fn go_on(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), DbError> {
    for mut announcement in store::with_status(tx, Status::Scheduled)? {
        if announcement.goes_at.is_none_or(|at| at > ctx.now) {
            continue;
        }
        store::take_turn(tx)?;
        // Looked at again in turn: it may just have been taken back.
        if store::find(tx, &announcement.id)?.is_none_or(|now| now.status != Status::Scheduled) {
            continue;
        }
        announcement.status = Status::Sending;
        announcement.started_at = Some(ctx.now);
        store::save_state(tx, &announcement, ctx.now)?;
        touch(ctx, &announcement);
        record(
            tx,
            ctx,
            "system",
            "began to send an announcement",
            &announcement,
            "as scheduled",
        )?;
    }
    for announcement in store::with_status(tx, Status::Sending)? {
        match write_batch(tx, ctx, &announcement.id) {
            Ok(_) => finish(tx, ctx, &announcement.id)?,
            // Words that cannot be used hold up no other announcement.
            Err(DbError::Cut(why)) => tracing::error!(announcement = %announcement.id, why, "it cannot be sent"),
            Err(e) => return Err(e),
        }
    }
    for announcement in store::with_status(tx, Status::Paused)? {
        finish(tx, ctx, &announcement.id)?;
    }
    Ok(())
}

/// Notes that nothing of it is left to go.
fn finish(tx: &mut Conn, ctx: &Ctx<'_>, id: &AnnouncementId) -> Result<(), DbError> {
    store::take_turn(tx)?;
    let Some(found) = store::find(tx, id)? else {
        return Ok(());
    };
    let before = found.status;
    let mut announcement = store::as_it_stands(tx, found)?;
    if announcement.status == before {
        return Ok(());
    }
    announcement.ended_at = Some(ctx.now);
    outbox::release(tx, ctx, &announcement.about())?;
    store::save_state(tx, &announcement, ctx.now)?;
    record(tx, ctx, "system", "finished an announcement", &announcement, "")
}

/// Pauses, resumes or stops it.
pub fn take_step(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &AnnouncementId,
    step: Step,
) -> Result<Announcement, AnnounceError> {
    store::take_turn(tx)?;
    let known_as = known(tx, id)?;
    let mut announcement = store::as_it_stands(tx, known_as)?;
    announcement.status = after(announcement.status, step).ok_or(AnnounceError::NoStep)?;
    let about = announcement.about();
    let (what, detail) = match announcement.status {
        Status::Paused => {
            outbox::hold(tx, ctx, &about)?;
            ("paused an announcement", String::new())
        }
        Status::Stopped => {
            let why = "not sent: a coordinator stopped the announcement";
            let dropped =
                store::drop_waiting(tx, id, why)? + outbox::drop_waiting(tx, ctx, MailKind::Announcement, &about, why)?;
            outbox::release(tx, ctx, &about)?;
            announcement.ended_at = Some(ctx.now);
            ("stopped an announcement", format!("{dropped} not sent"))
        }
        Status::Draft => {
            store::forget_recipients(tx, id)?;
            announcement.goes_at = None;
            ("took a scheduled announcement back", String::new())
        }
        Status::Sending | Status::Scheduled | Status::Sent => {
            outbox::release(tx, ctx, &about)?;
            ("resumed an announcement", String::new())
        }
    };
    store::save_state(tx, &announcement, ctx.now)?;
    touch(ctx, &announcement);
    record(tx, ctx, by.id.as_str(), what, &announcement, &detail)?;
    known(tx, id)
}

/// Asked before an announcement leaves the outbox: what has changed since it was written that speaks against it.
pub fn why_not(conn: &mut Conn, row: &Row) -> Result<Option<String>, DbError> {
    let Some((id, member)) = store::by_mail(conn, &row.id)? else {
        return Ok(Some("not sent: the announcement is gone".to_owned()));
    };
    let status = store::find(conn, &id)?.map(|announcement| announcement.status);
    let reason = match status {
        Some(Status::Stopped) => Some("not sent: a coordinator stopped the announcement"),
        _ if !unsubscribe::is_on(conn, Kind::Announcements, &member)? => Some(NO_MORE),
        _ => None,
    };
    Ok(reason.map(str::to_owned))
}

fn known(conn: &mut Conn, id: &AnnouncementId) -> Result<Announcement, AnnounceError> {
    store::find(conn, id)?.ok_or(AnnounceError::NotFound)
}

fn draft(conn: &mut Conn, id: &AnnouncementId) -> Result<Announcement, AnnounceError> {
    let announcement = known(conn, id)?;
    match announcement.is_draft() {
        true => Ok(announcement),
        false => Err(AnnounceError::NotADraft),
    }
}

/// The archive may look different now.
fn touch(ctx: &Ctx<'_>, announcement: &Announcement) {
    if announcement.is_public {
        ctx.touch_public();
    }
}

fn record(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &str,
    what: &str,
    announcement: &Announcement,
    detail: &str,
) -> Result<(), DbError> {
    let detail = match detail {
        "" => announcement.subject.clone(),
        detail => format!("{}; {detail}", announcement.subject),
    };
    audit::record(tx, ctx, by, what, &announcement.about(), &detail)
}
