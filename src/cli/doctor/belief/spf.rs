//! SPF (RFC 7208) of the domain in our envelopes: one record, within its limits, that closes with a word about the rest.
//!
//! It is evaluated for the address of the mail server as a reader's server would, whole, so that the count of questions
//! is the worst case; macros are counted and not followed.

use std::net::IpAddr;

use super::{Advice, Broken, Facts, Fine, Found, Relay, Unknown, that_begin};
use crate::platform::dns::{Dns, Unasked};

/// Questions that a record may cause (RFC 7208 §4.6.4), and those of them that may come to nothing.
const MOST_QUESTIONS: usize = 10;
const MOST_VOID: usize = 2;

pub(super) fn look(facts: &Facts<'_>) -> Vec<Found> {
    let domain = &facts.envelope;
    let addresses: &[IpAddr] = match &facts.relay {
        Relay::Public(_, addresses) => addresses,
        _ => &[],
    };
    let judged = evaluate(facts.dns, domain, addresses.first().copied());
    let finding = match judged {
        Err(Fault::Unasked(why)) => why.into(),
        Err(Fault::None) => Broken(format!(
            "there is none; publish: {domain}. IN TXT \"{}\"",
            proposed(addresses)
        )),
        Err(Fault::Several(n)) => Broken(format!(
            "there are {n} records, and readers' servers then believe none; join them into one: {domain}. IN TXT"
        )),
        Err(Fault::Wrong(why)) => Broken(format!("{why}; mend the record: {domain}. IN TXT \"v=spf1 …\"")),
        Ok(report) => judge(facts, &report),
    };
    vec![(format!("SPF of {domain}"), finding)]
}

/// A record for somebody who has none.
fn proposed(addresses: &[IpAddr]) -> String {
    if addresses.is_empty() {
        return "v=spf1 mx -all".into();
    }
    let each = addresses.iter().map(|address| match address {
        IpAddr::V4(v4) => format!("ip4:{v4}"),
        IpAddr::V6(v6) => format!("ip6:{v6}"),
    });
    format!("v=spf1 {} -all", each.collect::<Vec<_>>().join(" "))
}

fn judge(facts: &Facts<'_>, report: &Report) -> super::Finding {
    let domain = &facts.envelope;
    let questions = format!("{} of {MOST_QUESTIONS} questions", report.questions);
    if report.questions > MOST_QUESTIONS {
        return Broken(format!(
            "it causes more than {MOST_QUESTIONS} questions, and readers' servers then believe it no more; write \
             addresses (ip4:, ip6:) in the place of some include: and a"
        ));
    }
    match report.rest {
        Some('+') => {
            return Broken(format!(
                "it ends with +all, which lets anybody write in your name; end it with -all: {domain}. IN TXT"
            ));
        }
        Some('-' | '~') => {}
        _ => {
            return Advice(format!(
                "it leaves open what of the rest is to be thought; end it with -all (or ~all to try it): {domain}. IN TXT"
            ));
        }
    }
    if report.void > MOST_VOID {
        return Advice(format!(
            "{} of the names in it lead nowhere, where {MOST_VOID} are allowed; take them out",
            report.void
        ));
    }
    match &facts.relay {
        Relay::Public(host, addresses) => match report.verdict {
            Some('+') => Fine(format!("it names {host} ({}), {questions}", addresses[0])),
            _ if report.has_macros => Unknown(format!(
                "it uses macros, which are not followed here; whether it names {host} ({}) is not known",
                addresses[0]
            )),
            _ => Advice(format!(
                "it does not name {host} ({}); if that server speaks to the world under this address, add: {}",
                addresses[0],
                proposed(&addresses[..1]).replace("v=spf1 ", "").replace(" -all", "")
            )),
        },
        Relay::Near(host) => Fine(format!(
            "one record, {questions}; see that it names the address under which {host} speaks to the world"
        )),
        Relay::None => Fine(format!(
            "one record, {questions}; mail goes to a folder, so no sender is to be named"
        )),
        Relay::Unasked(why) => why.clone().into(),
    }
}

/// Why a record is of no use.
#[derive(Debug, PartialEq, Eq)]
enum Fault {
    None,
    Several(usize),
    Wrong(String),
    Unasked(Unasked),
}

impl From<Unasked> for Fault {
    fn from(why: Unasked) -> Fault {
        Fault::Unasked(why)
    }
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Report {
    /// The qualifier of the first term that names the address.
    verdict: Option<char>,
    /// That of `all`, here or where `redirect=` leads.
    rest: Option<char>,
    questions: usize,
    void: usize,
    has_macros: bool,
}

fn evaluate(dns: &Dns, domain: &str, address: Option<IpAddr>) -> Result<Report, Fault> {
    let mut report = Report::default();
    (report.verdict, report.rest) = walk(dns, domain, address, &mut report)?;
    Ok(report)
}

fn record_of(dns: &Dns, domain: &str) -> Result<String, Fault> {
    let mut records = that_begin(dns.text(domain)?, "v=spf1");
    match records.len() {
        0 => Err(Fault::None),
        1 => Ok(records.remove(0)),
        n => Err(Fault::Several(n)),
    }
}

/// One record, and those it includes: the qualifier of the first term that names the address, and that of its `all`.
fn walk(
    dns: &Dns,
    domain: &str,
    address: Option<IpAddr>,
    report: &mut Report,
) -> Result<(Option<char>, Option<char>), Fault> {
    let record = record_of(dns, domain)?;
    let (mut verdict, mut redirect) = (None, None);
    for term in record.split_whitespace().skip(1) {
        if report.questions > MOST_QUESTIONS {
            break;
        }
        if let Some((name, value)) = term.split_once('=').filter(|(name, _)| !name.contains([':', '/'])) {
            if name.eq_ignore_ascii_case("redirect") {
                redirect = Some(value.to_owned());
            }
            continue;
        }
        let (qualifier, mechanism) = match term.chars().next() {
            Some(sign @ ('+' | '-' | '~' | '?')) => (sign, &term[1..]),
            _ => ('+', term),
        };
        if mechanism.eq_ignore_ascii_case("all") {
            return Ok((verdict.or(Some(qualifier)), Some(qualifier)));
        }
        if names(dns, domain, mechanism, address, report)? {
            verdict = verdict.or(Some(qualifier));
        }
    }
    if let Some(target) = redirect.filter(|_| report.questions <= MOST_QUESTIONS) {
        report.questions += 1;
        let (there, rest) = walk(dns, &target, address, report).map_err(|fault| within(&target, fault))?;
        return Ok((verdict.or(there), rest));
    }
    Ok((verdict, None))
}

/// Whether a mechanism names the address.
fn names(
    dns: &Dns,
    domain: &str,
    mechanism: &str,
    address: Option<IpAddr>,
    report: &mut Report,
) -> Result<bool, Fault> {
    let at = mechanism.find([':', '/']).unwrap_or(mechanism.len());
    let (name, rest) = mechanism.split_at(at);
    let name = name.to_ascii_lowercase();
    if name == "ip4" || name == "ip6" {
        let range = rest.strip_prefix(':').unwrap_or_default();
        let network = network(range).filter(|(base, _)| base.is_ipv4() == (name == "ip4"));
        let (base, bits) = network.ok_or_else(|| Fault::Wrong(format!("'{mechanism}' is no range of addresses")))?;
        return Ok(address.is_some_and(|address| is_within(address, base, bits)));
    }
    let (target, lengths) = match rest.strip_prefix(':').unwrap_or(rest).split_once('/') {
        Some((target, lengths)) => (target, lengths),
        None => (rest.strip_prefix(':').unwrap_or(rest), ""),
    };
    let target = if target.is_empty() { domain } else { target };
    if !["a", "mx", "include", "exists", "ptr"].contains(&name.as_str()) {
        return Err(Fault::Wrong(format!("'{mechanism}' is no word of SPF")));
    }
    report.questions += 1;
    if target.contains('%') {
        report.has_macros = true;
        return Ok(false);
    }
    let hosts = match name.as_str() {
        "include" => {
            let (verdict, _) = walk(dns, target, address, report).map_err(|fault| within(target, fault))?;
            return Ok(verdict == Some('+') && address.is_some());
        }
        "ptr" => return Ok(false),
        "exists" => return Ok(!dns.addresses(target)?.is_empty() && address.is_some()),
        "mx" => dns.mail_servers(target)?.into_iter().take(10).collect(),
        _ => vec![target.to_owned()],
    };
    let mut found = Vec::new();
    for host in hosts.iter().filter(|host| !host.is_empty()) {
        found.extend(dns.addresses(host)?);
    }
    if found.is_empty() {
        report.void += 1;
    }
    let mut bits = lengths.splitn(2, "//");
    let four = bits.next().and_then(|n| n.parse().ok()).unwrap_or(32);
    let six = bits.next().and_then(|n| n.parse().ok()).unwrap_or(128);
    let is_near = |base: IpAddr, address| is_within(address, base, if base.is_ipv4() { four } else { six });
    Ok(address.is_some_and(|address| found.iter().any(|base| is_near(*base, address))))
}

/// A fault of a record that another one leads to.
fn within(domain: &str, fault: Fault) -> Fault {
    match fault {
        Fault::None => Fault::Wrong(format!("it leads to {domain}, which has no SPF record")),
        Fault::Several(n) => Fault::Wrong(format!("it leads to {domain}, which has {n} SPF records")),
        other => other,
    }
}

/// `192.0.2.0/24` as its base and length.
fn network(range: &str) -> Option<(IpAddr, u8)> {
    let (base, bits) = range
        .split_once('/')
        .map_or((range, None), |(base, bits)| (base, Some(bits)));
    let base: IpAddr = base.parse().ok()?;
    let most = if base.is_ipv4() { 32 } else { 128 };
    let bits = bits.map_or(Some(most), |bits| bits.parse().ok())?;
    (bits <= most).then_some((base, bits))
}

fn is_within(address: IpAddr, base: IpAddr, bits: u8) -> bool {
    let shared = |a: u128, b: u128, width: u32| {
        let bits = u32::from(bits).min(width);
        bits == 0 || (a ^ b) >> (width - bits) == 0
    };
    match (address, base) {
        (IpAddr::V4(a), IpAddr::V4(b)) => shared(u32::from(a).into(), u32::from(b).into(), 32),
        (IpAddr::V6(a), IpAddr::V6(b)) => shared(a.into(), b.into(), 128),
        _ => false,
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn ranges_hold_what_they_say() {
        for (range, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("2001:db8::/32", "2001:db8:1::1", "2001:db9::1"),
            ("0.0.0.0/0", "203.0.113.1", "2001:db8::1"),
        ] {
            let (base, bits) = network(range).unwrap();
            assert!(is_within(inside.parse().unwrap(), base, bits), "{range}");
            assert!(!is_within(outside.parse().unwrap(), base, bits), "{range}");
        }
        for wrong in ["", "192.0.2.0/33", "host", "192.0.2/24", "::/129", "192.0.2.0/x"] {
            assert_eq!(network(wrong), None, "{wrong}");
        }
    }
}
