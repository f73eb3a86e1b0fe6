//! The page behind a poll's link.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use crate::meetings::poll::mail::{shown, zone_of};
use crate::meetings::poll::model::{Asked, Poll, Said, Time, TimeId};
use crate::meetings::poll::{PollError, actions, store};
use crate::meetings::rsvp::secret;
use crate::meetings::store::take_turn;
use crate::members::Member;
use crate::platform::app::App;
use crate::platform::db::Conn;
use crate::platform::secret::Plain;
use crate::platform::text::markdown::{self, SafeHtml};
use crate::platform::text::zone;
use crate::web::{Answer, AppData, Choice, Fields, FormView, Moment, Visit, WebError, deadline, limit};

const TEMPLATE: &str = "pages/meetings/poll";
const TITLE: &str = "When shall we meet?";

/// One time with its question.
#[derive(Serialize)]
struct Question {
    name: String,
    iso: String,
    text: String,
    beside: Option<String>,
    error: Option<&'static str>,
    choices: Vec<Choice>,
    /// What they have said, in words.
    said: &'static str,
}

#[derive(Serialize)]
struct View {
    title: String,
    name: String,
    summary: SafeHtml,
    city: String,
    token: String,
    closes: Moment,
    is_open: bool,
    has_answered: bool,
    questions: Vec<Question>,
    form: FormView,
}

/// Everything behind a link.
struct Found {
    asked: Asked,
    poll: Poll,
    member: Member,
    times: Vec<Time>,
    said: Vec<(TimeId, Said)>,
}

fn find(conn: &mut Conn, token: &str) -> Result<Found, PollError> {
    let found = store::by_token(conn, &Plain::given(token))?;
    let (asked, poll, member) = found.ok_or(PollError::NotFound)?;
    Ok(Found {
        times: store::times_of(conn, &poll.id)?,
        said: store::answers_of(conn, &asked.id)?,
        asked,
        poll,
        member,
    })
}

async fn look(app: &AppData, visit: &Visit, token: &str) -> Result<Found, WebError> {
    let looked_for = token.to_owned();
    let found = app.read(move |conn| find(conn, &looked_for)).await;
    if let Err(PollError::NotFound) = found {
        limit::check(app, visit, "poll")?;
    }
    Ok(found?)
}

fn name(index: usize) -> String {
    format!("t{}", index + 1)
}

fn words(said: Option<Said>) -> &'static str {
    match said {
        Some(Said::Yes) => "yes",
        Some(Said::IfNeedBe) => "if need be",
        Some(Said::No) => "no",
        None => "nothing",
    }
}

fn choices(chosen: &str) -> Vec<Choice> {
    [("yes", "Yes"), ("if-need-be", "If need be"), ("no", "No")]
        .into_iter()
        .map(|(value, label)| Choice::new(value, label, chosen))
        .collect()
}

/// The page; `typed` are the fields of a form that was not complete.
fn view(app: &App, found: Found, token: String, typed: Option<&Fields>) -> View {
    let zone = zone_of(app, &found.member);
    let mut form = FormView::blank(&[]);
    let mut questions = Vec::new();
    for (index, time) in found.times.iter().enumerate() {
        let name = name(index);
        let said = found.said.iter().find(|(id, _)| *id == time.id).map(|(_, said)| *said);
        let chosen = match typed {
            Some(fields) => fields.get(&name),
            None => said.map(|said| said.as_str()).unwrap_or_default(),
        };
        let shown = shown(time.starts_at, time.ends_at, &found.poll.time_zone, &zone);
        let is_open = typed.is_some() && Said::parse(chosen).is_none();
        if is_open {
            form.fail(&name, format!("Say yes, if need be or no for {}.", shown.text));
        }
        questions.push(Question {
            iso: time.starts_at.to_string(),
            text: shown.text,
            beside: shown.beside,
            error: is_open.then_some("Say yes, if need be or no."),
            choices: choices(chosen),
            said: words(said),
            name,
        });
    }
    View {
        title: found.poll.title.clone(),
        name: found.member.name,
        summary: markdown::to_html(&found.poll.summary),
        city: zone::city(&zone),
        token,
        closes: deadline(found.poll.ends(), &zone),
        is_open: found.poll.is_open(app.now()),
        has_answered: found.asked.answered_at.is_some(),
        questions,
        form,
    }
}

/// Shows the times; changes nothing.
pub async fn show(app: AppData, visit: Visit, token: Path<String>) -> Answer {
    let token = token.into_inner();
    let found = look(&app, &visit, &token).await?;
    visit.secret_page(&app, TEMPLATE, TITLE, &view(&app, found, token, None))
}

/// Stores what the holder of the link says of each time.
pub async fn answer(app: AppData, visit: Visit, token: Path<String>, fields: Fields) -> Answer {
    let token = token.into_inner();
    let found = look(&app, &visit, &token).await?;
    let said: Option<Vec<(TimeId, Said)>> = found
        .times
        .iter()
        .enumerate()
        .map(|(index, time)| Some((time.id.clone(), Said::parse(fields.get(&name(index)))?)))
        .collect();
    let Some(said) = said.filter(|_| found.poll.is_open(app.now())) else {
        let status = if found.poll.is_open(app.now()) {
            StatusCode::UNPROCESSABLE_ENTITY
        } else {
            StatusCode::CONFLICT
        };
        let typed = Some(&fields).filter(|_| status == StatusCode::UNPROCESSABLE_ENTITY);
        let view = view(&app, found, token, typed);
        return visit.secret_page_with(&app, status, TEMPLATE, TITLE, &view);
    };
    let looked_for = token.clone();
    app.write(move |tx, ctx| {
        take_turn(tx)?;
        let found = find(tx, &looked_for)?;
        actions::answer(tx, ctx, &found.poll, &found.asked, &said)
    })
    .await?;
    let text = "Thank you: your answers are kept.";
    let response = visit.see_other_saying(&app, &format!("/poll/{token}"), text)?;
    Ok(secret(response))
}
