//! Where the SMTP server is, and how its certificate is judged.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use rustls::pki_types::{CertificateDer, pem::PemObject};

/// An SMTP server and how to speak with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub tls: Tls,
    pub login: Option<Login>,
    /// A PEM file of authorities to trust besides the usual ones.
    pub ca: Option<PathBuf>,
    pub limits: Limits,
}

/// When a connection is encrypted; a certificate that does not verify is refused in every case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    Never,
    /// STARTTLS where the server offers it.
    Offered,
    /// STARTTLS or nothing.
    Required,
    /// TLS from the first byte (`smtps://`).
    Implicit,
}

/// A user name and password.
#[derive(Clone, PartialEq, Eq)]
pub struct Login {
    pub user: String,
    pub password: String,
}

impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Login of {:?}", self.user)
    }
}

/// How long each step may take: all of connecting, one command, one whole mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    pub connect: Duration,
    pub command: Duration,
    pub data: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        let [connect, command, data] = [30, 60, 120].map(Duration::from_secs);
        Limits { connect, command, data }
    }
}

/// Reads `smtp://` and `smtps://`; the port is 25, or 587 with a login, or 465 for `smtps`.
pub(super) fn parse(text: &str) -> Result<SmtpConfig, String> {
    let url = url::Url::parse(text).map_err(|error| format!("not an address: {error}"))?;
    let implicit = match url.scheme() {
        "smtp" => false,
        "smtps" => true,
        other => {
            return Err(format!("{other}:// is none of smtp, smtps, folder and memory"));
        }
    };
    if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
        return Err("nothing may follow the host but ?starttls= and ?ca=".into());
    }
    let host = url
        .host_str()
        .filter(|host| !host.is_empty())
        .ok_or("the host is missing")?;
    let host = decoded(host).trim_start_matches('[').trim_end_matches(']').to_owned();
    let here = is_loopback(&host);
    let login = (!url.username().is_empty()).then(|| Login {
        user: decoded(url.username()),
        password: decoded(url.password().unwrap_or_default()),
    });
    let mut tls = match (implicit, here) {
        (true, _) => Tls::Implicit,
        (false, true) => Tls::Never,
        (false, false) => Tls::Required,
    };
    let mut ca = None;
    for (key, value) in url.query_pairs() {
        match (key.as_ref(), value.as_ref()) {
            ("starttls", _) if implicit => return Err("smtps:// is encrypted anyway".into()),
            ("starttls", "required") => tls = Tls::Required,
            ("starttls", "opportunistic") => tls = Tls::Offered,
            ("starttls", "none") => tls = Tls::Never,
            ("ca", path) if !path.is_empty() => ca = Some(PathBuf::from(path)),
            (key, value) => return Err(format!("?{key}={value} is not understood")),
        }
    }
    if login.is_some() && !here && matches!(tls, Tls::Never | Tls::Offered) {
        return Err("a password is sent to another machine only with starttls=required".into());
    }
    let usual = if implicit {
        465
    } else if login.is_some() {
        587
    } else {
        25
    };
    let port = url.port().unwrap_or(usual);
    Ok(SmtpConfig {
        host,
        port,
        tls,
        login,
        ca,
        limits: Limits::default(),
    })
}

pub(in crate::platform) fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Undoes percent signs, as `url` leaves them in a user name.
fn decoded(text: &str) -> String {
    let field = text.replace('+', "%2B").replace('&', "%26");
    url::form_urlencoded::parse(format!("={field}").as_bytes())
        .map(|(_, value)| value.into_owned())
        .collect()
}

/// What lettre needs to go on under TLS after STARTTLS.
pub(super) fn starttls_settings(config: &SmtpConfig) -> Result<TlsParameters, String> {
    let mut settings = TlsParameters::builder(config.host.clone()).certificate_store(CertificateStore::WebpkiRoots);
    for authority in authorities(config.ca.as_deref())? {
        let authority = Certificate::from_der(authority.to_vec()).map_err(|e| e.to_string())?;
        settings = settings.add_root_certificate(authority);
    }
    settings.build_rustls().map_err(|error| error.to_string())
}

/// The same for TLS from the first byte.
pub(in crate::platform) fn tls_settings(ca: Option<&Path>) -> Result<rustls::ClientConfig, String> {
    let mut roots = rustls::RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    for authority in authorities(ca)? {
        roots.add(authority).map_err(|error| error.to_string())?;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let settings = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(settings.with_root_certificates(roots).with_no_client_auth())
}

/// Read anew for each connection: a renewed file is used without a restart.
fn authorities(ca: Option<&Path>) -> Result<Vec<CertificateDer<'static>>, String> {
    let Some(path) = ca else {
        return Ok(Vec::new());
    };
    CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect)
        .map_err(|error| format!("the authorities in {}: {error}", path.display()))
}
