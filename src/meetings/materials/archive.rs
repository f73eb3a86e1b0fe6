//! Office files, which are ZIP archives (APPNOTE 6.3): only the names in their central directory are read, nothing is
//! unpacked.

use super::kinds::Kind;

/// Which office file this archive is.
pub fn office(bytes: &[u8]) -> Result<Kind, String> {
    const UNKNOWN: &str =
        "This is an archive, and no office file that we know: send PDF, .pptx, .docx, .xlsx, .odp, .odt or .ods.";
    if let Some(kind) = open_document(bytes) {
        return Ok(kind);
    }
    let names = names(bytes).ok_or(UNKNOWN)?;
    let has = |wanted: &str| names.iter().any(|name| name == wanted);
    if names
        .iter()
        .any(|name| name.to_ascii_lowercase().ends_with("vbaproject.bin"))
    {
        return Err("This file has macros in it: save it without, or as PDF.".into());
    }
    let parts = [
        ("ppt/presentation.xml", Kind::Pptx),
        ("word/document.xml", Kind::Docx),
        ("xl/workbook.xml", Kind::Xlsx),
    ];
    let found = parts.into_iter().find(|(part, _)| has(part));
    match found {
        Some((_, kind)) if has("[Content_Types].xml") => Ok(kind),
        _ => Err(UNKNOWN.into()),
    }
}

/// OpenDocument 1.3 part 2 §3.3: the first entry is `mimetype`, stored as it is.
fn open_document(bytes: &[u8]) -> Option<Kind> {
    let (is_stored, size) = (u16_at(bytes, 8)? == 0, u32_at(bytes, 22)?);
    let (name, extra) = (u16_at(bytes, 26)?, u16_at(bytes, 28)?);
    if !is_stored || bytes.get(30..30 + name)? != b"mimetype" {
        return None;
    }
    let at = 30 + name + extra;
    let kind = bytes.get(at..at.checked_add(size)?)?;
    [Kind::Odp, Kind::Odt, Kind::Ods]
        .into_iter()
        .find(|known| known.media_type().as_bytes() == kind)
}

/// The names of what is in an archive, from its central directory.
fn names(bytes: &[u8]) -> Option<Vec<String>> {
    const MOST: usize = 10_000;
    let from = bytes.len().saturating_sub(22 + 0xFFFF);
    let end = bytes[from..].windows(4).rposition(|four| four == b"PK\x05\x06")? + from;
    let (count, mut at) = (u16_at(bytes, end + 10)?, u32_at(bytes, end + 16)?);
    let mut names = Vec::new();
    for _ in 0..count.min(MOST) {
        if bytes.get(at..at.checked_add(4)?)? != b"PK\x01\x02" {
            return None;
        }
        let (name, extra, comment) = (
            u16_at(bytes, at + 28)?,
            u16_at(bytes, at + 30)?,
            u16_at(bytes, at + 32)?,
        );
        let text = bytes.get(at + 46..at + 46 + name)?;
        names.push(String::from_utf8_lossy(text).into_owned());
        at += 46 + name + extra + comment;
    }
    Some(names)
}

fn u16_at(bytes: &[u8], at: usize) -> Option<usize> {
    let two = bytes.get(at..at.checked_add(2)?)?;
    Some(usize::from(u16::from_le_bytes(two.try_into().ok()?)))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<usize> {
    let four = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_le_bytes(four.try_into().ok()?)).ok()
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An archive of empty, stored entries, the first with `content`.
    pub fn archive(names: &[&str], content: &[u8]) -> Vec<u8> {
        let (mut bytes, mut directory) = (Vec::new(), Vec::new());
        for (at, name) in names.iter().enumerate() {
            let content: &[u8] = if at == 0 { content } else { b"" };
            let offset = bytes.len() as u32;
            let size = (content.len() as u32).to_le_bytes();
            let length = (name.len() as u16).to_le_bytes();
            bytes.extend_from_slice(b"PK\x03\x04\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
            bytes.extend_from_slice(&size);
            bytes.extend_from_slice(&size);
            bytes.extend_from_slice(&length);
            bytes.extend_from_slice(&[0, 0]);
            bytes.extend_from_slice(name.as_bytes());
            bytes.extend_from_slice(content);
            directory.extend_from_slice(b"PK\x01\x02\x14\0\x14\0\0\0\0\0\0\0\0\0\0\0\0\0");
            directory.extend_from_slice(&size);
            directory.extend_from_slice(&size);
            directory.extend_from_slice(&length);
            directory.extend_from_slice(&[0; 12]);
            directory.extend_from_slice(&offset.to_le_bytes());
            directory.extend_from_slice(name.as_bytes());
        }
        let start = (bytes.len() as u32).to_le_bytes();
        let count = (names.len() as u16).to_le_bytes();
        let size = (directory.len() as u32).to_le_bytes();
        bytes.extend_from_slice(&directory);
        bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        bytes.extend_from_slice(&count);
        bytes.extend_from_slice(&count);
        bytes.extend_from_slice(&size);
        bytes.extend_from_slice(&start);
        bytes.extend_from_slice(&[0, 0]);
        bytes
    }

    #[test]
    fn an_archive_cut_anywhere_or_with_any_byte_changed_is_read_without_harm() {
        let whole = archive(&["[Content_Types].xml", "ppt/presentation.xml"], b"x");
        for at in 0..whole.len() {
            let _ = office(&whole[..at]);
            let mut other = whole.clone();
            other[at] = 0xFF;
            let _ = office(&other);
        }
    }
}
