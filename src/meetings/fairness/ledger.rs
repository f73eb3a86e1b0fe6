//! What people have borne: the cost of past meetings, clock by clock.
//!
//! A clock's burden is what a person who lives by it has borne on average: for each meeting its cost to them, times
//! the share of that clock's members of today who were invited. Who joined since has borne nothing of it.
//!
//! # Why
//! Counted are those invited, not those who came: who stayed away because it was night has borne that too. Zones are
//! those of today, since the past ones are not kept.

use std::collections::HashMap;

use super::clocks::Clock;
use super::measure::{Cost, Measure, Spent};
use crate::meetings::model::{Meeting, MeetingId};

/// One past meeting.
#[derive(Clone, Debug)]
pub struct Entry {
    pub meeting: Meeting,
    /// What it took of a person of each clock who was invited; `None` where nobody was.
    pub spent: Vec<Option<Spent>>,
}

#[derive(Clone, Debug)]
pub struct Ledger {
    pub entries: Vec<Entry>,
    /// What each clock's people have borne on average.
    pub burdens: Vec<Cost>,
}

/// How many of the members of today, by zone, were invited to a meeting.
pub type Invited = HashMap<(MeetingId, String), i64>;

pub fn ledger(meetings: Vec<Meeting>, invited: &Invited, clocks: &[Clock], measure: &Measure) -> Ledger {
    let mut burdens = vec![0; clocks.len()];
    let entries = meetings.into_iter().map(|meeting| {
        let spent = clocks.iter().zip(&mut burdens).map(|(clock, burden)| {
            let of_zone = |zone: &String| invited.get(&(meeting.id.clone(), zone.clone()));
            let guests: i64 = clock.zones.iter().filter_map(of_zone).sum();
            let spent = measure.spent(meeting.starts_at, meeting.ends_at, &clock.rules);
            *burden += measure.cost_of(spent) * guests / clock.people.max(1);
            (guests > 0).then_some(spent)
        });
        let spent = spent.collect();
        Entry { meeting, spent }
    });
    let entries = entries.collect();
    Ledger { entries, burdens }
}
