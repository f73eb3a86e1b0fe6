//! The pages that show: settings, the list of mails, one mail with its samples.

use actix_web::{HttpRequest, web};
use serde::Serialize;

use super::{Name, ROOT, kind, path};
use crate::members;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::words::{Catalogue, MailKind, sample_facts, store};
use crate::platform::render::Words;
use crate::platform::render::reworded::{Reworded, Source};
use crate::site::mail_view::{Piece, html_reply, pieces};
use crate::web::{Answer, AppData, Coordinator, Fields, MemberId, StatusView, Visit, WebError, moment};

pub async fn settings(app: AppData, visit: Visit, _: Coordinator) -> Answer {
    #[derive(Serialize)]
    struct View {
        mails: usize,
        reworded: usize,
    }
    let rows = app.read(store::all).await?;
    let view = View {
        mails: app.part::<Catalogue>().map_or(0, |catalogue| catalogue.0.len()),
        reworded: rows.iter().filter(|row| row.source().is_some()).count(),
    };
    visit.page(&app, "pages/site/settings", "Settings", &view)
}

/// How a mail's words stand.
pub(super) enum Standing {
    Original,
    Reworded(Source),
    /// Kept, but no longer usable; with why.
    Unused(String),
}

pub(super) fn standing(app: &AppData, kind: &MailKind, row: Option<&store::Row>) -> Standing {
    match row.and_then(store::Row::source) {
        None => Standing::Original,
        Some(source) => match app.renderer.reword(kind, &sample_facts(app, kind), &source) {
            Ok(_) => Standing::Reworded(source),
            Err(unfit) => Standing::Unused(unfit.all()),
        },
    }
}

impl Standing {
    fn view(&self) -> StatusView {
        match self {
            Standing::Original => StatusView::new("calm", "Original"),
            Standing::Reworded(_) => StatusView::new("good", "Reworded"),
            Standing::Unused(_) => StatusView::new("bad", "Rewording not used"),
        }
    }
}

/// "Ana Lima, 22 November 2026, 14:02 London".
pub(super) fn changed(conn: &mut Conn, row: &store::Row, zone: &str) -> Result<String, DbError> {
    let by = members::store::find(conn, &MemberId::from(row.updated_by.as_str()))?;
    let by = by.map_or_else(|| "a former coordinator".to_owned(), |member| member.name);
    Ok(format!("{by}, {}", moment(row.updated_at, zone).text))
}

pub async fn list(app: AppData, visit: Visit, who: Coordinator) -> Answer {
    #[derive(Serialize)]
    struct Line {
        href: String,
        title: &'static str,
        when: &'static str,
        status: StatusView,
        changed: Option<String>,
    }
    #[derive(Serialize)]
    struct View {
        mails: Vec<Line>,
        has_unused: bool,
    }
    let zone = who.time_zone.clone();
    let rows = app
        .read(move |conn| {
            let mut rows = Vec::new();
            for row in store::all(conn)? {
                let changed = changed(conn, &row, &zone)?;
                rows.push((row, changed));
            }
            Ok::<_, DbError>(rows)
        })
        .await?;
    let catalogue = app.part::<Catalogue>().ok_or(WebError::NotFound)?;
    let mut has_unused = false;
    let mails = catalogue.0.iter().map(|kind| {
        let row = rows.iter().find(|(row, _)| row.name == kind.name);
        let standing = standing(&app, kind, row.map(|(row, _)| row));
        has_unused |= matches!(standing, Standing::Unused(_));
        Line {
            href: path(kind),
            title: kind.title,
            when: kind.when,
            status: standing.view(),
            changed: row
                .filter(|_| !matches!(standing, Standing::Original))
                .map(|(_, changed)| changed.clone()),
        }
    });
    let view = View {
        mails: mails.collect(),
        has_unused,
    };
    visit.page(&app, "pages/site/mails", "Mails and their words", &view)
}

/// A sample in these words (none: the original's).
pub(super) fn render(
    app: &AppData,
    kind: &MailKind,
    source: Option<&Source>,
    sample: usize,
) -> Result<Words, WebError> {
    let sample = kind.samples.get(sample).ok_or(WebError::NotFound)?;
    let mut facts = sample_facts(app, kind);
    facts.footer.clone_from(&sample.footer);
    if let Some(source) = source {
        let compiled = app.renderer.reword(kind, &facts, source);
        let compiled = compiled.map_err(|unfit| WebError::Unprocessable(unfit.all()))?;
        facts.reworded = Reworded::only(kind.name, compiled);
    }
    Ok(app.renderer.mail(kind.name, &facts, &sample.view)?)
}

#[derive(Serialize)]
pub(super) struct Link {
    text: &'static str,
    href: String,
    is_current: bool,
}

/// What an address asks to see: which sample, on what.
pub(super) struct Look {
    pub sample: usize,
    look: &'static str,
    is_original: bool,
}

const LOOKS: [(&str, &str); 4] = [
    ("light", "Light"),
    ("dark", "Dark"),
    ("phone", "Phone"),
    ("dark-phone", "Phone, dark"),
];

impl Look {
    pub fn of(fields: &Fields) -> Look {
        let look = LOOKS.iter().find(|(name, _)| *name == fields.get("look"));
        Look {
            sample: fields.get("sample").parse().unwrap_or(0),
            look: look.map_or("light", |(name, _)| name),
            is_original: fields.is_yes("original"),
        }
    }

    fn query(&self, sample: usize, look: &str) -> String {
        let original = if self.is_original { "&original=yes" } else { "" };
        format!("?sample={sample}&look={look}{original}")
    }

    /// The mail's HTML in the light or the dark that was asked for, whatever the reader's device prefers.
    pub fn apply(&self, html: &str) -> String {
        let wanted = if self.look.starts_with("dark") {
            "@media all"
        } else {
            "@media not all"
        };
        let scheme = if self.look.starts_with("dark") { "dark" } else { "light" };
        html.replace("@media (prefers-color-scheme: dark)", wanted)
            .replace("color-scheme: light dark;", &format!("color-scheme: {scheme};"))
    }
}

pub async fn one(app: AppData, visit: Visit, who: Coordinator, name: Name, request: HttpRequest) -> Answer {
    #[derive(Serialize)]
    struct View {
        path: String,
        all_href: &'static str,
        title: &'static str,
        when: &'static str,
        status: StatusView,
        changed: Option<String>,
        why_unused: Option<String>,
        is_reworded: bool,
        is_original_shown: bool,
        samples: Vec<Link>,
        looks: Vec<Link>,
        subject: String,
        text: Vec<Piece>,
        frame: String,
        is_phone: bool,
    }
    let kind = kind(&app, &name)?;
    let look = Look::of(&Fields::parse(request.query_string().as_bytes())?);
    let zone = who.time_zone.clone();
    let row = app
        .read(move |conn| {
            let row = store::find(conn, kind_name(&name).as_str())?;
            row.map(|row| Ok((changed(conn, &row, &zone)?, row))).transpose()
        })
        .await;
    let row: Option<(String, store::Row)> = row.map_err(|e: DbError| WebError::from(e))?;
    let standing = standing(&app, kind, row.as_ref().map(|(_, row)| row));
    let source = match &standing {
        Standing::Reworded(source) if !look.is_original => Some(source),
        _ => None,
    };
    let words = render(&app, kind, source, look.sample)?;
    let path = path(kind);
    let samples = kind.samples.iter().enumerate().map(|(n, sample)| Link {
        text: sample.label,
        href: format!("{path}{}", look.query(n, look.look)),
        is_current: n == look.sample,
    });
    let looks = LOOKS.iter().map(|(name, text)| Link {
        text,
        href: format!("{path}{}", look.query(look.sample, name)),
        is_current: *name == look.look,
    });
    let view = View {
        all_href: ROOT,
        title: kind.title,
        when: kind.when,
        status: standing.view(),
        changed: row
            .filter(|_| !matches!(standing, Standing::Original))
            .map(|(changed, _)| changed),
        is_reworded: matches!(standing, Standing::Reworded(_)),
        why_unused: match &standing {
            Standing::Unused(why) => Some(why.clone()),
            _ => None,
        },
        is_original_shown: look.is_original,
        samples: samples.collect(),
        looks: looks.collect(),
        subject: words.subject,
        text: pieces(&words.text),
        frame: format!("{path}/html{}", look.query(look.sample, look.look)),
        is_phone: look.look.ends_with("phone"),
        path: path.clone(),
    };
    visit.page(&app, "pages/site/mail_kind", kind.title, &view)
}

fn kind_name(name: &web::Path<(String, String)>) -> String {
    format!("{}/{}", name.0, name.1)
}

pub async fn html(app: AppData, _: Coordinator, name: Name, request: HttpRequest) -> Answer {
    let kind = kind(&app, &name)?;
    let look = Look::of(&Fields::parse(request.query_string().as_bytes())?);
    let row = app.read(move |conn| store::find(conn, &kind_name(&name))).await?;
    let source = match standing(&app, kind, row.as_ref()) {
        Standing::Reworded(source) if !look.is_original => Some(source),
        _ => None,
    };
    let words = render(&app, kind, source.as_ref(), look.sample)?;
    Ok(html_reply(look.apply(&words.html)))
}
