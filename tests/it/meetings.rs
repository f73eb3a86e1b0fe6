//! Coordinators and their meetings: drafting, scheduling, changing, cancelling.

use crate::support::{Actor, Page, TestApp};

pub const LINK: &str = "https://meet.example.org/canary-link";

/// The form of a meeting on 24 March 2027, 15:00–16:30 in London, with some fields changed.
pub fn form<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("title", "Maps and gardens"),
        ("summary", "What *maps* leave out."),
        ("starts", "2027-03-24T15:00"),
        ("ends", "2027-03-24T16:30"),
        ("time_zone", "Europe/London"),
        ("joining_link", LINK),
        ("speakers", "The mapping group"),
        ("visibility", "public"),
    ];
    let kept = usual
        .into_iter()
        .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.chain(changes.iter().copied()).collect()
}

/// A coordinator who has the desk open, so that their forms carry its token.
pub async fn desk(app: &TestApp) -> Actor<'_> {
    desk_of(app, "Coordinator").await
}

pub async fn desk_of<'a>(app: &'a TestApp, name: &str) -> Actor<'a> {
    let desk = app.coordinator_named(name);
    desk.visit("/coordinate/meetings/new").await.is(200);
    desk
}

/// A draft's page on the desk.
pub async fn draft(desk: &Actor<'_>, changes: &[(&str, &str)]) -> String {
    let page = desk.submit("/coordinate/meetings", form(changes)).await;
    page.is(200);
    page.path.clone()
}

/// A meeting that everyone has been invited to.
pub async fn scheduled(app: &TestApp, desk: &Actor<'_>, changes: &[(&str, &str)]) -> String {
    let path = draft(desk, changes).await;
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    app.deliver_mail().await;
    path
}

/// Proposes a change and tells it, or not.
pub async fn change(desk: &Actor<'_>, path: &str, changes: &[(&str, &str)], notify: &str) -> Page {
    desk.submit(path, form(changes)).await.is(200).shows("Tell the change");
    desk.submit(&format!("{path}/changes"), [("notify", notify)]).await
}

#[actix_web::test]
async fn a_meeting_goes_from_draft_to_invitations_and_the_page_says_first_how_many() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    app.given_member_in("Berta", "US", "America/New_York");
    desk.visit("/coordinate/meetings/new")
        .await
        .is(200)
        .shows("Save as a draft");
    let path = draft(&desk, &[]).await;
    desk.visit(&path).await.shows("Draft").shows("Maps and gardens");
    app.visitor().visit("/meetings").await.hides("Maps and gardens");
    app.visitor().visit("/meetings/maps-and-gardens").await.is(404);
    desk.visit(&format!("{path}/schedule"))
        .await
        .is(200)
        .shows("Invitations go to 3 members")
        .shows("Invitation: Maps and gardens, 24 March 2027, 15:00 London");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "looking sends nothing");
    desk.submit(&format!("{path}/schedule"), [])
        .await
        .shows("3 mails are on their way")
        .shows("Scheduled");
    app.deliver_mail().await;
    let mail = app.only_mail("berta@example.org");
    assert_eq!(
        mail.subject,
        "Invitation: Maps and gardens, 24 March 2027, 15:00 London"
    );
    assert!(
        mail.text
            .contains("Wednesday 24 March 2027, 15:00–16:30, London (11:00–12:30 for you)"),
        "{}",
        mail.text
    );
    assert!(mail.text.contains(LINK));
    assert_eq!(app.all_mail().len(), 2);
    desk.visit(&path).await.shows("3 sent").shows("Not answered: 3");
    desk.visit("/coordinate/meetings").await.shows("Maps and gardens");
}

#[actix_web::test]
async fn a_form_with_faults_comes_back_with_what_was_typed() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    for (name, value) in [
        ("title", ""),
        ("ends", "2027-03-24T14:00"),
        ("time_zone", "Mars/Base"),
        ("joining_link", "javascript:alert(1)"),
        ("starts", "soon"),
    ] {
        let page = desk
            .post(
                "/coordinate/meetings",
                form(&[(name, value), ("summary", "Kept <words>")]),
            )
            .await;
        page.is(422).shows("Please look at this again").shows("Kept <words>");
    }
    desk.visit("/coordinate/meetings")
        .await
        .shows("There are no meetings yet");
}

#[actix_web::test]
async fn a_time_the_clocks_skip_or_show_twice_is_asked_about() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let night = [("starts", "2027-10-31T01:30"), ("ends", "2027-10-31T04:00")];
    desk.post("/coordinate/meetings", form(&night))
        .await
        .is(422)
        .shows("this time happens twice")
        .shows("31 October 2027, 01:30 London (00:30 UTC), before the clocks go back")
        .shows("31 October 2027, 01:30 London (01:30 UTC), after the clocks go back");
    let path = draft(&desk, &[night[0], night[1], ("starts_choice", "later")]).await;
    desk.visit(&path).await.is(200);
    assert!(desk.visit(&path).await.body.contains("2027-10-31T01:30:00Z"));
    // Editing the words afterwards does not ask again.
    desk.submit(&path, form(&[night[0], night[1], ("title", "Night")]))
        .await
        .is(200)
        .shows("Saved");
    assert!(desk.visit(&path).await.body.contains("2027-10-31T01:30:00Z"));
    desk.post(
        "/coordinate/meetings",
        form(&[("starts", "2027-03-28T01:30"), ("ends", "2027-03-28T04:00")]),
    )
    .await
    .is(422)
    .shows("so it does not exist")
    .shows("00:30 London")
    .shows("02:30 London");
}

#[actix_web::test]
async fn a_form_sent_twice_makes_one_meeting_and_a_copy_is_a_draft_of_its_own() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let once = "0193e0a0-0000-7000-8000-000000000001";
    let first = draft(&desk, &[("once", once)]).await;
    assert_eq!(draft(&desk, &[("once", once)]).await, first);
    desk.submit(&format!("{first}/schedule"), []).await.is(200);
    let copy = desk.submit(&format!("{first}/copy"), []).await;
    copy.is(200)
        .shows("This is the copy")
        .shows("Draft")
        .hides("Not answered");
    assert_ne!(copy.path, first);
    let uids = app.read(|conn| {
        use diesel::prelude::*;
        use oxsop::platform::db::schema::meetings;
        Ok(meetings::table.select(meetings::uid).load::<String>(conn)?)
    });
    assert_eq!(uids.len(), 2);
    assert_ne!(uids[0], uids[1]);
    app.deliver_mail().await;
    assert_eq!(
        app.all_mail().len(),
        1,
        "only the coordinator's own invitation to the first"
    );
}

#[actix_web::test]
async fn a_meeting_in_the_past_is_not_scheduled_and_nothing_is_scheduled_twice() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = draft(&desk, &[("starts", "2027-02-01T15:00"), ("ends", "2027-02-01T16:00")]).await;
    desk.visit(&format!("{path}/schedule")).await.is(422);
    desk.post(&format!("{path}/schedule"), [])
        .await
        .is(422)
        .shows("begins in the past");
    let path = scheduled(&app, &desk, &[]).await;
    desk.post(&format!("{path}/schedule"), [])
        .await
        .is(409)
        .shows("scheduled already");
    app.deliver_mail().await;
    assert_eq!(app.all_mail().len(), 1);
}

#[actix_web::test]
async fn a_second_editor_is_warned_and_nothing_typed_is_lost() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let other = desk_of(&app, "Berta").await;
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    desk.submit(&path, form(&[("title", "Maps, gardens and rivers")]))
        .await
        .is(200)
        .shows("Tell the change");
    app.visitor()
        .visit("/meetings/maps-and-gardens")
        .await
        .shows("Maps and gardens")
        .hides("rivers");
    other
        .post(&path, form(&[("title", "Hers")]))
        .await
        .is(409)
        .shows("Coordinator has proposed another change");
    other
        .visit(&format!("{path}/changes"))
        .await
        .shows("rivers")
        .shows("Coordinator proposed this change");
    let page = other.visit(&format!("{path}/edit")).await;
    page.shows("yours takes its place");
    let seen = page
        .body
        .split("name=\"seen\" value=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default()
        .to_owned();
    other
        .submit(&path, form(&[("title", "Hers"), ("seen", &seen)]))
        .await
        .is(200)
        .shows("Hers");
    // The first looks at an old page and cannot tell what is no longer proposed.
    desk.post(&format!("{path}/changes"), [("notify", "yes"), ("version", "3")])
        .await
        .is(409);
    other
        .submit(&format!("{path}/changes/discard"), [])
        .await
        .shows("discarded");
    desk.post(&format!("{path}/changes"), [("notify", "yes")]).await.is(409);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
}

#[actix_web::test]
async fn the_desk_is_for_coordinators() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let path = draft(&desk, &[]).await;
    let ana = app.signed_in(&ana);
    for end in ["", "/edit", "/schedule", "/changes", "/cancellation"] {
        ana.get(&format!("{path}{end}"), &[]).await.is(403);
        app.visitor().get(&format!("{path}{end}"), &[]).await.is(303);
    }
    ana.post(&format!("{path}/schedule"), []).await.is(403);
    app.deliver_mail().await;
}

#[actix_web::test]
async fn the_front_page_shows_the_next_public_meeting() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    scheduled(&app, &desk, &[]).await;
    let earlier = [("starts", "2027-03-20T15:00"), ("ends", "2027-03-20T16:00")];
    scheduled(
        &app,
        &desk,
        &[
            ("title", "Hidden talk"),
            ("visibility", "members"),
            earlier[0],
            earlier[1],
        ],
    )
    .await;
    app.all_mail();
    app.visitor()
        .visit("/")
        .await
        .shows("Maps and gardens")
        .hides("Hidden talk")
        .hides("canary");
}

#[actix_web::test]
async fn an_export_says_who_answered_what() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let browser = app.signed_in(&ana);
    browser.visit("/meetings/maps-and-gardens").await;
    browser
        .submit("/meetings/maps-and-gardens/answer", [("answer", "yes")])
        .await
        .is(200);
    let json: serde_json::Value =
        serde_json::from_str(&app.read(|conn| oxsop::meetings::export::json(conn, app.app.now()))).expect("JSON");
    let meeting = &json[0];
    assert_eq!(
        (&meeting["status"], &meeting["sequence"]),
        (&"scheduled".into(), &0.into())
    );
    let hers = meeting["invitations"]
        .as_array()
        .and_then(|all| all.iter().find(|row| row["email"] == "ana@example.org"));
    assert_eq!(
        hers.map(|row| (&row["answer"], &row["by"])),
        Some((&"yes".into(), &"page".into()))
    );
    let csv = app.read(|conn| oxsop::meetings::export::csv(conn, app.app.now()));
    assert!(csv.contains(",scheduled,0,ana@example.org,invited,yes,"), "{csv}");
}

#[actix_web::test]
async fn an_old_mail_is_not_sent_again_after_a_newer_one() {
    use diesel::prelude::*;
    use oxsop::platform::db::schema::outbox;
    use oxsop::platform::mail::outbox::{OutboxId, Status, retry};
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let first: OutboxId = app.write(|tx, _| {
        diesel::update(outbox::table)
            .set(outbox::status.eq(Status::Failed))
            .execute(tx)?;
        Ok(outbox::table.select(outbox::id).first(tx)?)
    });
    change(&desk, &path, &[("starts", "2027-03-24T14:00")], "yes")
        .await
        .is(200);
    assert!(!app.write(|tx, ctx| retry(tx, ctx, &first)));
    app.deliver_mail().await;
    assert_eq!(app.all_mail().len(), 1);
}
