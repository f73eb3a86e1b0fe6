//! What programs ask a site: whom to tell of a fault (RFC 9116), where not to look, which pages there are.

use actix_web::HttpResponse;
use actix_web::http::header::CONTENT_TYPE;

use crate::activities;
use crate::announcements;
use crate::meetings;
use crate::platform::app::App;
use crate::platform::clock::{At, days};
use crate::platform::db::DbError;
use crate::web::{Answer, AppData, for_everyone};

/// Public pages that are always there.
const PAGES: &[&str] = &[
    "/",
    "/meetings",
    "/activities",
    "/join",
    "/subscribe",
    "/privacy",
    "/accessibility",
];

/// Public announcements listed, the latest first.
const MOST_ANNOUNCEMENTS: i64 = 1_000;

fn text(kind: &'static str, body: String) -> Answer {
    Ok(for_everyone(
        HttpResponse::Ok().insert_header((CONTENT_TYPE, kind)).body(body),
    ))
}

pub(super) async fn security(app: AppData) -> Answer {
    text("text/plain; charset=utf-8", security_txt(&app, app.now()))
}

/// Good for a year less a day, from the beginning of the day, so that its bytes change once a day.
fn security_txt(app: &App, now: At) -> String {
    let today = At::from_unix(now.unix() - now.unix().rem_euclid(86_400));
    let mut out = format!(
        "Contact: mailto:{}\nExpires: {}\nPreferred-Languages: en\n",
        app.config.network.contact,
        today.plus(days(364))
    );
    if app.is_https() {
        out.push_str(&format!("Canonical: {}\n", app.url("/.well-known/security.txt")));
    }
    out
}

pub(super) async fn robots(app: AppData) -> Answer {
    let private = [
        "/coordinate",
        "/me",
        "/members",
        "/sign-in",
        "/sign-out",
        "/rsvp/",
        "/poll/",
        "/feedback/",
        "/places/",
        "/meetings/*/join/",
        "/meetings/*/log/",
        "/unsubscribe/",
        "/join/confirm/",
        "/calendar/",
        "/demo",
    ];
    let mut out = String::from("User-agent: *\n");
    for path in private {
        out.push_str(&format!("Disallow: {path}\n"));
    }
    out.push_str(&format!("\nSitemap: {}\n", app.url("/sitemap.xml")));
    text("text/plain; charset=utf-8", out)
}

pub(super) async fn sitemap(app: AppData) -> Answer {
    let pages = app
        .read(|conn| {
            let mut pages = activities::store::addresses(conn)?;
            for meeting in meetings::store::shown(conn, false)? {
                pages.push((meeting.path(), meeting.updated_at));
            }
            let announced = announcements::archived(conn, false, 0, MOST_ANNOUNCEMENTS)?;
            if let Some(latest) = announced.first() {
                pages.push(("/announcements".to_owned(), latest.updated_at));
            }
            pages.extend((announced.iter()).map(|one| (one.path(), one.updated_at)));
            pages.sort();
            Ok::<_, DbError>(pages)
        })
        .await?;
    let newest = pages.iter().map(|(_, at)| *at).max();
    let fixed = PAGES
        .iter()
        .map(|path| (path.to_string(), newest.filter(|_| *path == "/activities")));
    let pages: Vec<_> = fixed
        .chain(pages.into_iter().map(|(path, at)| (path, Some(at))))
        .collect();
    text("application/xml; charset=utf-8", sitemap_xml(&app, &pages))
}

/// `lastmod` only where we know it: a date made up is worse than none.
fn sitemap_xml(app: &App, pages: &[(String, Option<At>)]) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n",
    );
    for (path, changed) in pages {
        let address = app.url(path).replace('&', "&amp;").replace('<', "&lt;");
        let changed = changed.map(|at| format!("<lastmod>{at}</lastmod>")).unwrap_or_default();
        out.push_str(&format!("<url><loc>{address}</loc>{changed}</url>\n"));
    }
    out.push_str("</urlset>\n");
    out
}
