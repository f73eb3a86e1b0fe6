//! What differs between two texts, word by word (the greedy algorithm of Myers, 1986).

use serde::Serialize;

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    pub text: String,
    /// The other text has it not.
    pub is_changed: bool,
}

/// More edits than these are no longer a difference but another text.
const MOST_EDITS: usize = 400;
/// Of what both texts share at a stretch, so much is shown at each end.
const CONTEXT: usize = 90;

/// Both texts in pieces, in their order.
pub fn words(before: &str, after: &str) -> (Vec<Piece>, Vec<Piece>) {
    let (old, new) = (tokens(before), tokens(after));
    let (kept_old, kept_new) = kept(&old, &new);
    (pieces(&old, &kept_old), pieces(&new, &kept_new))
}

/// Both texts as one piece each.
pub fn whole(before: &str, after: &str) -> (Vec<Piece>, Vec<Piece>) {
    let piece = |text: &str| {
        vec![Piece {
            text: text.to_owned(),
            is_changed: true,
        }]
    };
    (piece(before), piece(after))
}

/// The same with long stretches that both share cut to what stands next to a change.
pub fn shortened(pieces: Vec<Piece>) -> Vec<Piece> {
    let last = pieces.len().saturating_sub(1);
    let short = pieces.into_iter().enumerate().map(|(at, piece)| {
        let chars: Vec<char> = piece.text.chars().collect();
        if piece.is_changed || chars.len() <= 3 * CONTEXT {
            return piece;
        }
        let head: String = chars[..CONTEXT].iter().collect();
        let tail: String = chars[chars.len() - CONTEXT..].iter().collect();
        let text = match (at == 0, at == last) {
            (true, true) => piece.text,
            (true, false) => format!("… {tail}"),
            (false, true) => format!("{head} …"),
            (false, false) => format!("{head} … {tail}"),
        };
        Piece { text, ..piece }
    });
    short.collect()
}

/// Words, white space, and every other character by itself.
fn tokens(text: &str) -> Vec<&str> {
    let kind = |c: char| match c {
        c if c.is_alphanumeric() => 1,
        c if c.is_whitespace() => 2,
        _ => 0,
    };
    let mut found = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| kind(*next));
        if kind(c) == 0 || next != Some(kind(c)) {
            let end = at + c.len_utf8();
            found.push(&text[start..end]);
            start = end;
        }
    }
    found
}

/// Which tokens of each text the other has too.
fn kept(old: &[&str], new: &[&str]) -> (Vec<bool>, Vec<bool>) {
    let start = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (old_rest, new_rest) = (&old[start..], &new[start..]);
    let end = old_rest
        .iter()
        .rev()
        .zip(new_rest.iter().rev())
        .take_while(|(a, b)| a == b)
        .count();
    let old_mid = &old_rest[..old_rest.len() - end];
    let new_mid = &new_rest[..new_rest.len() - end];
    let (mut kept_old, mut kept_new) = (vec![true; old.len()], vec![true; new.len()]);
    kept_old[start..start + old_mid.len()].fill(false);
    kept_new[start..start + new_mid.len()].fill(false);
    for (a, b) in common(old_mid, new_mid).unwrap_or_default() {
        kept_old[start + a] = true;
        kept_new[start + b] = true;
    }
    (kept_old, kept_new)
}

/// The pairs of places at which both have the same token; `None` if that takes too many edits.
fn common(old: &[&str], new: &[&str]) -> Option<Vec<(usize, usize)>> {
    let most = (old.len() + new.len()).min(MOST_EDITS);
    // `furthest[k + most]`: how far the best path on diagonal `k = x − y` has come in `old`.
    let mut furthest = vec![0usize; 2 * most + 2];
    let mut trace = Vec::new();
    for edits in 0..=most {
        trace.push(furthest.clone());
        for at in (most - edits..=most + edits).step_by(2) {
            let mut x = from_above(&furthest, at, most, edits).0;
            let Some(mut y) = (x + most).checked_sub(at) else {
                continue;
            };
            while x < old.len() && y < new.len() && old[x] == new[y] {
                x += 1;
                y += 1;
            }
            furthest[at] = x;
            if x >= old.len() && y >= new.len() {
                return Some(backwards(&trace, most, old.len(), new.len()));
            }
        }
    }
    None
}

/// Where a path on diagonal `at` comes from: how far it is in `old`, and on which diagonal it was.
fn from_above(furthest: &[usize], at: usize, most: usize, edits: usize) -> (usize, usize) {
    let is_lowest = at == most - edits;
    let is_highest = at == most + edits;
    if edits == 0 {
        (0, at)
    } else if is_lowest || (!is_highest && furthest[at - 1] < furthest[at + 1]) {
        (furthest[at + 1], at + 1)
    } else {
        (furthest[at - 1] + 1, at - 1)
    }
}

fn backwards(trace: &[Vec<usize>], most: usize, mut x: usize, mut y: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for (edits, furthest) in trace.iter().enumerate().rev() {
        let at = x + most - y;
        let (came_x, came_at) = from_above(furthest, at, most, edits);
        let came_y = came_x + most - at;
        while x > came_x && y > came_y {
            x -= 1;
            y -= 1;
            pairs.push((x, y));
        }
        if edits > 0 {
            x = furthest[came_at];
            y = x + most - came_at;
        }
    }
    pairs
}

fn pieces(tokens: &[&str], kept: &[bool]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (token, is_kept) in tokens.iter().zip(kept) {
        match pieces.last_mut().filter(|last| last.is_changed != *is_kept) {
            Some(last) => last.text.push_str(token),
            None => pieces.push(Piece {
                text: (*token).to_owned(),
                is_changed: !is_kept,
            }),
        }
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Changed stretches in brackets.
    fn marked(pieces: &[Piece]) -> String {
        let marked = pieces.iter().map(|piece| match piece.is_changed {
            true => format!("[{}]", piece.text),
            false => piece.text.clone(),
        });
        marked.collect()
    }

    #[test]
    fn only_the_words_that_differ_are_marked() {
        let cases = [
            ("", "", "", ""),
            ("Maps", "Maps", "Maps", "Maps"),
            ("Maps", "", "[Maps]", ""),
            ("", "Maps", "", "[Maps]"),
            (
                "Maps and gardnes.",
                "Maps and gardens.",
                "Maps and [gardnes].",
                "Maps and [gardens].",
            ),
            ("one two three", "one three", "one [two ]three", "one three"),
            ("a b c", "x b y", "[a] b [c]", "[x] b [y]"),
            ("one\ntwo", "one\n\ntwo", "one[\n]two", "one[\n\n]two"),
            ("ä ö", "ä ü", "ä [ö]", "ä [ü]"),
        ];
        for (before, after, was, will_be) in cases {
            let (old, new) = words(before, after);
            assert_eq!(
                (marked(&old), marked(&new)),
                (was.into(), will_be.into()),
                "{before} → {after}"
            );
        }
    }

    /// A small generator, so that a failure can be told again.
    fn text(seed: &mut u64, length: usize) -> String {
        let mut next = || {
            *seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (*seed >> 33) as usize
        };
        (0..length)
            .map(|_| ["a", "b", "c ", " ", "é", ".", "\n", "dd"][next() % 8])
            .collect()
    }

    #[test]
    fn nothing_is_lost_and_what_is_shared_is_the_same_on_both_sides() {
        let mut seed = 7;
        for length in 0..120 {
            let (before, after) = (text(&mut seed, length), text(&mut seed, 120 - length));
            let (old, new) = words(&before, &after);
            let all = |pieces: &[Piece]| pieces.iter().map(|piece| piece.text.as_str()).collect::<String>();
            let shared = |pieces: &[Piece]| {
                let same = pieces.iter().filter(|piece| !piece.is_changed);
                same.map(|piece| piece.text.as_str()).collect::<String>()
            };
            assert_eq!((all(&old), all(&new)), (before, after));
            assert_eq!(shared(&old), shared(&new));
        }
    }

    #[test]
    fn another_text_is_marked_whole_and_a_long_one_is_cut() {
        let (before, after) = (
            (0..3_000).map(|n| format!("a{n} ")).collect::<String>(),
            (0..3_000).map(|n| format!("b{n} ")).collect::<String>(),
        );
        let (old, _) = words(&before, &after);
        let kept = old
            .iter()
            .filter(|piece| !piece.is_changed)
            .map(|piece| piece.text.as_str());
        assert_eq!(kept.collect::<Vec<_>>(), [" "], "the last space");
        let long = "word ".repeat(400);
        let (old, _) = words(&format!("{long}gardnes {long}"), &format!("{long}gardens {long}"));
        let short = shortened(old);
        let text: String = short.iter().map(|piece| piece.text.as_str()).collect();
        assert!(
            text.contains("gardnes") && text.len() < 400 && text.starts_with('…') && text.ends_with('…'),
            "{text}"
        );
    }
}
