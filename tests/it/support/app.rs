//! `TestApp`: the production application with a database, a clock and a mailbox of its own.

use std::cell::RefCell;
use std::future::Future;
use std::path::PathBuf;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use actix_http::Request;
use actix_web::body::BoxBody;
use actix_web::dev::{Service, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::{App as Actix, test, web};
use diesel::connection::SimpleConnection;
use jiff::SignedDuration;
use oxsop::members::{self, Member, NewMember};
use oxsop::platform::app::App;
use oxsop::platform::clock::At;
use oxsop::platform::config::Config;
use oxsop::platform::db::{Db, DbError};
use oxsop::platform::mail::delivery::{self, Captured};
use oxsop::platform::mail::message::MailContent;
use oxsop::platform::mail::transport::{self, Target};
use oxsop::platform::render::Renderer;
use oxsop::server::{build_app_with, routes};
use oxsop::web::gate::gate;
use oxsop::web::{Coordinator, MemberId, Person, start_session};

use super::people::Actor;

type Call = dyn Fn(Request) -> Pin<Box<dyn Future<Output = ServiceResponse<BoxBody>>>>;

/// One story's application. Dropping it fails the test if mail is left that nobody looked at.
pub struct TestApp {
    pub app: Arc<App>,
    call: Rc<Call>,
    target: Target,
    folder: PathBuf,
    unread: RefCell<Vec<MailContent>>,
    may_leave_mail: std::cell::Cell<bool>,
}

/// Templates are compiled once for all stories.
pub fn renderer() -> Arc<Renderer> {
    static RENDERER: OnceLock<Arc<Renderer>> = OnceLock::new();
    RENDERER
        .get_or_init(|| Arc::new(Renderer::load().expect("templates compile")))
        .clone()
}

/// The configuration of a story: its own folder, cheap passwords, a fixed public address.
pub fn config(folder: &std::path::Path, more: &str) -> Config {
    // `[mail]` last: what follows may begin with keys of its own.
    let text = format!(
        "[data]\nfolder = '{}'\n[server]\npublic_url = 'http://localhost:8080'\n[secrets]\nargon2_memory = 64\nargon2_passes = 1\n\
         [database]\nurl = '{}'\n[mail]\nurl = 'memory://'\n{more}",
        folder.display(),
        database_url(folder)
    );
    let mut config = Config::from_parts(Some(&text), std::iter::empty()).expect("the test configuration is right");
    config.is_demo = true; // captures mail; pages of the demo are open
    config
}

/// Somebody in London who has said nothing of mail.
pub fn new_member(email: &str, name: &str) -> NewMember {
    NewMember {
        email: email.into(),
        name: name.into(),
        affiliation: "Sample Trust".into(),
        country: "GB".into(),
        time_zone: "Europe/London".into(),
        role: "researcher".into(),
        interests: String::new(),
        joined_on: "2024-01-01".into(),
        is_listed: false,
        announcements_consent: String::new(),
        confirmed_by: "test".into(),
    }
}

/// A fresh SQLite file, or a fresh database on the PostgreSQL server that the environment names.
pub fn database_url(folder: &std::path::Path) -> String {
    let server = std::env::var("OXSOP_TEST_DATABASE").unwrap_or_default();
    if server.is_empty() {
        return format!("sqlite://{}/test.db", folder.display());
    }
    let name = format!("t{}", uuid::Uuid::new_v4().simple());
    let db = Db::open(&server).expect("OXSOP_TEST_DATABASE opens");
    db.conn()
        .expect("a connection")
        .batch_execute(&format!("CREATE DATABASE {name}"))
        .expect("a database of its own");
    let (base, _) = server.rsplit_once('/').expect("a database in the address");
    format!("{base}/{name}")
}

/// A folder that nobody else uses.
pub fn fresh_folder() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("oxsop-test-{}", uuid::Uuid::new_v4().simple()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

impl TestApp {
    /// An empty network on Monday 1 March 2027, 09:00 UTC.
    pub async fn start() -> TestApp {
        TestApp::start_with("").await
    }

    /// The same with more configuration (TOML).
    pub async fn start_with(more: &str) -> TestApp {
        TestApp::begin(more, |_| ()).await
    }

    /// The same with a configuration that is changed once it is read.
    pub async fn start_as(change: impl FnOnce(&mut Config)) -> TestApp {
        TestApp::begin("", change).await
    }

    async fn begin(more: &str, change: impl FnOnce(&mut Config)) -> TestApp {
        let folder = fresh_folder();
        let mut config = config(&folder, more);
        change(&mut config);
        let app = Arc::new(build_app_with(config, renderer()).expect("the application starts"));
        app.clock.set(At::parse("2027-03-01T09:00:00Z").expect("an instant"));
        let service = test::init_service(
            Actix::new()
                .app_data(web::Data::from(app.clone()))
                .wrap(from_fn(gate))
                .configure(routes::configure),
        )
        .await;
        let service = Rc::new(service);
        let call: Rc<Call> = Rc::new(move |request| {
            let service = service.clone();
            Box::pin(async move {
                match service.call(request).await {
                    Ok(response) => response.map_into_boxed_body(),
                    Err(e) => panic!("a request failed past all handlers: {e}"),
                }
            })
        });
        let target = transport::parse("memory://").expect("a target");
        TestApp {
            app,
            call,
            target,
            folder,
            unread: RefCell::default(),
            may_leave_mail: Default::default(),
        }
    }

    pub async fn call(&self, request: Request) -> ServiceResponse<BoxBody> {
        (self.call)(request).await
    }

    /// Moves the clock, and lets the timed work do what has become due.
    pub async fn advance(&self, by: SignedDuration) {
        self.app.clock.advance(by);
        self.tick();
    }

    /// Runs the timed work once.
    pub fn tick(&self) {
        oxsop::server::jobs::run_all(&self.app);
    }

    /// Sends what is due; the mails can then be read from [`TestApp::inbox`].
    pub async fn deliver_mail(&self) {
        delivery::drain(&self.app, &self.target)
            .await
            .expect("the outbox works");
        let captured = self.app.part::<Captured>().expect("mail is captured");
        self.unread
            .borrow_mut()
            .append(&mut captured.0.lock().expect("unpoisoned"));
    }

    /// Takes the mails that have come to an address since it was last looked at.
    pub fn inbox(&self, address: &str) -> Vec<MailContent> {
        let mut unread = self.unread.borrow_mut();
        let (mine, others) = unread
            .drain(..)
            .partition(|mail| mail.to.email.eq_ignore_ascii_case(address));
        *unread = others;
        mine
    }

    /// The one mail that has come to an address; fails on none or several.
    pub fn only_mail(&self, address: &str) -> MailContent {
        let mut mails = self.inbox(address);
        let subjects: Vec<&str> = mails.iter().map(|mail| mail.subject.as_str()).collect();
        assert_eq!(mails.len(), 1, "mails to {address}: {subjects:?}");
        mails.remove(0)
    }

    /// Takes all mail, whoever it is for.
    pub fn all_mail(&self) -> Vec<MailContent> {
        self.unread.borrow_mut().drain(..).collect()
    }

    /// Says that this story does not care for the mail that is left.
    pub fn ignore_mail(&self) {
        self.may_leave_mail.set(true);
    }

    /// Somebody in front of a browser without cookies.
    pub fn visitor(&self) -> Actor<'_> {
        Actor::new(self)
    }

    /// A member of the network, made without any mail: `ana` becomes `ana@example.org`.
    pub fn given_member(&self, name: &str) -> Member {
        self.given_member_in(name, "GB", "Europe/London")
    }

    pub fn given_member_in(&self, name: &str, country: &str, time_zone: &str) -> Member {
        let email = format!("{}@example.org", name.to_lowercase().replace(' ', "."));
        let new = NewMember {
            country: country.into(),
            time_zone: time_zone.into(),
            ..new_member(&email, name)
        };
        self.write(|tx, ctx| members::actions::add(tx, ctx, &new))
    }

    pub fn write<T>(
        &self,
        f: impl FnOnce(&mut oxsop::platform::db::Conn, &oxsop::platform::app::Ctx<'_>) -> Result<T, DbError>,
    ) -> T {
        self.app.write_now(f).expect("the database works")
    }

    pub fn read<T>(&self, f: impl FnOnce(&mut oxsop::platform::db::Conn) -> Result<T, DbError>) -> T {
        self.app.db.read(f).expect("the database works")
    }

    /// A browser in which this member is signed in.
    pub fn signed_in(&self, member: &Member) -> Actor<'_> {
        self.with_session(&member.id, false)
    }

    /// A browser in which a coordinator has given the password; `coordinator@example.org`.
    pub fn coordinator(&self) -> Actor<'_> {
        self.coordinator_named("Coordinator")
    }

    pub fn coordinator_named(&self, name: &str) -> Actor<'_> {
        self.at_desk(&self.given_coordinator(name))
    }

    /// A coordinator who is not signed in.
    pub fn given_coordinator(&self, name: &str) -> Member {
        use diesel::prelude::*;
        use oxsop::platform::db::schema::members;
        let member = self.given_member(name);
        self.write(|tx, _| {
            diesel::update(members::table.find(&member.id))
                .set(members::is_coordinator.eq(true))
                .execute(tx)?;
            Ok(())
        });
        member
    }

    /// A browser in which this coordinator has given the password.
    pub fn at_desk(&self, coordinator: &Member) -> Actor<'_> {
        self.with_session(&coordinator.id, true)
    }

    fn with_session(&self, id: &MemberId, is_elevated: bool) -> Actor<'_> {
        let cookie = self.write(|tx, ctx| start_session(tx, ctx, id, is_elevated));
        let actor = Actor::new(self);
        actor.keep_cookie(&cookie);
        actor
    }

    /// A coordinator's authority, for calling actions directly.
    pub fn authority(&self, member: &Member) -> Coordinator {
        Coordinator::acting(Person {
            id: member.id.clone(),
            name: member.name.clone(),
            email: member.email.clone(),
            time_zone: member.time_zone.clone(),
            is_coordinator: true,
            is_elevated: true,
        })
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        if let Err(e) = std::fs::remove_dir_all(&self.folder) {
            eprintln!("the test's folder stays: {e}");
        }
        if std::thread::panicking() || self.may_leave_mail.get() {
            return;
        }
        let left: Vec<String> = self
            .unread
            .borrow()
            .iter()
            .map(|m| format!("{} to {}", m.subject, m.to.email))
            .collect();
        assert!(left.is_empty(), "mail that nobody looked at: {left:#?}");
    }
}
