//! Alarms, as they are written down: one record when a route's alarm is raised, and one when it is
//! cleared.

use http::StatusCode;

use crate::fault_log::record::{Level, Record};
use crate::health::failure_status;
use crate::health::route_table::RouteEntry;
use crate::request::state::Call;

/// A request went wrong by the server's doing. Further faults of the same request are not counted.
pub(crate) fn faulty(call: &Call) {
    if call.set_faulty() {
        let route = call.route();
        if let Some(reason) = call.server.health.fault(route) {
            raised(route, &reason);
        }
    }
}

/// A thread of `route` was abandoned.
pub(crate) fn abandoned(call: &Call, route: &RouteEntry) {
    if let Some(reason) = call.server.health.abandoned(route) {
        raised(route, &reason);
    }
}

/// A request has the head of its answer. Says whether it was answered well, as far as that goes.
pub(crate) fn answered(call: &Call, status: StatusCode) -> bool {
    if failure_status::is_failure(status) {
        // Also one that the handler made itself.
        faulty(call);
    }
    failure_status::is_success(status) && !call.is_faulty()
}

/// A request was answered well, and whole.
pub(crate) fn succeeded(call: &Call) {
    if !call.is_faulty() {
        let route = call.route();
        if let Some(reason) = call.server.health.success(route) {
            let message = format!("alarm over: {reason}");
            of(route, Record::new(Level::Warn, "alarm-over", &message)).write();
        }
    }
}

fn raised(route: &RouteEntry, reason: &str) {
    let message = format!("alarm: {reason}");
    of(route, Record::new(Level::Error, "alarm", &message)).write();
}

fn of<'a>(route: &RouteEntry, record: Record<'a>) -> Record<'a> {
    Record { route: Some(route.label()), ..record }
}
