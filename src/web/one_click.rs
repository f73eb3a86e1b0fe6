//! What comes to an unsubscribe address: a form of our own page, or the one click of RFC 8058.
//!
//! Why only here a POST needs no proof of our own page: mail providers send it, without cookies and as
//! `multipart/form-data` or urlencoded, each as they like (RFC 8058 §3.2). It can do one thing, turn mail off, and
//! the token in the address says whose. Everything else that is sent here needs the proof as everywhere.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};

use super::error::WebError;
use super::form::{Fields, prove, read_body, read_fields};

/// Largest body of a one-click POST: there is one short field in it.
const ONE_CLICK_LIMIT: usize = 8 * 1024;

const NAME: &str = "List-Unsubscribe";
const VALUE: &str = "One-Click";

/// What was sent to an unsubscribe address.
#[derive(Debug)]
pub enum Unsubscribing {
    /// `List-Unsubscribe=One-Click`, from anybody.
    OneClick,
    /// A form that our own page sent.
    Form(Fields),
}

impl FromRequest for Unsubscribing {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Unsubscribing, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
            if let Some(boundary) = kind.and_then(boundary) {
                let body = read_body(payload, ONE_CLICK_LIMIT).await?;
                return if is_one_click(&String::from_utf8_lossy(&body), &boundary) {
                    Ok(Unsubscribing::OneClick)
                } else {
                    Err(WebError::Media(
                        "A form is sent as application/x-www-form-urlencoded.".into(),
                    ))
                };
            }
            let fields = read_fields(&request, payload).await?;
            if fields.get(NAME) == VALUE {
                return Ok(Unsubscribing::OneClick);
            }
            prove(&request, fields).map(Unsubscribing::Form)
        })
    }
}

/// The boundary in `multipart/form-data; boundary=…` (RFC 2046 §5.1.1).
fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let given = parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("boundary"));
    let boundary = given?.1.trim().trim_matches('"');
    (!boundary.is_empty()).then(|| boundary.to_owned())
}

/// Whether one of the parts is the field of RFC 8058, exactly.
fn is_one_click(body: &str, boundary: &str) -> bool {
    let delimiter = format!("--{boundary}");
    body.split(delimiter.as_str()).skip(1).any(|part| {
        let (head, value) = match part.split_once("\r\n\r\n").or_else(|| part.split_once("\n\n")) {
            Some(split) => split,
            None => return false,
        };
        let is_named = head.lines().any(|line| {
            let line = line.to_ascii_lowercase();
            line.starts_with("content-disposition:") && line.contains("name=\"list-unsubscribe\"")
        });
        is_named && value.trim() == VALUE
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(name: &str, value: &str) -> String {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    }

    #[test]
    fn the_boundary_is_found_however_it_is_written() {
        for (given, found) in [
            ("multipart/form-data; boundary=b", Some("b")),
            ("Multipart/Form-Data;charset=utf-8; Boundary=\"b c\"", Some("b c")),
            ("multipart/form-data", None),
            ("multipart/form-data; boundary=", None),
            ("multipart/mixed; boundary=b", None),
            ("application/x-www-form-urlencoded", None),
        ] {
            assert_eq!(boundary(given).as_deref(), found, "{given}");
        }
    }

    #[test]
    fn only_the_very_field_is_one_click() {
        let right = part("List-Unsubscribe", "One-Click");
        for (body, is) in [
            (format!("{right}--b--\r\n"), true),
            (format!("{}{right}--b--\r\n", part("other", "x")), true),
            (format!("{}--b--", part("List-Unsubscribe", "One-Click, please")), false),
            (format!("{}--b--", part("other", "List-Unsubscribe=One-Click")), false),
            (right.replace("--b", "--c"), false),
            ("List-Unsubscribe=One-Click".into(), false),
            ("--b".into(), false),
            (String::new(), false),
        ] {
            assert_eq!(is_one_click(&body, "b"), is, "{body}");
        }
    }
}
