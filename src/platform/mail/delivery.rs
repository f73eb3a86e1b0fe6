//! Delivery: takes due mails from the outbox, sends them, and makes every outcome durable.
//!
//! # Why
//! * One loop keeps the books: each turn writes the outcomes that came in and claims as many mails as there are
//!   free connections, in one transaction. A connection gets its next mail only when its last outcome is on disk,
//!   so a crash can repeat at most one mail a connection, and one `fsync` serves all of them.
//! * A claim raises the row's generation and takes a lease; whoever comes back later than that is refused.
//! * One connection more than configured is kept for lane 0, so that a sign-in link overtakes a bulk.
//! * Who the mail is for is looked at again in the claim: nobody who left, and no dead address, is written to.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::message::{self, MailContent};
use super::outbox::{OutboxId, Row, Status, is_suppressed};
use super::transport::{Link, SendError, Target};
use crate::platform::app::{App, Ctx};
use crate::platform::clock::{At, days, minutes, seconds};
use crate::platform::db::schema::{members, outbox, suppressions};
use crate::platform::db::{Conn, DbError};

/// How long a claimed mail is ours unless the lease is renewed: after a crash others wait this long.
const LEASE_SECONDS: i64 = 30;
/// How often the leases of what is under way are renewed.
const RENEW: Duration = Duration::from_secs(8);
/// A link with nothing to do is closed after this.
const IDLE: Duration = Duration::from_secs(10);
/// After so long a mail that only meets temporary refusals is given up.
const GIVE_UP_DAYS: i64 = 4;

/// What the demo keeps of the mails it does not send.
#[derive(Default)]
pub struct Captured(pub std::sync::Mutex<Vec<MailContent>>);

struct Job {
    row: Row,
    claimed: Instant,
}

struct Outcome {
    id: OutboxId,
    generation: i32,
    slot: usize,
    result: Sent,
}

enum Sent {
    Handed(String),
    Later(String),
    Failed(String),
    Dropped(String),
}

/// Sends what is due until `stop` turns true, then lets what is under way finish.
pub async fn run(app: Arc<App>, target: Target, mut stop: watch::Receiver<bool>) {
    let slots = app.config.mail.connections.max(1) + 1;
    let (outcomes_in, mut outcomes) = mpsc::unbounded_channel();
    let mut workers = Vec::with_capacity(slots);
    let mut tasks = tokio::task::JoinSet::new();
    for slot in 0..slots {
        let (jobs_in, jobs) = mpsc::channel(1);
        workers.push(jobs_in);
        tasks.spawn(work(app.clone(), target.clone(), slot, jobs, outcomes_in.clone()));
    }
    let mut free: Vec<usize> = (0..slots).collect();
    let mut pace = Pace::default();
    let mut is_stopping = false;
    let mut waiting: Vec<Outcome> = Vec::new();
    let mut under_way: HashMap<usize, (OutboxId, i32)> = HashMap::new();
    let mut renewed = Instant::now();
    loop {
        if !is_stopping && *stop.borrow() {
            is_stopping = true;
        }
        if is_stopping && free.len() == slots && waiting.is_empty() {
            break;
        }
        while let Ok(outcome) = outcomes.try_recv() {
            waiting.push(outcome);
        }
        let room = if is_stopping { 0 } else { free.len() + waiting.len() };
        let allowed = pace.allowed(app.config.mail.per_minute, room.saturating_sub(1));
        let done: Vec<usize> = waiting.iter().map(|outcome| outcome.slot).collect();
        for slot in &done {
            under_way.remove(slot);
        }
        let mut leases = Vec::new();
        if renewed.elapsed() > RENEW {
            renewed = Instant::now();
            leases.extend(under_way.values().cloned());
        }
        let turn = std::mem::take(&mut waiting);
        let (turn, rows) = turn_the_page(&app, turn, leases, room, allowed).await;
        if let Some(rows) = &rows {
            free.extend(done);
            pace.note(rows.iter().filter(|row| row.lane > 0).count());
        } else {
            // The database is out of reach: keep the outcomes, nothing new is begun.
            waiting = turn;
        }
        let is_idle = rows.as_ref().is_none_or(Vec::is_empty);
        for row in rows.unwrap_or_default() {
            let Some(slot) = free.pop() else { break };
            under_way.insert(slot, (row.id.clone(), row.generation));
            if workers[slot]
                .send(Job {
                    row,
                    claimed: Instant::now(),
                })
                .await
                .is_err()
            {
                tracing::error!("a mail connection's task has died");
            }
        }
        if is_idle {
            tokio::select! {
                Some(outcome) = outcomes.recv() => waiting.push(outcome),
                () = app.outbox_bell.notified(), if !is_stopping => {}
                _ = stop.changed(), if !is_stopping => {}
                () = tokio::time::sleep(Duration::from_millis(1_000)) => {}
            }
        } else if free.is_empty()
            && let Some(outcome) = outcomes.recv().await
        {
            waiting.push(outcome);
        }
    }
    drop(workers);
    while tasks.join_next().await.is_some() {}
}

/// Sends what is due now, one after the other, and returns how many were tried (commands and tests).
pub async fn drain(app: &Arc<App>, target: &Target) -> Result<usize, DbError> {
    let mut link = None;
    let mut count = 0;
    loop {
        let rows = app.write(|tx, ctx| claim(tx, ctx, 8, 8)).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            count += 1;
            let (id, generation) = (row.id.clone(), row.generation);
            let result = send(
                app,
                target,
                &mut link,
                Job {
                    row,
                    claimed: Instant::now(),
                },
            )
            .await;
            let outcome = Outcome {
                id,
                generation,
                slot: 0,
                result,
            };
            app.write(move |tx, ctx| record(tx, ctx, &outcome)).await?;
        }
    }
    if let Some(link) = link {
        link.close().await;
    }
    Ok(count)
}

/// Writes what came of the last mails and claims the next; `None` and the outcomes back if that failed.
async fn turn_the_page(
    app: &Arc<App>,
    outcomes: Vec<Outcome>,
    leases: Vec<(OutboxId, i32)>,
    room: usize,
    allowed: usize,
) -> (Vec<Outcome>, Option<Vec<Row>>) {
    let outcomes = Arc::new(outcomes);
    let given = outcomes.clone();
    let turned = app
        .write(move |tx, ctx| {
            for outcome in given.iter() {
                record(tx, ctx, outcome)?;
            }
            for (id, generation) in &leases {
                renew(tx, ctx.now, id, *generation)?;
            }
            claim(tx, ctx, room, allowed)
        })
        .await;
    match turned {
        Ok(rows) => (Vec::new(), Some(rows)),
        Err(e) => {
            tracing::warn!("the outbox is out of reach: {e}");
            tokio::time::sleep(Duration::from_millis(500)).await;
            (Arc::into_inner(outcomes).unwrap_or_default(), None)
        }
    }
}

/// Keeps a mail that is still being sent ours.
fn renew(tx: &mut Conn, now: At, id: &OutboxId, generation: i32) -> Result<(), DbError> {
    let mine = outbox::table
        .filter(outbox::id.eq(id))
        .filter(outbox::generation.eq(generation));
    diesel::update(mine.filter(outbox::status.eq(Status::Sending)))
        .set(outbox::lease_until.eq(Some(now.plus(seconds(LEASE_SECONDS)))))
        .execute(tx)?;
    Ok(())
}

/// Gives back what an earlier process of this single-process database had claimed.
pub fn release_all(tx: &mut Conn) -> Result<usize, DbError> {
    let released = diesel::update(outbox::table.filter(outbox::status.eq(Status::Sending)))
        .set((outbox::status.eq(Status::Queued), outbox::lease_until.eq(None::<At>)))
        .execute(tx)?;
    Ok(released)
}

/// Claims up to `room` due mails, of which `allowed` may be of the ordinary lane.
fn claim(tx: &mut Conn, ctx: &Ctx<'_>, room: usize, allowed: usize) -> Result<Vec<Row>, DbError> {
    if room == 0 {
        return Ok(Vec::new());
    }
    diesel::update(
        outbox::table
            .filter(outbox::status.eq(Status::Sending))
            .filter(outbox::lease_until.lt(ctx.now)),
    )
    .set((outbox::status.eq(Status::Queued), outbox::lease_until.eq(None::<At>)))
    .execute(tx)?;
    let mut ids = due(tx, ctx.now, 0, room)?;
    let left = allowed.min(room.saturating_sub(ids.len()));
    if left > 0 {
        ids.extend(due(tx, ctx.now, 1, left)?);
    }
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let owned: Vec<OutboxId> = diesel::update(outbox::table)
        .filter(outbox::id.eq_any(ids))
        .filter(outbox::status.eq(Status::Queued))
        .set((
            outbox::status.eq(Status::Sending),
            outbox::lease_until.eq(Some(ctx.now.plus(seconds(LEASE_SECONDS)))),
            outbox::generation.eq(outbox::generation + 1),
            outbox::attempts.eq(outbox::attempts + 1),
        ))
        .returning(outbox::id)
        .get_results(tx)?;
    let mut rows: Vec<Row> = outbox::table
        .filter(outbox::id.eq_any(owned))
        .select(Row::as_select())
        .order((outbox::lane, outbox::id))
        .load(tx)?;
    let reasons = reasons_not_to_send(tx, ctx, &rows)?;
    for row in &rows {
        if let Some(reason) = reasons.get(&row.id) {
            finish(tx, ctx, &row.id, row.generation, Status::Dropped, reason)?;
        }
    }
    rows.retain(|row| !reasons.contains_key(&row.id));
    Ok(rows)
}

/// The next mails of a lane, the first of each order key only.
fn due(conn: &mut Conn, now: At, lane: i32, limit: usize) -> Result<Vec<OutboxId>, DbError> {
    let earlier = diesel::alias!(outbox as earlier);
    let is_behind = diesel::dsl::exists(
        earlier
            .filter(earlier.field(outbox::order_key).eq(outbox::order_key))
            .filter(earlier.field(outbox::id).lt(outbox::id))
            .filter(earlier.field(outbox::status).eq_any([Status::Queued, Status::Sending])),
    );
    let ids = outbox::table
        .filter(outbox::status.eq(Status::Queued))
        .filter(outbox::lane.eq(lane))
        .filter(outbox::next_try_at.le(now))
        .filter(diesel::dsl::not(is_behind))
        .order((outbox::next_try_at, outbox::id))
        .limit(i64::try_from(limit).unwrap_or(i64::MAX))
        .select(outbox::id)
        .load(conn)?;
    Ok(ids)
}

/// Too late, left, or a dead address: why a claimed mail must not go after all.
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
        let reason = if row.not_after.is_some_and(|until| until <= ctx.now) {
            "too late: what it says no longer holds"
        } else if has_left {
            "not sent: the person is no member any more"
        } else if dead.contains(&hash_of(row)) {
            "not sent: mail to this address does not arrive"
        } else {
            continue;
        };
        reasons.insert(row.id.clone(), reason.to_owned());
    }
    Ok(reasons)
}

fn record(tx: &mut Conn, ctx: &Ctx<'_>, outcome: &Outcome) -> Result<(), DbError> {
    let (id, generation) = (&outcome.id, outcome.generation);
    match &outcome.result {
        Sent::Handed(words) => finish(tx, ctx, id, generation, Status::Sent, words),
        Sent::Failed(why) => finish(tx, ctx, id, generation, Status::Failed, why),
        Sent::Dropped(why) => finish(tx, ctx, id, generation, Status::Dropped, why),
        Sent::Later(why) => {
            let mine = outbox::table
                .filter(outbox::id.eq(id))
                .filter(outbox::generation.eq(generation));
            let known: Option<(i32, At)> = mine
                .select((outbox::attempts, outbox::created_at))
                .first(tx)
                .optional()?;
            let Some((attempts, created_at)) = known else {
                return Ok(());
            };
            if ctx.now.since(created_at) > days(GIVE_UP_DAYS) {
                return finish(
                    tx,
                    ctx,
                    id,
                    generation,
                    Status::Failed,
                    &format!("given up after {GIVE_UP_DAYS} days; last: {why}"),
                );
            }
            diesel::update(outbox::table)
                .filter(outbox::id.eq(id))
                .filter(outbox::generation.eq(generation))
                .filter(outbox::status.eq(Status::Sending))
                .set((
                    outbox::status.eq(Status::Queued),
                    outbox::lease_until.eq(None::<At>),
                    outbox::next_try_at.eq(ctx.now.plus(wait_after(attempts, rand::random()))),
                    outbox::outcome.eq(why),
                ))
                .execute(tx)?;
            Ok(())
        }
    }
}

/// Ends a mail, if the claim is still ours; a sensitive body is erased.
fn finish(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    id: &OutboxId,
    generation: i32,
    status: Status,
    words: &str,
) -> Result<(), DbError> {
    let mine = outbox::table
        .filter(outbox::id.eq(id))
        .filter(outbox::generation.eq(generation))
        .filter(outbox::status.eq(Status::Sending));
    let changed = diesel::update(mine)
        .set((
            outbox::status.eq(status),
            outbox::lease_until.eq(None::<At>),
            outbox::outcome.eq(words),
            outbox::done_at.eq(Some(ctx.now)),
        ))
        .execute(tx)?;
    if changed == 0 {
        tracing::warn!(mail = %id, "an outcome came after the lease had ended; it is ignored");
        return Ok(());
    }
    diesel::update(
        outbox::table
            .filter(outbox::id.eq(id))
            .filter(outbox::is_sensitive.eq(true)),
    )
    .set(outbox::body.eq(""))
    .execute(tx)?;
    Ok(())
}

/// Growing waits with jitter: about 1, 2, 5, 10, 20, then 30 minutes.
fn wait_after(attempts: i32, jitter: u8) -> jiff::SignedDuration {
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

/// One connection: sends the mails it is given, one at a time.
async fn work(
    app: Arc<App>,
    target: Target,
    slot: usize,
    mut jobs: mpsc::Receiver<Job>,
    outcomes: mpsc::UnboundedSender<Outcome>,
) {
    let mut link: Option<Link> = None;
    loop {
        let job = match tokio::time::timeout(IDLE, jobs.recv()).await {
            Ok(Some(job)) => job,
            Ok(None) => break,
            Err(_) => {
                if let Some(link) = link.take() {
                    link.close().await;
                }
                continue;
            }
        };
        let (id, generation) = (job.row.id.clone(), job.row.generation);
        let result = send(&app, &target, &mut link, job).await;
        if outcomes
            .send(Outcome {
                id,
                generation,
                slot,
                result,
            })
            .is_err()
        {
            break;
        }
    }
    if let Some(link) = link {
        link.close().await;
    }
}

async fn send(app: &Arc<App>, target: &Target, link: &mut Option<Link>, job: Job) -> Sent {
    let row = job.row;
    let content = match row.content(&app.keys, &app.config.mail.reply_to) {
        Ok(content) => content,
        Err(e) => return Sent::Failed(format!("set aside: {e}")),
    };
    let bytes = match message::bytes(&content) {
        Ok(bytes) => bytes,
        Err(e) => return Sent::Failed(format!("set aside: {e}")),
    };
    if link.is_none() {
        let domain = row.message_id.rsplit('@').next().unwrap_or("localhost");
        match Link::open(target, domain).await {
            Ok(opened) => *link = Some(opened),
            Err(e) => return Sent::Later(e.to_string()),
        }
    }
    if job.claimed.elapsed() > Duration::from_millis(500)
        && let Some(reason) = changed_meanwhile(app, &row).await
    {
        return Sent::Dropped(reason);
    }
    let Some(open) = link.as_mut() else {
        return Sent::Later("no connection".into());
    };
    let sent = open.send(&content.envelope_from, &content.to.email, &bytes).await;
    if !open.usable() {
        *link = None;
    }
    match sent {
        Ok(words) => {
            if let Some(Captured(mails)) = app.part::<Captured>() {
                mails
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .push(content);
            }
            Sent::Handed(words)
        }
        Err(SendError::Refused { code, text, .. }) => Sent::Failed(format!("refused: {code} {text}")),
        Err(e) => Sent::Later(e.to_string()),
    }
}

/// Opening a connection took a while: did the person leave in the meantime?
async fn changed_meanwhile(app: &Arc<App>, row: &Row) -> Option<String> {
    let (row, keys) = (row.clone(), app.keys.clone());
    let looked = app.read(move |conn| {
        let is_dead = is_suppressed(conn, &keys, &row.to_key)?;
        let has_left = match (&row.member_id, row.needs_membership) {
            (Some(id), true) => {
                let active: i64 = members::table
                    .filter(members::id.eq(id))
                    .filter(members::status.eq("active"))
                    .count()
                    .get_result(conn)?;
                active == 0
            }
            _ => false,
        };
        Ok::<bool, DbError>(is_dead || has_left)
    });
    match looked.await {
        Ok(false) => None,
        Ok(true) => Some("not sent: the person left while it waited".into()),
        Err(e) => {
            tracing::warn!("a recipient could not be looked up again: {e}");
            None
        }
    }
}

/// Keeps to so many ordinary mails a minute.
#[derive(Default)]
struct Pace {
    begun: VecDeque<(Instant, usize)>,
}

impl Pace {
    fn allowed(&mut self, per_minute: u32, room: usize) -> usize {
        if per_minute == 0 {
            return room;
        }
        while self
            .begun
            .front()
            .is_some_and(|(at, _)| at.elapsed() >= Duration::from_secs(60))
        {
            self.begun.pop_front();
        }
        let used: usize = self.begun.iter().map(|(_, count)| count).sum();
        room.min((per_minute as usize).saturating_sub(used))
    }

    fn note(&mut self, count: usize) {
        if count > 0 {
            self.begun.push_back((Instant::now(), count));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_never_more_than_a_good_half_hour() {
        let waits: Vec<i64> = (1..9).map(|n| wait_after(n, 0).as_secs()).collect();
        assert!(waits.windows(2).all(|pair| pair[0] <= pair[1]), "{waits:?}");
        assert!(wait_after(20, 255) < minutes(38));
    }
}
