//! The page behind an answer link, and the answer form on a meeting's page.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::actions::{AnswerError, answer, closed};
use crate::meetings::invitations::Answer as Said;
use crate::meetings::mail::said;
use crate::meetings::model::{By, Invitation, Meeting};
use crate::meetings::places::{self, Given, Seen, ordinal};
use crate::meetings::store;
use crate::meetings::words::{self, When};
use crate::members::{self, Member};
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;
use crate::web::{Answer, AppData, Choice, Fields, FormView, SignedIn, Visit, WebError, limit};

impl From<AnswerError> for WebError {
    fn from(e: AnswerError) -> WebError {
        match e {
            AnswerError::NotFound => WebError::NotFound,
            AnswerError::NoAnswer => WebError::Unprocessable(e.to_string()),
            AnswerError::Cancelled | AnswerError::Over | AnswerError::Withdrawn => WebError::Refused(e.to_string()),
            AnswerError::Db(e) => e.into(),
        }
    }
}

#[derive(Serialize)]
struct View {
    title: String,
    when: When,
    name: String,
    speakers: Vec<String>,
    token: String,
    /// What they have said, in a word; of somebody who waits for a place, in some more.
    answer: Option<String>,
    places: Option<Seen>,
    /// Why no answer is taken now.
    closed: Option<String>,
    is_cancelled: bool,
    reason: String,
    form: FormView,
    choices: Vec<Choice>,
    page_url: Option<String>,
    ics_url: Option<String>,
}

/// The choices as every answer form offers them.
fn choices(chosen: &str) -> Vec<Choice> {
    [
        ("yes", "Yes, I will come"),
        ("maybe", "Maybe"),
        ("no", "No, I cannot come"),
    ]
    .into_iter()
    .map(|(value, label)| Choice::new(value, label, chosen))
    .collect()
}

fn find(conn: &mut Conn, token: &str) -> Result<Option<(Invitation, Meeting, Member)>, DbError> {
    let Some((invitation, meeting)) = store::by_rsvp_token(conn, &Plain::given(token))? else {
        return Ok(None);
    };
    let member = members::store::find(conn, &invitation.member_id)?;
    Ok(member.map(|member| (invitation, meeting, member)))
}

/// Shows the invitation and the answer it was opened for; changes nothing.
pub async fn show(app: AppData, visit: Visit, token: Path<String>, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let token = token.into_inner();
    let Some((invitation, meeting, member, places)) = look(&app, &token).await? else {
        limit::check(&app, &visit, "rsvp")?;
        return Err(WebError::NotFound);
    };
    let wanted = ["yes", "maybe", "no"]
        .into_iter()
        .find(|word| *word == query.get("answer"));
    let chosen = wanted.unwrap_or(standing_answer(&invitation, places.as_ref()));
    let closed = closed(&meeting, &invitation, app.now());
    let view = view(token, meeting, &invitation, member, closed, chosen, places);
    visit.secret_page(&app, TEMPLATE, TITLE, &view)
}

/// The invitation behind a token, with what there is to say of its places.
async fn look(app: &AppData, token: &str) -> Result<Option<(Invitation, Meeting, Member, Option<Seen>)>, WebError> {
    let (app_too, token) = (app.clone(), token.to_owned());
    app.read(move |conn| {
        let Some((invitation, meeting, member)) = find(conn, &token)? else {
            return Ok(None);
        };
        let reader = Some((&invitation, member.time_zone.as_str()));
        let seen = places::seen(conn, &app_too, &meeting, reader, true)?;
        Ok(Some((invitation, meeting, member, seen)))
    })
    .await
}

/// The answer that is marked as theirs: whoever waits for a place has said yes.
pub(in crate::meetings) fn standing_answer(invitation: &Invitation, places: Option<&Seen>) -> &'static str {
    match places.and_then(|places| places.own.as_ref()) {
        Some(_) => "yes",
        None => match invitation.answer {
            Said::Yes => "yes",
            Said::Maybe => "maybe",
            Said::No => "no",
            Said::None => "none",
        },
    }
}

const TEMPLATE: &str = "pages/meetings/rsvp";
const TITLE: &str = "Your answer";

fn view(
    token: String,
    meeting: Meeting,
    invitation: &Invitation,
    member: Member,
    closed: Option<AnswerError>,
    chosen: &str,
    places: Option<Seen>,
) -> View {
    // A reader of somebody else's mail learns no more than the mail said.
    let is_public = meeting.is_shown_to(false);
    View {
        when: words::when(&meeting, Some(&member.time_zone)),
        name: member.name,
        speakers: crate::meetings::model::speakers(&meeting.speakers),
        token,
        answer: match places.as_ref().and_then(|places| places.own.as_ref()) {
            Some(own) => Some(own.said.clone()),
            None => said(invitation.answer).map(str::to_owned),
        },
        places,
        is_cancelled: meeting.is_cancelled(),
        reason: if meeting.is_cancelled() {
            meeting.cancel_reason.clone()
        } else {
            String::new()
        },
        closed: closed.map(|why| why.to_string()),
        form: FormView::blank(&["answer"]),
        choices: choices(chosen),
        page_url: is_public.then(|| meeting.path()),
        ics_url: is_public.then(|| format!("{}.ics", meeting.path())),
        title: meeting.title,
    }
}

/// The page once more, for somebody who sent it without a choice.
async fn ask_again(app: &AppData, visit: &Visit, token: String) -> Answer {
    let Some((invitation, meeting, member, places)) = look(app, &token).await? else {
        limit::check(app, visit, "rsvp")?;
        return Err(AnswerError::NoAnswer.into());
    };
    if let Some(why) = closed(&meeting, &invitation, app.now()) {
        return Err(why.into());
    }
    let chosen = standing_answer(&invitation, places.as_ref());
    let mut view = view(token, meeting, &invitation, member, None, chosen, places);
    view.form
        .fail("answer", "Choose whether you will come: yes, maybe or no.");
    visit.secret_page_with(app, StatusCode::UNPROCESSABLE_ENTITY, TEMPLATE, TITLE, &view)
}

fn given(fields: &Fields) -> Result<Said, AnswerError> {
    match Said::parse(fields.get("answer")) {
        None | Some(Said::None) => Err(AnswerError::NoAnswer),
        Some(said) => Ok(said),
    }
}

fn thanks(given: Given) -> String {
    match (given.answer, given.waits) {
        (_, Some(position)) => format!(
            "All places are taken: you are on the waiting list, {} in line. We write when a place comes free for you.",
            ordinal(position)
        ),
        (Said::Yes, None) => "Thank you: we look forward to seeing you.".into(),
        (Said::Maybe, None) => "Thank you: you have said maybe.".into(),
        _ => "Thank you for letting us know.".into(),
    }
}

/// Stores the answer of whoever holds the link.
pub async fn answer_here(app: AppData, visit: Visit, token: Path<String>, fields: Fields) -> Answer {
    let token = token.into_inner();
    let Ok(said) = given(&fields) else {
        return ask_again(&app, &visit, token).await;
    };
    let looked_for = token.clone();
    let given = app
        .write(move |tx, ctx| {
            store::take_turn(tx)?;
            let (invitation, meeting, _) = find(tx, &looked_for)?.ok_or(AnswerError::NotFound)?;
            answer(tx, ctx, &meeting, &invitation, said, By::Link)
        })
        .await?;
    let response = visit.see_other_saying(&app, &format!("/rsvp/{token}"), &thanks(given))?;
    Ok(secret(response))
}

/// The address just left is a secret: not for the next page's log either.
pub(in crate::meetings) fn secret(mut response: HttpResponse) -> HttpResponse {
    use actix_web::http::header::{HeaderName, HeaderValue};
    response.headers_mut().insert(
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("no-referrer"),
    );
    response
}

/// Stores the answer of a member on a meeting's own page.
pub async fn answer_on_page(app: AppData, visit: Visit, who: SignedIn, slug: Path<String>, fields: Fields) -> Answer {
    let said = given(&fields)?;
    let member = who.id.clone();
    let (meeting, given) = Arc::clone(&app)
        .write(move |tx, ctx| {
            store::take_turn(tx)?;
            let meeting = store::by_slug(tx, &slug)?.ok_or(AnswerError::NotFound)?;
            let invitation = store::invitation_of(tx, &meeting.id, &member)?.ok_or(AnswerError::NotFound)?;
            let given = answer(tx, ctx, &meeting, &invitation, said, By::Page)?;
            Ok::<(Meeting, Given), AnswerError>((meeting, given))
        })
        .await?;
    visit.see_other_saying(&app, &meeting.path(), &thanks(given))
}
