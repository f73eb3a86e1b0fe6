//! Mails read back: for sending, and for the pages that say what became of them.

use std::collections::HashMap;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{Kind, OutboxId, Status};
use crate::platform::app::Ctx;
use crate::platform::clock::At;
use crate::platform::db::schema::{outbox, outbox_bodies, suppressions};
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::message::{Address, AutoSubmitted, CalendarPart, MailContent};
use crate::platform::secret::{Keys, mask_tokens};

/// The rendered parts of a mail.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Body {
    pub text: String,
    pub html: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ics: Option<String>,
    /// The sender's address, which may hold a token of its reader; the row shows it masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The Message-ID of the mail that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_reply_to: Option<String>,
    /// The sender of the envelope, which names this very mail.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope_from: Option<String>,
    /// Further headers as they are; the row shows them masked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<Vec<(String, String)>>,
}

/// What mails written by an older version leave open.
pub struct Defaults<'a> {
    pub reply_to: &'a str,
    pub bounces: &'a str,
}

/// Why a mail could not be written or read back.
#[derive(Debug, thiserror::Error)]
pub enum OutboxError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("a mail's body could not be read: {0}")]
    Body(String),
}

impl From<diesel::result::Error> for OutboxError {
    fn from(e: diesel::result::Error) -> Self {
        OutboxError::Db(e.into())
    }
}

/// Whether nothing may be mailed to this address any more.
pub fn is_suppressed(conn: &mut Conn, keys: &Keys, address: &str) -> Result<bool, DbError> {
    let hash = keys.keyed_hash("suppression", &address.to_lowercase());
    let count: i64 = suppressions::table
        .filter(suppressions::address_hash.eq(hash))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

/// A mail as its row holds it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = outbox)]
pub struct Row {
    pub id: OutboxId,
    pub kind: Kind,
    pub lane: i32,
    pub to_email: String,
    pub to_key: String,
    pub to_domain: String,
    pub to_name: String,
    pub member_id: Option<String>,
    pub about: String,
    pub from_email: String,
    pub from_name: String,
    pub reply_to: String,
    pub subject: String,
    pub headers: String,
    pub message_id: String,
    pub dated_at: At,
    pub is_sensitive: bool,
    pub needs_membership: bool,
    pub not_after: Option<At>,
    pub status: Status,
    pub attempts: i32,
    pub next_try_at: At,
    pub generation: i32,
    pub may_have_left: bool,
    pub outcome: String,
    pub created_at: At,
    pub done_at: Option<At>,
}

impl Row {
    /// The recipient's domain, also where a replica of an older version wrote the mail.
    pub fn domain(&self) -> &str {
        match self.to_domain.as_str() {
            "" => super::domain_of(&self.to_key),
            known => known,
        }
    }

    /// The mail ready to be made into bytes; the same row and body always give the same.
    pub fn content(&self, body: Body, defaults: &Defaults<'_>) -> Result<MailContent, OutboxError> {
        let headers = match body.headers {
            Some(headers) => headers,
            None => serde_json::from_str(&self.headers).map_err(|e| OutboxError::Body(e.to_string()))?,
        };
        let from = body.from.unwrap_or_else(|| self.from_email.clone());
        let reply_to = if self.reply_to.is_empty() {
            defaults.reply_to
        } else {
            &self.reply_to
        };
        let reply_to = (reply_to != from && body.ics.is_none() && !reply_to.is_empty()).then(|| Address {
            email: reply_to.to_owned(),
            name: String::new(),
        });
        let auto_submitted = match self.kind.auto_submitted() {
            AutoSubmitted::Generated if body.in_reply_to.is_some() => AutoSubmitted::Replied,
            by_kind => by_kind,
        };
        Ok(MailContent {
            from: Address {
                email: from.clone(),
                name: self.from_name.clone(),
            },
            to: Address {
                email: self.to_email.clone(),
                name: self.to_name.clone(),
            },
            reply_to,
            // What answers a mail by itself must never be answered by a bounce (RFC 3834 §2).
            envelope_from: if auto_submitted == AutoSubmitted::Replied {
                String::new()
            } else {
                body.envelope_from.unwrap_or_else(|| defaults.bounces.to_owned())
            },
            subject: self.subject.clone(),
            text: body.text,
            html: body.html,
            calendar: body
                .method
                .zip(body.ics)
                .map(|(method, ics)| CalendarPart { method, ics }),
            message_id: self.message_id.clone(),
            date: self.dated_at,
            auto_submitted,
            headers,
            in_reply_to: body.in_reply_to,
        })
    }
}

/// A body as the database holds it.
#[derive(Clone, Debug)]
pub struct Sealed(String);

impl Sealed {
    pub fn open(&self, keys: &Keys) -> Result<Body, OutboxError> {
        let text = keys.unseal(&self.0).map_err(|e| OutboxError::Body(e.to_string()))?;
        serde_json::from_str(&text).map_err(|e| OutboxError::Body(e.to_string()))
    }
}

/// The bodies of these mails; an erased one is missing.
pub fn bodies(conn: &mut Conn, ids: &[OutboxId]) -> Result<HashMap<OutboxId, Sealed>, DbError> {
    let found: Vec<(OutboxId, String)> = outbox_bodies::table
        .filter(outbox_bodies::mail_id.eq_any(ids))
        .select((outbox_bodies::mail_id, outbox_bodies::body))
        .load(conn)?;
    Ok(found.into_iter().map(|(id, body)| (id, Sealed(body))).collect())
}

/// The body of one mail, unless it has been erased.
pub fn body_of(conn: &mut Conn, id: &OutboxId) -> Result<Option<Sealed>, DbError> {
    Ok(bodies(conn, std::slice::from_ref(id))?.remove(id))
}

impl Body {
    /// What a coordinator may see of it: the links of its reader without their tokens.
    pub fn for_others(self) -> Body {
        Body {
            text: mask_tokens(&self.text),
            html: mask_tokens(&self.html),
            // Unfolded first: a token may run over two lines.
            ics: self.ics.map(|ics| mask_tokens(&ics.replace("\r\n ", ""))),
            method: self.method,
            from: None,
            in_reply_to: None,
            envelope_from: None,
            headers: None,
        }
    }
}

/// How many mails stand in each state.
pub fn counts(conn: &mut Conn) -> Result<Vec<(Status, i64)>, DbError> {
    Ok(outbox::table
        .group_by(outbox::status)
        .select((outbox::status, diesel::dsl::count_star()))
        .load(conn)?)
}

/// Mails for the coordinators' page, newest first; `status` and `about` narrow it.
pub fn page(
    conn: &mut Conn,
    status: Option<Status>,
    about: Option<&str>,
    offset: i64,
    limit: i64,
) -> Result<Vec<Row>, DbError> {
    let mut query = outbox::table
        .select(Row::as_select())
        .order(outbox::id.desc())
        .offset(offset)
        .limit(limit)
        .into_boxed();
    if let Some(status) = status {
        query = query.filter(outbox::status.eq(status));
    }
    if let Some(about) = about {
        query = query.filter(outbox::about.eq(about.to_owned()));
    }
    Ok(query.load(conn)?)
}

pub fn find(conn: &mut Conn, id: &OutboxId) -> Result<Option<Row>, DbError> {
    Ok(outbox::table.find(id).select(Row::as_select()).first(conn).optional()?)
}

/// The mail with this Message-ID.
pub fn by_message_id(conn: &mut Conn, id: &str) -> Result<Option<OutboxId>, DbError> {
    Ok(outbox::table
        .filter(outbox::message_id.eq(id))
        .select(outbox::id)
        .first(conn)
        .optional()?)
}

/// Takes the address and the words out of the mails about something that is erased; that they were sent stays.
pub fn forget_about(tx: &mut Conn, about: &str) -> Result<(), DbError> {
    let ids: Vec<OutboxId> = outbox::table
        .filter(outbox::about.eq(about))
        .filter(outbox::done_at.is_not_null())
        .select(outbox::id)
        .load(tx)?;
    diesel::delete(outbox_bodies::table.filter(outbox_bodies::mail_id.eq_any(&ids))).execute(tx)?;
    diesel::update(outbox::table.filter(outbox::id.eq_any(&ids)))
        .set((
            outbox::to_email.eq(""),
            outbox::to_key.eq(""),
            outbox::to_name.eq(""),
            outbox::to_domain.eq(""),
        ))
        .execute(tx)?;
    Ok(())
}

/// Queues a failed mail again, with the same bytes; `false` if it is not one that can be: an older one must not
/// arrive after a newer one of the same order.
pub fn retry(tx: &mut Conn, ctx: &Ctx<'_>, id: &OutboxId) -> Result<bool, DbError> {
    let key: Option<Option<String>> = outbox::table.find(id).select(outbox::order_key).first(tx).optional()?;
    if let Some(key) = key.flatten() {
        let later: i64 = outbox::table
            .filter(outbox::order_key.eq(key))
            .filter(outbox::id.gt(id))
            .count()
            .get_result(tx)?;
        if later > 0 {
            return Ok(false);
        }
    }
    let changed = diesel::update(outbox::table)
        .filter(outbox::id.eq(id))
        .filter(outbox::status.eq_any([Status::Failed, Status::Queued]))
        .filter(outbox::is_sensitive.eq(false).or(outbox::status.eq(Status::Queued)))
        .set((
            outbox::status.eq(Status::Queued),
            outbox::attempts.eq(0),
            outbox::next_try_at.eq(ctx.now),
            outbox::tries_since.eq(None::<At>),
            outbox::done_at.eq(None::<At>),
        ))
        .execute(tx)?;
    ctx.wrote_mail();
    Ok(changed > 0)
}
