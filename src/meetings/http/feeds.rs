//! Calendars to subscribe to and to download.
//!
//! Public ones are the same bytes for everyone and come from the byte cache. The private one is read afresh each
//! time, and a dead address looks like one that never was.
//! A feed holds what ended at most a year ago and begins within two.

use std::sync::Arc;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED,
};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use crate::meetings::calendar;
use crate::meetings::places;
use crate::meetings::store;
use crate::members;
use crate::platform::clock::At;
use crate::platform::db::DbError;
use crate::platform::secret::Plain;
use crate::web::{Answer, AppData, Visit, WebError, for_everyone, limit};

const CALENDAR: &str = "text/calendar; charset=utf-8";

/// All public meetings.
pub async fn public(app: AppData) -> Answer {
    let now = app.now();
    let mut meetings = app.read(|conn| store::shown(conn, false)).await?;
    meetings.retain(|meeting| meeting.is_in_calendars(now));
    let last = meetings.iter().map(|meeting| meeting.updated_at).max();
    let body = calendar::public_feed(&app, &meetings);
    Ok(for_everyone(reply(body, last, "inline; filename=\"meetings.ics\"")))
}

/// One meeting, to be added to a calendar by hand: without the joining link, even for members.
pub async fn one(app: AppData, visit: Visit, slug: Path<String>) -> Answer {
    let is_member = visit.person().is_some();
    let meeting = app.read(move |conn| store::by_slug(conn, &slug)).await?;
    let meeting = meeting
        .filter(|meeting| meeting.is_shown_to(is_member))
        .ok_or(WebError::NotFound)?;
    let disposition = format!("attachment; filename=\"{}.ics\"", meeting.slug);
    let response = reply(
        calendar::public_file(&app, &meeting),
        Some(meeting.updated_at),
        &disposition,
    );
    Ok(if meeting.is_shown_to(false) {
        for_everyone(response)
    } else {
        response
    })
}

/// The meetings of the member whose address this is, with joining links and answers.
pub async fn private(app: AppData, visit: Visit, token: Path<String>, request: HttpRequest) -> Answer {
    let token = Plain::given(&token);
    let found = app
        .read(move |conn| {
            let Some(member) = members::store::by_calendar_token(conn, &token)? else {
                return Ok::<_, DbError>(None);
            };
            let theirs = store::theirs(conn, &member.id)?;
            let waits_for = places::waits_for(conn, &member.id)?;
            Ok(Some((member, theirs, waits_for)))
        })
        .await?;
    let Some((member, mut theirs, waits_for)) = found else {
        limit::check(&app, &visit, "calendar")?;
        return Ok(private_headers(
            HttpResponse::NotFound()
                .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
                .body("There is no calendar at this address.\n"),
        ));
    };
    let now = app.now();
    if store::is_fetch_worth_noting(member.calendar_fetched_at, now) {
        let id = member.id.clone();
        let noted = Arc::clone(&app)
            .write(move |tx, ctx| members::store::note_calendar_fetch(tx, &id, ctx.now))
            .await;
        if let Err(e) = noted {
            // A note for the member's page; the calendar itself is what they came for.
            tracing::warn!("a calendar fetch could not be noted: {e}");
        }
    }
    theirs.retain(|(meeting, _)| meeting.is_in_calendars(now));
    let last = theirs
        .iter()
        .map(|(meeting, row)| calendar::revised(meeting, row))
        .max();
    let body = calendar::private_feed(&app, &member, &theirs, &waits_for);
    let etag = format!("\"{}\"", HEXLOWER.encode(&Sha256::digest(&body)[..16]));
    let mut response = if is_known(request.headers(), &etag, last) {
        HttpResponse::NotModified().finish()
    } else {
        reply(body, last, "inline; filename=\"my-meetings.ics\"")
    };
    if let Ok(etag) = etag.parse() {
        response.headers_mut().insert(ETAG, etag);
    }
    Ok(private_headers(response))
}

/// Whether the reader has these bytes: by ETag, and only without one by date.
fn is_known(headers: &HeaderMap, etag: &str, last: Option<At>) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    match (text(IF_NONE_MATCH), text(IF_MODIFIED_SINCE), last) {
        (Some(given), _, _) => given == "*" || given.split(',').any(|one| one.trim().trim_start_matches("W/") == etag),
        (None, Some(since), Some(last)) => since == http_date(last),
        _ => false,
    }
}

fn reply(body: String, last: Option<At>, disposition: &str) -> HttpResponse {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((CONTENT_TYPE, CALENDAR))
        .insert_header((CONTENT_DISPOSITION, disposition));
    if let Some(last) = last {
        response.insert_header((LAST_MODIFIED, http_date(last)));
    }
    response.body(body)
}

/// "Mon, 01 Mar 2027 09:00:00 GMT".
fn http_date(at: At) -> String {
    at.timestamp().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

/// For its owner alone: kept by nobody on the way, found by no search.
fn private_headers(mut response: HttpResponse) -> HttpResponse {
    use actix_web::http::header::{HeaderName, HeaderValue};
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex"),
    );
    headers.insert(
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("no-referrer"),
    );
    response
}
