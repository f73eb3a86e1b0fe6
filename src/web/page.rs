//! Pages: a template, what the layout needs around it, and the reply that carries it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use data_encoding::BASE64URL_NOPAD;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::error::{Answer, WebError};
use super::form::csrf_token;
use super::session::{Visit, cookie};
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::render::NetworkFacts;
use crate::platform::secret::Plain;
use crate::platform::text::zone;

/// The links at the top of every page, put together by `server/`.
#[derive(Default)]
pub struct Navigation {
    pub public: Vec<NavLink>,
    /// The same row for somebody who is signed in.
    pub member: Vec<NavLink>,
    pub desk: Vec<NavLink>,
}

pub struct NavLink {
    pub href: &'static str,
    pub label: &'static str,
}

#[derive(Serialize)]
struct NavView {
    href: &'static str,
    label: &'static str,
    is_current: bool,
}

#[derive(Serialize)]
struct FlashView {
    kind: String,
    text: String,
}

#[derive(Serialize)]
struct PageFacts<'a> {
    title: &'a str,
    description: &'a str,
    path: &'a str,
    canonical: String,
    lang: &'static str,
    network: NetworkFacts,
    contact: &'a str,
    nav: Vec<NavView>,
    desk_nav: Vec<NavView>,
    is_signed_in: bool,
    is_coordinator: bool,
    is_public_cacheable: bool,
    person_name: &'a str,
    flash: Option<FlashView>,
    banner: Option<String>,
    is_demo: bool,
    csrf: String,
    noindex: bool,
}

#[derive(Serialize)]
struct Shell<'a, T> {
    page: PageFacts<'a>,
    #[serde(flatten)]
    view: &'a T,
}

/// Marks a reply whose bytes are the same for everyone: `gate` keeps it.
#[derive(Clone, Copy)]
pub(super) struct ForEveryone;

/// A reply other than a page (a feed, a calendar, a text) whose bytes are the same for everyone: they are kept,
/// with an ETag and a compressed twin. Only for what depends on nothing but the public data and the address.
pub fn for_everyone(mut response: HttpResponse) -> HttpResponse {
    response.extensions_mut().insert(ForEveryone);
    response
}

/// Says that the flash of this visit has been shown.
#[derive(Clone, Copy)]
pub(super) struct FlashShown;

/// Marks a page whose address is a secret: no referrer, no index, not stored.
#[derive(Clone, Copy)]
pub(super) struct SecretAddress;

impl Visit {
    fn html<T: Serialize>(
        &self,
        app: &App,
        template: &str,
        title: &str,
        view: &T,
        csrf: String,
        noindex: bool,
    ) -> Result<String, WebError> {
        let navigation = app.part::<Navigation>();
        let links = |which: fn(&Navigation) -> &Vec<NavLink>| -> Vec<NavView> {
            let links = navigation.map(which).map(Vec::as_slice).unwrap_or_default();
            let is_current = |href: &str| {
                self.path == href
                    || (href != "/coordinate" && self.path.strip_prefix(href).is_some_and(|rest| rest.starts_with('/')))
            };
            links
                .iter()
                .map(|l| NavView {
                    href: l.href,
                    label: l.label,
                    is_current: is_current(l.href),
                })
                .collect()
        };
        let person = self.person();
        let is_coordinator = person.is_some_and(|person| person.is_coordinator);
        let banner = (is_coordinator && !app.config.is_demo && app.config.has_sample_sender()).then(|| {
            "Mail still comes from a sample address. Set mail.from in the configuration to the network’s own."
                .to_owned()
        });
        let page = PageFacts {
            title,
            description: &app.config.network.tagline,
            path: &self.path,
            canonical: app.url(&self.path),
            lang: "en-GB",
            network: app.network(),
            contact: &app.config.network.contact,
            nav: match person {
                Some(_) => links(|n| &n.member),
                None => links(|n| &n.public),
            },
            desk_nav: links(|n| &n.desk),
            is_signed_in: person.is_some(),
            is_coordinator,
            is_public_cacheable: person.is_none(),
            person_name: person.map(|person| person.name.as_str()).unwrap_or_default(),
            flash: self.flash.clone().map(|(kind, text)| FlashView { kind, text }),
            banner,
            is_demo: app.config.is_demo,
            csrf,
            noindex,
        };
        Ok(app.renderer.html(template, &Shell { page, view })?)
    }

    fn reply(&self, status: StatusCode, html: String) -> HttpResponse {
        let mut response = HttpResponse::build(status)
            .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
            .body(html);
        if self.flash.is_some() {
            response.extensions_mut().insert(FlashShown);
        }
        response
    }

    /// A page without a form that is the same for everyone who is not signed in: its bytes are kept.
    pub fn public_page<T: Serialize>(&self, app: &App, template: &str, title: &str, view: &T) -> Answer {
        let html = self.html(app, template, title, view, String::new(), false)?;
        let mut response = self.reply(StatusCode::OK, html);
        if self.session.is_none() && self.flash.is_none() {
            response.extensions_mut().insert(ForEveryone);
        }
        Ok(response)
    }

    /// A page for this reader: never stored, with a token for its forms.
    pub fn page<T: Serialize>(&self, app: &App, template: &str, title: &str, view: &T) -> Answer {
        self.page_with(app, StatusCode::OK, template, title, view)
    }

    /// The same with another status (422 for a form with errors).
    pub fn page_with<T: Serialize>(
        &self,
        app: &App,
        status: StatusCode,
        template: &str,
        title: &str,
        view: &T,
    ) -> Answer {
        let fresh = self.browser().is_none().then(Plain::random);
        let csrf = self
            .browser()
            .or(fresh.as_ref())
            .map(|browser| csrf_token(app, browser))
            .unwrap_or_default();
        let html = self.html(app, template, title, view, csrf, self.session.is_some())?;
        let mut response = self.reply(status, html);
        if let Some(pre) = fresh {
            let set = response.add_cookie(&cookie(app, "pre", pre.as_str().to_owned(), None));
            set.map_err(WebError::internal)?;
        }
        Ok(response)
    }

    /// A page at an address that is itself a secret (a token in a link).
    pub fn secret_page<T: Serialize>(&self, app: &App, template: &str, title: &str, view: &T) -> Answer {
        self.secret_page_with(app, StatusCode::OK, template, title, view)
    }

    /// The same with another status (410 for a link that is over).
    pub fn secret_page_with<T: Serialize>(
        &self,
        app: &App,
        status: StatusCode,
        template: &str,
        title: &str,
        view: &T,
    ) -> Answer {
        let mut response = self.page_with(app, status, template, title, view)?;
        response.extensions_mut().insert(SecretAddress);
        Ok(response)
    }

    /// The page of an error, without a layout's help if even that fails.
    pub(super) fn error_page(&self, app: &App, error: &WebError) -> String {
        #[derive(Serialize)]
        struct View<'a> {
            status: u16,
            heading: &'a str,
            text: String,
            what_to_do: &'a str,
            request_id: &'a str,
        }
        let (heading, text, what_to_do) = error.words();
        let status = actix_web::ResponseError::status_code(error).as_u16();
        let view = View {
            status,
            heading,
            text: text.clone(),
            what_to_do,
            request_id: &self.request_id,
        };
        self.html(app, "pages/site/error", heading, &view, String::new(), true)
            .unwrap_or_else(|_| format!("<!doctype html><html lang=\"en-GB\"><title>{heading}</title><h1>{heading}</h1><p>{what_to_do}</p></html>"))
    }

    /// 303 to a path of ours, after a POST.
    pub fn see_other(&self, path: &str) -> HttpResponse {
        HttpResponse::SeeOther()
            .insert_header((LOCATION, path))
            .insert_header((CACHE_CONTROL, "no-store"))
            .finish()
    }

    /// 303 with a line to show on the next page.
    pub fn see_other_saying(&self, app: &App, path: &str, text: &str) -> Answer {
        self.see_other_with(app, path, "done", text)
    }

    /// 303 with a problem to show on the next page.
    pub fn see_other_warning(&self, app: &App, path: &str, text: &str) -> Answer {
        self.see_other_with(app, path, "problem", text)
    }

    fn see_other_with(&self, app: &App, path: &str, kind: &str, text: &str) -> Answer {
        let mut response = self.see_other(path);
        let packed = BASE64URL_NOPAD.encode(format!("{kind}|{text}").as_bytes());
        let value = format!("{packed}.{}", app.keys.keyed_hash("flash", &packed));
        response
            .add_cookie(&cookie(app, "flash", value, None))
            .map_err(WebError::internal)?;
        Ok(response)
    }
}

/// Reads a flash cookie of our own making; anything else is no flash.
pub(super) fn read_flash(app: &App, value: &str) -> Option<(String, String)> {
    let (packed, mac) = value.split_once('.')?;
    if !app.keys.is_keyed_hash("flash", packed, mac) {
        return None;
    }
    let text = String::from_utf8(BASE64URL_NOPAD.decode(packed.as_bytes()).ok()?).ok()?;
    let (kind, text) = text.split_once('|')?;
    Some((kind.to_owned(), text.to_owned()))
}

/// A moment as `parts/time` shows it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Moment {
    pub iso: String,
    pub text: String,
    pub reader: Option<String>,
}

/// An instant in words for a reader: `22 November 2026, 14:02`.
pub fn moment(at: At, time_zone: &str) -> Moment {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let text = at.in_zone(&zone).strftime("%-d %B %Y, %H:%M").to_string();
    Moment {
        iso: at.to_string(),
        text: format!("{text} {}", zone::city(time_zone)),
        reader: None,
    }
}

/// A day and hour that somebody has to keep, with its weekday: `Sunday 22 November 2026, 14:02 London`.
pub fn deadline(at: At, time_zone: &str) -> Moment {
    let zone = TimeZone::get(time_zone).unwrap_or(TimeZone::UTC);
    let plain = moment(at, time_zone);
    Moment {
        text: format!("{} {}", at.in_zone(&zone).strftime("%A"), plain.text),
        ..plain
    }
}

/// A word that says how something stands, with its colour's name.
#[derive(Clone, Debug, Default, Serialize)]
pub struct StatusView {
    pub kind: &'static str,
    pub text: String,
}

impl StatusView {
    pub fn new(kind: &'static str, text: impl Into<String>) -> StatusView {
        StatusView {
            kind,
            text: text.into(),
        }
    }
}

/// Links to the pages before and after.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Pager {
    pub previous: Option<String>,
    pub next: Option<String>,
    pub text: String,
}

impl Pager {
    /// The links around page `page` that shows `shown` entries; a page past the last says so and leads to the first.
    pub fn around(page: i64, shown: usize, has_more: bool, address: impl Fn(i64) -> String) -> Option<Pager> {
        let is_past_the_end = page > 1 && shown == 0;
        (page > 1 || has_more).then(|| Pager {
            previous: (page > 1).then(|| address(if is_past_the_end { 1 } else { page - 1 })),
            next: has_more.then(|| address(page + 1)),
            text: match is_past_the_end {
                true => format!("There is no page {page}"),
                false => format!("Page {page}"),
            },
        })
    }
}
