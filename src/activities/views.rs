//! How an activity looks to a reader.

use jiff::civil::Date;
use serde::Serialize;

use super::links::{self, Link};
use super::model::{Activity, Scope};
use crate::platform::text::markdown::{self, SafeHtml};
use crate::platform::text::zone::{short_date, short_date_at};

/// The rings and the word of a scope, as `parts/scope` draws them.
#[derive(Clone, Debug, Serialize)]
pub struct ScopeView {
    pub key: &'static str,
    pub text: &'static str,
}

impl From<Scope> for ScopeView {
    fn from(scope: Scope) -> ScopeView {
        ScopeView {
            key: match scope {
                Scope::Local => "local",
                Scope::National => "national",
                Scope::International => "international",
            },
            text: scope.label(),
        }
    }
}

/// One line of a list.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    pub url: String,
    pub title: String,
    pub scope: ScopeView,
    pub kind: String,
    pub when_text: String,
    pub place: String,
    pub summary: String,
}

/// An activity as a list shows it; `time_zone` is the network's.
pub fn entry(activity: &Activity, time_zone: &str) -> Entry {
    Entry {
        url: activity.path(),
        title: activity.title.clone(),
        scope: activity.scope.into(),
        kind: activity.kind.clone(),
        when_text: when(activity, time_zone),
        place: activity.place.clone(),
        summary: markdown::summary(&activity.body, 220),
    }
}

/// One activity, whole.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Whole {
    pub title: String,
    pub scope: ScopeView,
    pub kind: String,
    pub kind_href: String,
    pub when_text: String,
    pub place: String,
    pub people: Vec<String>,
    pub links: Vec<Link>,
    pub body: SafeHtml,
    pub edited_on: Option<String>,
}

pub(super) fn whole(activity: &Activity, time_zone: &str) -> Whole {
    let query: String = url::form_urlencoded::byte_serialize(activity.kind.as_bytes()).collect();
    let was_edited = activity.published_at.is_some_and(|at| activity.updated_at > at);
    Whole {
        title: activity.title.clone(),
        scope: activity.scope.into(),
        kind: activity.kind.clone(),
        kind_href: format!("/activities?kind={query}"),
        when_text: when(activity, time_zone),
        place: activity.place.clone(),
        people: activity.people.lines().map(str::to_owned).collect(),
        links: links::shown(&activity.links),
        body: markdown::to_html(&activity.body),
        edited_on: was_edited.then(|| short_date_at(activity.updated_at, time_zone)),
    }
}

/// The days, else the period, else the day of publication.
fn when(activity: &Activity, time_zone: &str) -> String {
    let date = |day: &Option<String>| day.as_deref().and_then(|day| day.parse::<Date>().ok());
    match (date(&activity.happened_on), date(&activity.until)) {
        (Some(from), Some(until)) if until > from => format!("{} to {}", short_date(from), short_date(until)),
        (Some(on), _) => short_date(on),
        _ if !activity.period.is_empty() => activity.period.clone(),
        _ => activity
            .published_at
            .map(|at| short_date_at(at, time_zone))
            .unwrap_or_default(),
    }
}
