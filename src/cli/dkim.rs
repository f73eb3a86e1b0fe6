//! `oxsop dkim`: makes the keys that sign mail, and says what to publish.

use std::path::PathBuf;

use clap::Subcommand;

use crate::platform::clock::Clock;
use crate::platform::config::{Config, is_selector};
use crate::platform::mail::dkim::{self, Signers};

#[derive(Subcommand)]
pub(super) enum What {
    /// Make an RSA and an Ed25519 key, and print their DNS records and the lines for the configuration
    #[command(after_help = "Example: oxsop dkim new --selector network-2027")]
    New {
        /// What the two selectors begin with [default: oxsop- and the month]
        #[arg(long, value_name = "NAME")]
        selector: Option<String>,
    },
    /// Print the DNS records of the keys in use (or of all that are made, while none is in use)
    #[command(after_help = "Example: oxsop dkim show --config /etc/oxsop.toml")]
    Show,
}

pub(super) fn run(config: &Config, what: What) -> Result<(), String> {
    match what {
        What::New { selector } => new(config, selector),
        What::Show => show(config),
    }
}

fn new(config: &Config, selector: Option<String>) -> Result<(), String> {
    let base = selector.unwrap_or_else(|| format!("oxsop-{}", month()));
    let selectors = [format!("{base}-rsa"), format!("{base}-ed25519")];
    if selectors.iter().any(|name| !is_selector(name)) {
        return Err(format!(
            "--selector '{}' is no name for the DNS: write at most 55 lower-case letters, digits and hyphens",
            base.escape_debug()
        ));
    }
    let files: Vec<PathBuf> = selectors
        .iter()
        .map(|name| dkim::file_of(&config.mail.dkim_folder, name))
        .collect();
    if let Some(there) = files.iter().find(|file| file.exists()) {
        return Err(format!(
            "{} is there already, and a key is never overwritten; `oxsop dkim show` prints its record, another \
             --selector makes new keys beside it",
            there.display()
        ));
    }
    let keys = [dkim::make_rsa()?, dkim::make_ed25519()?];
    println!("Two keys are made, for the server's eyes only:\n");
    for (file, key) in files.iter().zip(&keys) {
        dkim::write(file, key).map_err(|e| format!("the key {} cannot be written: {e}", file.display()))?;
        println!("  {}", file.display());
    }
    let names = selectors.map(|name| format!("\"{name}\"")).join(", ");
    let mut mail = config.mail.clone();
    mail.dkim_selectors = vec![format!("{base}-rsa"), format!("{base}-ed25519")];
    println!("\nFirst publish them, as TXT records:\n");
    print_records(config, &Signers::load(&mail).map_err(|e| e.to_string())?);
    println!("Once `oxsop doctor` finds both, let the server sign with them, and start it again:\n");
    println!("  [mail]\n  dkim_selectors = [{names}]\n");
    if !config.mail.dkim_selectors.is_empty() {
        println!("These take the place of the keys in use now. Leave the old records in the DNS for a week: mail");
        println!("signed with them is still on its way.\n");
    }
    Ok(())
}

/// This month, `2027-03`.
fn month() -> String {
    Clock::default().now().to_string().chars().take(7).collect()
}

fn show(config: &Config) -> Result<(), String> {
    let signers = Signers::known(&config.mail).map_err(|e| e.to_string())?;
    if signers.is_empty() {
        return Err("there are no DKIM keys; `oxsop dkim new` makes two".into());
    }
    if config.mail.dkim_selectors.is_empty() {
        println!("These keys are made, but sign nothing until mail.dkim_selectors names them.\n");
    }
    print_records(config, &signers);
    Ok(())
}

/// Each record as a zone file wants it, and as the one value that many a form asks for.
fn print_records(config: &Config, signers: &Signers) {
    for domain in dkim::domains(config) {
        for signer in signers.iter() {
            let record = signer.key.record();
            println!("  {}. IN TXT {}", signer.record_name(&domain), quoted(&record));
            println!("  as one value: {record}\n");
        }
    }
    if config.has_sample_sender() {
        println!("The names above end in the sample domain: set mail.from to the network's own address first.\n");
    }
}

/// A record in strings of at most 255 bytes, as a zone file has them.
pub(super) fn quoted(record: &str) -> String {
    let strings: Vec<String> = (0..record.len())
        .step_by(250)
        .filter_map(|at| record.get(at..(at + 250).min(record.len())))
        .map(|part| format!("\"{part}\""))
        .collect();
    match strings.as_slice() {
        [one] => one.clone(),
        several => format!("( {} )", several.join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_records_are_split_as_zone_files_have_them() {
        assert_eq!(quoted("v=DKIM1"), "\"v=DKIM1\"");
        let long = "x".repeat(600);
        let split = quoted(&long);
        assert!(split.starts_with("( \"") && split.ends_with("\" )"));
        assert!(split.split('"').all(|part| part.len() <= 255));
        assert_eq!(split.matches('x').count(), 600);
    }
}
