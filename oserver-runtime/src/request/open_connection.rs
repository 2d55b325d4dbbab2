//! How long a connection counts as open.

use std::ops::Deref;
use std::sync::Arc;

use crate::request::connection::ConnectionContext;
use crate::request::server::ServerContext;

/// A connection is open, and counts as that, until this is dropped. It goes with the socket: what a
/// handler that is stuck for ever holds of its connection does not keep that open.
#[derive(Debug)]
pub(crate) struct OpenConnection(pub(crate) Arc<ConnectionContext>);

impl OpenConnection {
    pub(crate) fn new(server: Arc<ServerContext>) -> Self {
        server.connection_begins();
        Self(Arc::new(ConnectionContext::new(server)))
    }
}

impl Deref for OpenConnection {
    type Target = ConnectionContext;

    fn deref(&self) -> &ConnectionContext {
        &self.0
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.0.server.connection_ends();
    }
}
