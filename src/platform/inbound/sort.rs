//! What kind of mail a letter is: one rule, looked at from the top.
//!
//! # Why this order
//! * What loops is ended first; nothing else may run for ever.
//! * A report on a mail of ours comes before calendars, for it may bring the invitation back with it.
//! * An answer from a calendar counts although a program sent it (`Auto-Submitted`): programs do that.
//! * Only then is what a program wrote parted from what a person wrote, so that an absence note is neither an
//!   application nor a question.

use super::letter::Letter;
use crate::text_enum;

text_enum! {
    /// What kind of mail came in.
    pub enum Kind {
        /// A calendar object with a METHOD of RFC 5546 for us.
        Calendar = "calendar",
        Application = "application",
        /// What became of a mail of ours: not delivered, late, delivered.
        Report = "report",
        /// A reader marked a mail of ours as unwanted (RFC 5965).
        Complaint = "complaint",
        Unsubscribe = "unsubscribe",
        Automatic = "automatic",
        List = "list",
        Loop = "loop",
        Person = "person",
    }
}

/// Our own addresses, lower case, without tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ours {
    pub from: String,
    pub join: String,
    pub meetings: String,
    pub bounces: String,
    pub unsubscribe: String,
}

impl Ours {
    /// What follows the plus in the first recipient that is `base`: `Some("")` for the plain address.
    pub fn token<'a>(&self, letter: &'a Letter, base: &str) -> Option<&'a str> {
        let found: Vec<&str> = letter
            .recipients
            .iter()
            .filter_map(|address| tag(address, base))
            .collect();
        found.iter().find(|tag| !tag.is_empty()).or(found.first()).copied()
    }

    fn is_one(&self, address: &str) -> bool {
        let ours = [&self.from, &self.join, &self.meetings, &self.bounces, &self.unsubscribe];
        ours.iter().any(|base| tag(address, base).is_some())
    }
}

/// What follows the plus of `address`, if it is `base` with or without one.
pub fn tag<'a>(address: &'a str, base: &str) -> Option<&'a str> {
    let (local, domain) = base.split_once('@')?;
    let (given, at) = address.rsplit_once('@')?;
    if !at.eq_ignore_ascii_case(domain) {
        return None;
    }
    match given.strip_prefix(local)? {
        "" => Some(""),
        rest => rest.strip_prefix('+'),
    }
}

/// A mail that so many servers have handed on runs in a circle.
const MOST_HOPS: usize = 40;

/// Says what kind of mail this is.
pub fn sort(letter: &Letter, ours: &Ours) -> Kind {
    let from = letter.from.email.to_lowercase();
    if letter.hops > MOST_HOPS || ours.is_one(&from) {
        return Kind::Loop;
    }
    if letter.report.as_deref() == Some("feedback-report") {
        return Kind::Complaint;
    }
    if is_report(letter, ours) {
        return Kind::Report;
    }
    if is_for_us(letter, ours) {
        return Kind::Calendar;
    }
    // Mail programs write such a mail for their reader; an absence note that strays there asks for nothing.
    if ours.token(letter, &ours.unsubscribe).is_some() && !letter.is_an_answer_by_itself() {
        return Kind::Unsubscribe;
    }
    if letter.report.is_some() || (letter.automatic.is_some() && letter.list.is_none()) {
        return Kind::Automatic;
    }
    if letter.list.is_some() {
        return Kind::List;
    }
    if asks_to_unsubscribe(letter) {
        return Kind::Unsubscribe;
    }
    if ours.token(letter, &ours.join).is_some() && letter.in_reply_to.is_none() {
        return Kind::Application;
    }
    Kind::Person
}

/// A delivery status notification, or what servers that write none send to the address of bounces.
fn is_report(letter: &Letter, ours: &Ours) -> bool {
    if letter.report.as_deref() == Some("delivery-status") || letter.failed_recipients {
        return true;
    }
    if ours.token(letter, &ours.bounces).is_none_or(str::is_empty) {
        return false;
    }
    // A report in words only counts from a mail server. What comes from somebody's mailbox with an empty sender is an
    // absence note, whatever it says of addresses.
    let local = letter
        .from
        .email
        .split('@')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let daemons = [
        "mailer-daemon",
        "mailerdaemon",
        "mailer_daemon",
        "mail-daemon",
        "maildaemon",
        "postmaster",
    ];
    local.is_empty() || daemons.contains(&local.as_str())
}

/// Whether its calendar object is one of RFC 5546 for our meetings.
fn is_for_us(letter: &Letter, ours: &Ours) -> bool {
    let Some(calendar) = &letter.calendar else {
        return false;
    };
    let method = |line: &str| {
        let (name, value) = line.split_once(':')?;
        name.trim_start_matches('\u{feff}')
            .trim()
            .eq_ignore_ascii_case("METHOD")
            .then(|| value.trim().to_ascii_uppercase())
    };
    match calendar
        .text
        .lines()
        .find_map(method)
        .or_else(|| calendar.method.as_ref().map(|m| m.to_ascii_uppercase()))
    {
        Some(method) if ["REPLY", "COUNTER", "REFRESH"].contains(&method.as_str()) => true,
        Some(_) => ours.token(letter, &ours.meetings).is_some(),
        None => false,
    }
}

/// A mail of one word.
fn asks_to_unsubscribe(letter: &Letter) -> bool {
    let is_word = |text: &str| {
        [
            "unsubscribe",
            "unsubscribe me",
            "please unsubscribe",
            "please unsubscribe me",
        ]
        .contains(&text.trim().trim_end_matches(['.', '!']).to_lowercase().as_str())
    };
    let subject = letter.subject.trim().to_lowercase();
    let subject = subject.strip_prefix("re:").unwrap_or(&subject);
    is_word(&letter.text) || (is_word(subject) && letter.text.trim().len() < 200)
}
