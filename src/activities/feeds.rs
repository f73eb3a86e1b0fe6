//! Activities as feeds: whole, by scope, by kind; the same state always gives the same bytes.

use super::model::Activity;
use super::store::Filter;
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::feed::{Feed, Item, atom, json, rss};
use crate::platform::text::markdown;

/// Entries in a feed at most: those published last.
pub(super) const MOST: i64 = 100;

/// What an empty feed calls its last change: before anything was published here.
const BEFORE_ALL: i64 = 1_710_806_400; // 19 March 2024

/// The formats that readers ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Atom,
    Rss,
    Json,
}

impl Format {
    pub fn parse(extension: &str) -> Option<Format> {
        match extension {
            "atom" => Some(Format::Atom),
            "rss" => Some(Format::Rss),
            "json" => Some(Format::Json),
            _ => None,
        }
    }

    pub fn content_type(self) -> &'static str {
        match self {
            Format::Atom => "application/atom+xml; charset=utf-8",
            Format::Rss => "application/rss+xml; charset=utf-8",
            Format::Json => "application/feed+json; charset=utf-8",
        }
    }

    pub fn write(self, feed: &Feed) -> String {
        match self {
            Format::Atom => atom::write(feed),
            Format::Rss => rss::write(feed),
            Format::Json => json::write(feed),
        }
    }
}

/// The feed of what `filter` lets through; `self_path` is where it was asked for.
pub(super) fn feed(app: &App, filter: &Filter, self_path: &str, mut activities: Vec<Activity>) -> Feed {
    let network = &app.config.network;
    let mut title = format!("{} activities", network.short_name);
    for part in [
        filter.scope.map(|scope| scope.as_str()).unwrap_or_default(),
        &filter.kind,
    ] {
        if !part.is_empty() {
            title = format!("{title}: {part}");
        }
    }
    let updated = activities.iter().map(Activity::changed_at).max();
    // As the page lists them: by the day they happened, else by publication.
    let key = |a: &Activity| a.happened_on.clone().or(a.published_at.map(|at| at.to_string()));
    activities.sort_by(|a, b| {
        key(b)
            .cmp(&key(a))
            .then(b.published_at.cmp(&a.published_at))
            .then(b.id.cmp(&a.id))
    });
    Feed {
        title,
        subtitle: network.tagline.clone(),
        home_url: app.url(&super::http::list_path(filter, 1)),
        self_url: app.url(self_path),
        id: format!("urn:uuid:{}", feed_id(app, filter)),
        updated: updated.unwrap_or(At::from_unix(BEFORE_ALL)),
        items: activities.iter().map(|activity| item(app, activity)).collect(),
    }
}

fn item(app: &App, activity: &Activity) -> Item {
    Item {
        id: format!("urn:uuid:{}", activity.id),
        url: app.url(&activity.path()),
        title: activity.title.clone(),
        html: markdown::to_html(&activity.body).as_str().to_owned(),
        summary: markdown::summary(&activity.body, 280),
        published: activity.published_at.unwrap_or(activity.created_at),
        updated: activity.changed_at(),
        tags: vec![activity.scope.to_string(), activity.kind.clone()],
    }
}

/// The same for ever while the network keeps its key, whatever its address or name.
fn feed_id(app: &App, filter: &Filter) -> uuid::Uuid {
    let scope = filter.scope.map(|scope| scope.as_str()).unwrap_or_default();
    let hash = app
        .keys
        .keyed_hash("feed", &format!("activities/{scope}/{}", filter.kind));
    let bytes = uuid::Uuid::parse_str(&hash).unwrap_or_default().into_bytes();
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}
