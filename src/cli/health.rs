//! `oxsop health`: asks the running server whether it is able to serve.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::platform::config::Config;

pub(super) fn run(config: &Config) -> Result<(), String> {
    let listen = &config.server.listen;
    let address = reachable(listen).ok_or_else(|| format!("server.listen '{listen}' is no address"))?;
    let asked = ask(address).map_err(|e| format!("no server answers on {address}: {e}"))?;
    if asked.starts_with("HTTP/1.1 200") {
        println!("ready");
        return Ok(());
    }
    Err(format!(
        "the server on {address} is not ready: {}",
        asked.lines().next().unwrap_or("it said nothing")
    ))
}

/// Where to ask: a server that listens on every address is asked on loopback.
fn reachable(listen: &str) -> Option<SocketAddr> {
    let mut address = listen.to_socket_addrs().ok()?.next()?;
    if address.ip().is_unspecified() {
        address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    }
    Some(address)
}

fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, Duration::from_secs(2))?;
    stream.set_read_timeout(Some(Duration::from_secs(4)))?;
    stream.write_all(format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}
