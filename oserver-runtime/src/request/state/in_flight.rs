//! Under which route a request counts as in flight, and whether something of it went wrong.

use std::sync::atomic::Ordering;

use crate::health::route_table::RouteIndex;
use crate::request::state::Call;
use crate::request::state::table::UNROUTED;

/// The request is not in flight any more.
const NOT_IN_FLIGHT: u32 = u32::MAX - 1;

impl Call {
    /// Begins the request. If the app names no routes, the path decides where it counts; otherwise the router will.
    pub(crate) fn begin(&self) {
        self.connection.request_begins();
        if !self.server.names_routes {
            self.enter_in_flight(self.route_index());
        }
    }

    /// Counts the request as in flight under `route`.
    pub(crate) fn enter_in_flight(&self, route: RouteIndex) {
        let in_flight = |now| (now != NOT_IN_FLIGHT).then_some(route.0);
        let before =
            self.progress.in_flight.fetch_update(Ordering::Relaxed, Ordering::Relaxed, in_flight);
        // One that was answered in the meantime stays so.
        if let Ok(before) = before
            && before != route.0
        {
            let before = (before != UNROUTED).then_some(RouteIndex(before));
            self.server.routes.moves(before, Some(route));
        }
    }

    /// Ends the time in flight: the request has its answer, or no client waits for one.
    pub(crate) fn leave_in_flight(&self) {
        let before = self.progress.in_flight.swap(NOT_IN_FLIGHT, Ordering::Relaxed);
        if !matches!(before, UNROUTED | NOT_IN_FLIGHT) {
            self.server.routes.moves(Some(RouteIndex(before)), None);
        }
    }

    /// Notes a fault of the server in this request. Returns `true` if it is the first.
    pub(crate) fn set_faulty(&self) -> bool {
        !self.progress.faulty.swap(true, Ordering::Relaxed)
    }

    pub(crate) fn is_faulty(&self) -> bool {
        self.progress.faulty.load(Ordering::Relaxed)
    }
}
