//! The page of a year, and the page that copies the year before it.

mod copies;
mod plan;

pub use copies::{copies_page, copy};
pub use plan::page;

use super::model::Year;
use crate::platform::app::App;
use crate::platform::text::zone::time_zone;
use crate::web::WebError;

fn plan_url(number: i16) -> String {
    format!("/coordinate/meetings/plan?year={number}")
}

fn copies_url(number: i16) -> String {
    format!("/coordinate/meetings/plan/copies?year={number}")
}

/// The year that is asked for; the present one where none is.
fn asked(app: &App, typed: &str) -> Result<Year, WebError> {
    let starts_on = &app.config.network.year_starts;
    if typed.is_empty() {
        let today = app.now().in_zone(&time_zone(&app.config.network.time_zone)).date();
        return Ok(Year::around(today, starts_on));
    }
    let number = typed
        .parse::<i16>()
        .ok()
        .filter(|number| (2000..=2200).contains(number));
    number
        .map(|number| Year::of(number, starts_on))
        .ok_or(WebError::NotFound)
}
