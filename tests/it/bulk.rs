//! An announcement to many through a mail server that fails in every way servers do: everyone's state is known before
//! it is seen, nobody is missing, a repeat is the same to the byte, and a sign-in mail overtakes it all (TRUST R3, R4,
//! R6, R8, D12, F1, F6).
//!
//! By hand with more: `OXSOP_TEST_BULK=10000`, `OXSOP_TEST_KILLS=100`, `OXSOP_TEST_RACES=1000`, each with
//! `cargo test --test it bulk:: -- --nocapture`.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::prelude::*;
use oxsop::announcements::audience::Audience;
use oxsop::announcements::{AnnouncementId, Content, When, confirm, create};
use oxsop::members::unsubscribe::{self, Kind as Choice};
use oxsop::members::{self, MemberId, NewMember};
use oxsop::platform::app::App;
use oxsop::platform::clock::minutes;
use oxsop::platform::db::DbError;
use oxsop::platform::db::schema::{announcement_recipients, members as people, outbox as table};
use oxsop::platform::mail::outbox::Status;
use oxsop::platform::mail::{Kind, Mail, delivery, enqueue, transport};
use oxsop::server::build_app_with;
use oxsop::web::{Coordinator, Person};
use tokio::sync::watch;

use crate::believed::sign_with;
use crate::outbox::{Server, mail_to};
use crate::support::TestApp;
use crate::support::app::{config, database_url, fresh_folder, new_member, renderer};
use crate::support::smtp::{Failure, Received, SmtpSink};

/// How many; the environment raises it.
fn number(name: &str, usual: usize) -> usize {
    let given = std::env::var(name).ok();
    given.and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// So many members who asked for announcements, their addresses made of what will go wrong for each.
fn given_readers(app: &App, number: usize, what: impl Fn(usize) -> &'static str) -> Vec<(MemberId, String)> {
    let written: Result<Vec<(MemberId, String)>, DbError> = app.write_now(|tx, ctx| {
        let mut readers = Vec::with_capacity(number);
        for n in 0..number {
            let new = NewMember {
                announcements_consent: "test".into(),
                ..new_member(&format!("{}.{n}@example.org", what(n)), &format!("Reader {n}"))
            };
            let member = members::actions::add(tx, ctx, &new)?;
            readers.push((member.id, member.email));
        }
        Ok(readers)
    });
    written.expect("the readers are members")
}

/// An announcement to all of them, confirmed by one of them.
fn announced(app: &App, number: usize) -> AnnouncementId {
    let by = app
        .db
        .read(|conn| -> Result<_, DbError> {
            let one = people::table
                .select(people::id)
                .order(people::id)
                .first::<String>(conn)?;
            Ok(Coordinator::acting(Person {
                id: MemberId::from(one.as_str()),
                name: "Reader".into(),
                email: "reader@example.org".into(),
                time_zone: "Europe/London".into(),
                is_coordinator: true,
                is_elevated: true,
            }))
        })
        .expect("a coordinator");
    let content = Content {
        subject: "News for {{name}}".into(),
        body: "Dear {{name}},\n\n".to_owned() + &"read *this*, which is as long as news are. ".repeat(60),
        audience: Audience::Everyone,
        is_public: false,
    };
    let id = AnnouncementId::new();
    let made: Result<_, DbError> = app.write_now(|tx, ctx| {
        let broken = |e: oxsop::announcements::AnnounceError| DbError::Cut(e.to_string());
        let made = create(tx, ctx, &by, id.clone(), &content).map_err(broken)?;
        confirm(tx, ctx, &by, &made.id, made.version, number, &When::Now).map_err(broken)
    });
    made.expect("it is on its way");
    id
}

/// Delivery as in the server, until it is dropped.
struct Running {
    stop: watch::Sender<bool>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Running {
    fn start(app: &Arc<App>, sink: &SmtpSink) -> Running {
        let target = transport::parse(&format!("{}?starttls=opportunistic", sink.url())).expect("a target");
        let (stop, stopped) = watch::channel(false);
        let thread = delivery::start(app.clone(), target, stopped).expect("delivery starts");
        Running {
            stop,
            thread: Some(thread),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
        if let Some(thread) = self.thread.take() {
            thread.join().expect("delivery ends");
        }
    }
}

/// Whether nothing is under way and nothing may leave before the clock moves on.
fn is_idle(app: &App) -> bool {
    let now = app.now();
    let looked = app.db.read(|conn| -> Result<bool, DbError> {
        let under_way: i64 = table::table
            .filter(table::status.eq(Status::Sending))
            .count()
            .get_result(conn)?;
        let due: i64 = table::table
            .filter(table::status.eq(Status::Queued))
            .filter(table::next_try_at.le(now))
            .count()
            .get_result(conn)?;
        Ok(under_way == 0 && (due == 0 || !delivery::holds(conn, now)?.is_empty()))
    });
    looked.expect("the database works")
}

/// A minute later, if all that is left must wait for it.
fn wait_on(app: &App) {
    if is_idle(app) {
        app.clock.advance(minutes(1));
        app.outbox_bell.notify_one();
    }
}

fn status_of(app: &App, id: &str) -> Status {
    let found = app
        .db
        .read(|conn| -> Result<Status, DbError> { Ok(table::table.find(id).select(table::status).first(conn)?) });
    found.expect("it is there")
}

/// One way of failing: the name in the address, what the server does, how it ends, and how often it must arrive.
struct Way {
    name: &'static str,
    failures: &'static [Failure],
    ends: Status,
    copies: usize,
}

const WAYS: &[Way] = &[
    Way {
        name: "plain",
        failures: &[],
        ends: Status::Sent,
        copies: 1,
    },
    Way {
        name: "greylisted",
        failures: &[Failure::Rcpt(450)],
        ends: Status::Sent,
        copies: 1,
    },
    Way {
        name: "rcpt-4xx-thrice",
        failures: &[Failure::Rcpt(451); 3],
        ends: Status::Sent,
        copies: 1,
    },
    Way {
        name: "data-4xx-twice",
        failures: &[Failure::Data(452); 2],
        ends: Status::Sent,
        copies: 1,
    },
    Way {
        name: "after-dot-4xx",
        failures: &[Failure::AfterDot(451)],
        ends: Status::Sent,
        copies: 1,
    },
    Way {
        name: "rcpt-5xx",
        failures: &[Failure::Rcpt(550)],
        ends: Status::Failed,
        copies: 0,
    },
    Way {
        name: "data-5xx",
        failures: &[Failure::Data(554)],
        ends: Status::Failed,
        copies: 0,
    },
    Way {
        name: "after-dot-5xx",
        failures: &[Failure::AfterDot(554)],
        ends: Status::Failed,
        copies: 0,
    },
    Way {
        name: "drop-mid-data",
        failures: &[Failure::DropMidData],
        ends: Status::Sent,
        copies: 1,
    },
    Way {
        name: "drop-after-dot",
        failures: &[Failure::DropAfterDot],
        ends: Status::Sent,
        copies: 2,
    },
    Way {
        name: "slow",
        failures: &[Failure::Slow(Duration::from_millis(300))],
        ends: Status::Sent,
        copies: 1,
    },
    Way {
        name: "closed-after",
        failures: &[Failure::CloseAfter],
        ends: Status::Sent,
        copies: 1,
    },
];

#[actix_web::test]
async fn every_way_of_failing_ends_as_it_must_and_a_sign_in_mail_overtakes_it_all() {
    let app = TestApp::start_as(sign_with("one")).await;
    app.ignore_mail();
    let many = number("OXSOP_TEST_BULK", 240);
    let sink = SmtpSink::start().await;
    let way_of = |n: usize| &WAYS[n % WAYS.len()];
    let readers = given_readers(&app.app, many, |n| way_of(n).name);
    for (n, (_, address)) in readers.iter().enumerate() {
        sink.fail_for(address, way_of(n).failures.iter().copied());
    }
    // What nobody's address can name: no connection, a handshake cut short, a server that has enough of us.
    sink.fail_next(many / 40, Failure::Refuse);
    sink.fail_next(many / 40, Failure::TlsCut);
    sink.fail_next(2, Failure::Banner(421));
    let id = announced(&app.app, many);
    while app.write(|tx, ctx| oxsop::announcements::write_batch(tx, ctx, &id)) {}
    let begun = Instant::now();
    let running = Running::start(&app.app, &sink);
    let mut waits = Vec::new();
    loop {
        let asked = Instant::now();
        let link = app.write(|tx, ctx| {
            enqueue(
                tx,
                ctx,
                Mail {
                    kind: Kind::Confirm,
                    ..mail_to("ana@sign-in.example.org", "Your link")
                },
            )
        });
        let link = link.expect("it is new");
        app.app.outbox_bell.notify_one();
        while status_of(&app.app, link.as_str()) != Status::Sent {
            assert!(
                begun.elapsed() < Duration::from_secs(1_200),
                "it does not come to an end"
            );
            // A connection that was refused is tried again in a minute of the mail's own.
            wait_on(&app.app);
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        waits.push(asked.elapsed());
        let left: i64 = app.read(|conn| {
            let left = table::table.filter(table::status.eq_any([Status::Queued, Status::Sending]));
            Ok(left.count().get_result(conn)?)
        });
        if left == 0 {
            break;
        }
        wait_on(&app.app);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = begun.elapsed();
    drop(running);
    assert_eq!(sink.failures_left(), 0, "every failure was met");
    app.tick();

    let states: HashMap<String, Status> = app.read(|conn| {
        let mails = table::table.filter(table::kind.eq("announcement"));
        Ok(mails
            .select((table::to_email, table::status))
            .load::<(String, Status)>(conn)?
            .into_iter()
            .collect())
    });
    let mut copies: HashMap<String, Vec<Received>> = HashMap::new();
    for mail in sink
        .received()
        .into_iter()
        .filter(|mail| !mail.to[0].contains("@sign-in."))
    {
        assert_eq!(mail.to.len(), 1, "one recipient a mail");
        copies.entry(mail.to[0].clone()).or_default().push(mail);
    }
    let mut seen: BTreeMap<(usize, &str), BTreeMap<String, usize>> = BTreeMap::new();
    for (n, (_, address)) in readers.iter().enumerate() {
        let way = way_of(n);
        let came = copies.remove(address).unwrap_or_default();
        let answered = came.iter().filter(|mail| mail.answered).count();
        assert_eq!(states.get(address), Some(&way.ends), "{address}");
        assert_eq!(came.len(), way.copies, "{address}");
        assert!(answered <= 1, "{address} was sent again after it had been taken");
        assert!(came.windows(2).all(|pair| pair[0].bytes == pair[1].bytes), "{address}");
        let state = format!("{:?}, {} copies", way.ends, came.len());
        *seen
            .entry((n % WAYS.len(), way.name))
            .or_default()
            .entry(state)
            .or_default() += 1;
    }
    assert!(copies.is_empty(), "nobody else: {:?}", copies.keys());
    waits.sort();
    eprintln!(
        "{many} recipients, {:.1} s; refused and cut connections: {} each",
        took.as_secs_f64(),
        many / 40
    );
    eprintln!("{:<18} {:>6}  expected and seen", "way", "people");
    for ((n, name), states) in &seen {
        let way = &WAYS[*n];
        let expected = format!("{:?}, {} copies", way.ends, way.copies);
        let people: usize = states.values().sum();
        eprintln!(
            "{name:<18} {people:>6}  {expected}: {}",
            states.get(&expected).copied().unwrap_or_default()
        );
    }
    let p95 = waits[(waits.len() * 95 / 100).min(waits.len() - 1)];
    eprintln!(
        "sign-in mails meanwhile: {}; p95 {} ms, longest {} ms",
        waits.len(),
        p95.as_millis(),
        waits[waits.len() - 1].as_millis()
    );

    // The books of the announcement agree.
    let page = app
        .coordinator()
        .visit(&format!("/coordinate/announcements/{}", id.as_str()))
        .await;
    let sent = readers
        .iter()
        .enumerate()
        .filter(|(n, _)| way_of(*n).ends == Status::Sent)
        .count();
    page.is(200)
        .shows(&format!("Sent {sent}"))
        .shows(&format!("Altogether {many}"));
}

#[test]
fn kill_minus_nine_during_an_announcement_leaves_nobody_out_and_repeats_no_other_byte() {
    let folder = fresh_folder();
    let database = database_url(&folder);
    let kills = number("OXSOP_TEST_KILLS", 8);
    let many = kills * 12 + 110;
    let mut settings = config(&folder, "");
    settings.database.url = database.clone();
    let app = build_app_with(settings, renderer()).expect("the application");
    let readers = given_readers(&app, many, |_| "reader");
    let id = announced(&app, many);
    drop(app);
    let sink = SmtpSink::start_blocking();
    sink.fail_next(1_000_000, Failure::Slow(Duration::from_millis(90)));
    let mut seed = 11_u64;
    for _ in 0..kills {
        let server = Server::start(&folder, &database, &sink.url());
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        // At a random mail of this life; the first lives end while the mails are still being written.
        sink.wait_for(sink.count() + ((seed >> 33) % 12) as usize, Duration::from_secs(20));
        let said = server.kill();
        assert!(!said.contains("panicked"), "{said}");
    }
    let reached = |sink: &SmtpSink| {
        sink.received()
            .into_iter()
            .flat_map(|mail| mail.to)
            .collect::<HashSet<String>>()
    };
    let before_the_last = reached(&sink).len();
    assert!(before_the_last < many, "the kills fell into the bulk");
    let last = Server::start(&folder, &database, &sink.url());
    let begun = Instant::now();
    while reached(&sink).len() < many && begun.elapsed() < Duration::from_secs(400) {
        std::thread::sleep(Duration::from_millis(200));
    }
    std::thread::sleep(Duration::from_millis(500));
    last.kill();
    let mut copies: HashMap<String, Vec<Vec<u8>>> = HashMap::new();
    for mail in sink.received() {
        copies.entry(mail.to[0].clone()).or_default().push(mail.bytes);
    }
    let expected: HashSet<&String> = readers.iter().map(|(_, address)| address).collect();
    assert_eq!(
        copies.keys().collect::<HashSet<_>>(),
        expected,
        "everyone and nobody else"
    );
    let repeats: usize = copies.values().map(|copies| copies.len() - 1).sum();
    assert!(copies.values().all(|all| all.windows(2).all(|pair| pair[0] == pair[1])));
    assert!(repeats <= kills * 9, "{repeats} repeats");
    let mut settings = config(&folder, "");
    settings.database.url = database;
    let app = build_app_with(settings, renderer()).expect("the application");
    let written: i64 = app
        .db
        .read(|conn| -> Result<_, DbError> {
            let theirs = announcement_recipients::table.filter(announcement_recipients::announcement_id.eq(&id));
            Ok(theirs
                .filter(announcement_recipients::mail_id.is_not_null())
                .count()
                .get_result(conn)?)
        })
        .expect("the database works");
    assert_eq!(written, many as i64, "one mail each in the books");
    eprintln!(
        "{kills} kills ({before_the_last} of {many} reached by then): 0 missing, {repeats} repeats, all with the same bytes"
    );
}

/// One click in the mail program, while the announcement is on its way: no mail begins more than a second after the
/// answer (TRUST R4).
#[actix_web::test]
async fn nobody_is_mailed_who_unsubscribed_while_it_was_on_its_way() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let many = number("OXSOP_TEST_RACES", 150);
    let sink = SmtpSink::start().await;
    // About as long as the clicks take.
    sink.fail_next(many, Failure::Slow(Duration::from_millis(20)));
    let readers = given_readers(&app.app, many, |_| "reader");
    let links: Vec<String> = app.write(|tx, ctx| {
        readers
            .iter()
            .map(|(id, _)| unsubscribe::link(tx, ctx, Choice::Announcements, id))
            .collect()
    });
    let id = announced(&app.app, many);
    while app.write(|tx, ctx| oxsop::announcements::write_batch(tx, ctx, &id)) {}
    let running = Running::start(&app.app, &sink);
    let mut left = HashMap::new();
    // From the last to the first, so that the two meet.
    for ((_, address), link) in readers.iter().zip(&links).rev() {
        app.visitor()
            .raw_post(link, "List-Unsubscribe=One-Click", &[])
            .await
            .is(200);
        left.insert(address.clone(), Instant::now());
    }
    while !is_idle(&app.app) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(running);
    let received = sink.received();
    let late: Vec<&str> = received
        .iter()
        .filter(|mail| {
            left.get(&mail.to[0])
                .is_some_and(|left| mail.begun > *left + Duration::from_secs(1))
        })
        .map(|mail| mail.to[0].as_str())
        .collect();
    assert!(late.is_empty(), "{late:?}");
    assert!(
        !received.is_empty() && received.len() < many,
        "they met: {} of {many} were mailed",
        received.len()
    );
    let after = received
        .iter()
        .filter(|mail| left.get(&mail.to[0]).is_some_and(|left| mail.begun > *left))
        .count();
    eprintln!(
        "{many} unsubscribed, {} were mailed before; {after} mails began after the answer, none a second after",
        received.len()
    );
}
