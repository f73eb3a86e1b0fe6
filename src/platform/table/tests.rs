//! Tables of every kind a spreadsheet saves, and tables that are attacks.

use super::*;
use proptest::prelude::*;

fn rows(bytes: &[u8]) -> Vec<(usize, Vec<String>)> {
    let table = read(bytes).unwrap();
    table.records.into_iter().map(|r| (r.line, r.cells)).collect()
}

fn row(line: usize, cells: &[&str]) -> (usize, Vec<String>) {
    (line, cells.iter().map(|c| c.to_string()).collect())
}

fn utf16(text: &str, mark: &[u8], bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let mut out = mark.to_vec();
    out.extend(text.encode_utf16().flat_map(bytes));
    out
}

#[test]
fn every_encoding_is_read() {
    let text = "name;town\r\nZoë;Flöha\r\n";
    let cp1252 = b"name;town\r\nZo\xEB;Fl\xF6ha\r\n".to_vec();
    for bytes in [
        text.as_bytes().to_vec(),
        [b"\xEF\xBB\xBF", text.as_bytes()].concat(),
        utf16(text, b"\xFF\xFE", u16::to_le_bytes),
        utf16(text, b"\xFE\xFF", u16::to_be_bytes),
        utf16(text, b"", u16::to_le_bytes),
        utf16(text, b"", u16::to_be_bytes),
        cp1252,
    ] {
        let table = read(&bytes).unwrap();
        assert_eq!(table.header, ["name", "town"]);
        assert_eq!(table.records[0].cells, ["Zoë", "Flöha"]);
    }
    assert_eq!(read(b"\xFF\xFEa\0b"), Err(TableError::NotText));
}

#[test]
fn every_delimiter_is_seen() {
    for text in ["a,b\n1,2;x\t", "a;b\n1;2,x\t", "a\tb\n1\t2,x;", "\n \n\"a,b\";c\n1;2"] {
        let table = read(text.as_bytes()).unwrap();
        assert_eq!(
            (table.header.len(), table.records[0].cells[0].as_str()),
            (2, "1"),
            "{text:?}"
        );
    }
    assert_eq!(
        read(b"email\nana@example.org").unwrap().records[0].cells,
        ["ana@example.org"]
    );
}

#[test]
fn a_record_knows_the_line_where_it_starts() {
    for newline in ["\n", "\r\n", "\r"] {
        let text =
            "name,note\nA,1\n\nB,\"two\nlines\"\n,\n \nC,3\n\"D\",\"a \"\"b\"\"\n\n\"\nE,4".replace('\n', newline);
        let two = format!("two{newline}lines");
        let d = format!("a \"b\"{newline}{newline}");
        assert_eq!(
            rows(text.as_bytes()),
            [
                row(2, &["A", "1"]),
                row(4, &["B", &two]),
                row(8, &["C", "3"]),
                row(9, &["D", &d]),
                row(12, &["E", "4"])
            ],
            "{newline:?}"
        );
    }
}

#[test]
fn short_rows_are_filled_and_long_ones_kept() {
    assert_eq!(rows(b"a,b\n1\n1,2,3\n"), [row(2, &["1", ""]), row(3, &["1", "2", "3"])]);
}

#[test]
fn what_is_too_much_or_nothing_is_refused() {
    assert_eq!(read(b""), Err(TableError::Empty));
    assert_eq!(read(b"\n , \r\n"), Err(TableError::Empty));
    assert_eq!(read(&vec![b'x'; LARGEST_FILE + 1]), Err(TableError::TooLarge));
    let full = format!("a\n{}", "1\n".repeat(MOST_RECORDS));
    assert_eq!(read(full.as_bytes()).unwrap().records.len(), MOST_RECORDS);
    assert_eq!(read(format!("{full}1\n").as_bytes()), Err(TableError::TooManyRows));
    assert_eq!(
        TableError::TooManyRows.to_string(),
        "This file has more than 10,000 rows: split it and import the parts."
    );
}

#[test]
fn a_quotation_mark_left_open_is_named_by_its_line() {
    assert_eq!(read(b"a,b\n1,2\n3,\"4\n5,6\n"), Err(TableError::OpenQuote { line: 3 }));
    assert_eq!(
        rows(b"a,b\n5\" pipe,2\n3,4\n"),
        [row(2, &["5\" pipe", "2"]), row(3, &["3", "4"])]
    );
}

#[test]
fn formula_like_cells_are_written_as_text_and_come_back() {
    let cells = [
        "=1+1", "+44", "-1", "@x", "\tx", "\rx", "\0x", "＝1", "＋1", "－1", "＠1", "'=1", "''=1", "'x", "x=1", "'", "",
    ];
    let written = write(&["a"; 17], [cells]);
    let second = written.split_once("\r\n").unwrap().1;
    assert!(
        second.starts_with("'=1+1,'+44,'-1,'@x,\"'\tx\",\"'\rx\",'\0x,'＝1,'＋1,'－1,'＠1,''=1,'''=1,'x,x=1,',\r\n"),
        "{second}"
    );
    let table = read(written.as_bytes()).unwrap();
    assert_eq!(table.records[0].cells, cells);
}

#[test]
fn columns_are_known_by_many_names() {
    for (raw, key) in [
        ("Full name", "name"),
        ("\u{FEFF}Name", "name"),
        ("E-mail Address", "email"),
        ("Mail", "email"),
        ("EMAIL", "email"),
        ("Organisation", "affiliation"),
        ("Organization", "affiliation"),
        ("Institution", "affiliation"),
        ("Country", "country"),
        ("Time zone", "time_zone"),
        ("TimeZone", "time_zone"),
        ("TZ", "time_zone"),
        ("Role", "role"),
        ("Interests", "interests"),
        ("Date joined", "joined_on"),
        ("Joined", "joined_on"),
        ("joined_on", "joined_on"),
        (" Consent ", "consent"),
        ("Happened on", "happened_on"),
        ("Shoe size", "shoe_size"),
        ("", ""),
        ("--", ""),
    ] {
        assert_eq!(header_key(raw), key, "{raw}");
        assert_eq!(header_key(key), key);
    }
    let table = read(b"Mail;Name\n ana@example.org ;Ana").unwrap();
    assert_eq!(table.records[0].cell(table.column("email")), "ana@example.org");
    assert_eq!(table.records[0].cell(table.column("role")), "");
}

fn cell() -> impl Strategy<Value = String> {
    prop_oneof![".{0,20}", "[=+@'\", ;\\t\\r\\n＝x-]{0,8}",]
}

proptest! {
    #[test]
    fn export_import_export_gives_the_same_bytes(
        grid in prop::collection::vec(prop::collection::vec(cell(), 2), 0..8)
    ) {
        let header = ["name", "note"];
        let mut grid = grid;
        for (number, row) in grid.iter_mut().enumerate() {
            row.push(format!("id{number}"));
        }
        let first = write(&[header[0], header[1], "id"], &grid);
        let table = read(first.as_bytes()).unwrap();
        let cells: Vec<Vec<String>> = table.records.iter().map(|r| r.cells.clone()).collect();
        prop_assert_eq!(&cells, &grid);
        prop_assert_eq!(write(&table.header, &cells), first);
        let lines: Vec<usize> = table.records.iter().map(|r| r.line).collect();
        prop_assert!(lines.is_sorted_by(|a, b| a < b) && lines.iter().all(|line| *line > 1));
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read(&bytes);
    }
}
