//! Whether people reach the server at its public address: it is asked, as a browser would ask, for `/healthz`.

use std::io::{Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use url::Url;

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// More than the answer's head and "alive" need.
const MOST: u64 = 16 * 1024;

/// Asks the server at `public_url`; its plain-text sibling fails, for cookies would travel in the open.
pub(super) fn check(public_url: &str) -> Result<String, String> {
    if public_url.is_empty() {
        return Err("empty: links in mails lead to this machine only; set it to where people reach the server".into());
    }
    let url = Url::parse(public_url).map_err(|e| format!("{public_url} is no address: {e}"))?;
    let said = ask(&url).map_err(|why| format!("{public_url}/healthz: {why}"))?;
    if !is_alive(&said) {
        return Err(format!(
            "{public_url}/healthz is answered by something else: {}",
            said.lines().next().unwrap_or("nothing was said").escape_debug()
        ));
    }
    if url.scheme() != "https" {
        return Err(format!(
            "{public_url} answers, but is not https: cookies travel in the open"
        ));
    }
    Ok(format!("{public_url} answers"))
}

fn is_alive(answer: &str) -> bool {
    answer.starts_with("HTTP/1.1 200 ")
        && answer
            .split_once("\r\n\r\n")
            .is_some_and(|(_, body)| body.contains("alive"))
}

fn ask(url: &Url) -> Result<String, String> {
    let host = url.host_str().unwrap_or_default();
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let port = url.port_or_known_default().unwrap_or(443);
    let addresses = (bare, port)
        .to_socket_addrs()
        .map_err(|e| format!("the name {host} cannot be resolved: {e}"))?;
    let mut stream = connect(addresses)?;
    let authority = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    let request =
        format!("GET /healthz HTTP/1.1\r\nHost: {authority}\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n");
    if url.scheme() == "http" {
        return talk(&mut stream, &request);
    }
    let name = rustls::pki_types::ServerName::try_from(bare.to_owned()).map_err(|e| e.to_string())?;
    let mut session = rustls::ClientConnection::new(Arc::new(trust()?), name).map_err(|e| e.to_string())?;
    talk(&mut rustls::Stream::new(&mut session, &mut stream), &request)
}

fn connect(addresses: impl Iterator<Item = std::net::SocketAddr>) -> Result<TcpStream, String> {
    let mut last = "the name has no address".to_owned();
    for address in addresses.take(4) {
        let opened = TcpStream::connect_timeout(&address, PATIENCE).and_then(|stream| {
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_write_timeout(Some(PATIENCE))?;
            Ok(stream)
        });
        match opened {
            Ok(stream) => return Ok(stream),
            Err(e) => {
                last = format!("nobody answers on {address}: {e}; is the server running, and the proxy before it?")
            }
        }
    }
    Err(last)
}

/// The authorities that browsers trust, as far as they are built in.
fn trust() -> Result<rustls::ClientConfig, String> {
    let roots = rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let settings = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?;
    Ok(settings.with_root_certificates(roots).with_no_client_auth())
}

fn talk(stream: &mut (impl Read + Write), request: &str) -> Result<String, String> {
    stream.write_all(request.as_bytes()).map_err(|e| e.to_string())?;
    let mut answer = Vec::new();
    // A peer that hangs up without taking leave has said all the same what it said.
    match stream.take(MOST).read_to_end(&mut answer) {
        Err(e) if answer.is_empty() => Err(e.to_string()),
        _ => Ok(String::from_utf8_lossy(&answer).into_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers one connection on a free port of this machine.
    fn answering(words: &'static str) -> String {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let mut heard = [0; 512];
            let read = stream.read(&mut heard).unwrap();
            assert!(heard[..read].starts_with(b"GET /healthz HTTP/1.1\r\n"));
            stream.write_all(words.as_bytes()).unwrap();
        });
        format!("http://{address}")
    }

    #[test]
    fn the_public_address_is_really_asked() {
        let ours = check(&answering("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nalive\n")).unwrap_err();
        assert!(ours.contains("answers, but is not https"), "{ours}");
        let others = check(&answering("HTTP/1.1 404 Not Found\r\n\r\n")).unwrap_err();
        assert!(others.contains("something else: HTTP/1.1 404"), "{others}");
        let closed = std::net::TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let nobody = check(&format!("https://{closed}")).unwrap_err();
        assert!(nobody.contains("nobody answers"), "{nobody}");
        let nowhere = check("https://network.invalid").unwrap_err();
        assert!(nowhere.contains("cannot be resolved"), "{nowhere}");
    }
}
