//! Activities in the database.

use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};

use super::model::{Activity, ActivityId, Scope, Status};
use crate::platform::clock::At;
use crate::platform::db::schema::activities;
use crate::platform::db::{Conn, DbError, lower};

diesel::define_sql_function! {
    /// The first that is there.
    fn coalesce(first: Nullable<Text>, second: Nullable<Text>) -> Nullable<Text>;
}

/// What narrows the public list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    pub scope: Option<Scope>,
    pub kind: String,
    /// Four digits, or empty.
    pub year: String,
    pub q: String,
}

/// The few facts that the counts beside the filters are made of.
#[derive(Clone, Debug, Queryable)]
pub struct Facet {
    pub scope: Scope,
    pub kind: String,
    pub happened_on: Option<String>,
    pub published_at: Option<At>,
}

impl Facet {
    /// The year it is listed under.
    pub fn year(&self) -> String {
        let day = self.happened_on.clone().or(self.published_at.map(|at| at.to_string()));
        day.unwrap_or_default().chars().take(4).collect()
    }
}

pub fn find(conn: &mut Conn, id: &ActivityId) -> Result<Option<Activity>, DbError> {
    Ok(activities::table
        .find(id)
        .select(Activity::as_select())
        .first(conn)
        .optional()?)
}

/// The published activity at this address.
pub fn published_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Activity>, DbError> {
    Ok(activities::table
        .filter(activities::slug.eq(slug.to_owned()))
        .filter(activities::status.eq(Status::Published))
        .select(Activity::as_select())
        .first(conn)
        .optional()?)
}

/// Whether an activity, published or not, has this slug.
pub fn is_slug_taken(conn: &mut Conn, slug: &str) -> Result<bool, DbError> {
    let count: i64 = activities::table
        .filter(activities::slug.eq(slug.to_owned()))
        .count()
        .get_result(conn)?;
    Ok(count > 0)
}

type Published<'a> = activities::BoxedQuery<'a, crate::platform::db::MultiBackend>;

/// `%` and `_` in what people look for are themselves.
fn pattern(q: &str) -> String {
    let escaped = q.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

fn published<'a>(filter: &Filter) -> Published<'a> {
    let mut query = activities::table
        .filter(activities::status.eq(Status::Published))
        .into_boxed();
    if let Some(scope) = filter.scope {
        query = query.filter(activities::scope.eq(scope));
    }
    if !filter.kind.is_empty() {
        query = query.filter(activities::kind.eq(filter.kind.clone()));
    }
    if !filter.year.is_empty() {
        let year = format!("{}-%", filter.year);
        query = query.filter(coalesce(activities::happened_on, activities::published_at).like(year));
    }
    for word in filter.q.split_whitespace().take(8) {
        let word = pattern(word);
        query = query.filter(
            lower(activities::title)
                .like(lower(word.clone()))
                .escape('\\')
                .or(lower(activities::body).like(lower(word.clone())).escape('\\'))
                .or(lower(activities::people).like(lower(word.clone())).escape('\\'))
                .or(lower(activities::place).like(lower(word)).escape('\\')),
        );
    }
    query
}

/// Published activities, newest first: by the day they happened, else by publication.
pub fn list(conn: &mut Conn, filter: &Filter, offset: i64, limit: i64) -> Result<Vec<Activity>, DbError> {
    Ok(published(filter)
        .order((
            coalesce(activities::happened_on, activities::published_at).desc(),
            activities::published_at.desc(),
            activities::id.desc(),
        ))
        .offset(offset)
        .limit(limit)
        .select(Activity::as_select())
        .load(conn)?)
}

/// The published activities that came last, by publication.
pub fn latest(conn: &mut Conn, filter: &Filter, limit: i64) -> Result<Vec<Activity>, DbError> {
    Ok(published(filter)
        .order((activities::published_at.desc(), activities::id.desc()))
        .limit(limit)
        .select(Activity::as_select())
        .load(conn)?)
}

/// What was published from `from` to just before `until`, the newest first.
pub fn published_between(conn: &mut Conn, from: At, until: At) -> Result<Vec<Activity>, DbError> {
    Ok(published(&Filter::default())
        .filter(activities::published_at.ge(from))
        .filter(activities::published_at.lt(until))
        .order((activities::published_at.desc(), activities::id.desc()))
        .select(Activity::as_select())
        .load(conn)?)
}

/// What the published ones matching `q` are, for counting.
pub fn facets(conn: &mut Conn, q: &str) -> Result<Vec<Facet>, DbError> {
    let filter = Filter {
        q: q.to_owned(),
        ..Filter::default()
    };
    Ok(published(&filter)
        .select((
            activities::scope,
            activities::kind,
            activities::happened_on,
            activities::published_at,
        ))
        .load(conn)?)
}

/// Every published activity's address with its dates, for the sitemap.
pub fn addresses(conn: &mut Conn) -> Result<Vec<(String, At)>, DbError> {
    let rows: Vec<(String, Option<At>, At)> = published(&Filter::default())
        .order(activities::id)
        .select((activities::slug, activities::published_at, activities::updated_at))
        .load(conn)?;
    let last = |published: Option<At>, updated: At| published.map_or(updated, |at| at.max(updated));
    Ok(rows
        .into_iter()
        .map(|(slug, published, updated)| (format!("/activities/{slug}"), last(published, updated)))
        .collect())
}

/// Those that stand so, the last edited first, for the desk.
pub fn on_desk(conn: &mut Conn, status: Status, offset: i64, limit: i64) -> Result<Vec<Activity>, DbError> {
    Ok(activities::table
        .filter(activities::status.eq(status))
        .order((activities::updated_at.desc(), activities::id.desc()))
        .offset(offset)
        .limit(limit)
        .select(Activity::as_select())
        .load(conn)?)
}

pub fn count(conn: &mut Conn, status: Status) -> Result<i64, DbError> {
    Ok(activities::table
        .filter(activities::status.eq(status))
        .count()
        .get_result(conn)?)
}

/// All of them, in the order in which they were written, for the export.
pub fn all(conn: &mut Conn) -> Result<Vec<Activity>, DbError> {
    Ok(activities::table
        .order((activities::published_at, activities::slug))
        .select(Activity::as_select())
        .load(conn)?)
}

pub fn insert(tx: &mut Conn, activity: &Activity) -> Result<(), DbError> {
    diesel::insert_into(activities::table)
        .values((
            activities::id.eq(&activity.id),
            activities::slug.eq(&activity.slug),
            activities::scope.eq(activity.scope),
            activities::kind.eq(&activity.kind),
            activities::title.eq(&activity.title),
            activities::body.eq(&activity.body),
            activities::happened_on.eq(&activity.happened_on),
            activities::until.eq(&activity.until),
            activities::period.eq(&activity.period),
            activities::place.eq(&activity.place),
            activities::people.eq(&activity.people),
            activities::links.eq(&activity.links),
            activities::status.eq(activity.status),
            activities::published_at.eq(activity.published_at),
            activities::created_at.eq(activity.created_at),
            activities::updated_at.eq(activity.updated_at),
        ))
        .execute(tx)?;
    Ok(())
}

/// Writes what may change; id, slug and `created_at` never do.
pub fn save(tx: &mut Conn, activity: &Activity) -> Result<(), DbError> {
    diesel::update(activities::table.filter(activities::id.eq(activity.id.clone())))
        .set((
            activities::scope.eq(activity.scope),
            activities::kind.eq(&activity.kind),
            activities::title.eq(&activity.title),
            activities::body.eq(&activity.body),
            activities::happened_on.eq(&activity.happened_on),
            activities::until.eq(&activity.until),
            activities::period.eq(&activity.period),
            activities::place.eq(&activity.place),
            activities::people.eq(&activity.people),
            activities::links.eq(&activity.links),
            activities::status.eq(activity.status),
            activities::published_at.eq(activity.published_at),
            activities::updated_at.eq(activity.updated_at),
        ))
        .execute(tx)?;
    Ok(())
}
