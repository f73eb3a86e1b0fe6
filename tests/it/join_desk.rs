//! Joining, as coordinators live it.

use oxsop::join::{self, RequestId};
use oxsop::platform::clock::{At, days, hours, minutes};

use super::join::{REASON, all, apply, apply_and_confirm, first_in_queue, form, member, waiting, with};
use super::support::TestApp;
use super::support::people::link_in;

#[actix_web::test]
async fn declining_with_a_message_says_it_and_quietly_says_nothing() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    apply_and_confirm(&app, form("one@applicants.example.org")).await;
    let path = format!("{}/decision", first_in_queue(&coordinator).await);
    coordinator
        .visit(&format!("{path}?decision=decline"))
        .await
        .shows("Decline and send this mail");
    let decline = [("decision", "decline"), ("message", "")];
    coordinator
        .submit(&path, decline)
        .await
        .is(422)
        .shows("Write what the applicant is to read.");
    let words = [
        ("decision", "decline"),
        ("message", "We have no place <now>."),
        ("preview", "yes"),
    ];
    coordinator
        .submit(&path, words)
        .await
        .is(200)
        .shows("We have no place <now>.");
    assert_eq!(waiting(&app), 1, "a preview does nothing");
    coordinator
        .submit(&path, words[..2].iter().copied())
        .await
        .shows("Declined");
    app.deliver_mail().await;
    let mail = app.only_mail("one@applicants.example.org");
    assert!(mail.text.contains("We have no place <now>.") && mail.html.contains("&lt;now&gt;"));
    assert!(member(&app, "one@applicants.example.org").is_none());

    apply_and_confirm(&app, form("two@applicants.example.org")).await;
    let path = format!("{}/decision", first_in_queue(&coordinator).await);
    coordinator
        .visit(&format!("{path}?decision=decline-quietly"))
        .await
        .shows("Decline without a mail");
    coordinator
        .submit(&path, [("decision", "decline-quietly")])
        .await
        .shows("No mail goes.");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
    coordinator
        .visit("/coordinate/requests?show=decided")
        .await
        .shows("Declined quietly")
        .shows("Decided (2)");
}

#[actix_web::test]
async fn a_question_is_answered_by_mail_and_the_request_goes_back_into_the_queue() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    apply_and_confirm(&app, form("ana@applicants.example.org")).await;
    let request = first_in_queue(&coordinator).await;
    let ask = [("decision", "ask"), ("message", "Which services do you mean?")];
    coordinator
        .submit(&format!("{request}/decision"), ask)
        .await
        .shows("The question to Ana Sample");
    app.deliver_mail().await;
    let mail = app.only_mail("ana@applicants.example.org");
    assert!(mail.text.contains("Which services do you mean?"));
    coordinator
        .visit("/coordinate/requests?show=asked")
        .await
        .shows("Ana Sample");
    assert_eq!(waiting(&app), 0);
    coordinator
        .submit(&format!("{request}/reopening"), [])
        .await
        .shows("back in the queue");
    assert_eq!(waiting(&app), 1);
}

#[actix_web::test]
async fn a_decision_can_be_reopened_but_an_approval_cannot() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator_named("Chair");
    apply_and_confirm(&app, form("ana@applicants.example.org")).await;
    let request = first_in_queue(&coordinator).await;
    let path = format!("{request}/decision");
    coordinator
        .submit(&path, [("decision", "decline-quietly")])
        .await
        .is(200);
    let approve = [("decision", "approve")];
    coordinator
        .submit(&path, approve)
        .await
        .is(409)
        .shows("Chair declined this request quietly on 1 March 2027");
    coordinator.submit(&format!("{request}/reopening"), []).await.is(200);
    coordinator.submit(&path, approve).await.is(200);
    let twice = coordinator.submit(&path, approve).await;
    twice
        .is(409)
        .shows("Chair approved this request on 1 March 2027, 09:00 London.");
    let reopening = coordinator.submit(&format!("{request}/reopening"), []).await;
    reopening.is(409).shows("end the membership instead");
    coordinator.visit(&format!("{path}?decision=ask")).await.is(409);
    app.deliver_mail().await;
    assert_eq!(app.only_mail("ana@applicants.example.org").subject, "Welcome to OXSOP");
}

#[actix_web::test]
async fn two_coordinators_cannot_answer_one_applicant_twice() {
    let app = TestApp::start().await;
    let (one, two) = (app.coordinator_named("Chair"), app.coordinator_named("Deputy"));
    apply_and_confirm(&app, form("ana@applicants.example.org")).await;
    let request = first_in_queue(&one).await;
    one.visit(&request).await.hides("within the last quarter of an hour");
    two.visit(&request)
        .await
        .shows("Chair opened this request within the last quarter of an hour");
    let path = format!("{request}/decision");
    let seen = two.visit(&format!("{path}?decision=decline")).await;
    assert!(seen.body.contains("name=\"version\" value=\"2\""));
    one.submit(
        &path,
        [("decision", "ask"), ("message", "Where do you work?"), ("version", "2")],
    )
    .await
    .is(200);
    let late = two
        .submit(&path, [("decision", "decline"), ("message", "No."), ("version", "2")])
        .await;
    late.is(409)
        .shows("Chair asked the applicant a question on 1 March 2027");
    app.deliver_mail().await;
    assert!(
        app.only_mail("ana@applicants.example.org")
            .text
            .contains("Where do you work?")
    );
}

#[actix_web::test]
async fn an_unproved_request_cannot_be_seen_or_decided() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    apply(&app.visitor(), form("ana@example.org")).await;
    coordinator
        .visit("/coordinate/requests")
        .await
        .shows("Nobody waits")
        .hides("Ana Sample");
    let found = app
        .read(|conn| join::store::open_of(conn, "ana@example.org"))
        .expect("a request");
    let path = format!("/coordinate/requests/{}", found.id);
    coordinator.visit(&path).await.is(404);
    coordinator.visit("/join").await.is(200);
    let refused = coordinator
        .submit(&format!("{path}/decision"), [("decision", "approve")])
        .await;
    refused.is(409).shows("has not confirmed the address yet");
    assert!(member(&app, "ana@example.org").is_none());
    let ana = app.given_member("Plain");
    app.signed_in(&ana).visit("/coordinate/requests").await.is(403);
    app.deliver_mail().await;
    app.ignore_mail();
}

#[actix_web::test]
async fn what_people_write_is_shown_as_text_on_every_page() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    let evil = "<img src=x onerror=alert(1)>\"'{{name}}</textarea><script>";
    let mut typed = form("evil@applicants.example.org");
    for name in ["name", "affiliation", "reason", "heard_from"] {
        typed = with(typed, name, evil);
    }
    apply_and_confirm(&app, typed).await;
    let request = first_in_queue(&coordinator).await;
    let decision = format!("{request}/decision");
    for path in [
        "/coordinate/requests",
        &request,
        &format!("{decision}?decision=approve"),
    ] {
        coordinator
            .visit(path)
            .await
            .is(200)
            .shows("<img src=x onerror=alert(1)>")
            .hides("<img")
            .hides("<script>");
    }
    let page = coordinator
        .submit(&decision, [("decision", "approve"), ("message", evil)])
        .await;
    page.is(200).hides("<img").hides("<script>");
    app.deliver_mail().await;
    assert!(!app.only_mail("evil@applicants.example.org").html.contains("<img"));
}

#[actix_web::test]
async fn coordinators_get_one_mail_a_day_while_something_waits() {
    let app = TestApp::start().await;
    app.coordinator_named("Chair");
    app.tick();
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "nothing waits");
    for email in ["one@applicants.example.org", "two@applicants.example.org"] {
        apply_and_confirm(&app, form(email)).await;
    }
    app.tick();
    app.advance(hours(5)).await;
    app.deliver_mail().await;
    let mail = app.only_mail("chair@example.org");
    assert_eq!(mail.subject, "OXSOP: 2 requests wait for an answer");
    assert!(!mail.text.contains("Ana"));
    app.app
        .clock
        .set(At::parse("2027-03-02T07:59:00Z").expect("an instant"));
    app.tick();
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "not before eight");
    app.advance(minutes(2)).await;
    app.deliver_mail().await;
    assert_eq!(
        app.only_mail("chair@example.org").subject,
        "OXSOP: 2 requests wait for an answer"
    );
    app.app
        .clock
        .set(At::parse("2027-03-11T07:00:00Z").expect("an instant"));
    app.coordinator_named("Deputy")
        .visit("/coordinate/requests")
        .await
        .shows("Waits too long: 9 days");
}

#[actix_web::test]
async fn requests_are_kept_no_longer_than_promised() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator();
    apply_and_confirm(&app, form("declined@applicants.example.org")).await;
    let path = first_in_queue(&coordinator).await;
    coordinator
        .submit(&format!("{path}/decision"), [("decision", "decline-quietly")])
        .await
        .is(200);
    apply(&app.visitor(), form("never@example.org")).await;
    app.deliver_mail().await;
    let link = link_in(&app.only_mail("never@example.org").text, "/join/confirm/");
    app.advance(days(7)).await;
    assert_eq!(all(&app), 1);
    app.visitor().visit(&link).await.is(410);
    let declined = RequestId::from(path.rsplit('/').next().expect("an id"));
    let reason = || {
        let id = declined.clone();
        app.read(move |conn| join::store::find(conn, &id))
            .map(|request| request.reason)
    };
    assert_eq!(reason().as_deref(), Some(REASON));
    app.advance(days(84)).await;
    assert_eq!(reason().as_deref(), Some(""));
    app.advance(days(90)).await;
    assert_eq!(reason(), None);
}

#[actix_web::test]
async fn the_export_leaves_reasons_out_unless_they_are_asked_for() {
    let app = TestApp::start().await;
    apply_and_confirm(&app, with(form("ana@applicants.example.org"), "name", "=1+1")).await;
    let csv = app.read(|conn| join::export::csv(conn, false));
    assert!(csv.contains("ana@applicants.example.org") && csv.contains("'=1+1") && !csv.contains("compare notes"));
    let json = app.read(|conn| join::export::json(conn, true));
    assert!(json.contains("compare notes"));
}
