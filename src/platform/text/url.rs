//! Addresses of databases and mail servers: taken apart strictly, and shown without their secrets.
//!
//! Why not the `url` package: it reads `smtp://user:12/34@host` as a host named `user`, and then the rest of the
//! password is a path that looks fit to be shown. What does not read beyond doubt is shown by its scheme alone.

/// What may stand in a query and be shown; any other value could be a secret.
const HARMLESS: &[&str] = &[
    "application_name",
    "ca",
    "connect_timeout",
    "dbname",
    "host",
    "port",
    "sslmode",
    "sslrootcert",
    "starttls",
    "target_session_attrs",
    "user",
];

/// The scheme, if there is one (`smtp` of `smtp://…`).
pub fn scheme(url: &str) -> Option<&str> {
    let (scheme, _) = url.split_once("://")?;
    let is_one = scheme.bytes().next().is_some_and(|b| b.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    is_one.then_some(scheme)
}

/// `scheme://user:password@host:port,host:port/path?key=value&…`, where nothing in it is doubtful.
struct Parts<'a> {
    scheme: &'a str,
    user: Option<&'a str>,
    has_password: bool,
    hosts: &'a str,
    path: &'a str,
    query: Vec<(&'a str, &'a str)>,
}

impl<'a> Parts<'a> {
    fn of(url: &'a str) -> Option<Parts<'a>> {
        let scheme = scheme(url)?;
        let rest = &url[scheme.len() + "://".len()..];
        let is_plain = rest.bytes().all(|b| b.is_ascii_graphic() && b != b'#');
        if !is_plain || !is_percent_encoded(rest) {
            return None;
        }
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let at = place.find('/').unwrap_or(place.len());
        let (authority, path) = place.split_at(at);
        let (login, hosts) = match authority.rsplit_once('@') {
            Some((login, hosts)) => (Some(login), hosts),
            None => (None, authority),
        };
        // Whoever writes an @ later than this has most likely not encoded a password.
        if path.contains('@') || query.contains('@') || login.is_some_and(|login| login.contains('@')) {
            return None;
        }
        if !hosts.is_empty() && !hosts.split(',').all(is_host) {
            return None;
        }
        let (user, password) = match login.map(|login| login.split_once(':').unwrap_or((login, ""))) {
            Some((user, password)) => (Some(user), password),
            None => (None, ""),
        };
        let pairs = query.split('&').filter(|pair| !pair.is_empty());
        Some(Parts {
            scheme,
            user,
            has_password: !password.is_empty(),
            hosts,
            path,
            query: pairs.map(|pair| pair.split_once('=')).collect::<Option<_>>()?,
        })
    }
}

fn is_percent_encoded(text: &str) -> bool {
    text.split('%')
        .skip(1)
        .all(|rest| rest.len() >= 2 && rest.bytes().take(2).all(|b| b.is_ascii_hexdigit()))
}

fn is_host(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, port)) if host.parse::<std::net::Ipv6Addr>().is_ok() => {
            (host, port.strip_prefix(':').or(port.is_empty().then_some("0")))
        }
        Some(_) => return false,
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, Some("0")),
        },
    };
    !host.is_empty() && !host.contains(['[', ']']) && port.is_some_and(|port| port.parse::<u16>().is_ok())
}

/// Whether the address reads beyond doubt.
pub fn is_sound(url: &str) -> bool {
    Parts::of(url).is_some()
}

/// The address with its password hidden; of one that does not read beyond doubt the scheme only.
pub fn without_password(url: &str) -> String {
    let scheme = scheme(url);
    if url.is_empty() || matches!(scheme, Some("sqlite" | "folder" | "memory")) {
        return url.to_owned();
    }
    let Some(parts) = Parts::of(url) else {
        return scheme.map_or("…".into(), |scheme| format!("{scheme}://…"));
    };
    let login = match (parts.user, parts.has_password) {
        (Some(user), true) => format!("{user}:…@"),
        (Some(user), false) => format!("{user}@"),
        (None, _) => String::new(),
    };
    let shown = |(key, value): &(&str, &str)| match HARMLESS.contains(key) {
        true => format!("{key}={value}"),
        false => format!("{key}=…"),
    };
    let query: Vec<String> = parts.query.iter().map(shown).collect();
    let query = match query.is_empty() {
        true => String::new(),
        false => format!("?{}", query.join("&")),
    };
    format!("{}://{login}{}{}{query}", parts.scheme, parts.hosts, parts.path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_without_its_password() {
        for (given, shown) in [
            ("", ""),
            ("smtp://mail.example.org:25", "smtp://mail.example.org:25"),
            ("smtp://user:se%2Fcret@[::1]:587", "smtp://user:…@[::1]:587"),
            (
                "imaps://user:se-cret@mail.example.org/INBOX",
                "imaps://user:…@mail.example.org/INBOX",
            ),
            ("postgres://user@localhost/name", "postgres://user@localhost/name"),
            (
                "postgres:///name?host=/run/pg&password=se-cret",
                "postgres:///name?host=/run/pg&password=…",
            ),
            (
                "postgres://u:se-cret@a:1,b:2/name?sslmode=require",
                "postgres://u:…@a:1,b:2/name?sslmode=require",
            ),
            ("sqlite://var/me@home.db", "sqlite://var/me@home.db"),
            ("https://network.example.org", "https://network.example.org"),
        ] {
            assert_eq!(without_password(given), shown);
        }
    }

    #[test]
    fn what_does_not_read_beyond_doubt_is_shown_by_its_scheme() {
        for secret in [
            "smtp://user:12/secret@mail.example.org",
            "smtp://user:12?secret@mail.example.org",
            "smtp://user:12#secret@mail.example.org",
            "smtp://user:a@secret@mail.example.org",
            "smtp://user:%zzsecret@mail.example.org",
            "smtp://user:secret",
            "smtp://user:se cret@mail.example.org",
            "smtp://mail.example.org?secret",
        ] {
            assert_eq!(without_password(secret), "smtp://…", "{secret}");
        }
        assert_eq!(without_password("postgres:user:secret@mail.example.org"), "…");
        assert_eq!(without_password("user:secret@host://x"), "…");
    }
}
