use super::*;

const ZOOM: &str = "Meeting ID,Topic,Start Time,End Time,User Email,Duration (Minutes),Participants\r\n\
    123 4567 8901,Maps and gardens,03/24/2027 02:55:10 PM,03/24/2027 04:31:00 PM,host@example.org,96,3\r\n\
    \r\n\
    Name (Original Name),User Email,Join Time,Leave Time,Duration (Minutes),Guest\r\n\
    Ana Sample,ana@example.org,03/24/2027 02:58:00 PM,03/24/2027 04:30:00 PM,92,No\r\n\
    \"Bertie (Berta Sample)\",,03/24/2027 03:01:00 PM,03/24/2027 03:20:00 PM,19,Yes\r\n\
    \"Bertie (Berta Sample)\",,03/24/2027 03:25:00 PM,03/24/2027 04:30:00 PM,65,Yes\r\n";

const TEAMS: &str = "1. Summary\r\nMeeting title\tMaps and gardens\r\nAttended participants\t2\r\nStart time\t3/24/27, 2:55:10 PM\r\n\
    Meeting duration\t1h 35m 50s\r\n\r\n2. Participants\r\nName\tFirst Join\tLast Leave\tIn-Meeting Duration\tEmail\tParticipant ID (UPN)\tRole\r\n\
    Ana Sample\t3/24/27, 2:58:00 PM\t3/24/27, 4:30:00 PM\t1h 32m 1s\tana@example.org\tana@example.org\tPresenter\r\n\
    Berta Sample (Guest)\t3/24/27, 3:01:00 PM\t3/24/27, 3:20:00 PM\t19m 3s\t\tberta@example.org\tAttendee\r\n\r\n\
    3. In-Meeting Activities\r\nName\tJoin Time\tLeave Time\tDuration\tEmail\tRole\r\nAna Sample\t3/24/27\t3/24/27\t1h\tana@example.org\tPresenter\r\n";

const MEET: &str = "First name,Last name,Email,Duration,Time joined,Time exited\n\
    Ana,Sample,ana@example.org,1 hr 32 min,2:58 PM,4:30 PM\nBerta,Sample,,19 min,3:01 PM,3:20 PM\n";

fn rows(bytes: &[u8]) -> Vec<(usize, String, String, Option<u32>)> {
    let row = |visit: Visit| {
        let email = visit.email.map(|email| email.as_str().to_owned()).unwrap_or_default();
        (visit.line, visit.name, email, visit.minutes)
    };
    read(bytes).expect("a report").into_iter().map(row).collect()
}

fn row(line: usize, name: &str, email: &str, minutes: u32) -> (usize, String, String, Option<u32>) {
    (line, name.into(), email.into(), Some(minutes))
}

#[test]
fn the_reports_of_three_tools_are_read() {
    assert_eq!(
        rows(ZOOM.as_bytes()),
        [
            row(5, "Ana Sample", "ana@example.org", 92),
            row(6, "Bertie (Berta Sample)", "", 19),
            row(7, "Bertie (Berta Sample)", "", 65),
        ]
    );
    let teams = [
        row(9, "Ana Sample", "ana@example.org", 92),
        row(10, "Berta Sample (Guest)", "berta@example.org", 19),
    ];
    assert_eq!(rows(TEAMS.as_bytes()), teams);
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(TEAMS.encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(rows(&utf16), teams, "as the tool saves it");
    assert_eq!(
        rows(MEET.as_bytes()),
        [
            row(2, "Ana Sample", "ana@example.org", 92),
            row(3, "Berta Sample", "", 19)
        ]
    );
}

#[test]
fn what_is_no_report_says_what_is_missing() {
    assert_eq!(read(b" \r\n "), Err(ReportError::Empty));
    for text in [
        "Ana\nBerta\n",
        "Topic,Host email\nMaps,host@example.org\n",
        "Name\nAna\n",
    ] {
        assert_eq!(read(text.as_bytes()), Err(ReportError::NoHeader), "{text}");
    }
    let open = "Name,Email\n\"Ana,ana@example.org\nBerta,b@example.org\n";
    assert_eq!(
        read(open.as_bytes()),
        Err(ReportError::Table(TableError::OpenQuote { line: 2 }))
    );
    let large = vec![b'a'; LARGEST_FILE + 1];
    assert_eq!(read(&large), Err(ReportError::Table(TableError::TooLarge)));
}

#[test]
fn hostile_cells_are_one_short_line() {
    let text = format!(
        "Name,Email\n\"<b>\r\nBcc: x\u{202E}\",'=1+1\n{},x@example.org\n",
        "y".repeat(5_000)
    );
    let rows = rows(text.as_bytes());
    assert_eq!((rows[0].1.as_str(), rows[0].2.as_str()), ("<b> Bcc: x", ""));
    assert_eq!(rows[1].1.chars().count(), 200);
}

#[test]
fn lengths_are_read_as_tools_write_them() {
    for (text, expected) in [
        ("52", Some(52)),
        ("1h 2m 3s", Some(62)),
        ("45 min", Some(45)),
        ("1 hr 5 min", Some(65)),
        ("2 hours 1 minute", Some(121)),
        ("59s", Some(0)),
        ("00:52:10", Some(52)),
        ("", None),
        ("soon", None),
        ("99999999999h", None),
        ("9999999h", None),
    ] {
        assert_eq!(minutes(text), expected, "{text}");
    }
}
