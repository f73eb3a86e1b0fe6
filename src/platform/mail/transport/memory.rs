//! Mail kept in memory, for tests.

use std::sync::{Arc, Mutex, PoisonError};

/// One mail as it was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub from: String,
    pub to: String,
    pub bytes: Vec<u8>,
}

/// A shared heap of sent mail; clones see the same one.
#[derive(Clone, Debug, Default)]
pub struct Memory(Arc<Mutex<Vec<Sent>>>);

impl Memory {
    /// Everything sent so far, oldest first.
    pub fn sent(&self) -> Vec<Sent> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Everything sent so far, and forgets it.
    pub fn take(&self) -> Vec<Sent> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn store(&self, from: &str, to: &str, bytes: &[u8]) -> String {
        let mut heap = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heap.push(Sent {
            from: from.into(),
            to: to.into(),
            bytes: bytes.into(),
        });
        "captured by the demo".to_owned()
    }
}
