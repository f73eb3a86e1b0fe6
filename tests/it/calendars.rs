//! Pages and calendars: what everyone sees, what members see, what a calendar program fetches.

use oxsop::platform::clock::{days, minutes};

use crate::invitations::{attendee, leave, value};
use crate::meetings::{LINK, change, desk, draft, scheduled};
use crate::support::TestApp;

pub fn own_address(app: &TestApp, member: &oxsop::members::Member) -> String {
    format!("/calendar/{}.ics", member.calendar_token(&app.app.keys).as_str())
}

#[actix_web::test]
async fn the_joining_link_is_nowhere_public() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    scheduled(&app, &desk, &[]).await;
    scheduled(&app, &desk, &[("title", "Hidden talk"), ("visibility", "members")]).await;
    draft(&desk, &[("title", "Unborn talk")]).await;
    app.all_mail();
    let visitor = app.visitor();
    for path in [
        "/meetings",
        "/meetings/maps-and-gardens",
        "/meetings/maps-and-gardens.ics",
        "/calendar.ics",
        "/subscribe",
        "/",
    ] {
        let page = visitor.visit(path).await;
        page.hides("canary")
            .hides("Hidden talk")
            .hides("Unborn talk")
            .hides("example.org/meet");
        for name in ["ORGANIZER", "ATTENDEE", "CONFERENCE"] {
            page.hides(name);
        }
    }
    for path in [
        "/meetings/hidden-talk",
        "/meetings/hidden-talk.ics",
        "/meetings/unborn-talk",
        "/meetings/unborn-talk.ics",
    ] {
        visitor.visit(path).await.is(404);
    }
    let ana = app.signed_in(&ana);
    ana.visit("/meetings")
        .await
        .shows("Hidden talk")
        .hides("Unborn talk")
        .hides("canary");
    ana.visit("/meetings/hidden-talk").await.shows(LINK);
    ana.visit("/meetings/hidden-talk.ics").await.is(200).hides("canary");
    // What a member has just seen does not stay in the cache for others.
    visitor.visit("/meetings").await.hides("Hidden talk");
    visitor.visit("/meetings/hidden-talk.ics").await.is(404);
    visitor.visit("/meetings/maps-and-gardens").await.hides("canary");
}

#[actix_web::test]
async fn the_public_calendar_is_the_same_bytes_until_something_changes() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let reader = app.visitor();
    let first = reader.get("/calendar.ics", &[]).await;
    first.is(200);
    assert_eq!(first.header("content-type"), "text/calendar; charset=utf-8");
    for line in [
        "NAME:",
        "X-WR-CALNAME:",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "X-PUBLISHED-TTL:PT1H",
        "SEQUENCE:0",
    ] {
        assert!(first.body.contains(line), "{line}");
    }
    assert!(!first.body.contains("METHOD"));
    app.advance(minutes(50)).await;
    let second = reader.get("/calendar.ics", &[]).await;
    assert_eq!(first.body, second.body);
    assert!(!first.header("etag").is_empty() && !first.header("last-modified").is_empty());
    assert_eq!(first.header("etag"), second.header("etag"));
    reader
        .get("/calendar.ics", &[("if-none-match", first.header("etag"))])
        .await
        .is(304);
    change(&desk, &path, &[("starts", "2027-03-24T14:00")], "yes")
        .await
        .is(200);
    let third = reader
        .get("/calendar.ics", &[("if-none-match", first.header("etag"))])
        .await;
    third.is(200);
    assert_eq!(
        (value(&third.body, "SEQUENCE"), value(&third.body, "DTSTART")),
        ("1", "20270324T140000Z")
    );
    let one = reader.get("/meetings/maps-and-gardens.ics", &[]).await;
    assert_eq!(value(&one.body, "UID"), value(&third.body, "UID"));
    assert_eq!(
        one.header("content-disposition"),
        "attachment; filename=\"maps-and-gardens.ics\""
    );
    app.deliver_mail().await;
    app.all_mail();
}

#[actix_web::test]
async fn a_members_own_calendar_has_their_links_and_answers_and_dies_with_the_membership() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    app.given_member("Wilhelmina");
    let path = scheduled(&app, &desk, &[]).await;
    let mail = app.only_mail("ana@example.org");
    let address = own_address(&app, &ana);
    let reader = app.visitor();
    let first = reader.get(&address, &[]).await;
    first.is(200).hides("Wilhelmina").hides("wilhelmina").hides("METHOD");
    let text = first.body.replace("\r\n ", "");
    assert_eq!(value(&text, "CONFERENCE"), LINK);
    assert_eq!(value(&text, "ORGANIZER"), format!("mailto:{}", mail.from.email));
    assert!(attendee(&text).contains("PARTSTAT=NEEDS-ACTION") && attendee(&text).ends_with("mailto:ana@example.org"));
    assert_eq!(first.header("cache-control"), "private, no-cache");
    assert_eq!(
        (first.header("x-robots-tag"), first.header("referrer-policy")),
        ("noindex", "no-referrer")
    );
    assert_eq!(first.body, reader.get(&address, &[]).await.body);
    let known = reader.get(&address, &[("if-none-match", first.header("etag"))]).await;
    known.is(304);
    assert!(known.body.is_empty());
    let browser = app.signed_in(&ana);
    browser.visit("/meetings/maps-and-gardens").await;
    browser
        .submit("/meetings/maps-and-gardens/answer", [("answer", "yes")])
        .await
        .is(200);
    let answered = reader.get(&address, &[("if-none-match", first.header("etag"))]).await;
    assert!(attendee(&answered.is(200).body.replace("\r\n ", "")).contains("PARTSTAT=ACCEPTED"));
    // Cancelled meetings stay for 30 days, without the link, then go.
    desk.submit(&format!("{path}/cancellation"), []).await.is(200);
    let cancelled = reader.get(&address, &[]).await;
    cancelled.hides("canary");
    assert_eq!(
        (value(&cancelled.body, "STATUS"), value(&cancelled.body, "SEQUENCE")),
        ("CANCELLED", "1")
    );
    app.advance(days(31)).await;
    reader.get(&address, &[]).await.is(200).hides("VEVENT");
    leave(&app, &ana);
    let dead = reader.get(&address, &[]).await;
    let never = reader.get("/calendar/aaaaaaaaaaaaaaaaaaaaaaaaaa.ics", &[]).await;
    dead.is(404);
    assert_eq!((dead.status, dead.body), (never.status, never.body));
    app.deliver_mail().await;
    app.all_mail();
}

#[actix_web::test]
async fn times_are_the_meetings_and_the_readers() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let berta = app.given_member_in("Berta", "US", "America/New_York");
    scheduled(&app, &desk, &[]).await;
    app.all_mail();
    app.visitor()
        .visit("/meetings/maps-and-gardens")
        .await
        .shows("Wednesday 24 March 2027, 15:00–16:30, London");
    app.signed_in(&berta)
        .visit("/meetings/maps-and-gardens")
        .await
        .shows("Wednesday 24 March 2027, 15:00–16:30, London (11:00–12:30 for you)");
}
