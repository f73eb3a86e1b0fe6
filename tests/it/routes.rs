//! Every address of the product and who may use it: a route without a row here fails (TRUST S15, S21), and no
//! POST is taken without proof that our own page in this very browser sent it (S07).

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::{Actor, TestApp};

/// The coordinators' pages lead others to a sign-in page or refuse them; their forms just refuse.
const DESK: [u16; 3] = [303, 403, 303];
const DESK_POST: [u16; 3] = [401, 403, 401];
/// Pages for members.
const MEMBER: [u16; 3] = [303, 200, 200];
/// Pages for everyone, and addresses that lead nowhere.
const EVERYONE: [u16; 3] = [200; 3];
/// Forms for members: an empty one is taken.
const MEMBER_POST: [u16; 3] = [401, 303, 303];
const NOTHING: [u16; 3] = [404; 3];

/// Method, address as in the source, an address to try, and what comes back to a visitor, to a member and to a
/// coordinator who has not given the password.
type Row = (&'static str, &'static str, &'static str, [u16; 3]);

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("GET", "/", "/", EVERYONE),
    ("GET", "/.well-known/security.txt", "/.well-known/security.txt", EVERYONE),
    ("GET", "/accessibility", "/accessibility", EVERYONE),
    ("GET", "/activities", "/activities", EVERYONE),
    ("GET", "/activities.{format:atom|rss|json}", "/activities.atom", EVERYONE),
    ("GET", "/activities/{scope:local|national|international}.{format:atom|rss|json}", "/activities/local.atom", EVERYONE),
    ("GET", "/activities/{slug}", "/activities/none", NOTHING),
    ("GET", "/announcements", "/announcements", EVERYONE),
    ("GET", "/announcements/{slug}", "/announcements/none", NOTHING),
    ("GET", "/calendar.ics", "/calendar.ics", EVERYONE),
    ("GET", "/calendar/{token}.ics", "/calendar/none.ics", NOTHING),
    ("GET", "/coordinate", "/coordinate", DESK),
    ("GET", "/coordinate/activities", "/coordinate/activities", DESK),
    ("POST", "/coordinate/activities", "/coordinate/activities", DESK_POST),
    ("GET", "/coordinate/activities/new", "/coordinate/activities/new", DESK),
    ("GET", "/coordinate/activities/{id}", "/coordinate/activities/none", DESK),
    ("POST", "/coordinate/activities/{id}", "/coordinate/activities/none", DESK_POST),
    ("GET", "/coordinate/activities/{id}/edit", "/coordinate/activities/none/edit", DESK),
    ("POST", "/coordinate/activities/{id}/publication", "/coordinate/activities/none/publication", DESK_POST),
    ("POST", "/coordinate/activities/{id}/withdrawal", "/coordinate/activities/none/withdrawal", DESK_POST),
    ("GET", "/coordinate/announcements", "/coordinate/announcements", DESK),
    ("POST", "/coordinate/announcements", "/coordinate/announcements", DESK_POST),
    ("GET", "/coordinate/announcements/new", "/coordinate/announcements/new", DESK),
    ("GET", "/coordinate/announcements/{id}", "/coordinate/announcements/none", DESK),
    ("POST", "/coordinate/announcements/{id}", "/coordinate/announcements/none", DESK_POST),
    ("GET", "/coordinate/announcements/{id}/audience", "/coordinate/announcements/none/audience", DESK),
    ("GET", "/coordinate/announcements/{id}/edit", "/coordinate/announcements/none/edit", DESK),
    ("POST", "/coordinate/announcements/{id}/pause", "/coordinate/announcements/none/pause", DESK_POST),
    ("POST", "/coordinate/announcements/{id}/removal", "/coordinate/announcements/none/removal", DESK_POST),
    ("POST", "/coordinate/announcements/{id}/resume", "/coordinate/announcements/none/resume", DESK_POST),
    ("GET", "/coordinate/announcements/{id}/sending", "/coordinate/announcements/none/sending", DESK),
    ("POST", "/coordinate/announcements/{id}/sending", "/coordinate/announcements/none/sending", DESK_POST),
    ("POST", "/coordinate/announcements/{id}/stop", "/coordinate/announcements/none/stop", DESK_POST),
    ("POST", "/coordinate/announcements/{id}/test", "/coordinate/announcements/none/test", DESK_POST),
    ("GET", "/coordinate/inbox", "/coordinate/inbox", DESK),
    ("GET", "/coordinate/inbox/{id}", "/coordinate/inbox/none", DESK),
    ("POST", "/coordinate/inbox/{id}/claim", "/coordinate/inbox/none/claim", DESK_POST),
    ("POST", "/coordinate/inbox/{id}/note", "/coordinate/inbox/none/note", DESK_POST),
    ("POST", "/coordinate/inbox/{id}/reading", "/coordinate/inbox/none/reading", DESK_POST),
    ("POST", "/coordinate/inbox/{id}/reply", "/coordinate/inbox/none/reply", DESK_POST),
    ("POST", "/coordinate/inbox/{id}/state", "/coordinate/inbox/none/state", DESK_POST),
    ("GET", "/coordinate/meetings", "/coordinate/meetings", DESK),
    ("POST", "/coordinate/meetings", "/coordinate/meetings", DESK_POST),
    ("GET", "/coordinate/meetings/new", "/coordinate/meetings/new", DESK),
    ("GET", "/coordinate/meetings/hours", "/coordinate/meetings/hours", DESK),
    ("GET", "/coordinate/meetings/plan", "/coordinate/meetings/plan", DESK),
    ("GET", "/coordinate/meetings/plan/copies", "/coordinate/meetings/plan/copies", DESK),
    ("POST", "/coordinate/meetings/plan/copies", "/coordinate/meetings/plan/copies", DESK_POST),
    ("GET", "/coordinate/meetings/{id}", "/coordinate/meetings/none", DESK),
    ("POST", "/coordinate/meetings/{id}", "/coordinate/meetings/none", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/attendance", "/coordinate/meetings/none/attendance", DESK),
    ("POST", "/coordinate/meetings/{id}/attendance", "/coordinate/meetings/none/attendance", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/attendance/import", "/coordinate/meetings/none/attendance/import", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/attendance/reading", "/coordinate/meetings/none/attendance/reading", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/cancellation", "/coordinate/meetings/none/cancellation", DESK),
    ("POST", "/coordinate/meetings/{id}/cancellation", "/coordinate/meetings/none/cancellation", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/changes", "/coordinate/meetings/none/changes", DESK),
    ("POST", "/coordinate/meetings/{id}/changes", "/coordinate/meetings/none/changes", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/changes/discard", "/coordinate/meetings/none/changes/discard", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/copy", "/coordinate/meetings/none/copy", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/edit", "/coordinate/meetings/none/edit", DESK),
    ("GET", "/coordinate/meetings/{id}/feedback", "/coordinate/meetings/none/feedback", DESK),
    ("POST", "/coordinate/meetings/{id}/feedback", "/coordinate/meetings/none/feedback", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/feedback/closing", "/coordinate/meetings/none/feedback/closing", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/feedback/sending", "/coordinate/meetings/none/feedback/sending", DESK),
    ("POST", "/coordinate/meetings/{id}/feedback/sending", "/coordinate/meetings/none/feedback/sending", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/invitations", "/coordinate/meetings/none/invitations", DESK),
    ("POST", "/coordinate/meetings/{id}/invitations", "/coordinate/meetings/none/invitations", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/own-links", "/coordinate/meetings/none/own-links", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/materials", "/coordinate/meetings/none/materials", DESK),
    ("POST", "/coordinate/meetings/{id}/materials/agenda", "/coordinate/meetings/none/materials/agenda", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/materials/files", "/coordinate/meetings/none/materials/files", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/materials/files/{file}", "/coordinate/meetings/none/materials/files/none", DESK),
    ("POST", "/coordinate/meetings/{id}/materials/files/{file}", "/coordinate/meetings/none/materials/files/none", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/materials/files/{file}/content", "/coordinate/meetings/none/materials/files/none/content", DESK),
    ("POST", "/coordinate/meetings/{id}/materials/files/{file}/removal", "/coordinate/meetings/none/materials/files/none/removal", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/materials/minutes", "/coordinate/meetings/none/materials/minutes", DESK),
    ("POST", "/coordinate/meetings/{id}/materials/minutes", "/coordinate/meetings/none/materials/minutes", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/materials/minutes/publication", "/coordinate/meetings/none/materials/minutes/publication", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/materials/minutes/withdrawal", "/coordinate/meetings/none/materials/minutes/withdrawal", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/materials/minutes/{version}", "/coordinate/meetings/none/materials/minutes/1", DESK),
    ("POST", "/coordinate/meetings/{id}/materials/presenters", "/coordinate/meetings/none/materials/presenters", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/materials/presenters/{presenter}/removal", "/coordinate/meetings/none/materials/presenters/none/removal", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/materials/recap", "/coordinate/meetings/none/materials/recap", DESK),
    ("POST", "/coordinate/meetings/{id}/materials/recap", "/coordinate/meetings/none/materials/recap", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/materials/recording", "/coordinate/meetings/none/materials/recording", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/mails/{what}/{member}", "/coordinate/meetings/none/mails/schedule/none", DESK),
    ("POST", "/coordinate/meetings/{id}/proposals/{proposal}", "/coordinate/meetings/none/proposals/none", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/reminders", "/coordinate/meetings/none/reminders", DESK_POST),
    ("POST", "/coordinate/meetings/{id}/invitations/{member}/again", "/coordinate/meetings/none/invitations/none/again", DESK_POST),
    ("GET", "/coordinate/meetings/{id}/schedule", "/coordinate/meetings/none/schedule", DESK),
    ("POST", "/coordinate/meetings/{id}/schedule", "/coordinate/meetings/none/schedule", DESK_POST),
    ("GET", "/coordinate/meetings/polls", "/coordinate/meetings/polls", DESK),
    ("POST", "/coordinate/meetings/polls", "/coordinate/meetings/polls", DESK_POST),
    ("GET", "/coordinate/meetings/polls/new", "/coordinate/meetings/polls/new", DESK),
    ("GET", "/coordinate/meetings/polls/{id}", "/coordinate/meetings/polls/none", DESK),
    ("POST", "/coordinate/meetings/polls/{id}", "/coordinate/meetings/polls/none", DESK_POST),
    ("POST", "/coordinate/meetings/polls/{id}/closing", "/coordinate/meetings/polls/none/closing", DESK_POST),
    ("GET", "/coordinate/meetings/polls/{id}/edit", "/coordinate/meetings/polls/none/edit", DESK),
    ("POST", "/coordinate/meetings/polls/{id}/meeting", "/coordinate/meetings/polls/none/meeting", DESK_POST),
    ("GET", "/coordinate/meetings/polls/{id}/sending", "/coordinate/meetings/polls/none/sending", DESK),
    ("POST", "/coordinate/meetings/polls/{id}/sending", "/coordinate/meetings/polls/none/sending", DESK_POST),
    ("GET", "/coordinate/members", "/coordinate/members", DESK),
    ("GET", "/coordinate/members/{id}", "/coordinate/members/none", DESK),
    ("GET", "/coordinate/members/{id}/ending", "/coordinate/members/none/ending", DESK),
    ("POST", "/coordinate/members/{id}/ending", "/coordinate/members/none/ending", DESK_POST),
    ("POST", "/coordinate/members/{id}/sessions/ending", "/coordinate/members/none/sessions/ending", DESK_POST),
    ("GET", "/coordinate/outbox", "/coordinate/outbox", DESK),
    ("GET", "/coordinate/outbox/{id}", "/coordinate/outbox/none", DESK),
    ("GET", "/coordinate/outbox/{id}/html", "/coordinate/outbox/none/html", DESK),
    ("POST", "/coordinate/outbox/{id}/retry", "/coordinate/outbox/none/retry", DESK_POST),
    ("GET", "/coordinate/requests", "/coordinate/requests", DESK),
    ("GET", "/coordinate/settings", "/coordinate/settings", DESK),
    ("GET", "/coordinate/settings/mails", "/coordinate/settings/mails", DESK),
    ("GET", "/coordinate/settings/mails/{slice}/{message}", "/coordinate/settings/mails/none/none", DESK),
    ("POST", "/coordinate/settings/mails/{slice}/{message}", "/coordinate/settings/mails/none/none", DESK_POST),
    ("GET", "/coordinate/settings/mails/{slice}/{message}/html", "/coordinate/settings/mails/none/none/html", DESK),
    ("POST", "/coordinate/settings/mails/{slice}/{message}/html", "/coordinate/settings/mails/none/none/html", DESK_POST),
    ("GET", "/coordinate/settings/mails/{slice}/{message}/edit", "/coordinate/settings/mails/none/none/edit", DESK),
    ("POST", "/coordinate/settings/mails/{slice}/{message}/preview", "/coordinate/settings/mails/none/none/preview", DESK_POST),
    ("GET", "/coordinate/settings/mails/{slice}/{message}/restore", "/coordinate/settings/mails/none/none/restore", DESK),
    ("POST", "/coordinate/settings/mails/{slice}/{message}/restore", "/coordinate/settings/mails/none/none/restore", DESK_POST),
    ("GET", "/coordinate/requests/{id}", "/coordinate/requests/none", DESK),
    ("POST", "/coordinate/requests/{id}/choice", "/coordinate/requests/none/choice", DESK_POST),
    ("GET", "/coordinate/requests/{id}/decision", "/coordinate/requests/none/decision?decision=ask", DESK),
    ("POST", "/coordinate/requests/{id}/decision", "/coordinate/requests/none/decision", DESK_POST),
    ("POST", "/coordinate/requests/{id}/reopening", "/coordinate/requests/none/reopening", DESK_POST),
    ("GET", "/demo", "/demo", EVERYONE),
    ("GET", "/demo/enter/{token}", "/demo/enter/none", NOTHING),
    ("POST", "/demo/enter/{token}", "/demo/enter/none", NOTHING),
    ("GET", "/demo/mail", "/demo/mail", EVERYONE),
    ("GET", "/demo/mail/{number}", "/demo/mail/9999", NOTHING),
    ("GET", "/demo/mail/{number}/html", "/demo/mail/9999/html", NOTHING),
    ("GET", "/demo/pieces", "/demo/pieces", EVERYONE),
    ("GET", "/feedback/{token}", "/feedback/none", NOTHING),
    ("POST", "/feedback/{token}", "/feedback/none", NOTHING),
    ("GET", "/healthz", "/healthz", EVERYONE),
    ("GET", "/join", "/join", EVERYONE),
    ("POST", "/join", "/join", [422; 3]),
    ("GET", "/join/confirm/{token}", "/join/confirm/none", [410; 3]),
    ("POST", "/join/confirm/{token}", "/join/confirm/none", [303; 3]),
    ("GET", "/join/sent", "/join/sent", EVERYONE),
    ("GET", "/join/thanks", "/join/thanks", EVERYONE),
    ("GET", "/me", "/me", MEMBER),
    ("GET", "/me/calendar", "/me/calendar", MEMBER),
    ("POST", "/me/calendar/choice", "/me/calendar/choice", [401, 422, 422]),
    ("POST", "/me/calendar/renewal", "/me/calendar/renewal", MEMBER_POST),
    ("GET", "/me/mail", "/me/mail", MEMBER),
    ("POST", "/me/mail", "/me/mail", [401, 422, 422]),
    ("GET", "/me/mail/calendar", "/me/mail/calendar", MEMBER),
    ("POST", "/me/mail/calendar", "/me/mail/calendar", MEMBER_POST),
    ("GET", "/me/mail/digest", "/me/mail/digest", MEMBER),
    ("GET", "/me/privacy", "/me/privacy", MEMBER),
    ("POST", "/me/privacy", "/me/privacy", MEMBER_POST),
    ("POST", "/me/privacy/export", "/me/privacy/export", [401, 200, 200]),
    ("GET", "/me/privacy/leave", "/me/privacy/leave", MEMBER),
    ("POST", "/me/privacy/leave", "/me/privacy/leave", MEMBER_POST),
    ("GET", "/me/profile", "/me/profile", MEMBER),
    ("POST", "/me/profile", "/me/profile", [401, 422, 422]),
    ("POST", "/me/proof", "/me/proof", MEMBER_POST),
    ("POST", "/me/sessions/ending", "/me/sessions/ending", MEMBER_POST),
    ("GET", "/me/welcome", "/me/welcome", MEMBER),
    ("POST", "/me/welcome", "/me/welcome", [401, 422, 422]),
    ("GET", "/meetings", "/meetings", EVERYONE),
    ("GET", "/meetings/{slug}", "/meetings/none", NOTHING),
    ("GET", "/meetings/{slug}.ics", "/meetings/none.ics", NOTHING),
    ("POST", "/meetings/{slug}/answer", "/meetings/none/answer", [401, 422, 422]),
    ("GET", "/meetings/{slug}/join/{token}", "/meetings/none/join/none", NOTHING),
    ("POST", "/meetings/{slug}/join/{token}", "/meetings/none/join/none", NOTHING),
    ("GET", "/meetings/{slug}/files/{file}", "/meetings/none/files/none", NOTHING),
    ("GET", "/meetings/{slug}/log/{token}", "/meetings/none/log/none", NOTHING),
    ("POST", "/meetings/{slug}/log/{token}", "/meetings/none/log/none", NOTHING),
    ("GET", "/members", "/members", MEMBER),
    ("GET", "/poll/{token}", "/poll/none", NOTHING),
    ("POST", "/poll/{token}", "/poll/none", NOTHING),
    ("GET", "/places/{token}", "/places/none", NOTHING),
    ("POST", "/places/{token}", "/places/none", [422; 3]),
    ("GET", "/privacy", "/privacy", EVERYONE),
    ("GET", "/metrics", "/metrics", NOTHING),
    ("GET", "/readyz", "/readyz", EVERYONE),
    ("GET", "/robots.txt", "/robots.txt", EVERYONE),
    ("GET", "/rsvp/undo/{token}", "/rsvp/undo/none", NOTHING),
    ("POST", "/rsvp/undo/{token}", "/rsvp/undo/none", [303; 3]),
    ("GET", "/rsvp/{token}", "/rsvp/none", NOTHING),
    ("POST", "/rsvp/{token}", "/rsvp/none", [422; 3]),
    ("GET", "/sign-in", "/sign-in", EVERYONE),
    ("POST", "/sign-in", "/sign-in", [422; 3]),
    ("GET", "/sign-in/password", "/sign-in/password", EVERYONE),
    ("POST", "/sign-in/password", "/sign-in/password", [422; 3]),
    ("GET", "/sign-in/sent", "/sign-in/sent", EVERYONE),
    ("GET", "/sign-in/set-password/{token}", "/sign-in/set-password/none", [410; 3]),
    ("POST", "/sign-in/set-password/{token}", "/sign-in/set-password/none", [410; 3]),
    ("GET", "/sign-in/{token}", "/sign-in/none", [410; 3]),
    ("POST", "/sign-in/{token}", "/sign-in/none", [410; 3]),
    ("POST", "/sign-in/{token}/again", "/sign-in/none/again", [303; 3]),
    ("GET", "/sign-out", "/sign-out", EVERYONE),
    ("POST", "/sign-out", "/sign-out", [303; 3]),
    ("GET", "/sign-out/farewell", "/sign-out/farewell", EVERYONE),
    ("GET", "/sitemap.xml", "/sitemap.xml", EVERYONE),
    ("GET", "/static/{name}", "/static/none.css", NOTHING),
    ("GET", "/subscribe", "/subscribe", EVERYONE),
    ("GET", "/unsubscribe/{token}", "/unsubscribe/none", NOTHING),
    // One POST here needs no proof of our own page, and that alone: see `tests/it/unsubscribe.rs`.
    ("POST", "/unsubscribe/{token}", "/unsubscribe/none", [422; 3]),
];

/// The routes in a source text: what stands between one `resource("…")` and the next.
fn routes_in(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for rest in source.split("resource(\"").skip(1) {
        let Some((path, rest)) = rest.split_once('"') else {
            continue;
        };
        let end = rest.find(';').unwrap_or(rest.len());
        for (call, method) in [(".get(", "GET"), (".post(", "POST")] {
            if rest[..end].contains(call) {
                found.push((method.to_owned(), path.to_owned()));
            }
        }
        for other in [".route(", ".put(", ".patch(", ".delete(", ".to("] {
            assert!(
                !rest[..end].contains(other),
                "{path} is routed by {other}, which this test does not read"
            );
        }
    }
    found
}

fn routes_under(folder: &Path, found: &mut BTreeSet<(String, String)>) {
    for entry in std::fs::read_dir(folder).expect("the source is here") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            routes_under(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.extend(routes_in(&std::fs::read_to_string(&path).expect("a text")));
        }
    }
}

#[test]
fn every_route_has_a_row_and_every_row_a_route() {
    let mut routes = BTreeSet::new();
    routes_under(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut routes);
    let rows: BTreeSet<(String, String)> = ROWS
        .iter()
        .map(|(method, path, _, _)| ((*method).to_owned(), (*path).to_owned()))
        .collect();
    let without_row: Vec<_> = routes.difference(&rows).collect();
    let without_route: Vec<_> = rows.difference(&routes).collect();
    assert!(
        without_row.is_empty() && without_route.is_empty(),
        "routes without a row: {without_row:#?}\nrows without a route: {without_route:#?}"
    );
}

#[test]
fn a_route_is_found_however_it_is_written() {
    let source = ".service(resource(\"/a\").get(x).post(y))\n.service(\n web::resource(\"/b/{id}\")\n .post(z),\n);";
    let found: Vec<String> = routes_in(source)
        .into_iter()
        .map(|(method, path)| method + &path)
        .collect();
    assert_eq!(found, ["GET/a", "POST/a", "POST/b/{id}"]);
}

const WHO: [&str; 3] = ["a visitor", "a member", "a coordinator without the password"];

#[actix_web::test]
async fn every_route_opens_to_those_it_is_for() {
    let app = TestApp::start_with("[limits]\nposts_per_ip_15_minutes = 1000").await;
    let mut wrong = Vec::new();
    for (at, (method, route, path, expected)) in ROWS.iter().enumerate() {
        // Fresh people each time: some of these forms end a session or a membership.
        let (ana, known) = (
            app.given_member(&format!("Ana {at}")),
            app.given_coordinator(&format!("Known {at}")),
        );
        let browsers = [app.visitor(), app.signed_in(&ana), app.signed_in(&known)];
        for ((who, browser), status) in WHO.iter().zip(&browsers).zip(expected) {
            if browser.cookie("session").is_some() {
                browser.visit("/me/profile").await;
            }
            let page = match *method {
                "GET" => browser.get(path, &[]).await,
                _ => browser.post(path, []).await,
            };
            if page.status.as_u16() != *status {
                wrong.push(format!(
                    "{method} {route} as {who}: {} instead of {status}",
                    page.status.as_u16()
                ));
            }
        }
    }
    app.ignore_mail();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[actix_web::test]
async fn no_form_is_taken_that_our_own_page_did_not_send() {
    let app = TestApp::start_with("[limits]\nposts_per_ip_15_minutes = 10").await;
    let (visitor, coordinator) = (app.visitor(), app.coordinator());
    let member = app.signed_in(&app.given_member("Ana"));
    let stranger = app.visitor();
    let strange = token(&stranger, "/sign-in").await;
    let evil = ("origin", "https://evil.example");
    let mut taken = Vec::new();
    for (method, route, path, _) in ROWS.iter().filter(|row| row.0 == "POST") {
        let browser = match *route {
            route if route.starts_with("/coordinate") => &coordinator,
            route if route.starts_with("/me/") || route.ends_with("/answer") => &member,
            _ => &visitor,
        };
        let page = if route.starts_with("/coordinate") || route.starts_with("/me/") || route.ends_with("/answer") {
            "/me/profile"
        } else {
            "/sign-in"
        };
        let own = token(browser, page).await;
        let others = [strange.clone(), String::new(), "0".repeat(32)];
        for other in &others {
            let page = browser.raw_post(path, &format!("csrf={other}&answer=yes"), &[]).await;
            if page.status != 403 {
                taken.push(format!("{method} {route} with a wrong token: {}", page.status));
            }
        }
        let own = format!("csrf={own}&answer=yes");
        for headers in [
            &[evil][..],
            &[("origin", "null")],
            &[("origin", "null"), ("sec-fetch-site", "cross-site")],
            &[("origin", "http://localhost:8080.evil.example")],
            &[("origin", "https://localhost:8080")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "same-origin"), evil],
        ] {
            let page = browser.raw_post(path, &own, headers).await;
            if page.status != 403 {
                taken.push(format!("{method} {route} with {headers:?}: {}", page.status));
            }
        }
        for kind in ["text/plain", "multipart/form-data; boundary=x", "application/json"] {
            let page = browser.raw_post(path, &own, &[("content-type", kind)]).await;
            if page.status != 415 {
                taken.push(format!("{method} {route} as {kind}: {}", page.status));
            }
        }
    }
    assert!(taken.is_empty(), "{taken:#?}");
    // The same tokens open the doors when the form does come from our own page.
    for (browser, page, path) in [
        (&visitor, "/sign-in", "/rsvp/none"),
        (&member, "/me/profile", "/me/profile"),
        (&coordinator, "/me/profile", "/coordinate/requests/none/choice"),
    ] {
        let form = format!("csrf={}", token(browser, page).await);
        for headers in [
            &[("origin", "http://localhost:8080")][..],
            &[("sec-fetch-site", "same-origin")],
            // What a page says that sends no referrer.
            &[("origin", "null"), ("sec-fetch-site", "same-origin")],
        ] {
            browser.raw_post(path, &form, headers).await.is(422);
        }
    }
}

/// The token in a page, for this browser.
async fn token(browser: &Actor<'_>, path: &str) -> String {
    let page = browser.get(path, &[]).await;
    let found = page.body.split("name=\"csrf\" value=\"").nth(1);
    let token = found.and_then(|rest| rest.split('"').next());
    token.expect("a token in the page").to_owned()
}
