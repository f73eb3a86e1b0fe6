//! What goes wrong in a request, as one page a kind. Actions say why in words; `http.rs` picks one of these.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

use super::form::Fields;
use crate::platform::db::DbError;
use crate::platform::render::RenderError;

/// What a handler returns.
pub type Answer = Result<HttpResponse, WebError>;

/// A refusal or a failure, and what the person reads about it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WebError {
    #[error("not found")]
    NotFound,
    /// Nobody is signed in, or a coordinator has not given the password yet: leads to `/sign-in…`.
    #[error("sign in first")]
    SignIn { password: bool },
    #[error("{0}")]
    Forbidden(String),
    /// A form without the proof of our own page: the browser keeps no cookies, or has a new one since. What was typed
    /// comes along, so that a page can show it again.
    #[error("no proof that our own page sent this")]
    Unproved(Box<Fields>),
    /// The input makes no sense (400), said in a sentence.
    #[error("{0}")]
    Invalid(String),
    /// The state of things forbids it (409), said in a sentence.
    #[error("{0}")]
    Refused(String),
    /// The form must be filled in otherwise (422), said in a sentence.
    #[error("{0}")]
    Unprocessable(String),
    /// Nothing at this address can be done that way (405).
    #[error("no such method here")]
    Method,
    #[error("too many requests")]
    TooMany { retry_after: u32 },
    #[error("{0}")]
    Media(String),
    #[error("{0}")]
    TooLarge(String),
    /// Longer than any address of ours (414).
    #[error("the address is too long")]
    AddressTooLong,
    /// More header fields than a browser sends (431).
    #[error("the headers are too large")]
    HeadersTooLarge,
    #[error("unknown host")]
    Misdirected,
    #[error("the database is out of reach: {0}")]
    Unavailable(String),
    #[error("{0}")]
    Internal(String),
}

impl WebError {
    /// Wraps a failure nobody can do anything about but the operator.
    pub fn internal(e: impl std::fmt::Display) -> WebError {
        WebError::Internal(e.to_string())
    }

    /// What the page says: heading, what happened, what to do.
    pub fn words(&self) -> (&'static str, String, &'static str) {
        match self {
            WebError::NotFound => (
                "Page not found",
                "There is nothing at this address, or no longer.".into(),
                "Check the address for a slip, or go on from here.",
            ),
            WebError::SignIn { password: true } => (
                "Please give your password again",
                "This is for coordinators, and a coordinator’s session ends after an hour without use.".into(),
                "Sign in with your password in another tab, come back to this one, go one page back and send it again: what you wrote is still in the form.",
            ),
            WebError::SignIn { password: false } => (
                "Please sign in",
                "This page is for members.".into(),
                "Sign in in another tab, come back to this one, go one page back and try again.",
            ),
            WebError::Unproved(_) => (
                "Please send it once more",
                "The page had been open for too long, or your browser keeps no cookies.".into(),
                "Go back, reload the page and send it again. If it happens twice, allow cookies for this site: this one is needed, and it tracks nobody.",
            ),
            WebError::Forbidden(text) => (
                "This is not open to you",
                text.clone(),
                "If you think it should be, write to us.",
            ),
            WebError::Invalid(text) => ("That could not be understood", text.clone(), "Go back and try again."),
            WebError::Refused(text) => (
                "That is not possible now",
                text.clone(),
                "Go back, reload the page and look at how things stand.",
            ),
            WebError::Unprocessable(text) => ("That cannot be done like this", text.clone(), "Go back and change it."),
            WebError::Method => (
                "That cannot be done here",
                "There is a page at this address, or a form is sent to it, but not like this.".into(),
                "Go on from here.",
            ),
            WebError::TooMany { .. } => (
                "Too many tries",
                "We have had many requests from your connection.".into(),
                "Wait a quarter of an hour, then try again.",
            ),
            WebError::Media(text) => (
                "That format is not accepted",
                text.clone(),
                "Send the form as your browser does.",
            ),
            WebError::TooLarge(text) => ("That is too large", text.clone(), "Shorten it and try again."),
            WebError::AddressTooLong => (
                "That address is too long",
                "An address here has at most 8 KiB.".into(),
                "Go back and shorten what was typed, or start from the home page.",
            ),
            WebError::HeadersTooLarge => (
                "That is too much at once",
                "The request says more about itself than we read.".into(),
                "Delete this site's cookies in your browser, then try again.",
            ),
            WebError::Misdirected => (
                "Unknown address",
                "This server does not answer to that name.".into(),
                "Check the address.",
            ),
            WebError::Unavailable(_) => (
                "We will be back in a moment",
                "The service is briefly out of reach. Nothing is lost.".into(),
                "Try again in a minute.",
            ),
            WebError::Internal(_) => (
                "Something went wrong on our side",
                "The fault has been noted.".into(),
                "Try again; if it stays, write to us and give the number below.",
            ),
        }
    }
}

impl From<DbError> for WebError {
    fn from(e: DbError) -> WebError {
        match e {
            DbError::Pool(text) => WebError::Unavailable(text),
            DbError::Query(diesel::result::Error::NotFound) => WebError::NotFound,
            other => WebError::Internal(other.to_string()),
        }
    }
}

impl From<diesel::result::Error> for WebError {
    fn from(e: diesel::result::Error) -> WebError {
        DbError::Query(e).into()
    }
}

impl From<RenderError> for WebError {
    fn from(e: RenderError) -> WebError {
        WebError::internal(e)
    }
}

impl ResponseError for WebError {
    fn status_code(&self) -> StatusCode {
        match self {
            WebError::NotFound => StatusCode::NOT_FOUND,
            WebError::SignIn { .. } => StatusCode::UNAUTHORIZED,
            WebError::Forbidden(_) | WebError::Unproved(_) => StatusCode::FORBIDDEN,
            WebError::Invalid(_) => StatusCode::BAD_REQUEST,
            WebError::Refused(_) => StatusCode::CONFLICT,
            WebError::Unprocessable(_) => StatusCode::UNPROCESSABLE_ENTITY,
            WebError::Method => StatusCode::METHOD_NOT_ALLOWED,
            WebError::TooMany { .. } => StatusCode::TOO_MANY_REQUESTS,
            WebError::Media(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            WebError::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            WebError::AddressTooLong => StatusCode::URI_TOO_LONG,
            WebError::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            WebError::Misdirected => StatusCode::MISDIRECTED_REQUEST,
            WebError::Unavailable(_) => StatusCode::SERVICE_UNAVAILABLE,
            WebError::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Only carries the error; `gate` makes the page, for it knows the reader.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        response.extensions_mut().insert(self.clone());
        response
    }
}
