//! What a coordinator presses on a letter's page.

use actix_web::web::Path;

use super::super::actions::handle::{HandleError, Step, handle};
use super::super::model::LetterId;
use super::super::receive::{Received, read_again as read_once_more};
use super::show::again;
use crate::platform::text::line::paragraphs;
use crate::web::{Answer, AppData, Coordinator, Fields, Visit, WebError};

async fn step(
    app: &AppData,
    visit: &Visit,
    who: Coordinator,
    id: LetterId,
    typed: &Fields,
    step: Step,
    said: &str,
) -> Answer {
    let version = typed.get("version").parse().unwrap_or(0);
    let path = format!("/coordinate/inbox/{id}");
    app.write(move |tx, ctx| handle(tx, ctx, &who, &id, version, &step))
        .await?;
    visit.see_other_saying(app, &path, said)
}

/// POST /coordinate/inbox/{id}/claim
pub async fn claim(app: AppData, visit: Visit, who: Coordinator, id: Path<LetterId>, typed: Fields) -> Answer {
    let (what, said) = match typed.get("claim") {
        "no" => (Step::GiveBack, "You have given this letter back."),
        _ => (
            Step::Claim,
            "This letter is yours: the others see that you have taken it on.",
        ),
    };
    step(&app, &visit, who, id.into_inner(), &typed, what, said).await
}

/// POST /coordinate/inbox/{id}/note
pub async fn note(app: AppData, visit: Visit, who: Coordinator, id: Path<LetterId>, typed: Fields) -> Answer {
    let id = id.into_inner();
    match paragraphs(typed.get("note"), 1, 4_000) {
        Ok(note) => {
            step(
                &app,
                &visit,
                who,
                id,
                &typed,
                Step::Note(note),
                "Your note is kept. Only coordinators see it.",
            )
            .await
        }
        Err(why) => again(&app, visit, &who, id, &typed, "note", why).await,
    }
}

/// POST /coordinate/inbox/{id}/reply
pub async fn reply(app: AppData, visit: Visit, who: Coordinator, id: Path<LetterId>, typed: Fields) -> Answer {
    let id = id.into_inner();
    let message = match paragraphs(typed.get("message"), 1, 10_000) {
        Ok(message) => message,
        Err(why) => return again(&app, visit, &who, id, &typed, "message", why).await,
    };
    let is_done = typed.get("then") != "open";
    let version = typed.get("version").parse().unwrap_or(0);
    let (what, wanted, by) = (Step::Reply { message, is_done }, id.clone(), who.clone());
    let done = app
        .write(move |tx, ctx| handle(tx, ctx, &by, &wanted, version, &what))
        .await;
    match done {
        // What was typed must not be lost because somebody else was quicker.
        Err(e @ HandleError::Changed) => again(&app, visit, &who, id, &typed, "message", e.to_string()).await,
        done => {
            done?;
            visit.see_other_saying(&app, &format!("/coordinate/inbox/{id}"), "Your answer is on its way.")
        }
    }
}

/// POST /coordinate/inbox/{id}/state
pub async fn state(app: AppData, visit: Visit, who: Coordinator, id: Path<LetterId>, typed: Fields) -> Answer {
    let (what, said) = match typed.get("state") {
        "done" => (Step::Done, "Done."),
        "open" => (Step::Reopen, "The letter waits again."),
        _ => return Err(WebError::Invalid("A letter can be done or open.".into())),
    };
    step(&app, &visit, who, id.into_inner(), &typed, what, said).await
}

/// POST /coordinate/inbox/{id}/reading
pub async fn read_again(app: AppData, visit: Visit, _: Coordinator, id: Path<LetterId>, _: Fields) -> Answer {
    let id = id.into_inner();
    let shared = app.clone();
    let read = tokio::task::spawn_blocking(move || read_once_more(&shared, &id)).await;
    let read = read.map_err(WebError::internal)?.map_err(WebError::internal)?;
    match read {
        Some(Received::Taken(id, _)) => visit.see_other_saying(
            &app,
            &format!("/coordinate/inbox/{id}"),
            "The mail was read again; this is what came of it now.",
        ),
        Some(Received::Repeat) => visit.see_other_saying(
            &app,
            "/coordinate/inbox",
            "The same mail had been read in the meantime.",
        ),
        None => Err(WebError::Refused(
            "This mail is not set aside any more, or its bytes are gone.".into(),
        )),
    }
}
