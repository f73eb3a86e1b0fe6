//! What reaches people: scheduling, telling a change, cancelling. Each has a page that says what goes to how many,
//! and a POST that does it.

use actix_web::web::Path;
use serde::Serialize;

use super::edit::version;
use super::views::{Line, line, people};
use crate::meetings::actions::{self, ChangeError, Foreseen};
use crate::meetings::invitations::{Move, SubjectKind};
use crate::meetings::mail;
use crate::meetings::model::{InvitationId, Meeting, MeetingId};
use crate::meetings::store;
use crate::meetings::words::{self, When};
use crate::members;
use crate::platform::app::App;
use crate::platform::db::Conn;
use crate::platform::text::line::paragraphs;
use crate::web::{Answer, AppData, Coordinator, Fields, FormView, MemberId, Visit, WebError, moment};

/// A mail as it will read.
#[derive(Serialize)]
struct Preview {
    heading: &'static str,
    subject: String,
    lines: Vec<String>,
}

#[derive(Serialize)]
struct Spared {
    name: String,
    why: &'static str,
}

/// What will reach whom, as `parts/preflight` draws it, with the names of those it does not reach.
#[derive(Serialize)]
pub(super) struct Preflight {
    pub(super) heading: String,
    lines: Vec<Line>,
    note: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Sending {
    url: String,
    title: String,
    when: When,
    version: i32,
    pub(super) preflight: Preflight,
    spared: Vec<Spared>,
    spared_text: String,
    previews: Vec<Preview>,
    warning: Option<String>,
    pub(super) number: usize,
    pub(super) button: String,
}

pub(super) fn sending(
    conn: &mut Conn,
    app: &App,
    who: &Coordinator,
    after: &Meeting,
    was: Option<&Meeting>,
    foreseen: Foreseen,
) -> Result<Sending, ChangeError> {
    let number = foreseen.told.len();
    let lines: Vec<Line> = foreseen
        .counts()
        .into_iter()
        .map(|(kind, count)| line(kind, count))
        .collect();
    let previews = previews(app, who, after, was, &foreseen)?;
    let spared: Vec<Spared> = foreseen
        .spared
        .into_iter()
        .map(|(member, why)| Spared { name: member.name, why })
        .collect();
    Ok(Sending {
        url: after.desk_path(),
        title: after.title.clone(),
        when: words::when(after, Some(&who.time_zone)),
        version: after.version,
        preflight: Preflight {
            heading: "What goes to whom".into(),
            note: lines.is_empty().then(|| "Nobody gets a mail.".to_owned()),
            lines,
        },
        spared_text: format!("{} will not get a mail", people(spared.len())),
        spared,
        previews,
        warning: actions::domain_warning(conn, app)?,
        number,
        button: String::new(),
    })
}

/// One of each kind, as the coordinator would get it where they are among the recipients. The links in it lead
/// nowhere: a preview must not hand out anybody's answer link.
fn previews(
    app: &App,
    who: &Coordinator,
    after: &Meeting,
    was: Option<&Meeting>,
    foreseen: &Foreseen,
) -> Result<Vec<Preview>, ChangeError> {
    let mut shown: Vec<SubjectKind> = Vec::new();
    let mut previews = Vec::new();
    let own_first = foreseen
        .told
        .iter()
        .filter(|(member, _)| member.id == who.id)
        .chain(foreseen.told.iter());
    for (member, step) in own_first {
        if shown.contains(&step.kind) {
            continue;
        }
        shown.push(step.kind);
        let nobody = InvitationId::from("preview");
        let words = mail::words(app, after, was, member, &nobody, step, &app.url("/unsubscribe/preview"))?;
        previews.push(Preview {
            heading: step.kind.opening(),
            subject: words.subject,
            lines: words.text.lines().map(str::to_owned).collect(),
        });
    }
    Ok(previews)
}

fn id_of(path: Path<String>) -> MeetingId {
    MeetingId::from(path.into_inner())
}

/// "212 people were told" and its kin, for the flash.
pub(super) fn told_text(done: &str, mails: usize) -> String {
    match mails {
        0 => format!("{done} No mail was needed."),
        1 => format!("{done} 1 mail is on its way."),
        n => format!("{done} {n} mails are on their way."),
    }
}

/// Who would be invited.
pub async fn schedule_page(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = id_of(id);
    let app_too = app.clone();
    let view = app
        .read(move |conn| {
            let meeting = store::find(conn, &id)?.ok_or(ChangeError::NotFound)?;
            let after = actions::again_or_first(conn, &meeting, app_too.now())?;
            let foreseen = actions::foresee(
                conn,
                &app_too,
                app_too.now(),
                &after,
                meeting.is_cancelled(),
                Move::Invite,
            )?;
            let mut view = sending(conn, &app_too, &who, &after, None, foreseen)?;
            view.preflight.heading = format!("Invitations go to {}", members_text(view.number));
            view.button = format!("Schedule and invite {}", people(view.number));
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
    let text = told_text("The meeting is scheduled.", told.mails);
    visit.see_other_saying(&app, &meeting.desk_path(), &text)
}

#[derive(Serialize)]
struct Was {
    label: &'static str,
    before: String,
    after: String,
}

#[derive(Serialize)]
struct Difference {
    rows: Vec<Was>,
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
    sequence_text: String,
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
    let now = app.now();
    let meeting = store::find(conn, id)?.ok_or(ChangeError::NotFound)?;
    let Some(proposed_at) = meeting.pending_at else {
        return Ok(Err(meeting.desk_path()));
    };
    let effect = actions::effect(conn, &meeting, now)?;
    let foreseen = match effect.a_move {
        Some(a_move) => actions::foresee(conn, app, now, &effect.after, false, a_move)?,
        None => Foreseen::default(),
    };
    let was = effect.time_changed.then_some(&effect.before);
    let mut view = sending(conn, app, who, &effect.after, was, foreseen)?;
    view.button = format!("Save and tell {}", people(view.number));
    let proposer = meeting.pending_by.clone().unwrap_or_default();
    let name = members::store::find(conn, &MemberId::from(proposer.as_str()))?.map(|member| member.name);
    Ok(Ok(Changes {
        difference: Difference {
            rows: differences(&effect.before, &effect.after),
        },
        proposed_by: name.unwrap_or_else(|| "Another coordinator".into()),
        proposed_at: moment(proposed_at, &who.time_zone).text,
        is_own: proposer == who.id.as_str(),
        may_be_quiet: !effect.is_material,
        may_tell: view.number > 0 || effect.is_material,
        sequence_text: if effect.is_material {
            format!(
                "Calendars take it as version {1}, after version {0}",
                effect.before.sequence, effect.after.sequence
            )
        } else {
            format!("Calendars keep version {}", effect.before.sequence)
        },
        sending: view,
    }))
}

fn differences(before: &Meeting, after: &Meeting) -> Vec<Was> {
    let rows = [
        ("Title", before.title.clone(), after.title.clone()),
        ("When", words::long(before), words::long(after)),
        ("Joining link", before.joining_link.clone(), after.joining_link.clone()),
        ("Summary", before.summary.clone(), after.summary.clone()),
        ("Speakers", words::speakers_line(before), words::speakers_line(after)),
        (
            "Who may see it",
            before.visibility.to_string(),
            after.visibility.to_string(),
        ),
        ("Time zone", before.time_zone.clone(), after.time_zone.clone()),
    ];
    let or_none = |text: String| if text.is_empty() { "(nothing)".to_owned() } else { text };
    rows.into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(label, before, after)| Was {
            label,
            before: or_none(before),
            after: or_none(after),
        })
        .collect()
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
    visit.see_other_saying(&app, &meeting.desk_path(), &told_text(done, told.mails))
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
    let why = why.to_owned();
    let sending = app
        .read(move |conn| {
            let meeting = store::find(conn, &id)?.ok_or(ChangeError::NotFound)?;
            let after = actions::cancelled(conn, &meeting, &why, app_too.now())?;
            let foreseen = actions::foresee(conn, &app_too, app_too.now(), &after, false, Move::Cancel)?;
            let mut view = sending(conn, &app_too, &who, &after, None, foreseen)?;
            view.button = format!("Cancel the meeting and tell {}", people(view.number));
            Ok::<Sending, ChangeError>(view)
        })
        .await?;
    Ok(Cancellation { sending, form })
}

/// Calls the meeting off.
pub async fn cancel(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    must_notify(&fields)?;
    let (id, version) = (id_of(id), version(&fields));
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
    let (meeting, told) = app
        .write(move |tx, ctx| actions::cancel(tx, ctx, &who, &id, version, &why))
        .await?;
    let text = told_text("The meeting is cancelled.", told.mails);
    visit.see_other_saying(&app, &meeting.desk_path(), &text)
}
