//! Members who turn invitations off: what waits is taken back, what they hold is kept right or taken out.
//!
//! # Why
//! * Off means no new invitation. A meeting that stands in somebody's calendar already must not be left there wrong, so
//!   its changes and its cancellation still go, and so they do for whoever says yes or maybe on a page.
//! * Meetings they have not said yes or maybe to can be taken out of their calendar, by a CANCEL to them alone. The
//!   invitation itself stays: on the pages and in the private calendar, where they may still answer.
//! * Turning invitations on again sends those to the meetings ahead, above every SEQUENCE that went before.

use super::ChangeError;
use super::tell::{Telling, as_db_error, tell};
use crate::meetings::invitations::{Answer, Letters, Move};
use crate::meetings::model::{InvitationStatus, Meeting, Status, order_key, rsvp_token};
use crate::meetings::store::{self, Person};
use crate::meetings::{held_back, model::Invitation};
use crate::members::unsubscribe::{self, Kind};
use crate::members::{self, Member, MemberId};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::ical::Method;
use crate::platform::mail::outbox::{self, Earlier, Row};

/// Told by `members` inside the transaction in which somebody turns a kind of mail on or off.
pub fn choice_made(tx: &mut Conn, ctx: &Ctx<'_>, kind: Kind, id: &MemberId, is_on: bool) -> Result<(), DbError> {
    if kind != Kind::Invitations {
        return Ok(());
    }
    store::take_turn(tx)?;
    let Some(member) = members::store::find(tx, id)?.filter(|member| member.status == members::Status::Active) else {
        return Ok(());
    };
    let done = if is_on {
        catch_up(tx, ctx, &member)
    } else {
        take_back(tx, ctx, &member)
    };
    done.map_err(as_db_error)
}

/// Scheduled meetings to come.
fn ahead(tx: &mut Conn, now: At) -> Result<Vec<Meeting>, DbError> {
    let mut meetings = store::to_come(tx, now)?;
    meetings.retain(|meeting| meeting.status == Status::Scheduled);
    Ok(meetings)
}

/// Invites to everything ahead of which they were mailed nothing; an answer given on a page stands.
fn catch_up(tx: &mut Conn, ctx: &Ctx<'_>, member: &Member) -> Result<(), ChangeError> {
    for meeting in ahead(tx, ctx.now)? {
        let mut person = store::person(tx, &meeting, member)?;
        person.wants_invitations = true;
        let is_invited = |row: &Invitation| row.status == InvitationStatus::Invited;
        let a_move = match &person.invitation {
            Some(row) if is_invited(row) && !person.is_held_back => continue,
            Some(row) if is_invited(row) => {
                person.letters = Letters {
                    left: None,
                    waiting: None,
                };
                Move::Update { time_changed: false }
            }
            _ => Move::Invite,
        };
        let telling = Telling {
            meeting: &meeting,
            was_cancelled: false,
            a_move,
            was: None,
        };
        tell(tx, ctx, telling, &person)?;
    }
    Ok(())
}

/// Takes back invitations that have not left.
fn take_back(tx: &mut Conn, ctx: &Ctx<'_>, member: &Member) -> Result<(), ChangeError> {
    for meeting in ahead(tx, ctx.now)? {
        let person = store::person(tx, &meeting, member)?;
        let Some(row) = person.invitation.filter(|row| row.status == InvitationStatus::Invited) else {
            continue;
        };
        if person.letters.left.is_none()
            && outbox::supersede(tx, ctx, &order_key(&meeting.id, &member.id))? == Earlier::NeverLeft
        {
            held_back::note(tx, &row.id, ctx.now)?;
        }
    }
    Ok(())
}

/// The meetings in a member's calendar by mail that they have not said yes or maybe to.
pub fn can_be_taken_out(conn: &mut Conn, member: &Member, now: At) -> Result<Vec<Meeting>, DbError> {
    let mut found = Vec::new();
    for meeting in ahead(conn, now)? {
        let person = store::person(conn, &meeting, member)?;
        if is_held_without_a_yes(&person) {
            found.push(meeting);
        }
    }
    Ok(found)
}

fn is_held_without_a_yes(person: &Person) -> bool {
    let holds = person.letters.left.is_some_and(|kind| kind.method() == Method::Request);
    let is_open = person
        .invitation
        .as_ref()
        .is_some_and(|row| row.status == InvitationStatus::Invited && matches!(row.answer, Answer::None | Answer::No));
    holds && is_open && !person.is_held_back
}

/// Takes them out of the calendar; the number that was. Nothing while invitations are on.
pub fn take_out(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId) -> Result<usize, ChangeError> {
    store::take_turn(tx)?;
    let Some(member) = members::store::find(tx, id)? else {
        return Ok(0);
    };
    if unsubscribe::is_on(tx, Kind::Invitations, id)? {
        return Ok(0);
    }
    let mut count = 0;
    for meeting in can_be_taken_out(tx, &member, ctx.now)? {
        let person = store::person(tx, &meeting, &member)?;
        let telling = Telling {
            meeting: &meeting,
            was_cancelled: false,
            a_move: Move::Withdraw,
            was: None,
        };
        if !tell(tx, ctx, telling, &person)? {
            continue;
        }
        count += 1;
        if let Some(mut row) = store::invitation_of(tx, &meeting.id, id)? {
            // What may follow must stand above the CANCEL.
            row.status = InvitationStatus::Invited;
            row.sequence_sent = row.sequence_sent.saturating_add(1);
            store::save_invitation(tx, &row, &rsvp_token(&ctx.app.keys, &row.id))?;
            held_back::note(tx, &row.id, ctx.now)?;
        }
    }
    if count > 0 {
        let what = "took meetings out of their calendar";
        audit::record(tx, ctx, id.as_str(), what, &format!("member:{id}"), &count.to_string())?;
        ctx.touch_public();
    }
    Ok(count)
}

/// Asked before an invitation leaves the outbox.
pub fn why_not(conn: &mut Conn, row: &Row) -> Result<Option<String>, DbError> {
    let Some(id) = row.member_id.as_deref().map(MemberId::from) else {
        return Ok(None);
    };
    let is_on = unsubscribe::is_on(conn, Kind::Invitations, &id)?;
    Ok((!is_on).then(|| "not sent: they have turned invitations off".to_owned()))
}
