//! Date polls: a few times proposed, answered by link, turned into a meeting.

use diesel::prelude::*;
use oxsop::platform::clock::days;
use oxsop::platform::db::schema::{outbox, poll_answers, poll_asked};

use crate::consent::{ends_with_invitations, invitations_for};
use crate::invitations::{attendee, ics, join, leave};
use crate::meetings::{desk, form as meeting_form};
use crate::support::people::link_in;
use crate::support::{Actor, Page, TestApp};

/// The form of a poll with three times in London, with some fields changed.
fn form<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("title", "Spring meeting"),
        ("summary", "What *next*?"),
        ("minutes", "90"),
        ("time_zone", "Europe/London"),
        ("time1", "2027-03-24T15:00"),
        ("time2", "2027-03-25T09:00"),
        ("time3", "2027-03-26T23:00"),
        ("closes", "2027-03-15T18:00"),
    ];
    let kept = usual
        .into_iter()
        .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.chain(changes.iter().copied()).collect()
}

async fn drafted(desk: &Actor<'_>) -> String {
    let page = desk.submit("/coordinate/meetings/polls", form(&[])).await;
    page.is(200).shows("The poll is saved. Nobody has been asked.");
    page.path.clone()
}

/// A poll that everyone has been asked in.
async fn sent(app: &TestApp, desk: &Actor<'_>) -> String {
    let path = drafted(desk).await;
    desk.submit(&format!("{path}/sending"), []).await.is(200);
    app.deliver_mail().await;
    path
}

/// The link in the one mail that came to somebody.
fn link_of(app: &TestApp, name: &str) -> String {
    link_in(&app.only_mail(&format!("{name}@example.org")).text, "/poll/")
}

async fn say(browser: &Actor<'_>, link: &str, said: [&str; 3]) -> Page {
    browser.visit(link).await.is(200);
    browser
        .submit(link, [("t1", said[0]), ("t2", said[1]), ("t3", said[2])])
        .await
}

/// The value of the choice whose label holds `words`.
fn choice(page: &Page, words: &str) -> String {
    let parts: Vec<&str> = page.body.split("name=\"time\" value=\"").skip(1).collect();
    let part = parts
        .iter()
        .find(|part| part.split("</label>").next().is_some_and(|label| label.contains(words)));
    let part = part.unwrap_or_else(|| panic!("no time with '{words}'"));
    part.split('"').next().unwrap_or_default().to_owned()
}

async fn made_into_a_meeting(desk: &Actor<'_>, path: &str, words: &str) -> Page {
    let time = choice(&desk.visit(path).await, words);
    desk.submit(&format!("{path}/meeting"), [("time", time.as_str())]).await
}

#[actix_web::test]
async fn a_poll_says_whom_it_reaches_before_it_goes_and_goes_once() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    app.given_member_in("Berta", "AU", "Australia/Melbourne");
    let path = drafted(&desk).await;
    let page = desk.visit(&format!("{path}/sending")).await;
    page.is(200)
        .shows("This mail reaches 3 people")
        .shows("When shall we meet? Spring meeting")
        .shows("Wednesday 24 March 2027, 15:00–16:30, London")
        .shows("Send the poll to 3 people");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "looking sends nothing");
    let sending = format!("{path}/sending");
    desk.submit(&sending, []).await.shows("on its way to 3 people");
    desk.submit(&sending, []).await.shows("Nothing was sent a second time");
    app.deliver_mail().await;
    let to_berta = app.only_mail("berta@example.org");
    assert_eq!(app.all_mail().len(), 2);
    for words in [
        "Thursday 25 March 2027, 02:00–03:30, Melbourne (Wednesday 15:00–16:30 in London)",
        "Thursday 25 March 2027, 20:00–21:30, Melbourne (09:00–10:30 in London)",
        "16 March 2027, 05:00 Melbourne",
        "What next?",
    ] {
        assert!(to_berta.text.contains(words), "{words}\n{}", to_berta.text);
    }
    desk.visit(&path).await.shows("0 of 3 have answered");
    desk.visit("/coordinate/meetings/polls")
        .await
        .shows("Spring meeting")
        .shows("0 of 3");
    // What people were asked stands.
    desk.get(&format!("{path}/edit"), &[]).await.is(409);
    desk.post(&path, form(&[("title", "Other")])).await.is(409);
}

#[actix_web::test]
async fn a_link_only_shows_and_a_press_answers_until_the_poll_closes() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member_in("Berta", "DE", "Europe/Berlin");
    let path = sent(&app, &desk).await;
    let link = link_of(&app, "berta");
    app.all_mail();
    let scanner = app.visitor();
    for _ in 0..3 {
        let page = scanner.visit(&link).await;
        page.is(200)
            .shows("Wednesday 24 March 2027, 16:00–17:30, Berlin")
            .shows("15:00–16:30 in London")
            .shows("Saturday 27 March 2027, 00:00–01:30, Berlin")
            .shows("Friday 23:00")
            .hides("You have answered");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-robots-tag"), "noindex");
    }
    assert_eq!(answers(&app), 0);
    let berta = app.visitor();
    berta.visit(&link).await;
    // Half an answer comes back with what was said.
    let half = berta.post(&link, [("t1", "yes"), ("t2", "perhaps")]).await;
    half.is(422).shows("Please look at this again");
    assert!(half.body.contains("value=\"yes\" checked"), "{}", half.body);
    assert_eq!(answers(&app), 0);
    say(&berta, &link, ["yes", "if-need-be", "no"])
        .await
        .is(200)
        .shows("Thank you")
        .shows("You have answered");
    desk.visit(&path).await.shows("1 of 2 have answered").shows("Berta");
    say(&berta, &link, ["no", "yes", "no"]).await.is(200);
    let page = desk.visit(&path).await;
    page.shows("0 yes, 0 if need be, 1 no")
        .shows("1 yes, 0 if need be, 0 no");
    assert_eq!(answers(&app), 3, "changed, not added");
    app.visitor().raw_post(&link, "t1=yes&t2=yes&t3=yes", &[]).await.is(403);
    // Unknown links find nothing, whichever way.
    app.visitor().visit("/poll/aaaaaaaaaaaaaaaaaaaaaaaaaa").await.is(404);
    app.advance(days(15)).await;
    berta
        .visit(&link)
        .await
        .is(200)
        .shows("This poll is closed")
        .shows("What you said")
        .hides("Send my answers");
    berta
        .post(&link, [("t1", "yes"), ("t2", "yes"), ("t3", "yes")])
        .await
        .is(409)
        .shows("This poll is closed");
    app.tick();
    desk.visit("/coordinate/meetings/polls").await;
}

/// What a person reads on a page of an error, without the number that each request has of its own.
fn but_its_number(page: &Page) -> String {
    let words = page.text();
    let (before, after) = words.split_once("give this number: ").expect("a number");
    format!("{before}{}", after.split_once(' ').map_or("", |(_, rest)| rest))
}

fn answers(app: &TestApp) -> i64 {
    app.read(|conn| Ok(poll_answers::table.count().get_result(conn)?))
}

#[actix_web::test]
async fn the_winner_becomes_a_meeting_and_everybody_is_invited_with_their_answer() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    for name in ["Ana", "Berta", "Carla", "Dora"] {
        app.given_member(name);
    }
    let path = sent(&app, &desk).await;
    let browser = app.visitor();
    for (name, said) in [
        ("ana", ["yes", "yes", "no"]),
        ("berta", ["no", "if-need-be", "no"]),
        ("carla", ["no", "no", "yes"]),
    ] {
        say(&browser, &link_of(&app, name), said).await.is(200);
    }
    let to_dora = link_of(&app, "dora");
    app.all_mail();
    // One yes each: the second has one more that can make it at all.
    let page = desk.visit(&path).await;
    page.shows("Most suits: Thursday 25 March 2027, 09:00–10:30, London")
        .shows("Suits most")
        .shows("1 yes, 1 if need be, 1 no")
        .shows("Not answered: 2");
    assert!(page.body.contains("<svg"), "a picture");
    let draft = made_into_a_meeting(&desk, &path, "25 March 2027").await;
    draft
        .is(200)
        .shows("This is the draft of the meeting. Nobody has been told.");
    assert!(
        draft.body.contains("value=\"2027-03-25T09:00\""),
        "the time is in the form"
    );
    let meeting = draft.path.trim_end_matches("/edit").to_owned();
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
    desk.visit(&path).await.shows("This poll became a meeting");
    browser.visit(&to_dora).await.shows("This poll is closed");
    browser.post(&to_dora, [("t1", "yes")]).await.is(409);
    let other = choice_again(&desk, &path).await;
    other.is(409).shows("A meeting has been made of this poll already");
    // Words may change before it is scheduled; the time stands.
    desk.submit(
        &meeting,
        meeting_form(&[
            ("title", "Spring meeting, at last"),
            ("starts", "2027-03-25T09:00"),
            ("ends", "2027-03-25T10:30"),
        ]),
    )
    .await
    .is(200);
    let preview = desk.visit(&format!("{meeting}/schedule")).await;
    preview
        .is(200)
        .shows("Invitations go to 5 members")
        .shows("1 person who said yes in the date poll")
        .shows("1 person who said maybe in the date poll")
        .shows("1 person who said no in the date poll");
    desk.submit(&format!("{meeting}/schedule"), []).await.is(200);
    app.deliver_mail().await;
    for (name, stat, words) in [
        ("ana", "PARTSTAT=ACCEPTED", "Your answer so far: yes"),
        ("berta", "PARTSTAT=TENTATIVE", "Your answer so far: maybe"),
        ("carla", "PARTSTAT=DECLINED", "Your answer so far: no"),
        ("dora", "PARTSTAT=NEEDS-ACTION", "Will you come?"),
    ] {
        let mail = app.only_mail(&format!("{name}@example.org"));
        assert!(attendee(&ics(&mail)).contains(stat), "{name}: {}", ics(&mail));
        assert!(mail.text.contains(words), "{name}: {}", mail.text);
    }
    app.all_mail();
    desk.visit(&meeting)
        .await
        .shows("Yes: 1")
        .shows("Maybe: 1")
        .shows("No: 1")
        .shows("Not answered: 2")
        .shows("Ana by link");
}

/// Presses the button once more, from a page that was left open.
async fn choice_again(desk: &Actor<'_>, path: &str) -> Page {
    desk.post(&format!("{path}/meeting"), [("time", "anything")]).await
}

#[actix_web::test]
async fn at_another_time_nothing_is_carried_over() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let path = sent(&app, &desk).await;
    say(&app.visitor(), &link_of(&app, "ana"), ["yes", "no", "no"]).await;
    app.all_mail();
    let draft = made_into_a_meeting(&desk, &path, "24 March 2027").await;
    let meeting = draft.path.trim_end_matches("/edit").to_owned();
    desk.submit(
        &meeting,
        meeting_form(&[("starts", "2027-03-24T15:30"), ("ends", "2027-03-24T17:00")]),
    )
    .await
    .is(200);
    desk.submit(&format!("{meeting}/schedule"), []).await.is(200);
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    app.all_mail();
    assert!(attendee(&ics(&mail)).contains("PARTSTAT=NEEDS-ACTION"));
    desk.visit(&meeting).await.shows("Not answered: 2");
}

#[actix_web::test]
async fn who_joins_is_asked_and_who_leaves_is_forgotten() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let berta = app.given_member("Berta");
    let path = drafted(&desk).await;
    desk.submit(&format!("{path}/sending"), []).await.is(200);
    // Berta leaves before her mail does.
    leave(&app, &berta);
    app.deliver_mail().await;
    assert!(app.inbox("berta@example.org").is_empty());
    let link = link_of(&app, "ana");
    app.all_mail();
    let dropped: i64 = app.read(|conn| {
        let rows = outbox::table.filter(outbox::status.eq("dropped"));
        Ok(rows.count().get_result(conn)?)
    });
    assert_eq!(dropped, 1);
    let browser = app.visitor();
    say(&browser, &link, ["yes", "no", "no"]).await.is(200);
    let record = app.signed_in(&ana).post("/me/privacy/export", []).await;
    record.is(200);
    assert!(
        record.body.contains("poll_answers") && record.body.contains("Spring meeting"),
        "{}",
        record.body
    );
    desk.visit(&path).await.shows("1 of 2 have answered");
    join(&app, "Carla");
    app.deliver_mail().await;
    let to_carla = link_of(&app, "carla");
    browser.visit(&to_carla).await.is(200).shows("Carla");
    leave(&app, &ana);
    let dead = browser.visit(&link).await;
    dead.is(404);
    let unknown = browser.visit("/poll/bbbbbbbbbbbbbbbbbbbbbbbbbb").await;
    assert_eq!(
        but_its_number(&dead),
        but_its_number(&unknown),
        "no way to tell a link that was from one that never was"
    );
    let page = desk.visit(&path).await;
    page.shows("0 of 2 have answered").hides("Ana");
    let left: i64 = app.read(|conn| Ok(poll_asked::table.count().get_result(conn)?));
    assert_eq!((left, answers(&app)), (2, 0));
    // Who comes back is asked anew, with another link.
    let ana = join(&app, "Ana");
    app.deliver_mail().await;
    assert_ne!(link_of(&app, "ana"), link);
    leave(&app, &ana);
    // An import asks nobody; the page offers to.
    app.given_member("Dora");
    desk.visit(&path).await.shows("Members who have not been asked: 1");
    desk.visit(&format!("{path}/sending"))
        .await
        .shows("This mail reaches 1 person");
    desk.submit(&format!("{path}/sending"), []).await.is(200);
    app.deliver_mail().await;
    link_of(&app, "dora");
    app.all_mail();
    desk.submit(&format!("{path}/closing"), [])
        .await
        .shows("The poll is closed");
    join(&app, "Emma");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "nobody is asked in a closed poll");
}

#[actix_web::test]
async fn a_form_with_faults_comes_back_and_a_hostile_title_stays_words() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    for (name, value) in [
        ("title", ""),
        ("title", "a\r\nBcc: x"),
        ("minutes", "3"),
        ("time2", ""),
        ("time3", "2027-02-01T10:00"),
        ("closes", "2027-03-25T10:00"),
    ] {
        let fields = form(&[(name, value), ("summary", "Kept <words>")]);
        let fields: Vec<_> = if name == "time2" {
            fields.into_iter().filter(|(field, _)| *field != "time3").collect()
        } else {
            fields
        };
        desk.post("/coordinate/meetings/polls", fields)
            .await
            .is(422)
            .shows("Please look at this again")
            .shows("Kept <words>");
    }
    desk.visit("/coordinate/meetings/polls")
        .await
        .shows("There are no polls yet");
    let hostile = "<script>alert(1)</script> \"=cmd";
    let page = desk
        .submit("/coordinate/meetings/polls", form(&[("title", hostile)]))
        .await;
    page.is(200).hides("<script>alert");
    let path = page.path.clone();
    desk.submit(&format!("{path}/sending"), []).await.hides("<script>alert");
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    app.all_mail();
    assert!(!mail.html.contains("<script>alert"));
    let link = link_in(&mail.text, "/poll/");
    app.visitor().visit(&link).await.is(200).hides("<script>alert");
}

#[actix_web::test]
async fn a_poll_that_nobody_could_answer_in_time_is_not_sent() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let path = drafted(&desk).await;
    app.advance(days(15)).await;
    let desk = crate::meetings::desk_of(&app, "Other").await;
    desk.visit(&path)
        .await
        .shows("It would close before anybody could answer");
    desk.visit(&format!("{path}/sending")).await.is(409);
    desk.post(&format!("{path}/sending"), []).await.is(409);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
}

#[actix_web::test]
async fn a_poll_comes_with_invitations_and_ends_with_them() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let (ana, bo) = (app.given_member("Ana"), app.given_member("Bo"));
    invitations_for(&app, &ana, false);
    let path = drafted(&desk).await;
    let sending = format!("{path}/sending");
    desk.visit(&sending)
        .await
        .shows("This mail reaches 2 people")
        .shows("1 person will not get a mail")
        .shows("They have turned invitations by mail off");
    desk.submit(&sending, []).await.shows("on its way to 2 people");
    // Bo is quicker than his mail.
    invitations_for(&app, &bo, false);
    app.deliver_mail().await;
    ends_with_invitations(&app.only_mail("coordinator@example.org"));
    assert!(app.all_mail().is_empty());
    let outcome: String = app.read(|conn| {
        let to_bo = outbox::table.filter(outbox::to_key.eq("bo@example.org"));
        Ok(to_bo.select(outbox::outcome).first(conn)?)
    });
    assert_eq!(outcome, "not sent: they have turned invitations off");
    desk.visit(&path)
        .await
        .shows("0 of 2 have answered")
        .hides("have not been asked");
    // Should Ana think again, she can be asked still; and one press ends it.
    invitations_for(&app, &ana, true);
    desk.visit(&path).await.shows("Members who have not been asked: 1");
    desk.submit(&sending, []).await.shows("on its way to 1 person");
    app.deliver_mail().await;
    let link = ends_with_invitations(&app.only_mail("ana@example.org"));
    let reader = app.visitor();
    reader
        .visit(&link)
        .await
        .shows("Invitations by mail")
        .shows("Date polls, questions after a meeting");
    reader.submit(&link, [("choice", "off")]).await.shows("turned off");
}
