//! A year's meetings in their order, with its gaps.

use actix_web::HttpRequest;
use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::{asked, copies_url, plan_url};
use crate::meetings::http::status;
use crate::meetings::model::{Meeting, Status};
use crate::meetings::store;
use crate::meetings::words::{self, When};
use crate::meetings::year::copies::{day_of, foresee};
use crate::meetings::year::model::{Edge, Gap, Year, gap_days, gaps};
use crate::meetings::year::picture::{Picture, picture};
use crate::platform::app::App;
use crate::platform::text::zone::{short_date, time_zone};
use crate::web::{Answer, AppData, Coordinator, Fields, StatusView, Visit};

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
    let from = gap.from.date().max(today);
    // Fair hours look no further than two years; one is enough to find one.
    let until = gap.until.date().min(from.saturating_add(1.year()));
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
