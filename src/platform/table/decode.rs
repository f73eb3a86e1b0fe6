//! Which characters the bytes of a file stand for.

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// The text of a file in UTF-8, UTF-16 or Windows-1252; none if it is broken UTF-16.
pub fn decode(bytes: &[u8]) -> Option<String> {
    if let Some(rest) = bytes.strip_prefix(b"\xEF\xBB\xBF") {
        // A mark that says UTF-8 is believed only if the bytes bear it out.
        return Some(match std::str::from_utf8(rest) {
            Ok(text) => text.to_owned(),
            Err(_) => strictly(WINDOWS_1252, rest)?,
        });
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFF\xFE") {
        return strictly(UTF_16LE, rest);
    }
    if let Some(rest) = bytes.strip_prefix(b"\xFE\xFF") {
        return strictly(UTF_16BE, rest);
    }
    if let Some(encoding) = unmarked_utf16(bytes) {
        return strictly(encoding, bytes);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(text.to_owned()),
        Err(_) => strictly(WINDOWS_1252, bytes),
    }
}

fn strictly(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .map(|text| text.into_owned())
}

/// Latin text in UTF-16 has a NUL in every other byte, which no other table has.
fn unmarked_utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = &bytes[..bytes.len().min(512) & !1];
    let pairs = head.len() / 2;
    let high = head.chunks_exact(2).filter(|pair| pair[0] == 0).count();
    let low = head.chunks_exact(2).filter(|pair| pair[1] == 0).count();
    if pairs >= 2 && low > pairs / 2 && high == 0 {
        Some(UTF_16LE)
    } else if pairs >= 2 && high > pairs / 2 && low == 0 {
        Some(UTF_16BE)
    } else {
        None
    }
}
