//! What to try in the demo, and a door for each sample person. They answer only in the demo.

use actix_web::web;
use serde::Serialize;

use crate::members::{self, Member};
use crate::platform::app::App;
use crate::platform::db::{Conn, DbError};
use crate::platform::secret::Plain;
use crate::web::{Answer, AppData, Fields, Visit, WebError, end_sessions, start_session};

/// The path of a sample person's door: good for as long as the demo runs.
pub fn door_path(app: &App, member: &Member) -> String {
    format!(
        "/demo/enter/{}",
        app.keys.derive("demo", member.id.as_str(), 0).as_str()
    )
}

/// The password of the demo's coordinator: another one in each demo, since each has a key of its own.
pub fn demo_password(app: &App) -> String {
    let derived = app.keys.derive("demo password", "coordinator", 0);
    derived.as_str().chars().take(12).collect()
}

#[derive(Default, Serialize)]
struct Door {
    name: String,
    role: String,
    path: String,
}

#[derive(Default, Serialize)]
struct IndexView {
    doors: Vec<Door>,
    password: String,
}

fn only_in_the_demo(app: &App) -> Result<(), WebError> {
    if app.config.is_demo {
        Ok(())
    } else {
        Err(WebError::NotFound)
    }
}

pub(super) async fn index(app: AppData, visit: Visit) -> Answer {
    only_in_the_demo(&app)?;
    let members: Vec<Member> = app
        .read(|conn| -> Result<_, DbError> {
            let mut members = members::store::coordinators(conn)?;
            let others = members::store::active(conn)?.into_iter().filter(|m| !m.is_coordinator);
            let (imported, others): (Vec<_>, Vec<_>) = others.partition(members::choices::is_without_a_word);
            members.extend(others.into_iter().take(3).chain(imported.into_iter().take(1)));
            Ok(members)
        })
        .await?;
    let door = |member: &Member| Door {
        name: member.name.clone(),
        role: if member.is_coordinator {
            "Coordinator".into()
        } else if members::choices::is_without_a_word(member) {
            "Member, imported: is asked once what they would like by mail".into()
        } else {
            format!("Member, {}", member.time_zone)
        },
        path: door_path(&app, member),
    };
    let view = IndexView {
        doors: members.iter().map(door).collect(),
        password: demo_password(&app),
    };
    visit.page(&app, "pages/site/demo", "The demo", &view)
}

/// Whose door this is.
fn behind(conn: &mut Conn, app: &App, token: &Plain) -> Result<Option<Member>, DbError> {
    let members = members::store::active(conn)?;
    Ok(members
        .into_iter()
        .find(|member| app.keys.derive("demo", member.id.as_str(), 0) == *token))
}

#[derive(Default, Serialize)]
struct DoorView {
    name: String,
    is_coordinator: bool,
}

pub(super) async fn door(app: AppData, visit: Visit, token: web::Path<String>) -> Answer {
    only_in_the_demo(&app)?;
    let (app2, token) = (app.clone(), Plain::given(&token));
    let member = app
        .read(move |conn| behind(conn, &app2, &token))
        .await?
        .ok_or(WebError::NotFound)?;
    let view = DoorView {
        name: member.name,
        is_coordinator: member.is_coordinator,
    };
    visit.secret_page(&app, "pages/site/demo_door", "Sign in to the demo", &view)
}

pub(super) async fn enter(app: AppData, visit: Visit, token: web::Path<String>, _: Fields) -> Answer {
    only_in_the_demo(&app)?;
    let (token, old) = (Plain::given(&token), visit.session.clone());
    let (cookie, member, is_asked) = app
        .write(move |tx, ctx| {
            let member = behind(tx, ctx.app, &token)?.ok_or(DbError::Query(diesel::result::Error::NotFound))?;
            if let Some(old) = old {
                end_sessions(tx, &old.person.id, Some(&old.token))?;
            }
            let cookie = start_session(tx, ctx, &member.id, member.is_coordinator)?;
            let is_asked = members::choices::ask_once(tx, ctx, &member.id)?;
            Ok::<_, DbError>((cookie, member, is_asked))
        })
        .await?;
    let mut response = visit.see_other(match (member.is_coordinator, is_asked) {
        (true, _) => "/coordinate",
        (false, true) => members::choices::WELCOME,
        (false, false) => "/me",
    });
    response.add_cookie(&cookie).map_err(WebError::internal)?;
    Ok(response)
}
