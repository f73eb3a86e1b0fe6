//! Forms: taken in only with proof that our own page sent them, and shown again with everything typed.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_TYPE, HeaderName, ORIGIN};
use actix_web::web::BytesMut;
use actix_web::{FromRequest, HttpRequest};
use futures_util::StreamExt;
use serde::Serialize;
use serde::ser::SerializeMap;

use super::AppData;
use super::error::WebError;
use super::gate::is_own_origin;
use super::session::visit_of;
use crate::platform::app::App;
use crate::platform::secret::Plain;

/// Largest form body (TRUST S51).
const FORM_LIMIT: usize = 256 * 1024;
/// Most fields in a form.
const FIELD_LIMIT: usize = 1_000;
/// A body that drips in more slowly than this is cut off (TRUST S53).
const BODY_SECONDS: u64 = 30;

/// The fields of a form that our own page sent; of a repeated name the first counts.
#[derive(Clone, Debug, Default)]
pub struct Fields(BTreeMap<String, String>);

impl Fields {
    /// The field as typed; empty when it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.0.get(name).map(String::as_str).unwrap_or_default()
    }

    /// Whether it was sent at all, empty or not.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The names of the fields that hold something.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let filled = self.0.iter().filter(|(_, value)| !value.is_empty());
        filled.map(|(name, _)| name.as_str())
    }

    pub fn is_yes(&self, name: &str) -> bool {
        self.get(name) == "yes"
    }

    /// From pairs, for tests and commands.
    pub fn of<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Fields {
        let mut fields = BTreeMap::new();
        for (name, value) in pairs {
            fields.entry(name.to_owned()).or_insert_with(|| value.to_owned());
        }
        Fields(fields)
    }

    /// Reads `application/x-www-form-urlencoded`; the query of an address too, everywhere.
    pub fn parse(body: &[u8]) -> Result<Fields, WebError> {
        let mut fields = BTreeMap::new();
        for (count, (name, value)) in url::form_urlencoded::parse(body).enumerate() {
            if count >= FIELD_LIMIT {
                return Err(WebError::TooLarge("The form has too many fields.".into()));
            }
            // PostgreSQL keeps no NUL in a text, and nobody means one.
            fields
                .entry(name.into_owned())
                .or_insert_with(|| value.replace('\0', ""));
        }
        Ok(Fields(fields))
    }
}

/// The token a form carries: bound to the browser's session, or to its cookie when nobody is signed in.
pub(super) fn csrf_token(app: &App, browser: &Plain) -> String {
    app.keys.keyed_hash("csrf", browser.as_str())
}

/// Reads a body of at most `limit` bytes, within the time a body may take.
pub(super) async fn read_body(mut payload: Payload, limit: usize) -> Result<BytesMut, WebError> {
    let reading = async {
        let mut body = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|e| WebError::Invalid(format!("The form did not arrive whole: {e}.")))?;
            if body.len() + chunk.len() > limit {
                return Err(WebError::TooLarge(format!("A form may hold {} KiB.", limit / 1024)));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    };
    tokio::time::timeout(Duration::from_secs(BODY_SECONDS), reading)
        .await
        .unwrap_or_else(|_| Err(WebError::Invalid("The form took too long to arrive.".into())))
}

/// Whether the browser says that another site's page sent this.
pub(super) fn is_foreign(app: &App, request: &HttpRequest) -> bool {
    let text = |name: &str| request.headers().get(name).and_then(|v| v.to_str().ok());
    let site = text("sec-fetch-site");
    let origin = text("origin").unwrap_or_default();
    let is_foreign_site = site.is_some_and(|site| site != "same-origin" && site != "none");
    // A page whose address is a secret has the policy no-referrer, and browsers then send `Origin: null`:
    // it counts as ours only where the browser itself says that the form came from our own pages.
    let is_own_but_nameless = origin == "null" && site == Some("same-origin");
    is_foreign_site || request.headers().contains_key(ORIGIN) && !is_own_but_nameless && !is_own_origin(app, origin)
}

/// Whether `given` is the token of this very browser.
pub(super) fn is_proved(app: &App, request: &HttpRequest, given: &str) -> bool {
    let visit = visit_of(request);
    visit
        .browser()
        .is_some_and(|browser| app.keys.is_keyed_hash("csrf", browser.as_str(), given))
}

impl FromRequest for Fields {
    type Error = WebError;
    type Future = Pin<Box<dyn Future<Output = Result<Fields, WebError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let fields = read_fields(&request, payload).await?;
            prove(&request, fields)
        })
    }
}

fn header_text(request: &HttpRequest, name: HeaderName) -> &str {
    let value = request.headers().get(name).and_then(|v| v.to_str().ok());
    value.unwrap_or_default()
}

/// Reads a form, whoever sent it.
pub(super) async fn read_fields(request: &HttpRequest, payload: Payload) -> Result<Fields, WebError> {
    if !header_text(request, CONTENT_TYPE)
        .to_ascii_lowercase()
        .starts_with("application/x-www-form-urlencoded")
    {
        return Err(WebError::Media(
            "A form is sent as application/x-www-form-urlencoded.".into(),
        ));
    }
    let body = read_body(payload, FORM_LIMIT).await?;
    Fields::parse(&body)
}

/// Lets a form through only if our own page in this very browser sent it.
pub(super) fn prove(request: &HttpRequest, fields: Fields) -> Result<Fields, WebError> {
    let app = request
        .app_data::<AppData>()
        .ok_or_else(|| WebError::internal("no application"))?;
    if is_foreign(app, request) {
        return Err(WebError::Forbidden("The form did not come from our own page.".into()));
    }
    if !is_proved(app, request, fields.get("csrf")) {
        return Err(WebError::Unproved(Box::new(fields)));
    }
    Ok(fields)
}

#[derive(Clone, Debug, Default, Serialize)]
struct FieldView {
    name: String,
    value: String,
    error: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct FieldError {
    field: String,
    text: String,
}

/// One option of a select or a group of radio buttons.
#[derive(Clone, Debug, Serialize)]
pub struct Choice {
    pub value: String,
    pub label: String,
    pub is_selected: bool,
}

impl Choice {
    pub fn new(value: impl Into<String>, label: impl Into<String>, chosen: &str) -> Choice {
        let value = value.into();
        Choice {
            is_selected: value == chosen,
            label: label.into(),
            value,
        }
    }
}

/// A form as a template shows it: each field's value and error, and all errors together.
#[derive(Clone, Debug, Default)]
pub struct FormView {
    fields: BTreeMap<String, FieldView>,
    errors: Vec<FieldError>,
}

impl FormView {
    /// An empty form with these fields.
    pub fn blank(names: &[&str]) -> FormView {
        FormView::of(names, &Fields::default())
    }

    /// A form with these fields as they were typed.
    pub fn of(names: &[&str], typed: &Fields) -> FormView {
        let field = |name: &&str| {
            (
                name.to_string(),
                FieldView {
                    name: name.to_string(),
                    value: typed.get(name).to_owned(),
                    error: None,
                },
            )
        };
        FormView {
            fields: names.iter().map(field).collect(),
            errors: Vec::new(),
        }
    }

    pub fn set(&mut self, name: &str, value: impl Into<String>) -> &mut FormView {
        let field = self.fields.entry(name.to_owned()).or_default();
        field.name = name.to_owned();
        field.value = value.into();
        self
    }

    /// Whether the form has this field yet.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// What stands in a field.
    pub fn value(&self, name: &str) -> &str {
        self.fields
            .get(name)
            .map(|field| field.value.as_str())
            .unwrap_or_default()
    }

    /// Says what is wrong with a field.
    pub fn fail(&mut self, name: &str, text: impl Into<String>) {
        let text = text.into();
        self.fields
            .entry(name.to_owned())
            .or_insert_with(|| FieldView {
                name: name.to_owned(),
                ..Default::default()
            })
            .error = Some(text.clone());
        self.errors.push(FieldError {
            field: name.to_owned(),
            text,
        });
    }

    /// Keeps what a parser made of a field, or notes what it said.
    pub fn take<T>(&mut self, name: &str, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|text| self.fail(name, text)).ok()
    }

    pub fn is_ok(&self) -> bool {
        self.errors.is_empty()
    }
}

impl Serialize for FormView {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.fields.len() + 1))?;
        for (name, field) in &self.fields {
            map.serialize_entry(name, field)?;
        }
        map.serialize_entry("errors", &self.errors)?;
        map.end()
    }
}
