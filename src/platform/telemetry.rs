//! Logs: one line an event on standard error, JSON when `OXSOP_LOG_FORMAT=json`; never an address or a token.

use tracing_subscriber::EnvFilter;

/// Starts logging; the level comes from `OXSOP_LOG` (default `info`). A second call changes nothing.
pub fn start() {
    let filter = EnvFilter::try_from_env("OXSOP_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_target(false);
    let is_json = std::env::var("OXSOP_LOG_FORMAT").is_ok_and(|format| format == "json");
    let started = if is_json {
        builder.json().try_init()
    } else {
        builder.with_ansi(false).try_init()
    };
    if started.is_err() {
        tracing::debug!("logging had started already");
    }
}
