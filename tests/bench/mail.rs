//! 2,500 invitations of about 7 KB through the outbox, beside Postfix's own `smtp-source` to the same `smtp-sink`, as they
//! are and with two DKIM signatures each; then 10,000, and how long a sign-in mail takes meanwhile (TRUST D12).
//!
//! Needs Postfix's test programs: on the PATH, in /usr/sbin, or in the folder that POSTFIX_SBIN names.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use oxsop::platform::db::{Conn, DbError};
use oxsop::platform::mail::dkim::{file_of, make_ed25519, make_rsa, write};
use oxsop::platform::mail::message::CalendarPart;
use oxsop::platform::mail::outbox::{self, Defaults, Status};
use oxsop::platform::mail::{Address, Kind, Mail, delivery, enqueue, transport};
use oxsop::platform::render::Words;
use oxsop::server::build_app;
use tokio::sync::watch;

use crate::{config, fresh_folder, median};

const MAILS: usize = 2_500;
const MANY: usize = 10_000;
const CONNECTIONS: usize = 32;
const ROUNDS: usize = 3;

struct Sink(Child);

impl Drop for Sink {
    fn drop(&mut self) {
        if self.0.kill().is_ok() {
            let _gone = self.0.wait();
        }
    }
}

pub fn run() {
    let (Some(sink), Some(source)) = (program("smtp-sink"), program("smtp-source")) else {
        println!("mail: not run, for Postfix's smtp-sink and smtp-source are not here (apt-get install postfix)");
        return;
    };
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("a port")
        .port();
    let address = format!("127.0.0.1:{port}");
    let child = Command::new(sink)
        .args(["-u", "nobody", &address, "500"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    let _sink = Sink(child.expect("smtp-sink starts"));
    std::thread::sleep(Duration::from_millis(300));
    println!("mail: {MAILS} invitations, {CONNECTIONS} connections, every outcome durable; median of {ROUNDS}");
    let (mut ours, mut signed, mut theirs, mut size) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        let bulk = outbox_rate(&address, MAILS, false);
        ours.push(bulk.rate);
        size = bulk.size;
        signed.push(outbox_rate(&address, MAILS, true).rate);
        theirs.push(source_rate(&source, &address, size));
    }
    let (ours, signed, theirs) = (median(&mut ours), median(&mut signed), median(&mut theirs));
    println!(
        "  {size} bytes a mail; ours {ours:.0}/s, signed {signed:.0}/s, smtp-source {theirs:.0}/s, ratios {:.2} and {:.2}",
        ours / theirs,
        signed / theirs
    );
    let bulk = outbox_rate(&address, MANY, true);
    let mut waits = bulk.waits;
    waits.sort();
    let at = |percent: usize| waits.get(waits.len() * percent / 100).map_or(0, Duration::as_millis);
    println!(
        "  {MANY} signed in {:.1} s; {} sign-in mails meanwhile, from written to its outcome on disk: median {} ms, p95 {} ms",
        MANY as f64 / bulk.rate,
        waits.len(),
        at(50),
        at(95)
    );
}

struct Bulk {
    /// Mails a second from the outbox on disk to the last outcome on disk.
    rate: f64,
    /// In bytes.
    size: usize,
    /// How long mails took for which somebody waits, while the rest was under way.
    waits: Vec<Duration>,
}

fn outbox_rate(address: &str, mails: usize, is_signed: bool) -> Bulk {
    let folder = fresh_folder();
    let mut settings = config(&folder, &format!("smtp://{address}"));
    if is_signed {
        for (selector, key) in [("rsa", make_rsa()), ("ed25519", make_ed25519())] {
            write(&file_of(&folder, selector), &key.expect("a key")).expect("a key file");
            settings.mail.dkim_selectors.push(selector.into());
        }
        settings.mail.dkim_folder.clone_from(&folder);
    }
    let app = std::sync::Arc::new(build_app(settings).expect("the application"));
    let size = fill(&app, mails);
    let target = transport::parse(&app.config.mail.url).expect("a target");
    let begun = Instant::now();
    let mut waits = Vec::new();
    actix_web::rt::System::new().block_on(async {
        let (stop, stopped) = watch::channel(false);
        let running = delivery::start(app.clone(), target, stopped).expect("delivery starts");
        loop {
            // A look at one index entry, so that watching does not slow what is watched.
            let (queued, sending) = app
                .read(|conn| -> Result<_, DbError> {
                    Ok((is_any(conn, Status::Queued)?, is_any(conn, Status::Sending)?))
                })
                .await
                .expect("a look");
            if !queued && !sending {
                break;
            }
            if mails == MANY {
                waits.push(urgent(&app).await);
            }
            assert!(begun.elapsed() < Duration::from_secs(120), "stuck");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        stop.send_replace(true);
        running.join().expect("delivery ends");
    });
    let counts = app.db.read(outbox::counts).expect("counts");
    let all = (mails + waits.len()) as i64;
    assert_eq!(counts, [(Status::Sent, all)], "every outcome is on disk");
    let rate = mails as f64 / begun.elapsed().as_secs_f64();
    std::fs::remove_dir_all(&folder).expect("the folder goes");
    Bulk { rate, size, waits }
}

/// Writes a mail that somebody waits for, and says how long it took to its outcome.
async fn urgent(app: &std::sync::Arc<oxsop::platform::app::App>) -> Duration {
    let words = Words {
        subject: "Your sign-in link".into(),
        text: "A sample.\n".into(),
        html: "<p>A sample.</p>".into(),
    };
    let to = Address {
        email: "ana@example.org".into(),
        name: "Ana".into(),
    };
    let asked = Instant::now();
    let written = app.write(move |tx, ctx| enqueue(tx, ctx, Mail::new(Kind::Confirm, to, words)));
    let id = written
        .await
        .and_then(|id| id.ok_or_else(|| DbError::Cut("written before".into())));
    let id = id.expect("it is written");
    loop {
        let id = id.clone();
        let row = app.read(move |conn| outbox::find(conn, &id)).await.expect("a look");
        if row.is_some_and(|row| row.status == Status::Sent) {
            return asked.elapsed();
        }
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

fn is_any(conn: &mut Conn, status: Status) -> Result<bool, DbError> {
    use diesel::prelude::*;
    use oxsop::platform::db::schema::outbox;
    let found: Option<String> = outbox::table
        .filter(outbox::status.eq(status))
        .select(outbox::id)
        .first(conn)
        .optional()?;
    Ok(found.is_some())
}

fn fill(app: &oxsop::platform::app::App, mails: usize) -> usize {
    let line = "One line of an invitation, about as long as the lines of such mails usually are.\n";
    let ics = |n: usize| {
        let description = "Notes for the meeting\\n "
            .repeat(40)
            .as_bytes()
            .chunks(60)
            .map(|c| format!("\r\n {}", String::from_utf8_lossy(c)))
            .collect::<String>();
        format!(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//OXSOP//Benchmark//EN\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:bench-{n}@example.org\r\n\
             DTSTAMP:20270301T090000Z\r\nDTSTART:20270324T150000Z\r\nDTEND:20270324T163000Z\r\nSUMMARY:Network meeting\r\nDESCRIPTION:{description}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    };
    let mut size = 0;
    let written: Result<(), DbError> = app.write_now(|tx, ctx| {
        for n in 0..mails {
            let words = Words {
                subject: "Invitation: network meeting".into(),
                text: line.repeat(12),
                html: format!(
                    "<!doctype html><html lang=\"en-GB\"><body><p>{}</p></body></html>",
                    line.repeat(12)
                ),
            };
            let to = Address {
                email: format!("member{n}@example.org"),
                name: format!("Member {n}"),
            };
            let mut mail = Mail::new(Kind::Invitation, to, words).in_order(format!("bench:{n}"));
            mail.kind = Kind::Notice;
            mail.calendar = Some(CalendarPart {
                method: "REQUEST".into(),
                ics: ics(n),
            });
            let id = enqueue(tx, ctx, mail)?.ok_or_else(|| DbError::Cut("written before".into()))?;
            if n == 0 {
                let broken = |e: outbox::OutboxError| DbError::Cut(e.to_string());
                let row = outbox::find(tx, &id)?.ok_or_else(|| DbError::Cut("no row".into()))?;
                let body = outbox::body_of(tx, &id)?.ok_or_else(|| DbError::Cut("no body".into()))?;
                let content = row
                    .content(
                        body.open(&ctx.app.keys).map_err(broken)?,
                        &Defaults {
                            reply_to: "",
                            bounces: "",
                        },
                    )
                    .map_err(broken)?;
                size = oxsop::platform::mail::message::bytes(&content)
                    .map_err(|e| DbError::Cut(e.to_string()))?
                    .len();
            }
        }
        Ok(())
    });
    written.expect("the outbox is filled");
    size
}

/// Mails a second of Postfix's generator, which builds nothing and keeps no books.
fn source_rate(source: &PathBuf, address: &str, size: usize) -> f64 {
    let begun = Instant::now();
    let done = Command::new(source)
        .args([
            "-s",
            &CONNECTIONS.to_string(),
            "-m",
            &MAILS.to_string(),
            "-l",
            &size.to_string(),
            "-d",
        ])
        .args(["-f", "network@example.org", "-t", "member@example.org", address])
        .status()
        .expect("smtp-source runs");
    assert!(done.success(), "smtp-source failed");
    MAILS as f64 / begun.elapsed().as_secs_f64()
}

fn program(name: &str) -> Option<PathBuf> {
    let folders = std::env::var("POSTFIX_SBIN")
        .into_iter()
        .chain(["/usr/sbin".to_owned(), "/usr/bin".to_owned()]);
    folders
        .map(|folder| PathBuf::from(folder).join(name))
        .find(|path| path.exists())
}
