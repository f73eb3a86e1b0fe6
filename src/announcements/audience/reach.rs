//! Whom an audience reaches now: by name, with why, and who of them gets nothing.

use super::model::{Audience, Facts};
use super::store;
use super::words::{Titles, phrase};
use crate::members::{self, Member};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Keys;

/// Whether somebody who is meant gets the mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Gets,
    /// They did not ask for announcements, or take them no more.
    DidNotAsk,
    /// Mail to them does not arrive.
    Resting,
}

/// One member who is meant.
#[derive(Clone, Debug)]
pub struct Reached {
    pub member: Member,
    /// "is in Germany; said yes to “Spring meeting”"
    pub why: String,
    pub standing: Standing,
}

/// Everyone who is meant, by name.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// How many belong to the network.
    pub members: usize,
    pub people: Vec<Reached>,
    pub titles: Titles,
}

impl Reach {
    pub fn count(&self, standing: Standing) -> usize {
        self.people.iter().filter(|one| one.standing == standing).count()
    }

    /// Those to whom it would go.
    pub fn getting(&self) -> impl Iterator<Item = &Member> {
        let getting = self.people.iter().filter(|one| one.standing == Standing::Gets);
        getting.map(|one| &one.member)
    }
}

/// Looks up everyone who is meant as of now.
pub fn reach(conn: &mut Conn, keys: &Keys, audience: &Audience) -> Result<Reach, DbError> {
    let members = members::store::active(conn)?;
    let answers = store::answers(conn)?;
    let resting = store::resting(conn, keys, &members)?;
    let titles = store::titles(conn, audience)?;
    let total = members.len();
    let mut people = Vec::new();
    for member in members {
        let theirs = answers.get(&member.id);
        let facts = Facts {
            country: &member.country,
            role: &member.role,
            interests: &member.interests,
            joined_on: &member.joined_on,
            yes_to: theirs
                .map(|a| a.yes_to.iter().map(String::as_str).collect())
                .unwrap_or_default(),
            has_answered: theirs.is_some_and(|a| a.has_answered),
        };
        if !audience.includes(&facts) {
            continue;
        }
        let reasons = audience.reasons(&facts);
        let why: Vec<String> = reasons.iter().map(|reason| phrase(reason, &titles, true)).collect();
        let standing = if !member.wants_announcements {
            Standing::DidNotAsk
        } else if resting.contains(&member.id) {
            Standing::Resting
        } else {
            Standing::Gets
        };
        people.push(Reached {
            why: why.join("; "),
            standing,
            member,
        });
    }
    Ok(Reach {
        members: total,
        people,
        titles,
    })
}
