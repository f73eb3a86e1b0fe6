//! The coordinators' outbox: every mail with its state and why, and one more try for those that failed.
//!
//! Why the body of a sensitive mail is never shown, not even to a coordinator: it holds somebody's way in.

use actix_web::{HttpRequest, web};
use serde::Serialize;

use super::desk::subject_of;
use super::mail_view::{Piece, html_reply, pieces};
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::delivery;
use crate::platform::mail::outbox::{self, Kind, OutboxId, Row, Status};
use crate::platform::secret::mask_tokens;
use crate::web::{Answer, AppData, Coordinator, Fields, Pager, StatusView, Visit, WebError, mail_standing, moment};

const A_PAGE: i64 = 50;

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
    rests: Vec<String>,
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

/// What mails are about, with the way there as long as there is one.
fn about_view(conn: &mut Conn, about: &str) -> Result<Option<About>, DbError> {
    let Some((kind, _)) = about.split_once(':') else {
        return Ok(None);
    };
    let text = match kind {
        "meeting" => "a meeting",
        "request" => "a request to join",
        "activity" => "an activity",
        "announcement" => "an announcement",
        "letter" => "a letter",
        "member" => "a member",
        _ => kind,
    };
    Ok(Some(About {
        text: text.to_owned(),
        href: subject_of(conn, about)?.map(|(href, _)| href),
    }))
}

/// Whose mail is left alone for a while, until when and why.
fn rests(holds: &[delivery::Hold], zone: &str) -> Vec<String> {
    let line = |hold: &delivery::Hold| {
        let whose = match hold.domain.as_str() {
            "" => "All mail but what somebody waits for".to_owned(),
            domain => format!("Mail to {domain}"),
        };
        let until = moment(hold.until, zone).text;
        format!("{whose} rests until {until}, as the mail server asked: {}", hold.words)
    };
    holds.iter().map(line).collect()
}

/// Who a mail is for. An address that nobody has proved yet is nobody's business, and one that is erased is gone.
fn reader_of(conn: &mut Conn, row: &Row) -> Result<(String, String), DbError> {
    if row.to_email.is_empty() {
        return Ok((String::new(), "erased".into()));
    }
    if row.kind == Kind::Confirm && subject_of(conn, &row.about)?.is_none() {
        return Ok((String::new(), "an address that is not confirmed".into()));
    }
    Ok((row.to_name.clone(), row.to_email.clone()))
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
    // A state that there is not filters nothing.
    let chosen = Status::parse(query.get("state"));
    let about = query.get("about").to_owned();
    let page = query.get("page").parse::<i64>().unwrap_or(1).clamp(1, 1_000_000);
    let (wanted, zone) = (about.clone(), who.time_zone.clone());
    let now = app.now();
    let (counts, mails, has_more, about_what, rests) = app
        .read(move |conn| {
            let about = Some(wanted.as_str()).filter(|about| !about.is_empty());
            let rows = outbox::page(conn, chosen, about, (page - 1) * A_PAGE, A_PAGE + 1)?;
            let has_more = rows.len() as i64 > A_PAGE;
            let mut mails = Vec::new();
            for row in rows.iter().take(A_PAGE as usize) {
                mails.push(line(row, reader_of(conn, row)?, &zone));
            }
            let about = about_view(conn, &wanted)?;
            let rests = rests(&delivery::holds(conn, now)?, &zone);
            Ok::<_, DbError>((outbox::counts(conn)?, mails, has_more, about, rests))
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
        text: label(mail_standing(*status, "").0.text, count(*status)),
        href: address(Some(*status), &about, 1),
        is_current: chosen == Some(*status),
    }));
    let shown = mails.len();
    let view = ListView {
        states,
        about: about_what,
        rests,
        all_href: "/coordinate/outbox",
        is_empty: mails.is_empty(),
        mails,
        pager: Pager::around(page, shown, has_more, |page| address(chosen, &about, page)),
    };
    visit.page(&app, "pages/site/outbox", "Outbox", &view)
}

fn line(row: &Row, (to, email): (String, String), zone: &str) -> Line {
    let (status, why) = mail_standing(row.status, &row.outcome);
    Line {
        href: format!("/coordinate/outbox/{}", row.id),
        to,
        email,
        subject: row.subject.clone(),
        kind: kind(row),
        status,
        why,
        tries: row.attempts,
        next_try: next_try(row, zone),
        written: moment(row.created_at, zone).text,
    }
}

/// The kind in words.
fn kind(row: &Row) -> String {
    let label = match row.kind {
        Kind::Confirm => "Address to confirm",
        Kind::SignIn => "Sign-in link",
        Kind::Question => "Question to an applicant",
        Kind::Decision => "Decision on a request",
        Kind::Welcome => "Welcome",
        Kind::Waiting => "What waits, to coordinators",
        Kind::Invitation => "Invitation",
        Kind::Update => "Change of a meeting",
        Kind::Cancellation => "Cancellation",
        Kind::Reminder => "Reminder",
        Kind::BesideMeeting => "Beside a meeting",
        Kind::Announcement => "Announcement",
        Kind::Digest => "Digest",
        Kind::Farewell => "Goodbye",
        Kind::Notice => "Notice",
        Kind::Reply => "Answer to a letter",
        Kind::AutomaticAnswer => "Automatic answer",
    };
    label.to_owned()
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
    /// What the far server said, of whatever outcome.
    said: String,
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
    let looked_at = row.clone();
    let (about, (to, email)) = app
        .read(move |conn| {
            let about = about_view(conn, &looked_at.about)?;
            Ok::<_, DbError>((about, reader_of(conn, &looked_at)?))
        })
        .await?;
    let (status, why) = mail_standing(row.status, &row.outcome);
    let view = ShowView {
        path: format!("/coordinate/outbox/{}", row.id),
        to: if to.is_empty() {
            email
        } else {
            format!("{to} ({email})")
        },
        from: mask_tokens(&format!("{} ({})", row.from_name, row.from_email)),
        subject: row.subject.clone(),
        kind: kind(&row),
        about,
        status,
        why,
        said: row.outcome.clone(),
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
                    "queued a mail again",
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
