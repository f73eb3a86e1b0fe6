//! Opening what an application needs: the data folder, the key, the database, the templates.
//!
//! # Why
//! * Only commands that are there to begin a network may make one. Asked of an empty folder, `export` and `doctor`
//!   say that nothing is there: a mistyped `data.folder` must not look like a network without members.
//! * One server a SQLite file: what the last one was sending is sent again at start, and two would each send it. The
//!   lock is on a file beside the database; the system lets go of it however the server ends. Commands need no lock.

use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

use super::routes;
use super::run::{StartError, because};
use crate::members::Changed;
use crate::members::sign_in::Attempts;
use crate::members::unsubscribe::Heard;
use crate::platform::app::{App, fact, set_fact};
use crate::platform::config::Config;
use crate::platform::db::{Db, DbError, sqlite_file};
use crate::platform::inbound::mailbox as imap;
use crate::platform::mail::outbox::AskedBeforeSending;
use crate::platform::mail::{delivery, dkim};
use crate::platform::render::Renderer;
use crate::platform::secret::Keys;
use crate::web::cache::Cache;
use crate::web::counts::Counts;
use crate::web::limit::{Bodies, Limiter};

/// Opens everything an application needs, and makes what is missing; commands use it without serving.
pub fn build_app(config: Config) -> Result<App, StartError> {
    build_app_with(config, templates()?)
}

/// The same with templates compiled before (tests start many applications).
pub fn build_app_with(config: Config, renderer: Arc<Renderer>) -> Result<App, StartError> {
    make_folder(&config.data.folder)?;
    let keys = keys(&config)?;
    let signers = dkim::Signers::load(&config.mail).map_err(|e| because("mail.dkim_selectors")(&e))?;
    let db = Db::open(&config.database.url).map_err(|e| because("database.url")(&e))?;
    db.migrate().map_err(|e| because("database")(&e))?;
    let fingerprint = keys.fingerprint();
    let known = db.write(|tx| -> Result<Option<String>, DbError> {
        let known = fact(tx, "key fingerprint")?;
        if known.is_none() {
            set_fact(tx, "key fingerprint", &fingerprint)?;
        }
        Ok(known)
    });
    compare(&config, &fingerprint, known)?;
    Ok(assemble(config, renderer, keys, db).with(signers))
}

/// Opens a network that is there already; makes nothing, and brings no tables up to date.
pub fn open_app(config: Config) -> Result<App, StartError> {
    for file in sqlite_file(&config.database.url)
        .into_iter()
        .chain([config.secrets.key_file.as_path()])
    {
        if !file.exists() {
            return Err(StartError(format!(
                "there is no network here: {} is missing; is data.folder right?",
                file.display()
            )));
        }
    }
    let keys = keys(&config)?;
    let db = Db::open(&config.database.url).map_err(|e| because("database.url")(&e))?;
    let pending = db.pending_migrations().map_err(|e| because("database")(&e))?;
    if pending > 0 {
        return Err(StartError(format!(
            "the tables are not up to date ({pending} migrations wait): `oxsop serve` brings them up to date"
        )));
    }
    let known = db.read(|conn| -> Result<_, DbError> { fact(conn, "key fingerprint") });
    compare(&config, &keys.fingerprint(), known)?;
    Ok(assemble(config, templates()?, keys, db))
}

fn templates() -> Result<Arc<Renderer>, StartError> {
    let renderer = Renderer::load().map_err(|e| because("the templates cannot be used")(&e))?;
    Ok(Arc::new(renderer))
}

fn keys(config: &Config) -> Result<Keys, StartError> {
    let secrets = &config.secrets;
    Keys::load(&secrets.key_file, secrets.argon2_memory, secrets.argon2_passes).map_err(|e| because("no key")(&e))
}

fn compare(config: &Config, fingerprint: &str, known: Result<Option<String>, DbError>) -> Result<(), StartError> {
    match known.map_err(|e| because("database")(&e))? {
        Some(known) if known != fingerprint => Err(StartError(format!(
            "the key in {} is not the one this database was made with: put the right key there (it is the same on all replicas, and belongs to the backup)",
            config.secrets.key_file.display()
        ))),
        _ => Ok(()),
    }
}

fn assemble(config: Config, renderer: Arc<Renderer>, keys: Keys, db: Db) -> App {
    let catalogue = super::mails::catalogue(&config.network.short_name);
    let app = App::new(config, db, renderer, Arc::new(keys))
        .with(Cache::default())
        .with(Limiter::default())
        .with(Bodies::default())
        .with(crate::web::upload::Uploads::default())
        .with(crate::meetings::materials::Decoding::default())
        .with(super::talks::logbook())
        .with(Counts::default())
        .with(crate::join::Lookers::default())
        .with(Attempts::default())
        .with(imap::LastHealth::default())
        .with(catalogue)
        .with(routes::navigation())
        .with(Changed(routes::member_changed()))
        .with(Heard(routes::choice_made()))
        .with(AskedBeforeSending(routes::asked_before_sending()));
    if app.config.is_demo {
        app.with(delivery::Captured::default())
    } else {
        app
    }
}

/// Makes the data folder where it is missing, for nobody else to look into, whatever the umask.
pub(super) fn make_folder(folder: &Path) -> Result<(), StartError> {
    if folder.is_dir() {
        return Ok(());
    }
    let made = std::fs::create_dir_all(folder);
    #[cfg(unix)]
    let made = made.and_then(|()| {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(folder, mode)
    });
    made.map_err(|e| because(&format!("data.folder {} cannot be made", folder.display()))(&e))
}

/// Makes sure that no other server works on this SQLite file, for as long as the answer is kept.
pub(super) fn lock(config: &Config) -> Result<Option<File>, StartError> {
    let Some(database) = sqlite_file(&config.database.url) else {
        return Ok(None);
    };
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let path = Path::new(&path);
    let failed = |e: std::io::Error| because(&format!("the lock {} cannot be used", path.display()))(&e);
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(StartError(format!(
            "another server is already working on {}: stop it first (several servers need PostgreSQL)",
            database.display()
        ))),
        Err(TryLockError::Error(e)) => Err(failed(e)),
    }
}
