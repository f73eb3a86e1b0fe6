//! Members in and out as files.

use oxsop::members::import_export::{Format, Options, Report, export, import};
use oxsop::members::{actions, store};

use super::support::TestApp;

fn run(app: &TestApp, text: &str, options: &Options) -> Report {
    import(&app.app, text.as_bytes(), "people.csv", options).expect("a file that can be read")
}

fn by_command() -> Options {
    Options {
        by: "command".into(),
        ..Options::default()
    }
}

fn exported(app: &TestApp, format: Format) -> String {
    app.read(|conn| export(conn, format))
}

const FILE: &str = "\u{feff}Full name;E-mail Address;Organisation;Country;Time zone;Role;Interests;Date joined\r\n\
Ana Lima;ANA@EXAMPLE.ORG;Trust;CA;America/Toronto;clinician;\"loneliness; gardens\";2020-10-05\r\n\
Ben Odd;  ben@example.org ;Museum;GB;GMT Standard Time;;;03/04/2021\r\n\
Cleo Was;not-an-address;Arts;GB;Europe/London;;;\r\n\
;dan@example.org;Arts;GB;;;;\r\n\
Eve;eve@example.org;Arts;Atlantis;;;;\r\n\
\"=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\";fay@example.org;Trust;GB;;;;\r\n\
Gus;gus@example.org;\"Trust\nSecond line\";GB;;;;\r\n\
\"Bcc: victim@example.net\nX-Injected: 1\";hal@example.org;Trust;GB;;;;\r\n\
Ana Again;ana@example.org;Trust;CA;;;;\r\n";

#[actix_web::test]
async fn good_rows_come_in_and_bad_ones_are_named_by_line() {
    let app = TestApp::start().await;
    let report = run(&app, FILE, &by_command());
    assert_eq!((report.added, report.already_members, report.rejected), (3, 0, 6));
    let starts: Vec<String> = report
        .lines
        .iter()
        .map(|line| line.split(": ").take(2).collect::<Vec<_>>().join(": "))
        .collect();
    assert_eq!(
        starts,
        [
            "line 4: email",
            "line 5: name",
            "line 6: country",
            "line 8: affiliation",
            "line 10: name",
            "line 12: email"
        ]
    );
    let ben = app.read(|conn| store::by_email(conn, "ben@example.org")).expect("Ben");
    assert_eq!(
        (ben.time_zone.as_str(), ben.joined_on.as_str()),
        ("Europe/London", "2021-04-03")
    );
    assert!(!ben.is_listed && !ben.wants_announcements);
    assert_eq!(ben.confirmed_by, "import of people.csv by command");
    let fay = app.read(|conn| store::by_email(conn, "fay@example.org")).expect("Fay");
    assert_eq!(fay.name, "=HYPERLINK(\"http://evil.example\",\"x\")");
    app.deliver_mail().await;
    assert!(app.all_mail().is_empty(), "nobody is mailed");
}

#[actix_web::test]
async fn a_second_run_and_a_dry_run_change_nothing() {
    let app = TestApp::start().await;
    let dry = Options {
        is_dry_run: true,
        ..by_command()
    };
    assert_eq!(run(&app, FILE, &dry).added, 3);
    assert_eq!(app.read(store::count_active), 0);
    let first = run(&app, FILE, &by_command());
    let before = exported(&app, Format::Csv);
    let second = run(&app, &FILE.replace("Trust", "Other Trust"), &by_command());
    assert_eq!(
        (second.added, second.already_members, second.rejected),
        (0, 3, first.rejected)
    );
    assert!(second.lines[0].ends_with("is already a member"), "{:?}", second.lines);
    assert_eq!(exported(&app, Format::Csv), before);
}

#[actix_web::test]
async fn what_is_exported_is_imported_unchanged() {
    let app = TestApp::start().await;
    let options = Options {
        consent: "agreed at the summer meeting".into(),
        ..by_command()
    };
    let file = "name,email,country,directory,announcements_consent\n\
                =1+1,ana@example.org,GB,yes,\n'=2,ben@example.org,GB,no,no\n@x,cleo@example.org,DE,,\"signed, on paper\"\n";
    assert_eq!(run(&app, file, &options).added, 3);
    for format in [Format::Csv, Format::Json] {
        let text = exported(&app, format);
        let other = TestApp::start().await;
        let report = run(&other, &text, &options);
        assert_eq!((report.added, report.lines.len()), (3, 0), "{text}");
        assert_eq!(
            exported(&other, format),
            text,
            "consent given for the others does not change a no"
        );
    }
    let csv = exported(&app, Format::Csv);
    for row in csv.lines() {
        assert!(!row.starts_with(['=', '@', '+', '-']), "{row}");
    }
    let read = |email: &'static str| app.read(move |conn| store::by_email(conn, email)).expect("a member");
    assert_eq!(
        read("ana@example.org").announcements_consent,
        "agreed at the summer meeting"
    );
    assert!(read("ana@example.org").is_listed && !read("ben@example.org").wants_announcements);
    assert_eq!(read("cleo@example.org").announcements_consent, "signed, on paper");
}

#[actix_web::test]
async fn who_left_is_not_brought_back_by_a_file() {
    let app = TestApp::start().await;
    let ana = app.given_member("Ana");
    app.write(|tx, ctx| actions::leave(tx, ctx, &ana.id, "test"));
    let report = run(&app, "name,email,country\nAna,ana@example.org,GB\n", &by_command());
    assert_eq!((report.added, report.rejected), (0, 1));
    assert!(report.lines[0].starts_with("line 2: email: This person has left"));
    assert!(!exported(&app, Format::Csv).contains("ana@example.org"));
}

#[actix_web::test]
async fn a_file_without_the_columns_says_which_is_missing() {
    let app = TestApp::start().await;
    let refused = import(&app.app, b"name,phone\nAna,1\n", "people.csv", &by_command()).expect_err("no email");
    assert!(refused.to_string().contains("no column for 'email'"), "{refused}");
}
