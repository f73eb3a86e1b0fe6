//! The page before members are asked something (a date, their feedback): how many the mail reaches, whom it does not,
//! and how it will read.

use serde::Serialize;

use crate::members::Member;
use crate::members::unsubscribe::{self, Kind};
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

/// People with one lot, by name.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Group {
    pub summary: String,
    pub why: String,
    pub names: Vec<String>,
}

/// A mail as it will read. Its links lead nowhere: a preview must not hand out anybody's answer link.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Preview {
    pub heading: String,
    pub to: String,
    pub subject: String,
    pub text: String,
    pub calendar: String,
    /// Where its HTML can be seen.
    pub html_url: Option<String>,
    pub is_first: bool,
}

/// What `parts/meeting_mails` draws, and the button under it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Asking {
    preflight: Preflight,
    groups: Vec<Group>,
    previews: Vec<Preview>,
    /// What stands in the way; then there is no button.
    pub warning: Option<String>,
    pub button: String,
}

/// Those whom a mail does not reach.
#[derive(Default)]
pub(super) struct Spared {
    /// They have turned invitations off, and what comes with them.
    unwilling: Vec<Member>,
    suspended: Vec<Member>,
}

/// Whom a mail to these members reaches, and whom it does not.
pub(super) fn reached(conn: &mut Conn, app: &App, members: Vec<Member>) -> Result<(Vec<Member>, Spared), DbError> {
    let (mut reached, mut spared) = (Vec::new(), Spared::default());
    for member in members {
        if !unsubscribe::is_on(conn, Kind::Invitations, &member.id)? {
            spared.unwilling.push(member);
        } else if outbox::is_suppressed(conn, &app.keys, &member.email)? {
            spared.suspended.push(member);
        } else {
            reached.push(member);
        }
    }
    Ok((reached, spared))
}

fn group(members: Vec<Member>, why: &str) -> Option<Group> {
    (!members.is_empty()).then(|| Group {
        summary: format!("{} will not get a mail", people(members.len())),
        why: why.into(),
        names: members.into_iter().map(|member| member.name).collect(),
    })
}

/// The page for a mail to `number` people, and the mail as one of them would get it.
pub(super) fn asking(number: usize, spared: Spared, sample: Option<(&Member, Words)>, button: &str) -> Asking {
    let text = if number == 1 {
        "person gets this mail"
    } else {
        "people get this mail"
    };
    let groups = [
        group(
            spared.unwilling,
            "They have turned invitations by mail off, and this comes with them.",
        ),
        group(spared.suspended, "Mail to their address does not arrive."),
    ];
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
        groups: groups.into_iter().flatten().collect(),
        previews: sample
            .into_iter()
            .map(|(member, words)| Preview {
                heading: "A link of their own for each".into(),
                to: format!("{} <{}>", member.name, member.email),
                subject: words.subject,
                text: words.text,
                calendar: String::new(),
                html_url: None,
                is_first: true,
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
