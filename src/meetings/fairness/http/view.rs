//! The page of fair hours, put together for its template.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Span, ToSpan};
use serde::Serialize;

use super::asked::{Asked, days_word, weekday_choices};
use super::picture::{Key, Picture, key, picture, shade};
use super::proposal::{ProposalView, proposal};
use crate::meetings::fairness::clocks::{Clock, Spell, distance, spells, together};
use crate::meetings::fairness::hours::{Candidate, Frame, candidates, days, ordered};
use crate::meetings::fairness::ledger::{Ledger, ledger};
use crate::meetings::fairness::measure::{Measure, STATES, State, points};
use crate::meetings::fairness::store;
use crate::meetings::words;
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::text::zone::{self, city, short_date, short_date_at};
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

#[derive(Serialize)]
struct HourRow {
    time: String,
    average: String,
    worst: String,
    worst_points: String,
    asleep: i64,
    dinner: i64,
    work: i64,
    free: i64,
    look_url: String,
    is_looked_at: bool,
    use_url: String,
}

#[derive(Serialize)]
struct GridRow {
    label: String,
    people: i64,
    words: Vec<&'static str>,
}

/// One hour, clock by clock.
#[derive(Serialize)]
struct Closely {
    time: String,
    use_url: String,
    rows: Vec<CloseRow>,
}

#[derive(Serialize)]
struct CloseRow {
    label: String,
    others: String,
    people: i64,
    local: String,
    what: String,
    points: String,
    shade: i64,
}

#[derive(Serialize)]
struct OddWeeks {
    when: String,
    days: String,
    clocks: Vec<String>,
}

#[derive(Serialize)]
struct DistanceRow {
    label: String,
    people: i64,
    spells: Vec<SpellView>,
}

#[derive(Serialize)]
struct SpellView {
    text: String,
    is_short: bool,
}

#[derive(Serialize)]
struct Borne {
    label: String,
    people: i64,
    points: String,
    asleep: usize,
}

#[derive(Serialize)]
struct PastRow {
    url: String,
    title: String,
    when: words::When,
    asleep: String,
}

/// Hours that stand in the open; the rest a press away.
const FIRST_HOURS: usize = 8;

/// What everything on the page is counted with.
pub(super) struct Scene<'a> {
    pub frame: Frame<'a>,
    pub zone: &'a str,
    pub clocks: Vec<Clock>,
    pub measure: Measure,
    pub days: Vec<Date>,
    pub now: At,
}

impl Scene<'_> {
    /// "15:00–16:30": a meeting that begins at this hour, on the network's clocks.
    pub fn time(&self, hour: usize) -> String {
        let end = hour as i64 * 60 + self.frame.length;
        format!("{hour:02}:00–{:02}:{:02}", end / 60 % 24, end % 60)
    }

    /// The form of a new meeting, filled in with this day and hour.
    pub fn use_url(&self, day: Date, hour: usize) -> String {
        let local = day.at(hour as i8, 0, 0, 0);
        let ends = local
            .checked_add(Span::new().minutes(self.frame.length))
            .unwrap_or(local);
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.append_pair("starts", &local.strftime("%Y-%m-%dT%H:%M").to_string());
        query.append_pair("ends", &ends.strftime("%Y-%m-%dT%H:%M").to_string());
        query.append_pair("time_zone", self.zone);
        format!("/coordinate/meetings/new?{}", query.finish())
    }

    /// The first of the days that has not begun.
    fn next_day(&self) -> Option<Date> {
        let today = self.now.in_zone(self.frame.network).date();
        let next = self.days.iter().find(|day| **day > today);
        next.or(self.days.last()).copied()
    }

    /// The spells in which a clock stands at an unusual distance from the network's.
    pub fn short_spells<'c>(&'c self, from: At, until: At) -> Vec<(&'c Clock, Spell)> {
        let of_clock = |clock: &'c Clock| {
            let found = spells(self.frame.network, &clock.rules, from, until);
            found
                .into_iter()
                .filter(|spell| spell.is_short)
                .map(move |spell| (clock, spell))
        };
        self.clocks.iter().flat_map(of_clock).collect()
    }
}

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

fn hour_row(scene: &Scene<'_>, asked: &Asked, found: &Candidate, looked_at: usize) -> HourRow {
    let [asleep, dinner, work, free] = found.people(&scene.clocks);
    let worst = found.worst();
    HourRow {
        time: scene.time(found.hour),
        average: points(found.average),
        worst: worst.map(|at| scene.clocks[at].label()).unwrap_or_default(),
        worst_points: points(worst.map_or(0, |at| found.costs[at])),
        asleep,
        dinner,
        work,
        free,
        look_url: asked.path_of(found.hour),
        is_looked_at: found.hour == looked_at,
        use_url: scene
            .next_day()
            .map(|day| scene.use_url(day, found.hour))
            .unwrap_or_default(),
    }
}

fn grid(scene: &Scene<'_>, all: &[Candidate]) -> Vec<GridRow> {
    let row = |(at, clock): (usize, &Clock)| GridRow {
        label: clock.label(),
        people: clock.people,
        words: all.iter().map(|found| found.state(at).word()).collect(),
    };
    scene.clocks.iter().enumerate().map(row).collect()
}

fn closely(scene: &Scene<'_>, found: &Candidate) -> Closely {
    let number = scene.days.len() as i64;
    let rows = scene.clocks.iter().enumerate().map(|(at, clock)| {
        let spent = found.spent[at];
        let parts = STATES.into_iter().filter(|state| spent.of(*state) > 0);
        let parts: Vec<String> = parts
            .map(|state| match spent.of(state) / number {
                minutes if minutes == scene.frame.length => state.word().to_owned(),
                minutes => format!("{} {} min", state.word(), minutes.max(1)),
            })
            .collect();
        CloseRow {
            label: clock.name.clone(),
            others: clock.others.join(", "),
            people: clock.people,
            local: local_times(scene, clock, found.hour),
            what: parts.join(", "),
            points: points(found.costs[at]),
            shade: shade(found.costs[at], scene.measure.most(scene.frame.length)),
        }
    });
    Closely {
        time: scene.time(found.hour),
        use_url: scene
            .next_day()
            .map(|day| scene.use_url(day, found.hour))
            .unwrap_or_default(),
        rows: rows.collect(),
    }
}

/// "11:00", or where it is not the same on all days "11:00 on 49 days, 12:00 on 3".
fn local_times(scene: &Scene<'_>, clock: &Clock, hour: usize) -> String {
    let mut times: Vec<(String, usize)> = Vec::new();
    for day in &scene.days {
        let local = scene.frame.at(*day, hour).0.in_zone(&clock.rules);
        let side = match local.date().cmp(day) {
            std::cmp::Ordering::Less => " the day before",
            std::cmp::Ordering::Equal => "",
            std::cmp::Ordering::Greater => " the day after",
        };
        let time = format!("{}{side}", local.strftime("%H:%M"));
        match times.iter_mut().find(|(known, _)| *known == time) {
            Some((_, number)) => *number += 1,
            None => times.push((time, 1)),
        }
    }
    times.sort_by(|a, b| b.1.cmp(&a.1));
    match times.as_slice() {
        [(time, _)] => time.clone(),
        times => {
            let days = |number: &usize| if *number == 1 { "day" } else { "days" };
            let parts = times
                .iter()
                .map(|(time, number)| format!("{time} on {number} {}", days(number)));
            parts.collect::<Vec<_>>().join(", ")
        }
    }
}

/// "New York is 4 hours behind London".
fn stands(scene: &Scene<'_>, clock: &Clock, ahead: i32) -> String {
    let ours = city(scene.zone);
    match ahead {
        0 => format!("{} shows the same time as {ours}", clock.label()),
        ahead => format!("{} is {} {}", clock.label(), distance(ahead), of_ours(ahead, &ours)),
    }
}

fn of_ours(ahead: i32, ours: &str) -> String {
    if ahead < 0 {
        ours.to_owned()
    } else {
        format!("of {ours}")
    }
}

/// "New York is 4 hours behind London, usually 5 hours behind".
pub(super) fn stands_oddly(scene: &Scene<'_>, clock: &Clock, spell: &Spell) -> String {
    let said = stands(scene, clock, spell.ahead);
    if spell.before == spell.after {
        format!("{said}; before and after, {}", distance(spell.before))
    } else {
        format!(
            "{said}; before, {}, and after, {}",
            distance(spell.before),
            distance(spell.after)
        )
    }
}

/// The weeks in which clocks disagree, in their order; clocks that part and meet on the same days stand together.
fn odd(scene: &Scene<'_>, from: At, until: At) -> Vec<OddWeeks> {
    let mut weeks: BTreeMap<(Date, Date), Vec<(&Clock, Spell)>> = BTreeMap::new();
    for (clock, spell) in scene.short_spells(from, until) {
        let day = |at: At| at.in_zone(scene.frame.network).date();
        weeks
            .entry((day(spell.from), day(spell.until)))
            .or_default()
            .push((clock, spell));
    }
    let shown = weeks.into_iter().map(|((first, last), clocks)| {
        let is_within = |day: &&Date| {
            let noon = scene.frame.at(**day, 12).0;
            clocks.iter().any(|(_, spell)| spell.from <= noon && noon < spell.until)
        };
        let days = match scene.days.iter().filter(is_within).count() {
            0 => "none of these days falls into it".to_owned(),
            1 => "1 of these days falls into it".to_owned(),
            number => format!("{number} of these days fall into it"),
        };
        let said = |(clock, spell): &(&Clock, Spell)| {
            let members = if clock.people == 1 { "member" } else { "members" };
            format!("{} ({} {members})", stands_oddly(scene, clock, spell), clock.people)
        };
        OddWeeks {
            when: format!("{} to {}", short_date(first), short_date(last)),
            days,
            clocks: clocks.iter().map(said).collect(),
        }
    });
    shown.collect()
}

fn distances(scene: &Scene<'_>, from: At, until: At) -> Vec<DistanceRow> {
    let row = |clock: &Clock| {
        let found = spells(scene.frame.network, &clock.rules, from, until);
        let spells = found.iter().map(|spell| {
            let end = if spell.until < until {
                format!(" until {}", short_date_at(spell.until, scene.zone))
            } else {
                String::new()
            };
            SpellView {
                text: format!("{}{end}", distance(spell.ahead)),
                is_short: spell.is_short,
            }
        });
        DistanceRow {
            label: clock.label(),
            people: clock.people,
            spells: spells.collect(),
        }
    };
    scene.clocks.iter().map(row).collect()
}

fn borne(scene: &Scene<'_>, ledger: &Ledger) -> Vec<Borne> {
    let row = |(at, clock): (usize, &Clock)| Borne {
        label: clock.label(),
        people: clock.people,
        points: points(ledger.burdens[at]),
        asleep: ledger
            .entries
            .iter()
            .filter(|entry| entry.spent[at].is_some_and(|spent| spent.of(State::Asleep) > 0))
            .count(),
    };
    scene.clocks.iter().enumerate().map(row).collect()
}

fn past_row(scene: &Scene<'_>, entry: &crate::meetings::fairness::ledger::Entry) -> PastRow {
    let slept = scene.clocks.iter().zip(&entry.spent).filter_map(|(clock, spent)| {
        let asleep = spent
            .map(|spent| spent.of(State::Asleep))
            .filter(|minutes| *minutes > 0)?;
        Some(format!("{} ({asleep} min)", clock.label()))
    });
    let slept: Vec<String> = slept.collect();
    PastRow {
        url: entry.meeting.desk_path(),
        title: entry.meeting.title.clone(),
        when: words::when(&entry.meeting, None),
        asleep: if slept.is_empty() {
            "Nobody".into()
        } else {
            slept.join(", ")
        },
    }
}
