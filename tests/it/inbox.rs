//! Mail that comes in, as those who write it and those who read it live it.

use oxsop::inbox::{self, Received, Status, Way};
use oxsop::join::Status as RequestStatus;
use oxsop::platform::clock::{days, hours};

use crate::join::{REASON, first_in_queue};
use crate::support::people::link_in;
use crate::support::{Actor, TestApp};

/// A mail from a person.
pub fn letter(from: &str, to: &str, id: &str, subject: &str, text: &str) -> String {
    format!(
        "Return-Path: <{from}>\r\nFrom: Ana Sample <{from}>\r\nTo: {to}\r\nMessage-ID: <{id}@mail.example.org>\r\n\
         Date: Mon, 1 Mar 2027 09:00:00 +0000\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    )
}

/// Hands a mail over as a mail server does; where it stands then.
pub fn receive(app: &TestApp, raw: &str) -> Status {
    match inbox::receive(&app.app, Way::Pipe, None, raw.as_bytes()).expect("it is taken in") {
        Received::Taken(_, status) => status,
        Received::Repeat => panic!("read before"),
    }
}

async fn first_letter(desk: &Actor<'_>, show: &str) -> String {
    let list = desk.visit(&format!("/coordinate/inbox?show={show}")).await;
    list.link("/coordinate/inbox/0")
}

#[actix_web::test]
async fn an_application_by_mail_is_completed_confirmed_and_approved() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    let words = format!("Dear all,\r\n\r\n{REASON}\r\n\r\n> quoted\r\n-- \r\nA signature");
    let raw = letter("ana@example.org", "join@oxsop.example.org", "apply", "Joining", &words);
    assert_eq!(receive(&app, &raw), Status::Done);
    desk.visit("/coordinate/requests").await.hides("Ana Sample");
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    assert!(
        !mail.text.contains("link-worker"),
        "an address not proved is told nothing"
    );
    assert_eq!(mail.envelope_from, "");
    assert_eq!(
        mail.auto_submitted,
        oxsop::platform::mail::message::AutoSubmitted::Replied
    );
    assert_eq!(mail.in_reply_to.as_deref(), Some("apply@mail.example.org"));
    let link = link_in(&mail.text, "/join/confirm/");
    let ana = app.visitor();
    let page = ana.visit(&link).await;
    page.shows("Complete your request").shows("ana@example.org");
    assert!(page.body.contains(REASON) && !page.body.contains("A signature") && !page.body.contains("quoted"));
    let faulty = [
        ("name", "Ana Sample"),
        ("reason", REASON),
        ("country", "GB"),
        ("privacy", "yes"),
    ];
    ana.submit(&link, faulty)
        .await
        .is(422)
        .shows("Write where you work")
        .shows(REASON);
    let request = app.read(|conn| oxsop::join::store::open_of(conn, "ana@example.org"));
    assert_eq!(request.expect("a request").status, RequestStatus::Unconfirmed);
    let mut whole = faulty.to_vec();
    whole.push(("affiliation", "Sample Trust"));
    ana.submit(&link, whole).await.shows("your request is with us");
    ana.visit(&link).await.shows("Your address is confirmed");
    let path = first_in_queue(&desk).await;
    desk.visit(&path).await.shows("Ana Sample").shows("mail,").shows(REASON);
    desk.visit(&format!("{path}/decision?decision=approve")).await.is(200);
    let approve = [("decision", "approve"), ("message", "Welcome.")];
    desk.submit(&format!("{path}/decision"), approve).await.is(200);
    app.deliver_mail().await;
    assert!(app.only_mail("ana@example.org").subject.contains("elcome"));
}

#[actix_web::test]
async fn a_forged_sender_gets_one_mail_and_no_request() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    for n in 0..40 {
        let raw = letter(
            "victim@example.org",
            "join@oxsop.example.org",
            &format!("m{n}"),
            "Join",
            &format!("{REASON} {n}"),
        );
        assert_eq!(receive(&app, &raw), Status::Done);
    }
    app.advance(hours(2)).await;
    app.deliver_mail().await;
    app.only_mail("victim@example.org");
    desk.visit("/coordinate/requests").await.hides("victim@example.org");
}

#[actix_web::test]
async fn the_same_mail_twice_is_read_once() {
    let app = TestApp::start().await;
    let raw = letter(
        "ana@example.org",
        "network@oxsop.example.org",
        "one",
        "A question",
        "When do you meet?",
    );
    assert_eq!(receive(&app, &raw), Status::Open);
    let again = format!("Received: by another.example.org\r\n{raw}");
    let again = inbox::receive(&app.app, Way::Mailbox, None, again.as_bytes()).expect("taken");
    assert_eq!(again, Received::Repeat);
    // Somebody who knows the Message-ID cannot take its place.
    let other = letter(
        "ana@example.org",
        "network@oxsop.example.org",
        "one",
        "A question",
        "Something else",
    );
    assert_eq!(receive(&app, &other), Status::Open);
}

#[actix_web::test]
async fn a_letter_is_claimed_answered_and_done() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let desk = app.coordinator();
    let hostile = "When do you meet? <script>alert(1)</script>\r\n\r\nAna";
    let raw = letter(
        &ana.email,
        "network@oxsop.example.org",
        "q1",
        "=?utf-8?q?A_question_=3Cb=3E?=",
        hostile,
    );
    assert_eq!(receive(&app, &raw), Status::Open);
    desk.visit("/coordinate").await.shows("1 letter waits");
    let path = first_letter(&desk, "open").await;
    let page = desk.visit(&path).await;
    page.shows("Ana, a member").shows("A question <b>");
    assert!(!page.body.contains("<script>alert"), "text from mail is text");
    desk.submit(&format!("{path}/claim"), [("version", "1"), ("claim", "yes")])
        .await
        .shows("This letter is yours");
    let second = app.coordinator_named("Deputy");
    second.visit(&path).await.shows("Take it over");
    second
        .submit(
            &format!("{path}/note"),
            [("version", "2"), ("note", "She asked before.")],
        )
        .await
        .shows("Your note is kept");
    let reply = [
        ("version", "2"),
        ("message", "On Thursday.\n\nDo come."),
        ("then", "done"),
    ];
    let refused = desk.submit(&format!("{path}/reply"), reply).await;
    refused
        .is(422)
        .shows("Somebody else has changed this letter")
        .shows("On Thursday.");
    let reply = [
        ("version", "3"),
        ("message", "On Thursday.\n\nDo come."),
        ("then", "done"),
    ];
    desk.submit(&format!("{path}/reply"), reply)
        .await
        .shows("Your answer is on its way")
        .shows("Done");
    app.deliver_mail().await;
    let mail = app.only_mail(&ana.email);
    assert_eq!(mail.subject, "Re: A question <b>");
    assert_eq!(mail.in_reply_to.as_deref(), Some("q1@mail.example.org"));
    assert_ne!(mail.envelope_from, "", "a person's answer may bounce");
    assert!(mail.text.contains("Do come.") && !mail.text.contains("She asked before"));
    desk.visit("/coordinate/inbox?show=done").await.shows("A question");
    desk.submit(&format!("{path}/state"), [("version", "4"), ("state", "open")])
        .await
        .shows("waits again");
}

#[actix_web::test]
async fn what_cannot_be_read_is_set_aside_with_its_reason_and_read_again() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    let parts = "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n".repeat(60);
    let raw = format!(
        "From: a@example.org\r\nMessage-ID: <1@x>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n{parts}--b--\r\n"
    );
    assert_eq!(receive(&app, &raw), Status::Aside);
    let next = letter(
        "ana@example.org",
        "network@oxsop.example.org",
        "n",
        "Next",
        "The next mail is read.",
    );
    assert_eq!(receive(&app, &next), Status::Open);
    let path = first_letter(&desk, "aside").await;
    desk.visit(&path).await.shows("61 parts, more than 50");
    desk.submit(&format!("{path}/reading"), [])
        .await
        .shows("The mail was read again")
        .shows("61 parts");
    let list = desk.visit("/coordinate/inbox?show=aside").await;
    list.shows("Set aside (1)");
}

#[actix_web::test]
async fn programs_and_lists_are_never_answered() {
    let app = TestApp::start().await;
    let join = "join@oxsop.example.org";
    for (n, header) in [
        "Auto-Submitted: auto-replied\r\n",
        "Precedence: bulk\r\n",
        "List-Id: <all.lists.example.org>\r\n",
        "X-Autoreply: yes\r\n",
    ]
    .iter()
    .enumerate()
    {
        let raw = letter("ana@example.org", join, &format!("p{n}"), "Join", REASON);
        assert_eq!(receive(&app, &format!("{header}{raw}")), Status::Done, "{header}");
    }
    let own = letter("join@oxsop.example.org", join, "own", "Join", REASON);
    assert_eq!(receive(&app, &own), Status::Done);
    let null =
        letter("ana@example.org", join, "null", "Join", REASON).replace("<ana@example.org>\r\nFrom", "<>\r\nFrom");
    assert_eq!(receive(&app, &null), Status::Done);
    let machine = letter("no-reply@example.org", join, "machine", "Join", REASON);
    assert_eq!(receive(&app, &machine), Status::Done);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
}

#[actix_web::test]
async fn coordinators_hear_once_a_day_what_waits_and_old_words_go() {
    let app = TestApp::start().await;
    app.given_coordinator("Chair");
    receive(
        &app,
        &letter(
            "ana@example.org",
            "network@oxsop.example.org",
            "w",
            "Waiting",
            "Some words.",
        ),
    );
    receive(&app, "nonsense");
    app.tick();
    app.advance(hours(5)).await;
    app.tick();
    app.deliver_mail().await;
    let mail = app.only_mail("chair@example.org");
    assert_eq!(mail.subject, "OXSOP: 1 letter, 1 set aside wait for an answer");
    assert!(!mail.text.contains("Some words"));
    let desk = app.coordinator_named("Deputy");
    let path = first_letter(&desk, "open").await;
    desk.visit(&path).await.is(200);
    desk.submit(&format!("{path}/state"), [("version", "1"), ("state", "done")])
        .await
        .is(200);
    app.advance(days(91)).await;
    app.tick();
    app.ignore_mail();
    let desk = app.coordinator_named("Third");
    desk.visit(&path).await.hides("Some words").shows("No words are kept");
}

/// Carries what one instance has to send to the other; how many mails that were.
async fn carry(from: &TestApp, to: &TestApp) -> usize {
    from.deliver_mail().await;
    let mails = from.all_mail();
    for mail in &mails {
        let bytes = oxsop::platform::mail::message::bytes(mail).expect("a mail");
        let raw = [format!("Return-Path: <{}>\r\n", mail.envelope_from).into_bytes(), bytes].concat();
        inbox::receive(&to.app, Way::Pipe, Some(&mail.to.email), &raw).expect("it is taken in");
    }
    mails.len()
}

#[actix_web::test]
async fn two_instances_that_are_pointed_at_each_other_fall_silent() {
    let one = TestApp::start_with("from = 'One <network@one.example.org>'").await;
    let two = TestApp::start_with("from = 'Two <network@two.example.org>'").await;
    // Each is written to in the other's name, at the address that answers by itself.
    for (app, from, to) in [
        (&one, "network@two.example.org", "join@one.example.org"),
        (&two, "join@one.example.org", "join@two.example.org"),
    ] {
        assert_eq!(receive(app, &letter(from, to, "begin", "Join", REASON)), Status::Done);
    }
    let mut carried = Vec::new();
    for _ in 0..5 {
        carried.push((carry(&one, &two).await, carry(&two, &one).await));
        one.advance(days(1)).await;
        two.advance(days(1)).await;
    }
    assert_eq!(carried, [(1, 1), (0, 0), (0, 0), (0, 0), (0, 0)], "one answer each");
}
