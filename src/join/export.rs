//! Requests as a file for reading: without the reasons, unless they are asked for (TRUST P08).

use serde::Serialize;

use super::model::{Request, Status};
use super::store;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::table;

/// A request as the export writes it.
#[derive(Debug, Serialize)]
pub struct Exported {
    id: String,
    name: String,
    email: String,
    affiliation: String,
    country: String,
    role: String,
    heard_from: String,
    directory: bool,
    announcements: bool,
    privacy_notice: String,
    came_by: String,
    status: Status,
    created_at: At,
    confirmed_at: Option<At>,
    decided_at: Option<At>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

const COLUMNS: [&str; 15] = [
    "id",
    "name",
    "email",
    "affiliation",
    "country",
    "role",
    "heard_from",
    "directory",
    "announcements",
    "privacy_notice",
    "came_by",
    "status",
    "created_at",
    "confirmed_at",
    "decided_at",
];

/// Every request whose address is proved, in the order in which they came.
pub fn requests(conn: &mut Conn, with_reasons: bool) -> Result<Vec<Exported>, DbError> {
    let all = store::all_proved(conn)?;
    Ok(all
        .into_iter()
        .map(|request| Exported::of(request, with_reasons))
        .collect())
}

/// The same as CSV.
pub fn csv(conn: &mut Conn, with_reasons: bool) -> Result<String, DbError> {
    let rows = requests(conn, with_reasons)?;
    let mut header = COLUMNS.to_vec();
    if with_reasons {
        header.push("reason");
    }
    Ok(table::write(&header, rows.into_iter().map(Exported::cells)))
}

/// The same as JSON.
pub fn json(conn: &mut Conn, with_reasons: bool) -> Result<String, DbError> {
    let rows = requests(conn, with_reasons)?;
    serde_json::to_string_pretty(&rows)
        .map(|text| text + "\n")
        .map_err(|e| DbError::Cut(e.to_string()))
}

impl Exported {
    fn of(request: Request, with_reasons: bool) -> Exported {
        Exported {
            id: request.id.to_string(),
            name: request.name,
            email: request.email,
            affiliation: request.affiliation,
            country: request.country,
            role: request.role,
            heard_from: request.heard_from,
            directory: request.wants_directory,
            announcements: request.wants_announcements,
            privacy_notice: request.privacy_notice,
            came_by: request.came_by,
            status: request.status,
            created_at: request.created_at,
            confirmed_at: request.confirmed_at,
            decided_at: request.decided_at,
            reason: with_reasons.then_some(request.reason),
        }
    }

    fn cells(self) -> Vec<String> {
        let yes = |is: bool| if is { "yes" } else { "no" }.to_owned();
        let at = |at: Option<At>| at.map(|at| at.to_string()).unwrap_or_default();
        let mut cells = vec![
            self.id,
            self.name,
            self.email,
            self.affiliation,
            self.country,
            self.role,
            self.heard_from,
            yes(self.directory),
            yes(self.announcements),
            self.privacy_notice,
            self.came_by,
            self.status.to_string(),
            self.created_at.to_string(),
            at(self.confirmed_at),
            at(self.decided_at),
        ];
        cells.extend(self.reason);
        cells
    }
}
