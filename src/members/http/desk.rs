//! `/coordinate/members`: the list, and the end of a membership. One record is in `record`.

use std::collections::HashSet;

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::Serialize;

use super::list;
use super::me::country_name;
use crate::members::privacy::actions::end_membership as end;
use crate::members::{Member, MemberId, Status, actions, store};
use crate::platform::db::DbError;
use crate::platform::mail::bounces;
use crate::platform::text::zone;
use crate::web::{Answer, AppData, Choice, Coordinator, Fields, Pager, StatusView, Visit, WebError};

#[derive(Serialize)]
struct Row {
    href: String,
    name: String,
    email: String,
    affiliation: String,
    joined_on: String,
    status: StatusView,
}

#[derive(Serialize)]
struct ListView {
    q: String,
    statuses: Vec<Choice>,
    rows: Vec<Row>,
    pager: Pager,
    is_empty_network: bool,
}

pub async fn list(app: AppData, visit: Visit, _: Coordinator, request: HttpRequest) -> Answer {
    let query = Fields::parse(request.query_string().as_bytes())?;
    let q: String = query.get("q").trim().chars().take(100).collect();
    let status = match query.get("status") {
        known @ ("all" | "left" | "coordinators" | "returned") => known,
        _ => "active",
    };
    let keys = app.keys.clone();
    let (all, resting) = app
        .read(move |conn| -> Result<_, DbError> {
            let all = store::all(conn)?;
            let resting = bounces::resting_keys(conn, &keys, all.iter().map(|member| member.email.as_str()))?;
            Ok((all, resting))
        })
        .await?;
    let is_empty_network = all.is_empty();
    let found: Vec<&Member> = all
        .iter()
        .filter(|member| is_wanted(member, status, &resting))
        .filter(|m| {
            list::matches(
                &q,
                &[
                    &m.name,
                    &m.email,
                    &m.affiliation,
                    &country_name(&m.country),
                    &m.interests,
                ],
            )
        })
        .collect();
    let filters = [("q", q.as_str()), ("status", status)];
    let (shown, pager) = list::cut(found, query.get("page"), "/coordinate/members", &filters, "members");
    let choice = |value, label| Choice::new(value, label, status);
    let view = ListView {
        statuses: vec![
            choice("active", "Members now"),
            choice("coordinators", "Coordinators"),
            choice("returned", "Their mail comes back"),
            choice("left", "Have left"),
            choice("all", "Everyone"),
        ],
        rows: shown.into_iter().map(|member| row(member, &resting)).collect(),
        q,
        pager,
        is_empty_network,
    };
    visit.page(&app, "pages/members/desk_list", "Members, desk", &view)
}

fn is_wanted(member: &Member, status: &str, resting: &HashSet<String>) -> bool {
    match status {
        "returned" => member.status == Status::Active && resting.contains(&member.email),
        "all" => true,
        "left" => member.status == Status::Left,
        "coordinators" => member.is_coordinator && member.status == Status::Active,
        _ => member.status == Status::Active,
    }
}

fn row(member: &Member, resting: &HashSet<String>) -> Row {
    Row {
        href: format!("/coordinate/members/{}", member.id),
        name: member.name.clone(),
        email: member.email.clone(),
        affiliation: member.affiliation.clone(),
        joined_on: day(&member.joined_on),
        status: match resting.contains(&member.email) {
            true if member.status == Status::Active => StatusView::new("bad", "Mail comes back"),
            _ => standing(member),
        },
    }
}

/// An ISO date as people write it; anything else as it is.
pub(super) fn day(iso: &str) -> String {
    iso.parse().map_or_else(|_| iso.to_owned(), zone::short_date)
}

pub(super) fn standing(member: &Member) -> StatusView {
    match member.status {
        Status::Left => StatusView::new("calm", "Has left"),
        Status::Active if member.is_coordinator => StatusView::new("good", "Coordinator"),
        Status::Active => StatusView::new("good", "Member"),
    }
}

#[derive(Serialize)]
struct EndingView {
    name: String,
    email: String,
    action: String,
    back: String,
}

pub async fn ending_form(app: AppData, visit: Visit, _: Coordinator, id: Path<MemberId>) -> Answer {
    let wanted = id.clone();
    let member = app
        .read(move |conn| store::find(conn, &wanted))
        .await?
        .ok_or(WebError::NotFound)?;
    if member.status == Status::Left {
        return Err(over());
    }
    let view = EndingView {
        action: format!("/coordinate/members/{id}/ending"),
        back: format!("/coordinate/members/{id}"),
        name: member.name,
        email: member.email,
    };
    visit.page(&app, "pages/members/desk_ending", "End a membership", &view)
}

pub async fn end_membership(app: AppData, visit: Visit, who: Coordinator, id: Path<MemberId>, _: Fields) -> Answer {
    let (wanted, by) = (id.clone(), who.id.clone());
    if wanted == by {
        return Err(WebError::Refused(
            "Your own membership ends on your own page, under Privacy.".into(),
        ));
    }
    let known = app
        .write(move |tx, ctx| -> Result<_, DbError> {
            Ok((store::find(tx, &wanted)?.is_some(), end(tx, ctx, &wanted, by.as_str())?))
        })
        .await?;
    match known {
        (false, _) => Err(WebError::NotFound),
        (true, None) => Err(over()),
        (true, Some(_)) => {
            let said = "The membership has ended. They get one last mail that says so.";
            visit.see_other_saying(&app, &format!("/coordinate/members/{id}"), said)
        }
    }
}

fn over() -> WebError {
    WebError::Refused("This membership has ended already.".into())
}

pub async fn end_sessions(app: AppData, visit: Visit, who: Coordinator, id: Path<MemberId>, _: Fields) -> Answer {
    let (wanted, by) = (id.clone(), who.id.clone());
    let is_known = app
        .write(move |tx, ctx| -> Result<bool, DbError> {
            if store::find(tx, &wanted)?.is_none() {
                return Ok(false);
            }
            actions::sign_out_everywhere(tx, ctx, &wanted, by.as_str())?;
            Ok(true)
        })
        .await?;
    if !is_known {
        return Err(WebError::NotFound);
    }
    visit.see_other_saying(
        &app,
        &format!("/coordinate/members/{id}"),
        "They are signed out everywhere.",
    )
}
