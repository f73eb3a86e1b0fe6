//! Kept audiences, in the form of an announcement: keeping one under a name, filling one in, deleting one.

use serde::Serialize;

use super::edit::Typed;
use crate::announcements::actions::Content;
use crate::announcements::audience::{self, Form, Saved};
use crate::platform::text::line::one_line;
use crate::web::{AppData, Coordinator, Fields, WebError};

/// What the page says among the kept audiences; they are shown where there is something to say.
#[derive(Debug, Default, Serialize)]
pub(super) struct Kept {
    is_open: bool,
    note: Option<String>,
    /// Whether one of that name is there already.
    asks_to_replace: bool,
}

impl Kept {
    fn saying(note: Option<String>) -> Kept {
        Kept {
            is_open: true,
            note,
            asks_to_replace: false,
        }
    }
}

/// Keeps the audience that was typed.
pub(super) async fn keep(
    app: &AppData,
    who: &Coordinator,
    fields: &Fields,
    typed: &mut Typed,
) -> Result<Kept, WebError> {
    let name = match one_line(fields.get("keep_as"), 80) {
        Ok(name) if name.is_empty() => Err("Give the audience a name to keep it under.".to_owned()),
        _ if !typed.problems.is_empty() => Err("Put the conditions above right first.".to_owned()),
        other => other,
    };
    for (field, text) in &typed.problems {
        typed.form.fail(field, text);
    }
    let Some((name, wanted)) = typed.form.take("keep_as", name).zip(typed.audience.read().ok()) else {
        return Ok(Kept::saying(None));
    };
    let (as_typed, by, replaces) = (name.clone(), who.clone(), fields.is_yes("replace"));
    let is_kept = app
        .write(move |tx, ctx| audience::keep(tx, ctx, &by, &name, &wanted, replaces))
        .await?;
    if !is_kept {
        let text = "There is one of that name already: keep it under another name, or tick to replace it.";
        typed.form.fail("keep_as", text);
        return Ok(Kept {
            asks_to_replace: true,
            ..Kept::saying(None)
        });
    }
    typed.form.set("keep_as", "").set("replace", "");
    Ok(Kept::saying(Some(format!("The audience is kept as “{as_typed}”."))))
}

/// Fills a kept audience in.
pub(super) async fn load(app: &AppData, fields: &Fields, typed: &mut Typed) -> Result<Kept, WebError> {
    let Some(one) = chosen(app, fields, typed).await? else {
        return Ok(Kept::saying(None));
    };
    typed.audience = Form::filled(&one.audience);
    typed.content = typed.content.take().map(|content| Content {
        audience: one.audience,
        ..content
    });
    Ok(Kept::saying(Some(format!("“{}” is filled in above.", one.name))))
}

/// Deletes a kept audience; what is filled in stays.
pub(super) async fn forget(
    app: &AppData,
    who: &Coordinator,
    fields: &Fields,
    typed: &mut Typed,
) -> Result<Kept, WebError> {
    let Some(one) = chosen(app, fields, typed).await? else {
        return Ok(Kept::saying(None));
    };
    let said = format!("“{}” is deleted. The conditions above stay as they are.", one.name);
    let by = who.clone();
    app.write(move |tx, ctx| audience::forget(tx, ctx, &by, &one)).await?;
    Ok(Kept::saying(Some(said)))
}

async fn chosen(app: &AppData, fields: &Fields, typed: &mut Typed) -> Result<Option<Saved>, WebError> {
    let saved = app.read(audience::saved).await?;
    let found = saved.into_iter().find(|one| one.id == fields.get("saved"));
    if found.is_none() {
        typed.form.fail("saved", "Choose a kept audience first.");
    }
    Ok(found)
}
