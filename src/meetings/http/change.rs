//! What reaches people: scheduling, telling a change, cancelling. Each has a page that says what goes to whom and why,
//! and a POST that does it.

use actix_web::web::Path;
use serde::Serialize;

use super::differences::{Difference, differences};
use super::edit::version;
use super::outlook::{Outlook, What, look};
use super::preflight::Sending;
use super::views::people;
use crate::meetings::actions::{self, ChangeError, Told};
use crate::meetings::model::MeetingId;
use crate::meetings::places;
use crate::meetings::store;
use crate::members;
use crate::platform::app::App;
use crate::platform::db::Conn;
use crate::platform::text::line::paragraphs;
use crate::web::{Answer, AppData, Coordinator, Fields, FormView, MemberId, Visit, WebError, moment};

fn id_of(path: Path<String>) -> MeetingId {
    MeetingId::from(path.into_inner())
}

/// What was done, and how much mail it made.
pub(super) fn told_text(done: &str, told: Told) -> String {
    let mut text = match told.mails {
        0 => format!("{done} No mail was needed."),
        1 => format!("{done} 1 mail is on its way."),
        n => format!("{done} {n} mails are on their way."),
    };
    match told.suspended {
        0 => {}
        1 => text.push_str(" 1 address is suspended and gets nothing."),
        n => text.push_str(&format!(" {n} addresses are suspended and get nothing.")),
    }
    match told.offers {
        0 => {}
        1 => text.push_str(" 1 place is offered to the waiting list."),
        n => text.push_str(&format!(" {n} places are offered to the waiting list.")),
    }
    text
}

/// "Save and tell 2 people".
fn and_tell(done: &str, number: usize) -> String {
    match number {
        0 => format!("{done}; nobody is told"),
        n => format!("{done} and tell {}", people(n)),
    }
}

/// Who would be invited.
pub async fn schedule_page(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = id_of(id);
    let app_too = app.clone();
    let view = app
        .read(move |conn| {
            let meeting = store::find(conn, &id)?.ok_or(ChangeError::NotFound)?;
            let (mut view, _) = look(conn, &app_too, &who, &meeting, &What::Schedule)?;
            view.preflight.heading = format!("Invitations go to {}", members_text(view.number));
            view.button = match view.number {
                0 => "Schedule; nobody is invited".into(),
                n => format!("Schedule and invite {}", people(n)),
            };
            Ok::<Sending, ChangeError>(view)
        })
        .await?;
    visit.page(&app, "pages/meetings/desk_schedule", "Schedule the meeting", &view)
}

pub(super) fn members_text(number: usize) -> String {
    if number == 1 {
        "1 member".into()
    } else {
        format!("{number} members")
    }
}

/// Whether those whom it concerns are told; they are unless it is said otherwise.
fn notify(fields: &Fields) -> Result<bool, WebError> {
    match fields.get("notify") {
        "" | "yes" => Ok(true),
        "no" => Ok(false),
        _ => Err(WebError::Unprocessable("Say notify=yes or notify=no.".into())),
    }
}

/// Scheduling and cancelling are nothing but telling: they cannot be done quietly.
fn must_notify(fields: &Fields) -> Result<(), WebError> {
    if notify(fields)? {
        return Ok(());
    }
    Err(WebError::from(ChangeError::MustBeTold))
}

/// Invites everyone.
pub async fn schedule(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    must_notify(&fields)?;
    let (id, version) = (id_of(id), version(&fields));
    let (meeting, told) = app
        .write(move |tx, ctx| actions::schedule(tx, ctx, &who, &id, version))
        .await?;
    let text = told_text("The meeting is scheduled.", told);
    visit.see_other_saying(&app, &meeting.desk_path(), &text)
}

#[derive(Serialize)]
struct Changes {
    #[serde(flatten)]
    sending: Sending,
    difference: Difference,
    proposed_by: String,
    proposed_at: String,
    is_own: bool,
    may_be_quiet: bool,
    may_tell: bool,
    /// Own links are switched on by this change.
    gives_own_links: bool,
    /// The joining link changes behind everybody's own link.
    is_behind_own_links: bool,
    sequence_text: String,
    /// What it means for places.
    limit: Option<String>,
}

/// What the proposed change is, and who would be told.
pub async fn changes_page(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = id_of(id);
    let app_too = app.clone();
    let found = app.read(move |conn| changes(conn, &app_too, &who, &id)).await?;
    match found {
        Ok(view) => visit.page(&app, "pages/meetings/desk_changes", "Tell the change", &view),
        Err(desk_path) => visit.see_other_warning(&app, &desk_path, "No change waits to be told."),
    }
}

/// `Err`: where to go instead, for nothing waits.
fn changes(
    conn: &mut Conn,
    app: &App,
    who: &Coordinator,
    id: &MeetingId,
) -> Result<Result<Changes, String>, ChangeError> {
    let meeting = store::find(conn, id)?.ok_or(ChangeError::NotFound)?;
    let Some(proposed_at) = meeting.pending_at else {
        return Ok(Err(meeting.desk_path()));
    };
    let (mut view, outlook) = look(conn, app, who, &meeting, &What::Changes)?;
    view.button = and_tell("Save", view.number);
    let proposer = meeting.pending_by.clone().unwrap_or_default();
    let name = members::store::find(conn, &MemberId::from(proposer.as_str()))?.map(|member| member.name);
    let (before, after) = (&outlook.before, &outlook.after);
    let is_material = outlook.is_material;
    Ok(Ok(Changes {
        difference: differences(before, after),
        proposed_by: name.unwrap_or_else(|| "Another coordinator".into()),
        proposed_at: moment(proposed_at, &who.time_zone).text,
        is_own: proposer == who.id.as_str(),
        may_be_quiet: !is_material,
        may_tell: view.number > 0 || is_material,
        gives_own_links: after.has_own_links && !before.has_own_links,
        is_behind_own_links: before.has_own_links && after.has_own_links && before.joining_link != after.joining_link,
        limit: limit(conn, app, &outlook)?,
        sequence_text: if is_material {
            format!(
                "Calendars take it as version {1}, after version {0}",
                before.sequence, after.sequence
            )
        } else {
            format!("Calendars keep version {}", before.sequence)
        },
        sending: view,
    }))
}

/// What a change means for places, beyond what is sent.
fn limit(conn: &mut Conn, app: &App, outlook: &Outlook) -> Result<Option<String>, ChangeError> {
    if outlook.time_changed && outlook.after.places.is_some() {
        let text = "A new time asks everyone anew: all places are free again and go to whoever says yes first, and \
                    open offers end. Whoever waits keeps their turn if they say yes again.";
        return Ok(Some(text.to_owned()));
    }
    if outlook.before.places == outlook.after.places {
        return Ok(None);
    }
    Ok(places::limit_warning(conn, app, &outlook.after)?)
}

/// Makes the change, and tells it unless `notify=no`.
pub async fn apply(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let (id, version) = (id_of(id), version(&fields));
    let notify = notify(&fields)?;
    let (meeting, told) = app
        .write(move |tx, ctx| actions::apply(tx, ctx, &who, &id, version, notify))
        .await?;
    let done = if notify {
        "The change is saved."
    } else {
        "The change is saved quietly."
    };
    visit.see_other_saying(&app, &meeting.desk_path(), &told_text(done, told))
}

/// Forgets the proposed change.
pub async fn discard(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let (id, version) = (id_of(id), version(&fields));
    let meeting = app
        .write(move |tx, ctx| actions::discard(tx, ctx, &who, &id, version))
        .await?;
    visit.see_other_saying(
        &app,
        &meeting.desk_path(),
        "The change is discarded. The meeting stays as it was.",
    )
}

#[derive(Serialize)]
struct Cancellation {
    #[serde(flatten)]
    sending: Sending,
    form: FormView,
}

/// Who would be told of a cancellation.
pub async fn cancellation_page(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let view = cancellation(&app, who, id_of(id), FormView::blank(&["why"]), "").await?;
    visit.page(&app, "pages/meetings/desk_cancellation", "Cancel the meeting", &view)
}

async fn cancellation(
    app: &AppData,
    who: Coordinator,
    id: MeetingId,
    form: FormView,
    why: &str,
) -> Result<Cancellation, WebError> {
    let app_too = app.clone();
    let what = What::Cancellation(why.to_owned());
    let sending = app
        .read(move |conn| {
            let meeting = store::find(conn, &id)?.ok_or(ChangeError::NotFound)?;
            let (mut view, _) = look(conn, &app_too, &who, &meeting, &what)?;
            view.button = and_tell("Cancel the meeting", view.number);
            Ok::<Sending, ChangeError>(view)
        })
        .await?;
    Ok(Cancellation { sending, form })
}

/// Calls the meeting off.
pub async fn cancel(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    must_notify(&fields)?;
    let (id, version) = (id_of(id), version(&fields));
    // A look at the mail with these words is no cancellation.
    let mut form = FormView::of(&["why"], &fields);
    let Some(why) = form.take("why", paragraphs(fields.get("why"), 0, 2_000)) else {
        let view = cancellation(&app, who, id, form, "").await?;
        let status = actix_web::http::StatusCode::UNPROCESSABLE_ENTITY;
        return visit.page_with(
            &app,
            status,
            "pages/meetings/desk_cancellation",
            "Cancel the meeting",
            &view,
        );
    };
    if fields.is_yes("preview") {
        let view = cancellation(&app, who, id, form, &why).await?;
        return visit.page(&app, "pages/meetings/desk_cancellation", "Cancel the meeting", &view);
    }
    let (meeting, told) = app
        .write(move |tx, ctx| actions::cancel(tx, ctx, &who, &id, version, &why))
        .await?;
    let text = told_text("The meeting is cancelled.", told);
    visit.see_other_saying(&app, &meeting.desk_path(), &text)
}
