//! Templates become pages and mails: one registry that escapes for HTML, one for plain text.
//!
//! # Why
//! handlebars has one escape function a registry, so subjects and text parts have a registry of their own.
//! Nothing leaves a page unescaped but a `SafeHtml`, through the helper `safe_html`; `{{{` is banned by a test.
//!
//! Coordinators can put mails in words of their own: [`tags`] is what such words may hold, [`mod@reworded`] how a mail is
//! made of them. Which mails are reworded comes with the [`MailFacts`], so that whoever renders a mail need not know.

mod buttons;
mod marked;
pub mod reworded;
pub mod tags;

use handlebars::{Context, Handlebars, Helper, HelperResult, Output, RenderContext, RenderErrorReason};
use rust_embed::RustEmbed;
use serde::Serialize;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::Arc;

use crate::platform::text::line::excerpt;

/// Everything under `templates/`: in the release binary, on disk while developing.
#[derive(RustEmbed)]
#[folder = "templates/"]
pub struct Files;

/// The templates, ready to render.
pub struct Renderer {
    html: Handlebars<'static>,
    text: Handlebars<'static>,
}

/// Which template failed, and why.
#[derive(Debug, thiserror::Error)]
#[error("the template {name} failed: {why}")]
pub struct RenderError {
    name: String,
    why: String,
}

/// The words of a mail: what a reader sees.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Words {
    pub subject: String,
    pub text: String,
    pub html: String,
}

impl Renderer {
    /// Reads and compiles every template.
    pub fn load() -> Result<Renderer, RenderError> {
        let mut renderer = Renderer {
            html: Handlebars::new(),
            text: Handlebars::new(),
        };
        renderer.html.set_strict_mode(true);
        renderer.text.set_strict_mode(true);
        // An indented call of a part must not indent what a person typed.
        renderer.html.set_prevent_indent(true);
        renderer.text.set_prevent_indent(true);
        renderer.text.register_escape_fn(handlebars::no_escape);
        let stamps = stamps();
        renderer.html.register_helper("asset", Box::new(Asset(stamps)));
        renderer.html.register_helper("safe_html", Box::new(safe_html));
        renderer.html.register_helper("together", Box::new(together));
        for path in Files::iter().filter(|path| path.ends_with(".hbs")) {
            let name = path.trim_end_matches(".hbs").to_owned();
            let failed = |why: String| RenderError {
                name: name.clone(),
                why,
            };
            let file = Files::get(&path).ok_or_else(|| failed("it cannot be read".into()))?;
            let source = std::str::from_utf8(&file.data).map_err(|e| failed(e.to_string()))?;
            let is_text = name.ends_with(".txt") || name.ends_with(".subject") || name == "layouts/mail_text";
            let registry = if is_text {
                &mut renderer.text
            } else {
                &mut renderer.html
            };
            registry
                .register_template_string(&name, source)
                .map_err(|e| failed(e.to_string()))?;
        }
        Ok(renderer)
    }

    /// The names of every template (for the test that renders them all).
    pub fn names(&self) -> Vec<String> {
        self.html
            .get_templates()
            .keys()
            .chain(self.text.get_templates().keys())
            .cloned()
            .collect()
    }

    /// Renders a page or a part to HTML.
    pub fn html<T: Serialize>(&self, name: &str, view: &T) -> Result<String, RenderError> {
        self.html.render(name, view).map_err(|e| RenderError {
            name: name.into(),
            why: e.to_string(),
        })
    }

    /// Renders the text registry's template `name`.
    pub fn text<T: Serialize>(&self, name: &str, view: &T) -> Result<String, RenderError> {
        self.text.render(name, view).map_err(|e| RenderError {
            name: name.into(),
            why: e.to_string(),
        })
    }

    /// The mail `name`: in a coordinator's words where there are some, else as the original has it.
    pub fn mail<T: Serialize>(&self, name: &str, facts: &MailFacts, view: &T) -> Result<Words, RenderError> {
        if let Some(compiled) = facts.reworded.get(name) {
            match self.filled(compiled, facts, view) {
                Ok(words) if !words.subject.is_empty() => return Ok(words),
                Ok(_) => tracing::error!(mail = name, "reworded, its subject is empty: the original is sent"),
                Err(e) => tracing::error!(mail = name, error = %e, "reworded, it fails: the original is sent"),
            }
        }
        self.original(name, facts, view)
    }

    /// Renders `mail/<name>.subject`, `.txt` and `.html` from one view.
    pub fn original<T: Serialize>(&self, name: &str, facts: &MailFacts, view: &T) -> Result<Words, RenderError> {
        let envelope = |subject, preheader| Envelope {
            mail: facts,
            subject,
            preheader,
            view,
        };
        let subject = self.text(&format!("mail/{name}.subject"), &envelope("", ""))?;
        let subject = subject.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = self.text(&format!("mail/{name}.txt"), &envelope(&subject, ""))?;
        let text = text.trim().to_owned() + "\n";
        let html = self.html(&format!("mail/{name}.html"), &envelope(&subject, &preheader(&text)))?;
        let html = buttons::drawn(&html);
        Ok(Words { text, html, subject })
    }
}

/// What mail programs show beside the subject: how the text begins after the greeting, without addresses, and no
/// further than it must: what stands below may be a code.
fn preheader(text: &str) -> String {
    let mut begins = String::new();
    for line in text.lines().map(str::trim).take_while(|line| *line != "--") {
        let is_greeting = line.ends_with(',') && line.chars().count() < 100;
        if line.is_empty() || is_greeting || line.contains("://") {
            continue;
        }
        begins += line;
        if begins.chars().count() > 30 {
            break;
        }
        begins.push(' ');
    }
    excerpt(&begins, 140)
}

/// What every mail's layout shows.
#[derive(Clone, Debug, Serialize)]
pub struct MailFacts {
    pub network: NetworkFacts,
    pub public_url: String,
    pub contact: String,
    /// Why the reader gets this mail.
    pub footer: String,
    /// Which mails go in words of a coordinator's.
    #[serde(skip)]
    pub reworded: Arc<reworded::Reworded>,
}

/// The network's names.
#[derive(Clone, Debug, Serialize)]
pub struct NetworkFacts {
    pub name: String,
    pub short_name: String,
    pub tagline: String,
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    mail: &'a MailFacts,
    subject: &'a str,
    preheader: &'a str,
    #[serde(flatten)]
    view: &'a T,
}

/// HTML that this module made safe itself, as `safe_html` takes it.
#[derive(Serialize)]
struct Vouched {
    safe_html: String,
}

/// Short content hashes of the static files, so that a changed file has a new address.
fn stamps() -> HashMap<String, String> {
    let files = Files::iter().filter_map(|path| {
        let name = path.strip_prefix("static/")?.to_owned();
        let hash = data_encoding::HEXLOWER.encode(&Sha256::digest(&Files::get(&path)?.data)[..6]);
        Some((name, hash))
    });
    files.collect()
}

/// `{{asset "site.css"}}`: the address of one of our own static files.
struct Asset(HashMap<String, String>);

impl handlebars::HelperDef for Asset {
    fn call<'reg: 'rc, 'rc>(
        &self,
        helper: &Helper<'rc>,
        _: &'reg Handlebars<'reg>,
        _: &'rc Context,
        _: &mut RenderContext<'reg, 'rc>,
        out: &mut dyn Output,
    ) -> HelperResult {
        let name = helper.param(0).and_then(|p| p.value().as_str()).unwrap_or_default();
        let stamp = self
            .0
            .get(name)
            .ok_or_else(|| RenderErrorReason::Other(format!("there is no static file '{name}'")))?;
        out.write(&format!("/static/{name}?v={stamp}"))?;
        Ok(())
    }
}

/// `{{together text}}`: a moment in words that breaks between its parts and not inside one.
fn together(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let text = helper.param(0).and_then(|p| p.value().as_str());
    let text = text.ok_or_else(|| RenderErrorReason::Other("together takes a text".into()))?;
    out.write(&unbroken(text))?;
    Ok(())
}

/// `Monday 1 May 2027, 15:00–16:30, London` in spans that keep `1 May 2027,` and `15:00–16:30,` whole; where a narrow
/// mail lets those break, the hours still stay together.
fn unbroken(text: &str) -> String {
    if let Some((from, to)) = text.split_once(" to ") {
        return format!("{} to {}", unbroken(from), unbroken(to));
    }
    let mut html = String::with_capacity(text.len() + 80);
    let mut parts = text.split(", ").peekable();
    while let Some(part) = parts.next() {
        let (weekday, rest) = match part.split_once(' ') {
            Some((word, rest)) if word.ends_with("day") => (word, rest),
            _ => ("", part),
        };
        let (space, comma) = (
            if weekday.is_empty() { "" } else { " " },
            if parts.peek().is_some() { "," } else { "" },
        );
        html += &handlebars::html_escape(weekday);
        html += space;
        let rest = format!("{rest}{comma}");
        let words: Vec<String> = rest.split(' ').map(hours).collect();
        html += &format!("<span class=\"whole\">{}</span>", words.join(" "));
        if !comma.is_empty() {
            html.push(' ');
        }
    }
    html
}

/// A word as HTML; `15:00–16:30` in a span of its own.
fn hours(word: &str) -> String {
    let html = handlebars::html_escape(word);
    match word.contains('–') && word.contains(':') {
        true => format!("<span class=\"hours\">{html}</span>"),
        false => html,
    }
}

/// `{{safe_html body}}`: writes what `SafeHtml` vouches for; refuses anything else.
fn safe_html(
    helper: &Helper<'_>,
    _: &Handlebars<'_>,
    _: &Context,
    _: &mut RenderContext<'_, '_>,
    out: &mut dyn Output,
) -> HelperResult {
    let given = helper
        .param(0)
        .and_then(|p| p.value().get("safe_html"))
        .and_then(|v| v.as_str());
    let html = given.ok_or_else(|| RenderErrorReason::Other("safe_html takes a SafeHtml and nothing else".into()))?;
    out.write(html)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::unbroken;

    #[test]
    fn hours_stand_in_a_span_of_their_own() {
        assert_eq!(
            unbroken("Monday 1 May 2027, 15:00–16:30, London (16:00–17:30 for you)"),
            "Monday <span class=\"whole\">1 May 2027,</span> <span class=\"whole\"><span class=\"hours\">15:00–16:30,</span></span> \
             <span class=\"whole\">London <span class=\"hours\">(16:00–17:30</span> for you)</span>"
        );
    }
}
