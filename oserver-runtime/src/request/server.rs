//! What requests need to know of the server that they came to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use crate::health::routes::RouteTable;

/// How long a request may take if neither its handler nor the server says.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// What requests need to know of the server that they came to.
#[derive(Debug)]
pub(crate) struct ServerContext {
    pub(crate) routes: Arc<RouteTable>,
    /// Tells this server's route entries from those of another in the same process.
    pub(crate) id: u64,
    /// How long a request may take, from its head on, if its handler does not say.
    pub(crate) timeout: Option<Duration>,
    /// How many polls of one route may run on workers at a time.
    pub(crate) share: u32,
    /// The app names the route of every request that it has a handler for. Of one that does not, the
    /// path alone tells the route.
    pub(crate) names_routes: bool,
    pub(super) connections: AtomicUsize,
    draining: AtomicBool,
}

impl ServerContext {
    pub(crate) fn new(
        routes: Arc<RouteTable>,
        timeout: Option<Duration>,
        share: u32,
        names_routes: bool,
    ) -> Self {
        static SERVERS: AtomicU64 = AtomicU64::new(0);
        Self {
            routes,
            id: SERVERS.fetch_add(1, Ordering::Relaxed),
            timeout,
            share,
            names_routes,
            connections: AtomicUsize::new(0),
            draining: AtomicBool::new(false),
        }
    }

    /// No connection is kept for a further request.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    pub(crate) fn has_connections(&self) -> bool {
        self.connections.load(Ordering::Relaxed) > 0
    }
}
