//! What changes polls. Each function is one transaction's work.

use super::model::{self, AskedId, Details, Poll, PollId, Said, Status, Time, TimeId, order_key, token};
use super::{mail, store};
use crate::meetings::actions::{self as meetings, ChangeError};
use crate::meetings::store::take_turn;
use crate::meetings::{Details as MeetingDetails, Meeting, MeetingId, Visibility};
use crate::members::unsubscribe::{self, Kind};
use crate::members::{self, Member};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::platform::render::RenderError;
use crate::platform::text::zone;
use crate::web::Coordinator;

/// Why a poll was not changed, or an answer not taken.
#[derive(Debug, thiserror::Error)]
pub enum PollError {
    #[error("There is no such poll.")]
    NotFound,
    #[error("Somebody else has changed this poll since you opened the page. Look at it as it now is.")]
    Conflict,
    #[error("This poll has been sent, so its times stand.")]
    Sent,
    #[error("This poll has not been sent yet.")]
    NotSent,
    #[error("This poll is closed, so it takes no more answers.")]
    Closed,
    #[error("It would close before anybody could answer. Give it a later end, or later times.")]
    TooLate,
    #[error("Choose one of the times of this poll.")]
    NoTime,
    #[error("This time has passed. Choose one that is still to come.")]
    TimePassed,
    #[error("A meeting has been made of this poll already.")]
    MadeAlready,
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Db(#[from] DbError),
}

fn current(tx: &mut Conn, id: &PollId, seen: Option<i32>) -> Result<Poll, PollError> {
    take_turn(tx)?;
    let poll = store::find(tx, id)?.ok_or(PollError::NotFound)?;
    match seen {
        Some(version) if version != poll.version => Err(PollError::Conflict),
        _ => Ok(poll),
    }
}

fn save(tx: &mut Conn, poll: &Poll) -> Result<(), PollError> {
    if store::save(tx, poll)? {
        Ok(())
    } else {
        Err(PollError::Conflict)
    }
}

fn write_times(tx: &mut Conn, poll: &Poll, details: &Details) -> Result<(), DbError> {
    let times: Vec<(At, At)> = details.starts.iter().map(|at| (*at, poll.end_of(*at))).collect();
    store::replace_times(tx, &poll.id, &times)
}

/// Makes a draft; the same `id` a second time (a form sent twice) finds the first.
pub fn create(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: PollId,
    details: &Details,
) -> Result<Poll, PollError> {
    if let Some(known) = store::find(tx, &id)? {
        return Ok(known);
    }
    store::insert(tx, &id, details, ctx.now)?;
    let poll = store::find(tx, &id)?.ok_or(PollError::NotFound)?;
    write_times(tx, &poll, details)?;
    audit::record(tx, ctx, by.id.as_str(), "drafted a poll", &poll.about(), &poll.title)?;
    Ok(poll)
}

/// Edits a draft: once people have been asked, the question stands.
pub fn update(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &PollId,
    seen: Option<i32>,
    details: &Details,
) -> Result<Poll, PollError> {
    let poll = current(tx, id, seen)?;
    if poll.status != Status::Draft {
        return Err(PollError::Sent);
    }
    let changed = Poll {
        title: details.title.clone(),
        summary: details.summary.clone(),
        minutes: details.minutes,
        time_zone: details.time_zone.clone(),
        closes_at: details.closes_at,
        updated_at: ctx.now,
        ..poll
    };
    save(tx, &changed)?;
    write_times(tx, &changed, details)?;
    audit::record(
        tx,
        ctx,
        by.id.as_str(),
        "edited a poll",
        &changed.about(),
        &changed.title,
    )?;
    Ok(changed)
}

/// Why nobody can be asked now, if so.
pub(super) fn refusal(poll: &Poll, times: &[Time], now: At) -> Option<PollError> {
    if poll.status == Status::Closed {
        Some(PollError::Closed)
    } else if poll.closes_at <= now || times.iter().any(|time| time.starts_at <= now) && poll.status == Status::Draft {
        Some(PollError::TooLate)
    } else {
        None
    }
}

/// Asks every member who wants invitations and has not been asked yet; how many mails were written. A second time, it
/// asks nobody twice.
pub fn send(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, id: &PollId) -> Result<(Poll, usize), PollError> {
    let mut poll = current(tx, id, None)?;
    let times = store::times_of(tx, id)?;
    if let Some(why) = refusal(&poll, &times, ctx.now) {
        return Err(why);
    }
    if poll.status == Status::Draft {
        poll = Poll {
            status: Status::Open,
            opened_at: Some(ctx.now),
            updated_at: ctx.now,
            ..poll
        };
        save(tx, &poll)?;
    }
    let mut mails = 0;
    for member in store::not_asked(tx, id)? {
        mails += usize::from(ask(tx, ctx, &poll, &times, &member)?);
    }
    if mails > 0 {
        let detail = format!("{mails} asked");
        audit::record(tx, ctx, by.id.as_str(), "sent a poll", &poll.about(), &detail)?;
    }
    Ok((poll, mails))
}

/// Asks one member; whether a mail was written. Whoever wants no invitations is not asked, and can be once they do.
fn ask(tx: &mut Conn, ctx: &Ctx<'_>, poll: &Poll, times: &[Time], member: &Member) -> Result<bool, PollError> {
    if !unsubscribe::is_on(tx, Kind::Invitations, &member.id)? {
        return Ok(false);
    }
    let id = AskedId::new();
    store::insert_asked(tx, &id, &poll.id, &member.id, &token(&ctx.app.keys, &id), ctx.now)?;
    if outbox::is_suppressed(tx, &ctx.app.keys, &member.email)? {
        return Ok(false);
    }
    let off = unsubscribe::link(tx, ctx, Kind::Invitations, &member.id)?;
    let letter = mail::letter(ctx.app, poll, times, member, &id, &off)?;
    Ok(outbox::enqueue(tx, ctx, letter)?.is_some())
}

/// Stores what somebody says of each time of the poll; until it closes they can say otherwise.
pub fn answer(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    poll: &Poll,
    asked: &model::Asked,
    said: &[(TimeId, Said)],
) -> Result<(), PollError> {
    if !poll.is_open(ctx.now) {
        return Err(PollError::Closed);
    }
    store::save_answers(tx, &asked.id, said, ctx.now)?;
    if asked.answered_at.is_none() {
        let who = asked.member_id.as_str();
        audit::record(tx, ctx, who, "answered a poll", &poll.about(), "link")?;
    }
    Ok(())
}

/// Takes no more answers; mails that have not left are taken back.
pub fn close(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, id: &PollId) -> Result<Poll, PollError> {
    let poll = current(tx, id, None)?;
    match poll.status {
        Status::Draft => return Err(PollError::NotSent),
        Status::Closed => return Ok(poll),
        Status::Open => {}
    }
    let poll = closed(tx, ctx, poll)?;
    save(tx, &poll)?;
    audit::record(tx, ctx, by.id.as_str(), "closed a poll", &poll.about(), "")?;
    Ok(poll)
}

fn closed(tx: &mut Conn, ctx: &Ctx<'_>, poll: Poll) -> Result<Poll, DbError> {
    for (asked, _) in store::asked(tx, &poll.id)? {
        outbox::supersede(tx, ctx, &order_key(&asked.id))?;
    }
    Ok(Poll {
        status: Status::Closed,
        closed_at: Some(ctx.now.min(poll.closes_at)),
        updated_at: ctx.now,
        ..poll
    })
}

/// Makes a draft of a meeting at one of the times, and closes the poll. Tells nobody.
pub fn make_meeting(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &PollId,
    time: &TimeId,
) -> Result<Meeting, PollError> {
    let poll = current(tx, id, None)?;
    if poll.status == Status::Draft {
        return Err(PollError::NotSent);
    }
    if poll.meeting_id.is_some() {
        return Err(PollError::MadeAlready);
    }
    let times = store::times_of(tx, id)?;
    let time = times.iter().find(|known| known.id == *time).ok_or(PollError::NoTime)?;
    if time.starts_at <= ctx.now {
        return Err(PollError::TimePassed);
    }
    let meeting = meetings::create(tx, ctx, by, MeetingId::new(), &meeting_of(&poll, time))?;
    let poll = if poll.status == Status::Open {
        closed(tx, ctx, poll)?
    } else {
        poll
    };
    save(
        tx,
        &Poll {
            meeting_id: Some(meeting.id.clone()),
            updated_at: ctx.now,
            ..poll.clone()
        },
    )?;
    store::choose(tx, &time.id)?;
    let detail = meeting.about();
    let what = "made a meeting of a poll";
    audit::record(tx, ctx, by.id.as_str(), what, &poll.about(), &detail)?;
    Ok(meeting)
}

/// The poll was for members, so its meeting is too until a coordinator says otherwise.
fn meeting_of(poll: &Poll, time: &Time) -> MeetingDetails {
    MeetingDetails {
        title: poll.title.clone(),
        summary: poll.summary.clone(),
        starts_local: zone::utc_to_local(time.starts_at, &poll.time_zone),
        ends_local: zone::utc_to_local(time.ends_at, &poll.time_zone),
        time_zone: poll.time_zone.clone(),
        starts_at: time.starts_at,
        ends_at: time.ends_at,
        joining_link: String::new(),
        speakers: String::new(),
        visibility: Visibility::Members,
        has_own_links: false,
        places: None,
    }
}

/// Told by `members` inside the transaction in which somebody joins or leaves: who joins is asked in every open poll;
/// of who leaves, the unsent mail, the link and the answers go.
pub fn member_changed(tx: &mut Conn, ctx: &Ctx<'_>, member: &Member) -> Result<(), DbError> {
    take_turn(tx)?;
    if member.status == members::Status::Left {
        for asked in store::asked_of_member(tx, &member.id)? {
            outbox::supersede(tx, ctx, &order_key(&asked))?;
        }
        return store::forget(tx, &member.id);
    }
    for poll in store::open(tx, ctx.now)? {
        if store::not_asked(tx, &poll.id)?
            .iter()
            .any(|other| other.id == member.id)
        {
            let times = store::times_of(tx, &poll.id)?;
            ask(tx, ctx, &poll, &times, member).map_err(as_db_error)?;
        }
    }
    Ok(())
}

/// A failure inside a hook that may only fail as the database does.
fn as_db_error(e: PollError) -> DbError {
    match e {
        PollError::Db(e) => e,
        other => DbError::Cut(other.to_string()),
    }
}
