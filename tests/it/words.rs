//! Coordinators put mails in words of their own.

use diesel::prelude::*;
use oxsop::platform::db::schema::{audit, mail_words, members};
use oxsop::platform::mail::words::store;
use oxsop::server::build_app_with;

use crate::invitations::ics;
use crate::join::{apply, form};
use crate::meetings::{desk, scheduled};
use crate::support::app::renderer;
use crate::support::people::link_in;
use crate::support::{Actor, Page, TestApp};

const ALREADY: &str = "/coordinate/settings/mails/join/already_member";
const CONFIRM: &str = "/coordinate/settings/mails/join/confirm";
const SIGN_IN: &str = "/coordinate/settings/mails/members/sign_in";
const FEEDBACK: &str = "/coordinate/settings/mails/meetings/feedback";
const INVITATION: &str = "/coordinate/settings/mails/meetings/invitation";

const ALREADY_TEXT: &str = "# Hello again\n\nHello {{name}},\n\nyou **are** one of us. Come in:\n{{sign_in_url}}";

async fn save(desk: &Actor<'_>, path: &str, version: &str, subject: &str, text: &str) -> Page {
    desk.visit(&format!("{path}/edit")).await.is(200);
    desk.submit(path, [("version", version), ("subject", subject), ("text", text)])
        .await
}

/// Somebody asks to join with the address of a member, who then gets this mail.
async fn already_member(app: &TestApp, email: &str) -> oxsop::platform::mail::message::MailContent {
    apply(&app.visitor(), form(email)).await.is(200);
    app.deliver_mail().await;
    app.only_mail(email)
}

fn kept(app: &TestApp, name: &str) -> Option<store::Row> {
    app.read(|conn| store::find(conn, name))
}

#[actix_web::test]
async fn a_coordinator_rewords_a_mail_and_the_next_one_goes_in_those_words() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    app.given_member("Ana");
    let list = desk.visit("/coordinate/settings/mails").await;
    list.shows("Member already")
        .shows("As soon as somebody has sent the form for joining")
        .hides("Reworded");
    let page = desk.visit(&format!("{ALREADY}/edit")).await;
    page.shows("# You are a member already")
        .shows("{{sign_in_url}} (needed)")
        .shows("Sample Member");
    let page = save(
        &desk,
        ALREADY,
        "0",
        "You are in {{mail.network.short_name}}",
        ALREADY_TEXT,
    )
    .await;
    page.is(200)
        .shows("From now on this mail goes in these words")
        .shows("Reworded")
        .shows("Coordinator, 1 March 2027");
    let mail = already_member(&app, "ana@example.org").await;
    assert_eq!(mail.subject, "You are in OXSOP");
    assert!(
        mail.text
            .starts_with("Hello again\n\nHello Ana,\n\nyou are one of us. Come in:\nhttp://localhost:8080/sign-in\n"),
        "{}",
        mail.text
    );
    assert!(mail.html.contains("<h1>Hello again</h1>") && mail.html.contains("you <strong>are</strong> one of us."));
    assert!(
        mail.html
            .contains("<td bgcolor=\"#1d6242\"><a href=\"http://localhost:8080/sign-in\">Sign in</a></td>")
    );
    assert!(mail.html.contains("Questions: "), "in the layout of all mails");
    let lines = app.read(|conn| {
        Ok(audit::table
            .filter(audit::about.eq("words:join/already_member"))
            .count()
            .get_result::<i64>(conn)?)
    });
    assert_eq!(lines, 1);
    desk.visit("/coordinate/settings").await.shows("1 reworded");
}

#[actix_web::test]
async fn what_a_member_calls_themselves_stays_letter_by_letter_in_reworded_mail() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    save(
        &desk,
        ALREADY,
        "0",
        "{{name}}: you are in",
        "Hello {{name}},\n\n{{name}}\n\n{{sign_in_url}}",
    )
    .await;
    for (n, name) in [
        "[x](http://evil.example)",
        "<b>Bold</b> <img src=x>",
        "{{env \"X\"}} {{sign_in_url}} {{{name}}}",
        "**x** `y` # z",
    ]
    .into_iter()
    .enumerate()
    {
        let ana = app.given_member(&format!("Ana{n}"));
        app.write(|tx, _| {
            diesel::update(members::table.find(&ana.id))
                .set(members::name.eq(name))
                .execute(tx)?;
            Ok(())
        });
        let mail = already_member(&app, &ana.email).await;
        assert!(
            mail.text.starts_with(&format!("Hello {name},\n\n{name}\n\n")),
            "{}",
            mail.text
        );
        assert_eq!(mail.subject, format!("{name}: you are in"));
        for tag in [
            "evil.example\"",
            "<b>",
            "<img",
            "<strong>x",
            "<code>",
            "localhost:8080/sign-in {",
        ] {
            assert!(!mail.html.contains(tag), "{tag}: {}", mail.html);
        }
    }
}

#[actix_web::test]
async fn words_that_are_broken_or_reach_further_are_refused_with_the_line_and_kept_in_the_form() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    for (wrong, why) in [
        (
            "{{env \"X\"}}",
            "Line 3: {{env \"X\"}} is none of this mail’s placeholders",
        ),
        ("{{lookup this \"x\"}}", "Line 3: {{lookup this \"x\"}} is none"),
        ("{{> parts/csrf}}", "Line 3: {{> parts/csrf}} is none"),
        ("{{#each}}", "Line 3: {{#each}} is none"),
        ("{{name.__x__}}", "Line 3: {{name.__x__}} is none"),
        ("{{{name}}}", "Line 3: Three braces"),
        ("{{@root.mail}}", "Line 3: {{@root.mail}} is none"),
        (
            "{{code}}",
            "Line 3: {{code}} is none of the placeholders that can stand here",
        ),
        ("{{#if name}}", "Line 3: {{#if}} is not closed"),
        ("{{name", "Line 3: A placeholder is not closed"),
    ] {
        let text = format!("Hello\n\n{wrong} {{{{sign_in_url}}}}");
        let page = save(&desk, ALREADY, "0", "Mine", &text).await;
        page.is(422).shows(why);
        assert!(page.body.contains("value=\"Mine\""), "the subject is still there");
        assert!(page.text().contains(wrong), "{wrong}: what was typed is still there");
        let page = save(&desk, ALREADY, "0", wrong, "Hello {{sign_in_url}}").await;
        page.is(422);
    }
    assert!(kept(&app, "join/already_member").is_none(), "nothing is kept");
}

/// What is taken out on the way to the template engine must not make a tag of what was none (TRUST S31).
#[actix_web::test]
async fn nothing_that_falls_away_later_hides_a_tag_from_the_check() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    for mark in ["\u{E000}", "\u{E004}", "\u{E00F}"] {
        for hidden in ["env \"X\"", "lookup mail \"footer\"", "@root.mail.footer", "link"] {
            let wrong = format!("{{{mark}{{{hidden}}}}}");
            let text = format!("{wrong} {{{{sign_in_url}}}}");
            save(&desk, ALREADY, "0", "Mine", &text).await.is(422);
            save(&desk, SIGN_IN, "0", &wrong, "{{link}} {{code}}").await.is(422);
        }
    }
    // What turns into a placeholder in one part only makes two mails of one, even where it is on the list.
    let twice = "{**{mail.public_url}} {{sign_in_url}}";
    save(&desk, ALREADY, "0", "Mine", twice).await.is(422);
    for wrong in ["{**{env \"X\"}}", "{**{@root.mail.footer}}"] {
        save(&desk, ALREADY, "0", "Mine", &format!("{wrong} {{{{sign_in_url}}}}"))
            .await
            .is(422);
    }
    for wrong in ["{[{env \"X\"}}](x)", "{[{@root.mail.footer}}](x)"] {
        save(&desk, ALREADY, "0", "Mine", &format!("{wrong}\n\n{{{{sign_in_url}}}}"))
            .await
            .is(422);
    }
    for name in ["join/already_member", "members/sign_in"] {
        assert!(kept(&app, name).is_none(), "{name}");
    }
}

#[actix_web::test]
async fn a_mail_keeps_what_it_is_of_no_use_without_and_a_subject_lets_nobody_in() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    let page = save(&desk, CONFIRM, "0", "Confirm", "Please confirm.").await;
    page.is(422)
        .shows("{{link}} is missing: the mail is of no use without it.");
    let hidden = "{{#unless days}}{{link}}{{/unless}}";
    let page = save(&desk, CONFIRM, "0", "Confirm", hidden).await;
    page.is(422)
        .shows("With the sample “Ordinary”: {{link}} would not be shown.");
    let welcome = "/coordinate/settings/mails/join/welcome";
    save(&desk, welcome, "0", "From {{invitations_from}}", "x")
        .await
        .is(422)
        .shows("is none of the placeholders that can stand here");
    for unseen in [
        "[]({{link}})",
        "[ ]({{link}})",
        "[\u{200B}]({{link}})",
        "{{link}}x",
        "[in]({{link}}@evil.example)",
    ] {
        let text = format!("Press here: {unseen} now, with {{{{code}}}}");
        save(&desk, SIGN_IN, "0", "Sign in", &text).await.is(422);
    }
    for subject in ["{{code}}", "{{link}}"] {
        let page = save(&desk, SIGN_IN, "0", subject, "{{link}} {{code}}").await;
        page.is(422).shows("is none of the placeholders that can stand here");
    }
    save(&desk, SIGN_IN, "0", "Sign in", "{{link}}")
        .await
        .is(422)
        .shows("{{code}} is missing");
    let page = save(
        &desk,
        INVITATION,
        "0",
        "{{subject_line}}",
        "{{title}} {{when}} {{joining_link}}\nYes: {{yes_url}}",
    )
    .await;
    page.is(422)
        .shows("{{maybe_url}} is missing")
        .shows("{{no_url}} is missing");
    save(&desk, CONFIRM, "0", "{{#if days}}{{/if}}", "{{link}}")
        .await
        .is(422)
        .shows("the subject would be empty");
}

#[actix_web::test]
async fn a_preview_shows_the_words_with_a_sample_and_keeps_nothing() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    desk.visit(&format!("{ALREADY}/edit")).await;
    let typed = [
        ("version", "0"),
        ("subject", "Hello {{name}}"),
        ("text", ALREADY_TEXT),
        ("sample", "0"),
    ];
    let page = desk.submit(&format!("{ALREADY}/preview"), typed).await;
    page.is(200)
        .shows("Hello Sample Member")
        .shows("Nothing has been saved")
        .shows("What differs from the original");
    let page = desk.submit(&format!("{ALREADY}/html"), typed).await;
    page.is(200);
    assert!(page.body.contains("<h1>Hello again</h1>") && page.header("content-security-policy").contains("sandbox"));
    assert!(kept(&app, "join/already_member").is_none());
    let page = desk
        .submit(
            &format!("{ALREADY}/html"),
            [("subject", "x"), ("text", "{{x}}<script>")],
        )
        .await;
    page.is(200).shows("{{x}} is none").hides("<script>");
    // What is in the way stands where the preview would, too: that is where the button leads.
    let page = desk
        .submit(&format!("{ALREADY}/preview"), [("subject", "x"), ("text", "{{x}}")])
        .await;
    page.is(422).shows("There is no preview of these words yet");
    let (_, preview) = page.body.split_once("id=\"preview\"").expect("the preview");
    assert!(preview.contains("<a href=\"#text\">Line 1: {{x}} is none"), "{preview}");
}

/// A mail's HTML is what most people see: an address in it that cannot be followed is of no use to them.
#[actix_web::test]
async fn a_needed_link_can_be_followed_in_the_layout_too() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    for (off, is_link) in [
        ("[stop]: {{off_url}}", false),
        ("![Stop]({{off_url}})", false),
        ("`{{off_url}}`", false),
        ("[Stop]({{off_url}})", true),
        ("Stop: {{off_url}}.", true),
        ("{{off_url}}", true),
    ] {
        let text = format!("{{{{title}}}}\n\n{{{{link}}}}\n\n{off}");
        let page = save(&desk, FEEDBACK, "0", "How was it?", &text).await;
        if is_link {
            page.is(200);
            let version = kept(&app, "meetings/feedback").map_or(0, |row| row.version);
            let version = version.to_string();
            desk.submit(&format!("{FEEDBACK}/restore"), [("version", version.as_str())])
                .await
                .is(200);
            app.write(|tx, _| {
                diesel::delete(mail_words::table).execute(tx)?;
                Ok(())
            });
        } else {
            page.is(422).shows("{{off_url}} would be no link in the mail’s layout");
        }
    }
}

#[actix_web::test]
async fn two_coordinators_do_not_overwrite_each_other_and_the_original_comes_back() {
    let app = TestApp::start().await;
    let (one, other) = (app.coordinator_named("One"), app.coordinator_named("Other"));
    app.given_member("Ana");
    save(&one, ALREADY, "0", "Of one", ALREADY_TEXT).await.is(200);
    let page = save(&other, ALREADY, "0", "Of the other", ALREADY_TEXT).await;
    page.is(409)
        .shows("has been changed since you opened it (One, 1 March 2027");
    assert!(page.body.contains("value=\"Of the other\"") && page.body.contains("name=\"version\" value=\"1\""));
    assert_eq!(
        kept(&app, "join/already_member").and_then(|row| row.subject).as_deref(),
        Some("Of one")
    );
    save(&one, ALREADY, "1", "Of one", ALREADY_TEXT)
        .await
        .is(200)
        .shows("These are the words already");
    // What would be gone is shown before it is.
    other
        .visit(&format!("{ALREADY}/restore"))
        .await
        .is(200)
        .shows("Put the original words back?")
        .shows("Of one")
        .shows("not kept anywhere else");
    other
        .submit(&format!("{ALREADY}/restore"), [("version", "0")])
        .await
        .is(409);
    other
        .submit(&format!("{ALREADY}/restore"), [("version", "1")])
        .await
        .shows("The original words are back");
    other
        .visit(&format!("{ALREADY}/restore"))
        .await
        .shows("The original words are in use already");
    let mail = already_member(&app, "ana@example.org").await;
    assert_eq!(mail.subject, "You are a member of OXSOP already");
    // Words of before the restoring are still another state.
    save(&one, ALREADY, "1", "Late", ALREADY_TEXT).await.is(409);
    save(&one, ALREADY, "2", "In time", ALREADY_TEXT).await.is(200);
}

#[actix_web::test]
async fn another_replica_takes_new_words_up_with_its_next_mail() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    let ana = app.given_member("Ana");
    let other = build_app_with(app.app.config.clone(), renderer()).expect("a second replica");
    let subject_there = || {
        let view = serde_json::json!({ "name": ana.name, "sign_in_url": "http://localhost:8080/sign-in" });
        let words = other.write_now(|_, ctx| {
            let words = ctx
                .app
                .renderer
                .mail("join/already_member", &ctx.app.mail_facts("x"), &view);
            Ok::<_, oxsop::platform::db::DbError>(words.expect("a mail").subject)
        });
        words.expect("the database works")
    };
    assert_eq!(subject_there(), "You are a member of OXSOP already");
    save(&desk, ALREADY, "0", "New words", ALREADY_TEXT).await.is(200);
    assert_eq!(subject_there(), "New words");
    desk.submit(&format!("{ALREADY}/restore"), [("version", "1")])
        .await
        .is(200);
    assert_eq!(subject_there(), "You are a member of OXSOP already");
}

#[actix_web::test]
async fn words_that_no_longer_fit_are_not_used_and_the_page_says_so() {
    let app = TestApp::start().await;
    let desk = app.coordinator();
    app.given_member("Ana");
    app.write(|tx, ctx| {
        let source = oxsop::platform::render::reworded::Source {
            subject: "Kept".into(),
            text: "{{vanished}} {{sign_in_url}}".into(),
        };
        store::put(tx, ctx, "join/already_member", Some(&source), 1, "somebody")?;
        store::put(tx, ctx, "join/no_such_mail", Some(&source), 1, "somebody")
    });
    let mail = already_member(&app, "ana@example.org").await;
    assert_eq!(mail.subject, "You are a member of OXSOP already");
    desk.visit("/coordinate/settings/mails")
        .await
        .shows("Rewording not used")
        .shows("a former coordinator");
    let page = desk.visit(ALREADY).await;
    page.shows("the original is sent")
        .shows("{{vanished}} is none")
        .shows("You are a member of OXSOP already");
    desk.visit(&format!("{ALREADY}/edit"))
        .await
        .shows("These words are not used")
        .shows("{{vanished}}");
    let rows = app.read(|conn| Ok(mail_words::table.count().get_result::<i64>(conn)?));
    assert_eq!(rows, 2, "they stay for whoever mends them");
}

#[actix_web::test]
async fn rewording_an_invitation_leaves_its_calendar_part_as_it_was() {
    let app = TestApp::start().await;
    let at_desk = desk(&app).await;
    app.given_member("Ana");
    scheduled(&app, &at_desk, &[]).await;
    let before = app.only_mail("ana@example.org");
    app.all_mail();
    let text = "# {{title}}\n{{when}}\n\nDo come.\n\n{{#if joining_link}}\nJoin: {{joining_link}}\n{{/if}}\n\n\
                Yes: {{yes_url}}\nMaybe: {{maybe_url}}\nNo: {{no_url}}\n\n{{summary_text}}\n\nNo more: {{off_url}}";
    save(&at_desk, INVITATION, "0", "Do come: {{title}}", text)
        .await
        .is(200);
    scheduled(&app, &at_desk, &[]).await;
    let after = app.only_mail("ana@example.org");
    app.all_mail();
    assert!(
        after.subject.starts_with("Do come: ") && after.text.contains("Do come."),
        "{}",
        after.text
    );
    assert!(after.html.contains("class=\"button choices\"") && after.html.contains("class=\"when\""));
    let answers = link_in(&after.text, "?answer=yes");
    app.visitor().visit(&answers).await.is(200);
    // But for what is a meeting's own: its identity, its address, the stamps.
    let own = ["UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "URL"];
    let kept = |mail| {
        let lines = ics(mail);
        let lines = lines
            .lines()
            .filter(|line| !own.contains(&line.split([':', ';']).next().unwrap_or_default()));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let (mut was, mut is) = (kept(&before), kept(&after));
    for lines in [&mut was, &mut is] {
        for line in lines.iter_mut().filter(|line| line.starts_with("DESCRIPTION")) {
            assert!(!line.contains("Do come"), "{line}");
            *line = line.split("http://localhost").next().unwrap_or_default().to_owned();
        }
    }
    assert_eq!(was, is);
}
