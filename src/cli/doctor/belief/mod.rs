//! Whether mail of ours is believed, as far as the live DNS tells: SPF, DKIM, DMARC, MX, PTR, TLS (TRUST D01, D02, D14).
//!
//! Every line that is not in order says what to publish. What could not be asked is *unknown*, not broken: a doctor
//! without a network knows nothing, and nothing is what it says. *Advice* is for what others run, or what may wait.

mod dmarc;
mod keys;
mod reach;
mod spf;
#[cfg(test)]
mod tests;

use std::net::IpAddr;

use crate::platform::config::Config;
use crate::platform::dns::{Dns, Unasked};
use crate::platform::mail::dkim;
use crate::platform::mail::transport::{self, Target};

/// What one look has found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Finding {
    Fine(String),
    /// Works, and could be better; or is the business of those who run the mail server.
    Advice(String),
    Unknown(String),
    Broken(String),
}

use Finding::{Advice, Broken, Fine, Unknown};

impl From<Unasked> for Finding {
    fn from(why: Unasked) -> Finding {
        Unknown(why.to_string())
    }
}

/// What is looked at, and what was found.
pub(super) type Found = (String, Finding);

/// What the checks go by.
struct Facts<'a> {
    config: &'a Config,
    dns: &'a Dns,
    /// Domains that stand in the From of our mails.
    domains: Vec<String>,
    /// The domain of our envelopes.
    envelope: String,
    relay: Relay,
}

/// The server that mail is handed to.
#[derive(Debug, PartialEq, Eq)]
enum Relay {
    /// Mail goes to a folder.
    None,
    /// On this machine or in its own network: from here it cannot be seen under which address it speaks to the world.
    Near(String),
    Public(String, Vec<IpAddr>),
    Unasked(Unasked),
}

/// Looks at everything; nothing at all while the sender is the sample.
pub(super) fn look(config: &Config, dns: &Dns) -> Vec<Found> {
    if config.has_sample_sender() {
        let why = "not asked: mail.from is still the sample".to_owned();
        return vec![("SPF, DKIM, DMARC".into(), Unknown(why))];
    }
    let facts = Facts {
        config,
        dns,
        domains: dkim::domains(config),
        envelope: domain_of(&config.mail.bounce_address),
        relay: relay(config, dns),
    };
    let mut found = spf::look(&facts);
    found.extend(keys::look(&facts));
    found.extend(dmarc::look(&facts));
    found.extend(reach::look(&facts));
    found
}

fn domain_of(address: &str) -> String {
    address.rsplit('@').next().unwrap_or_default().to_ascii_lowercase()
}

fn relay(config: &Config, dns: &Dns) -> Relay {
    let Ok(Target::Smtp(server)) = transport::parse(&config.mail.url) else {
        return Relay::None;
    };
    let addresses = match server.host.parse::<IpAddr>() {
        Ok(address) => vec![address],
        Err(_) if server.host == "localhost" => return Relay::Near(server.host),
        Err(_) => match dns.addresses(&server.host) {
            Ok(addresses) => addresses,
            Err(why) => return Relay::Unasked(why),
        },
    };
    let public: Vec<IpAddr> = addresses.into_iter().filter(is_public).collect();
    if public.is_empty() {
        Relay::Near(server.host)
    } else {
        Relay::Public(server.host, public)
    }
}

fn is_public(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()),
        IpAddr::V6(v6) => {
            let first = v6.segments()[0];
            let is_local = first & 0xfe00 == 0xfc00 || first & 0xffc0 == 0xfe80;
            !(is_local || v6.is_loopback() || v6.is_unspecified())
        }
    }
}

/// The value of a tag in `v=…; p=…` records, without spaces around it.
fn tag(record: &str, name: &str) -> Option<String> {
    record.split(';').find_map(|part| {
        let (tag, value) = part.split_once('=')?;
        (tag.trim().eq_ignore_ascii_case(name)).then(|| value.trim().to_owned())
    })
}

/// The records that begin so; a name may carry others.
fn that_begin(records: Vec<String>, version: &str) -> Vec<String> {
    let begins = |record: &String| {
        let start: String = record
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(version.len())
            .collect();
        start.eq_ignore_ascii_case(version)
    };
    records.into_iter().filter(begins).collect()
}
