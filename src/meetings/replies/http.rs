//! The page behind an undo link, and the coordinators' presses on proposals.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use super::proposals::{self, Decided, ProposalId};
use super::undo::{Undo, Undone, look, undo};
use crate::meetings::MeetingId;
use crate::meetings::mail::said as in_a_word;
use crate::meetings::places::ordinal;
use crate::meetings::words::{self, When};
use crate::platform::secret::Plain;
use crate::web::{Answer, AppData, Coordinator, Fields, Visit, WebError, limit};

#[derive(Serialize)]
struct View {
    path: String,
    title: String,
    when: When,
    is_open: bool,
    answer: String,
    before: Option<&'static str>,
}

/// GET /rsvp/undo/{token}
pub async fn undo_page(app: AppData, visit: Visit, token: Path<String>) -> Answer {
    let (token, now) = (Plain::given(&token), app.now());
    let found = app.read(move |conn| look(conn, &token, now)).await?;
    let (meeting, said) = match found {
        Undo::Open { said, meeting, .. } => (meeting, Some(said)),
        Undo::Over(meeting) => (meeting, None),
        Undo::Unknown => {
            limit::check(&app, &visit, "rsvp")?;
            return Err(WebError::NotFound);
        }
    };
    let view = View {
        path: visit.path.clone(),
        title: meeting.title.clone(),
        when: words::when(&meeting, None),
        is_open: said.is_some(),
        answer: said.as_ref().map(|said| said.answer.to_string()).unwrap_or_default(),
        before: said.and_then(|said| in_a_word(said.answer_before)),
    };
    let mut response = visit.secret_page(&app, "pages/meetings/undo", "Undo an answer", &view)?;
    if !view.is_open {
        *response.status_mut() = StatusCode::GONE;
    }
    Ok(response)
}

/// POST /rsvp/undo/{token}
pub async fn undo_here(app: AppData, visit: Visit, token: Path<String>, _: Fields) -> Answer {
    let token = Plain::given(&token);
    let done = app.write(move |tx, ctx| undo(tx, ctx, &token)).await?;
    let said = match done {
        Undone::PutBack => "It is undone: your answer is what it was before.".to_owned(),
        Undone::Waits(position) => format!(
            "It is undone. Your place has gone to somebody else meanwhile: you wait for the next, {} in line.",
            ordinal(position)
        ),
        Undone::Nothing => "There was nothing to undo any more.".to_owned(),
    };
    visit.see_other_saying(&app, &visit.path, &said)
}

/// POST /coordinate/meetings/{id}/proposals/{proposal}
pub async fn decide_proposal(
    app: AppData,
    visit: Visit,
    who: Coordinator,
    path: Path<(MeetingId, ProposalId)>,
    typed: Fields,
) -> Answer {
    let (_, id) = path.into_inner();
    let to = match typed.get("decision") {
        "take-up" => Decided::TakenUp,
        "set-aside" => Decided::SetAside,
        _ => return Err(WebError::Invalid("A proposal can be taken up or set aside.".into())),
    };
    let meeting = app
        .write(move |tx, ctx| proposals::decide(tx, ctx, &who, &id, to))
        .await?;
    match to {
        Decided::TakenUp => visit.see_other_saying(
            &app,
            &format!("{}/changes", meeting.desk_path()),
            "This is what the proposed time would mean. Nobody has been told yet.",
        ),
        _ => visit.see_other_saying(&app, &meeting.desk_path(), "The proposal is set aside."),
    }
}
