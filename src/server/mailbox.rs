//! The reading of the mailbox: what comes is handed to the inbox, one mail after the other.

use std::sync::Arc;

use tokio::sync::watch;

use crate::inbox::{self, Way};
use crate::platform::app::App;
use crate::platform::inbound::mailbox::{self, LastHealth, Place};

/// Reads until `stop` turns true.
pub async fn run(app: Arc<App>, place: Place, stop: watch::Receiver<bool>) {
    let take = |bytes: Vec<u8>| {
        let app = app.clone();
        async move {
            let taken = tokio::task::spawn_blocking(move || inbox::receive(&app, Way::Mailbox, None, &bytes));
            match taken.await {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(e)) => Err(e.to_string()),
                Err(e) => Err(format!("it was cut short: {e}")),
            }
        }
    };
    let health = |health| {
        if let Some(last) = app.part::<LastHealth>() {
            last.set(health);
        }
    };
    mailbox::run(place, take, health, stop).await;
}
