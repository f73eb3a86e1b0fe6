//! Writing the members to a file.

use serde_json::{Map, Value};

use super::COLUMNS;
use crate::members::{Member, store};
use crate::platform::db::{Conn, DbError};
use crate::platform::table;
use crate::text_enum;

text_enum! {
    /// How a file is written.
    pub enum Format {
        Csv = "csv",
        Json = "json",
    }
}

/// Everyone who belongs to the network now, by address, as `import` reads them back.
pub fn export(conn: &mut Conn, format: Format) -> Result<String, DbError> {
    let mut members = store::active(conn)?;
    members.sort_by(|a, b| a.email_key.cmp(&b.email_key));
    let rows: Vec<[String; 10]> = members.iter().map(cells).collect();
    Ok(match format {
        Format::Csv => table::write(&COLUMNS, &rows),
        Format::Json => json(&rows),
    })
}

fn cells(member: &Member) -> [String; 10] {
    // "no" and not nothing: read back with --consent, nothing would become a yes.
    let announcements = match member.announcements_consent.as_str() {
        _ if !member.wants_announcements => "no",
        "" => "yes",
        text => text,
    };
    [
        member.name.clone(),
        member.email.clone(),
        member.affiliation.clone(),
        member.country.clone(),
        member.time_zone.clone(),
        member.role.clone(),
        member.interests.clone(),
        member.joined_on.clone(),
        if member.is_listed { "yes" } else { "no" }.to_owned(),
        announcements.to_owned(),
    ]
}

/// One object a line, so that a line number says which.
fn json(rows: &[[String; 10]]) -> String {
    let objects = rows.iter().map(|row| {
        let fields = COLUMNS
            .iter()
            .zip(row)
            .map(|(name, cell)| ((*name).to_owned(), Value::String(cell.clone())));
        Value::Object(fields.collect::<Map<_, _>>()).to_string()
    });
    let objects: Vec<String> = objects.collect();
    format!("[\n{}\n]\n", objects.join(",\n"))
}
