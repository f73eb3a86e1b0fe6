//! The digest: what is new, when it was asked for, once, and nothing where there is nothing.

use std::collections::HashSet;
use std::sync::{Arc, Barrier, Mutex};

use diesel::prelude::*;
use oxsop::activities::model::{Activity, ActivityId, Scope, Status};
use oxsop::activities::store as activities;
use oxsop::members::choices::{self, Rhythm};
use oxsop::members::{self, Member};
use oxsop::platform::app::App;
use oxsop::platform::clock::At;
use oxsop::platform::db::DbError;
use oxsop::platform::db::schema::{digests_sent, meetings, outbox, recordings};
use oxsop::platform::mail::message::{self, MailContent};

use crate::invitations::leave;
use crate::meetings::{desk, scheduled};
use crate::support::TestApp;
use crate::support::people::link_in;

const ANA: &str = "ana@example.org";

fn at(text: &str) -> At {
    At::parse(text).expect("an instant")
}

async fn tick_at(app: &TestApp, now: &str) {
    app.app.clock.set(at(now));
    app.tick();
    app.deliver_mail().await;
}

fn wants(app: &TestApp, member: &Member, rhythm: Rhythm) {
    app.write(|tx, ctx| choices::choose_digest(tx, ctx, &member.id, Some(rhythm), "test"));
}

fn published(app: &TestApp, title: &str, when: &str) {
    let activity = Activity {
        id: ActivityId::new(),
        slug: title.to_lowercase().replace(' ', "-"),
        scope: Scope::National,
        kind: "Workshop".into(),
        title: title.into(),
        body: "Words about it.".into(),
        happened_on: Some("2027-02-20".into()),
        until: None,
        period: String::new(),
        place: String::new(),
        people: String::new(),
        links: String::new(),
        status: Status::Published,
        published_at: Some(at(when)),
        created_at: at(when),
        updated_at: at(when),
    };
    app.write(|tx, _| activities::insert(tx, &activity));
}

/// Says where the recording of the one meeting is.
fn recorded(app: &TestApp, when: &str) {
    app.write(|tx, _| {
        let meeting: String = meetings::table.select(meetings::id).first(tx)?;
        diesel::insert_into(recordings::table)
            .values((
                recordings::meeting_id.eq(meeting),
                recordings::url.eq("https://video.example.org/1"),
                recordings::last_day.eq("2027-12-31"),
                recordings::visibility.eq("members"),
                recordings::updated_at.eq(at(when)),
            ))
            .execute(tx)?;
        Ok(())
    });
}

fn header<'a>(mail: &'a MailContent, name: &str) -> &'a str {
    let found = mail.headers.iter().find(|(known, _)| known == name);
    found.map(|(_, value)| value.as_str()).unwrap_or_default()
}

#[actix_web::test]
async fn a_weekly_digest_says_what_is_new_and_what_comes_at_the_readers_time() {
    let app = TestApp::start().await;
    let ana = app.given_member_in("Ana", "DE", "Europe/Berlin");
    wants(&app, &ana, Rhythm::Weekly);
    let desk = desk(&app).await;
    scheduled(&app, &desk, &[("title", "Maps of care")]).await;
    app.all_mail();
    published(&app, "A walk in the park", "2027-03-10T10:00:00Z");
    published(&app, "Long ago", "2027-01-10T10:00:00Z");
    tick_at(&app, "2027-03-15T07:59:59Z").await;
    assert!(app.inbox(ANA).is_empty());
    // (The first Monday after it was turned on was 8 March.)
    tick_at(&app, "2027-03-15T08:00:00Z").await;
    let mail = app.only_mail(ANA);
    assert_eq!(mail.subject, "What is new at OXSOP: 1 new activity, 1 meeting to come");
    assert!(
        mail.text.starts_with("What is new at OXSOP\n\nYour weekly digest:")
            && mail
                .text
                .contains("A walk in the park\nNational, 20 February 2027\nWords about it.\nhttp")
            && !mail.text.contains("Long ago"),
        "{}",
        mail.text
    );
    assert!(
        mail.text
            .contains("Maps of care\nWednesday 24 March 2027, 15:00–16:30, London (16:00–17:30 for you)"),
        "{}",
        mail.text
    );
    assert_eq!(header(&mail, "List-Id"), "<digest.oxsop.example.org>");
    assert_eq!(header(&mail, "Precedence"), "bulk");
    assert_eq!(header(&mail, "List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    let link = link_in(&mail.text, "/unsubscribe/");
    assert!(
        header(&mail, "List-Unsubscribe").starts_with(&format!("<http://localhost:8080{link}>, <mailto:unsubscribe+"))
    );
    let bytes = message::bytes(&mail).expect("a mail");
    assert!(String::from_utf8_lossy(&bytes).contains("Auto-Submitted: auto-generated"));
    // Once, however often it is looked for.
    for now in ["2027-03-15T08:00:30Z", "2027-03-15T12:00:00Z", "2027-03-17T09:00:00Z"] {
        tick_at(&app, now).await;
        assert!(app.inbox(ANA).is_empty(), "{now}");
    }
    // What the next says is what came since, no matter when in between.
    published(&app, "In the very minute", "2027-03-15T07:59:30Z");
    recorded(&app, "2027-03-16T10:00:00Z");
    tick_at(&app, "2027-03-22T08:00:00Z").await;
    let mail = app.only_mail(ANA);
    assert!(mail.text.contains("Recording (Maps of care)"), "{}", mail.text);
    assert!(mail.text.contains("In the very minute") && !mail.text.contains("A walk in the park"));
    app.all_mail();
}

#[actix_web::test]
async fn nothing_is_sent_where_there_is_nothing_and_nobody_gets_it_who_did_not_ask() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    app.given_member("Bo");
    wants(&app, &ana, Rhythm::Weekly);
    for monday in ["2027-03-08T08:10:00Z", "2027-03-15T08:10:00Z"] {
        tick_at(&app, monday).await;
        assert!(app.all_mail().is_empty(), "{monday}");
    }
    let looked_at: i64 = app.read(|conn| Ok(digests_sent::table.count().get_result(conn)?));
    assert_eq!(looked_at, 2);
    published(&app, "A walk in the park", "2027-03-16T10:00:00Z");
    tick_at(&app, "2027-03-22T08:10:00Z").await;
    let mails = app.all_mail();
    assert_eq!(
        mails.iter().map(|mail| mail.to.email.as_str()).collect::<Vec<_>>(),
        [ANA]
    );
}

#[actix_web::test]
async fn a_monthly_one_comes_on_the_first_monday_and_a_late_one_still_for_some_days() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    wants(&app, &ana, Rhythm::Monthly);
    published(&app, "A walk in the park", "2027-03-10T10:00:00Z");
    for now in ["2027-03-08T08:10:00Z", "2027-03-29T08:10:00Z", "2027-04-05T06:59:00Z"] {
        tick_at(&app, now).await;
        assert!(app.all_mail().is_empty(), "{now}");
    }
    // The server was down over the hour (08:00 in London is 07:00 UTC now).
    tick_at(&app, "2027-04-08T20:00:00Z").await;
    assert_eq!(app.only_mail(ANA).subject, "What is new at OXSOP: 1 new activity");
    // A month later it is down for too long: what it would have said is in the next.
    published(&app, "A choir", "2027-04-20T10:00:00Z");
    tick_at(&app, "2027-05-12T08:00:00Z").await;
    assert!(app.all_mail().is_empty());
    tick_at(&app, "2027-06-07T07:00:00Z").await;
    assert!(app.only_mail(ANA).text.contains("A choir"));
}

#[actix_web::test]
async fn turned_off_or_gone_while_it_waits_it_does_not_leave() {
    for leaves in [false, true] {
        let app = TestApp::start().await;
        let ana = app.given_member("Ana");
        wants(&app, &ana, Rhythm::Weekly);
        published(&app, "A walk in the park", "2027-03-03T10:00:00Z");
        app.app.clock.set(at("2027-03-08T08:00:00Z"));
        app.tick();
        if leaves {
            leave(&app, &ana);
        } else {
            app.write(|tx, ctx| choices::choose_digest(tx, ctx, &ana.id, None, "test"));
        }
        app.deliver_mail().await;
        assert!(app.all_mail().is_empty());
        let outcome: String = app.read(|conn| {
            let digest = outbox::table.filter(outbox::kind.eq("digest"));
            Ok(digest.select(outbox::outcome).first(conn)?)
        });
        assert!(outcome.starts_with("not sent: "), "{outcome}");
    }
}

#[actix_web::test]
async fn two_replicas_write_it_once() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    wants(&app, &ana, Rhythm::Weekly);
    published(&app, "A walk in the park", "2027-03-03T10:00:00Z");
    app.app.clock.set(at("2027-03-08T08:00:00Z"));
    let start = Arc::new(Barrier::new(4));
    let ticking: Vec<_> = (0..4)
        .map(|_| {
            let (app, start) = (app.app.clone(), start.clone());
            std::thread::spawn(move || {
                start.wait();
                app.write_now(oxsop::digest::send_what_is_due)
            })
        })
        .collect();
    for tick in ticking {
        tick.join().expect("no panic").expect("the database works");
    }
    app.deliver_mail().await;
    app.only_mail(ANA);
}

#[actix_web::test]
async fn the_preview_says_what_the_next_would_and_changes_nothing() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let browser = app.signed_in(&ana);
    let page = browser.visit("/me/mail/digest").await;
    page.is(200).shows("You get no digest").shows("Nothing is new");
    wants(&app, &ana, Rhythm::Weekly);
    published(&app, "A <b>walk</b>", "2027-03-01T08:00:00Z");
    let page = browser.visit("/me/mail/digest").await;
    page.is(200)
        .shows("A <b>walk</b>")
        .shows("It is due on 8 March 2027, 08:00 London")
        .hides("<b>walk");
    let looked_at: i64 = app.read(|conn| Ok(digests_sent::table.count().get_result(conn)?));
    assert_eq!(looked_at, 0);
}

/// How many members press; `OXSOP_TEST_RACES` raises it.
fn races() -> usize {
    let given = std::env::var("OXSOP_TEST_RACES").ok();
    given.and_then(|number| number.parse().ok()).unwrap_or(200)
}

/// Everybody turns the digest off, or leaves, while digests are written and sent: whoever was told that it is done
/// before a sending began is in none of what it sent (TRUST R4, F6).
#[actix_web::test]
async fn nobody_is_mailed_who_turned_it_off_before_sending_began() {
    let app = TestApp::start().await;
    let number = races();
    let people: Vec<Member> = (0..number).map(|n| app.given_member(&format!("Person {n}"))).collect();
    for member in &people {
        wants(&app, member, Rhythm::Weekly);
    }
    published(&app, "A walk in the park", "2027-03-03T10:00:00Z");
    app.app.clock.set(at("2027-03-08T08:00:00Z"));
    let out: Arc<Mutex<HashSet<String>>> = Arc::default();
    let end = |app: &App, out: &Mutex<HashSet<String>>, n: usize, member: &Member| {
        let ended = app.write_now(|tx, ctx| -> Result<(), DbError> {
            if n.is_multiple_of(2) {
                choices::choose_digest(tx, ctx, &member.id, None, "test")
            } else {
                members::actions::leave(tx, ctx, &member.id, "self").map(|_| ())
            }
        });
        ended.expect("the database works");
        out.lock().expect("unpoisoned").insert(member.email.clone());
    };
    let mut stopped = 0;
    app.tick();
    let (shared, out_too, people_too) = (app.app.clone(), out.clone(), people.clone());
    let ending = std::thread::spawn(move || {
        for (n, member) in people_too.iter().enumerate() {
            end(&shared, &out_too, n, member);
        }
    });
    // Fifty are written at a time; the last of them press in the moment before sending begins.
    for _ in 0..number.div_ceil(50) {
        app.tick();
        let waiting: Vec<String> = app.read(|conn| {
            let digests = outbox::table.filter(outbox::kind.eq("digest"));
            Ok(digests
                .filter(outbox::status.eq("queued"))
                .order(outbox::id.desc())
                .limit(5)
                .select(outbox::to_email)
                .load(conn)?)
        });
        for (n, member) in people
            .iter()
            .enumerate()
            .filter(|(_, one)| waiting.contains(&one.email))
        {
            end(&app.app, &out, n, member);
            stopped += 1;
        }
        let before = out.lock().expect("unpoisoned").clone();
        app.deliver_mail().await;
        let mailed: HashSet<String> = app.all_mail().into_iter().map(|mail| mail.to.email).collect();
        let wronged: Vec<&String> = mailed.intersection(&before).collect();
        assert!(wronged.is_empty(), "{wronged:?}");
    }
    ending.join().expect("no panic");
    assert!(stopped > 0, "nobody pressed in time");
    assert_eq!(out.lock().expect("unpoisoned").len(), number);
}

/// Monday 5 April and Monday 3 May 2027 are the first of their month; both rhythms are due on them.
#[actix_web::test]
async fn another_rhythm_begins_with_its_next_monday_and_sends_nothing_at_once() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    wants(&app, &ana, Rhythm::Weekly);
    published(&app, "A walk in the park", "2027-04-01T10:00:00Z");
    tick_at(&app, "2027-04-05T07:00:00Z").await;
    assert!(app.only_mail(ANA).text.contains("Your weekly digest"));
    published(&app, "A choir", "2027-04-06T09:00:00Z");
    for (now, rhythm) in [
        ("2027-04-06T10:00:00Z", Rhythm::Monthly),
        ("2027-04-07T10:00:00Z", Rhythm::Weekly),
        ("2027-04-08T10:00:00Z", Rhythm::Monthly),
    ] {
        app.app.clock.set(at(now));
        wants(&app, &ana, rhythm);
        tick_at(&app, now).await;
        assert!(app.all_mail().is_empty(), "{now}");
    }
    for monday in ["2027-04-12T07:00:00Z", "2027-04-19T07:00:00Z"] {
        tick_at(&app, monday).await;
        assert!(app.all_mail().is_empty(), "{monday}");
    }
    tick_at(&app, "2027-05-03T07:00:00Z").await;
    let mail = app.only_mail(ANA);
    assert!(
        mail.text.contains("Your monthly digest") && mail.text.contains("A choir"),
        "{}",
        mail.text
    );
    published(&app, "A garden", "2027-05-04T09:00:00Z");
    app.app.clock.set(at("2027-05-04T10:00:00Z"));
    wants(&app, &ana, Rhythm::Weekly);
    for now in ["2027-05-04T10:00:00Z", "2027-05-05T10:00:00Z", "2027-05-06T06:00:00Z"] {
        tick_at(&app, now).await;
        assert!(app.all_mail().is_empty(), "{now}");
    }
    tick_at(&app, "2027-05-10T07:00:00Z").await;
    let mail = app.only_mail(ANA);
    assert!(
        mail.text.contains("Your weekly digest") && mail.text.contains("A garden"),
        "{}",
        mail.text
    );
}
