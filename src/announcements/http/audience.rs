//! The list one can check: everyone who matches, by name, with why, and whether they get it.

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::Serialize;

use super::edit::numbers;
use crate::announcements::audience::{Reached, Standing, reach, sentence};
use crate::announcements::placeholders::subject_for;
use crate::members;
use crate::platform::db::DbError;
use crate::web::{Answer, AppData, Coordinator, Fields, Pager, StatusView, Visit};

const A_PAGE: usize = 50;

#[derive(Serialize)]
struct Line {
    name: String,
    href: String,
    why: String,
    status: StatusView,
}

#[derive(Serialize)]
struct View {
    url: String,
    subject: String,
    sentence: String,
    numbers: String,
    people: Vec<Line>,
    is_empty: bool,
    pager: Option<Pager>,
}

pub async fn list(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let page = query.get("page").parse::<usize>().unwrap_or(1).clamp(1, 10_000);
    let announcement = super::known(&app, id.into_inner()).await?;
    let (audience, keys) = (announcement.audience()?, app.keys.clone());
    let (audience, reached) = app
        .read(move |conn| {
            let reached = reach(conn, &keys, &audience)?;
            Ok::<_, DbError>((audience, reached))
        })
        .await?;
    let url = announcement.desk_path();
    let people: Vec<Line> = (reached.people.iter())
        .skip((page - 1) * A_PAGE)
        .take(A_PAGE)
        .map(line)
        .collect();
    let has_more = reached.people.len() > page * A_PAGE;
    let view = View {
        sentence: sentence(&audience, &reached.titles),
        numbers: numbers(reached.members, reached.people.len(), reached.count(Standing::Gets)),
        is_empty: reached.people.is_empty(),
        pager: Pager::around(page as i64, people.len(), has_more, |page| {
            format!("{url}/audience?page={page}")
        }),
        people,
        subject: subject_for(&app, &announcement.subject, &super::values(&app, &who).await?),
        url,
    };
    visit.page(&app, "pages/announcements/audience", "Who gets it", &view)
}

fn line(one: &Reached) -> Line {
    Line {
        name: one.member.name.clone(),
        href: desk_path(&one.member),
        why: one.why.clone(),
        status: match one.standing {
            Standing::Gets => StatusView::new("good", "Gets it"),
            Standing::DidNotAsk => StatusView::new("calm", "Did not ask for announcements"),
            Standing::Resting => StatusView::new("bad", "Mail does not arrive"),
        },
    }
}

fn desk_path(member: &members::Member) -> String {
    format!("/coordinate/members/{}", member.id)
}
