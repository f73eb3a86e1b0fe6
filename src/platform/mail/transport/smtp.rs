//! One SMTP dialogue after another over one connection.
//!
//! Why step by step instead of lettre's `send`: after a refusal the connection lives on with RSET,
//! every step has its own time limit, and it is known which step was refused. TLS that is asked for
//! and not to be had is a failure; nothing ever falls back to plain text.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream};
use lettre::transport::smtp::commands::{Data, Mail, Quit, Rcpt, Rset};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Response;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::config::{Limits, Login, SmtpConfig, Tls, is_loopback, starttls_settings, tls_settings};
use super::wire::Wire;
use super::{SendError, Stage};
use crate::platform::mail::message;
use crate::platform::secret::mask_tokens;

/// A connection past its greetings. `None` once it has broken or a mail on it was abandoned.
pub(super) struct SmtpLink {
    connection: Option<AsyncSmtpConnection>,
    limits: Limits,
}

impl fmt::Debug for SmtpLink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SmtpLink (usable: {})", self.usable())
    }
}

impl SmtpLink {
    pub(super) async fn open(config: &SmtpConfig, helo: &str) -> Result<SmtpLink, SendError> {
        let place = format!("{}:{}", config.host, config.port);
        match timeout(config.limits.connect, connect(config, helo)).await {
            Ok(Ok(connection)) => Ok(SmtpLink {
                connection: Some(connection),
                limits: config.limits,
            }),
            Ok(Err(why)) => Err(later(Stage::Connection, format!("no connection to {place}: {why}"))),
            Err(_) => Err(later(
                Stage::Connection,
                format!("no connection to {place}: no answer in time"),
            )),
        }
    }

    pub(super) fn usable(&self) -> bool {
        self.connection.is_some()
    }

    pub(super) async fn send(&mut self, from: &str, to: &str, bytes: &[u8]) -> Result<String, SendError> {
        if let Some(fault) = message::fault(bytes) {
            return Err(self.unfit(Stage::Content, fault.to_owned()));
        }
        let sender = match from {
            "" => None,
            from => match message::address(from) {
                Ok(address) => Some(address),
                Err(error) => return Err(self.unfit(Stage::Sender, error.to_string())),
            },
        };
        let recipient = match message::address(to) {
            Ok(address) => address,
            Err(error) => return Err(self.unfit(Stage::Recipient, error.to_string())),
        };
        // Taken, and put back only when the dialogue is at a known point: whoever stops waiting for
        // this leaves no half-told mail behind.
        let Some(mut smtp) = self.connection.take() else {
            return Err(later(Stage::Connection, "the connection is closed".into()));
        };
        let limits = self.limits;
        let (at, reply) = dialogue(&mut smtp, limits, sender, recipient, bytes).await;
        match reply {
            Ok(words) => {
                self.connection = Some(smtp);
                Ok(words)
            }
            Err(Fault::Broken(why)) => Err(later(at, why)),
            Err(Fault::Answer { code, text, complete }) => {
                // A complete mail that was refused has ended its own transaction.
                if code != 421 && (complete || reset(&mut smtp, limits).await) {
                    self.connection = Some(smtp);
                }
                Err(verdict(code, at, text, self.usable()))
            }
        }
    }

    /// A refusal of our own, before anything was said.
    fn unfit(&self, at: Stage, text: String) -> SendError {
        SendError::Refused {
            code: 554,
            at,
            text,
            usable: self.usable(),
        }
    }

    pub(super) async fn close(self) {
        if let Some(mut smtp) = self.connection {
            let _ = timeout(Duration::from_secs(2), smtp.command(Quit)).await;
        }
    }
}

/// Nothing was answered that counts.
fn later(at: Stage, text: String) -> SendError {
    SendError::Later {
        code: None,
        at,
        text,
        usable: false,
    }
}

/// What a refusal means. 552 at RCPT is "too many" for now (RFC 5321 §4.5.3.1.10); what speaks of
/// the dialogue or of the login (500–504, 530–538) is a fault of the settings, not of the mail, unless
/// its enhanced code says that the address is what is wrong (`501 5.1.3`).
fn verdict(code: u16, at: Stage, text: String, usable: bool) -> SendError {
    let is_about_the_address = at == Stage::Recipient && text.contains(" 5.1.");
    let settings = matches!(code, 500..=504 | 530..=538) && !is_about_the_address;
    if code < 500 || settings || (code == 552 && at == Stage::Recipient) {
        return SendError::Later {
            code: Some(code),
            at,
            text,
            usable,
        };
    }
    SendError::Refused { code, at, text, usable }
}

enum Fault {
    Answer { code: u16, text: String, complete: bool },
    Broken(String),
}

async fn dialogue(
    smtp: &mut AsyncSmtpConnection,
    limits: Limits,
    sender: Option<lettre::Address>,
    recipient: lettre::Address,
    bytes: &[u8],
) -> (Stage, Result<String, Fault>) {
    let mail = smtp.command(Mail::new(sender, vec![]));
    if let Err(fault) = step("MAIL", limits.command, 2, mail).await {
        return (Stage::Sender, Err(fault));
    }
    let rcpt = smtp.command(Rcpt::new(recipient, vec![]));
    if let Err(fault) = step("RCPT", limits.command, 2, rcpt).await {
        return (Stage::Recipient, Err(fault));
    }
    if let Err(fault) = step("DATA", limits.command, 3, smtp.command(Data)).await {
        return (Stage::Content, Err(fault));
    }
    // lettre doubles the dots and adds the last line end itself.
    let bytes = bytes.strip_suffix(b"\r\n").unwrap_or(bytes);
    let end = step("end of mail", limits.data, 2, smtp.message(bytes)).await;
    let end = end.map_err(|fault| match fault {
        Fault::Answer { code, text, .. } => Fault::Answer {
            code,
            text,
            complete: true,
        },
        Fault::Broken(why) => Fault::Broken(format!("{why}; the mail may have arrived")),
    });
    (Stage::Content, end)
}

/// Drops a half-told mail; false if the server does not agree.
async fn reset(smtp: &mut AsyncSmtpConnection, limits: Limits) -> bool {
    step("RSET", limits.command, 2, smtp.command(Rset)).await.is_ok()
}

/// Waits for one reply, which must be of the class `expected`.
async fn step(
    name: &str,
    limit: Duration,
    expected: u16,
    reply: impl Future<Output = Result<Response, lettre::transport::smtp::Error>>,
) -> Result<String, Fault> {
    match timeout(limit, reply).await {
        Err(_) => Err(Fault::Broken(format!("{name}: no answer in time"))),
        Ok(Ok(reply)) => {
            let code = u16::from(reply.code());
            let text = words(code, &reply.message().collect::<Vec<_>>().join(" "));
            if code / 100 == expected {
                Ok(text)
            } else {
                Err(Fault::Broken(format!("{name}: {text} is no answer to that")))
            }
        }
        Ok(Err(error)) => Err(match error.status() {
            Some(code) => {
                let code = u16::from(code);
                let text = format!("{name}: {}", words(code, &reason(&error)));
                Fault::Answer {
                    code,
                    text,
                    complete: false,
                }
            }
            None => Fault::Broken(format!("{name}: {}", words(0, &error.to_string()))),
        }),
    }
}

fn reason(error: &lettre::transport::smtp::Error) -> String {
    std::error::Error::source(error).map_or_else(|| error.to_string(), ToString::to_string)
}

/// A server's words as one short line.
///
/// Filters quote links of the mail that they refuse: such links let people in, so their tokens are masked before
/// anybody reads or logs the words.
fn words(code: u16, text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = mask_tokens(&plain).chars().take(300).collect();
    if code == 0 {
        short
    } else {
        format!("{code} {short}").trim_end().to_owned()
    }
}

async fn connect(config: &SmtpConfig, helo: &str) -> Result<AsyncSmtpConnection, String> {
    let fault = |error: lettre::transport::smtp::Error| words(0, &error.to_string());
    let id = client_id(helo);
    let tcp = TcpStream::connect((config.host.as_str(), config.port)).await;
    let tcp = tcp.map_err(|error| error.to_string())?;
    tcp.set_nodelay(true).map_err(|error| error.to_string())?;
    let peer = tcp.peer_addr().map_err(|error| error.to_string())?;
    let stream: Box<dyn AsyncTokioStream> = if config.tls == Tls::Implicit {
        let name = ServerName::try_from(config.host.clone()).map_err(|error| error.to_string())?;
        let tls = tokio_rustls::TlsConnector::from(Arc::new(tls_settings(config.ca.as_deref())?));
        let tls = tls.connect(name, tcp).await.map_err(|error| format!("TLS: {error}"))?;
        Box::new(Wire::new(tls, peer))
    } else {
        Box::new(Wire::new(tcp, peer))
    };
    let mut smtp = AsyncSmtpConnection::connect_with_transport(stream, &id)
        .await
        .map_err(fault)?;
    if config.tls == Tls::Required && !smtp.can_starttls() {
        return Err("the server does not offer STARTTLS, and nothing is sent without".into());
    }
    if matches!(config.tls, Tls::Required | Tls::Offered) && smtp.can_starttls() {
        smtp.starttls(starttls_settings(config)?, &id).await.map_err(fault)?;
    }
    if let Some(Login { user, password }) = &config.login {
        let encrypted = config.tls == Tls::Implicit || smtp.is_encrypted();
        if !encrypted && !is_loopback(&config.host) {
            return Err("the password is not sent without encryption".into());
        }
        let login = Credentials::new(user.clone(), password.clone());
        smtp.auth(&[Mechanism::Plain, Mechanism::Login], &login)
            .await
            .map_err(fault)?;
    }
    Ok(smtp)
}

fn client_id(helo: &str) -> ClientId {
    let plain = !helo.is_empty() && helo.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
    ClientId::Domain(if plain { helo.to_owned() } else { "localhost".to_owned() })
}
