//! Wrong passwords slow the next try for the same address down; they never lock it.
//!
//! Why no lock: anybody could then keep a coordinator out. The wait is the same for an address that nobody has, so
//! it says nothing about who is a coordinator.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use crate::platform::clock::{At, minutes};

/// Tries without a wait.
const FREE: u32 = 5;
/// The longest wait, in seconds.
const LONGEST_WAIT: u32 = 8;

/// The wrong passwords of the last quarter of an hour, by address; an application part.
#[derive(Default)]
pub struct Attempts {
    wrong: Mutex<HashMap<String, (u32, At)>>,
}

impl Attempts {
    /// How long the next try for this address has to wait.
    pub fn wait(&self, address: &str, now: At) -> Duration {
        let wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        let count = wrong
            .get(&address.to_lowercase())
            .filter(|(_, last)| now.since(*last) < minutes(15))
            .map_or(0, |(count, _)| *count);
        Duration::from_secs(u64::from((count + 1).saturating_sub(FREE).min(LONGEST_WAIT)))
    }

    /// Notes a wrong password.
    pub fn note_wrong(&self, address: &str, now: At) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        if wrong.len() > 10_000 {
            wrong.retain(|_, (_, last)| now.since(*last) < minutes(15));
        }
        let entry = wrong.entry(address.to_lowercase()).or_insert((0, now));
        let before = if now.since(entry.1) < minutes(15) { entry.0 } else { 0 };
        *entry = (before.saturating_add(1), now);
    }

    /// Forgets the wrong ones after a right one.
    pub fn note_right(&self, address: &str) {
        let mut wrong = self.wrong.lock().unwrap_or_else(PoisonError::into_inner);
        wrong.remove(&address.to_lowercase());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_passwords_slow_down_and_are_forgiven() {
        let attempts = Attempts::default();
        let now = At::from_unix(1_000_000);
        for _ in 0..4 {
            assert_eq!(attempts.wait("Ana@example.org", now).as_secs(), 0);
            attempts.note_wrong("ana@example.org", now);
        }
        assert_eq!(attempts.wait("ana@example.org", now).as_secs(), 0);
        for _ in 0..100 {
            attempts.note_wrong("ana@example.org", now);
        }
        assert_eq!(attempts.wait("ana@example.org", now).as_secs(), 8, "slow, not locked");
        assert_eq!(attempts.wait("ben@example.org", now).as_secs(), 0);
        assert_eq!(attempts.wait("ana@example.org", now.plus(minutes(15))).as_secs(), 0);
        attempts.note_right("ana@example.org");
        assert_eq!(attempts.wait("ana@example.org", now).as_secs(), 0);
    }
}
