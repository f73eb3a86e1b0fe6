//! How one value is made harmless for an iCalendar line, and how lines are folded.
//!
//! Why here and nowhere else: `ics` writes whatever it is given. Everything it gets from this folder
//! has passed through one of these functions, so no field can start a property of its own.

use std::borrow::Cow;

use url::Url;

use crate::platform::clock::At;

/// The longest line in octets, without its CRLF (RFC 5545 §3.1).
const LONGEST_LINE: usize = 75;

/// A TEXT value: cleaned and escaped.
pub(super) fn text(raw: &str) -> String {
    ics::escape_text(clean(raw)).into_owned()
}

/// A UID: a TEXT of one line, without any white space.
pub(super) fn uid(raw: &str) -> String {
    ics::escape_text(solid(raw)).into_owned()
}

/// A parameter value in double quotes, its `^`, `"` and line ends written as RFC 6868 says.
pub(super) fn quoted(raw: &str) -> String {
    let mut value = String::with_capacity(raw.len() + 2);
    value.push('"');
    for c in clean(raw).chars() {
        match c {
            '^' => value.push_str("^^"),
            '"' => value.push_str("^'"),
            '\n' => value.push_str("^n"),
            c => value.push(c),
        }
    }
    value.push('"');
    value
}

/// An http or https address in its normal form; `None` for anything else, which is then not written.
pub(super) fn web_address(raw: &str) -> Option<String> {
    let url = Url::parse(&solid(raw)).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.into())
}

/// `mailto:` and the address, with what a URI cannot hold percent-encoded (RFC 6068).
pub(super) fn mailto(address: &str) -> String {
    let address = solid(address);
    let at_sign = address.rfind('@');
    let mut uri = String::from("mailto:");
    for (index, c) in address.char_indices() {
        let is_plain = c.is_ascii_alphanumeric() || "!$&'*+-./=_~".contains(c);
        if is_plain || Some(index) == at_sign {
            uri.push(c);
        } else {
            let mut octets = [0; 4];
            for octet in c.encode_utf8(&mut octets).bytes() {
                uri.push_str(&format!("%{octet:02X}"));
            }
        }
    }
    uri
}

/// An instant in UTC, such as `20270324T150000Z`.
pub(super) fn instant(at: At) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// Folds every line anew at 75 octets, never inside a character.
///
/// `ics` folds too, but its continuation lines come to 76 octets.
pub(super) fn folded(written: &str) -> String {
    let mut out = String::with_capacity(written.len() + written.len() / 25);
    for line in written.replace("\r\n ", "").split_terminator("\r\n") {
        let mut used = 0;
        for c in line.chars() {
            if used + c.len_utf8() > LONGEST_LINE {
                out.push_str("\r\n ");
                used = 1;
            }
            out.push(c);
            used += c.len_utf8();
        }
        out.push_str("\r\n");
    }
    out
}

/// Text with `\n` as its only line end and no control character but that and the tab.
///
/// NEL and the Unicode line and paragraph separators are line ends too: some readers split lines at
/// them. A byte order mark means nothing inside a text, and some readers drop it.
fn clean(raw: &str) -> Cow<'_, str> {
    let is_odd =
        |c: char| (c.is_control() && c != '\n' && c != '\t') || matches!(c, '\u{2028}' | '\u{2029}' | '\u{FEFF}');
    if !raw.contains(is_odd) {
        return Cow::Borrowed(raw);
    }
    let cleaned = raw
        .replace("\r\n", "\n")
        .replace(['\r', '\u{85}', '\u{2028}', '\u{2029}'], "\n")
        .replace(is_odd, "");
    Cow::Owned(cleaned)
}

/// Without any control character or white space: for addresses and identifiers.
fn solid(raw: &str) -> String {
    raw.chars()
        .filter(|c| !c.is_control() && !c.is_whitespace() && *c != '\u{FEFF}')
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_is_cleaned_and_escaped() {
        for (raw, written) in [
            ("Maps, charts; and \\", "Maps\\, charts\\; and \\\\"),
            (
                "one\r\ntwo\rthree\nfour\u{2028}five\u{85}six",
                "one\\ntwo\\nthree\\nfour\\nfive\\nsix",
            ),
            ("a\0b\u{7}c\u{7f}d\u{9b}e\tf", "abcde\tf"),
            ("\u{feff}שלום 🙂 \"quoted\"", "שלום 🙂 \"quoted\""),
        ] {
            assert_eq!(text(raw), written);
        }
    }

    #[test]
    fn a_parameter_is_quoted_and_cannot_end_early() {
        assert_eq!(quoted("Chair, Ana"), "\"Chair, Ana\"");
        assert_eq!(quoted("A \"B\" ^ C\r\nX:1\0"), "\"A ^'B^' ^^ C^nX:1\"");
    }

    #[test]
    fn only_web_addresses_are_written() {
        assert_eq!(
            web_address("https://example.org/m?a=1").as_deref(),
            Some("https://example.org/m?a=1")
        );
        assert_eq!(
            web_address("HTTPS://Example.org/a\r\nX:1").as_deref(),
            Some("https://example.org/aX:1")
        );
        assert_eq!(
            web_address("https://example.org/\"<é>").as_deref(),
            Some("https://example.org/%22%3C%C3%A9%3E")
        );
        for raw in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "//example.org/",
            "mailto:a@example.org",
            "https://",
        ] {
            assert_eq!(web_address(raw), None, "{raw}");
        }
    }

    #[test]
    fn a_mail_address_stays_one_address() {
        assert_eq!(mailto("o'neil+x@example.org"), "mailto:o'neil+x@example.org");
        assert_eq!(
            mailto("a@b\r\nX:1?cc=c@example.org"),
            "mailto:a%40bX%3A1%3Fcc=c@example.org"
        );
    }

    #[test]
    fn a_line_of_75_octets_stays_whole_and_one_of_76_is_folded() {
        let whole = "a".repeat(75);
        assert_eq!(folded(&format!("{whole}\r\n")), format!("{whole}\r\n"));
        assert_eq!(folded(&format!("{whole}b\r\n")), format!("{whole}\r\n b\r\n"));
        let split = format!("{}é", "a".repeat(74));
        assert_eq!(folded(&format!("{split}\r\n")), format!("{}\r\n é\r\n", "a".repeat(74)));
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn folding_changes_nothing_but_the_folds(line in "[^\r\n]{0,400}") {
            prop_assume!(!line.is_empty());
            let out = folded(&format!("{line}\r\n"));
            prop_assert!(out.split("\r\n").all(|physical| physical.len() <= LONGEST_LINE));
            prop_assert_eq!(out.replace("\r\n ", ""), format!("{line}\r\n"));
        }

        #[test]
        fn no_value_holds_a_line_end_or_a_control_character(raw in any::<String>()) {
            let web = web_address(&format!("https://example.org/{raw}")).unwrap_or_default();
            for value in [text(&raw), uid(&raw), quoted(&raw), mailto(&raw), web] {
                prop_assert!(!value.contains(|c: char| c.is_control() && c != '\t'), "{value:?}");
            }
            prop_assert_eq!(quoted(&raw).matches('"').count(), 2);
        }
    }
}
