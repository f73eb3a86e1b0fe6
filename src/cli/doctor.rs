//! `oxsop doctor`: prints the configuration in force, secrets hidden, and tries everything it names.

use crate::platform::config::Config;
use crate::platform::db::DbError;
use crate::platform::inbound::mailbox::{self, Mailbox};
use crate::platform::mail::transport::{self, Link};
use crate::platform::render::Renderer;
use crate::platform::text::url::without_password;
use crate::server::build_app;

pub(super) fn run(config: Config) -> Result<(), String> {
    print_config(&config);
    let mut broken = 0;
    let mut check = |what: &str, outcome: Result<String, String>| match outcome {
        Ok(words) => println!("ok      {what}: {words}"),
        Err(why) => {
            broken += 1;
            println!("BROKEN  {what}: {why}");
        }
    };
    check(
        "templates",
        Renderer::load()
            .map(|r| format!("{} compile", r.names().len()))
            .map_err(|e| e.to_string()),
    );
    check("data.folder", folder(&config));
    check("mail.url", mail(&config));
    check("mailbox.url", mailbox(&config));
    check("mail.from", sender(&config));
    check("server.public_url", public_url(&config));
    let opened = build_app(config.clone()).map_err(|e| e.to_string()).and_then(|app| {
        let members = app
            .db
            .read(crate::members::store::count_active)
            .map_err(|e: DbError| e.to_string())?;
        let kind = if app.db.is_sqlite() { "SQLite" } else { "PostgreSQL" };
        Ok(format!(
            "{kind}, tables up to date, {members} members; the key is the right one"
        ))
    });
    check("database.url and secrets.key_file", opened);
    if broken > 0 {
        return Err(format!("{broken} of these need attention"));
    }
    Ok(())
}

fn print_config(config: &Config) {
    println!("listen      {}", config.server.listen);
    println!(
        "public url  {}",
        if config.server.public_url.is_empty() {
            "(the address bound)"
        } else {
            &config.server.public_url
        }
    );
    println!("data        {}", config.data.folder.display());
    println!("database    {}", without_password(&config.database.url));
    println!("mail        {}", without_password(&config.mail.url));
    println!("mail from   {}", config.mail.from);
    println!("mailbox     {}", without_password(&config.mailbox.url));
    println!("meetings    {}", config.mail.meetings_address);
    println!("joining     {}", config.mail.join_address);
    println!();
}

fn folder(config: &Config) -> Result<String, String> {
    let folder = &config.data.folder;
    std::fs::create_dir_all(folder).map_err(|e| format!("{} cannot be made: {e}", folder.display()))?;
    let probe = folder.join(".doctor");
    std::fs::write(&probe, b"x")
        .and_then(|()| std::fs::remove_file(&probe))
        .map_err(|e| format!("not writable: {e}"))?;
    Ok(format!("{} is writable", folder.display()))
}

fn mail(config: &Config) -> Result<String, String> {
    let target = transport::parse(&config.mail.url)?;
    let (_, from) = config.mail_from().map_err(|e| e.to_string())?;
    let domain = from.rsplit('@').next().unwrap_or("localhost").to_owned();
    let opened = actix_web::rt::System::new().block_on(async {
        let link = Link::open(&target, &domain).await?;
        link.close().await;
        Ok::<(), transport::SendError>(())
    });
    opened
        .map(|()| "a connection opens".to_owned())
        .map_err(|e| e.to_string())
}

fn mailbox(config: &Config) -> Result<String, String> {
    let Some(place) = mailbox::parse(&config.mailbox)? else {
        return Ok("not read here; a mail server may hand mail to `oxsop ingest`".into());
    };
    let opened = actix_web::rt::System::new().block_on(async {
        let mailbox = Mailbox::open(&place).await?;
        mailbox.close().await;
        Ok::<(), mailbox::Unreachable>(())
    });
    opened.map(|()| format!("{place} opens")).map_err(|e| e.to_string())
}

fn sender(config: &Config) -> Result<String, String> {
    if config.has_sample_sender() {
        return Err("still the sample: set it to the network's own address".into());
    }
    Ok(config.mail.from.clone())
}

fn public_url(config: &Config) -> Result<String, String> {
    match config.server.public_url.as_str() {
        "" => Err("empty: links in mails lead to this machine only; set it to where people reach the server".into()),
        url if url.starts_with("https://") => Ok(url.to_owned()),
        url => Err(format!("{url} is not https: cookies travel in the open")),
    }
}
