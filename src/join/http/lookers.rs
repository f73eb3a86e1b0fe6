//! Which coordinator has a request open, so that two do not write to one applicant.
//!
//! # Why
//! It is a courtesy, kept in this process's memory: a GET changes nothing that lasts, and the version check at the
//! decision holds even where two replicas do not know of each other's readers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use super::super::model::RequestId;
use crate::platform::clock::{At, minutes};
use crate::web::{MemberId, Person};

type Seen = (MemberId, String, At);

/// Who looked at which request within the last quarter of an hour.
#[derive(Default)]
pub struct Lookers(Mutex<HashMap<RequestId, Vec<Seen>>>);

impl Lookers {
    /// Notes that `reader` looks at a request, and names the others who do.
    pub fn look(&self, id: &RequestId, reader: &Person, now: At) -> Vec<String> {
        let since = now.minus(minutes(15));
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, seen| {
            seen.retain(|(_, _, at)| *at > since);
            !seen.is_empty()
        });
        let seen = all.entry(id.clone()).or_default();
        seen.retain(|(member, _, _)| *member != reader.id);
        let others = seen.iter().map(|(_, name, _)| name.clone()).collect();
        seen.push((reader.id.clone(), reader.name.clone(), now));
        others
    }
}
