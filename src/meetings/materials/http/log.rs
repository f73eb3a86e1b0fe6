//! The page behind the link in a presenter's mail: slides and what came of it. The link is the key; nobody signs in.

use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::Path;
use serde::Serialize;

use super::desk::web_address;
use super::upload::{About, largest, look};
use crate::meetings::materials::actions::{self, MaterialError, log as logging};
use crate::meetings::materials::model::{Logged, Presenter, Seen};
use crate::meetings::materials::store;
use crate::meetings::model::Meeting;
use crate::meetings::words::{self, When};
use crate::members::Member;
use crate::platform::app::App;
use crate::platform::db::Conn;
use crate::platform::secret::Plain;
use crate::platform::text::line::{one_line, paragraphs};
use crate::web::upload::Incoming;
use crate::web::{Answer, AppData, FormView, Visit, WebError, limit};

const FIELDS: &[&str] = &["outcome", "slides_link", "file"];
const LONGEST: usize = 4_000;
/// Files one presenter may send.
const MOST_FILES: usize = 5;

#[derive(Serialize)]
struct View {
    title: String,
    name: String,
    when: When,
    path: String,
    form: FormView,
    closed: Option<&'static str>,
    was_logged: bool,
    outcome: String,
    slides_link: String,
    /// Titles of the files they have sent.
    files: Vec<String>,
    file_hint: String,
}

struct Found {
    presenter: Presenter,
    meeting: Meeting,
    member: Member,
    closed: Option<&'static str>,
    files: Vec<String>,
}

fn find(conn: &mut Conn, app: &App, slug: &str, token: &str) -> Result<Option<Found>, WebError> {
    let Some((presenter, meeting, member)) = store::by_log_token(conn, &Plain::given(token))? else {
        return Ok(None);
    };
    if meeting.slug != slug {
        return Ok(None);
    }
    let closed = logging::closed(conn, app, &meeting, app.now())?;
    let files = store::files(conn, &meeting.id)?;
    let own = files.into_iter().filter(|file| file.added_by == member.id.as_str());
    Ok(Some(Found {
        files: own.map(|file| file.title).collect(),
        presenter,
        meeting,
        member,
        closed,
    }))
}

async fn found(app: &AppData, visit: &Visit, slug: &str, token: &str) -> Result<Found, WebError> {
    let (app_too, slug, token) = (app.clone(), slug.to_owned(), token.to_owned());
    let found = app.read(move |conn| find(conn, &app_too, &slug, &token)).await?;
    match found {
        Some(found) => Ok(found),
        None => {
            limit::check(app, visit, "log")?;
            Err(WebError::NotFound)
        }
    }
}

fn show(
    app: &AppData,
    visit: &Visit,
    path: String,
    found: Found,
    status: StatusCode,
    typed: Option<FormView>,
) -> Answer {
    let form = typed.unwrap_or_else(|| {
        let mut form = FormView::blank(FIELDS);
        form.set("outcome", found.presenter.outcome.clone());
        form.set("slides_link", found.presenter.slides_link.clone());
        form
    });
    let view = View {
        title: found.meeting.title.clone(),
        name: found.member.name,
        when: words::when(&found.meeting, Some(&found.member.time_zone)),
        path,
        form,
        closed: found.closed,
        was_logged: found.presenter.logged_at.is_some(),
        outcome: found.presenter.outcome,
        slides_link: found.presenter.slides_link,
        files: found.files,
        file_hint: format!(
            "PDF, PowerPoint or OpenDocument of at most {} MB. A coordinator looks at it before anyone else sees it.",
            app.config.materials.max_file_mb
        ),
    };
    visit.secret_page_with(app, status, "pages/meetings/log", "Slides and outcome", &view)
}

/// Shows what was logged, and the form while it is open; changes nothing.
pub async fn page(app: AppData, visit: Visit, path: Path<(String, String)>) -> Answer {
    let (slug, token) = path.into_inner();
    let found = found(&app, &visit, &slug, &token).await?;
    show(
        &app,
        &visit,
        format!("/meetings/{slug}/log/{token}"),
        found,
        StatusCode::OK,
        None,
    )
}

/// Takes in what came of it. A file is read only for whoever holds the link.
pub async fn log(app: AppData, visit: Visit, path: Path<(String, String)>, incoming: Incoming) -> Answer {
    let (slug, token) = path.into_inner();
    let proved = incoming.proved().await?;
    let known = found(&app, &visit, &slug, &token).await?;
    if let Some(why) = known.closed {
        return Err(WebError::Refused(why.into()));
    }
    let upload = proved.read(largest(&app)).await?;
    let path = format!("/meetings/{slug}/log/{token}");
    let fields = upload.fields;
    let mut form = FormView::of(FIELDS, &fields);
    let outcome = form.take("outcome", paragraphs(fields.get("outcome"), 0, LONGEST));
    let link = one_line(fields.get("slides_link"), 900).and_then(|link| web_address(&link).map(|()| link));
    let link = form.take("slides_link", link);
    let mut added = None;
    if let Some(sent) = upload.file {
        if known.files.len() >= MOST_FILES {
            form.fail("file", format!("You have sent {MOST_FILES} files, which is the most."));
        } else {
            let title = format!("Slides, {}", known.member.name);
            let about = About {
                title: &title.chars().take(150).collect::<String>(),
                alt: "",
                is_decorative: false,
                // A coordinator looks at it first.
                visibility: Seen::Desk,
                may_be_picture: false,
            };
            match look(&app, sent, about).await? {
                Ok(file) => added = Some(file),
                Err(problem) => form.fail("file", problem.text),
            }
        }
    }
    let is_nothing = outcome.as_deref() == Some("") && link.as_deref() == Some("") && added.is_none();
    if is_nothing && known.files.is_empty() && form.is_ok() {
        form.fail(
            "outcome",
            "Say what came of it, give a link or choose a file: one of them is enough.",
        );
    }
    let (Some(outcome), Some(slides_link), true) = (outcome, link, form.is_ok()) else {
        return show(&app, &visit, path, known, StatusCode::UNPROCESSABLE_ENTITY, Some(form));
    };
    let logged = Logged { outcome, slides_link };
    let app_too = app.clone();
    app.write(move |tx, ctx| {
        let known = find(tx, &app_too, &slug, &token)?.ok_or(WebError::NotFound)?;
        if let Some(added) = &added {
            actions::files::add(tx, ctx, known.member.id.as_str(), &known.meeting.id, added)?;
        }
        logging::log(tx, ctx, &known.meeting, &known.presenter, &known.member, &logged)
            .map_err(|e: MaterialError| WebError::from(e))
    })
    .await?;
    let text = "Thank you. The coordinators see it now, and publish it when they have read it.";
    let mut response = visit.see_other_saying(&app, &path, text)?;
    // The address just left is a secret: not for the next page's log either.
    response.headers_mut().insert(
        HeaderName::from_static("referrer-policy"),
        HeaderValue::from_static("no-referrer"),
    );
    Ok(response)
}
