//! Mail that members turn off: on their own page, by the link in a mail, and with one click in the mail program.

use diesel::prelude::*;
use oxsop::platform::clock::At;
use oxsop::platform::db::schema::audit;
use oxsop::platform::mail::message::MailContent;

use crate::invitations::leave;
use crate::meetings::{desk, scheduled};
use crate::support::TestApp;
use crate::support::people::link_in;

const NOBODYS: &str = "/unsubscribe/aaaaaaaaaaaaaaaaaaaaaaaaaa";

/// Ana's seven-day reminder of a meeting on 24 March 2027 at 15:00 in London.
async fn reminded(app: &TestApp) -> MailContent {
    let desk = desk(app).await;
    scheduled(app, &desk, &[]).await;
    app.all_mail();
    tick_at(app, "2027-03-17T15:00:00Z").await;
    let mail = app.only_mail("ana@example.org");
    app.all_mail();
    mail
}

async fn tick_at(app: &TestApp, now: &str) {
    app.app.clock.set(At::parse(now).expect("an instant"));
    app.tick();
    app.deliver_mail().await;
}

/// How often something about reminders was turned on or off.
fn history(app: &TestApp) -> Vec<(String, String)> {
    app.read(|conn| {
        Ok(audit::table
            .filter(audit::what.like("turned %"))
            .order(audit::id)
            .select((audit::what, audit::detail))
            .load(conn)?)
    })
}

#[actix_web::test]
async fn the_link_shows_a_button_and_only_the_button_turns_reminders_off_and_on() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let mail = reminded(&app).await;
    let link = link_in(&mail.text, "/unsubscribe/");
    let scanner = app.visitor();
    for _ in 0..5 {
        let page = scanner.visit(&link).await;
        page.is(200)
            .shows("Reminders before meetings")
            .shows("Turn them off")
            .hides("Ana");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("x-robots-tag"), "noindex");
    }
    assert!(history(&app).is_empty());
    let reader = app.visitor();
    reader.visit(&link).await;
    reader
        .submit(&link, [("choice", "off")])
        .await
        .is(200)
        .shows("Reminders before meetings: turned off.")
        .shows("Turn them on again");
    reader.submit(&link, [("choice", "off")]).await.is(200);
    reader
        .submit(&link, [("choice", "on")])
        .await
        .shows("turned on again")
        .shows("Turn them off");
    reader.post(&link, [("choice", "perhaps")]).await.is(422);
    let by = "by the link in a mail".to_owned();
    assert_eq!(
        history(&app),
        [
            ("turned off reminders".to_owned(), by.clone()),
            ("turned on reminders".to_owned(), by)
        ]
    );
    app.visitor()
        .visit(NOBODYS)
        .await
        .is(404)
        .shows("This link turns nothing off any more");
}

#[actix_web::test]
async fn one_click_works_in_both_encodings_without_cookies_and_answers_200() {
    for (kind, body) in [
        (
            "application/x-www-form-urlencoded",
            "List-Unsubscribe=One-Click".to_owned(),
        ),
        (
            "multipart/form-data; boundary=----x7",
            "------x7\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n------x7--\r\n"
                .to_owned(),
        ),
    ] {
        let app = TestApp::start().await;
        app.given_member("Ana");
        let mail = reminded(&app).await;
        let header = mail.headers.iter().find(|(name, _)| name == "List-Unsubscribe");
        let ways = &header.expect("a header").1;
        let (page, address) = ways.split_once(", ").expect("two ways");
        let link = page.trim_matches(['<', '>']).to_owned();
        let token = link.rsplit('/').next().expect("a token");
        let mailto = format!("<mailto:unsubscribe+{token}@oxsop.example.org?subject=unsubscribe>");
        assert_eq!(address, mailto);
        for _ in 0..2 {
            let page = app.visitor().raw_post(&link, &body, &[("content-type", kind)]).await;
            page.is(200).shows("Reminders before meetings: turned off.");
            assert_eq!((page.header("location"), page.header("set-cookie")), ("", ""), "{kind}");
        }
        assert_eq!(
            history(&app),
            [(
                "turned off reminders".to_owned(),
                "one click in the mail program".to_owned()
            )]
        );
        // It counts at once.
        tick_at(&app, "2027-03-23T15:00:00Z").await;
        tick_at(&app, "2027-03-24T14:00:00Z").await;
        assert!(app.inbox("ana@example.org").is_empty());
        app.all_mail();
        // A token that is nobody's turns nothing off (TRUST S75).
        let none = app.visitor().raw_post(NOBODYS, &body, &[("content-type", kind)]).await;
        none.is(404).shows("This link turns nothing off any more");
        assert_eq!(history(&app).len(), 1);
    }
}

#[actix_web::test]
async fn everything_but_the_one_click_needs_our_own_page() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let link = link_in(&reminded(&app).await.text, "/unsubscribe/");
    let form = "application/x-www-form-urlencoded";
    let part = "--b\r\nContent-Disposition: form-data; name=\"choice\"\r\n\r\noff\r\n--b--\r\n";
    for (kind, body, status) in [
        (form, "choice=off", 403),
        (form, "choice=on&List-Unsubscribe=one-click", 403),
        (form, "List-Unsubscribe=", 403),
        (form, "", 403),
        ("multipart/form-data; boundary=b", part, 415),
        ("multipart/form-data; boundary=b", "List-Unsubscribe=One-Click", 415),
        ("multipart/form-data", "List-Unsubscribe=One-Click", 415),
        ("text/plain", "List-Unsubscribe=One-Click", 415),
        ("application/json", "{\"List-Unsubscribe\":\"One-Click\"}", 415),
    ] {
        let page = app.visitor().raw_post(&link, body, &[("content-type", kind)]).await;
        assert_eq!(page.status, status, "{kind} {body}");
    }
    let long = format!("--b\r\n\r\n{}", "x".repeat(20_000));
    let page = app
        .visitor()
        .raw_post(&link, &long, &[("content-type", "multipart/form-data; boundary=b")])
        .await;
    page.is(413);
    // The exemption is this address's alone.
    let body = "List-Unsubscribe=One-Click&answer=yes&choice=off";
    for path in ["/rsvp/none", "/rsvp/undo/none", "/sign-in", "/join"] {
        app.visitor().raw_post(path, body, &[]).await.is(403);
    }
    assert!(history(&app).is_empty());
}

#[actix_web::test]
async fn a_member_chooses_on_their_own_page_and_finds_it_in_their_record() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let browser = app.signed_in(&ana);
    let press = [("kind", "reminders"), ("choice", "off")];
    let page = browser.visit("/me/mail").await;
    page.is(200).shows("Reminders On").shows("Turn off (Reminders)");
    // Saving consents leaves them as they are.
    browser.submit("/me/privacy", [("directory", "yes")]).await.is(200);
    browser.visit("/me/mail").await.shows("Reminders On");
    browser.submit("/me/mail", press).await.is(200).shows("Reminders Off");
    browser.submit("/me/mail", press).await.is(200).shows("Reminders Off");
    let record = browser.submit("/me/privacy/export", []).await.body;
    assert!(record.contains("\"reminders\": false"), "{record}");
    let desk = desk(&app).await;
    scheduled(&app, &desk, &[]).await;
    app.all_mail();
    tick_at(&app, "2027-03-17T15:00:00Z").await;
    assert!(app.inbox("ana@example.org").is_empty());
    app.all_mail();
    assert_eq!(
        history(&app),
        [("turned off reminders".to_owned(), "own page".to_owned())]
    );
}

#[actix_web::test]
async fn turned_off_while_it_waits_it_does_not_leave() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let mail = reminded(&app).await;
    let invitation = app.visitor();
    let answer = link_in(&mail.text, "answer=yes");
    invitation.visit(&answer).await;
    let address = answer.split('?').next().unwrap_or_default();
    invitation.submit(address, [("answer", "yes")]).await.is(200);
    app.app
        .clock
        .set(At::parse("2027-03-23T15:00:00Z").expect("an instant"));
    app.tick();
    let link = link_in(&mail.text, "/unsubscribe/");
    app.visitor()
        .raw_post(&link, "List-Unsubscribe=One-Click", &[])
        .await
        .is(200);
    app.deliver_mail().await;
    assert!(app.inbox("ana@example.org").is_empty());
    app.all_mail();
}

#[actix_web::test]
async fn the_link_of_somebody_who_has_left_says_where_to_write_like_one_that_is_nobodys() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let link = link_in(&reminded(&app).await.text, "/unsubscribe/");
    leave(&app, &ana);
    let before = history(&app);
    let mut seen = Vec::new();
    for link in [link.as_str(), NOBODYS] {
        let reader = app.visitor();
        let page = reader.visit(link).await;
        page.is(404)
            .shows("This link turns nothing off any more")
            .shows("If mail still reaches you, write to network@oxsop.example.org");
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        let pressed = reader.submit(link, [("choice", "off")]).await;
        pressed.is(404);
        let clicked = app.visitor().raw_post(link, "List-Unsubscribe=One-Click", &[]).await;
        clicked.is(404);
        seen.push((page.text(), pressed.text(), clicked.text()));
    }
    assert_eq!(seen[0], seen[1], "nobody learns which it was");
    assert_eq!(history(&app), before);
    app.deliver_mail().await;
    app.all_mail();
}
