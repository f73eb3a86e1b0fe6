//! The byte cache: finished replies of public pages, feeds and calendars, ready to be sent again.
//!
//! An entry holds for the version of the public data it was made from, and for a minute at most (pages say
//! "next meeting"). It carries its ETag and a gzip twin, so a hit renders, hashes and compresses nothing.

use std::collections::HashMap;
use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use actix_web::{HttpResponse, HttpResponseBuilder};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::platform::app::App;
use crate::platform::clock::{At, minutes};

/// Entries kept at most: addresses with made-up queries must not fill the memory.
const MOST: usize = 500;

struct Entry {
    version: u64,
    made_at: At,
    headers: Vec<(HeaderName, HeaderValue)>,
    etag: HeaderValue,
    body: Bytes,
    gzip: Option<Bytes>,
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
        is_fresh.then(|| entry.reply(request))
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
        let etag = format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(&body)[..16]));
        let gzip = gzip(&body);
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
        let etag = HeaderValue::from_str(&etag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        let entry = Arc::new(Entry {
            version,
            made_at: app.now(),
            headers: kept,
            etag,
            body,
            gzip,
        });
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= MOST {
            entries.clear();
        }
        entries.insert(key, entry.clone());
        entry.reply(request)
    }
}

impl Entry {
    fn reply(&self, request: &HeaderMap) -> HttpResponse {
        let has = |name: HeaderName, wanted: &str| {
            request
                .get(name)
                .and_then(|v| v.to_str().ok())
                .is_some_and(|given| given.contains(wanted))
        };
        let etag = self.etag.to_str().unwrap_or_default();
        if has(header::IF_NONE_MATCH, etag) {
            return self.with_headers(HttpResponse::NotModified()).finish();
        }
        match &self.gzip {
            Some(gzip) if has(header::ACCEPT_ENCODING, "gzip") => self
                .with_headers(HttpResponse::Ok())
                .insert_header((header::CONTENT_ENCODING, HeaderValue::from_static("gzip")))
                .body(gzip.clone()),
            _ => self.with_headers(HttpResponse::Ok()).body(self.body.clone()),
        }
    }

    fn with_headers(&self, mut response: HttpResponseBuilder) -> HttpResponseBuilder {
        for (name, value) in &self.headers {
            response.insert_header((name.clone(), value.clone()));
        }
        response.insert_header((header::ETAG, self.etag.clone()));
        response
    }
}

/// The gzip twin, where it is smaller.
pub(super) fn gzip(body: &[u8]) -> Option<Bytes> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(body).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() + 64 < body.len()).then(|| packed.into())
}
