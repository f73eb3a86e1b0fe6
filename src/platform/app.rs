//! The running application: what every request, command and tick is handed, and the two doors to the database.

use std::any::{Any, TypeId};
use std::cell::Cell;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use diesel::prelude::*;
use tokio::sync::Notify;

use super::clock::{At, Clock};
use super::config::Config;
use super::db::{Conn, Db, DbError, schema::facts};
use super::mail::words;
use super::render::reworded::Reworded;
use super::render::{MailFacts, NetworkFacts, Renderer};
use super::secret::Keys;

/// Everything the product runs on. Made once, shared by all threads.
pub struct App {
    pub config: Config,
    pub db: Db,
    pub renderer: Arc<Renderer>,
    pub keys: Arc<Keys>,
    pub clock: Clock,
    /// Raised whenever what the public can see has changed; the byte cache compares it.
    pub public_version: AtomicU64,
    /// Woken when a mail is written.
    pub outbox_bell: Notify,
    /// Woken when timed work has left something that need not wait for the next tick.
    pub ticks_bell: Notify,
    /// The mails in coordinators' words, with the mark of the state they were read from.
    reworded: RwLock<(Option<String>, Arc<Reworded>)>,
    parts: HashMap<TypeId, Box<dyn Any + Send + Sync>>,
}

impl App {
    pub fn new(config: Config, db: Db, renderer: Arc<Renderer>, keys: Arc<Keys>) -> App {
        App {
            config,
            db,
            renderer,
            keys,
            clock: Clock::default(),
            public_version: AtomicU64::new(1),
            outbox_bell: Notify::new(),
            ticks_bell: Notify::new(),
            reworded: RwLock::default(),
            parts: HashMap::new(),
        }
    }

    /// Adds something that a slice keeps with the application (its type is its name).
    pub fn with<T: Any + Send + Sync>(mut self, part: T) -> App {
        self.parts.insert(TypeId::of::<T>(), Box::new(part));
        self
    }

    /// What `with` added.
    pub fn part<T: Any + Send + Sync>(&self) -> Option<&T> {
        self.parts.get(&TypeId::of::<T>()).and_then(|part| part.downcast_ref())
    }

    pub fn now(&self) -> At {
        self.clock.now()
    }

    /// The absolute address of a path of ours.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.config.server.public_url)
    }

    /// Whether the public address is `https`: cookies are then `__Host-…; Secure`.
    pub fn is_https(&self) -> bool {
        self.config.server.public_url.starts_with("https://")
    }

    pub fn network(&self) -> NetworkFacts {
        let network = &self.config.network;
        NetworkFacts {
            name: network.name.clone(),
            short_name: network.short_name.clone(),
            tagline: network.tagline.clone(),
        }
    }

    /// What a mail's layout shows; `footer` says why the reader gets it.
    pub fn mail_facts(&self, footer: impl Into<String>) -> MailFacts {
        MailFacts {
            network: self.network(),
            public_url: self.config.server.public_url.clone(),
            contact: self.config.network.contact.clone(),
            footer: footer.into(),
            reworded: self.reworded.read().unwrap_or_else(PoisonError::into_inner).1.clone(),
        }
    }

    /// Takes up what coordinators made of the mails' words since, on whichever replica.
    ///
    /// Every write begins with it: a mail never goes in words that were replaced before its transaction began.
    pub fn renew_words(&self, conn: &mut Conn) -> Result<(), DbError> {
        let mark = fact(conn, words::MARK)?;
        if mark == self.reworded.read().unwrap_or_else(PoisonError::into_inner).0 {
            return Ok(());
        }
        let reworded = Arc::new(words::load(self, conn)?);
        *self.reworded.write().unwrap_or_else(PoisonError::into_inner) = (mark, reworded);
        Ok(())
    }

    /// Reads on a thread for blocking work.
    pub async fn read<T, E>(
        self: &Arc<Self>,
        f: impl FnOnce(&mut Conn) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let app = self.clone();
        join(tokio::task::spawn_blocking(move || app.db.read(f)).await)
    }

    /// Writes on a thread for blocking work, in one transaction.
    pub async fn write<T, E>(
        self: &Arc<Self>,
        f: impl FnOnce(&mut Conn, &Ctx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let app = self.clone();
        join(tokio::task::spawn_blocking(move || app.write_now(f)).await)
    }

    /// Writes on this thread (commands and ticks, which have one of their own).
    pub fn write_now<T, E: From<DbError>>(&self, f: impl FnOnce(&mut Conn, &Ctx<'_>) -> Result<T, E>) -> Result<T, E> {
        let ctx = Ctx {
            now: self.now(),
            app: self,
            touched_public: Cell::new(false),
            wrote_mail: Cell::new(false),
            left_work: Cell::new(false),
        };
        let done = self.db.write(|tx| {
            self.renew_words(tx)?;
            let value = f(tx, &ctx)?;
            if ctx.touched_public.get() {
                note_public_change(tx)?;
            }
            Ok::<T, E>(value)
        })?;
        if ctx.touched_public.get() {
            self.public_version.fetch_add(1, Ordering::SeqCst);
        }
        if ctx.wrote_mail.get() {
            self.outbox_bell.notify_one();
        }
        if ctx.left_work.get() {
            self.ticks_bell.notify_one();
        }
        Ok(done)
    }
}

fn join<T, E: From<DbError>>(outcome: Result<Result<T, E>, tokio::task::JoinError>) -> Result<T, E> {
    outcome.unwrap_or_else(|e| Err(DbError::Cut(e.to_string()).into()))
}

/// What an action is handed beside its transaction: one `now`, and the application.
pub struct Ctx<'a> {
    pub now: At,
    pub app: &'a App,
    touched_public: Cell<bool>,
    wrote_mail: Cell<bool>,
    left_work: Cell<bool>,
}

impl Ctx<'_> {
    /// Says that public pages, feeds or calendars have changed: caches are dropped once this commits.
    pub fn touch_public(&self) {
        self.touched_public.set(true);
    }

    /// Says that timed work did a part, and the next can be done at once: the ticks run again once this commits.
    pub fn leave_work(&self) {
        self.left_work.set(true);
    }

    pub(in crate::platform) fn wrote_mail(&self) {
        self.wrote_mail.set(true);
    }
}

const PUBLIC_VERSION: &str = "public version";

fn note_public_change(tx: &mut Conn) -> Result<(), DbError> {
    set_fact(tx, PUBLIC_VERSION, &uuid::Uuid::new_v4().to_string())
}

/// What other replicas and commands last changed of the public pages.
pub fn public_mark(conn: &mut Conn) -> Result<Option<String>, DbError> {
    fact(conn, PUBLIC_VERSION)
}

/// One of the few facts that have no table of their own.
pub fn fact(conn: &mut Conn, name: &str) -> Result<Option<String>, DbError> {
    Ok(facts::table.find(name).select(facts::value).first(conn).optional()?)
}

pub fn set_fact(tx: &mut Conn, name: &str, value: &str) -> Result<(), DbError> {
    crate::on_either!(tx, c => diesel::insert_into(facts::table)
        .values((facts::name.eq(name), facts::value.eq(value)))
        .on_conflict(facts::name)
        .do_update()
        .set(facts::value.eq(value))
        .execute(c))?;
    Ok(())
}
