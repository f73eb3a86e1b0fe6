//! Delivery: takes due mails from the outbox, sends them, and makes every outcome durable.
//!
//! # Why
//! * One loop keeps the books: each turn writes the outcomes that came in and claims as many mails as there are
//!   free connections, in one transaction. A connection gets its next mail only when its last outcome is on disk,
//!   so a crash can repeat at most one mail a connection, and one `fsync` serves all of them.
//! * A claim raises the row's generation and takes a lease; whoever comes back later than that is refused.
//! * One connection more than configured is kept for lane 0, so that a sign-in link overtakes a bulk.
//! * How fast, and who is left alone for a while, is kept beside the outbox ([`mod@pacing`]).
//! * Who the mail is for is looked at again in the claim: nobody who left, and no dead address, is written to.

mod ledger;
mod pacing;
mod worker;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use super::message::MailContent;
use super::outbox::{OutboxId, Row, Sealed};
use super::transport::Target;
use crate::platform::app::App;
use crate::platform::db::DbError;
use ledger::{claim, record, renew, take_back_expired};
use worker::{send, work};

pub use ledger::release_all;
pub use pacing::{Hold, holds};

/// How often the leases of what is under way are renewed.
const RENEW: Duration = Duration::from_secs(8);
/// How often leases that have run out are looked for.
const SWEEP: Duration = Duration::from_secs(1);

/// What the demo keeps of the mails it does not send.
#[derive(Default)]
pub struct Captured(pub std::sync::Mutex<Vec<MailContent>>);

/// A mail that is ours to send.
struct Claimed {
    row: Row,
    /// `None` only where somebody took it out of the database.
    body: Option<Sealed>,
}

struct Job {
    mail: Claimed,
    claimed: Instant,
}

/// What makes a claimed mail ours until the lease ends.
#[derive(Clone)]
struct Ours {
    id: OutboxId,
    generation: i32,
    is_sensitive: bool,
    /// The recipient's.
    domain: String,
    is_first_try: bool,
    /// Whether a copy may have left before this try.
    had_left: bool,
}

impl Ours {
    /// `row` as it was before the claim, with the generation of the claim.
    fn of(row: &Row) -> Ours {
        Ours {
            had_left: row.may_have_left,
            id: row.id.clone(),
            domain: row.domain().to_owned(),
            is_first_try: row.attempts <= 1,
            generation: row.generation,
            is_sensitive: row.is_sensitive,
        }
    }
}

struct Outcome {
    ours: Ours,
    slot: usize,
    result: Sent,
}

impl Outcome {
    /// Whether a copy may be in its reader's hands: what else is told of the same thing depends on it.
    fn has_left(&self) -> bool {
        let may_have = matches!(
            self.result,
            Sent::Handed(_)
                | Sent::Later {
                    may_have_left: true,
                    ..
                }
        );
        self.ours.had_left || may_have
    }
}

enum Sent {
    Handed(String),
    /// It counts against the address only where the server spoke of the address.
    Later {
        why: String,
        is_about_the_address: bool,
        /// The connection broke while or after the mail was told: it may have arrived.
        may_have_left: bool,
        /// It was asked for, and of whom.
        patience: Option<pacing::Patience>,
    },
    Failed(String),
    /// A 5xx; it counts against the address only where the server spoke of the address.
    Refused {
        words: String,
        is_about_the_address: bool,
    },
    Dropped(String),
}

/// Starts delivery on two threads of its own, so that building mails and serving pages do not wait for each other.
pub fn start(
    app: Arc<App>,
    target: Target,
    stop: watch::Receiver<bool>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("mail".into())
        .spawn(move || runtime.block_on(run(app, target, stop)))
}

/// Sends what is due until `stop` turns true, then lets what is under way finish.
async fn run(app: Arc<App>, target: Target, mut stop: watch::Receiver<bool>) {
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
    let mut is_stopping = false;
    let mut waiting: Vec<Outcome> = Vec::new();
    let mut under_way: HashMap<usize, Ours> = HashMap::new();
    let mut renewed = Instant::now();
    let mut swept = Instant::now();
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
        let allowed = room.saturating_sub(1);
        let done: Vec<usize> = waiting.iter().map(|outcome| outcome.slot).collect();
        for slot in &done {
            under_way.remove(slot);
        }
        let is_sweeping = swept.elapsed() > SWEEP;
        if is_sweeping {
            swept = Instant::now();
        }
        let mut leases = Vec::new();
        if renewed.elapsed() > RENEW {
            renewed = Instant::now();
            leases.extend(under_way.values().cloned());
        }
        let turn = std::mem::take(&mut waiting);
        let (turn, rows) = turn_the_page(&app, turn, leases, is_sweeping, room, allowed).await;
        if rows.is_some() {
            free.extend(done);
        } else {
            // The database is out of reach: keep the outcomes, nothing new is begun.
            waiting = turn;
        }
        let is_idle = rows.as_ref().is_none_or(Vec::is_empty);
        for mail in rows.unwrap_or_default() {
            let Some(slot) = free.pop() else { break };
            under_way.insert(slot, Ours::of(&mail.row));
            if workers[slot]
                .send(Job {
                    mail,
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
        } else if free.is_empty() {
            // Not for longer than a second: leases must be renewed however slow the mail server is.
            tokio::select! {
                Some(outcome) = outcomes.recv() => waiting.push(outcome),
                () = tokio::time::sleep(Duration::from_millis(1_000)) => {}
            }
        }
    }
    drop(workers);
    while tasks.join_next().await.is_some() {}
}

/// Sends what is due now, one after the other, and returns how many were tried (commands and tests).
pub async fn drain(app: &Arc<App>, target: &Target) -> Result<usize, DbError> {
    let mut link = None;
    let mut count = 0;
    app.write(|tx, ctx| take_back_expired(tx, ctx.now)).await?;
    loop {
        let claiming = app.write(|tx, ctx| {
            pacing::take_turn(tx, &ctx.app.config)?;
            claim(tx, ctx, 8, 8)
        });
        let rows = claiming.await?;
        if rows.is_empty() {
            break;
        }
        for mail in rows {
            count += 1;
            let claimed = Instant::now();
            let ours = Ours::of(&mail.row);
            let result = send(app, target, &mut link, Job { mail, claimed }).await;
            let outcome = Outcome { ours, slot: 0, result };
            app.write(move |tx, ctx| {
                record(tx, ctx, &outcome)?;
                pacing::learn(tx, ctx, std::slice::from_ref(&outcome))
            })
            .await?;
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
    leases: Vec<Ours>,
    is_sweeping: bool,
    room: usize,
    allowed: usize,
) -> (Vec<Outcome>, Option<Vec<Claimed>>) {
    let outcomes = Arc::new(outcomes);
    let given = outcomes.clone();
    let turned = app
        .write(move |tx, ctx| {
            pacing::take_turn(tx, &ctx.app.config)?;
            for outcome in given.iter() {
                record(tx, ctx, outcome)?;
            }
            pacing::learn(tx, ctx, &given)?;
            for ours in &leases {
                renew(tx, ctx.now, ours)?;
            }
            if is_sweeping {
                take_back_expired(tx, ctx.now)?;
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
