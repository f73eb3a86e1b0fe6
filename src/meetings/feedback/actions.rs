//! What changes feedback forms. Each function is one transaction's work.

use super::model::{Form, OPEN_FOR, Question, SHOWN_FROM, Status, order_key, token};
use super::{mail, store};
use crate::meetings::asking::reached;
use crate::meetings::store::{self as meetings, take_turn};
use crate::meetings::{Meeting, MeetingId, Status as MeetingStatus};
use crate::members::unsubscribe::{self, Kind};
use crate::members::{self, Member};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::outbox;
use crate::platform::render::RenderError;
use crate::platform::secret::Plain;
use crate::web::Coordinator;

/// Why a form was not changed, or an answer not taken.
#[derive(Debug, thiserror::Error)]
pub enum FeedbackError {
    #[error("There is no such form.")]
    NotFound,
    #[error("Somebody else has changed these questions since you opened the page. Look at them as they now are.")]
    Conflict,
    #[error("Feedback is asked about a meeting that is scheduled.")]
    NotScheduled,
    #[error("Write the questions first.")]
    NoQuestions,
    #[error("The questions have been sent, so they stand.")]
    Sent,
    #[error("The meeting has not begun yet. Ask once people have something to say of it.")]
    TooEarly,
    #[error(
        "Fewer than three people came or said that they would and can be asked, so nobody’s answer could stay without a name."
    )]
    TooFew,
    #[error("This form is closed, so it takes no more answers.")]
    Closed,
    #[error("This link has answered already. Nothing was kept a second time.")]
    Answered,
    #[error("the questions cannot be read: {0}")]
    Questions(#[from] serde_json::Error),
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A meeting about which feedback can be asked, with its form if it has one.
pub(super) fn find(conn: &mut Conn, id: &MeetingId) -> Result<(Meeting, Option<Form>), FeedbackError> {
    let meeting = meetings::find(conn, id)?.ok_or(FeedbackError::NotFound)?;
    let form = store::of_meeting(conn, id)?;
    if meeting.status != MeetingStatus::Scheduled && form.is_none() {
        return Err(FeedbackError::NotScheduled);
    }
    Ok((meeting, form))
}

fn save(tx: &mut Conn, form: &Form) -> Result<(), FeedbackError> {
    if store::save(tx, form)? {
        Ok(())
    } else {
        Err(FeedbackError::Conflict)
    }
}

/// Keeps the questions; nobody is asked before the form is opened.
pub fn save_questions(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    by: &Coordinator,
    id: &MeetingId,
    seen: Option<i32>,
    questions: &[Question],
) -> Result<Meeting, FeedbackError> {
    take_turn(tx)?;
    let (meeting, form) = find(tx, id)?;
    let text = serde_json::to_string(questions)?;
    match form {
        None => store::insert(tx, id, &text, ctx.now)?,
        Some(form) if form.status != Status::Draft => return Err(FeedbackError::Sent),
        Some(form) if seen.is_some_and(|seen| seen != form.version) => return Err(FeedbackError::Conflict),
        Some(form) => save(
            tx,
            &Form {
                questions: text,
                updated_at: ctx.now,
                ..form
            },
        )?,
    }
    let what = "wrote feedback questions";
    audit::record(tx, ctx, by.id.as_str(), what, &meeting.about(), "")?;
    Ok(meeting)
}

/// Why the form cannot be opened now, if so.
pub(super) fn refusal(meeting: &Meeting, form: &Form, guests: usize, now: At) -> Option<FeedbackError> {
    if form.status != Status::Draft {
        Some(FeedbackError::Sent)
    } else if meeting.status != MeetingStatus::Scheduled {
        Some(FeedbackError::NotScheduled)
    } else if meeting.starts_at > now {
        Some(FeedbackError::TooEarly)
    } else if guests < SHOWN_FROM {
        Some(FeedbackError::TooFew)
    } else {
        None
    }
}

/// Opens the form and asks; how many mails were written.
pub fn open(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, id: &MeetingId) -> Result<(Meeting, usize), FeedbackError> {
    take_turn(tx)?;
    let (meeting, form) = find(tx, id)?;
    let form = form.ok_or(FeedbackError::NoQuestions)?;
    let (guests, came) = store::guests(tx, &meeting)?;
    let (guests, _) = reached(tx, ctx.app, guests)?;
    if let Some(why) = refusal(&meeting, &form, guests.len(), ctx.now) {
        return Err(why);
    }
    let (number, closes_at) = (form.questions()?.len(), ctx.now.plus(OPEN_FOR));
    let form = Form {
        status: Status::Open,
        opened_at: Some(ctx.now),
        closes_at: Some(closes_at),
        updated_at: ctx.now,
        ..form
    };
    save(tx, &form)?;
    let asked = mail::Asked {
        questions: number,
        closes_at,
        came,
    };
    let mut mails = 0;
    for member in &guests {
        store::insert_link(tx, &form.id, &member.id, &token(&ctx.app.keys, &form.id, &member.id))?;
        let off = unsubscribe::link(tx, ctx, Kind::Invitations, &member.id)?;
        let letter = mail::letter(ctx.app, &meeting, &form, asked, member, &off)?;
        mails += usize::from(outbox::enqueue(tx, ctx, letter)?.is_some());
    }
    let detail = format!("{mails} asked");
    audit::record(tx, ctx, by.id.as_str(), "asked for feedback", &meeting.about(), &detail)?;
    Ok((meeting, mails))
}

/// Takes no more answers; mails that have not left are taken back, and who has answered is forgotten.
pub fn close(tx: &mut Conn, ctx: &Ctx<'_>, by: &Coordinator, id: &MeetingId) -> Result<Meeting, FeedbackError> {
    take_turn(tx)?;
    let (meeting, form) = find(tx, id)?;
    let form = form.ok_or(FeedbackError::NotFound)?;
    if form.status != Status::Open {
        return Ok(meeting);
    }
    for member in store::asked(tx, &form.id)? {
        outbox::supersede(tx, ctx, &order_key(&form.id, &member))?;
    }
    let closes_at = form.closes_at.map(|closes| closes.min(ctx.now));
    let form = Form {
        status: Status::Closed,
        closes_at,
        updated_at: ctx.now,
        ..form
    };
    save(tx, &form)?;
    store::wipe_marks(tx, ctx.now)?;
    let what = "closed a feedback form";
    audit::record(tx, ctx, by.id.as_str(), what, &meeting.about(), "")?;
    Ok(meeting)
}

/// Keeps what the holder of a link answers, once. Writes no audit line: it would say who, and when.
pub fn answer(tx: &mut Conn, ctx: &Ctx<'_>, link: &Plain, given: &[String]) -> Result<(), FeedbackError> {
    take_turn(tx)?;
    let (_, form, _) = store::by_token(tx, link)?.ok_or(FeedbackError::NotFound)?;
    if !form.is_open(ctx.now) {
        return Err(FeedbackError::Closed);
    }
    if !store::use_link(tx, link)? {
        return Err(FeedbackError::Answered);
    }
    Ok(store::add_answers(tx, &form.id, given)?)
}

/// Timed work: once a form has closed, nobody needs to know who has answered.
pub fn forget_who_answered(tx: &mut Conn, ctx: &Ctx<'_>) -> Result<(), DbError> {
    store::wipe_marks(tx, ctx.now)
}

/// Told by `members` inside the transaction in which somebody leaves: unsent mail and link go. What they answered
/// stays, for nobody can say which it is.
pub fn member_changed(tx: &mut Conn, ctx: &Ctx<'_>, member: &Member) -> Result<(), DbError> {
    if member.status != members::Status::Left {
        return Ok(());
    }
    take_turn(tx)?;
    for form in store::asked_of_member(tx, &member.id)? {
        outbox::supersede(tx, ctx, &order_key(&form, &member.id))?;
    }
    store::forget(tx, &member.id)
}
