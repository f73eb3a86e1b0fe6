//! The checks against a DNS of their own: one that is in order, and each way in which it may not be.

#[path = "../../../../tests/it/support/dns.rs"]
mod server;

use server::{DnsServer, Zone};

use super::*;
use crate::platform::mail::dkim::{Signer, file_of, make_ed25519, make_rsa, write};

/// A network with its own mail server at 192.0.2.7, and two keys in a folder of its own.
struct Sample {
    config: Config,
    folder: std::path::PathBuf,
    zone: Zone,
}

impl Drop for Sample {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

const DOMAIN: &str = "network.test";

impl Sample {
    /// Everything as it should be.
    fn in_order() -> Sample {
        let folder = std::env::temp_dir().join(format!("oxsop-belief-{}", uuid::Uuid::new_v4().simple()));
        let text = format!(
            "[data]\nfolder = '{}'\n[mail]\nurl = 'smtp://mx.{DOMAIN}'\nfrom = 'OXSOP <desk@{DOMAIN}>'\n\
             dkim_selectors = ['r', 'e']",
            folder.display()
        );
        let config = Config::from_parts(Some(&text), std::iter::empty()).unwrap();
        let keys = folder.join("dkim");
        write(&file_of(&keys, "r"), &make_rsa().unwrap()).unwrap();
        write(&file_of(&keys, "e"), &make_ed25519().unwrap()).unwrap();
        let mut sample = Sample {
            config,
            folder,
            zone: Vec::new(),
        };
        for (name, kind, value) in [
            (DOMAIN, "TXT", "a token of somebody else's"),
            (DOMAIN, "TXT", "v=spf1 mx include:_spf.network.test -all"),
            ("_spf.network.test", "TXT", "v=spf1 ip4:198.51.100.0/24 ?all"),
            (DOMAIN, "MX", "20 backup.network.test"),
            (DOMAIN, "MX", "10 mx.network.test"),
            ("mx.network.test", "A", "192.0.2.7"),
            ("backup.network.test", "AAAA", "2001:db8::8"),
            ("7.2.0.192.in-addr.arpa", "PTR", "mx.network.test"),
            (
                "_dmarc.network.test",
                "TXT",
                "v=DMARC1; p=reject; rua=mailto:dmarc@network.test",
            ),
            ("_mta-sts.network.test", "TXT", "v=STSv1; id=7"),
            (
                "_smtp._tls.network.test",
                "TXT",
                "v=TLSRPTv1; rua=mailto:tls@network.test",
            ),
        ] {
            sample.add(name, kind, value);
        }
        for selector in ["r", "e"] {
            let record = sample.record(selector);
            sample.add(&format!("{selector}._domainkey.{DOMAIN}"), "TXT", &record);
        }
        sample
    }

    fn record(&self, selector: &str) -> String {
        let signer = Signer::load(&self.config.mail.dkim_folder, selector).unwrap();
        signer.key.record()
    }

    fn add(&mut self, name: &str, kind: &'static str, value: &str) {
        self.zone.push((name.to_owned(), kind, value.to_owned()));
    }

    /// Takes away what a name has of a kind, and gives it this (empty: nothing).
    fn set(&mut self, name: &str, kind: &'static str, value: &str) {
        self.zone.retain(|(at, of, _)| !(at == name && *of == kind));
        if !value.is_empty() {
            self.add(name, kind, value);
        }
    }

    fn look(&self) -> Vec<Found> {
        let server = DnsServer::of(self.zone.clone());
        look(&self.config, &Dns::at(&server.address.to_string()).unwrap())
    }

    /// What is found of the one thing whose name begins so.
    fn finding(&self, begins: &str) -> Finding {
        let found = self.look();
        let mut of = found.iter().filter(|(what, _)| what.starts_with(begins));
        let (one, more) = (of.next(), of.next());
        assert!(one.is_some() && more.is_none(), "{begins}: {found:#?}");
        one.unwrap().1.clone()
    }
}

#[track_caller]
fn assert_broken(finding: Finding, part: &str) {
    assert!(
        matches!(&finding, Broken(why) if why.contains(part)),
        "{part}: {finding:?}"
    );
}

#[track_caller]
fn assert_advice(finding: Finding, part: &str) {
    assert!(
        matches!(&finding, Advice(why) if why.contains(part)),
        "{part}: {finding:?}"
    );
}

#[test]
fn a_network_in_order_has_nothing_to_mend() {
    let found = Sample::in_order().look();
    assert!(
        found.iter().all(|(_, finding)| matches!(finding, Fine(_))),
        "{found:#?}"
    );
    let names: Vec<&str> = found.iter().map(|(what, _)| what.as_str()).collect();
    assert_eq!(
        names,
        [
            "SPF of network.test",
            "DKIM r._domainkey.network.test",
            "DKIM e._domainkey.network.test",
            "DMARC of network.test",
            "MX of network.test",
            "MTA-STS and TLS-RPT of network.test",
            "PTR of 192.0.2.7",
            "TLS to the mail server",
        ]
    );
    assert_eq!(
        found[0].1,
        Fine("it names mx.network.test (192.0.2.7), 2 of 10 questions".into())
    );
    assert_eq!(found[4].1, Fine("mx.network.test, backup.network.test".into()));
}

#[test]
fn every_fault_of_spf_says_what_to_publish() {
    let mut sample = Sample::in_order();
    let mut spf = |record: &str| {
        sample.set(DOMAIN, "TXT", "a token of somebody else's");
        for one in record.split('|').filter(|one| !one.is_empty()) {
            sample.add(DOMAIN, "TXT", one);
        }
        sample.finding("SPF")
    };
    assert_broken(spf(""), "publish: network.test. IN TXT \"v=spf1 ip4:192.0.2.7 -all\"");
    assert_broken(spf("v=spf1 mx -all|v=spf1 a -all"), "there are 2 records");
    assert_broken(spf("v=spf1 +all"), "end it with -all");
    assert_broken(spf("v=spf1 all"), "end it with -all");
    assert_broken(spf("v=spf1 ipv4:192.0.2.7 -all"), "'ipv4:192.0.2.7' is no word of SPF");
    assert_broken(spf("v=spf1 ip4:192.0.2.0/64 -all"), "is no range of addresses");
    assert_broken(
        spf("v=spf1 include:gone.test -all"),
        "gone.test, which has no SPF record",
    );
    assert_broken(
        spf(&format!("v=spf1 {}-all", "a:mx.network.test ".repeat(11))),
        "more than 10 questions",
    );
    assert_broken(spf("v=spf1 include:network.test -all"), "more than 10 questions");
    assert_broken(spf("v=spf1 redirect=network.test"), "more than 10 questions");
    assert_advice(spf("v=spf1 ip4:192.0.2.7"), "end it with -all");
    assert_advice(spf("v=spf1 ip4:192.0.2.7 ?all"), "end it with -all");
    assert_advice(spf("v=spf1 ip4:198.51.100.1 -all"), "add: ip4:192.0.2.7");
    assert_advice(spf("v=spf1 include:_spf.network.test -all"), "add: ip4:192.0.2.7");
    assert_advice(
        spf("v=spf1 mx a:x.test a:y.test a:z.test -all"),
        "3 of the names in it lead nowhere",
    );
    assert!(matches!(spf("v=spf1 exists:%{i}.list.test -all"), Unknown(why) if why.contains("macros")));
    for names_it in [
        "v=spf1 ip4:192.0.2.0/24 -all",
        "V=SPF1 a:mx.network.test ~all",
        "v=spf1 a:mx.network.test/24 -all exp=why.network.test",
        "v=spf1 mx:network.test//64 -all",
        "v=spf1 -ip4:203.0.113.1 +mx -all",
    ] {
        let finding = spf(names_it);
        assert!(
            matches!(&finding, Fine(words) if words.starts_with("it names")),
            "{names_it}: {finding:?}"
        );
    }
}

#[test]
fn a_redirect_is_followed_and_its_all_counts() {
    let mut sample = Sample::in_order();
    sample.set(DOMAIN, "TXT", "v=spf1 redirect=_all.network.test");
    sample.add("_all.network.test", "TXT", "v=spf1 ip4:192.0.2.7 -all");
    assert_eq!(
        sample.finding("SPF"),
        Fine("it names mx.network.test (192.0.2.7), 1 of 10 questions".into())
    );
}

#[test]
fn every_fault_of_a_key_says_what_to_publish() {
    let mut sample = Sample::in_order();
    let name = "r._domainkey.network.test";
    let right = sample.record("r");
    let publish = format!("publish: {name}. IN TXT ( \"v=DKIM1; k=rsa; p=");
    let other = sample.record("e");
    let changed = right.replacen("p=MII", "p=MIJ", 1);
    for (record, says) in [
        ("", "no key is published"),
        ("v=DKIM1; k=rsa; p=", "withdrawn"),
        (other.as_str(), "another key"),
        (changed.as_str(), "another key"),
        (&right.replace("v=DKIM1", "v=DKIM2"), "does not begin with v=DKIM1"),
    ] {
        sample.set(name, "TXT", record);
        assert_broken(sample.finding("DKIM r."), says);
        assert_broken(sample.finding("DKIM r."), &publish);
    }
    sample.set(name, "TXT", &right);
    sample.add(name, "TXT", &right);
    assert_broken(sample.finding("DKIM r."), "2 records");
    sample.set(name, "TXT", &right.replace("k=rsa", "k=rsa; t=y"));
    assert_advice(sample.finding("DKIM r."), "t=y");
    // The one that stands in many zones: without v= and k=, which are the defaults.
    sample.set(name, "TXT", &right.replace("v=DKIM1; k=rsa; ", ""));
    assert!(matches!(sample.finding("DKIM r."), Fine(_)));
}

#[test]
fn a_calendar_of_another_domain_needs_its_keys_there_too() {
    let mut sample = Sample::in_order();
    sample.config.mail.meetings_address = "meetings@calendar.test".into();
    let found = sample.look();
    let of = |part: &str| found.iter().filter(|(what, _)| what.contains(part)).count();
    assert_eq!(
        (of("DKIM r._domainkey."), of("DMARC of"), of("MX of")),
        (2, 2, 2),
        "{found:#?}"
    );
}

#[test]
fn keys_that_are_made_but_not_used_are_looked_at_before_they_are() {
    let mut sample = Sample::in_order();
    sample.config.mail.dkim_selectors = Vec::new();
    let found = sample.look();
    assert!(
        found.iter().any(|(what, finding)| what == "DKIM"
            && matches!(finding, Advice(why) if why.contains("mail.dkim_selectors = [\"r\", \"e\"]"))),
        "{found:#?}"
    );
    assert!(
        found
            .iter()
            .any(|(what, finding)| what.starts_with("DKIM e.") && matches!(finding, Fine(_)))
    );
    sample.config.mail.dkim_folder = sample.folder.join("none");
    assert_advice(sample.finding("DKIM"), "oxsop dkim new");
    sample.config.mail.dkim_selectors = vec!["gone".into()];
    assert_broken(sample.finding("DKIM"), "gone.pem cannot be used");
}

#[test]
fn every_fault_of_dmarc_says_what_to_publish() {
    let mut sample = Sample::in_order();
    let mut dmarc = |record: &str| {
        sample.set("_dmarc.network.test", "TXT", "");
        for one in record.split('|').filter(|one| !one.is_empty()) {
            sample.add("_dmarc.network.test", "TXT", one);
        }
        sample.finding("DMARC")
    };
    let rua = "rua=mailto:desk@network.test";
    assert_broken(
        dmarc(""),
        &format!("publish: _dmarc.network.test. IN TXT \"v=DMARC1; p=none; {rua}\""),
    );
    assert_broken(dmarc("v=DMARC1; p=none|v=DMARC1; p=reject"), "there are 2 records");
    assert_broken(dmarc(&format!("v=DMARC1; {rua}")), "it has no policy");
    assert_advice(dmarc(&format!("v=DMARC1; p=none; {rua}")), "\"v=DMARC1; p=quarantine;");
    assert_advice(dmarc("v=DMARC1; p=reject"), "nobody reads the reports");
    assert_advice(
        dmarc("v=DMARC1; p=reject; rua=mailto:us@reader.test"),
        "network.test._report._dmarc.reader.test. IN TXT \"v=DMARC1\"",
    );
    assert!(matches!(dmarc(&format!("v=DMARC1; p=quarantine; {rua}")), Fine(_)));
}

#[test]
fn the_policy_of_the_domain_above_holds_for_those_below() {
    let mut sample = Sample::in_order();
    sample.config.mail.from = "OXSOP <desk@mail.network.test>".into();
    sample.config.mail.meetings_address = "meetings@mail.network.test".into();
    assert!(matches!(sample.finding("DMARC of mail."), Fine(words) if words.contains("p=reject")));
    let record = "v=DMARC1; p=reject; sp=none; rua=mailto:desk@network.test";
    sample.set("_dmarc.network.test", "TXT", record);
    assert_advice(sample.finding("DMARC of mail."), "p=none asks for nothing");
}

#[test]
fn mail_that_cannot_reach_us_is_broken_and_what_others_run_is_advice() {
    let mut sample = Sample::in_order();
    sample.set(DOMAIN, "MX", "0 .");
    assert_broken(sample.finding("MX"), "takes no mail");
    sample.set(DOMAIN, "MX", "10 gone.network.test");
    assert_broken(sample.finding("MX"), "gone.network.test has no address");
    sample.set(DOMAIN, "MX", "");
    assert_broken(sample.finding("MX"), "publish: network.test. IN MX 10");
    sample.add(DOMAIN, "A", "192.0.2.1");
    assert_advice(sample.finding("MX"), "Better publish");
    sample.set("_mta-sts.network.test", "TXT", "");
    sample.set("_smtp._tls.network.test", "TXT", "");
    assert_advice(sample.finding("MTA-STS"), "mode: testing");
    assert_advice(sample.finding("MTA-STS"), "v=TLSRPTv1; rua=mailto:desk@network.test");
    sample.set("7.2.0.192.in-addr.arpa", "PTR", "other.network.test");
    assert_advice(sample.finding("PTR"), "does not lead back");
    sample.set("7.2.0.192.in-addr.arpa", "PTR", "");
    assert_advice(sample.finding("PTR"), "ask whoever runs mx.network.test");
    sample.config.mail.url = "smtp://mx.network.test?starttls=none".into();
    assert_broken(sample.finding("TLS"), "in the open");
    sample.config.mail.url = "smtp://127.0.0.1".into();
    assert!(matches!(sample.finding("TLS"), Fine(_)));
    assert!(matches!(sample.finding("PTR"), Unknown(_)));
}

#[test]
fn a_dns_that_does_not_answer_breaks_nothing() {
    let mut sample = Sample::in_order();
    sample.zone = sample
        .zone
        .iter()
        .map(|(name, _, _)| (name.clone(), "FAIL", String::new()))
        .collect();
    let found = sample.look();
    assert!(
        found
            .iter()
            .filter(|(what, _)| what != "TLS to the mail server")
            .all(|(_, finding)| matches!(finding, Unknown(why) if why.contains("could not be asked"))),
        "{found:#?}"
    );
    let config = Config::from_parts(None, std::iter::empty()).unwrap();
    let nobody = Dns::at("127.0.0.1:9").unwrap();
    let found = look(&config, &nobody);
    assert!(
        matches!(found.as_slice(), [(_, Unknown(why))] if why.contains("still the sample")),
        "{found:#?}"
    );
}

#[test]
fn a_long_answer_is_fetched_over_tcp() {
    let mut sample = Sample::in_order();
    for n in 0..20 {
        sample.add(DOMAIN, "TXT", &format!("token-{n}={}", "x".repeat(200)));
    }
    assert!(matches!(sample.finding("SPF"), Fine(words) if words.starts_with("it names")));
}
