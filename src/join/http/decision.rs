//! Answering an applicant: first the mail as it would read, then the deed.

use actix_web::http::StatusCode;
use actix_web::web::{Path, Query};
use serde::{Deserialize, Serialize};

use super::super::actions::decide::{self, DecideError};
use super::super::model::{Decision, RequestId};
use super::super::store;
use crate::platform::text::line::paragraphs;
use crate::web::{Answer, AppData, Coordinator, Fields, FormView, Visit, WebError};

#[derive(Deserialize)]
pub struct Asked {
    #[serde(default)]
    decision: String,
}

#[derive(Serialize)]
struct Preview {
    heading: String,
    lead: &'static str,
    name: String,
    email: String,
    back: String,
    path: String,
    decision: Decision,
    version: i32,
    form: FormView,
    message_label: &'static str,
    message_hint: &'static str,
    message_is_needed: bool,
    /// No mail goes.
    is_quiet: bool,
    mail_subject: String,
    mail_text: String,
    button: &'static str,
    button_class: &'static str,
}

fn parse(word: &str) -> Result<Decision, WebError> {
    Decision::parse(word.trim())
        .ok_or_else(|| WebError::Unprocessable("A decision is approve, decline, decline-quietly or ask.".into()))
}

/// What stands in the message before the coordinator writes.
fn first_words(decision: Decision) -> &'static str {
    match decision {
        Decision::Approve => "Thank you for telling us why you would like to join. We look forward to meeting you.",
        Decision::Decline => {
            "We have read your request with care, and we cannot offer you a place in the network at present. \
             Our meetings and activities on the website are open to everyone, and you are welcome to them."
        }
        Decision::Ask | Decision::DeclineQuietly => "",
    }
}

async fn show(
    app: &AppData,
    visit: &Visit,
    id: RequestId,
    decision: Decision,
    form: FormView,
    message: String,
    version: Option<i32>,
) -> Answer {
    let status = if form.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let found = {
        let (app, id) = (app.clone(), id.clone());
        let message = if message.is_empty() && decision == Decision::Ask {
            "(your question)".to_owned()
        } else {
            message
        };
        app.clone()
            .read(move |conn| decide::preview(conn, &app, &id, decision, &message))
            .await
    };
    let (request, words) = found?;
    let (lead, button, button_class) = match decision {
        Decision::Approve => (
            "They become a member at once and get this mail, then an invitation to every meeting to come.",
            "Approve and send the welcome",
            "button",
        ),
        Decision::Decline => (
            "They get this mail.",
            "Decline and send this mail",
            "button button-danger",
        ),
        Decision::DeclineQuietly => (
            "No mail goes to them. They can apply again, and you can reopen the request.",
            "Decline without a mail",
            "button button-danger",
        ),
        Decision::Ask => (
            "They get this mail; their answer comes to the network’s address. The request stands under “Asked” until you put it back or decide.",
            "Send the question",
            "button",
        ),
    };
    let (label, hint) = match decision {
        Decision::Ask => ("Your question", "It stands in the mail as you write it."),
        Decision::Approve => (
            "A personal line",
            "It stands at the top of the welcome. You can leave it out.",
        ),
        _ => ("Your message", "It is the heart of the mail; change it as you like."),
    };
    let is_quiet = words.is_none();
    let (mail_subject, mail_text) = words.map(|words| (words.subject, words.text)).unwrap_or_default();
    let heading = match decision {
        Decision::Approve => format!("Approve {}", request.name),
        Decision::Decline => format!("Decline {}", request.name),
        Decision::DeclineQuietly => format!("Decline {} quietly", request.name),
        Decision::Ask => format!("Ask {} a question", request.name),
    };
    let view = Preview {
        lead,
        back: format!("/coordinate/requests/{id}"),
        path: format!("/coordinate/requests/{id}/decision"),
        version: version.unwrap_or(request.version),
        name: request.name,
        email: request.email,
        decision,
        form,
        message_label: label,
        message_hint: hint,
        message_is_needed: decision.needs_message(),
        is_quiet,
        mail_subject,
        mail_text,
        button,
        button_class,
        heading: heading.clone(),
    };
    visit.page_with(app, status, "pages/join/decision", &heading, &view)
}

/// POST /coordinate/requests/{id}/choice: leads to the preview of what was chosen; changes nothing.
pub async fn choose(app: AppData, visit: Visit, _: Coordinator, id: Path<String>, typed: Fields) -> Answer {
    let decision = parse(typed.get("decision"))?;
    let id = RequestId::from(id.into_inner());
    let found = app.read(move |conn| store::find(conn, &id)).await?;
    let id = found.ok_or(WebError::NotFound)?.id;
    Ok(visit.see_other(&format!("/coordinate/requests/{id}/decision?decision={decision}")))
}

/// GET /coordinate/requests/{id}/decision?decision=…
pub async fn preview(app: AppData, visit: Visit, _: Coordinator, id: Path<String>, asked: Query<Asked>) -> Answer {
    let decision = parse(&asked.decision)?;
    let message = first_words(decision).to_owned();
    let mut form = FormView::blank(&["message"]);
    form.set("message", &message);
    let id = RequestId::from(id.into_inner());
    show(&app, &visit, id, decision, form, message, None).await
}

/// POST /coordinate/requests/{id}/decision
pub async fn decide(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, typed: Fields) -> Answer {
    let id = RequestId::from(id.into_inner());
    let decision = parse(typed.get("decision"))?;
    let version = match typed.get("version") {
        "" => None,
        given => Some(
            given
                .parse::<i32>()
                .map_err(|_| WebError::Invalid("The version in the form is not a number.".into()))?,
        ),
    };
    let mut form = FormView::of(&["message"], &typed);
    let message = form.take("message", paragraphs(typed.get("message"), 0, 4_000));
    let Some(message) = message else {
        return show(&app, &visit, id, decision, form, String::new(), version).await;
    };
    if typed.is_yes("preview") {
        return show(&app, &visit, id, decision, form, message, version).await;
    }
    let done = {
        let (id, message) = (id.clone(), message.clone());
        app.write(move |tx, ctx| decide::decide(tx, ctx, &who, &id, decision, &message, version))
            .await
    };
    let request = match done {
        Err(e @ DecideError::NoMessage) => {
            form.fail("message", e.to_string());
            return show(&app, &visit, id, decision, form, message, version).await;
        }
        // Somebody else was quicker: the words that will not go are handed back.
        Err(DecideError::Refused(why)) if !message.is_empty() => {
            return Err(WebError::Refused(format!("{why} Your words, to keep: “{message}”")));
        }
        done => done?,
    };
    let name = crate::platform::text::line::excerpt(&request.name, 60);
    let said = match decision {
        Decision::Approve => format!("{name} is a member now. The welcome is on its way."),
        Decision::Decline => format!("{name} is declined. The mail is on its way."),
        Decision::DeclineQuietly => format!("{name} is declined. No mail goes."),
        Decision::Ask => format!("The question to {name} is on its way."),
    };
    visit.see_other_saying(&app, &format!("/coordinate/requests/{id}"), &said)
}

/// POST /coordinate/requests/{id}/reopening
pub async fn reopen(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    let id = RequestId::from(id.into_inner());
    let path = format!("/coordinate/requests/{id}");
    app.write(move |tx, ctx| decide::reopen(tx, ctx, &who, &id)).await?;
    visit.see_other_saying(&app, &path, "The request is back in the queue.")
}
