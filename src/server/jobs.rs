//! Timed work: a table of ticks. Each finds what is due by state, so running it twice, or late, is harmless.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::platform::app::{App, Ctx};
use crate::platform::db::{Conn, DbError};

/// One kind of timed work.
pub struct Tick {
    pub name: &'static str,
    pub run: fn(&mut Conn, &Ctx<'_>) -> Result<(), DbError>,
}

/// All of it, a line a slice.
pub const TICKS: &[Tick] = &[
    Tick {
        name: "what waits",
        run: crate::inbox::tell_what_waits,
    },
    Tick {
        name: "requests that are over",
        run: crate::join::remove_what_is_over,
    },
    Tick {
        name: "letters that are over",
        run: crate::inbox::remove_what_is_over,
    },
    Tick {
        name: "who answered a feedback form that is over",
        run: crate::meetings::feedback::forget_who_answered,
    },
    Tick {
        name: "reminders",
        run: crate::meetings::reminders::send_what_is_due,
    },
    Tick {
        name: "digests",
        run: crate::digest::send_what_is_due,
    },
    Tick {
        name: "asking presenters",
        run: crate::meetings::materials::ask_presenters,
    },
    Tick {
        name: "offers of places that have run out",
        run: crate::meetings::places::give_time,
    },
    Tick {
        name: "announcements",
        run: crate::announcements::go_on,
    },
];

/// Runs every tick now.
pub fn run_all(app: &App) {
    for tick in TICKS {
        if let Err(e) = app.write_now(tick.run) {
            tracing::error!(tick = tick.name, "timed work failed and will be tried again: {e}");
        }
    }
}

/// Runs the ticks every half a minute, and at once when one left a part of its work, until `stop`.
pub async fn run(app: Arc<App>, mut stop: watch::Receiver<bool>) {
    loop {
        let ticking = app.clone();
        if let Err(e) = tokio::task::spawn_blocking(move || run_all(&ticking)).await {
            tracing::error!("timed work panicked and will be tried again: {e}");
        }
        tokio::select! {
            _ = stop.changed() => return,
            () = app.ticks_bell.notified() => {}
            () = tokio::time::sleep(Duration::from_secs(30)) => {}
        }
    }
}
