//! Adding, changing and removing files.

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{MaterialError, current, note};
use crate::meetings::materials::kinds::Kind;
use crate::meetings::materials::model::{File, FileId, Seen};
use crate::meetings::materials::store;
use crate::meetings::model::{Meeting, MeetingId};
use crate::platform::app::Ctx;
use crate::platform::db::Conn;
use crate::web::Coordinator;

/// Files a meeting may have.
pub const MOST: usize = 50;

/// A file that has been looked at: its bytes are what `kind` says.
pub struct Added {
    pub kind: Kind,
    pub bytes: Vec<u8>,
    pub file_name: String,
    pub title: String,
    pub visibility: Seen,
    /// Of a picture; 0 otherwise.
    pub width: i32,
    pub height: i32,
    pub alt: String,
}

/// What may change of a file.
pub struct Change {
    pub title: String,
    pub alt: String,
    pub visibility: Seen,
}

/// Stores a file; `by` is a member's id.
pub fn add(tx: &mut Conn, ctx: &Ctx<'_>, by: &str, id: &MeetingId, added: &Added) -> Result<File, MaterialError> {
    let meeting = current(tx, id)?;
    if store::files(tx, id)?.len() >= MOST {
        return Err(MaterialError::Refused(format!(
            "A meeting has at most {MOST} files: remove one first."
        )));
    }
    let file = File {
        id: FileId::new(),
        meeting_id: id.clone(),
        title: added.title.clone(),
        file_name: added.file_name.clone(),
        media_type: added.kind.media_type().into(),
        size: i32::try_from(added.bytes.len()).unwrap_or(i32::MAX),
        sha256: HEXLOWER.encode(&Sha256::digest(&added.bytes)),
        chunks: i32::try_from(added.bytes.len().div_ceil(store::PIECE)).unwrap_or(0),
        visibility: added.visibility,
        width: added.width,
        height: added.height,
        alt: added.alt.clone(),
        added_by: by.to_owned(),
        added_at: ctx.now,
    };
    store::insert_file(tx, &file, &added.bytes)?;
    let detail = format!("{} ({})", file.title, file.visibility);
    note(tx, ctx, by, "added a file", &meeting, &detail)?;
    if file.visibility != Seen::Desk {
        ctx.touch_public();
    }
    Ok(file)
}

/// Changes a file's title, its description, and who sees it.
pub fn change(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    file: &FileId,
    change: &Change,
) -> Result<Meeting, MaterialError> {
    let meeting = current(tx, id)?;
    let known = store::file(tx, id, file)?.ok_or(MaterialError::NotFound)?;
    let changed = File {
        title: change.title.clone(),
        alt: change.alt.clone(),
        visibility: change.visibility,
        ..known
    };
    store::save_file(tx, &changed)?;
    let detail = format!("{} ({})", changed.title, changed.visibility);
    note(tx, ctx, by.id.as_str(), "changed a file", &meeting, &detail)?;
    ctx.touch_public();
    Ok(meeting)
}

/// Removes a file with its bytes.
pub fn remove(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    file: &FileId,
) -> Result<Meeting, MaterialError> {
    let meeting = current(tx, id)?;
    let known = store::file(tx, id, file)?.ok_or(MaterialError::NotFound)?;
    store::delete_file(tx, file)?;
    note(tx, ctx, by.id.as_str(), "removed a file", &meeting, &known.title)?;
    ctx.touch_public();
    Ok(meeting)
}
