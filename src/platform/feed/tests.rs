//! Each format is read back by a parser, hostile text included.

use super::*;
use proptest::prelude::*;

fn feed_of(title: &str, html: &str, summary: &str, tag: &str) -> Feed {
    let at = |text| At::parse(text).unwrap();
    Feed {
        title: "OXSOP: activities".into(),
        subtitle: "Research & practice".into(),
        home_url: "https://oxsop.example.org/activities?scope=local&kind=talk".into(),
        self_url: "https://oxsop.example.org/activities.atom?scope=local&kind=talk".into(),
        id: "tag:oxsop.example.org,2025:activities".into(),
        updated: at("2025-03-20T09:00:00Z"),
        items: vec![Item {
            id: "urn:uuid:0190a8a0-0000-7000-8000-000000000001".into(),
            url: "https://oxsop.example.org/activities/a-talk".into(),
            title: title.into(),
            html: html.into(),
            summary: summary.into(),
            published: at("2025-03-05T09:00:00Z"),
            updated: at("2025-03-20T09:00:00Z"),
            tags: vec![tag.into()],
        }],
    }
}

fn sample() -> Feed {
    feed_of(
        "Tea & <b>cake</b>",
        "<p>Tea &amp; <em>cake</em> ]]></p>",
        "Tea & cake",
        "local",
    )
}

#[test]
fn atom_is_read_back_as_written() {
    let written = atom::write(&sample());
    let read = atom_syndication::Feed::read_from(written.as_bytes()).unwrap();
    assert_eq!(read.id, "tag:oxsop.example.org,2025:activities");
    assert_eq!(read.links[0].rel, "self");
    assert_eq!(read.links[0].href, sample().self_url);
    let entry = &read.entries[0];
    assert_eq!(entry.title.value, "Tea & <b>cake</b>");
    assert_eq!(
        entry.content.as_ref().and_then(|c| c.value.as_deref()),
        Some("<p>Tea &amp; <em>cake</em> ]]></p>")
    );
    assert!(
        written.contains("<updated>2025-03-20T09:00:00+00:00</updated>"),
        "{written}"
    );
    assert!(
        written.contains("<published>2025-03-05T09:00:00+00:00</published>"),
        "{written}"
    );
    assert!(
        written.contains("<author><name>OXSOP: activities</name></author>"),
        "{written}"
    );
}

#[test]
fn rss_is_read_back_as_written() {
    let written = rss::write(&sample());
    let read = ::rss::Channel::read_from(written.as_bytes()).unwrap();
    let item = &read.items[0];
    assert_eq!(item.title.as_deref(), Some("Tea & <b>cake</b>"));
    assert_eq!(item.content.as_deref(), Some("<p>Tea &amp; <em>cake</em> ]]></p>"));
    for part in [
        "<guid isPermaLink=\"false\">urn:uuid:0190a8a0-0000-7000-8000-000000000001</guid>",
        "<pubDate>Wed, 05 Mar 2025 09:00:00 +0000</pubDate>",
        "<lastBuildDate>Thu, 20 Mar 2025 09:00:00 +0000</lastBuildDate>",
        "xmlns:atom=\"http://www.w3.org/2005/Atom\"",
        "xmlns:content=\"http://purl.org/rss/1.0/modules/content/\"",
        "<atom:link href=\"https://oxsop.example.org/activities.atom?scope=local&amp;kind=talk\" rel=\"self\"",
    ] {
        assert!(written.contains(part), "{part} in {written}");
    }
}

#[test]
fn json_feed_is_read_back_as_written() {
    let read: serde_json::Value = serde_json::from_str(&json::write(&sample())).unwrap();
    assert_eq!(read["version"], "https://jsonfeed.org/version/1.1");
    assert_eq!(read["items"][0]["title"], "Tea & <b>cake</b>");
    assert_eq!(read["items"][0]["date_modified"], "2025-03-20T09:00:00Z");
    assert_eq!(read["items"][0]["tags"][0], "local");
}

#[test]
fn the_same_state_gives_the_same_bytes() {
    assert_eq!(atom::write(&sample()), atom::write(&sample()));
    assert_eq!(rss::write(&sample()), rss::write(&sample()));
    assert_eq!(json::write(&sample()), json::write(&sample()));
}

#[test]
fn an_empty_feed_is_a_feed() {
    let empty = Feed {
        items: Vec::new(),
        ..sample()
    };
    assert!(atom_syndication::Feed::read_from(atom::write(&empty).as_bytes()).is_ok());
    assert!(::rss::Channel::read_from(rss::write(&empty).as_bytes()).is_ok());
}

proptest! {
    #[test]
    fn no_text_breaks_a_feed(title in any::<String>(), html in any::<String>(), summary in any::<String>(), tag in any::<String>()) {
        let feed = feed_of(&title, &html, &summary, &tag);
        let (atom, rss) = (atom::write(&feed), rss::write(&feed));
        for written in [&atom, &rss] {
            prop_assert!(!written.chars().any(|c| c.is_control() && c != '\n' && c != '\t'));
        }
        let read = atom_syndication::Feed::read_from(atom.as_bytes()).unwrap();
        prop_assert_eq!(read.entries.len(), 1);
        let expected = xml_line(&title);
        prop_assert_eq!(read.entries[0].title.value.trim(), expected.trim());
        let read = ::rss::Channel::read_from(rss.as_bytes()).unwrap();
        prop_assert_eq!(read.items.len(), 1);
        prop_assert!(serde_json::from_str::<serde_json::Value>(&json::write(&feed)).is_ok());
    }
}
