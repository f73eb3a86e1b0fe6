//! The buttons beside an announcement: a test to oneself, pause, go on, stop, throw away.

use actix_web::web::Path;

use crate::announcements::actions::{self, write_batch};
use crate::announcements::model::{AnnouncementId, Status, Step};
use crate::web::{Answer, AppData, Coordinator, Fields, Visit, WebError};

pub async fn test(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    let announcement = super::known(&app, id.into_inner()).await?;
    let (id, said) = (
        announcement.id.clone(),
        format!("A test is on its way to {}.", who.email),
    );
    app.write(move |tx, ctx| actions::send_test(tx, ctx, &who, &id)).await?;
    visit.see_other_saying(&app, &announcement.desk_path(), &said)
}

pub async fn remove(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    let id = AnnouncementId::from(id.into_inner());
    app.write(move |tx, ctx| actions::remove(tx, ctx, &who, &id)).await?;
    visit.see_other_saying(
        &app,
        "/coordinate/announcements",
        "The draft is gone. Nobody had got it.",
    )
}

pub async fn pause(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    take(app, visit, who, id, Step::Pause).await
}

pub async fn resume(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    take(app, visit, who, id, Step::Resume).await
}

pub async fn stop(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, _: Fields) -> Answer {
    take(app, visit, who, id, Step::Stop).await
}

async fn take(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, step: Step) -> Answer {
    let id = AnnouncementId::from(id.into_inner());
    let wanted = id.clone();
    let announcement = app
        .write(move |tx, ctx| actions::take_step(tx, ctx, &who, &wanted, step))
        .await?;
    write_first(&app, &id).await?;
    let said = match announcement.status {
        Status::Paused => "Paused: no further mail leaves until you go on.",
        Status::Stopped => "Stopped: what had not left yet is dropped.",
        Status::Draft => "Taken back: it is a draft again, and nobody gets it.",
        Status::Sending | Status::Scheduled | Status::Sent => "It goes on.",
    };
    visit.see_other_saying(&app, &announcement.desk_path(), said)
}

/// Writes the first mails at once; the ticks write the rest, also after a crash.
pub(super) async fn write_first(app: &AppData, id: &AnnouncementId) -> Result<(), WebError> {
    let id = id.clone();
    app.write(move |tx, ctx| write_batch(tx, ctx, &id).map(|_| ())).await?;
    Ok(())
}
