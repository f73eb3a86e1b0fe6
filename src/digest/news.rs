//! What is new for one reader: activities, meetings to come, and what meetings left behind.

use serde::Serialize;

use crate::activities::{self, Entry};
use crate::meetings::{self, When};
use crate::members::Member;
use crate::members::choices::Rhythm;
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};

use super::model;

/// How many of a kind are shown; the others are counted.
const SHOWN: usize = 12;

/// Everything that a digest says.
#[derive(Clone, Debug, Default, Serialize)]
pub struct News {
    pub activities: Vec<Entry>,
    /// "and 3 more"
    pub more_activities: Option<String>,
    pub meetings: Vec<Coming>,
    pub materials: Vec<Material>,
}

/// A meeting to come.
#[derive(Clone, Debug, Serialize)]
pub struct Coming {
    pub title: String,
    pub url: String,
    pub when: When,
    /// The same in one line.
    pub when_text: String,
    pub answer: Option<&'static str>,
}

/// Something that a meeting left behind.
#[derive(Clone, Debug, Serialize)]
pub struct Material {
    pub meeting: String,
    pub url: String,
    /// "Slides of the first talk", "Minutes"
    pub what: String,
}

impl News {
    pub fn is_empty(&self) -> bool {
        self.activities.is_empty() && self.meetings.is_empty() && self.materials.is_empty()
    }

    /// "2 activities, 1 meeting to come": what it is worth opening for.
    pub fn counts(&self, activities: usize) -> String {
        let of = |n: usize, one: &str, many: &str| match n {
            0 => None,
            1 => Some(format!("1 {one}")),
            n => Some(format!("{n} {many}")),
        };
        let parts = [
            of(activities, "new activity", "new activities"),
            of(self.meetings.len(), "meeting to come", "meetings to come"),
            of(self.materials.len(), "paper from a meeting", "papers from meetings"),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

/// What there is from `from` to just before `until`, and what comes after `at`; and how many activities in all.
pub fn gather(
    conn: &mut Conn,
    app: &App,
    member: &Member,
    rhythm: Rhythm,
    (from, until): (At, At),
    at: At,
) -> Result<(News, usize), DbError> {
    let zone = &app.config.network.time_zone;
    let published = activities::store::published_between(conn, from, until)?;
    let more = published.len().saturating_sub(SHOWN);
    let news = News {
        activities: published
            .iter()
            .take(SHOWN)
            .map(|one| activities::entry(one, zone))
            .collect(),
        more_activities: (more > 0).then(|| format!("and {more} more")),
        meetings: coming(conn, member, at, at.plus(model::ahead(rhythm)))?,
        materials: materials(conn, from, until)?,
    };
    Ok((news, published.len()))
}

/// Scheduled meetings that begin in this time, with what the member has said.
fn coming(conn: &mut Conn, member: &Member, after: At, before: At) -> Result<Vec<Coming>, DbError> {
    let answers = meetings::store::theirs(conn, &member.id)?;
    let ahead = meetings::store::to_come(conn, after)?;
    let scheduled = ahead
        .into_iter()
        .filter(|meeting| meeting.status == meetings::Status::Scheduled && meeting.starts_at <= before);
    let one = |meeting: meetings::Meeting| {
        let own = answers.iter().find(|(other, _)| other.id == meeting.id);
        let when = meetings::when(&meeting, Some(&member.time_zone));
        Coming {
            when_text: match &when.reader {
                Some(theirs) => format!("{} ({theirs} for you)", when.text),
                None => when.text.clone(),
            },
            when,
            url: meeting.path(),
            title: meeting.title,
            answer: own
                .map(|(_, invitation)| invitation.answer)
                .filter(|answer| *answer != meetings::invitations::Answer::None)
                .map(|answer| answer.as_str()),
        }
    };
    Ok(scheduled.map(one).collect())
}

/// What meetings left behind in this time that members may read.
pub fn materials(conn: &mut Conn, from: At, until: At) -> Result<Vec<Material>, DbError> {
    let found = meetings::materials::new_between(conn, from, until)?;
    let one = |(meeting, what): (meetings::Meeting, String)| Material {
        url: meeting.path(),
        meeting: meeting.title,
        what,
    };
    Ok(found.into_iter().map(one).collect())
}
