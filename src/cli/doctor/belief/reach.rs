//! Whether mail reaches us (MX, MTA-STS, TLS-RPT), and what the mail server looks like to others (PTR, TLS).

use super::{Advice, Broken, Facts, Finding, Fine, Found, Relay, Unknown, domain_of, that_begin};
use crate::platform::dns::{Dns, Unasked};
use crate::platform::mail::transport::{self, Target, Tls};

pub(super) fn look(facts: &Facts<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    for domain in inbound(facts) {
        found.push((
            format!("MX of {domain}"),
            mx(facts.dns, &domain).unwrap_or_else(Into::into),
        ));
        found.push((
            format!("MTA-STS and TLS-RPT of {domain}"),
            strict_tls(facts, &domain).unwrap_or_else(Into::into),
        ));
    }
    match &facts.relay {
        Relay::Public(host, addresses) => {
            for address in addresses {
                let finding = reverse(facts.dns, host, *address).unwrap_or_else(Into::into);
                found.push((format!("PTR of {address}"), finding));
            }
        }
        Relay::Near(host) => found.push((
            "PTR".into(),
            Unknown(format!(
                "{host} is near: under which address it speaks to the world cannot be seen from here; that address needs \
                 a name in the DNS that leads back to it"
            )),
        )),
        Relay::Unasked(why) => found.push(("PTR".into(), why.clone().into())),
        Relay::None => {}
    }
    found.extend(tls(&facts.config.mail.url));
    found
}

/// The domains at which mail comes in, each once.
fn inbound(facts: &Facts<'_>) -> Vec<String> {
    let mail = &facts.config.mail;
    let mut domains = Vec::new();
    for address in [
        &mail.reply_to,
        &mail.join_address,
        &mail.meetings_address,
        &mail.bounce_address,
        &mail.unsubscribe_address,
    ] {
        let domain = domain_of(address);
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    domains
}

fn mx(dns: &Dns, domain: &str) -> Result<Finding, Unasked> {
    let servers = dns.mail_servers(domain)?;
    let publish = format!("{domain}. IN MX 10 <your mail server's name>.");
    if servers.iter().any(String::is_empty) {
        return Ok(Broken(format!(
            "it says that the domain takes no mail, so answers and bounces are lost; publish instead: {publish}"
        )));
    }
    if servers.is_empty() {
        return Ok(if dns.addresses(domain)?.is_empty() {
            Broken(format!(
                "there is none, so answers and bounces are lost; publish: {publish}"
            ))
        } else {
            Advice(format!(
                "there is none; servers try the address of {domain} itself. Better publish: {publish}"
            ))
        });
    }
    for server in &servers {
        if dns.addresses(server)?.is_empty() {
            return Ok(Broken(format!(
                "{server} has no address; publish one ({server}. IN A …), or take it out of the MX"
            )));
        }
    }
    Ok(Fine(servers.join(", ")))
}

/// MTA-STS (RFC 8461) and reports on TLS (RFC 8460): whether servers that write to us insist on TLS.
fn strict_tls(facts: &Facts<'_>, domain: &str) -> Result<Finding, Unasked> {
    let sts = that_begin(facts.dns.text(&format!("_mta-sts.{domain}"))?, "v=STSv1");
    let reports = that_begin(facts.dns.text(&format!("_smtp._tls.{domain}"))?, "v=TLSRPTv1");
    let mut missing = Vec::new();
    if sts.is_empty() {
        missing.push(format!(
            "_mta-sts.{domain}. IN TXT \"v=STSv1; id=1\", and https://mta-sts.{domain}/.well-known/mta-sts.txt with \
             version: STSv1, mode: testing, mx: <your mail server's name>, max_age: 86400, a line each"
        ));
    }
    if reports.is_empty() {
        let to = &facts.config.mail.reply_to;
        missing.push(format!("_smtp._tls.{domain}. IN TXT \"v=TLSRPTv1; rua=mailto:{to}\""));
    }
    Ok(if missing.is_empty() {
        Fine("published".into())
    } else {
        Advice(format!(
            "servers that write to you need not insist on TLS; to ask it of them, publish: {}",
            missing.join("; and ")
        ))
    })
}

/// The address has a name that leads back to it (FCrDNS); for a server that others run it is their business.
fn reverse(dns: &Dns, host: &str, address: std::net::IpAddr) -> Result<Finding, Unasked> {
    let names = dns.names(address)?;
    for name in &names {
        if dns.addresses(name)?.contains(&address) {
            return Ok(Fine(format!("{name}, which leads back")));
        }
    }
    let whose = format!("ask whoever runs {host}, if it is under this address that it speaks to the world");
    Ok(Advice(match names.first() {
        None => format!("it has no name; {whose}: PTR {host}."),
        Some(name) => format!("it is called {name}, which does not lead back to it; {whose}: {name}. IN A {address}"),
    }))
}

/// How the way to the mail server is encrypted; that its certificate holds is seen where `mail.url` is tried.
fn tls(url: &str) -> Option<Found> {
    let Ok(Target::Smtp(server)) = transport::parse(url) else {
        return None;
    };
    let is_here =
        server.host == "localhost" || server.host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback());
    let finding = match server.tls {
        Tls::Implicit | Tls::Required => {
            Fine("nothing is sent without it, and only to a certificate that holds".into())
        }
        Tls::Never | Tls::Offered if is_here => Fine("not needed: mail does not leave this machine on the way".into()),
        Tls::Never => Broken("mail goes to another machine in the open; take ?starttls=none out of mail.url".into()),
        Tls::Offered => Advice("whoever stands between can switch it off; set ?starttls=required in mail.url".into()),
    };
    Some(("TLS to the mail server".into(), finding))
}
