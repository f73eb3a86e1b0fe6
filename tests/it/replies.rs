//! Answers that calendar programs mail: the matrix of who may say what, and what each side sees.

use oxsop::inbox::{self, Received, Way};
use oxsop::meetings::invitations::Answer;
use oxsop::meetings::replies::{self, Came, Incoming};
use oxsop::members::Member;
use oxsop::platform::clock::{At, days, minutes};

use crate::invitations::{attendee, ics, leave, value};
use crate::meetings::{change, desk, scheduled};
use crate::support::TestApp;
use crate::support::people::link_in;

/// What a calendar program answers.
#[derive(Clone)]
pub struct Reply {
    pub method: &'static str,
    pub uid: String,
    pub attendees: Vec<(String, &'static str)>,
    pub sequence: i32,
    pub stamp: String,
    pub more: String,
}

impl Reply {
    pub fn ics(&self) -> String {
        let Reply {
            method,
            uid,
            sequence,
            stamp,
            more,
            ..
        } = self;
        let attendees: String = self
            .attendees
            .iter()
            .map(|(who, says)| format!("ATTENDEE;PARTSTAT={says}:mailto:{who}\r\n"))
            .collect();
        format!(
            "BEGIN:VCALENDAR\r\nPRODID:-//Sample//Sample//EN\r\nVERSION:2.0\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n\
             {attendees}UID:{uid}\r\nSEQUENCE:{sequence}\r\nDTSTAMP:{stamp}\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    }
}

fn token(app: &TestApp, member: &Member) -> String {
    member.reply_token(&app.app.keys).as_str().to_owned()
}

fn take(app: &TestApp, given: &Incoming<'_>) -> replies::Taken {
    app.write(|tx, ctx| replies::take(tx, ctx, given))
}

/// What somebody has said to the meeting with this UID.
fn said(app: &TestApp, uid: &str, member: &Member) -> Answer {
    use diesel::prelude::*;
    use oxsop::platform::db::schema::{invitations, meetings};
    app.read(|conn| {
        let found = invitations::table
            .inner_join(meetings::table)
            .filter(meetings::uid.eq(uid))
            .filter(invitations::member_id.eq(&member.id))
            .select(invitations::answer);
        Ok(found.first(conn)?)
    })
}

/// Says yes, maybe, no as programs do.
const ANSWERS: [(&str, Answer); 3] = [
    ("ACCEPTED", Answer::Yes),
    ("TENTATIVE", Answer::Maybe),
    ("DECLINED", Answer::No),
];

/// One row of the matrix.
struct Row {
    what: &'static str,
    token: &'static str,
    from: &'static str,
    is_authentic: Option<bool>,
    alter: fn(&mut Reply),
    came: Came,
    is_applied: bool,
    is_told: bool,
}

const fn row(
    what: &'static str,
    token: &'static str,
    from: &'static str,
    is_authentic: Option<bool>,
    came: Came,
    applied_told: (bool, bool),
) -> Row {
    Row {
        what,
        token,
        from,
        is_authentic,
        alter: |_| (),
        came,
        is_applied: applied_told.0,
        is_told: applied_told.1,
    }
}

fn rows() -> Vec<Row> {
    const YES: Option<bool> = Some(true);
    const NO: Option<bool> = Some(false);
    let plain = |what, alter| Row {
        alter,
        ..row(what, "right", "same", YES, Came::Held, (false, false))
    };
    vec![
        row(
            "right token, same sender, verified",
            "right",
            "same",
            YES,
            Came::Applied,
            (true, false),
        ),
        row(
            "right token, same sender, not judged",
            "right",
            "same",
            None,
            Came::Applied,
            (true, true),
        ),
        row(
            "right token, same sender, not verified",
            "right",
            "same",
            NO,
            Came::Applied,
            (true, true),
        ),
        row(
            "right token, another sender",
            "right",
            "other",
            YES,
            Came::Applied,
            (true, true),
        ),
        row(
            "right token, another sender, not verified",
            "right",
            "other",
            NO,
            Came::Applied,
            (true, true),
        ),
        row(
            "no token, own sender, verified",
            "",
            "same",
            YES,
            Came::Applied,
            (true, false),
        ),
        row(
            "no token, own sender, not verified",
            "",
            "same",
            NO,
            Came::Held,
            (false, false),
        ),
        row(
            "no token, own sender, not judged",
            "",
            "same",
            None,
            Came::Held,
            (false, false),
        ),
        row(
            "wrong token, own sender, verified",
            "wrong",
            "same",
            YES,
            Came::Applied,
            (true, false),
        ),
        row(
            "wrong token, own sender, not verified",
            "wrong",
            "same",
            NO,
            Came::Held,
            (false, false),
        ),
        row(
            "no token, a stranger, verified",
            "",
            "other",
            YES,
            Came::Held,
            (false, false),
        ),
        Row {
            alter: |r| r.attendees[0].0 = "somebody@example.org".into(),
            ..row(
                "right token, ATTENDEE is somebody else",
                "right",
                "same",
                YES,
                Came::Applied,
                (true, false),
            )
        },
        Row {
            alter: |r| r.attendees.insert(0, ("somebody@example.org".into(), "NEEDS-ACTION")),
            ..row(
                "right token, several ATTENDEEs",
                "right",
                "same",
                YES,
                Came::Applied,
                (true, false),
            )
        },
        plain("several strangers as ATTENDEE", |r| {
            let says = r.attendees[0].1;
            r.attendees = vec![("a@example.org".into(), says), ("b@example.org".into(), says)];
        }),
        Row {
            alter: |r| r.sequence = 0,
            came: Came::Stale,
            ..plain("an older SEQUENCE", |_| ())
        },
        plain("an unknown UID", |r| r.uid = "unknown@example.org".into()),
        plain("another method", |r| r.method = "REQUEST"),
        plain("a cancellation", |r| r.method = "CANCEL"),
        plain("another organiser", |r| {
            r.more = "ORGANIZER:mailto:boss@example.org\r\n".into()
        }),
        Row {
            alter: |r| r.more = "ORGANIZER:MAILTO:Meetings@OXSOP.example.org\r\n".into(),
            ..row(
                "our address as organiser",
                "right",
                "same",
                YES,
                Came::Applied,
                (true, false),
            )
        },
    ]
}

#[actix_web::test]
async fn the_matrix_of_answers_holds() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let rows = rows();
    let mut members = Vec::new();
    for case in 0..rows.len() * 3 {
        members.push(app.given_member(&format!("Case {case:03}")));
    }
    let path = scheduled(&app, &desk, &[]).await;
    change(
        &desk,
        &path,
        &[("starts", "2027-03-24T16:00"), ("ends", "2027-03-24T17:00")],
        "yes",
    )
    .await
    .is(200);
    app.all_mail();
    app.deliver_mail().await;
    let uid = value(&ics(&app.only_mail(&members[0].email)), "UID").to_owned();
    app.all_mail();
    for (n, (row, (partstat, answer))) in rows
        .iter()
        .flat_map(|row| ANSWERS.map(|answer| (row, answer)))
        .enumerate()
    {
        let member = &members[n];
        let mut reply = Reply {
            method: "REPLY",
            uid: uid.clone(),
            attendees: vec![(member.email.to_uppercase(), partstat)],
            sequence: 1,
            stamp: "20270301T080000Z".into(),
            more: String::new(),
        };
        (row.alter)(&mut reply);
        let right = token(&app, member);
        let taken = take(
            &app,
            &Incoming {
                token: match row.token {
                    "right" => Some(right.as_str()),
                    "wrong" => Some("abcdefghijklmnopqrstuvwxyz"),
                    _ => None,
                },
                from: if row.from == "same" {
                    &member.email
                } else {
                    "assistant@example.org"
                },
                is_authentic: row.is_authentic,
                method: Some(reply.method),
                calendar: &reply.ics(),
                message_id: "1@example.org",
                sent_at: None,
            },
        );
        let what = format!("{}, {partstat}: {}", row.what, taken.why);
        assert_eq!(taken.result, row.came, "{what}");
        let now = said(&app, &uid, member);
        assert_eq!(now, if row.is_applied { answer } else { Answer::None }, "{what}");
        app.deliver_mail().await;
        let told = app.all_mail();
        assert_eq!(told.len(), usize::from(row.is_told), "{what}");
        for mail in told {
            assert_eq!(mail.to.email, member.email, "never the sender");
            assert!(mail.subject.contains(&format!("“{answer}”")) && mail.envelope_from.is_empty());
        }
    }
    // The method outside and inside must be the same.
    let member = &members[0];
    let reply = Reply {
        method: "REPLY",
        uid: uid.clone(),
        attendees: vec![(member.email.clone(), "DECLINED")],
        sequence: 1,
        stamp: "20270301T083000Z".into(),
        more: String::new(),
    };
    let right = token(&app, member);
    let given = Incoming {
        token: Some(&right),
        from: &member.email,
        is_authentic: None,
        method: Some("REQUEST"),
        calendar: &reply.ics(),
        message_id: "2@x",
        sent_at: None,
    };
    assert_eq!(take(&app, &given).result, Came::Held);
    assert_eq!(said(&app, &uid, member), Answer::Yes);
    // Who has left, and what is cancelled, takes no answers.
    leave(&app, member);
    assert_eq!(
        take(
            &app,
            &Incoming {
                method: None,
                ..given.clone()
            }
        )
        .result,
        Came::Ignored
    );
    let cancel = [("reason", "Strike"), ("confirm", "yes")];
    desk.visit(&format!("{path}/cancellation")).await.is(200);
    desk.submit(&format!("{path}/cancellation"), cancel).await.is(200);
    let other = &members[1];
    let right = token(&app, other);
    let given = Incoming {
        token: Some(&right),
        from: &other.email,
        method: None,
        ..given
    };
    assert_eq!(take(&app, &given).result, Came::Ignored);
    app.deliver_mail().await;
    app.all_mail();
}

#[actix_web::test]
async fn whatever_the_order_of_arrival_the_newest_answer_stands() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let members: Vec<Member> = (0..24).map(|n| app.given_member(&format!("Order {n:02}"))).collect();
    let path = scheduled(&app, &desk, &[]).await;
    let uid = value(&ics(&app.inbox(&members[0].email)[0]), "UID").to_owned();
    // Another link raises the SEQUENCE and keeps the answers.
    change(&desk, &path, &[("joining_link", "https://meet.example.org/new")], "yes")
        .await
        .is(200);
    app.deliver_mail().await;
    app.all_mail();
    // Two of one second, told apart by their Message-ID; one older; one of a higher SEQUENCE but an older DTSTAMP.
    let all = [
        (0, "20270301T080000Z", "ACCEPTED", "a@x"),
        (0, "20270301T080000Z", "DECLINED", "b@x"),
        (0, "20270301T070000Z", "TENTATIVE", "c@x"),
        (1, "20270301T060000Z", "TENTATIVE", "d@x"),
    ];
    let mut ends = Vec::new();
    for (member, order) in members.iter().zip(permutations()) {
        for at in order {
            let (sequence, stamp, says, id) = all[at];
            let reply = Reply {
                method: "REPLY",
                uid: uid.clone(),
                attendees: vec![(member.email.clone(), says)],
                sequence,
                stamp: stamp.into(),
                more: String::new(),
            };
            let right = token(&app, member);
            let calendar = reply.ics();
            let given = Incoming {
                token: Some(&right),
                from: &member.email,
                is_authentic: None,
                method: None,
                calendar: &calendar,
                message_id: id,
                sent_at: None,
            };
            take(&app, &given);
            assert_ne!(take(&app, &given).result, Came::Applied, "twice is once");
        }
        ends.push(said(&app, &uid, member));
    }
    assert_eq!(ends, vec![Answer::Maybe; 24]);
}

fn permutations() -> Vec<[usize; 4]> {
    let mut found = Vec::new();
    for n in 0..256 {
        let order = [n / 64, n / 16 % 4, n / 4 % 4, n % 4];
        if (0..4).all(|at| order.contains(&at)) {
            found.push(order);
        }
    }
    assert_eq!(found.len(), 24);
    found
}

#[actix_web::test]
async fn a_forwarded_answer_is_told_and_undone_by_the_member() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    scheduled(&app, &desk, &[]).await;
    let invitation = app.only_mail(&ana.email);
    app.all_mail();
    let uid = value(&ics(&invitation), "UID").to_owned();
    let yes = link_in(&invitation.text, "?answer=yes");
    let page = app.visitor();
    page.visit(&yes).await.is(200);
    page.submit(yes.split('?').next().unwrap_or_default(), [("answer", "yes")])
        .await
        .shows("look forward");
    app.advance(minutes(10)).await;
    let reply = Reply {
        method: "REPLY",
        uid: uid.clone(),
        attendees: vec![(ana.email.clone(), "DECLINED")],
        sequence: 0,
        stamp: "20270301T100500Z".into(),
        more: String::new(),
    };
    let right = token(&app, &ana);
    let stamp = app.app.now().to_string().replace(['-', ':'], "");
    let calendar = Reply { stamp, ..reply }.ics();
    let given = Incoming {
        token: Some(&right),
        from: "evil@example.org",
        is_authentic: Some(true),
        method: None,
        calendar: &calendar,
        message_id: "f@x",
        sent_at: None,
    };
    assert_eq!(take(&app, &given).result, Came::Applied);
    assert_eq!(said(&app, &uid, &ana), Answer::No);
    app.deliver_mail().await;
    let told = app.only_mail(&ana.email);
    let undo = link_in(&told.text, "/rsvp/undo/");
    page.visit(&undo).await.shows("your answer is “yes” again");
    assert_eq!(said(&app, &uid, &ana), Answer::No, "looking changes nothing");
    page.submit(&undo, [])
        .await
        .is(410)
        .shows("your answer is what it was before");
    assert_eq!(said(&app, &uid, &ana), Answer::Yes);
    page.submit(&undo, []).await.shows("nothing to undo");
    assert_eq!(said(&app, &uid, &ana), Answer::Yes);
}

/// The mail that `client` sends, around a calendar part.
fn mail(from: &str, to: &str, id: &str, calendar: &str) -> String {
    format!(
        "Return-Path: <{from}>\r\nAuthentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n\
         From: {from}\r\nTo: <{to}>\r\nSubject: Accepted: Sample\r\nMessage-ID: <{id}@example.org>\r\n\
         Date: Mon, 01 Mar 2027 09:05:00 +0000\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n\
         Ana has accepted.\r\n--b\r\nContent-Type: text/calendar; charset=UTF-8; method=REPLY\r\n\r\n{calendar}\r\n--b--\r\n"
    )
}

#[actix_web::test]
async fn an_answer_from_the_calendar_stands_on_the_page_and_in_the_next_update() {
    let app = TestApp::start_with("[mailbox]\nauthserv_id = 'mx.example.org'").await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    let invitation = app.only_mail(&ana.email);
    app.all_mail();
    assert!(invitation.text.contains("Or answer in your calendar program"));
    let uid = value(&ics(&invitation), "UID").to_owned();
    app.app
        .clock
        .set(At::parse("2027-03-01T14:02:00Z").expect("an instant"));
    let reply = Reply {
        method: "REPLY",
        uid: uid.clone(),
        attendees: vec![(ana.email.clone(), "ACCEPTED")],
        sequence: 0,
        stamp: "20270301T140100Z".into(),
        more: "COMMENT:I bring <b>cake</b>\\, if I may\r\nSUMMARY:Accepted: Sample\r\n".into(),
    };
    let raw = mail(&ana.email, &invitation.from.email, "r1", &reply.ics());
    let taken = inbox::receive(&app.app, Way::Mailbox, None, raw.as_bytes()).expect("taken");
    assert!(matches!(taken, Received::Taken(_, inbox::Status::Done)), "{taken:?}");
    let me = app.signed_in(&ana);
    let list = me.visit("/meetings").await;
    let public = list.link("/meetings/");
    me.visit(&public).await.shows("accepted in your calendar, 14:02");
    let desk = app.coordinator_named("Deputy");
    let page = desk.visit(&path).await;
    page.shows("in a calendar").shows("I bring <b>cake</b>, if I may");
    assert!(!page.body.contains("<b>cake"));
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "an answer is not answered");
    change(&desk, &path, &[("joining_link", "https://meet.example.org/new")], "yes")
        .await
        .is(200);
    app.deliver_mail().await;
    assert!(attendee(&ics(&app.only_mail(&ana.email))).contains("PARTSTAT=ACCEPTED"));
    app.all_mail();
    // Changed on the page: an older mail that arrives late does not overwrite it.
    me.visit(&public).await.is(200);
    me.submit(&format!("{public}/answer"), [("answer", "no")])
        .await
        .shows("declined on this page");
    let late = Reply {
        stamp: "20270301T140130Z".into(),
        ..reply
    };
    let raw = mail(&ana.email, &invitation.from.email, "r2", &late.ics());
    inbox::receive(&app.app, Way::Mailbox, None, raw.as_bytes()).expect("taken");
    assert_eq!(said(&app, &uid, &ana), Answer::No);
}

#[actix_web::test]
async fn another_time_is_proposed_and_taken_up_with_one_press() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    let invitation = app.only_mail(&ana.email);
    app.all_mail();
    let uid = value(&ics(&invitation), "UID").to_owned();
    let reply = Reply {
        method: "COUNTER",
        uid: uid.clone(),
        attendees: vec![(ana.email.clone(), "TENTATIVE")],
        sequence: 0,
        stamp: "20270301T090100Z".into(),
        more: "DTSTART;TZID=GMT Standard Time:20270325T150000\r\nDTEND;TZID=GMT Standard Time:20270325T160000\r\nCOMMENT:A day later?\r\n".into(),
    };
    let right = token(&app, &ana);
    let calendar = reply.ics();
    let given = Incoming {
        token: Some(&right),
        from: &ana.email,
        is_authentic: None,
        method: None,
        calendar: &calendar,
        message_id: "c@x",
        sent_at: None,
    };
    assert_eq!(take(&app, &given).result, Came::Proposal);
    assert_eq!(said(&app, &uid, &ana), Answer::None, "a proposal is no answer");
    app.deliver_mail().await;
    let told = app.only_mail(&ana.email);
    assert!(told.subject.starts_with("Your proposal of another time") && told.envelope_from.is_empty());
    let page = desk.visit(&path).await;
    page.shows("Ana proposes another time")
        .shows("Thursday 25 March 2027, 15:00–16:00")
        .shows("A day later?");
    let proposal = page
        .body
        .split("action=\"")
        .find_map(|rest| rest.split('"').next().filter(|url| url.contains("/proposals/")));
    let changes = desk.submit(proposal.expect("a form"), [("decision", "take-up")]).await;
    changes.shows("Nobody has been told yet").shows("25 March 2027");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
    desk.submit(&format!("{path}/changes"), [("notify", "yes")])
        .await
        .is(200)
        .hides("proposes another time");
    app.deliver_mail().await;
    assert!(ics(&app.only_mail(&ana.email)).contains("DTSTART:20270325T150000Z"));
    app.all_mail();
}

#[actix_web::test]
async fn delegating_and_asking_again_are_answered_once_a_day() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    scheduled(&app, &desk, &[]).await;
    let invitation = app.only_mail(&ana.email);
    app.all_mail();
    let uid = value(&ics(&invitation), "UID").to_owned();
    let right = token(&app, &ana);
    let base = Reply {
        method: "REPLY",
        uid: uid.clone(),
        attendees: vec![],
        sequence: 0,
        stamp: "20270301T090100Z".into(),
        more: format!(
            "ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO=\"mailto:bo@example.org\":mailto:{}\r\n",
            ana.email
        ),
    };
    let given = |calendar: String, id: &'static str| {
        let incoming = Incoming {
            token: Some(&right),
            from: &ana.email,
            is_authentic: None,
            method: None,
            calendar: &calendar,
            message_id: id,
            sent_at: None,
        };
        take(&app, &incoming)
    };
    let taken = given(base.ics(), "d1@x");
    assert_eq!(taken.result, Came::Delegated);
    assert!(taken.why.contains("bo@example.org"));
    given(base.ics(), "d2@x");
    app.deliver_mail().await;
    assert!(app.only_mail(&ana.email).text.contains("Invitations are personal"));
    assert!(app.inbox("bo@example.org").is_empty());
    let refresh = Reply {
        method: "REFRESH",
        more: String::new(),
        attendees: vec![(ana.email.clone(), "NEEDS-ACTION")],
        ..base
    };
    assert_eq!(given(refresh.ics(), "f1@x").result, Came::Refreshed);
    given(refresh.ics(), "f2@x");
    app.deliver_mail().await;
    let again = app.only_mail(&ana.email);
    let (first, second) = (ics(&invitation), ics(&again));
    assert_eq!(value(&first, "SEQUENCE"), value(&second, "SEQUENCE"));
    assert!(value(&first, "DTSTAMP") < value(&second, "DTSTAMP"));
    app.advance(days(1)).await;
    given(refresh.ics(), "f3@x");
    app.deliver_mail().await;
    app.only_mail(&ana.email);
}

/// A REPLY of this member, from this sender.
fn answered<'a>(member: &'a Member, from: &'a str, right: &'a str, calendar: &'a str, id: &'a str) -> Incoming<'a> {
    Incoming {
        token: Some(right),
        from: if from.is_empty() { &member.email } else { from },
        is_authentic: Some(true),
        method: None,
        calendar,
        message_id: id,
        sent_at: None,
    }
}

#[actix_web::test]
async fn a_sequence_out_of_the_air_shuts_nobody_out_and_every_forgery_is_told() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    scheduled(&app, &desk, &[]).await;
    let uid = value(&ics(&app.only_mail(&ana.email)), "UID").to_owned();
    app.all_mail();
    let right = token(&app, &ana);
    let reply = |sequence, stamp: &str, says| Reply {
        method: "REPLY",
        uid: uid.clone(),
        attendees: vec![(ana.email.clone(), says)],
        sequence,
        stamp: stamp.into(),
        more: String::new(),
    };
    let forged = reply(i32::MAX, "20270301T080000Z", "DECLINED").ics();
    for round in 0..2 {
        let id = format!("f{round}@x");
        let taken = take(&app, &answered(&ana, "eve@example.net", &right, &forged, &id));
        assert_eq!(
            (taken.result, said(&app, &uid, &ana)),
            (Came::Applied, Answer::No),
            "{round}"
        );
        app.deliver_mail().await;
        let undo = link_in(&app.only_mail(&ana.email).text, "/rsvp/undo/");
        let visitor = app.visitor();
        visitor.visit(&undo).await.is(200);
        visitor.submit(&undo, []).await.shows("It is undone");
        assert_eq!(said(&app, &uid, &ana), Answer::None);
    }
    let own = reply(0, "20270301T081000Z", "ACCEPTED").ics();
    take(&app, &answered(&ana, "", &right, &own, "own@x"));
    assert_eq!(said(&app, &uid, &ana), Answer::Yes);
    // Said again on the page, it is newer than whatever was written before.
    let me = app.signed_in(&ana);
    app.app.clock.advance(minutes(10));
    let page = me.visit("/meetings").await.link("/meetings/");
    me.visit(&page).await.is(200);
    me.submit(&format!("{page}/answer"), [("answer", "yes")]).await.is(200);
    let late = reply(0, "20270301T090500Z", "DECLINED").ics();
    assert_eq!(
        take(&app, &answered(&ana, "", &right, &late, "late@x")).result,
        Came::Stale
    );
    assert_eq!(said(&app, &uid, &ana), Answer::Yes);
}

#[actix_web::test]
async fn a_clock_that_is_ahead_changes_no_order() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let members = [app.given_member("Ana"), app.given_member("Bo")];
    scheduled(&app, &desk, &[]).await;
    let uid = value(&ics(&app.only_mail(&members[0].email)), "UID").to_owned();
    app.all_mail();
    for (member, order) in members.iter().zip([[0, 1], [1, 0]]) {
        let right = token(&app, member);
        for at in order {
            let (stamp, sent, says) = [
                ("20270301T100000Z", "2027-03-01T08:58:00Z", "ACCEPTED"),
                ("20270301T100100Z", "2027-03-01T08:59:00Z", "DECLINED"),
            ][at];
            let reply = Reply {
                method: "REPLY",
                uid: uid.clone(),
                attendees: vec![(member.email.clone(), says)],
                sequence: 0,
                stamp: stamp.into(),
                more: String::new(),
            };
            let calendar = reply.ics();
            let given = Incoming {
                sent_at: At::parse(sent).ok(),
                ..answered(member, "", &right, &calendar, says)
            };
            take(&app, &given);
        }
        assert_eq!(said(&app, &uid, member), Answer::No);
    }
}

#[actix_web::test]
async fn scheduling_and_cancelling_cannot_be_done_quietly() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let path = crate::meetings::draft(&desk, &[]).await;
    desk.submit(&format!("{path}/schedule"), [("notify", "no")])
        .await
        .is(422);
    desk.visit(&format!("{path}/schedule")).await.is(200);
    desk.submit(&format!("{path}/schedule"), [("notify", "yes")])
        .await
        .is(200);
    app.deliver_mail().await;
    assert_eq!(app.all_mail().len(), 2);
    desk.submit(&format!("{path}/cancellation"), [("notify", "no")])
        .await
        .is(422);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
}

#[actix_web::test]
async fn an_odd_proposal_is_held_and_one_set_aside_can_be_made_again() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let path = scheduled(&app, &desk, &[]).await;
    let uid = value(&ics(&app.only_mail(&ana.email)), "UID").to_owned();
    app.ignore_mail();
    let right = token(&app, &ana);
    let counter = |from: &str, when: &str, id: &str| {
        let reply = Reply {
            method: "COUNTER",
            uid: uid.clone(),
            attendees: vec![(ana.email.clone(), "TENTATIVE")],
            sequence: 0,
            stamp: "20270301T090100Z".into(),
            more: when.into(),
        };
        let calendar = reply.ics();
        take(&app, &answered(&ana, from, &right, &calendar, id)).result
    };
    let later = "DTSTART:20270325T150000Z\r\nDTEND:20270325T160000Z\r\n";
    for (from, when, came) in [
        ("eve@example.net", later, Came::Held),
        ("", "DTSTART:20270325T150000\r\nDTEND:20270325T160000\r\n", Came::Held),
        ("", "DTSTART:20270325T150000Z\r\nDTEND:29270325T160000Z\r\n", Came::Held),
        (
            "",
            "DTSTART:20270324T150000Z\r\nDTEND:20270324T163000Z\r\n",
            Came::Stale,
        ),
    ] {
        assert_eq!(counter(from, when, when), came, "{from} {when}");
    }
    for id in ["1@x", "2@x"] {
        assert_eq!(counter("", later, id), Came::Proposal);
        let page = desk.visit(&path).await;
        let proposal = page.shows("Ana proposes another time").body.split("action=\"");
        let proposal = proposal
            .filter_map(|rest| rest.split('"').next())
            .find(|url| url.contains("/proposals/"));
        let proposal = proposal.expect("a form").to_owned();
        desk.submit(&proposal, [("decision", "set-aside")])
            .await
            .is(200)
            .hides("proposes another time");
    }
}
