//! Forms that may carry one file: `multipart/form-data` (RFC 7578), read only once its first field has proved that our
//! own page sent it.
//!
//! # Why
//! * The proof is the form's first field, so nothing of a file is read from a page that is not ours; and the handler
//!   says how much it takes before the rest is read: an upload is for whoever the handler has found to be allowed.
//! * A file is held in memory, with at most [`AT_ONCE`] uploads under way, so memory is bounded without files on disk
//!   that a crash would leave behind. One that is somewhat too large is read and thrown away, for a browser that is cut
//!   off in the middle of sending never shows the answer.

use std::future::{Ready, ready};
use std::sync::Arc;
use std::time::Duration;

use actix_multipart::{Field, Multipart};
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::AppData;
use super::error::WebError;
use super::form::{Fields, is_foreign, is_proved, read_body};

/// Uploads under way at once.
const AT_ONCE: usize = 4;
/// A form with a file that takes longer than this is cut off.
const UPLOAD_SECONDS: u64 = 300;
/// What the fields beside the file may hold together, and how many there may be.
const TEXT_LIMIT: usize = 256 * 1024;
const FIELD_LIMIT: usize = 50;
/// What is read and thrown away of a file that is too large.
const EXCESS: usize = 32 * 1024 * 1024;

/// How many uploads are under way.
pub struct Uploads(Arc<Semaphore>);

impl Default for Uploads {
    fn default() -> Uploads {
        Uploads(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// A form of which nothing has been read yet.
pub struct Incoming {
    request: HttpRequest,
    payload: Payload,
}

impl FromRequest for Incoming {
    type Error = WebError;
    type Future = Ready<Result<Incoming, WebError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Ok(Incoming {
            request: request.clone(),
            payload: payload.take(),
        }))
    }
}

/// A form that our own page sent.
pub struct Proved {
    request: HttpRequest,
    rest: Rest,
}

enum Rest {
    /// Sent without a file, as any other form.
    Whole(Fields),
    Parts(Box<Multipart>),
}

/// What a form said, and the file that came with it.
pub struct Upload {
    pub fields: Fields,
    pub file: Option<Sent>,
    /// Held until the file is stored or refused.
    _turn: Option<OwnedSemaphorePermit>,
}

/// A file as it came.
pub enum Sent {
    Whole { name: String, bytes: Vec<u8> },
    TooLarge,
}

fn unreadable(e: impl std::fmt::Display) -> WebError {
    WebError::Media(format!("The form could not be read: {e}."))
}

impl Incoming {
    /// Reads the proof that our own page sent it, and no further.
    pub async fn proved(self) -> Result<Proved, WebError> {
        let Incoming { request, payload } = self;
        let app = request
            .app_data::<AppData>()
            .ok_or_else(|| WebError::internal("no application"))?
            .clone();
        let kind = request.headers().get(CONTENT_TYPE).and_then(|v| v.to_str().ok());
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        if is_foreign(&app, &request) {
            return Err(WebError::Forbidden("The form did not come from our own page.".into()));
        }
        if kind.starts_with("application/x-www-form-urlencoded") {
            let body = read_body(payload, TEXT_LIMIT).await?;
            let fields = Fields::parse(&body)?;
            if !is_proved(&app, &request, fields.get("csrf")) {
                return Err(WebError::Unproved(Box::new(fields)));
            }
            let rest = Rest::Whole(fields);
            return Ok(Proved { request, rest });
        }
        if !kind.starts_with("multipart/form-data") {
            return Err(WebError::Media(
                "A form with a file is sent as multipart/form-data.".into(),
            ));
        }
        let mut parts = Multipart::new(request.headers(), payload);
        let first = within(UPLOAD_SECONDS / 10, parts.next()).await?;
        let mut first = first
            .ok_or_else(|| unreadable("it has no fields"))?
            .map_err(unreadable)?;
        let token = match first.name() {
            Some("csrf") => within(UPLOAD_SECONDS / 10, text(&mut first, 200)).await??,
            _ => String::new(),
        };
        drop(first);
        if !is_proved(&app, &request, &token) {
            return Err(WebError::Unproved(Box::default()));
        }
        let rest = Rest::Parts(Box::new(parts));
        Ok(Proved { request, rest })
    }
}

impl Proved {
    /// Reads the fields, and a file of at most `most` bytes; of several files the first counts.
    pub async fn read(self, most: usize) -> Result<Upload, WebError> {
        let Proved { request, rest } = self;
        let mut parts = match rest {
            Rest::Whole(fields) => {
                return Ok(Upload {
                    fields,
                    file: None,
                    _turn: None,
                });
            }
            Rest::Parts(parts) => parts,
        };
        // Only now: places are for those who may send something, not for whoever begins to.
        let uploads = request.app_data::<AppData>().and_then(|app| app.part::<Uploads>());
        let turn = uploads.map(|uploads| uploads.0.clone().try_acquire_owned());
        let turn = turn.transpose().map_err(|_| WebError::TooMany { retry_after: 30 })?;
        let reading = async {
            let (mut typed, mut held, mut file) = (Vec::new(), 0, None);
            while let Some(part) = parts.next().await {
                let mut part = part.map_err(unreadable)?;
                let name = part.name().unwrap_or_default().to_owned();
                let file_name = part
                    .content_disposition()
                    .and_then(|d| d.get_filename().map(str::to_owned));
                match file_name {
                    Some(file_name) => {
                        let sent = sent(&mut part, file_name, most).await?;
                        // A field for a file in which none was chosen comes empty and without a name.
                        let is_none =
                            matches!(&sent, Sent::Whole { name, bytes } if name.is_empty() && bytes.is_empty());
                        if file.is_none() && !is_none {
                            file = Some(sent);
                        }
                    }
                    None => {
                        let value = text(&mut part, TEXT_LIMIT - held).await?;
                        held += value.len();
                        typed.push((name, value));
                    }
                }
                if typed.len() > FIELD_LIMIT {
                    return Err(WebError::TooLarge("The form has too many fields.".into()));
                }
            }
            Ok((typed, file))
        };
        let (typed, file) = within(UPLOAD_SECONDS, reading).await??;
        let fields = Fields::of(typed.iter().map(|(name, value)| (name.as_str(), value.as_str())));
        Ok(Upload {
            fields,
            file,
            _turn: turn,
        })
    }
}

async fn within<T>(seconds: u64, reading: impl Future<Output = T>) -> Result<T, WebError> {
    tokio::time::timeout(Duration::from_secs(seconds), reading)
        .await
        .map_err(|_| WebError::Invalid("The form took too long to arrive.".into()))
}

async fn text(part: &mut Field, most: usize) -> Result<String, WebError> {
    let bytes = part
        .bytes(most)
        .await
        .map_err(|_| WebError::TooLarge(format!("The fields of a form may hold {} KiB.", TEXT_LIMIT / 1024)))?;
    let bytes = bytes.map_err(unreadable)?;
    // PostgreSQL keeps no NUL in a text, and nobody means one.
    Ok(String::from_utf8_lossy(&bytes).replace('\0', ""))
}

async fn sent(part: &mut Field, name: String, most: usize) -> Result<Sent, WebError> {
    let (mut bytes, mut excess) = (Vec::new(), 0);
    while let Some(piece) = part.next().await {
        let piece = piece.map_err(unreadable)?;
        if excess == 0 && bytes.len() + piece.len() <= most {
            bytes.extend_from_slice(&piece);
            continue;
        }
        bytes = Vec::new();
        excess += piece.len();
        if excess > EXCESS {
            return Err(WebError::TooLarge(format!("A file may have {} MB.", most / 1_000_000)));
        }
    }
    Ok(if excess > 0 {
        Sent::TooLarge
    } else {
        Sent::Whole { name, bytes }
    })
}
