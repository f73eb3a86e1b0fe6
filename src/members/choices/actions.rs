//! Choosing the digest, and asking those who were never asked.

use super::model::{Rhythm, is_without_a_word};
use super::store;
use crate::members::privacy::actions::{CONSENT_WORDS, set_announcements};
use crate::members::unsubscribe::{self, Kind};
use crate::members::{self, Member};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::web::MemberId;

/// Chooses how often the digest comes, or that it does not; harmless twice. `way` says for the history where.
pub fn choose_digest(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    id: &MemberId,
    wanted: Option<Rhythm>,
    way: &str,
) -> Result<(), DbError> {
    let was = store::rhythm(tx, id)?;
    let Some(rhythm) = wanted else {
        return unsubscribe::choose(tx, ctx, Kind::Digest, id, false, way);
    };
    if was == wanted {
        return Ok(());
    }
    store::save_rhythm(tx, id, rhythm, ctx.now)?;
    let detail = format!("{way}, {rhythm}, words of {CONSENT_WORDS}");
    if was.is_some() {
        let about = format!("member:{id}");
        return audit::record(
            tx,
            ctx,
            id.as_str(),
            "changed how often the digest comes",
            &about,
            &detail,
        );
    }
    unsubscribe::choose(tx, ctx, Kind::Digest, id, true, &detail)
}

/// Ends the digest of somebody who leaves: should they come back, it is a choice of its own again.
pub fn forget(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId) -> Result<(), DbError> {
    unsubscribe::choose(tx, ctx, Kind::Digest, id, false, "left the network")
}

/// Whether to lead this member to the question now that they sign in: once, and only who was never asked.
pub fn ask_once(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId) -> Result<bool, DbError> {
    match members::store::find(tx, id)? {
        Some(member) if is_without_a_word(&member) => store::note_asked(tx, id, ctx.now),
        _ => Ok(false),
    }
}

/// Notes that somebody has chosen about announcements by themselves: there is nothing left to ask.
pub fn had_their_say(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId) -> Result<(), DbError> {
    store::note_asked(tx, id, ctx.now)?;
    store::close(tx, id, ctx.now).map(|_| ())
}

/// Whether the question was put to them and waits for an answer.
pub fn is_open(conn: &mut Conn, member: &Member) -> Result<bool, DbError> {
    let question = store::question(conn, &member.id)?;
    Ok(is_without_a_word(member) && question.is_some_and(|(_, closed_at)| closed_at.is_none()))
}

/// What somebody answered to the question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answered {
    pub announcements: bool,
    pub digest: Option<Rhythm>,
}

/// Keeps the answer; `None`: they put the question away, and nothing is turned on. It never comes back.
///
/// `false`: the page was left open, and what was answered or chosen since stands.
pub fn answer(tx: &mut Conn, ctx: &Ctx<'_>, id: &MemberId, answered: Option<Answered>) -> Result<bool, DbError> {
    let Some(member) = members::store::find(tx, id)? else {
        return Ok(false);
    };
    store::note_asked(tx, id, ctx.now)?;
    if !store::close(tx, id, ctx.now)? {
        return Ok(false);
    }
    let way = "the question after the import";
    if let Some(answered) = answered {
        if answered.announcements {
            set_announcements(tx, ctx, &member, true, way)?;
        }
        if answered.digest.is_some() {
            choose_digest(tx, ctx, id, answered.digest, way)?;
        }
    }
    let (what, detail) = match answered {
        None => ("put the question about mail away", String::new()),
        Some(Answered { announcements, digest }) => (
            "answered the question about mail",
            format!(
                "announcements: {}, digest: {}",
                if announcements { "yes" } else { "no" },
                digest.as_ref().map_or("no", Rhythm::as_str),
            ),
        ),
    };
    audit::record(tx, ctx, id.as_str(), what, &format!("member:{id}"), &detail)?;
    Ok(true)
}
