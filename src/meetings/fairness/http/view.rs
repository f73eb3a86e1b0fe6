//! The page of fair hours, put together for its template.

use jiff::ToSpan;
use jiff::civil::Date;
use serde::Serialize;

use super::asked::{Asked, days_word, weekday_choices};
use super::borne::{Borne, PastRow, borne, past_row};
use super::disagree::{DistanceRow, OddWeeks, distances, odd};
use super::picture::{Key, Picture, key, picture};
use super::proposal::{ProposalView, proposal};
use super::rows::{Closely, GridRow, HourRow, closely, grid, hour_row};
use super::scene::Scene;
use crate::meetings::fairness::clocks::together;
use crate::meetings::fairness::hours::{Frame, candidates, days, ordered};
use crate::meetings::fairness::ledger::ledger;
use crate::meetings::fairness::measure::Measure;
use crate::meetings::fairness::store;
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::text::zone::{self, city, short_date};
use crate::web::{Choice, FormView};

#[derive(Serialize)]
pub struct View {
    form: FormView,
    weekdays: Vec<Choice>,
    city: String,
    key: Vec<Key>,
    /// Nothing where the question makes no sense, or there is no such day.
    answer: Option<Answered>,
    has_no_day: bool,
}

#[derive(Serialize)]
struct Answered {
    days_text: String,
    people: i64,
    without: i64,
    picture: Picture,
    hours: Vec<HourRow>,
    other_hours: Vec<HourRow>,
    grid_hours: Vec<usize>,
    grid: Vec<GridRow>,
    closely: Closely,
    odd: Vec<OddWeeks>,
    distances: Vec<DistanceRow>,
    ledger_months: u32,
    borne: Vec<Borne>,
    past: Vec<PastRow>,
    proposal: Option<ProposalView>,
}

/// Hours that stand in the open; the rest a press away.
const FIRST_HOURS: usize = 8;

pub fn view(conn: &mut Conn, app: &App, form: FormView, asked: Option<Asked>) -> Result<View, DbError> {
    let settings = &app.config.fairness;
    let measure = Measure::of(settings);
    let zone = app.config.network.time_zone.as_str();
    let weekday = asked.as_ref().and_then(|asked| asked.weekday);
    let number = weekday.map_or(String::new(), |day| day.to_monday_one_offset().to_string());
    let mut view = View {
        form,
        weekdays: weekday_choices(&number),
        city: city(zone),
        key: key(&measure),
        answer: None,
        has_no_day: false,
    };
    let Some(asked) = asked else {
        return Ok(view);
    };
    let network = zone::time_zone(zone);
    let now = app.now();
    let since = months_before(now, &network, settings.ledger_months);
    let (from, until) = edges(&asked, &network);
    let zones = store::zones(conn, zone)?;
    let scene = Scene {
        frame: Frame {
            network: &network,
            length: asked.length,
        },
        zone,
        clocks: together(&zones.by_zone, since.min(from), until.max(now)),
        measure,
        days: days(asked.from, asked.until, asked.weekday),
        now,
    };
    if scene.days.is_empty() {
        view.has_no_day = true;
        return Ok(view);
    }
    let past = store::held(conn, since, now)?;
    let invited = store::invited(conn, since, now, zone)?;
    let ledger = ledger(past, &invited, &scene.clocks, &scene.measure);
    let all = candidates(&scene.days, &scene.frame, &scene.clocks, &scene.measure);
    let best_first = ordered(&all);
    let best = best_first.first().map_or(0, |found| found.hour);
    let looked_at = asked.hour.unwrap_or(best);
    let rows = best_first
        .iter()
        .map(|found| hour_row(&scene, &asked, found, looked_at));
    let mut rows: Vec<HourRow> = rows.collect();
    let other_hours = rows.split_off(FIRST_HOURS.min(rows.len()));
    view.answer = Some(Answered {
        days_text: days_text(&asked, scene.days.len()),
        people: scene.clocks.iter().map(|clock| clock.people).sum(),
        without: zones.without,
        picture: picture(&all, &scene.clocks, &scene.measure, asked.length, best),
        hours: rows,
        other_hours,
        grid_hours: (0..all.len()).collect(),
        grid: grid(&scene, &all),
        closely: closely(&scene, &all[looked_at]),
        odd: odd(&scene, from, until),
        distances: distances(&scene, from, until),
        ledger_months: settings.ledger_months,
        borne: borne(&scene, &ledger),
        past: ledger
            .entries
            .iter()
            .rev()
            .map(|entry| past_row(&scene, entry))
            .collect(),
        proposal: proposal(&scene, settings, &ledger.burdens),
    });
    Ok(view)
}

fn months_before(now: At, network: &jiff::tz::TimeZone, months: u32) -> At {
    let local = now.in_zone(network);
    let before = local.saturating_sub(i64::from(months).months());
    At::from_timestamp(before.timestamp())
}

/// The first instant of the first day, and the first after the last.
fn edges(asked: &Asked, network: &jiff::tz::TimeZone) -> (At, At) {
    let begins = |day: Date| match day.to_zoned(network.clone()) {
        Ok(begins) => At::from_timestamp(begins.timestamp()),
        Err(_) => At::from_unix(0),
    };
    (begins(asked.from), begins(asked.until.saturating_add(1.day())))
}

/// "52 Wednesdays from 1 March 2027 to 28 February 2028".
fn days_text(asked: &Asked, number: usize) -> String {
    let word = days_word(asked.weekday);
    let word = if number == 1 { word.trim_end_matches('s') } else { word };
    format!(
        "{number} {word} from {} to {}",
        short_date(asked.from),
        short_date(asked.until)
    )
}
