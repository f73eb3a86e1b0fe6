//! Telling people: one step each, decided by the state machine, written with the mails it takes the place of.

use super::ChangeError;
use crate::meetings::feeds;
use crate::meetings::held_back;
use crate::meetings::invitations::{Answer, Letters, Move, Plan, Sent, Step, SubjectKind, Why, plan, why};
use crate::meetings::mail::{self, Reader};
use crate::meetings::model::{By, Invitation, InvitationId, InvitationStatus, Meeting, order_key, rsvp_token};
use crate::meetings::places;
use crate::meetings::poll;
use crate::meetings::store::{self, Person};
use crate::members::{Member, unsubscribe};
use crate::platform::app::{App, Ctx};
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::ical::Method;
use crate::platform::mail::outbox::{self, Earlier, Kind};

/// One thing to tell, about a meeting as it is after the change that leads to it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Telling<'a> {
    pub meeting: &'a Meeting,
    pub was_cancelled: bool,
    pub a_move: Move,
    /// The meeting before its time changed.
    pub was: Option<&'a Meeting>,
}

/// How many mails a change wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Told {
    pub mails: usize,
    /// Written too, and dropped when their turn comes: mail to these addresses does not arrive.
    pub suspended: usize,
    /// Places offered to those who wait.
    pub offers: usize,
}

/// What would go to one person, and why.
#[derive(Clone, Debug)]
pub struct Foretold {
    pub member: Member,
    /// The SEQUENCE that they hold.
    pub holds: Option<i32>,
    pub step: Option<Step>,
    pub why: Why,
    /// They have said yes and wait for a place.
    pub waits: bool,
    /// Mail to their address does not arrive.
    pub is_suspended: bool,
}

impl Foretold {
    /// The message that reaches them.
    pub fn message(&self) -> Option<&Step> {
        self.step.as_ref().filter(|_| !self.is_suspended)
    }
}

/// What would go to whom: every member, by name.
#[derive(Debug, Default)]
pub struct Foreseen {
    pub people: Vec<Foretold>,
}

impl Foreseen {
    /// Whom a message reaches.
    pub fn told(&self) -> impl Iterator<Item = (&Foretold, &Step)> {
        self.people
            .iter()
            .filter_map(|one| one.message().map(|step| (one, step)))
    }
}

/// Says what `tell_all` would do, without doing it: both ask [`decide`], with the same letters unless one leaves in
/// between.
pub fn foresee(
    conn: &mut Conn,
    app: &App,
    now: At,
    meeting: &Meeting,
    was_cancelled: bool,
    a_move: Move,
) -> Result<Foreseen, ChangeError> {
    let mut people = Vec::new();
    for person in store::audience(conn, meeting)? {
        let held = person.invitation.as_ref().map(|row| row.sent(was_cancelled));
        let planned = match decide(meeting, held.as_ref(), person.letters, a_move, now)? {
            Some(plan) => Some(poll::carried(conn, meeting, &person, plan)?.0),
            None => None,
        };
        let step = planned.and_then(|plan| plan.step);
        let is_unwanted = step.is_some_and(|step| is_unwanted(&person, person.letters, &step));
        let waits = match (&person.invitation, &step) {
            (Some(row), Some(step)) => waits(conn, &row.id, step)?,
            _ => false,
        };
        people.push(Foretold {
            waits,
            holds: held.as_ref().map(|held| held.sequence_sent),
            why: match is_unwanted {
                true => Why::WantsNone,
                false => why(held.as_ref(), planned.as_ref(), a_move),
            },
            step: step.filter(|_| !is_unwanted),
            is_suspended: outbox::is_suppressed(conn, &app.keys, &person.member.email)?,
            member: person.member,
        });
    }
    Ok(Foreseen { people })
}

/// The one decision about one person, for what is shown and for what is done.
fn decide(
    meeting: &Meeting,
    held: Option<&Sent>,
    letters: Letters,
    a_move: Move,
    now: At,
) -> Result<Option<Plan>, ChangeError> {
    Ok(plan(&meeting.state(), held, letters, a_move, now)?)
}

/// Tells everyone concerned.
pub(super) fn tell_all(tx: &mut Conn, ctx: &Ctx<'_>, telling: Telling<'_>) -> Result<Told, ChangeError> {
    let mut told = Told::default();
    for person in store::audience(tx, telling.meeting)? {
        if !tell(tx, ctx, telling, &person)? {
            continue;
        }
        match outbox::is_suppressed(tx, &ctx.app.keys, &person.member.email)? {
            true => told.suspended += 1,
            false => told.mails += 1,
        }
    }
    Ok(told)
}

/// Tells one person; whether a mail was written.
pub(super) fn tell(tx: &mut Conn, ctx: &Ctx<'_>, telling: Telling<'_>, person: &Person) -> Result<bool, ChangeError> {
    let held = person.invitation.as_ref().map(|row| row.sent(telling.was_cancelled));
    let decided = |letters| decide(telling.meeting, held.as_ref(), letters, telling.a_move, ctx.now);
    if decided(person.letters)?.is_none() {
        return Ok(false);
    }
    let key = order_key(&telling.meeting.id, &person.member.id);
    let letters = if person.is_held_back {
        person.letters
    } else {
        taken_back(outbox::supersede(tx, ctx, &key)?, person)
    };
    let Some(planned) = decided(letters)? else {
        return Ok(false);
    };
    let (planned, answered_at) = poll::carried(tx, telling.meeting, person, planned)?;
    let step = planned.step.filter(|step| !is_unwanted(person, letters, step));
    let is_quiet = planned.step.is_some() && step.is_none();
    let fresh = || new_invitation(telling.meeting, &person.member, ctx.now);
    let mut row = person.invitation.clone().unwrap_or_else(fresh);
    let after = planned.after;
    if row.answer != after.answer {
        feeds::store::keep_answer(tx, &row.id, row.answer)?;
        (row.answer, row.answered_at, row.answered_by) = (after.answer, answered_at, answered_at.map(|_| By::Link));
    }
    row.status = match telling.a_move {
        Move::Invite => InvitationStatus::Invited,
        Move::Withdraw => InvitationStatus::Withdrawn,
        Move::Update { .. } | Move::Cancel => row.status,
    };
    (row.sequence_sent, row.answers_from, row.last_stamp) = (after.sequence_sent, after.answers_from, after.last_stamp);
    row.updated_at = ctx.now;
    store::save_invitation(tx, &row, &rsvp_token(&ctx.app.keys, &row.id))?;
    if is_quiet {
        held_back::note(tx, &row.id, ctx.now)?;
    }
    let Some(step) = step else {
        return Ok(false);
    };
    if person.is_held_back {
        // What takes them out of a calendar may wait still; this goes above it.
        outbox::supersede(tx, ctx, &key)?;
        held_back::end(tx, &row.id)?;
    }
    let off_url = &unsubscribe::link(tx, ctx, unsubscribe::Kind::Invitations, &person.member.id)?;
    let waits = waits(tx, &row.id, &step)?;
    let mut letter = mail::letter(
        ctx.app,
        telling.meeting,
        telling.was,
        &person.member,
        &row.id,
        &step,
        Reader { off_url, waits },
    )?;
    if !person.wants_invitations && letter.kind == Kind::Invitation {
        // It keeps right what they hold, so it goes whatever they chose.
        letter.kind = Kind::Update;
    }
    Ok(outbox::enqueue(tx, ctx, letter)?.is_some())
}

/// Whether it would be a new invitation to somebody who wants none by mail.
fn is_unwanted(person: &Person, letters: Letters, step: &Step) -> bool {
    let is_invitation = matches!(step.kind, SubjectKind::Invitation | SubjectKind::InvitedAgain);
    // Without an invitation there are no letters either, whatever was cleared away.
    let holds_nothing = person.invitation.is_none() || letters.left.is_none_or(|kind| kind.method() == Method::Cancel);
    is_invitation && holds_nothing && !person.wants_invitations
}

/// Whether what a step tells them must say that they wait for a place: it takes the place of an earlier word on that.
fn waits(conn: &mut Conn, invitation: &InvitationId, step: &Step) -> Result<bool, DbError> {
    let may_wait = step.after.answer == Answer::Maybe && step.method == Method::Request;
    Ok(may_wait && places::waits(conn, invitation)?)
}

/// A sender may have taken a mail between our look and our taking back: then it may have left after all.
fn taken_back(earlier: Earlier, person: &Person) -> Letters {
    match (earlier, person.letters) {
        (Earlier::MayHaveLeft, letters @ Letters { left: None, waiting }) => Letters {
            left: waiting.or(Some(SubjectKind::Invitation)),
            ..letters
        },
        (_, letters) => letters,
    }
}

fn new_invitation(meeting: &Meeting, member: &Member, now: At) -> Invitation {
    Invitation {
        id: InvitationId::new(),
        meeting_id: meeting.id.clone(),
        member_id: member.id.clone(),
        status: InvitationStatus::Invited,
        sequence_sent: meeting.sequence,
        answers_from: meeting.sequence,
        last_stamp: now,
        answer: Answer::None,
        answered_at: None,
        answered_by: None,
        created_at: now,
        updated_at: now,
        answer_order: String::new(),
    }
}

/// A failure inside a hook that may only fail as the database does.
pub(super) fn as_db_error(e: ChangeError) -> DbError {
    match e {
        ChangeError::Db(e) => e,
        other => DbError::Cut(other.to_string()),
    }
}
