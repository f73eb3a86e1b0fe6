//! Reading a table: its header, and its records with the lines where they start.

use super::{LARGEST_FILE, MOST_RECORDS, decode, header, looks_like_a_formula};

/// A table with a header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The names of the columns as the file has them, trimmed.
    pub header: Vec<String>,
    pub records: Vec<Record>,
}

/// One record of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The physical line where the record starts; the first line of the file is 1.
    pub line: usize,
    /// At least as many cells as the header has; missing ones are empty.
    pub cells: Vec<String>,
}

/// Why a file is no table we can read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    #[error("This file is larger than 5 MiB: split it and import the parts.")]
    TooLarge,
    #[error("This file has more than 10,000 rows: split it and import the parts.")]
    TooManyRows,
    #[error("This file is empty: its first line should name the columns.")]
    Empty,
    #[error("This file cannot be read as text: save it as CSV in UTF-8.")]
    NotText,
    #[error("A quotation mark opened in the record on line {line} is never closed: close it and import again.")]
    OpenQuote { line: usize },
}

impl Table {
    /// Where the column about `key` (see [`super::header_key`]) stands; the first, if there are two.
    pub fn column(&self, key: &str) -> Option<usize> {
        self.header.iter().position(|name| header::header_key(name) == key)
    }
}

impl Record {
    /// The cell in `column` without space around it; empty if there is no such column.
    pub fn cell(&self, column: Option<usize>) -> &str {
        column
            .and_then(|index| self.cells.get(index))
            .map_or("", |cell| cell.trim())
    }
}

/// Reads a table as spreadsheets save it; rows without any text are left out.
pub fn read(bytes: &[u8]) -> Result<Table, TableError> {
    if bytes.len() > LARGEST_FILE {
        return Err(TableError::TooLarge);
    }
    let text = decode::decode(bytes).ok_or(TableError::NotText)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(&text))
        .from_reader(text.as_bytes());
    let mut lines = Lines::of(&text);
    let mut header: Option<Vec<String>> = None;
    let mut records = Vec::new();
    let mut row = csv::StringRecord::new();
    loop {
        let from = offset(&reader);
        // The text is UTF-8 and ragged rows are allowed: nothing else can go wrong in memory.
        if !reader.read_record(&mut row).map_err(|_| TableError::NotText)? {
            break;
        }
        let until = offset(&reader);
        let (start, line) = lines.next_record(from);
        if quote_is_open(text.get(start..until).unwrap_or("")) {
            return Err(TableError::OpenQuote { line });
        }
        if row.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let mut cells: Vec<String> = row.iter().map(unescaped).collect();
        match &header {
            None => header = Some(cells.iter().map(|name| name.trim().to_owned()).collect()),
            Some(_) if records.len() == MOST_RECORDS => return Err(TableError::TooManyRows),
            Some(names) => {
                if cells.len() < names.len() {
                    cells.resize(names.len(), String::new());
                }
                records.push(Record { line, cells });
            }
        }
    }
    let header = header.ok_or(TableError::Empty)?;
    Ok(Table { header, records })
}

fn offset<R: std::io::Read>(reader: &csv::Reader<R>) -> usize {
    usize::try_from(reader.position().byte()).unwrap_or(usize::MAX)
}

/// Takes away the apostrophe that [`super::write`] puts before what looks like a formula.
fn unescaped(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if looks_like_a_formula(rest) => rest.to_owned(),
        _ => cell.to_owned(),
    }
}

/// The sign that the first line with text holds most of, outside quotation marks.
fn delimiter(text: &str) -> u8 {
    let (mut counts, mut quoted, mut any) = ([0usize; 3], false, false);
    for byte in text.bytes() {
        match byte {
            b'"' => quoted = !quoted,
            b'\r' | b'\n' if !quoted && any => break,
            b',' if !quoted => counts[0] += 1,
            b';' if !quoted => counts[1] += 1,
            b'\t' if !quoted => counts[2] += 1,
            _ => {}
        }
        any = any || !byte.is_ascii_whitespace();
    }
    match counts {
        [comma, semicolon, tab] if tab > comma && tab > semicolon => b'\t',
        [comma, semicolon, _] if semicolon > comma => b';',
        _ => b',',
    }
}

/// Whether a record ends inside quotation marks. A stray mark in a cell (`5" pipe`) is no harm on
/// one line; it is where a record runs on that an odd number of them swallows what follows.
fn quote_is_open(record: &str) -> bool {
    record.trim_end().contains(['\n', '\r']) && !record.bytes().filter(|b| *b == b'"').count().is_multiple_of(2)
}

/// Counts physical lines from record to record; CRLF, LF and CR each end one.
struct Lines<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str) -> Lines<'t> {
        Lines { text, at: 0, line: 1 }
    }

    /// Where the record read from byte `from` on begins, past blank lines, and on which line.
    fn next_record(&mut self, from: usize) -> (usize, usize) {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            let ends_line = match bytes[self.at] {
                b'\n' => true,
                b'\r' => bytes.get(self.at + 1) != Some(&b'\n'),
                _ => false,
            };
            let in_break = matches!(bytes[self.at], b'\n' | b'\r');
            if self.at >= from && !in_break {
                break;
            }
            self.line += usize::from(ends_line);
            self.at += 1;
        }
        (self.at, self.line)
    }
}
