//! The way of a mail through real servers: Postfix hands it to Dovecot, the platform reads it over IMAP and sends
//! through Postfix.
//!
//! `tests/run` starts both and says where they are. Run without them, these stories say that they were left out.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use diesel::prelude::*;
use mail_parser::{Message, MessageParser, MimeHeaders};
use oxsop::members::{self, Member};
use oxsop::platform::clock::days;
use oxsop::platform::db::schema::{letters, outbox as mails};
use oxsop::platform::db::{Db, DbError};
use oxsop::platform::inbound::mailbox;
use oxsop::platform::mail::transport::{self, Link, Target};
use oxsop::platform::mail::{Kind, Mail, bounces, delivery, enqueue};
use oxsop::platform::render::Words;
use oxsop::server;
use tokio::sync::watch;

use crate::inbox::letter;
use crate::invitations::value;
use crate::join::{REASON, first_in_queue};
use crate::meetings::{desk, draft};
use crate::replies::Reply;
use crate::support::TestApp;
use crate::support::app::{database_url, fresh_folder, new_member};
use crate::support::people::link_in;

/// Where `tests/run` started the servers.
struct Servers {
    smtp: Target,
    imap: String,
    ca: String,
    /// A folder a domain, each with a Maildir.
    folder: PathBuf,
}

fn servers() -> Option<Servers> {
    let given = |name: &str| std::env::var(name).ok();
    let found = || {
        Some(Servers {
            smtp: transport::parse(&given("OXSOP_TEST_SMTP")?).expect("an SMTP server"),
            imap: given("OXSOP_TEST_IMAP")?,
            ca: given("OXSOP_TEST_CA")?,
            folder: given("OXSOP_TEST_MAILDIRS")?.into(),
        })
    };
    let found = found();
    if found.is_none() {
        eprintln!("left out: no mail servers (tests/run starts them)");
    }
    found
}

impl Servers {
    /// The mailbox of everything that comes to a domain.
    fn mailbox_of(&self, domain: &str) -> String {
        format!("imaps://network%40{domain}:sample@{}/INBOX", self.imap)
    }

    async fn submit(&self, from: &str, to: &str, raw: &str) {
        let mut link = Link::open(&self.smtp, "people.example.org")
            .await
            .expect("Postfix answers");
        link.send(from, to, raw.as_bytes()).await.expect("Postfix takes it");
        link.close().await;
    }

    /// The newest mail to somebody at people.example.org that has `part` in it, once it has come.
    async fn arrives(&self, to: &str, part: &str) -> String {
        let new = self.folder.join("people.example.org/Maildir/new");
        for _ in 0..300 {
            let mut found: Vec<PathBuf> = std::fs::read_dir(&new)
                .into_iter()
                .flatten()
                .flatten()
                .map(|e| e.path())
                .collect();
            found.sort();
            for path in found.iter().rev() {
                let raw = std::fs::read_to_string(path).expect("a mail");
                if raw.contains(&format!("Delivered-To: <{to}>")) || raw.contains(&format!("Delivered-To: {to}")) {
                    let message = MessageParser::default().parse(raw.as_bytes()).expect("a mail");
                    if message.subject().unwrap_or_default().contains(part) || text_of(&message).contains(part) {
                        return raw;
                    }
                }
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no mail to {to} with '{part}' within 30 seconds");
    }
}

fn text_of(message: &Message<'_>) -> String {
    message.body_text(0).unwrap_or_default().into_owned()
}

fn member(app: &TestApp, email: &str) -> Member {
    let new = new_member(email, "Ana Sample");
    app.write(|tx, ctx| members::actions::add(tx, ctx, &new))
}

async fn until(what: &str, mut test: impl AsyncFnMut() -> bool) {
    for _ in 0..300 {
        if test().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("waited 30 seconds in vain: {what}");
}

#[actix_web::test]
async fn an_answer_an_application_and_a_bounce_go_round() {
    let Some(servers) = servers() else { return };
    let domain = "one.example.org";
    let app = TestApp::start_with(&format!(
        "from = 'OXSOP <network@{domain}>'\n[mailbox]\nurl = '{}'\nca_file = '{}'\npoll_seconds = 1\ndone_folder = 'Done'\n",
        servers.mailbox_of(domain),
        servers.ca
    ))
    .await;
    app.ignore_mail();
    let place = mailbox::parse(&app.app.config.mailbox)
        .expect("an address")
        .expect("a mailbox");
    let (stop, stopped) = watch::channel(false);
    let reading = actix_web::rt::spawn(server::mailbox::run(app.app.clone(), place, stopped));
    let send = async || {
        delivery::drain(&app.app, &servers.smtp)
            .await
            .expect("the outbox works");
    };
    let one = uuid::Uuid::new_v4().simple().to_string();

    // An invitation is answered from the calendar.
    let ana = member(&app, &format!("ana-{one}@people.example.org"));
    let desk = desk(&app).await;
    let path = draft(&desk, &[]).await;
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    send().await;
    let invitation = servers.arrives(&ana.email, "Maps and gardens").await;
    let message = MessageParser::default().parse(invitation.as_bytes()).expect("a mail");
    let sender = message
        .from()
        .and_then(|from| from.first())
        .and_then(|one| one.address())
        .expect("a sender")
        .to_owned();
    let ics = message
        .parts
        .iter()
        .find(|part| {
            part.content_type()
                .is_some_and(|kind| kind.subtype() == Some("calendar"))
        })
        .and_then(|part| part.text_contents())
        .expect("a calendar part")
        .replace('\r', "")
        .replace("\n ", "");
    assert!(
        ics.contains(&format!(":mailto:{sender}\n")),
        "the organiser is the sender: {ics}"
    );
    let reply = Reply {
        method: "REPLY",
        uid: value(&ics, "UID").to_owned(),
        attendees: vec![(ana.email.clone(), "ACCEPTED")],
        sequence: 0,
        stamp: "20270301T090000Z".into(),
        more: String::new(),
    };
    let raw = format!(
        "From: {0}\r\nTo: {sender}\r\nSubject: Accepted: Maps\r\nMessage-ID: <{one}@people.example.org>\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n{1}",
        ana.email,
        reply.ics()
    );
    servers.submit(&ana.email, &sender, &raw).await;
    let me = app.signed_in(&ana);
    let page = me.visit("/meetings").await.link("/meetings/");
    until("the answer stands on the page", async || {
        me.visit(&page).await.text().contains("accepted in your calendar")
    })
    .await;

    // Somebody applies by mail, completes the page, and is let in.
    let bo = format!("bo-{one}@people.example.org");
    servers
        .submit(
            &bo,
            &format!("join@{domain}"),
            &letter(
                &bo,
                &format!("join@{domain}"),
                &format!("join-{one}"),
                "Joining",
                REASON,
            ),
        )
        .await;
    until("the application is read", async || {
        let found = app.read(|conn| oxsop::join::store::open_of(conn, &bo));
        found.is_some()
    })
    .await;
    send().await;
    let asked = servers.arrives(&bo, "/join/confirm/").await;
    let message = MessageParser::default().parse(asked.as_bytes()).expect("a mail");
    let link = link_in(&text_of(&message), "/join/confirm/");
    let visitor = app.visitor();
    visitor.visit(&link).await.shows("Complete your request");
    let whole = [
        ("name", "Bo Sample"),
        ("affiliation", "Sample Trust"),
        ("reason", REASON),
        ("country", "GB"),
        ("privacy", "yes"),
    ];
    visitor.submit(&link, whole).await.shows("your request is with us");
    let path = first_in_queue(&desk).await;
    desk.visit(&format!("{path}/decision?decision=approve")).await.is(200);
    desk.submit(
        &format!("{path}/decision"),
        [("decision", "approve"), ("message", "Welcome.")],
    )
    .await
    .is(200);
    send().await;
    servers.arrives(&bo, "elcome").await;
    servers.arrives(&bo, "Maps and gardens").await;

    // Nobody is at an address: the second report, on another day, lets it rest.
    let nobody = member(&app, &format!("nobody-{one}@people.example.org"));
    for day in 1..=2 {
        app.write(|tx, ctx| {
            let words = Words {
                subject: "News".into(),
                text: "News.".into(),
                html: "<p>News.</p>".into(),
            };
            let mail = Mail::new(Kind::Notice, nobody.address(), words);
            enqueue(tx, ctx, mail.to_member(nobody.id.as_str()))
        });
        send().await;
        let keys = app.app.keys.clone();
        until("the report is read", async || {
            app.read(|conn| bounces::returned(conn, &keys, &nobody.email)).len() == day
        })
        .await;
        assert_eq!(
            app.read(|conn| bounces::resting(conn, &keys, &nobody.email)).is_some(),
            day == 2
        );
        app.app.clock.advance(days(1));
    }
    // The coordinator's hour is over by now; another one looks.
    let deputy = app.coordinator_named("Deputy");
    deputy
        .visit(&format!("/coordinate/members/{}", nobody.id))
        .await
        .shows("Mail to this address comes back")
        .shows("unknown");

    stop.send_replace(true);
    reading.await.expect("reading stops");
    let left = std::fs::read_dir(servers.folder.join(domain).join("Maildir/cur")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "everything was taken out of the way");
}

/// The platform as a process of its own, that reads the mailbox of `domain`.
fn serve(folder: &Path, url: &str, servers: &Servers, domain: &str) -> Child {
    Command::new(env!("CARGO_BIN_EXE_oxsop"))
        .arg("serve")
        .env("OXSOP_SERVER__LISTEN", "127.0.0.1:0")
        .env("OXSOP_DATA__FOLDER", folder)
        .env("OXSOP_DATABASE__URL", url)
        .env("OXSOP_MAIL__FROM", format!("OXSOP <network@{domain}>"))
        .env("OXSOP_MAIL__URL", format!("folder://{}/mail", folder.display()))
        .env("OXSOP_MAILBOX__URL", servers.mailbox_of(domain))
        .env("OXSOP_MAILBOX__CA_FILE", &servers.ca)
        .env("OXSOP_MAILBOX__POLL_SECONDS", "1")
        .env("OXSOP_LIMITS__REQUESTS_BY_MAIL_DAY", "100000")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts")
}

/// Killed at so many moments; more by hand: `OXSOP_TEST_KILLS=50 tests/run mail`.
fn kills() -> usize {
    std::env::var("OXSOP_TEST_KILLS")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(4)
}

#[actix_web::test]
async fn a_reader_killed_at_any_moment_loses_no_mail_and_takes_none_twice() {
    let Some(servers) = servers() else { return };
    let one = uuid::Uuid::new_v4().simple().to_string();
    let domain = "two.example.org";
    let folder = fresh_folder();
    let url = database_url(&folder);
    let (mut letters_sent, mut applications) = (0_i64, 0_i64);
    for round in 0..kills() {
        for n in 0..8 {
            let from = format!("p-{one}-{round}-{n}@people.example.org");
            let to = if n % 2 == 0 {
                format!("join@{domain}")
            } else {
                format!("network@{domain}")
            };
            let raw = letter(&from, &to, &format!("{one}-{round}-{n}"), "A letter", REASON);
            servers.submit(&from, &to, &raw).await;
            letters_sent += 1;
            applications += i64::from(n % 2 == 0);
        }
        let mut server = serve(&folder, &url, &servers, domain);
        let moment = rand::random_range(50..1_500);
        tokio::time::sleep(Duration::from_millis(moment)).await;
        server.kill().expect("kill -9");
        server.wait().expect("it is gone");
    }
    let mut server = serve(&folder, &url, &servers, domain);
    let started = Instant::now();
    let count = || {
        // The database is there once a server has lived long enough to make it.
        let db = Db::open(&url).ok()?;
        db.read(|conn| {
            let like = format!("p-{one}-%");
            let read: i64 = letters::table
                .filter(letters::from_email.like(&like))
                .count()
                .get_result(conn)?;
            let asked: i64 = mails::table
                .filter(mails::to_email.like(&like))
                .count()
                .get_result(conn)?;
            Ok::<_, DbError>((read, asked))
        })
        .ok()
    };
    while count().is_none_or(|(read, _)| read < letters_sent) && started.elapsed() < Duration::from_secs(60) {
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    // Whatever would come twice has the time to.
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    let found = count();
    server.kill().expect("it ends");
    server.wait().expect("it is gone");
    eprintln!(
        "{} kills: {letters_sent} mails, {applications} of them applications; read and answered: {found:?}",
        kills()
    );
    assert_eq!(found, Some((letters_sent, applications)));
}
