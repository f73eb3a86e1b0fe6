//! Files and their bytes.

use data_encoding::BASE64;
use diesel::prelude::*;

use crate::meetings::materials::model::{File, FileId};
use crate::meetings::model::MeetingId;
use crate::platform::db::schema::{file_chunks, meeting_files};
use crate::platform::db::{Conn, DbError};

/// Bytes a piece: a multiple of three, so that none but the last is padded.
pub const PIECE: usize = 384 * 1024;

/// A meeting's files in the order in which they were added.
pub fn files(conn: &mut Conn, meeting: &MeetingId) -> Result<Vec<File>, DbError> {
    let query = meeting_files::table.filter(meeting_files::meeting_id.eq(meeting));
    Ok(query.order(meeting_files::id).select(File::as_select()).load(conn)?)
}

/// A file of this very meeting.
pub fn file(conn: &mut Conn, meeting: &MeetingId, id: &FileId) -> Result<Option<File>, DbError> {
    let found = meeting_files::table
        .find(id)
        .filter(meeting_files::meeting_id.eq(meeting));
    Ok(found.select(File::as_select()).first(conn).optional()?)
}

pub fn insert_file(tx: &mut Conn, file: &File, bytes: &[u8]) -> Result<(), DbError> {
    diesel::insert_into(meeting_files::table)
        .values((
            (
                meeting_files::id.eq(&file.id),
                meeting_files::meeting_id.eq(&file.meeting_id),
                meeting_files::title.eq(&file.title),
                meeting_files::file_name.eq(&file.file_name),
                meeting_files::media_type.eq(&file.media_type),
                meeting_files::size.eq(file.size),
                meeting_files::sha256.eq(&file.sha256),
                meeting_files::chunks.eq(file.chunks),
            ),
            (
                meeting_files::visibility.eq(file.visibility),
                meeting_files::width.eq(file.width),
                meeting_files::height.eq(file.height),
                meeting_files::alt.eq(&file.alt),
                meeting_files::added_by.eq(&file.added_by),
                meeting_files::added_at.eq(file.added_at),
            ),
        ))
        .execute(tx)?;
    for (position, piece) in (0i32..).zip(bytes.chunks(PIECE)) {
        diesel::insert_into(file_chunks::table)
            .values((
                file_chunks::file_id.eq(&file.id),
                file_chunks::position.eq(position),
                file_chunks::data.eq(BASE64.encode(piece)),
            ))
            .execute(tx)?;
    }
    Ok(())
}

/// Writes what may change of a file: its title, who sees it, its description.
pub fn save_file(tx: &mut Conn, file: &File) -> Result<(), DbError> {
    diesel::update(meeting_files::table.find(&file.id))
        .set((
            meeting_files::title.eq(&file.title),
            meeting_files::visibility.eq(file.visibility),
            meeting_files::alt.eq(&file.alt),
        ))
        .execute(tx)?;
    Ok(())
}

pub fn delete_file(tx: &mut Conn, id: &FileId) -> Result<(), DbError> {
    diesel::delete(file_chunks::table.filter(file_chunks::file_id.eq(id))).execute(tx)?;
    diesel::delete(meeting_files::table.find(id)).execute(tx)?;
    Ok(())
}

/// One piece of a file's bytes.
pub fn piece(conn: &mut Conn, id: &FileId, position: i32) -> Result<Vec<u8>, DbError> {
    let data: String = file_chunks::table
        .find((id, position))
        .select(file_chunks::data)
        .first(conn)?;
    BASE64
        .decode(data.as_bytes())
        .map_err(|e| DbError::Cut(format!("a piece of file {id} is damaged: {e}")))
}
