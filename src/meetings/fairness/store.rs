//! What the fairness of hours is counted from.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::ledger::Invited;
use crate::meetings::model::{InvitationStatus, Meeting, MeetingId, Status};
use crate::members;
use crate::platform::clock::At;
use crate::platform::db::schema::{invitations, meetings, members as people};
use crate::platform::db::{Conn, DbError};
use crate::platform::text::zone;

/// Where the members are.
#[derive(Clone, Debug)]
pub struct Zones {
    /// How many live in each zone.
    pub by_zone: BTreeMap<String, i64>,
    /// How many have no zone that we know, and are counted to the network's.
    pub without: i64,
}

/// The zone as it is counted: the network's where there is none.
fn counted(raw: &str, network: &str) -> String {
    zone::zone_name(raw).unwrap_or_else(|_| network.to_owned())
}

/// The zones of all members of today.
pub fn zones(conn: &mut Conn, network: &str) -> Result<Zones, DbError> {
    let mut zones = Zones {
        by_zone: BTreeMap::new(),
        without: 0,
    };
    for member in members::store::active(conn)? {
        *zones.by_zone.entry(counted(&member.time_zone, network)).or_default() += 1;
        zones.without += i64::from(zone::zone_name(&member.time_zone).is_err());
    }
    Ok(zones)
}

/// Meetings that were held since, earliest first.
pub fn held(conn: &mut Conn, since: At, now: At) -> Result<Vec<Meeting>, DbError> {
    let query = meetings::table
        .filter(meetings::status.eq(Status::Scheduled))
        .filter(meetings::starts_at.ge(since))
        .filter(meetings::ends_at.le(now))
        .order((meetings::starts_at, meetings::id));
    Ok(query.select(Meeting::as_select()).load(conn)?)
}

/// How many members of today were invited to those meetings, by zone.
pub fn invited(conn: &mut Conn, since: At, now: At, network: &str) -> Result<Invited, DbError> {
    let rows: Vec<(MeetingId, String)> = invitations::table
        .inner_join(meetings::table)
        .inner_join(people::table)
        .filter(invitations::status.eq(InvitationStatus::Invited))
        .filter(people::status.eq(members::Status::Active))
        .filter(meetings::status.eq(Status::Scheduled))
        .filter(meetings::starts_at.ge(since))
        .filter(meetings::ends_at.le(now))
        .select((invitations::meeting_id, people::time_zone))
        .load(conn)?;
    let mut invited = Invited::new();
    for (meeting, raw) in rows {
        *invited.entry((meeting, counted(&raw, network))).or_default() += 1;
    }
    Ok(invited)
}
