//! `oxsop import`: one arm a kind of record.

use std::path::{Path, PathBuf};

use clap::Subcommand;

use crate::activities::import_export as activities;
use crate::meetings::attendance::import as attendance;
use crate::members::import_export::{self as members, Options};
use crate::platform::config::Config;

#[derive(Subcommand)]
pub(super) enum What {
    /// Members from CSV as spreadsheets save it, or from what `export members` wrote; never sends mail
    #[command(after_help = "Example: oxsop import members members.csv --dry-run")]
    Members {
        file: PathBuf,
        /// Say what would happen and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Where and when these people agreed to announcements, if they did
        #[arg(long, value_name = "TEXT", default_value = "")]
        consent: String,
    },
    /// Activities from CSV or JSON, as `export activities` writes them
    #[command(after_help = "Example: oxsop import activities journal.json --dry-run")]
    Activities {
        file: PathBuf,
        /// Say what would happen and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Who came to a meeting, from the report of a conferencing tool (Zoom, Teams, Meet) as it saves it
    #[command(after_help = "Example: oxsop import attendance maps-and-gardens report.csv --dry-run")]
    Attendance {
        /// The last part of the address of the meeting’s page
        meeting: String,
        file: PathBuf,
        /// Say what would happen and change nothing
        #[arg(long)]
        dry_run: bool,
        /// Believe names that one member alone has, where the report has no address of theirs
        #[arg(long)]
        by_name: bool,
    },
}

pub(super) fn run(config: Config, what: What) -> Result<(), String> {
    let app = super::open(config)?;
    match what {
        What::Members { file, dry_run, consent } => {
            let options = Options {
                is_dry_run: dry_run,
                consent,
                by: "command".into(),
            };
            let report = members::import(&app, &read(&file)?, &name_of(&file), &options).map_err(|e| e.to_string())?;
            for line in &report.lines {
                println!("{line}");
            }
            let would = if dry_run { "would be " } else { "" };
            println!(
                "{} {would}added, {} already members, {} rejected",
                report.added, report.already_members, report.rejected
            );
        }
        What::Activities { file, dry_run } => {
            let bytes = read(&file)?;
            let report = app
                .write_now(|tx, ctx| activities::import(tx, ctx, "command", &bytes, dry_run))
                .map_err(|e: activities::ImportError| e.to_string())?;
            for rejected in &report.rejected {
                println!("{rejected}");
            }
            let would = if dry_run { "would be " } else { "" };
            println!(
                "{} {would}added, {} there before, {} rejected",
                report.added.len(),
                report.known.len(),
                report.rejected.len()
            );
        }
        What::Attendance {
            meeting,
            file,
            dry_run,
            by_name,
        } => {
            let options = attendance::Options {
                is_dry_run: dry_run,
                by_name,
            };
            let report = attendance::import(&app, &meeting, &read(&file)?, options).map_err(|e| e.to_string())?;
            for line in &report.lines {
                println!("{line}");
            }
            let would = if dry_run { "would be " } else { "" };
            println!(
                "{} {would}noted as having come, {} noted before, {} not taken in",
                report.added,
                report.noted_before,
                report.lines.len()
            );
        }
    }
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>, String> {
    std::fs::read(file).map_err(|e| format!("{} cannot be read: {e}", file.display()))
}

fn name_of(file: &Path) -> String {
    file.file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default()
}
