//! Takes in one calendar object: the matrix of TRUST §1f, row by row.

use super::store::{self, Mark};
use super::weigh::{Verdict, answer_of, weigh};
use super::{mail, proposals};
use crate::meetings::invitations::Answer;
use crate::meetings::model::rsvp_token;
use crate::meetings::model::{Invitation, InvitationStatus, Meeting, Status};
use crate::meetings::places::{self, Rank};
use crate::meetings::store::{invitation_of, save_invitation, take_turn};
use crate::members::{self, Member, Status as MemberStatus};
use crate::platform::app::Ctx;
use crate::platform::audit;
use crate::platform::clock::{At, days};
use crate::platform::db::{Conn, DbError};
use crate::platform::ical::{self, Answering, Object};
use crate::platform::mail::{Kind, outbox};
use crate::platform::secret::Plain;
use crate::text_enum;

/// What a mail brought, as it is known before anything of it is believed.
#[derive(Clone, Debug)]
pub struct Incoming<'a> {
    /// What stood behind the plus of the address for answers; `None` or a wrong one: nobody is known by it.
    pub token: Option<&'a str>,
    pub from: &'a str,
    /// Whether the sender's domain vouches for it; `None`: this installation does not judge.
    pub is_authentic: Option<bool>,
    /// The `method` of the content type.
    pub method: Option<&'a str>,
    pub calendar: &'a str,
    pub message_id: &'a str,
    pub sent_at: Option<At>,
}

text_enum! {
    /// What came of a calendar object.
    pub enum Came {
        Applied = "applied",
        /// Said before, or older than what was said.
        Stale = "stale",
        /// The meeting, or the membership, is over.
        Ignored = "ignored",
        /// Nothing is done with it; a coordinator may look.
        Held = "held",
        Proposal = "proposal",
        Delegated = "delegated",
        Refreshed = "refreshed",
    }
}

/// What came of it, in a sentence for coordinators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    pub result: Came,
    pub why: String,
    pub member: Option<String>,
    pub meeting: Option<String>,
}

impl Taken {
    fn new(result: Came, why: impl Into<String>) -> Taken {
        Taken {
            result,
            why: why.into(),
            member: None,
            meeting: None,
        }
    }

    fn of(mut self, member: Option<&Member>, meeting: Option<&Meeting>) -> Taken {
        self.member = member.map(|member| member.id.as_str().to_owned());
        self.meeting = meeting.map(|meeting| meeting.id.as_str().to_owned());
        self
    }
}

/// Mails of this kind to one member in a day, at most.
const MOST_A_DAY: i64 = 10;

fn held(why: impl Into<String>) -> Taken {
    Taken::new(Came::Held, why)
}

/// Takes in what a calendar program sent.
pub fn take(tx: &mut Conn, ctx: &Ctx<'_>, given: &Incoming<'_>) -> Result<Taken, DbError> {
    take_turn(tx)?;
    let object = match ical::read(given.calendar) {
        Ok(object) => object,
        Err(why) => return Ok(held(format!("Its calendar part cannot be read: {why}."))),
    };
    if let Some(why) = what_is_odd(ctx, &object, given) {
        return Ok(held(why));
    }
    let by_token = match given.token {
        Some(token) if !token.is_empty() => members::store::by_reply_hash(tx, Plain::given(token).hashed().as_str())?,
        _ => None,
    };
    let Some(meeting) = store::meeting_by_uid(tx, &object.uid)? else {
        return Ok(held("It is about no meeting of ours.").of(by_token.as_ref(), None));
    };
    let Some((member, mark)) = author(tx, &object, given, by_token)? else {
        audit::record(
            tx,
            ctx,
            "system",
            "held an answer that nobody vouches for",
            &meeting.about(),
            "",
        )?;
        let why = "It was not sent to anybody’s own address for answers, and its sender is not verified: nothing was changed.";
        return Ok(held(why).of(None, Some(&meeting)));
    };
    let known = |taken: Taken| Ok(taken.of(Some(&member), Some(&meeting)));
    let Some(invitation) = invitation_of(tx, &meeting.id, &member.id)? else {
        return known(held(format!("{} is not invited to this meeting.", member.name)));
    };
    if object.method.as_deref() == Some("REFRESH") {
        return known(refresh(tx, ctx, given, &meeting, &member, &invitation)?);
    }
    if let Some(why) = what_is_over(&meeting, &invitation, &member, ctx.now) {
        return known(Taken::new(Came::Ignored, why));
    }
    if object.method.as_deref() == Some("COUNTER") {
        if mark == Mark::Forwarded {
            let why = format!(
                "Somebody proposes another time in the name of {}, from another address.",
                member.name
            );
            return known(held(why));
        }
        if object
            .sequence
            .is_some_and(|sequence| sequence < invitation.answers_from)
        {
            let why = format!(
                "{} proposes another time, but instead of one that no longer holds.",
                member.name
            );
            return known(Taken::new(Came::Stale, why));
        }
        return known(proposals::take(
            tx,
            ctx,
            given,
            &object,
            &meeting,
            &member,
            &invitation,
        )?);
    }
    let Some(theirs) = which(&object, &member, given.token.is_some()) else {
        return known(held("It answers for several people, none of whom is its sender."));
    };
    if theirs.partstat == "DELEGATED" {
        let mail = mail::no_delegation(ctx, &meeting, &member, &invitation, given.message_id)?;
        outbox::enqueue(tx, ctx, mail)?;
        let to = theirs.delegated_to.as_deref().unwrap_or("somebody else");
        let why = format!(
            "{} would like {to} to come instead. They were told that invitations are personal.",
            member.name
        );
        return known(Taken::new(Came::Delegated, why));
    }
    let Some(answer) = answer_of(&theirs.partstat) else {
        return known(Taken::new(Came::Ignored, "It says neither yes nor maybe nor no."));
    };
    let taken = apply(tx, ctx, given, &object, &meeting, &member, &invitation, answer, mark)?;
    known(taken)
}

/// What makes it nothing that we can act on, before anybody is looked for.
fn what_is_odd(ctx: &Ctx<'_>, object: &Object, given: &Incoming<'_>) -> Option<String> {
    let method = object.method.as_deref().unwrap_or_default();
    if let Some(told) = given.method.filter(|told| !told.eq_ignore_ascii_case(method)) {
        let inside = if method.is_empty() { "none" } else { method };
        return Some(format!("Its method is {told} outside and {inside} inside."));
    }
    if !["REPLY", "COUNTER", "REFRESH"].contains(&method) {
        let method = if method.is_empty() { "no method" } else { method };
        return Some(format!(
            "It is no answer ({method}): nobody but coordinators makes or cancels meetings."
        ));
    }
    let organizer = object.organizer.as_deref()?;
    let mail = &ctx.app.config.mail;
    let is_ours = |base: &str| {
        let (local, domain) = base.rsplit_once('@').unwrap_or((base, ""));
        let (given, at) = organizer.rsplit_once('@').unwrap_or((organizer, ""));
        at.eq_ignore_ascii_case(domain)
            && given
                .split('+')
                .next()
                .is_some_and(|given| given.eq_ignore_ascii_case(local))
    };
    let from = ctx
        .app
        .config
        .mail_from()
        .map(|(_, address)| address)
        .unwrap_or_default();
    (!is_ours(&mail.meetings_address) && !is_ours(&from)).then(|| "Its organiser is somebody else.".to_owned())
}

/// Whose answer it is, and whether they are to be told of it.
fn author(
    tx: &mut Conn,
    object: &Object,
    given: &Incoming<'_>,
    by_token: Option<Member>,
) -> Result<Option<(Member, Mark)>, DbError> {
    if let Some(member) = by_token {
        let is_theirs = member.email.eq_ignore_ascii_case(given.from);
        let mark = match (is_theirs, given.is_authentic) {
            (false, _) => Mark::Forwarded,
            (true, Some(true)) => Mark::Nothing,
            (true, _) => Mark::Unverified,
        };
        return Ok(Some((member, mark)));
    }
    let is_named = object
        .attendees
        .iter()
        .any(|one| one.address.eq_ignore_ascii_case(given.from));
    if given.is_authentic != Some(true) || !is_named {
        return Ok(None);
    }
    Ok(members::store::by_email(tx, given.from)?.map(|member| (member, Mark::Nothing)))
}

fn what_is_over(meeting: &Meeting, invitation: &Invitation, member: &Member, now: At) -> Option<&'static str> {
    if member.status != MemberStatus::Active {
        Some("They have left the network.")
    } else if meeting.status != Status::Scheduled {
        Some("The meeting is cancelled.")
    } else if meeting.is_over(now) {
        Some("The meeting is over.")
    } else if invitation.status != InvitationStatus::Invited {
        Some("Their invitation was withdrawn.")
    } else {
        None
    }
}

/// The line that is the person's own; with their token the only one will do, whomever it names.
fn which<'a>(object: &'a Object, member: &Member, has_token: bool) -> Option<&'a Answering> {
    let own = object
        .attendees
        .iter()
        .find(|one| one.address.eq_ignore_ascii_case(&member.email));
    match (own, object.attendees.as_slice()) {
        (Some(own), _) => Some(own),
        (None, [only]) if has_token => Some(only),
        _ => None,
    }
}

#[allow(clippy::too_many_arguments, reason = "each is looked up once, above")]
fn apply(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    given: &Incoming<'_>,
    object: &Object,
    meeting: &Meeting,
    member: &Member,
    invitation: &Invitation,
    answer: Answer,
    mark: Mark,
) -> Result<Taken, DbError> {
    let name = &member.name;
    let order = match weigh(
        invitation,
        meeting.starts_at,
        object,
        given.sent_at,
        given.message_id,
        ctx.now,
    ) {
        Verdict::Counts(order) => order,
        Verdict::Repeat => return Ok(Taken::new(Came::Stale, "It was read before.")),
        Verdict::Stale(why) => {
            store::note(tx, ctx, invitation, answer, false, mark, &object.comment)?;
            return Ok(Taken::new(Came::Stale, format!("{name} said {answer}, but {why}.")));
        }
    };
    let said = store::note(tx, ctx, invitation, answer, true, mark, &object.comment)?;
    let given_place = places::take_in(tx, ctx, meeting, invitation, answer, Rank::Last, |tx, answer| {
        store::save(tx, invitation, answer, &order, ctx.now)
    })?;
    let is_new = invitation.answer != given_place.answer || given_place.has_begun_to_wait;
    if is_new {
        let how = if mark == Mark::Nothing {
            "mail".to_owned()
        } else {
            format!("mail, {mark}")
        };
        audit::record(
            tx,
            ctx,
            member.id.as_str(),
            &match given_place.waits {
                Some(_) => format!("answered {answer}, and waits for a place"),
                None => format!("answered {answer}"),
            },
            &meeting.about(),
            &how,
        )?;
    }
    let mut waits = String::new();
    if let Some(position) = given_place.waits {
        waits = format!(
            " All places are taken: they wait, {} in line.",
            places::ordinal(position)
        );
        if given_place.has_begun_to_wait && may_be_told(tx, ctx, member)? {
            places::tell_who_waits(tx, ctx, meeting, member, &invitation.id, position, given.message_id)?;
        }
    }
    if is_new && mark != Mark::Nothing && may_be_told(tx, ctx, member)? {
        let undo = store::undo_token(ctx, &said);
        let mail = mail::somebody_answered(ctx, meeting, member, answer, mark, &undo, given.message_id)?;
        outbox::enqueue(tx, ctx, mail)?;
    }
    let way = match mark {
        Mark::Nothing => "",
        Mark::Forwarded => " It came from another address; they were told, and can undo it.",
        Mark::Unverified => " Their mail provider does not vouch for it; they were told, and can undo it.",
    };
    Ok(Taken::new(Came::Applied, format!("{name} said {answer}.{waits}{way}")))
}

/// A cap on what a forger can have mailed to a member; whatever it was, the meeting's page says it.
fn may_be_told(tx: &mut Conn, ctx: &Ctx<'_>, member: &Member) -> Result<bool, DbError> {
    let written = outbox::written_to(tx, &member.email, &[Kind::AutomaticAnswer], ctx.now.minus(days(1)))?;
    Ok(written < MOST_A_DAY)
}

/// Sends the invitation again as it stands, once a day.
fn refresh(
    tx: &mut Conn,
    ctx: &Ctx<'_>,
    given: &Incoming<'_>,
    meeting: &Meeting,
    member: &Member,
    invitation: &Invitation,
) -> Result<Taken, DbError> {
    let said = |why: &str| {
        Taken::new(
            Came::Refreshed,
            format!("{} asked for the invitation again{why}", member.name),
        )
    };
    if member.status != MemberStatus::Active || meeting.status == Status::Draft || meeting.is_over(ctx.now) {
        return Ok(said("; nothing is to come, so nothing went."));
    }
    let (mail, after) = mail::as_it_stands(tx, ctx, meeting, member, invitation, given.message_id)?;
    if outbox::enqueue(tx, ctx, mail)?.is_none() {
        return Ok(said("; it went today already."));
    }
    save_invitation(tx, &after, &rsvp_token(&ctx.app.keys, &after.id))?;
    Ok(said(", and got it."))
}
