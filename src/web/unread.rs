//! Bodies that nobody reads to their end: their connection is closed once the answer is out (TRUST S53).
//!
//! # Why
//! actix reads on where the rest of a chunked body has been let go of, however slowly it drips, and keeps the
//! connection all that while. It closes, after a second of grace, only where somebody still holds the unread body when
//! the answer is done. So the answer holds it.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use actix_web::HttpMessage;
use actix_web::body::{BodySize, BoxBody, EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::error::PayloadError;
use actix_web::http::ConnectionType;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use actix_web::web::Bytes;
use futures_util::{Stream, StreamExt};

/// Whether a request brings a body.
pub(super) fn has_body(headers: &HeaderMap) -> bool {
    headers.contains_key(TRANSFER_ENCODING) || headers.get(CONTENT_LENGTH).is_some_and(|length| length != "0")
}

/// A request's body, watched.
#[derive(Clone)]
pub(super) struct Watched(Rc<Inner>);

struct Inner {
    payload: RefCell<Payload>,
    has_ended: Cell<bool>,
}

impl Watched {
    /// Takes the request's body, and gives it one that is watched.
    pub(super) fn of(request: &mut ServiceRequest) -> Option<Watched> {
        if !has_body(request.headers()) {
            return None;
        }
        let watched = Watched(Rc::new(Inner {
            payload: RefCell::new(request.take_payload()),
            has_ended: Cell::new(false),
        }));
        let payload = Box::pin(watched.clone());
        request.set_payload(Payload::Stream { payload });
        Some(watched)
    }

    /// Ends the connection after this response, unless the body was read to its end.
    pub(super) fn close_unless_read<B: MessageBody + 'static>(
        self,
        response: ServiceResponse<EitherBody<BoxBody, B>>,
    ) -> ServiceResponse<EitherBody<BoxBody, B>> {
        if self.0.has_ended.get() {
            return response;
        }
        response.map_body(|head, body| {
            head.set_connection_type(ConnectionType::Close);
            EitherBody::left(BoxBody::new(Holding {
                body: body.boxed(),
                _unread: self,
            }))
        })
    }
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let polled = self.0.payload.borrow_mut().poll_next_unpin(cx);
        if let Poll::Ready(None) = polled {
            self.0.has_ended.set(true);
        }
        polled
    }
}

/// An answer's body that holds the request's unread one.
struct Holding {
    body: BoxBody,
    _unread: Watched,
}

impl MessageBody for Holding {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
