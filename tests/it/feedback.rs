//! Feedback after a meeting: five questions at most, and nobody's name with their answers.

use diesel::prelude::*;
use oxsop::members::Member;
use oxsop::platform::clock::days;
use oxsop::platform::db::schema::{audit, feedback_answers, feedback_links};

use crate::consent::{ends_with_invitations, invitations_for};
use crate::invitations::leave;
use crate::meetings::{desk, desk_of, scheduled};
use crate::support::people::link_in;
use crate::support::{Actor, Page, TestApp};

const QUESTIONS: [(&str, &str); 7] = [
    ("k1", "scale"),
    ("q1", "How useful was it?"),
    ("k2", "choice"),
    ("q2", "How long next time?"),
    ("o2", "Shorter\nThe same\nLonger"),
    ("k3", "text"),
    ("q3", "What else?"),
];

/// A meeting that was: `names` said yes. Its page on the desk, and a coordinator at it.
async fn held<'a>(app: &'a TestApp, names: &[&str]) -> (String, Vec<Member>, Actor<'a>) {
    let desk = desk(app).await;
    let members: Vec<Member> = names.iter().map(|name| app.given_member(name)).collect();
    let path = scheduled(app, &desk, &[]).await;
    let browser = app.visitor();
    for name in names {
        let mail = app.only_mail(&format!("{}@example.org", name.to_lowercase()));
        let link = link_in(&mail.text, "answer=yes");
        browser.visit(&link).await;
        browser.submit(&link, [("answer", "yes")]).await.is(200);
    }
    app.all_mail();
    app.advance(days(24)).await;
    (path, members, desk_of(app, "Later").await)
}

async fn asked(app: &TestApp, desk: &Actor<'_>, path: &str) {
    desk.submit(&format!("{path}/feedback"), QUESTIONS).await.is(200);
    desk.submit(&format!("{path}/feedback/sending"), []).await.is(200);
    app.deliver_mail().await;
}

fn link_of(app: &TestApp, name: &str) -> String {
    link_in(&app.only_mail(&format!("{name}@example.org")).text, "/feedback/")
}

async fn say(browser: &Actor<'_>, link: &str, said: [&str; 3]) -> Page {
    browser.visit(link).await.is(200);
    browser
        .submit(link, [("a1", said[0]), ("a2", said[1]), ("a3", said[2])])
        .await
}

#[actix_web::test]
async fn questions_go_to_those_who_came_once_a_page_has_said_how_many() {
    let app = TestApp::start().await;
    let (path, _, desk) = held(&app, &["Ana", "Berta", "Carla"]).await;
    app.given_member("Dora");
    desk.visit(&path).await.shows("Feedback");
    let page = desk.visit(&format!("{path}/feedback")).await;
    page.is(200).shows("Ask for feedback").shows("Question 5");
    let is_asked_for = |part: &str| part.split('>').next().is_some_and(|tag| tag.contains(" required"));
    assert!(
        !page.body.split("<select").skip(1).any(is_asked_for),
        "a browser would not send a form with fewer than five questions"
    );
    desk.post(
        &format!("{path}/feedback"),
        [("k1", "choice"), ("q1", "Kept <words>?"), ("o1", "One")],
    )
    .await
    .is(422)
    .shows("from two to eight different answers");
    let page = desk.submit(&format!("{path}/feedback"), QUESTIONS).await;
    page.is(200)
        .shows("Nobody has been asked")
        .shows("This mail reaches 3 people")
        .shows("Three questions, two minutes")
        .shows("Ask 3 people");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "looking sends nothing");
    let sending = format!("{path}/feedback/sending");
    desk.submit(&sending, []).await.shows("on their way to 3 people");
    desk.post(&sending, []).await.is(409);
    desk.post(&format!("{path}/feedback"), QUESTIONS).await.is(409);
    app.deliver_mail().await;
    assert!(app.inbox("dora@example.org").is_empty());
    assert_eq!(app.all_mail().len(), 3);
}

#[actix_web::test]
async fn a_link_answers_once_and_results_wait_for_three() {
    let app = TestApp::start().await;
    let (path, members, desk) = held(&app, &["Ana", "Berta", "Carla"]).await;
    asked(&app, &desk, &path).await;
    let links = ["ana", "berta", "carla"].map(|name| link_of(&app, name));
    let results = format!("{path}/feedback");
    let scanner = app.visitor();
    for _ in 0..3 {
        let page = scanner.visit(&links[0]).await;
        page.is(200).shows("How useful was it?").shows("5, very much");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-robots-tag"), "noindex");
    }
    desk.visit(&results).await.shows("0 of 3 have answered");
    let browser = app.visitor();
    browser.visit(&links[0]).await;
    browser
        .post(&links[0], [])
        .await
        .is(422)
        .shows("Answer at least one question");
    browser
        .post(&links[0], [("a1", "6"), ("a3", "Kept <words>")])
        .await
        .is(422)
        .shows("Kept <words>");
    let long = "x".repeat(1_001);
    browser.post(&links[0], [("a3", long.as_str())]).await.is(422);
    say(&browser, &links[0], ["5", "1", "Zest <b>and</b> maps"])
        .await
        .is(200)
        .shows("Thank you")
        .shows("You have answered")
        .hides("Zest");
    say(&browser, &links[0], ["1", "0", "Again"])
        .await
        .shows("This link has answered already");
    app.visitor().raw_post(&links[1], "a1=5", &[]).await.is(403);
    say(&browser, &links[1], ["4", "", ""]).await.is(200);
    desk.visit(&results)
        .await
        .shows("2 of 3 have answered")
        .shows("Results are shown once three people have answered")
        .hides("Zest")
        .hides("How useful was it?");
    say(&browser, &links[2], ["5", "2", "Air, and a break"]).await.is(200);
    let page = desk.visit(&results).await;
    page.shows("3 of 3 have answered")
        .shows("4.7 on average; 3 people answered")
        .shows("2 people answered")
        .shows("Zest <b>and</b> maps")
        .hides("<b>and")
        .hides("Ana");
    let (air, zest) = (page.body.find("Air, and"), page.body.find("Zest"));
    assert!(air < zest && page.body.contains("<svg"), "by alphabet, with a picture");
    // Nor does anything else say who.
    let history: Vec<String> = app.read(|conn| {
        let of_members = audit::table.filter(audit::by_id.eq_any(members.iter().map(|m| m.id.as_str().to_owned())));
        Ok(of_members.select(audit::what).load(conn)?)
    });
    assert!(history.iter().all(|what| !what.contains("feedback")), "{history:?}");
    // It closes after a month, and then it is forgotten who has answered.
    assert_eq!(used(&app), 3);
    app.advance(days(31)).await;
    assert_eq!(used(&app), 0);
    browser.visit(&links[0]).await.is(200).shows("This form is closed");
    browser
        .submit(&links[0], [("a1", "1")])
        .await
        .shows("takes no more answers");
    let desk = desk_of(&app, "Much later").await;
    desk.visit(&results).await.shows("3 of 3 have answered").shows("Closed");
}

fn used(app: &TestApp) -> i64 {
    app.read(|conn| {
        let rows = feedback_links::table.filter(feedback_links::is_used.eq(true));
        Ok(rows.count().get_result(conn)?)
    })
}

#[derive(QueryableByName)]
struct Stored {
    #[diesel(sql_type = diesel::sql_types::Text)]
    id: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    answer: String,
}

#[actix_web::test]
async fn no_order_and_no_thread_lead_from_an_answer_to_who_gave_it() {
    let app = TestApp::start().await;
    let names = ["Ana", "Berta", "Carla", "Dora", "Emma", "Fay"];
    let (path, _, desk) = held(&app, &names).await;
    asked(&app, &desk, &path).await;
    let browser = app.visitor();
    let mut seen = std::collections::BTreeSet::new();
    let mut before: Vec<String> = Vec::new();
    for (number, name) in names.iter().enumerate() {
        let link = link_of(&app, &name.to_lowercase());
        say(&browser, &link, ["3", "", &format!("word {number}")]).await.is(200);
        // As the database itself keeps them: SQLite's rowid, PostgreSQL's ctid.
        let rows: Vec<Stored> = app.read(|conn| {
            let order = match conn {
                oxsop::platform::db::Conn::Sqlite(_) => "rowid",
                oxsop::platform::db::Conn::Postgres(_) => "ctid",
            };
            let sql = format!("SELECT id, answer FROM feedback_answers ORDER BY {order}");
            Ok(diesel::sql_query(sql).load(conn)?)
        });
        assert_eq!(rows.len(), 3 * (number + 1));
        let mut ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        assert!(ids.is_sorted(), "rows lie in the order of their ids, which are chance");
        for id in &ids {
            assert_eq!(uuid::Uuid::parse_str(id).expect("a UUID").get_version_num(), 4);
            assert!(!before.contains(id), "every row is written anew");
        }
        std::mem::swap(&mut before, &mut ids);
        let words: Vec<String> = rows
            .into_iter()
            .map(|row| row.answer)
            .filter(|answer| answer.starts_with("word"))
            .collect();
        seen.insert(words);
    }
    let columns = include_str!("../../migrations/2026-11-26-000002_polls_feedback/up.sql");
    let table = columns
        .split("CREATE TABLE feedback_answers")
        .nth(1)
        .expect("the table");
    let table = table.split(");\n").next().unwrap_or_default();
    for word in ["member", "token", "_at", "_on", "link"] {
        assert!(!table.replace("-- its place", "").contains(word), "{word} in {table}");
    }
    app.all_mail();
    let kept: i64 = app.read(|conn| Ok(feedback_answers::table.count().get_result(conn)?));
    assert_eq!(kept, 18);
}

#[actix_web::test]
async fn too_few_too_early_and_too_late_are_said() {
    let app = TestApp::start().await;
    let early = desk(&app).await;
    app.given_member("Zoe");
    let coming = scheduled(
        &app,
        &early,
        &[("starts", "2027-06-01T10:00"), ("ends", "2027-06-01T11:00")],
    )
    .await;
    app.all_mail();
    early
        .submit(&format!("{coming}/feedback"), QUESTIONS)
        .await
        .is(200)
        .shows("The meeting has not begun yet");
    early.post(&format!("{coming}/feedback/sending"), []).await.is(409);
    let draft = crate::meetings::draft(&early, &[]).await;
    early.get(&format!("{draft}/feedback"), &[]).await.is(409);
    drop(early);
    let (path, _, desk) = held_by(&app, &["Ana", "Berta"]).await;
    desk.submit(&format!("{path}/feedback"), QUESTIONS)
        .await
        .is(200)
        .shows("Fewer than three people came or said that they would");
    desk.post(&format!("{path}/feedback/sending"), []).await.is(409);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
}

async fn held_by<'a>(app: &'a TestApp, names: &[&str]) -> (String, Vec<Member>, Actor<'a>) {
    let members: Vec<Member> = names.iter().map(|name| app.given_member(name)).collect();
    let desk = desk_of(app, "Second").await;
    let path = scheduled(app, &desk, &[("title", "Second")]).await;
    let browser = app.visitor();
    for name in names {
        let mail = app.only_mail(&format!("{}@example.org", name.to_lowercase()));
        let link = link_in(&mail.text, "answer=yes");
        browser.visit(&link).await;
        browser.submit(&link, [("answer", "yes")]).await.is(200);
    }
    app.all_mail();
    app.advance(days(24)).await;
    (path, members, desk_of(app, "Third").await)
}

#[actix_web::test]
async fn who_leaves_has_no_link_and_their_answers_stay_nameless() {
    let app = TestApp::start().await;
    let (path, members, desk) = held(&app, &["Ana", "Berta", "Carla", "Dora"]).await;
    desk.submit(&format!("{path}/feedback"), QUESTIONS).await.is(200);
    desk.submit(&format!("{path}/feedback/sending"), []).await.is(200);
    leave(&app, &members[3]);
    app.deliver_mail().await;
    assert!(
        app.inbox("dora@example.org").is_empty(),
        "the unsent mail is taken back"
    );
    let links = ["ana", "berta", "carla"].map(|name| link_of(&app, name));
    let browser = app.visitor();
    for link in &links {
        say(&browser, link, ["4", "0", ""]).await.is(200);
    }
    let record = app.signed_in(&members[0]).post("/me/privacy/export", []).await;
    assert!(record.body.contains("feedback_asked"), "{}", record.body);
    leave(&app, &members[0]);
    browser.visit(&links[0]).await.is(404);
    browser.post(&links[0], [("a1", "1")]).await.is(404);
    desk.visit(&format!("{path}/feedback"))
        .await
        .shows("3 of 3 have answered")
        .shows("4.0 on average; 3 people answered");
    desk.submit(&format!("{path}/feedback/closing"), [])
        .await
        .shows("The form is closed");
    assert_eq!(used(&app), 0);
    browser.visit(&links[1]).await.shows("This form is closed");
}

#[actix_web::test]
async fn where_it_is_noted_who_came_they_are_asked_and_the_others_missed_it() {
    use oxsop::meetings::MeetingId;
    use oxsop::meetings::attendance::actions::save_import;
    let app = TestApp::start().await;
    let (path, members, desk) = held(&app, &["Ana", "Berta", "Carla", "Dora"]).await;
    let id = MeetingId::from(path.rsplit('/').next().unwrap_or_default());
    // Dora said yes and stayed away.
    let came = members[..3].iter().map(|member| member.id.clone()).collect();
    app.write(|tx, ctx| {
        save_import(tx, ctx, "test", &id, &came).expect("it is noted");
        Ok(())
    });
    desk.submit(&format!("{path}/feedback"), QUESTIONS).await.is(200);
    desk.visit(&format!("{path}/feedback/sending"))
        .await
        .shows("those who are noted as having come")
        .shows("This mail reaches 3 people")
        .hides("Dora");
    asked(&app, &desk, &path).await;
    assert!(app.inbox("dora@example.org").is_empty());
    let mails = app.all_mail();
    assert_eq!(mails.len(), 3);
    assert!(
        mails
            .iter()
            .all(|mail| mail.text.contains("because you came to a meeting"))
    );
    desk.visit(&format!("{path}/materials/recap"))
        .await
        .shows("members get it: invited, and not noted as having come")
        .shows("3 do not: they came");
}

#[actix_web::test]
async fn feedback_is_not_asked_of_those_who_want_no_invitations() {
    let app = TestApp::start().await;
    let (path, members, desk) = held(&app, &["Ana", "Berta", "Carla", "Dora"]).await;
    invitations_for(&app, &members[3], false);
    let sending = format!("{path}/feedback/sending");
    desk.submit(&format!("{path}/feedback"), QUESTIONS)
        .await
        .shows("This mail reaches 3 people")
        .shows("They have turned invitations by mail off");
    // Of two, who said what would be plain to see.
    invitations_for(&app, &members[2], false);
    desk.visit(&sending).await.shows("Fewer than three people");
    desk.post(&sending, []).await.is(409);
    invitations_for(&app, &members[2], true);
    app.deliver_mail().await;
    app.all_mail();
    desk.visit(&sending).await;
    desk.submit(&sending, []).await.shows("on their way to 3 people");
    invitations_for(&app, &members[2], false);
    app.deliver_mail().await;
    for name in ["ana", "berta"] {
        ends_with_invitations(&app.only_mail(&format!("{name}@example.org")));
    }
    assert!(app.all_mail().is_empty());
}
