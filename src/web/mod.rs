//! Our actix kit: errors as pages, sessions, guards, forms, the byte cache. It knows no feature.
//!
//! A request passes [`gate`] first (host, encodings, cached bytes, session, headers), then its handler, which asks
//! for what it needs by type: [`Visit`] for anyone, [`SignedIn`], [`Coordinator`], [`Fields`] for a verified form.

pub mod cache;
mod calendar_links;
pub mod counts;
mod error;
mod finished;
mod form;
pub mod gate;
mod guard;
pub mod limit;
mod local_time;
mod mail_picture;
mod mail_standing;
mod one_click;
mod page;
mod session;
mod unread;
pub mod upload;

pub use calendar_links::CalendarWays;
pub use error::{Answer, WebError};
pub use finished::Finished;
pub use form::{Choice, Fields, FormView};
pub use guard::{Coordinator, SignedIn};
pub use local_time::local_time;
pub use mail_picture::html_reply;
pub use mail_standing::mail_standing;
pub use one_click::Unsubscribing;
pub use page::{Moment, NavLink, Navigation, Pager, StatusView, deadline, for_everyone, moment};
pub use session::{
    MemberId, Person, SESSION_DAYS, SESSION_IDLE_DAYS, Session, Visit, end_sessions, no_session, start_session,
};

/// The application as handlers receive it.
pub type AppData = actix_web::web::Data<crate::platform::app::App>;
