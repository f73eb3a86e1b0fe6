//! One mail that was read and sorted: what it leads to.

use super::super::model::Found;
use crate::join::by_mail;
use crate::meetings::replies::{self, Came};
use crate::members::{self, MemberId, unsubscribe};
use crate::platform::app::Ctx;
use crate::platform::config::Config;
use crate::platform::db::{Conn, DbError};
use crate::platform::inbound::{self, Kind, Letter, Ours};
use crate::platform::mail::bounces::{self, Report};
use crate::platform::mail::outbox;
use crate::platform::secret::Plain;
use crate::platform::text::email_address::EmailAddress;

/// Our own addresses, as sorting compares them.
pub fn ours(config: &Config) -> Ours {
    let from = config
        .mail_from()
        .map(|(_, address)| address)
        .unwrap_or_default()
        .to_lowercase();
    Ours {
        bounces: config.mail.bounce_address.to_lowercase(),
        unsubscribe: config.mail.unsubscribe_address.to_lowercase(),
        join: config.mail.join_address.to_lowercase(),
        meetings: config.mail.meetings_address.to_lowercase(),
        from,
    }
}

/// Does what the mail asks for, as far as it may.
pub fn act(tx: &mut Conn, ctx: &Ctx<'_>, letter: &Letter, kind: Kind, report: &Report) -> Result<Found, DbError> {
    let found = match kind {
        Kind::Application => application(tx, ctx, letter)?,
        Kind::Automatic => Found::done(match &letter.automatic {
            Some(sign) => format!("No person sent it ({sign}), so nobody answers it."),
            None => "No person sent it, so nobody answers it.".into(),
        }),
        Kind::List => Found::done("It came over a mailing list; nobody is answered there."),
        Kind::Loop => Found::done("It came from one of our own addresses, or in a circle; it is not answered."),
        Kind::Person => person(tx, ctx, letter)?,
        Kind::Calendar => calendar(tx, ctx, letter)?,
        Kind::Report | Kind::Complaint => reported(tx, ctx, letter, report)?,
        Kind::Unsubscribe => leave_announcements(tx, ctx, letter)?,
    };
    who(tx, letter, found)
}

/// Sees whether a member, or somebody who asks to become one, wrote it.
fn who(tx: &mut Conn, letter: &Letter, mut found: Found) -> Result<Found, DbError> {
    if letter.from.email.is_empty() {
        return Ok(found);
    }
    if found.member.is_none() {
        found.member = members::store::by_email(tx, &letter.from.email)?.map(|member| member.id.as_str().to_owned());
    }
    if found.member.is_none() && found.request.is_none() {
        let key = letter.from.email.to_lowercase();
        let request = crate::join::store::open_of(tx, &key)?;
        found.request = request
            .filter(|request| request.status.is_proved())
            .map(|request| request.id.as_str().to_owned());
    }
    Ok(found)
}

fn application(tx: &mut Conn, ctx: &Ctx<'_>, letter: &Letter) -> Result<Found, DbError> {
    let Ok(email) = EmailAddress::parse(&letter.from.email) else {
        return Ok(Found::open(
            "It was sent to the address for joining, but says not from where.",
        ));
    };
    let given = crate::join::ByMail {
        email,
        name: letter.from.name.clone(),
        reason: without_quotes(&letter.text),
        message_id: letter.message_id.clone().unwrap_or_default(),
    };
    let about = |id: &crate::join::RequestId, mut found: Found| {
        found.request = Some(id.as_str().to_owned());
        found
    };
    Ok(match by_mail::take(tx, ctx, &given)? {
        by_mail::Received::Asked(id) => about(
            &id,
            Found::done("A page to complete the application was mailed to them."),
        ),
        by_mail::Received::AskedBefore(id) => about(
            &id,
            Found::done("A page to complete the application was mailed to them before, and still works."),
        ),
        by_mail::Received::Known(id) => about(
            &id,
            Found::open("They have a request that waits; this may belong to it."),
        ),
        by_mail::Received::Member => Found::open("It was sent to the address for joining by somebody who is a member."),
        by_mail::Received::Enough => Found::done("This address was written to often enough today; nothing was sent."),
        by_mail::Received::Full => {
            Found::open("Too many requests came today, so they were not answered: please answer them yourself.")
        }
    })
}

fn calendar(tx: &mut Conn, ctx: &Ctx<'_>, letter: &Letter) -> Result<Found, DbError> {
    let Some(part) = &letter.calendar else {
        return Ok(Found::aside("It has no calendar part."));
    };
    let ours = ours(&ctx.app.config);
    let incoming = replies::Incoming {
        token: ours.token(letter, &ours.meetings),
        from: &letter.from.email,
        is_authentic: letter.is_authentic,
        method: part.method.as_deref(),
        calendar: &part.text,
        message_id: letter.message_id.as_deref().unwrap_or_default(),
        sent_at: letter.date,
    };
    let taken = replies::take(tx, ctx, &incoming)?;
    let found = match taken.result {
        Came::Held => Found::aside(taken.why),
        // Somebody else would like to come: a person may want to write to them.
        Came::Delegated => Found::open(taken.why),
        _ => Found::done(taken.why),
    };
    Ok(Found {
        member: taken.member,
        meeting: taken.meeting,
        ..found
    })
}

/// A report on a mail of ours, known by the address that only that mail had.
fn reported(tx: &mut Conn, ctx: &Ctx<'_>, letter: &Letter, report: &Report) -> Result<Found, DbError> {
    let keys = &ctx.app.keys;
    let ours = ours(&ctx.app.config);
    let mut mail = ours
        .token(letter, &ours.bounces)
        .and_then(|tag| bounces::mail_of(keys, tag));
    if let (None, Report::Complaint(complaint)) = (&mail, report) {
        let mut tags = complaint
            .senders
            .iter()
            .filter_map(|sender| inbound::tag(sender, &ours.bounces));
        mail = tags.find_map(|tag| bounces::mail_of(keys, tag));
        if let (None, Some(id)) = (&mail, &complaint.message_id) {
            mail = outbox::by_message_id(tx, id)?;
        }
    }
    let Some(mail) = mail else {
        return Ok(Found::done(
            "It reports on a mail that is none of ours; nothing was changed.",
        ));
    };
    let taken = bounces::take_report(tx, ctx, &mail, report)?;
    if let (true, Some(member)) = (taken.is_complaint, &taken.member) {
        members::actions::stop_announcements(tx, ctx, &MemberId::from(member.as_str()), "complained of a mail")?;
    }
    Ok(Found {
        member: taken.member,
        ..Found::done(taken.said)
    })
}

/// Ends announcements for whoever asks, if the address says who, or the sender is verified.
fn leave_announcements(tx: &mut Conn, ctx: &Ctx<'_>, letter: &Letter) -> Result<Found, DbError> {
    let ours = ours(&ctx.app.config);
    if let Some(found) = turn_off(tx, ctx, ours.token(letter, &ours.unsubscribe).unwrap_or_default())? {
        return Ok(found);
    }
    let by_tag = ours
        .token(letter, &ours.unsubscribe)
        .and_then(|tag| members::of_unsubscribe_tag(&ctx.app.keys, tag));
    let member = match by_tag {
        Some(id) => members::store::find(tx, &id)?,
        None if letter.is_authentic == Some(true) => members::store::by_email(tx, &letter.from.email)?,
        None => None,
    };
    let Some(member) = member else {
        return Ok(Found::open(
            "It asks to be left out of announcements, but is not verified: please see to it.",
        ));
    };
    members::actions::stop_announcements(tx, ctx, &member.id, "unsubscribed by mail")?;
    Ok(Found {
        member: Some(member.id.as_str().to_owned()),
        ..Found::done(format!("{} gets no announcements any more.", member.name))
    })
}

/// Turns off what the address says that a kind of mail named, whoever wrote from wherever: its token is the proof.
/// `None` if it holds no such token.
fn turn_off(tx: &mut Conn, ctx: &Ctx<'_>, token: &str) -> Result<Option<Found>, DbError> {
    let Some((id, kind)) = unsubscribe::by_tag(tx, token)? else {
        return Ok(None);
    };
    let Some(member) = members::store::find(tx, &id)?.filter(|member| member.status == members::Status::Active) else {
        return Ok(Some(Found::done(
            "It asks for no more mail of a kind; they are no member any more.",
        )));
    };
    unsubscribe::choose(tx, ctx, kind, &id, false, "by a mail to the address in a mail")?;
    Ok(Some(Found {
        member: Some(id.as_str().to_owned()),
        ..Found::done(format!("{}, turned off: {}.", member.name, kind.name()))
    }))
}

/// What a person wrote: to a member's own address for answers it may hide one that only Outlook reads.
fn person(tx: &mut Conn, ctx: &Ctx<'_>, letter: &Letter) -> Result<Found, DbError> {
    let ours = ours(&ctx.app.config);
    let token = ours.token(letter, &ours.meetings).unwrap_or_default();
    let member = match token {
        "" => None,
        token => members::store::by_reply_hash(tx, Plain::given(token).hashed().as_str())?,
    };
    let Some(member) = member.filter(|member| letter.has_tnef && member.status == members::Status::Active) else {
        return Ok(Found::open(""));
    };
    replies::ask_for_an_answer_here(tx, ctx, &member, letter.message_id.as_deref().unwrap_or_default())?;
    let why =
        "It holds a winmail.dat, which only Outlook reads: perhaps an answer. They were asked to answer on the page.";
    Ok(Found {
        member: Some(member.id.as_str().to_owned()),
        ..Found::open(why)
    })
}

/// What somebody wrote, without the signature and what they quote.
fn without_quotes(text: &str) -> String {
    let lines = text
        .lines()
        .take_while(|line| line.trim_end() != "--")
        .filter(|line| !line.starts_with('>'));
    let kept: Vec<&str> = lines.collect();
    kept.join("\n").trim().to_owned()
}
