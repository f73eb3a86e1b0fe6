//! The pace of mail: so many a minute, patience with those who ask for it, and what somebody waits for overtakes it all
//! (TRUST D11, D12, R12).

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use oxsop::platform::clock::{days, hours, minutes};
use oxsop::platform::db::schema::{mail_holds, outbox as table};
use oxsop::platform::mail::outbox::{self, Status};
use oxsop::platform::mail::transport;
use oxsop::platform::mail::{Kind, Mail, delivery};
use oxsop::server::build_app_with;
use tokio::sync::watch;

use crate::believed::{drain, write_mail};
use crate::outbox::mail_to;
use crate::support::TestApp;
use crate::support::app::{config, database_url, fresh_folder, renderer};
use crate::support::smtp::{Failure, SmtpSink};

fn to(sink: &SmtpSink) -> Vec<String> {
    sink.received().into_iter().flat_map(|mail| mail.to).collect()
}

/// A mail that somebody sits and waits for.
fn urgent(email: &str) -> Mail {
    Mail {
        kind: Kind::Confirm,
        ..mail_to(email, "Urgent")
    }
}

#[actix_web::test]
async fn so_many_a_minute_leave_and_what_somebody_waits_for_overtakes() {
    let app = TestApp::start_with("per_minute = 4").await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    for n in 0..10 {
        write_mail(&app.app, mail_to(&format!("m{n}@example.org"), "Bulk"));
    }
    assert_eq!(drain(&app.app, &sink).await, 4);
    write_mail(&app.app, urgent("ana@example.org"));
    assert_eq!(
        drain(&app.app, &sink).await,
        1,
        "the minute is used up, but not for her"
    );
    assert_eq!(to(&sink).last().map(String::as_str), Some("ana@example.org"));
    app.advance(minutes(1)).await;
    write_mail(&app.app, urgent("ben@example.org"));
    assert_eq!(drain(&app.app, &sink).await, 5);
    assert_eq!(to(&sink)[5], "ben@example.org", "before the rest of the bulk");
    app.advance(minutes(1)).await;
    assert_eq!(drain(&app.app, &sink).await, 2);
    assert_eq!(to(&sink).len(), 12);
}

#[actix_web::test]
async fn one_domain_gets_so_many_a_minute_and_the_others_flow() {
    let app = TestApp::start_with("per_minute_per_domain = 3").await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    for n in 0..20 {
        write_mail(&app.app, mail_to(&format!("m{n}@Big_one.example.org"), "Bulk"));
    }
    for domain in ["bigxone.example.org", "small.example.org"] {
        write_mail(&app.app, mail_to(&format!("ana@{domain}"), "Bulk"));
    }
    drain(&app.app, &sink).await;
    let big = |to: &[String]| to.iter().filter(|to| to.contains("Big_one")).count();
    assert_eq!((big(&to(&sink)), to(&sink).len()), (3, 5), "{:?}", to(&sink));
    for round in 2..=7 {
        app.advance(minutes(1)).await;
        drain(&app.app, &sink).await;
        assert_eq!(big(&to(&sink)), (3 * round).min(20));
    }
}

#[actix_web::test]
async fn a_domain_that_asks_for_patience_gets_it_and_nobody_else_waits() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    for n in 0..20 {
        write_mail(&app.app, mail_to(&format!("m{n:02}@slow.example.org"), "Bulk"));
    }
    write_mail(&app.app, mail_to("ana@fast.example.org", "Bulk"));
    sink.fail_next(1, Failure::Rcpt(421));
    drain(&app.app, &sink).await;
    // Eight were claimed together; the first was refused, and after those nothing of that domain begins.
    let slow = |to: &[String]| to.iter().filter(|to| to.contains("slow")).count();
    assert_eq!((slow(&to(&sink)), to(&sink).len()), (7, 8), "{:?}", to(&sink));
    let holds = app.read(|conn| delivery::holds(conn, app.app.now()));
    assert_eq!(holds.len(), 1);
    assert_eq!((holds[0].domain.as_str(), holds[0].strikes), ("slow.example.org", 1));
    assert!(holds[0].words.contains("421"), "{}", holds[0].words);
    let page = app.coordinator().visit("/coordinate/outbox").await;
    page.shows("Mail to slow.example.org rests until")
        .shows("421 as planned");
    write_mail(&app.app, urgent("m00@slow.example.org"));
    assert_eq!(drain(&app.app, &sink).await, 1, "somebody sits and waits for it");

    sink.fail_next(1, Failure::Rcpt(421));
    app.advance(minutes(2)).await;
    drain(&app.app, &sink).await;
    let holds = app.read(|conn| delivery::holds(conn, app.app.now()));
    assert_eq!(holds[0].strikes, 2, "a second refusal in a row makes the wait longer");
    app.advance(minutes(5)).await;
    drain(&app.app, &sink).await;
    app.advance(minutes(5)).await;
    drain(&app.app, &sink).await;
    assert_eq!((slow(&to(&sink)), to(&sink).len()), (21, 22));
    let waiting: i64 = app.read(|conn| {
        Ok(table::table
            .filter(table::status.ne(Status::Sent))
            .count()
            .get_result(conn)?)
    });
    assert_eq!(waiting, 0);
    assert!(app.read(|conn| delivery::holds(conn, app.app.now())).is_empty());
}

#[actix_web::test]
async fn a_mail_server_that_asks_for_patience_gets_it_for_all_but_the_urgent() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    for n in 0..20 {
        write_mail(&app.app, mail_to(&format!("m{n}@d{n}.example.org"), "Bulk"));
    }
    sink.fail_next(1, Failure::Mail(421));
    assert_eq!(drain(&app.app, &sink).await, 8, "those claimed together, no more");
    write_mail(&app.app, urgent("ana@example.org"));
    assert_eq!(drain(&app.app, &sink).await, 1);
    app.advance(minutes(2)).await;
    assert_eq!(drain(&app.app, &sink).await, 13);
    assert_eq!(to(&sink).len(), 21);
}

#[actix_web::test]
async fn two_servers_on_one_database_share_one_pace() {
    let folder = fresh_folder();
    let url = database_url(&folder);
    let sink = SmtpSink::start().await;
    let start = || {
        let mut config = config(&folder, "per_minute = 9\nper_minute_per_domain = 5");
        config.database.url.clone_from(&url);
        Arc::new(build_app_with(config, renderer()).expect("it starts"))
    };
    let (one, two) = (start(), start());
    for n in 0..40 {
        write_mail(&one, mail_to(&format!("m{n}@d{}.example.org", n % 2), "Bulk"));
    }
    let (first, second) = futures_util::future::join(drain(&one, &sink), drain(&two, &sink)).await;
    assert_eq!(first + second, 9);
    for domain in ["d0", "d1"] {
        assert!(to(&sink).iter().filter(|to| to.contains(domain)).count() <= 5);
    }
    assert_eq!(drain(&one, &sink).await + drain(&two, &sink).await, 0, "nor after that");
}

#[actix_web::test]
async fn a_sign_in_mail_overtakes_a_long_bulk_that_is_under_way() {
    let app = TestApp::start_with("connections = 2\nper_minute = 100000").await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    sink.fail_next(100_000, Failure::Slow(Duration::from_millis(20)));
    for n in 0..400 {
        write_mail(&app.app, mail_to(&format!("m{n}@example.org"), "Bulk"));
    }
    let (stop, stopped) = watch::channel(false);
    let target = transport::parse(&sink.url()).expect("a target");
    let sender = delivery::start(app.app.clone(), target, stopped).expect("delivery starts");
    sink.wait_for(10, Duration::from_secs(60));
    write_mail(&app.app, urgent("ana@example.org"));
    let begun = to(&sink).len();
    let place = loop {
        let reached = to(&sink);
        if let Some(place) = reached.iter().position(|to| to == "ana@example.org") {
            break place;
        }
        assert!(reached.len() < 400, "the whole bulk went first");
        tokio::time::sleep(Duration::from_millis(5)).await;
    };
    stop.send_replace(true);
    tokio::task::spawn_blocking(move || sender.join())
        .await
        .expect("waited")
        .expect("delivery ends");
    // Those that were being sent, and what left while it was written; not the hundreds that waited.
    assert!(place - begun < 40, "{begun} had left, it came as number {place}");
}

/// More domains than an expression can be deep.
#[actix_web::test]
async fn any_number_of_domains_may_rest_and_everything_else_flows() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    let until = app.app.now().plus(minutes(20));
    app.write(|tx, _| {
        for n in 0..1_500 {
            diesel::insert_into(mail_holds::table)
                .values((
                    mail_holds::domain.eq(format!("d{n}.example.org")),
                    mail_holds::until.eq(until),
                    mail_holds::strikes.eq(1),
                    mail_holds::words.eq("451 4.7.1 later"),
                ))
                .execute(tx)?;
        }
        Ok(())
    });
    write_mail(&app.app, mail_to("ana@d7.example.org", "Bulk"));
    write_mail(&app.app, mail_to("ben@example.org", "Bulk"));
    write_mail(&app.app, urgent("cai@d8.example.org"));
    drain(&app.app, &sink).await;
    assert_eq!(to(&sink), ["cai@d8.example.org", "ben@example.org"]);
    app.advance(minutes(21)).await;
    drain(&app.app, &sink).await;
    assert_eq!(to(&sink).len(), 3);
}

#[actix_web::test]
async fn a_university_that_puts_off_every_first_try_has_all_its_mail_within_the_half_hour() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    for n in 0..60 {
        let address = format!("m{n:02}@university.example.org");
        write_mail(&app.app, mail_to(&address, "Bulk"));
        sink.fail_for(&address, [Failure::Says("451 4.7.1 Try again later")]);
    }
    for n in 0..60 {
        let address = format!("m{n:02}@grey.example.org");
        write_mail(&app.app, mail_to(&address, "Bulk"));
        sink.fail_for(
            &address,
            [Failure::Says("451 4.7.1 Greylisted, come back in five minutes")],
        );
    }
    drain(&app.app, &sink).await;
    let rests = app.read(|conn| delivery::holds(conn, app.app.now()));
    assert_eq!(rests.len(), 1, "greylisting rests nobody: {rests:?}");
    app.advance(minutes(2)).await;
    drain(&app.app, &sink).await;
    let reached = |part: &str| to(&sink).iter().filter(|to| to.contains(part)).count();
    assert_eq!(reached("grey"), 60, "their second tries went together");
    for _ in 0..28 {
        app.advance(minutes(1)).await;
        drain(&app.app, &sink).await;
    }
    assert_eq!(reached("university"), 60);
}

#[actix_web::test]
async fn a_mail_that_waited_for_days_before_its_first_try_has_four_days_from_then() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    app.write(|tx, ctx| outbox::hold(tx, ctx, "announcement:1"));
    write_mail(&app.app, mail_to("ana@example.org", "Held").about("announcement:1"));
    app.advance(days(5)).await;
    app.write(|tx, ctx| outbox::release(tx, ctx, "announcement:1"));
    sink.fail_next(1, Failure::Rcpt(450));
    drain(&app.app, &sink).await;
    let state = || {
        app.read(|conn| {
            let one = table::table.select((table::status, table::outcome));
            Ok(one.first::<(Status, String)>(conn)?)
        })
    };
    assert_eq!(state().0, Status::Queued, "{}", state().1);
    app.advance(hours(1)).await;
    drain(&app.app, &sink).await;
    assert_eq!((state().0, to(&sink).len()), (Status::Sent, 1));
}

#[actix_web::test]
async fn a_clock_that_was_wrong_for_a_while_stops_no_mail() {
    let app = TestApp::start_with("per_minute = 3").await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    let now = app.app.now();
    app.app.clock.set(now.plus(days(30)));
    for n in 0..3 {
        write_mail(&app.app, mail_to(&format!("m{n}@early.example.org"), "Bulk"));
    }
    sink.fail_next(1, Failure::Rcpt(421));
    drain(&app.app, &sink).await;
    app.app.clock.set(now);
    for n in 0..3 {
        write_mail(&app.app, mail_to(&format!("n{n}@early.example.org"), "Bulk"));
    }
    assert_eq!(drain(&app.app, &sink).await, 3);
    assert!(app.read(|conn| delivery::holds(conn, app.app.now())).is_empty());
}

/// Filters quote the link that they dislike; nobody but its reader may see it.
#[actix_web::test]
async fn what_a_server_quotes_of_a_mail_lets_nobody_in() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    let ana = app.given_member("Ana");
    let browser = app.visitor();
    browser.visit("/sign-in").await.is(200);
    browser
        .submit("/sign-in", [("email", ana.email.as_str())])
        .await
        .is(200);
    sink.fail_next(1, Failure::Quotes("/sign-in/"));
    drain(&app.app, &sink).await;
    let desk = app.coordinator();
    for path in [
        "/coordinate/outbox?state=failed".to_owned(),
        format!("/coordinate/members/{}", ana.id.as_str()),
    ] {
        let page = desk.visit(&path).await;
        page.is(200).shows("Blocked, it says").shows("/sign-in/…");
    }
}

#[actix_web::test]
async fn a_hundred_that_must_not_go_any_more_hold_up_nobody_behind_them() {
    let app = TestApp::start().await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    let over = app.app.now().plus(minutes(1));
    for n in 0..100 {
        let mut mail = mail_to(&format!("m{n}@example.org"), "Too late");
        mail.not_after = Some(over);
        write_mail(&app.app, mail);
    }
    write_mail(&app.app, mail_to("ana@example.org", "In time"));
    app.advance(minutes(2)).await;
    assert_eq!(drain(&app.app, &sink).await, 1);
    assert_eq!(to(&sink), ["ana@example.org"]);
}

/// What one domain puts off again and again may take no place from the others.
#[actix_web::test]
async fn a_domain_that_puts_everything_off_starves_nobody_of_the_pace() {
    let app = TestApp::start_with("per_minute = 8").await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    for n in 0..60 {
        let address = format!("m{n}@full.example.org");
        write_mail(&app.app, mail_to(&address, "Bulk"));
        sink.fail_for(&address, [Failure::Rcpt(452); 1_000]);
    }
    for _ in 0..8 {
        drain(&app.app, &sink).await;
        app.advance(minutes(1)).await;
    }
    for n in 0..20 {
        write_mail(&app.app, mail_to(&format!("n{n}@d{n}.example.org"), "Bulk"));
    }
    for _ in 0..15 {
        drain(&app.app, &sink).await;
        app.advance(minutes(1)).await;
    }
    assert_eq!(to(&sink).len(), 20, "{:?}", to(&sink));
}
