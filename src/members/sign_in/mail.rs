//! The mail with the sign-in link and its code.

mod samples;

pub use samples::kinds;

use serde::Serialize;

use super::model::LINK_LIFE;
use crate::platform::app::App;
use crate::platform::render::{RenderError, Words};
use crate::platform::secret::Plain;

#[derive(Serialize)]
struct View {
    link: String,
    code: String,
    minutes: i64,
}

/// The words of the mail. `next` (empty: none) is where the reader wanted to go.
pub fn words(app: &App, token: &Plain, code: &str, next: &str) -> Result<Words, RenderError> {
    let mut link = app.url(&format!("/sign-in/{}", token.as_str()));
    if !next.is_empty() {
        let next: String = url::form_urlencoded::byte_serialize(next.as_bytes()).collect();
        link.push_str("?next=");
        link.push_str(&next);
    }
    let view = View {
        link,
        code: code.to_owned(),
        minutes: LINK_LIFE.as_mins(),
    };
    let footer = "You get this mail because somebody asked to sign in with your address.";
    app.renderer.mail("members/sign_in", &app.mail_facts(footer), &view)
}
