//! The public face, what programs ask of it, the desk and the outbox.

use oxsop::platform::clock::At;
use oxsop::platform::mail::message::Address;
use oxsop::platform::mail::outbox::{self, Kind, Mail, OutboxId, Status};
use oxsop::platform::render::Words;

use crate::support::{Actor, TestApp};

fn mail(subject: &str) -> Mail {
    let to = Address {
        email: "ana@example.org".into(),
        name: "Ana Bell".into(),
    };
    let words = Words {
        subject: subject.into(),
        text: "Open http://localhost:8080/meetings/one or <b>wait</b>.\n".into(),
        html: "<p>Hello<script>alert(1)</script></p>".into(),
    };
    Mail::new(Kind::Notice, to, words).about("meeting:m1")
}

fn written(app: &TestApp, mail: Mail) -> OutboxId {
    app.write(|tx, ctx| outbox::enqueue(tx, ctx, mail)).expect("a new mail")
}

fn set(app: &TestApp, id: &OutboxId, status: Status, outcome: &str) {
    use diesel::prelude::*;
    use oxsop::platform::db::schema::outbox as table;
    app.write(|tx, _| {
        diesel::update(table::table.filter(table::id.eq(id.clone())))
            .set((
                table::status.eq(status),
                table::outcome.eq(outcome.to_owned()),
                table::attempts.eq(3),
            ))
            .execute(tx)?;
        Ok(())
    });
}

#[actix_web::test]
async fn the_first_page_says_what_the_network_is() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let page = app.visitor().visit("/").await;
    page.is(200)
        .shows("1 person belongs to the network")
        .shows("The first entries are being written");
    assert!(page.header("etag").starts_with('"') && page.header("set-cookie").is_empty());
    for path in ["/privacy", "/accessibility", "/demo/pieces"] {
        app.visitor().visit(path).await.is(200);
    }
}

#[actix_web::test]
async fn the_privacy_notice_promises_what_the_code_does() {
    let app = TestApp::start().await;
    let page = app.visitor().visit("/privacy").await;
    for kept in oxsop::site::retention::kept() {
        page.shows(kept.what).shows(&kept.how_long);
    }
    for anchor in [
        "controller",
        "data-protection-officer",
        "purposes",
        "lawful-basis",
        "legitimate-interests",
        "recipients",
        "transfers",
        "retention",
        "rights",
        "withdrawal",
        "complaints",
        "statutory-need",
        "automated-decisions",
    ] {
        assert!(page.body.contains(&format!("id=\"{anchor}\"")), "{anchor}");
    }
}

#[actix_web::test]
async fn the_accessibility_statement_has_been_reviewed_within_a_year() {
    let app = TestApp::start_with("").await;
    let text = app.visitor().visit("/accessibility").await.text();
    let reviewed = text
        .split("It was last reviewed on ")
        .nth(1)
        .and_then(|rest| rest.split(',').next())
        .expect("a date");
    let reviewed = jiff::civil::Date::strptime("%d %B %Y", reviewed).expect("a date that can be read");
    let today = oxsop::platform::clock::Clock::default()
        .now()
        .in_zone(&jiff::tz::TimeZone::UTC)
        .date();
    assert!(
        (today - reviewed).get_days() < 366,
        "the statement of {reviewed} is to be reviewed"
    );
}

#[actix_web::test]
async fn programs_are_told_what_they_ask() {
    let app = TestApp::start().await;
    let security = app.visitor().get("/.well-known/security.txt", &[]).await;
    assert_eq!(security.is(200).header("content-type"), "text/plain; charset=utf-8");
    security
        .shows("Contact: mailto:network@oxsop.example.org")
        .shows("Expires: 2028-02-28T00:00:00Z");
    let robots = app.visitor().get("/robots.txt", &[]).await;
    robots
        .is(200)
        .shows("Disallow: /coordinate")
        .shows("Sitemap: http://localhost:8080/sitemap.xml");
    let sitemap = app.visitor().get("/sitemap.xml", &[]).await;
    assert_eq!(sitemap.is(200).header("content-type"), "application/xml; charset=utf-8");
    assert!(
        sitemap
            .body
            .contains("<url><loc>http://localhost:8080/privacy</loc></url>"),
        "{}",
        sitemap.body
    );
    let etag = sitemap.header("etag").to_owned();
    app.visitor()
        .get("/sitemap.xml", &[("if-none-match", &etag)])
        .await
        .is(304);
}

#[actix_web::test]
async fn the_desk_counts_what_waits_and_links_to_it() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    let id = written(&app, mail("Minutes"));
    set(&app, &id, Status::Failed, "refused: 550 no such user");
    let page = coordinator.visit("/coordinate").await;
    page.is(200)
        .shows("1 mail failed")
        .shows("0 drafts of activities")
        .shows("0 requests wait");
    coordinator
        .visit(&page.link("state=failed"))
        .await
        .is(200)
        .shows("Minutes");
    let member = app.given_member("Mo");
    app.signed_in(&member).visit("/coordinate").await.is(403);
}

#[actix_web::test]
async fn the_outbox_shows_why_a_mail_failed_and_tries_again() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    let failed = written(&app, mail("Minutes <b>of</b> May"));
    set(&app, &failed, Status::Failed, "refused: 550 no such user");
    let sent = written(&app, mail("Agenda"));
    set(&app, &sent, Status::Sent, "250 ok");

    let list = coordinator.visit("/coordinate/outbox").await;
    list.is(200)
        .shows("Failed (1)")
        .shows("refused: 550 no such user")
        .shows("Ana Bell ana@example.org");
    list.hides("<b>of</b>");
    coordinator
        .visit("/coordinate/outbox?state=sent")
        .await
        .shows("Agenda")
        .hides("Minutes");
    coordinator
        .visit("/coordinate/outbox?about=meeting:m1")
        .await
        .shows("Only mails about a meeting")
        .shows("Agenda");
    coordinator
        .visit("/coordinate/outbox?about=meeting:other")
        .await
        .shows("No mails here");

    let path = format!("/coordinate/outbox/{failed}");
    let page = coordinator.visit(&path).await;
    page.is(200)
        .shows("refused: 550 no such user")
        .shows("<b>wait</b>")
        .hides("<b>wait</b>");
    assert!(
        page.body.contains("<a href=\"http://localhost:8080/meetings/one\">"),
        "{}",
        page.body
    );
    let html = coordinator.get(&format!("{path}/html"), &[]).await;
    let policy = html.is(200).header("content-security-policy");
    assert!(
        policy.contains("sandbox") && policy.contains("default-src 'none'"),
        "{policy}"
    );
    assert_eq!(html.header("x-frame-options"), "SAMEORIGIN");

    let done = coordinator.submit(&format!("{path}/retry"), []).await;
    done.is(200).shows("The mail is queued again").shows("Waiting");
    app.deliver_mail().await;
    assert_eq!(app.only_mail("ana@example.org").subject, "Minutes <b>of</b> May");
    coordinator.visit(&path).await.shows("Sent");
    coordinator
        .post(&format!("/coordinate/outbox/{sent}/retry"), [])
        .await
        .is(409);
    coordinator.visit("/coordinate/outbox/nothing").await.is(404);
}

#[actix_web::test]
async fn the_text_of_a_mail_that_lets_somebody_in_is_shown_to_nobody() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    let until = At::parse("2027-03-02T00:00:00Z").expect("an instant");
    let id = written(&app, mail("Sign in").secret_until(until));
    let path = format!("/coordinate/outbox/{id}");
    let page = coordinator.visit(&path).await;
    page.is(200)
        .shows("its text is shown to nobody")
        .hides("/meetings/one")
        .hides("iframe");
    coordinator.get(&format!("{path}/html"), &[]).await.is(404);
    app.deliver_mail().await;
    app.ignore_mail();
    coordinator
        .visit(&path)
        .await
        .is(200)
        .shows("Sent")
        .hides("/meetings/one");
}

#[actix_web::test]
async fn the_demo_shows_the_mail_it_does_not_send() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.visit("/demo/mail").await.is(200).shows("No mail yet");
    written(&app, mail("First"));
    let outbox = app
        .app
        .part::<oxsop::platform::mail::delivery::Captured>()
        .expect("captured");
    let target = oxsop::platform::mail::transport::parse("memory://").expect("a target");
    oxsop::platform::mail::delivery::drain(&app.app, &target)
        .await
        .expect("the outbox works");
    assert_eq!(outbox.0.lock().expect("unpoisoned").len(), 1);
    let list = visitor.visit("/demo/mail").await;
    list.shows("First").shows("Ana Bell (ana@example.org)");
    let page = visitor.visit(&list.link("/demo/mail/1")).await;
    page.is(200);
    assert!(
        page.body.contains("<a href=\"http://localhost:8080/meetings/one\">"),
        "{}",
        page.body
    );
    let html = visitor.get("/demo/mail/1/html", &[]).await;
    assert!(html.is(200).header("content-security-policy").contains("sandbox"));
    for path in ["/demo/mail/0", "/demo/mail/2", "/demo/mail/x", "/demo/mail/2/html"] {
        Actor::new(&app).visit(path).await.is(404);
    }
}
