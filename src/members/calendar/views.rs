//! How a member's own calendar stands, for their pages.

use serde::Serialize;

use super::model::Program;
use super::store::Own;
use crate::web::{Moment, moment};

/// "Google Calendar, 22 November 2026, 14:02 London".
#[derive(Clone, Debug, Serialize)]
pub struct FetchView {
    pub program: &'static str,
    pub when: Moment,
}

/// One line on a member's first page.
#[derive(Clone, Debug, Serialize)]
pub struct Standing {
    pub shows: &'static str,
    pub fetched: Option<FetchView>,
}

impl Own {
    /// Every family that fetched it, the latest first.
    pub fn fetch_views(&self, time_zone: &str) -> Vec<FetchView> {
        let view = |(program, at): &(Program, _)| FetchView {
            program: program.name(),
            when: moment(*at, time_zone),
        };
        self.fetches.iter().map(view).collect()
    }

    pub fn standing(&self, time_zone: &str) -> Standing {
        Standing {
            shows: self.shows.words(),
            fetched: self.fetch_views(time_zone).into_iter().next(),
        }
    }
}
