//! Metrics of one server, for the user to read.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::health::route_table::{RouteEntry, RouteTable};
use crate::metrics::route_metrics::RouteMetrics;

/// A reader of the counters of one server; cheap to clone, and always valid.
#[derive(Clone, Debug)]
pub struct ServerMetrics(pub(crate) Arc<RouteTable>);

impl ServerMetrics {
    /// Connections that are open.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.0.connections.load(Ordering::Relaxed)
    }

    /// Returns every route that got at least one request.
    #[must_use]
    pub fn routes(&self) -> Vec<RouteMetrics> {
        self.0.entries().map(RouteEntry::metrics).collect()
    }
}

// Counting takes no lock. That of the table is taken when a route is seen for the first time, and runs no user code.
oserver_state::__derived! { [] ServerMetrics, held oserver_state::__private::Nothing }
