//! The queue: what waits, what was asked, what was decided.

use actix_web::HttpRequest;
use serde::Serialize;

use super::super::actions::decide::name_of;
use super::super::model::{Request, Status, age};
use super::super::store;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::text::country::Country;
use crate::web::{Answer, AppData, Coordinator, Fields, Moment, Pager, StatusView, Visit, moment};

/// Decided requests a page.
const A_PAGE: i64 = 50;

#[derive(Serialize)]
struct Tab {
    href: &'static str,
    label: String,
    is_current: bool,
}

#[derive(Serialize)]
pub(super) struct Row {
    href: String,
    name: String,
    affiliation: String,
    country: String,
    when: Moment,
    status: StatusView,
    by: String,
}

#[derive(Serialize)]
struct Empty {
    heading: &'static str,
    text: &'static str,
    href: Option<&'static str>,
    action: Option<&'static str>,
}

#[derive(Serialize)]
struct Queue {
    tabs: Vec<Tab>,
    caption: &'static str,
    when_label: &'static str,
    is_decided: bool,
    rows: Vec<Row>,
    empty: Empty,
    unproved: i64,
    pager: Option<Pager>,
}

/// How a request stands, as a badge.
pub(super) fn badge(request: &Request, now: At) -> StatusView {
    match request.status {
        Status::Unconfirmed => StatusView::new("calm", "Address not confirmed"),
        Status::Waiting if request.has_waited_too_long(now) => {
            StatusView::new("bad", format!("Waits too long: {}", age(request.waits_since(), now)))
        }
        Status::Waiting => StatusView::new("wait", format!("Waits: {}", age(request.waits_since(), now))),
        Status::Asked => StatusView::new("calm", format!("Asked; came {} ago", age(request.waits_since(), now))),
        Status::Approved => StatusView::new("good", "Approved"),
        Status::Declined => StatusView::new("calm", "Declined"),
        Status::DeclinedQuietly => StatusView::new("calm", "Declined quietly"),
    }
}

pub(super) fn country_name(code: &str) -> String {
    Country::parse(code).map_or_else(|_| code.to_owned(), |country| country.name().to_owned())
}

pub(super) fn rows(conn: &mut Conn, found: Vec<Request>, now: At, zone: &str) -> Result<Vec<Row>, DbError> {
    let mut rows = Vec::with_capacity(found.len());
    for request in found {
        let by = match &request.decided_by {
            Some(id) => name_of(conn, Some(id))?,
            None => String::new(),
        };
        rows.push(Row {
            href: format!("/coordinate/requests/{}", request.id),
            when: moment(request.decided_at.unwrap_or(request.waits_since()), zone),
            status: badge(&request, now),
            country: country_name(&request.country),
            name: request.name,
            affiliation: request.affiliation,
            by,
        });
    }
    Ok(rows)
}

/// GET /coordinate/requests
pub async fn list(app: AppData, visit: Visit, who: Coordinator, request: HttpRequest) -> Answer {
    let asked = Fields::parse(request.query_string().as_bytes())?;
    let page = asked.get("page").parse::<i64>().unwrap_or(1).clamp(1, 10_000);
    let show = match asked.get("show") {
        "asked" => Status::Asked,
        "decided" => Status::Approved,
        _ => Status::Waiting,
    };
    let (now, zone) = (app.now(), who.time_zone.clone());
    let view = app
        .read(move |conn| -> Result<Queue, DbError> {
            let mut tabs = Vec::new();
            for (status, among, href, label) in [
                (
                    Status::Waiting,
                    &[Status::Waiting][..],
                    "/coordinate/requests",
                    "Waiting",
                ),
                (
                    Status::Asked,
                    &[Status::Asked][..],
                    "/coordinate/requests?show=asked",
                    "Asked",
                ),
                (
                    Status::Approved,
                    Status::DECIDED,
                    "/coordinate/requests?show=decided",
                    "Decided",
                ),
            ] {
                tabs.push(Tab {
                    href,
                    label: format!("{label} ({})", store::count(conn, among)?),
                    is_current: status == show,
                });
            }
            let is_decided = show == Status::Approved;
            let (found, pager) = if is_decided {
                let total = store::count(conn, Status::DECIDED)?;
                let pages = (total + A_PAGE - 1) / A_PAGE;
                let page = page.min(pages.max(1));
                let link = |page: i64| format!("/coordinate/requests?show=decided&page={page}");
                let pager = Pager {
                    previous: (page > 1).then(|| link(page - 1)),
                    next: (page < pages).then(|| link(page + 1)),
                    text: format!("Page {page} of {}", pages.max(1)),
                };
                let found = store::decided(conn, (page - 1) * A_PAGE, A_PAGE)?;
                (found, (pages > 1).then_some(pager))
            } else {
                (store::queue(conn, show)?, None)
            };
            Ok(Queue {
                tabs,
                caption: match show {
                    Status::Asked => "Requests with a question open",
                    Status::Approved => "Decided requests, the latest first",
                    _ => "Requests that wait, the oldest first",
                },
                when_label: if is_decided { "Decided" } else { "Came" },
                is_decided,
                rows: rows(conn, found, now, &zone)?,
                empty: empty(show),
                unproved: store::count(conn, &[Status::Unconfirmed])?,
                pager,
            })
        })
        .await?;
    visit.page(&app, "pages/join/queue", "Requests to join", &view)
}

fn empty(show: Status) -> Empty {
    let (heading, text) = match show {
        Status::Asked => (
            "No question is open",
            "When you ask an applicant something, the request stands here until you put it back into the queue.",
        ),
        Status::Approved => (
            "Nothing has been decided yet",
            "Requests you approve or decline stand here, with who decided and when.",
        ),
        _ => (
            "Nobody waits",
            "New requests appear here once the applicant has confirmed the address. Each morning you get one mail if some wait.",
        ),
    };
    Empty {
        heading,
        text,
        href: Some("/join"),
        action: Some("See the form that people fill in"),
    }
}
