//! Mail written to a folder, one `.eml` file each.
//!
//! Why the name comes from the mail and not from the clock: sending the same mail again replaces the
//! file by itself, so that a folder never shows one mail twice.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest, Sha256};

use super::{SendError, Stage};
use crate::platform::clock::At;

/// Writes the bytes unchanged, complete or not at all, and returns the name of the file.
pub(super) async fn store(folder: &Path, from: &str, to: &str, bytes: &[u8]) -> Result<String, SendError> {
    let name = name(from, to, bytes);
    let (folder, file, bytes) = (PathBuf::from(folder), name.clone(), bytes.to_vec());
    let written = tokio::task::spawn_blocking(move || write(&folder, &file, &bytes)).await;
    match written {
        Ok(Ok(())) => Ok(format!("written to {name}")),
        Ok(Err(error)) => Err(later(&error)),
        Err(error) => Err(later(&error)),
    }
}

fn later(error: &dyn std::fmt::Display) -> SendError {
    SendError::Later {
        code: None,
        at: Stage::Connection,
        text: format!("the mail folder cannot be written: {error}"),
        usable: true,
    }
}

/// `<Date of the mail>-<digest of envelope and content>.eml`; text order is time order.
fn name(from: &str, to: &str, bytes: &[u8]) -> String {
    let mut digest = Sha256::new();
    for part in [from.as_bytes(), b"\0", to.as_bytes(), b"\0", bytes] {
        digest.update(part);
    }
    let id = &HEXLOWER.encode(&digest.finalize())[..16];
    let time = date(bytes).unwrap_or_else(|| At::from_unix(0)).to_string();
    format!("{}-{id}.eml", time.replace([':', '-'], ""))
}

fn date(bytes: &[u8]) -> Option<At> {
    let head = bytes
        .split(|b| *b == b'\n')
        .take_while(|line| !line.trim_ascii().is_empty());
    let line = head.filter_map(|line| line.strip_prefix(b"Date: ")).next()?;
    let date = jiff::fmt::rfc2822::parse(str::from_utf8(line).ok()?.trim()).ok()?;
    Some(At::from_timestamp(date.timestamp()))
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    let unfinished = folder.join(format!(".{name}.tmp"));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(name))?;
    // Without this the name itself could be lost with the power.
    fs::File::open(folder)?.sync_all()
}
