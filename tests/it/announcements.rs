//! Announcements: written with placeholders, for an audience one can check, sent to those who asked for it and to
//! nobody else, paused and stopped at once, each recipient accounted for.

use diesel::prelude::*;
use oxsop::members::Member;
use oxsop::platform::clock::{At, minutes};
use oxsop::platform::db::schema::{announcements, audit, members, outbox};
use oxsop::platform::mail::outbox::Status;

use crate::support::people::link_in;
use crate::support::{Actor, Page, TestApp};

pub const PASSWORD: &str = "seven quiet gardens";

/// The coordinator with a password, who did not ask for announcements, at the desk.
pub async fn desk(app: &TestApp) -> Actor<'_> {
    let desk = app.coordinator();
    let hash = app.app.keys.hash_password(PASSWORD.into()).await.expect("a hash");
    app.write(|tx, _| {
        diesel::update(members::table.filter(members::email.eq("coordinator@example.org")))
            .set(members::password_hash.eq(Some(hash)))
            .execute(tx)?;
        Ok(())
    });
    desk.visit("/coordinate/announcements/new").await.is(200);
    desk
}

pub fn wants(app: &TestApp, member: &Member, wants: bool) {
    app.write(|tx, _| {
        diesel::update(members::table.find(&member.id))
            .set((
                members::wants_announcements.eq(wants),
                members::announcements_consent.eq(if wants { "test" } else { "" }),
            ))
            .execute(tx)?;
        Ok(())
    });
}

/// A member who asked for announcements.
pub fn asked(app: &TestApp, name: &str) -> Member {
    let member = app.given_member(name);
    wants(app, &member, true);
    member
}

pub fn form<'a>(changes: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let usual = [
        ("subject", "News for {{name}}"),
        ("body", "Dear {{name}} of {{affiliation}},\n\nread *this*."),
        ("do", "save"),
    ];
    let kept = usual
        .into_iter()
        .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    kept.chain(changes.iter().copied()).collect()
}

pub async fn draft(desk: &Actor<'_>, changes: &[(&str, &str)]) -> String {
    let page = desk.submit("/coordinate/announcements", form(changes)).await;
    page.is(200).shows("The draft is saved.");
    page.path.clone()
}

/// Confirms with the number and the password, once the page has been read.
pub async fn send(desk: &Actor<'_>, path: &str, changes: &[(&str, &str)]) -> Page {
    let page = desk.visit(&format!("{path}/sending")).await;
    let version = page.body.split("name=\"version\" value=\"").nth(1).map(str::to_owned);
    let version = version
        .and_then(|rest| rest.split('"').next().map(str::to_owned))
        .unwrap_or_default();
    let usual = [
        ("when", "now"),
        ("time_zone", "Europe/London"),
        ("password", PASSWORD),
        ("version", version.as_str()),
    ];
    let kept = usual
        .into_iter()
        .filter(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
    let fields: Vec<_> = kept.chain(changes.iter().copied()).collect();
    desk.submit(&format!("{path}/sending"), fields).await
}

/// Subjects of the announcements that have come, in the order of their readers.
fn came(app: &TestApp) -> Vec<String> {
    let mut came: Vec<String> = app.all_mail().into_iter().map(|mail| mail.to.email).collect();
    came.sort();
    came
}

fn queued(app: &TestApp) -> i64 {
    app.read(|conn| {
        Ok(outbox::table
            .filter(outbox::kind.eq("announcement"))
            .filter(outbox::status.eq(Status::Queued))
            .count()
            .get_result(conn)?)
    })
}

#[actix_web::test]
async fn only_those_who_asked_get_it_and_the_page_says_so_before() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    for name in ["Ana", "Ben"] {
        asked(&app, name);
    }
    for name in ["Carla", "Dora", "Emil"] {
        app.given_member(name);
    }
    let path = draft(&desk, &[]).await;
    desk.visit(&path)
        .await
        .shows("Everyone.")
        .shows("Of 6 members 6 match. It goes to 2 people, as of now:")
        .shows("those of them who asked for announcements and whose mail arrives.");
    desk.visit(&format!("{path}/sending"))
        .await
        .shows("It goes to 2 (two) people")
        .shows("4 match but did not ask for announcements: they get nothing")
        .shows("Type 2 to confirm that it goes to 2 people")
        .shows("Send it to 2 people");
    desk.visit(&format!("{path}/audience"))
        .await
        .shows("Ana is a member Gets it")
        .shows("Carla is a member Did not ask for announcements");
    app.deliver_mail().await;
    assert!(came(&app).is_empty(), "looking sends nothing");
    send(&desk, &path, &[("number", "2")])
        .await
        .is(200)
        .shows("On its way to 2 people.");
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    assert_eq!(came(&app), ["ben@example.org"]);
    assert_eq!(mail.subject, "News for Ana");
    assert!(
        mail.text.starts_with("Dear Ana of Sample Trust,\n\nread this."),
        "{}",
        mail.text
    );
    assert!(mail.html.contains("<em>this</em>"));
    assert!(
        mail.text
            .contains("You get this because you asked OXSOP for announcements.")
    );
    let header = |name: &str| {
        mail.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    };
    assert_eq!(header("Precedence"), Some("bulk"));
    assert_eq!(header("List-Id"), Some("<announcements.oxsop.example.org>"));
    assert_eq!(header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    let off = header("List-Unsubscribe").expect("a way out");
    assert!(
        off.starts_with("<http://localhost:8080/unsubscribe/") && off.contains(">, <mailto:unsubscribe+"),
        "{off}"
    );
    // No pixel, no picture, no address but our own (TRUST P21).
    assert!(!mail.html.contains(" src=") && !mail.html.contains("url("));
    app.tick();
    desk.visit(&path)
        .await
        .shows("Sent")
        .shows("Altogether 2")
        .shows("Ana Sent");
}

#[actix_web::test]
async fn who_unsubscribes_between_the_press_and_the_sending_gets_nothing() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let (ana, ben, carla) = (asked(&app, "Ana"), asked(&app, "Ben"), asked(&app, "Carla"));
    let first = draft(&desk, &[]).await;
    send(&desk, &first, &[("number", "3")])
        .await
        .shows("On its way to 3 people.");
    app.deliver_mail().await;
    let link = link_in(&app.only_mail("ana@example.org").text, "/unsubscribe/");
    app.all_mail();
    let second = draft(&desk, &[("subject", "More news")]).await;
    send(&desk, &second, &[("number", "3")])
        .await
        .shows("On its way to 3 people.");
    // Ana by one click, Ben on his own page, Carla by leaving: all while their mails wait.
    let one_click = "List-Unsubscribe=One-Click";
    let form = [("content-type", "application/x-www-form-urlencoded")];
    for _ in 0..2 {
        app.visitor()
            .raw_post(&link, one_click, &form)
            .await
            .is(200)
            .shows("Announcements: turned off.");
    }
    let browser = app.signed_in(&ben);
    browser.visit("/me/privacy").await;
    browser.submit("/me/privacy", [("directory", "")]).await.is(200);
    let browser = app.signed_in(&carla);
    browser.visit("/me/privacy/leave").await;
    browser.submit("/me/privacy/leave", [("sure", "yes")]).await;
    app.deliver_mail().await;
    let left: Vec<String> = app
        .all_mail()
        .into_iter()
        .map(|mail| mail.subject)
        .filter(|s| s == "More news")
        .collect();
    assert!(left.is_empty(), "{left:?}");
    desk.visit(&second)
        .await
        .shows("Ana Not sent not sent: they take no announcements any more")
        .shows("Carla Not sent not sent: the person is no member any more");
    let stands: (bool, String) = app.read(|conn| {
        Ok(members::table
            .find(&ana.id)
            .select((members::wants_announcements, members::announcements_consent))
            .first(conn)?)
    });
    assert_eq!(stands, (false, String::new()));
    // The same link takes it back, and says how.
    let reader = app.visitor();
    reader
        .visit(&link)
        .await
        .shows("Announcements")
        .shows("Turn them on again");
    reader
        .submit(&link, [("choice", "on")])
        .await
        .is(200)
        .shows("turned on again");
    let consent: String = app.read(|conn| {
        Ok(members::table
            .find(&ana.id)
            .select(members::announcements_consent)
            .first(conn)?)
    });
    assert!(
        consent.starts_with("by the link in a mail, 2027-03-01T09:0"),
        "{consent}"
    );
    // The next one counts her, and nobody else, at once.
    let third = draft(&desk, &[("subject", "Still more")]).await;
    desk.visit(&format!("{third}/sending"))
        .await
        .shows("It goes to 1 (one) person");
}

#[actix_web::test]
async fn it_goes_only_with_the_number_and_the_password_and_what_was_typed_stays() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    asked(&app, "Ana");
    let path = draft(&desk, &[]).await;
    for (changes, said) in [
        (
            &[("number", "2")][..],
            "It would go to 1 now. Look at the number again, and type it.",
        ),
        (&[("number", "")], "Type the number of people in figures."),
        (&[("number", "one")], "Type the number of people in figures."),
        (
            &[("number", "1"), ("password", "wrong")],
            "That is not your password, so nothing was sent.",
        ),
        (
            &[("number", "1"), ("password", "")],
            "That is not your password, so nothing was sent.",
        ),
        (&[("number", "1"), ("when", "")], "Choose when it goes."),
    ] {
        let page = send(&desk, &path, changes).await;
        page.is(422).shows(said).hides(PASSWORD);
        if changes.contains(&("password", "wrong")) {
            assert!(
                page.body.contains("name=\"number\" type=\"text\" value=\"1\""),
                "{}",
                page.body
            );
        }
    }
    send(&desk, &path, &[("number", "1"), ("version", "9")]).await.is(409);
    app.deliver_mail().await;
    assert!(came(&app).is_empty());
    send(&desk, &path, &[("number", "1")]).await.is(200);
    // A second press, a second tab: it went once.
    let again = [
        ("when", "now"),
        ("number", "1"),
        ("password", PASSWORD),
        ("version", "1"),
    ];
    desk.submit(&format!("{path}/sending"), again).await.is(409);
    app.tick();
    app.deliver_mail().await;
    app.tick();
    app.deliver_mail().await;
    assert_eq!(came(&app), ["ana@example.org"]);
    desk.visit(&format!("{path}/edit")).await.is(409);
    desk.submit(&path, form(&[])).await.is(409);
    desk.submit(&format!("{path}/removal"), []).await.is(409);
}

#[actix_web::test]
async fn nobody_to_send_to_is_said_and_nothing_goes() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = draft(&desk, &[]).await;
    desk.visit(&format!("{path}/sending"))
        .await
        .shows("There is nobody to send it to");
    send(&desk, &path, &[("number", "0"), ("version", "1")])
        .await
        .is(422)
        .shows("There is nobody to send it to");
    app.deliver_mail().await;
    assert!(came(&app).is_empty());
}

#[actix_web::test]
async fn paused_nothing_leaves_resumed_the_rest_does_and_stopped_it_ends() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    for name in ["Ana", "Ben", "Carla"] {
        asked(&app, name);
    }
    let path = draft(&desk, &[]).await;
    send(&desk, &path, &[("number", "3")]).await;
    assert_eq!(queued(&app), 3);
    desk.submit(&format!("{path}/pause"), [])
        .await
        .is(200)
        .shows("Paused")
        .shows("Waiting 3");
    app.deliver_mail().await;
    app.advance(minutes(30)).await;
    app.deliver_mail().await;
    assert!(
        came(&app).is_empty(),
        "it is held in the database, so neither ticks nor a restart let it go"
    );
    assert_eq!(queued(&app), 3);
    // Other mail is not held.
    desk.visit(&path).await;
    desk.submit(&format!("{path}/pause"), []).await.is(409);
    desk.submit(&format!("{path}/resume"), [])
        .await
        .is(200)
        .shows("On its way");
    app.deliver_mail().await;
    assert_eq!(came(&app), ["ana@example.org", "ben@example.org", "carla@example.org"]);

    let path = draft(&desk, &[("subject", "Another")]).await;
    send(&desk, &path, &[("number", "3")]).await;
    desk.submit(&format!("{path}/pause"), []).await.is(200);
    desk.submit(&format!("{path}/stop"), [])
        .await
        .is(200)
        .shows("Stopped: what had not left yet is dropped.")
        .shows("Not sent 3")
        .shows("not sent: a coordinator stopped the announcement");
    app.tick();
    app.deliver_mail().await;
    assert!(came(&app).is_empty());
    for step in ["pause", "resume", "stop"] {
        desk.submit(&format!("{path}/{step}"), []).await.is(409);
    }
    app.signed_in(&app.given_member("Reader"))
        .visit("/announcements/another")
        .await
        .is(404);
}

#[actix_web::test]
async fn what_a_crash_left_half_written_goes_on_and_nobody_gets_it_twice() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let people: Vec<Member> = (0..130).map(|n| asked(&app, &format!("Member {n}"))).collect();
    let path = draft(&desk, &[]).await;
    // As if the server had died right after the press: confirmed, nothing written.
    let id = oxsop::announcements::AnnouncementId::from(path.rsplit('/').next().expect("an id"));
    let by =
        app.authority(&app.read(|conn| {
            Ok(oxsop::members::store::by_email(conn, "coordinator@example.org")?.expect("a coordinator"))
        }));
    app.write(|tx, ctx| {
        let now = oxsop::announcements::When::Now;
        oxsop::announcements::confirm(tx, ctx, &by, &id, 1, people.len(), &now)
            .map_err(|e| oxsop::platform::db::DbError::Cut(e.to_string()))
    });
    assert_eq!(queued(&app), 0);
    app.tick();
    assert_eq!(queued(&app), 100, "a batch");
    desk.visit(&path).await.shows("Waiting 130").shows("Altogether 130");
    app.tick();
    app.tick();
    assert_eq!(queued(&app), 130);
    app.deliver_mail().await;
    app.tick();
    app.deliver_mail().await;
    let mut came = came(&app);
    came.dedup();
    assert_eq!(came.len(), 130);
    let page = desk.visit(&path).await;
    page.shows("Sent 130").shows("Page 1");
    desk.visit(&format!("{path}?page=3")).await.shows("Member 99 Sent");
}

#[actix_web::test]
async fn placeholders_that_are_not_on_the_list_are_refused_with_their_place() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    for hostile in [
        "{{env \"X\"}}",
        "{{lookup this \"x\"}}",
        "{{> p}}",
        "{{#each members}}",
        "{{name.__x__}}",
        "{{{name}}}",
        "{{password_hash}}",
    ] {
        let body = format!("Dear all,\n\nsee {hostile} there");
        let page = desk.submit("/coordinate/announcements", form(&[("body", &body)])).await;
        page.is(422)
            .shows("Line 3, character 5: “")
            .shows("You can use {{name}}, {{affiliation}}")
            .shows("Dear all,");
        let page = desk
            .submit("/coordinate/announcements", form(&[("subject", hostile)]))
            .await;
        page.is(422).shows("Line 1, character 1: “");
        assert!(
            page.body.contains("name=\"subject\" type=\"text\" value=\"{{"),
            "what was typed stays:\n{}",
            page.body
        );
    }
    desk.visit("/coordinate/announcements")
        .await
        .shows("Nothing has been announced yet");
}

#[actix_web::test]
async fn what_a_member_is_called_is_never_read_as_anything_else() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = asked(&app, "Ana");
    let name = "[x](http://evil.example) {{env \"HOME\"}} {{affiliation}} <script>alert(1)</script>";
    app.write(|tx, _| {
        diesel::update(members::table.find(&ana.id))
            .set(members::name.eq(name))
            .execute(tx)?;
        Ok(())
    });
    let path = draft(&desk, &[]).await;
    send(&desk, &path, &[("number", "1")]).await;
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    assert_eq!(mail.subject, format!("News for {name}"));
    assert!(
        mail.text.starts_with(&format!("Dear {name} of Sample Trust,")),
        "{}",
        mail.text
    );
    assert!(
        !mail.html.contains("<script") && !mail.html.contains("href=\"http://evil.example"),
        "{}",
        mail.html
    );
    // Raw HTML, pictures and links without a scheme in the text itself become words (S32).
    let body =
        "<img src=x onerror=alert(1)> ![p](https://t.example/p.gif) [a](//evil.example) [b](javascript:alert(1))";
    let page = desk
        .submit("/coordinate/announcements", form(&[("body", body), ("do", "preview")]))
        .await;
    let preview = page
        .is(200)
        .body
        .split("id=\"preview\"")
        .nth(1)
        .expect("a preview")
        .to_owned();
    for banned in [
        "<img",
        "onerror=\"",
        "href=\"//",
        "href=\"javascript",
        " src=\"https://t",
    ] {
        assert!(!preview.contains(banned), "{banned}: {preview}");
    }
}

#[actix_web::test]
async fn every_button_of_the_form_keeps_what_was_typed_and_saves_nothing() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = asked(&app, "Ana");
    let typed = [
        ("subject", "Half a {{thought"),
        ("body", "Not *yet* {{done}}"),
        ("group_1_row_1_what", "role:researcher"),
    ];
    for button in ["row-1", "group", "preview", "load", "keep"] {
        let fields = form(&[typed[0], typed[1], typed[2], ("do", button)]);
        let page = desk.submit("/coordinate/announcements", fields).await;
        assert!(
            page.body.contains("Half a {{thought") && page.body.contains("Not *yet* {{done}}"),
            "{button}"
        );
        assert!(page.body.contains("value=\"role:researcher\" selected"), "{button}");
        if button == "row-1" {
            assert!(page.body.contains("group_1_row_2_what"));
        }
        if button == "group" {
            page.shows("Group 2").shows("Those in all of the groups");
        }
    }
    desk.visit("/coordinate/announcements")
        .await
        .shows("Nothing has been announced yet");
    let fields = form(&[typed[2], ("do", "preview")]);
    desk.submit("/coordinate/announcements", fields)
        .await
        .shows("News for Coordinator")
        .shows("Everyone who has the role “researcher”.")
        .shows("It goes to 1 person");
    // An audience is kept under a name and filled in again.
    let fields = form(&[typed[2], ("do", "keep"), ("keep_as", "Researchers")]);
    desk.submit("/coordinate/announcements", fields)
        .await
        .is(200)
        .shows("The audience is kept as “Researchers”.");
    let page = desk.visit("/coordinate/announcements/new").await;
    let id = page
        .body
        .split("\">Researchers</option>")
        .next()
        .and_then(|before| before.rsplit('"').next());
    let id = id.expect("the kept audience").to_owned();
    let page = desk
        .submit("/coordinate/announcements", form(&[("do", "load"), ("saved", &id)]))
        .await;
    assert!(page.is(200).body.contains("value=\"role:researcher\" selected"));
    // A second editor is warned, and neither's words are lost.
    let path = draft(&desk, &[]).await;
    desk.submit(&path, form(&[("version", "1"), ("subject", "Mine")]))
        .await
        .is(200)
        .shows("Mine");
    desk.submit(&path, form(&[("version", "1"), ("subject", "Theirs")]))
        .await
        .is(409)
        .shows("This draft has been saved since you opened this page.");
    desk.submit(&path, form(&[("version", "2"), ("subject", "Theirs")]))
        .await
        .is(200)
        .shows("Theirs");
    app.signed_in(&ana).visit("/announcements/mine").await.is(404);
}

#[actix_web::test]
async fn an_audience_finds_whom_its_sentence_names() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let people = [
        ("Ana", "DE", "researcher", "Choirs"),
        ("Ben", "AU", "student", "gardens"),
        ("Carla", "GB", "student", "choirs; gardens"),
        ("Dora", "DE", "policy", ""),
    ];
    for (name, country, role, interests) in people {
        let member = app.given_member_in(name, country, "Europe/Berlin");
        wants(&app, &member, true);
        app.write(|tx, _| {
            diesel::update(members::table.find(&member.id))
                .set((members::role.eq(role), members::interests.eq(interests)))
                .execute(tx)?;
            Ok(())
        });
    }
    let meeting = crate::meetings::scheduled(&app, &desk, &[]).await;
    let mail = app.only_mail("ben@example.org");
    let link = link_in(&mail.text, "/rsvp/");
    app.all_mail();
    app.visitor().submit(&link, [("answer", "yes")]).await.is(200);
    let id = format!("meeting:{}", meeting.rsplit('/').next().expect("an id"));
    let rows = |n: usize, field: &str| format!("group_1_row_{n}_{field}");
    for (conditions, how, sentence, who) in [
        (
            vec![("with", "country:DE", "")],
            "all",
            "Everyone who is in Germany.",
            "Ana Dora",
        ),
        (
            vec![("without", "country:DE", "")],
            "all",
            "Everyone who is not in Germany.",
            "Ben Carla Coordinator",
        ),
        (
            vec![("with", "country:DE", ""), ("with", "country:AU", "")],
            "any",
            "Everyone who is in Germany or Australia.",
            "Ana Ben Dora",
        ),
        (
            vec![("with", "country:DE", ""), ("without", "role:policy", "")],
            "all",
            "Everyone who is in Germany and does not have the role “policy”.",
            "Ana",
        ),
        (
            vec![("with", "interest", "choir")],
            "all",
            "Everyone who is interested in “choir”.",
            "Ana Carla",
        ),
        (
            vec![("with", "joined-since", "1/2/2024")],
            "all",
            "Everyone who joined on 1 February 2024 or later.",
            "",
        ),
        (
            vec![("with", &id, "")],
            "all",
            "Everyone who said yes to “Maps and gardens”.",
            "Ben",
        ),
        (
            vec![("with", "never-answered", ""), ("with", "role:student", "")],
            "all",
            "Everyone who has never answered an invitation and has the role “student”.",
            "Carla",
        ),
    ] {
        let mut fields = vec![
            ("subject".to_owned(), "News".to_owned()),
            ("body".to_owned(), "Words".to_owned()),
            ("do".to_owned(), "save".to_owned()),
            ("group_1_how".to_owned(), how.to_owned()),
        ];
        for (n, (is, what, word)) in conditions.iter().enumerate() {
            fields.push((rows(n + 1, "is"), (*is).to_owned()));
            fields.push((rows(n + 1, "what"), (*what).to_owned()));
            fields.push((rows(n + 1, "word"), (*word).to_owned()));
        }
        let fields: Vec<(&str, &str)> = fields.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        let page = desk.submit("/coordinate/announcements", fields).await;
        page.is(200).shows(sentence);
        let list = desk.visit(&format!("{}/audience", page.path)).await;
        list.shows(sentence);
        let named: Vec<&str> = ["Ana", "Ben", "Carla", "Coordinator", "Dora"]
            .into_iter()
            .filter(|name| list.body.contains(&format!("\">{name}</a></th>")))
            .collect();
        assert_eq!(named.join(" "), who, "{sentence}");
    }
    app.ignore_mail();
}

#[actix_web::test]
async fn a_scheduled_one_goes_at_its_local_time_across_a_change_of_the_clocks() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = asked(&app, "Ana");
    let ben = asked(&app, "Ben");
    let path = draft(&desk, &[]).await;
    let later = |goes: &'static str| [("when", "later"), ("goes", goes), ("number", "2")];
    send(&desk, &path, &later("2027-02-28T09:00"))
        .await
        .is(422)
        .shows("That time is past");
    send(&desk, &path, &later("2027-03-28T01:30"))
        .await
        .is(422)
        .shows("the clocks go forward over this time, so it does not exist");
    // 09:00 in London is 08:00 UTC after the change on 28 March.
    send(&desk, &path, &later("2027-04-02T09:00"))
        .await
        .is(200)
        .shows("Scheduled: it goes to 2 people on Friday 2 April 2027, 09:00 London.")
        .shows("It goes on Friday 2 April 2027, 09:00 London");
    // Who joins or asks for it now is not among those whose number was confirmed; who ends it now gets nothing.
    asked(&app, "Late");
    wants(&app, &ben, false);
    app.app
        .clock
        .set(At::parse("2027-04-02T07:59:59Z").expect("an instant"));
    app.tick();
    app.deliver_mail().await;
    assert!(came(&app).is_empty());
    app.app
        .clock
        .set(At::parse("2027-04-02T08:00:00Z").expect("an instant"));
    for _ in 0..3 {
        app.tick();
        app.deliver_mail().await;
    }
    assert_eq!(came(&app), [ana.email.as_str()]);
    let desk = fresh(&app).await;
    desk.visit(&path)
        .await
        .shows("Ben Not sent not sent: they take no announcements any more");
    // Taken back in time, it is a draft again and nobody gets it.
    let path = draft(&desk, &[("subject", "Too early")]).await;
    send(&desk, &path, &later("2027-05-02T09:00"))
        .await
        .is(200)
        .shows("Scheduled");
    desk.submit(&format!("{path}/stop"), [])
        .await
        .is(200)
        .shows("Taken back")
        .shows("Go on to sending");
    app.app
        .clock
        .set(At::parse("2027-05-02T09:00:00Z").expect("an instant"));
    app.tick();
    app.deliver_mail().await;
    assert!(came(&app).is_empty());
}

/// The same coordinator with a session of today.
async fn fresh(app: &TestApp) -> Actor<'_> {
    let member =
        app.read(|conn| Ok(oxsop::members::store::by_email(conn, "coordinator@example.org")?.expect("a coordinator")));
    let cookie = app.write(|tx, ctx| oxsop::web::start_session(tx, ctx, &member.id, true));
    let desk = app.visitor();
    desk.keep_cookie(&cookie);
    desk.visit("/coordinate/announcements/new").await.is(200);
    desk
}

#[actix_web::test]
async fn the_archive_is_for_members_and_for_everyone_where_that_was_chosen() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = asked(&app, "Ana");
    let inside = draft(&desk, &[("subject", "Inside news")]).await;
    let public = draft(&desk, &[("subject", "Public news"), ("is_public", "yes")]).await;
    let (member, visitor) = (app.signed_in(&ana), app.visitor());
    member
        .visit("/announcements")
        .await
        .is(200)
        .shows("No announcements yet");
    visitor
        .visit("/announcements")
        .await
        .is(200)
        .shows("No public announcements");
    member.visit("/announcements/inside-news").await.is(404);
    for path in [&inside, &public] {
        send(&desk, path, &[("number", "1")]).await.is(200);
    }
    app.deliver_mail().await;
    app.ignore_mail();
    member
        .visit("/announcements")
        .await
        .shows("Inside news")
        .shows("Public news")
        .shows("1 March 2027");
    member
        .visit("/announcements/inside-news")
        .await
        .is(200)
        .shows("Dear member of your organisation,")
        .hides("Dear Ana");
    visitor
        .visit("/announcements")
        .await
        .shows("Public news")
        .hides("Inside news");
    visitor
        .visit("/announcements/public-news")
        .await
        .is(200)
        .shows("Dear member of your organisation,");
    visitor.visit("/announcements/inside-news").await.is(404);
    // Stopped before anybody got it, it is gone from the archive.
    let path = draft(&desk, &[("subject", "Third"), ("is_public", "yes")]).await;
    send(&desk, &path, &[("number", "1")]).await.is(200);
    visitor.visit("/announcements/third").await.is(200);
    desk.submit(&format!("{path}/stop"), []).await.is(200);
    visitor.visit("/announcements/third").await.is(404);
}

#[actix_web::test]
async fn the_link_to_the_web_leads_there_for_as_long_as_somebody_has_the_mail() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = asked(&app, "Ana");
    asked(&app, "Ben");
    let path = draft(&desk, &[("subject", "Inside news")]).await;
    send(&desk, &path, &[("number", "2")]).await.is(200);
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    app.all_mail();
    // Whoever is not signed in does so first.
    let link = link_in(&mail.text, "/sign-in");
    assert_eq!(link, "/sign-in?next=/announcements/inside-news");
    let (member, visitor) = (app.signed_in(&ana), app.visitor());
    visitor.visit(&link).await.is(200).shows("Send me a link");
    let page = member.visit(&link).await;
    page.is(200).shows("Dear member of your organisation,");
    assert_eq!(page.path, "/announcements/inside-news");
    // Resting half-way it is still there; stopped half-way it is for members only, for something was wrong with it.
    let path = draft(&desk, &[("subject", "Public news"), ("is_public", "yes")]).await;
    send(&desk, &path, &[("number", "2")]).await.is(200);
    app.write(|tx, _| {
        diesel::update(outbox::table.filter(outbox::to_email.eq("ben@example.org")))
            .filter(outbox::status.eq(Status::Queued))
            .set(outbox::next_try_at.eq(At::parse("2027-03-01T12:00:00Z").expect("an instant")))
            .execute(tx)?;
        Ok(())
    });
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    let link = link_in(&mail.text, "/announcements/");
    for step in ["pause", "stop"] {
        desk.submit(&format!("{path}/{step}"), [])
            .await
            .is(200)
            .shows("in the archive");
        member.visit(&link).await.is(200);
        let list = visitor.visit("/announcements").await;
        if step == "pause" {
            list.shows("Public news");
            visitor.visit(&link).await.is(200);
        } else {
            list.hides("Public news");
            visitor.visit(&link).await.is(404);
            visitor.visit("/sitemap.xml").await.hides("public-news");
        }
    }
    assert!(came(&app).is_empty(), "Ben’s was dropped");
}

#[actix_web::test]
async fn nothing_left_to_go_it_is_shown_as_sent_at_once_and_noted_at_the_next_tick() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    asked(&app, "Ana");
    let path = draft(&desk, &[]).await;
    for state in ["sending", "paused"] {
        if state == "sending" {
            send(&desk, &path, &[("number", "1")]).await.shows("Pause it");
        } else {
            app.write(|tx, _| {
                diesel::update(announcements::table)
                    .set(announcements::status.eq("paused"))
                    .execute(tx)?;
                Ok(())
            });
        }
        app.deliver_mail().await;
        app.all_mail();
        desk.visit(&path)
            .await
            .shows("Sent")
            .hides("On its way")
            .hides("Paused")
            .hides("Pause it")
            .hides("Go on sending")
            .hides("Stop it for good");
        desk.visit("/coordinate/announcements")
            .await
            .shows("Sent")
            .hides("Paused");
        for step in ["pause", "resume", "stop"] {
            desk.submit(&format!("{path}/{step}"), []).await.is(409);
        }
        let status =
            || -> String { app.read(|conn| Ok(announcements::table.select(announcements::status).first(conn)?)) };
        assert_eq!(status(), state, "looking writes nothing");
        app.tick();
        assert_eq!(status(), "sent");
    }
}

#[actix_web::test]
async fn one_that_cannot_be_sent_holds_up_no_other() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    asked(&app, "Ana");
    let (broken, path) = (
        draft(&desk, &[]).await,
        draft(&desk, &[("subject", "Other news")]).await,
    );
    let later = [("when", "later"), ("goes", "2027-03-01T12:00"), ("number", "1")];
    for path in [&broken, &path] {
        send(&desk, path, &later).await.is(200);
    }
    // As if an upgrade had taken a placeholder away.
    app.write(|tx, _| {
        let id = broken.rsplit('/').next().unwrap_or_default();
        diesel::update(announcements::table.filter(announcements::id.eq(id)))
            .set(announcements::body.eq("Dear {{gone}},"))
            .execute(tx)?;
        Ok(())
    });
    app.app
        .clock
        .set(At::parse("2027-03-01T12:00:00Z").expect("an instant"));
    app.tick();
    app.deliver_mail().await;
    assert_eq!(app.only_mail("ana@example.org").subject, "Other news");
    assert!(came(&app).is_empty());
}

#[actix_web::test]
async fn a_test_goes_to_its_writer_alone_and_every_step_is_in_the_history() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    asked(&app, "Ana");
    let path = draft(&desk, &[]).await;
    desk.submit(&format!("{path}/test"), [])
        .await
        .is(200)
        .shows("A test is on its way to coordinator@example.org.");
    app.deliver_mail().await;
    let mail = app.only_mail("coordinator@example.org");
    assert!(came(&app).is_empty());
    assert_eq!(mail.subject, "Test: News for Coordinator");
    assert!(
        mail.text.starts_with("This is a test. Nobody else has got it."),
        "{}",
        mail.text
    );
    // It leads to where the draft stands, and has nothing that would be ended.
    assert_eq!(link_in(&mail.text, "/coordinate/"), path);
    for part in [&mail.text, &mail.html] {
        assert!(
            !part.contains("/announcements/news")
                && !part.contains("announcements:")
                && !part.contains("End announcements")
        );
    }
    send(&desk, &path, &[("number", "1")]).await;
    desk.submit(&format!("{path}/pause"), []).await;
    desk.submit(&format!("{path}/resume"), []).await;
    app.deliver_mail().await;
    app.tick();
    assert_eq!(came(&app), ["ana@example.org"]);
    let thrown = draft(&desk, &[("subject", "Other")]).await;
    desk.submit(&format!("{thrown}/removal"), [])
        .await
        .is(200)
        .shows("The draft is gone.")
        .hides(">Other<");
    let history: Vec<String> = app.read(|conn| {
        Ok(audit::table
            .filter(audit::about.like("announcement:%"))
            .order(audit::id)
            .select(audit::what)
            .load(conn)?)
    });
    assert_eq!(
        history,
        [
            "wrote an announcement",
            "sent an announcement",
            "paused an announcement",
            "resumed an announcement",
            "finished an announcement",
            "wrote an announcement",
            "threw an announcement away"
        ]
    );
}
