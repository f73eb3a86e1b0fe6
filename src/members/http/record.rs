//! `/coordinate/members/{id}`: what the network knows of one person, and "did they get it?": each mail to them with what
//! became of it, each invitation with their answer, and what came back.

use std::collections::HashMap;

use actix_web::web::Path;
use serde::Serialize;

use super::desk::{day, standing};
use super::me::country_name;
use crate::members::store::InvitationRow;
use crate::members::unsubscribe::{self, Kind};
use crate::members::{Member, MemberId, Status, calendar, choices, store};
use crate::platform::audit;
use crate::platform::clock::At;
use crate::platform::db::{Conn, DbError};
use crate::platform::mail::bounces::{self, Class};
use crate::platform::secret::Keys;
use crate::platform::text::zone;
use crate::web::{Answer, AppData, Coordinator, Moment, StatusView, Visit, WebError, mail_standing, moment};

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
    /// "by mail, 3 March 2027, 14:02"
    answered: Option<String>,
    /// Where a press sends it again.
    again: Option<String>,
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
    let (keys, now) = (app.keys.clone(), app.now());
    let view = app
        .read(move |conn| -> Result<_, DbError> {
            let member = store::find(conn, &id)?;
            member
                .map(|member| record_view(conn, &keys, &member, &zone, now))
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

/// `is_reached`: whether mail to them leaves at all.
fn invitation(row: InvitationRow, member: &Member, is_reached: bool, now: At, reader_zone: &str) -> InvitationView {
    let is_on = row.meeting_status == "scheduled" && row.status == "invited" && row.ends_at > now;
    let by = match row.answered_by.as_deref() {
        Some("mail") => "by mail",
        Some("page") => "on the page",
        _ => "by link",
    };
    InvitationView {
        href: format!("/meetings/{}", row.slug),
        when: moment(row.starts_at, reader_zone),
        answer: match (row.status.as_str(), row.answer.as_str()) {
            ("withdrawn", _) => StatusView::new("calm", "Withdrawn"),
            (_, "yes") => StatusView::new("good", "Yes"),
            (_, "maybe") => StatusView::new("wait", "Maybe"),
            (_, "no") => StatusView::new("bad", "No"),
            _ => StatusView::new("calm", "No answer yet"),
        },
        answered: row
            .answered_at
            .map(|at| format!("{by}, {}", moment(at, reader_zone).text)),
        again: (is_on && is_reached).then(|| {
            format!(
                "/coordinate/meetings/{}/invitations/{}/again",
                row.meeting_id, member.id
            )
        }),
        title: row.title,
    }
}

fn record_view(
    conn: &mut Conn,
    keys: &Keys,
    member: &Member,
    reader_zone: &str,
    now: At,
) -> Result<RecordView, DbError> {
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
        // The far server's words are shown for those that it took, too: they prove that it did.
        let (status, why) = mail_standing(mail.status, &mail.outcome);
        let outcome = if why.is_empty() { mail.outcome } else { why };
        MailView {
            href: format!("/coordinate/outbox/{}", mail.id),
            when: moment(mail.created_at, reader_zone),
            subject: mail.subject,
            status,
            outcome,
        }
    });
    let mails = mails.collect();
    let is_active = member.status == Status::Active;
    let resting = bounces::resting(conn, keys, &member.email)?.map(|(since, words)| ReturnView {
        when: moment(since, reader_zone),
        what: "nothing is sent since",
        words,
    });
    let is_reached = is_active && resting.is_none();
    let invitations = store::invitations_of(conn, &member.id)?
        .into_iter()
        .map(|row| invitation(row, member, is_reached, now, reader_zone));
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
        is_active,
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
        format!("yes ({})", told(&member.consent_in_words("their", reader_zone)))
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
        Fact {
            term: "By mail",
            text: mail,
        },
    ];
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
