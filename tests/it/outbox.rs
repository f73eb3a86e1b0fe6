//! Mail that waits, leaves, is refused, is repeated: TRUST R2–R7, R14, S33.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use oxsop::members;
use oxsop::platform::clock::{days, minutes};
use oxsop::platform::db::DbError;
use oxsop::platform::db::schema::{outbox as table, outbox_bodies};
use oxsop::platform::mail::outbox::{self, Earlier, Row, Status};
use oxsop::platform::mail::{Address, Kind, Mail, delivery, enqueue, transport};
use oxsop::platform::render::Words;
use oxsop::server::build_app_with;

use crate::support::TestApp;
use crate::support::app::{config, database_url, fresh_folder, renderer};
use crate::support::smtp::{Failure, SmtpSink};

pub fn mail_to(email: &str, subject: &str) -> Mail {
    let words = Words {
        subject: subject.into(),
        text: format!("{subject}\n"),
        html: format!("<p>{subject}</p>"),
    };
    Mail::new(
        Kind::Notice,
        Address {
            email: email.into(),
            name: "Sample".into(),
        },
        words,
    )
}

fn write(app: &TestApp, mail: Mail) {
    app.write(|tx, ctx| enqueue(tx, ctx, mail));
}

fn rows(app: &TestApp) -> Vec<Row> {
    app.read(|conn| Ok(table::table.select(Row::as_select()).order(table::id).load(conn)?))
}

fn bodies(app: &TestApp) -> Vec<String> {
    app.read(|conn| Ok(outbox_bodies::table.select(outbox_bodies::body).load(conn)?))
}

async fn send_to(app: &TestApp, sink: &SmtpSink) {
    let target = transport::parse(&sink.url()).expect("a target");
    delivery::drain(&app.app, &target).await.expect("the outbox works");
}

#[actix_web::test]
async fn a_temporary_refusal_is_tried_again_with_the_same_bytes() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    sink.fail_next(1, Failure::DropAfterDot);
    write(&app, mail_to("ana@example.org", "Hello"));
    send_to(&app, &sink).await;
    assert_eq!(rows(&app)[0].status, Status::Queued);
    send_to(&app, &sink).await;
    assert_eq!(sink.received().len(), 1, "nothing is due yet");
    app.advance(minutes(2)).await;
    send_to(&app, &sink).await;
    let received = sink.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].bytes, received[1].bytes, "a repeat has the same bytes");
    assert_eq!(rows(&app)[0].status, Status::Sent);
}

#[actix_web::test]
async fn one_refused_for_good_is_set_aside_and_the_rest_flow() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    sink.fail_next(1, Failure::Rcpt(550));
    for name in ["ana", "ben", "cai"] {
        write(&app, mail_to(&format!("{name}@example.org"), "Hello"));
    }
    send_to(&app, &sink).await;
    let states: Vec<Status> = rows(&app).iter().map(|row| row.status).collect();
    assert_eq!(states, [Status::Failed, Status::Sent, Status::Sent]);
    assert!(rows(&app)[0].outcome.contains("550"), "{}", rows(&app)[0].outcome);
    assert_eq!(sink.received().len(), 2);
}

#[actix_web::test]
async fn a_mail_that_cannot_be_built_does_not_stop_the_next() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    write(&app, mail_to("ana@example.org", "Broken"));
    app.write(|tx, _| {
        diesel::update(outbox_bodies::table)
            .set(outbox_bodies::body.eq("no JSON"))
            .execute(tx)?;
        Ok(())
    });
    write(&app, mail_to("ben@example.org", "Fine"));
    send_to(&app, &sink).await;
    assert_eq!(rows(&app)[0].status, Status::Failed);
    assert_eq!(rows(&app)[1].status, Status::Sent);
}

#[actix_web::test]
async fn mails_of_one_order_key_leave_in_order_even_when_the_first_must_wait() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    sink.fail_next(1, Failure::Rcpt(450));
    write(&app, mail_to("ana@example.org", "First").in_order("a"));
    write(&app, mail_to("ana@example.org", "Second").in_order("a"));
    write(&app, mail_to("ben@example.org", "Other").in_order("b"));
    send_to(&app, &sink).await;
    assert_eq!(sink.received().len(), 1, "only the other key's mail has left");
    app.advance(minutes(2)).await;
    send_to(&app, &sink).await;
    let subjects: Vec<String> = sink
        .received()
        .iter()
        .map(|mail| {
            let text = String::from_utf8_lossy(&mail.bytes).into_owned();
            text.lines()
                .find_map(|line| line.strip_prefix("Subject: ").map(str::to_owned))
                .expect("a subject")
        })
        .collect();
    assert_eq!(subjects, ["Other", "First", "Second"]);
}

#[actix_web::test]
async fn what_is_superseded_is_not_sent_late() {
    let app = TestApp::start().await;
    app.ignore_mail();
    write(&app, mail_to("ana@example.org", "Old").in_order("a"));
    let earlier = app.write(|tx, ctx| outbox::supersede(tx, ctx, "a"));
    assert_eq!(earlier, Earlier::NeverLeft);
    write(&app, mail_to("ana@example.org", "New").in_order("a"));
    app.deliver_mail().await;
    assert_eq!(app.only_mail("ana@example.org").subject, "New");
    let earlier = app.write(|tx, ctx| outbox::supersede(tx, ctx, "a"));
    assert_eq!(earlier, Earlier::MayHaveLeft);
}

#[actix_web::test]
async fn nobody_who_left_is_mailed_but_their_farewell() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let mail = |kind, subject: &str| Mail {
        kind,
        ..mail_to(&ana.email, subject).to_member(ana.id.as_str())
    };
    write(&app, mail(Kind::Update, "Update"));
    app.write(|tx, ctx| members::actions::leave(tx, ctx, &ana.id, "test"));
    write(&app, mail(Kind::Farewell, "Goodbye"));
    app.deliver_mail().await;
    let subjects: Vec<String> = app.inbox(&ana.email).into_iter().map(|mail| mail.subject).collect();
    assert!(
        subjects.contains(&"Goodbye".to_owned()) && !subjects.contains(&"Update".to_owned()),
        "{subjects:?}"
    );
    let update = rows(&app)
        .into_iter()
        .find(|row| row.subject == "Update")
        .expect("the row stays");
    assert_eq!(update.status, Status::Dropped);
    assert!(update.outcome.contains("no member any more"), "{}", update.outcome);
}

#[actix_web::test]
async fn a_secret_is_sealed_while_it_waits_erased_when_sent_and_never_sent_late() {
    let app = TestApp::start().await;
    let secret = |subject: &str| {
        let mut mail = mail_to("ana@example.org", subject);
        mail.words.text = "the secret link".into();
        mail.secret_until(app.app.now().plus(minutes(10)))
    };
    write(&app, secret("In time"));
    let kept = bodies(&app);
    assert!(kept.len() == 1 && !kept[0].contains("secret"), "sealed in the database");
    app.deliver_mail().await;
    assert_eq!(app.only_mail("ana@example.org").text, "the secret link");
    assert!(bodies(&app).is_empty(), "erased once sent");
    write(&app, secret("Too late"));
    app.advance(minutes(11)).await;
    app.deliver_mail().await;
    assert!(app.inbox("ana@example.org").is_empty());
    assert_eq!((rows(&app)[1].status, bodies(&app).len()), (Status::Dropped, 0));
}

#[actix_web::test]
async fn hostile_names_and_subjects_stay_in_their_header() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    let mut mail = mail_to("ana@example.org", "Hi\r\nBcc: victim@example.net\u{2028}x");
    mail.to.name = "Eve\r\nBcc: victim@example.net\0".into();
    write(&app, mail);
    send_to(&app, &sink).await;
    let received = sink.received();
    let head = String::from_utf8_lossy(&received[0].bytes).into_owned();
    let head = head.split("\r\n\r\n").next().unwrap_or_default();
    assert!(
        !head.lines().any(|line| line.to_lowercase().starts_with("bcc")),
        "{head}"
    );
    assert_eq!(received[0].to, ["ana@example.org"]);
}

#[actix_web::test]
async fn a_mail_that_only_meets_temporary_refusals_is_given_up_after_four_days() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    sink.fail_next(1_000, Failure::Rcpt(450));
    write(&app, mail_to("ana@example.org", "Hello"));
    send_to(&app, &sink).await;
    app.advance(days(3)).await;
    send_to(&app, &sink).await;
    assert_eq!(rows(&app)[0].status, Status::Queued);
    app.advance(days(2)).await;
    send_to(&app, &sink).await;
    assert_eq!(rows(&app)[0].status, Status::Failed);
    assert!(rows(&app)[0].outcome.contains("given up"), "{}", rows(&app)[0].outcome);
}

/// The real server as a child process, on a port of its own.
pub struct Server {
    child: Child,
}

impl Server {
    pub fn start(folder: &std::path::Path, database: &str, mail: &str) -> Server {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("a port")
            .port();
        let child = Command::new(env!("CARGO_BIN_EXE_oxsop"))
            .arg("serve")
            .env("OXSOP_DATA__FOLDER", folder)
            .env("OXSOP_DATABASE__URL", database)
            .env("OXSOP_MAIL__URL", mail)
            .env("OXSOP_SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .env("OXSOP_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        Server { child }
    }

    /// SIGKILL; what it said on standard error.
    pub fn kill(mut self) -> String {
        self.child.kill().expect("the server can be killed");
        self.child.wait().expect("the server ends");
        let mut said = String::new();
        if let Some(mut stderr) = self.child.stderr.take() {
            stderr.read_to_string(&mut said).expect("its words");
        }
        said
    }
}

#[test]
fn kill_minus_nine_twenty_times_during_a_bulk_loses_nothing_and_changes_no_byte() {
    let folder = fresh_folder();
    let database = database_url(&folder);
    let mut settings = config(&folder, "");
    settings.database.url = database.clone();
    let app = build_app_with(settings, renderer()).expect("the application");
    let body = "A line of an invitation that is as long as such lines are.\n".repeat(60);
    let written: Result<(), DbError> = app.write_now(|tx, ctx| {
        for n in 0..250 {
            let mut mail =
                mail_to(&format!("member{n:03}@example.org"), &format!("Meeting for {n}")).in_order(format!("m{n}"));
            mail.words.text = body.clone();
            enqueue(tx, ctx, mail)?;
        }
        Ok(())
    });
    written.expect("250 mails are written");
    drop(app);
    let sink = SmtpSink::start_blocking();
    // Each mail takes a moment, so that the bulk lasts longer than twenty lives of the server.
    sink.fail_next(100_000, Failure::Slow(Duration::from_millis(90)));
    let mut seed = 7_u64;
    for _ in 0..20 {
        let server = Server::start(&folder, &database, &sink.url());
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // At a random mail of this life, wherever the machine's speed puts it.
        sink.wait_for(
            sink.received().len() + 3 + ((seed >> 33) % 10) as usize,
            Duration::from_secs(20),
        );
        let said = server.kill();
        assert!(!said.contains("panicked"), "{said}");
    }
    let reached: BTreeSet<String> = sink.received().iter().flat_map(|mail| mail.to.clone()).collect();
    assert!(
        (20..250).contains(&reached.len()),
        "the kills fell into the bulk: {} reached by then",
        reached.len()
    );
    let last = Server::start(&folder, &database, &sink.url());
    let begun = Instant::now();
    loop {
        let reached: BTreeSet<String> = sink.received().iter().flat_map(|mail| mail.to.clone()).collect();
        if reached.len() == 250 || begun.elapsed() > Duration::from_secs(400) {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    std::thread::sleep(Duration::from_millis(500));
    last.kill();
    let mut copies: BTreeMap<String, Vec<Vec<u8>>> = BTreeMap::new();
    for mail in sink.received() {
        assert_eq!(mail.to.len(), 1, "one recipient a mail");
        copies.entry(mail.to[0].clone()).or_default().push(mail.bytes);
    }
    assert_eq!(copies.len(), 250, "everyone is reached");
    let repeats: usize = copies.values().map(|copies| copies.len() - 1).sum();
    for (address, copies) in &copies {
        assert!(
            copies.windows(2).all(|pair| pair[0] == pair[1]),
            "{address} got two different mails"
        );
    }
    // At most one mail a connection (8 and the sign-in lane's) can be repeated by a crash.
    assert!(repeats <= 20 * 9, "{repeats} repeats");
    eprintln!("20 kills: 250 reached, 0 missing, {repeats} repeats, all with the same bytes");
}

#[actix_web::test]
async fn a_server_that_takes_one_mail_a_connection_gets_them_all_at_once() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    sink.fail_next(3, Failure::CloseAfter);
    for name in ["ana", "ben", "cai", "dai"] {
        write(&app, mail_to(&format!("{name}@example.org"), "Hello"));
    }
    send_to(&app, &sink).await;
    assert!(
        rows(&app)
            .iter()
            .all(|row| row.status == Status::Sent && row.attempts == 1)
    );
    assert_eq!(sink.received().len(), 4);
}

#[actix_web::test]
async fn a_setting_that_changes_between_two_tries_changes_no_byte() {
    let folder = fresh_folder();
    let url = database_url(&folder);
    let sink = SmtpSink::start().await;
    let start = |more: &str| {
        let mut config = config(&folder, more);
        config.database.url.clone_from(&url);
        build_app_with(config, renderer()).expect("it starts")
    };
    let target = transport::parse(&sink.url()).expect("a target");
    sink.fail_next(1, Failure::DropAfterDot);
    let first = Arc::new(start("reply_to = 'one@example.org'"));
    first
        .write_now(|tx, ctx| enqueue(tx, ctx, mail_to("ana@example.org", "Hello")))
        .map_err(|e: DbError| e)
        .expect("it is written");
    delivery::drain(&first, &target).await.expect("the outbox works");
    drop(first);
    let second = Arc::new(start(
        "reply_to = 'two@example.org'\nbounce_address = 'returns@oxsop.example.org'",
    ));
    second.clock.advance(minutes(2));
    delivery::drain(&second, &target).await.expect("the outbox works");
    let received = sink.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].bytes, received[1].bytes);
    assert_eq!(received[0].from, received[1].from);
}

#[actix_web::test]
async fn whoever_left_gets_nothing_that_waited_but_the_farewell() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    let ana = app.given_member("Ana");
    for kind in [Kind::Notice, Kind::Reply, Kind::AutomaticAnswer, Kind::Farewell] {
        app.write(|tx, ctx| {
            let words = mail_to("", kind.as_str()).words;
            enqueue(
                tx,
                ctx,
                Mail::new(kind, ana.address(), words).to_member(ana.id.as_str()),
            )
        });
    }
    app.write(|tx, _| {
        use oxsop::platform::db::schema::members;
        diesel::update(members::table.find(&ana.id))
            .set(members::status.eq("left"))
            .execute(tx)?;
        Ok(())
    });
    send_to(&app, &sink).await;
    let received = sink.received();
    assert_eq!(received.len(), 1);
    assert!(String::from_utf8_lossy(&received[0].bytes).contains("Subject: farewell"));
}
