//! Reminders before meetings: each once, at the right local time, to those they are for, whatever the clocks do.

use std::collections::BTreeMap;
use std::sync::{Arc, Barrier};

use diesel::prelude::*;
use oxsop::members::Member;
use oxsop::platform::clock::{At, days, hours, minutes};
use oxsop::platform::db::schema::{outbox, reminders_sent};
use oxsop::platform::mail::message::{self, AutoSubmitted, MailContent};

use crate::invitations::{join, leave};
use crate::meetings::{LINK, change, desk, draft, form, scheduled};
use crate::support::people::link_in;
use crate::support::{Actor, TestApp};

const ANA: &str = "ana@example.org";
const BO: &str = "bo@example.org";

fn at(text: &str) -> At {
    At::parse(text).expect("an instant")
}

/// Sets the clock, forwards or back, and lets the timed work do what is due then.
async fn at_the_hour(app: &TestApp, now: At) {
    app.app.clock.set(now);
    app.tick();
    app.deliver_mail().await;
}

/// Ticks every few minutes from two hours before each of these instants to two hours after, and more coarsely in
/// between, from the first to the last; says which mail came at which tick.
async fn live_through(app: &TestApp, instants: &[&str]) -> Vec<(String, String, String)> {
    let mut came = Vec::new();
    let mut now = at(instants[0]).minus(hours(12));
    let end = at(instants[instants.len() - 1]).plus(hours(4));
    while now < end {
        at_the_hour(app, now).await;
        for mail in app.all_mail() {
            came.push((now.to_string(), mail.to.email, mail.subject));
        }
        let is_near = instants
            .iter()
            .any(|instant| now.plus(hours(5)) > at(instant) && now < at(instant).plus(hours(1)));
        now = now.plus(if is_near { minutes(10) } else { hours(5) });
        // Ticks are at whole tens of minutes.
        now = At::from_unix(now.unix() / 600 * 600);
    }
    came
}

/// The answer of somebody, by the link in their invitation.
async fn say(app: &TestApp, invitation: &MailContent, answer: &str) {
    let link = link_in(&invitation.text, "answer=yes");
    let browser = app.visitor();
    browser.visit(&link).await.is(200);
    let address = link.split('?').next().unwrap_or_default();
    browser.submit(address, [("answer", answer)]).await.is(200);
}

/// A meeting of that zone at 15:00 to 16:30 on that day, to which people have said what they say.
async fn meeting_of(app: &TestApp, day: &str, zone: &str, answers: &[(&str, &str)]) -> String {
    let desk = desk(app).await;
    let (starts, ends) = (format!("{day}T15:00"), format!("{day}T16:30"));
    let path = scheduled(app, &desk, &[("starts", &starts), ("ends", &ends), ("time_zone", zone)]).await;
    for (email, answer) in answers {
        say(app, &app.only_mail(email), answer).await;
    }
    app.all_mail();
    path
}

/// One weekend of a change of the clocks: the zone, the day of a meeting at 15:00, and when 7 days, 1 day and 1 hour
/// before are, worked out by hand; then how the time is written to a reader in London.
type Weekend = (&'static str, &'static str, [&'static str; 3], &'static str);

const WEEKENDS: &[Weekend] = &[
    (
        "Europe/London",
        "2027-03-28",
        ["2027-03-21T15:00:00Z", "2027-03-27T15:00:00Z", "2027-03-28T13:00:00Z"],
        "Sunday 28 March 2027, 15:00–16:30, London\n",
    ),
    (
        "Europe/London",
        "2027-10-31",
        ["2027-10-24T14:00:00Z", "2027-10-30T14:00:00Z", "2027-10-31T14:00:00Z"],
        "Sunday 31 October 2027, 15:00–16:30, London\n",
    ),
    (
        "America/New_York",
        "2027-03-14",
        ["2027-03-07T20:00:00Z", "2027-03-13T20:00:00Z", "2027-03-14T18:00:00Z"],
        "Sunday 14 March 2027, 15:00–16:30, New York (19:00–20:30 for you)",
    ),
    (
        "America/New_York",
        "2027-11-07",
        ["2027-10-31T19:00:00Z", "2027-11-06T19:00:00Z", "2027-11-07T19:00:00Z"],
        "Sunday 7 November 2027, 15:00–16:30, New York (20:00–21:30 for you)",
    ),
    (
        "Australia/Sydney",
        "2027-04-04",
        ["2027-03-28T04:00:00Z", "2027-04-03T04:00:00Z", "2027-04-04T04:00:00Z"],
        "Sunday 4 April 2027, 15:00–16:30, Sydney (06:00–07:30 for you)",
    ),
    (
        "Australia/Sydney",
        "2027-10-03",
        ["2027-09-26T05:00:00Z", "2027-10-02T05:00:00Z", "2027-10-03T03:00:00Z"],
        "Sunday 3 October 2027, 15:00–16:30, Sydney (05:00–06:30 for you)",
    ),
    (
        "Asia/Kolkata",
        "2027-03-28",
        ["2027-03-21T09:30:00Z", "2027-03-27T09:30:00Z", "2027-03-28T08:30:00Z"],
        "Sunday 28 March 2027, 15:00–16:30, Kolkata (10:30–12:00 for you)",
    ),
    (
        "Asia/Kolkata",
        "2027-10-31",
        ["2027-10-24T09:30:00Z", "2027-10-30T09:30:00Z", "2027-10-31T08:30:00Z"],
        "Sunday 31 October 2027, 15:00–16:30, Kolkata (09:30–11:00 for you)",
    ),
];

/// Each of them once, at its very tick, to those it is for.
async fn goes_right((zone, day, [week, eve, hour], in_london): &Weekend) {
    let app = TestApp::start().await;
    app.given_member("Ana");
    app.given_member_in("Bo", "US", "America/New_York");
    app.given_member("Cleo");
    app.given_member_in("Dora", "AU", "Australia/Sydney");
    app.app.clock.set(at(week).minus(days(3)));
    let answers = [(ANA, "yes"), ("cleo@example.org", "no"), ("dora@example.org", "maybe")];
    meeting_of(&app, day, zone, &answers).await;
    let came = live_through(&app, &[week, eve, hour]).await;
    let mut by_time: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (when, to, _) in &came {
        by_time.entry(when).or_default().push(to);
    }
    let coming = vec![ANA, "dora@example.org"];
    let expected = BTreeMap::from([
        (*week, vec![BO, "coordinator@example.org"]),
        (*eve, coming.clone()),
        (*hour, coming),
    ]);
    assert_eq!(by_time, expected, "{zone} {day}");
    for (when, to, subject) in &came {
        let soon = match when.as_str() {
            when if when == *week => "In 7 days",
            when if when == *eve => "Tomorrow",
            _ => "In an hour",
        };
        assert!(
            subject.starts_with(&format!("{soon}: Maps and gardens, ")),
            "{to}: {subject}"
        );
    }
    let texts = app.read(|conn| {
        let ids: Vec<oxsop::platform::mail::outbox::OutboxId> = outbox::table
            .filter(outbox::kind.eq("reminder"))
            .filter(outbox::to_email.eq(ANA))
            .select(outbox::id)
            .load(conn)?;
        oxsop::platform::mail::outbox::bodies(conn, &ids)
    });
    assert_eq!(texts.len(), 2);
    for sealed in texts.values() {
        let text = sealed.open(&app.app.keys).expect("it opens").text;
        assert!(text.contains(in_london), "{in_london} is not in {text}");
    }
}

#[actix_web::test]
async fn in_london_each_goes_once_at_the_right_time_when_the_clocks_go_forward_and_back() {
    goes_right(&WEEKENDS[0]).await;
    goes_right(&WEEKENDS[1]).await;
}

#[actix_web::test]
async fn in_new_york_each_goes_once_at_the_right_time_when_the_clocks_go_forward_and_back() {
    goes_right(&WEEKENDS[2]).await;
    goes_right(&WEEKENDS[3]).await;
}

#[actix_web::test]
async fn in_sydney_each_goes_once_at_the_right_time_when_the_clocks_go_back_and_forward() {
    goes_right(&WEEKENDS[4]).await;
    goes_right(&WEEKENDS[5]).await;
}

#[actix_web::test]
async fn in_kolkata_each_goes_once_at_the_right_time_where_the_clocks_never_change() {
    goes_right(&WEEKENDS[6]).await;
    goes_right(&WEEKENDS[7]).await;
}

/// Ana says yes, Bo nothing, to a meeting on Wednesday 24 March 2027 at 15:00 in London (15:00 UTC).
async fn usual(app: &TestApp) -> (Member, Member, String) {
    let (ana, bo) = (app.given_member("Ana"), app.given_member("Bo"));
    let path = meeting_of(app, "2027-03-24", "Europe/London", &[(ANA, "yes")]).await;
    (ana, bo, path)
}

/// The coordinator, signed in again: the session of an earlier week is over.
async fn back_at(app: &TestApp) -> Actor<'_> {
    desk(app).await
}

const WEEK: &str = "2027-03-17T15:00:00Z";
const EVE: &str = "2027-03-23T15:00:00Z";
const HOUR: &str = "2027-03-24T14:00:00Z";

#[track_caller]
fn nothing_new(app: &TestApp, why: &str) {
    let subjects: Vec<String> = app.all_mail().into_iter().map(|mail| mail.subject).collect();
    assert!(subjects.is_empty(), "{why}: {subjects:?}");
}

#[actix_web::test]
async fn a_reminder_says_when_and_where_and_how_to_answer_and_is_no_calendar_mail() {
    let app = TestApp::start().await;
    usual(&app).await;
    at_the_hour(&app, at(WEEK)).await;
    let mail = app.only_mail(BO);
    app.all_mail();
    assert_eq!(mail.subject, "In 7 days: Maps and gardens, 24 March 2027, 15:00 London");
    assert!(mail.text.contains("You have not said yet whether you will come."));
    assert!(mail.text.contains("Wednesday 24 March 2027, 15:00–16:30, London"));
    assert!(mail.text.contains(LINK));
    assert!(mail.calendar.is_none() && mail.auto_submitted == AutoSubmitted::Generated);
    let off = link_in(&mail.text, "/unsubscribe/");
    let header = |name: &str| {
        mail.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    };
    let ways = header("List-Unsubscribe").expect("a header");
    assert!(
        ways.starts_with(&format!("<http://localhost:8080{off}>, <mailto:unsubscribe+")),
        "{ways}"
    );
    assert_eq!(header("List-Unsubscribe-Post"), Some("List-Unsubscribe=One-Click"));
    let bytes = String::from_utf8(message::bytes(&mail).expect("it is built")).expect("ASCII");
    for line in [
        "Auto-Submitted: auto-generated",
        "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
    ] {
        assert!(bytes.contains(line), "{line} is not in {bytes}");
    }
    assert!(!bytes.contains("text/calendar"));
    // The link of its reader stands sealed: nobody finds it in the row.
    let stored: Vec<String> = app.read(|conn| Ok(outbox::table.select(outbox::headers).load(conn)?));
    let token = off.rsplit('/').next().unwrap_or_default();
    assert!(stored.iter().all(|headers| !headers.contains(token)), "{stored:?}");
    // And it answers.
    say(&app, &mail, "yes").await;
    at_the_hour(&app, at(EVE)).await;
    assert!(app.only_mail(BO).text.contains("to which you said yes"));
    app.all_mail();
}

#[actix_web::test]
async fn a_clock_that_jumps_and_a_server_that_restarts_send_nothing_twice() {
    let app = TestApp::start().await;
    usual(&app).await;
    at_the_hour(&app, at(EVE)).await;
    assert_eq!(app.inbox(ANA).len(), 1);
    app.all_mail();
    for jump in [
        "2027-03-23T14:00:00Z",
        EVE,
        "2027-03-22T15:00:00Z",
        "1970-01-01T00:00:00Z",
        "2027-03-16T12:00:00Z",
        "2027-03-23T16:00:00Z",
        EVE,
        "2027-03-24T03:00:00Z",
    ] {
        at_the_hour(&app, at(jump)).await;
        // A new start finds by state too.
        app.write(|tx, _| oxsop::platform::mail::delivery::release_all(tx).map(|_| ()));
        at_the_hour(&app, at(jump)).await;
        nothing_new(&app, jump);
    }
    at_the_hour(&app, at(HOUR)).await;
    assert_eq!(
        app.only_mail(ANA).subject,
        "In an hour: Maps and gardens, 24 March 2027, 15:00 London"
    );
    at_the_hour(&app, at("2027-03-24T14:59:59Z")).await;
    at_the_hour(&app, at("2027-03-24T15:00:00Z")).await;
    at_the_hour(&app, at("2028-03-24T15:00:00Z")).await;
    nothing_new(&app, "after the start");
}

#[actix_web::test]
async fn what_a_server_missed_is_sent_while_it_helps_and_never_in_a_heap() {
    let app = TestApp::start().await;
    usual(&app).await;
    // Down from before the week until a little over a day later: the seven-day reminder is skipped.
    at_the_hour(&app, at("2027-03-18T15:00:01Z")).await;
    nothing_new(&app, "a week before, too late");
    // Down over the eve, and up again in the night: late, but it helps.
    at_the_hour(&app, at("2027-03-23T22:00:00Z")).await;
    assert!(app.only_mail(ANA).subject.starts_with("Tomorrow: "));
    at_the_hour(&app, at("2027-03-24T14:40:00Z")).await;
    assert!(app.only_mail(ANA).subject.starts_with("In 20 minutes: "));
    nothing_new(&app, "one each");
}

#[actix_web::test]
async fn a_mail_server_that_is_down_makes_no_reminder_late() {
    let app = TestApp::start().await;
    usual(&app).await;
    app.app.clock.set(at(HOUR));
    app.tick();
    // Written, and not sent before the meeting has begun.
    app.app.clock.set(at("2027-03-24T15:00:00Z"));
    app.deliver_mail().await;
    nothing_new(&app, "after the start");
    assert_eq!(outcomes(&app), ["too late: what it says no longer holds"]);
}

/// What became of the reminders that were not sent.
fn outcomes(app: &TestApp) -> Vec<String> {
    app.read(|conn| {
        Ok(outbox::table
            .filter(outbox::kind.eq("reminder"))
            .filter(outbox::status.eq("dropped"))
            .order(outbox::id)
            .select(outbox::outcome)
            .load(conn)?)
    })
}

#[actix_web::test]
async fn a_cancelled_meeting_reminds_nobody_and_what_waits_is_not_sent() {
    let app = TestApp::start().await;
    let (_, _, path) = usual(&app).await;
    app.app.clock.set(at(EVE));
    app.tick();
    let desk = back_at(&app).await;
    desk.submit(&format!("{path}/cancellation"), [("why", "Strike")])
        .await
        .is(200);
    at_the_hour(&app, at(EVE).plus(minutes(1))).await;
    for mail in app.all_mail() {
        assert!(mail.subject.starts_with("Cancelled: "), "{}", mail.subject);
    }
    assert_eq!(outcomes(&app), ["not sent: the meeting is cancelled"]);
    at_the_hour(&app, at(HOUR)).await;
    nothing_new(&app, "it is cancelled");
    back_at(&app)
        .await
        .visit(&path)
        .await
        .shows("1 not sent, as it no longer held");
}

#[actix_web::test]
async fn whoever_says_no_or_answers_in_between_is_not_reminded() {
    let app = TestApp::start().await;
    let (ana, bo, _) = usual(&app).await;
    // Written to Bo, who answers before it leaves.
    app.app.clock.set(at(WEEK));
    app.tick();
    let browser = app.signed_in(&bo);
    browser.visit("/meetings/maps-and-gardens").await;
    browser
        .submit("/meetings/maps-and-gardens/answer", [("answer", "maybe")])
        .await
        .is(200);
    app.deliver_mail().await;
    assert!(app.inbox(BO).is_empty());
    assert_eq!(outcomes(&app), ["not sent: they have answered since"]);
    app.all_mail();
    let browser = app.signed_in(&ana);
    browser.visit("/meetings/maps-and-gardens").await;
    browser
        .submit("/meetings/maps-and-gardens/answer", [("answer", "no")])
        .await
        .is(200);
    for instant in [EVE, HOUR] {
        at_the_hour(&app, at(instant)).await;
        app.only_mail(BO);
        nothing_new(&app, "Ana said no");
    }
}

#[actix_web::test]
async fn an_answer_just_given_needs_no_reminder() {
    let app = TestApp::start().await;
    let (_, bo, _) = usual(&app).await;
    at_the_hour(&app, at(EVE)).await;
    app.only_mail(ANA);
    app.app.clock.set(at(EVE).plus(hours(1)));
    let browser = app.signed_in(&bo);
    browser.visit("/meetings/maps-and-gardens").await;
    browser
        .submit("/meetings/maps-and-gardens/answer", [("answer", "yes")])
        .await
        .is(200);
    at_the_hour(&app, at(EVE).plus(hours(2))).await;
    nothing_new(&app, "Bo has just read of it");
    at_the_hour(&app, at(HOUR)).await;
    assert_eq!(app.all_mail().len(), 2);
}

#[actix_web::test]
async fn reminders_move_with_the_meeting() {
    let app = TestApp::start().await;
    let (ana, _, path) = usual(&app).await;
    app.app.clock.set(at(EVE));
    app.tick();
    // Two days later: what waits is not sent, and everyone is asked again.
    let moved = [("starts", "2027-03-26T15:00"), ("ends", "2027-03-26T16:30")];
    change(&back_at(&app).await, &path, &moved, "yes").await.is(200);
    at_the_hour(&app, at(EVE).plus(minutes(5))).await;
    for mail in app.all_mail() {
        assert!(mail.subject.starts_with("New time: "), "{}", mail.subject);
    }
    assert_eq!(outcomes(&app), ["not sent: the meeting has moved"]);
    let browser = app.signed_in(&ana);
    browser.visit("/meetings/maps-and-gardens").await;
    browser
        .submit("/meetings/maps-and-gardens/answer", [("answer", "yes")])
        .await
        .is(200);
    at_the_hour(&app, at(HOUR)).await;
    nothing_new(&app, "the old hour");
    at_the_hour(&app, at("2027-03-25T15:00:00Z")).await;
    assert_eq!(
        app.only_mail(ANA).subject,
        "Tomorrow: Maps and gardens, 26 March 2027, 15:00 London"
    );
    at_the_hour(&app, at("2027-03-26T14:00:00Z")).await;
    app.only_mail(ANA);
    nothing_new(&app, "nobody else is coming");
}

#[actix_web::test]
async fn a_meeting_that_moves_by_little_does_not_repeat_a_reminder() {
    let app = TestApp::start().await;
    let (ana, _, path) = usual(&app).await;
    at_the_hour(&app, at(EVE)).await;
    app.only_mail(ANA);
    let moved = [("starts", "2027-03-24T17:00"), ("ends", "2027-03-24T18:30")];
    change(&back_at(&app).await, &path, &moved, "yes").await.is(200);
    let browser = app.signed_in(&ana);
    browser.visit("/meetings/maps-and-gardens").await;
    browser
        .submit("/meetings/maps-and-gardens/answer", [("answer", "yes")])
        .await
        .is(200);
    app.deliver_mail().await;
    app.all_mail();
    at_the_hour(&app, at(EVE).plus(hours(2))).await;
    nothing_new(&app, "two hours after the first");
    at_the_hour(&app, at(HOUR)).await;
    nothing_new(&app, "the old hour");
    at_the_hour(&app, at(HOUR).plus(hours(2))).await;
    assert_eq!(
        app.only_mail(ANA).subject,
        "In an hour: Maps and gardens, 24 March 2027, 17:00 London"
    );
}

#[actix_web::test]
async fn a_new_joining_link_is_not_followed_by_a_reminder_with_the_old_one() {
    let app = TestApp::start().await;
    let (_, _, path) = usual(&app).await;
    app.app.clock.set(at(EVE));
    app.tick();
    app.app.clock.set(at(EVE).plus(minutes(1)));
    let other = [("joining_link", "https://meet.example.org/canary-other")];
    change(&back_at(&app).await, &path, &other, "yes").await.is(200);
    app.deliver_mail().await;
    for mail in app.all_mail() {
        assert!(
            mail.subject.starts_with("Updated: ") && !mail.text.contains(LINK),
            "{}",
            mail.text
        );
    }
    assert_eq!(outcomes(&app), ["not sent: they were mailed a change since"]);
    at_the_hour(&app, at(HOUR)).await;
    assert!(app.only_mail(ANA).text.contains("canary-other"));
}

#[actix_web::test]
async fn whoever_joins_late_or_leaves_gets_only_what_is_theirs() {
    let app = TestApp::start().await;
    let (ana, _, _) = usual(&app).await;
    // Half an hour after the time of the seven-day reminder; the invitation says it all.
    at_the_hour(&app, at(WEEK)).await;
    app.all_mail();
    app.app.clock.set(at(WEEK).plus(minutes(30)));
    join(&app, "Cleo");
    at_the_hour(&app, at(WEEK).plus(minutes(31))).await;
    let invitation = app.only_mail("cleo@example.org");
    assert!(invitation.subject.starts_with("Invitation: "));
    say(&app, &invitation, "yes").await;
    nothing_new(&app, "one mail is enough");
    // Written to Ana, who leaves before it does.
    app.app.clock.set(at(EVE));
    app.tick();
    leave(&app, &ana);
    app.deliver_mail().await;
    assert!(app.only_mail("cleo@example.org").subject.starts_with("Tomorrow: "));
    assert!(
        app.inbox(ANA)
            .iter()
            .all(|mail| mail.subject.starts_with("Invitation withdrawn: "))
    );
    at_the_hour(&app, at(HOUR)).await;
    app.only_mail("cleo@example.org");
    nothing_new(&app, "Ana has left");
}

#[actix_web::test]
async fn a_meeting_scheduled_at_short_notice_reminds_of_what_is_still_to_come_only() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    app.app.clock.set(at("2027-03-23T18:00:00Z"));
    meeting_of(&app, "2027-03-24", "Europe/London", &[(ANA, "yes")]).await;
    at_the_hour(&app, at("2027-03-23T18:05:00Z")).await;
    nothing_new(&app, "they have just been invited");
    at_the_hour(&app, at(HOUR)).await;
    app.only_mail(ANA);
}

#[actix_web::test]
async fn two_replicas_that_tick_at_once_remind_once() {
    let app = TestApp::start().await;
    usual(&app).await;
    app.app.clock.set(at(EVE));
    let start = Arc::new(Barrier::new(4));
    let ticking: Vec<_> = (0..4)
        .map(|_| {
            let (shared, start) = (app.app.clone(), start.clone());
            std::thread::spawn(move || {
                start.wait();
                for _ in 0..5 {
                    oxsop::server::jobs::run_all(&shared);
                }
            })
        })
        .collect();
    for replica in ticking {
        replica.join().expect("no panic");
    }
    app.deliver_mail().await;
    app.only_mail(ANA);
    nothing_new(&app, "once");
    let noted: i64 = app.read(|conn| Ok(reminders_sent::table.count().get_result(conn)?));
    assert_eq!(noted, 1);
}

#[actix_web::test]
async fn the_database_itself_refuses_a_second_one() {
    let app = TestApp::start().await;
    usual(&app).await;
    at_the_hour(&app, at(EVE)).await;
    app.only_mail(ANA);
    let again = app.app.write_now(|tx, _| {
        let row: (String, String, String, String, String, String) = reminders_sent::table
            .select((
                reminders_sent::meeting_id,
                reminders_sent::member_id,
                reminders_sent::lead_time,
                reminders_sent::starts_at,
                reminders_sent::audience,
                reminders_sent::at,
            ))
            .first(tx)?;
        diesel::insert_into(reminders_sent::table)
            .values((
                reminders_sent::meeting_id.eq(row.0),
                reminders_sent::member_id.eq(row.1),
                reminders_sent::lead_time.eq(row.2),
                reminders_sent::starts_at.eq(row.3),
                reminders_sent::audience.eq(row.4),
                reminders_sent::at.eq(row.5),
            ))
            .execute(tx)?;
        Ok::<_, oxsop::platform::db::DbError>(())
    });
    assert!(again.is_err());
}

#[actix_web::test]
async fn a_coordinator_chooses_which_go_and_reads_when_and_to_how_many() {
    let app = TestApp::start().await;
    let (_, _, path) = usual(&app).await;
    let desk = back_at(&app).await;
    let page = desk.visit(&path).await;
    page.is(200)
        .shows("Reminders")
        .shows("7 days before 17 March 2027, 15:00 London");
    let is_ticked = |body: &str, name: &str| body.contains(&format!("name=\"{name}\" value=\"yes\" checked"));
    for (name, is) in [
        ("not-answered-7-days", true),
        ("coming-1-day", true),
        ("coming-1-hour", true),
        ("coming-7-days", false),
        ("not-answered-14-days", false),
        ("not-answered-1-hour", false),
    ] {
        assert_eq!(is_ticked(&page.body, name), is, "{name}");
    }
    // Bo and the coordinator have not answered, Ana has.
    page.shows("7 days before, to those who have not answered: 2 people as of now")
        .shows("1 day before, to those who said yes or maybe: 1 person as of now");
    let choice = [("not-answered-3-days", "yes"), ("coming-1-hour", "yes")];
    let page = desk.submit(&format!("{path}/reminders"), choice).await;
    page.is(200)
        .shows("The choice of reminders is saved. Nothing was sent by that.");
    assert!(is_ticked(&page.body, "not-answered-3-days") && !is_ticked(&page.body, "not-answered-7-days"));
    at_the_hour(&app, at(WEEK)).await;
    nothing_new(&app, "that one is off");
    at_the_hour(&app, at("2027-03-21T15:00:00Z")).await;
    assert!(app.only_mail(BO).subject.starts_with("In 3 days: "));
    app.only_mail("coordinator@example.org");
    let page = back_at(&app).await.visit(&path).await;
    page.shows("Gone already")
        .shows("3 days before, to those who have not answered 2 sent")
        .shows("Its time has passed");
    // Chosen after its time, it does not go at once.
    at_the_hour(&app, at(EVE).plus(minutes(10))).await;
    let choice = [("coming-1-day", "yes"), ("coming-1-hour", "yes")];
    let desk = back_at(&app).await;
    desk.submit(&format!("{path}/reminders"), choice).await.is(200);
    at_the_hour(&app, at(EVE).plus(minutes(20))).await;
    nothing_new(&app, "chosen too late");
    at_the_hour(&app, at(HOUR)).await;
    app.only_mail(ANA);
    at_the_hour(&app, at("2027-03-24T15:00:00Z")).await;
    let desk = back_at(&app).await;
    desk.submit(&format!("{path}/reminders"), choice).await.is(409);
    desk.visit(&path).await.hides("Save the choice of reminders");
}

#[actix_web::test]
async fn drafts_send_nothing_and_a_copy_keeps_the_choice() {
    let app = TestApp::start().await;
    app.given_member("Ana");
    let desk = desk(&app).await;
    let path = draft(&desk, &[]).await;
    desk.visit(&path).await.shows("Once it is scheduled, these go");
    desk.submit(&format!("{path}/reminders"), [("coming-14-days", "yes")])
        .await
        .is(200);
    for instant in [WEEK, EVE, HOUR] {
        at_the_hour(&app, at(instant)).await;
        nothing_new(&app, "a draft");
    }
    let desk = back_at(&app).await;
    let copy = desk
        .submit(
            &format!("{path}/copy"),
            [("once", "01890000-0000-7000-8000-000000000001")],
        )
        .await;
    copy.is(200);
    let copied = copy.path.replace("/edit", "");
    let later = [("starts", "2027-05-24T15:00"), ("ends", "2027-05-24T16:30")];
    desk.submit(&copied, form(&later)).await.is(200);
    let page = desk.visit(&copied).await;
    assert!(
        page.body.contains("name=\"coming-14-days\" value=\"yes\" checked"),
        "{}",
        page.body
    );
    assert!(!page.body.contains("name=\"coming-1-day\" value=\"yes\" checked"));
}

#[actix_web::test]
async fn nobody_is_reminded_whose_mail_comes_back_and_the_number_says_so() {
    let app = TestApp::start().await;
    let (_, _, path) = usual(&app).await;
    let hash = app.app.keys.keyed_hash("suppression", BO);
    app.write(|tx, ctx| {
        use oxsop::platform::db::schema::suppressions;
        diesel::insert_into(suppressions::table)
            .values((
                suppressions::address_hash.eq(hash),
                suppressions::reason.eq("sample"),
                suppressions::since.eq(ctx.now),
            ))
            .execute(tx)?;
        Ok(())
    });
    back_at(&app)
        .await
        .visit(&path)
        .await
        .shows("7 days before, to those who have not answered: 1 person as of now");
    at_the_hour(&app, at(WEEK)).await;
    assert!(app.inbox(BO).is_empty());
    app.only_mail("coordinator@example.org");
}
