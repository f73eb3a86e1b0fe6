//! What the demo's meetings have and leave behind.

use std::sync::Arc;

use super::story::write;
use crate::meetings::Meeting;
use crate::meetings::materials::{self, Added, Logged, Recording, Seen, sniff};
use crate::members::Member;
use crate::platform::app::App;
use crate::platform::clock::days;
use crate::platform::text::zone;
use crate::web::Coordinator;

const MINUTES: &str = "# What we heard\n\nLink workers stay where they have *time, a supervisor and each other*.\n\n\
    - Caseloads above a hundred were named by everyone who had left.\n- Two places meet every week, and nobody has left there.\n\n\
    # What we agreed\n\nA short guide for new services, by the autumn.";
const NOTES: &str = "Sample notes of the day\n\nThree questions to ask before a link worker begins:\nWho supervises? How many people at a time? Who else does this work nearby?\n";
const OUTCOME: &str =
    "Eleven interviews so far. Everyone who stayed had a colleague to talk to; we look for *two more places* to ask.";

/// The agenda of a meeting: welcome, two talks, small groups.
fn agenda(app: &Arc<App>, by: &Coordinator, meeting: &Meeting, first: &str, second: &str) -> Result<(), String> {
    let typed = format!(
        "15:00 Welcome | Sample Coordinator\n15:10 {first}\n15:35 {second}\n16:00 Small groups\n16:25 What we take home"
    );
    let items = materials::parse_agenda(&typed, meeting)?;
    write(app, |tx, ctx| {
        let none = materials::agenda_mark(&[]);
        materials::save_agenda(tx, ctx, by, &meeting.id, &none, &items)
            .map(|_| ())
            .map_err(|e| e.to_string())
    })
}

pub(super) fn of_a_meeting_to_come(app: &Arc<App>, by: &Coordinator, meeting: &Meeting) -> Result<(), String> {
    agenda(
        app,
        by,
        meeting,
        "A garden on prescription | Sample Gardener",
        "Objects that start a conversation | Sample Curator",
    )
}

pub(super) fn of_a_meeting_that_was(
    app: &Arc<App>,
    by: &Coordinator,
    meeting: &Meeting,
    people: &[Member],
) -> Result<(), String> {
    agenda(
        app,
        by,
        meeting,
        "Findings so far | Sample Researcher",
        "A day at the surgery | Sample Link Worker",
    )?;
    let kind = sniff(NOTES.as_bytes(), "notes.txt")?;
    let notes = Added {
        kind,
        bytes: NOTES.into(),
        file_name: "notes.txt".into(),
        title: "Questions before a link worker begins".into(),
        visibility: Seen::Members,
        width: 0,
        height: 0,
        alt: String::new(),
    };
    let last_day = zone::utc_to_local(app.now().plus(days(120)), &meeting.time_zone)[..10].to_owned();
    let recording = Recording {
        url: "https://video.example.org/sample-recording".into(),
        last_day,
        visibility: Seen::Members,
    };
    write(app, |tx, ctx| {
        let said = |e: materials::MaterialError| e.to_string();
        materials::minutes::save(tx, ctx, by, &meeting.id, 0, MINUTES).map_err(said)?;
        materials::minutes::publish(tx, ctx, by, &meeting.id, 1, Seen::Members).map_err(said)?;
        materials::add_file(tx, ctx, by.id.as_str(), &meeting.id, &notes).map_err(said)?;
        materials::recording::save(tx, ctx, by, &meeting.id, Some(&recording)).map_err(said)?;
        for member in people.iter().take(2) {
            materials::add_presenter(tx, ctx, by, &meeting.id, &member.id).map_err(said)?;
        }
        materials::ask_presenters(tx, ctx).map_err(|e| e.to_string())?;
        let logged = Logged {
            outcome: OUTCOME.into(),
            slides_link: "https://slides.example.org/sample".into(),
        };
        let all = materials::presenters_of(tx, &meeting.id).map_err(|e| e.to_string())?;
        for (presenter, member) in all.iter().filter(|(_, member)| member.name == "Sample Researcher") {
            materials::log_talk(tx, ctx, meeting, presenter, member, &logged).map_err(said)?;
        }
        Ok(())
    })
}
