//! What waits, what was done, what was set aside.

use actix_web::HttpRequest;
use serde::Serialize;

use super::super::model::{Letter, Status};
use super::super::store;
use crate::platform::db::DbError;
use crate::platform::inbound::Kind;
use crate::platform::inbound::mailbox::{Health, LastHealth};
use crate::platform::text::line::excerpt;
use crate::web::{Answer, AppData, Coordinator, Fields, Moment, Pager, StatusView, Visit, moment};

const A_PAGE: i64 = 50;

#[derive(Serialize)]
struct Tab {
    href: &'static str,
    label: String,
    is_current: bool,
}

#[derive(Serialize)]
pub(super) struct Row {
    pub href: String,
    pub title: String,
    pub from: String,
    pub begins: String,
    pub when: Moment,
    pub status: StatusView,
    pub outcome: String,
}

#[derive(Serialize)]
struct Empty {
    heading: &'static str,
    text: &'static str,
}

#[derive(Serialize)]
struct ListView {
    /// Why the mailbox cannot be read now.
    trouble: Option<String>,
    tabs: Vec<Tab>,
    caption: &'static str,
    letters: Vec<Row>,
    empty: Empty,
    pager: Option<Pager>,
}

/// What kind of mail it is, in words.
pub(super) fn kind_words(letter: &Letter) -> &'static str {
    match letter.kind() {
        None => "Could not be read",
        Some(Kind::Person) => "Letter",
        Some(Kind::Application) => "Application by mail",
        Some(Kind::Calendar) => "From a calendar",
        Some(Kind::Report) => "Delivery report",
        Some(Kind::Complaint) => "Complaint",
        Some(Kind::Unsubscribe) => "Unsubscribing",
        Some(Kind::Automatic) => "Automatic answer",
        Some(Kind::List) => "Mailing list",
        Some(Kind::Loop) => "Loop",
    }
}

pub(super) fn badge(letter: &Letter, claimed_by: Option<&str>) -> StatusView {
    match (letter.status, claimed_by) {
        (Status::Open, Some(name)) => StatusView::new("calm", format!("With {name}")),
        (Status::Open, None) => StatusView::new("wait", "Waits"),
        (Status::Done, _) => StatusView::new("good", "Done"),
        (Status::Aside, _) => StatusView::new("bad", "Set aside"),
    }
}

pub(super) fn row(letter: &Letter, claimed_by: Option<&str>, zone: &str) -> Row {
    Row {
        href: format!("/coordinate/inbox/{}", letter.id),
        title: excerpt(letter.title(), 120),
        from: match (letter.from_name.as_str(), letter.from_email.as_str()) {
            ("", "") => "nobody it names".into(),
            ("", email) => email.to_owned(),
            (name, email) => format!("{name} ({email})"),
        },
        begins: excerpt(&letter.body, 140),
        when: moment(letter.received_at, zone),
        status: badge(letter, claimed_by),
        outcome: match kind_words(letter) {
            "Letter" => letter.outcome.clone(),
            kind if letter.outcome.is_empty() => kind.to_owned(),
            kind => format!("{kind}: {}", letter.outcome),
        },
    }
}

/// GET /coordinate/inbox
pub async fn list(app: AppData, visit: Visit, who: Coordinator, request: HttpRequest) -> Answer {
    let asked = Fields::parse(request.query_string().as_bytes())?;
    let page = asked.get("page").parse::<i64>().unwrap_or(1).clamp(1, 10_000);
    let show = Status::parse(asked.get("show")).unwrap_or(Status::Open);
    let zone = who.time_zone.clone();
    let trouble = match app.part::<LastHealth>().map(LastHealth::get) {
        Some(Health::Trouble(why)) => Some(why),
        _ => None,
    };
    let view = app
        .read(move |conn| -> Result<ListView, DbError> {
            let mut tabs = Vec::new();
            for (status, href, label) in [
                (Status::Open, "/coordinate/inbox", "Waiting"),
                (Status::Aside, "/coordinate/inbox?show=aside", "Set aside"),
                (Status::Done, "/coordinate/inbox?show=done", "Done"),
            ] {
                let label = format!("{label} ({})", store::count(conn, status)?);
                tabs.push(Tab { href, label, is_current: status == show });
            }
            let found = store::page(conn, show, (page - 1) * A_PAGE, A_PAGE + 1)?;
            let has_more = found.len() as i64 > A_PAGE;
            let mut letters = Vec::new();
            for letter in found.iter().take(A_PAGE as usize) {
                let claimed_by = match &letter.claimed_by {
                    Some(id) => Some(crate::join::name_of(conn, Some(id))?),
                    None => None,
                };
                letters.push(row(letter, claimed_by.as_deref(), &zone));
            }
            let address = |page: i64| format!("/coordinate/inbox?show={show}&page={page}");
            let (caption, empty) = match show {
                Status::Open => ("Letters that wait, oldest first", Empty {
                    heading: "No letter waits",
                    text: "What people write to the network’s addresses stands here until somebody has answered it.",
                }),
                Status::Aside => ("Mails set aside, oldest first", Empty {
                    heading: "Nothing is set aside",
                    text: "A mail that cannot be read, or an answer that fits no invitation, is kept here with the reason.",
                }),
                Status::Done => ("Mails that are done, newest first", Empty {
                    heading: "Nothing is done yet",
                    text: "Every mail that came in and needs nobody any more stands here: answers, reports, letters.",
                }),
            };
            Ok(ListView {
                trouble,
                tabs,
                caption,
                letters,
                empty,
                pager: Pager::around(page, found.len(), has_more, address),
            })
        })
        .await?;
    visit.page(&app, "pages/inbox/list", "Inbox", &view)
}
