//! What was built apart, together: own links, places, reminders, copies, feedback and recaps of one meeting.

use diesel::prelude::*;
use oxsop::meetings::invitations::Answer;
use oxsop::meetings::model::By;
use oxsop::meetings::replies::{self, Came, Incoming};
use oxsop::meetings::{feedback, rsvp, store};
use oxsop::members::Member;
use oxsop::platform::clock::{At, days, minutes};
use oxsop::platform::db::schema::suppressions;

use crate::invitations::{attendee, ics, value};
use crate::meetings::{LINK, change, desk, desk_of, draft, form, scheduled};
use crate::support::TestApp;
use crate::support::people::link_in;

const PAGE: &str = "/meetings/maps-and-gardens";
const EVE: &str = "2027-03-23T15:00:00Z";
const HOUR: &str = "2027-03-24T14:00:00Z";

/// Sets the clock and lets the timed work do what is due then.
async fn at_the_hour(app: &TestApp, instant: &str) {
    app.app.clock.set(At::parse(instant).expect("an instant"));
    app.tick();
    app.deliver_mail().await;
}

/// Answers without a browser.
fn answers(app: &TestApp, member: &Member, answer: Answer) {
    app.write(|tx, ctx| {
        store::take_turn(tx)?;
        let meeting = store::by_slug(tx, "maps-and-gardens")?.expect("a meeting");
        let invitation = store::invitation_of(tx, &meeting.id, &member.id)?.expect("an invitation");
        rsvp::answer(tx, ctx, &meeting, &invitation, answer, By::Link).expect("an answer");
        Ok(())
    });
}

/// A calendar of this member accepts.
fn accepts(app: &TestApp, member: &Member, uid: &str, stamp: &str) {
    let email = &member.email;
    let calendar = format!(
        "BEGIN:VCALENDAR\r\nPRODID:-//Sample//Sample//EN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n\
         ATTENDEE;PARTSTAT=ACCEPTED:mailto:{email}\r\nUID:{uid}\r\nSEQUENCE:0\r\nDTSTAMP:{stamp}\r\n\
         END:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    let token = member.reply_token(&app.app.keys);
    let given = Incoming {
        token: Some(token.as_str()),
        from: email,
        is_authentic: Some(true),
        method: Some("REPLY"),
        calendar: &calendar,
        message_id: stamp,
        sent_at: None,
    };
    let taken = app.write(|tx, ctx| replies::take(tx, ctx, &given));
    assert_eq!(taken.result, Came::Applied, "{}", taken.why);
}

/// Mail to this address comes back.
fn suspend(app: &TestApp, email: &str) {
    let hash = app.app.keys.keyed_hash("suppression", email);
    app.write(|tx, ctx| {
        diesel::insert_into(suppressions::table)
            .values((
                suppressions::address_hash.eq(hash),
                suppressions::reason.eq("sample"),
                suppressions::since.eq(ctx.now),
            ))
            .execute(tx)?;
        Ok(())
    });
}

#[actix_web::test]
async fn a_reminder_holds_the_readers_own_link_and_never_the_real_one() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let (ana, berta) = (app.given_member("Ana"), app.given_member("Berta"));
    let path = draft(&desk, &[]).await;
    desk.submit(&format!("{path}/own-links"), [("own", "yes")])
        .await
        .is(200);
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    app.deliver_mail().await;
    let hers = link_in(&app.only_mail("ana@example.org").text, "/join/");
    app.all_mail();
    answers(&app, &ana, Answer::Yes);
    answers(&app, &berta, Answer::Maybe);
    for instant in [EVE, HOUR] {
        at_the_hour(&app, instant).await;
        let to_ana = app.only_mail("ana@example.org");
        assert!(
            to_ana.text.contains(&hers) && to_ana.html.contains(&hers),
            "{}",
            to_ana.text
        );
        let to_berta = app.only_mail("berta@example.org");
        assert!(!to_berta.text.contains(&hers));
        for mail in [to_ana, to_berta] {
            assert!(!format!("{}{}", mail.text, mail.html).contains(LINK), "{}", mail.text);
            assert!(mail.text.contains("This link is yours alone"));
        }
    }
}

#[actix_web::test]
async fn whoever_waits_for_a_place_is_not_told_to_come() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let [ana, ben, cem] = ["Ana", "Ben", "Cem"].map(|name| app.given_member(name));
    let path = scheduled(&app, &desk, &[("places", "1")]).await;
    app.all_mail();
    for member in [&ana, &ben, &cem] {
        answers(&app, member, Answer::Yes);
    }
    desk.visit(&path).await.shows("1 person as of now");
    at_the_hour(&app, EVE).await;
    app.only_mail("ana@example.org");
    assert!(app.all_mail().is_empty(), "two wait, and have no place to come to");
    // Ben is offered the place and does not answer: he has said nothing that a reminder could hold him to.
    answers(&app, &ana, Answer::No);
    app.deliver_mail().await;
    assert!(app.only_mail("ben@example.org").subject.starts_with("A place for you"));
    at_the_hour(&app, "2027-03-24T03:00:00Z").await;
    assert!(app.only_mail("cem@example.org").subject.starts_with("A place for you"));
    answers(&app, &cem, Answer::Yes);
    at_the_hour(&app, HOUR).await;
    assert!(app.only_mail("cem@example.org").subject.starts_with("In an hour"));
    assert!(app.all_mail().is_empty());
    // Nor is he asked how it was.
    app.app.clock.advance(days(1));
    let guests = app.read(|conn| {
        let meeting = store::by_slug(conn, "maps-and-gardens")?.expect("a meeting");
        feedback::store::guests(conn, &meeting)
    });
    let names: Vec<&str> = guests.0.iter().map(|member| member.name.as_str()).collect();
    assert_eq!(names, ["Cem"]);
    let browser = app.signed_in(&ben);
    browser.visit("/me/privacy").await;
    let record = browser.post("/me/privacy/export", []).await;
    record.is(200).shows("\"became\": \"lapsed\"");
}

#[actix_web::test]
async fn a_maybe_that_is_meant_is_reminded_of_a_full_meeting() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let [ana, ben] = ["Ana", "Ben"].map(|name| app.given_member(name));
    scheduled(&app, &desk, &[("places", "1")]).await;
    app.all_mail();
    answers(&app, &ana, Answer::Yes);
    answers(&app, &ben, Answer::Yes);
    answers(&app, &ben, Answer::Maybe);
    at_the_hour(&app, EVE).await;
    let mail = app.only_mail("ben@example.org");
    assert!(mail.text.contains("to which you said maybe"), "{}", mail.text);
    app.only_mail("ana@example.org");
}

#[actix_web::test]
async fn a_reminder_that_waits_is_not_sent_to_somebody_who_lost_their_place() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let [ana, ben] = ["Ana", "Ben"].map(|name| app.given_member(name));
    scheduled(&app, &desk, &[("places", "1")]).await;
    app.all_mail();
    answers(&app, &ana, Answer::Yes);
    answers(&app, &ben, Answer::Maybe);
    app.app.clock.set(At::parse(EVE).expect("an instant"));
    app.tick();
    // Written as to a maybe; by now he has said yes, and waits.
    answers(&app, &ben, Answer::Yes);
    app.deliver_mail().await;
    app.only_mail("ana@example.org");
    assert!(app.all_mail().is_empty());
}

#[actix_web::test]
async fn an_update_to_somebody_who_waits_says_that_they_wait() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let [ana, ben, cem] = ["Ana", "Ben", "Cem"].map(|name| app.given_member(name));
    let path = scheduled(&app, &desk, &[("places", "1")]).await;
    let uid = value(&ics(&app.only_mail("ben@example.org")), "UID").to_owned();
    app.all_mail();
    answers(&app, &ana, Answer::Yes);
    answers(&app, &cem, Answer::Maybe);
    app.app.clock.advance(minutes(5));
    accepts(&app, &ben, &uid, "20270301T090100Z");
    // The word on the waiting list has not left; the update takes its place.
    let changed = [("places", "1"), ("title", "Maps and groves")];
    desk.submit(&path, form(&changed))
        .await
        .shows("1 person who waits for a place")
        .shows("Your answer so far: yes, and you are waiting for a place");
    desk.submit(&format!("{path}/changes"), [("notify", "yes")])
        .await
        .is(200);
    app.deliver_mail().await;
    let mail = app.only_mail("ben@example.org");
    assert!(
        mail.text.contains("yes, and you are waiting for a place"),
        "{}",
        mail.text
    );
    let entry = ics(&mail);
    assert!(attendee(&entry).contains("PARTSTAT=TENTATIVE"), "{entry}");
    assert!(
        value(&entry, "DESCRIPTION").starts_with("You are on the waiting list"),
        "{entry}"
    );
    let other = app.only_mail("cem@example.org");
    assert!(other.text.contains("Your answer so far: maybe."), "{}", other.text);
    assert!(!value(&ics(&other), "DESCRIPTION").contains("waiting list"));
    app.all_mail();
}

#[actix_web::test]
async fn a_calendar_that_said_waiting_list_is_told_of_the_place() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let [ana, ben] = ["Ana", "Ben"].map(|name| app.given_member(name));
    let path = scheduled(&app, &desk, &[("places", "1")]).await;
    let uid = value(&ics(&app.only_mail("ben@example.org")), "UID").to_owned();
    app.all_mail();
    answers(&app, &ana, Answer::Yes);
    app.app.clock.advance(minutes(5));
    accepts(&app, &ben, &uid, "20270301T090100Z");
    app.deliver_mail().await;
    let waits = ics(&app.only_mail("ben@example.org"));
    answers(&app, &ana, Answer::No);
    app.deliver_mail().await;
    app.all_mail();
    app.app.clock.advance(minutes(5));
    answers(&app, &ben, Answer::Yes);
    app.deliver_mail().await;
    let now = ics(&app.only_mail("ben@example.org"));
    assert!(attendee(&now).contains("PARTSTAT=ACCEPTED"), "{now}");
    assert!(!value(&now, "DESCRIPTION").contains("waiting list"), "{now}");
    assert_eq!(value(&now, "SEQUENCE"), value(&waits, "SEQUENCE"));
    assert!(value(&now, "DTSTAMP") > value(&waits, "DTSTAMP"));
    // Whose calendar never said so hears no more than the page told them.
    change(&desk, &path, &[("places", "2")], "no").await.is(200);
    answers(&app, &ana, Answer::Yes);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
}

#[actix_web::test]
async fn a_word_on_the_waiting_list_that_has_not_left_is_taken_back_by_a_no() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let [ana, ben] = ["Ana", "Ben"].map(|name| app.given_member(name));
    scheduled(&app, &desk, &[("places", "1")]).await;
    let uid = value(&ics(&app.only_mail("ben@example.org")), "UID").to_owned();
    app.all_mail();
    answers(&app, &ana, Answer::Yes);
    app.app.clock.advance(minutes(5));
    accepts(&app, &ben, &uid, "20270301T090100Z");
    answers(&app, &ben, Answer::No);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "no calendar is made tentative after a no");
}

#[actix_web::test]
async fn a_copied_year_keeps_the_choice_of_reminders() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[("places", "12")]).await;
    app.all_mail();
    desk.submit(&format!("{path}/reminders"), [("coming-14-days", "yes")])
        .await
        .is(200);
    let plan = "/coordinate/meetings/plan/copies";
    let page = desk.visit(&format!("{plan}?year=2028")).await;
    let (_, rest) = page.body.split_once("name=\"copy-").expect("a box to tick");
    let name = format!("copy-{}", rest.split('"').next().unwrap_or_default());
    desk.submit(plan, [("year", "2028"), (name.as_str(), "yes")])
        .await
        .is(200)
        .shows("1 draft is made");
    let copied = app.read(|conn| store::by_slug(conn, "maps-and-gardens-2"));
    let copied = copied.expect("a copy");
    assert_eq!(copied.places, Some(12));
    let page = desk.visit(&format!("/coordinate/meetings/{}", copied.id)).await;
    page.is(200);
    assert!(page.body.contains("name=\"coming-14-days\" value=\"yes\" checked"));
    assert!(!page.body.contains("name=\"coming-1-day\" value=\"yes\" checked"));
}

#[actix_web::test]
async fn what_was_missed_counts_only_those_whom_mail_reaches() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    app.given_member("Berta");
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    app.advance(days(24)).await;
    let desk = desk_of(&app, "Coordinator").await;
    app.deliver_mail().await;
    app.all_mail();
    suspend(&app, "berta@example.org");
    let minutes = format!("{path}/materials/minutes");
    desk.submit(&minutes, [("body", "We agreed."), ("seen", "0")])
        .await
        .is(200);
    desk.submit(
        &format!("{minutes}/publication"),
        [("seen", "1"), ("minutes_seen_by", "members")],
    )
    .await
    .is(200);
    let recap = format!("{path}/materials/recap");
    desk.visit(&recap)
        .await
        .shows("Send it to 2 members")
        .shows("address is suspended");
    desk.submit(&recap, [("seen", "0")])
        .await
        .shows("2 mails are on their way");
    app.deliver_mail().await;
    assert_eq!(app.all_mail().len(), 2);
}

#[actix_web::test]
async fn links_that_are_keys_are_for_no_search_engine() {
    let app = TestApp::start().await;
    let robots = app.visitor().visit("/robots.txt").await;
    for private in ["/places/", "/meetings/*/join/", "/meetings/*/log/"] {
        robots.shows(&format!("Disallow: {private}"));
    }
    app.visitor().visit(PAGE).await.is(404);
}
