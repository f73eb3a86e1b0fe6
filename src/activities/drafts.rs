//! Drafts that other parts of the house begin and add to, for coordinators to finish; `server/` introduces them.

use super::actions::free_slug;
use super::links;
use super::model::{Activity, ActivityId, Content};
use super::store;
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::platform::text::line::clean_line;

/// What is added to a draft; all else in it stays as whoever edited it last has left it.
#[derive(Clone, Debug)]
pub struct More {
    /// The whole text, as it is to stand.
    pub body: String,
    /// Names that must be among the people.
    pub people: Vec<String>,
    /// Links by their label; one with the same label is replaced.
    pub links: Vec<(String, String)>,
}

/// Begins a draft.
pub fn begin(tx: &mut Conn, ctx: &Ctx<'_>, by: &str, content: Content) -> Result<ActivityId, DbError> {
    let slug = free_slug(tx, &content.title)?;
    let activity = Activity::new(content, slug, ctx.now);
    store::insert(tx, &activity)?;
    note(tx, ctx, by, "began a draft of an activity", &activity)?;
    Ok(activity.id)
}

/// Adds to a draft; one that is published or gone is left alone.
pub fn add(tx: &mut Conn, ctx: &Ctx<'_>, by: &str, id: &ActivityId, more: &More) -> Result<(), DbError> {
    let Some(activity) = store::find(tx, id)?.filter(|activity| !activity.is_published()) else {
        return Ok(());
    };
    let mut content = activity.content();
    content.body = more.body.clone();
    content.people = with_people(&content.people, &more.people);
    content.links = with_links(&content.links, &more.links);
    if let Some(edited) = activity.edited(content, ctx.now) {
        store::save(tx, &edited)?;
        note(tx, ctx, by, "added to a draft of an activity", &edited)?;
    }
    Ok(())
}

fn with_people(known: &str, more: &[String]) -> String {
    let mut lines: Vec<String> = known.lines().map(str::to_owned).collect();
    for name in more.iter().map(|name| clean_line(name)) {
        if !lines.iter().any(|line| line.starts_with(&name)) {
            lines.push(name);
        }
    }
    lines.join("\n")
}

fn with_links(known: &str, more: &[(String, String)]) -> String {
    let mut lines: Vec<String> = known.lines().map(str::to_owned).collect();
    for (label, address) in more {
        let label = clean_line(label);
        lines.retain(|line| !line.starts_with(&format!("{label} http")));
        lines.push(format!("{label} {address}"));
    }
    let merged = lines.join("\n");
    // One more than there may be, say: then the draft keeps those it has.
    links::parse(&merged).unwrap_or_else(|_| known.to_owned())
}

fn note(tx: &mut Conn, ctx: &Ctx<'_>, by: &str, what: &str, activity: &Activity) -> Result<(), DbError> {
    audit::record(tx, ctx, by, what, &format!("activity:{}", activity.id), &activity.title)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_links_are_added_once_and_the_rest_stays() {
        assert_eq!(
            with_people("Ana (chair)", &["Ana".into(), "Bo".into()]),
            "Ana (chair)\nBo"
        );
        let first = with_links(
            "Paper https://example.org/p",
            &[("Slides, Bo".into(), "https://example.org/1".into())],
        );
        assert_eq!(first, "Paper https://example.org/p\nSlides, Bo https://example.org/1");
        let second = with_links(&first, &[("Slides, Bo".into(), "https://example.org/2".into())]);
        assert_eq!(second, "Paper https://example.org/p\nSlides, Bo https://example.org/2");
    }
}
