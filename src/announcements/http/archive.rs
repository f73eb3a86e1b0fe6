//! The archive: what went, for members; and for everyone what was chosen to be public.

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::Serialize;

use crate::announcements::model::{Announcement, Status};
use crate::announcements::placeholders::{Prepared, Values};
use crate::announcements::store;
use crate::platform::app::App;
use crate::platform::text::markdown::{self, SafeHtml};
use crate::platform::text::zone::short_date_at;
use crate::web::{Answer, AppData, Fields, Pager, Visit, WebError};

const A_PAGE: i64 = 30;

#[derive(Serialize)]
struct Line {
    href: String,
    title: String,
    day: String,
    summary: String,
}

#[derive(Serialize)]
struct ListView {
    is_member: bool,
    entries: Vec<Line>,
    is_empty: bool,
    pager: Option<Pager>,
}

/// When it went, as a date.
fn day(app: &App, announcement: &Announcement) -> String {
    let zone = &app.config.network.time_zone;
    announcement
        .started_at
        .map(|at| short_date_at(at, zone))
        .unwrap_or_default()
}

pub async fn list(app: AppData, visit: Visit, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let page = query.get("page").parse::<i64>().unwrap_or(1).clamp(1, 10_000);
    let is_member = visit.person().is_some();
    let found = app
        .read(move |conn| store::archived(conn, is_member, (page - 1) * A_PAGE, A_PAGE + 1))
        .await?;
    let has_more = found.len() as i64 > A_PAGE;
    let mut entries = Vec::new();
    for announcement in found.iter().take(A_PAGE as usize) {
        let words = Prepared::of(&app, announcement)
            .map_err(WebError::internal)?
            .filled(&Values::neutral(&app));
        entries.push(Line {
            href: announcement.path(),
            title: words.subject,
            day: day(&app, announcement),
            summary: markdown::summary(&words.text, 220),
        });
    }
    let view = ListView {
        is_member,
        is_empty: entries.is_empty(),
        pager: Pager::around(page, entries.len(), has_more, |page| {
            format!("/announcements?page={page}")
        }),
        entries,
    };
    visit.public_page(&app, "pages/announcements/list", "Announcements", &view)
}

#[derive(Serialize)]
struct ShowView {
    title: String,
    day: String,
    body: SafeHtml,
    is_public: bool,
}

pub async fn show(app: AppData, visit: Visit, slug: Path<String>) -> Answer {
    let slug = slug.into_inner();
    let found = app.read(move |conn| store::archived_by_slug(conn, &slug)).await?;
    let announcement = found.ok_or(WebError::NotFound)?;
    let is_for_everyone = announcement.is_public && announcement.status != Status::Stopped;
    if !is_for_everyone && visit.person().is_none() {
        // The same as for one that there is not: what is for members is nobody else's business.
        return Err(WebError::NotFound);
    }
    let words = Prepared::of(&app, &announcement)
        .map_err(WebError::internal)?
        .filled(&Values::neutral(&app));
    let view = ShowView {
        day: day(&app, &announcement),
        body: words.html,
        is_public: announcement.is_public,
        title: words.subject,
    };
    visit.public_page(&app, "pages/announcements/show", &view.title, &view)
}
