//! The form of a poll: new and edited.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use crate::meetings::poll::model::{Poll, PollId, Status};
use crate::meetings::poll::{PollError, actions, form, store};
use crate::platform::text::zone;
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, FormView, Visit};

const TEMPLATE: &str = "pages/meetings/poll_form";

#[derive(Serialize)]
struct View {
    heading: &'static str,
    action: String,
    cancel_url: String,
    form: FormView,
    zones: Vec<Choice>,
    once: String,
    version: String,
}

fn zones(chosen: &str) -> Vec<Choice> {
    let chosen = zone::zone_name(chosen).unwrap_or_default();
    zone::all_zones()
        .into_iter()
        .map(|name| Choice::new(name.clone(), name.replace('_', " "), &chosen))
        .collect()
}

fn new_view(form: FormView, zone: &str, once: &PollId) -> View {
    View {
        heading: "New poll",
        action: "/coordinate/meetings/polls".into(),
        cancel_url: "/coordinate/meetings/polls".into(),
        form,
        zones: zones(zone),
        once: once.to_string(),
        version: String::new(),
    }
}

fn edit_view(poll: &Poll, form: FormView, zone: &str, version: String) -> View {
    View {
        heading: "Edit the poll",
        action: poll.desk_path(),
        cancel_url: poll.desk_path(),
        form,
        zones: zones(zone),
        once: String::new(),
        version,
    }
}

/// An empty form.
pub async fn new(app: AppData, visit: Visit, _who: Coordinator) -> Answer {
    let mut form = FormView::blank(form::FIELDS);
    let zone = app.config.network.time_zone.clone();
    form.set("time_zone", &zone).set("minutes", "90");
    visit.page(&app, TEMPLATE, "New poll", &new_view(form, &zone, &PollId::new()))
}

/// Makes a draft.
pub async fn create(app: AppData, visit: Visit, who: Coordinator, fields: Fields) -> Answer {
    // A form sent twice makes one poll: it carries the id.
    let id = match uuid::Uuid::parse_str(fields.get("once")) {
        Ok(id) => PollId::from(id.to_string()),
        Err(_) => PollId::new(),
    };
    let (form, details) = form::parse(&fields, app.now());
    let Some(details) = details else {
        let view = new_view(form, fields.get("time_zone"), &id);
        return visit.page_with(&app, StatusCode::UNPROCESSABLE_ENTITY, TEMPLATE, "New poll", &view);
    };
    let poll = app
        .write(move |tx, ctx| actions::create(tx, ctx, &who, id, &details))
        .await?;
    visit.see_other_saying(&app, &poll.desk_path(), "The poll is saved. Nobody has been asked.")
}

/// The form with the poll as it is.
pub async fn edit(app: AppData, visit: Visit, _who: Coordinator, id: Path<String>) -> Answer {
    let id = PollId::from(id.into_inner());
    let (poll, times) = app
        .read(move |conn| {
            let poll = store::find(conn, &id)?.ok_or(PollError::NotFound)?;
            if poll.status != Status::Draft {
                return Err(PollError::Sent);
            }
            let times = store::times_of(conn, &poll.id)?;
            Ok::<_, PollError>((poll, times))
        })
        .await?;
    let form = form::filled(&poll, &times);
    let view = edit_view(&poll, form, &poll.time_zone, poll.version.to_string());
    visit.page(&app, TEMPLATE, "Edit the poll", &view)
}

/// Saves a draft.
pub async fn update(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = PollId::from(id.into_inner());
    let looked_for = id.clone();
    let poll = app
        .read(move |conn| store::find(conn, &looked_for)?.ok_or(PollError::NotFound))
        .await?;
    let (form, details) = form::parse(&fields, app.now());
    let Some(details) = details else {
        let view = edit_view(&poll, form, fields.get("time_zone"), fields.get("version").to_owned());
        return visit.page_with(&app, StatusCode::UNPROCESSABLE_ENTITY, TEMPLATE, "Edit the poll", &view);
    };
    let version = fields.get("version").parse().ok();
    let poll = app
        .write(move |tx, ctx| actions::update(tx, ctx, &who, &id, version, &details))
        .await?;
    visit.see_other_saying(&app, &poll.desk_path(), "Saved. Nobody has been asked.")
}
