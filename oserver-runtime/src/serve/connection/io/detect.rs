//! Detection of a client's protocol by its first bytes.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::io::ReadBuf;

use super::{PREFACE, Stream};
use crate::serve::connection::timeouts::TimeoutKind;
use crate::serve::listener::Transport;

/// The protocol of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve::connection) enum Protocol {
    Http1,
    Http2,
}

impl<T: Transport> Stream<T> {
    /// Reads until the protocol of the client is known. `None` if the client closed without sending a byte.
    pub(in crate::serve::connection) fn poll_protocol(
        &mut self,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<Option<Protocol>>> {
        loop {
            let read = usize::from(self.ahead_to);
            if !cfg!(feature = "http2") || self.ahead[..read] != PREFACE[..read] {
                return Poll::Ready(Ok(Some(Protocol::Http1)));
            }
            if read == PREFACE.len() {
                return Poll::Ready(Ok(Some(Protocol::Http2)));
            }
            let mut buffer = ReadBuf::new(&mut self.ahead[read..]);
            match self
                .transport
                .poll(|transport| Pin::new(transport).poll_read(context, &mut buffer))
            {
                Poll::Pending => {
                    return match self.timeouts.wait_to_read(context) {
                        Ok(()) => Poll::Pending,
                        Err(TimeoutKind::Idle) => Poll::Ready(Ok(None)),
                        Err(timeout) => Poll::Ready(Err(timeout.into_error())),
                    };
                }
                Poll::Ready(result) => result?,
            }
            let count = buffer.filled().len();
            match (count, read) {
                (0, 0) => return Poll::Ready(Ok(None)),
                (0, _) => return Poll::Ready(Ok(Some(Protocol::Http1))),
                _ => {}
            }
            self.ahead_to += count as u8;
            if let Err(timeout) = self.timeouts.has_read(count) {
                return Poll::Ready(Err(timeout.into_error()));
            }
        }
    }
}
