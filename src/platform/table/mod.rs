//! Tables as spreadsheets save them: read from whatever arrives, written as RFC 4180.
//!
//! * [`read`]: comma, semicolon or tab; UTF-8, UTF-16 or Windows-1252; records with their lines
//! * [`write()`]: CRLF, and no cell that a spreadsheet would run as a formula
//! * [`decode()`]: the text of a file, where a table is only a part of it
//! * [`header_key`]: the field a column is about, in the spellings people use
//! * [`mod@date`]: ISO dates, day-first dates and Excel's day numbers
//!
//! Why an apostrophe before formula-like cells: spreadsheets take what follows it as text and do
//! not run it. Reading takes one such apostrophe away again, and writing puts one before cells
//! that truly begin so; hence a table that is written, read and written again has the same bytes.

mod date;
mod decode;
mod header;
mod reader;
mod writer;

pub use date::date;
pub use decode::decode;
pub use header::header_key;
pub use reader::{Record, Table, TableError, read};
pub use writer::write;

/// The largest file [`read`] takes, in bytes.
pub const LARGEST_FILE: usize = 5 * 1024 * 1024;

/// The most records [`read`] takes.
pub const MOST_RECORDS: usize = 10_000;

/// Whether a spreadsheet may run a cell that begins with `c`.
fn begins_a_formula(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\0' | '＝' | '＋' | '－' | '＠'
    )
}

/// Whether `cell` is apostrophes (or none) and then the beginning of a formula.
fn looks_like_a_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(begins_a_formula)
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
