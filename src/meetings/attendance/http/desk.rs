//! Who came, for coordinators: ticks, numbers, and the switch of own links.

use std::collections::BTreeSet;

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use crate::meetings::actions::Proposed;
use crate::meetings::attendance::actions::{self, Ticks, closed};
use crate::meetings::attendance::model::{How, Tally, tally};
use crate::meetings::attendance::store::{self, Noted};
use crate::meetings::invitations::Answer as Said;
use crate::meetings::model::{InvitationStatus, Meeting, MeetingId, Status};
use crate::meetings::store::{self as meetings, Person};
use crate::meetings::words::{self, When};
use crate::members::{self, MemberId};
use crate::platform::db::Conn;
use crate::web::{Answer, AppData, Coordinator, Fields, FormView, Visit, WebError, moment};

/// One row of the picture: how many gave an answer, and how many of them came.
#[derive(Serialize)]
struct Bar {
    label: &'static str,
    people: usize,
    came: usize,
    stayed_away: usize,
    /// Widths in hundredths of the longest bar.
    people_width: usize,
    came_width: usize,
}

#[derive(Serialize)]
struct Row {
    id: String,
    name: String,
    answer: &'static str,
    has_come: bool,
    how: String,
}

#[derive(Serialize)]
pub(super) struct View {
    pub(super) title: String,
    pub(super) url: String,
    when: When,
    /// Why nothing can be noted now.
    closed: Option<String>,
    bars: Vec<Bar>,
    came: usize,
    /// Of those who came, how many have left the network.
    left: usize,
    people: Vec<Row>,
    /// Who is ticked, for the comparison when the form comes back.
    shown: String,
    has_own_links: bool,
    form: FormView,
}

pub(super) const TEMPLATE: &str = "pages/meetings/desk_attendance";
pub(super) const TITLE: &str = "Who came";

/// The list to tick, and what the ticks say.
pub async fn show(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let view = view(&app, who, id, FormView::blank(&["report"])).await?;
    visit.page(&app, TEMPLATE, TITLE, &view)
}

/// The same page with a report that could not be read, and why.
pub(super) async fn again(app: &AppData, visit: &Visit, who: Coordinator, id: MeetingId, form: FormView) -> Answer {
    let view = view(app, who, id, form).await?;
    visit.page_with(app, StatusCode::UNPROCESSABLE_ENTITY, TEMPLATE, TITLE, &view)
}

async fn view(app: &AppData, who: Coordinator, id: MeetingId, form: FormView) -> Result<View, WebError> {
    let now = app.now();
    app.read(move |conn| {
        let meeting = meetings::find(conn, &id)?.ok_or(WebError::NotFound)?;
        let noted = store::noted(conn, &id)?;
        let people = listed(conn, &meeting)?;
        let tallies = tally(
            people
                .iter()
                .map(|person| (answer(person), noted.contains_key(&person.member.id))),
        );
        let came_here = people.iter().filter(|person| noted.contains_key(&person.member.id));
        let shown: Vec<&str> = came_here.map(|person| person.member.id.as_str()).collect();
        Ok(View {
            url: meeting.desk_path(),
            when: words::when(&meeting, Some(&who.time_zone)),
            closed: closed(&meeting, now).map(|why| why.to_string()),
            bars: bars(&tallies),
            came: noted.len(),
            left: noted.len() - shown.len(),
            shown: shown.join(" "),
            people: people
                .iter()
                .map(|person| row(person, noted.get(&person.member.id), &who.time_zone))
                .collect(),
            has_own_links: meeting.has_own_links,
            form,
            title: meeting.title,
        })
    })
    .await
}

/// Every active member once a meeting was scheduled, by name: those who were not invited may have come too.
fn listed(conn: &mut Conn, meeting: &Meeting) -> Result<Vec<Person>, WebError> {
    if meeting.status == Status::Draft {
        return Ok(Vec::new());
    }
    Ok(meetings::audience(conn, meeting)?)
}

fn answer(person: &Person) -> Option<Said> {
    let invited = person.invitation.as_ref();
    invited
        .filter(|row| row.status == InvitationStatus::Invited)
        .map(|row| row.answer)
}

fn label(answer: Option<Said>) -> &'static str {
    match answer {
        Some(Said::Yes) => "Said yes",
        Some(Said::Maybe) => "Said maybe",
        Some(Said::None) => "Did not answer",
        Some(Said::No) => "Said no",
        None => "Not invited",
    }
}

fn bars(tallies: &[Tally]) -> Vec<Bar> {
    let longest = tallies.iter().map(|row| row.people).max().unwrap_or(0).max(1);
    let bar = |row: &Tally| Bar {
        label: label(row.answer),
        people: row.people,
        came: row.came,
        stayed_away: row.people - row.came,
        people_width: row.people * 100 / longest,
        came_width: row.came * 100 / longest,
    };
    tallies.iter().map(bar).collect()
}

fn row(person: &Person, noted: Option<&Noted>, zone: &str) -> Row {
    Row {
        id: person.member.id.to_string(),
        name: person.member.name.clone(),
        answer: label(answer(person)),
        has_come: noted.is_some(),
        how: noted.map(|noted| how(noted, zone)).unwrap_or_default(),
    }
}

fn how(noted: &Noted, zone: &str) -> String {
    let way = match noted.how {
        How::Link => "by their own link",
        How::Ticked => "ticked",
        How::Import => "from a report",
    };
    format!("{way}, {}", moment(noted.at, zone).text)
}

/// The members whose box is ticked. Its name holds their id, for of a repeated name only the first counts.
pub(super) fn ticked(fields: &Fields, members: &[MemberId]) -> BTreeSet<MemberId> {
    let is_ticked = |id: &&MemberId| fields.is_yes(&format!("came-{id}"));
    members.iter().filter(is_ticked).cloned().collect()
}

pub(super) async fn active_ids(app: &AppData) -> Result<Vec<MemberId>, WebError> {
    let active = app.read(members::store::active).await?;
    Ok(active.into_iter().map(|member| member.id).collect())
}

/// Saves the ticks.
pub async fn save(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let ticks = Ticks {
        shown: fields.get("shown").split_whitespace().map(MemberId::from).collect(),
        ticked: ticked(&fields, &active_ids(&app).await?),
    };
    let (meeting, saved) = app
        .write(move |tx, ctx| actions::save_ticks(tx, ctx, &who, &id, &ticks))
        .await?;
    let mut text = match (saved.added, saved.taken_away) {
        (0, 0) => "Nothing was different, so nothing was saved.".to_owned(),
        (added, 0) => format!("Saved: {added} more came."),
        (0, taken_away) => format!("Saved: {taken_away} did not come after all."),
        (added, taken_away) => format!("Saved: {added} more came, {taken_away} did not come after all."),
    };
    let path = format!("{}/attendance", meeting.desk_path());
    if saved.meanwhile > 0 {
        text.push_str(&format!(
            " While you had the page open, others changed {} of these notes; theirs are kept. Look at the list once more.",
            saved.meanwhile
        ));
        return visit.see_other_warning(&app, &path, &text);
    }
    visit.see_other_saying(&app, &path, &text)
}

/// Switches own links on or off; of a scheduled meeting, the next page says what that sends to whom.
pub async fn switch(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let is_on = match fields.get("own") {
        "yes" => true,
        "no" => false,
        _ => return Err(WebError::Unprocessable("Say own=yes or own=no.".into())),
    };
    let seen = fields.get("seen").to_owned();
    let done = app
        .write(move |tx, ctx| actions::switch_own_links(tx, ctx, &who, &id, &seen, is_on))
        .await?;
    match done {
        Proposed::Waits(meeting) => visit.see_other_saying(
            &app,
            &format!("{}/changes", meeting.desk_path()),
            "Nothing has been sent yet. Look at what the change means, then decide.",
        ),
        Proposed::ChangesNothing(meeting) => {
            let text = if is_on == meeting.has_own_links && meeting.status != Status::Scheduled {
                "Saved. Nobody has been told."
            } else {
                "Nothing was different, so nothing was saved."
            };
            visit.see_other_saying(&app, &meeting.desk_path(), text)
        }
    }
}
