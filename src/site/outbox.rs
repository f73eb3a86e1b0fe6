//! The coordinators' outbox: every mail with its state and why, and one more try for those that failed.
//!
//! Why the body of a sensitive mail is never shown, not even to a coordinator: it holds somebody's way in.

use actix_web::{HttpRequest, web};
use serde::Serialize;

use super::mail_view::{Piece, html_reply, pieces};
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::DbError;
use crate::platform::mail::outbox::{self, OutboxId, Row, Status};
use crate::platform::secret::mask_tokens;
use crate::web::{Answer, AppData, Coordinator, Fields, Pager, StatusView, Visit, WebError, moment};

const A_PAGE: i64 = 50;

fn state(status: Status) -> StatusView {
    match status {
        Status::Queued => StatusView::new("wait", "Waiting"),
        Status::Sending => StatusView::new("wait", "Being sent"),
        Status::Sent => StatusView::new("good", "Sent"),
        Status::Failed => StatusView::new("bad", "Failed"),
        Status::Dropped => StatusView::new("calm", "Not sent"),
    }
}

/// Whether one more try can be asked for.
fn can_retry(row: &Row) -> bool {
    matches!(row.status, Status::Failed | Status::Queued) && !(row.is_sensitive && row.status == Status::Failed)
}

#[derive(Serialize)]
struct StateChoice {
    text: String,
    href: String,
    is_current: bool,
}

#[derive(Serialize)]
struct Line {
    href: String,
    to: String,
    email: String,
    subject: String,
    kind: String,
    status: StatusView,
    why: String,
    tries: i32,
    next_try: Option<String>,
    written: String,
}

#[derive(Serialize)]
struct ListView {
    states: Vec<StateChoice>,
    about: Option<About>,
    all_href: &'static str,
    mails: Vec<Line>,
    is_empty: bool,
    pager: Option<Pager>,
}

#[derive(Serialize)]
struct About {
    text: String,
    href: Option<String>,
}

fn about_view(about: &str) -> Option<About> {
    let (kind, id) = about.split_once(':')?;
    let (text, folder) = match kind {
        "meeting" => ("a meeting", Some("meetings")),
        "request" => ("a request to join", Some("requests")),
        "activity" => ("an activity", Some("activities")),
        "letter" => ("a letter", Some("inbox")),
        _ => (kind, None),
    };
    Some(About {
        text: text.to_owned(),
        href: folder.map(|folder| format!("/coordinate/{folder}/{id}")),
    })
}

fn address(state: Option<Status>, about: &str, page: i64) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(state) = state {
        query.append_pair("state", state.as_str());
    }
    if !about.is_empty() {
        query.append_pair("about", about);
    }
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    match query.finish() {
        query if query.is_empty() => "/coordinate/outbox".to_owned(),
        query => format!("/coordinate/outbox?{query}"),
    }
}

/// When it is tried next, where it will be.
fn next_try(row: &Row, zone: &str) -> Option<String> {
    (row.status == Status::Queued).then(|| moment(row.next_try_at, zone).text)
}

pub(super) async fn list(app: AppData, visit: Visit, who: Coordinator, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let chosen = match query.get("state") {
        "" => None,
        state => {
            Some(Status::parse(state).ok_or_else(|| WebError::Invalid("There is no such state of a mail.".into()))?)
        }
    };
    let about = query.get("about").to_owned();
    let page = query.get("page").parse::<i64>().unwrap_or(1).clamp(1, 1_000_000);
    let wanted = about.clone();
    let (counts, rows) = app
        .read(move |conn| {
            let about = Some(wanted.as_str()).filter(|about| !about.is_empty());
            let rows = outbox::page(conn, chosen, about, (page - 1) * A_PAGE, A_PAGE + 1)?;
            Ok::<_, DbError>((outbox::counts(conn)?, rows))
        })
        .await?;
    // The counts are of the whole outbox: beside one meeting's mails they would mislead.
    let count = |status: Status| counts.iter().find(|(s, _)| *s == status).map_or(0, |(_, n)| *n);
    let label = |text: String, n: i64| {
        if about.is_empty() {
            format!("{text} ({n})")
        } else {
            text
        }
    };
    let all = counts.iter().map(|(_, n)| n).sum();
    let mut states = vec![StateChoice {
        text: label("All".into(), all),
        href: address(None, &about, 1),
        is_current: chosen.is_none(),
    }];
    states.extend(Status::ALL.iter().map(|status| StateChoice {
        text: label(state(*status).text, count(*status)),
        href: address(Some(*status), &about, 1),
        is_current: chosen == Some(*status),
    }));
    let zone = &who.time_zone;
    let mails: Vec<Line> = rows.iter().take(A_PAGE as usize).map(|row| line(row, zone)).collect();
    let has_more = rows.len() as i64 > A_PAGE;
    let view = ListView {
        states,
        about: about_view(&about),
        all_href: "/coordinate/outbox",
        is_empty: mails.is_empty(),
        mails,
        pager: Pager::around(page, rows.len(), has_more, |page| address(chosen, &about, page)),
    };
    visit.page(&app, "pages/site/outbox", "Outbox", &view)
}

fn line(row: &Row, zone: &str) -> Line {
    Line {
        href: format!("/coordinate/outbox/{}", row.id),
        to: row.to_name.clone(),
        email: row.to_email.clone(),
        subject: row.subject.clone(),
        kind: kind(row),
        status: state(row.status),
        why: row.outcome.clone(),
        tries: row.attempts,
        next_try: next_try(row, zone),
        written: moment(row.created_at, zone).text,
    }
}

/// The kind in words: `sign_in` is `sign in` to people.
fn kind(row: &Row) -> String {
    row.kind.to_string().replace('_', " ")
}

fn recipient(row: &Row) -> String {
    match row.to_name.is_empty() {
        true => row.to_email.clone(),
        false => format!("{} ({})", row.to_name, row.to_email),
    }
}

async fn known(app: &AppData, id: OutboxId) -> Result<Row, WebError> {
    let found = app.read(move |conn| outbox::find(conn, &id)).await;
    let found: Option<Row> = found.map_err(|e: DbError| WebError::from(e))?;
    found.ok_or(WebError::NotFound)
}

#[derive(Serialize)]
struct ShowView {
    path: String,
    to: String,
    from: String,
    subject: String,
    kind: String,
    about: Option<About>,
    status: StatusView,
    why: String,
    tries: i32,
    next_try: Option<String>,
    written: String,
    done: Option<String>,
    message_id: String,
    can_retry: bool,
    is_sensitive: bool,
    text: Vec<Piece>,
    has_html: bool,
    calendar: Option<String>,
}

/// What a coordinator may see of a mail's body; `None` once it is erased.
async fn body_of(app: &AppData, row: &Row) -> Result<Option<outbox::Body>, WebError> {
    let id = row.id.clone();
    let sealed = app.read(move |conn| outbox::body_of(conn, &id)).await?;
    sealed
        .map(|sealed| Ok(sealed.open(&app.keys).map_err(WebError::internal)?.for_others()))
        .transpose()
}

pub(super) async fn show(app: AppData, visit: Visit, who: Coordinator, id: web::Path<OutboxId>) -> Answer {
    let row = known(&app, id.into_inner()).await?;
    let body = match row.is_sensitive {
        true => outbox::Body::default(),
        false => body_of(&app, &row).await?.unwrap_or_default(),
    };
    let zone = &who.time_zone;
    let when = |at: At| moment(at, zone).text;
    let view = ShowView {
        path: format!("/coordinate/outbox/{}", row.id),
        to: recipient(&row),
        from: mask_tokens(&format!("{} ({})", row.from_name, row.from_email)),
        subject: row.subject.clone(),
        kind: row.kind.to_string(),
        about: about_view(&row.about),
        status: state(row.status),
        why: row.outcome.clone(),
        tries: row.attempts,
        next_try: next_try(&row, zone),
        written: when(row.created_at),
        done: row.done_at.map(when),
        message_id: row.message_id.clone(),
        can_retry: can_retry(&row),
        is_sensitive: row.is_sensitive,
        text: pieces(&body.text),
        has_html: !body.html.is_empty(),
        calendar: body.ics,
    };
    visit.page(&app, "pages/site/outbox_mail", &row.subject, &view)
}

pub(super) async fn html(app: AppData, _: Coordinator, id: web::Path<OutboxId>) -> Answer {
    let row = known(&app, id.into_inner()).await?;
    if row.is_sensitive {
        return Err(WebError::NotFound);
    }
    let body = body_of(&app, &row).await?.ok_or(WebError::NotFound)?;
    Ok(html_reply(body.html))
}

pub(super) async fn retry(app: AppData, visit: Visit, who: Coordinator, id: web::Path<OutboxId>, _: Fields) -> Answer {
    let id = id.into_inner();
    let row = known(&app, id.clone()).await?;
    let wanted = id.clone();
    let is_queued = app
        .write(move |tx, ctx| {
            let is_queued = outbox::retry(tx, ctx, &wanted)?;
            if is_queued {
                audit::record(
                    tx,
                    ctx,
                    who.id.as_str(),
                    "mail queued again",
                    &format!("mail:{wanted}"),
                    &row.subject,
                )?;
            }
            Ok::<bool, DbError>(is_queued)
        })
        .await?;
    if !is_queued {
        return Err(WebError::Refused(
            "Only a mail that failed or waits can be tried again, and only while its text is kept.".into(),
        ));
    }
    visit.see_other_saying(
        &app,
        &format!("/coordinate/outbox/{id}"),
        "The mail is queued again, with the same bytes.",
    )
}
