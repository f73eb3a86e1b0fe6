//! What each person is sent about a meeting, in their mail and for their calendar.

use diesel::prelude::*;
use oxsop::members::{self, Member};
use oxsop::platform::clock::minutes;
use oxsop::platform::db::schema::{audit, outbox, suppressions};
use oxsop::platform::mail::message::{self, MailContent};

use crate::meetings::{LINK, change, desk, draft, form, scheduled};
use crate::support::TestApp;

/// The calendar part of a mail, unfolded.
pub fn ics(mail: &MailContent) -> String {
    let part = mail.calendar.as_ref().expect("a calendar part");
    part.ics.replace("\r\n ", "")
}

/// The value of a line such as `SEQUENCE:0`.
#[track_caller]
pub fn value<'a>(ics: &'a str, name: &str) -> &'a str {
    let line = ics.lines().find(|line| line.split([':', ';']).next() == Some(name));
    let line = line.unwrap_or_else(|| panic!("no {name} in\n{ics}"));
    line.split_once(':').map(|(_, value)| value).unwrap_or_default()
}

#[track_caller]
pub fn attendee(ics: &str) -> &str {
    ics.lines()
        .find(|line| line.starts_with("ATTENDEE"))
        .expect("an attendee")
}

pub fn leave(app: &TestApp, member: &Member) {
    app.write(|tx, ctx| members::actions::leave(tx, ctx, &member.id, "self").map(|_| ()));
}

/// Joins, as an approved request does.
pub fn join(app: &TestApp, name: &str) -> Member {
    let member = app.given_member(name);
    app.write(|tx, ctx| members::actions::announce_change(tx, ctx, &member));
    member
}

#[actix_web::test]
async fn an_invitation_is_built_as_calendars_want_it() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    scheduled(&app, &desk, &[]).await;
    let mail = app.only_mail("ana@example.org");
    app.all_mail();
    let ics = ics(&mail);
    assert_eq!(mail.calendar.as_ref().map(|part| part.method.as_str()), Some("REQUEST"));
    assert_eq!((value(&ics, "METHOD"), value(&ics, "SEQUENCE")), ("REQUEST", "0"));
    assert_eq!(
        (value(&ics, "DTSTART"), value(&ics, "DTEND")),
        ("20270324T150000Z", "20270324T163000Z")
    );
    assert!(value(&ics, "UID").ends_with("@oxsop.example.org"));
    let token = ana.reply_token(&app.app.keys);
    let reply = format!("meetings+{}@oxsop.example.org", token.as_str());
    assert_eq!(mail.from.email, reply);
    assert_eq!(value(&ics, "ORGANIZER"), format!("mailto:{reply}"));
    assert!(attendee(&ics).ends_with("mailto:ana@example.org"));
    for parameter in [
        "CUTYPE=INDIVIDUAL",
        "ROLE=REQ-PARTICIPANT",
        "PARTSTAT=NEEDS-ACTION",
        "RSVP=TRUE",
        "CN=\"Ana\"",
    ] {
        assert!(attendee(&ics).contains(parameter), "{parameter}");
    }
    assert!(value(&ics, "DESCRIPTION").contains(LINK) && value(&ics, "CONFERENCE") == LINK);
    for answer in ["yes", "maybe", "no"] {
        assert!(mail.text.contains(&format!("?answer={answer}")));
    }
}

#[actix_web::test]
async fn nobodys_invitation_names_another_member() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let names = ["Zuleika", "Thelonious", "Wilhelmina"];
    for name in names {
        app.given_member(name);
    }
    let path = scheduled(&app, &desk, &[]).await;
    let mut mails = app.all_mail();
    change(&desk, &path, &[("starts", "2027-03-24T14:30")], "yes")
        .await
        .is(200);
    app.deliver_mail().await;
    desk.submit(&format!("{path}/cancellation"), [("why", "Strike")])
        .await
        .is(200);
    app.deliver_mail().await;
    mails.append(&mut app.all_mail());
    assert_eq!(mails.len(), 12);
    for mail in &mails {
        let bytes = String::from_utf8(message::bytes(mail).expect("bytes")).expect("ASCII");
        let all = format!("{bytes}{}{}{}{}", mail.subject, mail.text, mail.html, ics(mail)).to_lowercase();
        for name in names
            .iter()
            .filter(|name| !mail.to.email.starts_with(&name.to_lowercase()))
        {
            assert!(
                !all.contains(&name.to_lowercase()),
                "{name} in the mail to {}",
                mail.to.email
            );
        }
        assert_eq!(ics(mail).matches("ATTENDEE").count(), 1);
    }
}

#[actix_web::test]
async fn a_move_raises_the_sequence_and_asks_again() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    let first = app.only_mail("ana@example.org");
    let link = crate::support::people::link_in(&first.text, "answer=yes");
    let ana = app.visitor();
    ana.visit(&link).await.is(200);
    ana.submit(&link, [("answer", "yes")]).await.shows("You have said yes");
    app.all_mail();
    app.advance(minutes(5)).await;
    desk.submit(
        &path,
        form(&[("starts", "2027-03-24T15:30"), ("ends", "2027-03-24T17:00")]),
    )
    .await
    .shows("Calendars take it as version 1, after version 0")
    .shows("2 people get the new time, and are asked again")
    .shows("Save and tell 2 people")
    .hides("Save quietly");
    desk.post(&format!("{path}/changes"), [("notify", "no")]).await.is(422);
    desk.submit(&format!("{path}/changes"), [])
        .await
        .shows("2 mails are on their way");
    app.deliver_mail().await;
    let moved = app.only_mail("ana@example.org");
    app.all_mail();
    assert_eq!(moved.subject, "New time: Maps and gardens, 24 March 2027, 15:30 London");
    assert!(
        moved
            .text
            .contains("It was: Wednesday 24 March 2027, 15:00–16:30, London"),
        "{}",
        moved.text
    );
    let (before, after) = (ics(&first), ics(&moved));
    for name in ["UID", "ORGANIZER"] {
        assert_eq!(value(&before, name), value(&after, name));
    }
    assert_eq!(
        (value(&after, "SEQUENCE"), value(&after, "DTSTART")),
        ("1", "20270324T153000Z")
    );
    assert!(value(&after, "DTSTAMP") > value(&before, "DTSTAMP"));
    assert!(attendee(&after).contains("PARTSTAT=NEEDS-ACTION"));
    desk.visit(&path).await.shows("Not answered: 2");
}

#[actix_web::test]
async fn a_typo_is_saved_quietly_or_told_without_a_new_sequence_and_answers_stand() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    let first = app.only_mail("ana@example.org");
    app.all_mail();
    let link = crate::support::people::link_in(&first.text, "answer=yes");
    let ana = app.visitor();
    ana.visit(&link).await;
    ana.submit(&link, [("answer", "maybe")]).await.is(200);
    change(&desk, &path, &[("summary", "What *maps* often leave out.")], "no")
        .await
        .shows("saved quietly");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
    app.visitor()
        .visit("/meetings/maps-and-gardens")
        .await
        .shows("often leave out");
    change(&desk, &path, &[("title", "Maps & gardens")], "yes")
        .await
        .shows("2 mails");
    app.deliver_mail().await;
    let told = app.only_mail("ana@example.org");
    app.all_mail();
    assert!(told.subject.starts_with("Updated: Maps & gardens"));
    assert_eq!(value(&ics(&told), "SEQUENCE"), "0");
    assert!(attendee(&ics(&told)).contains("PARTSTAT=TENTATIVE"));
}

#[actix_web::test]
async fn a_cancellation_tells_those_who_had_an_invitation_and_scheduling_again_goes_higher() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    let first = app.only_mail("ana@example.org");
    app.all_mail();
    desk.visit(&format!("{path}/cancellation"))
        .await
        .shows("2 people get the cancellation");
    desk.submit(&format!("{path}/cancellation"), [("why", "The hall is flooded.")])
        .await
        .shows("2 mails are on their way");
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    app.all_mail();
    let cancel = ics(&mail);
    assert!(mail.subject.starts_with("Cancelled: Maps and gardens") && mail.text.contains("The hall is flooded."));
    assert_eq!(
        (
            value(&cancel, "METHOD"),
            value(&cancel, "STATUS"),
            value(&cancel, "SEQUENCE")
        ),
        ("CANCEL", "CANCELLED", "1")
    );
    for name in ["UID", "ORGANIZER", "DTSTART"] {
        assert_eq!(value(&cancel, name), value(&ics(&first), name));
    }
    assert!(
        !cancel.contains("canary") && !mail.text.contains("canary"),
        "no joining link in a cancellation"
    );
    app.visitor()
        .visit("/meetings/maps-and-gardens")
        .await
        .shows("Cancelled")
        .shows("The hall is flooded.");
    desk.post(&format!("{path}/cancellation"), []).await.is(409);
    app.advance(minutes(30)).await;
    desk.visit(&path).await.shows("Schedule it again");
    desk.submit(&format!("{path}/schedule"), []).await.shows("2 mails");
    app.deliver_mail().await;
    let again = app.only_mail("ana@example.org");
    app.all_mail();
    assert!(again.subject.starts_with("Invited again:"));
    assert_eq!(value(&ics(&again), "SEQUENCE"), "2");
    assert_eq!(value(&ics(&again), "UID"), value(&cancel, "UID"));
}

#[actix_web::test]
async fn nobody_is_told_of_the_end_of_what_they_never_heard_of() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let path = draft(&desk, &[]).await;
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    // Moved before a single mail has left: still an invitation, with the facts as they now are.
    change(&desk, &path, &[("starts", "2027-03-24T14:00")], "yes")
        .await
        .shows("2 mails");
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    app.all_mail();
    assert!(
        mail.subject
            .starts_with("Invitation: Maps and gardens, 24 March 2027, 14:00"),
        "{}",
        mail.subject
    );
    assert_eq!(value(&ics(&mail), "SEQUENCE"), "1");
    let other = draft(&desk, &[("title", "Rivers")]).await;
    desk.submit(&format!("{other}/schedule"), []).await.is(200);
    desk.submit(&format!("{other}/cancellation"), [])
        .await
        .shows("No mail was needed");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
}

#[actix_web::test]
async fn a_late_member_gets_what_is_current_and_a_leaver_one_withdrawal() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    change(&desk, &path, &[("starts", "2027-03-24T14:30")], "yes")
        .await
        .is(200);
    app.deliver_mail().await;
    app.all_mail();
    let zoe = join(&app, "Zoe");
    app.deliver_mail().await;
    let late = app.only_mail("zoe@example.org");
    assert!(late.subject.starts_with("Invitation:"));
    assert_eq!(
        (value(&ics(&late), "SEQUENCE"), value(&ics(&late), "DTSTART")),
        ("1", "20270324T143000Z")
    );
    leave(&app, &ana);
    app.deliver_mail().await;
    let gone = app.only_mail("ana@example.org");
    assert!(gone.subject.starts_with("Invitation withdrawn:"));
    assert_eq!(
        (value(&ics(&gone), "METHOD"), value(&ics(&gone), "SEQUENCE")),
        ("CANCEL", "2")
    );
    // The next change goes above that, and Ana hears nothing more.
    change(&desk, &path, &[("starts", "2027-03-24T13:30")], "yes")
        .await
        .is(200);
    app.deliver_mail().await;
    assert_eq!(value(&ics(&app.only_mail("zoe@example.org")), "SEQUENCE"), "3");
    assert!(app.inbox("ana@example.org").is_empty());
    app.all_mail();
    // Who leaves before their invitation has left gets nothing at all.
    desk.submit(&format!("{}/schedule", draft(&desk, &[("title", "Rivers")]).await), [])
        .await
        .is(200);
    leave(&app, &zoe);
    app.deliver_mail().await;
    let left: Vec<String> = app
        .inbox("zoe@example.org")
        .into_iter()
        .map(|mail| mail.subject)
        .collect();
    assert_eq!(left.len(), 1, "{left:?}");
    assert!(left[0].starts_with("Invitation withdrawn: Maps"), "{left:?}");
    app.all_mail();
}

#[actix_web::test]
async fn a_cancellation_that_has_not_left_still_reaches_one_who_leaves() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    desk.submit(&format!("{path}/cancellation"), []).await.is(200);
    leave(&app, &ana);
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    assert!(mail.subject.starts_with("Cancelled:"));
    app.all_mail();
}

#[actix_web::test]
async fn whoever_comes_back_is_invited_anew_and_higher() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    scheduled(&app, &desk, &[]).await;
    leave(&app, &ana);
    app.deliver_mail().await;
    app.all_mail();
    join(&app, "Ana");
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    assert!(mail.subject.starts_with("Invited again:"));
    assert_eq!(
        (value(&ics(&mail), "METHOD"), value(&ics(&mail), "SEQUENCE")),
        ("REQUEST", "2")
    );
}

#[actix_web::test]
async fn a_change_its_mails_and_its_audit_stand_together_or_not_at_all() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let count = || {
        app.read(|conn| {
            let mails: i64 = outbox::table.count().get_result(conn)?;
            let audits: i64 = audit::table
                .filter(audit::what.eq("cancelled a meeting"))
                .count()
                .get_result(conn)?;
            Ok((mails, audits))
        })
    };
    assert_eq!(count(), (1, 0));
    desk.post(&format!("{path}/cancellation"), [("version", "77")])
        .await
        .is(409);
    assert_eq!(count(), (1, 0));
    desk.post(&format!("{path}/cancellation"), []).await.is(303);
    assert_eq!(count(), (2, 1));
    app.deliver_mail().await;
    app.all_mail();
}

#[actix_web::test]
async fn whoever_came_in_by_an_import_is_invited_when_a_coordinator_says_so_and_nobody_twice() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let meeting = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    app.given_member("Ben"); // as an import makes members: nobody is told
    desk.visit(&meeting).await.shows("Members without an invitation: 1");
    desk.visit(&format!("{meeting}/invitations"))
        .await
        .shows("Invitations go to 1 member");
    desk.submit(&format!("{meeting}/invitations"), []).await.is(200);
    app.deliver_mail().await;
    let mail = app.only_mail("ben@example.org");
    assert_eq!(value(&ics(&mail), "SEQUENCE"), "0");
    desk.submit(&format!("{meeting}/invitations"), []).await.is(200);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "nobody is invited twice");
    desk.visit(&meeting).await.hides("Members without an invitation");
}

/// Tries to send while no mail server is there.
async fn send_in_vain(app: &TestApp) {
    let target = oxsop::platform::mail::transport::parse("smtp://127.0.0.1:9").expect("a target");
    oxsop::platform::mail::delivery::drain(&app.app, &target)
        .await
        .expect("the outbox works");
}

#[actix_web::test]
async fn nobody_gets_the_end_of_something_they_never_heard_of() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let path = draft(&desk, &[]).await;
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    send_in_vain(&app).await;
    desk.visit(&format!("{path}/cancellation"))
        .await
        .shows("Nobody gets a mail");
    desk.submit(&format!("{path}/cancellation"), [("why", "Strike")])
        .await
        .is(200);
    app.advance(minutes(5)).await;
    app.deliver_mail().await;
    assert_eq!(app.inbox(&ana.email), [], "neither the invitation nor its end");
    app.all_mail();
}

#[actix_web::test]
async fn whoever_leaves_while_a_cancellation_waits_is_told_of_it_still() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    desk.submit(&format!("{path}/cancellation"), [("why", "Strike")])
        .await
        .is(200);
    send_in_vain(&app).await;
    leave(&app, &ana);
    app.advance(minutes(5)).await;
    app.deliver_mail().await;
    let mails = app.inbox(&ana.email);
    let cancelled: Vec<_> = mails.iter().filter(|mail| mail.calendar.is_some()).collect();
    assert_eq!(cancelled.len(), 1, "{mails:#?}");
    assert_eq!(value(&ics(cancelled[0]), "METHOD"), "CANCEL");
    app.all_mail();
}

#[actix_web::test]
async fn who_says_that_nothing_came_is_sent_the_same_invitation_again() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let path = draft(&desk, &[]).await;
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    let record = format!("/coordinate/members/{}", ana.id);
    let again = format!("{}/invitations/{}/again", path, ana.id);
    // It has not left yet: a second one would help nobody.
    desk.visit(&record).await.shows("Send the invitation again");
    desk.post(&again, []).await.is(409).shows("still on its way");
    app.deliver_mail().await;
    let first = ics(&app.only_mail("ana@example.org"));
    app.all_mail();
    desk.submit(&again, [])
        .await
        .is(200)
        .shows("on its way to Ana again")
        .shows("sent an invitation again");
    desk.post(&again, []).await.is(409);
    app.deliver_mail().await;
    let mails = app.all_mail();
    assert_eq!(mails.len(), 1, "nobody else hears of it");
    let second = ics(&mails[0]);
    for name in ["METHOD", "UID", "SEQUENCE", "DTSTART", "ORGANIZER"] {
        assert_eq!(value(&second, name), value(&first, name), "{name}");
    }
    assert!(value(&second, "DTSTAMP") > value(&first, "DTSTAMP"));
    desk.visit(&record).await.shows("captured");
    // Nothing is sent again to an address whose mail comes back, of what is off, or to somebody who left.
    app.write(|tx, ctx| {
        let hash = ctx.app.keys.keyed_hash("suppression", "ana@example.org");
        diesel::insert_into(suppressions::table)
            .values((
                suppressions::address_hash.eq(hash),
                suppressions::since.eq(ctx.now),
                suppressions::reason.eq("550 no such user"),
            ))
            .execute(tx)?;
        Ok(())
    });
    desk.visit(&record).await.hides("Send the invitation again");
    app.write(|tx, _| {
        diesel::delete(suppressions::table).execute(tx)?;
        Ok(())
    });
    desk.visit(&record).await.shows("Send the invitation again");
    let late = app.given_member("Late");
    desk.post(&format!("{path}/invitations/{}/again", late.id), [])
        .await
        .is(404);
    desk.submit(&format!("{path}/cancellation"), [("why", "Strike")])
        .await
        .is(200);
    app.deliver_mail().await;
    app.all_mail();
    desk.post(&again, []).await.is(409).shows("nothing to send again");
    desk.visit(&record).await.hides("Send the invitation again");
}
