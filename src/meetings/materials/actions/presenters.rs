//! Naming presenters, and asking them after the meeting, once.

use super::{MaterialError, current, note};
use crate::meetings::materials::model::{Presenter, PresenterId, log_token};
use crate::meetings::materials::{mail, store};
use crate::meetings::model::{Meeting, MeetingId};
use crate::members::unsubscribe::{self, Kind};
use crate::members::{self, MemberId};
use crate::platform::app::Ctx;
use crate::platform::clock::{days, hours};
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::web::Coordinator;

const MOST: usize = 30;
/// Presenters are left in peace for this long after the meeting.
const ASK_AFTER_HOURS: i64 = 1;
/// Of meetings longer ago nobody is asked, however late they are named.
const ASK_WITHIN_DAYS: i64 = 60;

/// Names a member as a presenter.
pub fn add(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    member: &MemberId,
) -> Result<Meeting, MaterialError> {
    let meeting = current(tx, id)?;
    let known = store::presenters(tx, id)?;
    if known.iter().any(|(presenter, _)| presenter.member_id == *member) {
        return Ok(meeting);
    }
    if known.len() >= MOST {
        return Err(MaterialError::Refused(format!(
            "A meeting has at most {MOST} presenters."
        )));
    }
    let member = members::store::find(tx, member)?.filter(|member| member.status == members::Status::Active);
    let member = member.ok_or(MaterialError::NotFound)?;
    let presenter = Presenter {
        id: PresenterId::new(),
        meeting_id: id.clone(),
        member_id: member.id.clone(),
        asked_at: None,
        outcome: String::new(),
        slides_link: String::new(),
        logged_at: None,
    };
    store::insert_presenter(tx, &presenter, &log_token(&ctx.app.keys, &presenter.id))?;
    note(tx, ctx, by.id.as_str(), "named a presenter", &meeting, "")?;
    Ok(meeting)
}

/// Takes somebody off the list; what they logged stays in the draft, and their link ends.
pub fn remove(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    presenter: &PresenterId,
) -> Result<Meeting, MaterialError> {
    let meeting = current(tx, id)?;
    let known = store::presenters(tx, id)?;
    if !known.iter().any(|(known, _)| known.id == *presenter) {
        return Err(MaterialError::NotFound);
    }
    store::delete_presenter(tx, presenter)?;
    note(tx, ctx, by.id.as_str(), "took a presenter off the list", &meeting, "")?;
    Ok(meeting)
}

/// Asks those whose meeting is over to log slides and outcome: each once, by state, and nobody who wants no invitations.
pub fn ask_presenters(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), DbError> {
    let (after, before) = (
        ctx.now.minus(days(ASK_WITHIN_DAYS)),
        ctx.now.minus(hours(ASK_AFTER_HOURS)),
    );
    for (presenter, meeting, member) in store::to_ask(tx, after, before)? {
        if !unsubscribe::is_on(tx, Kind::Invitations, &member.id)? {
            continue;
        }
        let off = unsubscribe::link(tx, ctx, Kind::Invitations, &member.id)?;
        let letter =
            mail::ask(ctx.app, &meeting, &presenter, &member, &off).map_err(|e| DbError::Cut(e.to_string()))?;
        outbox::enqueue(tx, ctx, letter)?;
        store::save_asked(tx, &presenter.id, ctx.now)?;
    }
    Ok(())
}
