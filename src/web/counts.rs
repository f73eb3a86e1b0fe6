//! How many requests were answered how, since the start: for `/metrics`.

use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::http::StatusCode;

/// Answers by the first digit of their status.
#[derive(Default)]
pub struct Counts([AtomicU64; 6]);

impl Counts {
    pub(super) fn count(&self, status: StatusCode) {
        if let Some(count) = self.0.get(usize::from(status.as_u16() / 100)) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// `(2, 118)`: so many were 2xx.
    pub fn by_class(&self) -> impl Iterator<Item = (usize, u64)> + '_ {
        let classes = self.0.iter().enumerate().skip(1);
        classes.map(|(class, count)| (class, count.load(Ordering::Relaxed)))
    }
}
