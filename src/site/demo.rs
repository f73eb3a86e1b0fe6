//! The demo's mail: what would have been sent, for anyone who tries the demo; elsewhere these pages do not exist.

use std::sync::PoisonError;

use actix_web::web;
use serde::Serialize;

use super::mail_view::{Piece, html_reply, pieces};
use crate::platform::app::App;
use crate::platform::mail::delivery::Captured;
use crate::platform::mail::message::MailContent;
use crate::web::{Answer, AppData, Visit, WebError, moment};

/// Mails listed at most; older ones keep their address.
const LISTED: usize = 200;

fn captured<T>(app: &App, look: impl FnOnce(&[MailContent]) -> T) -> Result<T, WebError> {
    let captured = app
        .part::<Captured>()
        .filter(|_| app.config.is_demo)
        .ok_or(WebError::NotFound)?;
    Ok(look(&captured.0.lock().unwrap_or_else(PoisonError::into_inner)))
}

fn numbered(app: &App, number: usize) -> Result<MailContent, WebError> {
    let index = number.checked_sub(1).ok_or(WebError::NotFound)?;
    captured(app, |mails| mails.get(index).cloned())?.ok_or(WebError::NotFound)
}

#[derive(Serialize)]
struct Line {
    href: String,
    to: String,
    subject: String,
    when: String,
    is_invitation: bool,
}

fn recipient(mail: &MailContent) -> String {
    match mail.to.name.is_empty() {
        true => mail.to.email.clone(),
        false => format!("{} ({})", mail.to.name, mail.to.email),
    }
}

pub(super) async fn list(app: AppData, visit: Visit) -> Answer {
    #[derive(Serialize)]
    struct View {
        mails: Vec<Line>,
        total: usize,
    }
    let zone = app.config.network.time_zone.clone();
    let view = captured(&app, |mails| {
        let newest_first = mails.iter().enumerate().rev().take(LISTED);
        let line = |(index, mail): (usize, &MailContent)| Line {
            href: format!("/demo/mail/{}", index + 1),
            to: recipient(mail),
            subject: mail.subject.clone(),
            when: moment(mail.date, &zone).text,
            is_invitation: mail.calendar.is_some(),
        };
        View {
            total: mails.len(),
            mails: newest_first.map(line).collect(),
        }
    })?;
    visit.page(&app, "pages/site/demo_mails", "Mail of the demo", &view)
}

pub(super) async fn show(app: AppData, visit: Visit, number: web::Path<usize>) -> Answer {
    #[derive(Serialize)]
    struct View {
        path: String,
        to: String,
        from: String,
        subject: String,
        when: String,
        text: Vec<Piece>,
        has_html: bool,
        calendar: Option<String>,
    }
    let number = number.into_inner();
    let mail = numbered(&app, number)?;
    let view = View {
        path: format!("/demo/mail/{number}"),
        to: recipient(&mail),
        from: format!("{} ({})", mail.from.name, mail.from.email),
        subject: mail.subject.clone(),
        when: moment(mail.date, &app.config.network.time_zone).text,
        text: pieces(&mail.text),
        has_html: !mail.html.is_empty(),
        calendar: mail.calendar.map(|part| part.ics),
    };
    visit.page(&app, "pages/site/demo_mail", &mail.subject, &view)
}

pub(super) async fn html(app: AppData, number: web::Path<usize>) -> Answer {
    Ok(html_reply(numbered(&app, number.into_inner())?.html))
}
