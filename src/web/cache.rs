//! The byte cache: finished replies of public pages, feeds and calendars, ready to be sent again.
//!
//! An entry holds for the version of the public data it was made from, and for a minute at most (pages say
//! "next meeting"). It carries its ETag and a gzip twin, so a hit renders, hashes and compresses nothing.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderMap, HeaderValue};
use actix_web::web::Bytes;

use super::finished::Finished;
use crate::platform::app::App;
use crate::platform::clock::{At, minutes};

/// Entries kept at most: addresses with made-up queries must not fill the memory.
const MOST: usize = 500;

struct Entry {
    version: u64,
    made_at: At,
    finished: Finished,
}

/// Finished replies by path and query.
#[derive(Default)]
pub struct Cache {
    entries: RwLock<HashMap<String, Arc<Entry>>>,
}

impl Cache {
    /// The kept reply for this address, if it is still true: 304 where the reader has it already.
    pub(super) fn get(&self, app: &App, key: &str, request: &HeaderMap) -> Option<HttpResponse> {
        let entry = self
            .entries
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)?
            .clone();
        let is_fresh =
            entry.version == app.public_version.load(Ordering::SeqCst) && app.now().since(entry.made_at) < minutes(1);
        is_fresh.then(|| entry.finished.reply(request))
    }

    /// Keeps a reply's bytes and returns it as a reader gets it.
    pub(super) fn keep(
        &self,
        app: &App,
        version: u64,
        key: String,
        headers: &HeaderMap,
        body: Bytes,
        request: &HeaderMap,
    ) -> HttpResponse {
        let mut kept: Vec<_> = headers
            .iter()
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        kept.push((header::VARY, HeaderValue::from_static("accept-encoding, cookie")));
        if !headers.contains_key(header::CACHE_CONTROL) {
            kept.push((
                header::CACHE_CONTROL,
                HeaderValue::from_static("public, max-age=0, must-revalidate"),
            ));
        }
        let entry = Arc::new(Entry {
            version,
            made_at: app.now(),
            finished: Finished::new(kept, body),
        });
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST {
            entries.clear();
        }
        entries.insert(key, entry.clone());
        entry.finished.reply(request)
    }
}
