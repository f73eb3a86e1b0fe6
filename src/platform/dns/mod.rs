//! Questions to the DNS, for `oxsop doctor`: text, addresses, mail servers and names of one domain.
//!
//! Shapes: names are given and returned without the last dot, in lower case; text is the strings of one TXT record joined
//! (RFC 7208 §3.3); neither holds controls, which would reach a terminal. Errors: [`Unasked`] where no server gave an
//! answer that counts; a name that is not there, or has no record of the kind, is an empty list. Source: RFC 1035 §4, with
//! EDNS (RFC 6891) and TCP for long answers.
//!
//! # Why
//! A stub of our own over `simple-dns` (one small crate that reads and writes the packets) instead of a resolver: a
//! command that asks two dozen questions once needs no cache and no runtime, and hickory-resolver would bring a tree of
//! its own. It relies on a resolver beside it, as every program on a server does. This changes when the server itself
//! begins to ask.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use simple_dns::rdata::{OPT, RData};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QTYPE, Question, RCODE, TYPE};

use crate::platform::text::line::clean_line;

/// How long a server may take, and how often each is asked.
const PATIENCE: Duration = Duration::from_secs(3);
const TRIES: usize = 2;
/// What fits one UDP packet everywhere.
const LARGEST_UDP: u16 = 1232;

/// The servers that are asked, in their order.
#[derive(Clone, Debug)]
pub struct Dns {
    servers: Vec<SocketAddr>,
}

/// Nobody answered: nothing is known.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the DNS could not be asked for {0}: {1}")]
pub struct Unasked(String, String);

impl Dns {
    /// Those of `/etc/resolv.conf`.
    pub fn of_this_machine() -> Dns {
        let text = std::fs::read_to_string("/etc/resolv.conf").unwrap_or_default();
        let mut servers = servers_in(&text);
        if servers.is_empty() {
            servers.push((Ipv4Addr::LOCALHOST, 53).into());
        }
        Dns { servers }
    }

    /// One server, `9.9.9.9` or `127.0.0.1:5353`.
    pub fn at(address: &str) -> Result<Dns, String> {
        let server = address
            .parse::<SocketAddr>()
            .ok()
            .or_else(|| Some((address.parse::<IpAddr>().ok()?, 53).into()));
        let server = server.ok_or_else(|| format!("'{address}' is no address of a DNS server, such as 9.9.9.9"))?;
        Ok(Dns { servers: vec![server] })
    }

    /// The TXT records of a name, each joined and on one line; bytes that are no UTF-8 are replaced.
    pub fn text(&self, name: &str) -> Result<Vec<String>, Unasked> {
        self.ask(name, TYPE::TXT, |data| match data {
            RData::TXT(text) => Some(clean_line(&String::try_from(text).unwrap_or_else(|e| e.to_string()))),
            _ => None,
        })
    }

    /// The mail servers of a domain, the most preferred first; the empty name is "takes no mail" (RFC 7505).
    pub fn mail_servers(&self, domain: &str) -> Result<Vec<String>, Unasked> {
        let mut found = self.ask(domain, TYPE::MX, |data| match data {
            RData::MX(mx) => Some((mx.preference, plain(&mx.exchange))),
            _ => None,
        })?;
        found.sort();
        Ok(found.into_iter().map(|(_, name)| name).collect())
    }

    /// The addresses of a name, those of IPv4 first.
    pub fn addresses(&self, name: &str) -> Result<Vec<IpAddr>, Unasked> {
        let mut found = self.ask(name, TYPE::A, |data| match data {
            RData::A(a) => Some(IpAddr::from(Ipv4Addr::from(a.address))),
            _ => None,
        })?;
        found.extend(self.ask(name, TYPE::AAAA, |data| match data {
            RData::AAAA(a) => Some(IpAddr::from(Ipv6Addr::from(a.address))),
            _ => None,
        })?);
        Ok(found)
    }

    /// The names that an address is given.
    pub fn names(&self, address: IpAddr) -> Result<Vec<String>, Unasked> {
        self.ask(&reversed(address), TYPE::PTR, |data| match data {
            RData::PTR(name) => Some(plain(&name.0)),
            _ => None,
        })
    }

    fn ask<T>(&self, name: &str, kind: TYPE, pick: impl Fn(RData<'_>) -> Option<T>) -> Result<Vec<T>, Unasked> {
        let failed = |why: String| Unasked(name.to_owned(), why);
        let asked = Name::new(name).map_err(|e| failed(e.to_string()))?;
        let id: u16 = rand::random();
        let mut packet = Packet::new_query(id);
        packet.set_flags(PacketFlag::RECURSION_DESIRED);
        packet
            .questions
            .push(Question::new(asked, QTYPE::TYPE(kind), CLASS::IN.into(), false));
        *packet.opt_mut() = Some(OPT {
            opt_codes: Vec::new(),
            udp_packet_size: LARGEST_UDP,
            version: 0,
        });
        let question = packet.build_bytes_vec().map_err(|e| failed(e.to_string()))?;
        let mut last = String::new();
        for server in std::iter::repeat_n(&self.servers, TRIES).flatten() {
            let bytes = match exchange(*server, &question) {
                Ok(bytes) => bytes,
                Err(e) => {
                    last = format!("{server}: {e}");
                    continue;
                }
            };
            let is_ours = |answer: &Packet<'_>| {
                let [one] = answer.questions.as_slice() else {
                    return false;
                };
                answer.id() == id
                    && one.qtype == QTYPE::TYPE(kind)
                    && plain(&one.qname) == name.trim_end_matches('.').to_ascii_lowercase()
            };
            let Some(answer) = Packet::parse(&bytes).ok().filter(is_ours) else {
                last = format!("{server} answers with something else");
                continue;
            };
            match answer.rcode() {
                RCODE::NoError => {
                    let records = answer.answers.into_iter().map(|record| record.rdata);
                    return Ok(records.filter_map(&pick).collect());
                }
                RCODE::NameError => return Ok(Vec::new()),
                other => last = format!("{server} says {other:?}"),
            }
        }
        Err(failed(last))
    }
}

/// One question and its answer, over UDP and, where that is cut short, TCP.
fn exchange(server: SocketAddr, question: &[u8]) -> std::io::Result<Vec<u8>> {
    let here: SocketAddr = match server {
        SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
        SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
    };
    let socket = UdpSocket::bind(here)?;
    // Connected: what others send does not arrive.
    socket.connect(server)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.send(question)?;
    let mut answer = vec![0; usize::from(u16::MAX)];
    let length = socket.recv(&mut answer)?;
    answer.truncate(length);
    let is_cut = answer.get(2).is_some_and(|flags| flags & 0x02 != 0);
    if !is_cut {
        return Ok(answer);
    }
    let mut stream = TcpStream::connect_timeout(&server, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let length = u16::try_from(question.len()).map_err(std::io::Error::other)?;
    stream.write_all(&[&length.to_be_bytes(), question].concat())?;
    let mut length = [0; 2];
    stream.read_exact(&mut length)?;
    answer.resize(usize::from(u16::from_be_bytes(length)), 0);
    stream.read_exact(&mut answer)?;
    Ok(answer)
}

fn plain(name: &Name<'_>) -> String {
    clean_line(name.to_string().trim_end_matches('.')).to_ascii_lowercase()
}

/// The name under which the DNS keeps what an address is called (RFC 1035 §3.5, RFC 3596 §2.5).
fn reversed(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(v6) => {
            let digits = data_encoding::HEXLOWER.encode(&v6.octets());
            let digits: Vec<String> = digits.chars().rev().map(String::from).collect();
            format!("{}.ip6.arpa", digits.join("."))
        }
    }
}

fn servers_in(resolv_conf: &str) -> Vec<SocketAddr> {
    let lines = resolv_conf.lines().filter_map(|line| {
        let mut words = line.split_whitespace();
        (words.next() == Some("nameserver")).then(|| words.next()).flatten()
    });
    let addresses = lines.filter_map(|word| word.split('%').next()?.parse::<IpAddr>().ok());
    addresses.map(|address| (address, 53).into()).take(3).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_turned_round() {
        assert_eq!(reversed("192.0.2.17".parse().unwrap()), "17.2.0.192.in-addr.arpa");
        assert_eq!(
            reversed("2001:db8::1".parse().unwrap()),
            "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
        );
    }

    #[test]
    fn the_machines_servers_are_those_it_names() {
        let text = "# by hand\nsearch example.org\nnameserver 192.0.2.1\nnameserver fe80::1%eth0\nnameserver none\n";
        let found: Vec<String> = servers_in(text).iter().map(ToString::to_string).collect();
        assert_eq!(found, ["192.0.2.1:53", "[fe80::1]:53"]);
        assert!(Dns::at("9.9.9.9").is_ok() && Dns::at("[::1]:5353").is_ok() && Dns::at("resolver").is_err());
    }

    #[test]
    fn nobody_there_is_not_the_same_as_no_record() {
        let free = UdpSocket::bind("127.0.0.1:0").and_then(|s| s.local_addr()).unwrap();
        let said = Dns::at(&free.to_string()).unwrap().text("example.org").unwrap_err();
        assert!(
            said.to_string().contains("could not be asked for example.org"),
            "{said}"
        );
    }

    /// Answers each question by what `reply` makes of it.
    fn served(reply: impl Fn(Packet<'static>) -> Packet<'static> + Send + 'static) -> Dns {
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        let dns = Dns::at(&socket.local_addr().unwrap().to_string()).unwrap();
        std::thread::spawn(move || {
            let mut bytes = [0; 1500];
            for _ in 0..TRIES {
                let Ok((length, from)) = socket.recv_from(&mut bytes) else {
                    return;
                };
                let asked = Packet::parse(&bytes[..length]).unwrap();
                let mut answer = Packet::new_reply(asked.id());
                answer.questions = asked.questions.into_iter().map(Question::into_owned).collect();
                let text = simple_dns::rdata::TXT::new()
                    .with_string("v=x \u{1b}[31mred\u{7} \r\nline")
                    .unwrap();
                let name = Name::new_unchecked("example.org");
                let record = simple_dns::ResourceRecord::new(name, CLASS::IN, 60, RData::TXT(text.into_owned()));
                answer.answers.push(record);
                socket.send_to(&reply(answer).build_bytes_vec().unwrap(), from).unwrap();
            }
        });
        dns
    }

    #[test]
    fn what_a_terminal_would_obey_does_not_come_in() {
        let said = served(|answer| answer).text("Example.org.").unwrap();
        assert_eq!(said, ["v=x [31mred line"]);
    }

    #[test]
    fn an_answer_to_another_question_is_none() {
        let of_another_name = served(|mut answer| {
            answer.questions[0].qname = Name::new_unchecked("example.com");
            answer
        });
        let of_another_kind = served(|mut answer| {
            answer.questions[0].qtype = QTYPE::TYPE(TYPE::A);
            answer
        });
        let to_none = served(|mut answer| {
            answer.questions.clear();
            answer
        });
        for dns in [of_another_name, of_another_kind, to_none] {
            let said = dns.text("example.org").unwrap_err();
            assert!(said.to_string().contains("answers with something else"), "{said}");
        }
    }
}
