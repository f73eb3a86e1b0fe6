//! Where a mail stands, in one word and its reason: the same wherever mails are listed.

use super::StatusView;
use crate::platform::mail::outbox::Status;

/// The word, and why it stands so; empty where a server took the mail, for its words say nothing to anybody.
pub fn mail_standing(status: Status, outcome: &str) -> (StatusView, String) {
    let why = || outcome.to_owned();
    match status {
        Status::Queued => (StatusView::new("wait", "Waiting"), why()),
        Status::Sending => (StatusView::new("wait", "Being sent"), why()),
        // What a report said of it later (see `platform::mail::bounces`).
        Status::Sent if outcome.starts_with("came back") => (StatusView::new("bad", "Came back"), why()),
        Status::Sent if outcome.starts_with("was refused") => (StatusView::new("bad", "Refused"), why()),
        Status::Sent if outcome.starts_with("is late") => (StatusView::new("wait", "Late"), why()),
        Status::Sent => (StatusView::new("good", "Sent"), String::new()),
        Status::Failed => (StatusView::new("bad", "Failed"), why()),
        Status::Dropped => (StatusView::new("calm", "Not sent"), why()),
    }
}
