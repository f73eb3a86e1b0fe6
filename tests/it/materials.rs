//! What a meeting has and leaves behind: agenda, files, recording, minutes, the mail "what you missed", and what
//! presenters log.

use actix_web::http::Method;
use actix_web::test::TestRequest;
use diesel::prelude::*;
use oxsop::members::{self, Member};
use oxsop::platform::clock::{days, hours, minutes};
use oxsop::platform::db::schema::{file_chunks, members as member_rows};

use crate::consent::{ends_with_invitations, invitations_for};
use crate::meetings::{LINK, desk, desk_of, draft, scheduled};
use crate::support::people::link_in;
use crate::support::{Actor, Page, TestApp};

const PAGE: &str = "/meetings/maps-and-gardens";

/// What stands in a hidden or visible input.
fn value(page: &Page, name: &str) -> String {
    let tag = page.body.split(&format!("name=\"{name}\"")).nth(1);
    let found = tag.and_then(|rest| rest.split("value=\"").nth(1)?.split('"').next());
    found.unwrap_or_else(|| panic!("no {name} on {}", page.path)).to_owned()
}

/// The page of a meeting's materials, for the meeting at `path`.
fn materials(path: &str) -> String {
    format!("{path}/materials")
}

/// Sends a form with a file as a browser does.
async fn upload(
    app: &TestApp,
    who: &Actor<'_>,
    page: &str,
    to: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> Page {
    let csrf = value(&who.visit(page).await, "csrf");
    upload_with(app, who, &csrf, to, fields, file).await
}

async fn upload_with(
    app: &TestApp,
    who: &Actor<'_>,
    csrf: &str,
    to: &str,
    fields: &[(&str, &str)],
    file: Option<(&str, &[u8])>,
) -> Page {
    let mut body = Vec::new();
    for (name, value) in [("csrf", csrf)].iter().chain(fields) {
        let part = format!("--frontier\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    if let Some((name, bytes)) = file {
        let head = format!(
            "--frontier\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/html\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(b"--frontier--\r\n");
    let cookies: Vec<String> = ["session", "pre"]
        .into_iter()
        .filter_map(|name| Some(format!("{name}={}", who.cookie(name)?)))
        .collect();
    let request = TestRequest::with_uri(to)
        .method(Method::POST)
        .insert_header(("host", "localhost:8080"))
        .insert_header(("cookie", cookies.join("; ")))
        .insert_header(("content-type", "multipart/form-data; boundary=frontier"))
        .peer_addr("192.0.2.1:1234".parse().expect("an address"))
        .set_payload(body);
    let response = app.call(request.to_request()).await;
    for cookie in response.response().cookies() {
        who.keep_cookie(&cookie);
    }
    let (status, headers) = (response.status(), response.headers().clone());
    let bytes = actix_web::test::read_body(response).await;
    let page = Page {
        status,
        headers,
        path: to.to_owned(),
        body: String::from_utf8_lossy(&bytes).into_owned(),
    };
    if page.status == 303 {
        return who.visit(page.header("location")).await;
    }
    page
}

/// Adds a file on the desk, and gives back its address for readers.
async fn add_file(
    app: &TestApp,
    desk: &Actor<'_>,
    path: &str,
    title: &str,
    seen_by: &str,
    file: (&str, &[u8]),
) -> String {
    let at = materials(path);
    let fields = [
        ("title", title),
        ("seen_by", seen_by),
        ("alt", "A map with gardens on it"),
    ];
    let page = upload(app, desk, &at, &format!("{at}/files"), &fields, Some(file)).await;
    page.is(200).shows("The file is there").shows(title);
    let before = page.body.split(&format!(">{title}</a>")).next().unwrap_or_default();
    let id = before.rsplit("/files/").next().and_then(|rest| rest.split('/').next());
    format!("{PAGE}/files/{}", id.expect("the file's id"))
}

/// Somebody who sees a file, and how it comes.
async fn fetch(who: &Actor<'_>, path: &str) -> Page {
    who.get(path, &[]).await
}

fn a_picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let image = image::DynamicImage::new_rgb8(30, 20);
    image.write_to(&mut bytes, image::ImageFormat::Png).expect("a picture");
    let mut bytes = bytes.into_inner();
    bytes.extend_from_slice(b"<script>canary-behind</script>");
    bytes
}

#[actix_web::test]
async fn an_agenda_stands_on_the_page_in_the_readers_hours_and_in_no_calendar() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let berta = app.given_member_in("Berta", "US", "America/New_York");
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let calendar = app.visitor().visit("/calendar.ics").await.body;
    let at = materials(&path);
    let page = desk.visit(&at).await;
    page.is(200).shows("There is no agenda yet");
    let seen = value(&page, "agenda_seen");
    let agenda = "15:00 Welcome | The chair\n15:10 Canary maps | A <b>mapper</b>\n\n16:00 Questions";
    desk.submit(&format!("{at}/agenda"), [("agenda", agenda), ("agenda_seen", &seen)])
        .await
        .is(200)
        .shows("The agenda is saved");
    let page = app.visitor().visit(PAGE).await;
    page.shows("15:10–16:00")
        .shows("Canary maps")
        .shows("A <b>mapper</b>")
        .shows("16:00–16:30")
        .hides("<b>mapper");
    // On 24 March clocks in New York have gone forward, those in London not yet.
    let page = app.signed_in(&berta).visit(PAGE).await;
    page.shows("15:10–16:00 (11:10–12:00 for you)");
    assert_eq!(app.visitor().visit("/calendar.ics").await.body, calendar);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "an agenda is told to nobody");
}

#[actix_web::test]
async fn an_agenda_with_a_fault_comes_back_by_line_and_a_second_editor_is_warned() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let other = desk_of(&app, "Other").await;
    let path = draft(&desk, &[]).await;
    let to = format!("{}/agenda", materials(&path));
    let seen = value(&desk.visit(&materials(&path)).await, "agenda_seen");
    other.visit(&materials(&path)).await;
    for (typed, said) in [
        (
            "Kept <words>",
            "Line 1: “Kept <words>” does not begin with a time such as 15:00.",
        ),
        (
            "15:00 Kept <words>\n17:00 Late",
            "Line 2: 17:00 is not within the meeting",
        ),
    ] {
        let page = desk.post(&to, [("agenda", typed), ("agenda_seen", &seen)]).await;
        page.is(422).shows(said).shows("Kept <words>");
    }
    desk.submit(&to, [("agenda", "15:00 Theirs"), ("agenda_seen", &seen)])
        .await
        .is(200);
    let page = other
        .post(&to, [("agenda", "15:30 Mine"), ("agenda_seen", &seen)])
        .await;
    page.is(409)
        .shows("Somebody else has changed the agenda")
        .shows("Theirs")
        .shows("15:30 Mine");
    let seen = value(&page, "agenda_seen");
    other
        .submit(&to, [("agenda", "15:30 Mine"), ("agenda_seen", &seen)])
        .await
        .is(200)
        .hides("Theirs");
}

#[actix_web::test]
async fn an_agenda_moves_with_its_meeting() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = draft(&desk, &[]).await;
    let to = format!("{}/agenda", materials(&path));
    let seen = value(&desk.visit(&materials(&path)).await, "agenda_seen");
    desk.submit(&to, [("agenda", "15:10 Maps"), ("agenda_seen", &seen)])
        .await
        .is(200);
    desk.submit(
        &path,
        crate::meetings::form(&[("starts", "2027-03-25T10:00"), ("ends", "2027-03-25T11:00")]),
    )
    .await
    .is(200);
    desk.visit(&materials(&path)).await.shows("10:10–11:00");
}

#[actix_web::test]
async fn minutes_are_a_draft_until_they_are_published_and_then_for_whom_was_chosen() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.signed_in(&app.given_member("Ana"));
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let at = format!("{}/minutes", materials(&path));
    desk.visit(&at).await.is(200).shows("No reader sees the minutes");
    let text =
        "# Canary decided\n\n<script>alert(1)</script>\n\n![x](https://evil.example/p.gif) [go](javascript:alert(1))";
    desk.submit(&at, [("body", text), ("seen", "0")])
        .await
        .shows("Version 1 of the minutes is saved");
    ana.visit(PAGE).await.hides("Canary decided");
    app.visitor().visit(PAGE).await.hides("Canary decided");
    desk.submit(
        &format!("{at}/publication"),
        [("seen", "1"), ("minutes_seen_by", "members")],
    )
    .await
    .shows("The minutes are published: members can read them");
    let page = ana.visit(PAGE).await;
    page.shows("Canary decided")
        .hides("<script>alert")
        .hides("evil.example")
        .hides("javascript:");
    app.visitor().visit(PAGE).await.hides("Canary decided");
    // A newer draft is nobody's business: readers go on seeing what was published.
    desk.submit(&at, [("body", "Canary newer"), ("seen", "1")])
        .await
        .shows("Version 2");
    ana.visit(PAGE).await.shows("Canary decided").hides("Canary newer");
    desk.submit(
        &format!("{at}/publication"),
        [("seen", "1"), ("minutes_seen_by", "public")],
    )
    .await
    .shows("Somebody has saved another version");
    app.visitor().visit(PAGE).await.hides("Canary");
    desk.submit(
        &format!("{at}/publication"),
        [("seen", "2"), ("minutes_seen_by", "public")],
    )
    .await
    .shows("everyone can read them");
    app.visitor()
        .visit(PAGE)
        .await
        .shows("Canary newer")
        .hides("Canary decided");
    desk.visit(&format!("{at}/1")).await.is(200).shows("Canary decided");
    desk.submit(&format!("{at}/withdrawal"), [])
        .await
        .shows("a draft again");
    app.visitor().visit(PAGE).await.hides("Canary newer");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "minutes are told to nobody by themselves");
}

#[actix_web::test]
async fn two_who_write_the_minutes_at_once_see_both_texts_and_lose_neither() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let other = desk_of(&app, "Other").await;
    let path = draft(&desk, &[]).await;
    let at = format!("{}/minutes", materials(&path));
    desk.submit(&at, [("body", "First\nShared"), ("seen", "0")])
        .await
        .is(200);
    other.visit(&at).await.is(200);
    desk.submit(&at, [("body", "Theirs <one>\nShared"), ("seen", "1")])
        .await
        .is(200);
    let page = other.post(&at, [("body", "Mine\nShared"), ("seen", "1")]).await;
    page.is(409)
        .shows("Both texts, side by side")
        .shows("Saved by Coordinator")
        .shows("Only here: Theirs <one>")
        .shows("Only here: Mine");
    assert_eq!(value(&page, "seen"), "2");
    assert!(page.body.contains("Mine\nShared</textarea>"), "{}", page.body);
    other
        .submit(&at, [("body", "Mine and theirs\nShared"), ("seen", "2")])
        .await
        .shows("Version 3");
    for (version, words) in [(1, "First"), (2, "Theirs <one>"), (3, "Mine and theirs")] {
        desk.visit(&format!("{at}/{version}")).await.is(200).shows(words);
    }
    desk.visit(&format!("{at}/4")).await.is(404);
    desk.post(&at, [("body", " "), ("seen", "3")]).await.is(422);
}

#[actix_web::test]
async fn a_file_is_for_whom_it_was_shown_to_and_is_never_run() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.signed_in(&app.given_member("Ana"));
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let text = b"canary <script>alert(1)</script>".as_slice();
    let public = add_file(&app, &desk, &path, "For all", "public", ("Grüße.txt", text)).await;
    let members = add_file(&app, &desk, &path, "Canary for members", "members", ("a.txt", text)).await;
    let hidden = add_file(
        &app,
        &desk,
        &path,
        "Canary for the desk",
        "desk",
        ("b.pdf", b"%PDF-1.7 canary"),
    )
    .await;
    let page = app.visitor().visit(PAGE).await;
    page.shows("For all").shows("plain text, 32 bytes").hides("Canary for");
    ana.visit(PAGE)
        .await
        .shows("Canary for members")
        .hides("Canary for the desk");

    let sent = fetch(&app.visitor(), &public).await;
    sent.is(200);
    assert_eq!(sent.body.as_bytes(), text);
    assert_eq!(sent.header("content-type"), "text/plain; charset=utf-8");
    assert_eq!(sent.header("x-content-type-options"), "nosniff");
    assert_eq!(sent.header("content-security-policy"), "default-src 'none'; sandbox");
    assert_eq!(sent.header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(
        sent.header("content-disposition"),
        "attachment; filename=\"Gr__e.txt\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe.txt"
    );
    assert_eq!(sent.header("cache-control"), "public, max-age=0, must-revalidate");
    let etag = sent.header("etag").to_owned();
    app.visitor().get(&public, &[("if-none-match", &etag)]).await.is(304);

    let sent = fetch(&ana, &members).await;
    sent.is(200);
    assert_eq!(sent.header("cache-control"), "private, max-age=0, must-revalidate");
    let missing = fetch(&app.visitor(), &format!("{PAGE}/files/{}", uuid::Uuid::now_v7())).await;
    for (who, address) in [(app.visitor(), &members), (app.visitor(), &hidden)] {
        let page = fetch(&who, address).await;
        page.is(404);
        let plain = |page: &Page| page.text().split("this number:").next().map(str::to_owned);
        assert_eq!(plain(&page), plain(&missing), "as if it were not there");
    }
    fetch(&ana, &hidden).await.is(404);
    // The file of one meeting is not to be had by way of another.
    draft(&desk, &[("title", "Another")]).await;
    let file = public.rsplit('/').next().unwrap_or_default();
    fetch(&app.visitor(), &format!("/meetings/another/files/{file}"))
        .await
        .is(404);
    let kept = hidden.rsplit('/').next().unwrap_or_default();
    desk.visit(&format!("{}/files/{kept}/content", materials(&path)))
        .await
        .is(200);

    // Taken back, it is gone at once; removed, its bytes are too.
    let edit = format!("{}/files/{file}", materials(&path));
    desk.submit(&edit, [("title", "For members"), ("seen_by", "members")])
        .await
        .is(200);
    app.visitor().get(&public, &[("if-none-match", &etag)]).await.is(404);
    app.visitor().visit(PAGE).await.hides("For all");
    desk.submit(&format!("{edit}/removal"), [])
        .await
        .shows("The file is removed");
    fetch(&ana, &public).await.is(404);
    let pieces = app.read(|conn| Ok(file_chunks::table.count().get_result::<i64>(conn)?));
    assert_eq!(pieces, 2);
}

#[actix_web::test]
async fn a_draft_of_a_meeting_and_one_for_members_keep_their_files_to_themselves() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.signed_in(&app.given_member("Ana"));
    let path = draft(&desk, &[("visibility", "members")]).await;
    let file = add_file(&app, &desk, &path, "Canary", "public", ("a.txt", b"canary")).await;
    fetch(&app.visitor(), &file).await.is(404);
    fetch(&ana, &file).await.is(404);
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    fetch(&app.visitor(), &file).await.is(404);
    let sent = fetch(&ana, &file).await;
    sent.is(200);
    assert!(sent.header("cache-control").starts_with("private"));
    app.deliver_mail().await;
    app.ignore_mail();
}

#[actix_web::test]
async fn a_large_file_comes_back_byte_for_byte() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let text: String = (0..150_000).map(|n| format!("{n:07}\n")).collect();
    let file = add_file(&app, &desk, &path, "Long", "public", ("long.txt", text.as_bytes())).await;
    let sent = fetch(&app.visitor(), &file).await;
    assert_eq!(sent.header("content-length"), text.len().to_string());
    assert!(sent.body == text, "{} bytes of {}", sent.body.len(), text.len());
}

#[actix_web::test]
async fn pictures_are_drawn_anew_and_need_words() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let (at, picture) = (materials(&path), a_picture());
    let fields = [("title", "The group"), ("seen_by", "public")];
    let to = format!("{at}/files");
    let page = upload(&app, &desk, &at, &to, &fields, Some(("group.jpg", &picture))).await;
    page.is(422)
        .shows("Say what the picture shows, or that it only decorates.");
    assert_eq!(value(&page, "title"), "The group");
    let fields = [
        ("title", "The group"),
        ("seen_by", "public"),
        ("alt", "Five people at a table"),
    ];
    let page = upload(&app, &desk, &at, &to, &fields, Some(("group.jpg", &picture))).await;
    page.is(200).shows("The file is there");
    let shown = app.visitor().visit(PAGE).await;
    assert!(
        shown
            .body
            .contains("alt=\"Five people at a table\" width=\"30\" height=\"20\""),
        "{}",
        shown.body
    );
    let source = shown
        .body
        .split("<figure><img src=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next());
    let sent = fetch(&app.visitor(), source.expect("a picture")).await;
    sent.is(200).hides("canary-behind");
    assert_eq!(sent.header("content-type"), "image/png");
    assert!(
        sent.header("content-disposition")
            .starts_with("inline; filename=\"group.png\"")
    );
    assert_eq!(sent.header("content-security-policy"), "default-src 'none'; sandbox");
}

#[actix_web::test]
async fn what_is_too_large_or_of_another_kind_is_refused_with_a_sentence() {
    let app = TestApp::start_with("[materials]\nmax_file_mb = 1").await;
    let desk = desk(&app).await;
    let path = draft(&desk, &[]).await;
    let at = materials(&path);
    let to = format!("{at}/files");
    let fields = [("title", "Kept <title>"), ("seen_by", "members"), ("alt", "x")];
    let large = vec![b'a'; 1_000_001];
    for (file, status, said) in [
        (("a.txt", large.as_slice()), 413, "A file may have 1 MB"),
        (
            ("a.html", b"<!doctype html><script>1</script>"),
            422,
            "This kind of file is not taken",
        ),
        (
            ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
            422,
            "This kind of file is not taken",
        ),
        (("a.gif", b"GIF89a"), 422, "GIF pictures are not taken"),
        (("a.png", b"\x89PNG\r\n\x1a\nrest"), 422, "This picture is broken"),
        (("a.pdf", b""), 422, "The file is empty"),
    ] {
        let page = upload(&app, &desk, &at, &to, &fields, Some(file)).await;
        page.is(status).shows(said).shows("Please choose the file again");
        assert_eq!(value(&page, "title"), "Kept &lt;title&gt;");
    }
    upload(&app, &desk, &at, &to, &fields, None)
        .await
        .is(422)
        .shows("Choose a file first");
    // Without the proof that it came from our page nothing of a file is read.
    upload_with(&app, &desk, "forged", &to, &fields, Some(("a.txt", b"x")))
        .await
        .is(403);
    let stranger = app.signed_in(&app.given_member("Ana"));
    let csrf = value(&stranger.visit("/me/profile").await, "csrf");
    upload_with(&app, &stranger, &csrf, &to, &fields, Some(("a.txt", b"x")))
        .await
        .is(403);
    desk.visit(&at).await.shows("There are no files yet");
}

#[actix_web::test]
async fn a_recording_is_for_whom_it_was_shown_to_until_its_day_is_over() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.signed_in(&app.given_member("Ana"));
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let to = format!("{}/recording", materials(&path));
    let form = |url, until, seen| {
        [
            ("recording_url", url),
            ("recording_until", until),
            ("recording_seen_by", seen),
        ]
    };
    for (url, until, seen) in [
        ("http://video.example.org/x", "2027-04-30", "members"),
        ("javascript:alert(1)", "2027-04-30", "members"),
        ("https://video.example.org/x", "2027-03-23", "members"),
        ("https://video.example.org/x", "soon", "members"),
        ("https://video.example.org/x", "2027-04-30", "desk"),
    ] {
        desk.post(&to, form(url, until, seen)).await.is(422);
    }
    let url = "https://video.example.org/canary";
    desk.submit(&to, form(url, "2027-04-30", "members"))
        .await
        .shows("The link to the recording is saved");
    ana.visit(PAGE).await.shows("until 30 April 2027").link(url);
    app.visitor().visit(PAGE).await.hides("canary").hides("Recording");
    desk.submit(&to, form(url, "2027-04-30", "public")).await.is(200);
    app.visitor().visit(PAGE).await.link(url);
    app.advance(days(60)).await; // 30 April
    app.visitor().visit(PAGE).await.link(url);
    app.advance(days(1)).await;
    let page = app.visitor().visit(PAGE).await;
    page.hides("canary")
        .shows("The recording could be watched until 30 April 2027");
    desk_of(&app, "Later")
        .await
        .submit(&to, form("", "", ""))
        .await
        .shows("No recording is linked");
    app.visitor().visit(PAGE).await.hides("Recording");
}

/// A meeting that is over, of which there is something to tell.
async fn held(app: &TestApp, desk: &Actor<'_>) -> String {
    let path = scheduled(app, desk, &[]).await;
    app.all_mail();
    path
}

#[actix_web::test]
async fn what_was_missed_is_told_once_to_those_who_did_not_say_yes() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let people: Vec<Member> = ["Ana", "Berta", "Carl", "Dora"]
        .iter()
        .map(|name| app.given_member(name))
        .collect();
    let path = held(&app, &desk).await;
    for (member, said) in people.iter().zip(["yes", "no", "maybe"]) {
        let browser = app.signed_in(member);
        browser.visit(PAGE).await;
        browser
            .submit(&format!("{PAGE}/answer"), [("answer", said)])
            .await
            .is(200);
    }
    app.advance(days(24)).await;
    // Somebody who came too late missed nothing, and whoever has left hears nothing.
    app.given_member("Late");
    app.write(|tx, ctx| members::actions::leave(tx, ctx, &people[3].id, "test"));
    let desk = desk_of(&app, "Second").await;
    app.deliver_mail().await;
    app.all_mail();
    let to = format!("{}/recap", materials(&path));
    desk.visit(&to).await.shows("There is nothing to tell yet");
    desk.submit(&to, [("seen", "0")])
        .await
        .shows("There is nothing to tell yet");
    let minutes = format!("{}/minutes", materials(&path));
    desk.submit(
        &minutes,
        [("body", "# Decided\n\nWe *agreed* on gardens."), ("seen", "0")],
    )
    .await
    .is(200);
    desk.submit(
        &format!("{minutes}/publication"),
        [("seen", "1"), ("minutes_seen_by", "members")],
    )
    .await
    .is(200);
    add_file(
        &app,
        &desk,
        &path,
        "Slides of the day",
        "members",
        ("a.pdf", b"%PDF-1.7"),
    )
    .await;
    add_file(&app, &desk, &path, "Canary not shown", "desk", ("b.pdf", b"%PDF-1.7")).await;
    desk.visit(&to)
        .await
        .is(200)
        .shows("3 members get it")
        .shows("1 does not: they said yes")
        .shows("What you missed: Maps and gardens")
        .shows("Send it to 3 members")
        .hides("Canary");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "looking sends nothing");
    desk.submit(&to, [("seen", "0")])
        .await
        .shows("3 mails are on their way");
    // Pressed twice, sent once.
    desk.submit(&to, [("seen", "0")]).await.shows("It was sent already");
    app.deliver_mail().await;
    for who in ["berta", "carl", "coordinator"] {
        let mail = app.only_mail(&format!("{who}@example.org"));
        assert_eq!(mail.subject, "What you missed: Maps and gardens");
        assert!(
            mail.text.contains("From the minutes: We agreed on gardens."),
            "{}",
            mail.text
        );
        assert!(
            mail.text
                .contains("Slides of the day: http://localhost:8080/sign-in?next=/meetings/"),
            "{}",
            mail.text
        );
        assert!(
            !mail.text.contains("Canary") && !mail.text.contains(LINK),
            "{}",
            mail.text
        );
        assert!(mail.calendar.is_none());
    }
    assert!(app.all_mail().is_empty());
    // The link leads those who are signed in straight to what they missed.
    let next = "/sign-in?next=/meetings/maps-and-gardens";
    app.signed_in(&people[1])
        .visit(next)
        .await
        .shows("We agreed on gardens.");
    desk.submit(&to, [("seen", "1")]).await.shows("It was sent before");
    desk.submit(&to, [("seen", "1"), ("again", "yes")])
        .await
        .shows("3 mails are on their way");
    app.deliver_mail().await;
    assert_eq!(app.all_mail().len(), 3);
}

#[actix_web::test]
async fn presenters_are_asked_once_and_what_they_log_becomes_one_draft() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let (ana, bo) = (app.given_member("Ana"), app.given_member("Bo"));
    let path = held(&app, &desk).await;
    let at = materials(&path);
    desk.post(&format!("{at}/presenters"), [])
        .await
        .is(422)
        .shows("Choose who presents");
    for member in [&ana, &bo] {
        desk.submit(&format!("{at}/presenters"), [("presenter", member.id.as_str())])
            .await
            .shows("The presenter is on the list")
            .shows("Not asked yet");
    }
    app.advance(days(23) + hours(7) + minutes(29)).await; // 16:29 London, the meeting is on
    app.deliver_mail().await;
    app.advance(hours(1)).await;
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "not within the hour");
    app.advance(minutes(1)).await;
    app.tick();
    app.deliver_mail().await;
    let mail = app.only_mail("ana@example.org");
    assert_eq!(mail.subject, "Your slides, and what came of it: Maps and gardens");
    let for_bo = link_in(&app.only_mail("bo@example.org").text, "/log/");
    let link = link_in(&mail.text, "/log/");
    app.advance(days(3)).await;
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "asked once");

    let browser = app.visitor();
    let page = browser.visit(&link).await;
    page.is(200)
        .shows("You presented, Ana")
        .shows("Send it to the coordinators");
    assert_eq!(page.header("referrer-policy"), "no-referrer");
    assert_eq!(page.header("x-robots-tag"), "noindex");
    upload(&app, &browser, &link, &link, &[("outcome", " ")], None)
        .await
        .is(422)
        .shows("one of them is enough");
    let fields = [("outcome", "Kept <words>"), ("slides_link", "javascript:alert(1)")];
    upload(&app, &browser, &link, &link, &fields, None)
        .await
        .is(422)
        .shows("Kept <words>");
    let fields = [
        ("outcome", "Two sites *joined*."),
        ("slides_link", "https://slides.example.org/a"),
    ];
    let page = upload(&app, &browser, &link, &link, &fields, Some(("slides.pdf", b"%PDF-1.7"))).await;
    page.is(200)
        .shows("Thank you")
        .shows("You have logged this already")
        .shows("Slides, Ana");

    let desk = desk_of(&app, "Second").await;
    let page = desk.visit(&at).await;
    page.shows("Two sites *joined*.").shows("Coordinators only");
    let activity = page.link("/coordinate/activities/");
    let page = desk.visit(&activity).await;
    page.is(200)
        .shows("Maps and gardens")
        .shows("Ana")
        .shows("Two sites joined")
        .shows("presentation");
    assert!(page.body.contains("https://slides.example.org/a"), "{}", page.body);
    app.visitor().visit("/activities").await.hides("Maps and gardens");
    app.visitor().visit(PAGE).await.hides("Slides, Ana");

    // The second presenter adds to the same draft; the first changes what they said.
    upload(
        &app,
        &app.visitor(),
        &for_bo,
        &for_bo,
        &[("outcome", "A garden opened.")],
        None,
    )
    .await
    .is(200);
    upload(
        &app,
        &browser,
        &link,
        &link,
        &[("outcome", "Three sites."), ("slides_link", "")],
        None,
    )
    .await
    .is(200);
    let page = desk.visit(&at).await;
    assert_eq!(page.link("/coordinate/activities/"), activity);
    desk.visit(&activity)
        .await
        .shows("Three sites.")
        .shows("A garden opened.")
        .hides("Two sites");

    // What a coordinator has written in the draft is never overwritten.
    let edit = [
        ("title", "Edited title"),
        ("scope", "local"),
        ("kind", "event"),
        ("body", "Edited by hand."),
        ("happened_on", "2027-03-24"),
    ];
    desk.submit(&activity, edit).await.is(200);
    upload(&app, &browser, &link, &link, &[("outcome", "Four sites.")], None)
        .await
        .is(200);
    desk.visit(&activity)
        .await
        .shows("Edited title")
        .shows("Edited by hand.")
        .shows("Four sites.")
        .shows("Local");

    // Published, it takes no more; the link only shows.
    desk.submit(&format!("{activity}/publication"), []).await.is(200);
    browser
        .visit(&link)
        .await
        .is(200)
        .shows("is published by now")
        .hides("<form method=\"post\" action=\"/meetings");
    let csrf = value(&app.visitor().visit("/sign-in").await, "csrf");
    upload_with(&app, &browser, &csrf, &link, &[("outcome", "Too late")], None)
        .await
        .is(403);
    let fresh = app.visitor();
    let csrf = value(&fresh.visit("/sign-in").await, "csrf");
    upload_with(&app, &fresh, &csrf, &link, &[("outcome", "Too late")], None)
        .await
        .is(409);
    desk.visit(&activity).await.hides("Too late");
}

#[actix_web::test]
async fn the_link_of_somebody_who_has_left_or_of_nobody_leads_nowhere() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let (ana, bo) = (app.given_member("Ana"), app.given_member("Bo"));
    let path = held(&app, &desk).await;
    let to = format!("{}/presenters", materials(&path));
    for member in [&ana, &bo] {
        desk.submit(&to, [("presenter", member.id.as_str())]).await.is(200);
    }
    app.write(|tx, ctx| members::actions::leave(tx, ctx, &bo.id, "test"));
    app.advance(days(24)).await;
    app.deliver_mail().await;
    let link = link_in(&app.only_mail("ana@example.org").text, "/log/");
    assert!(
        app.inbox("bo@example.org")
            .iter()
            .all(|mail| !mail.text.contains("/log/"))
    );
    let browser = app.visitor();
    browser.visit(&link).await.is(200);
    browser.visit(&link.replace("maps-and-gardens", "other")).await.is(404);
    browser
        .visit(&format!("{PAGE}/log/aaaaaaaaaaaaaaaaaaaaaaaaaa"))
        .await
        .is(404);
    app.write(|tx, ctx| members::actions::leave(tx, ctx, &ana.id, "test"));
    browser.visit(&link).await.is(404);
    let csrf = value(&browser.visit("/sign-in").await, "csrf");
    upload_with(
        &app,
        &browser,
        &csrf,
        &link,
        &[("outcome", "x")],
        Some(("a.pdf", b"%PDF-1.7")),
    )
    .await
    .is(404);
    let active = app.read(|conn| {
        Ok(member_rows::table
            .filter(member_rows::status.eq("active"))
            .count()
            .get_result::<i64>(conn)?)
    });
    assert_eq!(active, 1);
    app.deliver_mail().await;
    app.ignore_mail();
}

#[actix_web::test]
async fn an_outsider_finds_nothing_private_anywhere() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let at = materials(&path);
    desk.submit(&format!("{at}/minutes"), [("body", "canary-minutes"), ("seen", "0")])
        .await
        .is(200);
    desk.submit(
        &format!("{at}/minutes/publication"),
        [("seen", "1"), ("minutes_seen_by", "members")],
    )
    .await
    .is(200);
    add_file(
        &app,
        &desk,
        &path,
        "canary-title",
        "members",
        ("canary-name.txt", b"canary-bytes"),
    )
    .await;
    desk.submit(
        &format!("{at}/recording"),
        [
            ("recording_url", "https://video.example.org/canary-recording"),
            ("recording_until", "2027-05-01"),
            ("recording_seen_by", "members"),
        ],
    )
    .await
    .is(200);
    let outsider = app.visitor();
    for address in [
        "/",
        "/meetings",
        PAGE,
        "/meetings/maps-and-gardens.ics",
        "/calendar.ics",
        "/activities",
        "/activities.atom",
        "/activities.json",
        "/sitemap.xml",
    ] {
        outsider.visit(address).await.is(200).hides("canary");
    }
}

#[actix_web::test]
async fn what_was_missed_and_the_question_for_slides_end_with_invitations() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let [ana, bo, cem] = ["Ana", "Bo", "Cem"].map(|name| app.given_member(name));
    let path = held(&app, &desk).await;
    let at = materials(&path);
    for member in [&ana, &bo] {
        desk.submit(&format!("{at}/presenters"), [("presenter", member.id.as_str())])
            .await
            .is(200);
    }
    invitations_for(&app, &ana, false);
    desk.visit(&at)
        .await
        .shows("Wants no invitations by mail, so is not asked");
    app.advance(days(24)).await;
    app.deliver_mail().await;
    let to_bo = app.only_mail("bo@example.org");
    assert!(to_bo.subject.starts_with("Your slides"), "{}", to_bo.subject);
    ends_with_invitations(&to_bo);
    assert!(app.all_mail().is_empty());
    let desk = desk_of(&app, "Second").await;
    let minutes = format!("{at}/minutes");
    desk.submit(&minutes, [("body", "We agreed on gardens."), ("seen", "0")])
        .await
        .is(200);
    let published = [("seen", "1"), ("minutes_seen_by", "members")];
    desk.submit(&format!("{minutes}/publication"), published).await.is(200);
    let to = format!("{at}/recap");
    desk.visit(&to)
        .await
        .shows("3 members get it")
        .shows("1 wants no invitations by mail, and this comes with them");
    desk.submit(&to, [("seen", "0")])
        .await
        .shows("3 mails are on their way");
    invitations_for(&app, &cem, false);
    app.deliver_mail().await;
    for name in ["bo", "coordinator"] {
        ends_with_invitations(&app.only_mail(&format!("{name}@example.org")));
    }
    assert!(app.all_mail().is_empty());
    // Asked once she wants invitations again.
    invitations_for(&app, &ana, true);
    app.tick();
    app.deliver_mail().await;
    assert!(app.only_mail("ana@example.org").subject.starts_with("Your slides"));
}
