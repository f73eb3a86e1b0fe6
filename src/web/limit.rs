//! Limits on posts of public forms by internet address (TRUST S14): in memory, per IPv4 or per IPv6 /64.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use actix_web::HttpRequest;

use super::error::WebError;
use super::session::Visit;
use crate::platform::app::App;
use crate::platform::clock::{At, minutes};

/// The posts of the last quarter of an hour, by network.
#[derive(Default)]
pub struct Limiter {
    seen: Mutex<HashMap<(String, &'static str), VecDeque<At>>>,
}

impl Limiter {
    /// Counts one post to `what`; refuses when there were `most` within fifteen minutes.
    fn count(&self, ip: &str, what: &'static str, most: usize, now: At) -> Result<(), WebError> {
        let since = now.minus(minutes(15));
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > 10_000 {
            seen.retain(|_, posts| posts.back().is_some_and(|at| *at > since));
        }
        let posts = seen.entry((network_of(ip), what)).or_default();
        while posts.front().is_some_and(|at| *at <= since) {
            posts.pop_front();
        }
        if posts.len() >= most {
            return Err(WebError::TooMany { retry_after: 900 });
        }
        posts.push_back(now);
        Ok(())
    }
}

/// Refuses a flood of posts to `what` from one network.
pub fn check(app: &App, visit: &Visit, what: &'static str) -> Result<(), WebError> {
    let most = app.config.limits.posts_per_ip_15_minutes;
    app.part::<Limiter>()
        .map_or(Ok(()), |limiter| limiter.count(&visit.ip, what, most, app.now()))
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
            assert!(limiter.count("2001:db8::1", "join", 3, now).is_ok());
        }
        assert!(limiter.count("2001:db8::ffff", "join", 3, now).is_err(), "the same /64");
        assert!(limiter.count("2001:db8:0:1::1", "join", 3, now).is_ok(), "another /64");
        assert!(limiter.count("2001:db8::1", "join", 3, now.plus(minutes(15))).is_ok());
    }
}
