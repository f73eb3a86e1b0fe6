//! What the demo's members are asked: a date, by poll, and how a meeting was.

use std::sync::Arc;

use super::story::{deliver, write};
use crate::meetings::Meeting;
use crate::meetings::feedback::{self, model::Kind, model::Question};
use crate::meetings::poll::{self, model::PollId, model::Said};
use crate::members::Member;
use crate::platform::app::App;
use crate::platform::clock::{At, days, hours};
use crate::web::Coordinator;

/// An open poll of which half have said something.
pub(super) fn poll(app: &Arc<App>, by: &Coordinator, first: At) -> Result<(), String> {
    let details = poll::model::Details {
        title: "Our gardens, one year on".into(),
        summary:
            "We would like to hear how our gardens did in their *first year*. Which of these hours would suit you?"
                .into(),
        minutes: 120,
        time_zone: "Europe/London".into(),
        closes_at: first.minus(days(10)),
        starts: vec![first, first.plus(hours(20)), first.plus(days(6)), first.plus(days(7))],
    };
    let id = PollId::new();
    write(app, |tx, ctx| {
        poll::create(tx, ctx, by, id.clone(), &details).map_err(|e| e.to_string())?;
        poll::send(tx, ctx, by, &id).map_err(|e| e.to_string())?;
        Ok(())
    })?;
    deliver(app)?;
    write(app, |tx, ctx| {
        use Said::{IfNeedBe, No, Yes};
        let found = poll::store::find(tx, &id).map_err(|e| e.to_string())?;
        let found = found.ok_or("no poll")?;
        let times = poll::store::times_of(tx, &id).map_err(|e| e.to_string())?;
        let asked = poll::store::asked(tx, &id).map_err(|e| e.to_string())?;
        let said = [
            [Yes, No, IfNeedBe, No],
            [Yes, IfNeedBe, Yes, No],
            [No, No, Yes, Yes],
            [IfNeedBe, No, Yes, No],
            [Yes, Yes, IfNeedBe, No],
            [No, IfNeedBe, Yes, IfNeedBe],
        ];
        for ((asked, _), said) in asked.iter().step_by(2).zip(said) {
            let said: Vec<_> = times.iter().map(|time| time.id.clone()).zip(said).collect();
            poll::answer(tx, ctx, &found, asked, &said).map_err(|e| e.to_string())?;
        }
        Ok(())
    })
}

/// Three questions about a meeting that was, and what some answered.
pub(super) fn feedback(app: &Arc<App>, by: &Coordinator, about: &Meeting, people: &[Member]) -> Result<(), String> {
    let question = |kind, text: &str, options: &[&str]| Question {
        kind,
        text: text.into(),
        options: options.iter().map(|line| (*line).to_owned()).collect(),
    };
    let questions = [
        question(Kind::Scale, "How useful was this meeting to you?", &[]),
        question(
            Kind::Choice,
            "How long should the next one be?",
            &["Shorter", "As long", "Longer"],
        ),
        question(Kind::Text, "What should we do otherwise next time?", &[]),
    ];
    write(app, |tx, ctx| {
        feedback::save_questions(tx, ctx, by, &about.id, None, &questions).map_err(|e| e.to_string())?;
        feedback::open(tx, ctx, by, &about.id).map_err(|e| e.to_string())?;
        Ok(())
    })?;
    deliver(app)?;
    write(app, |tx, ctx| {
        let form = feedback::store::of_meeting(tx, &about.id).map_err(|e| e.to_string())?;
        let form = form.ok_or("no form")?;
        let asked = feedback::store::asked(tx, &form.id).map_err(|e| e.to_string())?;
        let given = [
            ["5", "1", "More time in small groups, please."],
            ["4", "2", ""],
            ["5", "1", "Send the slides beforehand."],
            ["3", "0", "The sound was hard to follow at times."],
            ["4", "1", ""],
        ];
        let those = people.iter().filter(|member| asked.contains(&member.id));
        for (member, given) in those.zip(given) {
            let link = feedback::model::token(&ctx.app.keys, &form.id, &member.id);
            let given = given.map(str::to_owned);
            feedback::answer(tx, ctx, &link, &given).map_err(|e| e.to_string())?;
        }
        Ok(())
    })
}
