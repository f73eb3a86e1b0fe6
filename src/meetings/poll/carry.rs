//! What was said in a poll, carried into the first invitation to the meeting that was made of it.

use super::store;
use crate::meetings::invitations::Plan;
use crate::meetings::model::Meeting;
use crate::meetings::store::Person;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};

/// Nothing is carried into a meeting with a limit: its places go to whoever answers the invitation first.
/// The plan with the person's answer from the poll in it, and when they gave it; the plan as it is where there is none.
pub fn carried(conn: &mut Conn, meeting: &Meeting, person: &Person, plan: Plan) -> Result<(Plan, Option<At>), DbError> {
    if person.invitation.is_some() || meeting.places.is_some() {
        return Ok((plan, None));
    }
    Ok(match store::said_of(conn, meeting, &person.member.id)? {
        Some((said, at)) => (plan.answered(said.into()), Some(at)),
        None => (plan, None),
    })
}
