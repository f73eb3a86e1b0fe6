//! DKIM: signs each mail with the network's own keys (RFC 6376), so that its readers' servers believe it.
//!
//! Units: a *selector* is the DNS label under `_domainkey` where a key is published; it is also the name of the key's
//! file, `<selector>.pem` in `mail.dkim_folder`. Errors: a key that is missing, open to others or no key at all stops
//! the server at its start, in a sentence.
//!
//! # Why
//! * **Two keys.** RSA-2048 is what everybody checks, Ed25519 (RFC 8463) what many check by now; that RFC advises both,
//!   each under a selector of its own. What a reader's server does not know it passes over.
//! * **Signed when sent, not when written**, over the frozen bytes of the outbox, with `t=` the frozen Date: both
//!   algorithms are deterministic, so that a repeat is the same to the byte. Were it signed when written, a mail would
//!   carry a key that may be gone when it leaves. If the keys change between two tries, the second differs in its
//!   signatures alone; Message-ID and Date still show that it is the same mail.
//! * **relaxed/relaxed, no `l=`, no `x=`**: servers on the way fold and space anew; nothing may be appended; a mail in a
//!   slow queue does not lose its name. From, To, Subject, Date, Message-ID, Reply-To and Content-Type are named once more
//!   than they stand there, so that a second one cannot be put in front of readers (RFC 6376 §8.15).
//! * **ring signs.** It is in the tree through rustls, and its RSA takes the same time whatever the key. The `rsa` crate
//!   carries RUSTSEC-2023-0071 without an end, and lettre's own DKIM is built on it. What ring does not do, making an RSA
//!   key, two crates for big numbers and primes do, once, in `oxsop dkim new` ([`mod@make`]); ring checks the numbers when
//!   it reads the key. This changes when ring makes keys, or `rsa` is mended.

mod canon;
mod der;
mod key;
mod make;

use std::path::{Path, PathBuf};

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use crate::platform::clock::At;
use crate::platform::config::{Config, Mail, is_selector};
pub use key::{Key, is_same_key};
pub use make::{Fresh, make_ed25519, make_rsa, write};

/// Signed where they stand in a mail, in this order; those of `true` are named once more than that.
const SIGNED: &[(&str, bool)] = &[
    ("From", true),
    ("To", true),
    ("Cc", false),
    ("Subject", true),
    ("Date", true),
    ("Message-ID", true),
    ("Reply-To", true),
    ("In-Reply-To", false),
    ("References", false),
    ("MIME-Version", false),
    ("Content-Type", true),
    ("Content-Transfer-Encoding", false),
    ("Auto-Submitted", false),
    ("Precedence", false),
];

/// Why there are no keys to sign with; each sentence says what to do.
#[derive(Debug, thiserror::Error)]
pub enum DkimError {
    #[error(
        "the DKIM key {0} cannot be used: {1}; `oxsop dkim new` makes keys, an empty mail.dkim_selectors does without"
    )]
    File(String, String),
    #[error("the DKIM key {0} can be read by others: chmod 600 it")]
    Open(String),
    #[error("the DKIM key could not sign")]
    Sign,
}

/// The network's keys, ready to sign; none where `mail.dkim_selectors` is empty.
#[derive(Default)]
pub struct Signers(Vec<Signer>);

/// One key and the selector it is published under.
pub struct Signer {
    pub selector: String,
    pub key: Key,
}

impl Signer {
    /// Reads `<selector>.pem` in `folder`.
    pub fn load(folder: &Path, selector: &str) -> Result<Signer, DkimError> {
        Ok(Signer {
            selector: selector.to_owned(),
            key: Key::load(&file_of(folder, selector))?,
        })
    }

    /// Where its record stands in the DNS.
    pub fn record_name(&self, domain: &str) -> String {
        format!("{}._domainkey.{domain}", self.selector)
    }

    /// The `DKIM-Signature` header, with its line end, of a mail whose body has the digest `body`.
    fn header(&self, fields: &[canon::Field<'_>], body: &str, domain: &str, date: At) -> Result<Vec<u8>, DkimError> {
        let names = canon::names_to_sign(fields, SIGNED);
        let (algorithm, selector, at) = (self.key.algorithm(), &self.selector, date.unix());
        let unsigned = format!(
            "DKIM-Signature: v=1; a={algorithm}; c=relaxed/relaxed; d={domain};\r\n s={selector}; t={at};\r\n h={};\r\n bh={body};\r\n b=",
            canon::folded(&names, ":")
        );
        let text = canon::signed_text(fields, &names, &unsigned);
        let signature = BASE64.encode(&self.key.sign(text.as_bytes())?);
        let pieces: Vec<&str> = (0..signature.len())
            .step_by(72)
            .filter_map(|at| signature.get(at..(at + 72).min(signature.len())))
            .collect();
        Ok(format!("{unsigned}{}\r\n", pieces.join("\r\n ")).into_bytes())
    }
}

impl Signers {
    /// Reads every key that the configuration names.
    pub fn load(mail: &Mail) -> Result<Signers, DkimError> {
        let load = |selector: &String| Signer::load(&mail.dkim_folder, selector);
        Ok(Signers(mail.dkim_selectors.iter().map(load).collect::<Result<_, _>>()?))
    }

    /// Those of the configuration, or, while it names none, all that lie in its folder.
    pub fn known(mail: &Mail) -> Result<Signers, DkimError> {
        if !mail.dkim_selectors.is_empty() {
            return Signers::load(mail);
        }
        let Ok(files) = std::fs::read_dir(&mail.dkim_folder) else {
            return Ok(Signers::default());
        };
        let mut selectors: Vec<String> = files
            .filter_map(|file| file.ok()?.file_name().into_string().ok())
            .filter_map(|name| name.strip_suffix(".pem").map(str::to_owned))
            .filter(|name| is_selector(name))
            .collect();
        selectors.sort_by(|a, b| b.cmp(a));
        let load = |selector: &String| Signer::load(&mail.dkim_folder, selector);
        Ok(Signers(selectors.iter().map(load).collect::<Result<_, _>>()?))
    }

    pub fn iter(&self) -> impl Iterator<Item = &Signer> {
        self.0.iter()
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The mail with a signature of each key before it; `domain` is that of its From, `date` its Date.
    ///
    /// The same mail, keys and date always give the same bytes.
    pub fn sign(&self, mail: Vec<u8>, domain: &str, date: At) -> Result<Vec<u8>, DkimError> {
        if self.is_empty() {
            return Ok(mail);
        }
        let (head, body) = canon::split(&mail);
        let fields = canon::fields(head);
        let digest = BASE64.encode(&Sha256::digest(canon::body(body)));
        let domain = domain.to_ascii_lowercase();
        let mut signed = Vec::with_capacity(mail.len() + 1_500);
        for signer in &self.0 {
            signed.extend(signer.header(&fields, &digest, &domain, date)?);
        }
        signed.extend_from_slice(&mail);
        Ok(signed)
    }
}

/// The domains that stand in the From of our mails: those of `mail.from` and of the calendars' sender.
pub fn domains(config: &Config) -> Vec<String> {
    let from = config.mail_from().map(|(_, address)| address).unwrap_or_default();
    let mut domains: Vec<String> = Vec::new();
    for address in [&from, &config.mail.meetings_address] {
        let domain = address.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
        if !domain.is_empty() && !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    domains
}

/// Where the key of a selector lies.
pub fn file_of(folder: &Path, selector: &str) -> PathBuf {
    folder.join(format!("{selector}.pem"))
}

#[cfg(test)]
mod tests;
