//! One request, with all that is known of it.

use actix_web::web::Path;
use serde::Serialize;

use super::super::actions::decide::name_of;
use super::super::model::{Decision, Request, RequestId, Status};
use super::super::store;
use super::desk::{Row, badge, country_name, rows};
use super::lookers::Lookers;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::text::zone;
use crate::web::{Answer, AppData, Coordinator, Moment, StatusView, Visit, WebError, moment};

#[derive(Serialize)]
struct EventView {
    when: Moment,
    text: String,
    message: String,
}

#[derive(Serialize)]
struct Choices {
    decision: Decision,
    label: &'static str,
    class: &'static str,
}

#[derive(Serialize)]
struct One {
    name: String,
    email: String,
    affiliation: String,
    country: String,
    role: String,
    reason: String,
    heard_from: String,
    directory: &'static str,
    announcements: &'static str,
    privacy_notice: String,
    came: Moment,
    came_by: String,
    status: StatusView,
    lookers: Vec<String>,
    history: Vec<EventView>,
    others: Vec<Row>,
    choices: Vec<Choices>,
    choose_path: String,
    reopen_path: String,
    reopen_label: &'static str,
    member_href: String,
}

fn choices(request: &Request) -> Vec<Choices> {
    if request.decide(Decision::Approve).is_err() {
        return Vec::new();
    }
    let link = |decision, label, class| Choices { decision, label, class };
    vec![
        link(Decision::Approve, "See the welcome and approve", "button"),
        link(Decision::Ask, "Write a question", "button button-second"),
        link(Decision::Decline, "See the letter and decline", "button button-second"),
        link(
            Decision::DeclineQuietly,
            "Go on to decline without a mail",
            "button button-quiet",
        ),
    ]
}

/// GET /coordinate/requests/{id}
pub async fn one(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = RequestId::from(id.into_inner());
    let (now, zone) = (app.now(), who.time_zone.clone());
    let found = {
        let id = id.clone();
        app.read(move |conn| -> Result<Option<One>, DbError> {
            let found = store::find(conn, &id)?.filter(|request| request.status.is_proved());
            found.map(|request| view_of(conn, request, now, &zone)).transpose()
        })
        .await?
    };
    let mut view = found.ok_or(WebError::NotFound)?;
    if let Some(lookers) = app.part::<Lookers>() {
        view.lookers = lookers.look(&id, &who, now);
    }
    let title = format!("Request from {}", view.name);
    visit.page(&app, "pages/join/request", &title, &view)
}

fn view_of(conn: &mut Conn, request: Request, now: At, zone: &str) -> Result<One, DbError> {
    let mut history = Vec::new();
    for event in store::history(conn, &request.id)? {
        history.push(EventView {
            when: moment(event.at, zone),
            text: format!("{} {}", name_of(conn, event.by_id.as_deref())?, event.what.did()),
            message: event.message,
        });
    }
    let others = store::others_of(conn, &request)?;
    let others = rows(conn, others, now, zone)?;
    let choice = |is: bool| if is { "yes" } else { "no" };
    Ok(One {
        choices: choices(&request),
        choose_path: format!("/coordinate/requests/{}/choice", request.id),
        reopen_path: match request.reopen() {
            Ok(_) => format!("/coordinate/requests/{}/reopening", request.id),
            Err(_) => String::new(),
        },
        reopen_label: if request.status == Status::Asked {
            "Put it back into the queue"
        } else {
            "Reopen this request"
        },
        member_href: request
            .member_id
            .as_ref()
            .map(|id| format!("/coordinate/members/{id}"))
            .unwrap_or_default(),
        status: badge(&request, now),
        came: moment(request.waits_since(), zone),
        country: country_name(&request.country),
        directory: choice(request.wants_directory),
        announcements: choice(request.wants_announcements),
        name: request.name,
        email: request.email,
        affiliation: request.affiliation,
        role: request.role,
        reason: request.reason,
        heard_from: request.heard_from,
        privacy_notice: (request.privacy_notice.parse()).map_or(request.privacy_notice, zone::short_date),
        came_by: request.came_by,
        lookers: Vec::new(),
        history,
        others,
    })
}
