//! What Prometheus reads at `/metrics`, where `server.metrics` switches it on: counts, and nobody's address.

use std::fmt::Write;

use actix_web::HttpResponse;

use crate::platform::mail::outbox::{self, Status};
use crate::web::counts::Counts;
use crate::web::{Answer, AppData, WebError};

/// GET /metrics
pub(super) async fn show(app: AppData) -> Answer {
    if !app.config.server.metrics {
        return Err(WebError::NotFound);
    }
    let mails = app.read(outbox::counts).await?;
    let requests: Vec<(usize, u64)> = app
        .part::<Counts>()
        .map(|counts| counts.by_class().collect())
        .unwrap_or_default();
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(text(&requests, &mails)))
}

/// Prometheus' text format, 0.0.4. Every state is there, also at nought: a line that appears late has no rate.
fn text(requests: &[(usize, u64)], mails: &[(Status, i64)]) -> String {
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, lines: Vec<(String, String)>| {
        // Writing to a String does not fail.
        let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
        for (label, value) in lines {
            let _ = writeln!(text, "{name}{{{label}}} {value}");
        }
    };
    family(
        "oxsop_build_info",
        "gauge",
        "The version that runs.",
        vec![(format!("version=\"{}\"", env!("CARGO_PKG_VERSION")), "1".into())],
    );
    family(
        "oxsop_http_requests_total",
        "counter",
        "Requests answered since the start, by class of status.",
        requests
            .iter()
            .map(|(class, n)| (format!("class=\"{class}xx\""), n.to_string()))
            .collect(),
    );
    let count = |status: &Status| mails.iter().find(|(known, _)| known == status).map_or(0, |(_, n)| *n);
    family(
        "oxsop_mails",
        "gauge",
        "Mails in the outbox, by state.",
        Status::ALL
            .iter()
            .map(|status| (format!("state=\"{status}\""), count(status).to_string()))
            .collect(),
    );
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_class_and_state_has_its_line() {
        let text = text(&[(2, 7), (5, 0)], &[(Status::Failed, 3)]);
        for line in [
            "# TYPE oxsop_http_requests_total counter",
            "oxsop_http_requests_total{class=\"2xx\"} 7",
            "oxsop_http_requests_total{class=\"5xx\"} 0",
            "oxsop_mails{state=\"failed\"} 3",
            "oxsop_mails{state=\"queued\"} 0",
        ] {
            assert!(text.lines().any(|known| known == line), "{line} is not in:\n{text}");
        }
    }
}
