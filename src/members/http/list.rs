//! Long lists in pages of fifty, searched by words.
//!
//! Why in memory: SQLite's LIKE knows capital letters of ASCII only; a network of a few hundred is read at once.

use crate::web::Pager;

/// Entries on one page (TRUST S28: nobody can ask for more).
pub const PAGE: usize = 50;

/// Whether every word of `query` stands somewhere in `texts`, whatever its case.
pub fn matches(query: &str, texts: &[&str]) -> bool {
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    query
        .to_lowercase()
        .split_whitespace()
        .all(|word| texts.iter().any(|text| text.contains(word)))
}

/// The entries of page `number` (from 1; anything else is the first), and the links around it.
pub fn cut<T>(all: Vec<T>, number: &str, path: &str, filters: &[(&str, &str)], noun: &str) -> (Vec<T>, Pager) {
    let total = all.len();
    let pages = total.div_ceil(PAGE).max(1);
    let number = number.parse::<usize>().unwrap_or(1).clamp(1, pages);
    let first = (number - 1) * PAGE;
    let shown: Vec<T> = all.into_iter().skip(first).take(PAGE).collect();
    let href = |number: usize| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        for (name, value) in filters.iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        query.append_pair("page", &number.to_string());
        format!("{path}?{}", query.finish())
    };
    let text = match (total, pages) {
        (1, _) => format!("1 {}", noun.trim_end_matches('s')),
        (_, 1) => format!("{total} {noun}"),
        _ => format!("{}–{} of {total} {noun}", first + 1, first + shown.len()),
    };
    let pager = Pager {
        previous: (number > 1).then(|| href(number - 1)),
        next: (number < pages).then(|| href(number + 1)),
        text,
    };
    (shown, pager)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_looked_for_everywhere() {
        assert!(matches("žofie GREEN", &["Žofie Müller", "green care"]));
        assert!(!matches("žofie blue", &["Žofie Müller", "green care"]));
        assert!(matches("  ", &["anyone"]));
    }

    #[test]
    fn a_list_is_cut_into_pages_that_exist() {
        let all: Vec<usize> = (0..120).collect();
        let (shown, pager) = cut(all.clone(), "2", "/members", &[("q", "a b"), ("status", "")], "members");
        assert_eq!((shown[0], shown.len()), (50, 50));
        assert_eq!(pager.previous.as_deref(), Some("/members?q=a+b&page=1"));
        assert_eq!(pager.next.as_deref(), Some("/members?q=a+b&page=3"));
        assert_eq!(pager.text, "51–100 of 120 members");
        for odd in ["", "0", "-1", "x", "99999999999999999999"] {
            assert_eq!(cut(all.clone(), odd, "/members", &[], "members").0[0], 0, "{odd}");
        }
        assert_eq!(
            cut(all, "99", "/members", &[], "members").0,
            (100..120).collect::<Vec<_>>()
        );
        assert_eq!(cut(vec![1], "1", "/members", &[], "members").1.text, "1 member");
    }
}
