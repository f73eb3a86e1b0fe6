//! The page before members are asked something (a date, their feedback): how many the mail reaches, whom it does not,
//! and how it will read.

use serde::Serialize;

use crate::members::Member;
use crate::platform::app::App;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::platform::render::Words;

/// What `parts/preflight` draws.
#[derive(Clone, Debug, Serialize)]
struct Preflight {
    heading: String,
    lines: Vec<Line>,
    note: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Line {
    number: usize,
    text: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct Spared {
    name: String,
    why: &'static str,
}

#[derive(Clone, Debug, Serialize)]
struct Preview {
    heading: &'static str,
    subject: String,
    lines: Vec<String>,
}

/// What `parts/meeting_mails` draws, and the button under it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Asking {
    preflight: Preflight,
    spared: Vec<Spared>,
    spared_text: String,
    previews: Vec<Preview>,
    /// What stands in the way; then there is no button.
    pub warning: Option<String>,
    pub button: String,
}

/// Whom a mail to these members reaches, and whom it does not.
pub(super) fn reached(conn: &mut Conn, app: &App, members: Vec<Member>) -> Result<(Vec<Member>, Vec<Member>), DbError> {
    let (mut reached, mut spared) = (Vec::new(), Vec::new());
    for member in members {
        if outbox::is_suppressed(conn, &app.keys, &member.email)? {
            spared.push(member);
        } else {
            reached.push(member);
        }
    }
    Ok((reached, spared))
}

/// The page for a mail to `number` people; `words` is the mail as one of them would get it.
pub(super) fn asking(number: usize, spared: Vec<Member>, words: Option<Words>, button: &str) -> Asking {
    let text = if number == 1 {
        "person gets this mail"
    } else {
        "people get this mail"
    };
    let spared: Vec<Spared> = spared
        .into_iter()
        .map(|member| Spared {
            name: member.name,
            why: "mail to their address does not arrive",
        })
        .collect();
    Asking {
        preflight: Preflight {
            heading: match number {
                0 => "This mail reaches nobody".into(),
                _ => format!("This mail reaches {}", people(number)),
            },
            lines: if number == 0 {
                Vec::new()
            } else {
                vec![Line { number, text }]
            },
            note: (number > 0).then(|| "Nothing goes before you press the button.".into()),
        },
        spared_text: format!("{} will not get a mail", people(spared.len())),
        spared,
        previews: words
            .into_iter()
            .map(|words| Preview {
                heading: "a link of their own for each",
                subject: words.subject,
                lines: words.text.lines().map(str::to_owned).collect(),
            })
            .collect(),
        warning: None,
        button: format!("{button} {}", people(number)),
    }
}

/// "212 people", "1 person".
pub(super) fn people(number: usize) -> String {
    if number == 1 {
        "1 person".into()
    } else {
        format!("{number} people")
    }
}

/// One bar of `parts/bars`.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Bar {
    pub label: String,
    /// A word beside the label, where this one stands out.
    pub mark: Option<&'static str>,
    /// The bar in words.
    pub text: String,
    pub yes: usize,
    pub maybe: usize,
    pub no: usize,
    /// What the whole length stands for.
    pub total: usize,
}
