//! The invitation as it stands, once more, for somebody who says that it never came.
//!
//! Same UID and SEQUENCE, a later DTSTAMP (RFC 5546 §3.2.2): whoever has it already sees no second entry.

use super::ChangeError;
use crate::meetings::invitations::{Answer, again};
use crate::meetings::mail::{self, Reader};
use crate::meetings::model::{Invitation, InvitationStatus, MeetingId, Status, order_key, rsvp_token};
use crate::meetings::places;
use crate::meetings::store;
use crate::members::{self, Member, MemberId, unsubscribe};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::Conn;
use crate::platform::mail::outbox;
use crate::web::Coordinator;

/// Writes the mail; refuses where it would not help.
pub fn resend(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    member: &MemberId,
) -> Result<Member, ChangeError> {
    store::take_turn(tx)?;
    let meeting = store::find(tx, id)?.ok_or(ChangeError::NotFound)?;
    let member = members::store::find(tx, member)?.ok_or(ChangeError::NotFound)?;
    let held = store::invitation_of(tx, id, &member.id)?.ok_or(ChangeError::NotFound)?;
    let is_held = held.status == InvitationStatus::Invited && member.status == members::Status::Active;
    if meeting.status != Status::Scheduled || meeting.is_over(ctx.now) || !is_held {
        return Err(ChangeError::NotHeld);
    }
    if outbox::waits(tx, &order_key(id, &member.id))? {
        return Err(ChangeError::OnItsWay);
    }
    if outbox::is_suppressed(tx, &ctx.app.keys, &member.email)? {
        return Err(ChangeError::ComesBack);
    }
    let step = again(&held.sent(false), ctx.now);
    let off_url = &unsubscribe::link(tx, ctx, unsubscribe::Kind::Invitations, &member.id)?;
    let waits = held.answer == Answer::Maybe && places::waits(tx, &held.id)?;
    let reader = Reader { off_url, waits };
    let letter = mail::letter(ctx.app, &meeting, None, &member, &held.id, &step, reader)?;
    outbox::enqueue(tx, ctx, letter)?;
    let after = Invitation {
        last_stamp: step.stamp,
        updated_at: held.revised(ctx.now),
        ..held
    };
    store::save_invitation(tx, &after, &rsvp_token(&ctx.app.keys, &after.id))?;
    let about = format!("member:{}", member.id);
    let what = "sent an invitation again";
    audit::record(tx, ctx, by.id.as_str(), what, &about, &meeting.title)?;
    Ok(member)
}
