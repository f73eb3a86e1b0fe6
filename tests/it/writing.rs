//! Writing an announcement: what the form says while it is not right yet, kept audiences, going back, and what the pages
//! around it show of it.

use diesel::prelude::*;
use oxsop::cli::demo;
use oxsop::platform::clock::At;
use oxsop::platform::db::schema::{announcements, audit, outbox};
use oxsop::platform::mail::outbox::Status;
use oxsop::site;

use crate::announcements::{PASSWORD, asked, desk, draft, form, send};
use crate::support::{Page, TestApp};

const ALL: &str = "/coordinate/announcements";

/// The part of a page from this id to the next closing tag of that name.
fn part<'a>(page: &'a Page, id: &str, end: &str) -> &'a str {
    let from = page.body.split(&format!("id=\"{id}\"")).nth(1).expect("the part");
    from.split(end).next().expect("its end")
}

#[actix_web::test]
async fn a_preview_that_cannot_be_shown_says_why_and_leads_there() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let preview = |changes: &[(&'static str, &'static str)]| form(&[changes, &[("do", "preview")]].concat());
    let page = desk.submit(ALL, preview(&[("body", "Dear\n\n{{na")])).await;
    let said = part(&page, "preview-problems", "id=\"preview-shown\"");
    assert!(
        said.contains("href=\"#body\"") && said.contains("Line 3, character 1"),
        "{said}"
    );
    assert!(!page.body.contains("data-whole"), "there is nothing to show");
    let page = desk.submit(ALL, preview(&[])).await;
    let said = part(&page, "preview-problems", "id=\"preview-shown\"");
    assert!(!said.contains("<li>"), "{said}");
    assert!(page.body.contains("data-whole"), "the script takes it over");
    // An empty form finds no fault with anybody.
    let page = desk.visit("/coordinate/announcements/new").await;
    assert!(!part(&page, "preview-problems", "</section>").contains("<li>"));
}

#[actix_web::test]
async fn an_unfinished_condition_never_becomes_everyone() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    for (field, value, at) in [
        ("group_1_row_1_is", "without", "href=\"#group_1_row_1_what\""),
        ("group_1_row_1_word", "choirs", "href=\"#group_1_row_1_what\""),
        ("group_5_row_1_what", "country:DE", "href=\"#audience\""),
        ("group_1_row_9_what", "country:DE", "href=\"#audience\""),
    ] {
        let page = desk.submit(ALL, form(&[(field, value)])).await;
        assert!(page.is(422).body.contains(at), "{field}: {}", page.body);
    }
    desk.visit(ALL).await.shows("Nothing has been announced yet");
}

#[actix_web::test]
async fn kept_audiences_are_replaced_when_asked_and_deleted() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let keep = |name: &'static str, country: &'static str| {
        [("do", "keep"), ("keep_as", name), ("group_1_row_1_what", country)]
    };
    let is_open = |page: &Page| part(page, "kept", ">").contains(" open");
    assert!(!is_open(&desk.visit("/coordinate/announcements/new").await));
    let page = desk.submit(ALL, form(&keep("", "country:DE"))).await;
    assert!(is_open(page.is(422).shows("Give the audience a name")));
    let page = desk.submit(ALL, form(&keep("Germans", "country:DE"))).await;
    assert!(is_open(page.is(200).shows("The audience is kept as “Germans”.")));
    // The same name again asks first.
    let page = desk.submit(ALL, form(&keep("germans", "country:AU"))).await;
    page.is(422)
        .shows("There is one of that name already")
        .shows("Replace the one that has this name");
    let kept = || app.read(oxsop::announcements::audience::saved);
    assert_eq!(kept()[0].audience.to_json(), Ok("{\"country\":\"DE\"}".to_owned()));
    let fields = [&keep("Germans", "country:AU")[..], &[("replace", "yes")]].concat();
    desk.submit(ALL, form(&fields)).await.is(200);
    assert_eq!(kept()[0].audience.to_json(), Ok("{\"country\":\"AU\"}".to_owned()));
    // What is not right yet is kept under no name.
    let fields = [("do", "keep"), ("keep_as", "Half"), ("group_1_row_1_word", "choirs")];
    let page = desk.submit(ALL, form(&fields)).await;
    assert!(is_open(page.is(422).shows("Put the conditions above right first.")));
    let page = desk.submit(ALL, form(&[("do", "forget")])).await;
    assert!(is_open(page.shows("Choose a kept audience first.")));
    let id = kept()[0].id.clone();
    let fields = [("do", "forget"), ("saved", id.as_str()), ("body", "My {{words")];
    let page = desk.submit(ALL, form(&fields)).await;
    assert!(is_open(page.is(200).shows("“Germans” is deleted.").shows("My {{words")));
    assert!(kept().is_empty());
    let history: Vec<String> = app.read(|conn| {
        let about = audit::table.filter(audit::about.eq("audiences")).order(audit::id);
        Ok(about.select(audit::what).load(conn)?)
    });
    assert_eq!(
        history,
        [
            "kept an audience",
            "replaced a kept audience",
            "deleted a kept audience"
        ]
    );
}

#[actix_web::test]
async fn going_back_and_saving_again_changes_the_same_draft() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let once = ("once", "0190a5e0-0000-7000-8000-00000000000a");
    let subjects =
        || -> Vec<String> { app.read(|conn| Ok(announcements::table.select(announcements::subject).load(conn)?)) };
    let path = desk
        .submit(ALL, form(&[once, ("subject", "First")]))
        .await
        .is(200)
        .path
        .clone();
    // Sent twice, it is one; gone back to, it is changed.
    desk.submit(ALL, form(&[once, ("subject", "First")])).await.is(200);
    desk.submit(ALL, form(&[once, ("subject", "Second")]))
        .await
        .is(200)
        .shows("Second");
    assert_eq!(subjects(), ["Second"]);
    // Changed since, it says so and keeps what was typed.
    let page = desk.submit(ALL, form(&[once, ("subject", "Third")])).await;
    page.is(409)
        .shows("This draft has been saved since you opened this page.");
    assert!(page.body.contains("value=\"Third\"") && page.body.contains(&format!("action=\"{path}\"")));
    assert_eq!(subjects(), ["Second"]);
    desk.submit(&path, form(&[("version", "2"), ("subject", "Third")]))
        .await
        .is(200);
    assert_eq!(subjects(), ["Third"]);
    // The address of the form leads to the draft that was made of it.
    let page = desk
        .visit(&format!("/coordinate/announcements/new?once={}", once.1))
        .await;
    page.is(200).shows("Edit the announcement");
    assert_eq!(page.path, format!("{path}/edit"));
}

#[actix_web::test]
async fn a_wrong_number_and_a_wrong_password_are_said_together() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    asked(&app, "Ana");
    let path = draft(&desk, &[]).await;
    send(&desk, &path, &[("number", "5"), ("password", "wrong")])
        .await
        .is(422)
        .shows("It would go to 1 now.")
        .shows("That is not your password");
    let other = app.coordinator_named("Other");
    other.visit(ALL).await.is(200);
    send(&other, &path, &[("number", "1"), ("password", PASSWORD)])
        .await
        .is(422)
        .shows("You have no password yet, so nothing was sent.");
}

#[actix_web::test]
async fn its_subject_is_filled_in_wherever_it_stands() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    asked(&app, "Ana");
    let path = draft(&desk, &[("is_public", "yes")]).await;
    for page in [ALL.to_owned(), format!("{path}/audience"), format!("{path}/sending")] {
        desk.visit(&page).await.shows("News for Coordinator").hides("{{name}}");
    }
    desk.visit("/coordinate")
        .await
        .shows("1 draft of an announcement")
        .shows("News for member")
        .hides("{{name}}");
    app.visitor().visit("/").await.shows("Announcements");
    let sitemap = app.visitor().get("/sitemap.xml", &[]).await;
    assert!(!sitemap.body.contains("/announcements"), "none is public yet");
    send(&desk, &path, &[("number", "1")]).await.is(200);
    app.visitor()
        .get("/sitemap.xml", &[])
        .await
        .shows("http://localhost:8080/announcements/news-for-member");
    // Paused, it waits for somebody; and a mail that is just leaving is still followed.
    desk.submit(&format!("{path}/pause"), []).await.hides("data-live");
    desk.visit("/coordinate").await.shows("1 announcement is paused");
    app.write(|tx, _| {
        diesel::update(outbox::table)
            .set(outbox::status.eq(Status::Sending))
            .execute(tx)?;
        Ok(())
    });
    assert!(desk.visit(&path).await.body.contains("data-live"));
    app.write(|tx, _| {
        diesel::update(outbox::table)
            .set(outbox::status.eq(Status::Queued))
            .execute(tx)?;
        Ok(())
    });
    desk.submit(&format!("{path}/stop"), []).await.is(200);
    app.ignore_mail();
}

#[actix_web::test]
async fn in_the_demo_an_announcement_can_be_sent_and_who_was_imported_is_asked() {
    let app = TestApp::start().await;
    app.ignore_mail();
    app.app.clock.set(At::from_timestamp(jiff::Timestamp::now()));
    let network = app.app.clone();
    let filled = std::thread::spawn(move || demo::fill(&network)).join();
    filled.expect("the demo's thread").expect("a network full of people");
    let password = site::demo_password(&app.app);
    let visitor = app.visitor();
    let doors = visitor.visit("/demo").await;
    doors.shows(&password).shows("Sample Volunteer");
    let coordinator = [
        ("email", "sample.coordinator@example.org"),
        ("password", password.as_str()),
    ];
    visitor
        .submit("/sign-in/password", coordinator)
        .await
        .is(200)
        .shows("The desk");
    let list = visitor.visit(ALL).await;
    let id = app.read(|conn| {
        let drafts = announcements::table.filter(announcements::status.eq("draft"));
        Ok(drafts.select(announcements::id).first::<String>(conn)?)
    });
    let path = list.link(&id);
    let page = visitor.visit(&format!("{path}/sending")).await;
    let number = page
        .text()
        .split("Type ")
        .nth(1)
        .and_then(|rest| rest.split(' ').next().map(str::to_owned));
    let fields = [("number", number.expect("a number")), ("password", password)];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send(&visitor, &path, &fields).await.is(200).shows("On its way to");
    // The imported member's door leads to the question, the first time.
    let volunteer = app.read(|conn| oxsop::members::store::by_email(conn, "sample.volunteer@example.org"));
    let door = site::door_path(&app.app, &volunteer.expect("the imported member"));
    let browser = app.visitor();
    browser.visit(&door).await.is(200);
    browser
        .submit(&door, [])
        .await
        .is(200)
        .shows("One question, asked once");
    app.ignore_mail();
}
