//! `/me/mail`: what comes by mail, how often, and one press to change it.

use actix_web::web::{self, ServiceConfig};
use serde::Serialize;

use super::actions::choose_digest;
use super::model::Rhythm;
use super::{store, welcome};
use crate::members::privacy::actions::set_announcements;
use crate::members::unsubscribe::{self, Kind};
use crate::members::{self, Member};
use crate::platform::app::Ctx;
use crate::platform::db::{Conn, DbError};
use crate::web::{Answer, AppData, Fields, MemberId, SignedIn, StatusView, Visit, WebError};

pub fn routes(services: &mut ServiceConfig) {
    services
        .service(web::resource("/me/mail").get(page).post(choose))
        .service(web::resource("/me/welcome").get(welcome::page).post(welcome::answer));
}

/// One kind of mail on the page.
#[derive(Debug, Serialize)]
struct Card {
    kind: &'static str,
    heading: &'static str,
    /// "On", "Off", "On, once a week"
    status: StatusView,
    what: &'static str,
    /// How often it comes.
    how_often: &'static str,
    /// What holds while it is off, or where the consent is from.
    note: Option<String>,
    link: Option<Link>,
    presses: Vec<Press>,
}

#[derive(Debug, Serialize)]
struct Link {
    href: &'static str,
    text: &'static str,
}

#[derive(Debug, Serialize)]
struct Press {
    value: &'static str,
    label: &'static str,
}

#[derive(Debug, Serialize)]
struct View {
    cards: Vec<Card>,
    is_coordinator: bool,
}

/// What the member has chosen.
struct Chosen {
    invitations: bool,
    reminders: bool,
    digest: Option<Rhythm>,
}

async fn page(app: AppData, visit: Visit, who: SignedIn) -> Answer {
    let id = who.id.clone();
    let (member, chosen) = app
        .read(move |conn| -> Result<_, DbError> {
            let chosen = Chosen {
                invitations: unsubscribe::is_on(conn, Kind::Invitations, &id)?,
                reminders: unsubscribe::is_on(conn, Kind::Reminders, &id)?,
                digest: store::rhythm(conn, &id)?,
            };
            Ok((members::store::find(conn, &id)?, chosen))
        })
        .await?;
    let member = member.ok_or(WebError::NotFound)?;
    let view = View {
        cards: cards(&member, &chosen),
        is_coordinator: member.is_coordinator,
    };
    visit.page(&app, "pages/members/mail", "Your mail", &view)
}

fn cards(member: &Member, chosen: &Chosen) -> Vec<Card> {
    let link = |href, text| Some(Link { href, text });
    vec![
        Card {
            what: "The invitation to each meeting, for your calendar and with its joining link. With them come date polls, questions after a meeting, and what you missed.",
            how_often: "One mail a meeting, and one when it changes or is cancelled; of the others now and then one.",
            note: (!chosen.invitations).then(|| {
                "No new invitations reach you. Meetings that you hold already, and those to which you say yes or maybe, are still kept right by mail. All of them stand under Meetings and in your calendar address."
                    .to_owned()
            }),
            link: if chosen.invitations {
                None
            } else {
                link("/me/mail/calendar", "Take meetings out of your calendar")
            },
            ..switch("invitations", "Invitations", chosen.invitations)
        },
        Card {
            what: "A short mail before a meeting, so that it is not missed.",
            how_often: "Some days before if you have not answered; a day and an hour before if you are coming.",
            ..switch("reminders", "Reminders", chosen.reminders)
        },
        Card {
            what: "News of the network, beyond its meetings: calls, opportunities, what members ask for.",
            how_often: "Whenever coordinators write one, to you only if you want them.",
            note: given(member),
            ..switch("announcements", "Announcements", member.wants_announcements)
        },
        digest(chosen.digest),
    ]
}

/// Where and when announcements were agreed to.
fn given(member: &Member) -> Option<String> {
    let words = member.consent_in_words("your", &member.time_zone);
    (member.wants_announcements && !words.is_empty()).then(|| format!("You agreed to them: {words}"))
}

fn status(is_on: bool, text: &str) -> StatusView {
    StatusView::new(if is_on { "good" } else { "calm" }, text)
}

fn switch(kind: &'static str, heading: &'static str, is_on: bool) -> Card {
    let press = if is_on {
        Press {
            value: "off",
            label: "Turn off",
        }
    } else {
        Press {
            value: "on",
            label: "Turn on",
        }
    };
    Card {
        kind,
        heading,
        status: status(is_on, if is_on { "On" } else { "Off" }),
        what: "",
        how_often: "",
        note: None,
        link: None,
        presses: vec![press],
    }
}

fn digest(rhythm: Option<Rhythm>) -> Card {
    let press = |value, label| Press { value, label };
    let presses = match rhythm {
        None => vec![press("monthly", "Once a month"), press("weekly", "Once a week")],
        Some(Rhythm::Monthly) => vec![press("weekly", "Once a week instead"), press("off", "Turn off")],
        Some(Rhythm::Weekly) => vec![press("monthly", "Once a month instead"), press("off", "Turn off")],
    };
    Card {
        status: status(
            rhythm.is_some(),
            match rhythm {
                Some(Rhythm::Monthly) => "On, once a month",
                Some(Rhythm::Weekly) => "On, once a week",
                None => "Off",
            },
        ),
        what: "One mail with what is new: activities, meetings to come at your own time, what meetings left behind.",
        how_often: "On a Monday morning: the first of the month, or each. Where there is nothing new, there is no mail.",
        link: Some(Link {
            href: "/me/mail/digest",
            text: "What the next digest would say",
        }),
        presses,
        ..switch("digest", "Digest", rhythm.is_some())
    }
}

async fn choose(app: AppData, visit: Visit, who: SignedIn, fields: Fields) -> Answer {
    let id = who.id.clone();
    let said = app
        .write(move |tx, ctx| chosen(tx, ctx, &id, fields.get("kind"), fields.get("choice")))
        .await?
        .ok_or_else(|| WebError::Unprocessable("Press one of the buttons on the page.".into()))?;
    visit.see_other_saying(&app, "/me/mail", said)
}

/// Does what the button says, and says what was done; `None` if there is no such button.
fn chosen(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    id: &MemberId,
    kind: &str,
    choice: &str,
) -> Result<Option<&'static str>, DbError> {
    const WAY: &str = "own page";
    let is_on = choice == "on";
    Ok(match (kind, choice) {
        ("invitations", "on" | "off") => {
            unsubscribe::choose(tx, ctx, Kind::Invitations, id, is_on, WAY)?;
            Some(if is_on {
                "Invitations come again: those to the meetings ahead are on their way."
            } else {
                "Invitations are turned off."
            })
        }
        ("reminders", "on" | "off") => {
            unsubscribe::choose(tx, ctx, Kind::Reminders, id, is_on, WAY)?;
            Some(if is_on {
                "Reminders are turned on."
            } else {
                "Reminders are turned off."
            })
        }
        ("announcements", "on" | "off") => {
            if let Some(member) = members::store::find(tx, id)? {
                set_announcements(tx, ctx, &member, is_on, WAY)?;
            }
            Some(if is_on {
                "Announcements are turned on."
            } else {
                "Announcements are turned off."
            })
        }
        ("digest", "off") => {
            choose_digest(tx, ctx, id, None, WAY)?;
            Some("The digest is turned off.")
        }
        ("digest", word) => match Rhythm::parse(word) {
            Some(rhythm) => {
                choose_digest(tx, ctx, id, Some(rhythm), WAY)?;
                Some(match rhythm {
                    Rhythm::Monthly => "The digest comes once a month, on its first Monday.",
                    Rhythm::Weekly => "The digest comes once a week, on Mondays.",
                })
            }
            None => None,
        },
        _ => None,
    })
}
