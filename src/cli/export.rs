//! `oxsop export`: one arm a kind of record, to standard output.

use std::io::Write;

use clap::{Args, Subcommand, ValueEnum};

use crate::activities::import_export as activities;
use crate::join::export as requests;
use crate::meetings::export as meetings;
use crate::members::import_export as members;
use crate::platform::config::Config;
use crate::platform::db::DbError;

#[derive(Subcommand)]
pub(super) enum What {
    /// The members; `import members` reads them back unchanged
    #[command(after_help = "Example: oxsop export members --format csv > members.csv")]
    Members(How),
    /// The activities, drafts too; `import activities` reads them back unchanged
    #[command(after_help = "Example: oxsop export activities --format json > journal.json")]
    Activities(How),
    /// The meetings with everybody's invitation and answer, for reading
    #[command(after_help = "Example: oxsop export meetings --format json > meetings.json")]
    Meetings(How),
    /// The requests to join, for reading
    #[command(after_help = "Example: oxsop export requests --with-reasons > requests.csv")]
    Requests {
        #[command(flatten)]
        how: How,
        /// The applicants' reasons too, which coordinators alone should see
        #[arg(long)]
        with_reasons: bool,
    },
}

#[derive(Args)]
pub(super) struct How {
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum Format {
    Csv,
    Json,
}

pub(super) fn run(config: Config, what: What) -> Result<(), String> {
    let app = super::open_existing(config)?;
    let text = match what {
        What::Members(how) => {
            let format = match how.format {
                Format::Csv => members::Format::Csv,
                Format::Json => members::Format::Json,
            };
            app.db.read(|conn| members::export(conn, format))
        }
        What::Activities(how) => {
            let format = match how.format {
                Format::Csv => activities::Format::Csv,
                Format::Json => activities::Format::Json,
            };
            app.db.read(|conn| activities::export(conn, format))
        }
        What::Meetings(how) => app.db.read(|conn| match how.format {
            Format::Csv => meetings::csv(conn, app.now()),
            Format::Json => meetings::json(conn, app.now()),
        }),
        What::Requests { how, with_reasons } => app.db.read(|conn| match how.format {
            Format::Csv => requests::csv(conn, with_reasons),
            Format::Json => requests::json(conn, with_reasons),
        }),
    };
    let text = text.map_err(|e: DbError| e.to_string())?;
    // A reader that stops early (`| head`) is no failure of ours, but must not look like success either.
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(|e| format!("the export could not be written: {e}"))
}
