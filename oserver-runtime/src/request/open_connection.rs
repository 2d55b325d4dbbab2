//! How long a connection counts as open.

use std::ops::Deref;
use std::sync::Arc;

use crate::request::connection::ConnectionContext;
use crate::request::server::ServerContext;

/// A connection counts as open until this is dropped, together with the socket. A handler that is stuck for ever does
/// not keep the connection open.
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
