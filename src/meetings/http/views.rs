//! Pieces that several pages of meetings show.

use serde::Serialize;

use crate::meetings::model::{Meeting, Status};
use crate::meetings::words::{self, When};
use crate::platform::clock::At;
use crate::platform::text::markdown;
use crate::web::StatusView;

/// A meeting in a list.
#[derive(Serialize)]
pub(super) struct Row {
    pub url: String,
    pub title: String,
    pub when: When,
    pub summary: String,
    pub status: Option<StatusView>,
    pub is_members_only: bool,
    pub speakers: String,
}

/// A meeting in a list for everyone.
pub(super) fn row(meeting: &Meeting, reader_zone: Option<&str>) -> Row {
    Row {
        url: meeting.path(),
        title: meeting.title.clone(),
        when: words::when(meeting, reader_zone),
        summary: markdown::summary(&meeting.summary, 240),
        status: meeting.is_cancelled().then(|| StatusView::new("bad", "Cancelled")),
        is_members_only: !meeting.is_shown_to(false) && meeting.status != Status::Draft,
        speakers: words::speakers_line(meeting),
    }
}

/// How a meeting stands, in a word.
pub(in crate::meetings) fn status(meeting: &Meeting, now: At) -> StatusView {
    match meeting.status {
        Status::Draft => StatusView::new("calm", "Draft"),
        Status::Cancelled => StatusView::new("bad", "Cancelled"),
        Status::Scheduled if meeting.is_over(now) => StatusView::new("calm", "Over"),
        Status::Scheduled if meeting.pending.is_some() => StatusView::new("wait", "A change waits"),
        Status::Scheduled => StatusView::new("good", "Scheduled"),
    }
}

/// "212 people", "1 person".
pub(super) fn people(number: usize) -> String {
    if number == 1 {
        "1 person".into()
    } else {
        format!("{number} people")
    }
}
