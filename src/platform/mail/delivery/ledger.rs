//! The books of delivery: what is claimed, what came of it, each in the loop's one transaction.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;

use super::pacing::{Pace, resting};
use super::{Claimed, Ours, Outcome, Sent};
use crate::platform::app::Ctx;
use crate::platform::clock::{At, days, minutes, seconds};
use crate::platform::db::schema::{mail_holds, members, outbox, outbox_bodies, outbox_held, suppressions};
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::bounces;
use crate::platform::mail::outbox::{OutboxId, Row, Status, bodies, why_not};

/// How long a claimed mail is ours unless the lease is renewed: after a crash others wait this long.
const LEASE_SECONDS: i64 = 30;
/// So long after the first of its temporary refusals a mail that meets nothing else is given up.
const GIVE_UP_DAYS: i64 = 4;

/// Gives back what an earlier process of this single-process database had claimed.
pub fn release_all(tx: &mut Conn) -> Result<usize, DbError> {
    let released = diesel::update(outbox::table.filter(outbox::status.eq(Status::Sending)))
        .set((outbox::status.eq(Status::Queued), outbox::lease_until.eq(None::<At>)))
        .execute(tx)?;
    Ok(released)
}

/// Queues again what somebody claimed and did not come back with.
pub(super) fn take_back_expired(tx: &mut Conn, now: At) -> Result<(), DbError> {
    let expired = outbox::table
        .filter(outbox::status.eq(Status::Sending))
        .filter(outbox::lease_until.lt(now));
    diesel::update(expired)
        .set((outbox::status.eq(Status::Queued), outbox::lease_until.eq(None::<At>)))
        .execute(tx)?;
    Ok(())
}

/// How often what must not go any more makes room for the next within one claim, so that a turn stays short.
const PASSES: usize = 100;

/// Claims up to `room` due mails, of which `allowed` may be of the ordinary lanes, as far as their pace goes.
pub(super) fn claim(tx: &mut Conn, ctx: &Ctx<'_>, room: usize, allowed: usize) -> Result<Vec<Claimed>, DbError> {
    for _ in 0..PASSES {
        match claim_next(tx, ctx, room, allowed)? {
            Some(claimed) if claimed.is_empty() => {}
            claimed => return Ok(claimed.unwrap_or_default()),
        }
    }
    Ok(Vec::new())
}

/// The next of them that may go, once those are dropped that must not; `None` if nothing is due.
fn claim_next(tx: &mut Conn, ctx: &Ctx<'_>, room: usize, allowed: usize) -> Result<Option<Vec<Claimed>>, DbError> {
    if room == 0 {
        return Ok(None);
    }
    let pace = Pace::now(tx, ctx)?;
    let mut ids: Vec<OutboxId> = due(tx, ctx.now, 0, room, &[])?.into_iter().map(|(id, _)| id).collect();
    let mut left = pace.most(allowed.min(room.saturating_sub(ids.len())));
    let mut ordinary = Vec::new();
    for lane in [1, 2] {
        if left > 0 {
            let more = due(tx, ctx.now, lane, left, pace.full())?;
            left -= more.len().min(left);
            ordinary.extend(more);
        }
    }
    ids.extend(pace.keep(ordinary));
    if ids.is_empty() {
        return Ok(None);
    }
    let mut rows: Vec<Row> = outbox::table
        .filter(outbox::id.eq_any(ids))
        .filter(outbox::status.eq(Status::Queued))
        .select(Row::as_select())
        .order((outbox::lane, outbox::id))
        .load(tx)?;
    let reasons = reasons_not_to_send(tx, ctx, &rows)?;
    for row in &rows {
        if let Some(reason) = reasons.get(&row.id) {
            let mine = outbox::table
                .filter(outbox::id.eq(&row.id))
                .filter(outbox::status.eq(Status::Queued));
            diesel::update(mine)
                .set((
                    outbox::status.eq(Status::Dropped),
                    outbox::outcome.eq(reason),
                    outbox::done_at.eq(Some(ctx.now)),
                ))
                .execute(tx)?;
            erase(tx, &row.id, row.is_sensitive)?;
        }
    }
    rows.retain(|row| !reasons.contains_key(&row.id));
    let ids: Vec<&OutboxId> = rows.iter().map(|row| &row.id).collect();
    let owned: HashSet<OutboxId> = diesel::update(outbox::table)
        .filter(outbox::id.eq_any(ids))
        .filter(outbox::status.eq(Status::Queued))
        .set((
            outbox::status.eq(Status::Sending),
            outbox::lease_until.eq(Some(ctx.now.plus(seconds(LEASE_SECONDS)))),
            outbox::generation.eq(outbox::generation + 1),
            outbox::attempts.eq(outbox::attempts + 1),
            // Until it is known better.
            outbox::may_have_left.eq(true),
        ))
        .returning(outbox::id)
        .get_results(tx)?
        .into_iter()
        .collect();
    rows.retain(|row| owned.contains(&row.id));
    for row in &mut rows {
        row.generation += 1;
        row.attempts += 1;
    }
    pace.note(tx, ctx, &rows)?;
    let ids: Vec<OutboxId> = rows.iter().map(|row| row.id.clone()).collect();
    let mut bodies = bodies(tx, &ids)?;
    let claimed = rows.into_iter().map(|row| Claimed {
        body: bodies.remove(&row.id),
        row,
    });
    Ok(Some(claimed.collect()))
}

/// The next mails of a lane (id and recipient's domain), the first of each order key only, none that are held back, and
/// but in lane 0 none to domains that rest or have had their share (`full`).
///
/// Within a domain that asked for patience, what was put off before goes first: one that puts off every first try would
/// see nothing but first tries. Other domains keep their place.
///
/// On PostgreSQL mails that a change is just taking back are passed over: waiting for that change would hold up
/// every other mail, and could end in a deadlock with it.
fn due(conn: &mut Conn, now: At, lane: i32, limit: usize, full: &[String]) -> Result<Vec<(OutboxId, String)>, DbError> {
    let (earlier, tried) = diesel::alias!(outbox as earlier, outbox as tried);
    let is_behind = diesel::dsl::exists(
        earlier
            .filter(earlier.field(outbox::order_key).eq(outbox::order_key))
            .filter(earlier.field(outbox::id).lt(outbox::id))
            .filter(earlier.field(outbox::status).eq_any([Status::Queued, Status::Sending])),
    );
    let is_held = diesel::dsl::exists(outbox_held::table.filter(outbox_held::about.eq(outbox::about)));
    let its_own_is_held = outbox_held::table.filter(outbox_held::about.eq(tried.field(outbox::about)));
    let comes_after = diesel::dsl::exists(
        tried
            .filter(tried.field(outbox::to_domain).eq(outbox::to_domain))
            .filter(tried.field(outbox::was_tried).eq(true))
            .filter(tried.field(outbox::status).eq(Status::Queued))
            .filter(tried.field(outbox::lane).eq(lane))
            .filter(tried.field(outbox::next_try_at).le(now))
            .filter(diesel::dsl::not(diesel::dsl::exists(its_own_is_held))),
    );
    let has_asked = diesel::dsl::exists(mail_holds::table.filter(mail_holds::domain.eq(outbox::to_domain)));
    let rests = diesel::dsl::exists(resting(now).filter(mail_holds::domain.eq(outbox::to_domain)));
    let next = outbox::table
        .filter(outbox::status.eq(Status::Queued))
        .filter(outbox::lane.eq(lane))
        .filter(outbox::next_try_at.le(now))
        .filter(diesel::dsl::not(is_behind))
        .filter(diesel::dsl::not(is_held))
        .filter(
            outbox::was_tried
                .eq(true)
                .or(diesel::dsl::not(has_asked.and(comes_after))),
        )
        .filter(outbox::lane.eq(0).or(diesel::dsl::not(rests)))
        .filter(outbox::to_domain.ne_all(full))
        .order((outbox::next_try_at, outbox::id))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select((outbox::id, outbox::to_domain));
    Ok(match conn {
        Conn::Sqlite(c) => next.load(c)?,
        Conn::Postgres(c) => next.for_update().skip_locked().load(c)?,
    })
}

/// Too late, left, a dead address, or what the slice says that wrote it: why a claimed mail must not go after all.
fn reasons_not_to_send(conn: &mut Conn, ctx: &Ctx<'_>, rows: &[Row]) -> Result<HashMap<OutboxId, String>, DbError> {
    let ids: Vec<&str> = rows
        .iter()
        .filter(|row| row.needs_membership)
        .filter_map(|row| row.member_id.as_deref())
        .collect();
    let active: HashSet<String> = if ids.is_empty() {
        HashSet::new()
    } else {
        let active = members::table
            .filter(members::id.eq_any(ids))
            .filter(members::status.eq("active"));
        active.select(members::id).load(conn)?.into_iter().collect()
    };
    let keys = &ctx.app.keys;
    let hash_of = |row: &Row| keys.keyed_hash("suppression", &row.to_key);
    let hashes: Vec<String> = rows.iter().map(hash_of).collect();
    let dead: HashSet<String> = suppressions::table
        .filter(suppressions::address_hash.eq_any(hashes))
        .select(suppressions::address_hash)
        .load(conn)?
        .into_iter()
        .collect();
    let mut reasons = HashMap::new();
    for row in rows {
        let has_left = row.needs_membership && row.member_id.as_ref().is_none_or(|id| !active.contains(id));
        let by_the_house = if row.not_after.is_some_and(|until| until <= ctx.now) {
            Some("too late: what it says no longer holds")
        } else if has_left {
            Some("not sent: the person is no member any more")
        } else if dead.contains(&hash_of(row)) && !row.kind.proves_the_address() {
            Some("not sent: mail to this address does not arrive")
        } else {
            None
        };
        let reason = match by_the_house {
            Some(reason) => Some(reason.to_owned()),
            None => why_not(ctx.app, conn, row)?,
        };
        if let Some(reason) = reason {
            reasons.insert(row.id.clone(), reason);
        }
    }
    Ok(reasons)
}

/// Keeps a mail that is still being sent ours.
pub(super) fn renew(tx: &mut Conn, now: At, ours: &Ours) -> Result<(), DbError> {
    let mine = outbox::table
        .filter(outbox::id.eq(&ours.id))
        .filter(outbox::generation.eq(ours.generation));
    diesel::update(mine.filter(outbox::status.eq(Status::Sending)))
        .set(outbox::lease_until.eq(Some(now.plus(seconds(LEASE_SECONDS)))))
        .execute(tx)?;
    Ok(())
}

pub(super) fn record(tx: &mut Conn, ctx: &Ctx<'_>, outcome: &Outcome) -> Result<(), DbError> {
    let ours = &outcome.ours;
    let has_left = outcome.has_left();
    match &outcome.result {
        Sent::Handed(words) => finish(tx, ctx, outcome, Status::Sent, words).map(|_| ()),
        Sent::Refused {
            words,
            is_about_the_address,
        } => {
            let is_ours = finish(tx, ctx, outcome, Status::Failed, &format!("refused: {words}"))?;
            if is_ours && *is_about_the_address {
                note_refusal(tx, ctx, &ours.id, words)?;
            }
            Ok(())
        }
        Sent::Failed(why) => finish(tx, ctx, outcome, Status::Failed, why).map(|_| ()),
        Sent::Dropped(why) => finish(tx, ctx, outcome, Status::Dropped, why).map(|_| ()),
        Sent::Later {
            why,
            is_about_the_address,
            ..
        } => {
            let mine = outbox::table
                .filter(outbox::id.eq(&ours.id))
                .filter(outbox::generation.eq(ours.generation));
            let known: Option<(i32, i32, Option<At>)> = mine
                .select((outbox::lane, outbox::attempts, outbox::tries_since))
                .first(tx)
                .optional()?;
            let Some((lane, attempts, since)) = known else {
                return Ok(());
            };
            let since = since.unwrap_or(ctx.now);
            if ctx.now.since(since) > days(GIVE_UP_DAYS) {
                let given_up = format!("given up after {GIVE_UP_DAYS} days; last: {why}");
                if finish(tx, ctx, outcome, Status::Failed, &given_up)? && *is_about_the_address {
                    note_refusal(tx, ctx, &ours.id, why)?;
                }
                return Ok(());
            }
            diesel::update(mine.filter(outbox::status.eq(Status::Sending)))
                .set((
                    outbox::status.eq(Status::Queued),
                    outbox::lease_until.eq(None::<At>),
                    outbox::next_try_at.eq(ctx.now.plus(wait_in(lane, attempts, rand::random()))),
                    outbox::was_tried.eq(true),
                    outbox::tries_since.eq(Some(since)),
                    outbox::outcome.eq(why),
                    outbox::may_have_left.eq(has_left),
                ))
                .execute(tx)?;
            Ok(())
        }
    }
}

/// What the far server said of the address goes into the books of bounces.
fn note_refusal(tx: &mut Conn, ctx: &Ctx<'_>, id: &OutboxId, words: &str) -> Result<(), DbError> {
    let row: (String, Option<String>) = outbox::table
        .find(id)
        .select((outbox::to_email, outbox::member_id))
        .first(tx)?;
    bounces::note(
        tx,
        ctx,
        id,
        &row.0,
        row.1.as_deref(),
        &bounces::Fault::from_words(words),
    )?;
    Ok(())
}

/// Ends a mail, if the claim is still ours (then `true`); a sensitive body is erased.
fn finish(tx: &mut Conn, ctx: &Ctx<'_>, outcome: &Outcome, status: Status, words: &str) -> Result<bool, DbError> {
    let ours = &outcome.ours;
    let mine = outbox::table
        .filter(outbox::id.eq(&ours.id))
        .filter(outbox::generation.eq(ours.generation))
        .filter(outbox::status.eq(Status::Sending));
    let changed = diesel::update(mine)
        .set((
            outbox::status.eq(status),
            outbox::lease_until.eq(None::<At>),
            outbox::outcome.eq(words),
            outbox::done_at.eq(Some(ctx.now)),
            outbox::may_have_left.eq(outcome.has_left()),
        ))
        .execute(tx)?;
    if changed == 0 {
        tracing::warn!(mail = %ours.id, "an outcome came after the lease had ended; it is ignored");
    } else {
        erase(tx, &ours.id, ours.is_sensitive)?;
    }
    Ok(changed > 0)
}

/// A sensitive body is kept no longer than it is needed.
fn erase(tx: &mut Conn, id: &OutboxId, is_sensitive: bool) -> Result<(), DbError> {
    if is_sensitive {
        diesel::delete(outbox_bodies::table.find(id)).execute(tx)?;
    }
    Ok(())
}

/// How long a mail waits for its next try. Somebody sits and waits for those of lane 0: about 5, 15 and 30 seconds
/// first, then as all others.
fn wait_in(lane: i32, attempts: i32, jitter: u8) -> jiff::SignedDuration {
    match (lane, attempts) {
        (0, ..=1) => seconds(5),
        (0, 2) => seconds(15),
        (0, 3) => seconds(30),
        (0, _) => wait_after(attempts - 3, jitter),
        _ => wait_after(attempts, jitter),
    }
}

/// Growing waits with jitter: about 1, 2, 5, 10, 20, then 30 minutes.
pub(super) fn wait_after(attempts: i32, jitter: u8) -> jiff::SignedDuration {
    let base = match attempts {
        ..=1 => minutes(1),
        2 => minutes(2),
        3 => minutes(5),
        4 => minutes(10),
        5 => minutes(20),
        _ => minutes(30),
    };
    base + seconds(base.as_secs() * i64::from(jitter) / 1_024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sits_and_waits_is_tried_again_in_seconds() {
        let waits: Vec<i64> = (1..8).map(|n| wait_in(0, n, 0).as_secs()).collect();
        assert_eq!(waits, [5, 15, 30, 60, 120, 300, 600]);
        assert_eq!(wait_in(2, 1, 0), wait_after(1, 0));
    }

    #[test]
    fn waits_grow_and_are_never_more_than_a_good_half_hour() {
        let waits: Vec<i64> = (1..9).map(|n| wait_after(n, 0).as_secs()).collect();
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
        assert!(wait_after(20, 255) < minutes(38));
    }
}
