//! Inviting those who became members without an invitation, as an import makes them; and inviting one person again who
//! says that nothing came.

use actix_web::web::Path;

use super::change::{members_text, told_text};
use super::outlook::{What, look};
use super::preflight::Sending;
use crate::meetings::actions::{self, ChangeError};
use crate::meetings::model::MeetingId;
use crate::meetings::store;
use crate::members::MemberId;
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

/// Sends one person their invitation again, from their page on the desk.
pub async fn resend(app: AppData, visit: Visit, who: Coordinator, path: Path<(String, MemberId)>, _: Fields) -> Answer {
    let (id, member) = path.into_inner();
    let id = MeetingId::from(id);
    let member = app
        .write(move |tx, ctx| actions::resend(tx, ctx, &who, &id, &member))
        .await?;
    let text = format!("The invitation is on its way to {} again.", member.name);
    visit.see_other_saying(&app, &format!("/coordinate/members/{}", member.id), &text)
}
