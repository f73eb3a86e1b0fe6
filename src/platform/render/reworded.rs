//! Mails in a coordinator's words: what the original says as a source to edit, whether other words fit, and the mail
//! made of them.
//!
//! # Why
//! * Words that fit have passed three gates: every tag is one that the original uses; what the mail cannot do without
//!   is in it; and all three parts render strictly with every sample, before anything is kept.
//! * What the template engine gets is checked once more as it gets it: taking out marks, emphasis and links on the way
//!   there must not make a tag of what was none (TRUST S31).
//! * Should a real mail still not render, the original is sent: no mail is lost to its words.
//! * A subject takes no link and no code: subjects are shown in the outbox, and links let people in.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use handlebars::{Handlebars, html_escape};
use serde::Serialize;
use serde_json::Value;

use super::tags::{self, Problem};
use super::{Envelope, Files, MailFacts, RenderError, Renderer, Words, marked};
use crate::platform::mail::words::MailKind;
use crate::platform::text::line;

/// Largest HTML of a mail, in bytes: Gmail cuts what is longer.
const LARGEST: usize = 100_000;

/// The reworded mails, by name.
#[derive(Clone, Debug, Default)]
pub struct Reworded(HashMap<String, Arc<Compiled>>);

impl Reworded {
    pub fn add(&mut self, name: &str, compiled: Compiled) {
        self.0.insert(name.to_owned(), Arc::new(compiled));
    }

    pub(super) fn get(&self, name: &str) -> Option<&Compiled> {
        self.0.get(name).map(Arc::as_ref)
    }

    /// Just this one mail in these words, for a preview.
    pub fn only(name: &str, compiled: Compiled) -> Arc<Reworded> {
        let mut reworded = Reworded::default();
        reworded.add(name, compiled);
        Arc::new(reworded)
    }
}

/// One mail's words, ready to fill in.
#[derive(Debug)]
pub struct Compiled {
    text: Handlebars<'static>,
    marked: Handlebars<'static>,
}

/// What a mail says: its subject, and its text in the Markdown in which it can be reworded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    pub subject: String,
    pub text: String,
}

/// Why words cannot be used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unfit {
    pub subject: Vec<String>,
    pub text: Vec<String>,
}

impl Unfit {
    pub fn is_empty(&self) -> bool {
        self.subject.is_empty() && self.text.is_empty()
    }

    /// All of it in a line.
    pub fn all(&self) -> String {
        let all: Vec<&str> = self.subject.iter().chain(&self.text).map(String::as_str).collect();
        all.join(" ")
    }
}

fn part(name: &str, extension: &str) -> Option<String> {
    let file = Files::get(&format!("mail/{name}.{extension}.hbs"))?;
    String::from_utf8(file.data.into_owned()).ok()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    rest.split_once(end).map(|(inner, _)| inner)
}

/// The original's words. Its heading stands in the HTML only, and comes first here; smaller ones are in capitals in the
/// text.
pub fn original(name: &str) -> Option<Source> {
    let (text, html) = (part(name, "txt")?, part(name, "html")?);
    let body = between(&text, "{{#> layouts/mail_text}}", "{{/layouts/mail_text}}")?.trim();
    let heading = between(&html, "<h1>", "</h1>");
    let smaller: Vec<&str> = (html.split("<h2>").skip(1))
        .filter_map(|rest| rest.split("</h2>").next())
        .collect();
    let lines = body.lines().map(|line| {
        let is_smaller = |words: &&&str| words.to_uppercase() == line;
        match smaller.iter().find(is_smaller) {
            _ if heading == Some(line) => format!("# {line}"),
            Some(words) => format!("## {words}"),
            None => line.into(),
        }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let text = match heading {
        Some(heading) if !body.lines().any(|line| line == heading) => format!("# {heading}\n\n{text}"),
        _ => text,
    };
    Some(Source {
        subject: part(name, "subject")?.trim().to_owned(),
        text,
    })
}

/// The labels of the original's buttons, by the name of their link.
fn buttons(name: &str) -> Vec<(String, String)> {
    let html = part(name, "html").unwrap_or_default();
    let rows = html.split("<p class=\"button").skip(1);
    let links = rows.flat_map(|row| row.split("</p>").next().unwrap_or_default().split("<a ").skip(1));
    links
        .filter_map(|link| {
            let link_name = between(link, "href=\"{{", "}}\"")?;
            let (_, label) = link.split_once("}}\">")?;
            Some((link_name.to_owned(), label.split("</a>").next()?.to_owned()))
        })
        .collect()
}

/// The whole names that words of this mail may use (a subject: without lists, links and codes).
pub fn placeholders(name: &str, is_subject: bool) -> BTreeSet<String> {
    let everywhere = [
        "mail.network.name",
        "mail.network.short_name",
        "mail.contact",
        "mail.public_url",
    ];
    let mut all: BTreeSet<String> = everywhere.into_iter().map(str::to_owned).collect();
    for extension in ["subject", "txt", "html"] {
        all.extend(tags::names(&part(name, extension).unwrap_or_default()).unwrap_or_default());
    }
    all.retain(|name| !name.starts_with('@') && !name.ends_with("_html"));
    if is_subject {
        all.retain(|name| !tags::is_secret(name) && !name.contains("[]"));
    }
    all
}

/// What the mail cannot do without: the links of its buttons, and what its slice says.
pub fn needed(kind: &MailKind) -> Vec<String> {
    let links = buttons(kind.name).into_iter().map(|(link, _)| link);
    let outside_of_lists = placeholders(kind.name, false);
    let mut needed: Vec<String> = links.filter(|link| outside_of_lists.contains(link)).collect();
    for name in kind.needs {
        if !needed.iter().any(|known| known == name) {
            needed.push((*name).to_owned());
        }
    }
    needed
}

/// A value of a view by its whole name; `None` for lists and what is not there.
pub fn value_of(view: &Value, name: &str) -> Option<String> {
    let value = name.split('.').try_fold(view, |value, part| value.get(part))?;
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(is) => Some(if *is { "yes" } else { "no" }.to_owned()),
        _ => None,
    }
}

/// Whether a link of the HTML that one can see leads to this address.
fn leads_to(html: &str, address: &str) -> bool {
    let is_seen = |c: char| {
        !c.is_whitespace()
            && !c.is_control()
            && !matches!(c, '\u{AD}' | '\u{34F}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}')
            && !matches!(c, '\u{2800}' | '\u{3164}' | '\u{FEFF}')
    };
    [html_escape(address), address.replace('&', "&amp;")]
        .iter()
        .any(|written| {
            let href = format!("href=\"{written}\"");
            html.split(&href).skip(1).any(|rest| {
                let label = between(rest, ">", "</a>").unwrap_or_default();
                // Of a tag within the label only what stands outside of it.
                label
                    .split('<')
                    .any(|part| part.rsplit('>').next().unwrap_or_default().chars().any(is_seen))
            })
        })
}

/// Whether a text names this address, and not one that only begins so.
fn names(text: &str, address: &str) -> bool {
    let ends = |rest: &str| {
        rest.chars()
            .next()
            .is_none_or(|c| c.is_whitespace() || ".,;:!?)>]\"'`”’".contains(c))
    };
    text.match_indices(address)
        .any(|(start, found)| ends(&text[start + found.len()..]))
}

fn on_line(problem: Problem) -> String {
    format!("Line {}: {}", problem.line, problem.text)
}

impl Renderer {
    /// The words, once they fit this mail and every sample of it.
    pub fn reword(&self, kind: &MailKind, facts: &MailFacts, source: &Source) -> Result<Compiled, Unfit> {
        let mut unfit = Unfit::default();
        let source = Source {
            subject: line::clean_line(&marked::without_marks(&source.subject)),
            text: marked::without_marks(&source.text),
        };
        if let Err(problem) = tags::check(&source.subject, &placeholders(kind.name, true)) {
            unfit.subject.push(problem.text);
        }
        match tags::check(&source.text, &placeholders(kind.name, false)) {
            Err(problem) => unfit.text.push(on_line(problem)),
            Ok(used) => {
                for name in needed(kind).iter().filter(|name| !used.contains(*name)) {
                    unfit
                        .text
                        .push(format!("{{{{{name}}}}} is missing: the mail is of no use without it."));
                }
            }
        }
        if !unfit.is_empty() {
            return Err(unfit);
        }
        let compiled = compile(kind.name, &source).map_err(|text| Unfit {
            text: vec![text],
            ..Unfit::default()
        })?;
        self.try_samples(kind, facts, &compiled)?;
        Ok(compiled)
    }

    fn try_samples(&self, kind: &MailKind, facts: &MailFacts, compiled: &Compiled) -> Result<(), Unfit> {
        let mut unfit = Unfit::default();
        let needed = needed(kind);
        for sample in &kind.samples {
            let in_sample = |text: &str| format!("With the sample “{}”: {text}", sample.label);
            let words = match self.filled(compiled, facts, &sample.view) {
                Ok(words) => words,
                Err(e) => {
                    unfit.text.push(in_sample(&e.why));
                    continue;
                }
            };
            if words.subject.is_empty() {
                unfit.subject.push(in_sample("the subject would be empty."));
            }
            if words.html.len() > LARGEST {
                unfit
                    .text
                    .push(in_sample("the mail would be longer than mail programs show."));
            }
            let original = self.original(kind.name, facts, &sample.view);
            let original = original.map(|words| words.text).unwrap_or_default();
            for name in &needed {
                let value = value_of(&sample.view, name).filter(|value| !value.is_empty() && original.contains(value));
                let Some(value) = value else { continue };
                let is_shown = match tags::is_link(name) {
                    true => names(&words.text, &value),
                    false => words.text.contains(&value),
                };
                if !is_shown {
                    unfit
                        .text
                        .push(in_sample(&format!("{{{{{name}}}}} would not be shown.")));
                } else if tags::is_link(name) && !leads_to(&words.html, &value) {
                    unfit.text.push(in_sample(&format!(
                        "{{{{{name}}}}} would be no link in the mail’s layout. Put it on a line of its own."
                    )));
                }
            }
        }
        if unfit.is_empty() { Ok(()) } else { Err(unfit) }
    }

    /// A mail in a coordinator's words.
    pub(super) fn filled<T: Serialize>(
        &self,
        compiled: &Compiled,
        facts: &MailFacts,
        view: &T,
    ) -> Result<Words, RenderError> {
        let failed = |e: handlebars::RenderError| RenderError {
            name: "the reworded mail".into(),
            why: e.to_string(),
        };
        let view = serde_json::to_value(view).map_err(|e| RenderError {
            name: "the reworded mail".into(),
            why: e.to_string(),
        })?;
        let envelope = |subject| Envelope {
            mail: facts,
            subject,
            preheader: "",
            view: &view,
        };
        let subject = compiled.text.render("subject", &envelope("")).map_err(failed)?;
        let subject = line::clean_line(&subject);
        let text = compiled.text.render("text", &envelope(&subject)).map_err(failed)?;
        let text = text.trim().to_owned() + "\n";
        let body = compiled.marked.render("body", &envelope(&subject)).map_err(failed)?;
        #[derive(Serialize)]
        struct Body {
            body: super::Vouched,
        }
        let html = self.html(
            "layouts/mail_reworded",
            &Envelope {
                mail: facts,
                subject: &subject,
                preheader: &super::preheader(&text),
                view: &Body {
                    body: super::Vouched {
                        safe_html: marked::html(&body, &view),
                    },
                },
            },
        )?;
        let html = super::buttons::drawn(&html);
        Ok(Words { subject, text, html })
    }
}

/// How many tags a source has.
fn count(source: &str) -> usize {
    let pieces = tags::pieces(source).unwrap_or_default();
    pieces
        .iter()
        .filter(|piece| matches!(piece, tags::Piece::Tag { .. }))
        .count()
}

/// Takes words that have passed the check.
fn compile(name: &str, source: &Source) -> Result<Compiled, String> {
    let mut plain = Handlebars::new();
    plain.set_strict_mode(true);
    plain.register_escape_fn(handlebars::no_escape);
    let mut with_marks = Handlebars::new();
    with_marks.set_strict_mode(true);
    with_marks.register_escape_fn(marked::escape);
    let text = marked::plain(&source.text);
    let body = marked::mark(&source.text, &buttons(name)).map_err(on_line)?;
    let allowed = placeholders(name, false);
    tags::check(&source.subject, &placeholders(name, true)).map_err(on_line)?;
    tags::check(&text, &allowed).map_err(on_line)?;
    tags::check(&body, &allowed).map_err(on_line)?;
    if count(&text) != count(&source.text) {
        return Err("Something between braces turns into a placeholder in one part of the mail only.".into());
    }
    let layout = Files::get("layouts/mail_text.hbs").ok_or("the layout is missing")?;
    let layout = String::from_utf8_lossy(&layout.data).into_owned();
    let whole = format!("{{{{#> layouts/mail_text}}}}\n{text}\n{{{{/layouts/mail_text}}}}\n");
    let put = |registry: &mut Handlebars<'static>, name: &str, source: &str| {
        registry
            .register_template_string(name, source)
            .map_err(|e| e.to_string())
    };
    put(&mut plain, "layouts/mail_text", &layout)?;
    put(&mut plain, "subject", &source.subject)?;
    put(&mut plain, "text", &whole)?;
    put(&mut with_marks, "body", &body)?;
    Ok(Compiled {
        text: plain,
        marked: with_marks,
    })
}
