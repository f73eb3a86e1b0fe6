//! `/me/mail/digest`: what the next digest would say.

use actix_web::web::{self, ServiceConfig};
use serde::Serialize;

use super::news::News;
use super::{model, news, store};
use crate::members;
use crate::members::choices::{self, Rhythm};
use crate::platform::clock::At;
use crate::platform::db::DbError;
use crate::web::{Answer, AppData, Moment, SignedIn, Visit, WebError, moment};

pub fn routes(services: &mut ServiceConfig) {
    services.service(web::resource("/me/mail/digest").get(page));
}

#[derive(Debug, Serialize)]
struct View {
    is_on: bool,
    next: Option<Moment>,
    news: News,
    is_empty: bool,
    /// Links in the news are paths of this site.
    site: &'static str,
}

/// Gathers what it would say if nothing else came to be; changes nothing.
async fn page(app: AppData, visit: Visit, who: SignedIn) -> Answer {
    let id = who.id.clone();
    let app_too = app.clone();
    let view = app
        .read(move |conn| -> Result<_, DbError> {
            let Some(member) = members::store::find(conn, &id)? else {
                return Ok(None);
            };
            let now = app_too.now();
            let reader = choices::readers(conn)?
                .into_iter()
                .find(|reader| reader.member.id == id);
            let (rhythm, on_since) = reader
                .as_ref()
                .map_or((Rhythm::Monthly, now), |reader| (reader.rhythm, reader.on_since));
            let next = model::next(rhythm, &app_too.config.network.time_zone, now);
            let at: At = next.as_ref().map_or(now, |period| period.due_at);
            let last = store::covered_until(conn, &id)?;
            let window = model::window(rhythm, last, on_since, now.plus(crate::platform::clock::minutes(1)));
            let (news, _) = news::gather(conn, &app_too, &member, rhythm, window, at)?;
            Ok(Some(View {
                is_on: reader.is_some(),
                next: next.map(|period| moment(period.due_at, &member.time_zone)),
                is_empty: news.is_empty(),
                news,
                site: "",
            }))
        })
        .await?
        .ok_or(WebError::NotFound)?;
    visit.page(&app, "pages/digest/preview", "The next digest", &view)
}
