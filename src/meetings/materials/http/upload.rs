//! A file as it came with a form, looked at before anything is stored.

use crate::meetings::materials::actions::files::Added;
use crate::meetings::materials::kinds::{self, Kind, sniff};
use crate::meetings::materials::model::Seen;
use crate::meetings::materials::picture::{self, Decoding};
use crate::platform::app::App;
use crate::platform::text::line::one_line;
use crate::web::WebError;
use crate::web::upload::Sent;

/// Bytes a file may have.
pub fn largest(app: &App) -> usize {
    app.config.materials.max_file_mb * 1_000_000
}

/// What is said of a file beside its bytes.
pub struct About<'a> {
    pub title: &'a str,
    pub alt: &'a str,
    pub is_decorative: bool,
    pub visibility: Seen,
    /// Whether pictures are taken.
    pub may_be_picture: bool,
}

/// Why a file was not taken: its field, and a sentence.
pub struct Problem {
    pub field: &'static str,
    pub text: String,
    pub is_too_large: bool,
}

fn problem(field: &'static str, text: impl Into<String>) -> Problem {
    Problem {
        field,
        text: text.into(),
        is_too_large: false,
    }
}

/// The file ready to be stored; a picture drawn anew.
pub async fn look(app: &App, sent: Sent, about: About<'_>) -> Result<Result<Added, Problem>, WebError> {
    Ok(match sent {
        Sent::TooLarge => Err(Problem {
            is_too_large: true,
            ..problem(
                "file",
                format!("A file may have {} MB.", app.config.materials.max_file_mb),
            )
        }),
        Sent::Whole { name, bytes } => {
            let decoding = app
                .part::<Decoding>()
                .ok_or_else(|| WebError::internal("no decoding"))?;
            look_at(decoding, name, bytes, about).await
        }
    })
}

async fn look_at(decoding: &Decoding, name: String, bytes: Vec<u8>, about: About<'_>) -> Result<Added, Problem> {
    let kind = sniff(&bytes, &name).map_err(|text| problem("file", text))?;
    let title = title(about.title, &name, kind).map_err(|text| problem("title", text))?;
    if !kind.is_picture() {
        return Ok(Added {
            kind,
            bytes,
            file_name: kinds::file_name(&name, kind),
            title,
            visibility: about.visibility,
            width: 0,
            height: 0,
            alt: String::new(),
        });
    }
    if !about.may_be_picture {
        return Err(problem(
            "file",
            "Send slides as PDF, PowerPoint or OpenDocument; pictures are not taken here.",
        ));
    }
    if bytes.len() > picture::LARGEST {
        return Err(Problem {
            is_too_large: true,
            ..problem("file", "A picture may have 10 MB: save it smaller.")
        });
    }
    let alt = alt(about.alt, about.is_decorative).map_err(|text| problem("alt", text))?;
    let drawn = picture::clean(decoding, bytes, kind).await;
    let drawn = drawn.map_err(|text| problem("file", text))?;
    Ok(Added {
        kind: drawn.kind,
        bytes: drawn.bytes,
        file_name: kinds::file_name(&name, drawn.kind),
        title,
        visibility: about.visibility,
        width: drawn.width,
        height: drawn.height,
        alt,
    })
}

/// The title as typed, or the file's name without its ending.
fn title(typed: &str, name: &str, kind: Kind) -> Result<String, String> {
    let title = one_line(typed, 150)?;
    Ok(match title.is_empty() {
        false => title,
        true => {
            let name = kinds::file_name(name, kind);
            name.rsplit_once('.').map_or(name.clone(), |(stem, _)| stem.to_owned())
        }
    })
}

/// What a picture shows, in words, unless it only decorates (TRUST A16).
pub fn alt(typed: &str, is_decorative: bool) -> Result<String, String> {
    let alt = one_line(typed, 300)?;
    match (alt.is_empty(), is_decorative) {
        (_, true) => Ok(String::new()),
        (true, false) => Err("Say what the picture shows, or that it only decorates.".into()),
        (false, false) => Ok(alt),
    }
}
