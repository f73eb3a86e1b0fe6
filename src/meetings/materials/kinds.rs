//! What a file is, by its bytes: an allow-list, and the one type each is served with.
//!
//! Office files are ZIP archives (APPNOTE 6.3); only the names in their central directory are read, nothing is unpacked.

use crate::platform::text::line::clean_line;

/// A kind of file that may be added to a meeting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Pdf,
    Pptx,
    Docx,
    Xlsx,
    Odp,
    Odt,
    Ods,
    Text,
    Csv,
    Markdown,
    Jpeg,
    Png,
    WebP,
}

const ACCEPTED: &str =
    "PDF, PowerPoint, Word, Excel, OpenDocument, plain text, CSV, Markdown, JPEG, PNG and WebP are taken";

impl Kind {
    /// Ending, media type, and the word for it.
    fn facts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Kind::Pdf => ("pdf", "application/pdf", "PDF"),
            Kind::Pptx => (
                "pptx",
                "application/vnd.openxmlformats-officedocument.presentationml.presentation",
                "PowerPoint",
            ),
            Kind::Docx => (
                "docx",
                "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
                "Word",
            ),
            Kind::Xlsx => (
                "xlsx",
                "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                "Excel",
            ),
            Kind::Odp => (
                "odp",
                "application/vnd.oasis.opendocument.presentation",
                "OpenDocument slides",
            ),
            Kind::Odt => ("odt", "application/vnd.oasis.opendocument.text", "OpenDocument text"),
            Kind::Ods => (
                "ods",
                "application/vnd.oasis.opendocument.spreadsheet",
                "OpenDocument table",
            ),
            Kind::Text => ("txt", "text/plain; charset=utf-8", "plain text"),
            Kind::Csv => ("csv", "text/csv; charset=utf-8", "CSV"),
            Kind::Markdown => ("md", "text/markdown; charset=utf-8", "Markdown"),
            Kind::Jpeg => ("jpg", "image/jpeg", "picture"),
            Kind::Png => ("png", "image/png", "picture"),
            Kind::WebP => ("webp", "image/webp", "picture"),
        }
    }

    pub fn media_type(self) -> &'static str {
        self.facts().1
    }

    pub fn is_picture(self) -> bool {
        matches!(self, Kind::Jpeg | Kind::Png | Kind::WebP)
    }

    const ALL: [Kind; 13] = [
        Kind::Pdf,
        Kind::Pptx,
        Kind::Docx,
        Kind::Xlsx,
        Kind::Odp,
        Kind::Odt,
        Kind::Ods,
        Kind::Text,
        Kind::Csv,
        Kind::Markdown,
        Kind::Jpeg,
        Kind::Png,
        Kind::WebP,
    ];

    /// What a stored media type is called.
    pub fn word_for(media_type: &str) -> &'static str {
        let known = Kind::ALL.into_iter().find(|kind| kind.media_type() == media_type);
        known.map_or("file", |kind| kind.facts().2)
    }
}

/// What these bytes are; `name` only tells kinds of plain text apart.
pub fn sniff(bytes: &[u8], name: &str) -> Result<Kind, String> {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
    let ending = ending.unwrap_or_default();
    if bytes.is_empty() {
        return Err("The file is empty.".into());
    }
    if bytes.starts_with(b"%PDF-") {
        return Ok(Kind::Pdf);
    }
    if bytes.starts_with(b"\xFF\xD8\xFF") {
        return Ok(Kind::Jpeg);
    }
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Ok(Kind::Png);
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Ok(Kind::WebP);
    }
    if bytes.starts_with(b"PK\x03\x04") {
        return office(bytes);
    }
    let is_gif = bytes.starts_with(b"GIF8");
    let is_old_office = bytes.starts_with(b"\xD0\xCF\x11\xE0");
    let text = match ending.as_str() {
        "txt" => Some(Kind::Text),
        "csv" => Some(Kind::Csv),
        "md" | "markdown" => Some(Kind::Markdown),
        _ => None,
    };
    match text {
        Some(kind) if std::str::from_utf8(bytes).is_ok() && !bytes.contains(&0) => Ok(kind),
        Some(_) => Err("This text is not written in UTF-8: save it as UTF-8 and add it again.".into()),
        None if is_gif => Err("GIF pictures are not taken: save it as PNG or JPEG.".into()),
        None if is_old_office => {
            Err("This is an office file of the old kind: save it as .pptx, .docx or .xlsx, or as PDF.".into())
        }
        None => Err(format!("This kind of file is not taken: {ACCEPTED}.")),
    }
}

fn office(bytes: &[u8]) -> Result<Kind, String> {
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

/// The name a file is saved under: the last part of what was sent, with the ending of what it is.
pub fn file_name(sent: &str, kind: Kind) -> String {
    let last = sent.rsplit(['/', '\\']).next().unwrap_or_default();
    let clean: String = clean_line(last).chars().filter(|c| !"\"<>|:*?".contains(*c)).collect();
    let (ending, _, _) = kind.facts();
    let stem = match clean.rsplit_once('.') {
        Some((stem, last)) if last.len() <= 8 => stem,
        _ => &clean,
    };
    let stem: String = stem.trim_start_matches('.').trim().chars().take(80).collect();
    let stem = if stem.is_empty() { "file" } else { stem.trim() };
    format!("{stem}.{ending}")
}

/// `Content-Disposition` (RFC 6266), with a plain name for old programs and the whole one as RFC 8187 writes it.
pub fn disposition(how: &str, name: &str) -> String {
    let plain: String = name
        .chars()
        .map(|c| match c {
            '"' | '\\' | '%' => '_',
            c if c.is_ascii_graphic() || c == ' ' => c,
            _ => '_',
        })
        .collect();
    let mut whole = String::new();
    for byte in name.bytes() {
        match byte {
            b if b.is_ascii_alphanumeric() || b"!#$&+-.^_`|~".contains(&b) => whole.push(char::from(b)),
            b => whole.push_str(&format!("%{b:02X}")),
        }
    }
    format!("{how}; filename=\"{plain}\"; filename*=UTF-8''{whole}")
}

/// "240 KB", "1.4 MB".
pub fn size_text(bytes: i32) -> String {
    match bytes {
        ..1_000 => format!("{bytes} bytes"),
        1_000..1_000_000 => format!("{} KB", (bytes + 500) / 1_000),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes / 100_000 % 10),
    }
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
    fn a_file_is_what_its_bytes_say() {
        let pptx = archive(&["[Content_Types].xml", "ppt/presentation.xml"], b"");
        let docx = archive(&["[Content_Types].xml", "word/document.xml"], b"");
        let xlsx = archive(&["[Content_Types].xml", "xl/workbook.xml"], b"");
        let odp = archive(
            &["mimetype", "content.xml"],
            b"application/vnd.oasis.opendocument.presentation",
        );
        for (bytes, name, kind) in [
            (&b"%PDF-1.7"[..], "x.html", Kind::Pdf),
            (&pptx, "x.pdf", Kind::Pptx),
            (&docx, "x", Kind::Docx),
            (&xlsx, "x", Kind::Xlsx),
            (&odp, "x", Kind::Odp),
            (b"\xFF\xD8\xFF\xE0", "x.png", Kind::Jpeg),
            (b"\x89PNG\r\n\x1a\n", "x.pdf", Kind::Png),
            (b"RIFF\0\0\0\0WEBP", "x", Kind::WebP),
            ("Grüße".as_bytes(), "x.TXT", Kind::Text),
            (b"<script>", "x.csv", Kind::Csv),
            (b"# x", "x.md", Kind::Markdown),
        ] {
            assert_eq!(sniff(bytes, name), Ok(kind), "{name}");
        }
    }

    #[test]
    fn what_could_be_run_or_is_not_known_is_refused() {
        let macros = archive(
            &["[Content_Types].xml", "ppt/presentation.xml", "ppt/vbaProject.bin"],
            b"",
        );
        let zip = archive(&["a.exe"], b"MZ");
        let half = &archive(&["[Content_Types].xml", "ppt/presentation.xml"], b"")[..60];
        for (bytes, name) in [
            (&b""[..], "x.pdf"),
            (&macros, "x.pptx"),
            (&zip, "x.docx"),
            (half, "x.pptx"),
            (b"PK\x03\x04", "x.pptx"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "x.svg"),
            (b"<svg/>", "x.png"),
            (b"<!doctype html>", "x.html"),
            (b"GIF89a", "x.gif"),
            (b" %PDF-1.7", "x.pdf"),
            (b"MZ", "x.exe"),
            (b"a\0b", "x.txt"),
            (b"\xFF\xFEa", "x.txt"),
            (b"\xD0\xCF\x11\xE0", "x.ppt"),
        ] {
            assert!(sniff(bytes, name).is_err(), "{name}");
        }
    }

    #[test]
    fn an_archive_cut_anywhere_or_with_any_byte_changed_is_read_without_harm() {
        let whole = archive(&["[Content_Types].xml", "ppt/presentation.xml"], b"x");
        for at in 0..whole.len() {
            let _ = sniff(&whole[..at], "x");
            let mut other = whole.clone();
            other[at] = 0xFF;
            let _ = sniff(&other, "x");
        }
    }

    #[test]
    fn a_name_is_safe_and_ends_in_what_the_file_is() {
        for (sent, kind, kept) in [
            ("Slides.PDF", Kind::Pdf, "Slides.pdf"),
            ("../../etc/passwd", Kind::Text, "passwd.txt"),
            ("C:\\x\\photo.html", Kind::Jpeg, "photo.jpg"),
            ("", Kind::Pdf, "file.pdf"),
            (".htaccess", Kind::Text, "file.txt"),
            ("a\r\nb\".pdf", Kind::Pdf, "a b.pdf"),
            ("Grüße v1.2 final", Kind::Pdf, "Grüße v1.pdf"),
        ] {
            assert_eq!(file_name(sent, kind), kept, "{sent}");
        }
        assert_eq!(
            disposition("attachment", "Grüße \"1\".pdf"),
            "attachment; filename=\"Gr__e _1_.pdf\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%20%221%22.pdf"
        );
        assert_eq!(
            (size_text(12), size_text(1_499), size_text(1_460_000)),
            ("12 bytes".into(), "1 KB".into(), "1.4 MB".into())
        );
    }
}
