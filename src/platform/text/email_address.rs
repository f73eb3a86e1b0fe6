//! E-mail addresses as people type them.
//!
//! Why ASCII only: mail to other addresses needs SMTPUTF8 all the way to the reader, which many
//! university servers still refuse. It changes when they accept it.

use std::fmt;

const LONGEST: usize = 254;
const LONGEST_LOCAL: usize = 64;
const LONGEST_LABEL: usize = 63;

/// An address that mail can be sent to, in the case in which it was typed.
///
/// Two values are equal only if their case is; match people by [`EmailAddress::key`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(transparent)]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Reads an address; the error is a sentence for the person who typed it.
    pub fn parse(raw: &str) -> Result<EmailAddress, String> {
        let text = raw.trim_matches(|c: char| c == ' ' || c == '\t' || c == '\n' || c == '\r');
        if text.is_empty() {
            return Err("Write an e-mail address, such as name@example.org.".into());
        }
        if !text.is_ascii() {
            return Err("Use an e-mail address of unaccented letters, digits and the usual signs.".into());
        }
        if text.len() > LONGEST {
            return Err(format!("This e-mail address is longer than {LONGEST} characters."));
        }
        let sound = text
            .rsplit_once('@')
            .is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain));
        if sound {
            Ok(EmailAddress(text.to_owned()))
        } else {
            Err("This is not an e-mail address: it should look like name@example.org.".into())
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The whole address in lower case, by which two spellings are known to be one person.
    pub fn key(&self) -> String {
        self.0.to_ascii_lowercase()
    }

    /// What stands after the `@`.
    pub fn domain(&self) -> &str {
        self.0.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// RFC 5321's `Dot-string`: atoms between single dots, never a quoted string.
fn is_local_part(local: &str) -> bool {
    local.len() <= LONGEST_LOCAL
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        })
}

fn is_domain(domain: &str) -> bool {
    let labels: Vec<&str> = domain.split('.').collect();
    let last_has_a_letter = labels
        .last()
        .is_some_and(|last| last.len() >= 2 && last.bytes().any(|b| b.is_ascii_alphabetic()));
    labels.len() >= 2 && last_has_a_letter && labels.iter().all(|label| is_label(label))
}

fn is_label(label: &str) -> bool {
    (1..=LONGEST_LABEL).contains(&label.len())
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_addresses_are_read_and_keep_their_case() {
        for (raw, kept) in [
            ("ana@example.org", "ana@example.org"),
            ("  Ana.Lima@Example.ORG \r\n", "Ana.Lima@Example.ORG"),
            ("o'neil+oxsop@mail.example.ac.uk", "o'neil+oxsop@mail.example.ac.uk"),
            ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
            ("=cmd@example.org", "=cmd@example.org"),
        ] {
            assert_eq!(EmailAddress::parse(raw).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_sentence() {
        let long_local = format!("{}@example.org", "a".repeat(65));
        let long_label = format!("a@{}.org", "b".repeat(64));
        let long = format!("a@{}org", "abcdefgh.".repeat(28));
        for raw in [
            "",
            " ",
            "ana",
            "ana@",
            "@example.org",
            "ana@localhost",
            "a@b@example.org",
            "ana lima@example.org",
            "ana@exam ple.org",
            "\"ana\"@example.org",
            "ana@[127.0.0.1]",
            "ana@127.0.0.1",
            ".ana@example.org",
            "ana.@example.org",
            "a..b@example.org",
            "ana@-example.org",
            "ana@example-.org",
            "ana@example..org",
            "ana@example.org.",
            "ana@example.o",
            "ana@exämple.org",
            "ana@example.org\r\nBcc: x@example.org",
            "ana@example.org\0",
            "Ana <ana@example.org>",
            "ana,b@example.org",
            "ana\u{85}@example.org",
            &long_local,
            &long_label,
            &long,
        ] {
            let refusal = EmailAddress::parse(raw).expect_err(raw);
            assert!(refusal.ends_with('.'), "{refusal}");
        }
    }

    #[test]
    fn two_spellings_share_a_key() {
        let typed = EmailAddress::parse("MEMBER234@OXSOP.EXAMPLE.ORG").unwrap();
        assert_eq!(typed.key(), "member234@oxsop.example.org");
        assert_eq!(typed.domain(), "OXSOP.EXAMPLE.ORG");
        assert_eq!(
            serde_json::to_string(&typed).unwrap(),
            "\"MEMBER234@OXSOP.EXAMPLE.ORG\""
        );
    }
}
