//! A letter as the database holds it.

use crate::platform::clock::{At, days};
use crate::platform::inbound::Kind;
use crate::{id, text_enum};

id!(
    /// A mail that came in.
    LetterId
);

text_enum! {
    /// How a mail reached us.
    pub enum Way {
        /// `oxsop ingest`
        Pipe = "pipe",
        Mailbox = "mailbox",
    }
}

text_enum! {
    /// Where a letter stands.
    pub enum Status {
        /// Waits for a coordinator.
        Open = "open",
        Done = "done",
        /// Could not be read or acted on; its bytes are kept.
        Aside = "aside",
    }
}

text_enum! {
    /// What happened to a letter.
    pub enum What {
        Claimed = "claimed",
        GivenBack = "given-back",
        Noted = "noted",
        Replied = "replied",
        Done = "done",
        Reopened = "reopened",
        ReadAgain = "read-again",
    }
}

impl What {
    /// The end of a sentence that begins with who did it.
    pub fn did(self) -> &'static str {
        match self {
            What::Claimed => "took this on",
            What::GivenBack => "gave this back",
            What::Noted => "noted",
            What::Replied => "answered",
            What::Done => "marked this done",
            What::Reopened => "opened this again",
            What::ReadAgain => "had this read again",
        }
    }
}

/// The words of a letter go so long after it was done (TRUST S76), the letter itself later.
pub const WORDS_KEPT: jiff::SignedDuration = days(90);
pub const LETTERS_KEPT: jiff::SignedDuration = days(180);

/// A letter without its original.
#[derive(Clone, Debug, diesel::Queryable, diesel::Selectable)]
#[diesel(table_name = crate::platform::db::schema::letters)]
pub struct Letter {
    pub id: LetterId,
    pub came_by: Way,
    /// Empty where it could not be read.
    pub kind: String,
    pub status: Status,
    pub outcome: String,
    pub from_email: String,
    pub from_name: String,
    pub is_authentic: Option<bool>,
    pub subject: String,
    pub body: String,
    pub attachments: i32,
    pub message_id: String,
    pub member_id: Option<String>,
    pub request_id: Option<String>,
    pub meeting_id: Option<String>,
    pub version: i32,
    pub received_at: At,
    pub claimed_by: Option<String>,
    pub done_by: Option<String>,
    pub done_at: Option<At>,
}

impl Letter {
    pub fn kind(&self) -> Option<Kind> {
        Kind::parse(&self.kind)
    }

    pub fn about(&self) -> String {
        format!("letter:{}", self.id)
    }

    /// Whether an answer by mail can be sent: there is an address, and a person behind it.
    pub fn can_be_answered(&self) -> bool {
        let is_machine = matches!(
            self.kind(),
            Some(Kind::Automatic | Kind::Report | Kind::Complaint | Kind::Loop | Kind::List)
        );
        !self.from_email.is_empty() && !is_machine
    }

    pub fn title(&self) -> &str {
        if self.subject.is_empty() {
            "(no subject)"
        } else {
            &self.subject
        }
    }
}

/// What came of a mail, before it is written down.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    pub status: Option<Status>,
    pub outcome: String,
    pub member: Option<String>,
    pub request: Option<String>,
    pub meeting: Option<String>,
    /// Whether its words are kept for the coordinators.
    pub keeps_words: bool,
}

impl Found {
    /// Acted on: nobody needs to look.
    pub fn done(outcome: impl Into<String>) -> Found {
        Found {
            status: Some(Status::Done),
            outcome: outcome.into(),
            ..Found::default()
        }
    }

    /// For a coordinator to read.
    pub fn open(outcome: impl Into<String>) -> Found {
        Found {
            status: Some(Status::Open),
            outcome: outcome.into(),
            keeps_words: true,
            ..Found::default()
        }
    }

    /// Kept as it came.
    pub fn aside(outcome: impl Into<String>) -> Found {
        Found {
            status: Some(Status::Aside),
            outcome: outcome.into(),
            keeps_words: true,
            ..Found::default()
        }
    }
}
