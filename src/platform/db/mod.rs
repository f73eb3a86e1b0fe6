//! The database: one connection type over SQLite and PostgreSQL, two doors (read and write), the migrations.
//!
//! # Why
//! * `MultiConnection` lets nearly every query be written once; what it cannot express
//!   (`on_conflict`, inserting many rows at once) goes through [`on_either!`](crate::on_either), one body compiled for both.
//! * Every write on SQLite begins with `BEGIN IMMEDIATE`: a deferred transaction that turns into a writer
//!   half-way fails at once under load, whatever the busy timeout says. Writers of one process also queue
//!   on a mutex, which is fairer and quicker than SQLite's own polling.
//! * The URL decides the database here, not in the derived `establish()`, which would make an empty SQLite
//!   file out of a mistyped address.

pub mod schema;
mod types;

use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use diesel::connection::{AnsiTransactionManager, SimpleConnection, TransactionManager};
use diesel::prelude::*;
use diesel::r2d2::{ManageConnection, Pool, PooledConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::platform::text::url;

/// What the house looks like in SQL; run at start.
pub const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// A connection to whichever database is configured.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// `on_either!(conn, c => query.execute(c))`: the same expression compiled for each concrete connection.
#[macro_export]
macro_rules! on_either {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::platform::db::Conn::Sqlite($c) => $body,
            $crate::platform::db::Conn::Postgres($c) => $body,
        }
    };
}

/// Why the database did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("the database refused: {0}")]
    Query(#[from] diesel::result::Error),
    #[error("no database connection: {0}")]
    Pool(String),
    #[error("the work was cut short: {0}")]
    Cut(String),
}

/// Why the database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Holds the scheme at most: the rest may be a password.
    #[error("it begins with {0}, and neither with sqlite:// nor with postgres://")]
    Scheme(String),
    #[error(
        "it is no address that can be read beyond doubt: write postgres://user:password@host/name, and \
         percent-encode what is special in the password"
    )]
    Malformed,
    #[error("it asks for TLS, and this binary was built without it: build with --features pg-tls")]
    NoTls,
    #[error("the database cannot be opened: {0}")]
    Connect(String),
    #[error("the database's tables cannot be brought up to date: {0}")]
    Migrate(String),
}

impl From<DbError> for OpenError {
    fn from(e: DbError) -> Self {
        OpenError::Migrate(e.to_string())
    }
}

#[derive(Clone, Debug)]
enum Place {
    Sqlite(String),
    Postgres(String),
}

diesel::define_sql_function! {
    /// Lower case of every alphabet, on SQLite too, whose own knows ASCII only; both sides of a comparison go through it.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// Opens connections for the pool.
#[derive(Debug)]
pub struct Manager(Place);

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<Conn, Self::Error> {
        let opened = match &self.0 {
            Place::Sqlite(path) => SqliteConnection::establish(path).map(Conn::Sqlite),
            Place::Postgres(url) => PgConnection::establish(url).map(Conn::Postgres),
        };
        let mut conn = opened.map_err(diesel::r2d2::Error::ConnectionError)?;
        if let Conn::Sqlite(c) = &mut conn {
            lower_utils::register_impl(c, |text: String| text.to_lowercase())
                .map_err(diesel::r2d2::Error::QueryError)?;
        }
        let settings = match &self.0 {
            Place::Sqlite(_) => {
                "PRAGMA busy_timeout = 10000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                 PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;"
            }
            Place::Postgres(_) => "SET TIME ZONE 'UTC'; SET client_min_messages = warning;",
        };
        // Two that turn a new file to WAL at once would wait for each other, so SQLite says "locked" at once.
        let mut tries = 0;
        while let Err(e) = conn.batch_execute(settings) {
            tries += 1;
            if tries > 50 || !e.to_string().contains("locked") {
                return Err(diesel::r2d2::Error::QueryError(e));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(conn)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), Self::Error> {
        conn.batch_execute("SELECT 1").map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        std::thread::panicking() || on_either!(conn, c => is_in_transaction(c)).unwrap_or(true)
    }
}

/// The pool of connections, and the queue of SQLite's writers.
pub struct Db {
    pool: Pool<Manager>,
    writers: Mutex<()>,
    is_sqlite: bool,
}

impl Db {
    /// Opens `sqlite://PATH` or `postgres://…`; says what is wrong with any other address.
    pub fn open(url: &str) -> Result<Db, OpenError> {
        let place = if let Some(path) = url.strip_prefix("sqlite://") {
            Place::Sqlite(path.to_owned())
        } else if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let wants_tls = ["sslmode=require", "sslmode=verify"].iter().any(|s| url.contains(s));
            if wants_tls && !cfg!(feature = "pg-tls") {
                return Err(OpenError::NoTls);
            }
            // libpq repeats parts of what it cannot read, and such a part may be a password (TRUST S60).
            if !url::is_sound(url) {
                return Err(OpenError::Malformed);
            }
            Place::Postgres(url.to_owned())
        } else {
            let scheme = url::scheme(url).map(|scheme| format!("{scheme}://"));
            return Err(OpenError::Scheme(scheme.unwrap_or_else(|| "no scheme".into())));
        };
        if let Some(path) = sqlite_file(url) {
            keep_private(path).map_err(|e| OpenError::Connect(format!("{}: {e}", path.display())))?;
        }
        let is_sqlite = matches!(place, Place::Sqlite(_));
        let manager = Manager(place);
        drop(manager.connect().map_err(|e| OpenError::Connect(e.to_string()))?);
        let pool = Pool::builder()
            .max_size(if is_sqlite { 6 } else { 10 })
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(2))
            .test_on_check_out(!is_sqlite)
            .build(manager)
            .map_err(|e| OpenError::Connect(e.to_string()))?;
        Ok(Db {
            pool,
            writers: Mutex::new(()),
            is_sqlite,
        })
    }

    pub fn is_sqlite(&self) -> bool {
        self.is_sqlite
    }

    /// Brings the tables up to date: all the way, or not at all.
    ///
    /// Replicas start together: one does it, the others wait their turn and find it done.
    pub fn migrate(&self) -> Result<(), OpenError> {
        self.write(|tx| {
            take_turn(tx, "migrations")?;
            let done = tx.run_pending_migrations(MIGRATIONS).map(|_| ());
            done.map_err(|e| OpenError::Migrate(e.to_string()))
        })
    }

    /// How many migrations wait; changes nothing.
    pub fn pending_migrations(&self) -> Result<usize, OpenError> {
        // Looking makes diesel's own table where it is missing: what is looked for goes out by the error's door.
        let looked = self.write(|tx| match tx.pending_migrations(MIGRATIONS) {
            Ok(pending) => Err::<(), Looked>(Looked::Pending(pending.len())),
            Err(e) => Err(Looked::Failed(e.to_string())),
        });
        match looked {
            Ok(()) => Ok(0),
            Err(Looked::Pending(count)) => Ok(count),
            Err(Looked::Failed(why)) => Err(OpenError::Migrate(why)),
        }
    }

    /// One connection from the pool (blocks up to two seconds).
    pub fn conn(&self) -> Result<PooledConnection<Manager>, DbError> {
        self.pool.get().map_err(|e| DbError::Pool(e.to_string()))
    }

    /// Reads within one snapshot: what two queries of `f` say belongs together. Blocks the thread.
    pub fn read<T, E: From<DbError>>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        let begin = match self.is_sqlite {
            true => "BEGIN DEFERRED",
            false => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        };
        within(&mut *self.conn()?, begin, f)
    }

    /// Writes in one transaction: all of `f`, or nothing if it fails. Blocks the thread.
    pub fn write<T, E: From<DbError>>(&self, f: impl FnOnce(&mut Conn) -> Result<T, E>) -> Result<T, E> {
        // A poisoned queue is still a queue: the panic took its own connection with it.
        let _turn = self
            .is_sqlite
            .then(|| self.writers.lock().unwrap_or_else(PoisonError::into_inner));
        let begin = if self.is_sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" };
        within(&mut *self.conn()?, begin, f)
    }
}

/// Runs `f` in the transaction that `begin` opens, and ends it as `f` ends.
fn within<T, E: From<DbError>>(
    conn: &mut Conn,
    begin: &str,
    f: impl FnOnce(&mut Conn) -> Result<T, E>,
) -> Result<T, E> {
    on_either!(conn, c => AnsiTransactionManager::begin_transaction_sql(c, begin)).map_err(DbError::from)?;
    match f(conn) {
        Ok(value) => {
            if let Err(e) = on_either!(conn, c => AnsiTransactionManager::commit_transaction(c)) {
                roll_back(conn);
                return Err(DbError::from(e).into());
            }
            Ok(value)
        }
        Err(e) => {
            roll_back(conn);
            Err(e)
        }
    }
}

/// What a look at the migrations found.
enum Looked {
    Pending(usize),
    Failed(String),
}

impl From<DbError> for Looked {
    fn from(e: DbError) -> Looked {
        Looked::Failed(e.to_string())
    }
}

/// The file of a `sqlite://PATH`.
pub fn sqlite_file(url: &str) -> Option<&Path> {
    let path = url.strip_prefix("sqlite://")?;
    (path != ":memory:" && !path.starts_with("file:")).then(|| Path::new(path))
}

/// Makes the database's file readable and writable for its owner alone, whatever the umask; SQLite gives the files
/// it puts beside it the same mode.
fn keep_private(path: &Path) -> std::io::Result<()> {
    std::fs::OpenOptions::new().append(true).create(true).open(path)?;
    #[cfg(unix)]
    for suffix in ["", "-wal", "-shm"] {
        use std::os::unix::fs::PermissionsExt;
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::metadata(&file) {
            Ok(known) if known.permissions().mode() & 0o077 != 0 => {
                std::fs::set_permissions(&file, PermissionsExt::from_mode(0o600))?;
            }
            Ok(_) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(e),
        }
    }
    Ok(())
}

/// Waits until no other transaction that takes this turn is open, and keeps it until this one ends.
///
/// SQLite has one writer at a time anyway; on PostgreSQL two changes that each read what the other is about to
/// write would otherwise both go by what was.
pub fn take_turn(tx: &mut Conn, whose: &str) -> Result<(), DbError> {
    if let Conn::Postgres(c) = tx {
        diesel::sql_query("SELECT pg_advisory_xact_lock(hashtext($1))")
            .bind::<diesel::sql_types::Text, _>(whose)
            .execute(c)?;
    }
    Ok(())
}

fn roll_back(conn: &mut Conn) {
    if let Err(e) = on_either!(conn, c => AnsiTransactionManager::rollback_transaction(c)) {
        // The pool throws a connection away that is still inside a transaction.
        tracing::warn!(error = %e, "a transaction could not be rolled back");
    }
}

fn is_in_transaction<C>(conn: &mut C) -> QueryResult<bool>
where
    C: Connection<TransactionManager = AnsiTransactionManager>,
{
    Ok(AnsiTransactionManager::transaction_manager_status_mut(conn)
        .transaction_depth()?
        .is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_cannot_be_opened_is_not_repeated() {
        for url in [
            "mysql://user:se-cret@host/name",
            "postgres:user:se-cret@host/name",
            "user:se-cret@host",
            "postgres://user:12/se-cret@host/name",
            "postgres://user:a@se-cret@host/name",
            "postgres://user:%zzse-cret@host/name",
            "postgres://host:se-cret/name",
        ] {
            let said = Db::open(url).err().map(|e| format!("{e} {e:?}")).unwrap_or_default();
            assert!(!said.is_empty() && !said.contains("se-cret"), "{url}: {said}");
        }
    }
}
