//! A request reaches its route: may its poll stay on the worker?
//!
//! The route is known only when the router has matched, inside of the first poll. If the route may not
//! run on a worker now, the gate in front of its handler yields before anything of the handler has
//! run, and the request task moves the call.

use std::sync::Arc;

use crate::admission::circuit_breaker::{BreakerState, CircuitBreaker};
use crate::admission::decision::AdmissionDecision;
use crate::health::route_table::RouteIndex;
use crate::request::state::{Call, Placement};

/// Begins a poll of `call` on a worker. With [`AdmissionDecision::Run`] the caller must end it by [`leave_worker`].
pub(crate) fn enter_worker(call: &Call, first: bool) -> AdmissionDecision {
    let Some(route) = call.route_if_known() else {
        call.set_placement(Placement::Worker);
        return AdmissionDecision::Run;
    };
    let breaker = &call.server.routes.entry(route).breaker;
    if first && is_refused(call, breaker) {
        return AdmissionDecision::Reject;
    }
    take_share(call, route, breaker)
}

/// Returns `true` if the breaker of its route is open for the call.
fn is_refused(call: &Call, breaker: &CircuitBreaker) -> bool {
    let state = breaker.check();
    if state == BreakerState::Probe {
        call.progress.probe.set(true);
    }
    state == BreakerState::Open
}

/// Takes one of the polls that its route may have on workers.
fn take_share(call: &Call, route: RouteIndex, breaker: &CircuitBreaker) -> AdmissionDecision {
    if breaker.is_quarantined() {
        return AdmissionDecision::Offload;
    }
    // A poll that blocks there ends the connection.
    if call.progress.in_connection.get() && !breaker.is_reliable() {
        return AdmissionDecision::Wait;
    }
    if !breaker.try_share(call.server.share) {
        return AdmissionDecision::Wait;
    }
    if let Placement::Share(before) = call.set_placement(Placement::Share(route)) {
        call.server.routes.entry(before).breaker.return_share();
    }
    AdmissionDecision::Run
}

/// Ends the poll on the worker.
pub(crate) fn leave_worker(call: &Call) {
    if let Placement::Share(route) = call.set_placement(Placement::Elsewhere) {
        let breaker = &call.server.routes.entry(route).breaker;
        breaker.poll_ended();
        breaker.return_share();
    }
}

impl Call {
    /// Returns `true` if this poll may block. If not, the request task moves the call to a thread where it
    /// may, once the poll has returned pending.
    pub(crate) fn may_block(&self) -> bool {
        if self.placement() == Placement::Elsewhere {
            return true;
        }
        self.progress.blocking.set(true);
        self.set_decision(AdmissionDecision::Offload);
        false
    }
}

/// One of the polls that a route may have on workers.
pub(crate) struct Share<'a>(&'a CircuitBreaker);

/// Takes a share for a poll that is not of the response: its route is known, and another poll may run at the same
/// time.
pub(crate) fn share_of(call: &Call) -> Option<Share<'_>> {
    Share::of(&call.route().breaker, call.server.share)
}

impl<'a> Share<'a> {
    fn of(breaker: &'a CircuitBreaker, limit: u32) -> Option<Self> {
        // Not by `then_some`: that would make and drop a share that was not granted, and so return it.
        (!breaker.is_quarantined() && breaker.try_share(limit)).then(|| Self(breaker))
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.0.return_share();
    }
}

/// One of the overflow threads that a route may have.
pub(crate) struct ThreadShare {
    call: Arc<Call>,
    route: RouteIndex,
}

impl ThreadShare {
    /// Returns `None` if the call's route has `limit` of them.
    pub(crate) fn of(call: &Arc<Call>, limit: u32) -> Option<Self> {
        // The request may belong to another route afterwards.
        let route = call.route_index();
        let breaker = &call.server.routes.entry(route).breaker;
        breaker.try_thread(limit).then(|| Self { call: Arc::clone(call), route })
    }
}

impl Drop for ThreadShare {
    fn drop(&mut self) {
        self.call.server.routes.entry(self.route).breaker.return_thread();
    }
}

/// Moves the call to `route`.
pub(crate) fn reach(call: &Call, route: RouteIndex) -> AdmissionDecision {
    call.set_route(route);
    let before = call.placement();
    if before == Placement::Share(route) {
        return AdmissionDecision::Run;
    }
    let breaker = &call.server.routes.entry(route).breaker;
    if is_refused(call, breaker) {
        return AdmissionDecision::Reject;
    }
    match before {
        Placement::Elsewhere => AdmissionDecision::Run,
        _ => take_share(call, route, breaker),
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn who_is_refused_a_share_returns_none() {
        let breaker = CircuitBreaker::default();
        let granted = [(); 2].map(|()| Share::of(&breaker, 2).expect("a share"));
        for _ in 0..3 {
            assert!(Share::of(&breaker, 2).is_none(), "more than the share");
        }
        drop(granted);
        assert!(Share::of(&breaker, 2).is_some(), "a share was lost");
    }
}
