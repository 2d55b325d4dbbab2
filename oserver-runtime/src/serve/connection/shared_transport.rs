//! The transport of a connection, where its task can be deprived of it.
//!
//! The task of a connection may poll a handler, and be blocked by it. Then the transport is taken from here, for an
//! [out-of-band response](super::out_of_band). The task finds that out when it comes back.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::Poll;

use crate::request::open_connection::OpenConnection;
use crate::serve::listener::Transport;

/// Shared by the task of a connection and an out-of-band response.
pub(super) struct SharedTransport<T: Transport>(Mutex<Option<OpenTransport<T>>>);

/// A transport whose connection counts as open as long as it exists. It is reset, not closed, if a response on it
/// broke off.
pub(super) struct OpenTransport<T: Transport> {
    pub(super) transport: T,
    connection: OpenConnection,
}

impl<T: Transport> SharedTransport<T> {
    pub(super) fn new(transport: T, connection: OpenConnection) -> Self {
        Self(Mutex::new(Some(OpenTransport { transport, connection })))
    }

    /// Task: polls the transport. Where it was taken, that is an error.
    pub(super) fn poll<R>(
        &self,
        poll: impl FnOnce(&mut T) -> Poll<io::Result<R>>,
    ) -> Poll<io::Result<R>> {
        match self.lock().as_mut() {
            Some(open) => poll(&mut open.transport),
            None => Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into())),
        }
    }

    /// Task: uses the transport. Returns `None` if it was taken.
    pub(super) fn with<R>(&self, ask: impl FnOnce(&mut T) -> R) -> Option<R> {
        self.lock().as_mut().map(|open| ask(&mut open.transport))
    }

    /// Takes the transport for good if `may_take` returns `true`; `may_take` is called only if the transport is here.
    /// The connection task does not use it at this time, because it is blocked.
    pub(super) fn take_if(&self, may_take: impl FnOnce() -> bool) -> Option<OpenTransport<T>> {
        let mut open = match self.0.try_lock() {
            Ok(open) => open,
            Err(TryLockError::Poisoned(open)) => open.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        open.take_if(|_| may_take())
    }

    fn lock(&self) -> MutexGuard<'_, Option<OpenTransport<T>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Transport> Drop for OpenTransport<T> {
    fn drop(&mut self) {
        if self.connection.reset.get() {
            self.transport.reset_on_drop();
        }
    }
}
