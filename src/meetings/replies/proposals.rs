//! Other times that members propose from their calendars (COUNTER, RFC 5546 §3.2.7): kept for a coordinator, who takes
//! one up with one press. Taking it up is the change that any coordinator proposes: it is seen before it is told.

use diesel::prelude::*;

use super::mail;
use super::take::{Came as What, Incoming, Taken};
use crate::meetings::actions::{ChangeError, propose};
use crate::meetings::model::{Details, Invitation, Meeting, MeetingId};
use crate::meetings::store as meetings;
use crate::members::{self, Member, MemberId};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::{At, days};
use crate::platform::db::schema::proposals;
use crate::platform::db::{Conn, DbError};
use crate::platform::ical::Object;
use crate::platform::mail::outbox;
use crate::platform::text::zone;
use crate::web::Coordinator;
use crate::{id, text_enum};

id!(
    /// Another time that a member proposed.
    ProposalId
);

text_enum! {
    /// What became of it.
    pub enum Decided {
        Open = "open",
        TakenUp = "taken-up",
        SetAside = "set-aside",
    }
}

/// Another time that a member proposed.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = proposals)]
pub struct Proposal {
    pub id: ProposalId,
    pub meeting_id: MeetingId,
    pub member_id: MemberId,
    pub at: At,
    pub starts_at: At,
    pub ends_at: At,
    pub comment: String,
    pub status: Decided,
}

/// Keeps what a member proposes, and tells them that the meeting stays as it is until everyone hears otherwise.
#[allow(clippy::too_many_arguments, reason = "each is looked up once, by the caller")]
pub(super) fn take(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    given: &Incoming<'_>,
    object: &Object,
    meeting: &Meeting,
    member: &Member,
    invitation: &Invitation,
) -> Result<Taken, DbError> {
    let said = |result, why: String| Taken {
        result,
        why,
        member: None,
        meeting: None,
    };
    let name = &member.name;
    let Some(starts_at) = object.starts_at else {
        return Ok(said(
            What::Held,
            format!("{name} proposes another time, but it cannot be read."),
        ));
    };
    let length = meeting.ends_at.since(meeting.starts_at);
    let ends_at = object
        .ends_at
        .filter(|end| *end > starts_at)
        .unwrap_or(starts_at.plus(length));
    if starts_at <= ctx.now {
        return Ok(said(What::Held, format!("{name} proposes a time that is over.")));
    }
    if ends_at.since(starts_at) > days(1) {
        return Ok(said(
            What::Held,
            format!("{name} proposes a meeting of more than a day."),
        ));
    }
    if (starts_at, ends_at) == (meeting.starts_at, meeting.ends_at) {
        return Ok(said(
            What::Stale,
            format!("{name} proposes the time that holds already."),
        ));
    }
    let same = proposals::table
        .filter(proposals::meeting_id.eq(&meeting.id))
        .filter(proposals::member_id.eq(&member.id))
        .filter(proposals::starts_at.eq(starts_at))
        .filter(proposals::ends_at.eq(ends_at));
    let known: Option<Decided> = same.select(proposals::status).first(tx).optional()?;
    match known {
        Some(Decided::Open) => {}
        // Made again after it was decided: it stands there again.
        Some(_) => {
            diesel::update(same)
                .set((
                    proposals::at.eq(ctx.now),
                    proposals::comment.eq(&object.comment),
                    proposals::status.eq(Decided::Open),
                ))
                .execute(tx)?;
        }
        None => {
            diesel::insert_into(proposals::table)
                .values((
                    proposals::id.eq(ProposalId::new()),
                    proposals::meeting_id.eq(&meeting.id),
                    proposals::member_id.eq(&member.id),
                    proposals::at.eq(ctx.now),
                    proposals::starts_at.eq(starts_at),
                    proposals::ends_at.eq(ends_at),
                    proposals::comment.eq(&object.comment),
                    proposals::status.eq(Decided::Open),
                ))
                .execute(tx)?;
        }
    }
    if known != Some(Decided::Open) {
        audit::record(
            tx,
            ctx,
            member.id.as_str(),
            "proposed another time",
            &meeting.about(),
            "",
        )?;
    }
    outbox::enqueue(
        tx,
        ctx,
        mail::proposal_kept(ctx, meeting, member, invitation, given.message_id)?,
    )?;
    let when = zone::long_date_time_range(starts_at, ends_at, &meeting.time_zone);
    Ok(said(
        What::Proposal,
        format!("{name} proposes {when}. It stands on the meeting’s page, to be taken up or set aside."),
    ))
}

/// What waits for a meeting, in the order in which it came, with who proposed it.
pub fn open_of(conn: &mut Conn, meeting: &MeetingId) -> Result<Vec<(Proposal, Member)>, DbError> {
    let found: Vec<Proposal> = proposals::table
        .filter(proposals::meeting_id.eq(meeting))
        .filter(proposals::status.eq(Decided::Open))
        .order(proposals::id)
        .select(Proposal::as_select())
        .load(conn)?;
    let mut open = Vec::new();
    for proposal in found {
        if let Some(member) = members::store::find(conn, &proposal.member_id)? {
            open.push((proposal, member));
        }
    }
    Ok(open)
}

/// How many wait, over all meetings.
pub fn count_open(conn: &mut Conn) -> Result<i64, DbError> {
    Ok(proposals::table
        .filter(proposals::status.eq(Decided::Open))
        .count()
        .get_result(conn)?)
}

/// Takes a proposal up, as a change that waits to be seen and told, or sets it aside.
pub fn decide(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &ProposalId,
    to: Decided,
) -> Result<Meeting, ChangeError> {
    meetings::take_turn(tx)?;
    let found = proposals::table.find(id).filter(proposals::status.eq(Decided::Open));
    let proposal: Option<Proposal> = found
        .select(Proposal::as_select())
        .first(tx)
        .optional()
        .map_err(DbError::from)?;
    let proposal = proposal.ok_or(ChangeError::NotFound)?;
    let meeting = meetings::find(tx, &proposal.meeting_id)?.ok_or(ChangeError::NotFound)?;
    if to == Decided::TakenUp {
        let pending = meeting.proposal().map_err(|e| DbError::Cut(e.to_string()))?;
        let zone_name = pending
            .as_ref()
            .map_or(&meeting.time_zone, |pending| &pending.time_zone)
            .clone();
        let local = |at: At| zone::utc_to_local(at, &zone_name);
        let details = Details {
            starts_local: local(proposal.starts_at),
            ends_local: local(proposal.ends_at),
            starts_at: proposal.starts_at,
            ends_at: proposal.ends_at,
            // A change that waits to be told already is kept, with this time.
            ..pending.unwrap_or_else(|| meeting.details())
        };
        propose(tx, ctx, by, &meeting.id, Some(meeting.version), "", &details)?;
    }
    diesel::update(proposals::table.find(id))
        .set(proposals::status.eq(to))
        .execute(tx)
        .map_err(DbError::from)?;
    let what = if to == Decided::TakenUp {
        "took up a proposed time"
    } else {
        "set a proposed time aside"
    };
    audit::record(tx, ctx, by.id.as_str(), what, &meeting.about(), "")?;
    Ok(meeting)
}
