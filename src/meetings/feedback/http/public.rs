//! The page behind a feedback link.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use super::desk::scale;
use crate::meetings::feedback::model::{Form, Kind, Question};
use crate::meetings::feedback::{FeedbackError, actions, store};
use crate::meetings::rsvp::secret;
use crate::meetings::{Meeting, words};
use crate::platform::secret::Plain;
use crate::web::{Answer, AppData, Choice, Fields, FormView, Visit, WebError, limit};

const TEMPLATE: &str = "pages/meetings/feedback";
const TITLE: &str = "Your feedback";

/// What the form parts want of a field.
#[derive(Serialize)]
struct Field {
    name: String,
    value: String,
    error: Option<String>,
}

#[derive(Serialize)]
struct Asked {
    legend: String,
    is_text: bool,
    field: Field,
    options: Vec<Choice>,
}

#[derive(Serialize)]
struct View {
    title: String,
    when: String,
    token: String,
    is_open: bool,
    has_answered: bool,
    questions: Vec<Asked>,
    form: FormView,
}

async fn look(app: &AppData, visit: &Visit, token: &str) -> Result<(bool, Form, Meeting), WebError> {
    let looked_for = Plain::given(token);
    let found = app
        .read(move |conn| Ok::<_, WebError>(store::by_token(conn, &looked_for)?))
        .await?;
    if found.is_none() {
        limit::check(app, visit, "feedback")?;
    }
    found.ok_or(WebError::NotFound)
}

fn name(place: usize) -> String {
    format!("a{}", place + 1)
}

fn options(question: &Question, chosen: &str) -> Vec<Choice> {
    let mut options: Vec<Choice> = match question.kind {
        Kind::Text => return Vec::new(),
        Kind::Scale => scale()
            .into_iter()
            .map(|(value, label)| Choice::new(value, label, chosen))
            .collect(),
        Kind::Choice => question
            .options
            .iter()
            .enumerate()
            .map(|(place, line)| Choice::new(place.to_string(), line.as_str(), chosen))
            .collect(),
    };
    // Radio buttons cannot be let go of, so passing over is a choice too.
    options.push(Choice::new("", "No answer", chosen));
    options
}

/// What was typed, as it will be kept, or what is wrong with it.
fn given(questions: &[Question], fields: &Fields) -> Vec<Result<String, String>> {
    questions
        .iter()
        .enumerate()
        .map(|(place, question)| question.given(fields.get(&name(place))))
        .collect()
}

fn view(app: &AppData, token: String, found: (bool, Form, Meeting), fields: &Fields) -> Result<View, WebError> {
    let (has_answered, form, meeting) = found;
    let is_open = form.is_open(app.now());
    let questions = form.questions().map_err(FeedbackError::from)?;
    let asked = questions.iter().enumerate().map(|(place, question)| {
        let value = fields.get(&name(place));
        Asked {
            legend: question.text.clone(),
            is_text: question.kind == Kind::Text,
            options: options(question, value),
            field: Field {
                name: name(place),
                value: value.to_owned(),
                error: None,
            },
        }
    });
    Ok(View {
        when: words::long(&meeting),
        title: meeting.title,
        token,
        is_open,
        has_answered: has_answered && is_open,
        questions: asked.collect(),
        form: FormView::blank(&[]),
    })
}

/// Shows the questions; changes nothing.
pub async fn show(app: AppData, visit: Visit, token: Path<String>) -> Answer {
    let token = token.into_inner();
    let found = look(&app, &visit, &token).await?;
    let view = view(&app, token, found, &Fields::default())?;
    visit.secret_page(&app, TEMPLATE, TITLE, &view)
}

/// Keeps the answers, once.
pub async fn answer(app: AppData, visit: Visit, token: Path<String>, fields: Fields) -> Answer {
    let token = token.into_inner();
    let found = look(&app, &visit, &token).await?;
    let is_taken = !found.0 && found.1.is_open(app.now());
    let questions = found.1.questions().map_err(FeedbackError::from)?;
    let given = given(&questions, &fields);
    let is_blank = given.iter().all(|one| one.as_ref().is_ok_and(String::is_empty));
    if is_taken && (is_blank || given.iter().any(Result::is_err)) {
        let mut view = view(&app, token, found, &fields)?;
        if is_blank {
            view.form.fail("a1", "Answer at least one question.");
        }
        for (asked, one) in view.questions.iter_mut().zip(given) {
            if let Err(why) = one {
                view.form.fail(&asked.field.name, why.clone());
                asked.field.error = Some(why);
            }
        }
        return visit.secret_page_with(&app, StatusCode::UNPROCESSABLE_ENTITY, TEMPLATE, TITLE, &view);
    }
    let given: Vec<String> = given.into_iter().map(Result::unwrap_or_default).collect();
    let link = Plain::given(&token);
    let done = app.write(move |tx, ctx| actions::answer(tx, ctx, &link, &given)).await;
    let path = format!("/feedback/{token}");
    let response = match done {
        Ok(()) => visit.see_other_saying(&app, &path, "Thank you: your answers are kept, without your name."),
        Err(e @ (FeedbackError::Answered | FeedbackError::Closed)) => {
            visit.see_other_warning(&app, &path, &e.to_string())
        }
        Err(e) => Err(e.into()),
    }?;
    Ok(secret(response))
}
