//! How long the server takes to answer with data in place, and the memory it then holds.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use oxsop::server::build_app;

use crate::{config, fresh_folder, median};

const ROUNDS: usize = 9;

pub fn run() {
    let folder = fresh_folder();
    let mut settings = config(&folder, "memory://");
    settings.is_demo = true; // its story reads captured mail
    let app = std::sync::Arc::new(build_app(settings).expect("the application"));
    oxsop::cli::demo::fill(&app).expect("sample data");
    drop(app);
    let (mut times, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let port = TcpListener::bind("127.0.0.1:0")
            .and_then(|l| l.local_addr())
            .expect("a port")
            .port();
        let begun = Instant::now();
        let mut child = Command::new(env!("CARGO_BIN_EXE_oxsop"))
            .arg("serve")
            .env("OXSOP_DATA__FOLDER", &folder)
            .env("OXSOP_SERVER__LISTEN", format!("127.0.0.1:{port}"))
            .env("OXSOP_LOG", "error")
            .stderr(Stdio::null())
            .spawn()
            .expect("the server starts");
        while !is_ready(port) {
            std::thread::sleep(Duration::from_millis(1));
            assert!(begun.elapsed() < Duration::from_secs(20), "it never became ready");
        }
        times.push(begun.elapsed().as_secs_f64() * 1_000.0);
        std::thread::sleep(Duration::from_millis(1_500));
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let kib = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .and_then(|v| v.trim().split(' ').next()?.parse::<f64>().ok());
        memory.extend(kib.map(|kib| kib / 1_024.0));
        child.kill().expect("it can be stopped");
        child.wait().expect("it stops");
    }
    println!(
        "start: with sample data, median of {ROUNDS}: ready after {:.0} ms; idle memory {:.1} MB",
        median(&mut times),
        median(&mut memory)
    );
    std::fs::remove_dir_all(&folder).expect("the folder goes");
}

fn is_ready(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else {
        return false;
    };
    let asked = stream
        .write_all(format!("GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").as_bytes());
    let mut reply = String::new();
    asked.is_ok() && stream.read_to_string(&mut reply).is_ok() && reply.starts_with("HTTP/1.1 200")
}
