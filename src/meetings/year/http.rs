//! The page of a year, and the page that copies the year before it.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::actions::{self, Copied};
use super::copies::{Foreseen, day_of, foresee};
use super::model::{Edge, Gap, Year, gap_days, gaps};
use super::picture::{Picture, picture};
use crate::meetings::http::status;
use crate::meetings::model::{Details, Meeting, MeetingId, Status};
use crate::meetings::store;
use crate::meetings::words::{self, When};
use crate::platform::app::App;
use crate::platform::db::DbError;
use crate::platform::text::zone::{city, long_date_time_range, short_date, time_zone};
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, StatusView, Visit, WebError};

#[derive(Serialize)]
struct View {
    name: String,
    starts: String,
    ends: String,
    previous_url: String,
    previous_name: String,
    next_url: String,
    next_name: String,
    copy_url: String,
    /// Meetings of the year before that could be copied.
    to_copy: usize,
    planned: usize,
    wanted: u32,
    gap_weeks: i32,
    picture: Picture,
    rows: Vec<Row>,
    is_empty: bool,
}

/// A meeting, or a gap where `gap` says so.
#[derive(Serialize)]
struct Row {
    url: String,
    title: String,
    when: Option<When>,
    status: Option<StatusView>,
    gap: Option<String>,
    hours_url: Option<String>,
}

fn plan_url(number: i16) -> String {
    format!("/coordinate/meetings/plan?year={number}")
}

fn copies_url(number: i16) -> String {
    format!("/coordinate/meetings/plan/copies?year={number}")
}

/// The year that is asked for; the present one where none is.
fn asked(app: &App, typed: &str) -> Result<Year, WebError> {
    let starts_on = &app.config.network.year_starts;
    if typed.is_empty() {
        let today = app.now().in_zone(&time_zone(&app.config.network.time_zone)).date();
        return Ok(Year::around(today, starts_on));
    }
    let number = typed
        .parse::<i16>()
        .ok()
        .filter(|number| (2000..=2200).contains(number));
    number
        .map(|number| Year::of(number, starts_on))
        .ok_or(WebError::NotFound)
}

/// GET /coordinate/meetings/plan
pub async fn page(app: AppData, visit: Visit, who: Coordinator, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let year = asked(&app, query.get("year"))?;
    let meetings = app.read(store::all).await?;
    let view = year_view(&app, &who, &year, &meetings);
    visit.page(&app, "pages/meetings/desk_year", "The year’s plan", &view)
}

fn year_view(app: &App, who: &Coordinator, year: &Year, meetings: &[Meeting]) -> View {
    let network = time_zone(&app.config.network.time_zone);
    let (now, wanted) = (app.now(), app.config.fairness.meetings_a_year);
    let today = now.in_zone(&network).date();
    let on = |meeting: &&Meeting| !meeting.is_cancelled();
    let day = |meeting: &Meeting| day_of(meeting, &network);
    let held: Vec<Date> = meetings
        .iter()
        .filter(on)
        .map(day)
        .filter(|day| year.holds(*day))
        .collect();
    let before = meetings
        .iter()
        .filter(on)
        .map(day)
        .filter(|day| *day < year.starts)
        .max();
    let after = meetings.iter().filter(on).map(day).find(|day| *day >= year.ends);
    let gaps = gaps(year, &held, before, after, wanted);
    let of_year: Vec<&Meeting> = meetings.iter().filter(|meeting| year.holds(day(meeting))).collect();
    let dots: Vec<(Date, &'static str)> = of_year
        .iter()
        .map(|meeting| {
            let kind = match meeting.status {
                Status::Draft => "draft",
                Status::Scheduled => "on",
                Status::Cancelled => "off",
            };
            (day(meeting), kind)
        })
        .collect();
    // By day; on one day first the gap that ends there, then the meetings, then the gap that begins.
    let mut rows: Vec<(Date, u8, Row)> = of_year
        .iter()
        .map(|meeting| {
            let row = Row {
                url: meeting.desk_path(),
                title: meeting.title.clone(),
                when: Some(words::when(meeting, Some(&who.time_zone))),
                status: Some(status(meeting, now)),
                gap: None,
                hours_url: None,
            };
            (day(meeting), 1, row)
        })
        .collect();
    rows.extend(gaps.iter().map(|gap| match gap.from {
        Edge::Meeting(day) if year.holds(day) => (day, 2, gap_row(gap, today)),
        _ => (year.starts, 0, gap_row(gap, today)),
    }));
    rows.sort_by_key(|(day, rank, _)| (*day, *rank));
    let starts_on = &app.config.network.year_starts;
    let last_year = Year::of(year.number - 1, starts_on);
    let next_year = Year::of(year.number + 1, starts_on);
    let copies = foresee(meetings, year, starts_on, &network, &Fields::default());
    View {
        name: year.name(),
        starts: short_date(year.starts),
        ends: short_date(year.last()),
        previous_url: plan_url(last_year.number),
        previous_name: last_year.name(),
        next_url: plan_url(next_year.number),
        next_name: next_year.name(),
        copy_url: copies_url(year.number),
        to_copy: copies.iter().filter(|copy| copy.known.is_none()).count(),
        planned: held.len(),
        wanted,
        gap_weeks: gap_days(wanted) / 7,
        picture: picture(year, &dots, &gaps, today),
        rows: rows.into_iter().map(|(_, _, row)| row).collect(),
        is_empty: of_year.is_empty(),
    }
}

/// "Nothing between 24 March 2027 and 9 July 2027: 15 weeks".
fn gap_row(gap: &Gap, today: Date) -> Row {
    let edge = |edge: Edge| match edge {
        Edge::Meeting(day) => short_date(day),
        Edge::YearStarts(day) => format!("the beginning of the year ({})", short_date(day)),
        Edge::YearEnds(day) => format!("the end of the year ({})", short_date(day)),
    };
    let weeks = if gap.weeks == 1 { "week" } else { "weeks" };
    let (from, until) = (gap.from.date().max(today), gap.until.date());
    Row {
        url: String::new(),
        title: String::new(),
        when: None,
        status: None,
        gap: Some(format!(
            "Nothing between {} and {}: {} {weeks}",
            edge(gap.from),
            edge(gap.until),
            gap.weeks
        )),
        hours_url: (from < until).then(|| format!("/coordinate/meetings/hours?from={from}&until={until}")),
    }
}

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
        let network: TimeZone = time_zone(&app_too.config.network.time_zone);
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
