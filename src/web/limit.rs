//! Limits by internet address, in memory, per IPv4 or per IPv6 /64: on posts of public forms (TRUST S14, S56), and on
//! bodies that arrive at the same time (TRUST S53).

use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

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

/// Bodies from one network that may be under way at once: each holds a connection for up to half a minute.
const MOST_BODIES: usize = 100;

/// How many bodies are under way, by network.
#[derive(Default)]
pub struct Bodies(Arc<Mutex<HashMap<String, usize>>>);

/// One body that is under way, until this is dropped.
pub(super) struct UnderWay {
    bodies: Arc<Mutex<HashMap<String, usize>>>,
    network: String,
}

impl Bodies {
    /// Counts one more; `None` where there are too many.
    pub(super) fn begin(&self, ip: &str) -> Option<UnderWay> {
        let network = network_of(ip);
        let mut bodies = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = bodies.entry(network.clone()).or_default();
        if *count >= MOST_BODIES {
            return None;
        }
        *count += 1;
        let bodies = self.0.clone();
        Some(UnderWay { bodies, network })
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        let mut bodies = self.bodies.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = bodies.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                bodies.remove(&self.network);
            }
        }
    }
}

/// Whom the request comes from, as far as our own proxies vouch for it (TRUST S55).
pub(super) fn client_ip(app: &App, request: &HttpRequest) -> String {
    let Some(peer) = request.peer_addr().map(|peer| peer.ip()) else {
        return String::new();
    };
    let forwarded = request.headers().get_all("x-forwarded-for");
    // What is no text is a hop that nobody can read.
    let forwarded: Vec<&str> = forwarded.map(|v| v.to_str().unwrap_or("?")).collect();
    client_of(peer, &app.config.server.trusted_proxies, &forwarded).to_string()
}

/// The right-most hop that is not one of our own proxies; the peer where a hop on the way there cannot be read, for
/// what stands left of it may be anybody's invention.
fn client_of(peer: IpAddr, trusted: &[IpAddr], forwarded: &[&str]) -> IpAddr {
    let peer = peer.to_canonical();
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|proxy| proxy.to_canonical() == *ip);
    if !is_trusted(&peer) {
        return peer;
    }
    for hop in forwarded.iter().flat_map(|v| v.split(',')).rev() {
        match hop_ip(hop) {
            Some(ip) if is_trusted(&ip) => {}
            Some(ip) => return ip,
            None => return peer,
        }
    }
    peer
}

/// `ip`, `ip:port`, `[v6]` or `[v6]:port`.
fn hop_ip(hop: &str) -> Option<IpAddr> {
    let hop = hop.trim();
    let bare = || {
        hop.strip_prefix('[')?
            .strip_suffix(']')?
            .parse::<std::net::Ipv6Addr>()
            .ok()
            .map(IpAddr::V6)
    };
    let ip = hop.parse::<IpAddr>().ok();
    let ip = ip
        .or_else(|| hop.parse::<SocketAddr>().ok().map(|at| at.ip()))
        .or_else(bare);
    ip.map(|ip| ip.to_canonical())
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

    #[test]
    fn the_client_is_the_last_hop_that_somebody_vouches_for() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let trusted = [ip("10.0.0.1"), ip("10.0.0.2")];
        for (peer, forwarded, client) in [
            ("192.0.2.9", &["198.51.100.7"][..], "192.0.2.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("::ffff:10.0.0.1", &["198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.5, 198.51.100.7, 10.0.0.2"], "198.51.100.7"),
            ("10.0.0.1", &["203.0.113.5", "198.51.100.7:4711"], "198.51.100.7"),
            ("10.0.0.1", &["[2001:db8::1]:4711"], "2001:db8::1"),
            ("10.0.0.1", &["[2001:db8::1]"], "2001:db8::1"),
            ("10.0.0.1", &["2001:db8::1"], "2001:db8::1"),
            ("10.0.0.1", &["198.51.100.7, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.7, , 10.0.0.2"], "10.0.0.1"),
            ("10.0.0.1", &["unknown, 198.51.100.7"], "198.51.100.7"),
            ("10.0.0.1", &["10.0.0.2, 10.0.0.2"], "10.0.0.1"),
        ] {
            assert_eq!(
                client_of(ip(peer), &trusted, forwarded),
                ip(client),
                "{peer} {forwarded:?}"
            );
        }
    }

    #[test]
    fn bodies_under_way_are_counted_until_they_end() {
        let bodies = Bodies::default();
        let mut held: Vec<_> = (0..MOST_BODIES).filter_map(|_| bodies.begin("192.0.2.1")).collect();
        assert_eq!(held.len(), MOST_BODIES);
        assert!(bodies.begin("192.0.2.1").is_none());
        assert!(bodies.begin("192.0.2.2").is_some(), "another network");
        held.pop();
        assert!(bodies.begin("192.0.2.1").is_some());
        drop(held);
        assert!(bodies.0.lock().unwrap().is_empty());
    }
}
