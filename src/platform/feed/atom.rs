//! Atom 1.0 (RFC 4287).

use atom_syndication::{Category, Content, Entry, FixedDateTime, Link, Person, Text};

use super::{Feed, Item, xml_line, xml_text};
use crate::platform::clock::At;

/// The feed as an Atom document.
pub fn write(feed: &Feed) -> String {
    let title = xml_line(&feed.title);
    atom_syndication::Feed {
        authors: vec![Person {
            name: title.clone(),
            ..Person::default()
        }],
        title: Text::plain(title),
        id: xml_line(&feed.id),
        updated: instant(feed.updated),
        links: vec![
            link("self", &feed.self_url, "application/atom+xml"),
            link("alternate", &feed.home_url, "text/html"),
        ],
        subtitle: Some(Text::plain(xml_line(&feed.subtitle))),
        entries: feed.items.iter().map(entry).collect(),
        lang: Some("en-GB".into()),
        ..atom_syndication::Feed::default()
    }
    .to_string()
}

fn entry(item: &Item) -> Entry {
    Entry {
        title: Text::plain(xml_line(&item.title)),
        id: xml_line(&item.id),
        updated: instant(item.updated),
        categories: item
            .tags
            .iter()
            .map(|tag| Category {
                term: xml_line(tag),
                ..Category::default()
            })
            .collect(),
        links: vec![link("alternate", &item.url, "text/html")],
        published: Some(instant(item.published)),
        summary: Some(Text::plain(xml_line(&item.summary))),
        content: Some(Content {
            value: Some(xml_text(&item.html)),
            content_type: Some("html".into()),
            ..Content::default()
        }),
        ..Entry::default()
    }
}

fn link(rel: &str, href: &str, mime_type: &str) -> Link {
    Link {
        href: xml_line(href),
        rel: rel.into(),
        mime_type: Some(mime_type.into()),
        ..Link::default()
    }
}

fn instant(at: At) -> FixedDateTime {
    // Every `At` is written as RFC 3339, which this type reads; the epoch stands for the impossible.
    at.to_string().parse().unwrap_or_default()
}
