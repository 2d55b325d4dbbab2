//! A request reaches its route: may its poll stay on the worker?
//!
//! The route is known only when the router has matched, inside of the first poll. If the route may not
//! run on a worker now, the gate in front of its handler yields before anything of the handler has
//! run, and the request task moves the call.

use std::task::{Context, Poll};

use crate::health::conduct::{Breaker, Conduct};
use crate::health::routes::RouteIndex;
use crate::request::call::{Call, Placement, Verdict};
use crate::request::current;

/// Whether a poll may go on where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passage {
    Open,
    /// Its route has as many polls on workers as it may have. They may be over in a moment.
    Crowded,
    /// On an overflow thread.
    Move,
    /// Not at all: the route's breaker is open.
    Refuse,
}

/// A poll of `call` begins on a worker. With [`Passage::Open`] it must be ended by [`leave_worker`].
pub(crate) fn enter_worker(call: &Call, first: bool) -> Passage {
    let Some(route) = call.route_if_known() else {
        call.set_placement(Placement::Worker);
        return Passage::Open;
    };
    let conduct = call.server.routes.entry(route).conduct();
    if first {
        match conduct.breaker() {
            Breaker::Closed => {}
            Breaker::Probe => call.set_probe(),
            Breaker::Open => return Passage::Refuse,
        }
    }
    if conduct.is_quarantined() {
        return Passage::Move;
    }
    if !conduct.try_share(call.server.share) {
        return Passage::Crowded;
    }
    call.set_placement(Placement::Share(route));
    Passage::Open
}

/// The poll on the worker has ended.
pub(crate) fn leave_worker(call: &Call) {
    if let Placement::Share(route) = call.set_placement(Placement::Elsewhere) {
        call.server.routes.entry(route).conduct().return_share();
    }
}

/// One of the polls that a route may have on workers.
pub(crate) struct Share<'a>(&'a Conduct);

/// For a poll that is not of the response: its route is known, and it may be while another is polled.
pub(crate) fn share_of(call: &Call) -> Option<Share<'_>> {
    Share::of(call.route().conduct(), call.server.share)
}

impl<'a> Share<'a> {
    fn of(conduct: &'a Conduct, limit: u32) -> Option<Self> {
        // Not by `then_some`: one that was not granted would be made, and dropped, and so returned.
        (!conduct.is_quarantined() && conduct.try_share(limit)).then(|| Self(conduct))
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        self.0.return_share();
    }
}

/// The call becomes one of `route`.
pub(crate) fn reach(call: &Call, route: RouteIndex) -> Passage {
    call.set_route(route);
    let before = call.placement();
    if before == Placement::Share(route) {
        return Passage::Open;
    }
    let conduct = call.server.routes.entry(route).conduct();
    match conduct.breaker() {
        Breaker::Closed => {}
        Breaker::Probe => call.set_probe(),
        Breaker::Open => return Passage::Refuse,
    }
    if before == Placement::Elsewhere {
        return Passage::Open;
    }
    if conduct.is_quarantined() {
        return Passage::Move;
    }
    if !conduct.try_share(call.server.share) {
        return Passage::Crowded;
    }
    call.set_placement(Placement::Share(route));
    if let Placement::Share(before) = before {
        call.server.routes.entry(before).conduct().return_share();
    }
    Passage::Open
}

/// Stands in front of what may not go on here: pending once, so that the request task can act.
#[derive(Debug)]
pub(crate) struct Gate(Passage);

impl Gate {
    pub(crate) fn new(passage: Passage) -> Self {
        Self(passage)
    }

    /// Ready when the poll may go on.
    pub(crate) fn poll(&mut self, context: &Context<'_>) -> Poll<()> {
        let verdict = match std::mem::replace(&mut self.0, Passage::Open) {
            Passage::Open => return Poll::Ready(()),
            Passage::Crowded => Verdict::Wait,
            Passage::Move => Verdict::Move,
            Passage::Refuse => Verdict::Refuse,
        };
        current::with(|call| call.set_verdict(verdict));
        // Middleware in between may poll only what was woken.
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(all(test, not(oserver_loom)))]
mod tests {
    use super::*;

    #[test]
    fn who_is_refused_a_share_returns_none() {
        let conduct = Conduct::new();
        let granted = [(); 2].map(|()| Share::of(&conduct, 2).expect("a share"));
        for _ in 0..3 {
            assert!(Share::of(&conduct, 2).is_none(), "more than the share");
        }
        drop(granted);
        assert!(Share::of(&conduct, 2).is_some(), "a share was lost");
    }
}
