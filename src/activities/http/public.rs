//! The public journal: the list with its filters, one activity, the feeds.

use std::collections::BTreeMap;

use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::Serialize;

use crate::activities::feeds::{self, Format};
use crate::activities::model::{Activity, Scope};
use crate::activities::store::{self, Facet, Filter};
use crate::activities::views::{self, Entry};
use crate::platform::db::{Conn, DbError};
use crate::web::{Answer, AppData, Fields, Pager, Visit, WebError, for_everyone};

const A_PAGE: i64 = 20;

/// Reads the filters of an address; says what is wrong with one that makes no sense.
fn filter(query: &str) -> Result<(Filter, i64), WebError> {
    let (mut filter, mut page) = (Filter::default(), 1);
    let query = Fields::parse(query.as_bytes())?;
    for name in ["scope", "kind", "year", "q", "page"] {
        let value = query.get(name).trim();
        if value.is_empty() {
            continue;
        }
        match name {
            "scope" => {
                let scope = Scope::parse(value);
                filter.scope = Some(
                    scope.ok_or_else(|| WebError::Invalid("A scope is local, national or international.".into()))?,
                )
            }
            "kind" => filter.kind = value.to_lowercase().chars().take(40).collect(),
            "year" if value.len() == 4 && value.bytes().all(|b| b.is_ascii_digit()) => filter.year = value.to_owned(),
            "year" => return Err(WebError::Invalid("A year is four digits, such as 2027.".into())),
            "q" => filter.q = value.chars().take(100).collect(),
            "page" => {
                let number = value.parse().ok().filter(|n| (1..=100_000).contains(n));
                page = number.ok_or_else(|| WebError::Invalid("A page is a number from 1.".into()))?
            }
            _ => {}
        }
    }
    Ok((filter, page))
}

/// The address of the list with these filters.
pub(in crate::activities) fn list_path(filter: &Filter, page: i64) -> String {
    with_query("/activities", filter, page)
}

fn with_query(path: &str, filter: &Filter, page: i64) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let scope = filter.scope.map(|scope| scope.as_str()).unwrap_or_default();
    for (name, value) in [
        ("scope", scope),
        ("kind", &filter.kind),
        ("year", &filter.year),
        ("q", &filter.q),
    ] {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    }
    if page > 1 {
        query.append_pair("page", &page.to_string());
    }
    match query.finish() {
        query if query.is_empty() => path.to_owned(),
        query => format!("{path}?{query}"),
    }
}

#[derive(Serialize)]
struct ScopeChoice {
    key: &'static str,
    text: &'static str,
    href: String,
    count: usize,
    is_current: bool,
}

#[derive(Serialize)]
struct Counted {
    value: String,
    label: String,
    is_selected: bool,
}

#[derive(Serialize)]
struct ListView {
    all_href: String,
    all_count: usize,
    is_all: bool,
    scopes: Vec<ScopeChoice>,
    scope: String,
    kinds: Vec<Counted>,
    years: Vec<Counted>,
    q: String,
    is_filtered: bool,
    is_empty: bool,
    found: String,
    activities: Vec<Entry>,
    pager: Option<Pager>,
    atom_href: String,
    rss_href: String,
    json_href: String,
}

/// How many pages so many activities fill: one at least.
fn pages(total: usize) -> i64 {
    (total as i64 + A_PAGE - 1).max(A_PAGE) / A_PAGE
}

/// Whether an activity passes those of the filters that are asked about.
fn fits(f: &Facet, filter: &Filter, scope: bool, kind: bool, year: bool) -> bool {
    (!scope || filter.scope.is_none_or(|s| s == f.scope))
        && (!kind || filter.kind.is_empty() || filter.kind == f.kind)
        && (!year || filter.year.is_empty() || filter.year == f.year())
}

/// The counts beside each filter: how many it would show together with the others that are chosen.
fn choices(facets: &[Facet], filter: &Filter) -> (Vec<ScopeChoice>, usize, Vec<Counted>, Vec<Counted>) {
    let fits = |f: &Facet, scope: bool, kind: bool, year: bool| fits(f, filter, scope, kind, year);
    let (mut kinds, mut years) = (BTreeMap::new(), BTreeMap::new());
    for facet in facets {
        *kinds.entry(facet.kind.clone()).or_insert(0) += usize::from(fits(facet, true, false, true));
        *years.entry(facet.year()).or_insert(0) += usize::from(fits(facet, true, true, false));
    }
    let options = |counts: Vec<(String, usize)>, chosen: &str| {
        let is_shown = |(value, count): &(String, usize)| *count > 0 || value == chosen;
        let option = |(value, count): (String, usize)| Counted {
            label: format!("{value} ({count})"),
            is_selected: value == chosen,
            value,
        };
        counts.into_iter().filter(is_shown).map(option).collect()
    };
    let of_scope = facets.iter().filter(|f| fits(f, false, true, true));
    let all = of_scope.clone().count();
    let scopes = Scope::ALL.iter().map(|scope| {
        let other = Filter {
            scope: Some(*scope),
            ..filter.clone()
        };
        ScopeChoice {
            key: views::ScopeView::from(*scope).key,
            text: scope.label(),
            href: list_path(&other, 1),
            count: of_scope.clone().filter(|f| f.scope == *scope).count(),
            is_current: filter.scope == Some(*scope),
        }
    });
    let scopes = scopes.collect();
    let years = years.into_iter().rev().collect();
    (
        scopes,
        all,
        options(kinds.into_iter().collect(), &filter.kind),
        options(years, &filter.year),
    )
}

pub(super) async fn list(app: AppData, visit: Visit, request: HttpRequest) -> Answer {
    let (filter, page) = filter(request.query_string())?;
    let asked = filter.clone();
    let (facets, total, page, rows) = app
        .read(move |conn: &mut Conn| {
            let facets = store::facets(conn, &asked.q)?;
            let total = facets
                .iter()
                .filter(|facet| fits(facet, &asked, true, true, true))
                .count();
            let page = page.min(pages(total));
            let rows = store::list(conn, &asked, (page - 1) * A_PAGE, A_PAGE + 1)?;
            Ok::<_, DbError>((facets, total, page, rows))
        })
        .await?;
    let (scopes, all_count, kinds, years) = choices(&facets, &filter);
    let has_more = rows.len() as i64 > A_PAGE;
    let zone = &app.config.network.time_zone;
    let activities: Vec<Entry> = rows
        .iter()
        .take(A_PAGE as usize)
        .map(|a| views::entry(a, zone))
        .collect();
    let no_scope = Filter {
        scope: None,
        ..filter.clone()
    };
    // Feeds know scope and kind, no more.
    let of_feed = Filter {
        scope: filter.scope,
        kind: filter.kind.clone(),
        ..Filter::default()
    };
    let pager = (page > 1 || has_more).then(|| Pager {
        previous: (page > 1).then(|| list_path(&filter, page - 1)),
        next: has_more.then(|| list_path(&filter, page + 1)),
        text: format!("Page {page} of {}", pages(total)),
    });
    let view = ListView {
        all_href: list_path(&no_scope, 1),
        all_count,
        is_all: filter.scope.is_none(),
        scopes,
        scope: filter.scope.map(|scope| scope.to_string()).unwrap_or_default(),
        kinds,
        years,
        is_filtered: filter != Filter::default() || page > 1,
        is_empty: activities.is_empty(),
        found: if total == 1 {
            "1 activity".into()
        } else {
            format!("{total} activities")
        },
        activities,
        pager,
        atom_href: with_query("/activities.atom", &of_feed, 1),
        rss_href: with_query("/activities.rss", &of_feed, 1),
        json_href: with_query("/activities.json", &of_feed, 1),
        q: filter.q.clone(),
    };
    visit.public_page(&app, "pages/activities/list", &title(&filter, page), &view)
}

/// What a list is called, so that tabs, histories and searches tell one from another.
fn title(filter: &Filter, page: i64) -> String {
    let mut title = match filter.scope {
        Some(scope) => format!("{} activities", scope.label()),
        None => "Activities".to_owned(),
    };
    let page = (page > 1).then(|| format!("page {page}"));
    let words = (!filter.q.is_empty()).then(|| format!("“{}”", filter.q));
    let narrowed: Vec<&str> = [Some(&filter.kind), Some(&filter.year), words.as_ref(), page.as_ref()]
        .into_iter()
        .flatten()
        .map(String::as_str)
        .filter(|text| !text.is_empty())
        .collect();
    if !narrowed.is_empty() {
        title = format!("{title}: {}", narrowed.join(", "));
    }
    title
}

pub(super) async fn show(app: AppData, visit: Visit, slug: web::Path<String>) -> Answer {
    #[derive(Serialize)]
    struct View {
        activity: views::Whole,
    }
    let slug = slug.into_inner();
    let found: Option<Activity> = app.read(move |conn| store::published_by_slug(conn, &slug)).await?;
    let activity = found.ok_or(WebError::NotFound)?;
    let view = View {
        activity: views::whole(&activity, &app.config.network.time_zone),
    };
    visit.public_page(&app, "pages/activities/show", &activity.title, &view)
}

pub(super) async fn feed(app: AppData, request: HttpRequest, format: web::Path<String>) -> Answer {
    let (filter, _) = filter(request.query_string())?;
    answer(app, filter, "/activities", &format).await
}

pub(super) async fn feed_of_scope(app: AppData, request: HttpRequest, path: web::Path<(String, String)>) -> Answer {
    let (scope, format) = path.into_inner();
    let (mut filter, _) = filter(request.query_string())?;
    filter.scope = Some(Scope::parse(&scope).ok_or(WebError::NotFound)?);
    answer(app, filter, &format!("/activities/{scope}"), &format).await
}

/// The feed, its own address without anything that does not narrow it.
async fn answer(app: AppData, asked: Filter, base: &str, extension: &str) -> Answer {
    let format = Format::parse(extension).ok_or(WebError::NotFound)?;
    let filter = Filter {
        scope: asked.scope,
        kind: asked.kind,
        ..Filter::default()
    };
    let in_query = Filter {
        scope: filter.scope.filter(|_| base == "/activities"),
        ..filter.clone()
    };
    let self_path = with_query(&format!("{base}.{extension}"), &in_query, 1);
    let wanted = filter.clone();
    let activities = app.read(move |conn| store::latest(conn, &wanted, feeds::MOST)).await?;
    let feed = feeds::feed(&app, &filter, &self_path, activities);
    let response = HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, format.content_type()))
        .body(format.write(&feed));
    Ok(for_everyone(response))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_has_a_title_of_its_own() {
        let named = |query: &str| filter(query).map(|(filter, page)| title(&filter, page)).unwrap();
        assert_eq!(named(""), "Activities");
        assert_eq!(named("scope=local"), "Local activities");
        assert_eq!(
            named("scope=national&kind=study&year=2027&q=zebra&page=2"),
            "National activities: study, 2027, “zebra”, page 2"
        );
        assert_eq!(named("page=2"), "Activities: page 2");
    }

    #[test]
    fn an_address_keeps_its_filters() {
        let (read, page) = filter("q=link+workers&year=2027&scope=local&page=3&kind=study&x=1").unwrap();
        assert_eq!(
            list_path(&read, page),
            "/activities?scope=local&kind=study&year=2027&q=link+workers&page=3"
        );
        assert_eq!(list_path(&Filter::default(), 1), "/activities");
    }

    #[test]
    fn a_filter_that_makes_no_sense_is_refused() {
        for query in [
            "scope=global",
            "year=20xx",
            "page=0",
            "page=-1",
            "page=99999999999999999999",
        ] {
            assert!(filter(query).is_err(), "{query}");
        }
        assert!(filter("page=2&page=0").is_ok(), "the first counts, as everywhere");
        assert_eq!(filter("scope=&kind=&year=&q=+").unwrap().0, Filter::default());
    }
}
