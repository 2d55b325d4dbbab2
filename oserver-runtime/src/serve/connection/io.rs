//! The bytes of a connection: bytes that were read ahead, timeouts, and the end.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::request::connection::ConnectionContext;
use crate::request::open_connection::OpenConnection;
use crate::serve::connection::closing::ServerClosing;
use crate::serve::connection::half_close::HalfClose;
use crate::serve::connection::shared_transport::SharedTransport;
use crate::serve::connection::timeouts::{ConnectionTimeouts, TimeoutKind};
use crate::serve::listener::{Closed, Transport};

/// The first bytes of an HTTP/2 client (RFC 9113, 3.4).
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

mod detect;
mod join;

pub(super) use self::detect::Protocol;

/// A transport that ends when its client times out.
pub(super) struct Stream<T: Transport> {
    transport: Arc<SharedTransport<T>>,
    timeouts: ConnectionTimeouts,
    /// The bytes that were read to detect the protocol.
    ahead: [u8; PREFACE.len()],
    ahead_from: u8,
    ahead_to: u8,
    /// No further byte is sent.
    shut: bool,
    server_closing: ServerClosing,
    half_close: HalfClose,
    connection: Arc<ConnectionContext>,
}

impl<T: Transport> Stream<T> {
    pub(super) fn new(transport: T, open: OpenConnection) -> Self {
        let connection = Arc::clone(&open.0);
        let transport = Arc::new(SharedTransport::new(transport, open));
        let timeouts = ConnectionTimeouts::new(Arc::clone(&connection));
        let ahead = [0; PREFACE.len()];
        Self {
            transport,
            timeouts,
            ahead,
            ahead_from: 0,
            ahead_to: 0,
            shut: false,
            server_closing: ServerClosing::default(),
            half_close: HalfClose::default(),
            connection,
        }
    }

    /// Returns the place from which another task can take the transport.
    pub(super) fn shared(&self) -> &Arc<SharedTransport<T>> {
        &self.transport
    }

    /// Notices that the client has left, while no code reads from the connection. Takes no byte.
    fn watch(&mut self, context: &mut Context<'_>) {
        let is_gone = self.transport.with(|transport| match transport.poll_closed(context) {
            Poll::Pending => false,
            Poll::Ready(Closed::Both) => true,
            Poll::Ready(Closed::Sending) => {
                !self.half_close.may_read(transport, &self.connection, context)
            }
        });
        if is_gone == Some(true) && self.connection.set_gone() {
            // Wakes the task that waits for the response.
            context.waker().wake_by_ref();
        }
    }

    /// Closing a socket with unread bytes resets it. A client that is still sending may then miss the response that
    /// says why (RFC 9112, 9.6). So the rest is read for a while.
    fn poll_linger(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut scratch = [0; 4096];
        loop {
            let mut buffer = ReadBuf::new(&mut scratch);
            match self
                .transport
                .poll(|transport| Pin::new(transport).poll_read(context, &mut buffer))
            {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {}
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => break,
            }
            if self.timeouts.wait_to_close(context).is_err() {
                return Poll::Ready(Ok(()));
            }
        }
        match self.timeouts.wait_to_close(context) {
            Ok(()) => Poll::Pending,
            Err(_) => Poll::Ready(Ok(())),
        }
    }

    /// Processes the result of a write.
    fn written(
        &mut self,
        written: Poll<io::Result<usize>>,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match written {
            Poll::Ready(Ok(count)) => {
                self.connection.unsent.set(false);
                self.timeouts.has_written(count);
                Poll::Ready(Ok(count))
            }
            Poll::Ready(Err(error)) => Poll::Ready(Err(error)),
            Poll::Pending if self.connection.upgraded.get() => Poll::Pending,
            Poll::Pending => match self.timeouts.wait_to_write(context) {
                Ok(()) => {
                    self.connection.unsent.set(true);
                    Poll::Pending
                }
                Err(timeout) => {
                    // The part that the client has must not pass for the whole.
                    self.connection.reset.set(true);
                    Poll::Ready(Err(timeout.into_error()))
                }
            },
        }
    }
}

impl<T: Transport> AsyncRead for Stream<T> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.ahead_from < this.ahead_to {
            let ahead = &this.ahead[usize::from(this.ahead_from)..usize::from(this.ahead_to)];
            let count = ahead.len().min(buffer.remaining());
            buffer.put_slice(&ahead[..count]);
            this.ahead_from += count as u8;
            if usize::from(this.ahead_from) == PREFACE.len() && buffer.remaining() > 0 {
                // Reads the rest of the received bytes into the same buffer. hyper doubles a buffer that holds a part
                // of a head, and keeps it so as long as the connection lives. An error comes again.
                let before = buffer.filled().len();
                _ = this.transport.poll(|transport| Pin::new(transport).poll_read(context, buffer));
                let count = buffer.filled().len() - before;
                this.timeouts.has_read(count).map_err(TimeoutKind::into_error)?;
            }
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        match this.transport.poll(|transport| Pin::new(transport).poll_read(context, buffer)) {
            // Treated as if the client had closed.
            Poll::Pending if this.connection.upgraded.get() => {
                this.server_closing.poll(&this.connection, context).map(Ok)
            }
            Poll::Pending => match this.timeouts.wait_to_read(context) {
                Ok(()) => Poll::Pending,
                // Treated as if the client had closed.
                Err(TimeoutKind::Idle) => Poll::Ready(Ok(())),
                Err(timeout) => Poll::Ready(Err(timeout.into_error())),
            },
            Poll::Ready(Ok(())) => {
                let count = buffer.filled().len() - before;
                Poll::Ready(this.timeouts.has_read(count).map_err(TimeoutKind::into_error))
            }
            error => error,
        }
    }
}

impl<T: Transport> AsyncWrite for Stream<T> {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let written =
            this.transport.poll(|transport| Pin::new(transport).poll_write(context, bytes));
        this.written(written, context)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let mut joined = [0; join::SMALL];
        if let Some(bytes) = join::join(slices, &mut joined) {
            let written =
                this.transport.poll(|transport| Pin::new(transport).poll_write(context, bytes));
            return this.written(written, context);
        }
        let written = this
            .transport
            .poll(|transport| Pin::new(transport).poll_write_vectored(context, slices));
        this.written(written, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.with(|transport| transport.is_write_vectored()).unwrap_or(false)
    }

    /// hyper comes here at the end of each of its polls, so also when it waits for a response.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if this.connection.watched.get() {
            this.watch(context);
        }
        let flushed = this.transport.poll(|transport| Pin::new(transport).poll_flush(context));
        if flushed.is_pending() {
            // A transport with its own buffer.
            ready!(this.written(Poll::Pending, context))?;
        } else {
            this.connection.unsent.set(false);
        }
        flushed
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.shut {
            let shut = this.transport.poll(|transport| Pin::new(transport).poll_shutdown(context));
            if shut.is_pending() {
                ready!(this.written(Poll::Pending, context))?;
            }
            ready!(shut)?;
            this.shut = true;
        }
        if !this.connection.has_unread() {
            return Poll::Ready(Ok(()));
        }
        this.connection.unsent.set(true);
        this.poll_linger(context)
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests;
