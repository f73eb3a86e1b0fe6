//! A conferencing tool's report, pasted: first what it says, then a press that takes it in.

use actix_web::web::Path;
use serde::Serialize;

use super::desk::{active_ids, again, ticked};
use crate::meetings::attendance::actions::{self, closed};
use crate::meetings::attendance::import::lines;
use crate::meetings::attendance::matching::{Found, matched};
use crate::meetings::attendance::{report, store};
use crate::meetings::model::MeetingId;
use crate::meetings::store as meetings;
use crate::members;
use crate::web::{Answer, AppData, Coordinator, Fields, FormView, Visit, WebError};

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    /// Where the report has another name for them.
    written: Option<String>,
    minutes: Option<u32>,
    lines: String,
    is_noted: bool,
}

#[derive(Serialize)]
struct StrangerView {
    written: String,
    why: &'static str,
    lines: String,
}

#[derive(Serialize)]
struct View {
    title: String,
    url: String,
    by_email: Vec<Row>,
    by_name: Vec<Row>,
    strangers: Vec<StrangerView>,
    /// How many of the report are members, for certain or perhaps.
    known: usize,
}

/// Says what the report says; nothing is changed. The answer to a POST is a page, for a report fits in no address.
pub async fn read(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let visits = match report::read(fields.get("report").as_bytes()) {
        Ok(visits) => visits,
        Err(why) => {
            let mut form = FormView::of(&["report"], &fields);
            form.fail("report", why.to_string());
            return again(&app, &visit, who, id, form).await;
        }
    };
    let now = app.now();
    let view = app
        .read(move |conn| {
            let meeting = meetings::find(conn, &id)?.ok_or(WebError::NotFound)?;
            if let Some(why) = closed(&meeting, now) {
                return Err(why.into());
            }
            let noted = store::noted(conn, &id)?;
            let found = matched(&visits, &members::store::active(conn)?);
            let row = |found: Found| Row {
                is_noted: noted.contains_key(&found.member),
                id: found.member.to_string(),
                written: Some(found.written).filter(|written| *written != found.name && !written.is_empty()),
                name: found.name,
                minutes: found.minutes,
                lines: lines(&found.lines),
            };
            let strangers = found.strangers.into_iter().map(|one| StrangerView {
                lines: lines(&one.lines),
                written: one.written,
                why: one.why,
            });
            Ok::<View, WebError>(View {
                url: meeting.desk_path(),
                title: meeting.title,
                known: found.by_email.len() + found.by_name.len(),
                strangers: strangers.collect(),
                by_email: found.by_email.into_iter().map(row).collect(),
                by_name: found.by_name.into_iter().map(row).collect(),
            })
        })
        .await?;
    visit.page(
        &app,
        "pages/meetings/desk_attendance_reading",
        "What the report says",
        &view,
    )
}

/// Notes those who are ticked on that page.
pub async fn apply(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let came = ticked(&fields, &active_ids(&app).await?);
    let (meeting, added) = app
        .write(move |tx, ctx| actions::save_import(tx, ctx, who.id.as_str(), &id, &came))
        .await?;
    let text = match added {
        0 => "All of them were noted before, so nothing changed.".to_owned(),
        1 => "1 more person is noted as having come.".to_owned(),
        more => format!("{more} more people are noted as having come."),
    };
    visit.see_other_saying(&app, &format!("{}/attendance", meeting.desk_path()), &text)
}
