//! The waiting lists in the database.

use std::collections::HashSet;

use diesel::prelude::*;

use super::model::{InLine, Rank, Standing, State, WaitingId};
use crate::meetings::invitations::Answer;
use crate::meetings::model::{Invitation, InvitationId, InvitationStatus, Meeting, MeetingId, Status};
use crate::members::MemberId;
use crate::platform::clock::At;
use crate::platform::db::schema::{invitations, meetings, members, waiting};
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::platform::secret::{Keys, Plain};

/// A row, whatever became of it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = waiting)]
pub struct Row {
    pub id: WaitingId,
    pub invitation_id: InvitationId,
    pub since: At,
    pub state: State,
    pub offer_until: Option<At>,
    pub changed_at: At,
}

impl Row {
    /// Whether it stands in the line, if the invitation says maybe.
    pub fn is_open(&self) -> bool {
        matches!(self.state, State::Waiting | State::Offered)
    }
}

/// The token in `/places/<token>`.
pub fn token(keys: &Keys, id: &WaitingId) -> Plain {
    keys.derive("place", id.as_str(), 0)
}

pub fn of_invitation(conn: &mut Conn, id: &InvitationId) -> Result<Option<Row>, DbError> {
    let found = waiting::table.filter(waiting::invitation_id.eq(id));
    Ok(found.select(Row::as_select()).first(conn).optional()?)
}

/// Whether somebody whose invitation says maybe stands in the line.
pub fn waits(conn: &mut Conn, id: &InvitationId) -> Result<bool, DbError> {
    Ok(of_invitation(conn, id)?.is_some_and(|row| row.is_open()))
}

/// The row behind a link, with its invitation and meeting.
pub fn by_token(conn: &mut Conn, token: &Plain) -> Result<Option<(Row, Invitation, Meeting)>, DbError> {
    let found = waiting::table
        .inner_join(invitations::table.inner_join(meetings::table))
        .filter(waiting::token_hash.eq(token.hashed().as_str().to_owned()))
        .select((Row::as_select(), Invitation::as_select(), Meeting::as_select()));
    Ok(found.first(conn).optional()?)
}

/// Those who wait or are offered a place, in their turn.
fn open_rows(conn: &mut Conn, meeting: &MeetingId) -> Result<Vec<(Row, MemberId, String)>, DbError> {
    let query = waiting::table
        .inner_join(invitations::table.inner_join(members::table))
        .filter(invitations::meeting_id.eq(meeting))
        .filter(invitations::status.eq(InvitationStatus::Invited))
        .filter(invitations::answer.eq(Answer::Maybe))
        .filter(waiting::state.eq_any([State::Waiting, State::Offered]))
        .order((waiting::turn, waiting::id))
        .select((Row::as_select(), members::id, members::email));
    Ok(query.load(conn)?)
}

/// How the places of a meeting stand, with the limit that `meeting` has.
pub fn standing(conn: &mut Conn, keys: &Keys, meeting: &Meeting) -> Result<Standing, DbError> {
    let yes: i64 = invitations::table
        .filter(invitations::meeting_id.eq(&meeting.id))
        .filter(invitations::status.eq(InvitationStatus::Invited))
        .filter(invitations::answer.eq(Answer::Yes))
        .count()
        .get_result(conn)?;
    let mut line = Vec::new();
    for (row, member_id, email) in open_rows(conn, &meeting.id)? {
        line.push(InLine {
            is_reachable: !outbox::is_suppressed(conn, keys, &email)?,
            id: row.id,
            invitation_id: row.invitation_id,
            member_id,
            since: row.since,
            offer_until: row.offer_until.filter(|_| row.state == State::Offered),
        });
    }
    Ok(Standing {
        places: meeting.places,
        yes: usize::try_from(yes).unwrap_or(0),
        line,
    })
}

/// The meetings for which a member waits.
pub fn waits_for(conn: &mut Conn, member: &MemberId) -> Result<HashSet<MeetingId>, DbError> {
    let query = waiting::table
        .inner_join(invitations::table)
        .filter(invitations::member_id.eq(member))
        .filter(invitations::status.eq(InvitationStatus::Invited))
        .filter(invitations::answer.eq(Answer::Maybe))
        .filter(waiting::state.eq_any([State::Waiting, State::Offered]))
        .select(invitations::meeting_id);
    Ok(query.load::<MeetingId>(conn)?.into_iter().collect())
}

/// Who has said yes to a meeting and has no place: they wait, are offered one, or let an offer run out and have said
/// nothing since. Their invitations say maybe.
pub fn without_a_place(conn: &mut Conn, meeting: &MeetingId) -> Result<HashSet<InvitationId>, DbError> {
    let query = waiting::table
        .inner_join(invitations::table)
        .filter(invitations::meeting_id.eq(meeting))
        .filter(invitations::answer.eq(Answer::Maybe))
        .filter(waiting::state.eq_any([State::Waiting, State::Offered, State::Lapsed]))
        .select((Row::as_select(), Invitation::as_select()));
    let rows: Vec<(Row, Invitation)> = query.load(conn)?;
    let waits = rows
        .into_iter()
        .filter(|(row, invitation)| row.is_open() || invitation.answered_at.is_none_or(|at| at < row.changed_at));
    Ok(waits.map(|(_, invitation)| invitation.id).collect())
}

/// The meetings where an offer has run out.
pub fn with_lapsed_offers(conn: &mut Conn, now: At) -> Result<Vec<Meeting>, DbError> {
    let query = waiting::table
        .inner_join(invitations::table.inner_join(meetings::table))
        .filter(waiting::state.eq(State::Offered))
        .filter(waiting::offer_until.le(now))
        .filter(meetings::status.eq(Status::Scheduled))
        .order(waiting::offer_until)
        .select(Meeting::as_select());
    let mut found: Vec<Meeting> = query.load(conn)?;
    let mut seen = HashSet::new();
    found.retain(|meeting| seen.insert(meeting.id.clone()));
    Ok(found)
}

/// The offers of a meeting that have run out, with their invitations.
pub fn lapsed(conn: &mut Conn, meeting: &MeetingId, now: At) -> Result<Vec<(Row, Invitation)>, DbError> {
    let query = waiting::table
        .inner_join(invitations::table)
        .filter(invitations::meeting_id.eq(meeting))
        .filter(waiting::state.eq(State::Offered))
        .filter(waiting::offer_until.le(now))
        .order((waiting::offer_until, waiting::turn))
        .select((Row::as_select(), Invitation::as_select()));
    Ok(query.load(conn)?)
}

/// Every row of a meeting that is not over, whatever the invitation says.
pub fn open_of(conn: &mut Conn, meeting: &MeetingId) -> Result<Vec<Row>, DbError> {
    let query = waiting::table
        .inner_join(invitations::table)
        .filter(invitations::meeting_id.eq(meeting))
        .filter(waiting::state.eq_any([State::Waiting, State::Offered]))
        .order((waiting::turn, waiting::id))
        .select(Row::as_select());
    Ok(query.load(conn)?)
}

/// Puts somebody into the line: with the turn they have if they stand in it, else with a new one.
pub fn join_line(
    tx: &mut Conn,
    keys: &Keys,
    meeting: &MeetingId,
    invitation: &InvitationId,
    known: Option<&Row>,
    rank: Rank,
    now: At,
) -> Result<(), DbError> {
    let turns: Vec<i32> = waiting::table
        .inner_join(invitations::table)
        .filter(invitations::meeting_id.eq(meeting))
        .select(waiting::turn)
        .load(tx)?;
    let turn = match rank {
        Rank::Last => turns.into_iter().max().unwrap_or(0).saturating_add(1),
        Rank::First => turns.into_iter().min().unwrap_or(1).saturating_sub(1),
    };
    let Some(known) = known else {
        let id = WaitingId::new();
        diesel::insert_into(waiting::table)
            .values((
                waiting::token_hash.eq(token(keys, &id).hashed().as_str().to_owned()),
                waiting::id.eq(&id),
                waiting::invitation_id.eq(invitation),
                waiting::turn.eq(turn),
                waiting::since.eq(now),
                waiting::state.eq(State::Waiting),
                waiting::changed_at.eq(now),
            ))
            .execute(tx)?;
        return Ok(());
    };
    if known.is_open() {
        return Ok(());
    }
    diesel::update(waiting::table.find(&known.id))
        .set((
            waiting::turn.eq(turn),
            waiting::since.eq(now),
            waiting::state.eq(State::Waiting),
            waiting::offer_until.eq(None::<At>),
            waiting::changed_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// Keeps a place for them until then.
pub fn offer(tx: &mut Conn, id: &WaitingId, until: At, now: At) -> Result<(), DbError> {
    diesel::update(waiting::table.find(id))
        .set((
            waiting::state.eq(State::Offered),
            waiting::offer_until.eq(Some(until)),
            waiting::changed_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// Notes what became of them; when an offer ran out stays known.
pub fn set_state(tx: &mut Conn, id: &WaitingId, state: State, now: At) -> Result<(), DbError> {
    diesel::update(waiting::table.find(id))
        .set((waiting::state.eq(state), waiting::changed_at.eq(now)))
        .execute(tx)?;
    Ok(())
}

/// Says that what a calendar shows of this invitation has changed.
pub fn revise(tx: &mut Conn, invitation: &Invitation, now: At) -> Result<(), DbError> {
    diesel::update(invitations::table.find(&invitation.id))
        .set(invitations::updated_at.eq(invitation.revised(now)))
        .execute(tx)?;
    Ok(())
}

/// The invitation as it now is.
pub fn invitation(conn: &mut Conn, id: &InvitationId) -> Result<Option<Invitation>, DbError> {
    let found = invitations::table.find(id).select(Invitation::as_select());
    Ok(found.first(conn).optional()?)
}
