//! Writing a table that every spreadsheet reads and none runs.

use super::looks_like_a_formula;

/// The table as RFC 4180 has it: commas, CRLF, quotation marks where they are needed.
pub fn write<H, R, C>(header: &[H], rows: R) -> String
where
    H: AsRef<str>,
    R: IntoIterator,
    R::Item: IntoIterator<Item = C>,
    C: AsRef<str>,
{
    let mut out = String::new();
    write_row(&mut out, header.iter());
    for row in rows {
        write_row(&mut out, row);
    }
    out
}

fn write_row<C: AsRef<str>>(out: &mut String, cells: impl IntoIterator<Item = C>) {
    for (index, cell) in cells.into_iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_cell(out, cell.as_ref());
    }
    out.push_str("\r\n");
}

fn write_cell(out: &mut String, cell: &str) {
    let apostrophe = if looks_like_a_formula(cell) { "'" } else { "" };
    // Outer spaces are quoted because some readers trim; semicolons and tabs because a spreadsheet
    // that splits at them would find a formula behind one.
    let quoted = cell.contains([',', ';', '\t', '"', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ');
    if quoted {
        out.push('"');
        out.push_str(apostrophe);
        out.push_str(&cell.replace('"', "\"\""));
        out.push('"');
    } else {
        out.push_str(apostrophe);
        out.push_str(cell);
    }
}
