//! Marks: places in a text that are filled in after it has been rendered, once for each reader.
//!
//! A mark is `U+E000 name U+E001` (Unicode's private use: no text means anything by it). Because values go in last,
//! nothing in them is ever read as Markdown, as HTML or as another mark, and a text for many is rendered once.

use super::markdown::SafeHtml;

const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// The mark of this name.
pub fn mark(name: &str) -> String {
    format!("{OPEN}{name}{CLOSE}")
}

/// What somebody typed, without characters that would make a mark.
pub fn without(text: &str) -> String {
    text.replace([OPEN, CLOSE], "")
}

/// How many marks stand in a text.
pub fn count(text: &str) -> usize {
    text.matches(OPEN).count()
}

/// Whether a mark has become part of an address, percent-encoded, where nothing fills it in.
pub fn is_in_address(html: &str) -> bool {
    html.contains("%EE%80%80") || html.contains("%ee%80%80")
}

/// The text with each mark replaced by its value; one that has none goes.
pub fn fill<'a>(text: &str, value: impl Fn(&str) -> Option<&'a str>) -> String {
    let mut filled = String::with_capacity(text.len() + 80);
    let mut rest = text;
    while let Some((before, from)) = rest.split_once(OPEN) {
        filled.push_str(before);
        let Some((name, after)) = from.split_once(CLOSE) else {
            rest = from;
            continue;
        };
        filled.push_str(value(name).unwrap_or_default());
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// The same for HTML: every value is escaped.
pub fn fill_html<'a>(html: &SafeHtml, value: impl Fn(&str) -> Option<&'a str>) -> SafeHtml {
    let mut filled = String::with_capacity(html.as_str().len() + 80);
    let mut rest = html.as_str();
    while let Some((before, from)) = rest.split_once(OPEN) {
        filled.push_str(before);
        let Some((name, after)) = from.split_once(CLOSE) else {
            rest = from;
            continue;
        };
        filled.push_str(SafeHtml::from_escaped_text(value(name).unwrap_or_default()).as_str());
        rest = after;
    }
    filled.push_str(rest);
    SafeHtml(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::text::markdown;

    #[test]
    fn values_are_never_read_again() {
        let text = format!("*Dear {}*, see `{}`", mark("name"), mark("name"));
        let hostile = format!("[x](https://evil.example) <b>{}</b> **y**", mark("name"));
        let html = fill_html(&markdown::to_html(&text), |_| Some(&hostile));
        assert!(
            html.as_str()
                .starts_with("<p><em>Dear [x](https://evil.example) &lt;b&gt;"),
            "{}",
            html.as_str()
        );
        assert!(!html.as_str().contains("<b>") && !html.as_str().contains("<strong>") && !html.as_str().contains("<a"));
        let plain = fill(&markdown::to_text(&text), |_| Some("Ana *B*"));
        assert_eq!(plain, "Dear Ana *B*, see Ana *B*");
    }

    #[test]
    fn what_is_half_a_mark_or_has_no_value_goes() {
        assert_eq!(fill(&format!("a{}b{OPEN}c", mark("none")), |_| None), "abc");
        assert_eq!(without(&mark("name")), "name");
        assert_eq!(count(&format!("{}{}", mark("a"), mark("b"))), 2);
    }
}
