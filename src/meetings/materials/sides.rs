//! Two texts side by side, with the lines marked that only one of them has.

use serde::Serialize;

/// A line of one text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub text: String,
    pub is_only_here: bool,
}

/// Beyond so many pairs of lines all that differs is marked, without looking for what moved.
const MOST: usize = 4_000_000;

/// The lines of both texts.
pub fn sides(left: &str, right: &str) -> (Vec<Line>, Vec<Line>) {
    let (a, b): (Vec<&str>, Vec<&str>) = (left.lines().collect(), right.lines().collect());
    let before = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    let room = a.len().min(b.len()) - before;
    let after = a
        .iter()
        .rev()
        .zip(b.iter().rev())
        .take(room)
        .take_while(|(a, b)| a == b)
        .count();
    let (mid_a, mid_b) = (&a[before..a.len() - after], &b[before..b.len() - after]);
    let kept = common(mid_a, mid_b);
    let mark = |lines: &[&str], kept: &[bool]| {
        let marked = lines.iter().enumerate().map(|(at, text)| Line {
            text: (*text).to_owned(),
            is_only_here: at >= before && at < lines.len() - after && !kept[at - before],
        });
        marked.collect()
    };
    (mark(&a, &kept.0), mark(&b, &kept.1))
}

/// Which lines belong to the longest common subsequence.
fn common(a: &[&str], b: &[&str]) -> (Vec<bool>, Vec<bool>) {
    let (mut in_a, mut in_b) = (vec![false; a.len()], vec![false; b.len()]);
    if a.len().saturating_mul(b.len()) > MOST {
        return (in_a, in_b);
    }
    let width = b.len() + 1;
    let mut longest = vec![0u16; (a.len() + 1) * width];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i * width + j] = if a[i] == b[j] {
                longest[(i + 1) * width + j + 1].saturating_add(1)
            } else {
                longest[(i + 1) * width + j].max(longest[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            (in_a[i], in_b[j]) = (true, true);
            (i, j) = (i + 1, j + 1);
        } else if longest[(i + 1) * width + j] >= longest[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    (in_a, in_b)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn only(lines: &[Line]) -> Vec<&str> {
        lines
            .iter()
            .filter(|line| line.is_only_here)
            .map(|line| line.text.as_str())
            .collect()
    }

    #[test]
    fn what_only_one_text_has_is_marked() {
        for (left, right, in_left, in_right) in [
            ("", "", vec![], vec![]),
            ("a\nb", "a\nb", vec![], vec![]),
            ("a\nb\nc", "a\nx\nc", vec!["b"], vec!["x"]),
            ("a\na", "a", vec!["a"], vec![]),
            ("", "new", vec![], vec!["new"]),
            ("a\nb\nc\nd", "c\nd\na\nb", vec!["a", "b"], vec!["a", "b"]),
        ] {
            let (a, b) = sides(left, right);
            assert_eq!((only(&a), only(&b)), (in_left, in_right), "{left:?} {right:?}");
            assert_eq!(a.len(), left.lines().count());
        }
        let long: String = (0..3_000).map(|n| format!("{n}\n")).collect();
        let other: String = (0..3_000).map(|n| format!("x{n}\n")).collect();
        assert_eq!(only(&sides(&long, &other).0).len(), 3_000);
    }
}
