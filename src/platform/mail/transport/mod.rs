//! Hands finished bytes to whoever delivers them: an SMTP server, a folder, or a test's memory.
//!
//! Why our own connections and not lettre's pool: the pool leaves Nagle's algorithm on, which costs
//! 40 ms a mail, and ends a connection at every refusal.

mod config;
mod folder;
mod memory;
mod smtp;
mod wire;

use std::path::PathBuf;

pub use config::{Limits, Login, SmtpConfig, Tls};
pub(in crate::platform) use config::{is_loopback, tls_settings};
pub use memory::{Memory, Sent};

/// Where mail goes, as `mail.url` says.
#[derive(Clone, Debug)]
pub enum Target {
    Smtp(SmtpConfig),
    Folder(PathBuf),
    Memory(Memory),
}

/// Reads `mail.url`: `smtp://[user:password@]host[:port]`, `smtps://…`, `folder://PATH`, `memory://`.
///
/// SMTP takes `?starttls=required|opportunistic|none` (required, unless the server is this machine)
/// and `?ca=FILE`, a PEM file of further authorities to trust.
pub fn parse(url: &str) -> Result<Target, String> {
    if let Some(path) = url.strip_prefix("folder://") {
        return match path {
            "" => Err("folder:// needs a path".into()),
            path => Ok(Target::Folder(path.into())),
        };
    }
    if url == "memory://" {
        return Ok(Target::Memory(Memory::default()));
    }
    config::parse(url).map(Target::Smtp)
}

/// At which step a mail was refused or lost; only [`Stage::Recipient`] speaks of the address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Before anything was said of this mail.
    Connection,
    Sender,
    Recipient,
    Content,
}

/// Why a mail was not handed over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// A 4xx, the network, the clock or the settings: the same bytes may go through later. Where the
    /// answer to a complete mail was lost, it may already have arrived, and the text says so.
    #[error("{text}")]
    Later {
        /// `None`: no answer at all came.
        code: Option<u16>,
        at: Stage,
        text: String,
        usable: bool,
    },
    /// A 5xx that speaks of this mail.
    #[error("{text}")]
    Refused {
        code: u16,
        at: Stage,
        text: String,
        usable: bool,
    },
}

impl SendError {
    /// Whether the link can carry the next mail.
    pub fn usable(&self) -> bool {
        match self {
            SendError::Later { usable, .. } | SendError::Refused { usable, .. } => *usable,
        }
    }
}

/// One way open to the target, for one mail after another.
#[derive(Debug)]
pub struct Link(Kind);

#[derive(Debug)]
enum Kind {
    Smtp(Box<smtp::SmtpLink>),
    Folder(PathBuf),
    Memory(Memory),
}

impl Link {
    /// Connects; `helo` is the name this machine gives itself. Fails only with [`SendError::Later`].
    pub async fn open(target: &Target, helo: &str) -> Result<Link, SendError> {
        Ok(Link(match target {
            Target::Smtp(config) => Kind::Smtp(Box::new(smtp::SmtpLink::open(config, helo).await?)),
            Target::Folder(path) => Kind::Folder(path.clone()),
            Target::Memory(memory) => Kind::Memory(memory.clone()),
        }))
    }

    /// Hands over one mail to one recipient and returns the server's words.
    ///
    /// An empty `envelope_from` is the null sender. Safe to cancel: the link is unusable then.
    pub async fn send(&mut self, envelope_from: &str, to: &str, bytes: &[u8]) -> Result<String, SendError> {
        let bytes = super::message::crlf(bytes);
        match &mut self.0 {
            Kind::Smtp(link) => link.send(envelope_from, to, &bytes).await,
            Kind::Folder(path) => folder::store(path, envelope_from, to, &bytes).await,
            Kind::Memory(memory) => Ok(memory.store(envelope_from, to, &bytes)),
        }
    }

    /// Whether another mail can be sent over it.
    pub fn usable(&self) -> bool {
        match &self.0 {
            Kind::Smtp(link) => link.usable(),
            Kind::Folder(_) | Kind::Memory(_) => true,
        }
    }

    /// Takes leave of the server, without insisting on an answer.
    pub async fn close(self) {
        if let Kind::Smtp(link) = self.0 {
            link.close().await;
        }
    }
}

#[cfg(test)]
#[path = "../../../../tests/it/support/smtp.rs"]
mod sink;

#[cfg(test)]
mod tests;
