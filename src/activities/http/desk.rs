//! The coordinators' desk: drafts, the preview, publishing and withdrawing.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};
use serde::Serialize;

use crate::activities::model::{Activity, ActivityId, Content, FIELDS, KINDS, Problem, Scope, Status};
use crate::activities::views::{self, ScopeView, Whole};
use crate::activities::{actions, store};
use crate::members;
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::platform::table;
use crate::platform::text::zone::short_date_at;
use crate::web::{
    Answer, AppData, Choice, Coordinator, Fields, FormView, MemberId, Pager, StatusView, Visit, WebError,
};

const A_PAGE: i64 = 50;

#[derive(Serialize)]
struct Line {
    href: String,
    title: String,
    scope: ScopeView,
    kind: String,
    edited_on: String,
}

pub(super) async fn list(app: AppData, visit: Visit, who: Coordinator, request: HttpRequest) -> Answer {
    #[derive(Serialize)]
    struct View {
        drafts: Vec<Line>,
        published: Vec<Line>,
        is_empty: bool,
        pager: Option<Pager>,
    }
    let query = Fields::parse(request.query_string().as_bytes())?;
    let page = query.get("page").parse::<i64>().unwrap_or(1).clamp(1, 100_000);
    let (drafts, published) = app
        .read(move |conn| {
            let drafts = store::on_desk(conn, Status::Draft, 0, table::MOST_RECORDS as i64)?;
            let published = store::on_desk(conn, Status::Published, (page - 1) * A_PAGE, A_PAGE + 1)?;
            Ok::<_, DbError>((drafts, published))
        })
        .await?;
    let line = |activity: &Activity| Line {
        href: activity.desk_path(),
        title: activity.title.clone(),
        scope: activity.scope.into(),
        kind: activity.kind.clone(),
        edited_on: short_date_at(activity.updated_at, &who.time_zone),
    };
    let has_more = published.len() as i64 > A_PAGE;
    let address = |page: i64| format!("/coordinate/activities?page={page}");
    let view = View {
        is_empty: drafts.is_empty() && published.is_empty(),
        drafts: drafts.iter().map(line).collect(),
        published: published.iter().take(A_PAGE as usize).map(line).collect(),
        pager: Pager::around(page, published.len(), has_more, address),
    };
    visit.page(&app, "pages/activities/desk_list", "Activities, desk", &view)
}

#[derive(Serialize)]
struct FormPage {
    heading: &'static str,
    action: String,
    button: &'static str,
    cancel_href: String,
    note: Option<&'static str>,
    form: FormView,
    scopes: Vec<Choice>,
    kinds: String,
}

fn form_page(activity: Option<&Activity>, form: FormView, chosen_scope: &str) -> FormPage {
    let scopes = Scope::ALL
        .iter()
        .map(|scope| Choice::new(scope.as_str(), scope.label(), chosen_scope))
        .collect();
    let is_published = activity.is_some_and(Activity::is_published);
    FormPage {
        heading: if activity.is_some() {
            "Edit the activity"
        } else {
            "Write an activity"
        },
        action: activity.map_or("/coordinate/activities".into(), Activity::desk_path),
        button: match (activity.is_some(), is_published) {
            (_, true) => "Save and show to everyone",
            _ => "Save the draft",
        },
        cancel_href: activity.map_or("/coordinate/activities".into(), Activity::desk_path),
        note: is_published.then_some("This activity is published: what you save is public at once."),
        form,
        scopes,
        kinds: format!("For example: {}.", KINDS.join(", ")),
    }
}

fn failed(app: &AppData, visit: &Visit, activity: Option<&Activity>, typed: &Fields, problems: Vec<Problem>) -> Answer {
    let mut form = FormView::of(FIELDS, typed);
    for (field, text) in problems {
        form.fail(field, text);
    }
    let view = form_page(activity, form, typed.get("scope"));
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    visit.page_with(app, status, "pages/activities/form", view.heading, &view)
}

pub(super) async fn new(app: AppData, visit: Visit, _: Coordinator) -> Answer {
    let view = form_page(None, FormView::blank(FIELDS), "");
    visit.page(&app, "pages/activities/form", view.heading, &view)
}

pub(super) async fn create(app: AppData, visit: Visit, who: Coordinator, typed: Fields) -> Answer {
    let content = match Content::parse(|field| typed.get(field)) {
        Ok(content) => content,
        Err(problems) => return failed(&app, &visit, None, &typed, problems),
    };
    let activity = app
        .write(move |tx, ctx| actions::create(tx, ctx, &who, content))
        .await?;
    visit.see_other_saying(
        &app,
        &activity.desk_path(),
        "The draft is saved. Only coordinators see it.",
    )
}

async fn known(app: &AppData, id: ActivityId) -> Result<Activity, WebError> {
    let found: Option<Activity> = app.read(move |conn: &mut Conn| store::find(conn, &id)).await?;
    found.ok_or(WebError::NotFound)
}

pub(super) async fn edit(app: AppData, visit: Visit, _: Coordinator, id: web::Path<ActivityId>) -> Answer {
    let activity = known(&app, id.into_inner()).await?;
    let mut form = FormView::blank(FIELDS);
    form.set("title", &activity.title)
        .set("scope", activity.scope.as_str())
        .set("kind", &activity.kind)
        .set("body", &activity.body)
        .set("happened_on", activity.happened_on.clone().unwrap_or_default())
        .set("until", activity.until.clone().unwrap_or_default())
        .set("period", &activity.period)
        .set("place", &activity.place)
        .set("people", &activity.people)
        .set("links", &activity.links);
    let view = form_page(Some(&activity), form, activity.scope.as_str());
    visit.page(&app, "pages/activities/form", view.heading, &view)
}

pub(super) async fn save(
    app: AppData,
    visit: Visit,
    who: Coordinator,
    id: web::Path<ActivityId>,
    typed: Fields,
) -> Answer {
    let id = id.into_inner();
    let activity = known(&app, id.clone()).await?;
    let content = match Content::parse(|field| typed.get(field)) {
        Ok(content) => content,
        Err(problems) => return failed(&app, &visit, Some(&activity), &typed, problems),
    };
    let has_changed = app
        .write(move |tx, ctx| actions::edit(tx, ctx, &who, &id, content))
        .await?;
    let said = if has_changed { "Saved." } else { "Nothing was changed." };
    visit.see_other_saying(&app, &activity.desk_path(), said)
}

#[derive(Serialize)]
struct Event {
    when: String,
    text: String,
    detail: Option<String>,
    href: Option<String>,
}

#[derive(Serialize)]
struct Timeline {
    items: Vec<Event>,
}

pub(super) async fn show(app: AppData, visit: Visit, who: Coordinator, id: web::Path<ActivityId>) -> Answer {
    #[derive(Serialize)]
    struct View {
        activity: Whole,
        status: StatusView,
        is_published: bool,
        path: String,
        public_path: String,
        public_url: String,
        timeline: Timeline,
    }
    let id = id.into_inner();
    let (activity, history) = app
        .read(move |conn| {
            let activity = store::find(conn, &id)?;
            let mut history = Vec::new();
            for entry in audit::history(conn, Some(&format!("activity:{id}")), 50)? {
                let by = members::store::find(conn, &MemberId::from(entry.by_id.as_str()))?;
                history.push((entry, by.map(|member| member.name)));
            }
            Ok::<_, DbError>((activity, history))
        })
        .await?;
    let activity = activity.ok_or(WebError::NotFound)?;
    let items = history.into_iter().map(|(entry, by)| Event {
        when: crate::web::moment(entry.at, &who.time_zone).text,
        text: entry.what.clone(),
        detail: Some(by.unwrap_or(entry.by_id)),
        href: None,
    });
    let is_published = activity.is_published();
    let view = View {
        status: match is_published {
            true => StatusView::new("good", "Published"),
            false => StatusView::new("wait", "Draft"),
        },
        is_published,
        path: activity.desk_path(),
        public_path: activity.path(),
        public_url: app.url(&activity.path()),
        timeline: Timeline { items: items.collect() },
        activity: views::whole(&activity, &app.config.network.time_zone),
    };
    visit.page(&app, "pages/activities/desk_show", &activity.title, &view)
}

pub(super) async fn publish(
    app: AppData,
    visit: Visit,
    who: Coordinator,
    id: web::Path<ActivityId>,
    _: Fields,
) -> Answer {
    let id = id.into_inner();
    let activity = app.write(move |tx, ctx| actions::publish(tx, ctx, &who, &id)).await?;
    visit.see_other_saying(
        &app,
        &activity.desk_path(),
        "Published: everyone can read it, and the feeds carry it.",
    )
}

pub(super) async fn withdraw(
    app: AppData,
    visit: Visit,
    who: Coordinator,
    id: web::Path<ActivityId>,
    _: Fields,
) -> Answer {
    let id = id.into_inner();
    let activity = app.write(move |tx, ctx| actions::withdraw(tx, ctx, &who, &id)).await?;
    visit.see_other_saying(
        &app,
        &activity.desk_path(),
        "Withdrawn: it is a draft again, and gone from pages and feeds.",
    )
}
