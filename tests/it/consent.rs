//! What members choose about mail, and what then reaches them: invitations, reminders, announcements, the digest.

use diesel::prelude::*;
use oxsop::members::choices::{self, Rhythm};
use oxsop::members::import_export::{Options, import};
use oxsop::members::unsubscribe::{self, Kind};
use oxsop::members::{self, Member};
use oxsop::platform::clock::{At, days};
use oxsop::platform::db::schema::{audit, invitations, outbox};
use oxsop::platform::inbound;
use oxsop::platform::mail::message::MailContent;

use crate::inbox::receive;
use crate::invitations::{ics, leave, value};
use crate::meetings::{change, desk, desk_of, scheduled};
use crate::support::people::link_in;
use crate::support::{Actor, TestApp};

const ANA: &str = "ana@example.org";

async fn press(browser: &Actor<'_>, kind: &str, choice: &str) {
    browser
        .submit("/me/mail", [("kind", kind), ("choice", choice)])
        .await
        .is(200);
}

fn method(mail: &MailContent) -> String {
    mail.calendar
        .as_ref()
        .map(|part| part.method.clone())
        .unwrap_or_default()
}

/// What the history says of a member, with its details.
fn history(app: &TestApp, member: &Member) -> Vec<(String, String)> {
    let about = format!("member:{}", member.id);
    app.read(|conn| {
        Ok(audit::table
            .filter(audit::about.eq(about))
            .order(audit::id)
            .select((audit::what, audit::detail))
            .load(conn)?)
    })
}

/// The private calendar, unfolded.
async fn feed(app: &TestApp, member: &Member) -> String {
    let token = member.calendar_token(&app.app.keys);
    let page = app.visitor().visit(&format!("/calendar/{}.ics", token.as_str())).await;
    page.is(200);
    page.body.replace("\r\n ", "")
}

#[actix_web::test]
async fn four_choices_each_with_one_press_and_none_with_another() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let browser = app.signed_in(&ana);
    let page = browser.visit("/me/mail").await;
    page.is(200)
        .shows("Invitations On")
        .shows("Reminders On")
        .shows("Announcements Off")
        .shows("Digest Off");
    press(&browser, "announcements", "on").await;
    let page = browser.visit("/me/mail").await;
    page.shows("Announcements On")
        .shows("Digest Off")
        .shows("You agreed to them: on your own page, 1 March 2027")
        .hides("words of");
    browser
        .visit("/me/privacy")
        .await
        .shows("agreed to: on your own page, 1 March 2027");
    let record = format!("/coordinate/members/{}", ana.id);
    let desk = app.coordinator();
    desk.visit(&record).await.shows("yes (on their own page, 1 March 2027)");
    press(&browser, "digest", "weekly").await;
    browser.visit("/me/mail").await.shows("Digest On, once a week");
    press(&browser, "digest", "monthly").await;
    press(&browser, "announcements", "off").await;
    let page = browser.visit("/me/mail").await;
    page.shows("Announcements Off").shows("Digest On, once a month");
    press(&browser, "digest", "off").await;
    press(&browser, "digest", "off").await;
    for wrong in [
        ("digest", "daily"),
        ("digest", "on"),
        ("everything", "off"),
        ("reminders", ""),
        ("", ""),
    ] {
        let page = browser.post("/me/mail", [("kind", wrong.0), ("choice", wrong.1)]).await;
        assert_eq!(page.status, 422, "{wrong:?}");
    }
    let words = "words of 2027-01";
    let said: Vec<(String, String)> = history(&app, &ana);
    let expected = [
        ("agreed to announcements", format!("own page, {words}")),
        ("turned on digest", format!("own page, weekly, {words}")),
        (
            "changed how often the digest comes",
            format!("own page, monthly, {words}"),
        ),
        ("stopped announcements", format!("own page, {words}")),
        ("turned off digest", "own page".to_owned()),
    ];
    assert_eq!(said, expected.map(|(what, detail)| (what.to_owned(), detail)));
    let record = browser.submit("/me/privacy/export", []).await.body;
    assert!(
        record.contains("\"digest\": null") && record.contains("\"invitations\": true"),
        "{record}"
    );
}

#[actix_web::test]
async fn who_turns_invitations_off_is_not_mailed_the_next_but_finds_it_and_can_answer() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    app.given_member("Bo");
    let browser = app.signed_in(&ana);
    press(&browser, "invitations", "off").await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    assert!(app.inbox(ANA).is_empty());
    app.all_mail();
    let calendar = feed(&app, &ana).await;
    assert!(calendar.contains("BEGIN:VEVENT"), "{calendar}");
    // A new time and a rewording reach nobody who was not told and has not answered.
    change(&desk, &path, &[("starts", "2027-03-24T14:30")], "yes")
        .await
        .is(200);
    app.deliver_mail().await;
    assert!(app.inbox(ANA).is_empty());
    app.all_mail();
    assert!(feed(&app, &ana).await.contains("20270324T143000Z"));
    // Nor is she reminded of it.
    app.app
        .clock
        .set(At::parse("2027-03-17T14:30:00Z").expect("an instant"));
    app.tick();
    app.deliver_mail().await;
    assert!(app.inbox(ANA).is_empty());
    app.all_mail();
    // She says yes on the page: from now on she hears of changes.
    let (browser, desk) = (app.signed_in(&ana), desk_of(&app, "Second").await);
    let page = browser.visit("/meetings").await;
    let answer = format!("{}/answer", page.link("/meetings/"));
    browser.submit(&answer, [("answer", "yes")]).await.is(200);
    app.deliver_mail().await;
    app.all_mail();
    change(&desk, &path, &[("starts", "2027-03-24T13:00")], "yes")
        .await
        .is(200);
    app.deliver_mail().await;
    let mail = app.only_mail(ANA);
    assert!(mail.subject.starts_with("New time"), "{}", mail.subject);
    app.all_mail();
    desk.submit(&format!("{path}/cancellation"), [("why", "Strike")]).await;
    app.deliver_mail().await;
    let cancelled = app.only_mail(ANA);
    assert_eq!(method(&cancelled), "CANCEL");
    app.all_mail();
    // That mail, too, is of a kind that has its link.
    let link = link_in(&cancelled.text, "/unsubscribe/");
    app.visitor().visit(&link).await.shows("Invitations by mail");
}

#[actix_web::test]
async fn a_yes_on_the_page_is_told_of_the_cancellation_though_no_invitation_was_mailed() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let browser = app.signed_in(&ana);
    press(&browser, "invitations", "off").await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    let page = browser.visit("/meetings").await;
    let answer = format!("{}/answer", page.link("/meetings/"));
    browser.submit(&answer, [("answer", "yes")]).await.is(200);
    app.all_mail();
    desk.submit(&format!("{path}/cancellation"), [("why", "Strike")]).await;
    app.deliver_mail().await;
    let mail = app.only_mail(ANA);
    assert!(mail.text.contains("Strike"));
    app.all_mail();
}

#[actix_web::test]
async fn what_is_held_already_is_kept_right_or_taken_out_on_a_press() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    let first = app.only_mail(ANA);
    app.all_mail();
    // The link in the invitation, and no List-* beside it.
    assert!(first.headers.iter().all(|(name, _)| !name.starts_with("List-")));
    let link = link_in(&first.text, "/unsubscribe/");
    let reader = app.visitor();
    reader
        .visit(&link)
        .await
        .shows("Invitations by mail")
        .shows("You stay a member");
    reader.submit(&link, [("choice", "off")]).await.shows("turned off");
    change(&desk, &path, &[("starts", "2027-03-24T14:30")], "yes")
        .await
        .is(200);
    app.deliver_mail().await;
    let moved = app.only_mail(ANA);
    assert_eq!(method(&moved), "REQUEST");
    app.all_mail();
    let browser = app.signed_in(&ana);
    let page = browser.visit("/me/mail/calendar").await;
    page.is(200).shows("Take 1 meeting out of my calendar");
    browser
        .submit("/me/mail/calendar", [])
        .await
        .is(200)
        .shows("1 mail is on its way");
    browser
        .submit("/me/mail/calendar", [])
        .await
        .is(200)
        .shows("Nothing was taken out");
    app.deliver_mail().await;
    let out = app.only_mail(ANA);
    assert_eq!(method(&out), "CANCEL");
    assert!(out.text.contains("As you asked"), "{}", out.text);
    assert!(
        value(&ics(&out), "SEQUENCE").parse::<i32>().unwrap() > value(&ics(&moved), "SEQUENCE").parse::<i32>().unwrap()
    );
    app.all_mail();
    // It is out of her calendar and still on her pages; nothing more comes of it.
    assert!(feed(&app, &ana).await.contains("BEGIN:VEVENT"));
    change(&desk, &path, &[("starts", "2027-03-24T13:00")], "yes")
        .await
        .is(200);
    desk.submit(&format!("{path}/cancellation"), [("why", "Strike")]).await;
    app.deliver_mail().await;
    assert!(app.inbox(ANA).is_empty());
    app.all_mail();
}

#[actix_web::test]
async fn turned_on_again_the_meetings_ahead_are_sent_above_all_that_went_before() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let desk = desk(&app).await;
    scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let browser = app.signed_in(&ana);
    press(&browser, "invitations", "off").await;
    browser.submit("/me/mail/calendar", []).await.is(200);
    app.deliver_mail().await;
    let out = app.only_mail(ANA);
    scheduled(
        &app,
        &desk,
        &[
            ("title", "Another"),
            ("starts", "2027-04-14T15:00"),
            ("ends", "2027-04-14T16:00"),
        ],
    )
    .await;
    assert!(app.inbox(ANA).is_empty());
    app.all_mail();
    press(&browser, "invitations", "on").await;
    press(&browser, "invitations", "on").await;
    app.deliver_mail().await;
    let mails = app.inbox(ANA);
    assert_eq!(mails.len(), 2);
    for mail in &mails {
        assert_eq!(method(mail), "REQUEST");
        assert!(mail.subject.starts_with("Invitation"), "{}", mail.subject);
    }
    let again = mails
        .iter()
        .find(|mail| !mail.subject.contains("Another"))
        .expect("the first");
    let sequence = |mail: &MailContent| value(&ics(mail), "SEQUENCE").parse::<i32>().expect("a number");
    assert!(sequence(again) > sequence(&out));
    app.all_mail();
}

#[actix_web::test]
async fn an_invitation_that_waits_is_taken_back_when_invitations_are_turned_off() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let desk = desk(&app).await;
    let path = crate::meetings::draft(&desk, &[]).await;
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    press(&app.signed_in(&ana), "invitations", "off").await;
    app.deliver_mail().await;
    assert!(app.inbox(ANA).is_empty());
    app.all_mail();
    // What was written in the very moment is looked at again before it leaves.
    app.write(|tx, _| {
        diesel::update(outbox::table.filter(outbox::to_key.eq(ANA)))
            .set((outbox::status.eq("queued"), outbox::done_at.eq(None::<At>)))
            .execute(tx)?;
        Ok(())
    });
    app.deliver_mail().await;
    assert!(app.inbox(ANA).is_empty());
    let outcome: String = app.read(|conn| {
        Ok(outbox::table
            .filter(outbox::to_key.eq(ANA))
            .select(outbox::outcome)
            .first(conn)?)
    });
    assert_eq!(outcome, "not sent: they have turned invitations off");
    let held: i64 = app.read(|conn| {
        Ok(invitations::table
            .filter(invitations::member_id.eq(&ana.id))
            .count()
            .get_result(conn)?)
    });
    assert_eq!(held, 1);
}

#[actix_web::test]
async fn the_coordinator_reads_who_is_spared_and_why() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    press(&app.signed_in(&ana), "invitations", "off").await;
    let desk = desk(&app).await;
    let path = crate::meetings::draft(&desk, &[]).await;
    let page = desk.visit(&format!("{path}/schedule")).await;
    page.is(200).shows("wants no invitations by mail");
}

fn tag_of(app: &TestApp, member: &Member, kind: Kind) -> String {
    let link = app.write(|tx, ctx| unsubscribe::link(tx, ctx, kind, &member.id));
    link.rsplit('/').next().expect("a token").to_owned()
}

#[actix_web::test]
async fn a_mail_to_the_address_in_a_mail_turns_off_that_kind_alone() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    app.write(|tx, ctx| choices::choose_digest(tx, ctx, &ana.id, Some(Rhythm::Weekly), "test"));
    for (kind, sender, extra) in [
        (Kind::Reminders, "somebody@else.example.net", ""),
        (Kind::Digest, "ana@example.org", "Auto-Submitted: auto-generated\r\n"),
        (Kind::Invitations, "ana@example.org", ""),
    ] {
        let tag = tag_of(&app, &ana, kind);
        assert!(app.read(|conn| unsubscribe::is_on(conn, kind, &ana.id)));
        let address = format!("unsubscribe+{}@oxsop.example.org", tag.to_uppercase());
        // An absence note that strays there asks for nothing.
        receive(
            &app,
            &mail(&address, sender, "Auto-Submitted: auto-replied\r\n", "absent"),
        );
        assert!(app.read(|conn| unsubscribe::is_on(conn, kind, &ana.id)), "{kind}");
        for n in 0..2 {
            receive(&app, &mail(&address, sender, extra, &format!("off{n}")));
            assert!(!app.read(|conn| unsubscribe::is_on(conn, kind, &ana.id)), "{kind}");
        }
    }
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
    let said = history(&app, &ana);
    let off = said.iter().filter(|(what, _)| what.starts_with("turned off")).count();
    assert_eq!(off, 3, "{said:?}");
    // A token that nobody has is nobody's.
    receive(
        &app,
        &mail(
            "unsubscribe+aaaaaaaaaaaaaaaaaaaaaaaaaa@oxsop.example.org",
            "eve@example.net",
            "",
            "none",
        ),
    );
    assert_eq!(history(&app, &ana).len(), said.len());
}

fn mail(to: &str, from: &str, extra: &str, id: &str) -> String {
    format!(
        "Return-Path: <{from}>\r\nFrom: <{from}>\r\nTo: <{to}>\r\nSubject: unsubscribe\r\n{extra}\
         Date: Mon, 1 Mar 2027 09:00:01 +0000\r\nMessage-ID: <{id}-{to}>\r\nContent-Type: text/plain\r\n\r\nunsubscribe\r\n"
    )
}

async fn sign_in(app: &TestApp, email: &str) -> crate::support::Page {
    let browser = app.visitor();
    browser.visit("/sign-in").await;
    browser.submit("/sign-in", [("email", email)]).await.is(200);
    app.deliver_mail().await;
    let link = link_in(&app.only_mail(email).text, "/sign-in/");
    browser.visit(&link).await;
    browser.submit(&link, []).await
}

fn imported(app: &TestApp, options: &Options) -> Member {
    let csv = "name,email,country\nAna,ana@example.org,GB\n";
    let report = import(&app.app, csv.as_bytes(), "list.csv", options).expect("an import");
    assert_eq!(report.added, 1, "{report:?}");
    app.read(|conn| members::store::by_email(conn, ANA)).expect("Ana")
}

#[actix_web::test]
async fn who_was_imported_without_a_word_is_asked_once_and_never_again() {
    let app = TestApp::start().await;
    let ana = imported(&app, &Options::default());
    let page = sign_in(&app, ANA).await;
    page.is(200).shows("One question, asked once");
    assert!(!page.body.contains(" checked"), "nothing is ticked beforehand");
    // Looked away: no second time at the door, but it waits on her page.
    let browser = app.signed_in(&ana);
    assert_eq!(sign_in(&app, ANA).await.path, "/me");
    browser.visit("/me").await.shows("A question waits for you");
    browser.visit("/me/welcome").await;
    browser
        .submit(
            "/me/welcome",
            [("announcements", "yes"), ("digest", "monthly"), ("choice", "save")],
        )
        .await
        .is(200)
        .hides("A question waits");
    let said = history(&app, &ana);
    let words: Vec<&str> = said.iter().map(|(what, _)| what.as_str()).collect();
    assert!(
        words.contains(&"agreed to announcements") && words.contains(&"turned on digest"),
        "{said:?}"
    );
    let known = app.read(|conn| members::store::find(conn, &ana.id)).expect("Ana");
    assert!(
        known
            .announcements_consent
            .starts_with("the question after the import, 2027-03-01")
    );
    browser
        .visit("/me/welcome")
        .await
        .shows("There is nothing to answer here");
    // A page left open changes nothing any more.
    press(&browser, "announcements", "off").await;
    browser
        .submit("/me/welcome", [("announcements", "yes"), ("choice", "save")])
        .await
        .is(200)
        .shows("You have chosen since that page was opened, so nothing was changed.");
    assert!(
        !app.read(|conn| members::store::find(conn, &ana.id))
            .expect("Ana")
            .wants_announcements
    );
    app.app.clock.advance(days(1));
    assert_eq!(sign_in(&app, ANA).await.path, "/me");
}

#[actix_web::test]
async fn put_away_it_turns_nothing_on_and_whoever_has_a_word_is_not_asked() {
    let app = TestApp::start().await;
    let ana = imported(&app, &Options::default());
    sign_in(&app, ANA).await.shows("One question");
    let browser = app.signed_in(&ana);
    browser.visit("/me/welcome").await;
    let page = browser
        .submit(
            "/me/welcome",
            [("announcements", "yes"), ("digest", "weekly"), ("choice", "close")],
        )
        .await;
    page.is(200)
        .shows("You will not be asked again")
        .hides("A question waits");
    browser
        .visit("/me/mail")
        .await
        .shows("Announcements Off")
        .shows("Digest Off");

    let app = TestApp::start().await;
    let consent = "at the spring meeting, 3 March 2026";
    let options = Options {
        consent: consent.into(),
        ..Options::default()
    };
    let ana = imported(&app, &options);
    assert_eq!(sign_in(&app, ANA).await.path, "/me");
    app.signed_in(&ana)
        .visit("/me/mail")
        .await
        .shows(consent)
        .shows("Announcements On");
    // Nor is anybody who came by the form.
    app.given_member("Bo");
    assert_eq!(sign_in(&app, "bo@example.org").await.path, "/me");
}

/// However somebody ends what an import said of them, they have had their say.
#[actix_web::test]
async fn who_has_just_turned_announcements_off_is_not_asked_whether_they_want_them() {
    type Way = fn(&TestApp, &Member);
    let by_link: Way = |app, ana| {
        app.write(|tx, ctx| unsubscribe::choose(tx, ctx, Kind::Announcements, &ana.id, false, "one click"));
    };
    let by_complaint: Way = |app, ana| {
        app.write(|tx, ctx| members::actions::stop_announcements(tx, ctx, &ana.id, "complained of a mail"));
    };
    for way in [by_link, by_complaint] {
        let app = TestApp::start().await;
        let options = Options {
            consent: "membership form, March 2026".into(),
            ..Options::default()
        };
        let ana = imported(&app, &options);
        way(&app, &ana);
        let page = sign_in(&app, ANA).await;
        assert_eq!(page.path, "/me");
        page.hides("A question waits");
        let browser = app.signed_in(&ana);
        browser
            .visit("/me/welcome")
            .await
            .shows("There is nothing to answer here");
        // Nor after a second thought.
        press(&browser, "announcements", "on").await;
        press(&browser, "announcements", "off").await;
        app.app.clock.advance(days(1));
        assert_eq!(sign_in(&app, ANA).await.path, "/me");
    }
}

/// That this mail comes with invitations, and can be ended with them: by its link, and by what mail programs make a
/// button of. The link.
pub fn ends_with_invitations(mail: &MailContent) -> String {
    let link = link_in(&mail.text, "/unsubscribe/");
    let header = |name: &str| {
        let found = mail.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let ways = format!("<http://localhost:8080{link}>, <mailto:unsubscribe+");
    assert!(
        header("List-Unsubscribe").starts_with(&ways),
        "{}",
        header("List-Unsubscribe")
    );
    assert_eq!(header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
    assert!(mail.text.contains("This comes with invitations."), "{}", mail.text);
    assert!(mail.html.contains(&format!("{link}\">Turn invitations off</a>")));
    link
}

/// Turns invitations off, or on again.
pub fn invitations_for(app: &TestApp, member: &Member, is_on: bool) {
    app.write(|tx, ctx| unsubscribe::choose(tx, ctx, Kind::Invitations, &member.id, is_on, "test"));
}

#[actix_web::test]
async fn who_leaves_and_comes_back_chooses_the_digest_anew() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    app.write(|tx, ctx| choices::choose_digest(tx, ctx, &ana.id, Some(Rhythm::Weekly), "test"));
    leave(&app, &ana);
    app.given_member("Ana");
    assert_eq!(app.read(|conn| choices::rhythm(conn, &ana.id)), None);
    let page = app.signed_in(&ana).visit("/me/mail").await;
    page.shows("Digest Off");
}

#[test]
fn what_sorts_the_letters_knows_a_wish_from_an_absence() {
    let ours = inbound::Ours {
        from: "network@oxsop.example.org".into(),
        join: "join@oxsop.example.org".into(),
        meetings: "meetings@oxsop.example.org".into(),
        bounces: "b@oxsop.example.org".into(),
        unsubscribe: "unsubscribe@oxsop.example.org".into(),
    };
    let to = "unsubscribe+aaaaaaaaaaaaaaaaaaaaaaaaaa@oxsop.example.org";
    for (extra, kind) in [
        ("", inbound::Kind::Unsubscribe),
        ("Auto-Submitted: auto-generated\r\n", inbound::Kind::Unsubscribe),
        ("Auto-Submitted: auto-replied\r\n", inbound::Kind::Automatic),
        ("Auto-Submitted: auto-replied (vacation)\r\n", inbound::Kind::Automatic),
        ("Precedence: auto_reply\r\n", inbound::Kind::Automatic),
        ("X-Autoreply: yes\r\n", inbound::Kind::Automatic),
    ] {
        let raw = mail(to, "ana@example.org", extra, "x");
        let (letter, ()) = inbound::read(inbound::head(raw.as_bytes()), None, "", |_| ()).expect("a mail");
        assert_eq!(inbound::sort(&letter, &ours), kind, "{extra}");
    }
}
