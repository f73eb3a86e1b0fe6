//! The coordinators' page of a meeting's materials, as things stand and with what was typed into one of its forms.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::shown::{Point, points};
use super::{desk_path, found};
use crate::meetings::materials::kinds::{Kind, size_text};
use crate::meetings::materials::model::Seen;
use crate::meetings::materials::{agenda, store};
use crate::meetings::model::{MeetingId, Status};
use crate::meetings::words::{self, When};
use crate::members::{self, unsubscribe};
use crate::platform::app::App;
use crate::platform::clock::days;
use crate::platform::db::Conn;
use crate::platform::text::zone;
use crate::web::{Answer, AppData, Choice, Coordinator, FormView, StatusView, Visit, WebError, moment};

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
    is_scheduled: bool,
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
    let title = format!("Agenda, files and minutes: {}", view.title);
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
    let choices = unsubscribe::choices(conn, unsubscribe::Kind::Invitations)?;
    let is_unwilling = |member: &members::Member| choices.get(&member.id).is_some_and(|choice| !choice.is_on);
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
        is_scheduled: meeting.status == Status::Scheduled,
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
                    (None, None) if is_unwilling(&member) => {
                        StatusView::new("calm", "Wants no invitations by mail, so is not asked")
                    }
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
