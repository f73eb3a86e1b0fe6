//! What a configuration must be to make sense: every refusal names its key.

use super::{Config, ConfigError};
use crate::platform::text::email_address::EmailAddress;
use crate::platform::text::url::without_password;

impl Config {
    /// Checks what can be checked without trying it; `doctor` tries the rest.
    pub(super) fn check(&mut self) -> Result<(), ConfigError> {
        for (key, value) in [
            ("mail.reply_to", &mut self.mail.reply_to),
            ("mail.join_address", &mut self.mail.join_address),
            ("mail.meetings_address", &mut self.mail.meetings_address),
            ("mail.bounce_address", &mut self.mail.bounce_address),
            ("mail.unsubscribe_address", &mut self.mail.unsubscribe_address),
            ("network.contact", &mut self.network.contact),
        ] {
            *value = address(key, value)?;
        }
        let mut selectors = self.mail.dkim_selectors.iter().enumerate();
        if let Some((_, wrong)) =
            selectors.find(|(at, name)| !is_selector(name) || self.mail.dkim_selectors[..*at].contains(name))
        {
            return Err(ConfigError(format!(
                "mail.dkim_selectors: '{}' is no name of its own in the DNS; write lower-case letters, digits and hyphens, \
                 as `oxsop dkim new` prints them",
                wrong.escape_debug()
            )));
        }
        if jiff::tz::TimeZone::get(&self.network.time_zone).is_err() {
            let name = &self.network.time_zone;
            return Err(ConfigError(format!("network.time_zone: '{name}' is no IANA time zone")));
        }
        if !is_day_of_every_year(&self.network.year_starts) {
            let day = &self.network.year_starts;
            return Err(ConfigError(format!(
                "network.year_starts: '{day}' is no day of every year; write month-day, such as 03-19"
            )));
        }
        self.fairness.check()?;
        if !(1..=50).contains(&self.materials.max_file_mb) {
            let given = self.materials.max_file_mb;
            return Err(ConfigError(format!(
                "materials.max_file_mb: {given} is not from 1 to 50"
            )));
        }
        if !self.server.public_url.is_empty() {
            self.server.public_url = origin(&self.server.public_url)?;
        }
        Ok(())
    }
}

/// One label of the DNS, for the record of a DKIM key and the name of its file.
pub fn is_selector(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=63).contains(&name.len()) && name.bytes().all(plain) && !name.starts_with('-') && !name.ends_with('-')
}

/// An address as it is written in a mail.
pub(super) fn address(key: &str, value: &str) -> Result<String, ConfigError> {
    match EmailAddress::parse(value) {
        Ok(address) => Ok(address.as_str().to_owned()),
        Err(_) => Err(ConfigError(format!(
            "{key}: '{value}' is no e-mail address; it should look like name@example.org"
        ))),
    }
}

/// `http(s)://host[:port]` and nothing more, as browsers write it.
fn origin(value: &str) -> Result<String, ConfigError> {
    let url = url::Url::parse(value).ok().filter(|url| {
        matches!(url.scheme(), "http" | "https")
            && matches!(url.path(), "" | "/")
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none()
    });
    url.map(|url| url.origin().ascii_serialization()).ok_or_else(|| {
        ConfigError(format!(
            "server.public_url: '{}' is no http:// or https:// address without path and query; write it like \
             https://network.example.org",
            without_password(value)
        ))
    })
}

/// Whether `MM-DD` is a day that comes every year.
fn is_day_of_every_year(text: &str) -> bool {
    let is_shaped = text.len() == 5
        && text.bytes().enumerate().all(|(at, b)| match at {
            2 => b == b'-',
            _ => b.is_ascii_digit(),
        });
    // 2027 has no 29 February.
    is_shaped && format!("2027-{text}").parse::<jiff::civil::Date>().is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        match Config::from_parts(Some(text), std::iter::empty()) {
            Ok(_) => panic!("{text} was taken"),
            Err(e) => e.to_string(),
        }
    }

    #[test]
    fn an_address_that_is_none_is_refused_by_its_key() {
        for key in [
            "mail.reply_to",
            "mail.join_address",
            "mail.meetings_address",
            "mail.bounce_address",
            "mail.unsubscribe_address",
            "network.contact",
        ] {
            let (section, name) = key.split_once('.').unwrap();
            for wrong in [
                "desk",
                "a@b@example.org",
                "Desk <desk@example.org>",
                "desk@example.org\\r\\nBcc: x@example.org",
            ] {
                let said = refusal(&format!("[{section}]\n{name} = \"{wrong}\""));
                assert!(said.starts_with(key), "{said}");
            }
        }
        for wrong in ["desk", "Desk <desk>", "De\\nsk <desk@example.org>"] {
            let said = refusal(&format!("[mail]\nfrom = \"{wrong}\""));
            assert!(said.starts_with("mail.from"), "{said}");
        }
    }

    #[test]
    fn a_selector_is_a_name_in_the_dns_and_stands_there_once() {
        let taken = "[mail]\ndkim_selectors = ['oxsop-2027-rsa', 'e1']\ndkim_folder = '{data.folder}/keys'";
        let config = Config::from_parts(Some(taken), std::iter::empty()).unwrap();
        assert_eq!(config.mail.dkim_folder, std::path::Path::new("var/keys"));
        for wrong in ["", "../key", "a.b", "A", "-a", "a b", "a', 'a"] {
            let said = refusal(&format!("[mail]\ndkim_selectors = ['{wrong}']"));
            assert!(said.starts_with("mail.dkim_selectors"), "{said}");
        }
    }

    #[test]
    fn the_public_address_is_an_origin() {
        for (given, kept) in [
            ("https://Network.Example.org/", "https://network.example.org"),
            ("https://network.example.org:443", "https://network.example.org"),
            ("http://localhost:8080", "http://localhost:8080"),
        ] {
            assert_eq!(origin(given).unwrap(), kept);
        }
        for wrong in [
            "network.example.org",
            "ftp://network.example.org",
            "https://network.example.org/oxsop",
            "https://network.example.org/?a=b",
            "https://user:secret@network.example.org",
            "https://",
        ] {
            let said = origin(wrong).unwrap_err().to_string();
            assert!(
                said.starts_with("server.public_url") && !said.contains("secret"),
                "{said}"
            );
        }
    }

    #[test]
    fn the_year_starts_on_a_day_of_every_year() {
        for day in ["03-19", "01-01", "12-31", "02-28"] {
            assert!(is_day_of_every_year(day), "{day}");
        }
        for wrong in ["02-29", "02-30", "13-01", "3-19", "19 March", "", "03-19T00"] {
            assert!(!is_day_of_every_year(wrong), "{wrong}");
        }
        assert!(refusal("[network]\nyear_starts = '02-30'").starts_with("network.year_starts"));
    }

    #[test]
    fn a_value_of_the_wrong_type_is_refused_by_its_key() {
        for (text, key) in [
            ("[server]\nmetrics = 'yes'", "server.metrics"),
            ("[server]\ntrusted_proxies = ['proxy']", "server.trusted_proxies"),
            ("[mail]\nper_minute = -1", "mail.per_minute"),
            ("[mail]\nurl = 5", "mail.url"),
            ("[network]\nname = ['a']", "network.name"),
        ] {
            let said = refusal(text);
            assert!(said.starts_with(key), "{said}");
        }
        for (name, value) in [
            ("OXSOP_MAIL__PER_MINUTE", "-1"),
            ("OXSOP_SERVER__METRICS", "yes"),
            ("OXSOP_SERVER__TRUSTED_PROXIES", "127.0.0.1, proxy"),
        ] {
            let environment = [(name.to_owned(), value.to_owned())];
            let said = Config::from_parts(None, environment.into_iter())
                .unwrap_err()
                .to_string();
            assert!(said.starts_with(name), "{said}");
        }
    }

    #[test]
    fn a_file_that_is_not_toml_is_named_by_its_line_and_not_repeated() {
        let said = refusal("[mail]\nurl = 'smtp://user:se-cret@mail.example.org\n");
        assert!(said.contains("line 2") && !said.contains("se-cret"), "{said}");
    }
}
