//! Turning a kind of mail off and on, and the link to do so.

use super::model::{Choice, Kind, token};
use super::store;
use crate::members::privacy::actions::set_announcements;
use crate::members::store as members;
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::config::Config;
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

/// The same with an address beside the page, for mail programs that know no other way.
pub fn headers_with_address(config: &Config, link: &str) -> Vec<(String, String)> {
    let mut headers = headers(link);
    if let Some((_, ways)) = headers.first_mut() {
        *ways = format!("{ways}, <mailto:{}?subject=unsubscribe>", address(config, link));
    }
    headers
}

/// `unsubscribe+<token>@…`: a mail there does what the one click does.
fn address(config: &Config, link: &str) -> String {
    let base = &config.mail.unsubscribe_address;
    let (local, domain) = base.rsplit_once('@').unwrap_or((base, "localhost"));
    let token = link.rsplit('/').next().unwrap_or_default();
    format!("{local}+{token}@{domain}")
}

/// Told, in the same transaction, that a member turns a kind on or off; before it is stored, so that a part that works
/// in turns waits for its turn while nothing is locked yet.
pub type ChoiceMade = fn(&mut Conn, &Ctx<'_>, Kind, &MemberId, bool) -> Result<(), DbError>;

/// Who is told; an application part filled in by `server/`.
#[derive(Default)]
pub struct Heard(pub Vec<ChoiceMade>);

/// Turns a kind on or off for a member; harmless twice. `way` says for the history how they did it.
pub fn choose(tx: &mut Conn, ctx: &Ctx<'_>, kind: Kind, id: &MemberId, is_on: bool, way: &str) -> Result<(), DbError> {
    if store::is_on(tx, kind, id)? == is_on {
        return Ok(());
    }
    if kind == Kind::Announcements {
        let member = members::find(tx, id)?;
        return member.map_or(Ok(()), |member| set_announcements(tx, ctx, &member, is_on, way));
    }
    for tell in ctx
        .app
        .part::<Heard>()
        .map(|heard| heard.0.as_slice())
        .unwrap_or_default()
    {
        tell(tx, ctx, kind, id, is_on)?;
    }
    let choice = Choice { is_on, since: ctx.now };
    store::save(tx, kind, id, choice, &token(&ctx.app.keys, kind, id))?;
    let what = format!("turned {} {kind}", if is_on { "on" } else { "off" });
    audit::record(tx, ctx, id.as_str(), &what, &format!("member:{id}"), way)
}
