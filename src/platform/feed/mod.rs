//! A feed of news, and one writer for each format that readers ask for.
//!
//! Why the writers take no clock and no address: what a feed says depends only on what it shows, so
//! the same state gives the same bytes, and a reader that saw an item once knows it for ever by
//! its `id` (a `tag:` or `urn:uuid:` that holds no web address which might change).
//! Titles and summaries are plain text; `html` has been cleaned by `platform::text::markdown`.

pub mod atom;
pub mod json;
pub mod rss;

use crate::platform::clock::At;

/// A feed, ready to be written; its addresses are whole (`https://…`).
#[derive(Clone, Debug)]
pub struct Feed {
    pub title: String,
    pub subtitle: String,
    /// The page that shows the same as this feed.
    pub home_url: String,
    /// Where this feed itself is fetched.
    pub self_url: String,
    /// Constant for ever: `tag:…` or `urn:uuid:…`.
    pub id: String,
    /// The last real edit of anything shown, never "now".
    pub updated: At,
    pub items: Vec<Item>,
}

/// One entry of a [`Feed`].
#[derive(Clone, Debug)]
pub struct Item {
    /// Constant for ever: `tag:…` or `urn:uuid:…`.
    pub id: String,
    pub url: String,
    pub title: String,
    pub html: String,
    pub summary: String,
    pub published: At,
    pub updated: At,
    pub tags: Vec<String>,
}

/// `text` without the characters that XML 1.0 has no way to write.
fn xml_text(text: &str) -> String {
    text.chars()
        .filter(|c| match c {
            '\t' | '\n' => true,
            '\u{FFFE}' | '\u{FFFF}' => false,
            c => !c.is_control(),
        })
        .collect()
}

/// The same on one line, for titles and attributes.
fn xml_line(text: &str) -> String {
    xml_text(&crate::platform::text::line::clean_line(text))
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
