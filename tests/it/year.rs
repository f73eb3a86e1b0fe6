//! A year of the network: five meetings, one moved over the change of the clocks, one cancelled and held after all,
//! people who join and leave in between, answers from the page and from calendar programs. At its end every mail is
//! played in the order of sending, and what a calendar then holds is what the database holds, for every member.
//!
//! `OXSOP_TEST_YEAR=250` makes it a network of 250 (the gate runs a small one); `OXSOP_TEST_KEEP=folder` keeps every
//! calendar object in the order of sending (`00001.ics` …, `to.txt`) and the database's view (`expected.json`), for
//! other readers of calendars.

use std::collections::HashMap;
use std::fmt::Write as _;

use oxsop::meetings::replies::{self, Came, Incoming};
use oxsop::members::Member;
use oxsop::platform::clock::{At, days, minutes};
use oxsop::platform::mail::message::MailContent;

use crate::invitations::{attendee, ics, join, leave, value};
use crate::meetings::{draft, form};
use crate::replies::Reply;
use crate::support::people::link_in;
use crate::support::{Actor, TestApp};

const ZONES: [&str; 10] = [
    "Europe/London",
    "Europe/London",
    "Europe/Berlin",
    "America/New_York",
    "America/Chicago",
    "America/Los_Angeles",
    "Australia/Sydney",
    "Australia/Perth",
    "Asia/Kolkata",
    "Africa/Johannesburg",
];

/// Title, day, begins, ends; all in London, whose clocks change on 28 March and 31 October.
const MEETINGS: [[&str; 4]; 5] = [
    ["Spring meeting", "2027-03-24", "15:00", "16:30"],
    ["Gardens, “green” things; more", "2027-05-12", "15:00", "16:30"],
    ["Summer meeting", "2027-07-07", "09:00", "10:00"],
    ["Autumn meeting", "2027-10-20", "15:00", "16:30"],
    ["Winter meeting", "2027-12-08", "20:00", "21:00"],
];

/// A year under way.
struct Year<'a> {
    app: &'a TestApp,
    coordinator: Member,
    members: Vec<Member>,
    paths: Vec<String>,
    sent: Vec<MailContent>,
    answered: usize,
}

impl Year<'_> {
    /// A coordinator at the desk, today.
    async fn desk(&self) -> Actor<'_> {
        let desk = self.app.at_desk(&self.coordinator);
        desk.visit("/coordinate/meetings/new").await.is(200);
        desk
    }

    async fn send(&mut self) {
        self.app.deliver_mail().await;
        let mut mails = self.app.all_mail();
        mails.retain(|mail| mail.calendar.is_some());
        self.sent.append(&mut mails);
    }

    /// Every third member answers what they hold of this meeting: by the link, or as a calendar program does.
    async fn answer(&mut self, meeting: usize) {
        let uid = self.uid(meeting);
        for n in (meeting % 3..self.members.len()).step_by(3) {
            let member = self.members[n].clone();
            let held = self.sent.iter().rev().find(|mail| {
                mail.to.email == member.email
                    && value(&ics(mail), "UID") == uid
                    && value(&ics(mail), "METHOD") == "REQUEST"
            });
            let Some(held) = held else { continue };
            let answer = ["yes", "maybe", "no"][self.answered % 3];
            if self.answered.is_multiple_of(2) {
                let link = link_in(&held.text, "answer=yes");
                let visitor = self.app.visitor();
                visitor.visit(&link).await.is(200);
                let address = link.split('?').next().unwrap_or_default();
                visitor.submit(address, [("answer", answer)]).await.is(200);
            } else {
                let partstat = ["ACCEPTED", "TENTATIVE", "DECLINED"][self.answered % 3];
                self.answer_by_mail(&member, &ics(held), partstat);
            }
            self.answered += 1;
        }
    }

    fn answer_by_mail(&self, member: &Member, held: &str, partstat: &'static str) {
        let now = self.app.app.now().to_string();
        let reply = Reply {
            method: "REPLY",
            uid: value(held, "UID").into(),
            attendees: vec![(member.email.clone(), partstat)],
            sequence: value(held, "SEQUENCE").parse().expect("a number"),
            stamp: now.replace(['-', ':'], ""),
            more: String::new(),
        };
        let token = member.reply_token(&self.app.app.keys);
        let given = Incoming {
            token: Some(token.as_str()),
            from: &member.email,
            is_authentic: Some(true),
            method: Some("REPLY"),
            calendar: &reply.ics(),
            message_id: "answer@example.org",
            sent_at: None,
        };
        let taken = self.app.write(|tx, ctx| replies::take(tx, ctx, &given));
        assert_eq!(taken.result, Came::Applied, "{}: {}", member.email, taken.why);
    }

    fn uid(&self, meeting: usize) -> String {
        let exported = exported(self.app);
        let meetings: serde_json::Value = serde_json::from_str(&exported).expect("JSON");
        let all = meetings.as_array().expect("a list");
        let found = all.iter().find(|m| m["title"] == MEETINGS[meeting][0]);
        found.expect("the meeting")["uid"].as_str().expect("a UID").to_owned()
    }

    /// Changes one field of a meeting, and tells it.
    async fn change(&self, meeting: usize, changes: &[(&str, &str)]) {
        let desk = self.desk().await;
        let path = &self.paths[meeting];
        let as_it_is = fields(meeting);
        let mut all: Vec<(&str, &str)> = as_it_is.iter().map(|(name, value)| (*name, value.as_str())).collect();
        all.retain(|(name, _)| !changes.iter().any(|(changed, _)| changed == name));
        all.extend_from_slice(changes);
        desk.submit(path, form(&all)).await.is(200);
        desk.submit(&format!("{path}/changes"), [("notify", "yes")])
            .await
            .is(200);
    }

    fn joins(&mut self, how_many: usize) {
        for _ in 0..how_many {
            let name = format!("Joiner {:03}", self.members.len());
            self.members.push(join(self.app, &name));
        }
    }

    fn leaves(&mut self, how_many: usize) {
        for _ in 0..how_many {
            let member = self.members.remove(self.members.len() / 2);
            leave(self.app, &member);
        }
    }
}

/// The database's view, as `oxsop export meetings` gives it.
fn exported(app: &TestApp) -> String {
    let now = app.app.now();
    app.read(|conn| oxsop::meetings::export::json(conn, now))
}

fn fields(meeting: usize) -> Vec<(&'static str, String)> {
    let [title, day, begins, ends] = MEETINGS[meeting];
    vec![
        ("title", title.to_owned()),
        ("starts", format!("{day}T{begins}")),
        ("ends", format!("{day}T{ends}")),
    ]
}

/// What a calendar holds of one meeting: the method it heard last, SEQUENCE, DTSTART, PARTSTAT and DTSTAMP; and when
/// the mail was written (DTSTAMP runs ahead where several are written in one second).
type Held = (String, i64, String, String, String, At);

#[actix_web::test]
async fn at_the_end_of_a_year_every_calendar_holds_what_the_database_holds() {
    let people = std::env::var("OXSOP_TEST_YEAR").ok().and_then(|n| n.parse().ok());
    let app = TestApp::start().await;
    let coordinator = app.given_coordinator("Coordinator");
    let members = (0..people.unwrap_or(30)).map(|n| {
        let zone = ZONES[n % ZONES.len()];
        app.given_member_in(&format!("Member {n:03}"), "GB", zone)
    });
    let mut year = Year {
        members: members.collect(),
        app: &app,
        coordinator,
        paths: Vec::new(),
        sent: Vec::new(),
        answered: 0,
    };
    for meeting in 0..MEETINGS.len() {
        let desk = year.desk().await;
        let own = fields(meeting);
        let own: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let path = draft(&desk, &own).await;
        desk.submit(&format!("{path}/schedule"), []).await.is(200);
        year.paths.push(path);
        year.send().await;
        year.answer(meeting).await;
    }
    app.advance(days(40)).await;
    year.joins(3);
    year.leaves(2);
    year.send().await;
    // Summer is cancelled, then held after all.
    let desk = year.desk().await;
    let summer = year.paths[2].clone();
    desk.submit(&format!("{summer}/cancellation"), [("why", "A strike")])
        .await
        .is(200);
    year.send().await;
    year.joins(1);
    year.leaves(1);
    year.send().await;
    app.advance(minutes(30)).await;
    let desk = year.desk().await;
    desk.submit(&format!("{summer}/schedule"), []).await.is(200);
    year.send().await;
    year.answer(2).await;
    // Autumn moves over the change of the clocks, and twice so; the second while the first waits to leave.
    year.change(3, &[("starts", "2027-10-27T15:00"), ("ends", "2027-10-27T16:30")])
        .await;
    year.change(3, &[("starts", "2027-11-03T15:00"), ("ends", "2027-11-03T16:30")])
        .await;
    year.joins(1);
    year.send().await;
    year.answer(3).await;
    app.advance(days(60)).await;
    year.change(
        4,
        &[
            ("title", "Winter meeting"),
            ("joining_link", "https://meet.example.org/winter"),
        ],
    )
    .await;
    year.leaves(2);
    year.send().await;
    year.answer(4).await;
    app.advance(days(150)).await;
    year.joins(2);
    year.leaves(1);
    year.send().await;

    let held = play(&year.sent);
    let exported = exported(&app);
    let meetings: serde_json::Value = serde_json::from_str(&exported).expect("JSON");
    keep(&year.sent, &exported);
    let mut compared = 0;
    for meeting in meetings.as_array().expect("a list") {
        for invitation in meeting["invitations"].as_array().expect("a list") {
            let (uid, email) = (meeting["uid"].as_str(), invitation["email"].as_str());
            let key = (uid.expect("a UID").to_owned(), email.expect("an address").to_owned());
            let (method, sequence, starts, partstat, _, written_at) =
                held.get(&key).unwrap_or_else(|| panic!("{key:?} was told nothing"));
            let is_on = meeting["status"] == "scheduled" && invitation["status"] == "invited";
            assert_eq!(method, if is_on { "REQUEST" } else { "CANCEL" }, "{key:?}");
            if is_on {
                assert_eq!(meeting["sequence"].as_i64(), Some(*sequence), "{key:?}");
                let begins = meeting["starts_at"].as_str().expect("an instant");
                assert_eq!(&begins.replace(['-', ':'], ""), starts, "{key:?}");
                let answered = invitation["answered_at"]
                    .as_str()
                    .map(|at| At::parse(at).expect("an instant"));
                if answered.is_none_or(|at| at < *written_at) {
                    let says = match invitation["answer"].as_str() {
                        Some("yes") => "ACCEPTED",
                        Some("maybe") => "TENTATIVE",
                        Some("no") => "DECLINED",
                        _ => "NEEDS-ACTION",
                    };
                    assert_eq!(partstat, says, "{key:?}");
                }
            }
            compared += 1;
        }
    }
    assert_eq!(compared, held.len(), "nobody was told of a meeting that is not theirs");
    assert!(compared > 5 * year.members.len() - 20 && year.answered > 5 * year.members.len() / 4);
    eprintln!(
        "{} mails, {} answers, {compared} calendars' entries compared",
        year.sent.len(),
        year.answered
    );
}

/// Plays the mails in the order of sending: SEQUENCE never falls, and DTSTAMP rises, for each person and meeting.
fn play(sent: &[MailContent]) -> HashMap<(String, String), Held> {
    let mut held: HashMap<(String, String), Held> = HashMap::new();
    for mail in sent {
        let ics = ics(mail);
        let key = (value(&ics, "UID").to_owned(), mail.to.email.clone());
        let says = attendee(&ics).split(';').find_map(|p| p.strip_prefix("PARTSTAT="));
        let now: Held = (
            value(&ics, "METHOD").to_owned(),
            value(&ics, "SEQUENCE").parse().expect("a number"),
            value(&ics, "DTSTART").to_owned(),
            says.unwrap_or_default().to_owned(),
            value(&ics, "DTSTAMP").to_owned(),
            mail.date,
        );
        if let Some(before) = held.insert(key.clone(), now.clone()) {
            assert!(
                now.1 >= before.1 && now.4 > before.4,
                "{key:?}: {before:?}, then {now:?}"
            );
            assert!(now.0 != "CANCEL" || now.1 > before.1, "{key:?}: a CANCEL rises");
        }
    }
    held
}

/// Keeps what was sent, for other readers, where the environment asks for it.
fn keep(sent: &[MailContent], expected: &str) {
    let Some(folder) = std::env::var_os("OXSOP_TEST_KEEP").map(std::path::PathBuf::from) else {
        return;
    };
    std::fs::create_dir_all(&folder).expect("a folder");
    let mut to = String::new();
    for (n, mail) in sent.iter().enumerate() {
        let part = mail.calendar.as_ref().expect("a calendar part");
        std::fs::write(folder.join(format!("{:05}.ics", n + 1)), &part.ics).expect("it is kept");
        let _ = writeln!(to, "{:05} {}", n + 1, mail.to.email);
    }
    std::fs::write(folder.join("to.txt"), to).expect("it is kept");
    std::fs::write(folder.join("expected.json"), expected).expect("it is kept");
}
