//! A small SMTP server for tests: keeps what it is given, and fails on purpose.
//!
//! It runs on a thread and runtime of its own, so that tests with and without a runtime, and tests
//! that kill a child process, can all use it.
#![allow(dead_code, reason = "each test uses what it needs")]

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// One mail as it came over the wire, dots undone, up to and without the final dot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) bytes: Vec<u8>,
    /// When MAIL was said.
    pub(crate) begun: Instant,
    /// False where the server fell silent after the dot ([`Failure::DropAfterDot`]).
    pub(crate) answered: bool,
}

/// One thing that goes wrong, once, at its own step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    /// Closes the connection before the banner.
    Refuse,
    /// Greets with this code and closes.
    Banner(u16),
    Mail(u16),
    Rcpt(u16),
    Data(u16),
    /// Takes the mail and answers with this code; it is not kept.
    AfterDot(u16),
    /// Closes after the first line of the mail.
    DropMidData,
    /// Keeps the mail and closes without a word.
    DropAfterDot,
    /// Takes the mail, waits, then accepts it.
    Slow(Duration),
    /// Accepts the mail and closes the connection, as servers do that take so many mails each.
    CloseAfter,
    /// Answers RCPT with these words.
    Says(&'static str),
    /// Takes the mail and refuses it with the first line of it that holds these words.
    Quotes(&'static str),
    /// Answers MAIL without an end.
    Endless,
    /// Offers STARTTLS, agrees to it, and closes in the middle of the handshake.
    TlsCut,
}

#[derive(Default)]
struct State {
    received: Vec<Received>,
    failures: VecDeque<Failure>,
    /// What is planned for mails to one recipient.
    failures_of: HashMap<String, VecDeque<Failure>>,
    connections: usize,
    starttls: bool,
}

/// The server; it stops when dropped.
pub(crate) struct SmtpSink {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    stop: Option<tokio::sync::oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl SmtpSink {
    /// Listens on a free port of 127.0.0.1.
    pub(crate) async fn start() -> SmtpSink {
        SmtpSink::start_blocking()
    }

    /// The same, for tests without a runtime.
    pub(crate) fn start_blocking() -> SmtpSink {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.set_nonblocking(true).expect("a listener without waiting");
        let address = listener.local_addr().expect("an address");
        let state = Arc::new(Mutex::new(State::default()));
        let (stop, stopped) = tokio::sync::oneshot::channel();
        let shared = Arc::clone(&state);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                tokio::select! {
                    () = serve(listener, shared) => {}
                    _ = stopped => {}
                }
            });
        });
        SmtpSink {
            address,
            state,
            stop: Some(stop),
            thread: Some(thread),
        }
    }

    /// `smtp://127.0.0.1:PORT`, as `mail.url` wants it.
    pub(crate) fn url(&self) -> String {
        format!("smtp://{}", self.address)
    }

    /// Every mail kept so far, in the order of arrival.
    pub(crate) fn received(&self) -> Vec<Received> {
        lock(&self.state).received.clone()
    }

    /// How many mails were kept so far.
    pub(crate) fn count(&self) -> usize {
        lock(&self.state).received.len()
    }

    /// Waits on this thread until `n` mails have come or `limit` has passed; returns what came.
    pub(crate) fn wait_for(&self, n: usize, limit: Duration) -> Vec<Received> {
        let end = Instant::now() + limit;
        while self.count() < n && Instant::now() < end {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.received()
    }

    /// The next `n` dialogues that come to the step of `failure` fail so.
    pub(crate) fn fail_next(&self, n: usize, failure: Failure) {
        lock(&self.state).failures.extend(std::iter::repeat_n(failure, n));
    }

    /// The next mails to `recipient` fail so, one after the other, at RCPT or later.
    pub(crate) fn fail_for(&self, recipient: &str, failures: impl IntoIterator<Item = Failure>) {
        let mut state = lock(&self.state);
        state
            .failures_of
            .entry(recipient.to_owned())
            .or_default()
            .extend(failures);
    }

    /// How many failures are still to come.
    pub(crate) fn failures_left(&self) -> usize {
        let state = lock(&self.state);
        state.failures.len() + state.failures_of.values().map(VecDeque::len).sum::<usize>()
    }

    /// How many connections were accepted.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.state).connections
    }

    /// Offers STARTTLS from now on, and answers it with plain text.
    pub(crate) fn offer_false_starttls(&self) {
        lock(&self.state).starttls = true;
    }

    /// Forgets the mails and failures so far.
    pub(crate) fn clear(&self) {
        let mut state = lock(&self.state);
        state.received.clear();
        state.failures.clear();
    }
}

impl Drop for SmtpSink {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the first planned failure that `here` is the step of.
fn planned(state: &Mutex<State>, here: impl Fn(Failure) -> bool) -> Option<Failure> {
    let failures = &mut lock(state).failures;
    let place = failures.iter().position(|failure| here(*failure))?;
    failures.remove(place)
}

/// The same once it is known who the mail is for: what is planned for them comes first.
fn planned_for(state: &Mutex<State>, to: &[String], here: impl Fn(Failure) -> bool) -> Option<Failure> {
    let theirs = to.first().and_then(|to| {
        let failures = &mut lock(state).failures_of;
        failures.get_mut(to)?.pop_front_if(|failure| here(*failure))
    });
    theirs.or_else(|| planned(state, here))
}

async fn serve(listener: std::net::TcpListener, state: Arc<Mutex<State>>) {
    let listener = TcpListener::from_std(listener).expect("a listener");
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        lock(&state).connections += 1;
        let state = Arc::clone(&state);
        tokio::spawn(async move {
            // A client that goes away is no fault of the server.
            let _ = dialogue(stream, &state).await;
        });
    }
}

async fn dialogue(stream: TcpStream, state: &Mutex<State>) -> std::io::Result<()> {
    use Failure::{
        AfterDot, Banner, CloseAfter, Data, DropAfterDot, DropMidData, Endless, Mail, Quotes, Rcpt, Refuse, Says, Slow,
        TlsCut,
    };
    stream.set_nodelay(true)?;
    let mut stream = BufReader::new(stream);
    match planned(state, |f| matches!(f, Refuse | Banner(_))) {
        Some(Banner(code)) => return say(&mut stream, &format!("{code} not today")).await,
        Some(_) => return Ok(()),
        None => say(&mut stream, "220 sink.example.org ESMTP").await?,
    }
    let cuts_tls = planned(state, |f| f == TlsCut).is_some();
    let (mut from, mut to) = (None, Vec::new());
    let mut begun = Instant::now();
    let mut line = Vec::new();
    loop {
        line.clear();
        if stream.read_until(b'\n', &mut line).await? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        let verb = text.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let failed = match verb.as_str() {
            "MAIL" => planned(state, |f| matches!(f, Mail(_) | Endless)),
            "RCPT" => planned_for(state, &[path(&text)], |f| matches!(f, Rcpt(_) | Says(_))),
            "DATA" => planned_for(state, &to, |f| matches!(f, Data(_))),
            _ => None,
        };
        if failed == Some(Endless) {
            stream.get_mut().write_all(b"250 ").await?;
            loop {
                stream.get_mut().write_all(&[b'a'; 4096]).await?;
            }
        }
        if let Some(Says(words)) = failed {
            say(&mut stream, words).await?;
            continue;
        }
        if let Some(Mail(code) | Rcpt(code) | Data(code)) = failed {
            say(&mut stream, &format!("{code} as planned")).await?;
            if code == 421 {
                return Ok(());
            }
            continue;
        }
        let reply = match verb.as_str() {
            "EHLO" if cuts_tls || lock(state).starttls => "250-sink.example.org\r\n250-STARTTLS\r\n250 8BITMIME",
            "EHLO" | "HELO" => "250-sink.example.org\r\n250-PIPELINING\r\n250 8BITMIME",
            "STARTTLS" if cuts_tls => {
                say(&mut stream, "220 go ahead").await?;
                // The client's hello is on its way when the connection ends.
                stream.fill_buf().await?;
                return Ok(());
            }
            "STARTTLS" => "220 go ahead\r\n250-injected\r\n250 AUTH PLAIN",
            "MAIL" if from.is_some() => "503 one mail at a time",
            "MAIL" => {
                from = Some(path(&text));
                begun = Instant::now();
                "250 sender noted"
            }
            "RCPT" if from.is_none() => "503 who sends it",
            "RCPT" => {
                to.push(path(&text));
                "250 recipient noted"
            }
            "DATA" if to.is_empty() => "503 to whom",
            "DATA" => {
                say(&mut stream, "354 go on").await?;
                if planned_for(state, &to, |f| f == DropMidData).is_some() {
                    stream.read_until(b'\n', &mut line).await?;
                    return Ok(());
                }
                let Some(bytes) = content(&mut stream).await? else {
                    return Ok(());
                };
                let after = planned_for(state, &to, |f| {
                    matches!(f, AfterDot(_) | DropAfterDot | Slow(_) | CloseAfter | Quotes(_))
                });
                let mail = Received {
                    from: from.take().unwrap_or_default(),
                    to: std::mem::take(&mut to),
                    bytes,
                    begun,
                    answered: true,
                };
                match after {
                    Some(CloseAfter) => {
                        lock(state).received.push(mail);
                        return say(&mut stream, "250 2.0.0 kept, and goodbye").await;
                    }
                    Some(Quotes(words)) => {
                        let text = String::from_utf8_lossy(&mail.bytes).into_owned();
                        let line = text.lines().find(|line| line.contains(words)).unwrap_or_default();
                        say(&mut stream, &format!("554 5.7.1 Blocked, it says {line}")).await?;
                        continue;
                    }
                    Some(AfterDot(code)) => {
                        say(&mut stream, &format!("{code} as planned")).await?;
                        continue;
                    }
                    Some(DropAfterDot) => {
                        lock(state).received.push(Received {
                            answered: false,
                            ..mail
                        });
                        return Ok(());
                    }
                    Some(Slow(wait)) => {
                        tokio::time::sleep(wait).await;
                        lock(state).received.push(mail);
                    }
                    _ => lock(state).received.push(mail),
                }
                "250 2.0.0 kept"
            }
            "RSET" => {
                (from, to) = (None, Vec::new());
                "250 forgotten"
            }
            "NOOP" => "250 still here",
            "QUIT" => return say(&mut stream, "221 goodbye").await,
            _ => "502 unknown",
        };
        say(&mut stream, reply).await?;
    }
}

async fn say(stream: &mut BufReader<TcpStream>, reply: &str) -> std::io::Result<()> {
    stream.get_mut().write_all(format!("{reply}\r\n").as_bytes()).await
}

/// What stands between `<` and `>`.
fn path(command: &str) -> String {
    let inner = command.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inner
        .map(|(path, _)| path.to_owned())
        .unwrap_or_else(|| command.to_owned())
}

/// Reads up to CRLF, dot, CRLF and nothing else; `None` if the client goes away before.
async fn content(stream: &mut BufReader<TcpStream>) -> std::io::Result<Option<Vec<u8>>> {
    let (mut bytes, mut line) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        while !line.ends_with(b"\r\n") {
            if stream.read_until(b'\n', &mut line).await? == 0 {
                return Ok(None);
            }
        }
        if line == b".\r\n" {
            return Ok(Some(bytes));
        }
        bytes.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
    }
}
