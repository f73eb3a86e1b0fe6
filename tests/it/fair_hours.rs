//! Fair hours and the year's plan: what coordinators see of everyone's clocks, and how a year is copied.

use oxsop::platform::clock::days;

use crate::meetings::{desk, draft, form, scheduled};
use crate::support::{Actor, TestApp};

const HOURS: &str = "/coordinate/meetings/hours";
const PLAN: &str = "/coordinate/meetings/plan";

/// A network on three continents.
fn given_three_continents(app: &TestApp) {
    for name in ["Ana", "Berta", "Carla"] {
        app.given_member(name);
    }
    app.given_member_in("Dora", "US", "America/New_York");
    app.given_member_in("Emma", "AU", "Australia/Melbourne");
}

async fn three_meetings(app: &TestApp, desk: &Actor<'_>) {
    for (title, day) in [
        ("Maps", "2027-03-24"),
        ("Gardens", "2027-07-09"),
        ("Choirs", "2027-10-06"),
    ] {
        let (starts, ends) = (format!("{day}T15:00"), format!("{day}T16:30"));
        scheduled(app, desk, &[("title", title), ("starts", &starts), ("ends", &ends)]).await;
    }
    app.all_mail();
}

#[actix_web::test]
async fn every_hour_is_shown_on_everyones_clocks_and_leads_to_a_draft() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    given_three_continents(&app);
    app.given_member_in("Paul", "PT", "Europe/Lisbon");
    let page = desk
        .visit(&format!(
            "{HOURS}?from=2027-06-01&until=2027-06-30&weekday=3&length=90&hour=15"
        ))
        .await;
    page.is(200)
        .shows("5 Wednesdays from 1 June 2027 to 30 June 2027")
        .shows("7 members count")
        .shows("15:00–16:30 London, clock by clock")
        .shows("also Lisbon")
        .shows("New York 1 10:00 at work")
        .shows("Melbourne 1 00:00 the day after asleep 15")
        .shows("None between these dates");
    // The least costly first: at noon nobody sleeps for most of it.
    let text = page.text();
    let first = text.rsplit("The hours that cost least").next().unwrap_or_default();
    let order = first.find("12:00–13:30").zip(first.find("15:00–16:30"));
    assert!(order.is_some_and(|(noon, three)| noon < three), "{first}");
    let form = desk.visit(&page.link("starts=2027-06-02T15%3A00")).await;
    form.is(200).shows("Save as a draft");
    for value in ["2027-06-02T15:00", "2027-06-02T16:30", "Europe/London"] {
        assert!(form.body.contains(value), "{value}");
    }
    desk.visit("/coordinate/meetings")
        .await
        .shows("Fair hours")
        .shows("The year’s plan");
}

#[actix_web::test]
async fn a_question_that_makes_no_sense_comes_back_with_what_was_typed() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    for (query, said) in [
        ("from=soon", "Give the day as year, month and day"),
        ("from=2027-03-02&until=2027-03-01", "must not be before the first"),
        ("from=2027-03-02&until=2031-03-01", "Two years are the most"),
        ("length=5", "from 15 to 480"),
        ("weekday=9", "Choose one of these days"),
        ("from=%3Cscript%3E", "Give the day"),
    ] {
        let page = desk.visit(&format!("{HOURS}?{query}")).await;
        page.is(422).shows(said).hides("<script>");
    }
    desk.visit(&format!("{HOURS}?from=2027-03-02&until=2027-03-03&weekday=7"))
        .await
        .is(200)
        .shows("There is no such day");
}

#[actix_web::test]
async fn weeks_in_which_clocks_disagree_are_named() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    given_three_continents(&app);
    app.given_member_in("Carl", "US", "America/Chicago");
    desk.visit(&format!("{HOURS}?from=2027-03-01&until=2027-11-30&weekday=3"))
        .await
        .is(200)
        .shows(
            "14 March 2027 to 28 March 2027 ; 2 of these days fall into it \
             Chicago is 5 hours behind London; before and after, 6 hours behind (1 member) \
             New York is 4 hours behind London; before and after, 5 hours behind (1 member)",
        )
        .shows(
            "28 March 2027 to 3 April 2027 ; 1 of these days falls into it \
             Melbourne is 10 hours ahead of London; before, 11 hours ahead, and after, 9 hours ahead (1 member)",
        )
        .shows("2 October 2027 to 31 October 2027 ; 4 of these days fall into it Melbourne is 10 hours ahead")
        .shows("31 October 2027 to 7 November 2027 ; 1 of these days falls into it Chicago is 5 hours behind");
}

#[actix_web::test]
async fn the_ledger_counts_what_was_held_and_the_rotation_makes_up_for_it() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    given_three_continents(&app);
    desk.visit(HOURS).await.is(200).shows("nobody has borne anything yet");
    three_meetings(&app, &desk).await;
    app.advance(days(150)).await;
    app.ignore_mail();
    // Two of three are over: in Melbourne they were from 02:00 and from midnight.
    let desk = app.coordinator_named("Second");
    let page = desk.visit(HOURS).await;
    page.is(200)
        .shows("Melbourne 1 30 2")
        .shows("New York 1 3 0")
        .shows("Melbourne (90 min)")
        .hides("Choirs")
        .shows("A rotation over the year")
        .shows("The best single hour")
        .shows("Draft this meeting");
}

#[actix_web::test]
async fn a_member_without_a_zone_counts_to_the_networks_and_the_page_says_so() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member_in("Nora", "GB", "");
    app.given_member_in("Olga", "GB", "Mars/Base");
    desk.visit(HOURS)
        .await
        .is(200)
        .shows("3 members count")
        .shows("2 of them have no time zone that we know and are counted to London");
}

#[actix_web::test]
async fn the_year_stands_in_order_with_its_gaps_by_name() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    desk.visit(PLAN)
        .await
        .is(200)
        .shows("The year’s plan, 2026–27")
        .shows("Nothing is planned in this year");
    three_meetings(&app, &desk).await;
    draft(
        &desk,
        &[
            ("title", "Still a draft"),
            ("starts", "2027-12-01T15:00"),
            ("ends", "2027-12-01T16:30"),
        ],
    )
    .await;
    desk.visit(&format!("{PLAN}?year=2027"))
        .await
        .is(200)
        .shows("From 19 March 2027 to 18 March 2028: 4 of 5 meetings planned")
        .shows("Nothing between 24 March 2027 and 9 July 2027: 15 weeks")
        .shows("Nothing between 1 December 2027 and the end of the year (18 March 2028): 15 weeks")
        .hides("Nothing between 9 July");
    for odd in ["1", "99999", "x"] {
        desk.visit(&format!("{PLAN}?year={odd}")).await.is(404);
    }
}

#[actix_web::test]
async fn last_years_meetings_become_drafts_once_and_nobody_is_told() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    app.given_member("Ana");
    three_meetings(&app, &desk).await;
    draft(&desk, &[("title", "Never held")]).await;
    let page = desk.visit(&format!("{PLAN}/copies?year=2028")).await;
    page.is(200)
        .shows("Maps")
        .shows("Becomes Wednesday 22 March 2028, 15:00–16:30, London (52 weeks later)")
        .hides("Never held");
    desk.visit(&format!("{PLAN}?year=2028"))
        .await
        .shows("3 meetings of 2027–28 can be copied");
    let ticked = ticked(&page.body);
    assert_eq!(ticked.len(), 3);
    let two: Vec<(&str, &str)> = ticked.iter().take(2).map(|name| (name.as_str(), "yes")).collect();
    let page = desk
        .submit(&format!("{PLAN}/copies"), [("year", "2028")].into_iter().chain(two))
        .await;
    page.is(200)
        .shows("2 drafts are made. Nobody has been told.")
        .shows("2 of 5 meetings planned");
    // Again, with all three: the two are named as copied, one is made.
    desk.visit(&format!("{PLAN}/copies?year=2028"))
        .await
        .shows("Copied before");
    let all: Vec<(&str, &str)> = ticked.iter().map(|name| (name.as_str(), "yes")).collect();
    let again = || [("year", "2028")].into_iter().chain(all.clone());
    desk.submit(&format!("{PLAN}/copies"), again())
        .await
        .shows("1 draft is made. Nobody has been told. 2 meetings had been copied before and were left as they are.");
    desk.submit(&format!("{PLAN}/copies"), again())
        .await
        .shows("No draft was made.");
    desk.visit(&format!("{PLAN}/copies?year=2028"))
        .await
        .shows("All of them have been copied");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty());
    let (rows, invited) = app.read(|conn| {
        use diesel::prelude::*;
        use oxsop::platform::db::schema::{invitations, meetings};
        let rows: Vec<(String, String, String, String)> = meetings::table
            .order(meetings::starts_at)
            .select((meetings::uid, meetings::slug, meetings::starts_local, meetings::status))
            .load(conn)?;
        let invited: Vec<String> = invitations::table
            .select(invitations::meeting_id)
            .distinct()
            .load(conn)?;
        Ok((rows, invited.len()))
    });
    assert_eq!((rows.len(), invited), (7, 3));
    let distinct = |pick: fn(&(String, String, String, String)) -> &String| {
        rows.iter().map(pick).collect::<std::collections::BTreeSet<_>>().len()
    };
    assert_eq!((distinct(|row| &row.0), distinct(|row| &row.1)), (7, 7));
    let copies: Vec<_> = rows[4..].iter().map(|row| (row.2.as_str(), row.3.as_str())).collect();
    assert_eq!(
        copies,
        [
            ("2028-03-22T15:00", "draft"),
            ("2028-07-07T15:00", "draft"),
            ("2028-10-04T15:00", "draft")
        ]
    );
}

/// The names of the boxes that are ticked.
fn ticked(body: &str) -> Vec<String> {
    let boxes = body.split("<input type=\"checkbox\"").skip(1);
    let ticked = boxes.filter(|rest| rest.split('>').next().is_some_and(|tag| tag.contains(" checked")));
    let names = ticked.filter_map(|rest| rest.split("name=\"").nth(1)?.split('"').next());
    names.map(str::to_owned).collect()
}

#[actix_web::test]
async fn a_copy_into_an_hour_that_clocks_repeat_is_asked_about() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    // 52 weeks after Sunday 31 October 2027 is 29 October 2028, when London's clocks go back; 01:30 comes twice.
    let night = [
        ("starts", "2027-10-31T01:30"),
        ("ends", "2027-10-31T04:00"),
        ("starts_choice", "later"),
    ];
    scheduled(&app, &desk, &night).await;
    app.all_mail();
    let page = desk.visit(&format!("{PLAN}/copies?year=2028")).await;
    page.is(200)
        .shows("Which start do you mean?")
        .shows("29 October 2028, 01:30 London (00:30 UTC), before the clocks go back");
    let name = ticked(&page.body).remove(0);
    let choice = name.replace("copy-", "starts_choice-");
    desk.post(&format!("{PLAN}/copies"), [("year", "2028"), (name.as_str(), "yes")])
        .await
        .is(422)
        .shows("Choose which of the two you mean");
    let chosen = [("year", "2028"), (name.as_str(), "yes"), (choice.as_str(), "later")];
    let page = desk.submit(&format!("{PLAN}/copies"), chosen).await;
    page.is(200).shows("1 draft is made");
    assert!(page.body.contains("2028-10-29T01:30:00Z"), "{}", page.body);
}

#[actix_web::test]
async fn a_namesake_in_the_year_is_pointed_out_and_not_ticked() {
    let app = TestApp::start().await;
    let desk = desk(&app).await;
    scheduled(&app, &desk, &[]).await;
    app.all_mail();
    let by_hand = [("starts", "2028-04-05T15:00"), ("ends", "2028-04-05T16:30")];
    desk.submit("/coordinate/meetings", form(&by_hand)).await.is(200);
    let page = desk.visit(&format!("{PLAN}/copies?year=2028")).await;
    page.is(200).shows("The year holds a meeting of this title already");
    assert!(ticked(&page.body).is_empty());
}
