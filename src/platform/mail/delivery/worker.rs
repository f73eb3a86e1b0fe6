//! One connection to the mail server, and the mails it carries.

use std::sync::Arc;
use std::time::Duration;

use diesel::prelude::*;
use tokio::sync::mpsc;

use super::pacing;
use super::{Captured, Claimed, Job, Ours, Outcome, Sent};
use crate::platform::app::App;
use crate::platform::db::schema::members;
use crate::platform::mail::dkim::Signers;
use crate::platform::mail::message::MailContent;
use crate::platform::mail::outbox::{Defaults, Row, is_suppressed, why_not};
use crate::platform::mail::transport::{Link, SendError, Stage, Target};
use crate::platform::mail::{bounces, message};

/// A link with nothing to do is closed after this.
const IDLE: Duration = Duration::from_secs(10);

/// One connection: sends the mails it is given, one at a time.
pub(super) async fn work(
    app: Arc<App>,
    target: Target,
    slot: usize,
    mut jobs: mpsc::Receiver<Job>,
    outcomes: mpsc::UnboundedSender<Outcome>,
) {
    let mut link: Option<Link> = None;
    loop {
        let job = match tokio::time::timeout(IDLE, jobs.recv()).await {
            Ok(Some(job)) => job,
            Ok(None) => break,
            Err(_) => {
                if let Some(link) = link.take() {
                    link.close().await;
                }
                continue;
            }
        };
        let ours = Ours::of(&job.mail.row);
        let result = send(&app, &target, &mut link, job).await;
        if outcomes.send(Outcome { ours, slot, result }).is_err() {
            break;
        }
    }
    if let Some(link) = link {
        link.close().await;
    }
}

pub(super) async fn send(app: &Arc<App>, target: &Target, link: &mut Option<Link>, job: Job) -> Sent {
    let Claimed { row, body } = job.mail;
    let Some(body) = body else {
        return Sent::Failed("set aside: its text has been erased".into());
    };
    let content = match body.open(&app.keys).and_then(|body| {
        let defaults = Defaults {
            reply_to: &app.config.mail.reply_to,
            bounces: &bounces::sender_of(&app.keys, &app.config, &row.id),
        };
        row.content(body, &defaults)
    }) {
        Ok(content) => content,
        Err(e) => return Sent::Failed(format!("set aside: {e}")),
    };
    let bytes = match message::bytes(&content) {
        Ok(bytes) => bytes,
        Err(e) => return Sent::Failed(format!("set aside: {e}")),
    };
    let bytes = match signed(app, &content, bytes) {
        Ok(bytes) => bytes,
        Err(why) => return Sent::Failed(format!("set aside: {why}")),
    };
    let mut is_fresh = link.is_none();
    let sent = loop {
        if link.is_none() {
            let domain = row.message_id.rsplit('@').next().unwrap_or("localhost");
            match Link::open(target, domain).await {
                Ok(opened) => *link = Some(opened),
                Err(e) => return later(&e),
            }
        }
        if job.claimed.elapsed() > Duration::from_millis(500)
            && let Some(reason) = changed_meanwhile(app, &row).await
        {
            return Sent::Dropped(reason);
        }
        let Some(open) = link.as_mut() else {
            return Sent::Failed("set aside: no connection".into());
        };
        let sent = open.send(&content.envelope_from, &content.to.email, &bytes).await;
        if !open.usable() {
            *link = None;
        }
        // A server may end a connection between two mails; nothing of this one was told yet, so it gets a new one.
        let was_gone = matches!(
            sent,
            Err(SendError::Later {
                at: Stage::Connection | Stage::Sender,
                usable: false,
                ..
            })
        );
        if is_fresh || !was_gone {
            break sent;
        }
        is_fresh = true;
    };
    match sent {
        Ok(words) => {
            if let Some(Captured(mails)) = app.part::<Captured>() {
                mails
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .push(content);
            }
            Sent::Handed(words)
        }
        Err(SendError::Refused { code, at, text, .. }) => {
            let words = format!("{code} {text}");
            Sent::Refused {
                is_about_the_address: at == Stage::Recipient || bounces::Fault::from_words(&words).names_the_address(),
                words,
            }
        }
        Err(e) => later(&e),
    }
}

/// The mail with our signatures, where there are keys.
fn signed(app: &App, content: &MailContent, bytes: Vec<u8>) -> Result<Vec<u8>, String> {
    let Some(signers) = app.part::<Signers>() else {
        return Ok(bytes);
    };
    let from = message::address(&content.from.email).map_err(|e| e.to_string())?;
    signers
        .sign(bytes, from.domain(), content.date)
        .map_err(|e| e.to_string())
}

/// What may go through another time.
fn later(error: &SendError) -> Sent {
    let (code, at) = match error {
        SendError::Later { code, at, .. } => (*code, *at),
        SendError::Refused { code, at, .. } => (Some(*code), *at),
    };
    Sent::Later {
        why: error.to_string(),
        is_about_the_address: code.is_some() && at == Stage::Recipient,
        may_have_left: code.is_none() && at == Stage::Content,
        patience: pacing::patience(code, at, &error.to_string()),
    }
}

/// Opening a connection took a while: did the person leave in the meantime, or what it says cease to hold?
async fn changed_meanwhile(app: &Arc<App>, row: &Row) -> Option<String> {
    let (row, keys) = (row.clone(), app.keys.clone());
    if row.not_after.is_some_and(|until| until <= app.now()) {
        return Some("too late: what it says no longer holds".into());
    }
    let app_too = app.clone();
    let looked = app.read(move |conn| {
        let is_dead = !row.kind.proves_the_address() && is_suppressed(conn, &keys, &row.to_key)?;
        let has_left = match (&row.member_id, row.needs_membership) {
            (Some(id), true) => {
                let active: i64 = members::table
                    .filter(members::id.eq(id))
                    .filter(members::status.eq("active"))
                    .count()
                    .get_result(conn)?;
                active == 0
            }
            _ => false,
        };
        if is_dead || has_left {
            return Ok(Some("not sent: the person left while it waited".into()));
        }
        why_not(&app_too, conn, &row)
    });
    match looked.await {
        Ok(reason) => reason,
        Err(e) => {
            tracing::warn!("a recipient could not be looked up again: {e}");
            None
        }
    }
}
