//! The commands as an operator meets them: what they make, what they refuse, how the server ends.

use std::io::{BufRead, BufReader};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use oxsop::platform::app::App;
use oxsop::platform::config::Config;
use oxsop::platform::db::DbError;
use oxsop::platform::mail::outbox::enqueue;
use oxsop::server::build_app_with;

use crate::support::app::{fresh_folder, renderer};
use crate::support::smtp::{Failure, SmtpSink};

/// `oxsop` with a data folder of its own and an address nobody else has.
fn oxsop(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_oxsop"));
    let port = TcpListener::bind("127.0.0.1:0")
        .and_then(|l| l.local_addr())
        .expect("a port");
    command
        .env("OXSOP_DATA__FOLDER", folder)
        .env("OXSOP_SERVER__LISTEN", port.to_string())
        .env("OXSOP_MAIL__URL", "memory://")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Waits until the server of this command serves; its address.
fn serving(child: &mut Child) -> String {
    let log = BufReader::new(child.stderr.take().expect("its log"));
    let line = log
        .lines()
        .map_while(Result::ok)
        .find(|line| line.contains("serving"))
        .expect("the server serves");
    line.rsplit("http://").next().expect("an address").trim().to_owned()
}

/// A real server of its own on a free port, for stories about connections.
pub struct Serving {
    child: Child,
    folder: PathBuf,
    pub address: String,
}

impl Serving {
    pub fn start() -> Serving {
        let folder = fresh_folder();
        let mut child = oxsop(&folder).spawn().expect("the server starts");
        let address = serving(&mut child);
        Serving { child, folder, address }
    }

    pub fn stop(&mut self) {
        signal(&self.child, "TERM");
        let (status, _) = ended(&mut self.child, Duration::from_secs(10));
        assert!(status.success(), "{status}");
        std::fs::remove_dir_all(&self.folder).expect("the folder goes");
    }
}

fn signal(child: &Child, name: &str) {
    let sent = Command::new("kill")
        .args([format!("-{name}"), child.id().to_string()])
        .status();
    assert!(sent.expect("kill runs").success());
}

/// How the process ended, and after how long.
fn ended(child: &mut Child, within: Duration) -> (std::process::ExitStatus, Duration) {
    let since = Instant::now();
    loop {
        if let Some(status) = child.try_wait().expect("a child of ours") {
            return (status, since.elapsed());
        }
        if since.elapsed() > within {
            child.kill().expect("it can be killed");
            child.wait().expect("it ends");
            panic!("it was still there after {within:?}");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn commands_that_only_look_make_no_network() {
    let folder = fresh_folder();
    let nothing = folder.join("nothing");
    for arguments in [&["export", "members"][..], &["doctor"]] {
        let output = oxsop(&nothing).args(arguments).output().expect("it runs");
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", said(&output));
        assert!(said(&output).contains("there is no network here"), "{}", said(&output));
        assert!(!nothing.exists(), "{arguments:?} made the folder");
    }
    std::fs::remove_dir_all(folder).expect("the folder goes");
}

#[test]
fn commands_that_only_look_bring_no_tables_up_to_date() {
    let folder = fresh_folder();
    // As it is between the making of the file and the first migration.
    std::fs::write(folder.join("oxsop.db"), b"").expect("an empty database");
    let made = oxsop(&folder.join("other"))
        .args(["coordinator", "add", "ana@example.org", "--name", "Ana"])
        .output();
    assert!(made.expect("it runs").status.success());
    std::fs::rename(folder.join("other/key"), folder.join("key")).expect("a key");
    let output = oxsop(&folder).args(["export", "members"]).output().expect("it runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        said(&output).contains("the tables are not up to date"),
        "{}",
        said(&output)
    );
    let output = oxsop(&folder).args(["export", "members"]).output().expect("it runs");
    assert!(
        said(&output).contains("the tables are not up to date"),
        "the first look left it as it was"
    );
    std::fs::remove_dir_all(folder).expect("the folder goes");
}

#[cfg(unix)]
#[test]
fn a_network_is_its_owners_alone_and_served_once() {
    use std::os::unix::fs::PermissionsExt;
    let folder = fresh_folder();
    let data = folder.join("data");
    let binary = env!("CARGO_BIN_EXE_oxsop");
    let mut server = Command::new("sh");
    server.args(["-c", &format!("umask 0; exec {binary} serve")]);
    for (name, value) in oxsop(&data).get_envs() {
        server.env(name, value.expect("a value"));
    }
    let mut server = server.stderr(Stdio::piped()).spawn().expect("the server starts");
    serving(&mut server);
    let mode = |path: PathBuf| {
        let known = std::fs::metadata(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        known.permissions().mode() & 0o777
    };
    assert_eq!(mode(data.clone()), 0o700);
    for file in ["oxsop.db", "oxsop.db-wal", "oxsop.db-shm", "key"] {
        assert_eq!(mode(data.join(file)), 0o600, "{file}");
    }

    let second = oxsop(&data).arg("serve").output().expect("it runs");
    assert_eq!(second.status.code(), Some(1));
    assert!(
        said(&second).contains("another server is already working on"),
        "{}",
        said(&second)
    );
    let added = oxsop(&data)
        .args(["coordinator", "add", "ana@example.org", "--name", "Ana"])
        .output();
    assert!(
        added.expect("it runs").status.success(),
        "other commands work beside the server"
    );
    let export = oxsop(&data).args(["export", "members"]).output().expect("it runs");
    assert!(said(&export).contains("ana@example.org"), "{}", said(&export));
    signal(&server, "TERM");
    let (status, after) = ended(&mut server, Duration::from_secs(10));
    assert!(
        status.success() && after < Duration::from_secs(2),
        "{status}, {after:?}"
    );
    let mut again = oxsop(&data).arg("serve").spawn().expect("it starts");
    serving(&mut again);
    signal(&again, "INT");
    let (status, _) = ended(&mut again, Duration::from_secs(10));
    assert!(status.success(), "{status}");
    std::fs::remove_dir_all(folder).expect("the folder goes");
}

/// The application on the database that the commands of this folder use.
fn beside(folder: &Path) -> App {
    let text = format!("[data]\nfolder = '{}'", folder.display());
    let config = Config::from_parts(Some(&text), std::iter::empty()).expect("a configuration");
    build_app_with(config, renderer()).expect("the application")
}

#[test]
fn a_slow_mail_server_keeps_nobody_for_longer_than_half_a_minute() {
    let folder = fresh_folder();
    let written: Result<(), DbError> = beside(&folder).write_now(|tx, ctx| {
        enqueue(tx, ctx, crate::outbox::mail_to("ana@example.org", "Slow"))?;
        Ok(())
    });
    written.expect("a mail waits");
    let sink = SmtpSink::start_blocking();
    sink.fail_next(10, Failure::Slow(Duration::from_secs(300)));
    let mut server = oxsop(&folder)
        .env("OXSOP_MAIL__URL", sink.url())
        .spawn()
        .expect("it starts");
    let address = serving(&mut server);
    let idle = TcpStream::connect(address).expect("a connection that asks nothing");
    std::thread::sleep(Duration::from_secs(1));
    signal(&server, "TERM");
    let (status, after) = ended(&mut server, Duration::from_secs(40));
    assert!(
        status.success() && (Duration::from_secs(20)..Duration::from_secs(30)).contains(&after),
        "{status}, {after:?}"
    );
    drop(idle);

    let mut server = oxsop(&folder)
        .env("OXSOP_MAIL__URL", sink.url())
        .spawn()
        .expect("it starts");
    serving(&mut server);
    std::thread::sleep(Duration::from_secs(1));
    signal(&server, "TERM");
    std::thread::sleep(Duration::from_millis(300));
    signal(&server, "TERM");
    let (status, after) = ended(&mut server, Duration::from_secs(10));
    assert!(
        !status.success() && after < Duration::from_secs(2),
        "a second signal: {status}, {after:?}"
    );
    std::fs::remove_dir_all(folder).expect("the folder goes");
}

#[test]
fn the_demo_takes_its_folder_away_when_its_terminal_closes() {
    let mut demo = Command::new(env!("CARGO_BIN_EXE_oxsop"))
        .args(["demo", "--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the demo starts");
    let words = BufReader::new(demo.stdout.take().expect("its words"));
    assert!(words.lines().map_while(Result::ok).any(|line| line == "ready"));
    let folder = std::env::temp_dir().join(format!("oxsop-demo-{}", demo.id()));
    assert!(folder.is_dir());
    signal(&demo, "HUP");
    let (status, _) = ended(&mut demo, Duration::from_secs(10));
    assert!(status.success(), "{status}");
    assert!(!folder.exists(), "{} stays", folder.display());
}
