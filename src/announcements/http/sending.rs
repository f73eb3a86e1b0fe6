//! The last page before it goes: to whom and how many, when, the number typed and the password given again.

use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use super::steps::write_first;
use super::{values, when};
use crate::announcements::actions::{AnnounceError, confirm};
use crate::announcements::audience::{Audience, Reach, Standing, reach, sentence};
use crate::announcements::model::{Announcement, Status};
use crate::announcements::placeholders::subject_for;
use crate::members::sign_in::http::{Again, password_again};
use crate::platform::db::DbError;
use crate::platform::text::count::{in_words, people};
use crate::platform::text::zone;
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, FormView, Visit, WebError, deadline};

const FIELDS: &[&str] = &["when", "goes", "time_zone", "goes_choice", "number", "password"];

const NO_PASSWORD: &str = "You have no password yet, so nothing was sent. Whoever runs this server can make you a link \
                           to set one: oxsop coordinator add, with your address.";

#[derive(Serialize)]
struct Line {
    number: usize,
    text: String,
}

/// As `parts/preflight` draws it.
#[derive(Serialize)]
struct Preflight {
    heading: String,
    lines: Vec<Line>,
    note: Option<String>,
}

#[derive(Serialize)]
struct View {
    url: String,
    subject: String,
    sentence: String,
    version: i32,
    number: usize,
    has_readers: bool,
    preflight: Preflight,
    number_label: String,
    form: FormView,
    whens: Vec<Choice>,
    zones: Vec<Choice>,
    goes_choices: Vec<Choice>,
}

pub async fn form(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let announcement = super::known(&app, id.into_inner()).await?;
    let mut form = FormView::blank(FIELDS);
    form.set("when", "now").set("time_zone", &app.config.network.time_zone);
    let typed = Fields::of([("when", "now"), ("time_zone", app.config.network.time_zone.as_str())]);
    page(
        &app,
        &visit,
        &who,
        announcement,
        form,
        &typed,
        Vec::new(),
        StatusCode::OK,
    )
    .await
}

#[expect(clippy::too_many_arguments, reason = "one page, and what was typed on it")]
async fn page(
    app: &AppData,
    visit: &Visit,
    who: &Coordinator,
    announcement: Announcement,
    form: FormView,
    typed: &Fields,
    goes_choices: Vec<Choice>,
    status: StatusCode,
) -> Answer {
    if !announcement.is_draft() {
        return Err(AnnounceError::NotADraft.into());
    }
    let (audience, reached) = reached(app, &announcement).await?;
    let number = reached.count(Standing::Gets);
    let chosen_zone = zone::zone_name(typed.get("time_zone")).unwrap_or_default();
    let view = View {
        url: announcement.desk_path(),
        sentence: sentence(&audience, &reached.titles),
        version: announcement.version,
        has_readers: number > 0,
        preflight: preflight(&reached, number),
        number_label: format!("Type {number} to confirm that it goes to {}", people(number)),
        number,
        form,
        whens: vec![
            Choice::new("now", "Now", typed.get("when")),
            Choice::new("later", "Later, at this time", typed.get("when")),
        ],
        zones: zone::all_zones()
            .into_iter()
            .map(|name| Choice::new(name.clone(), name.replace('_', " "), &chosen_zone))
            .collect(),
        goes_choices,
        subject: subject_for(app, &announcement.subject, &values(app, who).await?),
    };
    visit.page_with(
        app,
        status,
        "pages/announcements/sending",
        "Send the announcement",
        &view,
    )
}

/// Whom it is for, and whom that reaches as of now.
async fn reached(app: &AppData, announcement: &Announcement) -> Result<(Audience, Reach), WebError> {
    let (audience, keys) = (announcement.audience()?, app.keys.clone());
    let found = app
        .read(move |conn| {
            let reached = reach(conn, &keys, &audience)?;
            Ok::<_, DbError>((audience, reached))
        })
        .await?;
    Ok(found)
}

fn preflight(reached: &Reach, number: usize) -> Preflight {
    let words = in_words(number);
    let word = if number == 1 { "person" } else { "people" };
    let did_not_ask = reached.count(Standing::DidNotAsk);
    let mut lines = vec![
        Line {
            number,
            text: "match, asked for announcements, and get it".into(),
        },
        Line {
            number: did_not_ask,
            text: "match but did not ask for announcements: they get nothing".into(),
        },
    ];
    let resting: Vec<&str> = reached
        .people
        .iter()
        .filter(|one| one.standing == Standing::Resting)
        .map(|one| one.member.name.as_str())
        .collect();
    if !resting.is_empty() {
        lines.push(Line {
            number: resting.len(),
            text: format!("asked for it, but mail to them does not arrive: {}", resting.join(", ")),
        });
    }
    Preflight {
        heading: format!("It goes to {number} ({words}) {word}"),
        lines,
        note: Some("Whom it goes to is fixed when you confirm, also where it goes later. Who ends announcements or leaves before it goes gets nothing.".into()),
    }
}

pub async fn send(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let announcement = super::known(&app, id.into_inner()).await?;
    if !announcement.is_draft() {
        return Err(AnnounceError::NotADraft.into());
    }
    let mut form = FormView::of(FIELDS, &fields);
    form.set("password", "");
    let mut goes_choices = Vec::new();
    let when = when::read(&mut form, &fields, app.now(), &mut goes_choices);
    let now = reached(&app, &announcement).await?.1.count(Standing::Gets);
    let number = form.take("number", number(fields.get("number"), now));
    // All that is wrong is said at once.
    match password_again(&app, &visit, &who, fields.get("password")).await? {
        Again::Right => {}
        Again::Wrong => form.fail(
            "password",
            "That is not your password, so nothing was sent. Give it again.",
        ),
        Again::NoneYet => form.fail("password", NO_PASSWORD),
    }
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let (Some(when), Some(number), true) = (when, number, form.is_ok()) else {
        return page(&app, &visit, &who, announcement, form, &fields, goes_choices, status).await;
    };
    let seen = fields.get("version").parse().unwrap_or(0);
    let (id, by) = (announcement.id.clone(), who.clone());
    let confirmed = app
        .write(move |tx, ctx| confirm(tx, ctx, &by, &id, seen, number, &when))
        .await;
    match confirmed {
        Ok(announcement) => {
            write_first(&app, &announcement.id).await?;
            let said = match (announcement.status, announcement.goes_at) {
                (Status::Scheduled, Some(at)) => {
                    format!(
                        "Scheduled: it goes to {} on {}.",
                        people(number),
                        deadline(at, &announcement.time_zone).text
                    )
                }
                _ => format!("On its way to {}.", people(number)),
            };
            visit.see_other_saying(&app, &announcement.desk_path(), &said)
        }
        Err(e @ (AnnounceError::Number { .. } | AnnounceError::Nobody)) => {
            form.fail("number", e.to_string());
            page(&app, &visit, &who, announcement, form, &fields, goes_choices, status).await
        }
        Err(e @ AnnounceError::Past) => {
            form.fail("goes", e.to_string());
            page(&app, &visit, &who, announcement, form, &fields, goes_choices, status).await
        }
        Err(e) => Err(e.into()),
    }
}

/// The number that was typed, if it is how many it reaches `now`.
fn number(raw: &str, now: usize) -> Result<usize, String> {
    match raw.trim().replace([',', ' '], "").parse::<usize>() {
        Err(_) => Err("Type the number of people in figures.".to_owned()),
        Ok(number) if number != now && now > 0 => Err(AnnounceError::Number { now }.to_string()),
        Ok(number) => Ok(number),
    }
}
