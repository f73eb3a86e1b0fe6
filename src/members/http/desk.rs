//! `/coordinate/members`: the list, one record with its history, and the end of a membership.

use std::collections::{HashMap, HashSet};

use actix_web::HttpRequest;
use actix_web::web::Path;
use serde::Serialize;

use super::list;
use super::me::country_name;
use crate::members::privacy::actions::end_membership as end;
use crate::members::unsubscribe::{self, Kind};
use crate::members::{Member, MemberId, Status, actions, calendar, choices, store};
use crate::platform::audit;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::bounces::{self, Class};
use crate::platform::secret::Keys;
use crate::platform::text::zone;
use crate::web::{
    Answer, AppData, Choice, Coordinator, Fields, Moment, Pager, StatusView, Visit, WebError, mail_standing, moment,
};

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
fn day(iso: &str) -> String {
    iso.parse().map_or_else(|_| iso.to_owned(), zone::short_date)
}

fn standing(member: &Member) -> StatusView {
    match member.status {
        Status::Left => StatusView::new("calm", "Has left"),
        Status::Active if member.is_coordinator => StatusView::new("good", "Coordinator"),
        Status::Active => StatusView::new("good", "Member"),
    }
}

#[derive(Serialize)]
struct Fact {
    term: &'static str,
    text: String,
}

#[derive(Serialize)]
struct Event {
    when: Moment,
    by: String,
    what: String,
    detail: String,
}

#[derive(Serialize)]
struct MailView {
    href: String,
    when: Moment,
    subject: String,
    status: StatusView,
    outcome: String,
}

/// A mail that came back, or the rest that came of it.
#[derive(Serialize)]
struct ReturnView {
    when: Moment,
    what: &'static str,
    words: String,
}

#[derive(Serialize)]
struct InvitationView {
    title: String,
    href: String,
    when: Moment,
    answer: StatusView,
}

#[derive(Serialize)]
struct RecordView {
    name: String,
    email: String,
    status: StatusView,
    is_active: bool,
    facts: Vec<Fact>,
    history: Vec<Event>,
    mails: Vec<MailView>,
    invitations: Vec<InvitationView>,
    /// Since when, and why, nothing is mailed to them.
    resting: Option<ReturnView>,
    returns: Vec<ReturnView>,
    session_count: usize,
    ending_href: String,
    sessions_action: String,
}

pub async fn record(app: AppData, visit: Visit, who: Coordinator, id: Path<MemberId>) -> Answer {
    let (id, zone) = (id.into_inner(), who.time_zone.clone());
    let keys = app.keys.clone();
    let view = app
        .read(move |conn| -> Result<_, DbError> {
            let member = store::find(conn, &id)?;
            member
                .map(|member| record_view(conn, &keys, &member, &zone))
                .transpose()
        })
        .await?
        .ok_or(WebError::NotFound)?;
    let title = view.name.clone();
    visit.page(&app, "pages/members/desk_record", &title, &view)
}

/// Those who act without being members.
fn actor(by_id: &str) -> &str {
    match by_id {
        "applicant" => "the applicant",
        "command" => "the command line",
        "system" => "the service",
        other => other,
    }
}

fn record_view(conn: &mut Conn, keys: &Keys, member: &Member, reader_zone: &str) -> Result<RecordView, DbError> {
    let entries = audit::history(conn, Some(&format!("member:{}", member.id)), 100)?;
    let mut names: HashMap<String, String> = HashMap::new();
    let mut history = Vec::new();
    for entry in entries {
        if !names.contains_key(&entry.by_id) {
            let known = store::find(conn, &MemberId::from(entry.by_id.as_str()))?;
            let name = known.map_or_else(|| actor(&entry.by_id).to_owned(), |by| by.name);
            names.insert(entry.by_id.clone(), name);
        }
        history.push(Event {
            when: moment(entry.at, reader_zone),
            by: names.get(&entry.by_id).cloned().unwrap_or_default(),
            what: entry.what,
            detail: entry.detail,
        });
    }
    let mails = store::mails_to(conn, member, 50)?.into_iter().map(|mail| {
        let (status, outcome) = mail_standing(mail.status, &mail.outcome);
        MailView {
            href: format!("/coordinate/outbox/{}", mail.id),
            when: moment(mail.created_at, reader_zone),
            subject: mail.subject,
            status,
            outcome,
        }
    });
    let mails = mails.collect();
    let invitations = store::invitations_of(conn, &member.id)?
        .into_iter()
        .map(|i| InvitationView {
            href: format!("/meetings/{}", i.slug),
            title: i.title,
            when: moment(i.starts_at, reader_zone),
            answer: match (i.status.as_str(), i.answer.as_str()) {
                ("withdrawn", _) => StatusView::new("calm", "Withdrawn"),
                (_, "yes") => StatusView::new("good", "Yes"),
                (_, "maybe") => StatusView::new("wait", "Maybe"),
                (_, "no") => StatusView::new("bad", "No"),
                _ => StatusView::new("calm", "No answer yet"),
            },
        });
    let resting = bounces::resting(conn, keys, &member.email)?.map(|(since, words)| ReturnView {
        when: moment(since, reader_zone),
        what: "nothing is sent since",
        words,
    });
    let returns = bounces::returned(conn, keys, &member.email)?
        .into_iter()
        .map(|returned| ReturnView {
            when: moment(returned.at, reader_zone),
            what: match returned.class {
                Class::Hard => "nobody is there",
                Class::Policy => "refused by a rule of theirs, which is not counted",
                _ => "not delivered",
            },
            words: returned.words,
        });
    let returns = returns.collect();
    Ok(RecordView {
        resting,
        returns,
        name: member.name.clone(),
        email: member.email.clone(),
        status: standing(member),
        is_active: member.status == Status::Active,
        facts: facts(
            member,
            by_mail(conn, &member.id)?,
            &calendar::store::own(conn, &member.id)?,
            reader_zone,
        ),
        history,
        mails,
        invitations: invitations.collect(),
        session_count: store::sessions_of(conn, &member.id)?.len(),
        ending_href: format!("/coordinate/members/{}/ending", member.id),
        sessions_action: format!("/coordinate/members/{}/sessions/ending", member.id),
    })
}

/// "invitations: off; reminders: on; digest: weekly": what they chose beside announcements.
fn by_mail(conn: &mut Conn, id: &MemberId) -> Result<String, DbError> {
    let word = |is_on| if is_on { "on" } else { "off" };
    let invitations = word(unsubscribe::is_on(conn, Kind::Invitations, id)?);
    let reminders = word(unsubscribe::is_on(conn, Kind::Reminders, id)?);
    let digest = choices::rhythm(conn, id)?;
    let digest = digest.as_ref().map_or("off", choices::Rhythm::as_str);
    Ok(format!(
        "invitations: {invitations}; reminders: {reminders}; digest: {digest}"
    ))
}

fn facts(member: &Member, mail: String, own: &calendar::Own, reader_zone: &str) -> Vec<Fact> {
    let told = |text: &str| {
        if text.is_empty() {
            "not told".to_owned()
        } else {
            text.to_owned()
        }
    };
    let announcements = if member.wants_announcements {
        format!("yes ({})", told(&member.announcements_consent))
    } else {
        "no".into()
    };
    let mut facts = vec![
        Fact {
            term: "Affiliation",
            text: told(&member.affiliation),
        },
        Fact {
            term: "Country",
            text: country_name(&member.country),
        },
        Fact {
            term: "Time zone",
            text: zone::city(&member.time_zone),
        },
        Fact {
            term: "Role",
            text: told(&member.role),
        },
        Fact {
            term: "Interests",
            text: told(&member.interests),
        },
        Fact {
            term: "Joined on",
            text: day(&member.joined_on),
        },
        Fact {
            term: "Address vouched for by",
            text: match member.confirmed_by.as_str() {
                "applicant" => "the person, by the mailed link".into(),
                "command" => "whoever runs the server".into(),
                "demo" => "the demo".into(),
                other => other.to_owned(),
            },
        },
        Fact {
            term: "In the directory",
            text: if member.is_listed { "yes" } else { "no" }.into(),
        },
        Fact {
            term: "Announcements",
            text: announcements,
        },
    ];
    facts.push(Fact {
        term: "By mail",
        text: mail,
    });
    if member.status == Status::Active {
        facts.push(Fact {
            term: "Calendar last fetched",
            text: match own.fetch_views(reader_zone).first() {
                Some(fetch) => format!("{}, by {}", fetch.when.text, fetch.program),
                None => "not yet".into(),
            },
        });
    }
    if let Some(at) = member.left_at.filter(|_| member.status == Status::Left) {
        facts.push(Fact {
            term: "Left",
            text: moment(at, reader_zone).text,
        });
    }
    facts
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
