//! Context of a server, for the requests that came to it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::Notify;

use crate::health::readiness::ServerHealth;
use crate::health::route_table::RouteTable;
use crate::request::client::Network;
use crate::request::limits::Limits;
use crate::request::shutdown_signal;
use crate::sync::until;

/// Connections of all servers.
static OF_PROCESS: AtomicUsize = AtomicUsize::new(0);

/// Returns how many connections the servers of this process have open.
pub(crate) fn connections_of_process() -> usize {
    OF_PROCESS.load(Ordering::Relaxed)
}

/// The context of a server, for the requests that came to it.
#[derive(Debug)]
pub(crate) struct ServerContext {
    pub(crate) routes: Arc<RouteTable>,
    pub(crate) health: Arc<ServerHealth>,
    /// Distinguishes this server's route entries from those of another server in the process.
    pub(crate) id: u64,
    /// How long a request may take, from its head on, if its handler sets no timeout.
    pub(crate) timeout: Option<Duration>,
    /// How many polls of one route may run on workers at a time.
    pub(crate) share: u32,
    /// The app names the route of every request that it has a handler for. Without this, only the path names the
    /// route.
    pub(crate) names_routes: bool,
    pub(crate) network: Limits,
    /// Peers whose `X-Forwarded-For` counts.
    pub(crate) proxies: Vec<Network>,
    phase: AtomicU8,
    /// Notified when the phase changes. A connection first starts to wait for it, and then reads the phase.
    pub(crate) phase_changed: Arc<Notify>,
    /// Notified when a connection ends, if the shutdown waits for connections.
    connection_ended: Notify,
}

/// The phases of a server's shutdown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Phase {
    Serving,
    /// No connection is kept for a further request.
    Draining,
    /// Connections without a request are closed.
    Closing,
    /// Every connection is closed.
    Forced,
}

impl ServerContext {
    pub(crate) fn new(
        health: Arc<ServerHealth>,
        timeout: Option<Duration>,
        share: u32,
        names_routes: bool,
        network: Limits,
    ) -> Self {
        Self {
            routes: Arc::clone(&health.routes),
            id: health.server,
            health,
            timeout,
            share,
            names_routes,
            network,
            proxies: Vec::new(),
            phase: AtomicU8::new(Phase::Serving as u8),
            phase_changed: Arc::default(),
            connection_ended: Notify::new(),
        }
    }

    pub(crate) fn phase(&self) -> Phase {
        const ALL: [Phase; 4] = [Phase::Serving, Phase::Draining, Phase::Closing, Phase::Forced];
        ALL[usize::from(self.phase.load(Ordering::Acquire))]
    }

    /// Moves to a later phase; an earlier phase has no effect.
    pub(crate) fn advance(&self, phase: Phase) {
        let before = self.phase.fetch_max(phase as u8, Ordering::AcqRel);
        if before == Phase::Serving as u8 {
            shutdown_signal::begins();
        }
        if before < phase as u8 {
            self.phase_changed.notify_waiters();
        }
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.phase() != Phase::Serving
    }

    /// Waits until the server accepts no further connections.
    pub(crate) async fn stopped(&self) {
        until(&self.phase_changed, || self.is_draining()).await;
    }

    pub(crate) fn connections(&self) -> usize {
        self.routes.connections.load(Ordering::Relaxed)
    }

    pub(crate) fn has_connections(&self) -> bool {
        self.connections() > 0
    }

    pub(crate) fn connection_begins(&self) {
        OF_PROCESS.fetch_add(1, Ordering::Relaxed);
        self.routes.connections.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn connection_ends(&self) {
        OF_PROCESS.fetch_sub(1, Ordering::Relaxed);
        let before = self.routes.connections.fetch_sub(1, Ordering::Relaxed);
        if before >= self.network.max_connections || self.is_draining() {
            self.connection_ended.notify_waiters();
        }
    }

    /// Waits until `is_so`, which can become so only when a connection ends.
    pub(crate) async fn until(&self, is_so: impl Fn(&Self) -> bool) {
        until(&self.connection_ended, || is_so(self)).await;
    }
}
