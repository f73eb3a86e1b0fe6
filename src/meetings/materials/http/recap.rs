//! "What you missed": whom it would reach and how it reads, then the button.

use actix_web::web::Path;
use serde::Serialize;

use super::{desk_path, found};
use crate::meetings::materials::actions::{self, MaterialError, recap};
use crate::meetings::materials::{mail, store};
use crate::meetings::model::MeetingId;
use crate::meetings::words::{self, When};
use crate::web::{Answer, AppData, Coordinator, Fields, Moment, Visit, WebError, moment};

#[derive(Serialize)]
struct Count {
    number: usize,
    text: String,
}

#[derive(Serialize)]
struct Preflight {
    heading: &'static str,
    lines: Vec<Count>,
    note: Option<String>,
}

#[derive(Serialize)]
struct Sent {
    people: i32,
    at: Moment,
}

#[derive(Serialize)]
struct View {
    title: String,
    url: String,
    back_url: String,
    when: When,
    preflight: Preflight,
    subject: String,
    lines: Vec<String>,
    /// Why it cannot be sent now.
    refusal: Option<&'static str>,
    seen: i32,
    sent: Vec<Sent>,
    has_people: bool,
    button: String,
}

fn count(number: usize, one: &str, many: &str) -> Count {
    let text = if number == 1 { one } else { many };
    Count {
        number,
        text: text.to_owned(),
    }
}

pub async fn page(app: AppData, visit: Visit, who: Coordinator, id: Path<String>) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let (app_too, zone) = (app.clone(), who.time_zone.clone());
    let view = app
        .read(move |conn| {
            let now = app_too.now();
            let meeting = found(conn, &id)?;
            let foreseen = recap::foresee(conn, &app_too, now, &meeting)?;
            let nowhere = app_too.url("/unsubscribe/preview");
            let words = mail::recap_words(&app_too, &meeting, &zone, &foreseen.contents, &nowhere)?;
            let sent = store::recaps(conn, &id)?;
            let number = foreseen.people.len();
            let (missed, came) = match foreseen.is_known {
                true => ("invited, and not noted as having come", "they came"),
                false => ("invited, and did not say yes", "they said yes"),
            };
            let mut lines = vec![count(
                number,
                &format!("member gets it: {missed}"),
                &format!("members get it: {missed}"),
            )];
            if foreseen.came > 0 {
                lines.push(count(
                    foreseen.came,
                    &format!("does not: {came}"),
                    &format!("do not: {came}"),
                ));
            }
            if foreseen.uninvited > 0 {
                let text = "not invited, so nothing was missed";
                lines.push(count(
                    foreseen.uninvited,
                    &format!("was {text}"),
                    &format!("were {text}"),
                ));
            }
            if foreseen.unwilling > 0 {
                lines.push(count(
                    foreseen.unwilling,
                    "wants no invitations by mail, and this comes with them",
                    "want no invitations by mail, and this comes with them",
                ));
            }
            if foreseen.suspended > 0 {
                let missed = "and no mail goes there, for it comes back";
                lines.push(count(
                    foreseen.suspended,
                    &format!("address is suspended, {missed}"),
                    &format!("addresses are suspended, {missed}"),
                ));
            }
            let again = if sent.is_empty() {
                "Send it to"
            } else {
                "Send it again to"
            };
            Ok::<_, WebError>(View {
                url: format!("{}/recap", desk_path(&meeting)),
                back_url: desk_path(&meeting),
                when: words::when(&meeting, Some(&zone)),
                preflight: Preflight {
                    heading: "Whom it reaches",
                    lines,
                    note: None,
                },
                subject: words.subject,
                lines: words.text.lines().map(str::to_owned).collect(),
                refusal: recap::refusal(&meeting, &foreseen.contents, now),
                seen: sent.first().map_or(0, |last| last.number),
                sent: sent
                    .iter()
                    .map(|one| Sent {
                        people: one.people,
                        at: moment(one.sent_at, &zone),
                    })
                    .collect(),
                has_people: number > 0,
                button: format!("{again} {number} {}", if number == 1 { "member" } else { "members" }),
                title: meeting.title,
            })
        })
        .await?;
    visit.page(
        &app,
        "pages/meetings/materials_recap",
        &format!("What you missed: {}", view.title),
        &view,
    )
}

pub async fn send(app: AppData, visit: Visit, who: Coordinator, id: Path<String>, fields: Fields) -> Answer {
    let id = MeetingId::from(id.into_inner());
    let seen = fields.get("seen").parse().unwrap_or(-1);
    let again = fields.is_yes("again");
    let path = format!("/coordinate/meetings/{id}/materials");
    let done = app
        .write(move |tx, ctx| actions::recap::send(tx, ctx, &who, &id, seen, again))
        .await;
    match done {
        Err(MaterialError::Refused(text)) => visit.see_other_warning(&app, &format!("{path}/recap"), &text),
        done => {
            let text = match done? {
                1 => "1 mail is on its way.".to_owned(),
                n => format!("{n} mails are on their way."),
            };
            visit.see_other_saying(&app, &path, &text)
        }
    }
}
