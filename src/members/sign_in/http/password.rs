//! The coordinators' password: giving it, and setting it with a one-time link.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use super::{next_of, query};
use crate::members::sign_in::model::{PASSWORD_LONGEST, check_password};
use crate::members::sign_in::{Attempts, actions, safe_next};
use crate::members::{Member, Status, store as members_store};
use crate::platform::app::App;
use crate::platform::secret::Plain;
use crate::web::{Answer, AppData, Fields, FormView, Visit, WebError, limit};

const FIELDS: &[&str] = &["email", "password"];

/// The same words whatever was wrong (TRUST S13).
const NO_MATCH: &str = "Address and password do not belong together, or no password has been set for this address.";

#[derive(Serialize)]
struct View {
    form: FormView,
    next: String,
    is_step_up: bool,
}

pub async fn form(app: AppData, visit: Visit, request: HttpRequest) -> Answer {
    let next = next_of(&query(&request)?);
    let mut form = FormView::blank(FIELDS);
    if let Some(person) = visit.person() {
        if person.is_elevated {
            let next = if next.is_empty() { "/coordinate" } else { &next };
            return Ok(visit.see_other(next));
        }
        form.set("email", person.email.clone());
    }
    password_page(&app, &visit, StatusCode::OK, form, next)
}

pub async fn enter(app: AppData, visit: Visit, fields: Fields) -> Answer {
    limit::check(&app, &visit, "password")?;
    let next = next_of(&fields);
    let email = fields.get("email").trim().to_owned();
    let password = fields.get("password").to_owned();
    let wanted = email.clone();
    let member = app.read(move |conn| members_store::by_email(conn, &wanted)).await?;
    let member = member.filter(|member| member.status == Status::Active && member.is_coordinator);
    let attempts = app.part::<Attempts>();
    if let Some(attempts) = attempts {
        tokio::time::sleep(attempts.wait(&email, app.now())).await;
    }
    let stored = member.as_ref().and_then(|member| member.password_hash.clone());
    let given = if password.chars().count() <= PASSWORD_LONGEST {
        password
    } else {
        String::new()
    };
    let is_right = app
        .keys
        .is_password(given.clone(), stored.clone())
        .await
        .map_err(WebError::internal)?;
    let Some(member) = member.filter(|_| is_right) else {
        if let Some(attempts) = attempts {
            attempts.note_wrong(&email, app.now());
        }
        return no_match(&app, &visit, &fields, next);
    };
    if let Some(attempts) = attempts {
        attempts.note_right(&email);
    }
    let stronger = if stored.is_some_and(|phc| !has_todays_cost(&app, &phc)) {
        Some(app.keys.hash_password(given).await.map_err(WebError::internal)?)
    } else {
        None
    };
    let old_session = visit.session.as_ref().map(|session| session.token.clone());
    let id = member.id;
    let begun = app
        .write(move |tx, ctx| actions::enter_with_password(tx, ctx, &id, old_session.as_ref(), stronger))
        .await?;
    let Some(cookie) = begun else {
        return no_match(&app, &visit, &fields, next);
    };
    let next = if next.is_empty() {
        "/coordinate".to_owned()
    } else {
        safe_next(&next)
    };
    let mut response = visit.see_other(&next);
    response.add_cookie(&cookie).map_err(WebError::internal)?;
    Ok(response)
}

/// Whether a stored hash was made with the cost that is configured now.
fn has_todays_cost(app: &App, phc: &str) -> bool {
    let secrets = &app.config.secrets;
    phc.starts_with(&format!(
        "$argon2id$v=19$m={},t={},p=1$",
        secrets.argon2_memory, secrets.argon2_passes
    ))
}

fn no_match(app: &AppData, visit: &Visit, fields: &Fields, next: String) -> Answer {
    let mut form = FormView::of(FIELDS, fields);
    form.set("password", "");
    form.fail("password", NO_MATCH);
    password_page(app, visit, StatusCode::UNPROCESSABLE_ENTITY, form, next)
}

fn password_page(app: &AppData, visit: &Visit, status: StatusCode, form: FormView, next: String) -> Answer {
    let view = View {
        form,
        next,
        is_step_up: visit.person().is_some_and(|person| person.is_coordinator),
    };
    visit.page_with(app, status, "pages/members/password", "Coordinators’ password", &view)
}

#[derive(Serialize)]
struct SetView {
    form: FormView,
    action: String,
    email: String,
}

pub async fn set_form(app: AppData, visit: Visit, token: Path<String>) -> Answer {
    match who(&app, &token).await? {
        Some(member) => set_page(
            &app,
            &visit,
            StatusCode::OK,
            FormView::blank(&["password"]),
            &token,
            &member,
        ),
        None => over(&app, &visit),
    }
}

pub async fn set(app: AppData, visit: Visit, token: Path<String>, fields: Fields) -> Answer {
    limit::check(&app, &visit, "set password")?;
    let Some(member) = who(&app, &token).await? else {
        return over(&app, &visit);
    };
    let password = fields.get("password").to_owned();
    let network = &app.config.network;
    let local = member.email.split('@').next().unwrap_or_default();
    let names = [&network.name, &network.short_name, &member.name, &member.email, local];
    let mut form = FormView::blank(&["password"]);
    if form.take("password", check_password(&password, &names)).is_none() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return set_page(&app, &visit, status, form, &token, &member);
    }
    let hash = app.keys.hash_password(password).await.map_err(WebError::internal)?;
    let plain = Plain::given(&token);
    let is_set = app
        .write(move |tx, ctx| actions::set_password(tx, ctx, &plain, hash))
        .await?;
    if !is_set {
        return over(&app, &visit);
    }
    visit.see_other_saying(&app, "/sign-in/password", "Your password is set. Sign in with it.")
}

async fn who(app: &AppData, token: &str) -> Result<Option<Member>, WebError> {
    let (plain, now) = (Plain::given(token), app.now());
    let found = app
        .read(move |conn| actions::who_sets_password(conn, &plain, now))
        .await?;
    Ok(found)
}

fn set_page(app: &AppData, visit: &Visit, status: StatusCode, form: FormView, token: &str, member: &Member) -> Answer {
    let view = SetView {
        form,
        action: format!("/sign-in/set-password/{token}"),
        email: member.email.clone(),
    };
    visit.secret_page_with(app, status, "pages/members/set_password", "Set your password", &view)
}

fn over(app: &AppData, visit: &Visit) -> Answer {
    #[derive(Serialize)]
    struct Over {}
    let title = "This link is over";
    visit.secret_page_with(
        app,
        StatusCode::GONE,
        "pages/members/set_password_gone",
        title,
        &Over {},
    )
}
