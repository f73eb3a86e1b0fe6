//! A load generator of a few lines: keep-alive connections that ask for one address again and again.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Requests a second over `connections` for `time`; fails on any status but 200.
pub fn requests_a_second(address: SocketAddr, path: &str, connections: usize, time: Duration) -> f64 {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n");
    let stop = AtomicBool::new(false);
    let count = AtomicU64::new(0);
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..connections {
            scope.spawn(|| {
                let mut stream = TcpStream::connect(address).expect("a connection");
                stream.set_nodelay(true).expect("no delay");
                let mut buffer = vec![0; 128 * 1024];
                while !stop.load(Ordering::Relaxed) {
                    stream.write_all(request.as_bytes()).expect("a request");
                    read_reply(&mut stream, &mut buffer);
                    count.fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        std::thread::sleep(time);
        stop.store(true, Ordering::Relaxed);
    });
    count.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}

fn read_reply(stream: &mut TcpStream, buffer: &mut [u8]) {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).expect("a reply");
        assert!(read > 0, "the server closed the connection");
        filled += read;
        let Some(head) = buffer[..filled].windows(4).position(|w| w == b"\r\n\r\n") else {
            continue;
        };
        assert!(
            buffer.starts_with(b"HTTP/1.1 200"),
            "{}",
            String::from_utf8_lossy(&buffer[..head])
        );
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length = text
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .and_then(|n| n.trim().parse::<usize>().ok());
        let whole = head + 4 + length.expect("a length");
        while filled < whole {
            let read = stream.read(&mut buffer[filled..]).expect("the rest");
            assert!(read > 0, "the reply is cut");
            filled += read;
        }
        return;
    }
}
