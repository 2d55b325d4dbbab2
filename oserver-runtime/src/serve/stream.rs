//! The bytes of a connection, and how it ends.

use std::io;
use std::io::IoSlice;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

use crate::request::connection::ConnectionContext;

/// A TCP stream that is reset, not closed, when a response on it broke off.
#[derive(Debug)]
pub(super) struct Stream {
    tcp: TcpStream,
    connection: Arc<ConnectionContext>,
}

impl Stream {
    pub(super) fn new(tcp: TcpStream, connection: Arc<ConnectionContext>) -> Self {
        Self { tcp, connection }
    }

    /// Notices that the client has gone, while nobody reads from the connection. Takes no byte.
    fn watch(&self, context: &mut Context<'_>) {
        let mut byte = [0];
        let gone = match self.tcp.poll_peek(context, &mut ReadBuf::new(&mut byte)) {
            Poll::Ready(Ok(0) | Err(_)) => true,
            // The rest of a body that nobody reads yet, or the next request.
            Poll::Ready(Ok(_)) | Poll::Pending => false,
        };
        if gone && self.connection.set_gone() {
            // For the response that is being waited for.
            context.waker().wake_by_ref();
        }
    }

    fn tcp(self: Pin<&mut Self>) -> Pin<&mut TcpStream> {
        Pin::new(&mut self.get_mut().tcp)
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if self.connection.reset.load(Ordering::Relaxed) {
            // Where that cannot be had, the connection is closed without the end of its body.
            _ = self.tcp.set_zero_linger();
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.tcp().poll_read(context, buffer)
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.tcp().poll_write(context, bytes)
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.tcp().poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.tcp.is_write_vectored()
    }

    /// hyper comes here at the end of each of its polls, so also when it waits for a response.
    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.connection.watched.load(Ordering::Relaxed) {
            self.watch(context);
        }
        self.tcp().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.tcp().poll_shutdown(context)
    }
}
