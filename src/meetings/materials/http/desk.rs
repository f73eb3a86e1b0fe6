//! The coordinators' page of a meeting's materials: its agenda, its recording, its presenters.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use jiff::civil::Date;

use super::overview::{READERS, page_again};
use super::{desk_path, found};
use crate::meetings::materials::actions::{self, MaterialError};
use crate::meetings::materials::agenda;
use crate::meetings::materials::model::{PresenterId, Recording, Seen};
use crate::meetings::model::{Meeting, MeetingId};
use crate::members::MemberId;
use crate::platform::text::line::one_line;
use crate::platform::text::zone;
use crate::web::{Answer, AppData, Coordinator, Fields, FormView, Visit};

const AGENDA_FIELDS: &[&str] = &["agenda"];
const RECORDING_FIELDS: &[&str] = &["recording_url", "recording_until", "recording_seen_by"];
const PRESENTER_FIELDS: &[&str] = &["presenter"];

pub async fn page(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let form = FormView::blank(&[]);
    page_again(
        &app,
        &visit,
        &who,
        MeetingId::from(id.into_inner()),
        StatusCode::OK,
        form,
    )
    .await
}

pub async fn save_agenda(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let mut form = FormView::of(AGENDA_FIELDS, &fields);
    let meeting = app
        .read({
            let id = id.clone();
            move |conn| found(conn, &id)
        })
        .await?;
    let Some(items) = form.take("agenda", agenda::parse(fields.get("agenda"), &meeting)) else {
        return page_again(&app, &visit, &who, id, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    };
    let seen = fields.get("agenda_seen").to_owned();
    let saved = app
        .write({
            let (who, id) = (who.clone(), id.clone());
            move |tx, ctx| actions::agenda::save(tx, ctx, &who, &id, &seen, &items)
        })
        .await;
    match saved {
        Err(MaterialError::Changed) => {
            form.fail(
                "agenda",
                "Somebody else has changed the agenda since you opened the page. It is shown as it now stands, with what you typed below it: saving again puts yours in its place.",
            );
            page_again(&app, &visit, &who, id, StatusCode::CONFLICT, form).await
        }
        saved => visit.see_other_saying(
            &app,
            &desk_path(&saved?),
            "The agenda is saved. Calendars stay as they are.",
        ),
    }
}

fn recording(fields: &Fields, form: &mut FormView, meeting: &Meeting) -> Option<Option<Recording>> {
    let url = one_line(fields.get("recording_url"), 1_000);
    let url = form.take("recording_url", url.and_then(|url| web_address(&url).map(|()| url)))?;
    if url.is_empty() {
        return Some(None);
    }
    let begins = meeting.starts_at.in_zone(&zone::time_zone(&meeting.time_zone)).date();
    let until = match fields.get("recording_until").trim().parse::<Date>() {
        Ok(day) if day < begins => Err("The last day cannot be before the meeting.".into()),
        Ok(day) if day.year() > begins.year() + 10 => Err("Choose a day within ten years.".to_owned()),
        Ok(day) => Ok(day.to_string()),
        Err(_) => Err("Choose the last day on which it is shown.".into()),
    };
    let until = form.take("recording_until", until);
    let seen = Seen::parse(fields.get("recording_seen_by")).filter(|seen| READERS.contains(seen));
    let seen = form.take(
        "recording_seen_by",
        seen.ok_or_else(|| "Choose who sees it.".to_owned()),
    );
    Some(Some(Recording {
        url,
        last_day: until?,
        visibility: seen?,
    }))
}

/// Nothing, or an address that begins with https and names a host, without a password in it.
pub(super) fn web_address(url: &str) -> Result<(), String> {
    let is_web = url::Url::parse(url).is_ok_and(|url| {
        url.scheme() == "https" && url.has_host() && url.username().is_empty() && url.password().is_none()
    });
    if url.is_empty() || is_web && url.starts_with("https://") && !url.contains(char::is_whitespace) {
        Ok(())
    } else {
        Err("Write the whole address, beginning with https://.".into())
    }
}

pub async fn save_recording(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let mut form = FormView::of(RECORDING_FIELDS, &fields);
    let meeting = app
        .read({
            let id = id.clone();
            move |conn| found(conn, &id)
        })
        .await?;
    let Some(recording) = recording(&fields, &mut form, &meeting) else {
        return page_again(&app, &visit, &who, id, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    };
    let text = match recording.is_some() {
        true => "The link to the recording is saved.",
        false => "No recording is linked.",
    };
    let meeting = app
        .write(move |tx, ctx| actions::recording::save(tx, ctx, &who, &id, recording.as_ref()))
        .await?;
    visit.see_other_saying(&app, &desk_path(&meeting), text)
}

pub async fn add_presenter(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let mut form = FormView::of(PRESENTER_FIELDS, &fields);
    if fields.get("presenter").is_empty() {
        form.fail("presenter", "Choose who presents.");
        return page_again(&app, &visit, &who, id, StatusCode::UNPROCESSABLE_ENTITY, form).await;
    }
    let member = MemberId::from(fields.get("presenter"));
    let meeting = app
        .write(move |tx, ctx| actions::presenters::add(tx, ctx, &who, &id, &member))
        .await?;
    visit.see_other_saying(&app, &desk_path(&meeting), "The presenter is on the list.")
}

pub async fn remove_presenter(
    app: AppData,
    visit: Visit,
    who: Coordinator,
    path: Path<(String, String)>,
    _: Fields,
) -> Answer {
    let (id, presenter) = path.into_inner();
    let meeting = app
        .write(move |tx, ctx| {
            actions::presenters::remove(tx, ctx, &who, &MeetingId::from(id), &PresenterId::from(presenter))
        })
        .await?;
    visit.see_other_saying(&app, &desk_path(&meeting), "The presenter is off the list.")
}

#[cfg(test)]
mod tests {
    use super::web_address;

    #[test]
    fn a_link_is_of_the_web_and_holds_no_password() {
        for taken in ["", "https://video.example.org/a?b=c#d"] {
            assert!(web_address(taken).is_ok(), "{taken}");
        }
        for refused in [
            "http://video.example.org",
            "javascript:alert(1)",
            "https:video.example.org",
            "https://user:secret@video.example.org",
            "//video.example.org",
            "video.example.org",
        ] {
            assert!(web_address(refused).is_err(), "{refused}");
        }
    }
}
