//! The last mail to somebody who leaves.

mod samples;

pub use samples::kinds;

use serde::Serialize;

use crate::members::Member;
use crate::platform::app::App;
use crate::platform::mail::outbox::{Kind, Mail};
use crate::platform::render::RenderError;

#[derive(Serialize)]
struct View<'a> {
    name: &'a str,
    left_by_self: bool,
    join_link: String,
}

/// Says that the membership is over, and what that means.
pub fn farewell(app: &App, member: &Member, left_by_self: bool) -> Result<Mail, RenderError> {
    let view = View {
        name: &member.name,
        left_by_self,
        join_link: app.url("/join"),
    };
    let footer = "You get this last mail because your membership has ended.";
    let words = app.renderer.mail("members/farewell", &app.mail_facts(footer), &view)?;
    Ok(Mail::new(Kind::Farewell, member.address(), words).to_member(member.id.as_str()))
}
