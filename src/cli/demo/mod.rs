//! `oxsop demo`: a throw-away network full of sample people, meetings, activities and requests.

mod announcements;
mod arrivals;
mod asked;
mod letters;
mod mail_choices;
mod materials;
mod reminders;
mod story;

use std::path::Path;

use crate::members;
use crate::platform::config::Config;
use crate::platform::db::DbError;
use crate::server::{self, Starting};
use crate::site;

pub use story::fill;

pub fn run(config: Config, port: Option<u16>) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("oxsop-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| format!("the demo's folder cannot be made: {e}"))?;
    let done = serve(throw_away(config, &folder, port), port);
    if let Err(e) = std::fs::remove_dir_all(&folder) {
        eprintln!("oxsop: the demo's folder {} stays: {e}", folder.display());
    }
    done
}

/// The configuration with everything that outlives the demo, or reaches out of it, replaced.
fn throw_away(mut config: Config, folder: &Path, port: Option<u16>) -> Config {
    config.data.folder = folder.to_owned();
    config.database.url = format!("sqlite://{}", folder.join("oxsop.db").display());
    config.secrets.key_file = folder.join("key");
    config.mail.url = "memory://".into();
    config.mail.dkim_selectors = Vec::new();
    config.mail.dkim_folder = folder.join("dkim");
    config.mailbox.url = String::new();
    config.server.listen = format!("127.0.0.1:{}", port.unwrap_or(8080));
    config.server.public_url = String::new();
    config.server.trusted_proxies = Vec::new();
    config.limits.posts_per_ip_15_minutes = 500;
    config.is_demo = true;
    config
}

fn serve(mut config: Config, port: Option<u16>) -> Result<(), String> {
    let starting = match Starting::new(config.clone()) {
        Err(_) if port.is_none() => {
            // 8080 is taken: any port will do for a demo.
            config.server.listen = "127.0.0.1:0".into();
            Starting::new(config)
        }
        other => other,
    }
    .map_err(|e| e.to_string())?;
    let app = starting.app.clone();
    fill(&app)?;
    let doors = app.db.read(|conn| -> Result<_, DbError> {
        let coordinator = members::store::coordinators(conn)?.into_iter().next();
        let member = members::store::by_email(conn, "sample.link.worker@example.org")?;
        Ok(coordinator.zip(member))
    });
    let (coordinator, member) = doors.map_err(|e| e.to_string())?.ok_or("the demo has no people")?;
    println!("A throw-away network of sample people. Mail is captured, not sent. Stop it with Ctrl-C.\n");
    println!("  site         {}", app.url("/demo"));
    println!("  coordinator  {}", app.url(&site::door_path(&app, &coordinator)));
    println!("  password     {}", site::demo_password(&app));
    println!("  member       {}", app.url(&site::door_path(&app, &member)));
    println!("  mail         {}\n", app.url("/demo/mail"));
    server::serve(starting, || println!("ready")).map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_takes_the_networks_name_and_touches_nothing_of_its_own() {
        let text = "[network]\nname = 'Another Network'\n[data]\nfolder = '/var/lib/real'\n\
                    [database]\nurl = 'postgres://real@real/real'\n[secrets]\nkey_file = '/var/lib/real/key'\n\
                    [mail]\nurl = 'smtp://real'\ndkim_selectors = ['real']\ndkim_folder = '/var/lib/real/dkim'\n[mailbox]\nurl = 'imaps://real:real@real/INBOX'\n\
                    [server]\nlisten = '0.0.0.0:80'\npublic_url = 'https://real.example.org'";
        let config = Config::from_parts(Some(text), std::iter::empty()).unwrap();
        let config = throw_away(config, Path::new("/tmp/demo"), Some(1));
        assert_eq!(config.network.name, "Another Network");
        let said = format!("{config:?} {}", config.mailbox.url);
        assert!(!said.contains("real") && !said.contains("0.0.0.0"), "{said}");
        assert!(config.is_demo);
    }
}
