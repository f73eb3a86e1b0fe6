//! The coordinators' page of a meeting's materials: agenda, files, recording, presenters, and the ways to the rest.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use jiff::civil::Date;
use serde::Serialize;

use super::shown::{Point, points};
use super::{desk_path, found};
use crate::meetings::materials::actions::{self, MaterialError};
use crate::meetings::materials::kinds::{Kind, size_text};
use crate::meetings::materials::model::{PresenterId, Recording, Seen};
use crate::meetings::materials::{agenda, store};
use crate::meetings::model::{Meeting, MeetingId, Status};
use crate::meetings::words::{self, When};
use crate::members::{self, MemberId};
use crate::platform::app::App;
use crate::platform::clock::days;
use crate::platform::db::Conn;
use crate::platform::text::line::one_line;
use crate::platform::text::zone;
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, FormView, StatusView, Visit, WebError, moment};

pub(super) const FILE_FIELDS: &[&str] = &["file", "title", "alt", "decorative", "seen_by"];
const AGENDA_FIELDS: &[&str] = &["agenda"];
const RECORDING_FIELDS: &[&str] = &["recording_url", "recording_until", "recording_seen_by"];
const PRESENTER_FIELDS: &[&str] = &["presenter"];

#[derive(Serialize)]
struct FileRow {
    url: String,
    content_url: String,
    title: String,
    facts: String,
    seen_by: StatusView,
    added_by: String,
}

#[derive(Serialize)]
struct PresenterRow {
    name: String,
    state: StatusView,
    outcome: String,
    slides_link: String,
    removal_url: String,
}

#[derive(Serialize)]
struct Overview {
    title: String,
    url: String,
    meeting_url: String,
    public_url: Option<String>,
    when: When,
    form: FormView,
    agenda: Vec<Point>,
    has_speakers: bool,
    agenda_seen: String,
    agenda_hint: String,
    files: Vec<FileRow>,
    file_hint: String,
    seen_choices: Vec<Choice>,
    has_recording: bool,
    recording_state: Option<StatusView>,
    recording_choices: Vec<Choice>,
    minutes_state: StatusView,
    minutes_action: &'static str,
    presenters: Vec<PresenterRow>,
    presenter_choices: Vec<Choice>,
    ask_hint: String,
    draft_url: Option<String>,
    recap_text: String,
    recap_action: Option<&'static str>,
}

/// Radio buttons for who sees something.
pub(super) fn seen_choices(among: &[Seen], chosen: &str) -> Vec<Choice> {
    let choices = among
        .iter()
        .map(|seen| Choice::new(seen.as_str(), seen.label(), chosen));
    choices.collect()
}

pub(super) const READERS: [Seen; 2] = [Seen::Members, Seen::Public];

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

/// The page with what was typed into one of its forms; the others are as things stand.
pub(super) async fn page_again(
    app: &AppData,
    visit: &Visit,
    who: &Coordinator,
    id: MeetingId,
    status: StatusCode,
    typed: FormView,
) -> Answer {
    let (app_too, zone) = (app.clone(), who.time_zone.clone());
    let view = app
        .read(move |conn| overview(conn, &app_too, &zone, &id, typed))
        .await?;
    let title = format!("Materials: {}", view.title);
    visit.page_with(app, status, "pages/meetings/materials", &title, &view)
}

fn overview(conn: &mut Conn, app: &App, zone: &str, id: &MeetingId, typed: FormView) -> Result<Overview, WebError> {
    let now = app.now();
    let meeting = found(conn, id)?;
    let url = desk_path(&meeting);
    let items = store::agenda(conn, id)?;
    let recording = store::recording(conn, id)?;
    let mut form = typed;
    let day = |at| zone::utc_to_local(at, &meeting.time_zone)[..10].to_owned();
    for (name, value) in [
        ("agenda", agenda::typed(&items, &meeting)),
        ("file", String::new()),
        ("title", String::new()),
        ("alt", String::new()),
        ("decorative", String::new()),
        ("seen_by", Seen::Members.to_string()),
        (
            "recording_url",
            recording.as_ref().map(|r| r.url.clone()).unwrap_or_default(),
        ),
        (
            "recording_until",
            recording
                .as_ref()
                .map_or_else(|| day(now.max(meeting.ends_at).plus(days(90))), |r| r.last_day.clone()),
        ),
        (
            "recording_seen_by",
            recording.as_ref().map_or(Seen::Members, |r| r.visibility).to_string(),
        ),
        ("presenter", String::new()),
    ] {
        if !form.has(name) {
            form.set(name, value);
        }
    }
    let points = points(conn, &meeting, Some(zone))?;
    let people: Vec<_> = members::store::active(conn)?;
    let name_of = |id: &str| {
        people
            .iter()
            .find(|member| member.id.as_str() == id)
            .map(|member| member.name.clone())
    };
    let files = store::files(conn, id)?.into_iter().map(|file| FileRow {
        url: format!("{url}/files/{}", file.id),
        content_url: format!("{url}/files/{}/content", file.id),
        facts: format!("{}, {}", Kind::word_for(&file.media_type), size_text(file.size)),
        seen_by: StatusView::new(
            if file.visibility == Seen::Desk { "wait" } else { "good" },
            file.visibility.label(),
        ),
        added_by: name_of(&file.added_by).unwrap_or_else(|| "somebody who has left".into()),
        title: file.title,
    });
    let files = files.collect();
    let presenters = store::presenters(conn, id)?;
    let mut presenter_choices = vec![Choice::new("", "Choose a member", form.value("presenter"))];
    for member in &people {
        if !presenters.iter().any(|(presenter, _)| presenter.member_id == member.id) {
            let label = format!("{} ({})", member.name, member.email);
            presenter_choices.push(Choice::new(member.id.as_str(), label, form.value("presenter")));
        }
    }
    let recaps = store::recaps(conn, id)?;
    let draft = store::talk_draft(conn, id)?;
    let recording_state = recording
        .as_ref()
        .map(|recording| match recording.is_over(now, &meeting.time_zone) {
            true => StatusView::new("calm", "Over: the page says so"),
            false => StatusView::new(
                "good",
                format!("Shown to: {}", recording.visibility.label().to_lowercase()),
            ),
        });
    Ok(Overview {
        meeting_url: meeting.desk_path(),
        public_url: (meeting.status != Status::Draft).then(|| meeting.path()),
        when: words::when(&meeting, Some(zone)),
        has_speakers: items.iter().any(|item| !item.speaker.is_empty()),
        agenda: points,
        agenda_seen: agenda::mark(&items),
        agenda_hint: format!(
            "One point a line, with the time on the clocks of {}: 15:00 Welcome | Who speaks. It moves with the meeting, and stands on its page, not in calendars.",
            zone::city(&meeting.time_zone)
        ),
        files,
        file_hint: format!(
            "PDF, PowerPoint, Word, Excel, OpenDocument, text, CSV or Markdown of at most {} MB; or a JPEG, PNG or WebP picture of at most 10 MB, from which what the camera noted is taken out.",
            app.config.materials.max_file_mb
        ),
        seen_choices: seen_choices(&[Seen::Members, Seen::Public, Seen::Desk], form.value("seen_by")),
        has_recording: recording.is_some(),
        recording_state,
        recording_choices: seen_choices(&READERS, form.value("recording_seen_by")),
        minutes_state: minutes_state(conn, id)?,
        minutes_action: match store::latest_version(conn, id)? {
            None => "Write the minutes",
            Some(_) => "Open the minutes",
        },
        presenters: presenters
            .into_iter()
            .map(|(presenter, member)| PresenterRow {
                state: match (presenter.logged_at, presenter.asked_at) {
                    (Some(at), _) => StatusView::new("good", format!("Logged {}", moment(at, zone).text)),
                    (None, Some(at)) => StatusView::new("wait", format!("Asked {}", moment(at, zone).text)),
                    (None, None) => StatusView::new("calm", "Not asked yet"),
                },
                name: member.name,
                outcome: presenter.outcome,
                slides_link: presenter.slides_link,
                removal_url: format!("{url}/presenters/{}/removal", presenter.id),
            })
            .collect(),
        presenter_choices,
        ask_hint: match meeting.is_over(now) {
            true => "The meeting is over: whoever is named now is asked by mail within an hour, once.".into(),
            false => "An hour after the meeting each is asked by mail, once, for slides and outcome.".into(),
        },
        draft_url: draft.map(|(activity, _)| format!("/coordinate/activities/{activity}")),
        recap_text: match recaps.first() {
            Some(last) => format!(
                "Sent to {}, {}.",
                people_text(last.people),
                moment(last.sent_at, zone).text
            ),
            None if meeting.is_over(now) => {
                "A mail to those who were invited and did not say that they would come, if you say so.".into()
            }
            None => "Once the meeting is over, those who could not come can be told what they missed.".into(),
        },
        recap_action: (meeting.is_over(now) && meeting.status == Status::Scheduled)
            .then_some("See the mail and whom it would reach"),
        url,
        form,
        title: meeting.title,
    })
}

fn people_text(number: i32) -> String {
    match number {
        1 => "1 person".into(),
        n => format!("{n} people"),
    }
}

fn minutes_state(conn: &mut Conn, id: &MeetingId) -> Result<StatusView, WebError> {
    let standing = store::standing(conn, id)?;
    let latest = store::latest_version(conn, id)?.map(|version| version.version);
    Ok(match (latest, standing.published_version) {
        (None, _) => StatusView::new("calm", "Not written yet"),
        (Some(_), None) => StatusView::new("wait", "Draft"),
        (Some(latest), Some(shown)) if latest > shown => StatusView::new("wait", "Published, with a newer draft"),
        _ => StatusView::new(
            "good",
            format!("Published for: {}", standing.visibility.label().to_lowercase()),
        ),
    })
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
