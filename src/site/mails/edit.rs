//! The form with a mail's words: preview, difference, saving, restoring.

use actix_web::http::StatusCode;
use serde::Serialize;

use super::actions::{self, WordsError};
use super::show::{Look, Standing, changed, render, standing};
use super::{Name, kind, path};
use crate::platform::app::App;
use crate::platform::db::DbError;
use crate::platform::mail::words::{MailKind, sample_facts, store};
use crate::platform::render::reworded::{Source, Unfit, needed, original, placeholders, value_of};
use crate::platform::text::difference::{self, Piece};
use crate::platform::text::line;
use crate::platform::text::markdown::SafeHtml;
use crate::site::mail_view::{self, html_reply, pieces};
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, FormView, Visit, WebError};

const FIELDS: [&str; 3] = ["subject", "text", "sample"];
const LONGEST_SUBJECT: usize = 300;
const LONGEST_TEXT: usize = 20_000;

#[derive(Serialize)]
struct Placeholder {
    typed: String,
    value: String,
    is_needed: bool,
    in_subject: bool,
}

#[derive(Serialize)]
struct Row {
    label: &'static str,
    before: Vec<Piece>,
    after: Vec<Piece>,
}

#[derive(Serialize)]
struct Preview {
    sample: String,
    subject: String,
    text: Vec<mail_view::Piece>,
}

#[derive(Serialize)]
struct Difference {
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct View {
    path: String,
    title: &'static str,
    form: FormView,
    version: i32,
    warning: Option<String>,
    placeholders: Vec<Placeholder>,
    samples: Vec<Choice>,
    preview: Option<Preview>,
    /// Against the original; none where nothing differs.
    difference: Option<Difference>,
    is_kept: bool,
}

/// What a sample has in the place of a name; a list's first item, and how to write the list.
fn placeholder(kind: &MailKind, name: &str, needed: &[String], in_subject: bool) -> Option<Placeholder> {
    let (typed, value) = match name.split_once("[]") {
        Some((list, item)) if !item.contains("[]") => {
            let mut items = kind.samples.iter().filter_map(|sample| {
                let list = list.split('.').try_fold(&sample.view, |value, part| value.get(part))?;
                list.as_array()?.first()
            });
            let value = items.next().and_then(|first| match item.strip_prefix('.') {
                Some(field) => value_of(first, field),
                None => first.as_str().map(str::to_owned),
            });
            (
                format!("{{{{#each {list} as |one|}}}}{{{{one{item}}}}}{{{{/each}}}}"),
                value?,
            )
        }
        Some(_) => return None,
        None => {
            let values = kind.samples.iter().filter_map(|sample| value_of(&sample.view, name));
            let value = values.max_by_key(|value| !value.is_empty());
            let value = value.or_else(|| name.starts_with("mail.").then(String::new))?;
            (format!("{{{{{name}}}}}"), value)
        }
    };
    Some(Placeholder {
        is_needed: needed.iter().any(|known| known == name),
        value: line::excerpt(&value, 90),
        typed,
        in_subject,
    })
}

fn listed(app: &App, kind: &MailKind) -> Vec<Placeholder> {
    let needed = needed(kind);
    let in_subjects = placeholders(kind.name, true);
    let all = placeholders(kind.name, false);
    let listed = all
        .iter()
        .filter_map(|name| placeholder(kind, name, &needed, in_subjects.contains(name)));
    let network = &app.config.network;
    let mut listed: Vec<Placeholder> = listed
        .map(|mut one| {
            match one.typed.as_str() {
                "{{mail.network.name}}" => one.value.clone_from(&network.name),
                "{{mail.network.short_name}}" => one.value.clone_from(&network.short_name),
                "{{mail.contact}}" => one.value.clone_from(&network.contact),
                "{{mail.public_url}}" => one.value.clone_from(&app.config.server.public_url),
                _ => {}
            }
            one
        })
        .collect();
    listed.sort_by_key(|one| !one.is_needed);
    listed
}

fn differences(before: &Source, after: &Source) -> Option<Difference> {
    let rows = [
        ("Subject", &before.subject, &after.subject),
        ("Text", &before.text, &after.text),
    ];
    let rows: Vec<Row> = rows
        .into_iter()
        .filter(|(_, before, after)| before != after)
        .map(|(label, before, after)| {
            let (before, after) = difference::words(before, after);
            Row { label, before, after }
        })
        .collect();
    (!rows.is_empty()).then_some(Difference { rows })
}

/// What was typed, measured; the reasons where it is too long.
fn typed(fields: &Fields, form: &mut FormView) -> Source {
    let subject = line::one_line(fields.get("subject"), LONGEST_SUBJECT);
    let text = line::paragraphs(fields.get("text"), 1, LONGEST_TEXT);
    Source {
        subject: form
            .take("subject", subject)
            .unwrap_or_else(|| fields.get("subject").to_owned()),
        text: form.take("text", text).unwrap_or_else(|| fields.get("text").to_owned()),
    }
}

fn say(form: &mut FormView, unfit: &Unfit) {
    for text in &unfit.subject {
        form.fail("subject", text.clone());
    }
    for text in &unfit.text {
        form.fail("text", text.clone());
    }
}

struct Page {
    form: FormView,
    source: Source,
    sample: usize,
    version: i32,
    warning: Option<String>,
    is_kept: bool,
    with_preview: bool,
}

fn draw(app: &AppData, visit: &Visit, kind: &MailKind, page: Page, status: StatusCode) -> Answer {
    let Page { mut form, source, .. } = page;
    form.set("subject", source.subject.clone());
    form.set("text", source.text.clone());
    let mut preview = None;
    if page.with_preview && form.is_ok() {
        match app.renderer.reword(kind, &sample_facts(app, kind), &source) {
            Ok(_) => {
                let words = render(app, kind, Some(&source), page.sample)?;
                preview = Some(Preview {
                    sample: kind
                        .samples
                        .get(page.sample)
                        .map_or("", |sample| sample.label)
                        .to_owned(),
                    subject: words.subject,
                    text: pieces(&words.text),
                });
            }
            Err(unfit) => say(&mut form, &unfit),
        }
    }
    let samples = kind.samples.iter().enumerate();
    let samples = samples.map(|(n, sample)| Choice::new(n.to_string(), sample.label, &page.sample.to_string()));
    let status = if form.is_ok() {
        status
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let view = View {
        path: path(kind),
        title: kind.title,
        version: page.version,
        warning: page.warning,
        placeholders: listed(app, kind),
        samples: samples.collect(),
        preview,
        difference: original(kind.name).and_then(|original| differences(&original, &source)),
        is_kept: page.is_kept,
        form,
    };
    visit.page_with(app, status, "pages/site/mail_words", kind.title, &view)
}

async fn row(app: &AppData, kind: &MailKind) -> Result<Option<store::Row>, WebError> {
    let name = kind.name;
    let row = app.read(move |conn| store::find(conn, name)).await;
    row.map_err(|e: DbError| WebError::from(e))
}

pub async fn edit(app: AppData, visit: Visit, _: Coordinator, name: Name) -> Answer {
    let kind = kind(&app, &name)?;
    let row = row(&app, kind).await?;
    let kept = row.as_ref().and_then(store::Row::source);
    let warning = match standing(&app, kind, row.as_ref()) {
        Standing::Unused(why) => Some(format!("These words are not used, and the original is sent: {why}")),
        _ => None,
    };
    let page = Page {
        form: FormView::blank(&FIELDS),
        is_kept: kept.is_some(),
        source: kept.or_else(|| original(kind.name)).ok_or(WebError::NotFound)?,
        sample: 0,
        version: row.map_or(0, |row| row.version),
        warning,
        with_preview: false,
    };
    draw(&app, &visit, kind, page, StatusCode::OK)
}

fn version(fields: &Fields) -> i32 {
    fields.get("version").parse().unwrap_or(0)
}

fn page_of(fields: &Fields, is_kept: bool) -> Page {
    let mut form = FormView::of(&FIELDS, fields);
    Page {
        source: typed(fields, &mut form),
        form,
        sample: Look::of(fields).sample,
        version: version(fields),
        warning: None,
        is_kept,
        with_preview: true,
    }
}

pub async fn preview(app: AppData, visit: Visit, _: Coordinator, name: Name, fields: Fields) -> Answer {
    let kind = kind(&app, &name)?;
    let is_kept = row(&app, kind).await?.is_some_and(|row| row.source().is_some());
    draw(&app, &visit, kind, page_of(&fields, is_kept), StatusCode::OK)
}

/// What was typed as mail programs show it, for the frame on the form's page; nothing is kept.
pub async fn html(app: AppData, _: Coordinator, name: Name, fields: Fields) -> Answer {
    let kind = kind(&app, &name)?;
    let page = page_of(&fields, false);
    match render(&app, kind, Some(&page.source), page.sample) {
        Ok(words) => Ok(html_reply(Look::of(&fields).apply(&words.html))),
        // A page of ours is in no frame, so what is wrong is said here too.
        Err(WebError::Unprocessable(why)) => {
            let why = SafeHtml::from_escaped_text(&why);
            let page = "<!doctype html><html lang=\"en-GB\"><title>These words do not fit</title><style>body { background: #fffdf8; color: #16241c; }</style>";
            Ok(html_reply(format!("{page}<p>{}</p></html>", why.as_str())))
        }
        Err(e) => Err(e),
    }
}

pub async fn save(app: AppData, visit: Visit, who: Coordinator, name: Name, fields: Fields) -> Answer {
    let kind = kind(&app, &name)?;
    let before = row(&app, kind).await?;
    let mut page = page_of(&fields, before.is_some_and(|row| row.source().is_some()));
    if !page.form.is_ok() {
        return draw(&app, &visit, kind, page, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let (source, version, zone) = (page.source.clone(), page.version, who.time_zone.clone());
    let done = app
        .write({
            let name = name.clone();
            let shared = app.clone();
            move |tx, ctx| {
                let kind = super::kind(&shared, &name).map_err(|_| WordsError::Conflict)?;
                actions::reword(tx, ctx, &who, kind, version, &source)
            }
        })
        .await;
    match done {
        Ok(()) => taken_up(&app, &visit, kind, "Saved. From now on this mail goes in these words.").await,
        Err(WordsError::Unfit(unfit)) => {
            say(&mut page.form, &unfit);
            draw(&app, &visit, kind, page, StatusCode::UNPROCESSABLE_ENTITY)
        }
        Err(WordsError::Conflict) => {
            // Nothing typed is lost: the form comes back, and a second press means it.
            let name = kind.name;
            let now = app
                .read(move |conn| {
                    let row = store::find(conn, name)?;
                    row.map(|row| Ok((changed(conn, &row, &zone)?, row.version)))
                        .transpose()
                })
                .await;
            let now: Option<(String, i32)> = now.map_err(|e: DbError| WebError::from(e))?;
            let (by, version) = now.unwrap_or_default();
            page.version = version;
            page.warning = Some(format!(
                "This mail has been changed since you opened it ({by}). Below is what you wrote; if you save again, yours takes its place."
            ));
            draw(&app, &visit, kind, page, StatusCode::CONFLICT)
        }
        Err(WordsError::Same) => {
            let text = "These are the words already, so nothing was saved.";
            visit.see_other_saying(&app, &path(kind), text)
        }
        Err(e) => Err(e.into()),
    }
}

const ALREADY_ORIGINAL: &str = "The original words are in use already.";

#[derive(Serialize)]
struct Restoring {
    path: String,
    title: &'static str,
    version: i32,
    difference: Option<Difference>,
}

/// What would be gone with the words that are kept, before anything is.
pub async fn restoring(app: AppData, visit: Visit, _: Coordinator, name: Name) -> Answer {
    let kind = kind(&app, &name)?;
    let row = row(&app, kind).await?;
    let Some((version, kept)) = row.and_then(|row| Some((row.version, row.source()?))) else {
        return visit.see_other_saying(&app, &path(kind), ALREADY_ORIGINAL);
    };
    let view = Restoring {
        path: path(kind),
        title: kind.title,
        version,
        difference: original(kind.name).and_then(|original| differences(&kept, &original)),
    };
    visit.page(&app, "pages/site/mail_restore", "Put the original words back?", &view)
}

pub async fn restore(app: AppData, visit: Visit, who: Coordinator, name: Name, fields: Fields) -> Answer {
    let kind = kind(&app, &name)?;
    let version = version(&fields);
    let done = app
        .write({
            let name = name.clone();
            let shared = app.clone();
            move |tx, ctx| {
                let kind = super::kind(&shared, &name).map_err(|_| WordsError::Conflict)?;
                actions::restore(tx, ctx, &who, kind, version)
            }
        })
        .await;
    match done {
        Ok(()) => taken_up(&app, &visit, kind, "The original words are back.").await,
        Err(WordsError::Same) => visit.see_other_saying(&app, &path(kind), ALREADY_ORIGINAL),
        Err(e) => Err(e.into()),
    }
}

/// This replica knows it at once, so that previews elsewhere show it; the others notice by themselves.
async fn taken_up(app: &AppData, visit: &Visit, kind: &MailKind, text: &str) -> Answer {
    let shared = app.clone();
    app.read(move |conn| shared.renew_words(conn)).await?;
    visit.see_other_saying(app, &path(kind), text)
}
