//! `/me/profile`: a member's own record.

use actix_web::http::StatusCode;
use serde::Serialize;

use crate::members::actions::{self, Profile};
use crate::members::model::{AFFILIATION_LONGEST, INTERESTS_LONGEST, NAME_LONGEST, tidy_interests};
use crate::members::privacy::actions::{Consents, set_consents};
use crate::members::{Role, store};
use crate::platform::db::DbError;
use crate::platform::text::country::Country;
use crate::platform::text::{line, zone};
use crate::web::{Answer, AppData, Choice, Fields, FormView, SignedIn, Visit, WebError};

const FIELDS: &[&str] = &[
    "name",
    "affiliation",
    "country",
    "time_zone",
    "role",
    "interests",
    "directory",
];

#[derive(Serialize)]
struct View {
    form: FormView,
    countries: Vec<Choice>,
    time_zones: Vec<Choice>,
    roles: Vec<Choice>,
}

pub async fn form(app: AppData, visit: Visit, who: SignedIn) -> Answer {
    let id = who.id.clone();
    let member = app
        .read(move |conn| store::find(conn, &id))
        .await?
        .ok_or(WebError::NotFound)?;
    let typed = Fields::of([
        ("name", member.name.as_str()),
        ("affiliation", &member.affiliation),
        ("country", &member.country),
        ("time_zone", &member.time_zone),
        ("role", &member.role),
        ("interests", &member.interests),
        ("directory", if member.is_listed { "yes" } else { "" }),
    ]);
    show(&app, &visit, StatusCode::OK, FormView::of(FIELDS, &typed), &typed)
}

pub async fn save(app: AppData, visit: Visit, who: SignedIn, fields: Fields) -> Answer {
    let mut form = FormView::of(FIELDS, &fields);
    let Some(profile) = parse(&fields, &mut form) else {
        return show(&app, &visit, StatusCode::UNPROCESSABLE_ENTITY, form, &fields);
    };
    let (id, directory) = (who.id.clone(), fields.is_yes("directory"));
    app.write(move |tx, ctx| -> Result<(), DbError> {
        actions::edit_profile(tx, ctx, &id, &profile)?;
        let announcements = store::find(tx, &id)?.is_some_and(|member| member.wants_announcements);
        set_consents(
            tx,
            ctx,
            &id,
            Consents {
                directory,
                announcements,
            },
        )
    })
    .await?;
    visit.see_other_saying(&app, "/me", "Your record is saved.")
}

/// Reads the form; what is wrong is noted in `form`.
fn parse(fields: &Fields, form: &mut FormView) -> Option<Profile> {
    let some = |text: String, otherwise: &str| {
        if text.is_empty() {
            Err(otherwise.to_owned())
        } else {
            Ok(text)
        }
    };
    let name = line::one_line(fields.get("name"), NAME_LONGEST).and_then(|text| some(text, "Write your name."));
    let affiliation = line::one_line(fields.get("affiliation"), AFFILIATION_LONGEST)
        .and_then(|text| some(text, "Write where you work, study or volunteer."));
    let role = match fields.get("role").trim() {
        "" => Ok(String::new()),
        word => Role::parse(word)
            .map(|role| role.to_string())
            .ok_or_else(|| "Choose a role from the list.".to_owned()),
    };
    let interests = line::one_line(&line::clean_line(fields.get("interests")), INTERESTS_LONGEST);
    let name = form.take("name", name);
    let affiliation = form.take("affiliation", affiliation);
    let country = form.take("country", Country::parse(fields.get("country")));
    let time_zone = form.take("time_zone", zone::zone_name(fields.get("time_zone")));
    let role = form.take("role", role);
    let interests = form.take("interests", interests);
    Some(Profile {
        name: name?,
        affiliation: affiliation?,
        country: country?.code().to_owned(),
        time_zone: time_zone?,
        role: role?,
        interests: tidy_interests(&interests?),
    })
}

fn show(app: &AppData, visit: &Visit, status: StatusCode, form: FormView, typed: &Fields) -> Answer {
    let chosen = typed.get("time_zone");
    let mut names = zone::all_zones();
    if zone::zone_name(chosen).is_ok() && !names.iter().any(|name| name == chosen) {
        names.insert(0, chosen.to_owned());
    }
    let zones = names
        .iter()
        .map(|name| Choice::new(name, name.replace('_', " "), chosen));
    let country = typed.get("country");
    let countries = Country::all().map(|c| Choice::new(c.code(), c.name(), country));
    let role = typed.get("role");
    let blank = Choice::new("", "I would rather not say", role);
    let roles = Role::ALL
        .iter()
        .map(|r| Choice::new(r.as_str(), sentence_case(r.as_str()), role));
    let view = View {
        form,
        countries: countries.collect(),
        time_zones: zones.collect(),
        roles: std::iter::once(blank).chain(roles).collect(),
    };
    visit.page_with(app, status, "pages/members/profile", "Your record", &view)
}

fn sentence_case(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + chars.as_str())
        .unwrap_or_default()
}
