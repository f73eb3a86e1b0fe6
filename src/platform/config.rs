//! The configuration: `config/default.toml`, then a file, then the environment; an unknown key is an error.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::{Table, Value};

mod check;
pub mod fairness;

pub use fairness::Fairness;

pub use check::is_selector;

/// The documented defaults, compiled in.
pub const DEFAULTS: &str = include_str!("../../config/default.toml");

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Config {
    pub server: Server,
    pub data: Data,
    pub database: Database,
    pub mail: Mail,
    pub mailbox: Mailbox,
    pub secrets: Secrets,
    pub network: Network,
    pub limits: Limits,
    pub fairness: Fairness,
    pub materials: Materials,
    /// Set by `oxsop demo` only.
    #[serde(skip)]
    pub is_demo: bool,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Server {
    pub listen: String,
    pub public_url: String,
    pub trusted_proxies: Vec<std::net::IpAddr>,
    pub metrics: bool,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Data {
    pub folder: PathBuf,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Database {
    pub url: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Mail {
    pub url: String,
    pub from: String,
    pub reply_to: String,
    pub join_address: String,
    pub meetings_address: String,
    pub bounce_address: String,
    pub unsubscribe_address: String,
    pub connections: usize,
    pub per_minute: u32,
    pub per_minute_per_domain: u32,
    pub dkim_selectors: Vec<String>,
    pub dkim_folder: PathBuf,
}

#[derive(Clone, Deserialize, Serialize)]
pub struct Mailbox {
    pub url: String,
    pub poll_seconds: u64,
    pub done_folder: String,
    pub authserv_id: String,
    pub ca_file: PathBuf,
}

impl std::fmt::Debug for Mailbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Mailbox(…)")
    }
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Secrets {
    pub key_file: PathBuf,
    pub argon2_memory: u32,
    pub argon2_passes: u32,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Network {
    pub name: String,
    pub short_name: String,
    pub tagline: String,
    pub contact: String,
    pub time_zone: String,
    pub year_starts: String,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Limits {
    pub mails_per_address_15_minutes: i64,
    pub mails_per_address_day: i64,
    pub posts_per_ip_15_minutes: usize,
    pub requests_per_day: i64,
    pub requests_per_ip_day: usize,
    pub requests_by_mail_day: i64,
    pub form_seconds: i64,
}

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Materials {
    pub max_file_mb: usize,
}

/// What is wrong with the configuration, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ConfigError(pub String);

impl Config {
    /// Reads the defaults, then `file`, then `OXSOP_…` of the environment.
    pub fn load(file: Option<&Path>) -> Result<Config, ConfigError> {
        let text =
            match file {
                None => None,
                Some(path) => Some(std::fs::read_to_string(path).map_err(|e| {
                    ConfigError(format!("the configuration file {} cannot be read: {e}", path.display()))
                })?),
            };
        Config::from_parts(text.as_deref(), from_environment(std::env::vars_os())?.into_iter())
    }

    /// The same from given parts (for tests, and for the demo).
    pub fn from_parts(
        file: Option<&str>,
        environment: impl Iterator<Item = (String, String)>,
    ) -> Result<Config, ConfigError> {
        let defaults: Table = DEFAULTS
            .parse()
            .map_err(|e| ConfigError(format!("config/default.toml: {e}")))?;
        let mut table = defaults.clone();
        if let Some(text) = file {
            for (section, keys) in parse(text)? {
                let Value::Table(keys) = keys else {
                    return Err(ConfigError(format!(
                        "'{section}' stands outside a section such as [server]"
                    )));
                };
                for (key, value) in keys {
                    known(&defaults, &section, &key)?;
                    fits(&defaults, &section, &key, &value)
                        .map_err(|why| ConfigError(format!("{section}.{key}: {why}")))?;
                    set(&mut table, &section, &key, value);
                }
            }
        }
        for (name, value) in environment {
            let Some((section, key)) = setting_of(&defaults, &name)? else {
                continue;
            };
            let like = known(&defaults, &section, &key)?;
            let value = from_text(&value, like).and_then(|value| {
                fits(&defaults, &section, &key, &value)?;
                Ok(value)
            });
            let value = value.map_err(|why| ConfigError(format!("{name}: {why}")))?;
            set(&mut table, &section, &key, value);
        }
        let mut config: Config = table
            .try_into()
            .map_err(|e: toml::de::Error| ConfigError(format!("the configuration: {}", e.message())))?;
        config.fill_in()?;
        config.check()?;
        Ok(config)
    }

    /// Replaces `{data.folder}` and derives the addresses left empty.
    fn fill_in(&mut self) -> Result<(), ConfigError> {
        let folder = self.data.folder.to_string_lossy().into_owned();
        for text in [&mut self.database.url, &mut self.mail.url] {
            *text = text.replace("{data.folder}", &folder);
        }
        for path in [&mut self.secrets.key_file, &mut self.mail.dkim_folder] {
            *path = path.to_string_lossy().replace("{data.folder}", &folder).into();
        }
        let from = self.mail_from()?;
        let domain = from.1.rsplit('@').next().unwrap_or_default().to_owned();
        for (address, local) in [
            (&mut self.mail.join_address, "join"),
            (&mut self.mail.meetings_address, "meetings"),
            (&mut self.mail.bounce_address, "b"),
            (&mut self.mail.unsubscribe_address, "unsubscribe"),
        ] {
            if address.is_empty() {
                *address = format!("{local}@{domain}");
            }
        }
        for address in [&mut self.mail.reply_to, &mut self.network.contact] {
            if address.is_empty() {
                *address = from.1.clone();
            }
        }
        Ok(())
    }

    /// `mail.from` as (name, address).
    pub fn mail_from(&self) -> Result<(String, String), ConfigError> {
        let raw = self.mail.from.trim();
        let (name, address) = match raw.split_once('<') {
            Some((name, rest)) => (
                name.trim().trim_matches('"').to_owned(),
                rest.trim_end_matches('>').trim().to_owned(),
            ),
            None => (self.network.short_name.clone(), raw.to_owned()),
        };
        if name.contains(char::is_control) || check::address("mail.from", &address).is_err() {
            return Err(ConfigError(format!(
                "mail.from: '{}' is no 'Name <address@domain>'",
                raw.escape_debug()
            )));
        }
        Ok((name, address))
    }

    /// Whether `mail.from` is still the sample of the defaults.
    pub fn has_sample_sender(&self) -> bool {
        self.mail.from.contains("@oxsop.example.org")
    }
}

/// What a file says; an error names the line but does not repeat it, for it may hold a password.
fn parse(text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|e: toml::de::Error| {
        let before = e.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        ConfigError(format!(
            "the configuration file is not TOML: line {line}: {}",
            e.message()
        ))
    })
}

/// The variables that may be ours. Those of others may hold anything at all.
fn from_environment(
    variables: impl Iterator<Item = (OsString, OsString)>,
) -> Result<Vec<(String, String)>, ConfigError> {
    let ours = variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value)));
    let ours = ours.filter(|(name, _)| name.starts_with(PREFIX));
    let readable = ours.map(|(name, value)| match value.into_string() {
        Ok(value) => Ok((name, value)),
        Err(_) => Err(ConfigError(format!("{name} is not readable as UTF-8"))),
    });
    readable.collect()
}

/// What the names of our variables begin with.
const PREFIX: &str = "OXSOP_";
/// Those that are no keys of the configuration: the log starts before it is read.
const LOG: [&str; 2] = ["OXSOP_LOG", "OXSOP_LOG_FORMAT"];

/// The section and key that a variable of the environment sets; `None` for those of others, the log's and the tests'.
fn setting_of(defaults: &Table, name: &str) -> Result<Option<(String, String)>, ConfigError> {
    let Some(rest) = name.strip_prefix(PREFIX) else {
        return Ok(None);
    };
    if LOG.contains(&name) || rest.starts_with("TEST_") {
        return Ok(None);
    }
    let found = rest.to_lowercase();
    let found = found.split_once("__");
    if let Some((section, key)) = found.filter(|(section, key)| known(defaults, section, key).is_ok()) {
        return Ok(Some((section.to_owned(), key.to_owned())));
    }
    let sections = defaults
        .iter()
        .filter_map(|(section, keys)| Some((section, keys.as_table()?)));
    let names: Vec<String> = sections
        .flat_map(|(section, keys)| {
            keys.keys()
                .map(move |key| format!("{PREFIX}{section}__{key}").to_uppercase())
        })
        .chain(LOG.map(str::to_owned))
        .collect();
    Err(ConfigError(format!(
        "the environment's {name} is no setting; the nearest is {}",
        nearest(&name.to_uppercase(), names.iter())
    )))
}

fn known<'a>(defaults: &'a Table, section: &str, key: &str) -> Result<&'a Value, ConfigError> {
    let Some(Value::Table(keys)) = defaults.get(section) else {
        return Err(ConfigError(format!(
            "the configuration has no section '{section}'; the nearest is '{}'",
            nearest(section, defaults.keys())
        )));
    };
    keys.get(key).ok_or_else(|| {
        ConfigError(format!(
            "the configuration has no key '{section}.{key}'; the nearest is '{section}.{}'",
            nearest(key, keys.keys())
        ))
    })
}

/// Whether a value is of its key's type: tried alone among the defaults, so that a refusal is about this key.
fn fits(defaults: &Table, section: &str, key: &str, value: &Value) -> Result<(), String> {
    let mut alone = defaults.clone();
    set(&mut alone, section, key, value.clone());
    match alone.try_into::<Config>() {
        Ok(_) => Ok(()),
        Err(e) => Err(e.message().to_owned()),
    }
}

fn set(table: &mut Table, section: &str, key: &str, value: Value) {
    if let Some(Value::Table(keys)) = table.get_mut(section) {
        keys.insert(key.to_owned(), value);
    }
}

fn nearest<'a>(word: &str, among: impl Iterator<Item = &'a String>) -> String {
    among
        .min_by_key(|known| strsim::levenshtein(word, known))
        .cloned()
        .unwrap_or_default()
}

/// Reads an environment variable as a value of the same type as the default.
fn from_text(text: &str, like: &Value) -> Result<Value, String> {
    Ok(match like {
        Value::Integer(_) => Value::Integer(
            text.trim()
                .parse()
                .map_err(|_| format!("'{text}' is no whole number"))?,
        ),
        Value::Boolean(_) => Value::Boolean(
            text.trim()
                .parse()
                .map_err(|_| format!("'{text}' is neither true nor false"))?,
        ),
        Value::Array(_) => Value::Array(
            text.split(',')
                .map(str::trim)
                .filter(|s| !s.is_empty())
                .map(|s| Value::String(s.to_owned()))
                .collect(),
        ),
        _ => Value::String(text.to_owned()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(file: &str, environment: &[(&str, &str)]) -> Result<Config, ConfigError> {
        Config::from_parts(
            Some(file),
            environment.iter().map(|(k, v)| (k.to_string(), v.to_string())),
        )
    }

    #[test]
    fn the_defaults_are_complete() {
        let config = with("", &[]).unwrap();
        assert_eq!(config.database.url, "sqlite://var/oxsop.db");
        assert_eq!(config.mail.meetings_address, "meetings@oxsop.example.org");
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let config = with(
            "[server]\nlisten = '127.0.0.1:1'",
            &[("OXSOP_SERVER__LISTEN", "127.0.0.1:2")],
        )
        .unwrap();
        assert_eq!(config.server.listen, "127.0.0.1:2");
    }

    #[test]
    fn an_unknown_key_is_named_with_its_nearest() {
        let error = with("[server]\nlissten = 'x'", &[]).unwrap_err().to_string();
        assert!(
            error.contains("'server.lissten'") && error.contains("'server.listen'"),
            "{error}"
        );
    }

    #[test]
    fn a_variable_that_is_no_setting_is_named_with_its_nearest() {
        for (given, nearest) in [
            ("OXSOP_DATABASE_URL", "OXSOP_DATABASE__URL"),
            ("OXSOP_MIAL__URL", "OXSOP_MAIL__URL"),
            ("OXSOP_SERVER__LISSTEN", "OXSOP_SERVER__LISTEN"),
            ("OXSOP_LOGFORMAT", "OXSOP_LOG_FORMAT"),
        ] {
            let error = with("", &[(given, "se-cret")]).unwrap_err().to_string();
            assert!(
                error.contains(given) && error.ends_with(nearest) && !error.contains("se-cret"),
                "{error}"
            );
        }
        for known in ["OXSOP_LOG", "OXSOP_LOG_FORMAT", "OXSOP_TEST_DATABASE", "PATH"] {
            assert!(with("", &[(known, "x")]).is_ok(), "{known}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn variables_of_others_may_hold_anything() {
        use std::os::unix::ffi::OsStringExt;
        let odd = || OsString::from_vec(vec![0xff, 0xfe]);
        let foreign = [(odd(), odd()), ("PS1".into(), odd())];
        assert!(from_environment(foreign.into_iter()).unwrap().is_empty());
        let ours = [("OXSOP_MAIL__URL".into(), odd())];
        let error = from_environment(ours.into_iter()).unwrap_err().to_string();
        assert!(error.starts_with("OXSOP_MAIL__URL"), "{error}");
    }
}
