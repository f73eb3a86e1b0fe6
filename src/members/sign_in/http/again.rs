//! The password once more, before something that reaches many or cannot be taken back (TRUST S19).

use crate::members::sign_in::Attempts;
use crate::members::sign_in::model::PASSWORD_LONGEST;
use crate::members::store;
use crate::web::{AppData, Coordinator, Visit, WebError, limit};

/// What came of asking for the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    Right,
    Wrong,
    /// The coordinator has not set one.
    NoneYet,
}

/// Whether this is the coordinator's password; wrong ones slow the next try, as at the door.
pub async fn password_again(
    app: &AppData,
    visit: &Visit,
    who: &Coordinator,
    password: &str,
) -> Result<Again, WebError> {
    limit::check(app, visit, "password")?;
    let id = who.id.clone();
    let member = app.read(move |conn| store::find(conn, &id)).await?;
    let Some(stored) = member.and_then(|member| member.password_hash) else {
        return Ok(Again::NoneYet);
    };
    let attempts = app.part::<Attempts>();
    if let Some(attempts) = attempts {
        tokio::time::sleep(attempts.wait(&who.email, app.now())).await;
    }
    let given = match password.chars().count() <= PASSWORD_LONGEST {
        true => password.to_owned(),
        false => String::new(),
    };
    let is_right = app.keys.is_password(given, Some(stored)).await;
    let is_right = is_right.map_err(WebError::internal)?;
    if let Some(attempts) = attempts {
        match is_right {
            true => attempts.note_right(&who.email),
            false => attempts.note_wrong(&who.email, app.now()),
        }
    }
    Ok(if is_right { Again::Right } else { Again::Wrong })
}
