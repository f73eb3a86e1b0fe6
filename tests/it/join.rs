//! Joining, as applicants live it.

use actix_web::http::StatusCode;
use oxsop::join::{self, Status};
use oxsop::members::{self, Member};
use oxsop::platform::clock::{hours, minutes, seconds};

use super::support::people::link_in;
use super::support::{Actor, Page, TestApp};

pub type Typed<'a> = Vec<(&'a str, &'a str)>;

pub const REASON: &str = "I evaluate link-worker services and would like to compare notes with others who do.";

pub fn form<'a>(email: &'a str) -> Typed<'a> {
    vec![
        ("name", "Ana Sample"),
        ("email", email),
        ("affiliation", "Sample Trust"),
        ("country", "GB"),
        ("reason", REASON),
        ("privacy", "yes"),
    ]
}

pub fn with<'a>(mut typed: Typed<'a>, name: &'a str, value: &'a str) -> Typed<'a> {
    typed.retain(|(known, _)| *known != name);
    typed.push((name, value));
    typed
}

pub async fn apply(visitor: &Actor<'_>, typed: Typed<'_>) -> Page {
    visitor.visit("/join").await.is(200);
    visitor.submit("/join", typed).await
}

/// Applies, follows the link in the mail, presses the button.
pub async fn apply_and_confirm(app: &TestApp, typed: Typed<'_>) {
    let email = typed.iter().find(|(name, _)| *name == "email").expect("an address").1;
    let visitor = app.visitor();
    apply(&visitor, typed.clone()).await.shows("Check your mail");
    app.deliver_mail().await;
    let link = link_in(&app.only_mail(email).text, "/join/confirm/");
    visitor.visit(&link).await.shows("Yes, send my request");
    visitor.submit(&link, []).await.shows("your request is with us");
}

/// The address of the request page of the first in the queue.
pub async fn first_in_queue(coordinator: &Actor<'_>) -> String {
    let queue = coordinator.visit("/coordinate/requests").await;
    let path = queue.link("/coordinate/requests/0");
    // Its page has the form whose token the following posts carry.
    coordinator.visit(&path).await.is(200);
    path
}

pub fn member(app: &TestApp, email: &str) -> Option<Member> {
    let email = email.to_owned();
    app.read(move |conn| members::store::by_email(conn, &email))
}

pub fn waiting(app: &TestApp) -> i64 {
    app.read(|conn| join::store::count(conn, &[Status::Waiting]))
}

pub fn all(app: &TestApp) -> i64 {
    app.read(|conn| join::store::count(conn, Status::ALL))
}

#[actix_web::test]
async fn an_applicant_becomes_a_member_with_a_calendar_of_their_own() {
    let app = TestApp::start().await;
    let coordinator = app.coordinator_named("Chair");
    let typed = with(
        with(form("ana@applicants.example.org"), "directory", "yes"),
        "role",
        "link worker",
    );
    apply_and_confirm(&app, with(typed, "announcements", "yes")).await;

    coordinator
        .visit("/coordinate/requests")
        .await
        .shows("Ana Sample")
        .shows("Waits: less than a day");
    let request = first_in_queue(&coordinator).await;
    coordinator
        .visit(&request)
        .await
        .shows(REASON)
        .shows("The applicant confirmed the address");
    let preview = coordinator.visit(&format!("{request}/decision?decision=approve")).await;
    preview
        .shows("Approve and send the welcome")
        .shows("Welcome to OXSOP")
        .shows("(their private calendar address)");
    assert!(
        member(&app, "ana@applicants.example.org").is_none(),
        "a preview does nothing"
    );
    let message = "Good to have you.\nSee you in March.";
    let path = format!("{request}/decision");
    coordinator
        .submit(&path, [("decision", "approve"), ("message", message)])
        .await
        .shows("Ana Sample is a member now")
        .shows("Chair approved this request");

    let ana = member(&app, "ana@applicants.example.org").expect("a member");
    assert!(ana.is_listed);
    assert_eq!(
        (ana.role.as_str(), ana.time_zone.as_str()),
        ("link worker", "Europe/London")
    );
    assert_eq!(ana.announcements_consent, "join form, 1 March 2027, notice 2026-11-22");
    assert_eq!(ana.confirmed_by, "applicant");
    app.deliver_mail().await;
    let welcome = app.only_mail("ana@applicants.example.org");
    assert_eq!(welcome.subject, "Welcome to OXSOP");
    let calendar = format!("/calendar/{}.ics", ana.calendar_token(&app.app.keys).as_str());
    for part in [calendar.as_str(), message, "/sign-in", "Please save our addresses"] {
        assert!(welcome.text.contains(part), "{part} in {}", welcome.text);
    }
    assert!(welcome.html.contains(&calendar) && welcome.html.contains("Good to have you.<br>See you in March."));
}

#[actix_web::test]
async fn nobody_learns_from_the_form_who_is_known() {
    let app = TestApp::start().await;
    app.given_member("Known");
    let coordinator = app.coordinator();
    apply_and_confirm(&app, form("waiting@applicants.example.org")).await;
    apply_and_confirm(&app, form("declined@applicants.example.org")).await;
    coordinator.visit("/join").await.is(200);
    let queue = coordinator.visit("/coordinate/requests").await;
    let last = queue
        .body
        .split("href=\"")
        .filter(|l| l.starts_with("/coordinate/requests/0"))
        .last();
    let path = format!(
        "{}/decision",
        last.and_then(|l| l.split('"').next()).expect("a request")
    );
    coordinator
        .submit(&path, [("decision", "decline-quietly")])
        .await
        .shows("No mail goes.");
    app.advance(minutes(20)).await;

    let visitor = app.visitor();
    visitor.visit("/join").await;
    let mut answers = Vec::new();
    for email in ["known", "waiting@applicants", "declined@applicants", "new@applicants"] {
        let email = if email == "known" {
            "KNOWN@example.org".into()
        } else {
            format!("{email}.example.org")
        };
        let page = visitor.post("/join", form(&email)).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{email}");
        let mut headers: Vec<String> = page.headers.iter().map(|header| format!("{header:?}")).collect();
        headers.sort();
        answers.push((page.body, headers, visitor.visit("/join/sent").await.body));
    }
    assert!(answers.windows(2).all(|pair| pair[0] == pair[1]), "{answers:#?}");

    app.deliver_mail().await;
    let known = app.only_mail("known@example.org");
    assert_eq!(known.subject, "You are a member of OXSOP already");
    assert!(known.text.contains("/sign-in"));
    assert!(
        app.only_mail("waiting@applicants.example.org")
            .text
            .contains("a person will look at it")
    );
    for email in ["declined@applicants.example.org", "new@applicants.example.org"] {
        assert!(app.only_mail(email).subject.contains("confirm your address"), "{email}");
    }
    app.ignore_mail();
}

#[actix_web::test]
async fn nothing_an_applicant_wrote_reaches_an_unproved_address() {
    let app = TestApp::start().await;
    let mut typed = form("victim@example.org");
    for name in ["name", "affiliation", "reason", "heard_from"] {
        typed = with(typed, name, "Cheap pills at https://pills.example.com today");
    }
    apply(&app.visitor(), typed).await;
    app.deliver_mail().await;
    let mail = app.only_mail("victim@example.org");
    assert!(mail.to.name.is_empty());
    for part in [&mail.subject, &mail.text, &mail.html] {
        assert!(!part.contains("pills"), "{part}");
    }
    let link = link_in(&mail.text, "/join/confirm/");
    app.visitor().visit(&link).await.hides("pills");
}

#[actix_web::test]
async fn a_form_with_mistakes_comes_back_with_everything_typed() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let typed = vec![
        ("name", "<b>Ana</b>"),
        ("email", "ana at example"),
        ("affiliation", ""),
        ("country", "FR"),
        ("reason", "Too short"),
        ("heard_from", "A colleague"),
        ("directory", "yes"),
    ];
    let page = apply(&visitor, typed).await;
    page.is(422)
        .shows("Write where you work or study")
        .shows("Write at least 20 characters: you have 9.")
        .shows("Read the privacy notice, and tick that you have.")
        .hides("<b>Ana</b>");
    for kept in [
        "value=\"&lt;b&gt;Ana&lt;/b&gt;\"",
        "value=\"ana at example\"",
        "\nToo short</textarea>",
        "value=\"A colleague\"",
        "<option value=\"FR\" selected>",
        "name=\"directory\" value=\"yes\" checked",
    ] {
        assert!(page.body.contains(kept), "{kept} in {}", page.body);
    }
    assert!(!page.body.contains("name=\"announcements\" value=\"yes\" checked"));
    let long = "x".repeat(2_001);
    let page = visitor
        .submit("/join", with(form("ana@example.org"), "reason", &long))
        .await;
    page.is(422).shows("Write at most 2,000 characters: you have 2,001.");
    assert_eq!(all(&app), 0);
}

#[actix_web::test]
async fn a_form_sent_at_once_is_shown_again_with_a_button() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let stamp_of = |page: &Page| {
        let rest = page.body.split("name=\"shown_at\" value=\"").nth(1).expect("a stamp");
        rest.split('"').next().expect("its end").to_owned()
    };
    let stamp = stamp_of(&visitor.visit("/join").await);
    let page = visitor
        .submit("/join", with(form("ana@example.org"), "shown_at", &stamp))
        .await;
    page.is(422).shows("That was quick").shows(REASON);
    assert!(page.body.contains("value=\"ana@example.org\""));
    assert_eq!(all(&app), 0);
    app.app.clock.advance(seconds(3));
    let stamp = stamp_of(&page);
    let page = visitor
        .submit("/join", with(form("ana@example.org"), "shown_at", &stamp))
        .await;
    page.is(200).shows("Check your mail");
    assert_eq!(all(&app), 1);
}

#[actix_web::test]
async fn a_robot_that_fills_in_the_hidden_field_is_told_what_everybody_is_told() {
    let app = TestApp::start().await;
    let page = apply(
        &app.visitor(),
        with(form("robot@example.org"), "website", "https://x.example"),
    )
    .await;
    page.is(200).shows("Check your mail");
    assert_eq!(all(&app), 0);
    app.deliver_mail().await;
}

#[actix_web::test]
async fn a_double_click_makes_one_request_and_one_mail() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    apply(&visitor, form("ana@example.org")).await;
    apply(&visitor, form("Ana@Example.org")).await.shows("Check your mail");
    assert_eq!(all(&app), 1);
    app.deliver_mail().await;
    app.only_mail("ana@example.org");
}

#[actix_web::test]
async fn newer_words_take_the_place_of_older_ones_and_void_their_link() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    let newer = "I am starting a study on loneliness and look for peers.";
    apply(&visitor, form("ana@example.org")).await;
    app.deliver_mail().await;
    let first = link_in(&app.only_mail("ana@example.org").text, "/join/confirm/");
    app.advance(hours(1)).await;
    apply(&visitor, with(form("ana@example.org"), "reason", newer)).await;
    app.deliver_mail().await;
    let second = link_in(&app.only_mail("ana@example.org").text, "/join/confirm/");
    visitor.visit(&first).await.is(410).shows("This link no longer works");
    visitor.visit(&second).await;
    for _ in 0..2 {
        visitor
            .submit(&second, [])
            .await
            .is(200)
            .shows("your request is with us");
    }
    visitor
        .visit(&second)
        .await
        .is(200)
        .shows("This link has done its work");
    assert_eq!((waiting(&app), all(&app)), (1, 1));
    let coordinator = app.coordinator();
    let request = first_in_queue(&coordinator).await;
    coordinator.visit(&request).await.shows(newer).hides("compare notes");
}

#[actix_web::test]
async fn a_flood_of_forms_writes_to_nobody_often_and_spares_the_first_link() {
    let app = TestApp::start().await;
    let visitor = app.visitor();
    for n in 0..6 {
        let reason = format!("{REASON} {n}");
        apply(&visitor, with(form("ana@example.org"), "reason", &reason))
            .await
            .shows("Check your mail");
    }
    app.deliver_mail().await;
    let mails = app.inbox("ana@example.org");
    assert!((1..=3).contains(&mails.len()), "{} mails", mails.len());
    let last = link_in(&mails.last().expect("a mail").text, "/join/confirm/");
    visitor.visit(&last).await.is(200);
}

#[actix_web::test]
async fn more_requests_than_a_day_holds_are_refused_in_words() {
    let app = TestApp::start_with("[limits]\nrequests_per_day = 1\n").await;
    let visitor = app.visitor();
    apply(&visitor, form("one@example.org")).await.is(200);
    let page = apply(&visitor, form("two@example.org")).await;
    page.is(429)
        .shows("Too many requests have reached us today")
        .shows(REASON);
    assert_eq!(all(&app), 1);
    app.deliver_mail().await;
    app.ignore_mail();
}

#[actix_web::test]
async fn whoever_has_the_address_makes_the_two_choices_and_not_whoever_filled_in_the_form() {
    let app = TestApp::start().await;
    let stranger = app.visitor();
    stranger.visit("/join").await.is(200);
    let mut form = form("victim@example.org");
    form.extend([("directory", "yes"), ("announcements", "yes")]);
    stranger.submit("/join", form).await.is(200);
    app.deliver_mail().await;
    let link = link_in(&app.only_mail("victim@example.org").text, "/join/confirm/");
    let victim = app.visitor();
    victim
        .visit(&link)
        .await
        .shows("List me in the members’ directory")
        .shows("Send me announcements");
    victim
        .submit(&link, [("choices", "shown"), ("announcements", "yes")])
        .await
        .is(200);
    let request = app.read(|conn| oxsop::join::store::open_of(conn, "victim@example.org"));
    let request = request.expect("a request");
    assert_eq!((request.wants_directory, request.wants_announcements), (false, true));
}

#[actix_web::test]
async fn a_form_whose_browser_lost_its_cookie_comes_back_with_everything_typed() {
    let app = TestApp::start().await;
    let ana = app.visitor();
    ana.visit("/join").await.is(200);
    ana.lose_cookies();
    let page = ana.submit("/join", form("ana@example.org")).await;
    page.is(403).shows(REASON);
    ana.submit("/join", form("ana@example.org"))
        .await
        .shows("Check your mail");
    app.deliver_mail().await;
    app.only_mail("ana@example.org");
}
