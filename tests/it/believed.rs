//! Mail that is believed: signed with both keys, checked by another implementation (TRUST D01, D14).

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, OnceLock};

use diesel::prelude::*;
use oxsop::cli::demo;
use oxsop::platform::app::App;
use oxsop::platform::clock::minutes;
use oxsop::platform::config::Config;
use oxsop::platform::db::DbError;
use oxsop::platform::db::schema::outbox as table;
use oxsop::platform::mail::dkim::{Signer, file_of, make_ed25519, make_rsa, write};
use oxsop::platform::mail::outbox::Status;
use oxsop::platform::mail::transport::{self, Target};
use oxsop::platform::mail::{Mail, delivery, enqueue};
use oxsop::server::build_app_with;

use crate::outbox::mail_to;
use crate::support::TestApp;
use crate::support::app::{config, database_url, fresh_folder, renderer};
use crate::support::dns::DnsServer;
use crate::support::smtp::{Failure, Received, SmtpSink};

/// Two pairs of keys for all stories: making one takes a moment.
fn keys() -> &'static Path {
    static FOLDER: OnceLock<std::path::PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = fresh_folder();
        for pair in ["one", "two"] {
            let (rsa, edwards) = (make_rsa().expect("a key"), make_ed25519().expect("a key"));
            write(&file_of(&folder, &format!("{pair}-rsa")), &rsa).expect("a file");
            write(&file_of(&folder, &format!("{pair}-ed25519")), &edwards).expect("a file");
        }
        folder
    })
}

/// Has every mail signed with this pair of keys.
pub fn sign_with(pair: &str) -> impl FnOnce(&mut Config) {
    move |config| {
        config.mail.dkim_folder = keys().to_owned();
        config.mail.dkim_selectors = vec![format!("{pair}-rsa"), format!("{pair}-ed25519")];
    }
}

/// What the DNS would say of a key.
pub fn record_of(selector: &str) -> String {
    Signer::load(keys(), selector).expect("a key").key.record()
}

async fn signing_app(pair: &str) -> TestApp {
    TestApp::start_as(sign_with(pair)).await
}

/// The `DKIM-Signature` headers before a mail, unfolded, and the mail itself.
fn signatures(bytes: &[u8]) -> (Vec<String>, String) {
    let text = String::from_utf8(bytes.to_vec()).expect("ASCII");
    let start = text.find("From: ").expect("a sender");
    let (head, mail) = text.split_at(start);
    let all = head.split("DKIM-Signature: ").skip(1);
    (
        all.map(|one| one.split_whitespace().collect::<String>()).collect(),
        mail.to_owned(),
    )
}

pub fn write_mail(app: &App, mail: Mail) {
    let written: Result<_, DbError> = app.write_now(|tx, ctx| enqueue(tx, ctx, mail));
    written.expect("it is written");
}

pub async fn drain(app: &Arc<App>, sink: &SmtpSink) -> usize {
    let target = transport::parse(&sink.url()).expect("a target");
    delivery::drain(app, &target).await.expect("the outbox works")
}

#[actix_web::test]
async fn every_mail_carries_both_signatures_and_a_repeat_is_the_same_to_the_byte() {
    let app = signing_app("one").await;
    app.ignore_mail();
    let sink = SmtpSink::start().await;
    sink.fail_next(1, Failure::DropAfterDot);
    write_mail(&app.app, mail_to("ana@example.org", "Hello"));
    drain(&app.app, &sink).await;
    let dated = app.app.now();
    app.advance(minutes(2)).await;
    drain(&app.app, &sink).await;
    let received = sink.received();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].bytes, received[1].bytes);
    let (signatures, mail) = signatures(&received[0].bytes);
    let [rsa, edwards] = signatures.as_slice() else {
        panic!("{signatures:#?}")
    };
    assert!(
        rsa.starts_with("v=1;a=rsa-sha256;c=relaxed/relaxed;d=oxsop.example.org;s=one-rsa;"),
        "{rsa}"
    );
    assert!(
        edwards.contains("a=ed25519-sha256;") && edwards.contains("s=one-ed25519;"),
        "{edwards}"
    );
    assert!(rsa.contains(&format!("t={};", dated.unix())), "{rsa}");
    assert!(!mail.contains("DKIM-Signature"));
}

#[actix_web::test]
async fn keys_that_change_between_two_tries_change_the_signatures_and_nothing_else() {
    let folder = fresh_folder();
    let url = database_url(&folder);
    let sink = SmtpSink::start().await;
    let start = |pair: &str| {
        let mut config = config(&folder, "");
        config.database.url.clone_from(&url);
        sign_with(pair)(&mut config);
        Arc::new(build_app_with(config, renderer()).expect("it starts"))
    };
    sink.fail_next(1, Failure::DropAfterDot);
    let first = start("one");
    write_mail(&first, mail_to("ana@example.org", "Hello"));
    drain(&first, &sink).await;
    drop(first);
    let second = start("two");
    second.clock.advance(minutes(2));
    drain(&second, &sink).await;
    let received: Vec<Received> = sink.received();
    let (before, after) = (signatures(&received[0].bytes), signatures(&received[1].bytes));
    assert_eq!(before.1, after.1, "Message-ID, Date and all else");
    assert!(before.0[0].contains("s=one-rsa;") && after.0[0].contains("s=two-rsa;"));
}

#[actix_web::test]
async fn a_server_whose_key_is_missing_does_not_start_and_says_which() {
    let folder = fresh_folder();
    let config = config(&folder, "dkim_selectors = ['gone']");
    let said = build_app_with(config, renderer())
        .err()
        .map(|e| e.to_string())
        .unwrap_or_default();
    assert!(
        said.contains("gone.pem cannot be used") && said.contains("oxsop dkim new"),
        "{said}"
    );
    let output = oxsop(&folder, &["serve"], &[("OXSOP_MAIL__DKIM_SELECTORS", "gone")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said_by(&output).contains("gone.pem cannot be used"),
        "{}",
        said_by(&output)
    );
}

fn oxsop(folder: &Path, arguments: &[&str], settings: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oxsop"));
    command
        .args(arguments)
        .env("OXSOP_DATA__FOLDER", folder)
        .env("OXSOP_SERVER__LISTEN", "127.0.0.1:0")
        .env("OXSOP_MAIL__FROM", "OXSOP <desk@network.test>")
        .stdin(Stdio::null());
    for (name, value) in settings {
        command.env(name, value);
    }
    command.output().expect("it runs")
}

fn said_by(output: &Output) -> String {
    String::from_utf8_lossy(&[output.stdout.as_slice(), &output.stderr].concat()).into_owned()
}

#[test]
fn a_command_makes_keys_once_and_prints_what_to_publish() {
    let folder = fresh_folder().join("data");
    let made = oxsop(&folder, &["dkim", "new", "--selector", "spring"], &[]);
    let said = said_by(&made);
    assert!(made.status.success(), "{said}");
    for part in [
        "spring-rsa._domainkey.network.test. IN TXT ( \"v=DKIM1; k=rsa; p=",
        "spring-ed25519._domainkey.network.test. IN TXT \"v=DKIM1; k=ed25519; p=",
        "dkim_selectors = [\"spring-rsa\", \"spring-ed25519\"]",
    ] {
        assert!(said.contains(part), "{part}\n{said}");
    }
    let zone: Vec<&str> = said.lines().filter(|line| line.contains(" IN TXT ")).collect();
    assert_eq!(zone.len(), 2);
    assert!(
        zone.iter().all(|line| line.split('"').all(|part| part.len() <= 255)),
        "{zone:#?}"
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| std::fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
        assert_eq!(mode(&folder), 0o700);
        assert_eq!(mode(&folder.join("dkim/spring-rsa.pem")), 0o600);
        assert_eq!(mode(&folder.join("dkim/spring-ed25519.pem")), 0o600);
    }
    let before = std::fs::read(folder.join("dkim/spring-rsa.pem")).expect("a key");
    let again = oxsop(&folder, &["dkim", "new", "--selector", "spring"], &[]);
    assert_eq!(again.status.code(), Some(1));
    assert!(said_by(&again).contains("never overwritten"), "{}", said_by(&again));
    assert_eq!(
        std::fs::read(folder.join("dkim/spring-rsa.pem")).expect("a key"),
        before
    );
    let shown = said_by(&oxsop(&folder, &["dkim", "show"], &[]));
    let record = |text: &str| {
        let start = text.find("spring-rsa._domainkey").expect("a record");
        text[start..].lines().next().map(str::to_owned)
    };
    assert_eq!(record(&shown), record(&said));
    assert!(shown.contains("sign nothing until"), "{shown}");
    let wrong = oxsop(&folder, &["dkim", "new", "--selector", "../x"], &[]);
    assert_eq!(wrong.status.code(), Some(1));
    std::fs::remove_dir_all(folder).expect("the folder goes");
}

#[test]
fn the_doctor_asks_the_dns_and_says_what_to_publish() {
    let folder = fresh_folder();
    let made = oxsop(&folder, &["dkim", "new", "--selector", "s"], &[]);
    let said = said_by(&made);
    let edwards = said
        .lines()
        .find_map(|line| {
            line.trim()
                .strip_prefix("as one value: ")
                .filter(|v| v.contains("ed25519"))
        })
        .expect("a record");
    let dns = DnsServer::start(&[
        ("network.test", "MX", "10 mx.network.test"),
        ("mx.network.test", "A", "192.0.2.7"),
        ("network.test", "TXT", "v=spf1 mx -all"),
        ("s-ed25519._domainkey.network.test", "TXT", edwards),
    ]);
    let address = dns.address.to_string();
    let output = oxsop(
        &folder,
        &["doctor", "--dns", &address],
        &[("OXSOP_MAIL__DKIM_SELECTORS", "s-rsa, s-ed25519")],
    );
    let said = said_by(&output);
    for line in [
        "ok      SPF of network.test: one record, 1 of 10 questions",
        "BROKEN  DKIM s-rsa._domainkey.network.test: no key is published; publish: s-rsa._domainkey.network.test. IN TXT (",
        "ok      DKIM s-ed25519._domainkey.network.test: the published ed25519 key is the one that signs",
        "BROKEN  DMARC of network.test: there is none; publish: _dmarc.network.test. IN TXT \"v=DMARC1; p=none;",
        "ok      MX of network.test: mx.network.test",
        "advice  MTA-STS and TLS-RPT of network.test:",
    ] {
        assert!(said.contains(line), "{line}\n{said}");
    }
    assert_eq!(output.status.code(), Some(1));
    drop(dns);
    let silent = said_by(&oxsop(&folder, &["doctor", "--dns", &address], &[]));
    assert!(
        silent.contains("unknown SPF of network.test: the DNS could not be asked"),
        "{silent}"
    );
    assert!(
        !silent.contains("BROKEN  SPF") && !silent.contains("BROKEN  MX"),
        "{silent}"
    );
    let wrong = oxsop(&folder, &["doctor", "--dns", "nowhere"], &[]);
    assert!(
        said_by(&wrong).contains("no address of a DNS server"),
        "{}",
        said_by(&wrong)
    );
    std::fs::remove_dir_all(folder).expect("the folder goes");
}

/// Checks every signature of every mail in a folder with dkimpy; the records come from a file, `name<TAB>record` a line.
const DKIMPY: &str = r#"
import dkim, pathlib, sys
records = dict(line.split('\t', 1) for line in pathlib.Path(sys.argv[2]).read_text().splitlines())
def dns(name, timeout=5):
    return records.get(name.decode().rstrip('.'), '').encode()
good = 0
for path in sorted(pathlib.Path(sys.argv[1]).glob('*.eml')):
    raw = path.read_bytes()
    for index in range(2):
        if not dkim.DKIM(raw).verify(idx=index, dnsfunc=dns):
            sys.exit(f'{path.name}: signature {index} does not hold')
        good += 1
    for old, new in [(b'Subject: ', b'Subject: x'), (b'\r\n\r\n', b'\r\n\r\nx'), (b'From: ', b'From: eve@example.org\r\nFrom: ')]:
        start = raw.index(b'\nFrom: ') if old != b'From: ' else 0
        head, rest = raw[:start], raw[start:]
        at = rest.index(b'\n' + old) + 1 if old.endswith(b': ') else rest.index(old)
        changed = head + rest[:at] + rest[at:].replace(old, new, 1)
        try:
            holds = any(dkim.DKIM(changed).verify(idx=index, dnsfunc=dns) for index in range(2))
        except dkim.DKIMException:
            holds = False
        if holds:
            sys.exit(f'{path.name}: a changed mail still counts as signed ({new!r})')
print(good)
"#;

/// A Python that has dkimpy: the one that `tests/run` names, which must have it, or any that is there.
fn python() -> Option<String> {
    if let Ok(named) = std::env::var("OXSOP_TEST_PYTHON") {
        return Some(named);
    }
    let python = "python3".to_owned();
    let found = Command::new(&python)
        .args(["-c", "import dkim, nacl"])
        .stderr(Stdio::null())
        .status();
    found.is_ok_and(|status| status.success()).then_some(python)
}

#[actix_web::test]
async fn another_implementation_believes_every_mail_of_a_whole_network() {
    let Some(python) = python() else {
        eprintln!("left out: no dkimpy (tests/run mail installs it)");
        return;
    };
    let app = signing_app("one").await;
    app.ignore_mail();
    // Real mails of every kind that the demo's story writes.
    app.app
        .clock
        .set(oxsop::platform::clock::At::from_timestamp(jiff::Timestamp::now()));
    let filled = {
        let app = app.app.clone();
        // It has a runtime of its own.
        std::thread::spawn(move || demo::fill(&app)).join()
    };
    filled.expect("the demo's thread").expect("a network full of people");
    // They are sent once more, to where their bytes can be read.
    app.write(|tx, ctx| {
        let whole = table::table.filter(table::is_sensitive.eq(false));
        diesel::update(whole.filter(table::status.eq(Status::Sent)))
            .set((table::status.eq(Status::Queued), table::next_try_at.eq(ctx.now)))
            .execute(tx)?;
        Ok(())
    });
    let Ok(Target::Memory(memory)) = transport::parse("memory://") else {
        panic!("a memory")
    };
    let tried = delivery::drain(&app.app, &Target::Memory(memory.clone())).await;
    assert!(tried.expect("the outbox works") > 0);
    let mails = memory.take();
    assert!(mails.len() >= 100, "{} mails", mails.len());
    let folder = fresh_folder();
    for (n, mail) in mails.iter().enumerate() {
        std::fs::write(folder.join(format!("{n:04}.eml")), &mail.bytes).expect("a file");
    }
    let records: Vec<String> = ["one-rsa", "one-ed25519"]
        .iter()
        .map(|selector| format!("{selector}._domainkey.oxsop.example.org\t{}", record_of(selector)))
        .collect();
    std::fs::write(folder.join("records"), records.join("\n")).expect("a file");
    let checked = Command::new(python)
        .args(["-c", DKIMPY])
        .arg(&folder)
        .arg(folder.join("records"))
        .output()
        .expect("Python runs");
    let said = said_by(&checked);
    assert!(checked.status.success(), "{said}");
    assert_eq!(said.trim(), (2 * mails.len()).to_string());
    // For other judges of mail.
    match std::env::var_os("OXSOP_TEST_KEEP") {
        Some(keep) => {
            std::fs::write(folder.join("dkim.txt"), record_of("one-rsa")).expect("a file");
            std::fs::rename(&folder, keep).expect("the folder moves");
        }
        None => std::fs::remove_dir_all(folder).expect("the folder goes"),
    }
}
