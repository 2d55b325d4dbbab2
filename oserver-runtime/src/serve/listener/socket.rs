//! A TCP or Unix connection.

use std::io::{self, IoSlice};
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use http::Extensions;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
#[cfg(unix)]
use tokio::net::UnixStream;

use super::{Closed, Transport};

/// A TCP or Unix connection.
#[derive(Debug)]
pub struct Socket(Kind);

#[derive(Debug)]
enum Kind {
    Tcp(TcpStream),
    #[cfg(unix)]
    Unix(UnixStream),
}

impl From<TcpStream> for Socket {
    fn from(stream: TcpStream) -> Self {
        Self(Kind::Tcp(stream))
    }
}

#[cfg(unix)]
impl From<UnixStream> for Socket {
    fn from(stream: UnixStream) -> Self {
        Self(Kind::Unix(stream))
    }
}

impl Transport for Socket {
    fn poll_closed(&mut self, context: &mut Context<'_>) -> Poll<Closed> {
        let mut byte = [0];
        let peeked = match &mut self.0 {
            Kind::Tcp(stream) => stream.poll_peek(context, &mut ReadBuf::new(&mut byte)),
            #[cfg(unix)]
            Kind::Unix(stream) => poll_peek(stream, context),
        };
        match peeked {
            Poll::Ready(Ok(0)) if !self.has_hung_up() => Poll::Ready(Closed::Sending),
            Poll::Ready(Ok(0) | Err(_)) => Poll::Ready(Closed::Both),
            // The rest of a body that the handler has not read yet, or the next request.
            Poll::Ready(Ok(_)) | Poll::Pending => Poll::Pending,
        }
    }

    fn peer_addr(&self) -> Option<SocketAddr> {
        match &self.0 {
            Kind::Tcp(stream) => stream.peer_addr().ok(),
            #[cfg(unix)]
            Kind::Unix(_) => None,
        }
    }

    /// Returns the process at the other end of a Unix socket, as [`UCred`](tokio::net::unix::UCred): for handlers with
    /// `Extension<UCred>`, and, with the feature `connect-info`, `ConnectInfo<UCred>`.
    fn extensions(&self) -> Extensions {
        #[cfg_attr(not(unix), expect(unused_mut, reason = "nothing is added"))]
        let mut extensions = Extensions::new();
        #[cfg(unix)]
        if let Kind::Unix(stream) = &self.0
            && let Ok(process) = stream.peer_cred()
        {
            extensions.insert(process);
            #[cfg(feature = "connect-info")]
            extensions.insert(axum::extract::ConnectInfo(process));
        }
        extensions
    }

    fn reset_on_drop(&mut self) {
        match &self.0 {
            // If this cannot be set, the connection is closed without the end of its body.
            Kind::Tcp(stream) => _ = stream.set_zero_linger(),
            // A Unix socket knows no reset; the client sees only that a part of the body is missing.
            #[cfg(unix)]
            Kind::Unix(_) => {}
        }
    }
}

impl Socket {
    /// Returns `true` if the other end has gone for sure: it has reset the connection, or, of a Unix socket, closed it.
    #[cfg(unix)]
    fn has_hung_up(&self) -> bool {
        use rustix::event::{PollFd, PollFlags, Timespec, poll};

        let fd = match &self.0 {
            Kind::Tcp(stream) => PollFd::new(stream, PollFlags::empty()),
            Kind::Unix(stream) => PollFd::new(stream, PollFlags::empty()),
        };
        let mut fds = [fd];
        let polled = poll(&mut fds, Some(&Timespec::default()));
        polled.is_err() || fds[0].revents().intersects(PollFlags::HUP | PollFlags::ERR)
    }

    /// Returns `true` if the client has hung up, or if that cannot be known.
    #[cfg(not(unix))]
    fn has_hung_up(&self) -> bool {
        true
    }
}

/// As `TcpStream::poll_peek`, which tokio does not have for Unix sockets.
#[cfg(unix)]
fn poll_peek(stream: &UnixStream, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
    loop {
        ready!(stream.poll_read_ready(context))?;
        let peeked = stream.try_io(tokio::io::Interest::READABLE, || {
            socket2::SockRef::from(stream).peek(&mut [std::mem::MaybeUninit::uninit()])
        });
        match peeked {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            peeked => return Poll::Ready(peeked),
        }
    }
}

macro_rules! either {
    ($socket:expr, $stream:ident => $result:expr) => {
        match &mut $socket.get_mut().0 {
            Kind::Tcp($stream) => $result,
            #[cfg(unix)]
            Kind::Unix($stream) => $result,
        }
    };
}

impl AsyncRead for Socket {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        either!(self, stream => Pin::new(stream).poll_read(context, buffer))
    }
}

impl AsyncWrite for Socket {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => Pin::new(stream).poll_write(context, bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        either!(self, stream => Pin::new(stream).poll_write_vectored(context, slices))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => Pin::new(stream).poll_flush(context))
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        either!(self, stream => Pin::new(stream).poll_shutdown(context))
    }
}
