//! `oxsop doctor`: prints the configuration in force, secrets hidden, and tries everything it names.
//!
//! It makes nothing: where no network is yet, it says so. A line is `ok`, `BROKEN` (these decide the exit code), `advice`,
//! or `unknown`: what could not be asked, without a network say, is no fault.

mod belief;
mod public_address;

use toml::{Table, Value};

use crate::platform::config::Config;
use crate::platform::db::DbError;
use crate::platform::dns::Dns;
use crate::platform::inbound::mailbox::{self, Mailbox};
use crate::platform::mail::transport::{self, Link};
use crate::platform::render::Renderer;
use crate::platform::text::url::without_password;

use belief::Finding;

pub(super) fn run(config: Config, dns: Option<&str>) -> Result<(), String> {
    let dns = dns.map_or_else(|| Ok(Dns::of_this_machine()), Dns::at)?;
    for line in effective(&config)? {
        println!("{line}");
    }
    println!();
    let mut broken = 0;
    let mut check = |what: &str, outcome: Result<String, String>| match outcome {
        Ok(words) => println!("ok      {what}: {words}"),
        Err(why) => {
            broken += 1;
            println!("BROKEN  {what}: {why}");
        }
    };
    check(
        "templates",
        Renderer::load()
            .map(|r| format!("{} compile", r.names().len()))
            .map_err(|e| e.to_string()),
    );
    check("data.folder", folder(&config));
    check("mail.url", mail(&config));
    check("mailbox.url", mailbox(&config));
    check("mail.from", sender(&config));
    check("server.public_url", public_address::check(&config.server.public_url));
    check("database.url and secrets.key_file", network(&config));
    for (what, finding) in belief::look(&config, &dns) {
        match finding {
            Finding::Fine(words) => check(&what, Ok(words)),
            Finding::Broken(why) => check(&what, Err(why)),
            Finding::Advice(words) => println!("advice  {what}: {words}"),
            Finding::Unknown(why) => println!("unknown {what}: {why}"),
        }
    }
    if broken > 0 {
        return Err(format!("{broken} of these need attention"));
    }
    Ok(())
}

/// Every key with the value in force, a line each.
fn effective(config: &Config) -> Result<Vec<String>, String> {
    let table = Table::try_from(config).map_err(|e| e.to_string())?;
    let sections = table
        .iter()
        .filter_map(|(section, keys)| Some((section, keys.as_table()?)));
    let lines = sections.flat_map(|(section, keys)| {
        let line = move |(key, value): (&String, &Value)| format!("{section}.{key} = {}", shown(value));
        keys.iter().map(line)
    });
    Ok(lines.collect())
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.contains("://") => Value::String(without_password(text)).to_string(),
        other => other.to_string(),
    }
}

fn folder(config: &Config) -> Result<String, String> {
    let folder = &config.data.folder;
    if !folder.is_dir() {
        return Err(format!("{} is no folder yet; `oxsop serve` makes it", folder.display()));
    }
    let probe = folder.join(".doctor");
    std::fs::write(&probe, b"x")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|e| format!("not writable: {e}"))?;
    Ok(format!("{} is writable", folder.display()))
}

fn network(config: &Config) -> Result<String, String> {
    let app = super::open_existing(config.clone())?;
    let members = app
        .db
        .read(crate::members::store::count_active)
        .map_err(|e: DbError| e.to_string())?;
    let kind = if app.db.is_sqlite() { "SQLite" } else { "PostgreSQL" };
    Ok(format!(
        "{kind}, tables up to date, {members} members; the key is the right one"
    ))
}

fn mail(config: &Config) -> Result<String, String> {
    let target = transport::parse(&config.mail.url)?;
    let (_, from) = config.mail_from().map_err(|e| e.to_string())?;
    let domain = from.rsplit('@').next().unwrap_or("localhost").to_owned();
    let opened = actix_web::rt::System::new().block_on(async {
        let link = Link::open(&target, &domain).await?;
        link.close().await;
        Ok::<(), transport::SendError>(())
    });
    opened
        .map(|()| "a connection opens".to_owned())
        .map_err(|e| e.to_string())
}

fn mailbox(config: &Config) -> Result<String, String> {
    let Some(place) = mailbox::parse(&config.mailbox)? else {
        return Ok("not read here; a mail server may hand mail to `oxsop ingest`".into());
    };
    let opened = actix_web::rt::System::new().block_on(async {
        let mailbox = Mailbox::open(&place).await?;
        mailbox.close().await;
        Ok::<(), mailbox::Unreachable>(())
    });
    opened.map(|()| format!("{place} opens")).map_err(|e| e.to_string())
}

fn sender(config: &Config) -> Result<String, String> {
    if config.has_sample_sender() {
        return Err("still the sample: set it to the network's own address".into());
    }
    Ok(config.mail.from.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::DEFAULTS;

    #[test]
    fn every_key_is_printed_and_no_password() {
        let file = "[mail]\nurl = 'smtp://desk:se-cret@mail.example.org:587'\n\
                    [mailbox]\nurl = 'imaps://desk:se-cret@mail.example.org/INBOX'\n\
                    [database]\nurl = 'postgres://desk:se-cret@db.example.org/oxsop?password=se-cret'";
        let config = Config::from_parts(Some(file), std::iter::empty()).unwrap();
        let lines = effective(&config).unwrap();
        assert!(!lines.concat().contains("se-cret"), "{lines:#?}");
        for (section, keys) in DEFAULTS.parse::<Table>().unwrap() {
            for key in keys.as_table().unwrap().keys() {
                let begin = format!("{section}.{key} = ");
                assert_eq!(
                    lines.iter().filter(|line| line.starts_with(&begin)).count(),
                    1,
                    "{begin}"
                );
            }
        }
        assert!(
            lines.contains(&"mail.meetings_address = \"meetings@oxsop.example.org\"".to_owned()),
            "{lines:#?}"
        );
    }
}
