//! Writing an announcement: the form, its preview, and the audience that grows row by row.
//!
//! Every button sends the whole form (`do` says which), so everything works without scripts and nothing typed is lost.
//! The script of the page presses "Show the preview" in the background and takes the preview out of the answer.

use actix_web::HttpRequest;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use serde::Serialize;

use super::kept::{self, Kept};
use crate::announcements::actions::{self, AnnounceError, Content};
use crate::announcements::audience::{self, Choices, Form, Standing, reach, sentence};
use crate::announcements::model::{Announcement, AnnouncementId};
use crate::announcements::placeholders::{ALLOWED, Prepared, Values, check_body, check_subject};
use crate::announcements::store;
use crate::members;
use crate::platform::db::DbError;
use crate::platform::text::count::people;
use crate::platform::text::line::{one_line, paragraphs};
use crate::platform::text::markdown::SafeHtml;
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, FormView, Visit};

pub(super) const FIELDS: &[&str] = &[
    "subject",
    "body",
    "is_public",
    "audience",
    "saved",
    "keep_as",
    "replace",
];
/// A mail stays well below 100 kB with it (TRUST D10).
const LONGEST_BODY: usize = 15_000;
const TEMPLATE: &str = "pages/announcements/form";

/// What came of a form.
pub(super) struct Typed {
    pub form: FormView,
    pub audience: Form,
    pub problems: Vec<(String, String)>,
    pub content: Option<Content>,
}

fn parse(fields: &Fields) -> Typed {
    let mut form = FormView::of(FIELDS, fields);
    let subject = form.take("subject", subject(fields.get("subject")));
    let body = form.take("body", body(fields.get("body")));
    let audience = Form::typed(fields);
    let (wanted, problems) = match audience.read() {
        Ok(wanted) => (Some(wanted), Vec::new()),
        Err(problems) => (None, problems),
    };
    for (field, text) in &problems {
        form.fail(field, text);
    }
    let content = subject
        .zip(body)
        .zip(wanted)
        .map(|((subject, body), audience)| Content {
            subject,
            body,
            audience,
            is_public: fields.is_yes("is_public"),
        });
    Typed {
        form,
        audience,
        problems,
        content,
    }
}

fn subject(raw: &str) -> Result<String, String> {
    let subject = one_line(raw, 150)?;
    if subject.is_empty() {
        return Err("Give it a subject.".into());
    }
    check_subject(&subject).map(|()| subject)
}

fn body(raw: &str) -> Result<String, String> {
    let body = paragraphs(raw, 1, LONGEST_BODY)?;
    check_body(&body).map(|()| body)
}

/// The preview, for the one who writes.
#[derive(Serialize)]
struct Preview {
    subject: String,
    html: SafeHtml,
    text: String,
    sentence: String,
    numbers: String,
}

#[derive(Serialize)]
struct Placeholder {
    word: String,
    what: &'static str,
}

#[derive(Serialize)]
struct View {
    heading: &'static str,
    action: String,
    cancel_url: String,
    once: String,
    version: String,
    form: FormView,
    audience: audience::FormView,
    saved: Vec<Choice>,
    has_saved: bool,
    kept: Kept,
    placeholders: Vec<Placeholder>,
    note: Option<String>,
    preview: Option<Preview>,
}

/// What the page is about, beside what was typed.
struct Frame {
    known: Option<Announcement>,
    once: AnnouncementId,
    note: Option<String>,
    kept: Kept,
    status: StatusCode,
}

impl Frame {
    fn of(known: Option<Announcement>, once: AnnouncementId) -> Frame {
        Frame {
            known,
            once,
            note: None,
            kept: Kept::default(),
            status: StatusCode::OK,
        }
    }
}

async fn page(app: &AppData, visit: &Visit, who: &Coordinator, typed: Typed, frame: Frame) -> Answer {
    let Typed {
        form,
        audience,
        problems,
        content,
    } = typed;
    let (keys, zone, id) = (app.keys.clone(), app.config.network.time_zone.clone(), who.id.clone());
    let wanted = content.as_ref().map(|content| content.audience.clone());
    let (choices, reached, member) = app
        .read(move |conn| {
            let reached = match &wanted {
                Some(wanted) => Some(reach(conn, &keys, wanted)?),
                None => None,
            };
            let choices = Choices::load(conn, &zone)?;
            Ok::<_, DbError>((choices, reached, members::store::find(conn, &id)?))
        })
        .await?;
    let values = member.map_or_else(|| Values::neutral(app), |member| Values::of(app, &member));
    let preview = content.zip(reached).and_then(|(content, reached)| {
        let words = Prepared::from(app, &content.subject, &content.body)
            .ok()?
            .filled(&values);
        Some(Preview {
            subject: words.subject,
            html: words.html,
            text: words.text,
            sentence: sentence(&content.audience, &reached.titles),
            numbers: numbers(reached.members, reached.people.len(), reached.count(Standing::Gets)),
        })
    });
    let path = frame.known.as_ref().map(Announcement::desk_path);
    let action = path.unwrap_or_else(|| "/coordinate/announcements".into());
    let mut saved = vec![Choice::new("", "Choose one", "")];
    saved.extend((choices.saved.iter()).map(|one| Choice::new(one.id.clone(), one.name.clone(), "")));
    let view = View {
        heading: match frame.known {
            Some(_) => "Edit the announcement",
            None => "Write an announcement",
        },
        cancel_url: action.clone(),
        action,
        once: frame.once.to_string(),
        version: frame.known.map(|known| known.version.to_string()).unwrap_or_default(),
        form,
        audience: audience.view(&choices, &problems),
        has_saved: !choices.saved.is_empty(),
        saved,
        kept: frame.kept,
        placeholders: placeholders(),
        note: frame.note,
        preview,
    };
    visit.page_with(app, frame.status, TEMPLATE, view.heading, &view)
}

fn placeholders() -> Vec<Placeholder> {
    let one = |(word, what): &(&'static str, &'static str)| Placeholder {
        word: format!("{{{{{word}}}}}"),
        what,
    };
    ALLOWED.iter().map(one).collect()
}

/// "Of 250 members 180 match. It goes to 120 people, as of now: those of them who asked …"
pub(super) fn numbers(members: usize, matching: usize, getting: usize) -> String {
    format!(
        "Of {members} members {matching} match. It goes to {}, as of now: those of them who asked for announcements \
         and whose mail arrives.",
        people(getting)
    )
}

/// An empty form. Its script puts the form's id into the address: so that going back to it after saving finds the
/// draft that was made of it, and makes no second one.
pub async fn new(app: AppData, visit: Visit, who: Coordinator, request: HttpRequest) -> Answer {
    let once = once(&Fields::parse(request.query_string().as_bytes())?);
    let wanted = once.clone();
    if let Some(made) = app.read(move |conn| store::find(conn, &wanted)).await? {
        let path = made.desk_path();
        return Ok(visit.see_other(&if made.is_draft() { format!("{path}/edit") } else { path }));
    }
    let typed = Typed {
        form: FormView::blank(FIELDS),
        audience: Form::default(),
        problems: Vec::new(),
        content: None,
    };
    page(&app, &visit, &who, typed, Frame::of(None, once)).await
}

/// The form of a draft as it is.
pub async fn edit(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let known = super::known(&app, id.into_inner()).await?;
    if !known.is_draft() {
        return Err(AnnounceError::NotADraft.into());
    }
    let content = Content {
        subject: known.subject.clone(),
        body: known.body.clone(),
        audience: known.audience()?,
        is_public: known.is_public,
    };
    let mut form = FormView::blank(FIELDS);
    form.set("subject", &content.subject)
        .set("body", &content.body)
        .set("is_public", if content.is_public { "yes" } else { "" });
    let typed = Typed {
        form,
        audience: Form::filled(&content.audience),
        problems: Vec::new(),
        content: Some(content),
    };
    let once = known.id.clone();
    let frame = Frame::of(Some(known), once);
    page(&app, &visit, &who, typed, frame).await
}

/// The id that the form carries; a new one where it carries none.
fn once(fields: &Fields) -> AnnouncementId {
    match uuid::Uuid::parse_str(fields.get("once")) {
        Ok(id) => AnnouncementId::from(id.to_string()),
        Err(_) => AnnouncementId::new(),
    }
}

/// Makes a draft, or does what another button of the form says.
pub async fn create(app: AppData, visit: Visit, who: Coordinator, fields: Fields) -> Answer {
    take_in(app, visit, who, None, fields).await
}

/// Saves a draft, or does what another button of the form says.
pub async fn save(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let known = super::known(&app, id.into_inner()).await?;
    if !known.is_draft() {
        return Err(AnnounceError::NotADraft.into());
    }
    take_in(app, visit, who, Some(known), fields).await
}

async fn take_in(app: AppData, visit: Visit, who: Coordinator, known: Option<Announcement>, fields: Fields) -> Answer {
    let mut typed = parse(&fields);
    let mut frame = Frame::of(known, once(&fields));
    match fields.get("do") {
        "" | "save" => {}
        "preview" => return page(&app, &visit, &who, typed, frame).await,
        "keep" => {
            typed.form = FormView::of(FIELDS, &fields);
            frame.kept = kept::keep(&app, &who, &fields, &mut typed).await?;
            if !typed.form.is_ok() {
                frame.status = StatusCode::UNPROCESSABLE_ENTITY;
            }
        }
        other => {
            // Growing the form is no moment to find fault with what is not finished.
            typed.form = FormView::of(FIELDS, &fields);
            typed.problems.clear();
            match other {
                "load" => frame.kept = kept::load(&app, &fields, &mut typed).await?,
                "forget" => frame.kept = kept::forget(&app, &who, &fields, &mut typed).await?,
                "group" => typed.audience.add_group(),
                row => typed
                    .audience
                    .add_row(row.trim_start_matches("row-").parse().unwrap_or(0)),
            }
        }
    }
    if !matches!(fields.get("do"), "" | "save") {
        return page(&app, &visit, &who, typed, frame).await;
    }
    let Some(content) = typed.content.clone() else {
        frame.status = StatusCode::UNPROCESSABLE_ENTITY;
        return page(&app, &visit, &who, typed, frame).await;
    };
    let (id, by) = (frame.once.clone(), who.clone());
    let seen = fields.get("version").parse().unwrap_or(0);
    let target = frame.known.as_ref().map(|known| known.id.clone());
    let saved = app
        .write(move |tx, ctx| match target {
            Some(id) => actions::edit(tx, ctx, &by, &id, seen, &content),
            None => actions::create(tx, ctx, &by, id, &content),
        })
        .await;
    match saved {
        Ok(announcement) => {
            let said = "The draft is saved. Nobody has got it.";
            visit.see_other_saying(&app, &announcement.desk_path(), said)
        }
        Err(AnnounceError::Changed) => {
            frame.status = StatusCode::CONFLICT;
            frame.note = Some(
                "This draft has been saved since you opened this page. What you typed stands below; saving again puts \
                 it in place of what was saved."
                    .into(),
            );
            let id = frame.once.clone();
            if frame.known.is_none() {
                frame.known = app.read(move |conn| store::find(conn, &id)).await?;
            }
            page(&app, &visit, &who, typed, frame).await
        }
        Err(e) => Err(e.into()),
    }
}
