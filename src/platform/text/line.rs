//! Answers of one line and of many: trimmed, measured, without control characters.
//!
//! Why refuse in a line but strip in a text: a control character in a name is an attack or a
//! broken paste and its owner should know; in long text pasted from a word processor it is common.

/// Whether `c` has no place in one line: C0 and C1 controls, Unicode's line and paragraph
/// separators, and the marks that turn the direction of what follows.
pub fn is_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// One trimmed line of at most `max` characters; it may be empty, and is if nobody could see it.
pub fn one_line(raw: &str, max: usize) -> Result<String, String> {
    let line = raw.trim();
    if line.chars().any(is_control) {
        return Err("Write this on one line, without line breaks or control characters.".into());
    }
    if line.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
        return Ok(String::new());
    }
    let count = line.chars().count();
    if count > max {
        return Err(too_long(max, count));
    }
    Ok(line.to_owned())
}

/// Whether nothing is drawn for `c` by itself (Unicode's default-ignorable characters, and Hangul's fillers): a name of
/// nothing else is no name.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
            | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{E0000}'..='\u{E0FFF}'
    )
}

/// `raw` on one line: line breaks become spaces, other control characters go.
pub fn clean_line(raw: &str) -> String {
    let spaced: String = raw
        .chars()
        .filter_map(|c| match c {
            '\t' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
            c if is_control(c) => None,
            c => Some(c),
        })
        .collect();
    let mut line = String::with_capacity(spaced.len());
    for word in spaced.split(' ').filter(|word| !word.is_empty()) {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

/// Text of several paragraphs, its newlines as `\n`; from `min` to `max` characters.
pub fn paragraphs(raw: &str, min: usize, max: usize) -> Result<String, String> {
    let text: String = raw
        .replace("\r\n", "\n")
        .chars()
        .filter_map(|c| match c {
            '\r' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some('\n'),
            '\n' => Some('\n'),
            '\t' => Some(' '),
            c if is_control(c) => None,
            c => Some(c),
        })
        .collect();
    let text = text.trim_start_matches('\n').trim_end();
    let text = if text.trim().is_empty() { "" } else { text };
    let count = text.trim().chars().count();
    if count < min {
        let unit = if min == 1 { "character" } else { "characters" };
        return Err(format!(
            "Write at least {} {unit}: you have {}.",
            thousands(min),
            thousands(count)
        ));
    }
    if count > max {
        return Err(too_long(max, count));
    }
    Ok(text.to_owned())
}

/// A coordinator's words as the HTML of a mail shows them: paragraphs of lines.
pub fn blocks(message: &str) -> Vec<Vec<String>> {
    let lines: Vec<&str> = message.lines().collect();
    lines
        .split(|line| line.trim().is_empty())
        .filter(|paragraph| !paragraph.is_empty())
        .map(|paragraph| paragraph.iter().map(|line| (*line).to_owned()).collect())
        .collect()
}

/// At most `max` characters of `raw` on one line, for quoting it in a sentence.
pub fn excerpt(raw: &str, max: usize) -> String {
    let line = clean_line(raw);
    if line.chars().count() <= max {
        return line;
    }
    let mut cut: String = line.chars().take(max.saturating_sub(1)).collect();
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

fn too_long(max: usize, count: usize) -> String {
    format!(
        "Write at most {} characters: you have {}.",
        thousands(max),
        thousands(count)
    )
}

fn thousands(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_trimmed_and_measured_in_characters() {
        assert_eq!(one_line("  Žofie Müller \n", 12), Ok("Žofie Müller".into()));
        assert_eq!(
            one_line("Žofie Müller", 11),
            Err("Write at most 11 characters: you have 12.".into())
        );
        assert_eq!(one_line("   ", 10), Ok(String::new()));
        for unseen in ["\u{200b}", "\u{2060} \u{200b}", "\u{3164}", "\u{feff}\u{ad}"] {
            assert_eq!(one_line(unseen, 10), Ok(String::new()), "{unseen:?}");
        }
        assert_eq!(
            one_line("A\u{200d}B", 10),
            Ok("A\u{200d}B".into()),
            "joiners within a name stay"
        );
    }

    #[test]
    fn every_control_character_inside_a_line_is_refused() {
        for control in "\0\u{1}\t\r\n\u{7f}\u{85}\u{9f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2066}\u{2069}".chars() {
            assert!(one_line(&format!("a{control}b"), 10).is_err(), "{control:?}");
            assert!(
                !clean_line(&format!("a{control}b")).chars().any(is_control),
                "{control:?}"
            );
        }
        assert!(one_line("Bcc: victim@example.org\r\nX-Injected: 1", 200).is_err());
    }

    #[test]
    fn a_cleaned_line_keeps_its_words_apart() {
        assert_eq!(clean_line(" Ana\r\nBcc: x\u{202e}\0 "), "Ana Bcc: x");
    }

    #[test]
    fn paragraphs_keep_their_breaks_and_lose_controls() {
        assert_eq!(
            paragraphs("\r\nOne\r\n\r\nTwo\rThree\u{2028}Four\0\u{202e}\t.\n \n", 1, 100),
            Ok("One\n\nTwo\nThree\nFour .".into())
        );
    }

    #[test]
    fn too_short_and_too_long_say_by_how_much() {
        assert_eq!(
            paragraphs(" I care ", 20, 100),
            Err("Write at least 20 characters: you have 6.".into())
        );
        assert_eq!(
            paragraphs(" \n\t ", 1, 100),
            Err("Write at least 1 character: you have 0.".into())
        );
        assert_eq!(
            paragraphs(&"x".repeat(6012), 20, 5000),
            Err("Write at most 5,000 characters: you have 6,012.".into())
        );
    }

    #[test]
    fn an_excerpt_fits() {
        assert_eq!(excerpt("Atlantis", 8), "Atlantis");
        assert_eq!(excerpt("The lost\ncity of Atlantis", 10), "The lost…");
    }
}
