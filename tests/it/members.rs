//! Members' own pages, the directory, the coordinators' list, leaving.

use diesel::prelude::*;
use oxsop::members::{Member, store};
use oxsop::platform::db::schema::members as table;

use super::support::TestApp;

fn listed(app: &TestApp, name: &str) -> Member {
    let member = app.given_member(name);
    app.write(|tx, _| {
        diesel::update(table::table.find(&member.id))
            .set(table::is_listed.eq(true))
            .execute(tx)?;
        Ok(())
    });
    member
}

fn reload(app: &TestApp, member: &Member) -> Member {
    app.read(|conn| store::find(conn, &member.id)).expect("the member")
}

#[actix_web::test]
async fn a_member_changes_their_record_and_nothing_else() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let browser = app.signed_in(&ana);
    let page = browser.visit("/me/profile").await;
    page.is(200);
    assert!(page.body.contains("<option value=\"Europe/London\" selected>"));
    let fields = [
        ("name", "Ana <b>Lima</b>"),
        ("affiliation", "Green Trust"),
        ("country", "DE"),
        ("time_zone", "Europe/Berlin"),
        ("role", "link worker"),
        ("interests", " gardens;  ;loneliness "),
        ("is_coordinator", "true"),
        ("status", "left"),
        ("email", "other@example.org"),
        ("id", "1"),
    ];
    let page = browser.submit("/me/profile", fields).await;
    page.is(200)
        .shows("Your record is saved")
        .shows("Ana <b>Lima</b>")
        .hides("<b>Lima");
    let after = reload(&app, &ana);
    assert_eq!(
        (after.country.as_str(), after.interests.as_str()),
        ("DE", "gardens; loneliness")
    );
    assert_eq!(
        (after.email, after.is_coordinator, after.is_listed),
        (ana.email, false, false)
    );
}

#[actix_web::test]
async fn a_record_with_mistakes_comes_back_as_it_was_typed() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let browser = app.signed_in(&ana);
    browser.visit("/me/profile").await;
    let fields = [
        ("name", "A\r\nBcc: x@example.org"),
        ("affiliation", "Green Trust"),
        ("country", "Atlantis"),
        ("time_zone", "Mars/Base"),
        ("role", "wizard"),
        ("directory", "yes"),
    ];
    let page = browser.post("/me/profile", fields).await;
    page.is(422)
        .shows("Write this on one line")
        .shows("not a country we know")
        .shows("not a time zone");
    assert!(page.body.contains("value=\"Green Trust\"") && page.body.contains("value=\"yes\" checked"));
    assert_eq!(reload(&app, &ana).name, "Ana");
}

#[actix_web::test]
async fn the_directory_shows_only_who_agreed() {
    let app = TestApp::start().await;
    let ana = listed(&app, "Ana Lima");
    app.given_member("Ben Odd");
    let gone = listed(&app, "Cleo Was");
    app.write(|tx, ctx| oxsop::members::actions::leave(tx, ctx, &gone.id, "test"));
    let dan = app.given_member("Dan Here");
    assert!(app.visitor().visit("/members").await.path.starts_with("/sign-in"));
    let browser = app.signed_in(&dan);
    let page = browser.visit("/members").await;
    page.is(200)
        .shows("Ana Lima")
        .hides("Ben Odd")
        .hides("Cleo Was")
        .hides("Dan Here")
        .hides("ana.lima@example.org");
    assert!(page.body.contains("noindex"));
    browser.visit("/members?q=LIMA+trust").await.shows("Ana Lima");
    browser
        .visit("/members?q=nobody")
        .await
        .hides("Ana Lima")
        .shows("Nobody here matches");
    app.signed_in(&ana)
        .submit("/me/privacy", [])
        .await
        .shows("Your choices are saved");
    browser.visit("/members").await.hides("Ana Lima");
}

#[actix_web::test]
async fn a_page_of_the_directory_holds_fifty() {
    let app = TestApp::start().await;
    for number in 0..60 {
        listed(&app, &format!("Member {number:02}"));
    }
    let browser = app.signed_in(&app.given_member("Ana"));
    let page = browser.visit("/members?page_size=1000").await;
    page.shows("1–50 of 60 members").shows("Member 49").hides("Member 50");
    browser
        .visit(&page.link("page=2"))
        .await
        .shows("Member 59")
        .hides("Member 49");
}

#[actix_web::test]
async fn consents_are_given_and_taken_back_one_by_one() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let browser = app.signed_in(&ana);
    let page = browser.visit("/me/privacy").await;
    // Nothing is agreed to beforehand.
    assert_eq!(page.is(200).body.matches(" checked").count(), 0);
    browser.submit("/me/privacy", [("announcements", "yes")]).await;
    let after = reload(&app, &ana);
    assert!(after.wants_announcements && !after.is_listed);
    assert!(
        after.announcements_consent.contains("2027-03-01"),
        "{}",
        after.announcements_consent
    );
    browser.submit("/me/privacy", [("directory", "yes")]).await;
    let after = reload(&app, &ana);
    assert!(!after.wants_announcements && after.is_listed && after.announcements_consent.is_empty());
    let coordinator = app.coordinator();
    coordinator
        .visit(&format!("/coordinate/members/{}", ana.id))
        .await
        .shows("stopped announcements (Ana)")
        .shows("agreed to the directory (Ana)");
}

#[actix_web::test]
async fn the_own_record_is_downloaded_without_secrets() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let ben = app.given_member("Ben");
    let browser = app.signed_in(&ana);
    browser.visit("/me/privacy").await;
    let page = browser.post("/me/privacy/export", []).await;
    page.is(200);
    assert_eq!(
        page.header("content-disposition"),
        "attachment; filename=\"my-record.json\""
    );
    let record: serde_json::Value = serde_json::from_str(&page.body).expect("JSON");
    assert_eq!(record["member"]["email"], "ana@example.org");
    assert_eq!(record["sessions"].as_array().map(Vec::len), Some(1));
    for secret in [
        "hash",
        ben.email.as_str(),
        browser.cookie("session").expect("a session").as_str(),
    ] {
        assert!(!page.body.contains(secret), "{secret}");
    }
}

#[actix_web::test]
async fn leaving_ends_sessions_and_calendar_at_once() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let (here, there) = (app.signed_in(&ana), app.signed_in(&ana));
    here.visit("/me/privacy/leave").await.is(200).shows("Leave the network");
    assert_eq!(reload(&app, &ana).left_at, None, "looking does not leave");
    here.submit("/me/privacy/leave", [])
        .await
        .is(200)
        .shows("You have left the network");
    assert!(here.cookie("session").is_none());
    assert!(there.visit("/me").await.path.starts_with("/sign-in"));
    let token = ana.calendar_token(&app.app.keys);
    assert!(app.read(|conn| store::by_calendar_token(conn, &token)).is_none());
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    assert_eq!(mail.subject, "You have left OXSOP");
    assert!(mail.text.contains("as you asked"));
    let ask = app.visitor();
    ask.visit("/sign-in").await;
    ask.submit("/sign-in", [("email", "ana@example.org")]).await;
    app.deliver_mail().await;
    assert!(app.inbox("ana@example.org").is_empty(), "no link for who has left");
}

#[actix_web::test]
async fn a_renewed_calendar_address_replaces_the_old_one() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let browser = app.signed_in(&ana);
    let old = ana.calendar_token(&app.app.keys);
    let page = browser.visit("/me/calendar").await;
    page.is(200).shows("Not fetched yet");
    page.link(&format!("{}.ics", old.as_str()));
    let page = browser.submit("/me/calendar/renewal", []).await;
    let new = reload(&app, &ana).calendar_token(&app.app.keys);
    page.is(200).hides(old.as_str());
    page.link(&format!("{}.ics", new.as_str()));
    assert!(app.read(|conn| store::by_calendar_token(conn, &old)).is_none());
    assert!(app.read(|conn| store::by_calendar_token(conn, &new)).is_some());
}

#[actix_web::test]
async fn signing_out_everywhere_reaches_the_other_browser() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let (here, there) = (app.signed_in(&ana), app.signed_in(&ana));
    there.visit("/me").await.is(200).shows("Another browser");
    here.visit("/me").await;
    here.submit("/me/sessions/ending", []).await.shows("You are signed out");
    assert!(there.visit("/me").await.path.starts_with("/sign-in"));
}

#[actix_web::test]
async fn coordinators_find_a_member_and_end_the_membership() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana Lima");
    app.given_member("Ben");
    let browser = app.signed_in(&ana);
    browser.visit("/coordinate/members").await.is(403);
    let desk = app.coordinator();
    desk.visit("/coordinate/members")
        .await
        .is(200)
        .shows("Ana Lima")
        .shows("Ben");
    desk.visit("/coordinate/members?q=lima")
        .await
        .shows("Ana Lima")
        .hides("Ben");
    desk.visit("/coordinate/members?status=left")
        .await
        .shows("Nobody matches");
    let path = format!("/coordinate/members/{}", ana.id);
    desk.visit(&path)
        .await
        .is(200)
        .shows("ana.lima@example.org")
        .shows("Sessions open: 1");
    desk.visit(&format!("{path}/ending"))
        .await
        .shows("would stop being a member");
    desk.submit(&format!("{path}/ending"), [])
        .await
        .shows("The membership has ended")
        .shows("left the network (Coordinator)");
    desk.post(&format!("{path}/ending"), []).await.is(409);
    desk.visit("/coordinate/members/nobody").await.is(404);
    assert!(browser.visit("/me").await.path.starts_with("/sign-in"));
    app.deliver_mail().await;
    assert!(
        app.only_mail("ana.lima@example.org")
            .text
            .contains("A coordinator has ended")
    );
}
