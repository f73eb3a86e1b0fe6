//! What the demo is filled with. Everything is made by the same actions that people's forms call, with the clock
//! set back, so that the demo has a past: invitations sent, answers given, a meeting moved and one cancelled.

use std::sync::Arc;

use jiff::tz::TimeZone;

use super::{announcements, arrivals, asked, letters, mail_choices, materials, reminders};
use crate::activities;
use crate::join::actions::apply as joining;
use crate::join::model::Application;
use crate::meetings::reminders::model::Lead;
use crate::meetings::{self, Meeting};
use crate::members::calendar::{self, Program, Shows};
use crate::members::{self, Member, MemberId, NewMember};
use crate::platform::app::{App, Ctx};
use crate::platform::clock::{At, days, hours, minutes};
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::delivery::{self, Captured};
use crate::platform::mail::transport::{self, Target};
use crate::platform::secret::Plain;
use crate::platform::text::country::Country;
use crate::platform::text::email_address::EmailAddress;
use crate::platform::text::zone;
use crate::web::{Coordinator, Person};

/// The sample people: what they are, where they are.
const PEOPLE: &[(&str, &str, &str, &str, &str)] = &[
    (
        "Sample Link Worker",
        "Sample Surgery, Leeds",
        "GB",
        "Europe/London",
        "link worker",
    ),
    (
        "Sample Researcher",
        "Sample University, Oxford",
        "GB",
        "Europe/London",
        "researcher",
    ),
    (
        "Sample Clinician",
        "Sample Health Centre, Cardiff",
        "GB",
        "Europe/London",
        "clinician",
    ),
    (
        "Sample Curator",
        "Sample Museum, Glasgow",
        "GB",
        "Europe/London",
        "community organisation",
    ),
    (
        "Sample Gardener",
        "Sample Community Garden",
        "GB",
        "Europe/London",
        "community organisation",
    ),
    (
        "Sample Commissioner",
        "Sample Integrated Care Board",
        "GB",
        "Europe/London",
        "commissioner",
    ),
    (
        "Sample Student",
        "Sample University, Belfast",
        "GB",
        "Europe/London",
        "student",
    ),
    (
        "Sample Neighbour",
        "Member of the public",
        "GB",
        "Europe/London",
        "lived experience",
    ),
    (
        "Sample Nurse",
        "Sample Hospital, Berlin",
        "DE",
        "Europe/Berlin",
        "clinician",
    ),
    (
        "Sample Professor",
        "Sample College, Boston",
        "US",
        "America/New_York",
        "researcher",
    ),
    (
        "Sample Evaluator",
        "Sample Institute, Chicago",
        "US",
        "America/Chicago",
        "researcher",
    ),
    (
        "Sample Adviser",
        "Sample Council, Melbourne",
        "AU",
        "Australia/Melbourne",
        "policy",
    ),
];

/// Applicants in the queue: how many hours ago they applied, and why.
const APPLICANTS: &[(&str, i64, &str)] = &[
    (
        "Sample Applicant One",
        220,
        "I run a reading group for people who live alone, and would like to learn how others are referred to such groups.",
    ),
    (
        "Sample Applicant Two",
        52,
        "We are setting up a link-worker service in two villages and look for people who have done it before us.",
    ),
    (
        "Sample Applicant Three",
        5,
        "I am a doctoral student and study how choirs help people with long-term pain.",
    ),
];

/// Fills an empty network with samples.
pub fn fill(app: &Arc<App>) -> Result<(), String> {
    let now = app.now();
    let done = tell_its_story(app, now);
    app.clock.set(now);
    done
}

fn tell_its_story(app: &Arc<App>, now: At) -> Result<(), String> {
    app.clock.set(now.minus(days(75)));
    let hash = arrivals::password_hash(app)?;
    let (people, by) = write(app, |tx, ctx| people(tx, ctx, hash))?;
    arrivals::imported(app)?;
    write(app, |tx, ctx| mail_choices::choose(tx, ctx, &people))?;
    let day = |n: i64| now.plus(days(n));
    let past = meeting(
        app,
        &by,
        "What link workers need to stay",
        day(-40),
        "members",
        "Sample Researcher (findings so far)\nSample Link Worker (a day at the surgery)",
    )?;
    answer(app, &past, &people, &["yes", "yes", "maybe", "no", "yes"])?;
    deliver(app)?;
    remind(app, &past, Lead::Day1)?;
    remind(app, &past, Lead::Hour1)?;
    app.clock.set(now.minus(days(39)));
    came(app, &by, &past, &people)?;
    materials::of_a_meeting_that_was(app, &by, &past, &people)?;
    deliver(app)?;
    app.clock.set(now.minus(days(30)));
    let next = meeting(
        app,
        &by,
        "Gardens, museums and waiting rooms",
        day(9),
        "public",
        "Sample Gardener\nSample Curator",
    )?;
    let later = meeting(
        app,
        &by,
        "Measuring what matters to people",
        day(37),
        "public",
        "Sample Evaluator",
    )?;
    materials::of_a_meeting_to_come(app, &by, &next)?;
    let workshop = workshop(app, &by, day(16))?;
    let off = meeting(app, &by, "An evening of short talks", day(23), "public", "")?;
    deliver(app)?;
    app.clock.set(now.minus(days(21)));
    write(app, |tx, ctx| announcements::send(tx, ctx, &by))?;
    deliver(app)?;
    write(app, |tx, ctx| announcements::finish(tx, ctx, &by))?;
    app.clock.set(now.minus(days(14)));
    letters::came_back(app, "Sample Student", "Measuring")?;
    app.clock.set(now.minus(days(12)));
    answer(
        app,
        &next,
        &people,
        &["yes", "maybe", "yes", "none", "no", "yes", "yes"],
    )?;
    answer(app, &later, &people, &["none", "yes"])?;
    answer(
        app,
        &workshop,
        &people,
        &["yes", "yes", "yes", "yes", "maybe", "yes", "yes", "no"],
    )?;
    write(app, |tx, ctx| {
        let found = meetings::store::find(tx, &later.id)
            .map_err(|e| e.to_string())?
            .ok_or("no meeting")?;
        let mut details = found.details();
        set_time(&mut details, found.starts_at.plus(minutes(30)))?;
        details.has_own_links = true;
        meetings::actions::propose(tx, ctx, &by, &later.id, None, "", &details).map_err(|e| e.to_string())?;
        meetings::actions::apply(tx, ctx, &by, &later.id, None, true).map_err(|e| e.to_string())?;
        Ok(())
    })?;
    write(app, |tx, ctx| {
        meetings::actions::cancel(
            tx,
            ctx,
            &by,
            &off.id,
            None,
            "Two of three speakers are ill. We will find a new evening.",
        )
        .map(|_| ())
        .map_err(|e| e.to_string())
    })?;
    deliver(app)?;
    app.clock.set(now.minus(days(11)));
    letters::came_back(app, "Sample Student", "Measuring")?;
    letters::accepted(app, "Sample Nurse", "Gardens", "I can bring two posters")?;
    let (starts, ends) = (later.starts_at.plus(hours(2)), later.ends_at.plus(hours(2)));
    let comment = "It would be breakfast time here";
    letters::proposed(app, "Sample Professor", "Measuring", starts, ends, comment)?;
    deliver(app)?;
    write(app, |tx, ctx| {
        let id = meetings::MeetingId::new();
        let details = details("The network’s year, and the next", day(70), "members", "")?;
        meetings::actions::create(tx, ctx, &by, id, &details)
            .map(|_| ())
            .map_err(|e| e.to_string())
    })?;
    write(app, |tx, ctx| {
        let bytes = crate::platform::render::Files::get("demo/activities.json").ok_or("no sample activities")?;
        activities::import_export::import(tx, ctx, "command", &bytes.data, false)
            .map(|_| ())
            .map_err(|e| e.to_string())
    })?;
    app.clock.set(mail_choices::last_monday(app, now));
    write(app, mail_choices::send)?;
    deliver(app)?;
    asked::feedback(app, &by, &past, &people)?;
    let afternoon = details("", day(45), "members", "")?.starts_at;
    asked::poll(app, &by, afternoon)?;
    app.clock.set(now.minus(days(10)));
    write(app, |tx, ctx| reminders::choose(tx, ctx, &by, &next))?;
    remind(app, &next, Lead::Days14)?;
    for (name, ago, reason) in APPLICANTS {
        app.clock.set(now.minus(hours(*ago)));
        apply(app, name, reason)?;
    }
    app.clock.set(now.minus(hours(7)));
    subscribe(app, &people)?;
    app.clock.set(now.minus(hours(3)));
    answer(app, &workshop, &people[..1], &["no"])?;
    letters::written(app)?;
    deliver(app)
}

pub(super) fn write<T>(app: &Arc<App>, f: impl FnOnce(&mut Conn, &Ctx<'_>) -> Result<T, String>) -> Result<T, String> {
    let done: Result<T, Said> = app.write_now(|tx, ctx| f(tx, ctx).map_err(Said));
    done.map_err(|Said(sentence)| sentence)
}

/// A sentence as an error, so that samples can be made by actions of every kind.
struct Said(String);

impl From<DbError> for Said {
    fn from(e: DbError) -> Said {
        Said(e.to_string())
    }
}

pub(super) fn deliver(app: &Arc<App>) -> Result<(), String> {
    let target: Target = transport::parse("memory://")?;
    actix_web::rt::System::new()
        .block_on(delivery::drain(app, &target))
        .map(|_| ())
        .map_err(|e| e.to_string())
}

/// Sends the reminders of that lead, as on the day.
fn remind(app: &Arc<App>, meeting: &Meeting, lead: Lead) -> Result<(), String> {
    app.clock.set(lead.due_at(meeting.starts_at, &meeting.time_zone));
    write(app, reminders::send)?;
    deliver(app)
}

fn people(tx: &mut Conn, ctx: &Ctx<'_>, hash: String) -> Result<(Vec<Member>, Coordinator), String> {
    let mut made = Vec::new();
    for (n, (name, affiliation, country, time_zone, role)) in PEOPLE.iter().enumerate() {
        let new = NewMember {
            email: format!("{}@example.org", name.to_lowercase().replace(' ', ".")),
            name: (*name).into(),
            affiliation: (*affiliation).into(),
            country: (*country).into(),
            time_zone: (*time_zone).into(),
            role: (*role).into(),
            interests: [
                "loneliness; older people",
                "evaluation",
                "arts and culture",
                "green social prescribing",
            ][n % 4]
                .into(),
            joined_on: format!("202{}-0{}-15", n % 6, n % 9 + 1),
            is_listed: n % 3 != 2,
            announcements_consent: if n % 2 == 0 {
                "sample data".into()
            } else {
                String::new()
            },
            confirmed_by: "demo".into(),
        };
        made.push(members::actions::add(tx, ctx, &new).map_err(|e| e.to_string())?);
    }
    let id = arrivals::coordinator(tx, ctx, hash)?;
    Ok((made, coordinator(id, "Sample Coordinator")))
}

fn coordinator(id: MemberId, name: &str) -> Coordinator {
    Coordinator::acting(Person {
        id,
        name: name.into(),
        email: "sample.coordinator@example.org".into(),
        time_zone: "Europe/London".into(),
        is_coordinator: true,
        is_elevated: true,
    })
}

/// Three in the afternoon of that day in London, for an hour and a half.
fn details(title: &str, around: At, visibility: &str, speakers: &str) -> Result<meetings::Details, String> {
    let london = TimeZone::get("Europe/London").map_err(|e| e.to_string())?;
    let local = around.in_zone(&london).strftime("%Y-%m-%dT15:00").to_string();
    let starts_at = zone::local_to_utc(&local, "Europe/London").map_err(|_| "a sample hour that does not exist")?;
    let mut details = meetings::Details {
        title: title.into(),
        summary: "Two short talks, then time to talk in *small groups*. Bring a question from your own work.".into(),
        starts_local: String::new(),
        ends_local: String::new(),
        time_zone: "Europe/London".into(),
        starts_at,
        ends_at: starts_at,
        joining_link: "https://meet.example.org/sample-room".into(),
        speakers: speakers.into(),
        visibility: meetings::Visibility::parse(visibility).ok_or("no such visibility")?,
        has_own_links: false,
        places: None,
    };
    set_time(&mut details, starts_at)?;
    Ok(details)
}

fn set_time(details: &mut meetings::Details, starts_at: At) -> Result<(), String> {
    details.starts_at = starts_at;
    details.ends_at = starts_at.plus(minutes(90));
    details.starts_local = zone::utc_to_local(details.starts_at, &details.time_zone);
    details.ends_local = zone::utc_to_local(details.ends_at, &details.time_zone);
    Ok(())
}

/// One with few places, so that some wait.
fn workshop(app: &Arc<App>, by: &Coordinator, around: At) -> Result<Meeting, String> {
    let details = meetings::Details {
        places: Some(4),
        ..details("A workshop on asking well", around, "public", "Sample Nurse")?
    };
    schedule(app, by, &details)
}

fn meeting(
    app: &Arc<App>,
    by: &Coordinator,
    title: &str,
    around: At,
    visibility: &str,
    speakers: &str,
) -> Result<Meeting, String> {
    schedule(app, by, &details(title, around, visibility, speakers)?)
}

fn schedule(app: &Arc<App>, by: &Coordinator, details: &meetings::Details) -> Result<Meeting, String> {
    write(app, |tx, ctx| {
        let id = meetings::MeetingId::new();
        meetings::actions::create(tx, ctx, by, id.clone(), details).map_err(|e| e.to_string())?;
        let (meeting, _) = meetings::actions::schedule(tx, ctx, by, &id, None).map_err(|e| e.to_string())?;
        Ok(meeting)
    })
}

fn answer(app: &Arc<App>, meeting: &Meeting, people: &[Member], answers: &[&str]) -> Result<(), String> {
    write(app, |tx, ctx| {
        for (member, word) in people.iter().zip(answers.iter().cycle()) {
            let answer = meetings::invitations::Answer::parse(word).ok_or("no such answer")?;
            let found = meetings::store::invitation_of(tx, &meeting.id, &member.id).map_err(|e| e.to_string())?;
            let (Some(invitation), false) = (found, *word == "none") else {
                continue;
            };
            meetings::rsvp::answer(tx, ctx, meeting, &invitation, answer, meetings::model::By::Link)
                .map_err(|e| e.to_string())?;
        }
        Ok(())
    })
}

/// Who came to a meeting that is over: some by a tool's report, two by a coordinator's tick.
fn came(app: &Arc<App>, by: &Coordinator, meeting: &Meeting, people: &[Member]) -> Result<(), String> {
    use crate::meetings::attendance::actions::{Ticks, save_import, save_ticks};
    let ids = |members: &[Member]| members.iter().map(|member| member.id.clone()).collect();
    let (first, rest) = people.split_at(people.len() / 2);
    write(app, |tx, ctx| {
        save_import(tx, ctx, by.id.as_str(), &meeting.id, &ids(first)).map_err(|e| e.to_string())?;
        let ticks = Ticks {
            ticked: ids(&rest[..rest.len().min(2)]),
            ..Ticks::default()
        };
        save_ticks(tx, ctx, by, &meeting.id, &ticks).map_err(|e| e.to_string())?;
        Ok(())
    })
}

/// Two members have their calendar in programs of their own; one of them sees only what they said yes to.
fn subscribe(app: &Arc<App>, people: &[Member]) -> Result<(), String> {
    let [link_worker, researcher, ..] = people else {
        return Err("no sample people".into());
    };
    write(app, |tx, ctx| {
        calendar::actions::note_fetch(tx, ctx, link_worker, Program::Google).map_err(|e| e.to_string())?;
        calendar::actions::note_fetch(tx, ctx, researcher, Program::Thunderbird).map_err(|e| e.to_string())?;
        calendar::actions::choose(tx, ctx, &researcher.id, Shows::Yes).map_err(|e| e.to_string())
    })?;
    app.clock.set(app.now().plus(hours(2)));
    write(app, |tx, ctx| {
        calendar::actions::note_fetch(tx, ctx, link_worker, Program::Apple).map_err(|e| e.to_string())
    })
}

/// Applies as a person does: the form, the mail, the link in it.
fn apply(app: &Arc<App>, name: &str, reason: &str) -> Result<(), String> {
    let email = format!("{}@applicants.example.org", name.to_lowercase().replace(' ', "."));
    let application = Application {
        email: EmailAddress::parse(&email)?,
        name: name.into(),
        affiliation: "Sample Organisation".into(),
        country: Country::parse("GB")?,
        role: "community organisation".into(),
        reason: reason.into(),
        heard_from: "a colleague".into(),
        wants_directory: true,
        wants_announcements: false,
    };
    write(app, |tx, ctx| {
        joining::apply(tx, ctx, &application).map_err(|e| e.to_string())
    })?;
    deliver(app)?;
    let captured = app.part::<Captured>().ok_or("mail is not captured")?;
    let text = {
        let mails = captured.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        mails
            .iter()
            .rev()
            .find(|mail| mail.to.email == email)
            .map(|mail| mail.text.clone())
            .unwrap_or_default()
    };
    let token: String = text
        .split("/join/confirm/")
        .nth(1)
        .unwrap_or_default()
        .chars()
        .take_while(char::is_ascii_alphanumeric)
        .collect();
    write(app, |tx, ctx| {
        joining::confirm(tx, ctx, &Plain::given(&token), None)
            .map(|_| ())
            .map_err(|e| e.to_string())
    })
}
