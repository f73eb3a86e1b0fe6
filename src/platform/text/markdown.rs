//! Markdown from people, as HTML that is safe to show, as plain text, and as a summary.
//!
//! Why two fences: the events of the parser are filtered (no raw HTML, no images, no links but to
//! `http`, `https` and `mailto`), and what is rendered from them is cleaned again by an allow-list;
//! a fault in either leaves the other. Text that is too long or nested too deep for an honest
//! writer is shown as it was typed.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::UrlRelative;
use pulldown_cmark::{CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::line;

const LONGEST: usize = 64 * 1024;
const DEEPEST: usize = 32;

/// HTML that may be shown as it is; templates write it with `{{safe_html …}}` and nothing else.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SafeHtml(pub(super) String);

impl SafeHtml {
    /// Plain text, escaped here.
    pub fn from_escaped_text(text: &str) -> SafeHtml {
        let mut html = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '&' => html.push_str("&amp;"),
                '<' => html.push_str("&lt;"),
                '>' => html.push_str("&gt;"),
                '"' => html.push_str("&quot;"),
                '\'' => html.push_str("&#39;"),
                c => html.push(c),
            }
        }
        SafeHtml(html)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Written as `{"safe_html": "…"}`, so that a plain string never passes for safe HTML.
impl serde::Serialize for SafeHtml {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;
        let mut object = serializer.serialize_struct("SafeHtml", 1)?;
        object.serialize_field("safe_html", &self.0)?;
        object.end()
    }
}

/// Markdown as HTML; headings begin at `h2`, so that a page keeps its one `h1`.
pub fn to_html(markdown: &str) -> SafeHtml {
    let Some(events) = events(markdown) else {
        let escaped = SafeHtml::from_escaped_text(markdown.trim());
        return SafeHtml(format!("<p>{}</p>", escaped.0.replace('\n', "<br>\n")));
    };
    let mut html = String::with_capacity(markdown.len() * 2);
    pulldown_cmark::html::push_html(&mut html, events.into_iter());
    SafeHtml(CLEANER.clean(&html).to_string())
}

/// Markdown as plain text, the addresses of links written out behind them.
pub fn to_text(markdown: &str) -> String {
    plain(markdown, true)
}

/// The beginning of the text on one line, at most `max_chars` long, cut between words.
pub fn summary(markdown: &str, max_chars: usize) -> String {
    let text = plain(markdown, false);
    // The items of a list run into one another on one line, so the sentences before it speak alone.
    let sentences = text.split("\n\n- ").next().filter(|head| !head.trim().is_empty());
    let is_cut = sentences.is_some_and(|head| head.len() < text.len());
    let text = line::clean_line(sentences.unwrap_or(&text));
    let text = match text.strip_suffix(':') {
        Some(head) if is_cut => format!("{head}."),
        _ => text,
    };
    if text.chars().count() <= max_chars {
        return text;
    }
    let head: String = text.chars().take(max_chars.saturating_sub(1)).collect();
    let cut = match head.rfind(' ') {
        Some(space) if space > head.len() / 2 => &head[..space],
        _ => &head,
    };
    format!("{}…", cut.trim_end_matches([' ', ',', ';', ':', '–', '-']))
}

/// The parser's events with all that we do not show taken out; none for absurd input.
fn events(markdown: &str) -> Option<Vec<Event<'_>>> {
    if markdown.len() > LONGEST || markdown.lines().any(opens_too_many_blocks) {
        return None;
    }
    let mut depth = 0usize;
    let mut links: Vec<bool> = Vec::new();
    let mut kept = Vec::new();
    for event in Parser::new_ext(markdown, Options::empty()) {
        match &event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return None;
        }
        match event {
            Event::Start(Tag::Heading { level, .. }) => kept.push(Event::Start(Tag::Heading {
                level: demoted(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            })),
            Event::End(TagEnd::Heading(level)) => {
                kept.push(Event::End(TagEnd::Heading(demoted(level))));
            }
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                id,
                ..
            }) => {
                let address: CowStr<'_> = match link_type {
                    pulldown_cmark::LinkType::Email => format!("mailto:{dest_url}").into(),
                    _ => dest_url,
                };
                links.push(may_be_linked(&address));
                if may_be_linked(&address) {
                    kept.push(Event::Start(Tag::Link {
                        link_type: pulldown_cmark::LinkType::Inline,
                        dest_url: address,
                        title: CowStr::Borrowed(""),
                        id,
                    }));
                }
            }
            Event::End(TagEnd::Link) => {
                if links.pop() == Some(true) {
                    kept.push(Event::End(TagEnd::Link));
                }
            }
            // An image leaves its description behind, raw HTML the text as it was typed.
            Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => {}
            Event::Start(Tag::HtmlBlock) => kept.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => kept.push(Event::End(TagEnd::Paragraph)),
            Event::Html(text) | Event::InlineHtml(text) => kept.push(Event::Text(text)),
            Event::Start(Tag::CodeBlock(_)) => {
                kept.push(Event::Start(Tag::CodeBlock(pulldown_cmark::CodeBlockKind::Indented)))
            }
            other => kept.push(other),
        }
    }
    Some(kept)
}

/// Quotes and lists opened at the start of one line cost the parser dearly.
fn opens_too_many_blocks(line: &str) -> bool {
    let start = line
        .trim_start_matches(|c: char| c.is_ascii_digit() || " \t>-+*.)".contains(c))
        .len();
    let markers = &line[..line.len() - start];
    let quotes = markers.bytes().filter(|b| *b == b'>').count();
    let items = markers.split_ascii_whitespace().count();
    quotes + items > DEEPEST * 2
}

fn demoted(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H2,
        HeadingLevel::H2 => HeadingLevel::H3,
        HeadingLevel::H3 => HeadingLevel::H4,
        HeadingLevel::H4 => HeadingLevel::H5,
        _ => HeadingLevel::H6,
    }
}

/// Whole addresses of the web and of mail; never one relative to our own pages.
fn may_be_linked(address: &str) -> bool {
    let lower = address.to_ascii_lowercase();
    ["http://", "https://", "mailto:"]
        .iter()
        .any(|scheme| lower.starts_with(scheme))
        && url::Url::parse(address).is_ok()
}

static CLEANER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = ammonia::Builder::new();
    cleaner
        .tags(HashSet::from([
            "p",
            "br",
            "em",
            "strong",
            "a",
            "ul",
            "ol",
            "li",
            "blockquote",
            "code",
            "pre",
            "hr",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
        ]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href"])),
            ("ol", HashSet::from(["start"])),
        ]))
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(UrlRelative::Deny)
        .link_rel(Some("nofollow noopener noreferrer"));
    cleaner
});

fn plain(markdown: &str, with_addresses: bool) -> String {
    let Some(events) = events(markdown) else {
        return markdown.trim().to_owned();
    };
    let mut text = PlainText::default();
    for event in events {
        text.take(event, with_addresses);
    }
    text.out.trim().to_owned()
}

/// Plain text as it grows: blocks a blank line apart, list items a line each.
#[derive(Default)]
struct PlainText {
    out: String,
    lists: Vec<Option<u64>>,
    after_marker: bool,
    links: Vec<(String, usize)>,
}

impl PlainText {
    fn take(&mut self, event: Event<'_>, with_addresses: bool) {
        match event {
            Event::Start(Tag::Paragraph | Tag::Heading { .. } | Tag::CodeBlock(_)) => self.block(),
            Event::Start(Tag::List(first)) => {
                if self.lists.is_empty() {
                    self.block();
                }
                self.lists.push(first);
            }
            Event::End(TagEnd::List(_)) => {
                self.lists.pop();
            }
            Event::Start(Tag::Item) => self.item(),
            Event::Start(Tag::Link { dest_url, .. }) => {
                self.links.push((dest_url.into_string(), self.out.len()));
            }
            Event::End(TagEnd::Link) => self.link_ends(with_addresses),
            Event::Text(text) | Event::Code(text) => {
                self.after_marker = false;
                self.out.push_str(&text);
            }
            Event::SoftBreak => self.out.push(' '),
            Event::HardBreak => self.out.push('\n'),
            Event::Rule => {
                self.block();
                self.out.push_str("* * *");
            }
            _ => {}
        }
    }

    fn block(&mut self) {
        if !self.out.is_empty() && !self.after_marker {
            self.out.truncate(self.out.trim_end().len());
            self.out.push_str("\n\n");
        }
        self.after_marker = false;
    }

    fn item(&mut self) {
        if !self.out.is_empty() && !self.out.ends_with('\n') {
            self.out.push('\n');
        }
        self.out.push_str(&"  ".repeat(self.lists.len().saturating_sub(1)));
        match self.lists.last_mut() {
            Some(Some(number)) => {
                self.out.push_str(&format!("{number}. "));
                *number = number.saturating_add(1);
            }
            _ => self.out.push_str("- "),
        }
        self.after_marker = true;
    }

    fn link_ends(&mut self, with_addresses: bool) {
        let Some((address, start)) = self.links.pop() else {
            return;
        };
        let shown = address.strip_prefix("mailto:").unwrap_or(&address);
        let label = self.out.get(start..).unwrap_or("");
        if with_addresses && label != shown && label != address {
            let written = if label.is_empty() {
                shown.to_owned()
            } else {
                format!(" ({shown})")
            };
            self.out.push_str(&written);
        }
    }
}

#[cfg(test)]
#[path = "markdown_tests.rs"]
mod tests;
