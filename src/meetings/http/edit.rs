//! The form of a meeting: new, copied, edited.

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use crate::meetings::actions::{self, ChangeError, Proposed};
use crate::meetings::form::{self, Typed};
use crate::meetings::model::{Details, Meeting, MeetingId, Status};
use crate::meetings::store;
use crate::members;
use crate::platform::text::zone::{self, LocalTimeProblem};
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, FormView, MemberId, Visit, WebError, moment};

#[derive(Serialize)]
struct View {
    heading: &'static str,
    action: String,
    button: &'static str,
    cancel_url: String,
    form: FormView,
    zones: Vec<Choice>,
    visibilities: Vec<Choice>,
    starts_choices: Vec<Choice>,
    ends_choices: Vec<Choice>,
    /// What stands in the way, or is good to know, before anything is saved.
    warning: Option<String>,
    is_new: bool,
    is_scheduled: bool,
    has_own_links: bool,
    /// The id a new meeting will have, so that a form sent twice makes one.
    once: String,
    version: String,
    seen: String,
}

fn view(typed: Typed) -> View {
    let Typed {
        form,
        starts_choices,
        ends_choices,
        ..
    } = typed;
    View {
        heading: "New meeting",
        action: "/coordinate/meetings".into(),
        button: "Save as a draft",
        cancel_url: "/coordinate/meetings".into(),
        form,
        zones: Vec::new(),
        visibilities: Vec::new(),
        starts_choices,
        ends_choices,
        warning: None,
        is_new: true,
        is_scheduled: false,
        has_own_links: false,
        once: String::new(),
        version: String::new(),
        seen: String::new(),
    }
}

fn blank(form: FormView) -> Typed {
    Typed {
        form,
        details: None,
        starts_choices: Vec::new(),
        ends_choices: Vec::new(),
    }
}

fn with_options(mut view: View, zone_chosen: &str, visibility_chosen: &str) -> View {
    view.zones = zone::all_zones()
        .into_iter()
        .map(|name| Choice::new(name.clone(), name.replace('_', " "), zone_chosen))
        .collect();
    view.visibilities = vec![
        Choice::new(
            "public",
            "Everyone (the joining link stays with members)",
            visibility_chosen,
        ),
        Choice::new("members", "Members only", visibility_chosen),
    ];
    view
}

const TEMPLATE: &str = "pages/meetings/desk_form";

/// An empty form; the address may bring `starts`, `ends` and `time_zone`, as the pages of fair hours do.
pub async fn new(app: AppData, visit: Visit, _who: Coordinator, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let mut form = FormView::blank(form::FIELDS);
    let given = zone::zone_name(query.get("time_zone"));
    let zone = given.unwrap_or_else(|_| app.config.network.time_zone.clone());
    form.set("time_zone", &zone).set("visibility", "public");
    for name in ["starts", "ends"] {
        if zone::local_to_utc(query.get(name), &zone) != Err(LocalTimeProblem::Malformed) {
            form.set(name, query.get(name).trim());
        }
    }
    let mut view = with_options(view(blank(form)), &zone, "public");
    view.once = MeetingId::new().to_string();
    visit.page(&app, TEMPLATE, "New meeting", &view)
}

/// The id that the form carries; a new one where it carries none.
fn once(fields: &Fields) -> MeetingId {
    match uuid::Uuid::parse_str(fields.get("once")) {
        Ok(id) => MeetingId::from(id.to_string()),
        Err(_) => MeetingId::new(),
    }
}

/// Makes a draft.
pub async fn create(app: AppData, visit: Visit, who: Coordinator, fields: Fields) -> Answer {
    let typed = form::parse(&fields, None);
    let id = once(&fields);
    let Some(details) = typed.details.clone() else {
        let mut view = with_options(view(typed), &zone_typed(&fields), fields.get("visibility"));
        view.once = id.to_string();
        return visit.page_with(&app, StatusCode::UNPROCESSABLE_ENTITY, TEMPLATE, "New meeting", &view);
    };
    let meeting = app
        .write(move |tx, ctx| actions::create(tx, ctx, &who, id, &details))
        .await?;
    visit.see_other_saying(&app, &meeting.desk_path(), "The draft is saved. Nobody has been told.")
}

/// The zone as the select knows it.
fn zone_typed(fields: &Fields) -> String {
    zone::zone_name(fields.get("time_zone")).unwrap_or_else(|_| fields.get("time_zone").to_owned())
}

/// Makes a draft of the same details.
pub async fn copy(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let (of, id) = (MeetingId::from(id.into_inner()), once(&fields));
    let meeting = app.write(move |tx, ctx| actions::copy(tx, ctx, &who, &of, id)).await?;
    let text = "This is the copy, a draft of its own. Nobody has been told.";
    visit.see_other_saying(&app, &meeting.desk_path(), text)
}

/// The form with the meeting as it is, or as the change that waits would have it.
pub async fn edit(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let (meeting, proposer) = find(&app, &id).await?;
    let proposal = meeting.proposal().map_err(WebError::internal)?;
    let details = proposal.unwrap_or_else(|| meeting.details());
    let mut view = edit_view(
        &meeting,
        form::filled(&details),
        &details.time_zone,
        details.visibility.as_str(),
    );
    view.version = meeting.version.to_string();
    view.seen = meeting.pending_at.map(|at| at.to_string()).unwrap_or_default();
    view.warning = warning(&meeting, proposer, &who);
    visit.page(&app, TEMPLATE, "Edit the meeting", &view)
}

async fn find(app: &AppData, id: &MeetingId) -> Result<(Meeting, Option<String>), WebError> {
    let id = id.clone();
    app.read(move |conn| {
        let meeting = store::find(conn, &id)?.ok_or(WebError::NotFound)?;
        let proposer = match &meeting.pending_by {
            Some(id) => members::store::find(conn, &MemberId::from(id.as_str()))?.map(|member| member.name),
            None => None,
        };
        Ok((meeting, proposer))
    })
    .await
}

fn warning(meeting: &Meeting, proposer: Option<String>, who: &Coordinator) -> Option<String> {
    let at = moment(meeting.pending_at?, &who.time_zone).text;
    Some(if meeting.pending_by.as_deref() == Some(who.id.as_str()) {
        format!("You proposed this change at {at}, and nobody has been told yet. The form shows it.")
    } else {
        let by = proposer.unwrap_or_else(|| "Another coordinator".into());
        format!(
            "{by} proposed this change at {at}, and nobody has been told yet. The form shows it; if you save, yours takes its place."
        )
    })
}

fn edit_view(meeting: &Meeting, typed: Typed, zone: &str, visibility: &str) -> View {
    let is_scheduled = meeting.status == Status::Scheduled;
    let base = view(typed);
    with_options(
        View {
            heading: "Edit the meeting",
            action: meeting.desk_path(),
            button: if is_scheduled { "See who would be told" } else { "Save" },
            cancel_url: meeting.desk_path(),
            is_new: false,
            is_scheduled,
            has_own_links: meeting.has_own_links,
            ..base
        },
        zone,
        visibility,
    )
}

/// Saves a draft; of a scheduled meeting, stores the change to be told.
pub async fn update(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let (meeting, _) = find(&app, &id).await?;
    let proposal = meeting.proposal().map_err(WebError::internal)?;
    let mut typed = form::parse(&fields, Some(proposal.as_ref().unwrap_or(&meeting.details())));
    if let Some(details) = &typed.details {
        let is_moved = (details.starts_at, details.ends_at) != (meeting.starts_at, meeting.ends_at);
        if meeting.status == Status::Scheduled && is_moved && details.starts_at <= app.now() {
            typed.form.fail("starts", "This time has passed: choose one to come.");
            typed.details = None;
        }
    }
    let again = |typed: Typed| edit_view(&meeting, typed, &zone_typed(&fields), fields.get("visibility"));
    let Some(details) = typed.details.clone() else {
        let mut view = again(typed);
        view.version = fields.get("version").to_owned();
        view.seen = fields.get("seen").to_owned();
        return visit.page_with(
            &app,
            StatusCode::UNPROCESSABLE_ENTITY,
            TEMPLATE,
            "Edit the meeting",
            &view,
        );
    };
    match store_it(&app, who, &meeting, &fields, details).await {
        Ok((path, text)) => visit.see_other_saying(&app, &path, text),
        Err(e @ (ChangeError::OtherProposal { .. } | ChangeError::Conflict)) => {
            // Nothing typed is lost: the form comes back, and a second press means it.
            let (now, _) = find(&app, &meeting.id).await?;
            let mut view = again(typed);
            view.warning = Some(format!("{e} If you save again, yours takes its place."));
            view.version = now.version.to_string();
            view.seen = now.pending_at.map(|at| at.to_string()).unwrap_or_default();
            visit.page_with(&app, StatusCode::CONFLICT, TEMPLATE, "Edit the meeting", &view)
        }
        Err(e) => Err(e.into()),
    }
}

async fn store_it(
    app: &AppData,
    who: Coordinator,
    meeting: &Meeting,
    fields: &Fields,
    details: Details,
) -> Result<(String, &'static str), ChangeError> {
    let (id, version, seen) = (meeting.id.clone(), version(fields), fields.get("seen").to_owned());
    let path = meeting.desk_path();
    if meeting.status != Status::Scheduled {
        Arc::clone(app)
            .write(move |tx, ctx| actions::update(tx, ctx, &who, &id, version, &details))
            .await?;
        return Ok((path, "Saved. Nobody has been told."));
    }
    let proposed = Arc::clone(app)
        .write(move |tx, ctx| actions::propose(tx, ctx, &who, &id, version, &seen, &details))
        .await?;
    Ok(match proposed {
        Proposed::Waits(_) => (
            format!("{path}/changes"),
            "Nothing has been sent yet. Look at what the change means, then decide.",
        ),
        Proposed::ChangesNothing(_) => (path, "Nothing was different, so nothing was saved."),
    })
}

/// The version of the meeting that the form was made from, where it says.
pub(super) fn version(fields: &Fields) -> Option<i32> {
    fields.get("version").parse().ok()
}
