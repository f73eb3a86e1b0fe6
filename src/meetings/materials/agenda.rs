//! The agenda as coordinators type it, one point a line: `15:00 Welcome | The chair`.
//!
//! Times are on the clocks of the meeting's zone; kept as minutes after its start, so that the agenda moves with it.

use data_encoding::HEXLOWER;
use jiff::SignedDuration;
use jiff::civil::Date;
use sha2::{Digest, Sha256};

use super::model::Item;
use crate::meetings::model::Meeting;
use crate::platform::clock::{At, minutes};
use crate::platform::text::line::{clean_line, excerpt};
use crate::platform::text::zone::{self, LocalTimeProblem};

const MOST: usize = 60;
const LONGEST: usize = 200;

/// Reads what was typed, or says which line is wrong and why.
pub fn parse(text: &str, meeting: &Meeting) -> Result<Vec<Item>, String> {
    let mut items: Vec<Item> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = clean_line(line);
        if line.is_empty() {
            continue;
        }
        let item = item(&line, meeting).map_err(|why| format!("Line {}: {why}", number + 1))?;
        if items
            .last()
            .is_some_and(|before| before.offset_minutes > item.offset_minutes)
        {
            return Err(format!("Line {}: it begins before the line above.", number + 1));
        }
        items.push(item);
    }
    if items.len() > MOST {
        return Err(format!(
            "An agenda has at most {MOST} points: you have {}.",
            items.len()
        ));
    }
    Ok(items)
}

fn item(line: &str, meeting: &Meeting) -> Result<Item, String> {
    let (time, rest) = line.split_once(' ').unwrap_or((line, ""));
    let Some(clock) = clock(time) else {
        return Err(format!(
            "“{}” does not begin with a time such as 15:00.",
            excerpt(line, 40)
        ));
    };
    let (title, speaker) = rest.split_once('|').unwrap_or((rest, ""));
    let (title, speaker) = (title.trim(), speaker.trim());
    if title.is_empty() {
        return Err("say what happens then.".into());
    }
    if title.chars().count() > LONGEST || speaker.chars().count() > LONGEST {
        return Err(format!(
            "write at most {LONGEST} characters for the title and for the speaker."
        ));
    }
    let at = during(meeting, &clock).ok_or_else(|| {
        let local = |at| zone::utc_to_local(at, &meeting.time_zone);
        let hour = |at| {
            local(at)
                .split_once('T')
                .map(|(_, hour)| hour.to_owned())
                .unwrap_or_default()
        };
        format!(
            "{clock} is not within the meeting, which is from {} to {}.",
            hour(meeting.starts_at),
            hour(meeting.ends_at)
        )
    })?;
    let offset = at.since(meeting.starts_at).as_secs() / 60;
    Ok(Item {
        offset_minutes: i32::try_from(offset).unwrap_or(0),
        title: title.to_owned(),
        speaker: speaker.to_owned(),
    })
}

/// `9:05` or `9.05` as `09:05`.
fn clock(text: &str) -> Option<String> {
    let (hour, minute) = text.split_once([':', '.'])?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    if !is_number(hour) || hour.len() > 2 || !is_number(minute) || minute.len() != 2 {
        return None;
    }
    let (hour, minute): (u8, u8) = (hour.parse().ok()?, minute.parse().ok()?);
    (hour < 24 && minute < 60).then(|| format!("{hour:02}:{minute:02}"))
}

/// The first instant of the meeting at which its clocks show this.
fn during(meeting: &Meeting, clock: &str) -> Option<At> {
    let rules = zone::time_zone(&meeting.time_zone);
    let day = |at: At| at.in_zone(&rules).date();
    let is_within = |at: &At| *at >= meeting.starts_at && *at < meeting.ends_at;
    let days: [Date; 2] = [day(meeting.starts_at), day(meeting.ends_at)];
    days.into_iter().find_map(
        |day| match zone::local_to_utc(&format!("{day}T{clock}"), &meeting.time_zone) {
            Ok(at) => Some(at).filter(is_within),
            Err(LocalTimeProblem::Fold { first, second }) => [first, second].into_iter().find(is_within),
            Err(_) => None,
        },
    )
}

/// The agenda as it would be typed.
pub fn typed(items: &[Item], meeting: &Meeting) -> String {
    let lines = items.iter().map(|item| {
        let local = zone::utc_to_local(starts(item, meeting), &meeting.time_zone);
        let clock = local.split_once('T').map(|(_, clock)| clock).unwrap_or_default();
        match item.speaker.is_empty() {
            true => format!("{clock} {}", item.title),
            false => format!("{clock} {} | {}", item.title, item.speaker),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Tells one agenda from another, for forms that stand open while somebody else saves.
pub fn mark(items: &[Item]) -> String {
    let mut hash = Sha256::new();
    for item in items {
        hash.update(format!("{}\0{}\0{}\0", item.offset_minutes, item.title, item.speaker));
    }
    HEXLOWER.encode(&hash.finalize()[..8])
}

fn starts(item: &Item, meeting: &Meeting) -> At {
    meeting.starts_at.plus(minutes(i64::from(item.offset_minutes)))
}

/// From when to when each point is: to the next later one, the last to the meeting's end.
pub fn times(items: &[Item], meeting: &Meeting) -> Vec<(At, At)> {
    let times = items.iter().enumerate().map(|(at, item)| {
        let begins = starts(item, meeting);
        let later = items[at..]
            .iter()
            .map(|next| starts(next, meeting))
            .find(|next| *next > begins);
        let ends = later.unwrap_or(meeting.ends_at);
        (
            begins,
            if ends.since(begins) > SignedDuration::ZERO {
                ends
            } else {
                begins
            },
        )
    });
    times.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::meetings::model::{MeetingId, Status, Visibility};

    pub(crate) fn meeting(starts: &str, ends: &str) -> Meeting {
        let at = |text| At::parse(text).unwrap();
        Meeting {
            places: None,
            has_own_links: false,
            id: MeetingId::new(),
            uid: String::new(),
            slug: "maps".into(),
            title: "Maps".into(),
            summary: String::new(),
            starts_local: String::new(),
            ends_local: String::new(),
            time_zone: "Europe/London".into(),
            starts_at: at(starts),
            ends_at: at(ends),
            joining_link: String::new(),
            speakers: String::new(),
            visibility: Visibility::Public,
            status: Status::Scheduled,
            sequence: 0,
            cancel_reason: String::new(),
            cancelled_at: None,
            scheduled_at: None,
            pending: None,
            pending_by: None,
            pending_at: None,
            version: 1,
            created_at: at(starts),
            updated_at: at(starts),
        }
    }

    #[test]
    fn an_agenda_is_read_and_written_back() {
        let meeting = meeting("2027-07-01T14:00:00Z", "2027-07-01T15:30:00Z");
        let items = parse(
            "15:00 Welcome | The chair\n\n 15.10  Maps \n15:10 Gardens|A gardener",
            &meeting,
        )
        .unwrap();
        let offsets: Vec<i32> = items.iter().map(|item| item.offset_minutes).collect();
        assert_eq!(offsets, [0, 10, 10]);
        let text = typed(&items, &meeting);
        assert_eq!(
            text,
            "15:00 Welcome | The chair\n15:10 Maps\n15:10 Gardens | A gardener"
        );
        assert_eq!(parse(&text, &meeting).unwrap(), items);
        let lasts: Vec<i64> = times(&items, &meeting)
            .iter()
            .map(|(a, b)| b.since(*a).as_secs() / 60)
            .collect();
        assert_eq!(lasts, [10, 80, 80]);
    }

    #[test]
    fn each_wrong_line_is_named_by_its_number() {
        let meeting = meeting("2027-07-01T14:00:00Z", "2027-07-01T15:30:00Z");
        for (typed, said) in [
            ("Welcome", "Line 1: “Welcome” does not begin with a time such as 15:00."),
            ("\n15:00", "Line 2: say what happens then."),
            ("15:00 | Chair", "Line 1: say what happens then."),
            (
                "14:59 Early",
                "Line 1: 14:59 is not within the meeting, which is from 15:00 to 16:30.",
            ),
            (
                "16:30 Late",
                "Line 1: 16:30 is not within the meeting, which is from 15:00 to 16:30.",
            ),
            ("15:20 b\n15:10 a", "Line 2: it begins before the line above."),
            ("25:00 x", "Line 1: “25:00 x” does not begin with a time such as 15:00."),
            ("+3:+4 x", "Line 1: “+3:+4 x” does not begin with a time such as 15:00."),
        ] {
            assert_eq!(parse(typed, &meeting).unwrap_err(), said);
        }
    }

    #[test]
    fn over_midnight_and_in_the_hour_that_happens_twice_a_time_is_still_one() {
        let night = meeting("2027-07-01T22:00:00Z", "2027-07-02T00:30:00Z");
        let items = parse("23:00 First\n00:30 Second", &night).unwrap();
        assert_eq!(items[1].offset_minutes, 90);
        // Clocks go back at 02:00 on 31 October 2027; this begins in the second 01:00.
        let twice = meeting("2027-10-31T01:00:00Z", "2027-10-31T03:00:00Z");
        assert_eq!(parse("1:30 Now", &twice).unwrap()[0].offset_minutes, 30);
    }
}
