//! The signals that end the server: SIGTERM and SIGINT, and for the demo the end of its terminal (SIGHUP).

use std::io;

/// Hears signals from the moment it is made.
pub(super) struct Signals {
    #[cfg(unix)]
    heard: Vec<(&'static str, tokio::signal::unix::Signal)>,
}

#[cfg(unix)]
impl Signals {
    pub(super) fn listen(is_demo: bool) -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        let mut heard = vec![
            ("SIGTERM", signal(SignalKind::terminate())?),
            ("SIGINT", signal(SignalKind::interrupt())?),
        ];
        // A server is left to whoever started it with `nohup`; the demo must take its folder away.
        if is_demo {
            heard.push(("SIGHUP", signal(SignalKind::hangup())?));
        }
        Ok(Signals { heard })
    }

    /// The next one.
    pub(super) async fn next(&mut self) -> &'static str {
        std::future::poll_fn(|cx| {
            let mut heard = self.heard.iter_mut();
            match heard.find_map(|(name, signal)| signal.poll_recv(cx).is_ready().then_some(*name)) {
                Some(name) => std::task::Poll::Ready(name),
                None => std::task::Poll::Pending,
            }
        })
        .await
    }
}

#[cfg(not(unix))]
impl Signals {
    pub(super) fn listen(_: bool) -> io::Result<Signals> {
        Ok(Signals {})
    }

    pub(super) async fn next(&mut self) -> &'static str {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
        "Ctrl-C"
    }
}
