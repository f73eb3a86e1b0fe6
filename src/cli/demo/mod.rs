//! `oxsop demo`: a throw-away network full of sample people, meetings, activities and requests.

mod letters;
mod story;

use crate::members;
use crate::platform::config::Config;
use crate::platform::db::DbError;
use crate::server::{self, Starting};
use crate::site;

pub use story::fill;

pub fn run(port: Option<u16>) -> Result<(), String> {
    let folder = std::env::temp_dir().join(format!("oxsop-demo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(|e| format!("the demo's folder cannot be made: {e}"))?;
    let done = serve(&folder, port);
    if let Err(e) = std::fs::remove_dir_all(&folder) {
        eprintln!("oxsop: the demo's folder {} stays: {e}", folder.display());
    }
    done
}

fn serve(folder: &std::path::Path, port: Option<u16>) -> Result<(), String> {
    let text = format!(
        "[data]\nfolder = {:?}\n[mail]\nurl = 'memory://'\n[server]\nlisten = '127.0.0.1:{}'\n[limits]\nposts_per_ip_15_minutes = 500\n",
        folder.display().to_string(),
        port.unwrap_or(8080)
    );
    let mut config = Config::from_parts(Some(&text), std::iter::empty()).map_err(|e| e.to_string())?;
    config.is_demo = true;
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
    println!("  member       {}", app.url(&site::door_path(&app, &member)));
    println!("  mail         {}\n", app.url("/demo/mail"));
    server::serve(starting, || println!("ready")).map_err(|e| e.to_string())
}
