//! What calendar programs send.

use oxsop::platform::inbound::Kind;

use super::{ANA, MEETINGS, NETWORK, Sample, Says, UID, base64, html, mail, multipart, plain, sample};

/// An answer as a program writes it: `more` are lines of the event.
struct Ics<'a> {
    method: &'a str,
    prodid: &'a str,
    attendee: String,
    more: &'a str,
}

impl Ics<'_> {
    fn text(&self) -> String {
        let Ics {
            method,
            prodid,
            attendee,
            more,
        } = self;
        format!(
            "BEGIN:VCALENDAR\r\nMETHOD:{method}\r\nPRODID:{prodid}\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\n{attendee}\r\nUID:{UID}\r\n\
             DTSTAMP:20270301T090000Z\r\n{more}END:VEVENT\r\nEND:VCALENDAR\r\n"
        )
    }
}

fn attendee(partstat: &str) -> String {
    format!("ATTENDEE;PARTSTAT={partstat};CN=Ana Sample:mailto:{ANA}")
}

/// The zone as Exchange describes it, and an event in it.
fn exchange(zone: &str, summary: &str, partstat: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nTZID:{zone}\r\n\
         BEGIN:STANDARD\r\nDTSTART:16010101T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\n\
         END:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T010000\r\nTZOFFSETFROM:+0000\r\nTZOFFSETTO:+0100\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\n\
         END:DAYLIGHT\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nATTENDEE;PARTSTAT={partstat};CN=Ana Sample:mailto:{ANA}\r\nCOMMENT;LANGUAGE=en-GB:See you\\, then\\n\r\n\
         UID:{UID}\r\nSUMMARY;LANGUAGE=de-DE:{summary}\r\nDTSTART;TZID={zone}:20270324T150000\r\nDTEND;TZID={zone}:20270324T163000\r\nCLASS:PUBLIC\r\n\
         PRIORITY:5\r\nDTSTAMP:20270301T090000Z\r\nTRANSP:OPAQUE\r\nSTATUS:CONFIRMED\r\nSEQUENCE:2\r\nLOCATION;LANGUAGE=en-GB:Online\r\n\
         X-MICROSOFT-CDO-APPT-SEQUENCE:2\r\nX-MICROSOFT-CDO-BUSYSTATUS:BUSY\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn head<'a>(subject: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut headers = vec![
        ("Return-Path", "<ana@example.org>"),
        ("From", "Ana Sample <ana@example.org>"),
        ("To", MEETINGS),
        ("Subject", subject),
        ("Date", "Mon, 1 Mar 2027 09:00:01 +0000"),
        ("Message-ID", "<reply@mail.example.org>"),
        ("In-Reply-To", "<invitation@oxsop.example.org>"),
    ];
    headers.extend_from_slice(more);
    headers
}

fn outlook(subject: &str, more: &[(&str, &str)], ics: &str) -> String {
    let parts = [
        base64("text/plain; charset=\"utf-8\"", "", "See you then\r\n".as_bytes()),
        html("See you then"),
        base64("text/calendar; charset=\"utf-8\"; method=REPLY", "", ics.as_bytes()),
    ];
    mail(&head(subject, more), &multipart("alternative", "_000_AS8P_", &parts))
}

fn simple(method: &str, partstat: &str, more: &str) -> String {
    Ics {
        method,
        prodid: "-//Sample//Sample//EN",
        attendee: attendee(partstat),
        more,
    }
    .text()
}

fn calendar_part(method: &str, ics: &str) -> String {
    format!(
        "Content-Type: text/calendar; charset=UTF-8; method={method}\r\nContent-Transfer-Encoding: 7bit\r\n\r\n{ics}\r\n"
    )
}

pub fn samples() -> Vec<Sample> {
    let answer = |partstat, sequence| Says::Calendar("REPLY", partstat, sequence);
    let calendar = |name, raw: String, says| sample(name, raw, Kind::Calendar, says);
    let organised = format!("ORGANIZER;CN=OXSOP:mailto:{MEETINGS}\r\nSEQUENCE:2\r\nDTSTART:20270324T150000Z\r\n");
    let google = simple("REPLY", "ACCEPTED;X-NUM-GUESTS=0", &organised);
    let two = |ics: &str| {
        multipart(
            "alternative",
            "alt",
            &[plain("Ana Sample has accepted."), calendar_part("REPLY", ics)],
        )
    };
    let utf16: Vec<u8> = std::iter::once(0xFEFF)
        .chain(simple("REPLY", "ACCEPTED", "SEQUENCE:2\r\n").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    let signed = format!(
        "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; micalg=sha-256; boundary=\"sig\"\r\n\r\n--sig\r\n{}\r\n--sig\r\n{}\r\n--sig--\r\n",
        two(&simple("REPLY", "ACCEPTED", "SEQUENCE:2\r\n")),
        base64(
            "application/pkcs7-signature; name=\"smime.p7s\"",
            "Content-Disposition: attachment\r\n",
            b"not a signature"
        )
    );
    vec![
        calendar("Outlook, accepted, no ORGANIZER", outlook("Accepted: A talk", &[("Thread-Topic", "A talk"), ("X-MS-Has-Attach", "")], &exchange("GMT Standard Time", "Accepted: A talk", "ACCEPTED")), answer("ACCEPTED", 2)),
        calendar("Outlook, declined, in German", outlook("Abgelehnt: A talk", &[("Accept-Language", "de-DE")], &exchange("W. Europe Standard Time", "Abgelehnt: A talk", "DECLINED")), answer("DECLINED", 2)),
        calendar("Outlook, tentative, in French", outlook("=?utf-8?q?Provisoire_=3A_A_talk?=", &[], &exchange("Romance Standard Time", "Provisoire : A talk", "TENTATIVE")), answer("TENTATIVE", 2)),
        calendar("Outlook, in a zone that nobody knows", outlook("Accepted: A talk", &[], &exchange("Customized Time Zone", "Accepted", "ACCEPTED")), answer("ACCEPTED", 2)),
        calendar("Exchange, a rule that accepts by itself", outlook("Accepted: A talk", &[("Auto-Submitted", "auto-generated"), ("X-Auto-Response-Suppress", "All")], &exchange("GMT Standard Time", "Accepted: A talk", "ACCEPTED")), answer("ACCEPTED", 2)),
        calendar("Outlook on the web, bulk", outlook("Tentative: A talk", &[("Precedence", "bulk")], &exchange("Eastern Standard Time", "Tentative: A talk", "TENTATIVE")), answer("TENTATIVE", 2)),
        calendar("Exchange, METHOD inside only", mail(&head("Accepted: A talk", &[]), &multipart("alternative", "a", &[plain(""), base64("text/calendar; charset=\"utf-8\"", "", exchange("GMT Standard Time", "Accepted", "ACCEPTED").as_bytes())])), answer("ACCEPTED", 2)),
        calendar("Gmail, accepted", mail(&head("Accepted: A talk @ Wed 24 Mar 2027", &[("Sender", "Google Calendar <calendar-notification@example.net>"), ("Auto-Submitted", "auto-generated")]), &multipart("mixed", "m", &[multipart("alternative", "a", &[plain("Ana has accepted this invitation."), html("Ana has accepted"), calendar_part("REPLY", &google)]), base64("application/ics; name=\"invite.ics\"", "Content-Disposition: attachment; filename=\"invite.ics\"\r\n", google.as_bytes())])), answer("ACCEPTED", 2)),
        calendar("Gmail, declined with a note", mail(&head("Declined: A talk", &[("Reply-To", "Ana <ana@example.org>")]), &two(&simple("REPLY", "DECLINED", &format!("{organised}COMMENT:I teach then\r\n")))), answer("DECLINED", 2)),
        calendar("Apple, on a phone", mail(&head("Accepted: A talk", &[("X-Mailer", "iPhone Mail (24A300)")]), &multipart("alternative", "Apple-Mail-1", &[plain("Ana Sample has accepted your invitation."), base64("text/calendar; name=meeting.ics; method=REPLY; charset=utf-8", "Content-Disposition: inline; filename=meeting.ics\r\n", Ics { method: "REPLY", prodid: "-//Apple Inc.//iOS 20.0//EN", attendee: format!("ATTENDEE;CN=\"Ana Sample\";CUTYPE=INDIVIDUAL;EMAIL=\"{ANA}\";PARTSTAT=ACCEPTED;ROLE=REQ-PARTICIPANT:mailto:{ANA}"), more: &organised }.text().as_bytes())])), answer("ACCEPTED", 2)),
        calendar("Apple, on a desk, folded lines", mail(&head("Declined: A talk", &[("X-Mailer", "Apple Mail (2.3774)")]), &multipart("alternative", "Apple-Mail-2", &[plain("no"), calendar_part("REPLY", &simple("REPLY", "DECLINED", &organised).replace("PARTSTAT=", "PART\r\n STAT="))])), answer("DECLINED", 2)),
        calendar("Apple iCloud, sent by the server", mail(&head("=?UTF-8?B?4oCcQSB0YWxr4oCdOiBhY2NlcHRlZA==?=", &[("Auto-Submitted", "auto-generated"), ("Reply-To", ANA)]), &two(&simple("REPLY", "ACCEPTED", &organised))), answer("ACCEPTED", 2)),
        calendar("Thunderbird", mail(&head("Event Reply: A talk", &[("User-Agent", "Mozilla Thunderbird")]), &multipart("mixed", "t", &[multipart("alternative", "a", &[plain("Ana Sample <ana@example.org> has accepted your event invitation."), calendar_part("REPLY", &simple("REPLY", "ACCEPTED;ROLE=REQ-PARTICIPANT", &organised))]), base64("application/ics; name=\"invite.ics\"", "Content-Disposition: attachment; filename=\"invite.ics\"\r\n", simple("REPLY", "ACCEPTED", &organised).as_bytes())])), answer("ACCEPTED", 2)),
        calendar("Thunderbird, the calendar alone", mail(&head("Event Invitation Reply (Declined): A talk", &[]), &calendar_part("REPLY", &simple("REPLY", "DECLINED", &organised))), answer("DECLINED", 2)),
        calendar("Fastmail", mail(&head("Accepted: A talk", &[("Auto-Submitted", "auto-replied")]), &multipart("mixed", "f", &[plain("Ana accepted."), base64("text/calendar; charset=utf-8; method=REPLY; component=vevent", "", Ics { method: "REPLY", prodid: "-//CyrusIMAP.org/Cyrus 3.9//EN", attendee: format!("ATTENDEE;PARTSTAT=ACCEPTED;SCHEDULE-STATUS=1.2:MAILTO:{}", ANA.to_uppercase()), more: "SEQUENCE:2\r\nREQUEST-STATUS:2.0;Success\r\n" }.text().as_bytes())])), answer("ACCEPTED", 2)),
        calendar("Zimbra", mail(&head("Accept: A talk", &[("X-Mailer", "Zimbra 10.1 (ZimbraWebClient)")]), &multipart("alternative", "z", &[plain("Yes, I will attend."), html("Yes, I will attend."), calendar_part("REPLY", &simple("REPLY", "ACCEPTED;ROLE=REQ-PARTICIPANT", &format!("ORGANIZER:MAILTO:{MEETINGS}\r\nSEQUENCE:2\r\n")))])), answer("ACCEPTED", 2)),
        calendar("Nextcloud", mail(&head("Ana Sample accepted your invitation", &[("Auto-Submitted", "auto-generated"), ("X-Mailer", "Sabre")]), &multipart("mixed", "n", &[multipart("alternative", "a", &[plain("Ana"), html("Ana")]), base64("text/calendar; method=REPLY; name=event.ics", "Content-Disposition: attachment; filename=event.ics\r\n", simple("REPLY", "ACCEPTED", &organised).as_bytes())])), answer("ACCEPTED", 2)),
        calendar("SOGo", mail(&head("Accepted invitation: A talk", &[]), &multipart("mixed", "s", &[plain(""), calendar_part("REPLY", &simple("REPLY", "TENTATIVE", &organised))])), answer("TENTATIVE", 2)),
        calendar("Evolution, a zone with a path", mail(&head("Re: A talk", &[]), &two(&simple("REPLY", "ACCEPTED", "SEQUENCE:2\r\nDTSTART;TZID=/freeassociation.sourceforge.net/Europe/London:20270324T150000\r\n"))), answer("ACCEPTED", 2)),
        calendar("KOrganizer, no sequence", mail(&head("Answer: A talk", &[]), &two(&simple("REPLY", "ACCEPTED", "DTSTART:20270324T150000Z\r\n"))), answer("ACCEPTED", -1)),
        calendar("Yahoo, as an attachment only", mail(&head("Accepted", &[]), &multipart("mixed", "y", &[plain("yes"), base64("application/ics; name=\"reply.ics\"", "Content-Disposition: attachment; filename=\"reply.ics\"\r\n", simple("REPLY", "ACCEPTED", "SEQUENCE:2\r\n").as_bytes())])), answer("ACCEPTED", 2)),
        calendar("A phone, as an unknown attachment", mail(&head("Accepted", &[]), &multipart("mixed", "p", &[plain("yes"), base64("application/octet-stream; name=\"invite.ICS\"", "Content-Disposition: attachment; filename=\"invite.ICS\"\r\n", simple("REPLY", "DECLINED", "SEQUENCE:2\r\n").as_bytes())])), answer("DECLINED", 2)),
        calendar("In UTF-16", mail(&head("Accepted", &[]), &multipart("mixed", "u", &[plain("yes"), base64("application/ics; name=\"reply.ics\"", "Content-Disposition: attachment; filename=\"reply.ics\"\r\n", &utf16)])), answer("ACCEPTED", 2)),
        calendar("Lower case throughout", mail(&head("accepted", &[]), &two(&format!("begin:vcalendar\r\nmethod:reply\r\nversion:2.0\r\nbegin:vevent\r\nattendee;partstat=accepted:mailto:{ANA}\r\nuid:{UID}\r\nsequence:2\r\nend:vevent\r\nend:vcalendar\r\n"))), answer("ACCEPTED", 2)),
        calendar("Signed", mail(&head("Accepted: A talk", &[]), &signed), answer("ACCEPTED", 2)),
        calendar("With a footer of a mail server", mail(&head("Accepted: A talk", &[]), &multipart("mixed", "x", &[two(&simple("REPLY", "ACCEPTED", "SEQUENCE:2\r\n")), plain("This message was scanned.")])), answer("ACCEPTED", 2)),
        calendar("Two events, the first counts", mail(&head("Accepted: A talk", &[]), &two(&simple("REPLY", "ACCEPTED", "SEQUENCE:2\r\n").replace("END:VCALENDAR", "BEGIN:VEVENT\r\nUID:other\r\nSEQUENCE:9\r\nEND:VEVENT\r\nEND:VCALENDAR"))), answer("ACCEPTED", 2)),
        calendar("Delegated", mail(&head("Delegated: A talk", &[]), &two(&simple("REPLY", "DELEGATED;DELEGATED-TO=\"mailto:bo@example.org\"", "SEQUENCE:2\r\n"))), answer("DELEGATED", 2)),
        calendar("To the network's own address", mail(&[("From", ANA), ("To", NETWORK), ("Subject", "Accepted: A talk"), ("Message-ID", "<r@x.example.org>")], &two(&simple("REPLY", "ACCEPTED", "SEQUENCE:2\r\n"))), answer("ACCEPTED", 2)),
        calendar("Outlook, another time", mail(&head("New Time Proposed: A talk", &[]), &multipart("alternative", "c", &[plain("Later?"), calendar_part("COUNTER", &simple("COUNTER", "TENTATIVE", "SEQUENCE:2\r\nDTSTART:20270324T160000Z\r\nDTEND:20270324T170000Z\r\n"))])), Says::Calendar("COUNTER", "TENTATIVE", 2)),
        calendar("Google, another time", mail(&head("Proposed new time: A talk", &[("Auto-Submitted", "auto-generated")]), &multipart("alternative", "c", &[plain("Later?"), calendar_part("COUNTER", &simple("COUNTER", "NEEDS-ACTION", &organised))])), Says::Calendar("COUNTER", "NEEDS-ACTION", 2)),
        calendar("Asks for it again", mail(&head("Refresh: A talk", &[]), &multipart("alternative", "c", &[plain(""), calendar_part("REFRESH", &simple("REFRESH", "NEEDS-ACTION", &organised))])), Says::Calendar("REFRESH", "NEEDS-ACTION", 2)),
        calendar("A cancellation that is none of theirs", mail(&head("Cancelled: A talk", &[]), &multipart("alternative", "c", &[plain(""), calendar_part("CANCEL", &simple("CANCEL", "NEEDS-ACTION", &organised))])), Says::Calendar("CANCEL", "NEEDS-ACTION", 2)),
        calendar("An invitation of theirs", mail(&head("Invitation: A talk", &[]), &multipart("alternative", "c", &[plain(""), calendar_part("REQUEST", &simple("REQUEST", "NEEDS-ACTION", &organised))])), Says::Calendar("REQUEST", "NEEDS-ACTION", 2)),
        sample("Outlook, hidden in winmail.dat", mail(&head("Accepted: A talk", &[("X-MS-TNEF-Correlator", "<x>")]), &multipart("mixed", "w", &[plain(""), base64("application/ms-tnef; name=\"winmail.dat\"", "Content-Disposition: attachment; filename=\"winmail.dat\"\r\n", b"\x78\x9f\x3e\x22 not for us")])), Kind::Person, Says::Hidden),
    ]
}
