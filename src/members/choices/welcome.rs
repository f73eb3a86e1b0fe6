//! `/me/welcome`: the question about announcements and the digest, put once to those who were imported.

use serde::Serialize;

use super::actions::{self, Answered};
use super::model::Rhythm;
use crate::members::store;
use crate::web::{Answer, AppData, Fields, SignedIn, Visit, WebError};

#[derive(Debug, Serialize)]
struct View {
    name: String,
    is_open: bool,
}

/// The question; or, once it is answered, where its answers stand. Looking changes nothing.
pub async fn page(app: AppData, visit: Visit, who: SignedIn) -> Answer {
    let id = who.id.clone();
    let found = app
        .read(move |conn| -> Result<_, crate::platform::db::DbError> {
            match store::find(conn, &id)? {
                Some(member) => Ok(Some((actions::is_open(conn, &member)?, member.name))),
                None => Ok(None),
            }
        })
        .await?;
    let (is_open, name) = found.ok_or(WebError::NotFound)?;
    visit.page(&app, "pages/members/welcome", "One question", &View { name, is_open })
}

pub async fn answer(app: AppData, visit: Visit, who: SignedIn, fields: Fields) -> Answer {
    let answered = match fields.get("choice") {
        "save" => Some(Answered {
            announcements: fields.is_yes("announcements"),
            digest: Rhythm::parse(fields.get("digest")),
        }),
        "close" => None,
        _ => return Err(WebError::Unprocessable("Press one of the buttons on the page.".into())),
    };
    let id = who.id.clone();
    let is_kept = app
        .write(move |tx, ctx| actions::answer(tx, ctx, &id, answered))
        .await?;
    let said = match (is_kept, answered) {
        (true, Some(_)) => "Your answer is kept. You can change it whenever you like, under Your mail.",
        (false, Some(_)) => "You have chosen since that page was opened, so nothing was changed. See Your mail.",
        (_, None) => "You will not be asked again. Your choices stand under Your mail.",
    };
    visit.see_other_saying(&app, "/me", said)
}
