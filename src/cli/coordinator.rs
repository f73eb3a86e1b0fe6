//! `oxsop coordinator add`

use clap::Subcommand;

use crate::members::model::NAME_LONGEST;
use crate::members::sign_in::actions::make_coordinator;
use crate::platform::config::Config;
use crate::platform::db::DbError;
use crate::platform::text::email_address::EmailAddress;
use crate::platform::text::line;

#[derive(Subcommand)]
pub(super) enum What {
    /// Make somebody a coordinator, a member or not, and print a link to set a password
    #[command(after_help = "Example: oxsop coordinator add ana@example.org --name 'Ana Sample'")]
    Add {
        /// The address they sign in with
        email: String,
        /// Their name, for somebody who is not a member yet
        #[arg(long)]
        name: String,
    },
}

pub(super) fn run(config: Config, what: What) -> Result<(), String> {
    let What::Add { email, name } = what;
    let email = EmailAddress::parse(&email)?;
    let name = line::one_line(&name, NAME_LONGEST).map_err(|e| format!("--name: {e}"))?;
    if name.is_empty() {
        return Err("--name: Write a name.".into());
    }
    let app = super::open(config)?;
    let token = app
        .write_now(|tx, ctx| make_coordinator(tx, ctx, &email, &name))
        .map_err(|e: DbError| e.to_string())?;
    println!("{email} is a coordinator. This link sets the password; it works once, for an hour:");
    println!("{}", app.url(&format!("/sign-in/set-password/{}", token.as_str())));
    Ok(())
}
