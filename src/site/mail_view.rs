//! A mail on a page: its text with links that can be followed.

use serde::Serialize;

pub(super) use crate::web::html_reply;

/// A stretch of a mail's text; with an address, it is a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Piece {
    pub text: String,
    pub href: Option<String>,
}

/// Splits text where addresses of the web begin and end.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(start) = next_address(rest) {
        let (before, address) = rest.split_at(start);
        let end = address
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '(' | ')'))
            .unwrap_or(address.len());
        let address = address[..end].trim_end_matches(['.', ',', ';', ':', '!', '?']);
        if !before.is_empty() {
            pieces.push(Piece {
                text: before.to_owned(),
                href: None,
            });
        }
        pieces.push(Piece {
            text: address.to_owned(),
            // One that was cut short leads nowhere.
            href: (!address.contains('…')).then(|| address.to_owned()),
        });
        rest = &rest[start + address.len()..];
    }
    if !rest.is_empty() {
        pieces.push(Piece {
            text: rest.to_owned(),
            href: None,
        });
    }
    pieces
}

fn next_address(text: &str) -> Option<usize> {
    ["https://", "http://"]
        .iter()
        .filter_map(|scheme| text.find(scheme))
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_links_and_the_rest_stays() {
        let text = "Open\nhttps://example.org/a?b=1&c. Or (http://example.org/x) <b>now</b> http://";
        let found = pieces(text);
        let links: Vec<&str> = found.iter().filter_map(|p| p.href.as_deref()).collect();
        assert_eq!(links[..2], ["https://example.org/a?b=1&c", "http://example.org/x"]);
        assert_eq!(found.iter().map(|p| p.text.as_str()).collect::<String>(), text);
        assert!(pieces("javascript:alert(1)").iter().all(|p| p.href.is_none()));
    }
}
