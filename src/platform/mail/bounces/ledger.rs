//! The books of what came back: points, resting addresses, proof.

use std::collections::{BTreeSet, HashSet};

use diesel::prelude::*;

use super::class::{Class, classify};
use super::report::{Fault, Report};
use crate::id;
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::{At, days};
use crate::platform::db::schema::{bounces, outbox, suppressions};
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{OutboxId, Row, Status};
use crate::platform::secret::Keys;

id!(BounceId);

/// So many days with a hard refusal within [`HARD_WITHIN`] make an address rest.
const HARD: usize = 2;
const HARD_WITHIN: i64 = 7;
/// So many days with any refusal that counts within [`SOFT_WITHIN`].
const SOFT: usize = 5;
const SOFT_WITHIN: i64 = 30;
/// A report on a mail that left longer ago says nothing of today.
const REPORTS_FOR: i64 = 30;

/// What came back from an address, newest first.
#[derive(Clone, Debug, Queryable)]
pub struct Returned {
    pub at: At,
    pub class: Class,
    pub words: String,
}

/// What came of a report, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub said: String,
    /// Whose mail it was about, if a member's.
    pub member: Option<String>,
    /// Whether somebody complained: then announcements to them end.
    pub is_complaint: bool,
}

fn hash(keys: &Keys, address: &str) -> String {
    keys.keyed_hash("suppression", &address.to_lowercase())
}

/// Notes a refusal of a mail to `address`; `true` if the address rests from now on.
pub fn note(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    mail: &OutboxId,
    address: &str,
    member: Option<&str>,
    fault: &Fault,
) -> Result<bool, DbError> {
    let class = classify(fault);
    if matches!(class, Class::Delay | Class::Delivered) {
        return Ok(false);
    }
    let hash = hash(&ctx.app.keys, address);
    diesel::insert_into(bounces::table)
        .values((
            bounces::id.eq(BounceId::new()),
            bounces::address_hash.eq(&hash),
            bounces::mail_id.eq(Some(mail.as_str())),
            bounces::class.eq(class),
            bounces::words.eq(&fault.words),
            bounces::at.eq(ctx.now),
        ))
        .execute(tx)?;
    if class == Class::Policy || !is_over_the_limit(tx, &hash, ctx.now)? {
        return Ok(false);
    }
    let known: i64 = suppressions::table
        .filter(suppressions::address_hash.eq(&hash))
        .count()
        .get_result(tx)?;
    if known > 0 {
        return Ok(false);
    }
    diesel::insert_into(suppressions::table)
        .values((
            suppressions::address_hash.eq(&hash),
            suppressions::reason.eq(&fault.words),
            suppressions::since.eq(ctx.now),
        ))
        .execute(tx)?;
    let (about, what) = match member {
        Some(id) => (format!("member:{id}"), "gets no mail any more, for it comes back"),
        None => (
            format!("mail:{mail}"),
            "stopped writing to an address whose mail comes back",
        ),
    };
    audit::record(tx, ctx, "system", what, &about, &fault.words)?;
    Ok(true)
}

/// Days, not refusals, are counted.
fn is_over_the_limit(conn: &mut Conn, hash: &str, now: At) -> Result<bool, DbError> {
    let rows: Vec<(At, Class)> = bounces::table
        .filter(bounces::address_hash.eq(hash))
        .filter(bounces::at.gt(now.minus(days(SOFT_WITHIN))))
        .filter(bounces::class.eq_any([Class::Hard, Class::Soft]))
        .select((bounces::at, bounces::class))
        .load(conn)?;
    let days_of = |wanted: &dyn Fn(&(At, Class)) -> bool| -> usize {
        let days: BTreeSet<String> = rows
            .iter()
            .filter(|row| wanted(row))
            .map(|(at, _)| at.to_string()[..10].to_owned())
            .collect();
        days.len()
    };
    let since = now.minus(days(HARD_WITHIN));
    Ok(days_of(&|(at, class)| *class == Class::Hard && *at > since) >= HARD || days_of(&|_| true) >= SOFT)
}

/// Takes in a report on the mail with this id.
pub fn take_report(tx: &mut Conn, ctx: &Ctx<'_>, mail: &OutboxId, report: &Report) -> Result<Taken, DbError> {
    let none = |said: &str| Taken {
        said: said.to_owned(),
        member: None,
        is_complaint: false,
    };
    let row: Option<Row> = outbox::table.find(mail).select(Row::as_select()).first(tx).optional()?;
    let Some(row) = row.filter(|row| matches!(row.status, Status::Sent | Status::Sending | Status::Failed)) else {
        return Ok(none("It is about no mail that we sent."));
    };
    if ctx.now.since(row.created_at) > days(REPORTS_FOR) {
        return Ok(none(
            "It is about a mail of more than a month ago; nothing was changed.",
        ));
    }
    let faults = match report {
        Report::Complaint(complaint) => {
            let is_complaint = complaint.kind != "not-spam";
            let said = if is_complaint {
                "They marked a mail of ours as unwanted."
            } else {
                "They marked a mail of ours as wanted."
            };
            return Ok(Taken {
                is_complaint,
                member: row.member_id,
                ..none(said)
            });
        }
        Report::Delivery(faults) => faults,
    };
    let Some(fault) = faults.first() else {
        return Ok(none("It says nothing that can be read."));
    };
    let class = classify(fault);
    let (how, short) = match class {
        Class::Hard => ("nobody is there", "came back"),
        Class::Soft => ("it could not be delivered", "came back"),
        Class::Policy => (
            "it was refused by a rule of theirs, which says nothing of the person",
            "was refused by policy",
        ),
        Class::Delay => ("it is late; their server goes on trying", "is late"),
        Class::Delivered => ("it has arrived", "arrived"),
    };
    diesel::update(outbox::table.find(mail))
        .set(outbox::outcome.eq(format!("{short}: {}", fault.words)))
        .execute(tx)?;
    let rests = note(tx, ctx, mail, &row.to_email, row.member_id.as_deref(), fault)?;
    let who = if row.to_name.is_empty() {
        row.to_email.clone()
    } else {
        row.to_name.clone()
    };
    let rest = if rests {
        " No more mail goes to this address until it is proved again."
    } else {
        ""
    };
    Ok(Taken {
        said: format!("Mail to {who}: {how} ({}).{rest}", fault.words),
        member: row.member_id,
        is_complaint: false,
    })
}

/// What came back from an address, newest first.
pub fn returned(conn: &mut Conn, keys: &Keys, address: &str) -> Result<Vec<Returned>, DbError> {
    Ok(bounces::table
        .filter(bounces::address_hash.eq(hash(keys, address)))
        .order(bounces::id.desc())
        .limit(5)
        .select((bounces::at, bounces::class, bounces::words))
        .load(conn)?)
}

/// Since when, and why, nothing goes to an address.
pub fn resting(conn: &mut Conn, keys: &Keys, address: &str) -> Result<Option<(At, String)>, DbError> {
    let found = suppressions::table.filter(suppressions::address_hash.eq(hash(keys, address)));
    Ok(found
        .select((suppressions::since, suppressions::reason))
        .first(conn)
        .optional()?)
}

/// Which of these addresses rest.
pub fn resting_keys<'a>(
    conn: &mut Conn,
    keys: &Keys,
    addresses: impl Iterator<Item = &'a str>,
) -> Result<HashSet<String>, DbError> {
    let all: HashSet<String> = suppressions::table
        .select(suppressions::address_hash)
        .load(conn)?
        .into_iter()
        .collect();
    if all.is_empty() {
        return Ok(HashSet::new());
    }
    Ok(addresses
        .filter(|address| all.contains(&hash(keys, address)))
        .map(str::to_owned)
        .collect())
}

/// The person has shown that mail reaches them: everything is forgotten. `true` if the address rested.
pub fn clear(tx: &mut Conn, ctx: &Ctx<'_>, address: &str) -> Result<bool, DbError> {
    let hash = hash(&ctx.app.keys, address);
    diesel::delete(bounces::table.filter(bounces::address_hash.eq(&hash))).execute(tx)?;
    let rested = diesel::delete(suppressions::table.filter(suppressions::address_hash.eq(&hash))).execute(tx)?;
    Ok(rested > 0)
}
