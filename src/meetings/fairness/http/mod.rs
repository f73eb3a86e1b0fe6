//! The page of fair hours: asked by its address, so that it can be kept and passed on.

mod asked;
mod borne;
mod disagree;
mod picture;
mod proposal;
mod rows;
mod scene;
mod view;

use actix_web::HttpRequest;
use actix_web::http::StatusCode;

use crate::platform::text::zone;
use crate::web::{Answer, AppData, Coordinator, Fields, Visit};

/// GET /coordinate/meetings/hours
pub async fn page(app: AppData, visit: Visit, _who: Coordinator, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let rules = zone::time_zone(&app.config.network.time_zone);
    let today = app.now().in_zone(&rules).date();
    let (form, asked) = asked::parse(&query, today);
    let status = if form.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    let app_too = app.clone();
    let view = app.read(move |conn| view::view(conn, &app_too, form, asked)).await?;
    visit.page_with(&app, status, "pages/meetings/desk_hours", "Fair hours", &view)
}
