//! What an edit of a meeting is worth: nothing, a quiet update, or a raised SEQUENCE.
//!
//! Why a new joining link is nothing while everybody holds a link of their own: what stands in their mail and their
//! calendar stays right, for the link behind it is looked up at the press. So a coordinator can replace a link that
//! has reached strangers minutes before a meeting, add one that was missing, or take one away, and no calendar stirs.
//! Giving everybody such a link, or taking it back, changes what they were told, and raises SEQUENCE.

use crate::platform::clock::At;

/// What people were told of a meeting, for comparison with what they would be told now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Facts {
    pub starts_at: At,
    pub ends_at: At,
    /// The link that everyone was told; none while each has their own.
    pub joining_link: Option<String>,
    pub has_own_links: bool,
    pub title: String,
    pub summary: String,
    pub speakers: Vec<String>,
}

/// What differs between two [`Facts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// The meeting needs a new SEQUENCE (see [`raised`]).
    pub raises_sequence: bool,
    /// Everyone is asked again.
    pub time_changed: bool,
    /// There is something to tell at all.
    pub anything: bool,
}

/// Compares: the time and the joining link raise SEQUENCE, a typo does not.
///
/// A new status (cancelled, scheduled again) raises it too; that is not an edit, so it is not here.
pub fn material_change(before: &Facts, after: &Facts) -> Change {
    let time_changed = (before.starts_at, before.ends_at) != (after.starts_at, after.ends_at);
    Change {
        raises_sequence: time_changed
            || before.joining_link != after.joining_link
            || before.has_own_links != after.has_own_links,
        time_changed,
        anything: before != after,
    }
}

/// The meeting's next SEQUENCE: above its own and above all that anybody was ever sent.
pub fn raised(current: i32, every_sequence_sent: impl Iterator<Item = i32>) -> i32 {
    every_sequence_sent.fold(current, i32::max).saturating_add(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::clock::minutes;

    fn facts() -> Facts {
        Facts {
            starts_at: At::from_unix(1_800_000_000),
            ends_at: At::from_unix(1_800_003_600),
            joining_link: Some("https://meet.example.org/maps".into()),
            has_own_links: false,
            title: "Maps".into(),
            summary: "What maps leave out.".into(),
            speakers: vec!["The mapping group".into()],
        }
    }

    #[test]
    fn time_and_link_raise_the_sequence_and_words_do_not() {
        type Edit = fn(&mut Facts);
        let cases: [(Edit, Change); 8] = [
            (
                |_| {},
                Change {
                    raises_sequence: false,
                    time_changed: false,
                    anything: false,
                },
            ),
            (
                |f| f.starts_at = f.starts_at.plus(minutes(30)),
                Change {
                    raises_sequence: true,
                    time_changed: true,
                    anything: true,
                },
            ),
            (
                |f| f.ends_at = f.ends_at.plus(minutes(30)),
                Change {
                    raises_sequence: true,
                    time_changed: true,
                    anything: true,
                },
            ),
            (
                |f| f.joining_link = None,
                Change {
                    raises_sequence: true,
                    time_changed: false,
                    anything: true,
                },
            ),
            (
                |f| f.has_own_links = true,
                Change {
                    raises_sequence: true,
                    time_changed: false,
                    anything: true,
                },
            ),
            (
                |f| f.title.push('s'),
                Change {
                    raises_sequence: false,
                    time_changed: false,
                    anything: true,
                },
            ),
            (
                |f| f.summary.clear(),
                Change {
                    raises_sequence: false,
                    time_changed: false,
                    anything: true,
                },
            ),
            (
                |f| f.speakers.clear(),
                Change {
                    raises_sequence: false,
                    time_changed: false,
                    anything: true,
                },
            ),
        ];
        for (index, (edit, expected)) in cases.into_iter().enumerate() {
            let mut after = facts();
            edit(&mut after);
            assert_eq!(material_change(&facts(), &after), expected, "case {index}");
        }
    }

    #[test]
    fn the_next_sequence_is_above_everything_sent() {
        assert_eq!(raised(0, [].into_iter()), 1);
        assert_eq!(raised(2, [0, 1, 2].into_iter()), 3);
        assert_eq!(raised(2, [0, 7, 2].into_iter()), 8);
    }
}
