//! The desk: the list of announcements, and one of them, as a draft or on its way.

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::Serialize;

use super::edit::numbers;
use crate::announcements::audience::{self, Standing, reach, sentence};
use crate::announcements::model::{Announcement, AnnouncementId, Status};
use crate::announcements::placeholders::{Prepared, subject_for};
use crate::announcements::store::{self, Recipient};
use crate::members;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::DbError;
use crate::platform::mail::outbox::Status as MailStatus;
use crate::platform::text::markdown::SafeHtml;
use crate::web::{
    Answer, AppData, Coordinator, Fields, MemberId, Moment, Pager, StatusView, Visit, WebError, deadline,
    mail_standing, moment,
};

const A_PAGE: i64 = 50;

fn status(announcement: &Announcement) -> StatusView {
    match announcement.status {
        Status::Draft => StatusView::new("wait", "Draft"),
        Status::Scheduled => StatusView::new("wait", "Scheduled"),
        Status::Sending => StatusView::new("wait", "On its way"),
        Status::Paused => StatusView::new("bad", "Paused"),
        Status::Sent => StatusView::new("good", "Sent"),
        Status::Stopped => StatusView::new("calm", "Stopped"),
    }
}

#[derive(Serialize)]
struct Line {
    href: String,
    subject: String,
    status: StatusView,
    when: Moment,
    seen_by: &'static str,
}

#[derive(Serialize)]
struct ListView {
    announcements: Vec<Line>,
    is_empty: bool,
    pager: Option<Pager>,
}

fn seen_by(announcement: &Announcement) -> &'static str {
    match announcement.is_public {
        true => "Everyone",
        false => "Members",
    }
}

/// The moment that matters: when it went, or will, or was last touched.
fn when(announcement: &Announcement) -> At {
    announcement
        .started_at
        .or(announcement.goes_at)
        .unwrap_or(announcement.updated_at)
}

pub async fn list(app: AppData, visit: Visit, who: Coordinator, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let page = query.get("page").parse::<i64>().unwrap_or(1).clamp(1, 10_000);
    let found = app
        .read(move |conn| {
            let all = store::all(conn, (page - 1) * A_PAGE, A_PAGE + 1)?;
            let stand = all.into_iter().map(|one| store::as_it_stands(conn, one));
            stand.collect::<Result<Vec<_>, DbError>>()
        })
        .await?;
    let has_more = found.len() as i64 > A_PAGE;
    let values = super::values(&app, &who).await?;
    let line = |announcement: &Announcement| Line {
        href: announcement.desk_path(),
        subject: subject_for(&app, &announcement.subject, &values),
        status: status(announcement),
        when: moment(when(announcement), &who.time_zone),
        seen_by: seen_by(announcement),
    };
    let announcements: Vec<Line> = found.iter().take(A_PAGE as usize).map(line).collect();
    let view = ListView {
        is_empty: announcements.is_empty(),
        pager: Pager::around(page, announcements.len(), has_more, |page| {
            format!("/coordinate/announcements?page={page}")
        }),
        announcements,
    };
    visit.page(&app, "pages/announcements/desk_list", "Announcements, desk", &view)
}

#[derive(Serialize)]
struct Event {
    when: String,
    text: String,
    detail: Option<String>,
    href: Option<String>,
}

#[derive(Serialize)]
struct Timeline {
    items: Vec<Event>,
}

#[derive(Serialize)]
struct RecipientView {
    name: String,
    href: String,
    status: StatusView,
    /// The far server's words, or why not.
    words: String,
    mail_href: Option<String>,
}

/// How many stand how; `total` is never 0 where there is a bar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
struct Counts {
    total: usize,
    sent: usize,
    waiting: usize,
    failed: usize,
    dropped: usize,
    done: usize,
}

#[derive(Serialize)]
struct Progress {
    counts: Counts,
    recipients: Vec<RecipientView>,
    pager: Option<Pager>,
    is_live: bool,
    can_pause: bool,
    can_resume: bool,
    can_stop: bool,
    stop_label: &'static str,
    outbox_href: String,
}

#[derive(Serialize)]
struct ShowView {
    url: String,
    subject: String,
    html: SafeHtml,
    text: String,
    status: StatusView,
    seen_by: &'static str,
    is_draft: bool,
    sentence: String,
    numbers: Option<String>,
    goes: Option<Moment>,
    began: Option<Moment>,
    ended: Option<Moment>,
    archive_path: Option<String>,
    progress: Option<Progress>,
    timeline: Timeline,
}

pub async fn show(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let page = query.get("page").parse::<usize>().unwrap_or(1).clamp(1, 10_000);
    let id = AnnouncementId::from(id.into_inner());
    let keys = app.keys.clone();
    let found = app
        .read(move |conn| {
            let Some(announcement) = store::find(conn, &id)? else {
                return Ok::<_, DbError>(None);
            };
            let announcement = store::as_it_stands(conn, announcement)?;
            let archive_path = store::is_archived(conn, &announcement.id)?.then(|| announcement.path());
            let audience = announcement.audience()?;
            let (titles, numbers) = match announcement.is_draft() {
                true => {
                    let reached = reach(conn, &keys, &audience)?;
                    let getting = reached.count(Standing::Gets);
                    let numbers = numbers(reached.members, reached.people.len(), getting);
                    (reached.titles, Some(numbers))
                }
                false => (audience::titles(conn, &audience)?, None),
            };
            let mut history = Vec::new();
            for entry in audit::history(conn, Some(&announcement.about()), 50)? {
                let by = members::store::find(conn, &MemberId::from(entry.by_id.as_str()))?;
                history.push((entry, by.map(|member| member.name)));
            }
            let recipients = store::recipients(conn, &announcement)?;
            let sentence = sentence(&audience, &titles);
            Ok(Some((
                announcement,
                archive_path,
                sentence,
                numbers,
                recipients,
                history,
            )))
        })
        .await?;
    let (announcement, archive_path, sentence, numbers, recipients, history) = found.ok_or(WebError::NotFound)?;
    let words = Prepared::of(&app, &announcement)
        .map_err(WebError::internal)?
        .filled(&super::values(&app, &who).await?);
    let at = |at: At| moment(at, &who.time_zone);
    let items = history.into_iter().map(|(entry, by)| Event {
        when: at(entry.at).text,
        text: entry.what.clone(),
        detail: Some(by.unwrap_or(match entry.by_id.as_str() {
            "system" => "the service".into(),
            other => other.to_owned(),
        })),
        href: None,
    });
    let view = ShowView {
        url: announcement.desk_path(),
        subject: words.subject,
        html: words.html,
        text: words.text,
        status: status(&announcement),
        seen_by: seen_by(&announcement),
        is_draft: announcement.is_draft(),
        sentence,
        numbers,
        goes: announcement
            .goes_at
            .filter(|_| announcement.status == Status::Scheduled)
            .map(|at| deadline(at, &announcement.time_zone)),
        began: announcement.started_at.map(at),
        ended: announcement.ended_at.map(at),
        archive_path,
        progress: (!announcement.is_draft()).then(|| progress(&announcement, &recipients, page)),
        timeline: Timeline { items: items.collect() },
    };
    visit.page(&app, "pages/announcements/desk_show", &view.subject, &view)
}

fn progress(announcement: &Announcement, recipients: &[Recipient], page: usize) -> Progress {
    let url = announcement.desk_path();
    let shown: Vec<RecipientView> = (recipients.iter())
        .skip((page - 1) * A_PAGE as usize)
        .take(A_PAGE as usize)
        .map(recipient)
        .collect();
    let has_more = recipients.len() > page * A_PAGE as usize;
    Progress {
        counts: counts(recipients),
        pager: Pager::around(page as i64, shown.len(), has_more, |page| {
            format!("{url}?page={page}#recipients")
        }),
        recipients: shown,
        // A mail that was on its way when it was paused may still arrive.
        is_live: announcement.status == Status::Sending || recipients.iter().any(is_leaving),
        can_pause: announcement.status == Status::Sending,
        can_resume: announcement.status == Status::Paused,
        can_stop: matches!(
            announcement.status,
            Status::Sending | Status::Paused | Status::Scheduled
        ),
        stop_label: match announcement.status {
            Status::Scheduled => "Take it back: it becomes a draft again",
            _ => "Stop it for good",
        },
        outbox_href: format!("/coordinate/outbox?about=announcement%3A{}", announcement.id),
    }
}

/// Whether the mail to them is being handed over just now.
fn is_leaving(one: &Recipient) -> bool {
    matches!(&one.mail, Some((_, MailStatus::Sending, _)))
}

fn counts(recipients: &[Recipient]) -> Counts {
    let mut counts = Counts {
        total: recipients.len(),
        ..Counts::default()
    };
    for one in recipients {
        match (&one.dropped, &one.mail) {
            (Some(_), _) => counts.dropped += 1,
            (None, None) => counts.waiting += 1,
            (None, Some((_, status, outcome))) => match status {
                MailStatus::Queued | MailStatus::Sending => counts.waiting += 1,
                MailStatus::Sent if mail_standing(*status, outcome).0.kind == "bad" => counts.failed += 1,
                MailStatus::Sent => counts.sent += 1,
                MailStatus::Failed => counts.failed += 1,
                MailStatus::Dropped => counts.dropped += 1,
            },
        }
    }
    counts.done = counts.total - counts.waiting;
    counts
}

fn recipient(one: &Recipient) -> RecipientView {
    let (status, words) = match (&one.dropped, &one.mail) {
        (Some(why), _) => (StatusView::new("calm", "Not sent"), why.clone()),
        (None, None) => (StatusView::new("wait", "Waiting"), String::new()),
        // The far server's words are shown for those that it took, too: they prove that it did.
        (None, Some((_, status, outcome))) => (mail_standing(*status, outcome).0, outcome.clone()),
    };
    RecipientView {
        name: one.name.clone(),
        href: format!("/coordinate/members/{}", one.member_id),
        status,
        words,
        mail_href: one.mail.as_ref().map(|(id, _, _)| format!("/coordinate/outbox/{id}")),
    }
}
