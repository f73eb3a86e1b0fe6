//! The buttons of a mail as tables: Outlook on Windows pads a cell, and no link.

/// A mail's HTML with each `<p class="button">` of links as a table with a cell for each link.
pub(super) fn drawn(html: &str) -> String {
    const START: &str = "<p class=\"button";
    let (mut out, mut rest) = (String::with_capacity(html.len()), html);
    while let Some((before, row)) = rest.split_once(START) {
        out += before;
        let Some((table, after)) = table(row) else {
            out += START;
            rest = row;
            continue;
        };
        out += &table;
        rest = after;
    }
    out + rest
}

/// The table of a row that reads ` choices"><a href="…">Yes</a> …</p>`, and what comes after it.
fn table(row: &str) -> Option<(String, &str)> {
    let (row, after) = row.split_once("</p>")?;
    let (more, links) = row.split_once("\">")?;
    let mut cells = Vec::new();
    for link in links.split("<a ").skip(1) {
        let (link, _) = link.split_once("</a>")?;
        let cell = match link.starts_with("class=\"second\"") {
            true => "<td class=\"second\">",
            false => "<td bgcolor=\"#1d6242\">",
        };
        cells.push(format!("{cell}<a {link}</a></td>"));
    }
    let table = format!(
        "<table class=\"button{more}\" role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>{}</tr></table>",
        cells.join("<td class=\"gap\">&nbsp;</td>")
    );
    (!cells.is_empty()).then_some((table, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_link_of_a_row_of_buttons_has_a_cell_of_its_own() {
        let row = "<p>x</p><p class=\"button choices\"><a href=\"y\">Yes</a> &nbsp; <a class=\"second\" href=\"n\">No</a></p><p>z</p>";
        assert_eq!(
            drawn(row),
            "<p>x</p><table class=\"button choices\" role=\"presentation\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\
             <td bgcolor=\"#1d6242\"><a href=\"y\">Yes</a></td><td class=\"gap\">&nbsp;</td>\
             <td class=\"second\"><a class=\"second\" href=\"n\">No</a></td></tr></table><p>z</p>"
        );
    }

    #[test]
    fn what_is_no_row_of_buttons_stays_as_it_is() {
        for html in [
            "",
            "<p>x</p>",
            "<p class=\"button\">x</p>",
            "<p class=\"button\"><a href=\"y\">Yes",
        ] {
            assert_eq!(drawn(html), html);
        }
    }
}
