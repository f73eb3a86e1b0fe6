//! Signing in: by link, by code, by password; what scanners, strangers and races get.

use diesel::prelude::*;
use futures_util::future::join_all;
use oxsop::members::sign_in::actions::make_coordinator;
use oxsop::members::{self, Member};
use oxsop::platform::clock::{days, hours, minutes, seconds};
use oxsop::platform::db::schema::{members as table, sessions, sign_in_links};
use oxsop::platform::text::email_address::EmailAddress;

use super::support::people::link_in;
use super::support::{Actor, TestApp};

/// Asks for a link in this browser and reads the mail.
async fn ask(app: &TestApp, browser: &Actor<'_>, address: &str) -> String {
    browser.visit("/sign-in").await.is(200);
    let page = browser.submit("/sign-in", [("email", address)]).await;
    page.is(200).shows("Look at your mail");
    app.deliver_mail().await;
    app.only_mail(address).text
}

pub fn code_in(text: &str) -> String {
    let rest = text.split("it is: ").nth(1).expect("a code");
    rest.split_whitespace().next().expect("a code").to_owned()
}

fn session_count(app: &TestApp) -> i64 {
    app.read(|conn| Ok(sessions::table.count().get_result(conn)?))
}

#[actix_web::test]
async fn a_member_signs_in_by_the_link_and_lands_where_they_wanted() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let ana = app.visitor();
    let page = ana.visit("/me/calendar").await;
    assert_eq!(page.path, "/sign-in?next=%2Fme%2Fcalendar");
    ana.submit("/sign-in", [("email", " ANA@example.org "), ("next", "/me/calendar")])
        .await;
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    assert_eq!(mail.subject, "Your sign-in link for OXSOP");
    let link = link_in(&mail.text, "/sign-in/");
    let page = ana.visit(&link).await;
    page.is(200).shows("One press and you are in").hides("one-time-code");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(session_count(&app), 0, "looking does not sign in");
    let page = ana.submit(&link, [("next", "/me/calendar")]).await;
    page.is(200).shows("Meetings in your calendar");
    assert_eq!(page.path, "/me/calendar");
    let page = ana.post(&link, []).await;
    page.is(410).shows("This link is over");
    assert_eq!(session_count(&app), 1);
}

#[actix_web::test]
async fn neither_token_nor_code_nor_cookie_stands_in_the_database() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let ana = app.visitor();
    let text = ask(&app, &ana, "ana@example.org").await;
    let link = link_in(&text, "/sign-in/");
    ana.visit(&link).await;
    ana.submit(&link, []).await.is(200);
    let token = link.rsplit('/').next().expect("a token").to_owned();
    let secrets = [token, code_in(&text), ana.cookie("session").expect("a session")];
    let (hashes, bodies): (Vec<(String, String)>, Vec<String>) = app.read(|conn| {
        let links = sign_in_links::table
            .select((sign_in_links::token_hash, sign_in_links::code_hash))
            .load(conn)?;
        use oxsop::platform::db::schema::outbox_bodies;
        Ok((links, outbox_bodies::table.select(outbox_bodies::body).load(conn)?))
    });
    let kept = format!("{hashes:?} {bodies:?}");
    for secret in secrets {
        assert!(!kept.contains(&secret));
    }
}

#[actix_web::test]
async fn a_hundred_presses_of_one_link_give_one_session() {
    let app = TestApp::start_with("[limits]\nposts_per_ip_15_minutes = 1000").await;
    app.given_member("Ana");
    let ana = app.visitor();
    let link = link_in(&ask(&app, &ana, "ana@example.org").await, "/sign-in/");
    ana.visit(&link).await;
    let (pre, csrf) = (
        ana.cookie("pre").expect("a browser's cookie"),
        csrf_of(&ana, &link).await,
    );
    let presses = (0..100).map(|_| async {
        let finger = app.visitor();
        finger.keep_cookie(&actix_web::cookie::Cookie::new("pre", pre.clone()));
        finger
            .raw_post(&link, &format!("csrf={csrf}"), &[])
            .await
            .status
            .as_u16()
    });
    let mut statuses = join_all(presses).await;
    statuses.sort_unstable();
    assert_eq!((statuses[0], statuses[1], statuses[99]), (303, 410, 410));
    assert_eq!(session_count(&app), 1);
}

async fn csrf_of(actor: &Actor<'_>, path: &str) -> String {
    let page = actor.visit(path).await;
    let rest = page.body.split("name=\"csrf\" value=\"").nth(1).expect("a token");
    rest.split('"').next().expect("a token").to_owned()
}

#[actix_web::test]
async fn scanners_neither_burn_the_link_nor_get_in() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let ana = app.visitor();
    let link = link_in(&ask(&app, &ana, "ana@example.org").await, "/sign-in/");
    for _ in 0..50 {
        let scanner = app.visitor().at_ip("198.51.100.7");
        scanner.get(&link, &[]).await.is(200);
        assert!(scanner.cookie("session").is_none());
    }
    let bot = app.visitor().at_ip("198.51.100.8");
    let page = bot.raw_post(&link, "", &[]).await;
    page.is(403).shows("Type the code");
    assert!(bot.cookie("session").is_none());
    bot.visit(&link).await;
    bot.post(&link, []).await.is(403).shows("Type the code");
    assert_eq!(session_count(&app), 0);
    ana.visit(&link).await;
    ana.submit(&link, []).await.is(200).shows("My page");
}

#[actix_web::test]
async fn another_browser_needs_the_code_from_the_same_mail() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let text = ask(&app, &app.visitor(), "ana@example.org").await;
    let (link, code) = (link_in(&text, "/sign-in/"), code_in(&text));
    let phone = app.visitor().at_ip("203.0.113.5");
    let page = phone.visit(&link).await;
    assert!(page.body.contains("autocomplete=\"one-time-code\""));
    phone
        .post(&link, [("code", "zzzz-zzzz")])
        .await
        .is(403)
        .shows("not the code of that mail");
    let typed = format!(" {} ", code.to_uppercase().replace('-', " "));
    phone
        .submit(&link, [("code", typed.as_str())])
        .await
        .is(200)
        .shows("My page");
}

#[actix_web::test]
async fn after_five_wrong_codes_even_the_right_one_is_void() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let text = ask(&app, &app.visitor(), "ana@example.org").await;
    let (link, code) = (link_in(&text, "/sign-in/"), code_in(&text));
    let guesser = app.visitor();
    guesser.visit(&link).await;
    for _ in 0..4 {
        guesser.post(&link, [("code", "zzzz-zzzz")]).await.is(403);
    }
    guesser.post(&link, [("code", "zzzz-zzzz")]).await.is(410);
    guesser
        .post(&link, [("code", code.as_str())])
        .await
        .is(410)
        .shows("This link is over");
    assert_eq!(session_count(&app), 0);
}

#[actix_web::test]
async fn an_old_link_is_over_and_one_press_brings_a_new_one() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let ana = app.visitor();
    let first = link_in(&ask(&app, &ana, "ana@example.org").await, "/sign-in/");
    let second = link_in(&ask(&app, &ana, "ana@example.org").await, "/sign-in/");
    ana.visit(&first).await.is(410);
    app.advance(minutes(10).checked_sub(seconds(5)).expect("a time")).await;
    ana.visit(&second).await.is(200);
    app.advance(seconds(6)).await;
    ana.visit(&second).await.is(410).shows("Send me a new link");
    ana.post(&second, []).await.is(410);
    ana.submit(&format!("{second}/again"), [])
        .await
        .is(200)
        .shows("Look at your mail");
    app.deliver_mail().await;
    let third = link_in(&app.only_mail("ana@example.org").text, "/sign-in/");
    ana.visit(&third).await;
    ana.submit(&third, []).await.is(200).shows("My page");
}

#[actix_web::test]
async fn a_stranger_learns_nothing_from_asking() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let left = app.given_member("Ben");
    app.write(|tx, ctx| members::actions::leave(tx, ctx, &left.id, "test"));
    let mut answers = Vec::new();
    for address in ["ana@example.org", "ben@example.org", "nobody@example.org"] {
        let stranger = app.visitor();
        stranger.visit("/sign-in").await;
        let page = stranger.post("/sign-in", [("email", address)]).await;
        let headers: Vec<String> = page.headers.iter().map(|(n, v)| format!("{n}: {v:?}")).collect();
        let sent = stranger.visit("/sign-in/sent").await;
        answers.push((page.status, headers, page.body, sent.text()));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0], answers[2]);
    app.deliver_mail().await;
    assert_eq!(app.all_mail().len(), 1, "only the member is written to");
}

#[actix_web::test]
async fn an_address_gets_three_links_in_a_quarter_of_an_hour_and_the_last_one_works() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let ana = app.visitor();
    for _ in 0..5 {
        ana.visit("/sign-in").await;
        ana.submit("/sign-in", [("email", "ana@example.org")])
            .await
            .shows("Look at your mail");
    }
    app.deliver_mail().await;
    let mails = app.inbox("ana@example.org");
    assert_eq!(mails.len(), 3);
    let works = |text: &str| link_in(text, "/sign-in/");
    let mut open = 0;
    for mail in &mails {
        open += i32::from(ana.visit(&works(&mail.text)).await.status == 200);
    }
    assert_eq!(open, 1, "the newest, and only that");
}

#[actix_web::test]
async fn what_is_no_address_comes_back_as_it_was_typed() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    visitor.visit("/sign-in").await;
    let page = visitor.post("/sign-in", [("email", "<b>ana@")]).await;
    page.is(422).shows("This is not an e-mail address").hides("<b>ana@");
    assert!(page.body.contains("value=\"&lt;b&gt;ana@\""));
    visitor
        .visit("/sign-in?next=//evil.example")
        .await
        .hides("evil.example");
}

#[actix_web::test]
async fn signing_in_ends_the_session_this_browser_had_and_signing_out_kills_the_new_one() {
    let app = TestApp::start().await;
    let (ana, ben) = (app.given_member("Ana"), app.given_member("Ben"));
    let browser = app.visitor();
    let text = ask(&app, &browser, &ana.email).await;
    let shared = app.signed_in(&ben);
    let old = shared.cookie("session").expect("a session");
    let link = link_in(&text, "/sign-in/");
    shared.visit(&link).await;
    shared
        .submit(&link, [("code", code_in(&text).as_str())])
        .await
        .shows("Ana");
    assert_ne!(shared.cookie("session"), Some(old.clone()));
    let replay = app.visitor();
    replay.keep_cookie(&actix_web::cookie::Cookie::new("session", old));
    assert!(
        replay.visit("/me").await.path.starts_with("/sign-in"),
        "the old session is dead"
    );

    let new = shared.cookie("session").expect("a session");
    shared.visit("/sign-out").await.is(200).shows("You are here as Ana");
    let page = shared.post("/sign-out", []).await;
    page.is(303);
    assert_eq!(page.header("clear-site-data"), "\"cache\",\"cookies\",\"storage\"");
    assert!(shared.cookie("session").is_none());
    let replay = app.visitor();
    replay.keep_cookie(&actix_web::cookie::Cookie::new("session", new));
    assert!(replay.visit("/me").await.path.starts_with("/sign-in"));
}

#[actix_web::test]
async fn sessions_end_when_they_have_not_been_used_for_a_fortnight() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let browser = app.signed_in(&ana);
    app.advance(days(14).checked_sub(minutes(1)).expect("a time")).await;
    browser.visit("/me").await.is(200).shows("Ana");
    app.advance(days(14).checked_add(minutes(1)).expect("a time")).await;
    assert!(browser.visit("/me").await.path.starts_with("/sign-in"));
}

async fn given_password(app: &TestApp, member: &Member, password: &str) {
    let hash = app.app.keys.hash_password(password.to_owned()).await.expect("a hash");
    app.write(|tx, _| {
        diesel::update(table::table.find(&member.id))
            .set((table::password_hash.eq(Some(hash)), table::is_coordinator.eq(true)))
            .execute(tx)?;
        Ok(())
    });
}

#[actix_web::test]
async fn a_coordinator_by_link_alone_is_led_to_the_password() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    given_password(&app, &ana, "cormorant tide").await;
    let browser = app.visitor();
    let link = link_in(&ask(&app, &browser, &ana.email).await, "/sign-in/");
    browser.visit(&link).await;
    browser.submit(&link, []).await.is(200);
    let by_link = browser.cookie("session");
    let page = browser.visit("/coordinate/members").await;
    assert_eq!(page.path, "/sign-in/password?next=%2Fcoordinate%2Fmembers");
    assert!(
        page.body.contains("value=\"ana@example.org\""),
        "the address stands there already"
    );
    browser.post("/coordinate/members/x/sessions/ending", []).await.is(401);
    let fields = [
        ("email", "ana@example.org"),
        ("password", "cormorant tide"),
        ("next", "/coordinate/members"),
    ];
    let page = browser.submit("/sign-in/password", fields).await;
    page.is(200).shows("Members");
    assert_eq!(page.path, "/coordinate/members");
    assert_ne!(browser.cookie("session"), by_link, "a new session for more rights");
    app.advance(minutes(61)).await;
    assert!(
        browser
            .visit("/coordinate/members")
            .await
            .path
            .starts_with("/sign-in/password")
    );
    browser.visit("/me").await.is(200).shows("Ana");
}

#[actix_web::test]
async fn a_wrong_password_says_the_same_for_everyone() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    given_password(&app, &ana, "cormorant tide").await;
    app.given_member("Ben");
    let mut texts = Vec::new();
    for address in ["ana@example.org", "ben@example.org", "nobody@example.org"] {
        let browser = app.visitor();
        browser.visit("/sign-in/password").await;
        let page = browser
            .post("/sign-in/password", [("email", address), ("password", "wrong")])
            .await;
        page.is(422).hides("value=\"wrong\"");
        assert!(
            page.body.contains(&format!("value=\"{address}\"")),
            "what was typed is kept"
        );
        texts.push(page.text());
    }
    assert!(texts.iter().all(|text| *text == texts[0]));
    assert_eq!(session_count(&app), 0);
}

#[actix_web::test]
async fn a_password_link_works_once_for_an_hour() {
    let app = TestApp::start().await;
    let email = EmailAddress::parse("ana@example.org").expect("an address");
    let token = app.write(|tx, ctx| make_coordinator(tx, ctx, &email, "Ana Lima"));
    let path = format!("/sign-in/set-password/{}", token.as_str());
    let ana = app.visitor();
    ana.visit(&path).await.is(200).shows("ana@example.org");
    for bad in ["short", "password123", "OXSOP2027", "Ana Lima"] {
        ana.post(&path, [("password", bad)]).await.is(422);
    }
    ana.visit(&format!("/sign-in/{}", token.as_str())).await.is(410);
    let page = ana.submit(&path, [("password", "cormorant tide")]).await;
    page.is(200).shows("Your password is set");
    ana.post(&path, [("password", "another tide")]).await.is(410);
    let fields = [("email", "Ana@example.org"), ("password", "cormorant tide")];
    ana.post("/sign-in/password", fields).await.is(303);
    ana.visit("/coordinate/members").await.is(200).shows("Ana Lima");

    let late = app.write(|tx, ctx| make_coordinator(tx, ctx, &email, "Ana Lima"));
    app.advance(hours(1)).await;
    let page = app
        .visitor()
        .visit(&format!("/sign-in/set-password/{}", late.as_str()))
        .await;
    page.is(410).shows("This link is over");
    app.ignore_mail();
}
