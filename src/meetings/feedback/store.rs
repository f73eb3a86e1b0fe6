//! Feedback forms in the database; who has answered and what was answered are written apart (see the module's `Why`).

use diesel::prelude::*;

use super::model::{Form, FormId, Status};
use crate::meetings::attendance::attended;
use crate::meetings::invitations::Answer;
use crate::meetings::model::{InvitationId, InvitationStatus};
use crate::meetings::places::without_a_place;
use crate::meetings::{Meeting, MeetingId};
use crate::members::{self, Member, MemberId};
use crate::platform::clock::At;
use crate::platform::db::schema::{
    feedback_answers, feedback_forms, feedback_links, invitations, meetings, members as people,
};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;

pub fn of_meeting(conn: &mut Conn, id: &MeetingId) -> Result<Option<Form>, DbError> {
    let found = feedback_forms::table.filter(feedback_forms::meeting_id.eq(id));
    Ok(found.select(Form::as_select()).first(conn).optional()?)
}

pub fn insert(tx: &mut Conn, meeting: &MeetingId, questions: &str, now: At) -> Result<(), DbError> {
    diesel::insert_into(feedback_forms::table)
        .values((
            feedback_forms::id.eq(FormId::new()),
            feedback_forms::meeting_id.eq(meeting),
            feedback_forms::questions.eq(questions),
            feedback_forms::status.eq(Status::Draft),
            feedback_forms::version.eq(1),
            feedback_forms::created_at.eq(now),
            feedback_forms::updated_at.eq(now),
        ))
        .execute(tx)?;
    Ok(())
}

/// Writes a form back as `form` has it; `false` if somebody else has changed it since it was read.
pub fn save(tx: &mut Conn, form: &Form) -> Result<bool, DbError> {
    let row = feedback_forms::table
        .filter(feedback_forms::id.eq(&form.id))
        .filter(feedback_forms::version.eq(form.version));
    let changed = diesel::update(row)
        .set((
            feedback_forms::questions.eq(&form.questions),
            feedback_forms::status.eq(form.status),
            feedback_forms::version.eq(form.version + 1),
            feedback_forms::opened_at.eq(form.opened_at),
            feedback_forms::closes_at.eq(form.closes_at),
            feedback_forms::updated_at.eq(form.updated_at),
        ))
        .execute(tx)?;
    Ok(changed == 1)
}

/// Who is asked about a meeting, by name, and whether they are known to have been there: those noted as having come;
/// where nobody is, those who said yes or maybe. Whoever waited for a place in vain was not there.
pub fn guests(conn: &mut Conn, meeting: &Meeting) -> Result<(Vec<Member>, bool), DbError> {
    let came = attended(conn, &meeting.id)?;
    if !came.is_empty() {
        let query = people::table
            .filter(people::id.eq_any(came))
            .filter(people::status.eq(members::Status::Active))
            .order((people::name, people::id));
        return Ok((query.select(Member::as_select()).load(conn)?, true));
    }
    let query = invitations::table
        .inner_join(people::table)
        .filter(invitations::meeting_id.eq(&meeting.id))
        .filter(invitations::status.eq(InvitationStatus::Invited))
        .filter(invitations::answer.eq_any([Answer::Yes, Answer::Maybe]))
        .filter(people::status.eq(members::Status::Active))
        .order((people::name, people::id));
    let rows: Vec<(Member, InvitationId)> = query.select((Member::as_select(), invitations::id)).load(conn)?;
    let no_place = without_a_place(conn, &meeting.id)?;
    let guests = rows
        .into_iter()
        .filter(|(_, invitation)| !no_place.contains(invitation));
    Ok((guests.map(|(member, _)| member).collect(), false))
}

pub fn insert_link(tx: &mut Conn, form: &FormId, member: &MemberId, token: &Plain) -> Result<(), DbError> {
    diesel::insert_into(feedback_links::table)
        .values((
            feedback_links::token_hash.eq(token.hashed().as_str().to_owned()),
            feedback_links::form_id.eq(form),
            feedback_links::member_id.eq(member),
            feedback_links::is_used.eq(false),
        ))
        .execute(tx)?;
    Ok(())
}

/// What a link leads to, and whether it has answered; nothing where its holder has left.
pub fn by_token(conn: &mut Conn, token: &Plain) -> Result<Option<(bool, Form, Meeting)>, DbError> {
    let found = feedback_links::table
        .inner_join(feedback_forms::table.inner_join(meetings::table))
        .inner_join(people::table)
        .filter(feedback_links::token_hash.eq(token.hashed().as_str().to_owned()))
        .filter(people::status.eq(members::Status::Active))
        .select((feedback_links::is_used, Form::as_select(), Meeting::as_select()));
    Ok(found.first(conn).optional()?)
}

/// Marks a link as used; `false` if it was.
pub fn use_link(tx: &mut Conn, token: &Plain) -> Result<bool, DbError> {
    let row = feedback_links::table
        .filter(feedback_links::token_hash.eq(token.hashed().as_str().to_owned()))
        .filter(feedback_links::is_used.eq(false));
    Ok(diesel::update(row).set(feedback_links::is_used.eq(true)).execute(tx)? == 1)
}

/// Adds one person's answers, one a question, and writes those of everybody anew in an order of chance.
pub fn add_answers(tx: &mut Conn, form: &FormId, given: &[String]) -> Result<(), DbError> {
    let mut all = answers(tx, form)?;
    all.extend((0..).zip(given.iter().cloned()));
    let mut shuffled: Vec<(String, (i32, String))> = all
        .into_iter()
        .map(|answer| (uuid::Uuid::new_v4().to_string(), answer))
        .collect();
    shuffled.sort();
    diesel::delete(feedback_answers::table.filter(feedback_answers::form_id.eq(form))).execute(tx)?;
    let rows: Vec<_> = shuffled
        .iter()
        .map(|(id, (question, answer))| {
            (
                feedback_answers::id.eq(id),
                feedback_answers::form_id.eq(form),
                feedback_answers::question.eq(question),
                feedback_answers::answer.eq(answer),
            )
        })
        .collect();
    crate::on_either!(tx, c => diesel::insert_into(feedback_answers::table).values(&rows).execute(c))?;
    Ok(())
}

/// Every answer with the place of its question.
pub fn answers(conn: &mut Conn, form: &FormId) -> Result<Vec<(i32, String)>, DbError> {
    let query = feedback_answers::table
        .filter(feedback_answers::form_id.eq(form))
        .order(feedback_answers::id)
        .select((feedback_answers::question, feedback_answers::answer));
    Ok(query.load(conn)?)
}

/// Whom a form was sent to.
pub fn asked(conn: &mut Conn, form: &FormId) -> Result<Vec<MemberId>, DbError> {
    let query = feedback_links::table.filter(feedback_links::form_id.eq(form));
    Ok(query.select(feedback_links::member_id).load(conn)?)
}

/// The forms a member was asked to fill in.
pub fn asked_of_member(conn: &mut Conn, member: &MemberId) -> Result<Vec<FormId>, DbError> {
    let query = feedback_links::table.filter(feedback_links::member_id.eq(member));
    Ok(query.select(feedback_links::form_id).load(conn)?)
}

/// Forgets that a member was asked.
pub fn forget(tx: &mut Conn, member: &MemberId) -> Result<(), DbError> {
    diesel::delete(feedback_links::table.filter(feedback_links::member_id.eq(member))).execute(tx)?;
    Ok(())
}

/// Wipes the marks of forms that take no more answers.
pub fn wipe_marks(tx: &mut Conn, now: At) -> Result<(), DbError> {
    let over: Vec<FormId> = feedback_forms::table
        .filter(
            feedback_forms::status
                .eq(Status::Closed)
                .or(feedback_forms::closes_at.le(Some(now))),
        )
        .select(feedback_forms::id)
        .load(tx)?;
    let marked = feedback_links::table
        .filter(feedback_links::form_id.eq_any(over))
        .filter(feedback_links::is_used.eq(true));
    diesel::update(marked)
        .set(feedback_links::is_used.eq(false))
        .execute(tx)?;
    Ok(())
}
