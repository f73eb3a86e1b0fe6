//! The outbox: mails wait here, written in the same transaction as the change that causes them.
//!
//! A row holds the *rendered* mail with its Message-ID and Date, so every try sends the same bytes and a
//! repeat after a crash is recognisable. Rows with one `order_key` leave one at a time, in the order of writing.
//! Every body is sealed with the key of the data folder, for mails carry links that are secrets: whoever sees the
//! database sees none of them. That of a sensitive mail (a sign-in link) is never shown on a page either, and erased
//! once the mail is sent, failed or too old; what is shown of the others is shown without their tokens.

mod held;
mod row;
mod why_not;

use diesel::prelude::*;

use super::bounces;
use super::message::{Address, AutoSubmitted, CalendarPart};
use crate::platform::app::Ctx;
use crate::platform::clock::At;
use crate::platform::db::schema::{members, outbox, outbox_bodies};
use crate::platform::db::{Conn, DbError};
use crate::platform::render::Words;
use crate::platform::secret::mask_tokens;
use crate::platform::text::line::clean_line;
use crate::{id, text_enum};

pub use row::{
    Body, Defaults, OutboxError, Row, Sealed, bodies, body_of, by_message_id, counts, find, forget_about,
    is_suppressed, page, retry,
};

pub(super) use held::HELD;
pub use held::{drop_waiting, hold, is_held, release};
pub(super) use why_not::why_not;
pub use why_not::{AskedBeforeSending, WhyNot};

id!(
    /// A mail in the outbox.
    OutboxId
);

text_enum! {
    /// What a mail is; its lane, its headers and whether it needs membership follow from it.
    pub enum Kind {
        Confirm = "confirm",
        SignIn = "sign-in",
        Question = "question",
        Decision = "decision",
        Welcome = "welcome",
        Waiting = "waiting",
        Invitation = "invitation",
        Update = "update",
        Cancellation = "cancellation",
        Reminder = "reminder",
        /// What comes with invitations: a date poll, a question after a meeting, what was missed.
        BesideMeeting = "beside-meeting",
        Announcement = "announcement",
        Digest = "digest",
        Farewell = "farewell",
        Notice = "notice",
        /// A coordinator's answer to a letter.
        Reply = "reply",
        /// What goes back by itself to a mail that came in.
        AutomaticAnswer = "automatic-answer",
    }
}

impl Kind {
    /// 0 overtakes everything: someone sits and waits for it. 2 lets everything else go first: it goes to many.
    fn lane(self) -> i32 {
        match self {
            Kind::Confirm | Kind::SignIn => 0,
            Kind::Announcement | Kind::Digest => 2,
            _ => 1,
        }
    }

    /// Only members get these.
    fn is_for_members(self) -> bool {
        matches!(
            self,
            Kind::SignIn
                | Kind::Waiting
                | Kind::Invitation
                | Kind::Update
                | Kind::Cancellation
                | Kind::Reminder
                | Kind::BesideMeeting
                | Kind::Announcement
                | Kind::Digest
        )
    }

    /// Asked for by the reader themself, and using it shows that mail reaches them: it goes even to an address
    /// whose mail came back.
    pub(in crate::platform::mail) fn proves_the_address(self) -> bool {
        matches!(self, Kind::Confirm | Kind::SignIn)
    }

    fn auto_submitted(self) -> AutoSubmitted {
        match self {
            // A coordinator wrote or read these before they went.
            Kind::Question | Kind::Decision | Kind::Reply | Kind::Announcement => AutoSubmitted::No,
            Kind::AutomaticAnswer => AutoSubmitted::Replied,
            _ => AutoSubmitted::Generated,
        }
    }
}

text_enum! {
    /// Where a mail stands.
    pub enum Status {
        Queued = "queued",
        Sending = "sending",
        Sent = "sent",
        Failed = "failed",
        Dropped = "dropped",
    }
}

/// A mail to be written into the outbox.
#[derive(Clone, Debug)]
pub struct Mail {
    pub kind: Kind,
    pub to: Address,
    pub member_id: Option<String>,
    pub words: Words,
    pub calendar: Option<CalendarPart>,
    /// `None`: `mail.from`.
    pub from: Option<Address>,
    pub reply_to: Option<String>,
    /// What it is about: `meeting:<id>`, `request:<id>`.
    pub about: String,
    pub order_key: Option<String>,
    pub dedup_key: Option<String>,
    /// Sealed, never shown, erased when done; and not sent after this instant.
    pub secret_until: Option<At>,
    /// Not sent after this instant: what it says no longer helps.
    pub not_after: Option<At>,
    /// Sealed like the body, for they may hold a token of the reader; the row shows them masked.
    pub headers: Vec<(String, String)>,
    /// The Message-ID of the mail that this one answers.
    pub in_reply_to: Option<String>,
}

impl Mail {
    pub fn new(kind: Kind, to: Address, words: Words) -> Mail {
        Mail {
            kind,
            to,
            words,
            member_id: None,
            calendar: None,
            from: None,
            reply_to: None,
            about: String::new(),
            order_key: None,
            dedup_key: None,
            secret_until: None,
            not_after: None,
            headers: Vec::new(),
            in_reply_to: None,
        }
    }

    pub fn to_member(mut self, member_id: impl Into<String>) -> Mail {
        self.member_id = Some(member_id.into());
        self
    }

    pub fn about(mut self, about: impl Into<String>) -> Mail {
        self.about = about.into();
        self
    }

    /// Leaves after every earlier mail with the same key.
    pub fn in_order(mut self, key: impl Into<String>) -> Mail {
        self.order_key = Some(key.into());
        self
    }

    /// Written once only: a second mail with the same key is not.
    pub fn once(mut self, key: impl Into<String>) -> Mail {
        self.dedup_key = Some(key.into());
        self
    }

    /// Follows the mail with this Message-ID in the reader's thread; what is generated then goes as an automatic answer.
    pub fn answers(mut self, message_id: &str) -> Mail {
        self.in_reply_to = Some(message_id.to_owned());
        self
    }

    pub fn secret_until(mut self, until: At) -> Mail {
        self.secret_until = Some(until);
        self
    }
}

/// Writes a mail; `None` if its dedup key was used before.
pub fn enqueue(tx: &mut Conn, ctx: &Ctx<'_>, mut mail: Mail) -> Result<Option<OutboxId>, DbError> {
    // Controls have no business in a header, and PostgreSQL keeps no NUL.
    mail.to.name = clean_line(&mail.to.name);
    mail.words.subject = clean_line(&mail.words.subject);
    if let Some(key) = &mail.dedup_key {
        let known: i64 = outbox::table.filter(outbox::dedup_key.eq(key)).count().get_result(tx)?;
        if known > 0 {
            return Ok(None);
        }
    }
    let needs_membership = needs_membership(tx, &mail)?;
    let id = OutboxId::new();
    let config = &ctx.app.config;
    let (from_name, from_email) = config.mail_from().map_err(|e| DbError::Cut(e.to_string()))?;
    let domain = from_email.rsplit('@').next().unwrap_or("localhost").to_owned();
    let from = mail.from.unwrap_or(Address {
        email: from_email,
        name: from_name,
    });
    let masked: Vec<(&str, String)> = mail
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), mask_tokens(value)))
        .collect();
    let headers = serde_json::to_string(&masked).map_err(|e| DbError::Cut(e.to_string()))?;
    let (method, ics) = mail.calendar.map(|part| (part.method, part.ics)).unzip();
    let body = Body {
        text: mail.words.text,
        html: mail.words.html,
        method,
        ics,
        from: Some(from.email.clone()),
        in_reply_to: mail.in_reply_to,
        envelope_from: Some(bounces::sender_of(&ctx.app.keys, config, &id)),
        headers: Some(mail.headers),
    };
    let body = serde_json::to_string(&body).map_err(|e| DbError::Cut(e.to_string()))?;
    let body = ctx.app.keys.seal(&body).map_err(|e| DbError::Cut(e.to_string()))?;
    diesel::insert_into(outbox::table)
        .values((
            (
                outbox::id.eq(&id),
                outbox::kind.eq(mail.kind),
                outbox::lane.eq(mail.kind.lane()),
                outbox::to_key.eq(mail.to.email.to_lowercase()),
                outbox::to_email.eq(&mail.to.email),
                outbox::to_name.eq(&mail.to.name),
                outbox::member_id.eq(mail.member_id),
                outbox::about.eq(mail.about),
                outbox::order_key.eq(mail.order_key),
                outbox::dedup_key.eq(mail.dedup_key),
                outbox::from_email.eq(mask_tokens(&from.email)),
                outbox::from_name.eq(from.name),
                outbox::reply_to.eq(mail.reply_to.unwrap_or_else(|| config.mail.reply_to.clone())),
                outbox::subject.eq(mail.words.subject),
            ),
            (
                outbox::headers.eq(headers),
                outbox::message_id.eq(format!("{id}@{domain}")),
                outbox::dated_at.eq(ctx.now),
                outbox::is_sensitive.eq(mail.secret_until.is_some()),
                outbox::needs_membership.eq(needs_membership),
                outbox::not_after.eq(mail.secret_until.or(mail.not_after)),
                outbox::status.eq(Status::Queued),
                outbox::attempts.eq(0),
                outbox::next_try_at.eq(ctx.now),
                outbox::generation.eq(0),
                outbox::outcome.eq(""),
                outbox::created_at.eq(ctx.now),
                outbox::to_domain.eq(domain_of(&mail.to.email).to_lowercase()),
            ),
        ))
        .execute(tx)?;
    diesel::insert_into(outbox_bodies::table)
        .values((outbox_bodies::mail_id.eq(&id), outbox_bodies::body.eq(body)))
        .execute(tx)?;
    ctx.wrote_mail();
    Ok(Some(id))
}

/// What stands after the last `@` of an address.
pub(in crate::platform::mail) fn domain_of(address: &str) -> &str {
    address.rsplit('@').next().unwrap_or_default()
}

/// Whether the mail is dropped if its reader is no member any more when its turn comes (TRUST R4): everything
/// written to somebody who is one now, but their farewells.
fn needs_membership(conn: &mut Conn, mail: &Mail) -> Result<bool, DbError> {
    if mail.kind == Kind::Farewell {
        return Ok(false);
    }
    let Some(id) = mail.member_id.as_ref().filter(|_| !mail.kind.is_for_members()) else {
        return Ok(mail.kind.is_for_members());
    };
    let active: i64 = members::table
        .filter(members::id.eq(id))
        .filter(members::status.eq("active"))
        .count()
        .get_result(conn)?;
    Ok(active > 0)
}

/// Whether a mail under `order_key` has yet to leave.
pub fn waits(conn: &mut Conn, order_key: &str) -> Result<bool, DbError> {
    let count: i64 = outbox::table
        .filter(outbox::order_key.eq(order_key))
        .filter(outbox::status.eq_any([Status::Queued, Status::Sending]))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// What became of the earlier mails of an order key that were taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earlier {
    /// Nothing was ever handed to a mail server.
    NeverLeft,
    /// Something left, or may have.
    MayHaveLeft,
}

/// Drops what is still unsent under `order_key` because something newer takes its place.
pub fn supersede(tx: &mut Conn, ctx: &Ctx<'_>, order_key: &str) -> Result<Earlier, DbError> {
    // First take back, then look: what a sender claims in between would be counted by neither.
    diesel::update(outbox::table)
        .filter(outbox::order_key.eq(order_key))
        .filter(outbox::status.eq(Status::Queued))
        .set((
            outbox::status.eq(Status::Dropped),
            outbox::outcome.eq("superseded by a newer mail before it was sent"),
            outbox::done_at.eq(Some(ctx.now)),
        ))
        .execute(tx)?;
    let gone: i64 = outbox::table
        .filter(outbox::order_key.eq(order_key))
        .filter(outbox::may_have_left.eq(true))
        .count()
        .get_result(tx)?;
    Ok(if gone == 0 {
        Earlier::NeverLeft
    } else {
        Earlier::MayHaveLeft
    })
}

/// How many mails of `kinds` were written to this address since `since` (for the limits of TRUST S14).
pub fn written_to(conn: &mut Conn, address: &str, kinds: &[Kind], since: At) -> Result<i64, DbError> {
    let count = outbox::table
        .filter(outbox::to_key.eq(address.to_lowercase()))
        .filter(outbox::kind.eq_any(kinds.to_vec()))
        .filter(outbox::created_at.gt(since))
        .count()
        .get_result(conn)?;
    Ok(count)
}

/// Whether forms may cause another mail to this address now (TRUST S14, over all such forms).
pub fn may_write_to(conn: &mut Conn, ctx: &Ctx<'_>, address: &str) -> Result<bool, DbError> {
    use crate::platform::clock::{days, minutes};
    let limits = &ctx.app.config.limits;
    let kinds = [Kind::Confirm, Kind::SignIn];
    Ok(
        written_to(conn, address, &kinds, ctx.now.minus(minutes(15)))? < limits.mails_per_address_15_minutes
            && written_to(conn, address, &kinds, ctx.now.minus(days(1)))? < limits.mails_per_address_day,
    )
}
