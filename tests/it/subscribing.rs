//! Subscribing: the way into each program, what a calendar shows, who fetched it, a new address.

use actix_web::http::{Method, header};
use actix_web::test::TestRequest;
use diesel::connection::SimpleConnection;
use oxsop::members::Member;
use oxsop::members::calendar::{Program, store};
use oxsop::platform::clock::{At, days, hours, minutes};
use oxsop::platform::db::Conn;
use oxsop::web::moment;

use crate::calendars::own_address;
use crate::invitations::{leave, value};
use crate::meetings::{LINK, change, desk, desk_of, scheduled};
use crate::support::{Actor, Page, TestApp};

const GOOGLE: (&str, &str) = ("user-agent", "Google-Calendar-Importer");
const APPLE: (&str, &str) = ("user-agent", "iOS/17.4 (21E219) dataaccessd/1.0");

/// Reads a feed as a program does, and gives it back without folds.
async fn feed(app: &TestApp, address: &str) -> String {
    let page = app.visitor().get(address, &[]).await;
    page.is(200).body.replace("\r\n ", "")
}

async fn say(browser: &Actor<'_>, answer: &str) {
    browser.visit("/meetings/maps-and-gardens").await;
    let page = browser
        .submit("/meetings/maps-and-gardens/answer", [("answer", answer)])
        .await;
    page.is(200);
}

async fn choose(browser: &Actor<'_>, shows: &str) -> Page {
    browser.visit("/me/calendar").await;
    browser.submit("/me/calendar/choice", [("shows", shows)]).await
}

fn fetches(app: &TestApp, member: &Member) -> Vec<(Program, At)> {
    app.read(|conn| Ok(store::own(conn, &member.id)?.fetches))
}

/// Waits until a fetch since then is noted, for which nobody else waits; and says when it was.
async fn noted(app: &TestApp, member: &Member, program: Program, since: At) -> At {
    for _ in 0..4_000 {
        let found = fetches(app, member);
        let found = found.iter().find(|(by, at)| *by == program && *at >= since);
        if let Some((_, at)) = found {
            return *at;
        }
        actix_web::rt::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    panic!("no {program} since {since} among {:?}", fetches(app, member));
}

#[actix_web::test]
async fn each_program_has_its_way_and_the_page_says_how_slowly_it_looks() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let page = app.visitor().visit("/subscribe").await;
    page.is(200)
        .shows("about every 4 to 24 hours")
        .shows("about every 3 hours, at times after more than a day")
        .shows("about every 30 minutes while it is open")
        .shows("Google’s app takes no address on the phone")
        .shows("ICSx⁵");
    page.link("webcal://localhost:8080/calendar.ics");
    for (program, address) in [
        (
            "calendar.google.com/calendar/r?cid=",
            "webcal%3A%2F%2Flocalhost%3A8080%2Fcalendar.ics",
        ),
        (
            "outlook.live.com/calendar/0/addfromweb?url=",
            "http%3A%2F%2Flocalhost%3A8080%2Fcalendar.ics",
        ),
        (
            "outlook.office.com/calendar/0/addfromweb?url=",
            "http%3A%2F%2Flocalhost%3A8080%2Fcalendar.ics",
        ),
    ] {
        page.link(&format!("{program}{address}"));
    }
    // The address can be copied without any script, and the code is drawn in the page.
    assert!(
        page.body
            .contains("value=\"http://localhost:8080/calendar.ics\" readonly")
    );
    assert!(
        page.body
            .contains("<title id=\"qr-title\">QR code of the calendar address</title>")
    );
    page.hides("Whoever photographs it");
    // A member's buttons hold their own address, and nobody keeps that page.
    let address = own_address(&app, &ana);
    let browser = app.signed_in(&ana);
    for path in ["/subscribe", "/me/calendar"] {
        let own = browser.visit(path).await;
        own.is(200).shows("Whoever photographs it can read your meetings");
        own.link(&format!("webcal://localhost:8080{address}"));
        let quoted = address.replace('/', "%2F");
        own.link(&format!(
            "calendar.google.com/calendar/r?cid=webcal%3A%2F%2Flocalhost%3A8080{quoted}"
        ));
        own.link(&format!("addfromweb?url=http%3A%2F%2Flocalhost%3A8080{quoted}"));
        assert!(
            own.body
                .contains(&format!("value=\"http://localhost:8080{address}\" readonly"))
        );
        assert!(own.body.contains("QR code of your own calendar address"));
        assert_eq!(
            (own.header("cache-control"), own.header("referrer-policy")),
            ("no-store", "no-referrer")
        );
        assert_eq!(own.header("x-robots-tag"), "noindex");
    }
    app.visitor().visit("/subscribe").await.hides(&address);
}

#[actix_web::test]
async fn the_page_itself_asks_nothing_of_anybody_else() {
    let app = TestApp::start().await;
    let ana = app.signed_in(&app.given_member("Ana"));
    for page in [
        app.visitor().visit("/subscribe").await,
        ana.visit("/subscribe").await,
        ana.visit("/me/calendar").await,
    ] {
        for attribute in [
            "src=\"",
            "action=\"",
            "<use href=\"",
            "<link rel=\"stylesheet\" href=\"",
        ] {
            for rest in page.body.split(attribute).skip(1) {
                assert!(rest.starts_with('/'), "{attribute}{}", &rest[..rest.len().min(60)]);
            }
        }
        for tag in ["<img", "<iframe", "<object", "style=", "onclick"] {
            page.hides(tag);
        }
        // Who is pressed does not learn where from.
        for rest in page
            .body
            .split("<a ")
            .skip(1)
            .filter(|rest| rest.contains("href=\"https://"))
        {
            let tag = rest.split('>').next().unwrap_or_default();
            assert!(tag.contains("noreferrer") || tag.contains("ico.org.uk"), "{tag}");
        }
    }
}

#[actix_web::test]
async fn one_address_follows_every_later_choice() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    scheduled(&app, &desk, &[]).await;
    app.ignore_mail();
    let (address, browser, reader) = (own_address(&app, &ana), app.signed_in(&ana), app.visitor());
    browser
        .visit("/me/calendar")
        .await
        .shows("Now it shows all meetings you are invited to");
    let all = reader.get(&address, &[]).await;
    assert!(all.body.contains("SUMMARY:Maps and gardens"));

    let chosen = choose(&browser, "yes").await;
    chosen
        .is(200)
        .shows("Your calendar now shows only the meetings you said yes to");
    chosen.shows("Now it shows only the meetings you said yes to");
    browser
        .visit("/subscribe")
        .await
        .shows("It shows only the meetings you said yes to");
    let open = reader.get(&address, &[("if-none-match", all.header("etag"))]).await;
    open.is(200).hides("VEVENT");
    assert!(feed(&app, &address).await.contains("only the meetings you said yes to"));
    for (answer, is_in_yes, is_in_maybe) in [("maybe", false, true), ("yes", true, true), ("no", false, false)] {
        say(&browser, answer).await;
        choose(&browser, "yes").await.is(200);
        assert_eq!(feed(&app, &address).await.contains("VEVENT"), is_in_yes, "{answer}");
        choose(&browser, "yes-or-maybe").await.is(200);
        assert_eq!(feed(&app, &address).await.contains("VEVENT"), is_in_maybe, "{answer}");
        choose(&browser, "all").await.is(200);
        assert!(feed(&app, &address).await.contains("VEVENT"), "{answer}");
    }
    // The same state is the same bytes, whenever and however often it is read.
    choose(&browser, "yes").await;
    app.advance(minutes(1)).await;
    let first = reader.get(&address, &[]).await;
    app.advance(hours(5)).await;
    let second = reader.get(&address, &[]).await;
    assert_eq!(first.body, second.body);
    assert_eq!(first.header("etag"), second.header("etag"));
    assert_eq!(first.header("last-modified"), second.header("last-modified"));
    app.deliver_mail().await;
}

#[actix_web::test]
async fn a_choice_that_is_none_changes_nothing_and_says_so() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let browser = app.signed_in(&ana);
    for wrong in ["", "none", "YES", "all; drop"] {
        let page = choose(&browser, wrong).await;
        page.is(422)
            .shows("Choose one of the three.")
            .shows("Now it shows all meetings");
    }
    let own = app.read(|conn| store::own(conn, &ana.id));
    assert_eq!(own.chosen_at, None);
}

#[actix_web::test]
async fn a_meeting_said_yes_to_stays_with_a_new_time_and_when_it_is_cancelled() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let (ana, berta) = (app.given_member("Ana"), app.given_member("Berta"));
    let path = scheduled(&app, &desk, &[]).await;
    app.ignore_mail();
    app.deliver_mail().await;
    let browsers = [app.signed_in(&ana), app.signed_in(&berta)];
    for (browser, answer) in browsers.iter().zip(["yes", "maybe"]) {
        say(browser, answer).await;
        choose(browser, "yes").await.is(200);
    }
    let moved = [("starts", "2027-03-25T15:00"), ("ends", "2027-03-25T16:30")];
    change(&desk, &path, &moved, "yes").await.is(200);
    // The new time asks again; only who had said yes still sees it, and at its new time.
    let anas = feed(&app, &own_address(&app, &ana)).await;
    assert_eq!(value(&anas, "DTSTART"), "20270325T150000Z");
    assert!(anas.contains("PARTSTAT=NEEDS-ACTION"));
    assert!(!feed(&app, &own_address(&app, &berta)).await.contains("VEVENT"));
    // An answer counts from then on.
    say(&browsers[0], "no").await;
    assert!(!feed(&app, &own_address(&app, &ana)).await.contains("VEVENT"));
    say(&browsers[0], "yes").await;
    desk.submit(&format!("{path}/cancellation"), []).await.is(200);
    let cancelled = feed(&app, &own_address(&app, &ana)).await;
    assert_eq!(value(&cancelled, "STATUS"), "CANCELLED");
    assert!(!cancelled.contains(LINK));
    app.advance(days(29)).await;
    assert!(feed(&app, &own_address(&app, &ana)).await.contains("STATUS:CANCELLED"));
    app.advance(days(2)).await;
    assert!(!feed(&app, &own_address(&app, &ana)).await.contains("VEVENT"));
    app.deliver_mail().await;
}

#[actix_web::test]
async fn a_new_address_ends_the_old_one_at_once() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let (old, browser, reader) = (own_address(&app, &ana), app.signed_in(&ana), app.visitor());
    reader.get(&old, &[GOOGLE]).await.is(200);
    noted(&app, &ana, Program::Google, app.app.now().minus(minutes(5))).await;
    let before = browser.visit("/me/calendar").await;
    before.shows("The old one ends at once").shows("This cannot be undone");
    let after = browser.submit("/me/calendar/renewal", []).await;
    after
        .is(200)
        .shows("You have a new address")
        .shows("Not fetched yet")
        .hides(&old);
    let gone = reader.get(&old, &[GOOGLE]).await;
    let never = reader.get("/calendar/aaaaaaaaaaaaaaaaaaaaaaaaaa.ics", &[GOOGLE]).await;
    assert_eq!((gone.status.as_u16(), &gone.body), (404, &never.body));
    let renewed = app
        .read(|conn| oxsop::members::store::find(conn, &ana.id))
        .expect("Ana");
    assert_ne!(own_address(&app, &renewed), old);
    reader.get(&own_address(&app, &renewed), &[]).await.is(200);
    after.link(&own_address(&app, &renewed));
    // What was read at the old address and written late is not taken for a fetch of the new one.
    app.write(|tx, ctx| oxsop::members::calendar::actions::note_fetch(tx, ctx, &ana, Program::Apple));
    assert!(
        fetches(&app, &ana)
            .iter()
            .all(|(program, _)| *program == Program::Other)
    );
}

#[actix_web::test]
async fn whoever_guesses_addresses_is_slowed_down() {
    let app = TestApp::start_with("[limits]\nposts_per_ip_15_minutes = 3").await;
    let ana = app.given_member("Ana");
    let guesser = app.visitor().at_ip("198.51.100.7");
    for guess in 0..3 {
        guesser.get(&format!("/calendar/{guess:0>26}.ics"), &[]).await.is(404);
    }
    guesser
        .get("/calendar/zzzzzzzzzzzzzzzzzzzzzzzzzz.ics", &[])
        .await
        .is(429);
    // Programs that know their address are never in the way of that.
    guesser.get(&own_address(&app, &ana), &[]).await.is(200);
}

#[actix_web::test]
async fn a_member_and_their_coordinator_see_which_program_fetched_and_when() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    let ana = app.given_member("Ana");
    let (address, browser, reader) = (own_address(&app, &ana), app.signed_in(&ana), app.visitor());
    browser
        .visit("/me/calendar")
        .await
        .shows("Not fetched yet")
        .shows("paste it there by hand");
    browser
        .visit("/me")
        .await
        .shows("No calendar program has fetched your meetings yet");
    let record = format!("/coordinate/members/{}", ana.id);
    desk.visit(&record).await.shows("Calendar last fetched not yet");

    reader.get(&address, &[GOOGLE]).await.is(200);
    let first = noted(&app, &ana, Program::Google, app.app.now().minus(minutes(5))).await;
    app.advance(minutes(50)).await;
    desk.visit(&record).await.is(200);
    reader.get(&address, &[GOOGLE]).await.is(200);
    reader.get(&address, &[APPLE]).await.is(200);
    let apple = noted(&app, &ana, Program::Apple, first).await;
    assert_eq!(fetches(&app, &ana), [(Program::Apple, apple), (Program::Google, first)]);
    app.advance(minutes(10)).await;
    // Also who has it already has fetched it.
    reader.get(&address, &[GOOGLE, ("if-none-match", "*")]).await.is(304);
    let second = noted(&app, &ana, Program::Google, first.plus(hours(1))).await;

    let words = |at| moment(at, "Europe/London").text;
    browser
        .visit("/me/calendar")
        .await
        .shows(&format!("Google Calendar {}", words(second)))
        .shows(&format!("Apple Calendar {}", words(apple)))
        .hides("Not fetched yet");
    browser.visit("/me").await.shows(&format!(
        "Your calendar was last fetched {} , by Google Calendar",
        words(second)
    ));
    desk.visit(&record)
        .await
        .shows(&format!("Calendar last fetched {}, by Google Calendar", words(second)));
    browser.visit("/me/privacy").await;
    let own = browser.post("/me/privacy/export", []).await;
    own.shows("\"program\": \"Google Calendar\"")
        .hides("Importer")
        .hides("192.0.2.1");
    leave(&app, &ana);
    app.ignore_mail();
    assert!(fetches(&app, &ana).is_empty());
}

#[actix_web::test]
async fn a_calendar_does_not_wait_for_its_fetch_to_be_noted() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let mut busy = app.app.db.conn().expect("a connection");
    let busy: &mut Conn = &mut busy;
    let lock = match busy {
        Conn::Sqlite(_) => "BEGIN IMMEDIATE",
        Conn::Postgres(_) => "BEGIN; LOCK TABLE calendar_fetches IN EXCLUSIVE MODE",
    };
    busy.batch_execute(lock).expect("the table is taken");
    app.visitor().get(&own_address(&app, &ana), &[GOOGLE]).await.is(200);
    assert!(fetches(&app, &ana).is_empty());
    busy.batch_execute("ROLLBACK").expect("the table is free");
    noted(&app, &ana, Program::Google, app.app.now().minus(minutes(5))).await;
}

#[actix_web::test]
async fn feeds_say_about_themselves_what_programs_ask() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let own = own_address(&app, &ana);
    for address in ["/calendar.ics", own.as_str()] {
        let feed = feed(&app, address).await;
        for line in [
            "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
            "X-PUBLISHED-TTL:PT1H",
            "COLOR:seagreen",
            "X-APPLE-CALENDAR-COLOR:#1D6242",
            "URL:http://localhost:8080/meetings",
            &format!("SOURCE;VALUE=URI:http://localhost:8080{address}"),
        ] {
            assert_eq!(feed.lines().filter(|own| *own == line).count(), 1, "{line} in\n{feed}");
        }
        assert_eq!(value(&feed, "NAME"), value(&feed, "X-WR-CALNAME"));
        assert_eq!(value(&feed, "LAST-MODIFIED"), value(&feed, "DTSTAMP"));
        assert!(!feed.contains("METHOD"));
        let conference = "CONFERENCE;FEATURE=VIDEO;LABEL=\"Join the meeting\";VALUE=URI:";
        assert_eq!(feed.contains(conference), address == own, "{feed}");
    }
}

#[actix_web::test]
async fn whoever_has_a_calendar_already_is_told_so() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    // Long enough for compression to be worth it.
    scheduled(&app, &desk, &[("summary", &"How maps are made. ".repeat(60))]).await;
    app.all_mail();
    app.advance(minutes(1)).await;
    let own = own_address(&app, &ana);
    let reader = app.visitor();
    for address in ["/calendar.ics", own.as_str()] {
        let plain = reader.get(address, &[]).await;
        let packed = reader.get(address, &[("accept-encoding", "gzip, deflate")]).await;
        let (etag, gzip_etag) = (plain.header("etag"), packed.header("etag"));
        assert!(etag.starts_with('"') && gzip_etag.starts_with('"') && etag != gzip_etag);
        assert_eq!(
            (plain.header("content-encoding"), packed.header("content-encoding")),
            ("", "gzip")
        );
        assert!(plain.header("vary").contains("accept-encoding"), "{address}");
        let date = plain.header("last-modified");
        assert!(date.starts_with("Mon, 01 Mar 2027 09:00:"), "{date} of {address}");
        let (weak, list) = (format!("W/{etag}"), format!("\"a\", {etag}"));
        let later = "Tue, 02 Mar 2027 09:00:00 GMT";
        for (headers, status) in [
            (vec![("if-none-match", etag)], 304),
            (vec![("if-none-match", weak.as_str())], 304),
            (vec![("if-none-match", list.as_str())], 304),
            (vec![("if-none-match", "*")], 304),
            (vec![("if-none-match", gzip_etag)], 200),
            (vec![("if-none-match", gzip_etag), ("accept-encoding", "gzip")], 304),
            (vec![("if-none-match", "\"a\"")], 200),
            (vec![("if-modified-since", date)], 304),
            (vec![("if-modified-since", later)], 304),
            (vec![("if-modified-since", "Mon, 01 Mar 2027 08:59:59 GMT")], 200),
            (vec![("if-modified-since", "lately")], 200),
            // The ETag wins over the date.
            (vec![("if-none-match", "\"a\""), ("if-modified-since", later)], 200),
        ] {
            let page = reader.get(address, &headers).await;
            assert_eq!(page.status.as_u16(), status, "{address} {headers:?}");
            if status == 304 {
                assert!(page.body.is_empty());
                for name in ["cache-control", "vary", "last-modified", "x-content-type-options"] {
                    assert_eq!(page.header(name), plain.header(name), "{name} of {address}");
                }
                assert!(!page.header("etag").is_empty());
            }
        }
        let head = TestRequest::with_uri(address)
            .method(Method::HEAD)
            .insert_header((header::HOST, "localhost:8080"))
            .peer_addr("192.0.2.1:1".parse().expect("an address"));
        let head = app.call(head.to_request()).await;
        assert_eq!(head.status(), 200);
        for name in ["etag", "last-modified", "content-type", "cache-control"] {
            let told = head
                .headers()
                .get(name)
                .and_then(|v| v.to_str().ok())
                .unwrap_or_default();
            assert_eq!(told, plain.header(name), "{name} of {address}");
        }
    }
    let private = reader.get(&own, &[("if-none-match", "*")]).await;
    assert_eq!(private.header("cache-control"), "private, no-cache");
    assert_eq!(private.header("x-robots-tag"), "noindex");
    assert_eq!(private.header("referrer-policy"), "no-referrer");
}

/// Whether a reader that goes by dates alone learns of what has happened since it last looked.
async fn learns(app: &TestApp, address: &str, seen: &mut String) -> bool {
    let since = seen.clone();
    let page = app.visitor().get(address, &[("if-modified-since", &since)]).await;
    if page.status == 200 {
        *seen = page.header("last-modified").to_owned();
    }
    page.status == 200
}

#[actix_web::test]
async fn what_disappears_is_a_change_too() {
    const RIVERS: [(&str, &str); 3] = [
        ("title", "Rivers"),
        ("starts", "2027-05-05T15:00"),
        ("ends", "2027-05-05T16:00"),
    ];
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    let own = own_address(&app, &ana);
    let first = desk(&app).await;
    let maps = scheduled(&app, &first, &[]).await;
    let rivers = scheduled(&app, &first, &RIVERS).await;
    app.ignore_mail();
    app.advance(days(1)).await;
    let mut readers = [("/calendar.ics", String::new()), (own.as_str(), String::new())];
    let second = desk_of(&app, "Second").await;
    second.submit(&format!("{maps}/cancellation"), []).await.is(200);
    for (address, seen) in &mut readers {
        assert!(learns(&app, address, seen).await, "{address}");
    }
    app.advance(days(29)).await;
    for (address, seen) in &mut readers {
        assert!(!learns(&app, address, seen).await, "{address}");
    }
    // A cancelled meeting has had its month: nobody touched anything.
    app.advance(days(2)).await;
    for (address, seen) in &mut readers {
        assert!(learns(&app, address, seen).await, "{address}");
        assert!(!learns(&app, address, seen).await, "{address}");
    }
    // A meeting is for members only from now on: the public calendar loses it.
    app.advance(minutes(2)).await;
    let third = desk_of(&app, "Third").await;
    let hidden: Vec<_> = RIVERS.into_iter().chain([("visibility", "members")]).collect();
    change(&third, &rivers, &hidden, "no").await.is(200);
    let [(public, seen), (own, seen_own)] = &mut readers;
    assert!(learns(&app, public, seen).await);
    app.visitor().get(public, &[]).await.hides("VEVENT");
    // A choice takes it out of a member's own.
    learns(&app, own, seen_own).await;
    app.advance(minutes(2)).await;
    choose(&app.signed_in(&ana), "yes").await.is(200);
    assert!(learns(&app, own, seen_own).await);
    app.visitor().get(own, &[]).await.hides("VEVENT");
    app.deliver_mail().await;
}
