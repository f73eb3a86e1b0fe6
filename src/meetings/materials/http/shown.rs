//! The materials on a meeting's own page, as far as this reader sees them.

use serde::Serialize;

use crate::meetings::materials::kinds::{Kind, size_text};
use crate::meetings::materials::model::File;
use crate::meetings::materials::{agenda, mail, store};
use crate::meetings::model::Meeting;
use crate::meetings::words::When;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::text::markdown::{self, SafeHtml};
use crate::platform::text::zone;

#[derive(Serialize)]
pub(super) struct Point {
    when: When,
    title: String,
    speaker: String,
}

#[derive(Serialize)]
pub(super) struct Paper {
    pub url: String,
    pub title: String,
    /// "PDF, 1.4 MB"
    pub facts: String,
}

#[derive(Serialize)]
struct Photograph {
    url: String,
    title: String,
    alt: String,
    width: i32,
    height: i32,
}

#[derive(Serialize)]
struct Link {
    url: String,
    until: String,
}

/// What `parts/materials` draws.
#[derive(Default, Serialize)]
pub struct Shown {
    agenda: Vec<Point>,
    has_speakers: bool,
    papers: Vec<Paper>,
    pictures: Vec<Photograph>,
    recording: Option<Link>,
    /// The last day of a recording that is over.
    recording_was: Option<String>,
    minutes: Option<SafeHtml>,
}

/// Everything of a meeting that this reader may see.
pub fn shown(
    conn: &mut Conn,
    meeting: &Meeting,
    is_member: bool,
    reader_zone: Option<&str>,
    now: At,
) -> Result<Shown, DbError> {
    let agenda = match meeting.is_cancelled() {
        true => Vec::new(),
        false => points(conn, meeting, reader_zone)?,
    };
    let files = store::files(conn, &meeting.id)?;
    let files = files.into_iter().filter(|file| file.visibility.is_shown_to(is_member));
    let (pictures, papers): (Vec<File>, Vec<File>) = files.partition(File::is_picture);
    let url = |file: &File| format!("{}/files/{}", meeting.path(), file.id);
    let recording = store::recording(conn, &meeting.id)?;
    let recording = recording.filter(|recording| recording.visibility.is_shown_to(is_member));
    let is_over = |recording: &crate::meetings::materials::Recording| recording.is_over(now, &meeting.time_zone);
    let minutes = store::published_minutes(conn, &meeting.id, is_member)?;
    Ok(Shown {
        has_speakers: agenda.iter().any(|point| !point.speaker.is_empty()),
        agenda,
        papers: papers.iter().map(|file| paper(file, url(file))).collect(),
        pictures: pictures
            .iter()
            .map(|file| Photograph {
                url: url(file),
                title: file.title.clone(),
                alt: file.alt.clone(),
                width: file.width,
                height: file.height,
            })
            .collect(),
        recording_was: recording
            .as_ref()
            .filter(|recording| is_over(recording))
            .map(|recording| mail::long_day(&recording.last_day)),
        recording: recording.filter(|recording| !is_over(recording)).map(|recording| Link {
            until: mail::long_day(&recording.last_day),
            url: recording.url,
        }),
        minutes: minutes.map(|body| markdown::to_html(&body)),
    })
}

/// The agenda with its times, in the meeting's zone and the reader's.
pub(super) fn points(conn: &mut Conn, meeting: &Meeting, reader_zone: Option<&str>) -> Result<Vec<Point>, DbError> {
    let items = store::agenda(conn, &meeting.id)?;
    let times = agenda::times(&items, meeting);
    let points = items.into_iter().zip(times).map(|(item, (begins, ends))| {
        let here = |at: At| {
            let local = at.in_zone(&zone::time_zone(&meeting.time_zone));
            local.strftime("%H:%M").to_string()
        };
        let text = match begins == ends {
            true => here(begins),
            false => format!("{}–{}", here(begins), here(ends)),
        };
        let reader = reader_zone.and_then(|reader| zone::reader_range(begins, ends, &meeting.time_zone, reader));
        Point {
            when: When {
                iso: begins.to_string(),
                ends_iso: ends.to_string(),
                text,
                reader: reader.map(|range| range.trim_start_matches('(').trim_end_matches(" for you)").to_owned()),
            },
            title: item.title,
            speaker: item.speaker,
        }
    });
    Ok(points.collect())
}

pub(super) fn paper(file: &File, url: String) -> Paper {
    Paper {
        url,
        title: file.title.clone(),
        facts: format!("{}, {}", Kind::word_for(&file.media_type), size_text(file.size)),
    }
}
