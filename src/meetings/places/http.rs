//! The page behind the link of an offer. GET shows it, POST takes or leaves the place.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use super::model::{Given, State, ordinal};
use super::store::{self, Row};
use crate::meetings::invitations::Answer as Said;
use crate::meetings::model::{By, Invitation, Meeting};
use crate::meetings::rsvp::{self, AnswerError};
use crate::meetings::store::take_turn;
use crate::meetings::words::{self, When};
use crate::members::{self, Member};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;
use crate::web::{Answer, AppData, Fields, Moment, Visit, WebError, deadline, limit};

#[derive(Serialize)]
struct View {
    path: String,
    title: String,
    when: When,
    name: String,
    /// A place is kept until then.
    offer: Option<Moment>,
    /// What there is to say instead.
    text: String,
    page_url: Option<String>,
}

fn find(conn: &mut Conn, token: &Plain) -> Result<Option<(Row, Invitation, Meeting, Member)>, DbError> {
    let Some((row, invitation, meeting)) = store::by_token(conn, token)? else {
        return Ok(None);
    };
    let member = members::store::find(conn, &invitation.member_id)?;
    Ok(member.map(|member| (row, invitation, meeting, member)))
}

/// Shows the offer; changes nothing.
pub async fn show(app: AppData, visit: Visit, token: Path<String>) -> Answer {
    let token = Plain::given(&token);
    let app_too = app.clone();
    let found = app
        .read(move |conn| {
            let Some((row, invitation, meeting, member)) = find(conn, &token)? else {
                return Ok::<_, DbError>(None);
            };
            let position = store::standing(conn, &app_too.keys, &meeting)?.position(&invitation.id);
            Ok(Some((row, invitation, meeting, member, position)))
        })
        .await?;
    let Some((row, invitation, meeting, member, position)) = found else {
        limit::check(&app, &visit, "rsvp")?;
        return Err(WebError::NotFound);
    };
    let now = app.now();
    let closed = rsvp::closed(&meeting, &invitation, now).map(|why| why.to_string());
    let is_open = closed.is_none() && row.state == State::Offered && row.offer_until.is_some_and(|until| now < until);
    let zone = &member.time_zone;
    let view = View {
        path: visit.path.clone(),
        when: words::when(&meeting, Some(zone)),
        offer: row.offer_until.filter(|_| is_open).map(|until| deadline(until, zone)),
        text: closed.unwrap_or_else(|| instead(&row, &invitation, position, zone)),
        page_url: meeting.is_shown_to(false).then(|| meeting.path()),
        title: meeting.title,
        name: member.name,
    };
    let status = if is_open { StatusCode::OK } else { StatusCode::GONE };
    visit.secret_page_with(&app, status, "pages/meetings/place", "Your place", &view)
}

/// Why there is no offer to take.
fn instead(row: &Row, invitation: &Invitation, position: Option<usize>, zone: &str) -> String {
    match (row.state, position) {
        (State::Waiting, Some(position)) => {
            format!(
                "You are waiting for a place, {} in line. We write when it is your turn.",
                ordinal(position)
            )
        }
        (State::Offered | State::Lapsed, _) => {
            let until = row.offer_until.map(|at| deadline(at, zone).text).unwrap_or_default();
            format!(
                "The place was kept for you until {until}, and has gone to the next in line. Say yes again by the \
                 link in your invitation, or on the meeting’s page, to have a place or to wait once more."
            )
        }
        _ if invitation.answer == Said::Yes => "The place is yours. We look forward to seeing you.".into(),
        _ => "No place is kept for you now. Say yes by the link in your invitation, or on the meeting’s page, to have \
              a place or to wait for one."
            .into(),
    }
}

/// Takes the place, or leaves it to the next in line.
pub async fn answer_offer(app: AppData, visit: Visit, token: Path<String>, fields: Fields) -> Answer {
    let said = match fields.get("answer") {
        "yes" => Said::Yes,
        "no" => Said::No,
        _ => {
            return Err(WebError::Unprocessable(
                "Say whether you take the place: yes or no.".into(),
            ));
        }
    };
    let token = Plain::given(&token);
    let given = app
        .write(move |tx, ctx| {
            take_turn(tx)?;
            let (_, invitation, meeting, _) = find(tx, &token)?.ok_or(AnswerError::NotFound)?;
            rsvp::answer(tx, ctx, &meeting, &invitation, said, By::Link)
        })
        .await?;
    Ok(rsvp::secret(visit.see_other_saying(
        &app,
        &visit.path,
        &thanks(given),
    )?))
}

fn thanks(given: Given) -> String {
    match (given.answer, given.waits) {
        (_, Some(position)) => format!(
            "The place had gone to somebody else. You wait for another, {} in line.",
            ordinal(position)
        ),
        (Said::Yes, None) => "The place is yours. We look forward to seeing you.".into(),
        _ => "Thank you for letting us know. The place goes to the next in line.".into(),
    }
}
