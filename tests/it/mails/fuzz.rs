//! Mails that nobody would write: the corpus, cut, doubled, mixed and flipped, goes through everything that reads mail.
//!
//! More by hand: `OXSOP_TEST_FUZZ=200000 cargo test --test it fuzz -- --nocapture`.

use std::time::{Duration, Instant};

use oxsop::inbox::{self, Received, Way};
use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng};

use super::{NETWORK, corpus};
use crate::inbox::letter;
use crate::support::TestApp;

/// Pieces that mean something to those who read mail.
const PIECES: &[&[u8]] = &[
    b"\0",
    b"\r\n\r\n",
    b"\n--",
    b"\r\n.\r\n",
    b"=?utf-8?b?",
    b"?=",
    b"=",
    b"\xff\xfe",
    b"\xf0\x9f",
    b"Content-Type: multipart/mixed; boundary=\"x\"\r\n\r\n--x\r\n",
    b"Content-Type: message/rfc822\r\n\r\n",
    b"Content-Transfer-Encoding: base64\r\n",
    b"BEGIN:VEVENT\r\n",
    b"END:VCALENDAR\r\n",
    b"RRULE:FREQ=SECONDLY;COUNT=1000000000\r\n",
    b"DTSTART:99999999T999999Z\r\n",
    b"SEQUENCE:99999999999999999999\r\n",
    b"\"",
    b"<<<>>>",
    b";;;;::::",
    b"Status: 5.1.1\r\nAction: failed\r\n",
];

fn mutated(rng: &mut StdRng, all: &[Vec<u8>]) -> Vec<u8> {
    let mut mail = all[rng.random_range(0..all.len())].clone();
    for _ in 0..rng.random_range(1..8) {
        if mail.is_empty() {
            break;
        }
        let at = rng.random_range(0..mail.len());
        let to = (at + rng.random_range(1..200)).min(mail.len());
        match rng.random_range(0..7) {
            0 => mail[at] = rng.random(),
            1 => drop(mail.drain(at..to)),
            2 => {
                let piece = mail[at..to].to_vec();
                for _ in 0..rng.random_range(1..30) {
                    mail.splice(at..at, piece.iter().copied());
                }
            }
            3 => drop(mail.splice(at..at, PIECES[rng.random_range(0..PIECES.len())].iter().copied())),
            4 => mail.truncate(to),
            5 => {
                let other = &all[rng.random_range(0..all.len())];
                let from = rng.random_range(0..other.len());
                mail.splice(at..to, other[from..].iter().copied());
            }
            _ => {
                let piece = PIECES[rng.random_range(0..PIECES.len())];
                for _ in 0..rng.random_range(1..400) {
                    mail.splice(at..at, piece.iter().copied());
                }
            }
        }
    }
    mail
}

#[actix_web::test]
async fn a_mail_that_nobody_would_write_stops_nothing() {
    let count: u64 = std::env::var("OXSOP_TEST_FUZZ")
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(1_500);
    let app = TestApp::start().await;
    app.ignore_mail();
    let all: Vec<Vec<u8>> = corpus().into_iter().map(|sample| sample.raw).collect();
    let mut rng = StdRng::seed_from_u64(20_270_301);
    let (mut slowest, mut hangs, mut aside, mut repeats) = (Duration::ZERO, 0, 0, 0);
    for n in 0..count {
        let mail = mutated(&mut rng, &all);
        let began = Instant::now();
        let taken = inbox::receive(&app.app, Way::Pipe, None, &mail);
        let took = began.elapsed();
        slowest = slowest.max(took);
        // A machine that is busy with other things is slow once; a hang is slow every time.
        if took > Duration::from_secs(1) {
            // In a network of its own, where it is not known.
            let fresh = TestApp::start().await;
            let began = Instant::now();
            inbox::receive(&fresh.app, Way::Pipe, None, &mail).expect("it is taken in again");
            hangs += u32::from(began.elapsed() > Duration::from_secs(1));
        }
        match taken.unwrap_or_else(|e| panic!("mail {n} was not taken in: {e}\n{}", String::from_utf8_lossy(&mail))) {
            Received::Taken(_, inbox::Status::Aside) => aside += 1,
            Received::Taken(..) => {}
            Received::Repeat => repeats += 1,
        }
        if n % 100 == 0 {
            let next = letter(
                "ana@example.org",
                NETWORK,
                &format!("next-{n}"),
                "Next",
                "The next mail.",
            );
            let taken = inbox::receive(&app.app, Way::Pipe, None, next.as_bytes()).expect("the next mail is taken in");
            assert!(
                matches!(taken, Received::Taken(_, inbox::Status::Open)),
                "{n}: {taken:?}"
            );
        }
    }
    eprintln!(
        "{count} mails: {aside} set aside, {repeats} known before, slowest {slowest:?}, slow every time: {hangs}"
    );
    assert_eq!(hangs, 0);
}
