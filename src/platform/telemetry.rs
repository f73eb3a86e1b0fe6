//! Logs: one line an event on standard error, JSON when `OXSOP_LOG_FORMAT=json`; never an address or a token.
//!
//! Why packages are heard from `info` up only, whatever `OXSOP_LOG` says: below that they write whole values, and
//! the templates' engine would put every record on a page into the log (TRUST S61).

use tracing::{Level, Metadata};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging; the level comes from `OXSOP_LOG` (default `info`). A second call changes nothing.
pub fn start() {
    let filter = EnvFilter::try_from_env("OXSOP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // A log that nobody reads any more (a closed terminal or pipe) must not end the server: the complaint about
        // it would go the same way, and panic.
        .log_internal_errors(false)
        .with_target(false);
    let is_json = std::env::var("OXSOP_LOG_FORMAT").is_ok_and(|format| format == "json");
    let started = if is_json {
        builder.json().finish().with(filter_fn(may_be_written)).try_init()
    } else {
        builder
            .with_ansi(false)
            .finish()
            .with(filter_fn(may_be_written))
            .try_init()
    };
    if started.is_err() {
        tracing::debug!("logging had started already");
    }
}

/// Our own words at any level, those of packages only where they matter to the operator.
fn may_be_written(event: &Metadata<'_>) -> bool {
    let target = event.target();
    target == "oxsop" || target.starts_with("oxsop::") || *event.level() <= Level::INFO
}
