//! How fast mail may leave: so many a minute, so many a minute to one domain, and none for a while to a domain (or to
//! the mail server itself) that asked for patience.
//!
//! Units: a *domain* is what stands after the `@` of a recipient, in lower case; the empty one is the mail server that
//! everything is handed to. Lane 0 (somebody sits and waits for it) is neither held back nor counted.
//!
//! # Why
//! * **A first try that is put off** is how greylisting works: it rests the domain, but only what was put off before makes
//!   the next wait longer; and where the words speak of greylisting nothing rests.
//! * **In the database, not in the process**: all replicas and every restart share one pace. Where a pace is set, claims
//!   take turns ([`take_turn`]), so that two replicas cannot both use the last place of a minute.
//! * **Held back in the query**: mails of a domain that rests are passed over where they stand, whatever their number and
//!   that of the domains, and the others flow. Their rows are not touched; they keep their place.
//! * **Clocks may jump back**: what seems to lie in the future is not counted, and no rest is longer than [`LONGEST_REST`].
//! * **Patience** is 421, or an enhanced code 4.7.x (RFC 3463: policy, which is where servers say "too fast"). Said of
//!   the sender it is about all of our mail; said of a recipient or of the content, about that domain. Refusals in a row
//!   make the wait grow as it does for one mail; the first mail that goes through ends it. Answers that come from
//!   connections already under way when the first one spoke count once.
//! * Two connections a domain (TRUST D11) is a rule for those who deliver to the world; we hand everything to one
//!   configured server, which keeps it.

use std::collections::{BTreeMap, HashMap};

use diesel::prelude::*;

use super::ledger::wait_after;
use super::{Outcome, Sent};
use crate::platform::app::Ctx;
use crate::platform::clock::{At, minutes, seconds};
use crate::platform::config::Config;
use crate::platform::db::schema::{mail_begun, mail_holds};
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox::{OutboxId, Row};
use crate::platform::mail::transport::Stage;

/// The length of the minute that is counted in.
const MINUTE: i64 = 60;
/// In minutes; more than `wait_after` ever says.
const LONGEST_REST: i64 = 40;

/// Who asked for patience.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// The mail server, whoever the mail is for.
    Server,
    /// The recipient's domain, or the server on its behalf.
    Domain,
}

/// Reads a temporary refusal; `None` if it is about this mail alone.
pub(super) fn patience(code: Option<u16>, at: Stage, words: &str) -> Option<Patience> {
    let code = code?;
    let is_policy = (400..500).contains(&code) && words.split_whitespace().any(|word| word.starts_with("4.7."));
    let lower = words.to_lowercase();
    if code != 421 && at == Stage::Recipient && ["greylist", "graylist"].iter().any(|word| lower.contains(word)) {
        return None;
    }
    (code == 421 || is_policy).then_some(match at {
        Stage::Connection | Stage::Sender => Patience::Server,
        Stage::Recipient | Stage::Content => Patience::Domain,
    })
}

/// A domain that is left alone for a while.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = mail_holds)]
pub struct Hold {
    /// Empty: the mail server.
    pub domain: String,
    pub until: At,
    pub strikes: i32,
    pub words: String,
}

impl Hold {
    fn is_on(&self, now: At) -> bool {
        self.until > now && self.until < now.plus(minutes(LONGEST_REST))
    }
}

/// The rows of those that are left alone now.
#[diesel::dsl::auto_type(no_type_alias)]
pub(super) fn resting(now: At) -> _ {
    let longest: At = now.plus(minutes(LONGEST_REST));
    mail_holds::table
        .filter(mail_holds::until.gt(now))
        .filter(mail_holds::until.lt(longest))
}

/// Those that are left alone now, the longest first (for the coordinators' page).
pub fn holds(conn: &mut Conn, now: At) -> Result<Vec<Hold>, DbError> {
    Ok(resting(now)
        .order(mail_holds::until.desc())
        .select(Hold::as_select())
        .load(conn)?)
}

/// Where a pace is set, one replica claims at a time; to be called before anything else of the transaction.
pub(super) fn take_turn(tx: &mut Conn, config: &Config) -> Result<(), DbError> {
    if config.mail.per_minute == 0 && config.mail.per_minute_per_domain == 0 {
        return Ok(());
    }
    crate::platform::db::take_turn(tx, "mail pacing")
}

/// How many ordinary mails may be begun in this moment, and to whom none.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Pace {
    /// `None`: as many as there is room for.
    left: Option<usize>,
    left_per_domain: Option<usize>,
    begun: HashMap<String, usize>,
    full: Vec<String>,
    is_counting: bool,
}

impl Pace {
    /// `begun`: ordinary mails of the last minute by domain.
    fn new(per_minute: usize, per_domain: usize, begun: HashMap<String, usize>, server_rests: bool) -> Pace {
        let all: usize = begun.values().sum();
        let mut left = (per_minute > 0).then(|| per_minute.saturating_sub(all));
        if server_rests {
            left = Some(0);
        }
        let full = begun
            .iter()
            .filter(|(_, count)| per_domain > 0 && **count >= per_domain)
            .map(|(domain, _)| domain.clone());
        let mut full: Vec<String> = full.collect();
        full.sort();
        Pace {
            left,
            left_per_domain: (per_domain > 0).then_some(per_domain),
            begun,
            full,
            is_counting: per_minute > 0 || per_domain > 0,
        }
    }

    /// What holds now.
    pub(super) fn now(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<Pace, DbError> {
        let mail = &ctx.app.config.mail;
        let server_rests = resting(ctx.now).filter(mail_holds::domain.eq(""));
        let server_rests: i64 = server_rests.count().get_result(tx)?;
        let mut begun = HashMap::new();
        if mail.per_minute > 0 || mail.per_minute_per_domain > 0 {
            let since = ctx.now.minus(seconds(MINUTE));
            let is_over = mail_begun::begun_at.le(since).or(mail_begun::begun_at.gt(ctx.now));
            diesel::delete(mail_begun::table.filter(is_over)).execute(tx)?;
            let counted: Vec<(String, i64)> = mail_begun::table
                .group_by(mail_begun::domain)
                .select((mail_begun::domain, diesel::dsl::count_star()))
                .load(tx)?;
            begun.extend(
                counted
                    .into_iter()
                    .map(|(domain, count)| (domain, usize::try_from(count).unwrap_or(usize::MAX))),
            );
        }
        let (all, each) = (mail.per_minute as usize, mail.per_minute_per_domain as usize);
        Ok(Pace::new(all, each, begun, server_rests > 0))
    }

    /// At most so many of `room`.
    pub(super) fn most(&self, room: usize) -> usize {
        self.left.map_or(room, |left| left.min(room))
    }

    /// The domains that have had their share of this minute.
    pub(super) fn full(&self) -> &[String] {
        &self.full
    }

    /// Of these mails (id, recipient's domain), in their order, those that no domain has too many of.
    pub(super) fn keep(&self, due: Vec<(OutboxId, String)>) -> Vec<OutboxId> {
        let Some(each) = self.left_per_domain else {
            return due.into_iter().map(|(id, _)| id).collect();
        };
        let mut begun = self.begun.clone();
        let kept = due.into_iter().filter(|(_, domain)| {
            let count = begun.entry(domain.clone()).or_default();
            *count += 1;
            *count <= each
        });
        kept.map(|(id, _)| id).collect()
    }

    /// Notes what is claimed.
    pub(super) fn note(&self, tx: &mut Conn, ctx: &Ctx<'_>, claimed: &[Row]) -> Result<(), DbError> {
        for row in claimed.iter().filter(|row| self.is_counting && row.lane > 0) {
            diesel::insert_into(mail_begun::table)
                .values((
                    mail_begun::mail_id.eq(&row.id),
                    mail_begun::generation.eq(row.generation),
                    mail_begun::domain.eq(row.domain()),
                    mail_begun::begun_at.eq(ctx.now),
                ))
                .execute(tx)?;
        }
        Ok(())
    }
}

/// Words that ask for patience.
struct Asked<'a> {
    words: &'a str,
    /// Of a mail that was put off before.
    again: bool,
}

/// What the outcomes of one turn say of each domain: `Some` if it asks for patience, `None` for "it went through".
/// In the order of domains, so that two replicas touch the rows in the same order.
fn verdicts(outcomes: &[Outcome]) -> BTreeMap<&str, Option<Asked<'_>>> {
    let mut verdicts: BTreeMap<&str, Option<Asked<'_>>> = BTreeMap::new();
    for outcome in outcomes {
        let domain = outcome.ours.domain.as_str();
        match &outcome.result {
            Sent::Handed(_) => {
                verdicts.entry(domain).or_insert(None);
                verdicts.entry("").or_insert(None);
            }
            Sent::Later {
                why,
                patience: Some(who),
                ..
            } => {
                let whose = match who {
                    Patience::Server => "",
                    Patience::Domain => domain,
                };
                let again = !outcome.ours.is_first_try;
                let before = verdicts.get(whose).and_then(Option::as_ref);
                let again = again || before.is_some_and(|asked| asked.again);
                verdicts.insert(whose, Some(Asked { words: why, again }));
            }
            _ => {}
        }
    }
    verdicts
}

/// Draws from the outcomes of one turn who is to be left alone, and who no longer.
pub(super) fn learn(tx: &mut Conn, ctx: &Ctx<'_>, outcomes: &[Outcome]) -> Result<(), DbError> {
    let verdicts = verdicts(outcomes);
    if verdicts.is_empty() {
        return Ok(());
    }
    let known: Vec<Hold> = mail_holds::table.select(Hold::as_select()).load(tx)?;
    for (domain, asked) in verdicts {
        let hold = known.iter().find(|hold| hold.domain == domain);
        match (asked, hold) {
            // Said by connections that were under way already.
            (_, Some(hold)) if hold.is_on(ctx.now) => {}
            (None, None) => {}
            (None, Some(_)) => {
                diesel::delete(mail_holds::table.find(domain)).execute(tx)?;
            }
            (Some(Asked { words, again }), hold) => {
                let before = hold.map_or(0, |hold| hold.strikes);
                let strikes = if again { before + 1 } else { before.max(1) };
                let until = ctx.now.plus(wait_after(strikes, rand::random()));
                crate::on_either!(tx, c => diesel::insert_into(mail_holds::table)
                    .values((
                        mail_holds::domain.eq(domain),
                        mail_holds::until.eq(until),
                        mail_holds::strikes.eq(strikes),
                        mail_holds::words.eq(words),
                    ))
                    .on_conflict(mail_holds::domain)
                    .do_update()
                    .set((
                        mail_holds::until.eq(until),
                        mail_holds::strikes.eq(strikes),
                        mail_holds::words.eq(words),
                    ))
                    .execute(c))?;
                let whose = if domain.is_empty() { "the mail server" } else { domain };
                tracing::warn!(%until, "mail rests: {whose} asks for patience: {words}");
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_asks_for_patience_and_who() {
        let cases = [
            (
                Some(421),
                Stage::Recipient,
                "RCPT: 421 try later",
                Some(Patience::Domain),
            ),
            (Some(421), Stage::Sender, "MAIL: 421 too many", Some(Patience::Server)),
            (
                Some(450),
                Stage::Recipient,
                "RCPT: 450 4.7.28 slow down",
                Some(Patience::Domain),
            ),
            (
                Some(451),
                Stage::Content,
                "end of mail: 451 4.7.0 rate",
                Some(Patience::Domain),
            ),
            (Some(451), Stage::Sender, "MAIL: 451 4.7.1 rate", Some(Patience::Server)),
            (
                Some(451),
                Stage::Recipient,
                "RCPT: 451 4.7.1 Greylisted, come back",
                None,
            ),
            (
                Some(451),
                Stage::Recipient,
                "RCPT: 451 4.7.1 Try again later",
                Some(Patience::Domain),
            ),
            (Some(450), Stage::Recipient, "RCPT: 450 4.2.2 mailbox full", None),
            (Some(450), Stage::Recipient, "RCPT: 450 version 14.7.1", None),
            (Some(530), Stage::Sender, "MAIL: 530 4.7.0 sign in first", None),
            (None, Stage::Connection, "no answer in time", None),
        ];
        for (code, at, words, expected) in cases {
            assert_eq!(patience(code, at, words), expected, "{words}");
        }
    }

    #[test]
    fn a_minute_has_so_many_places_and_each_domain_its_own() {
        let begun = || HashMap::from([("a.example".to_owned(), 3), ("b.example".to_owned(), 1)]);
        let free = Pace::new(0, 0, HashMap::new(), false);
        assert_eq!((free.most(8), free.full().len()), (8, 0));
        let all = Pace::new(6, 0, begun(), false);
        assert_eq!((all.most(8), all.full().len()), (2, 0));
        assert_eq!(Pace::new(4, 0, begun(), false).most(8), 0);
        let each = Pace::new(0, 3, begun(), false);
        assert_eq!(each.most(8), 8);
        assert_eq!(each.full(), ["a.example"]);
        let ids: Vec<OutboxId> = (0..5).map(|_| OutboxId::new()).collect();
        let due = ["b", "b", "b", "d", "b"];
        let due = ids
            .iter()
            .cloned()
            .zip(due.iter().map(|d| format!("{d}.example")))
            .collect();
        assert_eq!(each.keep(due), [ids[0].clone(), ids[1].clone(), ids[3].clone()]);
        assert_eq!(
            Pace::new(0, 0, HashMap::new(), true).most(8),
            0,
            "the mail server rests"
        );
    }
}
