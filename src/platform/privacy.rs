//! What the privacy notice promises in figures: its version, and how long each kind of thing is kept.
//!
//! Why here: the notice shows these constants and the timed work obeys them, so the page cannot promise what the
//! code does not do. Raise [`NOTICE_VERSION`] whenever the notice changes in what it means.

/// The version of the notice that an applicant has read; stored with the application.
pub const NOTICE_VERSION: &str = "2026-11-22";

/// A request whose address was never confirmed is erased after this many days.
pub const UNCONFIRMED_DAYS: i64 = 7;
/// A request that was declined is erased after this many days (about six months).
pub const DECLINED_DAYS: i64 = 180;
/// A member's session ends after this many days without use.
pub const SESSION_IDLE_DAYS: i64 = 14;
/// A session ends after this many days, used or not.
pub const SESSION_DAYS: i64 = 90;

/// One line of the notice's table.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Kept {
    pub what: &'static str,
    pub how_long: String,
}

/// The table of the notice, from the constants.
pub fn kept() -> Vec<Kept> {
    let row = |what, how_long: String| Kept { what, how_long };
    vec![
        row(
            "A request to join whose address was not confirmed",
            format!("{UNCONFIRMED_DAYS} days, then erased"),
        ),
        row(
            "A request to join that was declined",
            format!("{DECLINED_DAYS} days, then erased"),
        ),
        row(
            "A member’s details and answers",
            "As long as the membership lasts".into(),
        ),
        row(
            "Being signed in",
            format!("{SESSION_IDLE_DAYS} days after the last visit, {SESSION_DAYS} days at most"),
        ),
        row(
            "Links to sign in, and the text of the mails that carry them",
            "Until they are used or out of date".into(),
        ),
    ]
}
