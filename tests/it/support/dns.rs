//! A small DNS server for tests: answers from a table, over UDP and TCP, and counts nothing.
#![allow(dead_code, reason = "each test uses what it needs")]

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpListener, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use simple_dns::rdata::{A, AAAA, MX, PTR, RData, TXT};
use simple_dns::{CLASS, CharacterString, Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};

/// `(name, kind, value)`: TXT as one text, MX as `10 host`, A, AAAA, PTR; kind FAIL: the server says that it failed.
pub(crate) type Zone = Vec<(String, &'static str, String)>;

/// The server; it stops when dropped.
pub(crate) struct DnsServer {
    pub(crate) address: SocketAddr,
    stop: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<()>>,
}

impl DnsServer {
    pub(crate) fn start(zone: &[(&str, &'static str, &str)]) -> DnsServer {
        let zone: Zone = zone
            .iter()
            .map(|(name, kind, value)| ((*name).to_lowercase(), *kind, (*value).to_owned()))
            .collect();
        DnsServer::of(zone)
    }

    pub(crate) fn of(zone: Zone) -> DnsServer {
        let (socket, listener) = both();
        let address = socket.local_addr().expect("an address");
        let stop = Arc::new(AtomicBool::new(false));
        let zone = Arc::new(zone);
        socket
            .set_read_timeout(Some(Duration::from_millis(50)))
            .expect("a patient socket");
        listener.set_nonblocking(true).expect("a listener without waiting");
        let udp = {
            let (zone, stop) = (zone.clone(), stop.clone());
            std::thread::spawn(move || {
                let mut question = [0; 1500];
                while !stop.load(Ordering::Relaxed) {
                    let Ok((length, from)) = socket.recv_from(&mut question) else {
                        continue;
                    };
                    if let Some(bytes) = answer(&zone, &question[..length], 1232) {
                        // A client that went away is no fault of the server.
                        let _ = socket.send_to(&bytes, from);
                    }
                }
            })
        };
        let tcp = {
            let stop = stop.clone();
            std::thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let Ok((mut stream, _)) = listener.accept() else {
                        std::thread::sleep(Duration::from_millis(10));
                        continue;
                    };
                    let _ = stream.set_nonblocking(false);
                    let mut length = [0; 2];
                    if stream.read_exact(&mut length).is_ok() {
                        let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
                        if stream.read_exact(&mut question).is_ok()
                            && let Some(bytes) = answer(&zone, &question, usize::MAX)
                        {
                            let length = u16::try_from(bytes.len()).expect("a short answer").to_be_bytes();
                            let _ = stream.write_all(&[&length, bytes.as_slice()].concat());
                        }
                    }
                }
            })
        };
        DnsServer {
            address,
            stop,
            threads: vec![udp, tcp],
        }
    }
}

impl Drop for DnsServer {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// The same free port for UDP and TCP.
fn both() -> (UdpSocket, TcpListener) {
    loop {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        if let Ok(socket) = UdpSocket::bind(address) {
            return (socket, listener);
        }
    }
}

fn answer(zone: &Zone, question: &[u8], most: usize) -> Option<Vec<u8>> {
    let asked = Packet::parse(question).ok()?;
    let [one] = asked.questions.as_slice() else { return None };
    let name = one.qname.to_string().to_lowercase();
    let mut reply = Packet::new_reply(asked.id());
    reply.set_flags(PacketFlag::RECURSION_AVAILABLE);
    reply.questions.push(one.clone());
    let named: Vec<_> = zone.iter().filter(|(at, _, _)| *at == name).collect();
    if named.is_empty() {
        *reply.rcode_mut() = RCODE::NameError;
    }
    for (_, kind, value) in named {
        let data = match *kind {
            "FAIL" => {
                *reply.rcode_mut() = RCODE::ServerFailure;
                continue;
            }
            "TXT" => {
                let mut text = TXT::new();
                for part in value.as_bytes().chunks(255) {
                    text.add_char_string(CharacterString::new(part).expect("a string"));
                }
                RData::TXT(text)
            }
            "MX" => {
                let (preference, exchange) = value.split_once(' ').expect("a preference");
                RData::MX(MX {
                    preference: preference.parse().expect("a number"),
                    exchange: Name::new_unchecked(exchange.trim_end_matches('.')),
                })
            }
            "A" => RData::A(A {
                address: match value.parse().expect("an address") {
                    IpAddr::V4(v4) => v4.into(),
                    IpAddr::V6(_) => panic!("A is for IPv4"),
                },
            }),
            "AAAA" => RData::AAAA(AAAA {
                address: match value.parse().expect("an address") {
                    IpAddr::V6(v6) => v6.into(),
                    IpAddr::V4(_) => panic!("AAAA is for IPv6"),
                },
            }),
            "PTR" => RData::PTR(PTR(Name::new_unchecked(value))),
            other => panic!("{other} is not served here"),
        };
        let record = ResourceRecord::new(one.qname.clone(), CLASS::IN, 60, data);
        let is_wanted = match one.qtype {
            QTYPE::TYPE(TYPE::TXT) => *kind == "TXT",
            QTYPE::TYPE(TYPE::MX) => *kind == "MX",
            QTYPE::TYPE(TYPE::A) => *kind == "A",
            QTYPE::TYPE(TYPE::AAAA) => *kind == "AAAA",
            QTYPE::TYPE(TYPE::PTR) => *kind == "PTR",
            _ => false,
        };
        if is_wanted {
            reply.answers.push(record);
        }
    }
    let bytes = reply.build_bytes_vec().ok()?;
    if bytes.len() <= most {
        return Some(bytes);
    }
    reply.answers.clear();
    reply.set_flags(PacketFlag::TRUNCATION);
    reply.build_bytes_vec().ok()
}
