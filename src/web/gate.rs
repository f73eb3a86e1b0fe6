//! What every request passes: host, encodings, kept bytes, session, and on the way out errors and headers.

use std::rc::Rc;
use std::sync::atomic::Ordering;

use actix_web::body::{BoxBody, EitherBody, MessageBody, to_bytes};
use actix_web::cookie::time::Duration as CookieAge;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, ResponseError};

use super::AppData;
use super::cache::Cache;
use super::counts::Counts;
use super::error::WebError;
use super::limit::{Bodies, client_ip};
use super::page::{FlashShown, ForEveryone, SecretAddress, read_flash};
use super::session::{self, Visit, cookie, cookie_name};
use super::unread::{Watched, has_body};
use crate::platform::app::App;
use crate::platform::secret::Plain;

const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; \
                   connect-src 'self'; form-action 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";

/// The first of two exceptions to the policy, by name: the rendered HTML of one mail at an address of its own.
pub const MAIL_CSP: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
                            frame-ancestors 'self'; sandbox allow-popups";

/// The second: a page whose form is answered by a redirect to somewhere on the web (`https` or `http`).
///
/// Why not the one address: browsers hold every further redirect against the policy too, and conferencing tools redirect
/// from the address they give out to whichever of their servers holds the meeting.
pub fn csp_with_forms_to(scheme: &str) -> String {
    CSP.replace("form-action 'self'", &format!("form-action 'self' {scheme}:"))
}

const UNREADABLE: &str = "The address has a part that cannot be read.";

/// The longest address, and the most header fields and bytes in them, that are read (TRUST S51).
const ADDRESS_LIMIT: usize = 8 * 1024;
const HEADER_BYTES: usize = 32 * 1024;
const HEADER_FIELDS: usize = 100;

/// The middleware around all handlers.
pub async fn gate<B: MessageBody + 'static>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<BoxBody, B>>, actix_web::Error> {
    let Some(app) = request.app_data::<AppData>().cloned() else {
        return Err(WebError::internal("no application").into());
    };
    let body = Watched::of(&mut request);
    let mut response = pass(&app, request, next).await?;
    if let Some(body) = body {
        response = body.close_unless_read(response);
    }
    if let Some(counts) = app.part::<Counts>() {
        counts.count(response.status());
    }
    Ok(response)
}

async fn pass<B: MessageBody + 'static>(
    app: &AppData,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<BoxBody, B>>, actix_web::Error> {
    let is_health = is_health(request.path());
    let mut early = None;
    if !is_health && !is_known_host(app, request.request()) {
        early = Some(WebError::Misdirected);
    } else if let Some(error) = is_oversized(request.request()) {
        early = Some(error);
    } else if request
        .headers()
        .get(header::CONTENT_ENCODING)
        .is_some_and(|v| v != "identity")
    {
        early = Some(WebError::Media("Compressed requests are not accepted.".into()));
    } else if has_nul(request.path()) {
        early = Some(WebError::NotFound);
    } else if has_nul(request.query_string()) {
        early = Some(WebError::Invalid(UNREADABLE.into()));
    }
    if request.method() == Method::HEAD {
        // The reply to HEAD is that to GET; the encoder leaves the body out.
        request.head_mut().method = Method::GET;
    }
    let is_get = request.method() == Method::GET;
    let has_cookie = request.headers().contains_key(header::COOKIE);
    // Without cookies a reader is nobody in particular; with some, only what they say can tell.
    if early.is_none()
        && is_get
        && !has_cookie
        && let Some(kept) = kept(app, request.request())
    {
        return Ok(request.into_response(kept).map_into_left_body());
    }
    let mut visit = Visit {
        path: request.path().to_owned(),
        ip: client_ip(app, request.request()),
        request_id: Plain::random().as_str()[..12].to_owned(),
        ..Visit::default()
    };
    let under_way = match app.part::<Bodies>() {
        Some(bodies) if has_body(request.headers()) => bodies.begin(&visit.ip).map(Some),
        _ => Some(None),
    };
    if under_way.is_none() {
        early = early.or(Some(WebError::TooMany { retry_after: 30 }));
    }
    if has_cookie && let Err(e) = read_cookies(app, request.request(), &mut visit).await {
        early = early.or(Some(e));
    }
    if early.is_none()
        && is_get
        && has_cookie
        && visit.session.is_none()
        && visit.flash.is_none()
        && let Some(kept) = kept(app, request.request())
    {
        return Ok(request.into_response(kept).map_into_left_body());
    }
    if let Some(error) = early {
        let response = finished_error(app, &visit, &error, request.request());
        return Ok(request.into_response(response).map_into_left_body());
    }
    let visit = Rc::new(visit);
    request.extensions_mut().insert(visit.clone());
    let version = app.public_version.load(Ordering::SeqCst);
    let response = next.call(request).await?;
    let (request, response) = response.into_parts();

    let error = response
        .extensions()
        .get::<WebError>()
        .cloned()
        .or_else(|| actixs_own(&response, is_health));
    if let Some(error) = error {
        let allow = response.headers().get(header::ALLOW).cloned();
        let mut response = finished_error(app, &visit, &error, &request);
        if let Some(allow) = allow {
            response.headers_mut().insert(header::ALLOW, allow);
        }
        return Ok(ServiceResponse::new(request, response).map_into_left_body());
    }
    let is_for_everyone = response.extensions().get::<ForEveryone>().is_some() && response.status() == StatusCode::OK;
    let is_secret = response.extensions().get::<SecretAddress>().is_some();
    let was_shown = response.extensions().get::<FlashShown>().is_some();
    let mut response = response;
    add_headers(app, response.headers_mut(), is_secret);
    if is_for_everyone {
        let (head, body) = response.into_parts();
        let Ok(body) = to_bytes(body).await else {
            let response = finished_error(app, &visit, &WebError::internal("a body was lost"), &request);
            return Ok(ServiceResponse::new(request, response).map_into_left_body());
        };
        let kept = match app.part::<Cache>() {
            Some(cache) if is_get => cache.keep(
                app,
                version,
                key(&request).to_owned(),
                head.headers(),
                body,
                request.headers(),
            ),
            _ => head.set_body(BoxBody::new(body)),
        };
        return Ok(ServiceResponse::new(request, kept).map_into_left_body());
    }
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if was_shown {
        let mut gone = cookie(app, "flash", String::new(), Some(CookieAge::ZERO));
        gone.make_removal();
        response.add_cookie(&gone).map_err(WebError::internal)?;
    }
    Ok(ServiceResponse::new(request, response).map_into_right_body())
}

/// Nothing of ours has a NUL in its address, and PostgreSQL would not even look for one.
fn has_nul(part_of_address: &str) -> bool {
    part_of_address.contains("%00")
}

/// Addresses for machines that watch: any Host, and plain text also where something is wrong.
fn is_health(path: &str) -> bool {
    matches!(path, "/healthz" | "/readyz" | "/metrics")
}

/// Whether an address or its headers are larger than any of ours.
///
/// actix refuses 97 header fields and more, and 128 KiB, before this is asked, with a bare 400.
fn is_oversized(request: &HttpRequest) -> Option<WebError> {
    let address = request
        .uri()
        .path_and_query()
        .map_or(0, |address| address.as_str().len());
    if address > ADDRESS_LIMIT {
        return Some(WebError::AddressTooLong);
    }
    let headers = request.headers();
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    (bytes > HEADER_BYTES || headers.len() > HEADER_FIELDS).then_some(WebError::HeadersTooLarge)
}

/// What actix refused by itself: no such route, no such method, an address that does not parse; and any failure that
/// did not come as one of ours, so that it is noted once and shown as ours are.
fn actixs_own<B>(response: &HttpResponse<B>, is_health: bool) -> Option<WebError> {
    match response.status() {
        status if status.is_server_error() && !is_health => Some(WebError::Internal(match response.error() {
            Some(error) => error.to_string(),
            None => format!("a handler answered {status} without a reason"),
        })),
        StatusCode::METHOD_NOT_ALLOWED => Some(WebError::Method),
        StatusCode::NOT_FOUND
            if response.error().is_some() || !response.headers().contains_key(header::CONTENT_TYPE) =>
        {
            Some(WebError::NotFound)
        }
        StatusCode::BAD_REQUEST if response.error().is_some() => Some(WebError::Invalid(UNREADABLE.into())),
        _ => None,
    }
}

fn kept(app: &App, request: &HttpRequest) -> Option<HttpResponse> {
    app.part::<Cache>()
        .and_then(|cache| cache.get(app, key(request), request.headers()))
}

/// By what the cache knows a reply: path and query.
fn key(request: &HttpRequest) -> &str {
    request.uri().path_and_query().map_or("", |pq| pq.as_str())
}

async fn read_cookies(app: &AppData, request: &HttpRequest, visit: &mut Visit) -> Result<(), WebError> {
    let given = |name: &str| request.cookie(&cookie_name(app, name)).map(|c| c.value().to_owned());
    visit.pre = given("pre")
        .filter(|value| (20..=64).contains(&value.len()))
        .map(|value| Plain::given(&value));
    visit.flash = given("flash").and_then(|value| read_flash(app, &value));
    let Some(token) = given("session")
        .filter(|value| !value.is_empty())
        .map(|value| Plain::given(&value))
    else {
        return Ok(());
    };
    let now = app.now();
    visit.session = app.read(move |conn| session::find(conn, &token, now)).await?;
    if let Some(found) = visit.session.clone().filter(|session| session.needs_touch) {
        app.write(move |tx, ctx| session::touch(tx, &found, ctx.now)).await?;
    }
    Ok(())
}

/// The page of an error, or the way to the sign-in page.
fn finished_error(app: &App, visit: &Visit, error: &WebError, request: &HttpRequest) -> HttpResponse {
    let mut response = match error {
        WebError::SignIn { password } if request.method() == Method::GET => {
            let door = if *password && visit.session.is_some() {
                "/sign-in/password"
            } else {
                "/sign-in"
            };
            let asked = request
                .uri()
                .path_and_query()
                .map_or(visit.path.as_str(), |asked| asked.as_str());
            let next: String = url::form_urlencoded::byte_serialize(asked.as_bytes()).collect();
            visit.see_other(&format!("{door}?next={next}"))
        }
        WebError::SignIn { .. } => HttpResponse::build(StatusCode::UNAUTHORIZED)
            .content_type("text/html; charset=utf-8")
            .body(visit.error_page(app, error)),
        _ => {
            if let WebError::Internal(_) | WebError::Unavailable(_) = error {
                tracing::error!(request = %visit.request_id, path = %loggable(&visit.path), "{error}");
            }
            let mut builder = HttpResponse::build(error.status_code());
            match error {
                WebError::TooMany { retry_after } => builder.insert_header((header::RETRY_AFTER, *retry_after)),
                WebError::Unavailable(_) => builder.insert_header((header::RETRY_AFTER, 2)),
                _ => &mut builder,
            };
            builder
                .content_type("text/html; charset=utf-8")
                .body(visit.error_page(app, error))
        }
    };
    add_headers(app, response.headers_mut(), false);
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A path without the token it may end in.
fn loggable(path: &str) -> String {
    let kept = path.split('/').map(|part| {
        if part.len() >= 26 && !part.contains('-') {
            "…"
        } else {
            part
        }
    });
    kept.collect::<Vec<_>>().join("/").escape_debug().to_string()
}

fn add_headers(app: &App, headers: &mut HeaderMap, is_secret: bool) {
    let mut set = |name: &'static str, value: &'static str| {
        let name = HeaderName::from_static(name);
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    };
    set("content-security-policy", CSP);
    set("x-content-type-options", "nosniff");
    set("referrer-policy", if is_secret { "no-referrer" } else { "same-origin" });
    set("cross-origin-opener-policy", "same-origin");
    set("cross-origin-resource-policy", "same-origin");
    set(
        "permissions-policy",
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    );
    set("x-frame-options", "DENY");
    if app.is_https() {
        set("strict-transport-security", "max-age=31536000; includeSubDomains");
    }
    if is_secret {
        set("x-robots-tag", "noindex");
    }
}

/// Whether the request is for us: the public address, or any loopback name while that is one itself.
fn is_known_host(app: &App, request: &HttpRequest) -> bool {
    let host = request
        .headers()
        .get(header::HOST)
        .map(|v| v.to_str().unwrap_or_default());
    let in_line = request.uri().authority().map(|a| a.as_str());
    // An absolute address in the request line must be ours too.
    (host.is_some() || in_line.is_some())
        && host
            .into_iter()
            .chain(in_line)
            .all(|given| is_own_authority(app, given))
}

/// Whether an Origin header names us.
pub(super) fn is_own_origin(app: &App, origin: &str) -> bool {
    let Some((scheme, authority)) = origin.split_once("://") else {
        return false;
    };
    scheme == if app.is_https() { "https" } else { "http" } && is_own_authority(app, authority)
}

fn is_own_authority(app: &App, given: &str) -> bool {
    let own = app
        .config
        .server
        .public_url
        .split("://")
        .nth(1)
        .unwrap_or_default()
        .split('/')
        .next()
        .unwrap_or_default();
    let default_port = if app.is_https() { ":443" } else { ":80" };
    let given = given.strip_suffix(default_port).unwrap_or(given);
    given.eq_ignore_ascii_case(own) || (is_loopback(own) && is_loopback(given))
}

fn is_loopback(authority: &str) -> bool {
    let host = match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) => host,
        _ => authority,
    };
    host.eq_ignore_ascii_case("localhost")
        || host == "[::1]"
        || (host.starts_with("127.") && host.parse::<std::net::Ipv4Addr>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_known_by_its_names_only() {
        for own in ["localhost", "localhost:8080", "127.0.0.1:1", "[::1]:8080"] {
            assert!(is_loopback(own), "{own}");
        }
        for foreign in ["127.0.0.1.evil.example", "localhost:80@evil", "example.org", ""] {
            assert!(!is_loopback(foreign), "{foreign}");
        }
    }

    #[test]
    fn tokens_stay_out_of_logs() {
        assert_eq!(loggable("/rsvp/abcdefghijklmnopqrstuvwxyz"), "/rsvp/…");
        assert_eq!(loggable("/a\r\nb"), "/a\\r\\nb");
    }
}
