//! Meetings with a limit: first come, a waiting list, an offer that lasts a while.

use std::sync::{Arc, Barrier};

use diesel::prelude::*;
use oxsop::meetings::invitations::Answer;
use oxsop::meetings::model::By;
use oxsop::meetings::replies::{self, Came, Incoming};
use oxsop::meetings::{Meeting, places, rsvp, store};
use oxsop::members::Member;
use oxsop::platform::clock::{days, hours, minutes};
use oxsop::platform::db::schema::{audit, suppressions, waiting};
use oxsop::platform::mail::message::MailContent;

use crate::invitations::{attendee, ics, leave, value};
use crate::meetings::{change, desk, scheduled};
use crate::support::people::link_in;
use crate::support::{Actor, Page, TestApp};

const PAGE: &str = "/meetings/maps-and-gardens";

async fn say(browser: &Actor<'_>, answer: &str) -> Page {
    browser.visit(PAGE).await.is(200);
    browser.submit(&format!("{PAGE}/answer"), [("answer", answer)]).await
}

fn meeting(app: &TestApp) -> Meeting {
    app.read(|conn| store::by_slug(conn, "maps-and-gardens"))
        .expect("a meeting")
}

fn said(app: &TestApp, member: &Member) -> Answer {
    let id = meeting(app).id;
    let found = app.read(|conn| store::invitation_of(conn, &id, &member.id));
    found.expect("an invitation").answer
}

/// How the places stand: yes, open offers, waiting.
fn standing(app: &TestApp) -> (usize, usize, usize) {
    let meeting = meeting(app);
    let standing = app.read(|conn| places::standing(conn, &app.app.keys, &meeting));
    (standing.yes, standing.open_offers(), standing.waiting())
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

/// A meeting with so many places, to which these people are invited (and the coordinator).
async fn limited<'a>(app: &'a TestApp, places: &str, names: &[&str]) -> (Actor<'a>, String, Vec<Member>) {
    let desk = desk(app).await;
    let members = names.iter().map(|name| app.given_member(name)).collect();
    let path = scheduled(app, &desk, &[("places", places)]).await;
    app.all_mail();
    (desk, path, members)
}

async fn offer_to(app: &TestApp, member: &Member) -> MailContent {
    app.deliver_mail().await;
    app.only_mail(&member.email)
}

#[actix_web::test]
async fn whoever_says_yes_first_has_a_place_and_the_next_waits() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let [ana, ben, cem] = ["Ana", "Ben", "Cem"].map(|name| app.given_member(name));
    let path = scheduled(&app, &desk, &[("places", "2")]).await;
    let invitation = app.only_mail("ana@example.org");
    assert!(
        invitation.text.contains("This meeting has 2 places: first come"),
        "{}",
        invitation.text
    );
    app.all_mail();
    app.visitor()
        .visit(PAGE)
        .await
        .shows("2 places: whoever says yes first");
    say(&app.signed_in(&ana), "yes")
        .await
        .shows("we look forward")
        .shows("1 of 2 places left");
    say(&app.signed_in(&ben), "yes").await.shows("we look forward");
    let waits = app.signed_in(&cem);
    say(&waits, "yes")
        .await
        .shows("All places are taken: you are on the waiting list, first in line")
        .shows("You have said yes, and you are waiting for a place, first in line")
        .shows("Full; there is a waiting list");
    assert_eq!(said(&app, &cem), Answer::Maybe, "no place, so no yes");
    desk.visit(&path)
        .await
        .shows("Places: 2 of 2 taken, 1 waiting")
        .shows("The waiting list, first come first");
    app.visitor()
        .visit(PAGE)
        .await
        .shows("Full; there is a waiting list")
        .hides("Ana")
        .hides("Cem");
    let feed = app
        .visitor()
        .visit(&format!("/calendar/{}.ics", cem.calendar_token(&app.app.keys).as_str()))
        .await;
    let feed = feed.body.replace("\r\n ", "");
    let (_, feed) = feed.split_once("BEGIN:VEVENT").expect("an event");
    assert!(attendee(feed).contains("PARTSTAT=TENTATIVE"), "{feed}");
    assert!(
        value(feed, "DESCRIPTION").starts_with("You are on the waiting list"),
        "{feed}"
    );
    // Pressing once more changes nothing; saying maybe leaves the line.
    say(&waits, "yes").await.shows("first in line");
    say(&waits, "maybe")
        .await
        .shows("You have said maybe.")
        .hides("in line");
    assert_eq!(standing(&app), (2, 0, 0));
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "the pages said it all");
}

#[actix_web::test]
async fn a_place_that_gets_free_is_offered_to_the_first_in_line_and_taken_with_one_press() {
    let app = TestApp::start().await;
    let (desk, path, members) = limited(&app, "1", &["Ana", "Ben", "Cem"]).await;
    let [ana, ben, cem] = [&members[0], &members[1], &members[2]];
    for member in [ana, ben, cem] {
        say(&app.signed_in(member), "yes").await.is(200);
    }
    say(&app.signed_in(ana), "no").await.is(200);
    let mail = offer_to(&app, ben).await;
    assert_eq!(
        mail.subject,
        "A place for you: Maps and gardens, 24 March 2027, 15:00 London"
    );
    assert!(
        mail.text.contains("until Tuesday 2 March 2027, 09:00 London"),
        "{}",
        mail.text
    );
    let link = link_in(&mail.text, "/places/");
    // Mail scanners open every link.
    let scanner = app.visitor().at_ip("198.51.100.7");
    let before = standing(&app);
    for _ in 0..50 {
        scanner.get(&link, &[]).await.is(200);
    }
    assert_eq!(standing(&app), before);
    assert_eq!(before, (0, 1, 1));
    desk.visit(&path)
        .await
        .shows("0 of 1 taken, 1 offered, 1 waiting")
        .shows("Kept until");
    say(&app.signed_in(ana), "yes").await.shows("second in line");
    app.signed_in(ben)
        .visit(PAGE)
        .await
        .shows("A place is kept for you until Tuesday 2 March 2027, 09:00 London");
    let reader = app.visitor();
    reader
        .visit(&link)
        .await
        .shows("A place has come free")
        .shows("Take the place");
    reader
        .submit(&link, [("answer", "yes")])
        .await
        .shows("The place is yours. We look forward to seeing you.");
    assert_eq!((said(&app, ben), standing(&app)), (Answer::Yes, (1, 0, 2)));
    reader.get(&link, &[]).await.is(410).shows("The place is yours");
    reader.post(&link, [("answer", "perhaps")]).await.is(422);
    reader.get("/places/none", &[]).await.is(404);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "nothing else got free");
}

#[actix_web::test]
async fn an_offer_that_is_left_or_not_answered_goes_to_the_next() {
    let app = TestApp::start().await;
    let (_, _, members) = limited(&app, "1", &["Ana", "Ben", "Cem", "Dot"]).await;
    let [ana, ben, cem, dot] = [&members[0], &members[1], &members[2], &members[3]];
    for member in [ana, ben, cem, dot] {
        answers(&app, member, Answer::Yes);
    }
    answers(&app, ana, Answer::No);
    let to_ben = link_in(&offer_to(&app, ben).await.text, "/places/");
    let reader = app.visitor();
    reader.visit(&to_ben).await.is(200);
    reader
        .submit(&to_ben, [("answer", "no")])
        .await
        .shows("The place goes to the next in line");
    assert_eq!(said(&app, ben), Answer::No);
    let to_cem = link_in(&offer_to(&app, cem).await.text, "/places/");
    app.advance(hours(23)).await;
    assert_eq!(standing(&app), (0, 1, 1), "it is kept");
    app.advance(hours(1)).await;
    let to_dot = offer_to(&app, dot).await;
    assert!(
        to_dot.text.contains("until Wednesday 3 March 2027, 09:00 London"),
        "{}",
        to_dot.text
    );
    assert_eq!((said(&app, cem), standing(&app)), (Answer::Maybe, (0, 1, 0)));
    reader
        .get(&to_cem, &[])
        .await
        .is(410)
        .shows("was kept for you until Tuesday 2 March 2027, 09:00 London, and has gone to the next in line");
    // Too late, and pressed all the same, from a page left open: they wait once more.
    reader
        .submit(&to_cem, [("answer", "yes")])
        .await
        .shows("You wait for another, first in line");
    app.advance(hours(24)).await;
    let again = offer_to(&app, cem).await;
    assert_eq!(link_in(&again.text, "/places/"), to_cem);
    app.advance(days(1)).await;
    assert_eq!(
        standing(&app),
        (0, 0, 0),
        "nobody waits any more, and nobody is asked for ever"
    );
    app.tick();
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
    answers(&app, ana, Answer::Yes);
    assert_eq!(said(&app, ana), Answer::Yes, "what is free is for whoever says yes");
}

#[actix_web::test]
async fn offers_get_shorter_as_the_meeting_comes_near() {
    let app = TestApp::start().await;
    let (_, _, members) = limited(&app, "1", &["Ana", "Ben", "Cem"]).await;
    for member in &members {
        answers(&app, member, Answer::Yes);
    }
    app.app
        .clock
        .set(oxsop::platform::clock::At::parse("2027-03-24T11:00:00Z").expect("an instant"));
    answers(&app, &members[0], Answer::No);
    let mail = offer_to(&app, &members[1]).await;
    assert!(
        mail.text.contains("until Wednesday 24 March 2027, 13:00 London"),
        "{}",
        mail.text
    );
    app.advance(hours(2)).await;
    let mail = offer_to(&app, &members[2]).await;
    assert!(
        mail.text.contains("until Wednesday 24 March 2027, 14:00 London"),
        "{}",
        mail.text
    );
    answers(&app, &members[0], Answer::Yes);
    app.advance(minutes(115)).await;
    assert_eq!(standing(&app), (0, 0, 1), "too late for offers");
    app.deliver_mail().await;
    let offers = app.all_mail();
    assert!(
        offers.iter().all(|mail| !mail.text.contains("/places/")),
        "only reminders"
    );
    answers(&app, &members[2], Answer::Yes);
    assert_eq!(
        said(&app, &members[2]),
        Answer::Yes,
        "the last minutes are for whoever is quick"
    );
}

#[actix_web::test]
async fn an_accepting_calendar_is_told_that_its_owner_waits() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let [ana, ben] = ["Ana", "Ben"].map(|name| app.given_member(name));
    scheduled(&app, &desk, &[("places", "1")]).await;
    let first = ics(&app.only_mail("ben@example.org"));
    app.all_mail();
    answers(&app, &ana, Answer::Yes);
    app.app.clock.advance(minutes(5));
    let accepts = |stamp: &str, says: &str| {
        let uid = value(&first, "UID");
        let calendar = format!(
            "BEGIN:VCALENDAR\r\nPRODID:-//Sample//Sample//EN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n\
             ATTENDEE;PARTSTAT={says}:mailto:ben@example.org\r\nUID:{uid}\r\nSEQUENCE:0\r\nDTSTAMP:{stamp}\r\n\
             END:VEVENT\r\nEND:VCALENDAR\r\n"
        );
        let token = ben.reply_token(&app.app.keys);
        let given = Incoming {
            token: Some(token.as_str()),
            from: "ben@example.org",
            is_authentic: Some(true),
            method: Some("REPLY"),
            calendar: &calendar,
            message_id: stamp,
            sent_at: None,
        };
        app.write(|tx, ctx| replies::take(tx, ctx, &given))
    };
    let taken = accepts("20270301T090100Z", "ACCEPTED");
    assert_eq!(taken.result, Came::Applied);
    assert_eq!(
        taken.why,
        "Ben said yes. All places are taken: they wait, first in line."
    );
    app.deliver_mail().await;
    let mail = app.only_mail("ben@example.org");
    assert_eq!(
        mail.subject,
        "Waiting list: Maps and gardens, 24 March 2027, 15:00 London"
    );
    assert!(
        mail.text.contains("you are on the waiting list, first in line"),
        "{}",
        mail.text
    );
    let now = ics(&mail);
    assert_eq!((value(&now, "METHOD"), value(&now, "SEQUENCE")), ("REQUEST", "0"));
    assert!(value(&now, "DTSTAMP") > value(&first, "DTSTAMP"));
    assert!(attendee(&now).contains("PARTSTAT=TENTATIVE"), "{now}");
    assert!(value(&now, "DESCRIPTION").starts_with("You are on the waiting list"));
    // The same again says nothing new; a yes in the calendar takes the place once it is offered.
    accepts("20270301T090200Z", "ACCEPTED");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
    answers(&app, &ana, Answer::No);
    offer_to(&app, &ben).await;
    accepts("20270301T090300Z", "ACCEPTED");
    assert_eq!((said(&app, &ben), standing(&app)), (Answer::Yes, (1, 0, 0)));
}

#[actix_web::test]
async fn two_who_press_yes_for_the_last_place_do_not_both_get_it() {
    let app = TestApp::start().await;
    let names: Vec<String> = (0..6).map(|n| format!("Quick {n}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let (_, _, members) = limited(&app, "2", &names).await;
    let start = Arc::new(Barrier::new(members.len()));
    let pressing: Vec<_> = members
        .iter()
        .cloned()
        .map(|member| {
            let (shared, start) = (app.app.clone(), start.clone());
            std::thread::spawn(move || {
                start.wait();
                shared
                    .write_now(|tx, ctx| {
                        store::take_turn(tx)?;
                        let meeting = store::by_slug(tx, "maps-and-gardens")?.expect("a meeting");
                        let invitation = store::invitation_of(tx, &meeting.id, &member.id)?.expect("an invitation");
                        let given = rsvp::answer(tx, ctx, &meeting, &invitation, Answer::Yes, By::Page);
                        Ok::<_, oxsop::platform::db::DbError>(given.expect("an answer").waits)
                    })
                    .expect("it commits")
            })
        })
        .collect();
    let mut waits: Vec<Option<usize>> = pressing.into_iter().map(|one| one.join().expect("no panic")).collect();
    waits.sort_unstable();
    assert_eq!(waits, [None, None, Some(1), Some(2), Some(3), Some(4)]);
    assert_eq!(standing(&app), (2, 0, 4));
}

#[actix_web::test]
async fn whoever_leaves_frees_a_place_and_a_turn() {
    let app = TestApp::start().await;
    let (_, _, members) = limited(&app, "1", &["Ana", "Ben", "Cem"]).await;
    for member in &members {
        answers(&app, member, Answer::Yes);
    }
    leave(&app, &members[1]);
    assert_eq!(standing(&app), (1, 0, 1));
    leave(&app, &members[0]);
    app.deliver_mail().await;
    let mail = app.only_mail(&members[2].email);
    assert!(mail.subject.starts_with("A place for you"), "{}", mail.subject);
    app.all_mail();
}

#[actix_web::test]
async fn a_higher_limit_is_offered_on_and_a_lower_one_takes_nothing_and_both_are_shown_first() {
    let app = TestApp::start().await;
    let (desk, path, members) = limited(&app, "2", &["Ana", "Ben", "Cem", "Dot", "Eva"]).await;
    for member in &members {
        answers(&app, member, Answer::Yes);
    }
    assert_eq!(standing(&app), (2, 0, 3));
    // A form that does not know of places leaves them alone.
    change(&desk, &path, &[("speakers", "Another group")], "no")
        .await
        .is(200);
    assert_eq!(meeting(&app).places, Some(2));
    desk.submit(
        &path,
        crate::meetings::form(&[("places", "4"), ("speakers", "Another group")]),
    )
    .await
    .shows("Places Was 2 places Will be 4 places")
    .shows("2 of those waiting get the offer of a place, kept until Tuesday 2 March 2027, 09:00 London")
    .shows("Nobody gets a mail about the change itself.")
    .shows("2 people from the waiting list: the offer of a place")
    .shows("Cem Dot")
    .shows("Subject A place for you: Maps and gardens, 24 March 2027, 15:00 London")
    .shows("/places/…")
    .shows("Save quietly");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "looking sends nothing");
    desk.submit(&format!("{path}/changes"), [("notify", "no")])
        .await
        .shows("No mail was needed. 2 places are offered to the waiting list.");
    app.deliver_mail().await;
    for member in [&members[2], &members[3]] {
        assert!(app.only_mail(&member.email).subject.starts_with("A place for you"));
    }
    assert_eq!(standing(&app), (2, 2, 1));
    desk.submit(
        &path,
        crate::meetings::form(&[("places", "1"), ("speakers", "Another group")]),
    )
    .await
    .shows("2 have said yes, 1 more than there are places. Nobody loses theirs");
    desk.submit(&format!("{path}/changes"), [("notify", "no")])
        .await
        .is(200);
    assert_eq!(standing(&app), (2, 2, 1));
    answers(&app, &members[0], Answer::No);
    assert_eq!(standing(&app), (1, 2, 1), "still more than there are places");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
    // No limit at all: everyone who waits is offered a place.
    change(&desk, &path, &[("places", ""), ("speakers", "Another group")], "no")
        .await
        .shows("1 place is offered to the waiting list");
    app.deliver_mail().await;
    assert!(app.only_mail(&members[4].email).subject.starts_with("A place for you"));
    answers(&app, &members[0], Answer::Yes);
    assert_eq!(said(&app, &members[0]), Answer::Yes);
}

#[actix_web::test]
async fn a_new_time_asks_everyone_anew_and_turns_are_kept() {
    let app = TestApp::start().await;
    let (desk, path, members) = limited(&app, "1", &["Ana", "Ben", "Cem", "Dot"]).await;
    let [ana, ben, cem, dot] = [&members[0], &members[1], &members[2], &members[3]];
    for member in [ana, ben, cem] {
        answers(&app, member, Answer::Yes);
    }
    answers(&app, ana, Answer::No);
    let offer = link_in(&offer_to(&app, ben).await.text, "/places/");
    change(&desk, &path, &[("places", "1"), ("starts", "2027-03-24T14:30")], "yes")
        .await
        .is(200);
    app.deliver_mail().await;
    let mails = app.all_mail();
    assert!(
        mails.iter().all(|mail| mail.subject.starts_with("New time")),
        "nobody is offered anything"
    );
    assert_eq!(standing(&app), (0, 0, 0));
    app.visitor()
        .get(&offer, &[])
        .await
        .is(410)
        .shows("No place is kept for you now");
    answers(&app, ana, Answer::Yes);
    answers(&app, dot, Answer::Yes);
    answers(&app, cem, Answer::Yes);
    answers(&app, ben, Answer::Yes);
    app.signed_in(ben).visit(PAGE).await.shows("first in line");
    app.signed_in(cem).visit(PAGE).await.shows("second in line");
    app.signed_in(dot).visit(PAGE).await.shows("third in line");
}

#[actix_web::test]
async fn a_cancelled_meeting_offers_nothing_and_what_was_not_sent_stays_unsent() {
    let app = TestApp::start().await;
    let (desk, path, members) = limited(&app, "1", &["Ana", "Ben", "Cem"]).await;
    for member in &members {
        answers(&app, member, Answer::Yes);
    }
    answers(&app, &members[0], Answer::No);
    desk.submit(&format!("{path}/cancellation"), [("why", "Strike")])
        .await
        .is(200);
    app.deliver_mail().await;
    let mails = app.all_mail();
    assert_eq!(mails.len(), 4);
    assert!(
        mails.iter().all(|mail| mail.subject.starts_with("Cancelled")),
        "no offer goes with it"
    );
    assert_eq!(standing(&app).2, 0);
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    app.advance(days(2)).await;
    app.deliver_mail().await;
    assert!(
        app.all_mail()
            .iter()
            .all(|mail| mail.subject.starts_with("Invited again"))
    );
    assert_eq!(standing(&app), (0, 0, 0), "everyone is asked anew");
}

#[actix_web::test]
async fn an_address_whose_mail_comes_back_is_offered_nothing_and_keeps_its_turn() {
    let app = TestApp::start().await;
    let (desk, path, members) = limited(&app, "1", &["Ana", "Ben", "Cem"]).await;
    for member in &members {
        answers(&app, member, Answer::Yes);
    }
    app.write(|tx, ctx| {
        let hash = ctx.app.keys.keyed_hash("suppression", &members[1].email);
        diesel::insert_into(suppressions::table)
            .values((
                suppressions::address_hash.eq(hash),
                suppressions::reason.eq("550"),
                suppressions::since.eq(ctx.now),
            ))
            .execute(tx)?;
        Ok(())
    });
    answers(&app, &members[0], Answer::No);
    app.deliver_mail().await;
    assert!(app.only_mail(&members[2].email).subject.starts_with("A place for you"));
    desk.visit(&path).await.shows("None: mail to them comes back");
    app.signed_in(&members[1]).visit(PAGE).await.shows("first in line");
}

#[actix_web::test]
async fn an_answer_that_was_not_theirs_costs_nobody_their_turn() {
    let app = TestApp::start().await;
    let (_, _, members) = limited(&app, "1", &["Ana", "Ben", "Cem"]).await;
    for member in &members {
        answers(&app, member, Answer::Yes);
    }
    let uid = meeting(&app).uid;
    let forge = |member: &Member, says: &str| {
        let stamp = app.app.now().timestamp().strftime("%Y%m%dT%H%M%SZ").to_string();
        let calendar = format!(
            "BEGIN:VCALENDAR\r\nPRODID:-//Sample//Sample//EN\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nBEGIN:VEVENT\r\n\
             ATTENDEE;PARTSTAT={says}:mailto:{}\r\nUID:{uid}\r\nSEQUENCE:0\r\nDTSTAMP:{stamp}\r\n\
             END:VEVENT\r\nEND:VCALENDAR\r\n",
            member.email
        );
        let token = member.reply_token(&app.app.keys);
        let given = Incoming {
            token: Some(token.as_str()),
            from: "stranger@example.com",
            is_authentic: Some(true),
            method: Some("REPLY"),
            calendar: &calendar,
            message_id: &stamp,
            sent_at: None,
        };
        assert_eq!(
            app.write(|tx, ctx| replies::take(tx, ctx, &given)).result,
            Came::Applied
        );
    };
    app.app.clock.advance(minutes(1));
    forge(&members[1], "DECLINED");
    assert_eq!(standing(&app), (1, 0, 1));
    app.deliver_mail().await;
    let undo = link_in(&app.only_mail(&members[1].email).text, "/rsvp/undo/");
    app.app.clock.advance(minutes(1));
    let reader = app.visitor();
    reader.visit(&undo).await.is(200);
    reader.submit(&undo, []).await;
    app.signed_in(&members[1]).visit(PAGE).await.shows("first in line");
    // A place lost to a forged no is not taken from whoever has been offered it, but the next is theirs.
    forge(&members[0], "DECLINED");
    app.deliver_mail().await;
    let undo = link_in(&app.only_mail(&members[0].email).text, "/rsvp/undo/");
    app.only_mail(&members[1].email);
    reader.visit(&undo).await.is(200);
    let done = reader.post(&undo, []).await;
    reader
        .visit(done.header("location"))
        .await
        .shows("you wait for the next, first in line");
    assert_eq!((said(&app, &members[0]), standing(&app)), (Answer::Maybe, (0, 1, 2)));
    app.signed_in(&members[0]).visit(PAGE).await.shows("first in line");
    app.signed_in(&members[2]).visit(PAGE).await.shows("second in line");
}

/// A small generator, so that a failure can be told again.
fn chance(seed: &mut u64, of: usize) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize % of
}

#[actix_web::test]
async fn whatever_people_do_there_are_never_more_than_the_limit_and_no_place_stands_empty_while_somebody_waits() {
    for seed in [3, 11] {
        let mut seed = seed;
        let app = TestApp::start().await;
        let names: Vec<String> = (0..7).map(|n| format!("Walker {n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let (_, _, members) = limited(&app, "3", &names).await;
        for step in 0..120 {
            let who = &members[chance(&mut seed, members.len())];
            match chance(&mut seed, 8) {
                0..=4 => answers(&app, who, Answer::Yes),
                5 => answers(&app, who, Answer::No),
                6 => answers(&app, who, Answer::Maybe),
                _ => app.advance(hours(9)).await,
            }
            let (yes, offers, waits) = standing(&app);
            if app.app.now() >= meeting(&app).starts_at {
                break;
            }
            assert!(yes + offers <= 3, "step {step}: {yes} yes, {offers} offers");
            assert!(
                waits == 0 || yes + offers == 3,
                "step {step}: {yes} yes, {offers} offers, {waits} wait"
            );
        }
        app.ignore_mail();
        let events: i64 = app.read(|conn| {
            Ok(audit::table
                .filter(audit::what.eq("was offered a place"))
                .count()
                .get_result(conn)?)
        });
        let rows: i64 = app.read(|conn| Ok(waiting::table.count().get_result(conn)?));
        assert!(events > 3 && rows > 3, "{events} offers, {rows} waited");
    }
}
