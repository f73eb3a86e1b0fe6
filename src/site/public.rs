//! The first page, the privacy notice, the accessibility statement.

use serde::Serialize;

use super::retention::{Kept, kept};
use crate::activities::{self, Entry};
use crate::join;
use crate::meetings::{self, Meeting, When};
use crate::members;
use crate::platform::db::DbError;
use crate::platform::text::{markdown, zone};
use crate::web::{Answer, AppData, Visit};

/// When the accessibility statement was written, and when somebody last went through it: at least once a year.
const STATEMENT_PREPARED: &str = "22 November 2026";
const STATEMENT_REVIEWED: &str = "22 November 2026";

/// Activities on the first page.
const SHOWN: i64 = 4;

#[derive(Serialize)]
struct NextMeeting {
    url: String,
    title: String,
    when: When,
    summary: String,
}

fn next_meeting(meeting: &Meeting, reader_zone: Option<&str>) -> NextMeeting {
    NextMeeting {
        url: meeting.path(),
        title: meeting.title.clone(),
        when: meetings::when(meeting, reader_zone),
        summary: markdown::summary(&meeting.summary, 200),
    }
}

pub(super) async fn home(app: AppData, visit: Visit) -> Answer {
    #[derive(Serialize)]
    struct View {
        next_meeting: Option<NextMeeting>,
        activities: Vec<Entry>,
        member_count: i64,
    }
    let now = app.now();
    let (activities, member_count, next) = app
        .read(move |conn| {
            let activities = activities::store::list(conn, &Default::default(), 0, SHOWN)?;
            let next = meetings::next_public(conn, now)?;
            Ok::<_, DbError>((activities, members::store::count_active(conn)?, next))
        })
        .await?;
    let zone = &app.config.network.time_zone;
    let reader = visit.person().map(|person| person.time_zone.as_str());
    let view = View {
        next_meeting: next.as_ref().map(|meeting| next_meeting(meeting, reader)),
        activities: activities
            .iter()
            .map(|activity| activities::entry(activity, zone))
            .collect(),
        member_count,
    };
    visit.public_page(&app, "pages/site/home", &app.config.network.name, &view)
}

pub(super) async fn privacy(app: AppData, visit: Visit) -> Answer {
    #[derive(Serialize)]
    struct View {
        retention: Vec<Kept>,
        version: &'static str,
        version_text: String,
    }
    visit.public_page(
        &app,
        "pages/site/privacy",
        "Privacy",
        &View {
            retention: kept(),
            version: join::PRIVACY_NOTICE,
            version_text: (join::PRIVACY_NOTICE.parse()).map_or(join::PRIVACY_NOTICE.into(), zone::short_date),
        },
    )
}

pub(super) async fn accessibility(app: AppData, visit: Visit) -> Answer {
    #[derive(Serialize)]
    struct View {
        prepared_on: &'static str,
        reviewed_on: &'static str,
    }
    let view = View {
        prepared_on: STATEMENT_PREPARED,
        reviewed_on: STATEMENT_REVIEWED,
    };
    visit.public_page(&app, "pages/site/accessibility", "Accessibility statement", &view)
}
