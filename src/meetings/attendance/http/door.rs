//! The page behind an own joining link: when the door opens, the button while it is open, and what comes after.

use actix_web::HttpResponse;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, LOCATION, REFERRER_POLICY,
};
use actix_web::web::Path;
use serde::Serialize;

use crate::meetings::attendance::actions::{self, AttendanceError, Joined};
use crate::meetings::attendance::model::{Door, OPENS_BEFORE, door, target};
use crate::meetings::attendance::store;
use crate::meetings::model::{Meeting, speakers};
use crate::meetings::words::{self, When};
use crate::members::Member;
use crate::platform::clock::At;
use crate::platform::secret::Plain;
use crate::platform::text::zone;
use crate::web::gate::csp_with_forms_to;
use crate::web::{Answer, AppData, Fields, Visit, WebError, limit};

#[derive(Serialize)]
struct View {
    name: String,
    title: String,
    speakers: Vec<String>,
    when: When,
    /// Where the button's form goes.
    action: String,
    is_cancelled: bool,
    reason: String,
    /// When the door opens, while it is closed.
    opens: Option<When>,
    opens_before: i64,
    is_open: bool,
    is_over: bool,
    /// Whose house the joining link leads to; none while there is no link.
    host: Option<String>,
    has_come: bool,
    page_url: String,
}

/// Shows how the door stands; changes nothing, whoever looks and however often.
pub async fn show(app: AppData, visit: Visit, path: Path<(String, String)>) -> Answer {
    let (slug, token) = path.into_inner();
    let action = format!("/meetings/{slug}/join/{token}");
    let keys = app.keys.clone();
    let found = app
        .read(move |conn| {
            let found = store::by_token(conn, &keys, &slug, &Plain::given(&token))?;
            let Some((meeting, _, member)) = found else {
                return Ok::<_, WebError>(None);
            };
            let has_come = store::has_come(conn, &meeting.id, &member.id)?;
            Ok(Some((meeting, member, has_come)))
        })
        .await?;
    let Some((meeting, member, has_come)) = found else {
        limit::check(&app, &visit, "own joining link")?;
        return Err(WebError::NotFound);
    };
    let view = view(&meeting, member, has_come, action, app.now());
    let mut response = visit.secret_page(&app, "pages/meetings/join", &meeting.title, &view)?;
    if let Some(url) = target(&meeting).filter(|_| view.is_open) {
        let policy = HeaderValue::from_str(&csp_with_forms_to(url.scheme())).map_err(WebError::internal)?;
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
    }
    Ok(response)
}

fn view(meeting: &Meeting, member: Member, has_come: bool, action: String, now: At) -> View {
    let door = door(meeting, now);
    View {
        when: words::when(meeting, Some(&member.time_zone)),
        opens: match door {
            Door::Early { opens_at } => Some(moment_for(opens_at, &meeting.time_zone, &member.time_zone)),
            _ => None,
        },
        name: member.name,
        speakers: speakers(&meeting.speakers),
        action,
        is_cancelled: door == Door::Cancelled,
        reason: if meeting.is_cancelled() {
            meeting.cancel_reason.clone()
        } else {
            String::new()
        },
        opens_before: OPENS_BEFORE,
        is_open: door == Door::Open,
        is_over: door == Door::Over,
        host: target(meeting).and_then(|url| url.host_str().map(str::to_owned)),
        has_come,
        page_url: if meeting.is_shown_to(false) {
            meeting.path()
        } else {
            format!("/sign-in?next={}", meeting.path())
        },
        title: meeting.title.clone(),
    }
}

/// "Wednesday 24 March 2027, 14:30 London", and the reader's own clock where it differs.
fn moment_for(at: At, meeting_zone: &str, reader_zone: &str) -> When {
    let there = at.in_zone(&zone::time_zone(meeting_zone));
    let here = at.in_zone(&zone::time_zone(reader_zone));
    let form = if here.date() == there.date() {
        "%H:%M"
    } else {
        "%A %-d %B, %H:%M"
    };
    When {
        iso: at.to_string(),
        ends_iso: String::new(),
        text: format!("{} {}", there.strftime("%A %-d %B %Y, %H:%M"), zone::city(meeting_zone)),
        reader: (here.datetime() != there.datetime()).then(|| here.strftime(form).to_string()),
    }
}

/// Notes that the holder came, and leads to the meeting.
///
/// The address comes from a coordinator and from nothing in the request. Nobody there learns the link that led to it.
pub async fn join(app: AppData, visit: Visit, path: Path<(String, String)>, _: Fields) -> Answer {
    let (slug, token) = path.into_inner();
    let own = format!("/meetings/{slug}/join/{token}");
    let joined = app
        .write(move |tx, ctx| actions::join(tx, ctx, &slug, &Plain::given(&token)))
        .await;
    let mut response = match joined {
        Ok(Joined::Go(address)) => HttpResponse::SeeOther()
            .insert_header((LOCATION, address))
            .insert_header((CACHE_CONTROL, "no-store"))
            .finish(),
        Ok(Joined::Stay) => visit.see_other(&own),
        Err(AttendanceError::NotFound) => {
            limit::check(&app, &visit, "own joining link")?;
            return Err(WebError::NotFound);
        }
        Err(e) => return Err(e.into()),
    };
    let headers = response.headers_mut();
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        HeaderName::from_static("x-robots-tag"),
        HeaderValue::from_static("noindex"),
    );
    Ok(response)
}
