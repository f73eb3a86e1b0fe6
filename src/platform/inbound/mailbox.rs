//! The mailbox that is read for us (IMAP, RFC 9051 and its elder RFC 3501): connect, take what is new, wait, again.
//!
//! # Why
//! * A mail is marked or moved only after whoever takes it says that it is on disk. Killed in between, it is taken
//!   twice, and the second time is a no-op there.
//! * With a folder for what is done, everything that lies in the mailbox is new, even if somebody looked at it with
//!   their own mail program; without one, "unseen" is all that an IMAP server can tell us.
//! * A mail that the server cannot give, or that cannot be taken now, goes to the end of the line: the others flow.
//! * Whether or not the server tells of new mail (IDLE, RFC 2177), it is asked once in `poll_seconds`.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_imap::types::Fetch;
use futures_util::TryStreamExt as _;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::letter::CAP;
pub use super::place::{Place, parse};
use crate::platform::mail::transport::tls_settings;
use crate::platform::text::line::excerpt;

/// How long the server may take for one answer.
const ANSWER: Duration = Duration::from_secs(60);
/// The longest wait between two tries to connect.
const LONGEST_WAIT: Duration = Duration::from_secs(300);

/// Why the mailbox cannot be read now, in a sentence without secrets.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(String);

fn because<E: std::fmt::Display>(what: &'static str) -> impl Fn(E) -> Unreachable {
    move |e| Unreachable(format!("{what}: {}", excerpt(&e.to_string(), 200)))
}

/// Waits for one answer of the server.
async fn answer<T, E: std::fmt::Display>(
    what: &'static str,
    reply: impl Future<Output = Result<T, E>>,
) -> Result<T, Unreachable> {
    match timeout(ANSWER, reply).await {
        Ok(reply) => reply.map_err(because(what)),
        Err(_) => Err(Unreachable(format!("{what}: no answer in time"))),
    }
}

trait Stream: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send + std::fmt::Debug> Stream for T {}

type Session = async_imap::Session<Box<dyn Stream>>;

/// An open mailbox.
pub struct Mailbox {
    session: Session,
    place: Place,
    has_idle: bool,
    has_move: bool,
    has_uidplus: bool,
    validity: Option<u32>,
}

impl Mailbox {
    /// Connects, logs in and opens the folder; makes the folder for what is done where it is missing.
    pub async fn open(place: &Place) -> Result<Mailbox, Unreachable> {
        let stream = answer("no connection", connect(place)).await?;
        let mut client = async_imap::Client::new(stream);
        answer("no greeting", client.read_response()).await?;
        let login = client.login(&place.user, &place.password);
        let mut session = answer("the login was refused", async { login.await.map_err(|(e, _)| e) }).await?;
        let known = answer("CAPABILITY", session.capabilities()).await?;
        let [has_idle, has_move, has_uidplus] = ["IDLE", "MOVE", "UIDPLUS"].map(|name| known.has_str(name));
        if let Some(done) = &place.done_folder {
            // Most often it exists: then the server says NO, and moving will tell if it is anything else.
            let _ = timeout(ANSWER, session.create(done)).await;
        }
        let opened = answer("the folder cannot be opened", session.select(&place.folder)).await?;
        Ok(Mailbox {
            session,
            place: place.clone(),
            has_idle,
            has_move,
            has_uidplus,
            validity: opened.uid_validity,
        })
    }

    /// What is new, in the order of its coming.
    async fn new_mails(&mut self) -> Result<Vec<u32>, Unreachable> {
        let which = if self.place.done_folder.is_some() {
            "UNDELETED"
        } else {
            "UNSEEN UNDELETED"
        };
        let found: HashSet<u32> = answer("SEARCH", self.session.uid_search(which)).await?;
        let mut found: Vec<u32> = found.into_iter().collect();
        found.sort_unstable();
        Ok(found)
    }

    /// The mail's first bytes, more than are ever read; `None` if it is gone.
    async fn fetch(&mut self, uid: u32) -> Result<Option<Vec<u8>>, Unreachable> {
        let query = format!("(UID BODY.PEEK[]<0.{}>)", 2 * CAP);
        let fetched = answer("FETCH", async {
            let stream = self.session.uid_fetch(uid.to_string(), &query).await?;
            stream.try_collect::<Vec<Fetch>>().await
        });
        let fetched = fetched.await?;
        // An untagged FETCH of another mail may come between.
        let own = fetched.iter().filter(|fetch| fetch.uid == Some(uid));
        Ok(own.filter_map(Fetch::body).map(<[u8]>::to_vec).next())
    }

    /// Puts a mail out of the way that is on disk.
    async fn done(&mut self, uid: u32) -> Result<(), Unreachable> {
        let uid = uid.to_string();
        let Some(done) = self.place.done_folder.clone() else {
            return self.mark(&uid, "\\Seen").await;
        };
        if self.has_move {
            return answer("MOVE", self.session.uid_mv(&uid, &done)).await;
        }
        answer("COPY", self.session.uid_copy(&uid, &done)).await?;
        self.mark(&uid, "\\Seen \\Deleted").await?;
        if self.has_uidplus {
            let expunged = answer("EXPUNGE", async {
                self.session.uid_expunge(&uid).await?.try_collect::<Vec<_>>().await
            });
            expunged.await?;
        }
        Ok(())
    }

    async fn mark(&mut self, uid: &str, flags: &str) -> Result<(), Unreachable> {
        let query = format!("+FLAGS.SILENT ({flags})");
        let marked = answer("STORE", async {
            self.session
                .uid_store(uid, &query)
                .await?
                .try_collect::<Vec<Fetch>>()
                .await
        });
        marked.await.map(|_| ())
    }

    /// Waits until the server tells of something, or it is time to ask.
    async fn wait(mut self) -> Result<Mailbox, Unreachable> {
        if !self.has_idle {
            tokio::time::sleep(self.place.poll).await;
            answer("NOOP", self.session.noop()).await?;
            return Ok(self);
        }
        let mut idle = self.session.idle();
        answer("IDLE", idle.init()).await?;
        let (news, _interrupt) = idle.wait_with_timeout(self.place.poll);
        news.await.map_err(because("IDLE"))?;
        self.session = answer("DONE", idle.done()).await?;
        Ok(self)
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        let _ = timeout(Duration::from_secs(2), self.session.logout()).await;
    }
}

async fn connect(place: &Place) -> Result<Box<dyn Stream>, String> {
    let tcp = TcpStream::connect((place.host.as_str(), place.port))
        .await
        .map_err(|e| e.to_string())?;
    tcp.set_nodelay(true).map_err(|e| e.to_string())?;
    if !place.is_tls {
        return Ok(Box::new(tcp));
    }
    let name = ServerName::try_from(place.host.clone()).map_err(|e| e.to_string())?;
    let tls = tokio_rustls::TlsConnector::from(Arc::new(tls_settings(place.ca.as_deref())?));
    let stream = tls.connect(name, tcp).await.map_err(|e| format!("TLS: {e}"))?;
    Ok(Box::new(stream))
}

/// How reading goes, for whoever asks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Health {
    /// Not yet connected.
    #[default]
    Unknown,
    Reading,
    Trouble(String),
}

/// The last word on how reading goes, kept with the application.
#[derive(Default)]
pub struct LastHealth(Mutex<Health>);

impl LastHealth {
    pub fn get(&self) -> Health {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub fn set(&self, health: Health) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = health;
    }
}

/// What could not be fetched or taken before, by UID: how often.
#[derive(Default)]
struct Troubles {
    validity: Option<u32>,
    count: HashMap<u32, u32>,
}

/// Takes everything that is new: how many mails were, and the first trouble with one that was not.
async fn round<F>(
    mailbox: &mut Mailbox,
    troubles: &mut Troubles,
    take: &mut impl FnMut(Vec<u8>) -> F,
    stop: &watch::Receiver<bool>,
) -> Result<(usize, Option<String>), Unreachable>
where
    F: Future<Output = Result<(), String>>,
{
    if troubles.validity != mailbox.validity {
        *troubles = Troubles {
            validity: mailbox.validity,
            ..Troubles::default()
        };
    }
    let mut uids = mailbox.new_mails().await?;
    troubles.count.retain(|uid, _| uids.contains(uid));
    uids.sort_by_key(|uid| (troubles.count.get(uid).copied().unwrap_or_default(), *uid));
    let (mut taken, mut trouble) = (0, None);
    for uid in uids {
        if *stop.borrow() {
            break;
        }
        // Counted before it is tried: should the connection break over it, it comes last next time.
        let tries = troubles.count.entry(uid).or_default();
        *tries += 1;
        let why = match mailbox.fetch(uid).await? {
            Some(bytes) => match take(bytes).await {
                Ok(()) => {
                    mailbox.done(uid).await?;
                    troubles.count.remove(&uid);
                    taken += 1;
                    continue;
                }
                Err(why) => format!("a mail is not taken in and stays in the mailbox: {why}"),
            },
            // Somebody else took it between the look and the fetch; or the server will not give it.
            None if *tries < 3 => continue,
            None => "the server lists a mail and does not give it".to_owned(),
        };
        tracing::warn!(uid, "{why}");
        trouble.get_or_insert(why);
    }
    Ok((taken, trouble))
}

/// Reads the mailbox until `stop` turns true. `take` answers once a mail is on disk, or why it is not.
pub async fn run<F>(
    place: Place,
    mut take: impl FnMut(Vec<u8>) -> F,
    health: impl Fn(Health),
    mut stop: watch::Receiver<bool>,
) where
    F: Future<Output = Result<(), String>>,
{
    let mut troubles = Troubles::default();
    let mut failures = 0_u32;
    while !*stop.borrow() {
        let why = match read_on(&place, &mut troubles, &mut take, &health, &mut stop, &mut failures).await {
            Ok(()) => return,
            Err(why) => why,
        };
        failures += 1;
        let wait = waits(failures);
        tracing::warn!(mailbox = %place, "the mailbox cannot be read, next try in {} s: {why}", wait.as_secs());
        health(Health::Trouble(why.to_string()));
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(wait) => {}
        }
    }
}

/// One connection, for as long as it holds; `Ok` when it is time to stop.
async fn read_on<F>(
    place: &Place,
    troubles: &mut Troubles,
    take: &mut impl FnMut(Vec<u8>) -> F,
    health: &impl Fn(Health),
    stop: &mut watch::Receiver<bool>,
    failures: &mut u32,
) -> Result<(), Unreachable>
where
    F: Future<Output = Result<(), String>>,
{
    let opened = tokio::select! {
        _ = stop.changed() => return Ok(()),
        opened = Mailbox::open(place) => opened,
    };
    let mut mailbox = opened?;
    loop {
        let (taken, trouble) = round(&mut mailbox, troubles, take, stop).await?;
        *failures = 0;
        health(trouble.map_or(Health::Reading, Health::Trouble));
        if *stop.borrow() {
            mailbox.close().await;
            return Ok(());
        }
        if taken > 0 {
            // What came meanwhile.
            continue;
        }
        mailbox = tokio::select! {
            _ = stop.changed() => return Ok(()),
            waited = mailbox.wait() => waited?,
        };
    }
}

/// 1, 2, 4 … seconds, five minutes at most, with some chance in it so that replicas do not come together.
fn waits(failures: u32) -> Duration {
    let seconds = Duration::from_secs(1 << failures.clamp(1, 10).saturating_sub(1)).min(LONGEST_WAIT);
    seconds.mul_f64(0.75 + 0.5 * rand::random::<f64>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_five_minutes() {
        let bounds = |n, low: f64, high: f64| {
            let wait = waits(n).as_secs_f64();
            assert!(wait >= low && wait <= high, "{n}: {wait}");
        };
        bounds(1, 0.75, 1.25);
        bounds(3, 3.0, 5.0);
        bounds(9, 192.0, 375.0);
        bounds(40, 225.0, 375.0);
    }
}
