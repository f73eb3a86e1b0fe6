//! What a file is, by its bytes: an allow-list, and the one type each is served with.

use super::archive;
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
        return archive::office(bytes);
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
mod tests {
    use super::*;
    use crate::meetings::materials::archive::tests::archive;

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
