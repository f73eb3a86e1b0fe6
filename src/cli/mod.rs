//! The commands: one thin file each. What they print is for people; errors are one sentence on standard error.
#![allow(clippy::print_stdout, reason = "commands speak on standard output")]

mod coordinator;
pub mod demo;
mod dkim;
mod doctor;
mod export;
mod health;
mod import;
mod ingest;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::platform::app::App;
use crate::platform::config::Config;

/// Joining, meetings, calendars, activities and mail for a research network.
#[derive(Parser)]
#[command(
    name = "oxsop",
    version,
    after_help = "Example: oxsop serve --config /etc/oxsop.toml"
)]
struct Cli {
    /// A configuration file with the keys that differ from the defaults
    #[arg(long, global = true, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Start the web server, the mail sender and the timed work (the default)
    #[command(after_help = "Example: OXSOP_SERVER__PUBLIC_URL=https://network.example.org oxsop serve")]
    Serve,
    /// Start a throw-away network full of sample people; mail is captured, not sent
    ///
    /// A configuration may name the network and its addresses; folders, database, mail and mailbox are the demo's own.
    #[command(after_help = "Example: oxsop demo --port 8090")]
    Demo {
        /// The port to listen on (8080, or any free one if that is taken; 0: any free one)
        #[arg(long)]
        port: Option<u16>,
    },
    /// Ask the running server whether it is able to serve
    #[command(after_help = "Example: oxsop health --config /etc/oxsop.toml && echo fine")]
    Health,
    /// Print the configuration in force and try everything it names, the records in the DNS too
    #[command(after_help = "Example: oxsop doctor --config /etc/oxsop.toml\n\n\
                            Ends with 1 if anything is broken; advice, and what could not be asked, are no faults.")]
    Doctor {
        /// Ask this DNS server instead of the machine's own, such as 9.9.9.9
        #[arg(long, value_name = "ADDRESS")]
        dns: Option<String>,
    },
    /// Make the keys that sign mail, and print what to publish
    #[command(subcommand, after_help = "Example: oxsop dkim new")]
    Dkim(dkim::What),
    /// Take in one mail (RFC 5322) from standard input, as a mail server's pipe delivers it
    #[command(
        after_help = "Example: oxsop ingest --recipient join@network.example.org < mail.eml\n\n\
                            Ends with 0 once the mail is on disk, with 75 if it is to be given again later."
    )]
    Ingest {
        /// Whom the envelope names, where the mail server does not say it in ORIGINAL_RECIPIENT or RECIPIENT
        #[arg(long, value_name = "ADDRESS")]
        recipient: Option<String>,
    },
    /// Print completions for a shell
    #[command(after_help = "Example: oxsop completions bash > /etc/bash_completion.d/oxsop")]
    Completions { shell: clap_complete::Shell },
    /// Make coordinators
    #[command(
        subcommand,
        after_help = "Example: oxsop coordinator add ana@example.org --name 'Ana Sample'"
    )]
    Coordinator(coordinator::What),
    /// Take records in from a file
    #[command(subcommand, after_help = "Example: oxsop import members members.csv --dry-run")]
    Import(import::What),
    /// Write records to standard output
    #[command(subcommand, after_help = "Example: oxsop export members > members.csv")]
    Export(export::What),
}

/// Runs the command line; 0 done, 1 failed, 2 used wrongly.
pub fn main() -> ExitCode {
    crate::platform::telemetry::start();
    let cli = Cli::parse();
    let config = Config::load(cli.config.as_deref()).map_err(|e| e.to_string());
    if let Some(Command::Ingest { recipient }) = cli.command {
        return ingest::run(config, recipient);
    }
    let done = config.and_then(|config| match cli.command {
        None | Some(Command::Serve) => serve::run(config),
        Some(Command::Demo { port }) => demo::run(config, port),
        Some(Command::Ingest { .. }) => Ok(()),
        Some(Command::Health) => health::run(&config),
        Some(Command::Doctor { dns }) => doctor::run(config, dns.as_deref()),
        Some(Command::Dkim(what)) => dkim::run(&config, what),
        Some(Command::Completions { shell }) => {
            clap_complete::generate(shell, &mut Cli::command(), "oxsop", &mut std::io::stdout());
            Ok(())
        }
        Some(Command::Coordinator(what)) => coordinator::run(config, what),
        Some(Command::Import(what)) => import::run(config, what),
        Some(Command::Export(what)) => export::run(config, what),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("oxsop: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// The application without a server around it, made where it is missing, for commands that put data in.
fn open(config: Config) -> Result<App, String> {
    crate::server::build_app(with_an_address(config)).map_err(|e| e.to_string())
}

/// The same of a network that is there already, for commands that only look.
fn open_existing(config: Config) -> Result<App, String> {
    crate::server::open_app(with_an_address(config)).map_err(|e| e.to_string())
}

fn with_an_address(mut config: Config) -> Config {
    if config.server.public_url.is_empty() {
        config.server.public_url = format!("http://{}", config.server.listen);
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_an_example() {
        fn look(command: &clap::Command, missing: &mut Vec<String>) {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            if !(help.starts_with("Example: ") && help.contains("oxsop")) {
                missing.push(command.get_name().to_owned());
            }
            command.get_subcommands().for_each(|below| look(below, missing));
        }
        let mut missing = Vec::new();
        look(&Cli::command(), &mut missing);
        assert!(missing.is_empty(), "no example: {missing:?}");
    }
}
