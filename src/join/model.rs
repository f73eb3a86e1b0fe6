//! What a request to join is, and which moves it can make.

use crate::platform::clock::{At, days};
use crate::platform::text::country::Country;
use crate::platform::text::email_address::EmailAddress;
use crate::{id, text_enum};
use jiff::SignedDuration;

/// The version of the privacy notice that the form links; stored with each request.
pub const PRIVACY_NOTICE: &str = "2026-11-22";

/// How long a link to prove an address works, and how long an unproved request is kept.
pub const CONFIRM_WITHIN: SignedDuration = days(7);
/// A reason is cleared this long after the decision.
pub const REASON_KEPT: SignedDuration = days(90);
/// A declined request is removed this long after the decision: within six months.
pub const DECLINED_KEPT: SignedDuration = days(180);
/// A request that waits longer than this is marked in the queue.
pub const TOO_LONG: SignedDuration = days(7);

id!(
    /// A request to join.
    RequestId
);

text_enum! {
    /// Where a request stands.
    pub enum Status {
        Unconfirmed = "unconfirmed",
        Waiting = "waiting",
        Asked = "asked",
        Approved = "approved",
        Declined = "declined",
        DeclinedQuietly = "declined-quietly",
    }
}

impl Status {
    /// Not decided yet: a repeat from the same address meets this request.
    pub const OPEN: &'static [Status] = &[Status::Unconfirmed, Status::Waiting, Status::Asked];
    /// Decided, one way or another.
    pub const DECIDED: &'static [Status] = &[Status::Approved, Status::Declined, Status::DeclinedQuietly];
    /// What coordinators may see: the address is proved.
    pub fn is_proved(self) -> bool {
        self != Status::Unconfirmed
    }
}

text_enum! {
    /// What a coordinator can answer.
    pub enum Decision {
        Approve = "approve",
        Decline = "decline",
        DeclineQuietly = "decline-quietly",
        Ask = "ask",
    }
}

impl Decision {
    pub fn leads_to(self) -> Status {
        match self {
            Decision::Approve => Status::Approved,
            Decision::Decline => Status::Declined,
            Decision::DeclineQuietly => Status::DeclinedQuietly,
            Decision::Ask => Status::Asked,
        }
    }

    /// Whether it makes no sense without words to the applicant.
    pub fn needs_message(self) -> bool {
        matches!(self, Decision::Decline | Decision::Ask)
    }
}

text_enum! {
    /// One event in the life of a request.
    pub enum What {
        Applied = "applied",
        Renewed = "renewed",
        Confirmed = "confirmed",
        Approved = "approved",
        Declined = "declined",
        DeclinedQuietly = "declined-quietly",
        Asked = "asked",
        Reopened = "reopened",
    }
}

impl What {
    /// The end of a sentence that begins with who did it.
    pub fn did(self) -> &'static str {
        match self {
            What::Applied => "asked to join",
            What::Renewed => "sent the form again",
            What::Confirmed => "confirmed the address",
            What::Approved => "approved this request",
            What::Declined => "declined this request",
            What::DeclinedQuietly => "declined this request quietly",
            What::Asked => "asked the applicant a question",
            What::Reopened => "put this request back into the queue",
        }
    }
}

impl From<Decision> for What {
    fn from(decision: Decision) -> What {
        match decision {
            Decision::Approve => What::Approved,
            Decision::Decline => What::Declined,
            Decision::DeclineQuietly => What::DeclinedQuietly,
            Decision::Ask => What::Asked,
        }
    }
}

/// What the form brings once every field has been read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Application {
    pub email: EmailAddress,
    pub name: String,
    pub affiliation: String,
    pub country: Country,
    /// One of `members::Role`'s words, or empty.
    pub role: String,
    pub reason: String,
    pub heard_from: String,
    pub wants_directory: bool,
    pub wants_announcements: bool,
}

/// What somebody wrote to the address for joining; only the address is kept for certain until they confirm it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ByMail {
    pub email: EmailAddress,
    /// As the mail's header gives it: a suggestion.
    pub name: String,
    pub reason: String,
    pub message_id: String,
}

/// A request as the database holds it.
#[derive(Clone, Debug, PartialEq, Eq, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::requests)]
pub struct Request {
    pub id: RequestId,
    pub email: String,
    pub email_key: String,
    pub name: String,
    pub affiliation: String,
    pub country: String,
    pub role: String,
    pub reason: String,
    pub heard_from: String,
    pub wants_directory: bool,
    pub wants_announcements: bool,
    pub privacy_notice: String,
    pub came_by: String,
    pub status: Status,
    pub version: i32,
    pub confirm_expires_at: At,
    pub created_at: At,
    pub confirmed_at: Option<At>,
    pub decided_at: Option<At>,
    pub decided_by: Option<String>,
    pub member_id: Option<String>,
}

/// Why a move cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Impossible {
    /// The address is not proved yet.
    Unproved,
    /// Somebody has decided already.
    Decided,
    /// Approved: the membership can be ended, the decision cannot be taken back.
    IsMember,
    /// It waits in the queue as it is.
    Waits,
}

/// What the link in the confirmation mail can still do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Link {
    Open(Box<Request>),
    /// The application came by mail: its page asks for what the mail did not say.
    Incomplete(Box<Request>),
    /// The address was proved by it before.
    Used,
    /// Unknown, replaced by a newer one, or too old.
    Gone,
}

impl Request {
    /// Where `decision` would lead.
    pub fn decide(&self, decision: Decision) -> Result<Status, Impossible> {
        match self.status {
            Status::Waiting | Status::Asked => Ok(decision.leads_to()),
            Status::Unconfirmed => Err(Impossible::Unproved),
            Status::Approved | Status::Declined | Status::DeclinedQuietly => Err(Impossible::Decided),
        }
    }

    /// Whether it can go back into the queue.
    pub fn reopen(&self) -> Result<Status, Impossible> {
        match self.status {
            Status::Asked | Status::Declined | Status::DeclinedQuietly => Ok(Status::Waiting),
            Status::Approved => Err(Impossible::IsMember),
            Status::Waiting => Err(Impossible::Waits),
            Status::Unconfirmed => Err(Impossible::Unproved),
        }
    }

    /// What its link can do now.
    pub fn link(&self, now: At) -> Link {
        match self.status {
            Status::Unconfirmed if now < self.confirm_expires_at && self.country.is_empty() => {
                Link::Incomplete(Box::new(self.clone()))
            }
            Status::Unconfirmed if now < self.confirm_expires_at => Link::Open(Box::new(self.clone())),
            Status::Unconfirmed => Link::Gone,
            _ => Link::Used,
        }
    }

    /// Whether the same words came within the last two minutes: a double click, not a second request.
    pub fn is_double_click(&self, again: &Application, now: At) -> bool {
        let mailed_at = self.confirm_expires_at.minus(CONFIRM_WITHIN);
        now.since(mailed_at).as_secs() < 120 && self.says_the_same(again)
    }

    fn says_the_same(&self, other: &Application) -> bool {
        self.name == other.name
            && self.affiliation == other.affiliation
            && self.country == other.country.code()
            && self.role == other.role
            && self.reason == other.reason
            && self.heard_from == other.heard_from
            && self.wants_directory == other.wants_directory
            && self.wants_announcements == other.wants_announcements
    }

    /// Since when coordinators have had it before them.
    pub fn waits_since(&self) -> At {
        self.confirmed_at.unwrap_or(self.created_at)
    }

    pub fn has_waited_too_long(&self, now: At) -> bool {
        now.since(self.waits_since()) > TOO_LONG
    }
}

/// "today", "1 day", "9 days".
pub fn age(since: At, now: At) -> String {
    match now.since(since).as_hours() / 24 {
        ..1 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        n => format!("{n} days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Status::*;

    fn request(status: Status) -> Request {
        let now = At::from_unix(1_800_000_000);
        Request {
            id: RequestId::new(),
            email: "ana@example.org".into(),
            email_key: "ana@example.org".into(),
            name: "Ana".into(),
            affiliation: "Sample Trust".into(),
            country: "GB".into(),
            role: String::new(),
            reason: "To compare notes with others.".into(),
            heard_from: String::new(),
            wants_directory: false,
            wants_announcements: false,
            privacy_notice: PRIVACY_NOTICE.into(),
            came_by: "form".into(),
            status,
            version: 1,
            confirm_expires_at: now.plus(CONFIRM_WITHIN),
            created_at: now,
            confirmed_at: None,
            decided_at: None,
            decided_by: None,
            member_id: None,
        }
    }

    #[test]
    fn only_open_requests_can_be_decided() {
        for (status, expected) in [
            (Unconfirmed, Err(Impossible::Unproved)),
            (Waiting, Ok(())),
            (Asked, Ok(())),
            (Approved, Err(Impossible::Decided)),
            (Declined, Err(Impossible::Decided)),
            (DeclinedQuietly, Err(Impossible::Decided)),
        ] {
            for decision in Decision::ALL {
                let outcome = request(status).decide(*decision);
                assert_eq!(outcome, expected.map(|()| decision.leads_to()), "{status} {decision}");
            }
        }
    }

    #[test]
    fn a_decision_can_be_reopened_but_a_membership_cannot_be_undone_here() {
        for (status, expected) in [
            (Unconfirmed, Err(Impossible::Unproved)),
            (Waiting, Err(Impossible::Waits)),
            (Asked, Ok(Waiting)),
            (Approved, Err(Impossible::IsMember)),
            (Declined, Ok(Waiting)),
            (DeclinedQuietly, Ok(Waiting)),
        ] {
            assert_eq!(request(status).reopen(), expected, "{status}");
        }
    }

    #[test]
    fn a_link_works_once_and_for_seven_days() {
        let unproved = request(Unconfirmed);
        let made = unproved.created_at;
        assert!(matches!(unproved.link(made.plus(days(6))), Link::Open(_)));
        assert_eq!(unproved.link(made.plus(days(7))), Link::Gone);
        for status in [Waiting, Asked, Approved, Declined, DeclinedQuietly] {
            assert_eq!(request(status).link(made.plus(days(30))), Link::Used, "{status}");
        }
    }

    #[test]
    fn only_the_same_words_at_once_are_a_double_click() {
        let known = request(Unconfirmed);
        let mut again = Application {
            email: EmailAddress::parse(&known.email).unwrap(),
            name: known.name.clone(),
            affiliation: known.affiliation.clone(),
            country: Country::parse("GB").unwrap(),
            role: String::new(),
            reason: known.reason.clone(),
            heard_from: String::new(),
            wants_directory: false,
            wants_announcements: false,
        };
        let made = known.created_at;
        assert!(known.is_double_click(&again, made.plus(SignedDuration::from_secs(5))));
        assert!(!known.is_double_click(&again, made.plus(SignedDuration::from_secs(120))));
        again.reason.push_str(" And more.");
        assert!(!known.is_double_click(&again, made));
    }

    #[test]
    fn ages_are_said_in_days() {
        let now = At::from_unix(1_800_000_000);
        for (days_ago, words) in [(0, "less than a day"), (1, "1 day"), (9, "9 days")] {
            assert_eq!(age(now.minus(days(days_ago)), now), words);
        }
    }
}
