//! Answers, by the link in the mail and on the meeting's page.

use oxsop::platform::clock::days;

use crate::invitations::{attendee, ics, leave, value};
use crate::meetings::{LINK, change, desk, scheduled};
use crate::support::TestApp;
use crate::support::people::link_in;

#[actix_web::test]
async fn a_link_only_shows_and_a_press_answers() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    let mail = app.only_mail("ana@example.org");
    app.all_mail();
    let link = link_in(&mail.text, "answer=maybe");
    let scanner = app.visitor();
    for _ in 0..3 {
        let page = scanner.visit(&link).await;
        page.is(200)
            .shows("Will you come?")
            .shows("Send my answer")
            .hides("You have said");
        assert!(page.body.contains("value=\"maybe\" checked"), "{}", page.body);
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-robots-tag"), "noindex");
    }
    desk.visit(&path).await.shows("Not answered: 2");
    let ana = app.visitor();
    ana.visit(&link).await;
    let address = link.split('?').next().unwrap_or_default();
    ana.submit(address, [("answer", "yes")])
        .await
        .is(200)
        .shows("Thank you")
        .shows("You have said yes");
    ana.submit(address, [("answer", "yes")]).await.is(200);
    desk.visit(&path).await.shows("Yes: 1").shows("Ana");
    ana.submit(address, [("answer", "no")]).await.shows("You have said no");
    ana.post(address, [("answer", "perhaps")]).await.is(422);
    desk.visit(&path).await.shows("No: 1");
    // Without the page's token nothing is stored, and a token that is none finds nothing.
    app.visitor().raw_post(address, "answer=yes", &[]).await.is(403);
    app.visitor().visit("/rsvp/aaaaaaaaaaaaaaaaaaaaaaaaaa").await.is(404);
    desk.visit(&path).await.shows("No: 1");
}

#[actix_web::test]
async fn an_answer_on_the_page_is_kept_in_the_next_update() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let browser = app.signed_in(&ana);
    browser
        .visit("/meetings/maps-and-gardens")
        .await
        .shows("Will you come?")
        .shows(LINK);
    browser
        .submit("/meetings/maps-and-gardens/answer", [("answer", "yes")])
        .await
        .shows("You have said yes. You can change it.");
    change(
        &desk,
        &path,
        &[("joining_link", "https://meet.example.org/canary-other")],
        "yes",
    )
    .await
    .is(200);
    app.deliver_mail().await;
    let told = app.only_mail("ana@example.org");
    app.all_mail();
    assert_eq!(value(&ics(&told), "SEQUENCE"), "1");
    assert!(attendee(&ics(&told)).contains("PARTSTAT=ACCEPTED"));
    assert!(told.text.contains("Your answer so far: yes"));
}

#[actix_web::test]
async fn cancelled_over_and_withdrawn_are_said_plainly_and_take_no_answer() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let berta = app.given_member("Berta");
    let path = scheduled(&app, &desk, &[]).await;
    let link = |mail: &oxsop::platform::mail::message::MailContent| link_in(&mail.text, "answer=yes");
    let (to_ana, to_berta) = (
        link(&app.only_mail("ana@example.org")),
        link(&app.only_mail("berta@example.org")),
    );
    let browser = app.visitor();
    browser.visit(&to_ana).await.shows("Will you come?");
    leave(&app, &berta);
    browser
        .visit(&to_berta)
        .await
        .is(200)
        .shows("This invitation was withdrawn");
    desk.submit(&format!("{path}/cancellation"), [("why", "Strike")])
        .await
        .is(200);
    browser
        .visit(&to_ana)
        .await
        .shows("This meeting is cancelled")
        .shows("Strike")
        .hides("Send my answer");
    browser.post(&to_ana, [("answer", "yes")]).await.is(409);
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    browser.visit(&to_ana).await.shows("Will you come?");
    app.advance(days(30)).await;
    browser.visit(&to_ana).await.shows("This meeting is over");
    browser.post(&to_ana, [("answer", "yes")]).await.is(409);
    app.signed_in(&ana)
        .visit("/meetings/maps-and-gardens")
        .await
        .hides("Will you come?")
        .hides(LINK);
    app.deliver_mail().await;
    app.all_mail();
}
