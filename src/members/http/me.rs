//! `/me`: one's own page, and where one is signed in.

use serde::Serialize;

use crate::members::sign_in::http::without_session;
use crate::members::{Member, actions, calendar, choices, sign_in, store};
use crate::platform::db::DbError;
use crate::platform::mail::bounces;
use crate::platform::text::country::Country;
use crate::platform::text::email_address::EmailAddress;
use crate::platform::text::{line, zone};
use crate::web::{Answer, AppData, Fields, Moment, SignedIn, Visit, WebError, moment};

#[derive(Serialize)]
struct Row {
    term: &'static str,
    text: String,
    href: Option<&'static str>,
    action: Option<&'static str>,
}

#[derive(Serialize)]
struct Card {
    heading: &'static str,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct SessionView {
    is_this: bool,
    is_elevated: bool,
    since: Moment,
    seen: Moment,
}

#[derive(Serialize)]
struct View {
    name: String,
    profile: Card,
    sessions: Vec<SessionView>,
    is_listed: bool,
    /// Whether the question about announcements and the digest waits for an answer.
    is_asked: bool,
    calendar: calendar::Standing,
    /// Since when, and why, nothing is mailed to them.
    returned: Option<ReturnedView>,
}

#[derive(Serialize)]
struct ReturnedView {
    email: String,
    since: Moment,
    words: String,
}

pub async fn overview(app: AppData, visit: Visit, who: SignedIn) -> Answer {
    let id = who.id.clone();
    let keys = app.keys.clone();
    let (member, sessions, resting, own, is_asked) = app
        .read(move |conn| -> Result<_, DbError> {
            let member = store::find(conn, &id)?;
            let resting = match &member {
                Some(member) => bounces::resting(conn, &keys, &member.email)?,
                None => None,
            };
            let is_asked = match &member {
                Some(member) => choices::is_open(conn, member)?,
                None => false,
            };
            Ok((
                member,
                store::sessions_of(conn, &id)?,
                resting,
                calendar::store::own(conn, &id)?,
                is_asked,
            ))
        })
        .await?;
    let member = member.ok_or(WebError::NotFound)?;
    let this = visit.session.as_ref().map(|session| session.token.hashed());
    let at = |at| Moment {
        reader: None,
        ..moment(at, &member.time_zone)
    };
    let sessions = sessions.iter().map(|session| SessionView {
        is_this: this.as_ref().is_some_and(|this| this.as_str() == session.token_hash),
        is_elevated: session.is_elevated,
        since: at(session.created_at),
        seen: at(session.seen_at),
    });
    let view = View {
        name: line::excerpt(&member.name, 80),
        sessions: sessions.collect(),
        is_listed: member.is_listed,
        is_asked,
        calendar: own.standing(&member.time_zone),
        returned: resting.map(|(since, words)| ReturnedView {
            email: member.email.clone(),
            since: at(since),
            words,
        }),
        profile: profile_card(&member),
    };
    visit.page(&app, "pages/members/me", "My page", &view)
}

fn profile_card(member: &Member) -> Card {
    let row = |term, text: &str| Row {
        term,
        text: if text.is_empty() {
            "not told".into()
        } else {
            text.to_owned()
        },
        href: Some("/me/profile"),
        action: Some("Change"),
    };
    let mut rows = vec![
        row("Name", &member.name),
        row("Affiliation", &member.affiliation),
        row("Country", &country_name(&member.country)),
        row("Time zone", &zone::city(&member.time_zone)),
        row("Role", &member.role),
        row("Interests", &member.interests),
    ];
    rows.push(Row {
        term: "Email",
        text: member.email.clone(),
        href: None,
        action: None,
    });
    Card {
        heading: "Your record",
        rows,
    }
}

/// The name of a country by its code; the code itself if nobody knows it.
pub fn country_name(code: &str) -> String {
    Country::parse(code).map_or_else(|_| code.to_owned(), |country| country.name().to_owned())
}

/// Mails a link to the member's own address; using it shows that mail reaches them.
pub async fn prove_address(app: AppData, visit: Visit, who: SignedIn, _: Fields) -> Answer {
    let id = who.id.clone();
    let browser = visit.browser_hash();
    app.write(move |tx, ctx| -> Result<(), DbError> {
        let member = store::find(tx, &id)?;
        match member.and_then(|member| EmailAddress::parse(&member.email).ok()) {
            Some(email) => sign_in::actions::ask(tx, ctx, &email, browser.as_ref(), "/me"),
            None => Ok(()),
        }
    })
    .await?;
    visit.see_other_saying(
        &app,
        "/me",
        "A mail is on its way. Open the link in it, and press the button there.",
    )
}

/// Ends every session, this one too.
pub async fn sign_out_everywhere(app: AppData, visit: Visit, who: SignedIn, _: Fields) -> Answer {
    let id = who.id.clone();
    app.write(move |tx, ctx| actions::sign_out_everywhere(tx, ctx, &id, id.as_str()))
        .await?;
    without_session(&app, &visit, "/sign-out")
}
