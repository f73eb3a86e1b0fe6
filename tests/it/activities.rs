//! Activities: written, shown, followed by feed, carried in files.

use oxsop::activities::import_export::{self, Format, Report};
use oxsop::platform::clock::{hours, minutes};

use crate::support::{Actor, TestApp};

const HOSTILE: &str = "<script>alert(1)</script>\"><img src=x onerror=alert(2)>{{page.csrf}}";

fn study(title: &str) -> Vec<(&str, &str)> {
    vec![
        ("title", title),
        ("scope", "local"),
        ("kind", "Study"),
        (
            "body",
            "We asked *link workers* what keeps them.\n\n[The report](https://example.org/report)",
        ),
        ("happened_on", ""),
        ("people", "Ana Bell (lead)\nBo"),
        ("links", "The report https://example.org/report"),
    ]
}

/// Writes a draft and returns its page on the desk.
async fn draft(who: &Actor<'_>, fields: &[(&str, &str)]) -> String {
    who.visit("/coordinate/activities/new").await.is(200);
    let page = who.submit("/coordinate/activities", fields.iter().copied()).await;
    page.is(200).shows("Draft");
    page.path
}

async fn published(who: &Actor<'_>, fields: &[(&str, &str)]) -> String {
    let path = draft(who, fields).await;
    who.submit(&format!("{path}/publication"), []).await.shows("Published");
    path
}

fn import(app: &TestApp, bytes: &[u8]) -> Report {
    app.app
        .write_now(|tx, ctx| import_export::import(tx, ctx, "command", bytes, false))
        .expect("the file can be read")
}

fn export(app: &TestApp, format: Format) -> String {
    app.read(|conn| import_export::export(conn, format))
}

#[actix_web::test]
async fn a_draft_becomes_an_activity_that_everyone_reads() {
    let app = TestApp::start().await;
    let (coordinator, visitor) = (app.coordinator(), app.visitor());
    let path = draft(&coordinator, &study("What keeps link workers")).await;
    coordinator
        .visit(&path)
        .await
        .shows("As the public will see it")
        .shows("Ana Bell (lead)");
    let page = coordinator.submit(&format!("{path}/publication"), []).await;
    page.shows("Published: everyone can read it");
    let page = visitor.visit("/activities").await;
    page.shows("What keeps link workers").shows("1 March 2027");
    let page = visitor.visit("/activities/what-keeps-link-workers").await;
    page.is(200).shows("Local").shows("Ana Bell (lead)").shows("The report");
    assert!(page.body.contains("<em>link workers</em>"), "{}", page.body);
    assert!(page.header("etag").starts_with('"') && page.header("set-cookie").is_empty());
    let again = coordinator.post(&format!("{path}/publication"), []).await;
    again.is(409).shows("It is published already.");
}

#[actix_web::test]
async fn a_draft_is_nowhere_public() {
    let app = TestApp::start().await;
    let (coordinator, visitor) = (app.coordinator(), app.visitor());
    let canary = [
        ("title", "Canary secret"),
        ("scope", "national"),
        ("kind", "canarykind"),
        ("body", "canarybody"),
    ];
    let path = draft(&coordinator, &canary).await;
    let places = [
        "/",
        "/activities",
        "/activities?q=canary",
        "/activities?kind=canarykind",
        "/activities.atom",
        "/activities.rss",
        "/activities.json",
        "/activities/national.atom",
        "/sitemap.xml",
    ];
    for place in places {
        let page = visitor.visit(place).await;
        page.is(200);
        // The filters repeat what the reader typed; nothing else may know the word.
        assert!(
            !page.body.contains("Canary secret") && !page.body.contains("canarybody"),
            "{place}"
        );
        assert!(!page.body.contains("canary-secret"), "{place}");
    }
    visitor.visit("/activities/canary-secret").await.is(404);
    // Withdrawn, it is gone again from the very next look.
    coordinator.submit(&format!("{path}/publication"), []).await;
    visitor.visit("/activities.json").await.is(200).shows("Canary secret");
    visitor.visit("/activities").await.shows("Canary secret");
    coordinator
        .submit(&format!("{path}/withdrawal"), [])
        .await
        .shows("Draft");
    for place in places {
        assert!(!visitor.visit(place).await.body.contains("Canary secret"), "{place}");
    }
    visitor.visit("/activities/canary-secret").await.is(404);
}

#[actix_web::test]
async fn only_coordinators_write() {
    let app = TestApp::start().await;
    let member = app.given_member("Mo");
    let member = app.signed_in(&member);
    member.visit("/coordinate/activities").await.is(403);
    let page = app.visitor().get("/coordinate/activities/new", &[]).await;
    page.is(303);
}

#[actix_web::test]
async fn the_address_stays_when_the_title_changes() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    let path = published(&coordinator, &study("First name")).await;
    let feed = app.visitor().visit("/activities.json").await.body;
    app.app.clock.advance(minutes(50));
    coordinator.submit(&path, study("Second name")).await.shows("Saved.");
    app.visitor()
        .visit("/activities/first-name")
        .await
        .is(200)
        .shows("Second name");
    let edited = app.visitor().visit("/activities.json").await.body;
    let id = |feed: &str| feed.split("urn:uuid:").nth(1).map(|rest| rest[..36].to_owned());
    assert_eq!(id(&feed), id(&edited), "the entry keeps its id");
    let date = |feed: &str, name: &str| {
        feed.split(&format!("\"{name}\": \""))
            .nth(1)
            .map(|rest| rest[..20].to_owned())
    };
    assert_eq!(date(&feed, "date_published"), date(&edited, "date_published"));
    assert!(
        date(&feed, "date_modified") < date(&edited, "date_modified"),
        "{edited}"
    );
    // The second of a title gets a number.
    published(&coordinator, &study("First name")).await;
    app.visitor()
        .visit("/activities/first-name-2")
        .await
        .is(200)
        .shows("First name");
}

#[actix_web::test]
async fn saving_an_untouched_form_is_no_edit() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    let path = published(&coordinator, &study("A study")).await;
    let before = app.visitor().visit("/activities.atom").await.body;
    app.app.clock.advance(minutes(40));
    coordinator
        .visit(&format!("{path}/edit"))
        .await
        .shows("what you save is public at once");
    coordinator
        .submit(&path, study("A study"))
        .await
        .shows("Nothing was changed.");
    app.app.clock.advance(minutes(2));
    assert_eq!(
        app.visitor().visit("/activities.atom").await.body,
        before,
        "the same state, the same bytes"
    );
}

#[actix_web::test]
async fn a_feed_that_is_known_is_not_sent_again() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    published(&coordinator, &study("A study")).await;
    for (path, kind) in [
        ("/activities.atom", "application/atom+xml; charset=utf-8"),
        ("/activities.rss", "application/rss+xml; charset=utf-8"),
        ("/activities.json", "application/feed+json; charset=utf-8"),
        ("/activities/local.atom", "application/atom+xml; charset=utf-8"),
        ("/activities/local.json", "application/feed+json; charset=utf-8"),
        ("/activities.rss?kind=study", "application/rss+xml; charset=utf-8"),
    ] {
        let first = app.visitor().get(path, &[]).await;
        assert_eq!(first.is(200).header("content-type"), kind);
        assert!(
            first.body.contains("http://localhost:8080/activities/a-study"),
            "absolute links: {}",
            first.body
        );
        let etag = first.header("etag").to_owned();
        let again = app.visitor().get(path, &[("if-none-match", &etag)]).await;
        again.is(304);
        assert!(again.body.is_empty());
    }
    let other = app.visitor().visit("/activities/international.json").await;
    assert!(!other.body.contains("A study"));
    app.visitor().visit("/activities/elsewhere.json").await.is(404);
    app.visitor().visit("/activities.atom?scope=elsewhere").await.is(400);
}

#[actix_web::test]
async fn an_empty_feed_says_the_same_every_day() {
    let app = TestApp::start().await;
    let first = app.visitor().visit("/activities.atom").await.body;
    app.app.clock.advance(hours(48));
    assert_eq!(app.visitor().visit("/activities.atom").await.body, first);
    app.visitor()
        .visit("/activities")
        .await
        .shows("The first entries are being written.");
}

#[actix_web::test]
async fn filters_narrow_the_list_and_count() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    let write =
        |title: &'static str, scope: &'static str, kind: &'static str, day: &'static str, place: &'static str| {
            [
                ("title", title),
                ("scope", scope),
                ("kind", kind),
                ("body", "Words 100% true."),
                ("happened_on", day),
                ("place", place),
            ]
        };
    published(
        &coordinator,
        &write("Near study", "local", "study", "2026-05-01", "Oxford"),
    )
    .await;
    published(
        &coordinator,
        &write("Near talk", "local", "presentation", "2025-05-01", ""),
    )
    .await;
    published(
        &coordinator,
        &write("Far study", "international", "study", "2025-06-01", "Zürich"),
    )
    .await;
    let visitor = app.visitor();
    let all = visitor.visit("/activities").await;
    all.shows("3 activities")
        .shows("Local (2)")
        .shows("National (0)")
        .shows("study (2)")
        .shows("2025 (2)");
    let order: Vec<usize> = ["Near study", "Far study", "Near talk"]
        .iter()
        .filter_map(|t| all.body.find(t))
        .collect();
    assert!(order.is_sorted() && order.len() == 3, "newest first: {order:?}");
    visitor
        .visit("/activities?scope=local")
        .await
        .shows("2 activities")
        .hides("Far study");
    visitor
        .visit("/activities?scope=local&kind=study")
        .await
        .shows("1 activity")
        .shows("Near study")
        .hides("Near talk");
    visitor
        .visit("/activities?year=2025&kind=study")
        .await
        .shows("Far study")
        .hides("Near study");
    visitor
        .visit("/activities?q=oxFORD")
        .await
        .shows("Near study")
        .hides("Far study");
    for typed in ["z%C3%BCrich", "Z%C3%9CRICH"] {
        let found = visitor.visit(&format!("/activities?q={typed}")).await;
        found.shows("Far study").hides("Near study");
    }
    visitor.visit("/activities?q=100%25+words").await.shows("3 activities");
    visitor
        .visit("/activities?q=1_0")
        .await
        .shows("Nothing matches")
        .shows("Show all activities");
    visitor.visit("/activities?scope=everywhere").await.is(400);
}

#[actix_web::test]
async fn what_is_typed_is_never_run() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    let fields = [
        ("title", HOSTILE),
        ("scope", "local"),
        ("kind", "<b>x"),
        (
            "body",
            "Text <script>alert(3)</script> [go](javascript:alert(4)) ![x](https://evil.example/p.gif) {{page.csrf}}",
        ),
        ("place", HOSTILE),
        ("people", HOSTILE),
        ("links", "<i>Click https://example.org/\"onmouseover=alert(5)"),
    ];
    let path = published(&coordinator, &fields).await;
    let list = app.visitor().visit("/activities").await;
    let own = list.link("/activities/script");
    for place in [
        "/activities",
        own.as_str(),
        "/activities?q=%3Cscript%3E%22%3E",
        "/activities.atom",
        "/activities.rss",
    ] {
        let page = app.visitor().visit(place).await;
        page.is(200);
        for wrong in [
            "<script>alert",
            "<img src=x",
            "href=\"javascript:",
            "evil.example/p.gif\"",
            "<b>x",
            "<i>Click",
        ] {
            assert!(!page.body.contains(wrong), "{wrong} on {place}:\n{}", page.body);
        }
        assert!(!page.body.contains("\"onmouseover"), "{place}");
    }
    for place in [path.clone(), format!("{path}/edit"), "/coordinate/activities".into()] {
        let page = coordinator.visit(&place).await;
        page.is(200).hides("<script>alert").hides("<img src=x").hides("<b>x");
    }
}

#[actix_web::test]
async fn a_wrong_form_says_why_and_keeps_what_was_typed() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    let mut fields = study("A study");
    fields.push(("until", "2027-01-01"));
    fields.retain(|(name, _)| *name != "links");
    fields.push(("links", "Fine https://example.org\nEvil javascript:alert(1)"));
    coordinator.visit("/coordinate/activities/new").await;
    let page = coordinator.post("/coordinate/activities", fields).await;
    page.is(422)
        .shows("Line 2: “Evil javascript:alert(1)”")
        .shows("Say also on which day it began.");
    assert!(
        page.body.contains("value=\"A study\"") && page.body.contains("Ana Bell (lead)"),
        "{}",
        page.body
    );
}

#[actix_web::test]
async fn the_networks_year_is_imported_once_and_comes_out_as_it_went_in() {
    let app = TestApp::start().await;
    let file = std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/demo/activities.json")).expect("the file");
    let report = import(&app, &file);
    assert_eq!(
        (report.added.len(), report.known.len(), report.rejected.len()),
        (8, 0, 0),
        "{report:?}"
    );
    let json = export(&app, Format::Json);
    assert_eq!(
        json.trim(),
        String::from_utf8_lossy(&file).trim(),
        "export gives what import read"
    );
    let again = import(&app, &file);
    assert_eq!((again.added.len(), again.known.len()), (0, 8));
    assert_eq!(export(&app, Format::Json), json, "reading it twice changes nothing");
    app.visitor()
        .visit("/activities")
        .await
        .shows("8 activities")
        .shows("2024–25");

    let csv = export(&app, Format::Csv);
    let other = TestApp::start().await;
    assert_eq!(import(&other, csv.as_bytes()).added.len(), 8);
    assert_eq!(export(&other, Format::Csv), csv);
    assert_eq!(export(&other, Format::Json), json);
}

#[actix_web::test]
async fn formulas_and_odd_text_survive_a_file() {
    let app = TestApp::start().await;
    let rows = serde_json::json!([
        {"title": "=1+1", "scope": "local", "kind": "study", "body": "    code\n\n- a; \"b\", c", "people": "@Ana\n+Bo"},
        {"title": "=1+1", "scope": "national", "kind": "other", "body": "-x", "status": "draft", "slug": null},
    ]);
    let report = import(&app, rows.to_string().as_bytes());
    assert_eq!(report.added, ["1-1", "1-1-2"], "{report:?}");
    app.visitor().visit("/activities").await.shows("being written"); // no status: drafts
    let csv = export(&app, Format::Csv);
    assert!(csv.contains("'=1+1"), "{csv}");
    let other = TestApp::start().await;
    assert_eq!(import(&other, csv.as_bytes()).added.len(), 2);
    assert_eq!(
        (export(&other, Format::Csv), export(&other, Format::Json)),
        (csv, export(&app, Format::Json))
    );
}

#[actix_web::test]
async fn a_bad_row_is_named_and_the_others_go_in() {
    let app = TestApp::start().await;
    let csv = "Title,Scope,Kind,Description,Status,Date,Links\r\n\
               Good,local,study,Words,published,01/03/2026,\r\n\
               Bad,global,,Words,maybe,soon,ftp://example.org\r\n\
               Good,local,study,Other words,,,\r\n";
    let report = import(&app, csv.as_bytes());
    assert_eq!(report.added, ["good", "good-2"]);
    let told: Vec<(String, String)> = report
        .rejected
        .iter()
        .flat_map(|r| r.problems.iter().map(|(field, _)| (r.place.clone(), field.to_string())))
        .collect();
    assert_eq!(report.rejected.len(), 1, "one line a row: {:?}", report.rejected);
    let line = report.rejected[0].to_string();
    assert!(
        line.starts_with("line 3: kind: ") && line.contains(" scope: ") && !line.contains('\n'),
        "{line}"
    );
    for field in ["scope", "kind", "happened_on", "links", "status"] {
        assert!(told.contains(&("line 3".into(), field.into())), "{field}: {told:?}");
    }
    app.visitor()
        .visit("/activities/good")
        .await
        .is(200)
        .shows("1 March 2026");
    let failed = app
        .app
        .write_now(|tx, ctx| import_export::import(tx, ctx, "command", b"a,b\n1,2\n", false));
    assert!(failed.unwrap_err().to_string().contains("no column 'title'"));
}
