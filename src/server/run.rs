//! Starting and stopping: bind, open, migrate, serve, and on a signal let what is under way finish.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App as Actix, HttpServer, web};
use tokio::sync::watch;

use super::{jobs, mailbox, routes};
use crate::members::Changed;
use crate::members::sign_in::Attempts;
use crate::platform::app::{App, fact, public_mark, set_fact};
use crate::platform::config::Config;
use crate::platform::db::{Db, DbError};
use crate::platform::inbound::mailbox as imap;
use crate::platform::mail::{delivery, transport};
use crate::platform::render::Renderer;
use crate::platform::secret::Keys;
use crate::web::cache::Cache;
use crate::web::gate::gate;
use crate::web::limit::Limiter;

/// Why the server did not start, in a sentence with what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

fn because(what: &str) -> impl Fn(&dyn std::fmt::Display) -> StartError {
    move |e| StartError(format!("{what}: {e}"))
}

/// An application that is ready, and where it listens.
pub struct Starting {
    pub app: Arc<App>,
    pub listener: TcpListener,
    pub target: transport::Target,
    pub mailbox: Option<imap::Place>,
}

/// Opens everything an application needs; commands use it without serving.
pub fn build_app(config: Config) -> Result<App, StartError> {
    let renderer = Renderer::load().map_err(|e| because("the templates cannot be used")(&e))?;
    build_app_with(config, Arc::new(renderer))
}

/// The same with templates compiled before (tests start many applications).
pub fn build_app_with(config: Config, renderer: Arc<Renderer>) -> Result<App, StartError> {
    std::fs::create_dir_all(&config.data.folder)
        .map_err(|e| because(&format!("data.folder {} cannot be made", config.data.folder.display()))(&e))?;
    let secrets = &config.secrets;
    let keys = Keys::load(&secrets.key_file, secrets.argon2_memory, secrets.argon2_passes)
        .map_err(|e| because("no key")(&e))?;
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
    let known = known.map_err(|e| because("database")(&e))?;
    if known.is_some_and(|known| known != fingerprint) {
        return Err(StartError(format!(
            "the key in {} is not the one this database was made with: put the right key there (it is the same on all replicas, and belongs to the backup)",
            secrets.key_file.display()
        )));
    }
    let app = App::new(config, db, renderer, Arc::new(keys))
        .with(Cache::default())
        .with(Limiter::default())
        .with(crate::join::Lookers::default())
        .with(Attempts::default())
        .with(imap::LastHealth::default())
        .with(routes::navigation())
        .with(Changed(routes::member_changed()));
    Ok(if app.config.is_demo {
        app.with(delivery::Captured::default())
    } else {
        app
    })
}

impl Starting {
    /// Binds first, so that a public address left empty is the one really bound.
    pub fn new(mut config: Config) -> Result<Starting, StartError> {
        let listener = TcpListener::bind(&config.server.listen)
            .map_err(|e| because(&format!("server.listen {} cannot be bound", config.server.listen))(&e))?;
        let bound = listener.local_addr().map_err(|e| because("server.listen")(&e))?;
        if config.server.public_url.is_empty() {
            config.server.public_url = format!("http://{bound}");
        }
        let target = transport::parse(&config.mail.url).map_err(|e| because("mail.url")(&e))?;
        let mailbox = imap::parse(&config.mailbox).map_err(|e| because("mailbox.url")(&e))?;
        Ok(Starting {
            mailbox,
            app: Arc::new(build_app(config)?),
            listener,
            target,
        })
    }
}

/// Serves until SIGTERM or SIGINT.
pub async fn run(starting: Starting) -> Result<(), StartError> {
    let Starting {
        app,
        listener,
        target,
        mailbox,
    } = starting;
    let (stop, stopped) = watch::channel(false);
    if app.db.is_sqlite() {
        // One server a SQLite file: what was being sent when the last one died is ours to send again.
        app.write_now(|tx, _| delivery::release_all(tx))
            .map_err(|e: DbError| because("outbox")(&e))?;
    }
    let sender = delivery::start(app.clone(), target, stopped.clone()).map_err(|e| because("mail")(&e))?;
    let sender = tokio::task::spawn_blocking(move || {
        if sender.join().is_err() {
            tracing::error!("delivery panicked");
        }
    });
    let ticking = tokio::spawn(jobs::run(app.clone(), stopped.clone()));
    let watching = tokio::spawn(watch_other_replicas(app.clone(), stopped.clone()));
    let reading = tokio::spawn({
        let app = app.clone();
        async move {
            if let Some(place) = mailbox {
                mailbox::run(app, place, stopped).await;
            }
        }
    });
    let data = web::Data::from(app.clone());
    let server = HttpServer::new(move || {
        Actix::new()
            .app_data(data.clone())
            .wrap(from_fn(gate))
            .configure(routes::configure)
    })
    .workers(2)
    .client_request_timeout(Duration::from_secs(5))
    .keep_alive(Duration::from_secs(30))
    .shutdown_timeout(20)
    .listen(listener)
    .map_err(|e| because("server.listen")(&e))?;
    tracing::info!(address = %app.config.server.public_url, "serving");
    server.run().await.map_err(|e| because("the web server stopped")(&e))?;
    tracing::info!("stopping: letting mail under way finish");
    stop.send_replace(true);
    for task in [sender, ticking, watching, reading] {
        if tokio::time::timeout(Duration::from_secs(30), task).await.is_err() {
            tracing::warn!("something did not stop within 30 seconds");
        }
    }
    Ok(())
}

/// Notices within a second what other processes changed of the public pages.
async fn watch_other_replicas(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut last: Option<String> = None;
    loop {
        match app.read(public_mark).await {
            Ok(mark) => {
                if last.is_some() && mark != last {
                    app.public_version.fetch_add(1, Ordering::SeqCst);
                }
                last = mark.or(Some(String::new()));
            }
            Err(e) => tracing::debug!("public changes cannot be watched now: {e}"),
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(Duration::from_millis(700)) => {}
        }
    }
}
