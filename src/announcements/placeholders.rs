//! Placeholders: `{{name}}` and the few others, read from an allow-list and filled in for each reader.
//!
//! Nothing but the words of [`ALLOWED`] may stand between `{{` and `}}`: anything else is an error when the text is
//! saved, with its place. There are no helpers, no paths and no logic to call.

use super::model::Announcement;
use crate::members::Member;
use crate::platform::app::App;
use crate::platform::text::country::Country;
use crate::platform::text::line;
use crate::platform::text::markdown::{self, SafeHtml};
use crate::platform::text::marks::{self, mark};

/// The placeholders, and what each stands for.
pub const ALLOWED: &[(&str, &str)] = &[
    ("name", "the reader’s name"),
    ("affiliation", "where the reader works"),
    ("country", "the reader’s country"),
    ("network", "the network’s name"),
    ("me_link", "the address of the reader’s own page"),
];

/// Checks a text and puts marks where placeholders stand.
fn marked(text: &str, me_link: &str) -> Result<String, String> {
    let text = marks::without(text);
    let mut marked = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find("{{") {
        let (before, from) = rest.split_at(start);
        marked.push_str(before);
        let end = from.find("}}").map(|end| end + 2);
        let whole = end.map_or(from, |end| &from[..end]);
        let inside = whole.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
        let name = inside.unwrap_or_default().trim_matches(' ');
        if !ALLOWED.iter().any(|(allowed, _)| *allowed == name) {
            return Err(unknown(&text, text.len() - from.len(), whole));
        }
        match name {
            // An address is not the reader's, and is what links are made of: it goes in before the Markdown is read.
            "me_link" if before.ends_with("](") || before.ends_with('<') => marked.push_str(me_link),
            "me_link" => marked.push_str(&format!("<{me_link}>")),
            name => marked.push_str(&mark(name)),
        }
        rest = &from[whole.len()..];
    }
    marked.push_str(rest);
    Ok(marked)
}

fn unknown(text: &str, at: usize, whole: &str) -> String {
    let before = &text[..at];
    let number = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let names: Vec<String> = ALLOWED.iter().map(|(name, _)| format!("{{{{{name}}}}}")).collect();
    format!(
        "Line {number}, character {column}: “{}” is no placeholder. You can use {}.",
        line::excerpt(whole, 40),
        names.join(", ")
    )
}

/// A subject and a body that are ready for every reader.
#[derive(Debug)]
pub struct Prepared {
    subject: String,
    text: String,
    html: SafeHtml,
}

/// What one reader gets.
#[derive(Clone, Debug)]
pub struct Words {
    pub subject: String,
    pub text: String,
    pub html: SafeHtml,
}

/// What placeholders stand for, for one reader.
#[derive(Clone, Debug, Default)]
pub struct Values {
    name: String,
    affiliation: String,
    country: String,
    network: String,
}

/// Checks a subject.
pub fn check_subject(subject: &str) -> Result<(), String> {
    let link = "https://localhost/me";
    if marked(subject, link)?.contains(link) {
        return Err("A subject holds no address: take {{me_link}} out.".into());
    }
    Ok(())
}

/// Checks a body: its placeholders, and that each stands where the reader will see it.
pub fn check_body(body: &str) -> Result<(), String> {
    let marked = marked(body, "https://localhost/me")?;
    let html = markdown::to_html(&marked);
    if marks::count(html.as_str()) < marks::count(&marked) || marks::is_in_address(html.as_str()) {
        return Err(
            "A placeholder stands inside a link’s address, where it cannot be filled in: move it into the words."
                .into(),
        );
    }
    Ok(())
}

impl Prepared {
    pub fn of(app: &App, announcement: &Announcement) -> Result<Prepared, String> {
        Prepared::from(app, &announcement.subject, &announcement.body)
    }

    pub fn from(app: &App, subject: &str, body: &str) -> Result<Prepared, String> {
        let me_link = app.url("/me");
        let body = marked(body, &me_link)?;
        Ok(Prepared {
            subject: marked(subject, &me_link)?,
            text: markdown::to_text(&body),
            html: markdown::to_html(&body),
        })
    }

    pub fn filled(&self, values: &Values) -> Words {
        let value = |name: &str| values.get(name);
        Words {
            subject: line::clean_line(&marks::fill(&self.subject, value)),
            text: marks::fill(&self.text, value),
            html: marks::fill_html(&self.html, value),
        }
    }
}

/// A subject alone, for one reader; as it was typed where it cannot be filled in.
pub fn subject_for(app: &App, subject: &str, values: &Values) -> String {
    match marked(subject, &app.url("/me")) {
        Ok(marked) => line::clean_line(&marks::fill(&marked, |name| values.get(name))),
        Err(_) => subject.to_owned(),
    }
}

/// A subject as the archive has it, whose readers are nobody in particular.
pub fn subject_for_all(app: &App, subject: &str) -> String {
    subject_for(app, subject, &Values::neutral(app))
}

impl Values {
    pub fn of(app: &App, member: &Member) -> Values {
        let neutral = Values::neutral(app);
        let country = Country::parse(&member.country).map(|country| country.name().to_owned());
        Values {
            name: member.name.clone(),
            affiliation: match member.affiliation.as_str() {
                "" => neutral.affiliation,
                known => known.to_owned(),
            },
            country: country.unwrap_or(neutral.country),
            network: neutral.network,
        }
    }

    /// For the archive, whose readers are nobody in particular.
    pub fn neutral(app: &App) -> Values {
        Values {
            name: "member".into(),
            affiliation: "your organisation".into(),
            country: "your country".into(),
            network: app.config.network.name.clone(),
        }
    }

    fn get(&self, name: &str) -> Option<&str> {
        match name {
            "name" => Some(&self.name),
            "affiliation" => Some(&self.affiliation),
            "country" => Some(&self.country),
            "network" => Some(&self.network),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_words_of_the_list_are_placeholders() {
        for text in [
            "Dear {{name}}",
            "{{ name }} of {{affiliation}}, {{country}}",
            "[your page]({{me_link}}) and {{me_link}}",
            "a } b { c }} d",
            "none",
        ] {
            assert_eq!(check_body(text), Ok(()), "{text}");
        }
        for text in [
            "{{env \"X\"}}",
            "{{lookup this \"x\"}}",
            "{{> p}}",
            "{{#each}}",
            "{{/each}}",
            "{{name.__x__}}",
            "{{this.name}}",
            "{{{name}}}",
            "{{&name}}",
            "{{!name}}",
            "{{~name~}}",
            "\\{{name.x}}",
            "{{name",
            "{{na\nme}}",
            "{{}}",
            "{{{{name}}}}",
            "{{NAME}}",
            "{{\u{E000}name\u{E001}.x}}",
        ] {
            assert!(check_body(text).is_err(), "{text}");
            assert!(check_subject(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_address_of_the_own_page_is_a_link_wherever_it_stands() {
        let link = "https://example.org/me";
        for text in [
            "See {{me_link}}",
            "(see {{me_link}})",
            "({{me_link}})",
            "<{{me_link}}>",
            "[here]({{me_link}})",
        ] {
            let html = markdown::to_html(&marked(text, link).expect("a body"));
            assert!(
                html.as_str().contains(&format!("<a href=\"{link}\"")),
                "{text}: {}",
                html.as_str()
            );
        }
    }

    #[test]
    fn a_refusal_says_where() {
        let said = check_body("Dear all,\n\nsee {{env \"PATH\"}} here").expect_err("a refusal");
        assert!(
            said.starts_with("Line 3, character 5: “{{env \"PATH\"}}” is no placeholder. You can use {{name}},"),
            "{said}"
        );
    }

    #[test]
    fn a_placeholder_that_nobody_would_see_is_refused() {
        for text in [
            "[x](https://e.example/?n={{name}})",
            "<https://e.example/{{name}}>",
            "[x]({{name}})",
        ] {
            assert!(check_body(text).is_err(), "{text}");
        }
        assert!(check_subject("See {{me_link}}").is_err());
    }

    #[test]
    fn what_people_are_called_is_shown_as_it_is() {
        let prepared = Prepared {
            subject: marked("To {{name}}", "").expect("a subject"),
            text: markdown::to_text(&marked("Dear {{name}}", "").expect("a body")),
            html: markdown::to_html(&marked("Dear {{name}}", "").expect("a body")),
        };
        for hostile in [
            "[x](http://evil.example)",
            "{{affiliation}}",
            "{{env \"X\"}}",
            "<script>alert(1)</script>",
            "\u{E000}affiliation\u{E001}",
            "**bold** `code`",
        ] {
            let values = Values {
                name: hostile.into(),
                affiliation: "SECRET".into(),
                ..Values::default()
            };
            let words = prepared.filled(&values);
            assert_eq!(words.text, format!("Dear {hostile}"));
            assert_eq!(words.subject, format!("To {hostile}"));
            let html = words.html.as_str();
            for banned in ["<a", "<script", "<strong", "<code", "SECRET"] {
                assert!(!html.contains(banned), "{hostile}: {html}");
            }
        }
    }
}
