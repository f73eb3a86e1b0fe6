//! Last year's meetings, shown as the drafts they would become, and made on a press.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use serde::Serialize;

use super::{asked, plan_url};
use crate::meetings::model::{Details, Meeting, MeetingId};
use crate::meetings::store;
use crate::meetings::words;
use crate::meetings::year::actions::{self, Copied};
use crate::meetings::year::copies::{Foreseen, foresee};
use crate::meetings::year::model::Year;
use crate::platform::app::App;
use crate::platform::db::DbError;
use crate::platform::text::zone::{city, long_date_time_range, time_zone};
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, Visit};

#[derive(Serialize)]
struct Copies {
    year: i16,
    name: String,
    from_name: String,
    plan_url: String,
    rows: Vec<CopyRow>,
    /// How many can still be copied.
    open: usize,
    problems: Vec<Problem>,
}

#[derive(Serialize)]
struct CopyRow {
    field: String,
    title: String,
    was: String,
    will: Option<String>,
    weeks: i64,
    known_url: Option<String>,
    has_namesake: bool,
    is_checked: bool,
    /// It can be copied at once, or once it is said which hour is meant.
    can_be_copied: bool,
    url: String,
    city: String,
    starts: FieldView,
    starts_choices: Vec<Choice>,
    ends: FieldView,
    ends_choices: Vec<Choice>,
}

/// A field as the form parts draw it.
#[derive(Serialize)]
struct FieldView {
    name: String,
    value: String,
    error: Option<&'static str>,
}

#[derive(Serialize)]
struct Problem {
    field: String,
    text: String,
}

const WHICH: &str = "Choose which of the two you mean.";

fn copies_view(app: &App, year: &Year, foreseen: &[Foreseen], fields: &Fields, is_sent: bool) -> Copies {
    let starts_on = &app.config.network.year_starts;
    let rows: Vec<CopyRow> = foreseen.iter().map(|copy| copy_row(copy, fields, is_sent)).collect();
    let problem = |row: &CopyRow, field: &FieldView| {
        field.error.map(|text| Problem {
            field: field.name.clone(),
            text: format!("{}: {text}", row.title),
        })
    };
    Copies {
        year: year.number,
        name: year.name(),
        from_name: Year::of(year.number - 1, starts_on).name(),
        plan_url: plan_url(year.number),
        open: rows
            .iter()
            .filter(|row| row.known_url.is_none() && row.can_be_copied)
            .count(),
        problems: rows
            .iter()
            .flat_map(|row| [problem(row, &row.starts), problem(row, &row.ends)])
            .flatten()
            .collect(),
        rows,
    }
}

fn copy_row(copy: &Foreseen, fields: &Fields, is_sent: bool) -> CopyRow {
    let (original, typed) = (&copy.original, &copy.typed);
    let picked = format!("copy-{}", copy.id);
    let is_checked = if is_sent {
        fields.is_yes(&picked)
    } else {
        !copy.has_namesake
    };
    let field = |name: &str, choices: &[Choice]| FieldView {
        name: format!("{name}-{}", copy.id),
        value: String::new(),
        error: (is_sent && is_checked && !choices.is_empty() && !choices.iter().any(|choice| choice.is_selected))
            .then_some(WHICH),
    };
    let zone = &original.time_zone;
    CopyRow {
        title: original.title.clone(),
        was: words::long(original),
        will: typed
            .details
            .as_ref()
            .map(|new| long_date_time_range(new.starts_at, new.ends_at, zone)),
        weeks: copy.weeks,
        known_url: copy.known.as_ref().map(Meeting::desk_path),
        has_namesake: copy.has_namesake,
        is_checked,
        can_be_copied: typed.details.is_some() || !typed.starts_choices.is_empty() || !typed.ends_choices.is_empty(),
        url: original.desk_path(),
        city: city(zone),
        starts: field("starts_choice", &typed.starts_choices),
        starts_choices: typed.starts_choices.clone(),
        ends: field("ends_choice", &typed.ends_choices),
        ends_choices: typed.ends_choices.clone(),
        field: picked,
    }
}

async fn foreseen(app: &AppData, year: Year, fields: &Fields) -> Result<Vec<Foreseen>, DbError> {
    let (app_too, fields) = (app.clone(), fields.clone());
    app.read(move |conn| {
        let network = time_zone(&app_too.config.network.time_zone);
        let starts_on = &app_too.config.network.year_starts;
        Ok(foresee(&store::all(conn)?, &year, starts_on, &network, &fields))
    })
    .await
}

/// GET /coordinate/meetings/plan/copies
pub async fn copies_page(app: AppData, visit: Visit, _who: Coordinator, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let year = asked(&app, query.get("year"))?;
    let found = foreseen(&app, year, &Fields::default()).await?;
    let view = copies_view(&app, &year, &found, &Fields::default(), false);
    visit.page(&app, "pages/meetings/desk_copies", "Copy last year’s meetings", &view)
}

/// POST /coordinate/meetings/plan/copies
pub async fn copy(app: AppData, visit: Visit, who: Coordinator, fields: Fields) -> Answer {
    let year = asked(&app, fields.get("year"))?;
    let found = foreseen(&app, year, &fields).await?;
    let picked = found.iter().filter(|copy| fields.is_yes(&format!("copy-{}", copy.id)));
    let ready: Option<Vec<(MeetingId, Details)>> = picked
        .map(|copy| Some((copy.original.id.clone(), copy.typed.details.clone()?)))
        .collect();
    let Some(drafts) = ready else {
        let view = copies_view(&app, &year, &found, &fields, true);
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return visit.page_with(
            &app,
            status,
            "pages/meetings/desk_copies",
            "Copy last year’s meetings",
            &view,
        );
    };
    let copied = app
        .write(move |tx, ctx| actions::copy_year(tx, ctx, &who, year.number, &drafts))
        .await?;
    visit.see_other_saying(&app, &plan_url(year.number), &told(copied))
}

fn told(copied: Copied) -> String {
    let made = match copied.made {
        0 => "No draft was made.".to_owned(),
        1 => "1 draft is made. Nobody has been told.".to_owned(),
        number => format!("{number} drafts are made. Nobody has been told."),
    };
    match copied.known {
        0 => made,
        1 => format!("{made} 1 meeting had been copied before and was left as it is."),
        number => format!("{made} {number} meetings had been copied before and were left as they are."),
    }
}
