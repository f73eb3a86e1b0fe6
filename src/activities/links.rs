//! The links of an activity: one a line, "Label https://…", and nothing but the web.

use serde::Serialize;
use url::Url;

use crate::platform::text::line::{clean_line, excerpt};

const MOST: usize = 20;

/// A link with the words it is shown by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Link {
    pub label: String,
    pub href: String,
}

/// The links as they are kept, one a line; or which line is wrong, and why.
pub fn parse(raw: &str) -> Result<String, String> {
    let mut kept: Vec<String> = Vec::new();
    for (number, line) in raw.lines().enumerate() {
        let line = clean_line(line);
        if line.is_empty() {
            continue;
        }
        let (label, address) = split(&line);
        let is_web = Url::parse(address).is_ok_and(|url| {
            matches!(url.scheme(), "http" | "https") && url.host_str().is_some() && url.username().is_empty()
        });
        if !is_web || !has_web_prefix(address) {
            return Err(format!(
                "Line {}: “{}” does not end in an address that begins with https:// or http://.",
                number + 1,
                excerpt(&line, 60)
            ));
        }
        if label.chars().count() > 200 || address.len() > 1_000 {
            return Err(format!("Line {} is too long for a link.", number + 1));
        }
        kept.push(line);
    }
    if kept.len() > MOST {
        return Err(format!("Give at most {MOST} links: you have {}.", kept.len()));
    }
    Ok(kept.join("\n"))
}

/// The links for showing. Lines that would not be taken in today are left out.
pub fn shown(kept: &str) -> Vec<Link> {
    let lines = kept.lines().filter(|line| parse(line).is_ok_and(|one| !one.is_empty()));
    lines
        .map(|line| {
            let (label, address) = split(line);
            let host = || {
                Url::parse(address)
                    .ok()
                    .and_then(|url| url.host_str().map(str::to_owned))
            };
            Link {
                label: if label.is_empty() {
                    host().unwrap_or_else(|| address.to_owned())
                } else {
                    label.to_owned()
                },
                href: address.to_owned(),
            }
        })
        .collect()
}

fn has_web_prefix(address: &str) -> bool {
    let address = address.to_ascii_lowercase();
    address.starts_with("https://") || address.starts_with("http://")
}

fn split(line: &str) -> (&str, &str) {
    match line.rsplit_once(' ') {
        Some((label, address)) => (label.trim_end_matches([' ', ':']), address),
        None => ("", line),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_words_and_an_address() {
        let kept = parse("The report https://example.org/a?b=1\r\n\r\n  http://example.org  ").unwrap();
        assert_eq!(kept, "The report https://example.org/a?b=1\nhttp://example.org");
        let shown = shown(&kept);
        assert_eq!(
            (shown[0].label.as_str(), shown[1].label.as_str()),
            ("The report", "example.org")
        );
        assert_eq!(shown[0].href, "https://example.org/a?b=1");
    }

    #[test]
    fn only_the_web_is_linked_and_the_line_is_named() {
        for wrong in [
            "Evil javascript:alert(1)",
            "Data data:text/html,x",
            "File file:///etc/passwd",
            "Nothing here",
            "Odd https:example.org",
            "Who https://oxsop.org@evil.example/",
            "Protocol-relative //evil.example",
        ] {
            let error = parse(&format!("Fine https://example.org\n{wrong}")).unwrap_err();
            assert!(error.starts_with("Line 2"), "{error}");
            assert!(super::shown(wrong).is_empty(), "{wrong}");
        }
    }
}
