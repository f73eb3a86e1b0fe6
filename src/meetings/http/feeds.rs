//! Calendars to subscribe to and to download.
//!
//! Public ones are the same bytes for everyone and come from the byte cache. The private one is read afresh each
//! time, and a dead address looks like one that never was.
//! A feed holds what ended at most a year ago and begins within two. What `Last-Modified` says is worked out by
//! [`feeds`](mod@crate::meetings::feeds).

use std::collections::HashSet;
use std::sync::Arc;

use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, HeaderName, HeaderValue, LAST_MODIFIED, REFERRER_POLICY,
    USER_AGENT, VARY,
};
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};

use crate::meetings::MeetingId;
use crate::meetings::calendar;
use crate::meetings::feeds::store::Subscribed;
use crate::meetings::feeds::{self, last_change};
use crate::meetings::places;
use crate::meetings::store;
use crate::members::Member;
use crate::members::calendar::{Program, actions, model};
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::db::DbError;
use crate::platform::secret::Plain;
use crate::web::{Answer, AppData, Finished, Visit, WebError, for_everyone, limit};

const CALENDAR: &str = "text/calendar; charset=utf-8";

/// All public meetings.
pub async fn public(app: AppData) -> Answer {
    let now = app.now();
    let (mut meetings, hidden_at) = app
        .read(|conn| Ok::<_, DbError>((store::shown(conn, false)?, feeds::store::hidden_at(conn)?)))
        .await?;
    let last = last_change(&meetings, hidden_at, now);
    meetings.retain(|meeting| meeting.is_in_calendars(now));
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
            let Some(subscribed) = feeds::store::subscribed(conn, &token)? else {
                return Ok::<_, DbError>(None);
            };
            let waits_for = places::waits_for(conn, &subscribed.member.id)?;
            Ok(Some((subscribed, waits_for)))
        })
        .await?;
    let Some((subscribed, waits_for)) = found else {
        limit::check(&app, &visit, "calendar")?;
        let mut gone = HttpResponse::NotFound();
        for header in private_headers() {
            gone.insert_header(header);
        }
        return Ok(gone
            .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
            .body("There is no calendar at this address.\n"));
    };
    let finished = private_feed(&app, &subscribed, &waits_for);
    let user_agent = request.headers().get(USER_AGENT).and_then(|value| value.to_str().ok());
    note_fetch(&app, subscribed, Program::of(user_agent.unwrap_or_default()));
    Ok(finished.reply(request.headers()))
}

fn private_feed(app: &App, subscribed: &Subscribed, waits_for: &HashSet<MeetingId>) -> Finished {
    let Subscribed { member, own, held } = subscribed;
    let now = app.now();
    let others = (held.iter().map(|one| one.invitation.updated_at))
        .chain([member.updated_at])
        .chain(own.chosen_at);
    let last = last_change(held.iter().map(|one| &one.meeting), others, now);
    let shown: Vec<_> = (held.iter().filter(|one| one.is_shown(own.shows, now)).cloned()).collect();
    let body = calendar::private_feed(app, member, own.shows, &shown, waits_for);
    let mut headers = Vec::from(private_headers());
    headers.push((CONTENT_TYPE, HeaderValue::from_static(CALENDAR)));
    headers.push((
        CONTENT_DISPOSITION,
        HeaderValue::from_static("inline; filename=\"my-meetings.ics\""),
    ));
    headers.push((VARY, HeaderValue::from_static("accept-encoding")));
    headers.extend(last.and_then(|last| Some((LAST_MODIFIED, HeaderValue::from_str(&http_date(last)).ok()?))));
    Finished::new(headers, body.into())
}

/// Notes who fetched it, after the reply is made and without anybody waiting: it is a line on the member's page, and
/// the calendar is what they came for.
fn note_fetch(app: &AppData, subscribed: Subscribed, program: Program) {
    let Subscribed { member, own, .. } = subscribed;
    if !model::is_worth_noting(own.fetched_by(program), app.now()) {
        return;
    }
    let app = Arc::clone(app);
    // Nobody awaits it: a note that is cut off by a stop is made an hour later.
    drop(tokio::task::spawn_blocking(move || write_note(&app, &member, program)));
}

fn write_note(app: &App, member: &Member, program: Program) {
    let noted: Result<(), DbError> = app.write_now(|tx, ctx| actions::note_fetch(tx, ctx, member, program));
    if let Err(e) = noted {
        tracing::warn!("a calendar fetch could not be noted: {e}");
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
fn private_headers() -> [(HeaderName, HeaderValue); 3] {
    [
        (CACHE_CONTROL, HeaderValue::from_static("private, no-cache")),
        (
            HeaderName::from_static("x-robots-tag"),
            HeaderValue::from_static("noindex"),
        ),
        (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    ]
}
