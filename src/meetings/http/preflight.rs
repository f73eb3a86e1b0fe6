//! What a change would send, to whom and why, and each mail as it will read: shown before it goes.
//!
//! All of it is read off `actions::foresee`, which asks the state machine that acts.

use serde::Serialize;

use super::views::people;
use super::why;
use crate::meetings::actions::{self, ChangeError, Foreseen, Foretold};
use crate::meetings::asking::{Group, Preview};
use crate::meetings::calendar;
use crate::meetings::invitations::{Step, SubjectKind, Why};
use crate::meetings::mail::{self, Reader};
use crate::meetings::model::{InvitationId, Meeting};
use crate::meetings::places::{self, Offers};
use crate::meetings::words::{self, When};
use crate::members::Member;
use crate::platform::app::App;
use crate::platform::db::Conn;
use crate::platform::render::Words;
use crate::platform::secret::mask_tokens;
use crate::web::{Coordinator, deadline};

/// One number of the panel.
#[derive(Serialize)]
struct Line {
    number: usize,
    text: String,
}

/// What will reach whom, as `parts/preflight` draws it.
#[derive(Serialize)]
pub(super) struct Panel {
    pub(super) heading: String,
    lines: Vec<Line>,
    note: Option<String>,
}

#[derive(Serialize)]
pub(super) struct Sending {
    url: String,
    title: String,
    when: When,
    pub(super) version: i32,
    pub(super) preflight: Panel,
    groups: Vec<Group>,
    previews: Vec<Preview>,
    warning: Option<String>,
    /// How many a mail about this reaches.
    pub(super) number: usize,
    pub(super) button: String,
}

/// A change to be shown before it is made.
pub(super) struct Look<'a> {
    pub after: &'a Meeting,
    /// The meeting before its time changed.
    pub was: Option<&'a Meeting>,
    pub foreseen: Foreseen,
    /// Who would be offered a place.
    pub offers: Option<Offers>,
    /// Where the HTML of a mail to a member can be seen.
    pub picture: &'a dyn Fn(&Member) -> Option<String>,
}

pub(super) fn sending(conn: &mut Conn, app: &App, who: &Coordinator, look: &Look<'_>) -> Result<Sending, ChangeError> {
    let after = look.after;
    let gathered = gather(&look.foreseen);
    let mut lines = lines(&gathered);
    let mut groups: Vec<Group> = gathered.iter().map(group).collect();
    let mut previews = previews(app, look, &gathered)?;
    if let Some(offers) = &look.offers {
        let number = offers.to.len();
        let until = deadline(offers.until, &who.time_zone).text;
        lines.push(Line {
            number,
            text: format!("of those waiting get the offer of a place, kept until {until}"),
        });
        groups.push(Group {
            summary: format!("{} from the waiting list: the offer of a place", people(number)),
            why: format!(
                "They are the next in line. The offer goes whether or not the change is told, and ends on {until}."
            ),
            names: offers.to.iter().map(|(_, member)| member.name.clone()).collect(),
        });
        previews.extend(offer_preview(app, after, offers, previews.is_empty())?);
    }
    let number = look.foreseen.told().count();
    Ok(Sending {
        url: after.desk_path(),
        title: after.title.clone(),
        when: words::when(after, Some(&who.time_zone)),
        version: after.version,
        preflight: Panel {
            heading: "What goes to whom".into(),
            note: (number == 0).then(|| match look.offers {
                Some(_) => "Nobody gets a mail about the change itself.".to_owned(),
                None => "Nobody gets a mail.".to_owned(),
            }),
            lines,
        },
        groups,
        previews,
        warning: actions::domain_warning(conn, app)?,
        number,
        button: String::new(),
    })
}

/// What somebody's lot is: the kind of mail (none: no mail), the reason, whether mail to them is kept back, and whether
/// it says that they wait for a place.
type Lot = (Option<SubjectKind>, Why, bool, bool);

/// Everyone, by lot; the told first, in the order in which they come.
fn gather(foreseen: &Foreseen) -> Vec<(Lot, Vec<&Foretold>)> {
    let mut gathered: Vec<(Lot, Vec<&Foretold>)> = Vec::new();
    for one in &foreseen.people {
        let is_kept_back = one.is_suspended && one.step.is_some();
        let lot = (one.step.map(|step| step.kind), one.why, is_kept_back, one.waits);
        match gathered.iter_mut().find(|(known, _)| *known == lot) {
            Some((_, those)) => those.push(one),
            None => gathered.push((lot, vec![one])),
        }
    }
    gathered
        .sort_by_key(|((kind, why, is_kept_back, waits), _)| (kind.is_none(), *is_kept_back, why::rank(*why), *waits));
    gathered
}

/// One line a kind of mail, then one for each reason to get none.
fn lines(gathered: &[(Lot, Vec<&Foretold>)]) -> Vec<Line> {
    let mut kinds: Vec<(SubjectKind, Vec<&Foretold>)> = Vec::new();
    let mut others: Vec<Line> = Vec::new();
    let mut suspended = 0;
    for ((kind, why, is_kept_back, _), those) in gathered {
        match kind {
            Some(_) if *is_kept_back => suspended += those.len(),
            Some(kind) => match kinds.iter_mut().find(|(known, _)| known == kind) {
                Some((_, known)) => known.extend(those),
                None => kinds.push((*kind, those.clone())),
            },
            None => others.push(Line {
                number: those.len(),
                text: why::spared(*why, those.len()),
            }),
        }
    }
    let told = kinds.into_iter().map(|(kind, those)| Line {
        number: those.len(),
        text: format!("{} ({})", why::gets(kind, those.len()), sequences(&those)),
    });
    let kept_back = (suspended > 0).then(|| Line {
        number: suspended,
        text: why::suspended(suspended),
    });
    told.chain(others).chain(kept_back).collect()
}

/// "who had said yes", after "12 people".
fn who((_, why, _, waits): &Lot, number: usize) -> &'static str {
    match (waits, number) {
        (true, 1) => "who waits for a place",
        (true, _) => "who wait for a place",
        (false, _) => why::who(*why, number),
    }
}

fn group((lot, those): &(Lot, Vec<&Foretold>)) -> Group {
    let (kind, why, is_kept_back, _) = lot;
    let who = format!("{} {}", people(those.len()), who(lot, those.len()));
    let names = those.iter().map(|one| one.member.name.clone()).collect();
    match (kind, is_kept_back) {
        (Some(kind), false) => Group {
            summary: format!("{who}: “{}”, {}", kind.opening(), sequences(those)),
            why: why::sentence(*why).to_owned(),
            names,
        },
        (Some(_), true) => Group {
            summary: format!("{who}: nothing, for mail to them comes back"),
            why: "Their addresses rest until they prove them. What is new they see on the meeting’s page and in their \
                  own calendar address."
                .into(),
            names,
        },
        (None, _) => Group {
            summary: format!("{who}: nothing"),
            why: why::sentence(*why).to_owned(),
            names,
        },
    }
}

/// "SEQUENCE 2 → 3", "SEQUENCE 0", "SEQUENCE stays 2", or several of these.
fn sequences(those: &[&Foretold]) -> String {
    let mut moves: Vec<(Option<i32>, i32)> = those
        .iter()
        .filter_map(|one| one.step.map(|step| (one.holds, step.sequence)))
        .collect();
    moves.sort_unstable();
    moves.dedup();
    let parts: Vec<String> = moves
        .into_iter()
        .map(|(from, to)| match from {
            Some(from) if from == to => format!("stays {to}"),
            Some(from) => format!("{from} → {to}"),
            None => to.to_string(),
        })
        .collect();
    format!("SEQUENCE {}", parts.join(", "))
}

fn previews(app: &App, look: &Look<'_>, gathered: &[(Lot, Vec<&Foretold>)]) -> Result<Vec<Preview>, ChangeError> {
    let mut previews = Vec::new();
    for (lot @ (_, _, is_kept_back, _), those) in gathered {
        let Some((one, step)) = those.first().and_then(|one| one.step.as_ref().map(|step| (one, step))) else {
            continue;
        };
        if *is_kept_back {
            continue;
        }
        let words = written(app, look.after, look.was, one, step)?;
        let nobody = InvitationId::from("preview");
        let part = match one.waits {
            true => calendar::mailed_waiting(app, look.after, &one.member, &nobody, step),
            false => calendar::mailed(app, look.after, &one.member, &nobody, step),
        };
        previews.push(Preview {
            heading: format!(
                "{}, to {} {}",
                step.kind.opening(),
                people(those.len()),
                who(lot, those.len())
            ),
            to: format!("{} <{}>", one.member.name, one.member.email),
            subject: words.subject,
            text: words.text,
            // Lines of a calendar are folded, in the midst of a token too.
            calendar: mask_tokens(&part.ics.replace("\r\n ", "")).replace('\r', ""),
            html_url: (look.picture)(&one.member),
            is_first: previews.is_empty(),
        });
    }
    Ok(previews)
}

fn offer_preview(app: &App, after: &Meeting, offers: &Offers, is_first: bool) -> Result<Option<Preview>, ChangeError> {
    let Some((turn, member)) = offers.to.first() else {
        return Ok(None);
    };
    let words = places::offer_words(app, after, member, turn, offers.until)?;
    Ok(Some(Preview {
        heading: format!(
            "The offer of a place, to {} from the waiting list",
            people(offers.to.len())
        ),
        to: format!("{} <{}>", member.name, member.email),
        subject: words.subject,
        text: mask_tokens(&words.text),
        calendar: String::new(),
        html_url: None,
        is_first,
    }))
}

/// The words of the mail to one member, without the tokens of its links.
pub(super) fn written(
    app: &App,
    after: &Meeting,
    was: Option<&Meeting>,
    one: &Foretold,
    step: &Step,
) -> Result<Words, ChangeError> {
    let nobody = InvitationId::from("preview");
    let nobodys = app.keys.derive("unsubscribe", "preview", 0);
    let reader = Reader {
        off_url: &app.url(&format!("/unsubscribe/{}", nobodys.as_str())),
        waits: one.waits,
    };
    let words = mail::words(app, after, was, &one.member, &nobody, step, reader)?;
    Ok(Words {
        subject: words.subject,
        text: mask_tokens(&words.text),
        html: mask_tokens(&words.html),
    })
}
