//! Two things at once: what one transaction cannot see of another must not be lost.
//!
//! SQLite lets one writer in at a time, so these stories say the most on PostgreSQL.

use std::sync::{Arc, Barrier, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;

use oxsop::members;
use oxsop::platform::app::Ctx;
use oxsop::platform::db::{Conn, Db, DbError};
use oxsop::platform::mail::{Address, Kind, Mail, enqueue, outbox};
use oxsop::platform::render::Words;

use crate::invitations::{ics, value};
use crate::meetings::{desk, draft};
use crate::support::TestApp;
use crate::support::app::{database_url, fresh_folder, new_member};

/// Does `work` in a transaction of its own, which commits some time after it is done; returns once it is done.
fn slowly(
    app: &TestApp,
    work: impl FnOnce(&mut Conn, &Ctx<'_>) -> Result<(), DbError> + Send + 'static,
) -> JoinHandle<()> {
    let (done, is_done) = mpsc::channel();
    let shared = app.app.clone();
    let thread = std::thread::spawn(move || {
        shared
            .write_now(|tx, ctx| {
                work(tx, ctx)?;
                done.send(()).expect("somebody listens");
                std::thread::sleep(Duration::from_millis(1_500));
                Ok::<_, DbError>(())
            })
            .expect("it commits");
    });
    is_done.recv().expect("it is done");
    thread
}

#[actix_web::test]
async fn whoever_joins_in_the_moment_of_scheduling_is_invited() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = draft(&desk, &[]).await;
    // The approval that lets Ana in has looked for meetings, and is not committed yet.
    let joining = slowly(&app, |tx, ctx| {
        let ana = members::actions::add(tx, ctx, &new_member("ana@example.org", "Ana"))?;
        members::actions::announce_change(tx, ctx, &ana)
    });
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    joining.join().expect("Ana joins");
    app.deliver_mail().await;
    assert_eq!(value(&ics(&app.only_mail("ana@example.org")), "SEQUENCE"), "0");
    app.all_mail();
}

#[actix_web::test]
async fn a_sign_in_link_does_not_wait_for_a_change_that_takes_mails_back() {
    let app = TestApp::start().await;
    let to = Address {
        email: "ana@example.org".into(),
        name: String::new(),
    };
    let words = |subject: &str| Words {
        subject: subject.into(),
        text: "A sample.".into(),
        html: "<p>A sample.</p>".into(),
    };
    let old = Mail::new(Kind::Notice, to.clone(), words("Old")).in_order("one");
    let new = Mail::new(Kind::Notice, to.clone(), words("New")).in_order("one");
    app.write(|tx, ctx| enqueue(tx, ctx, old));
    let changing = slowly(&app, |tx, ctx| {
        outbox::supersede(tx, ctx, "one")?;
        enqueue(tx, ctx, new).map(|_| ())
    });
    if !app.app.db.is_sqlite() {
        let link = Mail::new(Kind::Confirm, to, words("Link"));
        app.write(|tx, ctx| enqueue(tx, ctx, link));
        app.deliver_mail().await;
        assert!(!changing.is_finished(), "delivery waited for the change");
        assert_eq!(app.only_mail("ana@example.org").subject, "Link");
    }
    changing.join().expect("it commits");
    app.deliver_mail().await;
    assert_eq!(app.only_mail("ana@example.org").subject, "New");
}

#[actix_web::test]
async fn replicas_that_start_together_make_the_tables_once() {
    let url = database_url(&fresh_folder());
    let start = Arc::new(Barrier::new(4));
    let starting: Vec<_> = (0..4)
        .map(|_| {
            let (url, start) = (url.clone(), start.clone());
            std::thread::spawn(move || {
                start.wait();
                Db::open(&url).and_then(|db| db.migrate()).map_err(|e| e.to_string())
            })
        })
        .collect();
    for replica in starting {
        assert_eq!(replica.join().expect("no panic"), Ok(()));
    }
}
