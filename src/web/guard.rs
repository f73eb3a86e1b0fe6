//! Authority in the type: a handler that asks for a `Coordinator` is never run for anyone else.

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use std::future::{Ready, ready};
use std::ops::Deref;

use super::error::WebError;
use super::session::{Person, visit_of};

/// A member who is signed in.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Person);

/// A coordinator who gave the password in this session.
#[derive(Clone, Debug)]
pub struct Coordinator(Person);

impl Coordinator {
    /// For commands and the demo, which act with the operator's authority.
    pub fn acting(person: Person) -> Coordinator {
        Coordinator(person)
    }
}

impl Deref for SignedIn {
    type Target = Person;
    fn deref(&self) -> &Person {
        &self.0
    }
}

impl Deref for Coordinator {
    type Target = Person;
    fn deref(&self) -> &Person {
        &self.0
    }
}

impl FromRequest for SignedIn {
    type Error = WebError;
    type Future = Ready<Result<SignedIn, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let session = visit_of(request).session;
        ready(
            session
                .map(|session| SignedIn(session.person))
                .ok_or(WebError::SignIn { password: false }),
        )
    }
}

impl FromRequest for Coordinator {
    type Error = WebError;
    type Future = Ready<Result<Coordinator, WebError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match visit_of(request).session.map(|session| session.person) {
            None => Err(WebError::SignIn { password: true }),
            Some(person) if !person.is_coordinator => Err(WebError::Forbidden(
                "Only the network’s coordinators can open this page.".into(),
            )),
            Some(person) if !person.is_elevated => Err(WebError::SignIn { password: true }),
            Some(person) => Ok(Coordinator(person)),
        })
    }
}
