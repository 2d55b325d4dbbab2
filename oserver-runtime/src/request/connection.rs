//! What requests need to know of the connection that they came over.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::id::{ConnectionId, IdPrefix};
use super::server::ServerContext;

/// What requests need to know of the connection that they came over. It is open for as long as this
/// lives.
#[derive(Debug)]
pub(crate) struct ConnectionContext {
    server: Arc<ServerContext>,
    pub(crate) id: ConnectionId,
    /// Set when a response broke off: the connection must then be reset, not closed, or a client
    /// that reads until the end takes the part that it has for the whole.
    pub(crate) reset: AtomicBool,
    /// A response is being waited for: somebody must notice if the client goes.
    pub(crate) watched: AtomicBool,
    gone: AtomicBool,
    /// What the ids of this connection's requests begin with.
    pub(crate) id_prefix: IdPrefix,
}

impl ConnectionContext {
    pub(crate) fn new(server: Arc<ServerContext>) -> Self {
        let id = ConnectionId::next();
        server.connections.fetch_add(1, Ordering::Relaxed);
        Self {
            server,
            id,
            reset: AtomicBool::new(false),
            watched: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            id_prefix: IdPrefix::of(id),
        }
    }

    /// The client has gone. Says whether that is news.
    ///
    /// This and [`Call::wait`](super::call::Call::wait) are the two halves of a handshake: each side writes its own flag and then
    /// reads the other's, in one total order, so at least one of them sees both.
    pub(crate) fn set_gone(&self) -> bool {
        !self.gone.swap(true, Ordering::SeqCst)
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }
}

impl Drop for ConnectionContext {
    fn drop(&mut self) {
        self.server.connections.fetch_sub(1, Ordering::Relaxed);
    }
}
