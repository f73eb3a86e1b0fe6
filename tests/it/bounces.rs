//! Mail that comes back, and addresses that are proved again.

use oxsop::inbox::{self, Received, Status, Way};
use oxsop::members::{self, Member};
use oxsop::platform::clock::days;
use oxsop::platform::mail::message::MailContent;
use oxsop::platform::mail::{Kind, Mail, bounces, enqueue};
use oxsop::platform::render::Words;

use crate::sign_in::code_in;
use crate::support::TestApp;
use crate::support::people::link_in;

/// Writes a mail to a member and sees it leave.
async fn write_to(app: &TestApp, member: &Member, kind: Kind) -> Option<MailContent> {
    let words = Words {
        subject: "News".into(),
        text: "News.".into(),
        html: "<p>News.</p>".into(),
    };
    app.write(|tx, ctx| {
        enqueue(
            tx,
            ctx,
            Mail::new(kind, member.address(), words).to_member(member.id.as_str()),
        )
    });
    app.deliver_mail().await;
    app.inbox(&member.email).pop()
}

/// What the far server reports of a mail.
fn report(to: &str, id: &str, status: &str, words: &str) -> String {
    format!(
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.org\r\nTo: {to}\r\nMessage-ID: <{id}@mx.example.org>\r\nSubject: Undelivered\r\n\
         Auto-Submitted: auto-replied\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"r\"\r\n\r\n\
         --r\r\nContent-Type: text/plain\r\n\r\nSorry.\r\n--r\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx\r\n\r\n\
         Final-Recipient: rfc822; x@example.org\r\nAction: failed\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {words}\r\n\r\n--r--\r\n"
    )
}

fn receive(app: &TestApp, raw: &str) {
    let taken = inbox::receive(&app.app, Way::Mailbox, None, raw.as_bytes()).expect("taken");
    assert!(matches!(taken, Received::Taken(_, Status::Done)), "{taken:?}");
}

fn rests(app: &TestApp, member: &Member) -> bool {
    let keys = app.app.keys.clone();
    app.read(|conn| bounces::resting(conn, &keys, &member.email)).is_some()
}

#[actix_web::test]
async fn an_unknown_user_rests_after_the_second_day_and_proves_the_address_again() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let unknown = "550 5.1.1 <b>user</b> unknown";
    let first = write_to(&app, &ana, Kind::Notice).await.expect("a mail");
    assert!(first.envelope_from.starts_with("b+") && first.envelope_from.ends_with("@oxsop.example.org"));
    for n in 0..3 {
        receive(&app, &report(&first.envelope_from, &format!("a{n}"), "5.1.1", unknown));
    }
    assert!(!rests(&app, &ana), "one day is one point");
    app.advance(days(1)).await;
    let second = write_to(&app, &ana, Kind::Notice).await.expect("a mail");
    receive(
        &app,
        &report(&second.envelope_from.to_uppercase(), "b", "5.1.1", unknown),
    );
    assert!(rests(&app, &ana));
    assert_eq!(write_to(&app, &ana, Kind::Notice).await, None, "nothing more goes");
    let desk = app.coordinator();
    let page = desk.visit(&format!("/coordinate/members/{}", ana.id)).await;
    page.shows("Mail to this address comes back")
        .shows("<b>user</b> unknown")
        .shows("nobody is there");
    assert!(!page.body.contains("<b>user"));
    desk.visit("/coordinate/members?status=returned")
        .await
        .shows("Mail comes back")
        .shows("Ana");
    let me = app.signed_in(&ana);
    me.visit("/me").await.shows("Mail to you comes back");
    me.submit("/me/proof", []).await.shows("A mail is on its way");
    app.deliver_mail().await;
    let mail = app.only_mail(&ana.email);
    let link = link_in(&mail.text, "/sign-in/");
    me.visit(&link).await.is(200);
    assert!(rests(&app, &ana), "a scanner that looks proves nothing");
    me.submit(&link, [("code", code_in(&mail.text).as_str())]).await.is(200);
    assert!(!rests(&app, &ana));
    me.visit("/me").await.hides("Mail to you comes back");
    write_to(&app, &ana, Kind::Notice).await.expect("mail goes again");
}

#[actix_web::test]
async fn policy_never_counts_and_five_soft_days_do() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.given_member("Ana"), app.given_member("Bo"));
    for day in 0..6 {
        for (member, status, words) in [
            (&ana, "5.7.1", "550 5.7.1 blocked"),
            (&bo, "4.2.2", "452 4.2.2 mailbox full"),
        ] {
            assert_eq!(rests(&app, member), member.id == bo.id && day == 5, "day {day}");
            if let Some(mail) = write_to(&app, member, Kind::Notice).await {
                receive(
                    &app,
                    &report(&mail.envelope_from, &format!("{}{day}", member.name), status, words),
                );
            }
        }
        app.advance(days(2)).await;
    }
    assert!(!rests(&app, &ana) && rests(&app, &bo));
}

#[actix_web::test]
async fn forged_and_late_reports_change_nothing() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let unknown = "550 5.1.1 user unknown";
    let mail = write_to(&app, &ana, Kind::Notice).await.expect("a mail");
    let (tag, domain) = mail.envelope_from.split_once('@').expect("an address");
    let forged = format!("{}{}@{domain}", &tag[..tag.len() - 4], "0000");
    for day in 0..3 {
        receive(&app, &report(&forged, &format!("f{day}"), "5.1.1", unknown));
        receive(
            &app,
            &report("b@oxsop.example.org", &format!("n{day}"), "5.1.1", unknown),
        );
        app.advance(days(1)).await;
    }
    app.advance(days(31)).await;
    for day in 0..3 {
        receive(&app, &report(&mail.envelope_from, &format!("l{day}"), "5.1.1", unknown));
        app.advance(days(1)).await;
    }
    let keys = app.app.keys.clone();
    assert!(app.read(|conn| bounces::returned(conn, &keys, &ana.email)).is_empty());
    assert!(!rests(&app, &ana));
}

fn wants(app: &TestApp, member: &Member) -> bool {
    let found = app.read(|conn| members::store::find(conn, &member.id));
    found.expect("a member").wants_announcements
}

fn agree(app: &TestApp, member: &Member) {
    use diesel::prelude::*;
    use oxsop::platform::db::schema::members;
    app.write(|tx, _| {
        let row = diesel::update(members::table.find(&member.id)).set(members::wants_announcements.eq(true));
        row.execute(tx)?;
        Ok(())
    });
}

#[actix_web::test]
async fn a_complaint_and_a_mail_to_the_address_for_it_end_announcements() {
    let app = TestApp::start().await;
    let (ana, bo, cy) = (app.given_member("Ana"), app.given_member("Bo"), app.given_member("Cy"));
    for member in [&ana, &bo, &cy] {
        agree(&app, member);
    }
    let mail = write_to(&app, &ana, Kind::Notice).await.expect("a mail");
    let complaint = format!(
        "From: fbl@isp.example.org\r\nTo: network@oxsop.example.org\r\nMessage-ID: <c@isp.example.org>\r\nSubject: complaint\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"r\"\r\n\r\n--r\r\nContent-Type: message/feedback-report\r\n\r\n\
         Feedback-Type: abuse\r\nVersion: 1\r\nOriginal-Mail-From: <{}>\r\n\r\n--r--\r\n",
        mail.envelope_from
    );
    receive(&app, &complaint);
    assert!(!wants(&app, &ana) && wants(&app, &bo));
    let address = members::unsubscribe_address(&app.app.keys, &app.app.config, &bo.id);
    receive(
        &app,
        &crate::inbox::letter("bo@elsewhere.example.org", &address, "u1", "unsubscribe", "unsubscribe"),
    );
    assert!(!wants(&app, &bo) && wants(&app, &cy));
    // Whoever only says that they are Cy changes nothing: a coordinator sees to it.
    let raw = crate::inbox::letter(
        &cy.email,
        "network@oxsop.example.org",
        "u2",
        "unsubscribe",
        "Unsubscribe me!",
    );
    assert_eq!(crate::inbox::receive(&app, &raw), Status::Open);
    assert!(wants(&app, &cy));
}
