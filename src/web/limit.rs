//! Limits on posts of public forms by internet address (TRUST S14, S56): in memory, per IPv4 or per IPv6 /64.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use actix_web::HttpRequest;
use jiff::SignedDuration;

use super::error::WebError;
use super::session::Visit;
use crate::platform::app::App;
use crate::platform::clock::{At, days, minutes};

/// The posts of the last day, by network and form.
#[derive(Default)]
pub struct Limiter {
    seen: Mutex<HashMap<(String, &'static str), VecDeque<At>>>,
}

impl Limiter {
    /// Counts one post to `what`; refuses when there were `most` within the time that `within` says.
    fn count(
        &self,
        ip: &str,
        what: &'static str,
        most: usize,
        within: SignedDuration,
        now: At,
    ) -> Result<(), WebError> {
        let since = now.minus(within);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > 10_000 {
            let day_ago = now.minus(days(1));
            seen.retain(|_, posts| posts.back().is_some_and(|at| *at > day_ago));
        }
        let posts = seen.entry((network_of(ip), what)).or_default();
        while posts.front().is_some_and(|at| *at <= since) {
            posts.pop_front();
        }
        if posts.len() >= most {
            let retry_after = u32::try_from(within.as_secs()).unwrap_or(900);
            return Err(WebError::TooMany { retry_after });
        }
        posts.push_back(now);
        Ok(())
    }
}

/// Refuses a flood of posts to `what` from one network.
pub fn check(app: &App, visit: &Visit, what: &'static str) -> Result<(), WebError> {
    let most = app.config.limits.posts_per_ip_15_minutes;
    count(app, visit, what, most, minutes(15))
}

/// The same over a day, so that one network cannot use up what a day has for everybody.
pub fn check_day(app: &App, visit: &Visit, what: &'static str, most: usize) -> Result<(), WebError> {
    count(app, visit, what, most, days(1))
}

fn count(app: &App, visit: &Visit, what: &'static str, most: usize, within: SignedDuration) -> Result<(), WebError> {
    app.part::<Limiter>().map_or(Ok(()), |limiter| {
        limiter.count(&visit.ip, what, most, within, app.now())
    })
}

/// The address itself for IPv4, its first half for IPv6.
fn network_of(ip: &str) -> String {
    match ip.parse::<IpAddr>() {
        Ok(IpAddr::V6(v6)) => {
            let [a, b, c, d, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => ip.to_owned(),
    }
}

/// The right-most address that is not one of our own proxies (TRUST S55).
pub(super) fn client_ip(app: &App, request: &HttpRequest) -> String {
    let Some(peer) = request.peer_addr().map(|peer| peer.ip()) else {
        return String::new();
    };
    let trusted = &app.config.server.trusted_proxies;
    if !trusted.contains(&peer) {
        return peer.to_string();
    }
    let forwarded = request
        .headers()
        .get_all("x-forwarded-for")
        .filter_map(|v| v.to_str().ok());
    let hops: Vec<IpAddr> = forwarded
        .flat_map(|v| v.split(','))
        .filter_map(|hop| hop.trim().parse().ok())
        .collect();
    hops.into_iter()
        .rev()
        .find(|hop| !trusted.contains(hop))
        .unwrap_or(peer)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_held_back_and_forgiven() {
        let limiter = Limiter::default();
        let now = At::from_unix(1_000_000);
        for _ in 0..3 {
            assert!(limiter.count("2001:db8::1", "join", 3, minutes(15), now).is_ok());
        }
        assert!(
            limiter.count("2001:db8::ffff", "join", 3, minutes(15), now).is_err(),
            "the same /64"
        );
        assert!(
            limiter.count("2001:db8:0:1::1", "join", 3, minutes(15), now).is_ok(),
            "another /64"
        );
        assert!(
            limiter
                .count("2001:db8::1", "join", 3, minutes(15), now.plus(minutes(15)))
                .is_ok()
        );
    }
}
