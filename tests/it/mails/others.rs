//! What people write, what programs write in their name, lists and loops.

use oxsop::platform::inbound::Kind;

use super::{ANA, BOUNCES, MEETINGS, NETWORK, Sample, Says, base64, html, mail, multipart, plain, sample};

const JOIN: &str = "join@oxsop.example.org";

fn from_ana<'a>(to: &'a str, subject: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut headers = vec![
        ("Return-Path", "<ana@example.org>"),
        ("From", "Ana Sample <ana@example.org>"),
        ("To", to),
        ("Subject", subject),
        ("Date", "Mon, 1 Mar 2027 09:00:01 +0000"),
        ("Message-ID", "<letter@mail.example.org>"),
    ];
    headers.extend_from_slice(more);
    headers
}

fn people() -> Vec<Sample> {
    let person = |name, raw: String, begin| sample(name, raw, Kind::Person, Says::Text(begin));
    let latin: Vec<u8> = [
        mail(
            &from_ana(NETWORK, "=?iso-8859-1?Q?Gr=FC=DFe?=", &[]),
            "Content-Type: text/plain; charset=iso-8859-1\r\n\r\n",
        )
        .into_bytes(),
        b"Gr\xfc\xdfe aus Bonn\r\n".to_vec(),
    ]
    .concat();
    let forwarded = format!(
        "Content-Type: message/rfc822\r\n\r\n{}",
        mail(
            &[
                ("From", NETWORK),
                ("Subject", "Invitation"),
                ("Auto-Submitted", "auto-generated")
            ],
            &plain("Come.")
        )
    );
    let publish = "BEGIN:VCALENDAR\r\nMETHOD:PUBLISH\r\nBEGIN:VEVENT\r\nUID:theirs\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    vec![
        person(
            "A question",
            mail(&from_ana(NETWORK, "A question", &[]), &plain("When do you meet?")),
            "When do you meet?",
        ),
        person(
            "A letter in HTML only",
            mail(&from_ana(NETWORK, "Hello", &[]), &html("Dear <b>all</b>")),
            "Dear",
        ),
        sample("A letter in Latin-1", latin, Kind::Person, Says::Text("Grüße aus Bonn")),
        person(
            "An answer to a mail of ours",
            mail(
                &from_ana(NETWORK, "Re: News", &[("In-Reply-To", "<news@oxsop.example.org>")]),
                &plain("Thank you.\r\n\r\n> News"),
            ),
            "Thank you.",
        ),
        person(
            "A regret instead of a button",
            mail(
                &from_ana(MEETINGS, "Re: Invitation", &[("In-Reply-To", "<i@oxsop.example.org>")]),
                &plain("I cannot come, sorry."),
            ),
            "I cannot come",
        ),
        person(
            "A calendar of theirs, for us to see",
            mail(
                &from_ana(NETWORK, "Our events", &[]),
                &multipart(
                    "mixed",
                    "m",
                    &[
                        plain("See here"),
                        base64(
                            "text/calendar; method=PUBLISH",
                            "Content-Disposition: attachment\r\n",
                            publish.as_bytes(),
                        ),
                    ],
                ),
            ),
            "See here",
        ),
        person(
            "An invitation forwarded as a whole",
            mail(
                &from_ana(NETWORK, "Fwd: Invitation", &[]),
                &multipart("mixed", "m", &[plain("Is this from you?"), forwarded]),
            ),
            "Is this from you?",
        ),
        person(
            "Signed with PGP",
            mail(
                &from_ana(NETWORK, "Signed", &[]),
                &multipart(
                    "signed",
                    "pgp",
                    &[
                        plain("Signed words"),
                        "Content-Type: application/pgp-signature\r\n\r\n-----BEGIN PGP SIGNATURE-----\r\n".into(),
                    ],
                ),
            ),
            "Signed words",
        ),
        person(
            "Without a subject",
            mail(
                &[("From", ANA), ("To", NETWORK), ("Message-ID", "<n@x.example.org>")],
                &plain("Short."),
            ),
            "Short.",
        ),
        person(
            "Which says that a person sent it",
            mail(
                &from_ana(NETWORK, "By hand", &[("Auto-Submitted", "no")]),
                &plain("By hand."),
            ),
            "By hand.",
        ),
        person(
            "About unsubscribing, at length",
            mail(
                &from_ana(NETWORK, "Unsubscribe?", &[]),
                &plain(
                    "How would somebody unsubscribe whose address no longer exists? A colleague of ours has retired, and I would like to know what to tell those who look after her mail now that she has gone.",
                ),
            ),
            "How would somebody",
        ),
        person(
            "An absence that nobody can tell",
            mail(&from_ana(NETWORK, "Hello", &[]), &plain("I am in the hills until May.")),
            "I am in the hills",
        ),
        person(
            "Written to join as an answer",
            mail(
                &from_ana(JOIN, "Re: Your request", &[("In-Reply-To", "<j@oxsop.example.org>")]),
                &plain("Here is what you asked."),
            ),
            "Here is what you asked.",
        ),
        person(
            "From a lab whose name begins like a machine's",
            mail(
                &[
                    ("From", "Bouncy Castle <bouncycastle@example.org>"),
                    ("To", NETWORK),
                    ("Subject", "Hello"),
                    ("Message-ID", "<b@x.example.org>"),
                ],
                &plain("Hello from the playground."),
            ),
            "Hello from",
        ),
    ]
}

fn programs() -> Vec<Sample> {
    let auto = |name, raw: String| sample(name, raw, Kind::Automatic, Says::Nothing);
    let receipt = multipart("report", "mdn", &[plain("Your message was read."), "Content-Type: message/disposition-notification\r\n\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n".into()])
        .replacen("multipart/report", "multipart/report; report-type=disposition-notification", 1);
    vec![
        auto(
            "Outlook, an absence",
            mail(
                &from_ana(
                    NETWORK,
                    "Automatic reply: News",
                    &[
                        ("X-Auto-Response-Suppress", "All"),
                        ("auto-submitted", "auto-generated"),
                    ],
                ),
                &plain("I am away."),
            ),
        ),
        auto(
            "Exchange of old, an absence",
            mail(&from_ana(NETWORK, "Out of Office: News", &[]), &plain("I am away.")),
        ),
        auto(
            "Outlook, an absence in German",
            mail(
                &from_ana(NETWORK, "Automatische Antwort: News", &[]),
                &plain("Ich bin nicht da."),
            ),
        ),
        auto(
            "An absence in German, no other sign",
            mail(
                &from_ana(NETWORK, "Abwesenheitsnotiz: News", &[]),
                &plain("Ich bin nicht da."),
            ),
        ),
        auto(
            "An absence in French",
            mail(
                &from_ana(NETWORK, "=?UTF-8?Q?R=C3=A9ponse_automatique_=3A_News?=", &[]),
                &plain("Absente."),
            ),
        ),
        auto(
            "Sieve, an absence",
            mail(
                &from_ana(
                    BOUNCES,
                    "Auto: News",
                    &[("Auto-Submitted", "auto-replied (vacation)"), ("Precedence", "bulk")],
                ),
                &plain("Away."),
            ),
        ),
        auto(
            "Gmail, an absence",
            mail(
                &from_ana(
                    MEETINGS,
                    "Out of office Re: Invitation",
                    &[
                        ("Auto-Submitted", "auto-replied"),
                        ("X-Autoreply", "yes"),
                        ("Precedence", "bulk"),
                    ],
                ),
                &plain("Away."),
            ),
        ),
        auto(
            "An absence sent to join",
            mail(
                &from_ana(
                    JOIN,
                    "Automatic reply: Complete your request",
                    &[("Auto-Submitted", "auto-replied")],
                ),
                &plain("Away until May, and very glad of your message."),
            ),
        ),
        auto(
            "An absence with an empty sender, to the address of bounces",
            mail(
                &[
                    ("Return-Path", "<>"),
                    ("From", ANA),
                    ("To", BOUNCES),
                    ("Subject", "Automatic reply: Invitation"),
                    ("Auto-Submitted", "auto-replied"),
                    ("Message-ID", "<v@x.example.org>"),
                ],
                &plain("Away."),
            ),
        ),
        auto(
            "vacation(1)",
            mail(
                &from_ana(NETWORK, "away from my mail", &[("Precedence", "junk")]),
                &plain("Away."),
            ),
        ),
        auto("A receipt", mail(&from_ana(NETWORK, "Read: News", &[]), &receipt)),
        auto(
            "A shop",
            mail(
                &[
                    ("From", "Shop <no-reply@shop.example.net>"),
                    ("To", NETWORK),
                    ("Subject", "Your order"),
                    ("Message-ID", "<s@shop.example.net>"),
                ],
                &plain("Thank you."),
            ),
        ),
        auto(
            "A report on who sends in our name",
            mail(
                &[
                    ("From", "noreply-dmarc-support@example.com"),
                    ("To", NETWORK),
                    ("Subject", "Report domain: oxsop.example.org"),
                    ("Message-ID", "<d@example.com>"),
                ],
                &base64(
                    "application/zip; name=\"report.zip\"",
                    "Content-Disposition: attachment\r\n",
                    b"PK",
                ),
            ),
        ),
        sample(
            "A list",
            mail(
                &from_ana(
                    NETWORK,
                    "[list] News",
                    &[("List-Id", "<list.example.org>"), ("Precedence", "list")],
                ),
                &plain("News."),
            ),
            Kind::List,
            Says::Nothing,
        ),
        sample(
            "A newsletter",
            mail(
                &[
                    ("From", "News <news@paper.example.net>"),
                    ("To", NETWORK),
                    ("Subject", "This week"),
                    ("List-Unsubscribe", "<https://paper.example.net/u>"),
                    ("List-Id", "News <n.paper.example.net>"),
                    ("Message-ID", "<w@paper.example.net>"),
                ],
                &html("This week"),
            ),
            Kind::List,
            Says::Nothing,
        ),
        sample(
            "From ourselves",
            mail(
                &[
                    ("From", NETWORK),
                    ("To", NETWORK),
                    ("Subject", "Echo"),
                    ("Message-ID", "<e@oxsop.example.org>"),
                ],
                &plain("Echo"),
            ),
            Kind::Loop,
            Says::Nothing,
        ),
        sample(
            "From an address for answers",
            mail(
                &[
                    ("From", MEETINGS),
                    ("To", JOIN),
                    ("Subject", "Echo"),
                    ("Message-ID", "<e2@oxsop.example.org>"),
                ],
                &plain("Echo"),
            ),
            Kind::Loop,
            Says::Nothing,
        ),
        sample(
            "In a circle",
            format!(
                "{}{}",
                "Received: from a.example.org by b.example.org\r\n".repeat(45),
                mail(&from_ana(NETWORK, "Round and round", &[]), &plain("Again."))
            ),
            Kind::Loop,
            Says::Nothing,
        ),
    ]
}

fn wishes() -> Vec<Sample> {
    let apply = |name, raw: String| sample(name, raw, Kind::Application, Says::Text("I would like"));
    let leave = |name, raw: String| sample(name, raw, Kind::Unsubscribe, Says::Nothing);
    let tagged = "unsubscribe+0123456789abcdef0123456789abcdef.0123456789abcdef0123@oxsop.example.org";
    vec![
        apply(
            "An application",
            mail(&from_ana(JOIN, "Joining", &[]), &plain("I would like to join.")),
        ),
        apply(
            "An application in HTML only",
            mail(
                &from_ana("Join <JOIN@oxsop.example.org>", "Joining", &[]),
                &html("I would like to join."),
            ),
        ),
        apply(
            "An application with a photo",
            mail(
                &from_ana(JOIN, "Joining", &[]),
                &multipart(
                    "mixed",
                    "m",
                    &[
                        plain("I would like to join."),
                        base64(
                            "image/jpeg; name=\"me.jpg\"",
                            "Content-Disposition: attachment\r\n",
                            b"\xff\xd8",
                        ),
                    ],
                ),
            ),
        ),
        apply(
            "An application with join in copy",
            mail(
                &from_ana(
                    "friend@example.org",
                    "Joining",
                    &[("Cc", "\"Join, us\" <join@oxsop.example.org>")],
                ),
                &plain("I would like to join."),
            ),
        ),
        apply(
            "An application in blind copy",
            mail(
                &from_ana("friend@example.org", "Joining", &[("X-Original-To", JOIN)]),
                &plain("I would like to join."),
            ),
        ),
        leave(
            "A button of a mail program",
            mail(&from_ana(tagged, "unsubscribe", &[]), &plain("")),
        ),
        leave(
            "A button of Gmail",
            mail(
                &from_ana(tagged, "unsubscribe", &[("Auto-Submitted", "auto-generated")]),
                &plain("This message was automatically generated by Gmail."),
            ),
        ),
        leave(
            "One word",
            mail(&from_ana(NETWORK, "Re: News", &[]), &plain("Unsubscribe!")),
        ),
        leave(
            "One word for a subject",
            mail(&from_ana(NETWORK, "UNSUBSCRIBE", &[]), &plain("Sent from my phone")),
        ),
    ]
}

pub fn samples() -> Vec<Sample> {
    let mut all = people();
    all.extend(programs());
    all.extend(wishes());
    all
}
