//! Every change shows before it goes, and what it shows is what then goes.

use std::collections::{BTreeMap, BTreeSet};

use diesel::prelude::*;
use oxsop::meetings::actions::{self, Foreseen};
use oxsop::meetings::invitations::{Answer, Move};
use oxsop::meetings::model::By;
use oxsop::meetings::{MeetingId, rsvp, store};
use oxsop::members::Member;
use oxsop::platform::clock::{hours, minutes};
use oxsop::platform::db::schema::suppressions;

use crate::invitations::{ics, join, leave, value};
use crate::meetings::{LINK, desk, draft, form, scheduled};
use crate::support::TestApp;

fn suspend(app: &TestApp, email: &str) {
    app.write(|tx, ctx| {
        let hash = ctx.app.keys.keyed_hash("suppression", email);
        diesel::insert_into(suppressions::table)
            .values((
                suppressions::address_hash.eq(hash),
                suppressions::reason.eq("550 no such user"),
                suppressions::since.eq(ctx.now),
            ))
            .execute(tx)?;
        Ok(())
    });
}

fn id_of(path: &str) -> MeetingId {
    MeetingId::from(path.rsplit('/').next().expect("an id"))
}

fn answers(app: &TestApp, path: &str, member: &Member, answer: Answer) {
    let id = id_of(path);
    app.write(|tx, ctx| {
        store::take_turn(tx)?;
        let meeting = store::find(tx, &id)?.expect("a meeting");
        let invitation = store::invitation_of(tx, &id, &member.id)?.expect("an invitation");
        // A closed meeting takes no answer; that is no concern of this story.
        if let Err(e) = rsvp::answer(tx, ctx, &meeting, &invitation, answer, By::Link) {
            assert!(
                meeting.is_cancelled() || invitation.status.as_str() == "withdrawn",
                "{e}"
            );
        }
        Ok(())
    });
}

#[actix_web::test]
async fn a_change_says_who_gets_what_and_why_by_name() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let [ana, ben, cem, dead] = ["Ana", "Ben", "Cem", "Dead Letter"].map(|name| app.given_member(name));
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    answers(&app, &path, &ana, Answer::Yes);
    answers(&app, &path, &ben, Answer::No);
    answers(&app, &path, &cem, Answer::Maybe);
    suspend(&app, &dead.email);
    app.given_member("Eva Late"); // as an import makes members: without an invitation
    app.advance(minutes(5)).await;
    // Words: those who said no hear nothing.
    desk.submit(&path, form(&[("summary", "What *maps* leave in.")]))
        .await
        .shows("Summary Was What *maps* leave out . Will be What *maps* leave in .")
        .shows("Calendars keep version 0")
        .shows("3 people get the change; their answers stand (SEQUENCE stays 0)")
        .shows("1 person who has said no gets nothing")
        .shows("1 person who was never invited gets nothing")
        .shows("1 address is suspended and gets nothing, for mail there comes back")
        .shows("1 person who has said yes: “Updated”, SEQUENCE stays 0 Their answer stands")
        .shows("They asked to hear less: neither the time nor the joining link is new. Ben")
        .shows("Eva Late")
        .shows("Dead Letter")
        .shows("Save and tell 3 people")
        .shows("Save quietly");
    desk.submit(&format!("{path}/changes"), [("notify", "yes")])
        .await
        .shows("3 mails are on their way. 1 address is suspended and gets nothing.");
    app.deliver_mail().await;
    let told: BTreeSet<String> = app.all_mail().into_iter().map(|mail| mail.to.email).collect();
    assert_eq!(told.len(), 3);
    assert!(!told.contains(&ben.email) && !told.contains(&dead.email));
    // A joining link reaches them too, and their no stands.
    desk.submit(
        &path,
        form(&[
            ("summary", "What *maps* leave in."),
            ("joining_link", "https://meet.example.org/new"),
        ]),
    )
    .await
    .shows("4 people get the change; their answers stand (SEQUENCE 0 → 1)")
    .shows("1 person who has said no: “Updated”, SEQUENCE 0 → 1 The joining link is new.")
    .hides("Save quietly");
    desk.submit(&format!("{path}/changes"), [("notify", "yes")])
        .await
        .is(200);
    app.deliver_mail().await;
    app.all_mail();
    assert_eq!(said(&app, &path, &ben), Answer::No);
    // A time asks everyone again.
    desk.submit(
        &path,
        form(&[
            ("summary", "What *maps* leave in."),
            ("joining_link", "https://meet.example.org/new"),
            ("starts", "2027-03-24T14:00"),
        ]),
    )
    .await
    .shows("4 people get the new time, and are asked again (SEQUENCE 1 → 2)")
    .shows("1 person who had said yes: “New time”, SEQUENCE 1 → 2")
    .shows("1 person who had said no: “New time”, SEQUENCE 1 → 2 They said no to the old time.");
    desk.submit(&format!("{path}/changes"), [("notify", "yes")])
        .await
        .is(200);
    app.deliver_mail().await;
    app.all_mail();
    assert_eq!(said(&app, &path, &ana), Answer::None);
    desk.visit(&format!("{path}/cancellation"))
        .await
        .shows("4 people get the cancellation")
        .shows("(SEQUENCE 2 → 3)")
        .shows("Cancel the meeting and tell 4 people");
}

fn said(app: &TestApp, path: &str, member: &Member) -> Answer {
    let id = id_of(path);
    app.read(|conn| store::invitation_of(conn, &id, &member.id))
        .expect("an invitation")
        .answer
}

#[actix_web::test]
async fn a_typo_is_seen_word_by_word_and_can_be_saved_quietly() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    let long = "A sentence that stays as it is. ".repeat(40);
    let before = format!("{long}Bring gardnes & <maps>. {long}");
    let path = scheduled(&app, &desk, &[("summary", &before)]).await;
    app.all_mail();
    let after = before.replace("gardnes", "gardens");
    let page = desk.submit(&path, form(&[("summary", &after)])).await;
    page.shows("Bring gardnes & <maps>.").shows("Bring gardens & <maps>.");
    assert!(page.body.contains("<del>gardnes</del>") && page.body.contains("<ins>gardens</ins>"));
    assert_eq!(page.body.matches("<del>").count(), 1, "only the word");
    let difference = page
        .body
        .split("<dl class=\"difference\">")
        .nth(1)
        .expect("a difference");
    let difference = difference.split("</dl>").next().expect("its end");
    assert!(difference.len() < 2_000, "what stays is cut short: {difference}");
    desk.submit(&format!("{path}/changes"), [("notify", "no")])
        .await
        .shows("The change is saved quietly. No mail was needed.");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
    app.visitor()
        .visit("/meetings/maps-and-gardens")
        .await
        .shows("Bring gardens");
}

#[actix_web::test]
async fn who_may_see_it_is_saved_and_told_to_nobody() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    desk.submit(&path, form(&[("visibility", "members")]))
        .await
        .shows("Who may see it Was public Will be members")
        .shows("Nobody gets a mail.")
        .shows("Save quietly")
        .hides("Save and tell");
    desk.submit(&format!("{path}/changes"), [("notify", "no")])
        .await
        .is(200);
    app.visitor().visit("/meetings/maps-and-gardens").await.is(404);
}

#[actix_web::test]
async fn a_material_change_cannot_be_saved_quietly() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    for (name, value) in [
        ("starts", "2027-03-24T15:15"),
        ("ends", "2027-03-24T17:00"),
        ("joining_link", ""),
    ] {
        desk.submit(&path, form(&[(name, value)])).await.hides("Save quietly");
        desk.post(&format!("{path}/changes"), [("notify", "no")]).await.is(422);
        desk.submit(&format!("{path}/changes/discard"), []).await.is(200);
    }
}

#[actix_web::test]
async fn the_mail_as_it_will_read_opens_nothing() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let ana = app.given_member("Ana");
    let path = draft(&desk, &[]).await;
    let page = desk.visit(&format!("{path}/schedule")).await;
    page.shows("To Ana <ana@example.org>")
        .shows("Subject Invitation: Maps and gardens, 24 March 2027, 15:00 London")
        .shows("METHOD:REQUEST")
        .shows(LINK);
    let picture = page.link_of("src=\"", "/mails/schedule/");
    let html = desk.get(&picture, &[]).await;
    html.is(200)
        .shows("You are invited to a meeting")
        .shows("Maps and gardens");
    assert!(
        html.header("content-security-policy").contains("sandbox"),
        "{:?}",
        html.headers
    );
    let tokens = [
        ana.reply_token(&app.app.keys).as_str().to_owned(),
        app.app.keys.derive("rsvp", "preview", 0).as_str().to_owned(),
    ];
    for token in &tokens {
        page.hides(token);
        html.hides(token);
    }
    assert!(page.body.contains("sandbox=\"\""));
    desk.get(&format!("{path}/mails/schedule/nobody"), &[]).await.is(404);
    desk.get(&format!("{path}/mails/everything/{}", ana.id), &[])
        .await
        .is(404);
    app.signed_in(&ana).get(&picture, &[]).await.is(403);
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "looking sends nothing");
    // What is sent reads the same, but for its links.
    desk.submit(&format!("{path}/schedule"), []).await.is(200);
    app.deliver_mail().await;
    let sent = app.only_mail("ana@example.org");
    app.all_mail();
    assert_eq!(oxsop::platform::secret::mask_tokens(&sent.html), html.body);
}

#[actix_web::test]
async fn a_cancellation_can_be_read_with_its_reason_before_it_goes() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    let path = scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let words = "The hall is flooded; <b>sorry</b>.";
    let page = desk
        .submit(&format!("{path}/cancellation"), [("why", words), ("preview", "yes")])
        .await;
    page.is(200).shows(words).shows("Show the mail with my words");
    let picture = page.link_of("src=\"", "/mails/cancellation/");
    desk.get(&picture, &[]).await.is(200).shows("The hall is flooded");
    desk.visit(&path).await.shows("Scheduled");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "looking cancels nothing");
    desk.submit(&format!("{path}/cancellation"), [("why", words)])
        .await
        .shows("Cancelled");
    app.deliver_mail().await;
    assert!(
        app.all_mail()
            .iter()
            .all(|mail| mail.text.contains("The hall is flooded"))
    );
}

/// A small generator, so that a failure can be told again.
fn chance(seed: &mut u64, of: usize) -> usize {
    *seed = seed
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407);
    (*seed >> 33) as usize % of
}

/// To whom, with which opening of the subject, METHOD and SEQUENCE.
type Mails = BTreeMap<String, (String, String, String)>;

fn promised(foreseen: &Foreseen) -> Mails {
    let mails = foreseen.told().map(|(one, step)| {
        let lot = (
            step.kind.opening().to_owned(),
            step.method.as_str().to_owned(),
            step.sequence.to_string(),
        );
        (one.member.email.clone(), lot)
    });
    mails.collect()
}

fn arrived(app: &TestApp) -> Mails {
    let mut mails = Mails::new();
    for mail in app.all_mail() {
        let part = ics(&mail);
        let opening = mail.subject.split(':').next().unwrap_or_default().to_owned();
        let lot = (
            opening,
            value(&part, "METHOD").to_owned(),
            value(&part, "SEQUENCE").to_owned(),
        );
        assert!(
            mails.insert(mail.to.email.clone(), lot).is_none(),
            "two mails to {}",
            mail.to.email
        );
    }
    mails
}

#[actix_web::test]
async fn what_a_page_promises_is_what_arrives_whatever_came_before() {
    let mut moves = BTreeMap::new();
    for seed in [1u64, 2, 5] {
        let mut seed = seed;
        let app = TestApp::start().await;
        let desk = desk(&app).await;
        let mut members: Vec<Member> = (0..6).map(|n| app.given_member(&format!("Person {n}"))).collect();
        suspend(&app, &members[5].email);
        let path = draft(&desk, &[]).await;
        let (mut summary, mut hour, mut link) = (0, 10, 0);
        for step in 0..24 {
            let what = chance(&mut seed, 7);
            let before = app.read(|conn| store::find(conn, &id_of(&path))).expect("a meeting");
            let now = app.app.now();
            let (page, fields, foreseen) = match (before.status.as_str(), what) {
                (_, 0) => {
                    let answer = [Answer::Yes, Answer::Maybe, Answer::No][chance(&mut seed, 3)];
                    if before.scheduled_at.is_some() {
                        let at = chance(&mut seed, members.len());
                        answers(&app, &path, &members[at], answer);
                    }
                    continue;
                }
                (_, 1) => {
                    let at = chance(&mut seed, members.len() + 2);
                    match members.get(at) {
                        Some(member) if members.len() > 4 => {
                            leave(&app, member);
                            members.remove(at);
                        }
                        _ => members.push(join(&app, &format!("Late {step}"))),
                    }
                    app.deliver_mail().await;
                    app.all_mail();
                    continue;
                }
                ("scheduled", 2) => {
                    let foreseen = app.read(|conn| {
                        let after = actions::cancelled(conn, &before, "", now).expect("may be cancelled");
                        Ok(actions::foresee(conn, &app.app, now, &after, false, Move::Cancel).expect("foreseen"))
                    });
                    ("cancellation", vec![("why", "Strike")], foreseen)
                }
                ("scheduled", _) => {
                    match what {
                        3 | 4 => summary += 1,
                        5 => hour += 1,
                        _ => link += 1,
                    }
                    let (words, starts) = (
                        format!("Words {summary}"),
                        format!("2027-03-24T{:02}:00", 5 + hour % 10),
                    );
                    let address = format!("https://meet.example.org/{link}");
                    desk.submit(
                        &path,
                        form(&[("summary", &words), ("starts", &starts), ("joining_link", &address)]),
                    )
                    .await
                    .is(200);
                    let waits = app.read(|conn| store::find(conn, &id_of(&path))).expect("a meeting");
                    if waits.pending.is_none() {
                        continue;
                    }
                    let foreseen = app.read(|conn| {
                        let effect = actions::effect(conn, &waits, now).expect("an effect");
                        Ok(match effect.a_move {
                            Some(a_move) => {
                                actions::foresee(conn, &app.app, now, &effect.after, false, a_move).expect("foreseen")
                            }
                            None => Foreseen::default(),
                        })
                    });
                    ("changes", vec![("notify", "yes")], foreseen)
                }
                _ => {
                    let foreseen = app.read(|conn| {
                        let after = actions::again_or_first(conn, &before, now).expect("may be scheduled");
                        let was_cancelled = before.is_cancelled();
                        Ok(
                            actions::foresee(conn, &app.app, now, &after, was_cancelled, Move::Invite)
                                .expect("foreseen"),
                        )
                    });
                    ("schedule", Vec::new(), foreseen)
                }
            };
            let promised = promised(&foreseen);
            let shown = desk.visit(&format!("{path}/{page}")).await;
            shown.is(200);
            let mut by_kind: BTreeMap<&str, usize> = BTreeMap::new();
            for (opening, _, _) in promised.values() {
                *by_kind.entry(opening).or_default() += 1;
            }
            let in_groups: usize = shown
                .text()
                .split("Who gets what, and why")
                .nth(1)
                .unwrap_or_default()
                .split("The mail as it will read")
                .next()
                .unwrap_or_default()
                .split('“')
                .collect::<Vec<_>>()
                .windows(2)
                .filter_map(|pair| {
                    let words: Vec<&str> = pair[0].split(' ').collect();
                    let at = words.iter().rposition(|word| *word == "people" || *word == "person")?;
                    words.get(at.checked_sub(1)?)?.parse::<usize>().ok()
                })
                .sum();
            assert_eq!(in_groups, promised.len(), "step {step}, {page}: {}", shown.text());
            let done = desk.submit(&format!("{path}/{page}"), fields).await;
            done.shows(&match promised.len() {
                0 => "No mail was needed.".to_owned(),
                1 => "1 mail is on its way.".to_owned(),
                n => format!("{n} mails are on their way."),
            });
            // Sometimes the mails have left when the next change comes, sometimes they wait still.
            if chance(&mut seed, 3) > 0 {
                app.deliver_mail().await;
                let arrived = arrived(&app);
                for (email, lot) in &promised {
                    assert_eq!(arrived.get(email), Some(lot), "step {step}, {page}, {email}");
                }
                assert_eq!(arrived.len(), promised.len(), "step {step}, {page}: {arrived:?}");
            }
            for kind in by_kind.keys() {
                *moves.entry((*kind).to_owned()).or_insert(0) += 1;
            }
            app.app.clock.advance(minutes(7));
        }
        app.advance(hours(1)).await;
        app.ignore_mail();
    }
    for kind in ["Invitation", "Updated", "New time", "Cancelled", "Invited again"] {
        assert!(moves.contains_key(kind), "the walk never met {kind}: {moves:?}");
    }
}
