//! A finished body in its two codings, each with a strong ETag of its own, and the answer to readers who have it
//! already (RFC 9110 §8.8, §12.5.3, §13.1).
//!
//! # Why
//! * Plain and compressed bytes differ, so their strong ETags do (§8.8.3.3).
//! * `If-Modified-Since` counts only without `If-None-Match` (§13.1.3), and only for replies that say `Last-Modified`:
//!   whoever sets that header vouches that it moves on also when something disappears.
//! * A 304 carries the headers of the 200, so that what a reader keeps is refreshed whole.

use std::borrow::Cow;
use std::io::Write;
use std::str::FromStr;
use std::time::SystemTime;

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue, HttpDate};
use actix_web::web::Bytes;
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

/// A reply that can be sent any number of times.
pub struct Finished {
    headers: Vec<(HeaderName, HeaderValue)>,
    etag: HeaderValue,
    gzip_etag: HeaderValue,
    body: Bytes,
    gzip: Option<Bytes>,
}

impl Finished {
    pub fn new(headers: Vec<(HeaderName, HeaderValue)>, body: Bytes) -> Finished {
        let hash = HEXLOWER.encode(&Sha256::digest(&body)[..16]);
        let quoted = |tag: String| HeaderValue::from_str(&tag).unwrap_or_else(|_| HeaderValue::from_static("\"\""));
        Finished {
            headers,
            etag: quoted(format!("\"{hash}\"")),
            gzip_etag: quoted(format!("\"{hash}-gzip\"")),
            gzip: gzip(&body),
            body,
        }
    }

    /// The body as this reader takes it, or 304 where they have it.
    pub fn reply(&self, request: &HeaderMap) -> HttpResponse {
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
        let is_known = match request.contains_key(header::IF_NONE_MATCH) {
            true => names(&given(header::IF_NONE_MATCH), etag.to_str().unwrap_or_default()),
            false => self.is_unchanged_since(&given(header::IF_MODIFIED_SINCE)),
        };
        if is_known {
            return self.with_headers(StatusCode::NOT_MODIFIED, etag);
        }
        let mut response = self.with_headers(StatusCode::OK, etag);
        if packed.is_some() {
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response.set_body(BoxBody::new(packed.unwrap_or(&self.body).clone()))
    }

    fn is_unchanged_since(&self, given: &str) -> bool {
        let modified = self.headers.iter().find(|(name, _)| name == header::LAST_MODIFIED);
        let modified = modified.and_then(|(_, value)| http_time(value.to_str().ok()?));
        match (modified, http_time(given)) {
            (Some(modified), Some(since)) => modified <= since,
            _ => false,
        }
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

/// Any of the three forms of RFC 9110 §5.6.7.
fn http_time(text: &str) -> Option<SystemTime> {
    HttpDate::from_str(text).ok().map(SystemTime::from)
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
fn gzip(body: &[u8]) -> Option<Bytes> {
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

    fn asked(modified: Option<&'static str>, headers: &[(HeaderName, &'static str)]) -> u16 {
        let kept = modified.map(|date| (header::LAST_MODIFIED, HeaderValue::from_static(date)));
        let finished = Finished::new(kept.into_iter().collect(), Bytes::from_static(b"words"));
        let mut request = HeaderMap::new();
        for (name, value) in headers {
            request.append(name.clone(), HeaderValue::from_static(value));
        }
        finished.reply(&request).status().as_u16()
    }

    #[test]
    fn a_date_counts_where_there_is_no_etag_and_the_reply_has_one() {
        const MONDAY: &str = "Mon, 01 Mar 2027 09:00:00 GMT";
        const LATER: &str = "Mon, 01 Mar 2027 09:00:01 GMT";
        let since = |date| (header::IF_MODIFIED_SINCE, date);
        assert_eq!(asked(Some(MONDAY), &[since(MONDAY)]), 304);
        assert_eq!(asked(Some(MONDAY), &[since(LATER)]), 304);
        assert_eq!(asked(Some(LATER), &[since(MONDAY)]), 200);
        assert_eq!(asked(Some(MONDAY), &[since("Monday, 01-Mar-27 09:00:00 GMT")]), 304);
        assert_eq!(asked(Some(MONDAY), &[since("yesterday")]), 200);
        assert_eq!(asked(Some(MONDAY), &[since("")]), 200);
        assert_eq!(asked(None, &[since(MONDAY)]), 200);
        let other = (header::IF_NONE_MATCH, "\"other\"");
        assert_eq!(asked(Some(MONDAY), &[other.clone(), since(LATER)]), 200);
        assert_eq!(asked(Some(MONDAY), &[other, (header::IF_NONE_MATCH, "*")]), 200);
        assert_eq!(asked(Some(MONDAY), &[(header::IF_NONE_MATCH, "*")]), 304);
    }
}
