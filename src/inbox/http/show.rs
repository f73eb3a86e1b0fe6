//! One letter: what it says, whose it is, what was done with it, and what can be.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use super::super::model::{Letter, LetterId, Status};
use super::super::store;
use super::list::{Row, badge, kind_words, row};
use crate::join::name_of;
use crate::members::{self, MemberId};
use crate::platform::db::{Conn, DbError};
use crate::web::{Answer, AppData, Coordinator, Fields, FormView, Moment, StatusView, Visit, WebError, moment};

#[derive(Serialize)]
struct EventView {
    when: Moment,
    text: String,
    words: String,
}

#[derive(Serialize)]
struct About {
    text: String,
    href: String,
}

#[derive(Serialize)]
struct One {
    path: String,
    title: String,
    status: StatusView,
    version: i32,
    kind: &'static str,
    name: String,
    email: String,
    about: Vec<About>,
    is_doubtful: bool,
    outcome: String,
    body: Option<String>,
    attachments: String,
    came: Moment,
    way: &'static str,
    history: Vec<EventView>,
    others: Vec<Row>,
    form: FormView,
    can_be_answered: bool,
    is_mine: bool,
    is_claimed: bool,
    is_open: bool,
    is_aside: bool,
    mails_href: String,
}

pub(super) const FIELDS: &[&str] = &["message", "note"];

/// GET /coordinate/inbox/{id}
pub async fn show(app: AppData, visit: Visit, who: Coordinator, id: Path<LetterId>) -> Answer {
    page(
        &app,
        visit,
        &who,
        id.into_inner(),
        FormView::blank(FIELDS),
        StatusCode::OK,
    )
    .await
}

/// The page with a form as it came back.
pub(super) async fn again(
    app: &AppData,
    visit: Visit,
    who: &Coordinator,
    id: LetterId,
    typed: &Fields,
    field: &str,
    why: String,
) -> Answer {
    let mut form = FormView::of(FIELDS, typed);
    form.fail(field, why);
    page(app, visit, who, id, form, StatusCode::UNPROCESSABLE_ENTITY).await
}

async fn page(
    app: &AppData,
    visit: Visit,
    who: &Coordinator,
    id: LetterId,
    form: FormView,
    status: StatusCode,
) -> Answer {
    let (zone, me) = (who.time_zone.clone(), who.id.as_str().to_owned());
    let found = app
        .read(move |conn| {
            let letter = store::find(conn, &id)?;
            letter
                .map(|letter| view_of(conn, &letter, &me, &zone, form))
                .transpose()
        })
        .await;
    let found: Option<One> = found.map_err(|e: DbError| WebError::from(e))?;
    let view = found.ok_or(WebError::NotFound)?;
    visit.page_with(app, status, "pages/inbox/letter", &view.title, &view)
}

fn about(conn: &mut Conn, letter: &Letter) -> Result<Vec<About>, DbError> {
    let mut about = Vec::new();
    if let Some(id) = &letter.member_id
        && let Some(member) = members::store::find(conn, &MemberId::from(id.as_str()))?
    {
        about.push(About {
            text: format!("{}, a member", member.name),
            href: format!("/coordinate/members/{id}"),
        });
    }
    if let Some(id) = &letter.request_id {
        about.push(About {
            text: "a request to join".into(),
            href: format!("/coordinate/requests/{id}"),
        });
    }
    if let Some(id) = &letter.meeting_id {
        about.push(About {
            text: "a meeting".into(),
            href: format!("/coordinate/meetings/{id}"),
        });
    }
    Ok(about)
}

fn view_of(conn: &mut Conn, letter: &Letter, me: &str, zone: &str, form: FormView) -> Result<One, DbError> {
    let mut history = Vec::new();
    for event in store::history(conn, &letter.id)? {
        let by = match &event.by_id {
            Some(id) => name_of(conn, Some(id))?,
            None => "A former coordinator".into(),
        };
        history.push(EventView {
            when: moment(event.at, zone),
            text: format!("{by} {}", event.what.did()),
            words: event.words,
        });
    }
    let claimed_by = match &letter.claimed_by {
        Some(id) => Some(name_of(conn, Some(id))?),
        None => None,
    };
    let others = store::others_from(conn, letter)?;
    Ok(One {
        path: format!("/coordinate/inbox/{}", letter.id),
        title: letter.title().to_owned(),
        status: badge(letter, claimed_by.as_deref()),
        version: letter.version,
        kind: kind_words(letter),
        name: letter.from_name.clone(),
        email: letter.from_email.clone(),
        about: about(conn, letter)?,
        is_doubtful: letter.is_authentic == Some(false),
        outcome: letter.outcome.clone(),
        body: Some(letter.body.clone()).filter(|body| !body.is_empty()),
        attachments: match letter.attachments {
            0 => String::new(),
            1 => "One attachment was not kept.".into(),
            n => format!("{n} attachments were not kept."),
        },
        came: moment(letter.received_at, zone),
        way: match letter.came_by {
            super::super::Way::Pipe => "the mail server",
            super::super::Way::Mailbox => "the mailbox",
        },
        history,
        others: others.iter().map(|other| row(other, None, zone)).collect(),
        form,
        can_be_answered: letter.can_be_answered() && letter.status != Status::Aside,
        is_mine: letter.claimed_by.as_deref() == Some(me),
        is_claimed: letter.claimed_by.is_some(),
        is_open: letter.status == Status::Open,
        is_aside: letter.status == Status::Aside,
        mails_href: format!("/coordinate/outbox?about=letter%3A{}", letter.id),
    })
}
