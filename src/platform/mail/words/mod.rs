//! Every kind of mail with samples, and what coordinators say instead of the original's words.
//!
//! Each slice describes its mails beside the code that builds them, from the same view structs; `server/` puts all
//! together into the [`Catalogue`]. What coordinators wrote is kept in `mail_words`; words that no longer fit after
//! an upgrade stay there, are not used, and the page of mails says so.

pub mod store;

use serde::Serialize;
use serde_json::Value;

use crate::platform::app::App;
use crate::platform::db::{Conn, DbError};
use crate::platform::render::reworded::{Reworded, Source};

/// The fact that changes with every change of words.
pub const MARK: &str = "mail words";

/// One kind of mail.
pub struct MailKind {
    /// As the templates are called: `join/confirm`.
    pub name: &'static str,
    pub title: &'static str,
    /// When it is sent, to whom: one sentence.
    pub when: &'static str,
    /// Why the reader gets it, as it stands at the foot.
    pub footer: String,
    /// Names without which it would be of no use, besides the links of its buttons.
    pub needs: &'static [&'static str],
    pub samples: Vec<Sample>,
}

/// A view with everything a reader could see in it.
pub struct Sample {
    pub label: &'static str,
    pub view: Value,
    pub footer: String,
}

impl MailKind {
    pub fn new(name: &'static str, title: &'static str, when: &'static str) -> MailKind {
        MailKind {
            name,
            title,
            when,
            footer: "You get this mail because you are a member.".into(),
            needs: &[],
            samples: Vec::new(),
        }
    }

    /// The foot of the samples that follow.
    pub fn footer(mut self, footer: impl Into<String>) -> MailKind {
        self.footer = footer.into();
        self
    }

    pub fn needs(mut self, names: &'static [&'static str]) -> MailKind {
        self.needs = names;
        self
    }

    /// Adds a sample; a view that cannot be written out becomes an empty one, which no template renders.
    pub fn sample(mut self, label: &'static str, view: &impl Serialize) -> MailKind {
        let view = serde_json::to_value(view).unwrap_or_default();
        let footer = self.footer.clone();
        self.samples.push(Sample { label, view, footer });
        self
    }
}

/// All kinds of mail, in the order in which the page shows them.
pub struct Catalogue(pub Vec<MailKind>);

impl Catalogue {
    pub fn find(&self, name: &str) -> Option<&MailKind> {
        self.0.iter().find(|kind| kind.name == name)
    }
}

/// The mails that go in coordinators' words: those whose words fit.
pub fn load(app: &App, conn: &mut Conn) -> Result<Reworded, DbError> {
    let mut reworded = Reworded::default();
    let Some(catalogue) = app.part::<Catalogue>() else {
        return Ok(reworded);
    };
    for row in store::all(conn)? {
        let Some(source) = row.source() else { continue };
        let fits = match catalogue.find(&row.name) {
            Some(kind) => app
                .renderer
                .reword(kind, &sample_facts(app, kind), &source)
                .map_err(|e| e.all()),
            None => Err("There is no such mail any more.".into()),
        };
        match fits {
            Ok(compiled) => reworded.add(&row.name, compiled),
            Err(why) => tracing::warn!(mail = row.name, why, "its words no longer fit: the original is sent"),
        }
    }
    Ok(reworded)
}

/// The facts with which samples are shown: the network's own, and no words but those asked for.
pub fn sample_facts(app: &App, kind: &MailKind) -> crate::platform::render::MailFacts {
    crate::platform::render::MailFacts {
        reworded: Default::default(),
        ..app.mail_facts(&kind.footer)
    }
}

impl store::Row {
    /// What stands instead of the original, if anything does.
    pub fn source(&self) -> Option<Source> {
        Some(Source {
            subject: self.subject.clone()?,
            text: self.text.clone()?,
        })
    }
}
