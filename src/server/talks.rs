//! What presenters log after a meeting becomes a draft among the activities: the one place that knows both.

use crate::activities::{self, ActivityId, drafts, model::Content};
use crate::meetings::materials::{Draft, Logbook, Talk};
use crate::platform::app::Ctx;
use crate::platform::db::{Conn, DbError};

/// How meetings reach the activities.
pub fn logbook() -> Logbook {
    Logbook { write, standing }
}

/// Adds to the draft, or begins one where there is none.
fn write(tx: &mut Conn, ctx: &Ctx<'_>, by: &str, talk: &Talk) -> Result<String, DbError> {
    if let Some(id) = &talk.draft {
        let more = drafts::More {
            body: talk.body.clone(),
            people: talk.people.clone(),
            links: talk.links.clone(),
        };
        drafts::add(tx, ctx, by, &ActivityId::from(id.as_str()), &more)?;
        return Ok(id.clone());
    }
    let people = talk.people.join("\n");
    let links: Vec<String> = talk.links.iter().map(|(label, to)| format!("{label} {to}")).collect();
    let links = links.join("\n");
    let content = Content::parse(|field| match field {
        "title" => &talk.title,
        "body" => &talk.body,
        // A guess: whoever publishes it decides.
        "scope" => "national",
        "kind" => "presentation",
        "happened_on" => &talk.day,
        "place" => "Online",
        "people" => &people,
        "links" => &links,
        _ => "",
    });
    let content = content.map_err(|problems| DbError::Cut(format!("a talk makes no activity: {problems:?}")))?;
    drafts::begin(tx, ctx, by, content).map(|id| id.to_string())
}

fn standing(conn: &mut Conn, id: &str) -> Result<Draft, DbError> {
    let found = activities::store::find(conn, &ActivityId::from(id))?;
    Ok(match found {
        None => Draft::Gone,
        Some(activity) if activity.is_published() => Draft::Published,
        Some(activity) => Draft::Open { body: activity.body },
    })
}
