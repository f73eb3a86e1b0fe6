//! The coordinators' side: the list, one poll with what was said, and what follows from it.

use std::collections::HashMap;

use actix_web::web::Path;
use serde::Serialize;

use crate::meetings::asking::{Asking, Bar, asking, people, reached};
use crate::meetings::poll::mail;
use crate::meetings::poll::model::{AskedId, Poll, PollId, Said, Status, Tally, Time, TimeId, winner};
use crate::meetings::poll::{PollError, actions, store};
use crate::meetings::store as meetings;
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::db::Conn;
use crate::platform::text::markdown::{self, SafeHtml};
use crate::platform::text::zone;
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, FormView, Moment, StatusView, Visit, deadline, moment};

fn standing(poll: &Poll, now: At) -> StatusView {
    match poll.status {
        Status::Draft => StatusView::new("calm", "Draft"),
        Status::Open if poll.is_open(now) => StatusView::new("good", "Open"),
        _ if poll.meeting_id.is_some() => StatusView::new("calm", "A meeting was made of it"),
        _ => StatusView::new("wait", "Closed"),
    }
}

#[derive(Serialize)]
struct Row {
    url: String,
    title: String,
    status: StatusView,
    closes: Moment,
    turnout: String,
}

#[derive(Serialize)]
struct List {
    polls: Vec<Row>,
}

/// Every poll, the newest first.
pub async fn list(app: AppData, visit: Visit, who: Coordinator) -> Answer {
    let now = app.now();
    let polls = app
        .read(move |conn| {
            let mut rows = Vec::new();
            for poll in store::all(conn)? {
                let (asked, answered) = store::turnout(conn, &poll.id)?;
                rows.push(Row {
                    url: poll.desk_path(),
                    status: standing(&poll, now),
                    closes: moment(poll.ends(), &who.time_zone),
                    turnout: match asked {
                        0 => "Nobody asked yet".into(),
                        _ => format!("{answered} of {asked}"),
                    },
                    title: poll.title,
                });
            }
            Ok::<_, PollError>(rows)
        })
        .await?;
    visit.page(&app, "pages/meetings/poll_list", "Date polls", &List { polls })
}

/// Those who said one thing of a time.
#[derive(Serialize)]
struct Group {
    heading: &'static str,
    number: usize,
    names: Vec<String>,
}

#[derive(Serialize)]
struct TimeRow {
    text: String,
    beside: Option<String>,
    tally: [usize; 3],
    groups: Vec<Group>,
    mark: Option<&'static str>,
}

#[derive(Serialize)]
struct Show {
    url: String,
    title: String,
    summary: SafeHtml,
    minutes: i32,
    city: String,
    status: StatusView,
    closes: Moment,
    is_draft: bool,
    is_open: bool,
    is_over: bool,
    /// Why it cannot be sent as it is.
    in_the_way: Option<String>,
    asked: usize,
    answered: usize,
    silent: Vec<String>,
    unanswered: usize,
    /// Members who came in by an import, which asks nobody, or have turned invitations on since.
    missing: usize,
    times: Vec<TimeRow>,
    bars: Vec<Bar>,
    suggestion: Option<String>,
    form: FormView,
    choices: Vec<Choice>,
    meeting_url: Option<String>,
    meeting_title: String,
    outbox_url: String,
}

/// One poll with everything that was said.
pub async fn show(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = PollId::from(id.into_inner());
    let app_too = app.clone();
    let reader_zone = who.time_zone.clone();
    let view = app.read(move |conn| shown(conn, &app_too, &reader_zone, &id)).await?;
    let title = view.title.clone();
    visit.page(&app, "pages/meetings/poll_show", &title, &view)
}

fn shown(conn: &mut Conn, app: &App, reader_zone: &str, id: &PollId) -> Result<Show, PollError> {
    let now = app.now();
    let poll = store::find(conn, id)?.ok_or(PollError::NotFound)?;
    let times = store::times_of(conn, id)?;
    let asked = store::asked(conn, id)?;
    let names: HashMap<AskedId, String> = asked
        .iter()
        .map(|(row, member)| (row.id.clone(), member.name.clone()))
        .collect();
    let mut said: HashMap<TimeId, Vec<(AskedId, Said)>> = HashMap::new();
    for (who, time, what) in store::answers(conn, id)? {
        if names.contains_key(&who) {
            said.entry(time).or_default().push((who, what));
        }
    }
    let tallies: Vec<(At, Tally)> = times
        .iter()
        .map(|time| {
            let of_it = said.get(&time.id).into_iter().flatten();
            (time.starts_at, Tally::of(of_it.map(|(_, what)| *what)))
        })
        .collect();
    let best = winner(&tallies, now);
    let best_id = best.and_then(|index| times.get(index)).map(|time| time.id.to_string());
    let meeting = match &poll.meeting_id {
        Some(id) => meetings::find(conn, id)?,
        None => None,
    };
    let silent: Vec<String> = asked
        .iter()
        .filter(|(row, _)| row.answered_at.is_none())
        .map(|(_, member)| member.name.clone())
        .collect();
    let mark = |index: usize, time: &Time| match best {
        _ if time.is_chosen => Some("Chosen"),
        Some(best) if best == index && meeting.is_none() => Some("Suits most"),
        _ => None,
    };
    let is_open = poll.is_open(now);
    let missing = match is_open {
        true => {
            let not_asked = store::not_asked(conn, id)?;
            reached(conn, app, not_asked)?.0.len()
        }
        false => 0,
    };
    let rows: Vec<TimeRow> = times
        .iter()
        .zip(&tallies)
        .enumerate()
        .map(|(index, (time, (_, tally)))| {
            let of_it = said.get(&time.id).map(Vec::as_slice).unwrap_or_default();
            row(&poll, time, *tally, of_it, &names, reader_zone, mark(index, time))
        })
        .collect();
    let choices = times
        .iter()
        .filter(|time| time.starts_at > now)
        .map(|time| {
            let text = zone::long_date_time_range(time.starts_at, time.ends_at, &poll.time_zone);
            Choice::new(time.id.as_str(), text, best_id.as_deref().unwrap_or_default())
        })
        .collect();
    Ok(Show {
        url: poll.desk_path(),
        outbox_url: format!("/coordinate/outbox?about={}", poll.about()),
        summary: markdown::to_html(&poll.summary),
        minutes: poll.minutes,
        city: zone::city(&poll.time_zone),
        status: standing(&poll, now),
        closes: deadline(poll.ends(), reader_zone),
        is_draft: poll.status == Status::Draft,
        is_open,
        is_over: poll.status != Status::Draft && !is_open,
        in_the_way: actions::refusal(&poll, &times, now)
            .filter(|_| poll.status == Status::Draft)
            .map(|why| why.to_string()),
        answered: asked.len() - silent.len(),
        asked: asked.len(),
        unanswered: silent.len(),
        silent,
        missing,
        bars: rows.iter().map(bar).collect(),
        suggestion: best
            .and_then(|index| rows.get(index))
            .filter(|_| meeting.is_none())
            .map(|row| row.text.clone()),
        times: rows,
        form: FormView::blank(&["time"]),
        choices,
        meeting_url: meeting.as_ref().map(|meeting| meeting.desk_path()),
        meeting_title: meeting.map(|meeting| meeting.title).unwrap_or_default(),
        title: poll.title,
    })
}

fn row(
    poll: &Poll,
    time: &Time,
    tally: Tally,
    said: &[(AskedId, Said)],
    names: &HashMap<AskedId, String>,
    reader_zone: &str,
    mark: Option<&'static str>,
) -> TimeRow {
    let group = |heading, wanted: Said| {
        let those = said.iter().filter(|(_, what)| *what == wanted);
        let mut names: Vec<String> = those.filter_map(|(who, _)| names.get(who).cloned()).collect();
        names.sort();
        Group {
            heading,
            number: names.len(),
            names,
        }
    };
    // The desk works on the poll's clock; the coordinator's own stands beside it.
    let beside = zone::reader_range(time.starts_at, time.ends_at, &poll.time_zone, reader_zone);
    TimeRow {
        text: zone::long_date_time_range(time.starts_at, time.ends_at, &poll.time_zone),
        beside,
        tally: [tally.yes, tally.if_need_be, tally.no],
        groups: vec![
            group("Yes", Said::Yes),
            group("If need be", Said::IfNeedBe),
            group("No", Said::No),
        ],
        mark,
    }
}

fn bar(row: &TimeRow) -> Bar {
    let [yes, maybe, no] = row.tally;
    Bar {
        label: row.text.clone(),
        mark: row.mark,
        text: format!("{yes} yes, {maybe} if need be, {no} no"),
        yes,
        maybe,
        no,
        total: yes + maybe + no,
    }
}

#[derive(Serialize)]
struct Sending {
    url: String,
    title: String,
    heading: &'static str,
    lead: String,
    action: String,
    #[serde(flatten)]
    asking: Asking,
}

/// Whom the poll's mail would reach, and how it will read.
pub async fn sending(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = PollId::from(id.into_inner());
    let app_too = app.clone();
    let view = app
        .read(move |conn| {
            let poll = store::find(conn, &id)?.ok_or(PollError::NotFound)?;
            let times = store::times_of(conn, &id)?;
            if let Some(why) = actions::refusal(&poll, &times, app_too.now()) {
                return Err(why);
            }
            let not_asked = store::not_asked(conn, &id)?;
            let (reached, spared) = reached(conn, &app_too, not_asked)?;
            let own_first = reached.iter().find(|member| member.id == who.id).or(reached.first());
            // The link in it leads nowhere: a preview must not hand out anybody's link.
            let nobody = AskedId::from("preview");
            let words = own_first
                .map(|member| mail::words(&app_too, &poll, &times, member, &nobody, &app_too.url("/unsubscribe/preview")))
                .transpose()?;
            let mut asking = asking(reached.len(), spared, own_first.zip(words), "Send the poll to");
            if reached.is_empty() {
                asking.warning = Some("Everybody has been asked already.".into());
            }
            let url = poll.desk_path();
            Ok(Sending {
                action: format!("{url}/sending"),
                url,
                heading: "Send the poll",
                lead: format!(
                    "Each member gets a link of their own, to answer until {} without signing in. Who joins before then is asked as well.",
                    deadline(poll.closes_at, &who.time_zone).text
                ),
                title: poll.title,
                asking,
            })
        })
        .await?;
    visit.page(&app, "pages/meetings/asking", "Send the poll", &view)
}

/// Asks everybody.
pub async fn send(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    let id = PollId::from(id.into_inner());
    let (poll, mails) = app.write(move |tx, ctx| actions::send(tx, ctx, &who, &id)).await?;
    let text = match mails {
        0 => "Everybody had been asked already. Nothing was sent a second time.".to_owned(),
        n => format!("The poll is on its way to {}.", people(n)),
    };
    visit.see_other_saying(&app, &poll.desk_path(), &text)
}

/// Takes no more answers.
pub async fn close(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    let id = PollId::from(id.into_inner());
    let poll = app.write(move |tx, ctx| actions::close(tx, ctx, &who, &id)).await?;
    visit.see_other_saying(&app, &poll.desk_path(), "The poll is closed. Nobody is told by that.")
}

/// Makes a draft of a meeting at the chosen time, and shows it in its form.
pub async fn make_meeting(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let (id, time) = (PollId::from(id.into_inner()), TimeId::from(fields.get("time")));
    let meeting = app
        .write(move |tx, ctx| actions::make_meeting(tx, ctx, &who, &id, &time))
        .await?;
    let text = "This is the draft of the meeting. Nobody has been told. At this time, answers from the poll are kept.";
    visit.see_other_saying(&app, &format!("{}/edit", meeting.desk_path()), text)
}
