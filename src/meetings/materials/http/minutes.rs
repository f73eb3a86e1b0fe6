//! The minutes on the desk: writing, reading old versions, publishing, taking back.

use std::collections::HashMap;

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use super::overview::{READERS, seen_choices};
use super::{desk_path, found};
use crate::meetings::materials::actions::{self, MaterialError};
use crate::meetings::materials::model::{Seen, Version};
use crate::meetings::materials::sides::{Line, sides};
use crate::meetings::materials::store;
use crate::meetings::model::MeetingId;
use crate::meetings::words::{self, When};
use crate::members::{self, MemberId};
use crate::platform::db::{Conn, DbError};
use crate::platform::text::line::paragraphs;
use crate::platform::text::markdown::{self, SafeHtml};
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, FormView, Moment, Visit, WebError, moment};

const LONGEST: usize = 50_000;

#[derive(Serialize)]
struct Row {
    number: i32,
    url: String,
    by: String,
    at: Moment,
    is_published: bool,
}

/// Two texts, where somebody else saved in between.
#[derive(Serialize)]
struct Clash {
    by: String,
    at: Moment,
    theirs: Vec<Line>,
    mine: Vec<Line>,
}

#[derive(Serialize)]
struct View {
    title: String,
    url: String,
    back_url: String,
    when: When,
    form: FormView,
    /// The version that a saving now goes on top of.
    seen: i32,
    clash: Option<Clash>,
    preview: Option<SafeHtml>,
    versions: Vec<Row>,
    published_version: Option<i32>,
    published_for: String,
    has_newer_draft: bool,
    visibilities: Vec<Choice>,
}

fn name_of(conn: &mut Conn, id: &str, known: &mut HashMap<String, String>) -> Result<String, DbError> {
    if let Some(name) = known.get(id) {
        return Ok(name.clone());
    }
    let member = members::store::find(conn, &MemberId::from(id))?;
    let name = member.map_or_else(|| "A coordinator".to_owned(), |member| member.name);
    known.insert(id.to_owned(), name.clone());
    Ok(name)
}

fn view(conn: &mut Conn, id: &MeetingId, zone: &str, typed: Option<FormView>) -> Result<View, WebError> {
    let meeting = found(conn, id)?;
    let url = format!("{}/minutes", desk_path(&meeting));
    let versions = store::versions(conn, id)?;
    let standing = store::standing(conn, id)?;
    let mut names = HashMap::new();
    let mut rows = Vec::new();
    for version in &versions {
        rows.push(Row {
            number: version.version,
            url: format!("{url}/{}", version.version),
            by: name_of(conn, &version.by_id, &mut names)?,
            at: moment(version.at, zone),
            is_published: standing.published_version == Some(version.version),
        });
    }
    let latest = versions.first();
    let is_typed = typed.is_some();
    let mut form = typed.unwrap_or_default();
    if !is_typed {
        form.set("body", latest.map(|latest| latest.body.clone()).unwrap_or_default());
    }
    if !form.has("minutes_seen_by") {
        form.set("minutes_seen_by", standing.visibility.as_str());
    }
    Ok(View {
        back_url: desk_path(&meeting),
        when: words::when(&meeting, Some(zone)),
        seen: latest.map_or(0, |latest| latest.version),
        clash: None,
        preview: latest.map(|latest| markdown::to_html(&latest.body)),
        published_version: standing.published_version,
        published_for: standing.visibility.label().to_lowercase(),
        has_newer_draft: latest.is_some_and(|latest| standing.published_version.is_some_and(|v| v < latest.version)),
        visibilities: seen_choices(&READERS, form.value("minutes_seen_by")),
        versions: rows,
        form,
        url,
        title: meeting.title,
    })
}

const TEMPLATE: &str = "pages/meetings/materials_minutes";

async fn show(
    app: &AppData,
    visit: &Visit,
    who: &Coordinator,
    id: MeetingId,
    status: StatusCode,
    form: Option<FormView>,
) -> Answer {
    let zone = who.time_zone.clone();
    let view = app.read(move |conn| view(conn, &id, &zone, form)).await?;
    let title = format!("Minutes: {}", view.title);
    visit.page_with(app, status, TEMPLATE, &title, &view)
}

pub async fn page(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    show(
        &app,
        &visit,
        &who,
        MeetingId::from(id.into_inner()),
        StatusCode::OK,
        None,
    )
    .await
}

/// Saves a version. Where somebody else has saved one in between, shows both texts; neither is lost.
pub async fn save(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let mut form = FormView::of(&["body"], &fields);
    let Some(body) = form.take("body", paragraphs(fields.get("body"), 1, LONGEST)) else {
        return show(&app, &visit, &who, id, StatusCode::UNPROCESSABLE_ENTITY, Some(form)).await;
    };
    let seen = fields.get("seen").parse().unwrap_or(-1);
    let saved = app
        .write({
            let (who, id, body) = (who.clone(), id.clone(), body.clone());
            move |tx, ctx| actions::minutes::save(tx, ctx, &who, &id, seen, &body)
        })
        .await;
    match saved {
        Err(MaterialError::Changed) => clash(&app, &visit, &who, id, form, body).await,
        saved => {
            let text = format!(
                "Version {} of the minutes is saved. Readers see what you publish.",
                saved?
            );
            visit.see_other_saying(&app, &format!("/coordinate/meetings/{id}/materials/minutes"), &text)
        }
    }
}

async fn clash(
    app: &AppData,
    visit: &Visit,
    who: &Coordinator,
    id: MeetingId,
    mut form: FormView,
    mine: String,
) -> Answer {
    let zone = who.time_zone.clone();
    let view = app
        .read(move |conn| {
            let latest = store::latest_version(conn, &id)?.ok_or(WebError::NotFound)?;
            let Version { body, by_id, at, .. } = latest;
            let by = name_of(conn, &by_id, &mut HashMap::new())?;
            form.fail(
                "body",
                format!("{by} has saved the minutes since you opened them. Yours are not saved yet, and nothing is lost: put into your text what you want to keep of theirs, then save it as the next version."),
            );
            let mut view = view(conn, &id, &zone, Some(form))?;
            let (theirs, mine) = sides(&body, &mine);
            let at = moment(at, &zone);
            view.clash = Some(Clash { by, at, theirs, mine });
            Ok::<_, WebError>(view)
        })
        .await?;
    let title = format!("Minutes: {}", view.title);
    visit.page_with(app, StatusCode::CONFLICT, TEMPLATE, &title, &view)
}

pub async fn publish(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let seen = Seen::parse(fields.get("minutes_seen_by")).filter(|seen| READERS.contains(seen));
    let seen = seen.ok_or_else(|| WebError::Unprocessable("Choose who sees the minutes.".into()))?;
    let version = fields.get("seen").parse().unwrap_or(-1);
    let path = format!("/coordinate/meetings/{id}/materials/minutes");
    let done = app
        .write(move |tx, ctx| actions::minutes::publish(tx, ctx, &who, &id, version, seen))
        .await;
    match done {
        Err(MaterialError::Changed) => visit.see_other_warning(
            &app,
            &path,
            "Somebody has saved another version since you opened the page. Read it, then publish it.",
        ),
        done => {
            done?;
            let text = match seen {
                Seen::Public => "The minutes are published: everyone can read them. No mail was sent.",
                _ => "The minutes are published: members can read them. No mail was sent.",
            };
            visit.see_other_saying(&app, &path, text)
        }
    }
}

pub async fn withdraw(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let meeting = app
        .write(move |tx, ctx| actions::minutes::withdraw(tx, ctx, &who, &id))
        .await?;
    let path = format!("{}/minutes", desk_path(&meeting));
    visit.see_other_saying(&app, &path, "The minutes are a draft again: no reader sees them.")
}

#[derive(Serialize)]
struct Old {
    title: String,
    back_url: String,
    number: i32,
    by: String,
    at: Moment,
    html: SafeHtml,
    body: String,
}

/// One version as it was saved.
pub async fn version(app: AppData, visit: Visit, who: Coordinator, path: Path<(String, i32)>) -> Answer {
    let (id, number) = path.into_inner();
    let zone = who.time_zone.clone();
    let view = app
        .read(move |conn| {
            let meeting = found(conn, &MeetingId::from(id))?;
            let versions = store::versions(conn, &meeting.id)?;
            let found = versions.into_iter().find(|version| version.version == number);
            let found = found.ok_or(WebError::NotFound)?;
            Ok::<_, WebError>(Old {
                back_url: format!("{}/minutes", desk_path(&meeting)),
                title: meeting.title,
                number,
                by: name_of(conn, &found.by_id, &mut HashMap::new())?,
                at: moment(found.at, &zone),
                html: markdown::to_html(&found.body),
                body: found.body,
            })
        })
        .await?;
    visit.page(&app, "pages/meetings/materials_version", &view.title, &view)
}
