//! The readable last part of an address: `a-year-of-link-workers`.

const LONGEST: usize = 80;
const FALLBACK: &str = "untitled";

/// Lower-case ASCII letters, digits and single hyphens; at most 80, never empty.
pub fn slug(title: &str) -> String {
    let mut out = String::new();
    for c in title.chars() {
        match c {
            'a'..='z' | '0'..='9' => out.push(c),
            'A'..='Z' => out.push(c.to_ascii_lowercase()),
            // An apostrophe joins: "workers' networks" is "workers-networks".
            '\'' | '’' | '‘' => {}
            c => match latin(c) {
                Some(letters) => out.push_str(letters),
                None if out.is_empty() || out.ends_with('-') => {}
                // Combining marks belong to the letter before them.
                None if ('\u{300}'..='\u{36f}').contains(&c) => {}
                None => out.push('-'),
            },
        }
        if out.len() > LONGEST {
            break;
        }
    }
    let cut = shortened(&out, LONGEST);
    if cut.is_empty() {
        FALLBACK.to_owned()
    } else {
        cut.to_owned()
    }
}

/// `slug` with `-n` behind it, still within 80: for the second of the same title.
pub fn with_number(slug: &str, n: usize) -> String {
    let number = format!("-{n}");
    let stem = shortened(slug, LONGEST.saturating_sub(number.len()));
    format!("{stem}{number}")
}

/// At most `max` of an ASCII slug, cut between words where there is a place to cut.
fn shortened(slug: &str, max: usize) -> &str {
    let kept = match slug.get(..max) {
        Some(head) if slug.len() > max => match head.rfind('-') {
            Some(hyphen) if hyphen > max / 2 && slug.as_bytes()[max] != b'-' => &head[..hyphen],
            _ => head,
        },
        _ => slug,
    };
    kept.trim_matches('-')
}

/// The ASCII spelling of a Latin letter, in lower case.
fn latin(c: char) -> Option<&'static str> {
    let lower = c.to_lowercase().next().unwrap_or(c);
    Some(match lower {
        'à' | 'á' | 'â' | 'ã' | 'å' | 'ā' | 'ă' | 'ą' | 'ǎ' | 'ạ' | 'ả' => "a",
        'ä' | 'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ế' | 'ề' | 'ệ' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' | 'i' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ộ' => "o",
        'ö' | 'ø' | 'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' => "u",
        'ü' => "ue",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn titles_become_readable_addresses() {
        for (title, expected) in [
            ("A year of link workers", "a-year-of-link-workers"),
            (
                "  Link workers’ networks: more  deprived areas. ",
                "link-workers-networks-more-deprived-areas",
            ),
            ("Culture & health — 2024–25", "culture-health-2024-25"),
            ("Straße, Øresund, Łódź, İzmir", "strasse-oeresund-lodz-izmir"),
            ("Cafe\u{301} society", "cafe-society"),
            ("../../etc/passwd", "etc-passwd"),
            ("<script>", "script"),
            ("社会的処方", "untitled"),
            ("", "untitled"),
        ] {
            assert_eq!(slug(title), expected);
        }
    }

    #[test]
    fn a_long_title_is_cut_between_words() {
        let cut = slug(&"social prescribing ".repeat(10));
        assert_eq!(
            cut,
            "social-prescribing-social-prescribing-social-prescribing-social-prescribing"
        );
        assert_eq!(slug(&"x".repeat(300)).len(), 80);
    }

    #[test]
    fn a_number_still_fits() {
        assert_eq!(with_number("annual-day", 2), "annual-day-2");
        assert_eq!(with_number(&"x".repeat(80), 12).len(), 80);
    }

    proptest! {
        #[test]
        fn any_title_gives_a_sound_slug(title in ".{0,200}", n in 2usize..2000) {
            let one = slug(&title);
            for s in [with_number(&one, n), one.clone()] {
                prop_assert!((1..=80).contains(&s.len()));
                prop_assert!(s.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
                prop_assert!(!s.starts_with('-') && !s.ends_with('-') && !s.contains("--"));
            }
            prop_assert_eq!(slug(&one), one);
        }
    }
}
