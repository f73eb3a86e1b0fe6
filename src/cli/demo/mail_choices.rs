//! Choices of mail in the demo: a weekly digest, a monthly one, and somebody who wants no invitations by mail.

use crate::digest;
use crate::digest::model::latest;
use crate::members::Member;
use crate::members::choices::{Rhythm, choose_digest};
use crate::members::unsubscribe::{self, Kind};
use crate::platform::app::{App, Ctx};
use crate::platform::clock::At;
use crate::platform::db::Conn;

pub(super) fn choose(tx: &mut Conn, ctx: &Ctx<'_>, people: &[Member]) -> Result<(), String> {
    for (name, rhythm) in [
        ("Sample Link Worker", Rhythm::Weekly),
        ("Sample Professor", Rhythm::Monthly),
    ] {
        if let Some(member) = people.iter().find(|member| member.name == name) {
            choose_digest(tx, ctx, &member.id, Some(rhythm), "own page").map_err(|e| e.to_string())?;
        }
    }
    if let Some(member) = people.iter().find(|member| member.name == "Sample Commissioner") {
        let kind = Kind::Invitations;
        unsubscribe::choose(tx, ctx, kind, &member.id, false, "own page").map_err(|e| e.to_string())?;
    }
    Ok(())
}

/// When the last weekly digest was due.
pub(super) fn last_monday(app: &App, now: At) -> At {
    let zone = &app.config.network.time_zone;
    latest(Rhythm::Weekly, zone, now).map_or(now, |period| period.due_at)
}

/// What is due now.
pub(super) fn send(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), String> {
    digest::send_what_is_due(tx, ctx).map_err(|e| e.to_string())
}
