//! Files: adding, changing and removing them, and sending them to whoever may see them.
//!
//! A file is sent with the one type its kind has, never to be run or drawn as a page of ours (TRUST S50), and only
//! pictures are shown in place.

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, IF_NONE_MATCH,
    X_CONTENT_TYPE_OPTIONS,
};
use actix_web::web::{Bytes, Path};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::stream;
use serde::Serialize;

use super::overview::{page_again, seen_choices};
use super::upload::{About, alt, largest, look};
use super::{desk_path, found};
use crate::meetings::materials::actions::{self, MaterialError};
use crate::meetings::materials::kinds::{Kind, disposition, size_text};
use crate::meetings::materials::model::{File, FileId, Seen};
use crate::meetings::materials::store;
use crate::meetings::model::MeetingId;
use crate::meetings::store as meetings;
use crate::platform::text::line::one_line;
use crate::web::upload::Incoming;
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, FormView, Visit, WebError};

const FILE_FIELDS: &[&str] = &["file", "title", "alt", "decorative", "seen_by"];
const MEDIA_CSP: &str = "default-src 'none'; sandbox";

/// A file for whoever may see it; for others it does not exist.
pub async fn public(app: AppData, visit: Visit, path: Path<(String, String)>, request: HttpRequest) -> Answer {
    let (slug, id) = path.into_inner();
    let is_member = visit.person().is_some();
    let file = app
        .read(move |conn| {
            let meeting = meetings::by_slug(conn, &slug)?.filter(|meeting| meeting.is_shown_to(is_member));
            let Some(meeting) = meeting else {
                return Ok::<_, WebError>(None);
            };
            let is_open = meeting.is_shown_to(false);
            let file = store::file(conn, &meeting.id, &FileId::from(id))?;
            Ok(file
                .filter(|file| file.visibility.is_shown_to(is_member))
                .map(|file| (file, is_open)))
        })
        .await?;
    let (file, is_open) = file.ok_or(WebError::NotFound)?;
    let is_for_all = is_open && file.visibility == Seen::Public;
    Ok(send(app, file, is_for_all, &request))
}

/// Any file, for coordinators.
pub async fn for_desk(app: AppData, _: Coordinator, path: Path<(String, String)>, request: HttpRequest) -> Answer {
    let (id, file) = path.into_inner();
    let file = app
        .read(move |conn| store::file(conn, &MeetingId::from(id), &FileId::from(file)))
        .await?;
    Ok(send(app, file.ok_or(WebError::NotFound)?, false, &request))
}

fn send(app: AppData, file: File, is_for_all: bool, request: &HttpRequest) -> HttpResponse {
    let etag = format!("\"{}\"", file.sha256);
    let how = if file.is_picture() { "inline" } else { "attachment" };
    let kept = request.headers().get(IF_NONE_MATCH).and_then(|v| v.to_str().ok());
    let is_kept = kept.is_some_and(|kept| kept.split(',').any(|one| one.trim().trim_start_matches("W/") == etag));
    let mut response = match is_kept {
        true => HttpResponse::NotModified(),
        false => HttpResponse::Ok(),
    };
    // Whoever has it asks again each time, so that what was taken back is gone.
    let cache = if is_for_all {
        "public, max-age=0, must-revalidate"
    } else {
        "private, max-age=0, must-revalidate"
    };
    response
        .insert_header((ETAG, etag))
        .insert_header((CACHE_CONTROL, cache))
        .insert_header((CONTENT_TYPE, file.media_type.as_str()))
        .insert_header((CONTENT_DISPOSITION, disposition(how, &file.file_name)))
        .insert_header((CONTENT_SECURITY_POLICY, MEDIA_CSP))
        .insert_header((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if is_kept {
        return response.finish();
    }
    let size = u64::try_from(file.size).unwrap_or(0);
    let pieces = stream::unfold(0, move |position| {
        let (app, id, count) = (app.clone(), file.id.clone(), file.chunks);
        async move {
            if position >= count {
                return None;
            }
            let piece = app.read(move |conn| store::piece(conn, &id, position)).await;
            let piece = piece
                .map(Bytes::from)
                .inspect_err(|e| tracing::error!("a file was cut off: {e}"));
            // After a failure nothing more is sent: the reader sees that it is not whole.
            let next = if piece.is_ok() { position + 1 } else { count };
            Some((piece, next))
        }
    });
    response.no_chunking(size).streaming(Box::pin(pieces))
}

/// Takes in a file.
pub async fn add(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, incoming: Incoming) -> Answer {
    let upload = incoming.proved().await?.read(largest(&app)).await?;
    let (id, fields) = (MeetingId::from(id.into_inner()), upload.fields);
    let mut form = FormView::of(FILE_FIELDS, &fields);
    let visibility = Seen::parse(fields.get("seen_by"));
    let visibility = form.take("seen_by", visibility.ok_or_else(|| "Choose who sees it.".to_owned()));
    let mut status = StatusCode::UNPROCESSABLE_ENTITY;
    let added = match (upload.file, visibility) {
        (None, _) => {
            form.fail("file", "Choose a file first.");
            None
        }
        (Some(_), None) => None,
        (Some(sent), Some(visibility)) => {
            let about = About {
                title: fields.get("title"),
                alt: fields.get("alt"),
                is_decorative: fields.is_yes("decorative"),
                visibility,
                may_be_picture: true,
            };
            match look(&app, sent, about).await? {
                Ok(added) => Some(added),
                Err(problem) => {
                    if problem.is_too_large {
                        status = StatusCode::PAYLOAD_TOO_LARGE;
                    }
                    form.fail(problem.field, problem.text);
                    None
                }
            }
        }
    };
    let Some(added) = added else {
        return page_again(&app, &visit, &who, id, status, form).await;
    };
    let by = who.id.to_string();
    let stored = app
        .write({
            let id = id.clone();
            move |tx, ctx| actions::files::add(tx, ctx, &by, &id, &added)
        })
        .await;
    match stored {
        Ok(_) => {
            let path = format!("/coordinate/meetings/{id}/materials");
            visit.see_other_saying(&app, &path, "The file is there. Nobody is told of it.")
        }
        Err(MaterialError::Refused(text)) => {
            form.fail("file", text);
            page_again(&app, &visit, &who, id, StatusCode::CONFLICT, form).await
        }
        Err(e) => Err(e.into()),
    }
}

#[derive(Serialize)]
struct Edit {
    title: String,
    meeting: String,
    url: String,
    back_url: String,
    facts: String,
    is_picture: bool,
    width: i32,
    height: i32,
    alt: String,
    form: FormView,
    seen_choices: Vec<Choice>,
}

const EDIT_FIELDS: &[&str] = &["title", "alt", "decorative", "seen_by"];

/// What may be changed of a file.
pub async fn edit_page(app: AppData, visit: Visit, _: Coordinator, path: Path<(String, String)>) -> Answer {
    edit(&app, &visit, path.into_inner(), StatusCode::OK, None).await
}

async fn edit(
    app: &AppData,
    visit: &Visit,
    (id, file): (String, String),
    status: StatusCode,
    typed: Option<FormView>,
) -> Answer {
    let (meeting, file) = app
        .read(move |conn| {
            let meeting = found(conn, &MeetingId::from(id))?;
            let file = store::file(conn, &meeting.id, &FileId::from(file))?.ok_or(WebError::NotFound)?;
            Ok::<_, WebError>((meeting, file))
        })
        .await?;
    let form = typed.unwrap_or_else(|| {
        let is_decorative = file.is_picture() && file.alt.is_empty();
        FormView::of(
            EDIT_FIELDS,
            &Fields::of([
                ("title", file.title.as_str()),
                ("alt", &file.alt),
                ("decorative", if is_decorative { "yes" } else { "" }),
                ("seen_by", file.visibility.as_str()),
            ]),
        )
    });
    let view = Edit {
        meeting: meeting.title.clone(),
        url: format!("{}/files/{}", desk_path(&meeting), file.id),
        back_url: desk_path(&meeting),
        facts: format!(
            "{}, {}, {}",
            file.file_name,
            Kind::word_for(&file.media_type),
            size_text(file.size)
        ),
        is_picture: file.is_picture(),
        width: file.width,
        height: file.height,
        alt: file.alt,
        seen_choices: seen_choices(Seen::ALL, form.value("seen_by")),
        form,
        title: file.title,
    };
    visit.page_with(app, status, "pages/meetings/materials_file", &view.title, &view)
}

pub async fn change(
    app: AppData,
    visit: Visit,
    who: Coordinator,
    path: Path<(String, String)>,
    fields: Fields,
) -> Answer {
    let (id, file) = path.into_inner();
    let known = app
        .read({
            let (id, file) = (MeetingId::from(id.as_str()), FileId::from(file.as_str()));
            move |conn| store::file(conn, &id, &file)
        })
        .await?
        .ok_or(WebError::NotFound)?;
    let mut form = FormView::of(EDIT_FIELDS, &fields);
    let title = one_line(fields.get("title"), 150).and_then(|title| match title.is_empty() {
        true => Err("Give the file a title.".into()),
        false => Ok(title),
    });
    let title = form.take("title", title);
    let words = match known.is_picture() {
        true => form.take("alt", alt(fields.get("alt"), fields.is_yes("decorative"))),
        false => Some(String::new()),
    };
    let visibility = Seen::parse(fields.get("seen_by"));
    let visibility = form.take("seen_by", visibility.ok_or_else(|| "Choose who sees it.".to_owned()));
    let (Some(title), Some(words), Some(visibility)) = (title, words, visibility) else {
        return edit(&app, &visit, (id, file), StatusCode::UNPROCESSABLE_ENTITY, Some(form)).await;
    };
    let change = actions::files::Change {
        title,
        alt: words,
        visibility,
    };
    let meeting = app
        .write(move |tx, ctx| {
            let (id, file) = (MeetingId::from(id), FileId::from(file));
            actions::files::change(tx, ctx, &who, &id, &file, &change)
        })
        .await?;
    visit.see_other_saying(&app, &desk_path(&meeting), "The file is changed.")
}

pub async fn remove(app: AppData, visit: Visit, who: Coordinator, path: Path<(String, String)>, _: Fields) -> Answer {
    let (id, file) = path.into_inner();
    let meeting = app
        .write(move |tx, ctx| actions::files::remove(tx, ctx, &who, &MeetingId::from(id), &FileId::from(file)))
        .await?;
    visit.see_other_saying(&app, &desk_path(&meeting), "The file is removed.")
}
