//! Writing the digests that are due, and the last look before one leaves.

use super::model::{AT_ONCE, Period, late_until, latest, window};
use super::{mail, news, store};
use crate::members::MemberId;
use crate::members::choices::{self, Reader, Rhythm};
use crate::members::unsubscribe::{self, Kind};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::{self, Conn, DbError};
use crate::platform::mail::outbox::{self, Row};

/// One reader whose digest is to be written now.
struct Due {
    reader: Reader,
    period: Period,
}

/// The tick: writes what is due and was not looked at yet, some at a time.
pub fn send_what_is_due(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), DbError> {
    if due(tx, ctx)?.is_empty() {
        return Ok(());
    }
    // Looked at again in turn: what another replica has just written counts.
    db::take_turn(tx, "digests")?;
    let mut written = 0;
    let due = due(tx, ctx)?;
    if due.len() > AT_ONCE {
        ctx.leave_work();
    }
    for one in due.iter().take(AT_ONCE) {
        written += usize::from(write(tx, ctx, one)?);
    }
    if written > 0 {
        audit::record(tx, ctx, "system", "wrote digests", "digest", &written.to_string())?;
    }
    Ok(())
}

fn due(conn: &mut Conn, ctx: &Ctx<'_>) -> Result<Vec<Due>, DbError> {
    let zone = &ctx.app.config.network.time_zone;
    let mut found = Vec::new();
    let mut open = Vec::new();
    for rhythm in Rhythm::ALL.iter().copied() {
        if let Some(period) = latest(rhythm, zone, ctx.now).filter(|period| ctx.now < late_until(rhythm, period)) {
            let done = store::done(conn, &period.key)?;
            open.push((rhythm, period, done));
        }
    }
    if open.is_empty() {
        return Ok(found);
    }
    for reader in choices::readers(conn)? {
        let theirs = open.iter().find(|(rhythm, _, _)| *rhythm == reader.rhythm);
        let Some((_, period, done)) = theirs else {
            continue;
        };
        // Whoever turned it on, or chose how often, after the hour waits for the next.
        if reader.rhythm_since < period.due_at && !done.contains(&reader.member.id) {
            found.push(Due {
                reader,
                period: period.clone(),
            });
        }
    }
    Ok(found)
}

/// Writes one digest; `false` if there was nothing to say.
fn write(tx: &mut Conn, ctx: &Ctx<'_>, due: &Due) -> Result<bool, DbError> {
    let Due { reader, period } = due;
    let (member, rhythm, id) = (&reader.member, reader.rhythm, &reader.member.id);
    let last = store::covered_until(tx, id)?;
    let (from, until) = window(rhythm, last, reader.on_since, ctx.now);
    let (news, activities) = news::gather(tx, ctx.app, member, rhythm, (from, until), ctx.now)?;
    let (mail, covered) = if news.is_empty() {
        (None, until)
    } else {
        let off = unsubscribe::link(tx, ctx, Kind::Digest, id)?;
        match mail::letter(ctx.app, period, rhythm, member, &news, activities, &off) {
            Ok(letter) => (outbox::enqueue(tx, ctx, letter)?, until),
            // The others get theirs; what this one would have said is in their next.
            Err(e) => {
                tracing::error!(member = %id, period = %period.key, "a digest cannot be written: {e}");
                (None, from)
            }
        }
    };
    store::note(tx, id, &period.key, covered, mail.as_ref(), ctx.now)?;
    Ok(mail.is_some())
}

/// Asked before a digest leaves the outbox.
pub fn why_not(conn: &mut Conn, row: &Row) -> Result<Option<String>, DbError> {
    let Some(id) = row.member_id.as_deref().map(MemberId::from) else {
        return Ok(None);
    };
    let is_on = unsubscribe::is_on(conn, Kind::Digest, &id)?;
    Ok((!is_on).then(|| "not sent: they have turned digests off".to_owned()))
}
