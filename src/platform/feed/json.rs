//! JSON Feed 1.1 (jsonfeed.org).

use serde::Serialize;

use super::{Feed, Item};
use crate::platform::clock::At;
use crate::platform::text::line::clean_line;

#[derive(Serialize)]
struct Document<'a> {
    version: &'static str,
    title: String,
    home_page_url: &'a str,
    feed_url: &'a str,
    description: String,
    language: &'static str,
    items: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    id: &'a str,
    url: &'a str,
    title: String,
    content_html: &'a str,
    summary: String,
    date_published: At,
    date_modified: At,
    tags: &'a [String],
}

/// The feed as a JSON document.
pub fn write(feed: &Feed) -> String {
    let document = Document {
        version: "https://jsonfeed.org/version/1.1",
        title: clean_line(&feed.title),
        home_page_url: &feed.home_url,
        feed_url: &feed.self_url,
        description: clean_line(&feed.subtitle),
        language: "en-GB",
        items: feed.items.iter().map(entry).collect(),
    };
    // Strings, lists and instants always have a JSON form; this cannot fail.
    serde_json::to_string_pretty(&document).unwrap_or_default()
}

fn entry(item: &Item) -> Entry<'_> {
    Entry {
        id: &item.id,
        url: &item.url,
        title: clean_line(&item.title),
        content_html: &item.html,
        summary: clean_line(&item.summary),
        date_published: item.published,
        date_modified: item.updated,
        tags: &item.tags,
    }
}
