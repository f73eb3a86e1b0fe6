//! Where the mailbox is: the address in the configuration, read (RFC 5092, as far as mailboxes go).

use std::path::PathBuf;
use std::time::Duration;

use crate::platform::config;
use crate::platform::mail::transport::is_loopback;

/// Where the mailbox is.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) is_tls: bool,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) folder: String,
    pub(super) done_folder: Option<String>,
    pub(super) ca: Option<PathBuf>,
    pub(super) poll: Duration,
}

impl std::fmt::Debug for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on {}:{}", self.folder, self.host, self.port)
    }
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} on {}:{}", self.folder, self.host, self.port)
    }
}

/// Reads `imaps://user:password@host/INBOX`; `None` where no mailbox is configured.
pub fn parse(config: &config::Mailbox) -> Result<Option<Place>, String> {
    if config.url.is_empty() {
        return Ok(None);
    }
    // The address itself is never repeated: it holds a password.
    let url = url::Url::parse(&config.url).map_err(|e| format!("not an address: {e}"))?;
    let is_tls = match url.scheme() {
        "imaps" => true,
        "imap" => false,
        other => return Err(format!("{other}:// is neither imaps:// nor imap://")),
    };
    let host = url.host_str().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    if host.is_empty() || url.username().is_empty() {
        return Err("write imaps://user:password@host/INBOX".into());
    }
    if !is_tls && !is_loopback(&host) {
        return Err("imap:// is for this machine only; use imaps://, which is encrypted".into());
    }
    let decoded = |text: &str| percent_decoded(text).ok_or("the user, password or folder is not percent-encoded UTF-8");
    let folder = decoded(url.path().trim_matches('/'))?;
    Ok(Some(Place {
        port: url.port().unwrap_or(if is_tls { 993 } else { 143 }),
        host,
        is_tls,
        user: decoded(url.username())?,
        password: decoded(url.password().unwrap_or_default())?,
        folder: if folder.is_empty() { "INBOX".into() } else { folder },
        done_folder: Some(config.done_folder.clone()).filter(|name| !name.is_empty()),
        ca: Some(config.ca_file.clone()).filter(|path| !path.as_os_str().is_empty()),
        poll: Duration::from_secs(config.poll_seconds.clamp(1, 29 * 60)),
    }))
}

fn percent_decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes().iter();
    while let Some(byte) = rest.next() {
        if *byte == b'%' {
            let digits = [*rest.next()?, *rest.next()?];
            bytes.push(u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(*byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::Config;

    fn place(url: &str) -> Result<Option<Place>, String> {
        let text = format!("[mailbox]\nurl = '{url}'");
        parse(&Config::from_parts(Some(&text), std::iter::empty()).unwrap().mailbox)
    }

    #[test]
    fn an_address_is_read_or_refused_without_its_password() {
        assert_eq!(place(""), Ok(None));
        let full = place("imaps://net%40example.org:s%3Ac%20r@mail.example.org/In%20box")
            .unwrap()
            .unwrap();
        assert_eq!(
            (full.user.as_str(), full.password.as_str()),
            ("net@example.org", "s:c r")
        );
        assert_eq!((full.folder.as_str(), full.port, full.is_tls), ("In box", 993, true));
        assert!(!format!("{full:?} {full}").contains("s:c"));
        assert_eq!(place("imap://u:p@127.0.0.1").unwrap().unwrap().folder, "INBOX");
        for (url, why) in [
            ("imap://u:secret@mail.example.org", "this machine only"),
            ("pop3://u:secret@mail.example.org", "neither"),
            ("imaps://mail.example.org", "write imaps://"),
            ("imaps://u:secret%ff@mail.example.org", "percent"),
            ("secret", "not an address"),
        ] {
            let said = place(url).unwrap_err();
            assert!(said.contains(why) && !said.contains("secret"), "{said}");
        }
    }
}
