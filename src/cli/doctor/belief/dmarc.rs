//! DMARC (RFC 7489) of each domain that mail comes from: published, read by somebody, and on its way to `reject`.

use super::{Advice, Broken, Facts, Finding, Fine, Found, tag, that_begin};
use crate::platform::dns::{Dns, Unasked};

pub(super) fn look(facts: &Facts<'_>) -> Vec<Found> {
    let judged = facts.domains.iter().map(|domain| {
        let finding = match record_of(facts.dns, domain) {
            Ok((at, records)) => judge(facts, domain, &at, &records),
            Err(why) => why.into(),
        };
        (format!("DMARC of {domain}"), finding)
    });
    judged.collect()
}

/// The domain whose policy holds, and its records: its own, or those of the nearest domain above it.
fn record_of(dns: &Dns, domain: &str) -> Result<(String, Vec<String>), Unasked> {
    let mut at = domain;
    loop {
        let records = that_begin(dns.text(&format!("_dmarc.{at}"))?, "v=DMARC1");
        if !records.is_empty() {
            return Ok((at.to_owned(), records));
        }
        match at.split_once('.') {
            Some((_, above)) if above.contains('.') => at = above,
            _ => return Ok((domain.to_owned(), Vec::new())),
        }
    }
}

fn judge(facts: &Facts<'_>, domain: &str, at: &str, records: &[String]) -> Finding {
    let reports = &facts.config.mail.reply_to;
    let publish = |policy: &str| format!("_dmarc.{at}. IN TXT \"v=DMARC1; p={policy}; rua=mailto:{reports}\"");
    let [record] = records else {
        return Broken(match records.len() {
            0 => format!(
                "there is none; publish: {}, and once the reports are clean for two weeks p=quarantine, later p=reject",
                publish("none")
            ),
            n => format!(
                "there are {n} records, and readers' servers then follow none; leave one: {}",
                publish("none")
            ),
        });
    };
    let policy = tag(record, "p").unwrap_or_default().to_ascii_lowercase();
    let policy = match tag(record, "sp") {
        Some(below) if at != domain => below.to_ascii_lowercase(),
        _ => policy,
    };
    if !["none", "quarantine", "reject"].contains(&policy.as_str()) {
        return Broken(format!("it has no policy; publish: {}", publish("none")));
    }
    let is_strict = |name: &str| tag(record, name).is_some_and(|value| value.eq_ignore_ascii_case("s"));
    let from_spf = match facts.envelope == domain {
        true => "",
        false if is_strict("aspf") => ", by DKIM alone (aspf=s, and envelopes carry another domain)",
        false => ", by DKIM, by SPF where the domains belong together",
    };
    let Some(rua) = tag(record, "rua").filter(|rua| rua.contains("mailto:")) else {
        return Advice(format!(
            "p={policy}, but nobody reads the reports; add rua: {}",
            publish(&policy)
        ));
    };
    if let Some(finding) = reports_elsewhere(facts.dns, at, &rua) {
        return finding;
    }
    match policy.as_str() {
        "none" => Advice(format!(
            "p=none asks for nothing; once the reports are clean for two weeks, publish: {}, later p=reject",
            publish("quarantine")
        )),
        policy => Fine(format!("p={policy}, aligned with From{from_spf}; reports go to {rua}")),
    }
}

/// Another domain must say that it takes our reports (RFC 7489 §7.1).
fn reports_elsewhere(dns: &Dns, at: &str, rua: &str) -> Option<Finding> {
    for address in rua.split(',').filter_map(|uri| uri.trim().strip_prefix("mailto:")) {
        let address = address.split(['!', '?']).next().unwrap_or_default();
        let there = super::domain_of(address);
        if there == at || at.ends_with(&format!(".{there}")) || there.ends_with(&format!(".{at}")) {
            continue;
        }
        let name = format!("{at}._report._dmarc.{there}");
        match dns.text(&name) {
            Err(why) => return Some(why.into()),
            Ok(records) if that_begin(records.clone(), "v=DMARC1").is_empty() => {
                return Some(Advice(format!(
                    "reports go to {address}, whose domain does not say that it takes them; it would publish: \
                     {name}. IN TXT \"v=DMARC1\""
                )));
            }
            Ok(_) => {}
        }
    }
    None
}
