//! Turning a kind of mail off and on, and the link to do so.

use super::model::{Choice, Kind, token};
use super::store;
use crate::members::privacy::actions::CONSENT_WORDS;
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::web::MemberId;

/// The address behind which this member turns this kind off; works from now on.
pub fn link(tx: &mut Conn, ctx: &Ctx<'_>, kind: Kind, id: &MemberId) -> Result<String, DbError> {
    let token = token(&ctx.app.keys, kind, id);
    store::begin(tx, kind, id, ctx.now, &token)?;
    Ok(ctx.app.url(&format!("/unsubscribe/{}", token.as_str())))
}

/// What mail programs make their own button of (RFC 2369 §3.2, RFC 8058 §3.1).
pub fn headers(link: &str) -> Vec<(String, String)> {
    vec![
        ("List-Unsubscribe".into(), format!("<{link}>")),
        ("List-Unsubscribe-Post".into(), "List-Unsubscribe=One-Click".into()),
    ]
}

/// Turns a kind on or off for a member; harmless twice. `way` says for the history how they did it.
pub fn choose(tx: &mut Conn, ctx: &Ctx<'_>, kind: Kind, id: &MemberId, is_on: bool, way: &str) -> Result<(), DbError> {
    if store::is_on(tx, kind, id)? == is_on {
        return Ok(());
    }
    if kind == Kind::Announcements {
        let consent = match is_on {
            true => format!("{way}, {}, words of {CONSENT_WORDS}", ctx.now),
            false => String::new(),
        };
        store::set_announcements(tx, id, &consent, ctx.now)?;
    } else {
        let choice = Choice { is_on, since: ctx.now };
        store::save(tx, kind, id, choice, &token(&ctx.app.keys, kind, id))?;
    }
    let what = format!("turned {} {kind}", if is_on { "on" } else { "off" });
    audit::record(tx, ctx, id.as_str(), &what, &format!("member:{id}"), way)
}
