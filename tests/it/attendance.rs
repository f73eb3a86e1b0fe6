//! Own joining links, and who came.

use std::collections::BTreeSet;

use actix_web::http::{Method, header};
use actix_web::test::TestRequest;
use diesel::prelude::*;
use oxsop::meetings::attendance::import::{self, Options};
use oxsop::meetings::attendance::model::How;
use oxsop::meetings::{MeetingId, attendance};
use oxsop::members::{Member, MemberId};
use oxsop::platform::clock::{At, minutes};
use oxsop::platform::db::schema::{attendance as rows, audit, invitations, meetings};
use oxsop::platform::mail::message::MailContent;

use crate::invitations::{attendee, ics, join, leave, value};
use crate::meetings::{LINK, change, desk, desk_of, form, scheduled};
use crate::support::people::link_in;
use crate::support::{Actor, Page, TestApp};

const PAGE: &str = "/meetings/maps-and-gardens";

/// Switches own links on for a scheduled meeting, and tells it.
async fn with_own_links(app: &TestApp, desk: &Actor<'_>, path: &str) {
    let page = desk.submit(&format!("{path}/own-links"), [("own", "yes")]).await;
    page.is(200).shows("Tell the change");
    desk.submit(&format!("{path}/changes"), [("notify", "yes")])
        .await
        .is(200)
        .shows("The change is saved");
    app.deliver_mail().await;
}

/// The meeting's hour in these stories: 24 March 2027, 15:00–16:30 in London, which is UTC then.
fn at(app: &TestApp, instant: &str) {
    app.app.clock.set(At::parse(instant).expect("an instant"));
}

/// The coordinator once more, after a time in which the password's hour has passed.
async fn again(app: &TestApp) -> Actor<'_> {
    desk_of(app, "Coordinator").await
}

fn own_link(mail: &MailContent) -> String {
    link_in(&mail.text, "/join/")
}

fn noted(app: &TestApp) -> Vec<(MemberId, How, At)> {
    app.read(|conn| {
        let all = rows::table.order((rows::at, rows::member_id));
        Ok(all.select((rows::member_id, rows::how, rows::at)).load(conn)?)
    })
}

fn meeting_id(path: &str) -> MeetingId {
    MeetingId::from(path.rsplit('/').next().unwrap_or_default())
}

/// Everything a mail says, in every part.
fn all_of(mail: &MailContent) -> String {
    format!("{}{}{}{}", mail.subject, mail.text, mail.html, ics(mail))
}

#[actix_web::test]
async fn everyone_gets_a_link_of_their_own_in_place_of_the_real_one_everywhere() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let (ana, _berta) = (app.given_member("Ana"), app.given_member("Berta"));
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let browser = app.signed_in(&ana);
    browser.visit(PAGE).await.shows(LINK);
    browser
        .submit(&format!("{PAGE}/answer"), [("answer", "yes")])
        .await
        .is(200);
    // The button tells nobody; the page after it says what will go to how many.
    let page = desk.submit(&format!("{path}/own-links"), [("own", "yes")]).await;
    page.is(200)
        .shows("A joining link of their own")
        .shows("3 people get the change; their answers stand")
        .shows("Save and tell 3 people")
        .hides("Save quietly");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "looking sends nothing");
    desk.post(&format!("{path}/changes"), [("notify", "no")]).await.is(422);
    desk.submit(&format!("{path}/changes"), [("notify", "yes")])
        .await
        .is(200);
    app.deliver_mail().await;
    let (to_ana, to_berta) = (app.only_mail("ana@example.org"), app.only_mail("berta@example.org"));
    app.all_mail();
    let (hers, bertas) = (own_link(&to_ana), own_link(&to_berta));
    assert_ne!(hers, bertas);
    for (mail, own) in [(&to_ana, &hers), (&to_berta, &bertas)] {
        assert!(!all_of(mail).contains("canary"), "the real link is in a mail");
        assert!(mail.html.contains(own.as_str()) && mail.text.contains("This link is yours alone"));
        let ics = ics(mail);
        let whole = format!("http://localhost:8080{own}");
        assert_eq!(value(&ics, "CONFERENCE"), whole);
        assert!(value(&ics, "DESCRIPTION").contains(&whole));
        assert_eq!(value(&ics, "SEQUENCE"), "1");
    }
    assert!(!all_of(&to_ana).contains(&bertas));
    assert!(
        attendee(&ics(&to_ana)).contains("PARTSTAT=ACCEPTED"),
        "her answer stands"
    );
    // The page and her own calendar show hers too, and nothing public shows any.
    browser.visit(PAGE).await.shows(&hers).hides("canary").hides(&bertas);
    let calendar = format!("/calendar/{}.ics", ana.calendar_token(&app.app.keys).as_str());
    let feed = app.visitor().visit(&calendar).await;
    let feed = Page {
        body: feed.body.replace("\r\n ", ""),
        ..feed
    };
    feed.shows(&hers).hides("canary").hides(&bertas);
    for public in [
        PAGE,
        "/meetings",
        "/meetings/maps-and-gardens.ics",
        "/calendar.ics",
        "/",
    ] {
        app.visitor()
            .visit(public)
            .await
            .is(200)
            .hides("canary")
            .hides("/join/");
    }
    browser
        .visit("/meetings/maps-and-gardens.ics")
        .await
        .hides("canary")
        .hides("/join/");
    // Whoever joins later gets one as well; a member whom an import brought in sees none, and not the real one.
    join(&app, "Clara");
    let imported = app.given_member("Dora");
    app.deliver_mail().await;
    let to_clara = app.only_mail("clara@example.org");
    assert!(own_link(&to_clara).starts_with(PAGE) && !all_of(&to_clara).contains("canary"));
    app.signed_in(&imported)
        .visit(PAGE)
        .await
        .shows("Your own joining link comes with your invitation")
        .hides("canary")
        .hides("/join/");
    // An edit of words leaves the switch as it is.
    change(&desk, &path, &[("title", "Maps, gardens, rivers")], "no")
        .await
        .is(200);
    browser.visit(PAGE).await.shows("rivers").shows(&hers).hides("canary");
    assert!(app.all_mail().is_empty());
}

#[actix_web::test]
async fn the_door_is_a_page_first_and_a_press_notes_who_came() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member_in("Ana", "US", "America/New_York");
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    with_own_links(&app, &desk, &path).await;
    let link = own_link(&app.only_mail("ana@example.org"));
    app.all_mail();
    let reader = app.visitor();
    // Early: when it opens, on the meeting's clocks and hers, and nothing to press.
    reader
        .visit(&link)
        .await
        .is(200)
        .shows("This door opens 30 minutes before the meeting")
        .shows("Wednesday 24 March 2027, 14:30 London (10:30 for you)")
        .shows("Maps and gardens")
        .hides("Join the meeting")
        .hides("canary");
    reader.post(&link, []).await.is(303);
    assert!(noted(&app).is_empty(), "a press on a closed door notes nothing");
    at(&app, "2027-03-24T14:29:59Z");
    reader.visit(&link).await.hides("Join the meeting");
    at(&app, "2027-03-24T14:30:00Z");
    let audited = || app.read(|conn| Ok(audit::table.count().get_result::<i64>(conn)?));
    let before = audited();
    // Programs that scan mail look twice at everything.
    for method in [Method::HEAD, Method::GET, Method::HEAD, Method::GET, Method::OPTIONS] {
        let request = TestRequest::with_uri(&link)
            .method(method)
            .insert_header((header::HOST, "localhost:8080"));
        app.call(request.to_request()).await;
    }
    let page = reader.visit(&link).await;
    page.is(200)
        .shows("Pressing the button notes that you came")
        .shows("Join the meeting")
        .shows("It leads to meet.example.org")
        .hides("canary");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("x-robots-tag"), "noindex");
    assert_eq!(page.header("cache-control"), "no-store");
    assert!(
        page.header("content-security-policy")
            .contains("form-action 'self' https:;"),
        "browsers hold the redirect of a form against the policy: {}",
        page.header("content-security-policy")
    );
    assert!(
        (noted(&app).is_empty(), audited()) == (true, before),
        "looking notes nothing"
    );
    // Without the page's token nothing is noted either.
    app.visitor().raw_post(&link, "", &[]).await.is(403);
    assert!(noted(&app).is_empty());
    let went = reader.post(&link, []).await;
    went.is(303);
    assert_eq!(
        (went.header("location"), went.header("referrer-policy")),
        (LINK, "no-referrer")
    );
    assert_eq!(noted(&app), [(ana.id.clone(), How::Link, app.app.now())]);
    // She drops out and comes back: the first time stays, and it is one line in the history.
    let first = app.app.now();
    at(&app, "2027-03-24T15:40:00Z");
    reader.visit(&link).await.shows("That is done already");
    assert_eq!(reader.post(&link, []).await.header("location"), LINK);
    assert_eq!(noted(&app), [(ana.id.clone(), How::Link, first)]);
    assert_eq!(audited(), before + 1);
    // Open for half an hour past the end, then over.
    at(&app, "2027-03-24T16:59:00Z");
    reader.visit(&link).await.shows("Join the meeting");
    at(&app, "2027-03-24T17:00:00Z");
    reader
        .visit(&link)
        .await
        .is(200)
        .shows("This meeting is over")
        .shows("You are noted as having come")
        .hides("Join the meeting");
    let late = reader.post(&link, []).await;
    assert_eq!(late.header("location"), link, "back to the page that says so");
    app.signed_in(&ana)
        .visit(PAGE)
        .await
        .shows("You are noted as having come to this meeting");
    let coming: Vec<MemberId> = app.read(|conn| attendance::attended(conn, &meeting_id(&path)));
    assert_eq!(coming, [ana.id]);
}

#[actix_web::test]
async fn the_door_is_dead_for_those_who_left_and_says_what_became_of_the_meeting() {
    let app = TestApp::start_with("[limits]\nposts_per_ip_15_minutes = 8").await;
    let desk = desk(&app).await;
    let (_ana, berta) = (app.given_member("Ana"), app.given_member("Berta"));
    let path = scheduled(&app, &desk, &[]).await;
    scheduled(&app, &desk, &[("title", "Rivers")]).await;
    app.all_mail();
    with_own_links(&app, &desk, &path).await;
    let (hers, bertas) = (
        own_link(&app.only_mail("ana@example.org")),
        own_link(&app.only_mail("berta@example.org")),
    );
    app.all_mail();
    leave(&app, &berta);
    app.deliver_mail().await;
    app.all_mail();
    at(&app, "2027-03-24T15:00:00Z");
    let reader = app.visitor();
    reader.visit(&hers).await.is(200).shows("Join the meeting");
    let random = format!("{PAGE}/join/aaaaaaaaaaaaaaaaaaaaaaaaaa");
    let elsewhere = hers.replace("maps-and-gardens", "rivers");
    let words = reader.visit(&random).await.text();
    for dead in [&bertas, &elsewhere] {
        let page = reader.visit(dead).await;
        page.is(404);
        // Each error has a number of its own, for asking about it.
        let without_number = |text: &str| text.split("give this number").next().unwrap_or_default().to_owned();
        assert_eq!(without_number(&page.text()), without_number(&words));
        reader.post(dead, []).await.is(404);
    }
    assert!(noted(&app).is_empty());
    // Whoever guesses is held back.
    for _ in 0..3 {
        reader.visit(&random).await.is(404);
    }
    reader.visit(&random).await.is(429);
    reader.visit(&hers).await.is(200);
    at(&app, "2027-03-01T09:00:00Z");
    desk.submit(&format!("{path}/cancellation"), [("why", "Strike")])
        .await
        .is(200);
    at(&app, "2027-03-24T15:00:00Z");
    reader
        .visit(&hers)
        .await
        .is(200)
        .shows("This meeting is cancelled")
        .shows("Strike")
        .hides("Join the meeting");
    reader.post(&hers, []).await.is(303);
    assert!(noted(&app).is_empty());
    app.ignore_mail();
}

#[actix_web::test]
async fn a_new_joining_link_behind_own_links_needs_no_update() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    with_own_links(&app, &desk, &path).await;
    let link = own_link(&app.only_mail("ana@example.org"));
    app.all_mail();
    let other = "https://rooms.example.org/canary-other";
    let page = desk.submit(&path, form(&[("joining_link", other)])).await;
    page.is(200)
        .shows("nobody needs an update for it")
        .shows("Nobody gets a mail")
        .shows("Calendars keep version 1")
        .shows("Save quietly")
        .hides("Save and tell");
    desk.submit(&format!("{path}/changes"), [("notify", "no")])
        .await
        .is(200)
        .shows("saved quietly");
    let sequence =
        |app: &TestApp| app.read(|conn| Ok(meetings::table.select(meetings::sequence).first::<i32>(conn)?));
    assert_eq!(sequence(&app), 1);
    // Even the last one who pressed the button without a thought sends nothing.
    change(&desk, &path, &[("joining_link", "")], "yes").await.is(200);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
    at(&app, "2027-03-24T14:45:00Z");
    let desk = again(&app).await;
    let reader = app.visitor();
    reader
        .visit(&link)
        .await
        .shows("The joining link is not here yet")
        .hides("Join the meeting");
    reader.post(&link, []).await.is(303);
    assert!(
        noted(&app).is_empty(),
        "nobody came through a door with nothing behind it"
    );
    change(&desk, &path, &[("joining_link", other)], "no").await.is(200);
    reader.visit(&link).await.shows("It leads to rooms.example.org");
    assert_eq!(reader.post(&link, []).await.header("location"), other);
    assert_eq!((noted(&app).len(), sequence(&app)), (1, 1));
    assert!(app.all_mail().is_empty());
}

#[actix_web::test]
async fn the_door_moves_with_the_meeting_and_own_links_can_be_taken_back() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    // A draft gives own links from the first mail on, and that tells nobody.
    let path = crate::meetings::draft(&desk, &[]).await;
    desk.submit(&format!("{path}/own-links"), [("own", "yes")])
        .await
        .is(200)
        .shows("Nobody has been told");
    desk.submit(&path, form(&[("title", "Maps and gardens")])).await.is(200);
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    app.deliver_mail().await;
    let first = app.only_mail("ana@example.org");
    app.all_mail();
    assert_eq!(value(&ics(&first), "SEQUENCE"), "0");
    assert!(!all_of(&first).contains("canary"));
    let link = own_link(&first);
    // Moved over the change of the clocks, from Greenwich's time to summer time.
    let moved = [("starts", "2027-03-28T15:00"), ("ends", "2027-03-28T16:30")];
    change(&desk, &path, &moved, "yes").await.is(200);
    app.deliver_mail().await;
    let second = app.only_mail("ana@example.org");
    app.all_mail();
    assert_eq!(own_link(&second), link, "the same link for as long as she is invited");
    let reader = app.visitor();
    at(&app, "2027-03-24T15:00:00Z");
    reader.visit(&link).await.shows("Sunday 28 March 2027, 14:30 London");
    at(&app, "2027-03-28T13:29:00Z");
    reader.visit(&link).await.hides("Join the meeting");
    at(&app, "2027-03-28T13:30:00Z");
    reader.visit(&link).await.shows("Join the meeting");
    // Taken back: everyone is told the real link, and no old link leads nowhere.
    at(&app, "2027-03-25T09:00:00Z");
    let desk = again(&app).await;
    desk.visit(&path).await.shows("Show the joining link itself again");
    desk.post(&format!("{path}/own-links"), [("own", "perhaps")])
        .await
        .is(422);
    desk.submit(&format!("{path}/own-links"), [("own", "no")])
        .await
        .shows("The joining link itself")
        .shows("Save and tell 2 people");
    desk.submit(&format!("{path}/changes"), [("notify", "yes")])
        .await
        .is(200);
    app.deliver_mail().await;
    let third = app.only_mail("ana@example.org");
    app.all_mail();
    assert_eq!(
        (value(&ics(&third), "SEQUENCE"), value(&ics(&third), "CONFERENCE")),
        ("2", LINK)
    );
    assert!(third.text.contains(LINK) && !third.text.contains("/join/"));
    at(&app, "2027-03-28T14:00:00Z");
    reader.visit(&link).await.shows("Join the meeting");
    assert_eq!(reader.post(&link, []).await.header("location"), LINK);
}

#[actix_web::test]
async fn a_waiting_change_is_kept_when_own_links_are_switched() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let other = desk_of(&app, "Berta").await;
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    desk.submit(&path, form(&[("title", "Maps and rivers")])).await.is(200);
    // Another coordinator who has not seen it is held back; one who has seen it adds to it.
    other.post(&format!("{path}/own-links"), [("own", "yes")]).await.is(409);
    let seen = app.read(|conn| Ok(meetings::table.select(meetings::pending_at).first::<Option<At>>(conn)?));
    let seen = seen.expect("a change waits").to_string();
    other
        .submit(&format!("{path}/own-links"), [("own", "yes"), ("seen", seen.as_str())])
        .await
        .is(200)
        .shows("Maps and rivers")
        .shows("A joining link of their own");
    desk.submit(&format!("{path}/changes/discard"), []).await.is(200);
    desk.visit(&path).await.shows("The joining link itself");
}

fn ids(members: &[&Member]) -> BTreeSet<MemberId> {
    members.iter().map(|member| member.id.clone()).collect()
}

fn here(app: &TestApp) -> BTreeSet<MemberId> {
    noted(app).into_iter().map(|(id, _, _)| id).collect()
}

/// The field by which a person is ticked.
fn tick(member: &Member) -> String {
    format!("came-{}", member.id)
}

#[actix_web::test]
async fn two_coordinators_who_tick_at_once_do_not_undo_each_other() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_coordinator("Wilma");
    let (ana, berta, clara) = (
        app.given_member("Ana"),
        app.given_member("Berta"),
        app.given_member("Clara"),
    );
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let list = format!("{path}/attendance");
    let browser = app.signed_in(&ana);
    browser.visit(PAGE).await.hides("noted as having come");
    browser
        .submit(&format!("{PAGE}/answer"), [("answer", "yes")])
        .await
        .is(200);
    // Nothing before the door opens.
    desk.visit(&list)
        .await
        .is(200)
        .shows("from half an hour before the meeting starts")
        .hides("Save who came");
    let (a, b, c) = (tick(&ana), tick(&berta), tick(&clara));
    desk.post(&list, [(a.as_str(), "yes")]).await.is(409);
    at(&app, "2027-03-24T17:00:00Z");
    let (desk, other, browser) = (again(&app).await, desk_of(&app, "Wilma").await, app.signed_in(&ana));
    desk.visit(&list)
        .await
        .shows("Said yes")
        .shows("Nobody is noted as having come");
    desk.submit(&list, [("shown", ""), (a.as_str(), "yes"), (b.as_str(), "yes")])
        .await
        .is(200)
        .shows("Saved: 2 more came")
        .shows("2 people came in all");
    // The other's page is older: what she did not change stays, and she is told that it is no longer what she saw.
    other
        .submit(&list, [("shown", ""), (c.as_str(), "yes")])
        .await
        .is(200)
        .shows("Saved: 1 more came")
        .shows("others changed 2 of these notes; theirs are kept");
    assert_eq!(here(&app), ids(&[&ana, &berta, &clara]));
    let shown = format!("{} {} {}", ana.id, berta.id, clara.id);
    desk.submit(
        &list,
        [("shown", shown.as_str()), (a.as_str(), "yes"), (b.as_str(), "yes")],
    )
    .await
    .shows("Saved: 1 did not come after all");
    assert_eq!(here(&app), ids(&[&ana, &berta]));
    let shown = format!("{} {}", ana.id, berta.id);
    desk.submit(
        &list,
        [("shown", shown.as_str()), (a.as_str(), "yes"), (b.as_str(), "yes")],
    )
    .await
    .shows("Nothing was different");
    desk.submit(&list, [("shown", "nobody"), ("came-nobody", "yes")])
        .await
        .is(200);
    assert_eq!(here(&app), ids(&[&ana, &berta]), "ids that nobody has change nothing");
    // What the picture's table says, and what the people themselves see.
    let page = desk.visit(&list).await;
    page.shows("Said yes 1 1 0")
        .shows("Did not answer 4 1 3")
        .shows("Said no 0 0 0");
    browser
        .visit(PAGE)
        .await
        .shows("You are noted as having come to this meeting");
    app.signed_in(&clara).visit(PAGE).await.hides("noted as having come");
    browser.visit("/me/privacy").await;
    let record: serde_json::Value =
        serde_json::from_str(&browser.post("/me/privacy/export", []).await.body).expect("JSON");
    assert_eq!(record["meetings_attended"][0]["meeting"], "Maps and gardens");
    assert_eq!(record["meetings_attended"][0]["noted_by"], "ticked");
    // The export says it of everybody, and nothing of a meeting of which nobody noted anything.
    scheduled(
        &app,
        &desk,
        &[
            ("title", "Rivers"),
            ("starts", "2027-04-24T15:00"),
            ("ends", "2027-04-24T16:00"),
        ],
    )
    .await;
    app.all_mail();
    let exported = app.read(|conn| oxsop::meetings::export::json(conn, app.app.now()));
    let exported: serde_json::Value = serde_json::from_str(&exported).expect("JSON");
    let attended = |meeting: usize, email: &str| {
        let all = exported[meeting]["invitations"].as_array().cloned().unwrap_or_default();
        let row = all.into_iter().find(|row| row["email"] == email);
        row.expect("an invitation")["attended"].clone()
    };
    assert_eq!(attended(0, "ana@example.org"), true);
    assert_eq!(attended(0, "clara@example.org"), false);
    assert!(attended(1, "ana@example.org").is_null());
    let csv = app.read(|conn| oxsop::meetings::export::csv(conn, app.app.now()));
    assert!(
        csv.lines()
            .any(|line| line.contains("ana@example.org") && line.ends_with(",yes")),
        "{csv}"
    );
    // Somebody who leaves is a number from then on.
    leave(&app, &berta);
    let page = desk.visit(&list).await;
    page.shows("2 people came in all, 1 of whom has left the network since")
        .hides("Berta");
    app.deliver_mail().await;
    app.all_mail();
}

const REPORT: &str = "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants\r\n\
    1234,Maps,03/24/2027,03/24/2027,host@example.org,96,5\r\n\r\n\
    Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes)\r\n\
    Somebody,ANA@example.org,02:58 PM,04:30 PM,92\r\n\
    \"B (berta)\",,03:01 PM,03:20 PM,19\r\n\
    <script>alert(1)</script>,guest@elsewhere.example,03:01 PM,03:20 PM,19\r\n";

#[actix_web::test]
async fn a_pasted_report_is_shown_first_and_taken_in_by_a_press() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let (ana, berta) = (app.given_member("Ana"), app.given_member("Berta"));
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let list = format!("{path}/attendance");
    let (reading, taking) = (format!("{list}/reading"), format!("{list}/import"));
    desk.post(&reading, [("report", REPORT)]).await.is(409);
    at(&app, "2027-03-24T18:00:00Z");
    let desk = again(&app).await;
    let page = desk.post(&reading, [("report", REPORT)]).await;
    page.is(200)
        .shows("Nothing is noted yet")
        .shows("Known by their address")
        .shows("“Somebody” in the report, line 5, 92 minutes")
        .shows("Perhaps: only the name is known")
        .shows("“B (berta)” in the report, line 6, 19 minutes")
        .shows("no member has this address or name (line 7)")
        .hides("<script>alert");
    let box_of = |member: &Member| format!("name=\"came-{}\" value=\"yes\"", member.id);
    assert!(page.body.contains(&format!("{} checked", box_of(&ana))));
    assert!(page.body.contains(&box_of(&berta)) && !page.body.contains(&format!("{} checked", box_of(&berta))));
    assert!(noted(&app).is_empty(), "looking takes nothing in");
    let (a, b) = (tick(&ana), tick(&berta));
    desk.submit(&taking, [(a.as_str(), "yes"), ("came-nobody", "yes")])
        .await
        .is(200)
        .shows("1 more person is noted as having come");
    let first = noted(&app);
    assert_eq!(first, [(ana.id.clone(), How::Import, app.app.now())]);
    app.advance(minutes(30)).await;
    desk.post(&reading, [("report", REPORT)])
        .await
        .shows("92 minutes; noted before");
    desk.submit(&taking, [(a.as_str(), "yes"), (b.as_str(), "yes")])
        .await
        .shows("1 more person");
    assert_eq!(noted(&app).first(), first.first(), "the first note stays");
    desk.submit(&taking, [(a.as_str(), "yes")])
        .await
        .shows("nothing changed");
    // What cannot be read comes back with what was pasted and says why.
    for (text, why) in [
        ("", "There is nothing here yet"),
        ("Ana <b>\nBerta", "No line here names the columns"),
        ("Name,Email\n\"Ana,ana@example.org\nBerta", "never closed"),
    ] {
        let page = desk.post(&reading, [("report", text)]).await;
        page.is(422)
            .shows("Please look at this again")
            .shows(why)
            .shows(text.lines().next().unwrap_or_default());
    }
    desk.post(&reading, [("report", "x".repeat(300 * 1024).as_str())])
        .await
        .is(413);
    desk.post(&reading, [("report", "Name,Email\nGuest,guest@elsewhere.example\n")])
        .await
        .is(200)
        .shows("No member is in this report");
}

#[actix_web::test]
async fn a_report_comes_in_by_command_too() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let (ana, berta) = (app.given_member("Ana"), app.given_member("Berta"));
    scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(REPORT.replace(',', "\t").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let run = |slug: &str, options| import::import(&app.app, slug, &utf16, options);
    let plain = Options::default();
    assert!(run("maps-and-gardens", plain).is_err(), "not before it has begun");
    at(&app, "2027-03-24T18:00:00Z");
    assert!(run("rivers", plain).is_err_and(|e| e.to_string().contains("no meeting 'rivers'")));
    let dry = Options {
        is_dry_run: true,
        ..plain
    };
    let report = run("maps-and-gardens", dry).expect("a report");
    assert_eq!((report.added, report.noted_before), (1, 0));
    assert_eq!(
        report.lines,
        [
            "line 6: B (berta) is a member’s name; believe it with --by-name",
            "line 7: <script>alert(1)</script>, guest@elsewhere.example: no member has this address or name",
        ]
    );
    assert!(noted(&app).is_empty());
    assert_eq!(run("maps-and-gardens", plain).expect("a report").added, 1);
    let by_name = Options { by_name: true, ..plain };
    let report = run("maps-and-gardens", by_name).expect("a report");
    assert_eq!((report.added, report.noted_before, report.lines.len()), (1, 1, 1));
    assert_eq!(here(&app), ids(&[&ana, &berta]));
}

#[actix_web::test]
async fn who_reads_the_database_cannot_join_for_a_member() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    with_own_links(&app, &desk, &path).await;
    let link = own_link(&app.only_mail("ana@example.org"));
    app.all_mail();
    let token = link.rsplit('/').next().unwrap_or_default().to_owned();
    assert_eq!(token.len(), 26);
    let held: Vec<(String, String)> = app.read(|conn| {
        let all = invitations::table.select((invitations::id, invitations::rsvp_hash));
        Ok(all.load(conn)?)
    });
    assert!(
        held.iter()
            .all(|(id, hash)| !id.contains(&token) && !hash.contains(&token))
    );
    // The preview of a change hands out nobody's link.
    let page = desk.submit(&path, form(&[("title", "Rivers")])).await;
    page.is(200).shows("/join/").hides(&token);
}
