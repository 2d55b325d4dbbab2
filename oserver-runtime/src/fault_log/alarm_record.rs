//! Alarms, as they are written down: one record when a route's alarm is raised, and one when it is
//! cleared.

use http::StatusCode;

use crate::fault_log::record::{Level, Record};
use crate::health::failure_status;
use crate::health::route_table::RouteEntry;
use crate::request::state::Call;

/// Counts a request that failed by the server's fault. Further faults of the same request are not counted.
pub(crate) fn faulty(call: &Call) {
    if call.set_faulty() {
        let route = call.route();
        if let Some(reason) = call.server.health.fault(route) {
            raised(route, &reason);
        }
    }
}

/// Counts an abandoned thread of `route`.
pub(crate) fn abandoned(call: &Call, route: &RouteEntry) {
    if let Some(reason) = call.server.health.abandoned(route) {
        raised(route, &reason);
    }
}

/// Notes the head of a request's answer. Returns `true` if the request is a success so far.
pub(crate) fn answered(call: &Call, status: StatusCode) -> bool {
    if failure_status::is_failure(status) {
        // This includes a status that the handler itself set.
        faulty(call);
    }
    failure_status::is_success(status) && !call.is_faulty()
}

/// Counts a request whose answer was sent in full.
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
