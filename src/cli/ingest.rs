//! `oxsop ingest`: one mail on standard input, as a mail server's pipe delivers it.

use std::io::Read;
use std::process::ExitCode;

use crate::inbox::{self, Received, Way};
use crate::platform::config::Config;

/// What sysexits.h calls EX_TEMPFAIL: the mail server keeps the mail and gives it again.
const TRY_LATER: u8 = 75;
/// What is read at most; the rest of a larger mail is taken from the pipe and let go.
const MOST: u64 = 4 * 1024 * 1024;

/// Takes the mail in; 0 only once it is on disk, 75 for "try later", whatever it was that stood in the way.
pub fn run(config: Result<Config, String>, recipient: Option<String>) -> ExitCode {
    match take(config, recipient) {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(sentence) => {
            eprintln!("oxsop: {sentence}");
            ExitCode::from(TRY_LATER)
        }
    }
}

fn take(config: Result<Config, String>, recipient: Option<String>) -> Result<String, String> {
    let mut input = std::io::stdin().lock();
    let mut bytes = Vec::new();
    let unread = |e: std::io::Error| format!("standard input cannot be read: {e}");
    (&mut input).take(MOST).read_to_end(&mut bytes).map_err(unread)?;
    std::io::copy(&mut input, &mut std::io::sink()).map_err(unread)?;
    if bytes.is_empty() {
        return Err("there is no mail on standard input; give it one (RFC 5322) as a mail server's pipe does".into());
    }
    // Mail servers that hand a mail to a command say so in the environment (Postfix local, Exim).
    let from_environment = || {
        ["ORIGINAL_RECIPIENT", "RECIPIENT"]
            .iter()
            .find_map(|name| std::env::var(name).ok())
    };
    let recipient = recipient.or_else(from_environment);
    let app = super::open(config?)?;
    let taken = inbox::receive(&app, Way::Pipe, recipient.as_deref(), &bytes).map_err(|e| e.to_string())?;
    Ok(match taken {
        Received::Taken(id, status) => format!("taken in: letter {id}, {status}"),
        Received::Repeat => "taken in before: nothing has changed".into(),
    })
}
