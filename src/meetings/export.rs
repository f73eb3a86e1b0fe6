//! Meetings as `oxsop export meetings` writes them.

use std::collections::HashMap;

use serde::Serialize;

use super::attendance;
use super::invitations::Answer;
use super::model::{By, InvitationStatus, Status};
use super::store;
use crate::members::MemberId;
use crate::platform::clock::At;
use crate::platform::db::schema::members;
use crate::platform::db::{Conn, DbError};
use crate::platform::table;
use diesel::prelude::*;

/// One meeting with everybody's invitation.
#[derive(Clone, Debug, Serialize)]
pub struct Exported {
    pub uid: String,
    pub title: String,
    pub starts_at: At,
    pub ends_at: At,
    pub time_zone: String,
    pub status: Status,
    pub sequence: i32,
    pub invitations: Vec<ExportedInvitation>,
}

#[derive(Clone, Debug, Serialize)]
pub struct ExportedInvitation {
    pub email: String,
    pub status: InvitationStatus,
    pub answer: Answer,
    pub answered_at: Option<At>,
    pub by: Option<By>,
    /// Whether they are noted as having come; unknown until the meeting is over and somebody is noted at all.
    pub attended: Option<bool>,
}

/// All meetings as JSON, with their invitations.
pub fn json(conn: &mut Conn, now: At) -> Result<String, DbError> {
    let text = serde_json::to_string_pretty(&export(conn, now)?).map_err(|e| DbError::Cut(e.to_string()))?;
    Ok(text + "\n")
}

/// One line an invitation (a meeting without any has one line too).
pub fn csv(conn: &mut Conn, now: At) -> Result<String, DbError> {
    let header = [
        "uid",
        "title",
        "starts_at",
        "ends_at",
        "time_zone",
        "status",
        "sequence",
        "email",
        "invitation",
        "answer",
        "answered_at",
        "by",
        "attended",
    ];
    let mut rows = Vec::new();
    for meeting in export(conn, now)? {
        let facts = [
            meeting.uid,
            meeting.title,
            meeting.starts_at.to_string(),
            meeting.ends_at.to_string(),
            meeting.time_zone,
            meeting.status.to_string(),
            meeting.sequence.to_string(),
        ];
        if meeting.invitations.is_empty() {
            rows.push(
                facts
                    .iter()
                    .cloned()
                    .chain(std::iter::repeat_n(String::new(), 6))
                    .collect(),
            );
        }
        for invitation in meeting.invitations {
            let theirs = [
                invitation.email,
                invitation.status.to_string(),
                invitation.answer.to_string(),
                invitation.answered_at.map(|at| at.to_string()).unwrap_or_default(),
                invitation.by.map(|by| by.to_string()).unwrap_or_default(),
                match invitation.attended {
                    Some(true) => "yes".to_owned(),
                    Some(false) => "no".to_owned(),
                    None => String::new(),
                },
            ];
            rows.push(facts.iter().cloned().chain(theirs).collect::<Vec<_>>());
        }
    }
    Ok(table::write(&header, rows))
}

/// All meetings, earliest first.
pub fn export(conn: &mut Conn, now: At) -> Result<Vec<Exported>, DbError> {
    let emails: Vec<(MemberId, String)> = members::table.select((members::id, members::email)).load(conn)?;
    let emails: HashMap<MemberId, String> = emails.into_iter().collect();
    let mut exported = Vec::new();
    for meeting in store::all(conn)? {
        let came = attendance::attended(conn, &meeting.id)?;
        let is_told = !came.is_empty() && meeting.is_over(now);
        let invitations = store::of_meeting(conn, &meeting.id)?
            .into_iter()
            .map(|row| ExportedInvitation {
                email: emails.get(&row.member_id).cloned().unwrap_or_default(),
                status: row.status,
                answer: row.answer,
                answered_at: row.answered_at,
                by: row.answered_by,
                attended: if came.contains(&row.member_id) {
                    Some(true)
                } else {
                    is_told.then_some(false)
                },
            });
        exported.push(Exported {
            invitations: invitations.collect(),
            uid: meeting.uid,
            title: meeting.title,
            starts_at: meeting.starts_at,
            ends_at: meeting.ends_at,
            time_zone: meeting.time_zone,
            status: meeting.status,
            sequence: meeting.sequence,
        });
    }
    Ok(exported)
}
