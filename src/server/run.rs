//! Starting and stopping: bind, lock, open, serve, and on a signal let what is under way finish.
//!
//! Everything is told to stop in the same moment and shares one deadline, so that a slow mail server does not keep
//! the process longer than a slow reader would. What is cut short is done again after the next start.

use std::fs::File;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use actix_web::middleware::from_fn;
use actix_web::{App as Actix, HttpServer, web};
use tokio::sync::{oneshot, watch};

use super::open::{build_app, lock, make_folder};
use super::stop::Signals;
use super::{jobs, mailbox, routes};
use crate::platform::app::{App, public_mark};
use crate::platform::config::Config;
use crate::platform::db::DbError;
use crate::platform::inbound::mailbox as imap;
use crate::platform::mail::{delivery, transport};
use crate::web::gate::gate;

/// How long after the signal the server may live: those who stop it (systemd, Docker, Kubernetes) are told 30 seconds.
const STOPS_WITHIN: Duration = Duration::from_secs(28);

/// Connections at once, for each of two workers: together with the database's they stay below the 1024 open files that
/// a process may have unless told otherwise.
const CONNECTIONS: usize = 400;

/// Why the server did not start, in a sentence with what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StartError(pub String);

pub(super) fn because(what: &str) -> impl Fn(&dyn std::fmt::Display) -> StartError {
    move |e| StartError(format!("{what}: {e}"))
}

/// An application that is ready, and where it listens.
pub struct Starting {
    pub app: Arc<App>,
    pub listener: TcpListener,
    pub target: transport::Target,
    pub mailbox: Option<imap::Place>,
    /// Kept until the end: no second server works on the same SQLite file.
    pub lock: Option<File>,
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
        make_folder(&config.data.folder)?;
        let lock = lock(&config)?;
        Ok(Starting {
            lock,
            mailbox,
            app: Arc::new(build_app(config)?),
            listener,
            target,
        })
    }
}

/// Serves until it is told to stop; `on_ready` runs once addresses answer and signals are heard.
pub fn serve(starting: Starting, on_ready: impl FnOnce()) -> Result<(), StartError> {
    let system = actix_web::rt::System::new();
    let ended = system.block_on(serve_until_stopped(starting, on_ready));
    if !matches!(ended, Ok(Ended::Whole)) {
        // Dropped, it would wait for work that blocks, however long that takes.
        std::mem::forget(system);
    }
    ended.map(|_| ())
}

/// The same inside a runtime that is there already.
pub async fn run(starting: Starting) -> Result<(), StartError> {
    serve_until_stopped(starting, || ()).await.map(|_| ())
}

/// How the server came to its end.
enum Ended {
    /// Everything finished what it was doing.
    Whole,
    /// Something was cut short.
    Late,
}

async fn serve_until_stopped(starting: Starting, on_ready: impl FnOnce()) -> Result<Ended, StartError> {
    let Starting {
        app,
        listener,
        target,
        mailbox,
        lock: _lock,
    } = starting;
    let mut signals = Signals::listen(app.config.is_demo).map_err(|e| because("signals")(&e))?;
    let (stop, stopped) = watch::channel(false);
    if app.db.is_sqlite() {
        // One server a SQLite file: what was being sent when the last one died is ours to send again.
        app.write_now(|tx, _| delivery::release_all(tx))
            .map_err(|e: DbError| because("outbox")(&e))?;
    }
    let sender = delivery::start(app.clone(), target, stopped.clone()).map_err(|e| because("mail")(&e))?;
    let sender = joined(sender)?;
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
    .max_connections(CONNECTIONS)
    .client_request_timeout(Duration::from_secs(5))
    .keep_alive(Duration::from_secs(30))
    .disable_signals()
    .shutdown_timeout(STOPS_WITHIN.as_secs())
    .listen(listener)
    .map_err(|e| because("server.listen")(&e))?
    .run();
    let handle = server.handle();
    let mut serving = actix_web::rt::spawn(server);
    tracing::info!(address = %app.config.server.public_url, "serving");
    on_ready();
    let signal = tokio::select! {
        ended = &mut serving => {
            let why = ended.map_or_else(|e| e.to_string(), |ended| ended.err().map_or("no reason given".into(), |e| e.to_string()));
            return Err(StartError(format!("the web server stopped: {why}")));
        }
        signal = signals.next() => signal,
    };
    let deadline = tokio::time::Instant::now() + STOPS_WITHIN;
    tracing::info!(signal, "stopping: letting what is under way finish");
    stop.send_replace(true);
    let all_stopped = async {
        let (_, served, sent, ticked, watched, read) =
            tokio::join!(handle.stop(true), serving, sender, ticking, watching, reading);
        let served = served.map(|ended| ended.map_err(|e| e.to_string()));
        for fault in [
            served.map_or_else(|e| Some(e.to_string()), |ended| ended.err()),
            sent.err().map(|e| e.to_string()),
            ticked.err().map(|e| e.to_string()),
            watched.err().map(|e| e.to_string()),
            read.err().map(|e| e.to_string()),
        ]
        .into_iter()
        .flatten()
        {
            tracing::error!("something ended badly: {fault}");
        }
    };
    tokio::select! {
        () = all_stopped => Ok(Ended::Whole),
        () = tokio::time::sleep_until(deadline) => {
            tracing::warn!("not everything finished in {} seconds; it is cut short", STOPS_WITHIN.as_secs());
            Ok(Ended::Late)
        }
        signal = signals.next() => Err(StartError(format!("stopped at once, at a second signal ({signal})"))),
    }
}

/// Resolves once the thread has ended. Waited for on a thread of its own, not of the runtime, which would wait
/// for it at its own end.
fn joined(thread: std::thread::JoinHandle<()>) -> Result<oneshot::Receiver<()>, StartError> {
    let (tell, told) = oneshot::channel();
    std::thread::Builder::new()
        .name("mail's end".into())
        .spawn(move || {
            if thread.join().is_err() {
                tracing::error!("delivery panicked");
            }
            // Nobody listens any more after the deadline.
            let _ = tell.send(());
        })
        .map_err(|e| because("mail")(&e))?;
    Ok(told)
}

/// Notices within a second what other processes changed of the public pages, and of the words of mails.
async fn watch_other_replicas(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    let mut last: Option<String> = None;
    loop {
        let looking = app.clone();
        let looked = app.read(move |conn| {
            looking.renew_words(conn)?;
            public_mark(conn)
        });
        match looked.await {
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
