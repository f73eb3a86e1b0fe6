//! What changes places. Every function runs inside the transaction of the answer or change that leads to it, after
//! `meetings::store::take_turn`: two people who press yes for the last place come one after the other.

use super::model::{Given, Rank, State, WaitingId, offer_until};
use super::{mail, store};
use crate::meetings::invitations::Answer;
use crate::meetings::model::{Invitation, Meeting, Status, Visibility};
use crate::meetings::store as meetings;
use crate::members::{self, Member};
use crate::platform::app::{App, Ctx};
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::web::deadline;

/// Takes in an answer: decides what a yes is worth, has it stored by `save`, and offers on what has got free.
pub fn take_in(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    meeting: &Meeting,
    invitation: &Invitation,
    said: Answer,
    rank: Rank,
    save: impl FnOnce(&mut Conn, Answer) -> Result<(), DbError>,
) -> Result<Given, DbError> {
    let known = store::of_invitation(tx, &invitation.id)?;
    if meeting.places.is_none() && known.is_none() {
        save(tx, said)?;
        return Ok(Given::plain(said));
    }
    // What has run out by now goes to the next in line, before anybody new is looked at.
    hand_on(tx, ctx, meeting)?;
    let keys = &ctx.app.keys;
    let known = store::of_invitation(tx, &invitation.id)?;
    let standing = store::standing(tx, keys, meeting)?;
    let has_a_place = invitation.answer == Answer::Yes;
    let must_wait = said == Answer::Yes && !standing.has_room_for(&invitation.id, has_a_place);
    let (mut given, mut ended) = (Given::plain(said), None);
    if must_wait {
        let was_in_line = invitation.answer == Answer::Maybe && known.as_ref().is_some_and(store::Row::is_open);
        store::join_line(tx, keys, &meeting.id, &invitation.id, known.as_ref(), rank, ctx.now)?;
        given.answer = Answer::Maybe;
        given.has_begun_to_wait = !was_in_line;
    } else if let Some(row) = known.filter(store::Row::is_open) {
        let state = if said == Answer::Yes { State::Taken } else { State::Gone };
        end(tx, ctx, &row, state)?;
        // A new time has asked them anew since, and its mail said nothing of the list.
        ended = (invitation.answer == Answer::Maybe).then_some(row);
    }
    save(tx, given.answer)?;
    if let Some(row) = ended {
        mail::tell_who_waited(tx, ctx, meeting, &row)?;
    }
    fill(tx, ctx, meeting)?;
    if must_wait {
        given.waits = store::standing(tx, keys, meeting)?.position(&invitation.id);
    }
    Ok(given)
}

/// What has run out goes to the next in line.
fn hand_on(tx: &mut Conn, ctx: &Ctx<'_>, meeting: &Meeting) -> Result<(), DbError> {
    for (row, invitation) in store::lapsed(tx, &meeting.id, ctx.now)? {
        end(tx, ctx, &row, State::Lapsed)?;
        store::revise(tx, &invitation, ctx.now)?;
        let by = invitation.member_id.as_str();
        audit::record(tx, ctx, by, "let an offer of a place run out", &meeting.about(), "")?;
    }
    fill(tx, ctx, meeting).map(|_| ())
}

/// Notes the end of a wait, and takes back what was not sent of it.
fn end(tx: &mut Conn, ctx: &Ctx<'_>, row: &store::Row, state: State) -> Result<(), DbError> {
    outbox::supersede(tx, ctx, &mail::order_key(&row.invitation_id))?;
    store::set_state(tx, &row.id, state, ctx.now)
}

/// Offers what is free to those who wait; to how many.
fn fill(tx: &mut Conn, ctx: &Ctx<'_>, meeting: &Meeting) -> Result<usize, DbError> {
    if meeting.status != Status::Scheduled {
        return Ok(0);
    }
    if meeting.places.is_some() && meeting.visibility == Visibility::Public {
        // The public page says whether it is full.
        ctx.touch_public();
    }
    let Some(until) = offer_until(ctx.now, meeting.starts_at) else {
        return Ok(0);
    };
    let standing = store::standing(tx, &ctx.app.keys, meeting)?;
    let mut offered = 0;
    for one in standing.next() {
        let Some(member) = members::store::find(tx, &one.member_id)? else {
            continue;
        };
        store::offer(tx, &one.id, until, ctx.now)?;
        if let Some(invitation) = store::invitation(tx, &one.invitation_id)? {
            store::revise(tx, &invitation, ctx.now)?;
        }
        outbox::enqueue(tx, ctx, mail::offer(ctx, meeting, &member, one, until)?)?;
        audit::record(
            tx,
            ctx,
            member.id.as_str(),
            "was offered a place",
            &meeting.about(),
            &format!("until {}", deadline(until, &meeting.time_zone).text),
        )?;
        offered += 1;
    }
    Ok(offered)
}

/// The offers that a change would make.
#[derive(Clone, Debug)]
pub struct Offers {
    pub until: At,
    pub to: Vec<(WaitingId, Member)>,
}

/// Whom a change would offer a place: nobody where the time is new, for then all are asked anew.
pub fn foresee(
    conn: &mut Conn,
    app: &App,
    after: &Meeting,
    time_changed: bool,
    now: At,
) -> Result<Option<Offers>, DbError> {
    let Some(until) = offer_until(now, after.starts_at).filter(|_| !time_changed) else {
        return Ok(None);
    };
    let standing = store::standing(conn, &app.keys, after)?;
    let mut to = Vec::new();
    for one in standing.next() {
        let member = members::store::find(conn, &one.member_id)?;
        to.extend(member.map(|member| (one.id.clone(), member)));
    }
    Ok((!to.is_empty()).then_some(Offers { until, to }))
}

/// After a change has been told: a new time ends what is offered, what a higher limit frees is offered; to how many.
pub fn after_change(tx: &mut Conn, ctx: &Ctx<'_>, meeting: &Meeting, time_changed: bool) -> Result<usize, DbError> {
    if time_changed {
        for row in store::open_of(tx, &meeting.id)? {
            end(tx, ctx, &row, State::Waiting)?;
        }
    }
    fill(tx, ctx, meeting)
}

/// A cancelled meeting has no waiting list.
pub fn close(tx: &mut Conn, ctx: &Ctx<'_>, meeting: &Meeting) -> Result<(), DbError> {
    for row in store::open_of(tx, &meeting.id)? {
        end(tx, ctx, &row, State::Gone)?;
    }
    Ok(())
}

/// Somebody has left the network: their place is free, their turn over.
pub fn left(tx: &mut Conn, ctx: &Ctx<'_>, meeting: &Meeting, member: &Member) -> Result<(), DbError> {
    let Some(invitation) = meetings::invitation_of(tx, &meeting.id, &member.id)? else {
        return Ok(());
    };
    if let Some(row) = store::of_invitation(tx, &invitation.id)?.filter(store::Row::is_open) {
        end(tx, ctx, &row, State::Gone)?;
    }
    fill(tx, ctx, meeting).map(|_| ())
}

/// Gives somebody back the turn that an answer took from them at `at`, for it was not theirs; whether there was one.
pub fn restore(tx: &mut Conn, invitation: &Invitation, at: At, now: At) -> Result<bool, DbError> {
    let found = store::of_invitation(tx, &invitation.id)?;
    let Some(row) = found.filter(|row| row.changed_at == at && matches!(row.state, State::Gone | State::Taken)) else {
        return Ok(false);
    };
    store::set_state(tx, &row.id, State::Waiting, now)?;
    Ok(true)
}

/// Timed work: what has run out goes to the next in line.
pub fn give_time(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), DbError> {
    if store::with_lapsed_offers(tx, ctx.now)?.is_empty() {
        return Ok(());
    }
    meetings::take_turn(tx)?;
    for meeting in store::with_lapsed_offers(tx, ctx.now)? {
        hand_on(tx, ctx, &meeting)?;
    }
    Ok(())
}
