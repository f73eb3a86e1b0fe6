//! The stream under an SMTP dialogue: gathers what is said in one go, and hears one line at a time.
//!
//! Why: lettre writes a body and its final dot as two packets and flushes after each; here nothing
//! leaves before an answer is awaited, so that they travel together. And a plain server that sends
//! more than its answer to STARTTLS must not have the rest taken for words under TLS.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// The longest answer, in bytes: whoever says more than that without being spoken to is no mail server.
const LONGEST_ANSWER: usize = 64 * 1024;
/// The first byte of a TLS handshake; no SMTP command begins with it.
const TLS_HANDSHAKE: u8 = 0x16;

pub(super) struct Wire<S> {
    stream: S,
    peer: SocketAddr,
    /// What has been said and not sent, and how much of it is under way.
    out: Vec<u8>,
    sent: usize,
    /// What has arrived and not been read, and how much of it has.
    heard: Vec<u8>,
    read: usize,
    line_by_line: bool,
    /// How much has arrived since something was last said.
    since_said: usize,
}

impl<S> Wire<S> {
    fn count(&mut self, more: usize) -> io::Result<()> {
        self.since_said += more;
        if self.since_said > LONGEST_ANSWER {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the answer has no end"));
        }
        Ok(())
    }

    pub(super) fn new(stream: S, peer: SocketAddr) -> Wire<S> {
        Wire {
            stream,
            peer,
            out: Vec::new(),
            sent: 0,
            heard: Vec::new(),
            read: 0,
            line_by_line: true,
            since_said: 0,
        }
    }
}

impl<S: AsyncWrite + Unpin> Wire<S> {
    fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.out.is_empty() {
            return Poll::Ready(Ok(()));
        }
        while self.sent < self.out.len() {
            let rest = &self.out[self.sent..];
            match ready!(Pin::new(&mut self.stream).poll_write(cx, rest))? {
                0 => return Poll::Ready(Err(io::ErrorKind::WriteZero.into())),
                n => self.sent += n,
            }
        }
        ready!(Pin::new(&mut self.stream).poll_flush(cx))?;
        self.out.clear();
        self.sent = 0;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Wire<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_send(cx))?;
        if !this.line_by_line {
            let before = buf.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(cx, buf))?;
            return Poll::Ready(this.count(buf.filled().len() - before));
        }
        if this.read == this.heard.len() {
            this.heard.resize(4096, 0);
            this.read = 0;
            let mut into = ReadBuf::new(&mut this.heard);
            let polled = Pin::new(&mut this.stream).poll_read(cx, &mut into);
            let filled = into.filled().len();
            this.heard.truncate(filled);
            ready!(polled)?;
            this.count(filled)?;
        }
        let rest = &this.heard[this.read..];
        let line = rest.iter().position(|b| *b == b'\n').map_or(rest.len(), |end| end + 1);
        let take = line.min(buf.remaining());
        buf.put_slice(&rest[..take]);
        this.read += take;
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Wire<S> {
    fn poll_write(self: Pin<&mut Self>, _: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if this.line_by_line && bytes.first() == Some(&TLS_HANDSHAKE) {
            this.line_by_line = false;
            if this.read < this.heard.len() {
                let text = "the server spoke on in plain text after STARTTLS";
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::InvalidData, text)));
            }
        }
        this.since_said = 0;
        this.out.extend_from_slice(bytes);
        Poll::Ready(Ok(bytes.len()))
    }

    /// Nothing leaves before an answer is awaited, or the end has come.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_send(cx))?;
        Pin::new(&mut this.stream).poll_shutdown(cx)
    }
}

impl<S> fmt::Debug for Wire<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Wire to {}", self.peer)
    }
}

impl<S: AsyncRead + AsyncWrite + Send + Sync + Unpin> AsyncTokioStream for Wire<S> {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.peer)
    }
}
