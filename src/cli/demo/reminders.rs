//! Reminders in the demo: some that went, and a choice that a coordinator made.

use crate::meetings::Meeting;
use crate::meetings::reminders;
use crate::meetings::reminders::model::{Audience, Lead, Reminder, USUAL};
use crate::platform::app::Ctx;
use crate::platform::db::Conn;
use crate::web::Coordinator;

/// The usual reminders, and an early one to those who have not answered.
pub(super) fn choose(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, meeting: &Meeting) -> Result<(), String> {
    let early = Reminder {
        lead: Lead::Days14,
        audience: Audience::NotAnswered,
    };
    let wanted = [&[early], USUAL].concat();
    let chosen = reminders::choose(tx, ctx, by, &meeting.id, &wanted);
    chosen.map(|_| ()).map_err(|e| e.to_string())
}

/// What is due now.
pub(super) fn send(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), String> {
    reminders::send_what_is_due(tx, ctx).map_err(|e| e.to_string())
}
