//! DKIM: whether each key that signs is published, at each domain that mail comes from, and is the same key.

use super::{Advice, Broken, Facts, Finding, Fine, Found, tag, that_begin};
use crate::cli::dkim::quoted;
use crate::platform::mail::dkim::{Signer, Signers, is_same_key};

pub(super) fn look(facts: &Facts<'_>) -> Vec<Found> {
    let mail = &facts.config.mail;
    let signers = match Signers::known(mail) {
        Ok(signers) => signers,
        Err(why) => return vec![("DKIM".into(), Broken(why.to_string()))],
    };
    if signers.is_empty() {
        let why = "mail is not signed here; unless your mail server signs it, make keys with `oxsop dkim new`";
        return vec![("DKIM".into(), Advice(why.into()))];
    }
    let mut found = Vec::new();
    if mail.dkim_selectors.is_empty() {
        let names: Vec<String> = signers
            .iter()
            .map(|signer| format!("\"{}\"", signer.selector))
            .collect();
        found.push((
            "DKIM".into(),
            Advice(format!(
                "keys are made but sign nothing; once they are published, set mail.dkim_selectors = [{}]",
                names.join(", ")
            )),
        ));
    }
    for domain in &facts.domains {
        for signer in signers.iter() {
            let name = signer.record_name(domain);
            let finding = match facts.dns.text(&name) {
                Ok(records) => judge(signer, &name, records),
                Err(why) => why.into(),
            };
            found.push((format!("DKIM {name}"), finding));
        }
    }
    found
}

fn judge(signer: &Signer, name: &str, records: Vec<String>) -> Finding {
    let publish = format!("publish: {name}. IN TXT {}", quoted(&signer.key.record()));
    let keys: Vec<String> = records
        .into_iter()
        .filter(|record| tag(record, "p").is_some())
        .collect();
    let [record] = keys.as_slice() else {
        return Broken(match keys.len() {
            0 => format!("no key is published; {publish}"),
            n => format!("{n} records stand there, and readers' servers may take any; leave one. {publish}"),
        });
    };
    let published = tag(record, "p").unwrap_or_default();
    let kind = tag(record, "k").unwrap_or_else(|| "rsa".into());
    if published.is_empty() {
        return Broken(format!("the published key is withdrawn (p= is empty); {publish}"));
    }
    if !kind.eq_ignore_ascii_case(signer.key.kind()) || !is_same_key(&signer.key, &published) {
        return Broken(format!("another key is published than the one that signs; {publish}"));
    }
    if tag(record, "v").is_some() && that_begin(vec![record.clone()], "v=DKIM1").is_empty() {
        return Broken(format!("the record does not begin with v=DKIM1; {publish}"));
    }
    if tag(record, "t").is_some_and(|flags| flags.split(':').any(|flag| flag.trim() == "y")) {
        return Advice("published as a test (t=y); take that out once mail arrives".into());
    }
    Fine(format!("the published {kind} key is the one that signs"))
}
