//! Kept pages, feeds and calendars beside a bare actix handler that answers the same bytes.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{self, Bytes};
use actix_web::{App as Actix, HttpResponse, HttpServer};
use oxsop::server::{self, Starting};

use crate::load::requests_a_second;
use crate::{config, fresh_folder, median};

const PATHS: &[&str] = &["/", "/activities", "/activities.atom", "/calendar.ics"];
const ROUNDS: usize = 5;

pub fn run() {
    let folder = fresh_folder();
    let mut settings = config(&folder, "memory://");
    settings.is_demo = true; // its story reads captured mail
    let starting = Starting::new(settings).expect("the server starts");
    oxsop::cli::demo::fill(&starting.app).expect("sample data");
    let address = starting.listener.local_addr().expect("an address");
    std::thread::spawn(move || actix_web::rt::System::new().block_on(server::run(starting)));
    wait_for(address);
    println!("pages: requests a second, median of {ROUNDS} rounds of 2 s, 16 connections, 2 workers each");
    for path in PATHS {
        let bytes = body_of(address, path);
        let bare = bare_server(bytes.clone());
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(requests_a_second(address, path, 16, Duration::from_secs(2)));
            theirs.push(requests_a_second(bare, path, 16, Duration::from_secs(2)));
        }
        let (ours, theirs) = (median(&mut ours), median(&mut theirs));
        println!(
            "  {path:<18} {:>6} bytes  ours {ours:>7.0}  bare actix {theirs:>7.0}  ratio {:.2}",
            bytes.len(),
            ours / theirs
        );
    }
}

fn bare_server(bytes: Bytes) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let bytes = Arc::new(bytes);
            HttpServer::new(move || {
                let bytes = bytes.clone();
                Actix::new().default_service(web::to(move || {
                    let bytes = bytes.clone();
                    async move {
                        HttpResponse::Ok()
                            .content_type("text/html; charset=utf-8")
                            .body((*bytes).clone())
                    }
                }))
            })
            .workers(2)
            .listen(listener)
            .expect("a server")
            .run()
            .await
        })
    });
    wait_for(address);
    address
}

fn wait_for(address: SocketAddr) {
    for _ in 0..200 {
        if std::net::TcpStream::connect(address).is_ok() {
            return;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    panic!("no server on {address}");
}

fn body_of(address: SocketAddr, path: &str) -> Bytes {
    use std::io::{Read, Write};
    let mut stream = std::net::TcpStream::connect(address).expect("a connection");
    stream
        .write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())
        .expect("a request");
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).expect("a reply");
    let head = reply.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
    Bytes::copy_from_slice(&reply[head + 4..])
}
