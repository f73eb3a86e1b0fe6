//! RSS 2.0, with the `atom:link` to itself that readers look for.

use std::collections::BTreeMap;

use ::rss::extension::{Extension, ExtensionMap};
use ::rss::{Category, Channel, Guid};

use super::{Feed, Item, xml_line, xml_text};
use crate::platform::clock::At;
use crate::platform::text::markdown::SafeHtml;

/// The feed as an RSS document.
pub fn write(feed: &Feed) -> String {
    Channel {
        title: xml_line(&feed.title),
        link: xml_line(&feed.home_url),
        description: xml_line(&feed.subtitle),
        language: Some("en-gb".into()),
        last_build_date: Some(date(feed.updated)),
        items: feed.items.iter().map(item).collect(),
        namespaces: BTreeMap::from([("atom".to_owned(), "http://www.w3.org/2005/Atom".to_owned())]),
        extensions: link_to_itself(&feed.self_url),
        ..Channel::default()
    }
    .to_string()
}

fn item(item: &Item) -> ::rss::Item {
    ::rss::Item {
        title: Some(xml_line(&item.title)),
        link: Some(xml_line(&item.url)),
        // Readers take a description for HTML: plain text that says `<script>` must stay text there.
        description: Some(
            SafeHtml::from_escaped_text(&xml_line(&item.summary))
                .as_str()
                .to_owned(),
        ),
        categories: item
            .tags
            .iter()
            .map(|tag| Category {
                name: xml_line(tag),
                domain: None,
            })
            .collect(),
        guid: Some(Guid {
            value: xml_line(&item.id),
            permalink: false,
        }),
        pub_date: Some(date(item.published)),
        content: Some(xml_text(&item.html)),
        ..::rss::Item::default()
    }
}

fn link_to_itself(self_url: &str) -> ExtensionMap {
    let link = Extension {
        name: "atom:link".into(),
        attrs: BTreeMap::from([
            ("href".to_owned(), xml_line(self_url)),
            ("rel".to_owned(), "self".to_owned()),
            ("type".to_owned(), "application/rss+xml".to_owned()),
        ]),
        ..Extension::default()
    };
    BTreeMap::from([("atom".to_owned(), BTreeMap::from([("link".to_owned(), vec![link])]))])
}

/// RFC 822 with a year of four digits: `Wed, 19 Mar 2025 09:00:00 +0000`.
fn date(at: At) -> String {
    at.in_zone(&jiff::tz::TimeZone::UTC)
        .strftime("%a, %d %b %Y %H:%M:%S +0000")
        .to_string()
}
