//! The byte cache: finished replies of public pages, feeds and calendars, ready to be sent again.
//!
//! An entry holds for the version of the public data it was made from, and for a minute at most (pages say
//! "next meeting"). It carries its ETag and a gzip twin, so a hit renders, hashes and compresses nothing.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError, RwLock};

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::web::Bytes;
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
    /// Other bytes, another strong ETag (RFC 9110 §8.8.3.3).
    gzip_etag: HeaderValue,
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
        let hash = HEXLOWER.encode(&Sha256::digest(&body)[..16]);
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
        let quoted = |tag: String| HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        let entry = Arc::new(Entry {
            version,
            made_at: app.now(),
            headers: kept,
            etag: quoted(format!("\"{hash}\"")),
            gzip_etag: quoted(format!("\"{hash}-gzip\"")),
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
        let given = |name: HeaderName| {
            let mut values = request.get_all(name).filter_map(|v| v.to_str().ok());
            match (values.next(), values.next()) {
                (Some(one), None) => Cow::Borrowed(one),
                (Some(one), Some(two)) => {
                    Cow::Owned([one, two].into_iter().chain(values).collect::<Vec<_>>().join(","))
                }
                _ => Cow::Borrowed(""),
            }
        };
        let packed = self
            .gzip
            .as_ref()
            .filter(|_| accepts_gzip(&given(header::ACCEPT_ENCODING)));
        let etag = if packed.is_some() { &self.gzip_etag } else { &self.etag };
        if names(&given(header::IF_NONE_MATCH), etag.to_str().unwrap_or_default()) {
            return self.with_headers(StatusCode::NOT_MODIFIED, etag);
        }
        let mut response = self.with_headers(StatusCode::OK, etag);
        if packed.is_some() {
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response.set_body(BoxBody::new(packed.unwrap_or(&self.body).clone()))
    }

    fn with_headers(&self, status: StatusCode, etag: &HeaderValue) -> HttpResponse {
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        headers.reserve(self.headers.len() + 2);
        for (name, value) in &self.headers {
            headers.insert(name.clone(), value.clone());
        }
        headers.insert(header::ETAG, etag.clone());
        response
    }
}

/// Whether `Accept-Encoding` takes gzip (RFC 9110 §12.5.3): by name, else by `*`, and never at `q=0`.
fn accepts_gzip(accept: &str) -> bool {
    let mut by_star = false;
    for coding in accept.split(',') {
        let mut parts = coding.split(';').map(str::trim);
        let name = parts.next().unwrap_or_default();
        let weight = parts.find_map(|part| part.strip_prefix("q=").or(part.strip_prefix("Q=")));
        let is_taken = weight.is_none_or(|q| q.trim().parse::<f32>().is_ok_and(|q| q > 0.0));
        if name.eq_ignore_ascii_case("gzip") || name.eq_ignore_ascii_case("x-gzip") {
            return is_taken;
        }
        by_star |= name == "*" && is_taken;
    }
    by_star
}

/// Whether `If-None-Match` names this ETag (RFC 9110 §13.1.2): weakly compared, or any by `*`.
fn names(given: &str, etag: &str) -> bool {
    given.trim() == "*"
        || given
            .split(',')
            .map(|one| one.trim().trim_start_matches("W/"))
            .any(|one| !one.is_empty() && one == etag)
}

/// The gzip twin, where it is smaller.
pub(super) fn gzip(body: &[u8]) -> Option<Bytes> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(6));
    encoder.write_all(body).ok()?;
    let packed = encoder.finish().ok()?;
    (packed.len() + 64 < body.len()).then(|| packed.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for taken in [
            "gzip",
            "br, GZIP;q=0.5",
            "x-gzip",
            "*",
            "deflate;q=0, gzip ; q=1.0",
            "gzip, *;q=0",
        ] {
            assert!(accepts_gzip(taken), "{taken}");
        }
        for refused in [
            "",
            "br",
            "gzip;q=0",
            "gzip; q=0.000",
            "*;q=0",
            "gzip;q=0, *",
            "gzipped",
            "gzip;q=x",
        ] {
            assert!(!accepts_gzip(refused), "{refused}");
        }
    }

    #[test]
    fn an_etag_is_named_by_itself_weakly_or_by_any() {
        for given in ["\"a\"", "W/\"a\"", "\"b\", \"a\"", "*", " * "] {
            assert!(names(given, "\"a\""), "{given}");
        }
        for given in ["", "\"b\"", "a", "\"a-gzip\"", "\"*\""] {
            assert!(!names(given, "\"a\""), "{given}");
        }
    }
}
