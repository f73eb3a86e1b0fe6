//! QR codes as the path of an inline SVG (ISO/IEC 18004), so that no picture is asked for and no style is needed.
//!
//! Lengths are in squares of the code; the quiet zone of four squares is part of the side.

use qrcode::{Color, EcLevel, QrCode};

/// The light border that readers need around a code.
const QUIET: usize = 4;

/// What `parts/calendar_qr` draws: `path` fills the dark squares of a picture `side` wide and high.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Picture {
    pub side: usize,
    pub path: String,
}

/// The code of a text; `None` if it is longer than any code can hold (2,331 bytes).
///
/// Why level M: it survives a finger mark on a screen, and an address of ours stays at about 40 squares.
pub fn picture(text: &str) -> Option<Picture> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let mut path = String::new();
    for (y, row) in code.to_colors().chunks(code.width()).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if run[0] == Color::Dark {
                let (from, down, length) = (x + QUIET, y + QUIET, run.len());
                path.push_str(&format!("M{from} {down}h{length}v1h-{length}z"));
            }
            x += run.len();
        }
    }
    Some(Picture {
        side: code.width() + 2 * QUIET,
        path,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The dark squares that a path fills.
    fn squares(picture: &Picture) -> Vec<(usize, usize)> {
        let runs = picture.path.split('M').skip(1);
        runs.flat_map(|run| {
            let (start, length) = run.split_once('h').expect("a run");
            let (x, y) = start.split_once(' ').expect("a place");
            let (x, y): (usize, usize) = (x.parse().expect("x"), y.parse().expect("y"));
            let length: usize = length.split('v').next().and_then(|n| n.parse().ok()).expect("a length");
            (x..x + length).map(move |x| (x, y))
        })
        .collect()
    }

    #[test]
    fn a_picture_holds_every_dark_square_once_inside_its_quiet_border() {
        let text = "webcal://network.example.org/calendar/abcdefghijklmnopqrstuvwxyz.ics";
        let picture = picture(text).expect("a picture");
        let code = QrCode::with_error_correction_level(text, EcLevel::M).expect("a code");
        let mut dark = Vec::new();
        for y in 0..code.width() {
            for x in 0..code.width() {
                if code[(x, y)] == Color::Dark {
                    dark.push((x + QUIET, y + QUIET));
                }
            }
        }
        assert_eq!(squares(&picture), dark);
        assert_eq!(picture.side, code.width() + 8);
        assert_eq!(Some(picture), super::picture(text));
    }

    #[test]
    fn what_no_code_can_hold_has_no_picture() {
        assert_eq!(picture(&"a".repeat(3_000)), None);
    }
}
