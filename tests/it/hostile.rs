//! What people type or send to break things: it is refused or cleaned, never a fault of ours, never in the log.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use actix_web::http::{Method, header};
use actix_web::test::TestRequest;

use oxsop::platform::mail::outbox;

use crate::support::TestApp;

/// A NUL (which PostgreSQL does not keep in a text), other controls, half a character, too much, dates that are none.
const HOSTILE: &[&str] = &[
    "a%00b",
    "%00",
    "%01%1F%7F%C2%85",
    "%FF%FE%ED%A0%80",
    "%E2%80%AEx",
    "99999-01-01",
    "0000-00-00",
    "9999-12-31T23:59",
    "-9999-01-01",
    "-1",
    "99999999999999999999",
    "%7B%7B%3E+p%7D%7D",
];

fn token_in(page: &str) -> String {
    let found = page.split("name=\"csrf\" value=\"").nth(1);
    let token = found.and_then(|rest| rest.split('"').next());
    token.expect("a token in the page").to_owned()
}

#[actix_web::test]
async fn a_hostile_field_is_no_fault_of_ours() {
    let app = TestApp::start_with("[limits]\nposts_per_ip_15_minutes = 100000").await;
    let (visitor, member, desk) = (
        app.visitor(),
        app.signed_in(&app.given_member("Ana")),
        app.coordinator(),
    );
    let join = "name=Ann&email=ann%40example.org&affiliation=A&country=GB&role=&heard_from=&privacy=yes&directory=&announcements=\
                &reason=I+would+like+to+learn+from+others+here";
    let profile = "name=Ana&affiliation=A&country=GB&time_zone=Europe%2FLondon&role=&interests=&directory=";
    let meeting = "title=T&summary=S&starts=2027-03-24T15:00&ends=2027-03-24T16:00&time_zone=Europe%2FLondon&joining_link=&speakers=\
                   &visibility=public&once=o";
    let activity =
        "title=T&body=Words&kind=study&scope=local&happened_on=2026-01-01&until=&period=&place=&people=&links=";
    let long = "x".repeat(10_000);
    let mut faults = Vec::new();
    for (who, page, path, good) in [
        (&visitor, "/join", "/join", join),
        (&visitor, "/sign-in", "/rsvp/nobody", "answer=yes"),
        (&member, "/me/profile", "/me/profile", profile),
        (&member, "/me/privacy", "/me/privacy", "directory=&announcements="),
        (&desk, "/coordinate/meetings/new", "/coordinate/meetings", meeting),
        (&desk, "/coordinate/activities/new", "/coordinate/activities", activity),
        (
            &desk,
            "/me/profile",
            "/coordinate/requests/none/decision",
            "decision=ask&message=Hello&version=1",
        ),
    ] {
        let body = who.get(page, &[]).await.body;
        let csrf = token_in(&body);
        let fields: Vec<&str> = good.split('&').collect();
        for at in 0..fields.len() {
            for value in HOSTILE.iter().copied().chain([long.as_str()]) {
                let name = fields[at].split('=').next().unwrap_or_default();
                let mut sent = fields.clone();
                let bad = format!("{name}={value}");
                sent[at] = &bad;
                let form = format!("csrf={csrf}&{}", sent.join("&"));
                let page = who.raw_post(path, &form, &[]).await;
                if page.status.is_server_error() || page.status == 403 {
                    faults.push(format!(
                        "{} POST {path} {name}={}",
                        page.status,
                        &value[..value.len().min(30)]
                    ));
                }
            }
        }
    }
    // These two take their time on purpose, so they get the worst only.
    for (path, form) in [
        ("/sign-in", "email=%00ana%40example.org&next=%00"),
        ("/sign-in/password", "email=a%00na%40example.org&password=%00"),
    ] {
        let body = visitor.get(path, &[]).await.body;
        let csrf = token_in(&body);
        let page = visitor.raw_post(path, &format!("csrf={csrf}&{form}"), &[]).await;
        if page.status.is_server_error() || page.status == 403 {
            faults.push(format!("{} POST {path}", page.status));
        }
    }
    app.tick();
    for (who, path) in [
        (&visitor, "/activities"),
        (&visitor, "/meetings"),
        (&visitor, "/calendar.ics"),
        (&desk, "/coordinate"),
    ] {
        if !who.get(path, &[]).await.status.is_success() {
            faults.push(format!("{path} afterwards"));
        }
    }
    app.ignore_mail();
    assert!(faults.is_empty(), "{faults:#?}");
}

#[actix_web::test]
async fn a_hostile_address_is_no_fault_of_ours() {
    let app = TestApp::start_with("[limits]\nposts_per_ip_15_minutes = 100000").await;
    let (visitor, member, desk) = (
        app.visitor(),
        app.signed_in(&app.given_member("Ana")),
        app.coordinator(),
    );
    let mut faults = Vec::new();
    let mut look = async |path: String| {
        for who in [&visitor, &member, &desk] {
            let page = who.get(&path, &[]).await;
            if page.status.is_server_error()
                || page.header("content-security-policy").is_empty()
                || (page.status.is_client_error() && !page.path.ends_with(".ics") && !page.body.contains("</html>"))
            {
                faults.push(format!("{} {path}", page.status));
            }
        }
    };
    for value in HOSTILE {
        for path in [
            "/meetings/{}",
            "/meetings/{}.ics",
            "/calendar/{}.ics",
            "/rsvp/{}",
            "/activities/{}",
            "/activities/x.{}",
            "/static/{}",
            "/sign-in/{}",
            "/sign-in/set-password/{}",
            "/join/confirm/{}",
            "/coordinate/meetings/{}",
            "/coordinate/meetings/{}/edit",
            "/coordinate/meetings/{}/changes",
            "/coordinate/meetings/{}/invitations",
            "/coordinate/requests/{}",
            "/coordinate/requests/{}/decision?decision=ask",
            "/coordinate/members/{}",
            "/coordinate/members/{}/ending",
            "/coordinate/activities/{}",
            "/coordinate/outbox/{}",
            "/coordinate/outbox/{}/html",
            "/demo/mail/{}",
            "/demo/enter/{}",
            "/members?q={}",
            "/members?page={}",
            "/activities?q={}",
            "/activities?year={}",
            "/activities?page={}",
            "/activities?kind={}",
            "/activities.atom?q={}",
            "/coordinate/members?q={}",
            "/coordinate/members?page={}",
            "/coordinate/requests?page={}",
            "/coordinate/requests?show={}",
            "/coordinate/outbox?status={}",
            "/coordinate/outbox?state={}",
            "/coordinate/outbox?page={}",
            "/coordinate/outbox?q={}",
            "/coordinate/activities?page={}",
            "/coordinate/activities?q={}",
            "/coordinate/meetings?page={}",
            "/sign-in?next={}",
            "/sign-in/password?next={}",
            "/rsvp/x?answer={}",
            "/rsvp/x?answer={}&answer=x",
            "/coordinate/requests/x/decision?decision={}",
        ] {
            look(path.replace("{}", value)).await;
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[actix_web::test]
async fn a_wrong_method_gets_our_page_and_what_is_allowed() {
    let app = TestApp::start().await;
    for (method, path, allowed) in [
        (Method::PUT, "/join", "GET, POST"),
        (Method::DELETE, "/", "GET"),
        (Method::TRACE, "/meetings", "GET"),
        (Method::GET, "/me/sessions/ending", "POST"),
    ] {
        let request = TestRequest::with_uri(path)
            .method(method.clone())
            .insert_header((header::HOST, "localhost:8080"));
        let response = app.call(request.to_request()).await;
        let text = |name: &str| {
            response
                .headers()
                .get(name)
                .and_then(|v| v.to_str().ok())
                .unwrap_or_default()
        };
        assert_eq!(response.status(), 405, "{method} {path}");
        assert_eq!(
            (text("allow"), text("cache-control"), text("content-type")),
            (allowed, "no-store", "text/html; charset=utf-8"),
            "{method} {path}"
        );
        assert!(text("content-security-policy").starts_with("default-src 'none'"));
        let body = actix_web::test::read_body(response).await;
        assert!(
            String::from_utf8_lossy(&body).contains("That cannot be done here"),
            "{method} {path}"
        );
    }
}

#[actix_web::test]
async fn an_absolute_address_must_be_ours_too() {
    let app = TestApp::start().await;
    for (uri, status) in [
        ("http://evil.example/meetings", 421),
        ("http://localhost:8080/meetings", 200),
    ] {
        let request = TestRequest::with_uri(uri).insert_header((header::HOST, "localhost:8080"));
        assert_eq!(app.call(request.to_request()).await.status(), status, "{uri}");
    }
}

#[actix_web::test]
async fn who_reads_the_database_cannot_answer_for_a_member() {
    let app = TestApp::start().await;
    let (desk, ana) = (app.coordinator(), app.given_member("Ana"));
    desk.visit("/coordinate/meetings/new").await.is(200);
    let meeting = [
        ("title", "Maps"),
        ("summary", "What maps leave out."),
        ("starts", "2027-03-24T15:00"),
        ("ends", "2027-03-24T16:30"),
        ("time_zone", "Europe/London"),
        ("joining_link", ""),
        ("speakers", ""),
        ("visibility", "public"),
    ];
    let made = desk.post("/coordinate/meetings", meeting).await;
    let schedule = format!("{}/schedule", made.header("location"));
    desk.visit(&schedule).await.is(200);
    desk.submit(&schedule, []).await.is(200);
    let rows = app.read(|conn| outbox::page(conn, None, None, 0, 50));
    app.deliver_mail().await;
    let from = app.only_mail(&ana.email).from.email;
    let token = from
        .strip_prefix("meetings+")
        .and_then(|rest| rest.split('@').next())
        .expect("an address of her own");
    assert_eq!(token.len(), 26);
    let held = format!("{rows:?}");
    assert!(held.contains("meetings+…@") && !held.contains(token), "{held}");
    app.ignore_mail();
}

#[test]
fn even_the_wordiest_log_names_nobody() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_oxsop"))
        .args(["demo", "--port", "0"])
        .env("OXSOP_LOG", "trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the demo starts");
    let mut stderr = demo.stderr.take().expect("its log");
    let log = std::thread::spawn(move || {
        let mut log = String::new();
        stderr.read_to_string(&mut log).map(|_| log)
    });
    let said = BufReader::new(demo.stdout.take().expect("its words"));
    let is_ready = said.lines().any(|line| line.is_ok_and(|line| line == "ready"));
    demo.kill().expect("the demo stops");
    demo.wait().expect("the demo stops");
    let log = log.join().expect("a thread").expect("a text");
    assert!(is_ready, "{log}");
    for known in ["@", "Sample ", "/demo/enter/"] {
        let line = log.lines().find(|line| line.contains(known));
        assert!(line.is_none(), "{line:?}");
    }
}
