//! Takes in one mail: read, sort, act, write down; all in one transaction, before the caller may forget the mail.

use std::panic::{AssertUnwindSafe, catch_unwind};

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::model::{Found, LetterId, Status, Way};
use super::{actions, store};
use crate::platform::app::{App, Ctx};
use crate::platform::db::{Conn, DbError};
use crate::platform::inbound::{self, Kind, Unreadable};
use crate::platform::mail::bounces::{self, Report};
use crate::platform::text::line::clean_line;

/// The largest original that is kept of what is set aside, in bytes.
const ORIGINAL: usize = 2 * inbound::CAP;

/// What became of a mail that was handed over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Received {
    /// It is written down.
    Taken(LetterId, Status),
    /// It was read before; nothing has changed.
    Repeat,
}

/// The mail was not taken in; whoever has it keeps it and gives it again later.
#[derive(Debug, thiserror::Error)]
#[error("not taken in, try again later: {0}")]
pub struct TryLater(String);

/// One mail as it came, with the envelope's recipient where it is known.
pub struct Raw<'a> {
    pub bytes: &'a [u8],
    pub recipient: &'a str,
    pub way: Way,
}

/// Takes in one mail, whatever it holds. Blocks; what it returns is on disk.
pub fn receive(app: &App, way: Way, recipient: Option<&str>, bytes: &[u8]) -> Result<Received, TryLater> {
    let raw = Raw {
        bytes,
        recipient: recipient.unwrap_or_default(),
        way,
    };
    let read = read(app, &raw);
    match attempt(app, &raw, &read).or_else(|trouble| match trouble {
        // Locked, or two at once: once more may do.
        Trouble::Refused(_) => attempt(app, &raw, &read),
        other => Err(other),
    }) {
        Ok(received) => Ok(received),
        Err(Trouble::Away(why)) => Err(TryLater(why)),
        // Whatever it is about this mail, the next one must not wait for it. A database that is ill refuses this too.
        Err(Trouble::Refused(why) | Trouble::Panicked(why)) => {
            let aside = Err(Unreadable(clean_line(&why)));
            attempt(app, &raw, &aside).map_err(|trouble| TryLater(trouble.to_string()))
        }
    }
}

/// Why a mail was not taken in this time.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    /// There is no database to ask.
    #[error("{0}")]
    Away(String),
    #[error("{0}")]
    Refused(String),
    #[error("{0}")]
    Panicked(String),
}

fn attempt(app: &App, raw: &Raw<'_>, read: &Result<Read, Unreadable>) -> Result<Received, Trouble> {
    let done = catch_unwind(AssertUnwindSafe(|| app.write_now(|tx, ctx| take(tx, ctx, raw, read))));
    let done = done.map_err(|_| Trouble::Panicked("it made a part of this program panic".into()))?;
    done.map_err(|e: DbError| match e {
        DbError::Query(e) => Trouble::Refused(format!("the database refused it: {e}")),
        other => Trouble::Away(other.to_string()),
    })
}

/// A mail that was read, and what kind it is.
pub struct Read {
    pub letter: inbound::Letter,
    pub kind: Kind,
    /// What it reports of a mail of ours, if it is a report.
    pub report: Report,
    pub is_cut: bool,
}

fn read(app: &App, raw: &Raw<'_>) -> Result<Read, Unreadable> {
    let is_cut = raw.bytes.len() > inbound::CAP;
    let recipient = Some(raw.recipient).filter(|recipient| !recipient.is_empty());
    let authserv_id = &app.config.mailbox.authserv_id;
    let (letter, report) = inbound::read(inbound::head(raw.bytes), recipient, authserv_id, bounces::read)?;
    let kind = inbound::sort(&letter, &actions::ours(&app.config));
    Ok(Read {
        letter,
        kind,
        report,
        is_cut,
    })
}

/// The same for the same mail, however it came; another for another mail with a stolen Message-ID.
fn key(app: &App, raw: &Raw<'_>, read: &Result<Read, Unreadable>) -> String {
    let hash = match read {
        Ok(Read { letter, .. }) => {
            let mut hash = Sha256::new();
            let calendar = letter
                .calendar
                .as_ref()
                .map(|part| part.text.as_str())
                .unwrap_or_default();
            let id = letter.message_id.as_deref().unwrap_or_default();
            for part in [id, &letter.from.email, &letter.subject, &letter.text, calendar] {
                hash.update(part.as_bytes());
                hash.update([0]);
            }
            if id.is_empty() {
                hash.update(raw.bytes);
            }
            hash.finalize()
        }
        Err(_) => Sha256::digest(raw.bytes),
    };
    app.keys.keyed_hash("letter", &data_encoding::HEXLOWER.encode(&hash))
}

fn take(tx: &mut Conn, ctx: &Ctx<'_>, raw: &Raw<'_>, read: &Result<Read, Unreadable>) -> Result<Received, DbError> {
    let key = key(ctx.app, raw, read);
    // On PostgreSQL two replicas may hold the same mail: the second waits, and then finds the row.
    crate::platform::db::take_turn(tx, "letters")?;
    if store::is_known(tx, &key)? {
        return Ok(Received::Repeat);
    }
    let found = match read {
        Ok(Read { is_cut: true, kind, .. }) if !matches!(kind, Kind::Person | Kind::Application) => {
            Found::aside(format!("it has {} bytes, more than are read", raw.bytes.len()))
        }
        Ok(read) => {
            let mut found = actions::act(tx, ctx, &read.letter, read.kind, &read.report)?;
            if read.is_cut {
                found.outcome = format!("{} It was too long to be read whole.", found.outcome)
                    .trim()
                    .to_owned();
            }
            found
        }
        Err(Unreadable(why)) => Found::aside(why.clone()),
    };
    let id = LetterId::new();
    let written = read.as_ref().ok().map(|read| (&read.letter, read.kind));
    store::insert(tx, ctx, &id, &key, raw.way, written, &found)?;
    let status = found.status.unwrap_or(Status::Open);
    if status == Status::Aside {
        let seal = |text: &str| ctx.app.keys.seal(text).map_err(|e| DbError::Cut(e.to_string()));
        let bytes = &raw.bytes[..raw.bytes.len().min(ORIGINAL)];
        store::keep_original(tx, &id, &seal(raw.recipient)?, &seal(&BASE64.encode(bytes))?)?;
    }
    // Never the text, and the author only where it is a line of its own in the database.
    tracing::info!(letter = %id, kind = %written.map_or("unreadable", |(_, kind)| kind.as_str()), %status, "mail came in");
    Ok(Received::Taken(id, status))
}

/// Reads a letter that was set aside once more, with today's rules; `None` if its bytes are gone.
pub fn read_again(app: &App, id: &LetterId) -> Result<Option<Received>, TryLater> {
    let later = |e: &dyn std::fmt::Display| TryLater(e.to_string());
    let sealed = app
        .db
        .read(|conn| store::original(conn, id))
        .map_err(|e: DbError| later(&e))?;
    let Some((recipient, original)) = sealed else {
        return Ok(None);
    };
    let recipient = app.keys.unseal(&recipient).map_err(|e| later(&e))?;
    let original = app.keys.unseal(&original).map_err(|e| later(&e))?;
    let bytes = BASE64.decode(original.as_bytes()).map_err(|e| later(&e))?;
    let known = app
        .db
        .read(|conn| store::find(conn, id))
        .map_err(|e: DbError| later(&e))?;
    let Some(known) = known.filter(|letter| letter.status == Status::Aside) else {
        return Ok(None);
    };
    let raw = Raw {
        bytes: &bytes,
        recipient: &recipient,
        way: known.came_by,
    };
    let read = read(app, &raw);
    let taken = app.write_now(|tx, ctx| {
        store::remove(tx, id)?;
        take(tx, ctx, &raw, &read)
    });
    taken.map(Some).map_err(|e: DbError| later(&e))
}
