//! What stands between `{{` and `}}` in a mail's words, and which of it a coordinator may write.
//!
//! A name is written in its *whole* form: `title`, `contents.minutes`; of an item of a list `lines[].text`, whatever
//! the item is called there. What is allowed are the whole names that the mail's original uses, and `if`, `unless`,
//! `each … as |x|`, `else`, `this`, `@first`, `@last`, `@index`.
//!
//! # Why
//! An own small reader instead of the template engine's: whatever the engine learns to do some day (helpers, partials,
//! look-ups), words from a form can do no more than this (TRUST S31). The engine only sees what has passed here.

use std::collections::BTreeSet;

/// A stretch of a source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    Tag {
        /// With its braces.
        whole: &'a str,
        inner: &'a str,
        line: usize,
    },
}

/// What is wrong, and on which line (from 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    pub line: usize,
    pub text: String,
}

impl Problem {
    pub fn new(line: usize, text: impl Into<String>) -> Problem {
        Problem {
            line,
            text: text.into(),
        }
    }
}

/// Splits a source; refuses braces that do not close, three of them, and a backslash that would hide a tag.
pub fn pieces(source: &str) -> Result<Vec<Piece<'_>>, Problem> {
    let (mut found, mut rest, mut line) = (Vec::new(), source, 1);
    while let Some(start) = rest.find("{{") {
        let (text, tag) = rest.split_at(start);
        line += text.matches('\n').count();
        if text.ends_with('\\') {
            return Err(Problem::new(line, "A backslash cannot stand directly before {{."));
        }
        if tag.starts_with("{{{") {
            return Err(Problem::new(
                line,
                "Three braces in a row are not used here: write two, as in {{name}}.",
            ));
        }
        let end = tag
            .find("}}")
            .ok_or_else(|| Problem::new(line, "A placeholder is not closed: }} is missing."))?;
        let inner = &tag[2..end];
        if inner.contains(['{', '\n']) {
            return Err(Problem::new(line, "A placeholder is not closed: }} is missing."));
        }
        if !text.is_empty() {
            found.push(Piece::Text(text));
        }
        found.push(Piece::Tag {
            whole: &tag[..end + 2],
            inner: inner.trim(),
            line,
        });
        rest = &tag[end + 2..];
        if rest.starts_with('}') {
            return Err(Problem::new(
                line,
                "Three braces in a row are not used here: write two, as in {{name}}.",
            ));
        }
    }
    if !rest.is_empty() {
        found.push(Piece::Text(rest));
    }
    Ok(found)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Block {
    If,
    Unless,
    Each,
}

impl Block {
    fn parse(word: &str) -> Option<Block> {
        match word {
            "if" => Some(Block::If),
            "unless" => Some(Block::Unless),
            "each" => Some(Block::Each),
            _ => None,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Block::If => "if",
            Block::Unless => "unless",
            Block::Each => "each",
        }
    }
}

struct Open {
    block: Block,
    line: usize,
    has_else: bool,
    /// The whole name of an item, and what it is called.
    item: Option<(String, String)>,
}

fn is_name(path: &str) -> bool {
    path.split('.').all(|part| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part
                .chars()
                .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    })
}

/// The whole form of a name as it stands within these blocks; `None` where it means nothing.
fn whole_name(path: &str, blocks: &[Open]) -> Option<String> {
    let mut items = blocks.iter().rev().filter_map(|open| open.item.as_ref()).peekable();
    if matches!(path, "@first" | "@last" | "@index") {
        return items.peek().map(|_| path.to_owned());
    }
    if !is_name(path) {
        return None;
    }
    let (first, rest) = path.split_at(path.find('.').unwrap_or(path.len()));
    let Some((innermost, _)) = items.peek().copied() else {
        return Some(path.to_owned());
    };
    if first == "this" {
        return Some(format!("{innermost}{rest}"));
    }
    items
        .find(|(_, called)| called == first)
        .map(|(item, _)| format!("{item}{rest}"))
}

/// One name as it is used: where, and its whole form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Used {
    pub line: usize,
    pub typed: String,
    pub name: Option<String>,
    pub is_list: bool,
}

/// Reads every tag. `is_ours`: the source is one of our own templates, which may use parts and helpers.
fn read(source: &str, is_ours: bool) -> Result<Vec<Used>, Problem> {
    let mut used = Vec::new();
    let mut blocks: Vec<Open> = Vec::new();
    for piece in pieces(source)? {
        let Piece::Tag { inner, line, whole } = piece else {
            continue;
        };
        let unknown = || {
            Problem::new(
                line,
                format!("{whole} is none of this mail’s placeholders. They are listed beside the form."),
            )
        };
        let mut note = |typed: &str, blocks: &[Open], is_list: bool| {
            used.push(Used {
                line,
                typed: typed.to_owned(),
                name: whole_name(typed, blocks),
                is_list,
            });
        };
        let words: Vec<&str> = inner.split_whitespace().collect();
        match words.as_slice() {
            [">", ..] | ["#>", ..] if is_ours => {}
            ["together", path] if is_ours => note(path, &blocks, false),
            ["safe_html", _] if is_ours => {}
            [word] if is_ours && word.starts_with("/layouts/") => {}
            ["else"] => match blocks.last_mut() {
                Some(open) if !open.has_else => open.has_else = true,
                _ => {
                    return Err(Problem::new(
                        line,
                        "{{else}} belongs inside {{#if …}} or {{#unless …}}, once.",
                    ));
                }
            },
            [word] if word.starts_with('/') => {
                let block = Block::parse(&word[1..]).ok_or_else(unknown)?;
                match blocks.pop() {
                    Some(open) if open.block == block => {}
                    Some(open) => {
                        let text = format!(
                            "{{{{#{}}}}} of line {} is not closed where {whole} stands.",
                            open.block.word(),
                            open.line
                        );
                        return Err(Problem::new(line, text));
                    }
                    None => return Err(Problem::new(line, format!("{whole} closes what was never opened."))),
                }
            }
            [word, path, alias @ ..] if word.starts_with('#') => {
                let block = Block::parse(&word[1..]).ok_or_else(unknown)?;
                note(path, &blocks, block == Block::Each);
                let called = match (block, alias) {
                    (Block::Each, ["as", called]) => called
                        .strip_prefix('|')
                        .and_then(|called| called.strip_suffix('|'))
                        .filter(|called| is_name(called) && !called.contains('.') && *called != "this"),
                    (Block::If | Block::Unless, []) => Some(""),
                    _ => None,
                };
                let Some(called) = called else {
                    let text = format!(
                        "{whole} is not understood: write {{{{#each {path} as |one|}}}}, {{{{#if …}}}} or {{{{#unless …}}}}."
                    );
                    return Err(Problem::new(line, text));
                };
                let item = match (block, whole_name(path, &blocks)) {
                    (Block::Each, Some(list)) => Some((format!("{list}[]"), called.to_owned())),
                    _ => None,
                };
                blocks.push(Open {
                    block,
                    line,
                    has_else: false,
                    item,
                });
            }
            [path] if is_name(path) || path.starts_with('@') => note(path, &blocks, false),
            _ => return Err(unknown()),
        }
    }
    match blocks.pop() {
        Some(open) => Err(Problem::new(
            open.line,
            format!("{{{{#{}}}}} is not closed: {{{{/{0}}}}} is missing.", open.block.word()),
        )),
        None => Ok(used),
    }
}

/// The whole names that one of our own templates uses.
pub fn names(original: &str) -> Result<BTreeSet<String>, Problem> {
    Ok(read(original, true)?.into_iter().filter_map(|used| used.name).collect())
}

/// Every name that words from a form use, once each tag of them is one that `allowed` lets through.
pub fn check(source: &str, allowed: &BTreeSet<String>) -> Result<BTreeSet<String>, Problem> {
    let mut names = BTreeSet::new();
    for used in read(source, false)? {
        match used.name {
            Some(name) if name.starts_with('@') || allowed.contains(&name) => {
                names.insert(name);
            }
            _ => {
                let text = format!(
                    "{{{{{}}}}} is none of the placeholders that can stand here. They are listed beside the form.",
                    used.typed
                );
                return Err(Problem::new(used.line, text));
            }
        }
    }
    Ok(names)
}

/// Whether a name stands for what lets somebody in, or speaks for them: links, codes, their own address for answers.
pub fn is_secret(name: &str) -> bool {
    is_link(name) || name == "code" || name.ends_with("_from")
}

/// Whether a name stands for an address that does something.
pub fn is_link(name: &str) -> bool {
    let last = name.rsplit(['.', ']']).next().unwrap_or(name);
    last == "link" || last == "url" || last.ends_with("_url") || last.ends_with("_link")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed() -> BTreeSet<String> {
        let original = "{{#> layouts/mail_text}}\n{{name}} {{together when}} {{safe_html body_html}}{{#if was}}{{was}}{{else}}-{{/if}}\
                        {{#each lines as |line|}}{{#unless @first}},{{/unless}}{{line.text}}{{/each}}\n{{/layouts/mail_text}}";
        names(original).unwrap()
    }

    #[test]
    fn an_original_says_which_names_there_are() {
        let names: Vec<String> = allowed().into_iter().collect();
        assert_eq!(names, ["@first", "lines", "lines[].text", "name", "was", "when"]);
    }

    #[test]
    fn what_the_original_can_do_words_can_do() {
        for source in [
            "Dear {{name}},",
            "{{ name }}{{#if was}}a{{else}}b{{/if}}",
            "{{#each lines as |x|}}{{x.text}}{{this.text}}{{#if @first}}!{{/if}}{{/each}}",
            "{{#unless was}}{{#if name}}x{{/if}}{{/unless}} } {",
        ] {
            assert!(check(source, &allowed()).is_ok(), "{source}");
        }
    }

    #[test]
    fn whatever_else_there_is_in_braces_is_refused_with_its_line() {
        for source in [
            "{{env \"X\"}}",
            "{{lookup this \"x\"}}",
            "{{> parts/csrf}}",
            "{{#> layouts/mail}}{{/layouts/mail}}",
            "{{{name}}}",
            "{{{{name}}}}",
            "{{&name}}",
            "{{!-- x --}}",
            "{{!x}}",
            "{{*inline}}",
            "{{#*inline \"x\"}}{{/inline}}",
            "{{#with lines}}{{/with}}",
            "{{#lines}}x{{/lines}}",
            "{{^was}}x{{/was}}",
            "{{@root.name}}",
            "{{../name}}",
            "{{this}}",
            "{{name.__proto__}}",
            "{{name.[0]}}",
            "{{lines.0.text}}",
            "{{name.length}}",
            "{{together when}}",
            "{{safe_html body_html}}",
            "{{body_html}}",
            "{{asset \"site.css\"}}",
            "{{log name}}",
            "{{#if (eq name was)}}x{{/if}}",
            "{{#if name includeZero=true}}x{{/if}}",
            "{{#each lines}}x{{/each}}",
            "{{#each lines as |a b|}}x{{/each}}",
            "{{#each lines as |line|}}{{name}}{{/each}}",
            "{{#each lines as |line|}}{{line.link}}{{/each}}",
            "{{line.text}}",
            "{{#if was}}x",
            "{{#if was}}x{{/each}}",
            "x{{/if}}",
            "{{else}}",
            "{{#if was}}a{{else}}b{{else}}c{{/if}}",
            "{{else if was}}",
            "{{name",
            "{{na\nme}}",
            "\\{{name}}",
            "{{}}",
            "{{~name~}}",
            "{{name name}}",
            "{{mail.network.secret}}",
            "{{\"name\"}}",
            "{{@index}}",
        ] {
            let problem = check(&format!("One\nTwo {source}"), &allowed()).expect_err(source);
            assert_eq!(problem.line, 2, "{source}");
        }
    }

    #[test]
    fn links_are_known_by_their_names() {
        for name in [
            "link",
            "yes_url",
            "joining_link",
            "contents.papers[].url",
            "lines[].link",
        ] {
            assert!(is_link(name), "{name}");
        }
        for name in ["title", "linked", "is_own_link_note", "curl"] {
            assert!(!is_link(name), "{name}");
        }
    }
}
