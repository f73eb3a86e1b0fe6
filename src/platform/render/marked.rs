//! A coordinator's words, once filled in, as the HTML of a mail: Markdown, with the links as buttons.
//!
//! A source goes through the template engine with marks around each value, so that what people typed is known from
//! what the coordinator wrote: values are shown letter by letter (TRUST S31), and a value that is an address of ours
//! becomes a link. Marks are private-use characters, which neither sources nor values may hold.
//!
//! What a line means in the HTML:
//!
//! | Line | HTML |
//! |---|---|
//! | `[Say what happens]({{link}})` | a button, and the address below it |
//! | `{{link}}` | the same where the original has a button for it, else the address |
//! | `Yes: {{yes_url}}`, then maybe and no | one row of buttons |
//! | `Join online: {{joining_link}}` | the address, set off |
//! | `{{when}}` | the date, set off |
//! | `{{summary_text}}`, `{{text}}` | the same with its links and lists (`…html` of the view) |
//! | `# Heading` | the heading |
//! | `## Heading` | a smaller one, in the text in capitals |

use handlebars::html_escape;
use serde_json::Value;

use super::tags::{Piece, Problem, is_link, pieces};
use super::unbroken;
use crate::platform::text::markdown;

const NAME: char = '\u{E000}';
const VALUE: char = '\u{E001}';
const END: char = '\u{E002}';
/// A line break inside a value.
const BREAK: char = '\u{E003}';
const BLOCK: char = '\u{E004}';

fn is_mark(c: char) -> bool {
    ('\u{E000}'..='\u{E00F}').contains(&c)
}

/// Takes out what could pass for a mark.
pub fn without_marks(text: &str) -> String {
    text.chars().filter(|c| !is_mark(*c)).collect()
}

/// A value as Markdown shows it letter by letter.
pub fn escape(value: &str) -> String {
    let mut out = String::with_capacity(value.len() * 2);
    for (n, line) in value.lines().enumerate() {
        if n > 0 {
            out.push(BREAK);
        }
        // Four spaces at the start of a line would make it code.
        for c in line.trim_start_matches([' ', '\t']).chars().filter(|c| !is_mark(*c)) {
            if c.is_ascii_punctuation() {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

fn unescape(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut chars = value.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.peek().is_some_and(char::is_ascii_punctuation) => out.extend(chars.next()),
            BREAK => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// The source with marks around each value; `buttons` are the labels of the original's buttons.
pub fn mark(source: &str, buttons: &[(String, String)]) -> Result<String, Problem> {
    let mut lines = Vec::new();
    for line in source.lines() {
        let bare = line.trim().strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
        let label = bare.and_then(|name| buttons.iter().find(|(link, _)| link == name.trim()));
        lines.push(match label {
            Some((_, label)) => format!("[{label}]({})", line.trim()),
            None => line.to_owned(),
        });
    }
    let source = lines.join("\n");
    let mut out = String::with_capacity(source.len() * 2);
    for piece in pieces(&source)? {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Tag { whole, inner, .. } if inner.starts_with(['#', '/']) || inner == "else" => out.push_str(whole),
            Piece::Tag { whole, inner, .. } => {
                out.push(NAME);
                out.push_str(inner);
                out.push(VALUE);
                out.push_str(whole);
                out.push(END);
            }
        }
    }
    Ok(out)
}

/// The same source as plain text says it: no marks of headings and emphasis, links as `label: address`.
pub fn plain(source: &str) -> String {
    let lines = source.lines().map(|line| {
        let heading = line.trim_start_matches('#');
        let line = match line.len() - heading.len() {
            0 => line.to_owned(),
            _ if !heading.starts_with(' ') => line.to_owned(),
            2.. if !heading.contains(['{', '[']) => heading.trim().to_uppercase(),
            _ => heading.trim().to_owned(),
        };
        let mut line = line.replace("**", "");
        while let Some(middle) = line.find("](") {
            let Some(start) = line[..middle].rfind('[') else { break };
            let Some(end) = line[middle..].find(')').map(|end| middle + end) else {
                break;
            };
            line = format!(
                "{}{}: {}{}",
                &line[..start],
                &line[start + 1..middle],
                &line[middle + 2..end],
                &line[end + 1..]
            );
        }
        line
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// A value, taken apart.
struct Marked<'a> {
    name: &'a str,
    value: String,
}

impl Marked<'_> {
    /// The address it leads to, if it is one of ours to follow.
    fn address(&self) -> Option<&str> {
        let is_address = ["https://", "http://"]
            .iter()
            .any(|scheme| self.value.starts_with(scheme))
            && !self
                .value
                .contains(|c: char| c.is_whitespace() || c.is_control() || "<>\"\\".contains(c))
            && url::Url::parse(&self.value).is_ok();
        (is_link(self.name) && is_address).then_some(self.value.as_str())
    }
}

fn marked(text: &str) -> Option<(Marked<'_>, &str)> {
    let rest = text.strip_prefix(NAME)?;
    let (name, rest) = rest.split_once(VALUE)?;
    let (value, rest) = rest.split_once(END)?;
    let value = unescape(value);
    Some((Marked { name, value }, rest))
}

/// A stretch of a filled-in source without its marks.
fn bare(text: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, tail)) = rest.split_once(NAME) {
        out += before;
        let Some((_, value)) = tail.split_once(VALUE) else {
            break;
        };
        let (value, after) = value.split_once(END).unwrap_or((value, ""));
        out += value;
        rest = after;
    }
    unescape(&(out + rest)).replace("**", "")
}

fn link(address: &str, label: &str) -> String {
    format!("<a href=\"{}\">{}</a>", html_escape(address), html_escape(label))
}

/// What a whole line becomes where it is more than a line of a paragraph.
fn block_of(line: &str, view: &Value) -> Option<String> {
    if let Some((value, "")) = marked(line) {
        let html = value.name.strip_suffix("text").map(|stem| format!("{stem}html"));
        if let Some(html) = html.and_then(|name| view.get(name)?.get("safe_html")?.as_str()) {
            return Some(html.to_owned());
        }
        if value.name == "when" {
            return Some(format!("<p class=\"when\">{}</p>", unbroken(&value.value)));
        }
        let address = value.address()?;
        return Some(format!("<p class=\"address\">{}</p>", link(address, address)));
    }
    if let Some((label, target)) = line.strip_prefix('[').and_then(|line| line.split_once("](")) {
        let (value, ")") = marked(target)? else { return None };
        let address = value.address()?;
        return Some(format!(
            "<p class=\"button\">{}</p>\n<p class=\"address\">{}</p>",
            link(address, &bare(label)),
            link(address, address)
        ));
    }
    let (label, value) = labelled(line)?;
    (value.name == "joining_link").then_some(())?;
    let address = value.address()?;
    Some(format!(
        "<p class=\"join\"><strong>{}:</strong><br>{}</p>",
        html_escape(&label),
        link(address, address)
    ))
}

/// `Label: {{name}}` and nothing else.
fn labelled(line: &str) -> Option<(String, Marked<'_>)> {
    let (label, _) = line.split_once(NAME)?;
    let (value, "") = marked(&line[label.len()..])? else {
        return None;
    };
    let label = label.trim().strip_suffix(':')?;
    (!label.is_empty() && !label.contains('[')).then(|| (bare(label), value))
}

fn choice(line: &str) -> Option<(String, String)> {
    let (label, value) = labelled(line)?;
    let address = value.address()?.to_owned();
    matches!(value.name, "yes_url" | "maybe_url" | "no_url").then_some((label, address))
}

fn choices(row: &[(String, String)]) -> String {
    let buttons = row.iter().enumerate().map(|(n, (label, address))| {
        let class = if n > 0 { "class=\"second\" " } else { "" };
        format!("<a {class}href=\"{}\">{}</a>", html_escape(address), html_escape(label))
    });
    let words = row.iter().map(|(label, address)| link(address, &label.to_lowercase()));
    format!(
        "<p class=\"button choices\">{}</p>\n<p class=\"small\">Each opens a page where you confirm it: {}.</p>",
        buttons.collect::<Vec<_>>().join(" &nbsp; "),
        words.collect::<Vec<_>>().join(", ")
    )
}

/// Values inside a line: addresses as links, everything else letter by letter.
fn inline(line: &str) -> String {
    let (mut out, mut rest) = (String::new(), line);
    while let Some(at) = rest.find(NAME) {
        out += &rest[..at];
        let Some((value, after)) = marked(&rest[at..]) else {
            break;
        };
        let raw = &rest[at..rest.len() - after.len()];
        let escaped = raw
            .split_once(VALUE)
            .map_or("", |(_, value)| value.trim_end_matches(END));
        let is_mailbox = value.name.rsplit('.').next() == Some("contact") || value.name == "invitations_from";
        match value.address() {
            Some(address) if out.ends_with("](") => out += &format!("<{address}>"),
            Some(address) => out += &format!("<{address}>"),
            None if is_mailbox && value.value.contains('@') && !value.value.contains(['<', '>', ' ']) => {
                out += &format!("<{}>", value.value);
            }
            None => out += escaped,
        }
        rest = after;
    }
    // The end of a line in the source, and in a value, is the end of a line in the mail.
    (out + rest).replace("\u{E003}\u{E003}", "\n\n").replace(BREAK, "  \n")
}

/// The HTML of the mail's body; `view` is what the source was filled in from.
pub fn html(filled: &str, view: &Value) -> String {
    let mut blocks: Vec<String> = Vec::new();
    let mut text = String::with_capacity(filled.len());
    let mut lines = filled.lines().map(str::trim_end).peekable();
    while let Some(line) = lines.next() {
        let block = match choice(line.trim()) {
            Some(first) => {
                let mut row = vec![first];
                while let Some(next) = lines.peek().and_then(|line| choice(line.trim())) {
                    row.push(next);
                    lines.next();
                }
                Some(choices(&row))
            }
            None => block_of(line.trim(), view),
        };
        match block {
            Some(block) => {
                text += &format!("\n\n{BLOCK}{}{BLOCK}\n\n", blocks.len());
                blocks.push(block);
            }
            None if line.is_empty() => text.push('\n'),
            None => text += &format!("{}  \n", inline(line)),
        }
    }
    let mut html = markdown::to_html(&text).as_str().to_owned();
    // Markdown of a page begins at h2; a mail has its own h1.
    for (from, to) in [("h2", "h1"), ("h3", "h2"), ("h4", "h3")] {
        html = html.replace(&format!("<{from}>"), &format!("<{to}>"));
        html = html.replace(&format!("</{from}>"), &format!("</{to}>"));
    }
    for (n, block) in blocks.iter().enumerate() {
        html = html.replacen(&format!("<p>{BLOCK}{n}{BLOCK}</p>"), block, 1);
    }
    without_marks(&html)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn filled(source: &str, values: &[(&str, &str)]) -> String {
        let mut text = mark(source, &[("link".into(), "Confirm it".into())]).unwrap();
        for (name, value) in values {
            text = text.replace(&format!("{{{{{name}}}}}"), &escape(value));
        }
        html(
            &text,
            &json!({ "summary_html": { "safe_html": "<p><em>Maps</em></p>" } }),
        )
    }

    #[test]
    fn what_people_typed_stays_letter_by_letter() {
        for hostile in [
            "[x](http://evil.example)",
            "<b>bold</b>",
            "**bold** _x_ `y`",
            "<http://evil.example>",
            "# heading",
            "    code",
            "\t- item\n1. one\n> quote\n***\n===",
            "![x](http://evil.example/x.png)",
            "[x]: http://evil.example",
            "&lt;b&gt; &amp; \\* {{env \"X\"}}",
            "\u{E000}link\u{E001}https://evil.example\u{E002}",
            "\u{E004}0\u{E004}",
            "a@evil.example",
        ] {
            for source in [
                "Dear {{name}},",
                "{{name}}",
                "# {{name}}",
                "- {{name}}",
                "{{link}}\n{{name}}",
            ] {
                let html = filled(source, &[("name", hostile), ("link", "https://ours.example/x")]);
                let ours = html.replace("https://ours.example/x", "").replace("Confirm it", "");
                assert!(!ours.contains("href=\"http"), "{source} with {hostile}: {html}");
                assert!(!ours.contains("href=\"mailto"), "{source} with {hostile}: {html}");
                for tag in [
                    "<b>",
                    "<strong>",
                    "<em>",
                    "<code",
                    "<pre",
                    "<img",
                    "<ol",
                    "<blockquote",
                    "<hr",
                ] {
                    assert!(!html.contains(tag), "{source} with {hostile}: {html}");
                }
            }
        }
    }

    #[test]
    fn a_line_that_is_a_link_is_a_button_with_its_address() {
        let url = [("link", "https://ours.example/a?b=1&c_d")];
        let button = "<p class=\"button\"><a href=\"https://ours.example/a?b&#x3D;1&amp;c_d\">Confirm it</a></p>\n\
                      <p class=\"address\"><a href=\"https://ours.example/a?b&#x3D;1&amp;c_d\">https://ours.example/a?b&#x3D;1&amp;c_d</a></p>";
        for (source, wanted) in [
            ("{{link}}", button.to_owned()),
            ("Open this:\n{{link}}", format!("<p>Open this:</p>\n{button}")),
            ("[Do **it**]({{link}})", button.replace("Confirm it", "Do it")),
        ] {
            assert_eq!(filled(source, &url).trim(), wanted, "{source}");
        }
        let within = filled("Go [there]({{link}}), or {{link}}.", &url);
        assert_eq!(
            within.matches("<a href=\"https://ours.example/a?b=1&amp;c_d\"").count(),
            2,
            "{within}"
        );
        let script = filled("{{link}}", &[("link", "javascript:alert(1)")]);
        assert!(!script.contains("href"), "{script}");
    }

    #[test]
    fn answers_stand_in_one_row_and_the_joining_link_is_set_off() {
        let html = filled(
            "Join: {{joining_link}}\nYes: {{yes_url}}\nNo: {{no_url}}\nBye",
            &[
                ("joining_link", "https://meet.example/1"),
                ("yes_url", "https://ours.example/y"),
                ("no_url", "https://ours.example/n"),
            ],
        );
        assert_eq!(html.matches("class=\"button choices\"").count(), 1, "{html}");
        assert!(
            html.contains("<a class=\"second\" href=\"https://ours.example/n\">No</a>"),
            "{html}"
        );
        assert!(html.contains("<p class=\"join\"><strong>Join:</strong>"), "{html}");
    }

    #[test]
    fn lines_headings_and_richer_values_keep_their_form() {
        let html = filled(
            "# {{name}}\n{{when}}\n\nOne\n**Two**\n\n{{message}}\n\n{{summary_text}}\n- a\n- b",
            &[
                ("name", "A_b"),
                ("when", "Monday 1 March 2027, 09:00, London"),
                ("message", "x\ny\n\nz"),
                ("summary_text", "Maps"),
            ],
        );
        let one_line = html.replace('\n', "");
        for wanted in [
            "<h1>A_b</h1>",
            "<p class=\"when\">Monday <span class=\"whole\">1 March 2027,</span>",
            "One<br><strong>Two</strong>",
            "<p>x<br>y</p><p>z</p>",
            "<p><em>Maps</em></p>",
            "<li>a</li>",
        ] {
            assert!(one_line.contains(wanted), "{wanted} in {html}");
        }
    }

    #[test]
    fn the_text_says_the_same_without_the_marks() {
        assert_eq!(
            plain("# Hello\n## What is new\n## For {{name}}\n#5 **is** here\n[Open it]({{link}}) now"),
            "Hello\nWHAT IS NEW\nFor {{name}}\n#5 is here\nOpen it: {{link}} now"
        );
    }
}
