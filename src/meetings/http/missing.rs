//! Inviting those who became members without an invitation, as an import makes them.

use actix_web::web::Path;

use super::change::{members_text, told_text};
use super::outlook::{What, look};
use super::preflight::Sending;
use crate::meetings::actions::{self, ChangeError};
use crate::meetings::model::MeetingId;
use crate::meetings::store;
use crate::web::{Answer, AppData, Coordinator, Fields, Visit};

/// Who has no invitation and would get one.
pub async fn page(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let app_too = app.clone();
    let view = app
        .read(move |conn| {
            let meeting = store::find(conn, &id)?.ok_or(ChangeError::NotFound)?;
            let (mut view, _) = look(conn, &app_too, &who, &meeting, &What::Invitations)?;
            view.preflight.heading = format!("Invitations go to {}", members_text(view.number));
            view.button = format!("Invite {}", members_text(view.number));
            Ok::<Sending, ChangeError>(view)
        })
        .await?;
    visit.page(
        &app,
        "pages/meetings/desk_missing",
        "Invite those without an invitation",
        &view,
    )
}

/// Invites them; whoever has an invitation hears nothing.
pub async fn invite(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let (meeting, told) = app
        .write(move |tx, ctx| actions::invite_missing(tx, ctx, &who, &id))
        .await?;
    let text = told_text("Everyone has an invitation now.", told);
    visit.see_other_saying(&app, &meeting.desk_path(), &text)
}
