//! Those of the demo's people who arrive by a command: the coordinator with a password, and a member from an earlier
//! list of whom no word about mail is known, so that the question to them can be seen.

use std::sync::Arc;

use crate::members::import_export::{Options, import};
use crate::members::sign_in::actions::{make_coordinator, set_password};
use crate::members::{self, MemberId};
use crate::platform::app::{App, Ctx};
use crate::platform::db::Conn;
use crate::platform::text::email_address::EmailAddress;
use crate::site;

const IMPORTED: &str = "name,email,affiliation,country,time_zone,role\n\
                        Sample Volunteer,sample.volunteer@example.org,Sample Museum,GB,Europe/London,community organisation\n";

/// The hash of the password that the demo prints.
pub(super) fn password_hash(app: &App) -> Result<String, String> {
    let hashing = app.keys.hash_password(site::demo_password(app));
    actix_web::rt::System::new()
        .block_on(hashing)
        .map_err(|e| e.to_string())
}

/// Makes the coordinator as the command does, and uses the link that it prints.
pub(super) fn coordinator(tx: &mut Conn, ctx: &Ctx<'_>, hash: String) -> Result<MemberId, String> {
    let email = EmailAddress::parse("sample.coordinator@example.org")?;
    let token = make_coordinator(tx, ctx, &email, "Sample Coordinator").map_err(|e| e.to_string())?;
    set_password(tx, ctx, &token, hash).map_err(|e| e.to_string())?;
    let found = members::store::by_email(tx, email.as_str()).map_err(|e| e.to_string())?;
    found.map(|member| member.id).ok_or_else(|| "no coordinator".to_owned())
}

/// Imports the one of whom no word about mail is known.
pub(super) fn imported(app: &Arc<App>) -> Result<(), String> {
    let options = Options {
        by: "command".into(),
        ..Options::default()
    };
    let report = import(app, IMPORTED.as_bytes(), "members.csv", &options).map_err(|e| e.to_string())?;
    match report.added {
        1 => Ok(()),
        _ => Err(report.lines.join("; ")),
    }
}
