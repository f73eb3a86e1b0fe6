//! What a change changes, field by field; in what people wrote, word by word.

use serde::Serialize;

use crate::meetings::model::Meeting;
use crate::meetings::places::limit_in_words;
use crate::meetings::words;
use crate::platform::text::difference::{self, Piece};

#[derive(Serialize)]
struct Row {
    label: &'static str,
    before: Vec<Piece>,
    after: Vec<Piece>,
}

/// What differs, as `parts/difference` draws it.
#[derive(Serialize)]
pub(super) struct Difference {
    rows: Vec<Row>,
}

pub(super) fn differences(before: &Meeting, after: &Meeting) -> Difference {
    let prose = [
        ("Title", before.title.clone(), after.title.clone()),
        ("Summary", before.summary.clone(), after.summary.clone()),
        ("Speakers", before.speakers.clone(), after.speakers.clone()),
    ];
    let places = |meeting: &Meeting| meeting.places.map_or("no limit".into(), limit_in_words);
    let facts = [
        ("When", words::long(before), words::long(after)),
        ("Time zone", before.time_zone.clone(), after.time_zone.clone()),
        ("Joining link", before.joining_link.clone(), after.joining_link.clone()),
        (
            "What members are shown",
            words::shown_link(before),
            words::shown_link(after),
        ),
        ("Places", places(before), places(after)),
        (
            "Who may see it",
            before.visibility.to_string(),
            after.visibility.to_string(),
        ),
    ];
    let differs = |(_, before, after): &(&str, String, String)| before != after;
    let facts = facts.into_iter().filter(differs).map(|(label, before, after)| {
        let pieces = difference::whole(&before, &after);
        row(label, pieces)
    });
    let prose = prose.into_iter().filter(differs).map(|(label, before, after)| {
        let (before, after) = difference::words(&before, &after);
        row(label, (difference::shortened(before), difference::shortened(after)))
    });
    Difference {
        rows: facts.chain(prose).collect(),
    }
}

fn row(label: &'static str, (before, after): (Vec<Piece>, Vec<Piece>)) -> Row {
    let or_nothing = |mut pieces: Vec<Piece>| {
        if pieces.iter().all(|piece| piece.text.is_empty()) {
            pieces = vec![Piece {
                text: "(nothing)".into(),
                is_changed: false,
            }];
        }
        pieces
    };
    Row {
        label,
        before: or_nothing(before),
        after: or_nothing(after),
    }
}
