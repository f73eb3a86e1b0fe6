//! What a presenter logs, and the draft activity it becomes.

use super::{MaterialError, note};
use crate::meetings::materials::model::{Draft, Logbook, Logged, Presenter, Talk};
use crate::meetings::materials::store;
use crate::meetings::model::Meeting;
use crate::members::Member;
use crate::platform::app::{App, Ctx};
use crate::platform::clock::{At, days};
use crate::platform::db::{Conn, DbError};
use crate::platform::text::zone;

/// How long after a meeting its presenters can log something.
const OPEN_DAYS: i64 = 180;
/// What an activity's text may hold.
const LONGEST: usize = 20_000;

/// Why nothing can be logged now, if so.
pub fn closed(conn: &mut Conn, app: &App, meeting: &Meeting, now: At) -> Result<Option<&'static str>, DbError> {
    if !meeting.is_over(now) || meeting.is_cancelled() {
        return Ok(Some("This meeting has not taken place."));
    }
    if now.since(meeting.ends_at) > days(OPEN_DAYS) {
        return Ok(Some(
            "This meeting was half a year ago: what was logged stays as it is.",
        ));
    }
    let is_published = match (store::talk_draft(conn, &meeting.id)?, app.part::<Logbook>()) {
        (Some((activity, _)), Some(logbook)) => (logbook.standing)(conn, &activity)? == Draft::Published,
        _ => false,
    };
    Ok(is_published.then_some("What was logged is published by now. If something in it is wrong, please write to us."))
}

/// Stores what a presenter says, and writes the draft anew.
pub fn log(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    meeting: &Meeting,
    presenter: &Presenter,
    member: &Member,
    logged: &Logged,
) -> Result<(), MaterialError> {
    if let Some(why) = closed(tx, ctx.app, meeting, ctx.now)? {
        return Err(MaterialError::Refused(why.into()));
    }
    store::save_logged(tx, &presenter.id, logged, ctx.now)?;
    note(
        tx,
        ctx,
        member.id.as_str(),
        "logged what came of a meeting",
        meeting,
        "",
    )?;
    let Some(logbook) = ctx.app.part::<Logbook>() else {
        return Ok(());
    };
    let all = store::presenters(tx, &meeting.id)?;
    let all: Vec<(String, Logged)> = all
        .into_iter()
        .filter(|(presenter, _)| presenter.logged_at.is_some())
        .map(|(presenter, member)| {
            let logged = Logged {
                outcome: presenter.outcome,
                slides_link: presenter.slides_link,
            };
            (member.name, logged)
        })
        .collect();
    let known = store::talk_draft(tx, &meeting.id)?;
    let standing = match &known {
        Some((activity, _)) => (logbook.standing)(tx, activity)?,
        None => Draft::Gone,
    };
    let fresh = whole(&all);
    let (draft, body) = match (&known, &standing) {
        (Some((activity, written)), Draft::Open { body }) => {
            let block = block(&member.name, logged);
            (Some(activity.clone()), merged(body, written, &fresh, &block))
        }
        _ => (None, fresh.clone()),
    };
    let day = meeting.starts_at.in_zone(&zone::time_zone(&meeting.time_zone)).date();
    let with_link = all.iter().filter(|(_, logged)| !logged.slides_link.is_empty());
    let talk = Talk {
        draft,
        title: meeting.title.clone(),
        day: day.to_string(),
        body: body.clone(),
        people: all.iter().map(|(name, _)| name.clone()).collect(),
        links: with_link
            .map(|(name, logged)| (format!("Slides, {name}"), logged.slides_link.clone()))
            .collect(),
    };
    let activity = (logbook.write)(tx, ctx, member.id.as_str(), &talk)?;
    // Where coordinators have edited the draft, it is theirs from then on.
    let written = if body == fresh { fresh } else { String::new() };
    store::save_talk_draft(tx, &meeting.id, &activity, &written)?;
    Ok(())
}

/// One presenter's part of the text.
fn block(name: &str, logged: &Logged) -> String {
    match logged.outcome.is_empty() {
        true => format!("{} shared slides.", plain(name)),
        false => format!("{}:\n\n{}", plain(name), logged.outcome),
    }
}

/// A name that is only itself in Markdown.
fn plain(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_punctuation() && !",.'()-".contains(c) {
            text.push('\\');
        }
        text.push(c);
    }
    text
}

/// The text that all presenters write together.
fn whole(all: &[(String, Logged)]) -> String {
    let blocks: Vec<String> = all.iter().map(|(name, logged)| block(name, logged)).collect();
    cut(blocks.join("\n\n"))
}

fn cut(text: String) -> String {
    match text.char_indices().nth(LONGEST - 1) {
        Some((at, _)) if text.chars().count() > LONGEST => format!("{}…", &text[..at]),
        _ => text,
    }
}

/// The draft's next text: ours anew while it is as we last wrote it; once edited, only added to.
fn merged(now: &str, written: &str, fresh: &str, block: &str) -> String {
    if now == written {
        fresh.to_owned()
    } else if now.contains(block) {
        now.to_owned()
    } else {
        cut(format!("{now}\n\n{block}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edited_draft_is_only_added_to() {
        for (now, written, expected) in [
            ("old", "old", "fresh"),
            ("edited", "old", "edited\n\nblock"),
            ("edited with block in it", "old", "edited with block in it"),
            ("edited", "", "edited\n\nblock"),
        ] {
            assert_eq!(merged(now, written, "fresh", "block"), expected);
        }
    }

    #[test]
    fn the_text_names_who_said_what_and_fits() {
        let logged = |outcome: &str| Logged {
            outcome: outcome.into(),
            slides_link: String::new(),
        };
        let all = [
            ("Ana *Bell*".to_owned(), logged("Two sites.")),
            ("Bo".to_owned(), logged("")),
        ];
        assert_eq!(whole(&all), "Ana \\*Bell\\*:\n\nTwo sites.\n\nBo shared slides.");
        let long: Vec<_> = (0..30).map(|n| (format!("P{n}"), logged(&"ü".repeat(4_000)))).collect();
        assert_eq!(whole(&long).chars().count(), LONGEST);
    }
}
