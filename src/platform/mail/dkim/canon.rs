//! What of a mail is signed, in the form in which spaces and folds do not count (RFC 6376 §3.4.2, §3.4.4: relaxed).

/// One header field as it stands in the mail: its name, and its value with folds and without the last line end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) value: &'a str,
}

/// Head and body; the head with the line end of its last field.
pub(super) fn split(mail: &[u8]) -> (&[u8], &[u8]) {
    let end = mail.windows(4).position(|four| four == b"\r\n\r\n");
    match end {
        Some(end) => (&mail[..end + 2], &mail[end + 4..]),
        None => (mail, b""),
    }
}

/// The fields of a head in which every line ends in CRLF; ours are plain ASCII.
pub(super) fn fields(head: &[u8]) -> Vec<Field<'_>> {
    let head = str::from_utf8(head).unwrap_or_default();
    let mut found = Vec::new();
    let mut rest = head;
    while !rest.is_empty() {
        let mut end = 0;
        loop {
            end += rest[end..].find("\r\n").map_or(rest.len() - end, |at| at + 2);
            if !rest[end..].starts_with([' ', '\t']) {
                break;
            }
        }
        let (field, after) = rest.split_at(end);
        if let Some((name, value)) = field.trim_end_matches("\r\n").split_once(':') {
            found.push(Field { name, value });
        }
        rest = after;
    }
    found
}

/// Names of the fields to sign, each as often as it stands there, and once more where that is asked for.
/// Every `List-…` is signed, for RFC 8058 wants its two.
pub(super) fn names_to_sign(fields: &[Field<'_>], wanted: &[(&str, bool)]) -> Vec<String> {
    let count = |name: &str| fields.iter().filter(|f| f.name.eq_ignore_ascii_case(name)).count();
    let mut names = Vec::new();
    for (name, once_more) in wanted {
        let times = count(name) + usize::from(*once_more);
        names.extend(std::iter::repeat_n((*name).to_owned(), times));
    }
    let lists = fields.iter().map(|f| f.name);
    names.extend(
        lists
            .filter(|name| name.get(..5).is_some_and(|start| start.eq_ignore_ascii_case("list-")))
            .map(str::to_owned),
    );
    names
}

/// What the signature is over: the named fields, then the signature's own field with an empty `b=`.
pub(super) fn signed_text(fields: &[Field<'_>], names: &[String], unsigned: &str) -> String {
    let mut text = String::new();
    for (at, name) in names.iter().enumerate() {
        // Of fields that stand there several times the last is meant first (§5.4.2); one that is not there adds nothing.
        let before = names[..at].iter().filter(|n| n.eq_ignore_ascii_case(name)).count();
        let same = fields.iter().rev().filter(|f| f.name.eq_ignore_ascii_case(name));
        if let Some(field) = same.skip(before).take(1).next() {
            text.push_str(&relaxed(field.name, field.value));
            text.push_str("\r\n");
        }
    }
    if let Some((name, value)) = unsigned.split_once(':') {
        text.push_str(&relaxed(name, value));
    }
    text
}

/// One field: name in lower case, unfolded, each run of spaces one, none at either end.
fn relaxed(name: &str, value: &str) -> String {
    let words: Vec<&str> = value
        .split([' ', '\t', '\r', '\n'])
        .filter(|word| !word.is_empty())
        .collect();
    format!("{}:{}", name.trim_end().to_ascii_lowercase(), words.join(" "))
}

/// A body: each run of spaces one, none at the end of a line, no empty lines at the end.
pub(super) fn body(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len());
    let mut empty = 0;
    let mut rest = body;
    while !rest.is_empty() {
        let end = rest.windows(2).position(|two| two == b"\r\n");
        let (line, after) = match end {
            Some(end) => (&rest[..end], &rest[end + 2..]),
            None => (rest, &rest[rest.len()..]),
        };
        rest = after;
        let start = out.len();
        let mut is_spaced = false;
        for byte in line {
            match byte {
                b' ' | b'\t' => is_spaced = true,
                byte => {
                    if out.len() == start {
                        out.extend(std::iter::repeat_n(b"\r\n", empty).flatten());
                        empty = 0;
                    }
                    if is_spaced {
                        out.push(b' ');
                        is_spaced = false;
                    }
                    out.push(*byte);
                }
            }
        }
        if out.len() == start {
            empty += 1;
        } else {
            out.extend_from_slice(b"\r\n");
        }
    }
    out
}

/// `names` joined by `between`, in lines of at most 72 characters.
pub(super) fn folded(names: &[String], between: &str) -> String {
    let mut text = String::new();
    let mut line = 0;
    for (at, name) in names.iter().enumerate() {
        if at > 0 {
            text.push_str(between);
            line += between.len();
        }
        if line > 0 && line + name.len() > 68 {
            text.push_str("\r\n  ");
            line = 0;
        }
        text.push_str(name);
        line += name.len();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spaces_and_empty_lines_at_the_end_do_not_count() {
        // The example of RFC 6376 §3.4.5.
        assert_eq!(body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
        for (given, relaxed) in [
            (&b""[..], &b""[..]),
            (b"\r\n", b""),
            (b" \r\n\t\r\n", b""),
            (b"a", b"a\r\n"),
            (b"a\r\n\r\n b\r\n", b"a\r\n\r\n b\r\n"),
            (b"\r\n\r\na\r\n", b"\r\n\r\na\r\n"),
            (b".\r\n..\r\n", b".\r\n..\r\n"),
            (b"a \r\n \r\nb", b"a\r\n\r\nb\r\n"),
        ] {
            assert_eq!(
                body(given),
                relaxed,
                "{:?}",
                String::from_utf8_lossy(given).escape_debug().to_string()
            );
        }
    }

    #[test]
    fn fields_are_unfolded_and_the_last_of_several_comes_first() {
        let mail = b"A: X\r\nB : Y\t\r\n\tZ  \r\nA: second\r\n\r\nbody: none\r\n";
        let (head, rest) = split(mail);
        assert_eq!(rest, b"body: none\r\n");
        let fields = fields(head);
        assert_eq!(fields.len(), 3);
        assert_eq!(relaxed("A", " X"), "a:X");
        assert_eq!(relaxed("B ", " Y\t\r\n\tZ  "), "b:Y Z");
        let names = ["A", "B ", "A", "A"].map(str::to_owned);
        assert_eq!(
            signed_text(&fields, &names, "S: b="),
            "a:second\r\nb:Y Z\r\na:X\r\ns:b="
        );
    }

    #[test]
    fn what_is_named_once_more_cannot_be_added_and_every_list_field_is_signed() {
        let (head, _) = split(b"From: a\r\nLIST-Unsubscribe: <x>\r\nList-Id: y\r\nX-Own: z\r\n\r\n");
        let fields = fields(head);
        assert_eq!(
            names_to_sign(&fields, &[("From", true), ("Cc", false), ("Reply-To", true)]),
            ["From", "From", "Reply-To", "LIST-Unsubscribe", "List-Id"]
        );
    }

    #[test]
    fn long_lists_of_names_are_folded() {
        let names = vec!["Content-Transfer-Encoding".to_owned(); 9];
        let text = folded(&names, ":");
        assert!(text.split("\r\n").all(|line| line.len() <= 74), "{text}");
        assert_eq!(text.replace("\r\n  ", ""), names.join(":"));
    }
}
