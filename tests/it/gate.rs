//! What every request passes, as those see it who ask oddly, slowly or too much: TRUST S51, S53, S55, S59.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use actix_web::body::BoxBody;
use actix_web::dev::ServiceResponse;
use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::{App as Actix, HttpResponse, web};
use oxsop::platform::app::App;
use oxsop::web::gate::gate;

use crate::support::TestApp;

fn text(response: &ServiceResponse<BoxBody>, name: HeaderName) -> String {
    let value = response.headers().get(name).and_then(|v| v.to_str().ok());
    value.unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn an_oversized_request_gets_our_page() {
    let app = TestApp::start().await;
    let request = |path: &str| TestRequest::with_uri(path).insert_header((header::HOST, "localhost:8080"));
    let long = format!("/activities?q={}", "a".repeat(8 * 1024));
    let mut many = request("/");
    for n in 0..101 {
        many = many.insert_header((format!("x-{n}"), "a"));
    }
    let large = request("/").insert_header(("x-large", "a".repeat(32 * 1024)));
    for (request, status) in [(request(&long), 414), (many, 431), (large, 431)] {
        let response = app.call(request.to_request()).await;
        assert_eq!(response.status(), status);
        assert!(text(&response, header::CONTENT_SECURITY_POLICY).starts_with("default-src 'none'"));
        assert_eq!(text(&response, header::CACHE_CONTROL), "no-store");
        let body = read_body(response).await;
        assert!(String::from_utf8_lossy(&body).contains("</html>"), "{status}");
    }
    let fits = format!("/activities?q={}", "a".repeat(8_000));
    assert_eq!(app.call(request(&fits).to_request()).await.status(), 200);
}

#[actix_web::test]
async fn a_failure_that_is_not_ours_is_shown_as_ours_are() {
    let app = TestApp::start().await;
    let faulty = init_service(
        Actix::new()
            .app_data(web::Data::<App>::from(app.app.clone()))
            .wrap(from_fn(gate))
            .route(
                "/faulty",
                web::get().to(|| async { HttpResponse::BadGateway().body("raw innards") }),
            ),
    )
    .await;
    let request = TestRequest::with_uri("/faulty").insert_header((header::HOST, "localhost:8080"));
    let response = call_service(&faulty, request.to_request()).await.map_into_boxed_body();
    assert_eq!(response.status(), 500);
    assert!(text(&response, header::CONTENT_SECURITY_POLICY).starts_with("default-src 'none'"));
    let body = String::from_utf8_lossy(&read_body(response).await).into_owned();
    assert!(
        body.contains("Something went wrong on our side") && !body.contains("raw innards"),
        "{body}"
    );
}

#[actix_web::test]
async fn packed_and_plain_are_told_apart() {
    let app = TestApp::start().await;
    let who = app.visitor();
    let plain = who.get("/activities", &[("accept-encoding", "gzip;q=0")]).await;
    assert_eq!(plain.header("content-encoding"), "");
    let packed = TestRequest::with_uri("/activities")
        .insert_header((header::HOST, "localhost:8080"))
        .insert_header((header::ACCEPT_ENCODING, "gzip"));
    let packed = app.call(packed.to_request()).await;
    assert_eq!(text(&packed, header::CONTENT_ENCODING), "gzip");
    let etag = text(&packed, header::ETAG);
    assert_ne!(etag, plain.header("etag"));
    for (headers, status) in [
        (vec![("if-none-match", etag.as_str()), ("accept-encoding", "gzip")], 304),
        (vec![("if-none-match", etag.as_str())], 200),
        (vec![("if-none-match", plain.header("etag"))], 304),
        (vec![("if-none-match", "*")], 304),
    ] {
        assert_eq!(who.get("/activities", &headers).await.status, status, "{headers:?}");
    }
}

#[actix_web::test]
async fn the_default_port_is_the_same_name() {
    let app = TestApp::start_as(|config| config.server.public_url = "https://network.example.org".into()).await;
    for (host, status) in [
        ("network.example.org", 200),
        ("network.example.org:443", 200),
        ("network.example.org:80", 421),
        ("other.example.org:443", 421),
    ] {
        let request = TestRequest::with_uri("/meetings").insert_header((header::HOST, host));
        assert_eq!(app.call(request.to_request()).await.status(), status, "{host}");
    }
}

#[actix_web::test]
async fn the_first_of_a_repeated_parameter_counts_everywhere() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    for path in [
        "/activities?page=1&page=0",
        "/activities.atom?scope=local&scope=x",
        "/coordinate/outbox?state=sent&state=x",
        "/coordinate/inbox?show=done&show=x",
        "/coordinate/requests?show=asked&show=x",
        "/coordinate/activities?page=1&page=x",
    ] {
        desk.get(path, &[]).await.is(200);
    }
    desk.get("/activities?page=0&page=1", &[]).await.is(400);
    // A state that there is not filters nothing.
    desk.get("/coordinate/outbox?state=x&state=sent", &[]).await.is(200);
}

#[actix_web::test]
async fn a_page_past_the_last_leads_back() {
    let app = TestApp::start().await;
    app.visitor()
        .get("/activities?page=99", &[])
        .await
        .is(200)
        .hides("Page 99");
    let desk = app.coordinator();
    for path in ["/coordinate/outbox", "/coordinate/inbox"] {
        let page = desk.get(&format!("{path}?page=99"), &[]).await;
        page.is(200).shows("There is no page 99").hides("page=98");
    }
}

#[actix_web::test]
async fn metrics_count_and_name_nobody() {
    let app = TestApp::start().await;
    app.visitor().get("/metrics", &[]).await.is(404);
    let app = TestApp::start_as(|config| config.server.metrics = true).await;
    app.given_member("Ana");
    app.visitor().get("/meetings", &[]).await.is(200);
    app.visitor().get("/nothing-here", &[]).await.is(404);
    let foreign = TestRequest::with_uri("/metrics").insert_header((header::HOST, "10.0.0.7:8080"));
    let response = app.call(foreign.to_request()).await;
    assert_eq!(response.status(), 200);
    assert!(text(&response, header::CONTENT_TYPE).starts_with("text/plain"));
    let said = String::from_utf8_lossy(&read_body(response).await).into_owned();
    for line in [
        "oxsop_http_requests_total{class=\"2xx\"} 1",
        "oxsop_http_requests_total{class=\"4xx\"} 1",
        "oxsop_mails{state=\"queued\"} 0",
    ] {
        assert!(said.lines().any(|known| known == line), "{line}: {said}");
    }
    assert!(
        said.contains("oxsop_build_info{version=") && !said.contains('@'),
        "{said}"
    );
    let ready = app.visitor().get("/readyz", &[]).await;
    assert_eq!(ready.header("content-type"), "text/plain; charset=utf-8");
}

/// Sends this much of a request, then a byte a second; what came back, and when the connection ended.
fn drip(address: &str, begin: &str) -> (String, Duration) {
    let mut stream = TcpStream::connect(address).expect("a connection");
    let wait = Some(Duration::from_secs(1));
    stream.set_read_timeout(wait).expect("a time limit");
    stream.write_all(begin.as_bytes()).expect("it is sent");
    let (since, mut said) = (Instant::now(), Vec::new());
    while since.elapsed() < Duration::from_secs(60) {
        let mut piece = [0; 4096];
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(read) => said.extend_from_slice(&piece[..read]),
            Err(e) if e.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
        // Once the connection is closed this fails, and the next read says so.
        let _ = stream.write_all(b"1\r\na\r\n");
    }
    (String::from_utf8_lossy(&said).to_ascii_lowercase(), since.elapsed())
}

#[test]
fn a_body_that_drips_in_ends_with_its_connection() {
    let mut server = crate::commands::Serving::start();
    let head = |path: &str, kind: &str| {
        format!("POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n")
    };
    let form = "application/x-www-form-urlencoded";
    // Nobody wants it; nobody is there; it is wanted, for half a minute.
    for (path, kind, status, seconds) in [
        ("/join", "text/plain", "415", 0..10),
        ("/nothing-here", form, "404", 0..10),
        ("/join", form, "400", 29..40),
    ] {
        let (said, after) = drip(&server.address, &head(path, kind));
        assert!(said.starts_with(&format!("http/1.1 {status} ")), "{path}: {said}");
        assert!(said.contains("connection: close"), "{path}: {said}");
        assert!(seconds.contains(&after.as_secs()), "{path}: ended after {after:?}");
    }
    server.stop();
}

#[test]
fn a_body_that_is_read_keeps_its_connection() {
    let mut server = crate::commands::Serving::start();
    let mut stream = TcpStream::connect(&server.address).expect("a connection");
    stream
        .set_read_timeout(Some(Duration::from_secs(10)))
        .expect("a time limit");
    for _ in 0..2 {
        let request = "POST /join HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 3\r\n\r\na=b";
        stream.write_all(request.as_bytes()).expect("it is sent");
        let mut piece = [0; 65536];
        let read = stream.read(&mut piece).expect("an answer");
        let said = String::from_utf8_lossy(&piece[..read]).to_ascii_lowercase();
        assert!(
            said.starts_with("http/1.1 ") && !said.contains("connection: close"),
            "{said}"
        );
        // The rest of the page, if it came in two pieces.
        stream
            .set_read_timeout(Some(Duration::from_millis(300)))
            .expect("a time limit");
        while stream.read(&mut piece).is_ok_and(|read| read > 0) {}
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .expect("a time limit");
    }
    server.stop();
}
