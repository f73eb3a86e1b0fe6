//! What a change that is not made yet would send: the look that every such page takes, and the picture of each mail.

use actix_web::HttpRequest;
use actix_web::web::Path;

use super::preflight::{Look, Sending, sending, written};
use crate::meetings::actions::{self, ChangeError, Foreseen};
use crate::meetings::invitations::Move;
use crate::meetings::model::{Meeting, MeetingId, Status};
use crate::meetings::places;
use crate::meetings::store;
use crate::members::Member;
use crate::platform::app::App;
use crate::platform::clock::At;
use crate::platform::db::Conn;
use crate::platform::text::line::paragraphs;
use crate::web::{Answer, AppData, Coordinator, Fields, WebError, html_reply};

/// The pages that show what a change would send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum What {
    Schedule,
    Changes,
    /// With the reason, as far as it is written.
    Cancellation(String),
    /// Those without an invitation.
    Invitations,
}

impl What {
    fn word(&self) -> &'static str {
        match self {
            What::Schedule => "schedule",
            What::Changes => "changes",
            What::Cancellation(_) => "cancellation",
            What::Invitations => "invitations",
        }
    }
}

/// A change that is not made yet: the meeting after it, and whom it would tell.
pub(super) struct Outlook {
    pub before: Meeting,
    pub after: Meeting,
    a_move: Option<Move>,
    pub time_changed: bool,
    pub is_material: bool,
}

impl Outlook {
    fn was(&self) -> Option<&Meeting> {
        self.time_changed.then_some(&self.before)
    }

    fn foreseen(&self, conn: &mut Conn, app: &App, now: At) -> Result<Foreseen, ChangeError> {
        match self.a_move {
            Some(a_move) => actions::foresee(conn, app, now, &self.after, self.before.is_cancelled(), a_move),
            None => Ok(Foreseen::default()),
        }
    }
}

/// Works out what a page shows, by the same functions that act.
fn outlook(conn: &mut Conn, meeting: &Meeting, what: &What, now: At) -> Result<Outlook, ChangeError> {
    let telling = |after, a_move| Outlook {
        before: meeting.clone(),
        after,
        a_move: Some(a_move),
        time_changed: false,
        is_material: true,
    };
    Ok(match what {
        What::Schedule => telling(actions::again_or_first(conn, meeting, now)?, Move::Invite),
        What::Cancellation(why) => telling(actions::cancelled(conn, meeting, why, now)?, Move::Cancel),
        What::Invitations if meeting.status != Status::Scheduled || meeting.is_over(now) => {
            return Err(ChangeError::NotOn);
        }
        What::Invitations => telling(meeting.clone(), Move::Invite),
        What::Changes => {
            let effect = actions::effect(conn, meeting, now)?;
            Outlook {
                before: effect.before,
                after: effect.after,
                a_move: effect.a_move,
                time_changed: effect.time_changed,
                is_material: effect.is_material,
            }
        }
    })
}

/// What a page shows of it.
pub(super) fn look(
    conn: &mut Conn,
    app: &App,
    who: &Coordinator,
    meeting: &Meeting,
    what: &What,
) -> Result<(Sending, Outlook), ChangeError> {
    let now = app.now();
    let outlook = outlook(conn, meeting, what, now)?;
    let offers = match what {
        What::Changes => places::foresee(conn, app, &outlook.after, outlook.time_changed, now)?,
        _ => None,
    };
    let base = format!("{}/mails/{}", meeting.desk_path(), what.word());
    let foreseen = outlook.foreseen(conn, app, now)?;
    let view = sending(
        conn,
        app,
        who,
        &Look {
            after: &outlook.after,
            was: outlook.was(),
            foreseen,
            offers,
            picture: &|member| picture(&base, member, what),
        },
    )?;
    Ok((view, outlook))
}

/// An address longer than this is not taken everywhere.
const LONGEST_QUERY: usize = 6_000;

fn picture(base: &str, member: &Member, what: &What) -> Option<String> {
    let address = format!("{base}/{}", member.id);
    let What::Cancellation(why) = what else {
        return Some(address);
    };
    let why: String = url::form_urlencoded::byte_serialize(why.as_bytes()).collect();
    match why.len() {
        0 => Some(address),
        length if length <= LONGEST_QUERY => Some(format!("{address}?why={why}")),
        _ => None,
    }
}

/// The HTML of the mail that one member would get; changes nothing.
pub async fn mail_picture(
    app: AppData,
    _: Coordinator,
    path: Path<(String, String, String)>,
    request: HttpRequest,
) -> Answer {
    let (id, what, to) = path.into_inner();
    let query = Fields::parse(request.query_string().as_bytes())?;
    let what = match what.as_str() {
        "schedule" => What::Schedule,
        "changes" => What::Changes,
        "cancellation" => What::Cancellation(paragraphs(query.get("why"), 0, 2_000).unwrap_or_default()),
        "invitations" => What::Invitations,
        _ => return Err(WebError::NotFound),
    };
    let app_too = app.clone();
    let html = app
        .read(move |conn| {
            let now = app_too.now();
            let meeting = store::find(conn, &MeetingId::from(id))?.ok_or(ChangeError::NotFound)?;
            let outlook = outlook(conn, &meeting, &what, now)?;
            let foreseen = outlook.foreseen(conn, &app_too, now)?;
            let found = foreseen.told().find(|(one, _)| one.member.id.as_str() == to);
            let (one, step) = found.ok_or(ChangeError::NotFound)?;
            let words = written(&app_too, &outlook.after, outlook.was(), one, step)?;
            Ok::<String, ChangeError>(words.html)
        })
        .await?;
    Ok(html_reply(html))
}
