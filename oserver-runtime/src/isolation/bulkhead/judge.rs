//! What follows when a poll is past its deadline, and when it comes back after all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Bulkhead;
use super::slot::{Part, Role};
use crate::health::routes::RouteIndex;
use crate::health::runtime::{BlockedThread, Trouble};
use crate::record::alarm;
use crate::record::fault::{self, Stage};
use crate::request::call::{Call, GivenUp, Overdue};

/// A poll that was found to be past its deadline and has not come back.
pub(super) struct Sentence {
    call: Arc<Call>,
    /// The call may name another one when it comes back.
    route: RouteIndex,
    role: Role,
    thread: Arc<BlockedThread>,
}

/// How long any poll may take, also one that begins at its deadline: the thread may not be running
/// all the time.
const GRACE: Duration = Duration::from_millis(20);
/// How long a poll may take in which a handler is given up. That is recorded, and on a busy machine
/// all of it may take a while.
const GIVING_UP: Duration = Duration::from_millis(250);

/// When a poll must be over that was first seen at `first_seen`.
pub(super) fn deadline(call: &Call, part: Part, first_seen: Instant) -> Instant {
    let deadline = match part {
        Part::Response => call.deadline(),
        Part::Body => None,
    };
    let grace = if part == Part::Response && call.is_given_up() { GIVING_UP } else { GRACE };
    // A handler that may take for ever may still not hold a thread for ever.
    deadline.unwrap_or_else(|| first_seen + call.longest_poll()).max(first_seen + grace)
}

/// Records the poll, keeps its route away from the workers, and has its client answered. `None` if it
/// turns out to be over, or about to be.
pub(super) fn condemn(
    bulkhead: &Arc<Bulkhead>,
    call: Arc<Call>,
    part: Part,
    role: Role,
    first_seen: Instant,
) -> Option<Sentence> {
    if part == Part::Response && role != Role::Blocking {
        let was_given_up = call.is_given_up();
        if !call.condemn() && call.overdue() == Overdue::Answered {
            return None;
        }
        let (_, is_first) = call.give_up(GivenUp::Blocked);
        if !is_first && !was_given_up {
            // Its guard was faster by a hair.
            call.block();
            return None;
        }
    }
    let route = call.route_index();
    let entry = call.server.routes.entry(route);
    let conduct = entry.conduct();
    let abandoned = bulkhead.budget.abandon();
    let thread = Arc::new(BlockedThread {
        server: call.server.id,
        route: entry.label(),
        request_id: call.id.to_string(),
        method: call.head.method().to_string(),
        path: call.head.path().to_owned(),
        since: first_seen,
    });
    bulkhead.health.add_blocked(&thread);
    conduct.add_stuck(bulkhead.budget.route_limit());
    if role != Role::Blocking {
        // A handler without `async` is where it should be, and its request task has a timer.
        conduct.quarantine();
        let stage = match part {
            // Who of all those before the response it is, the record of the handler tells.
            Part::Response => call.handler().map(|_| Stage::Handler),
            Part::Body => Some(Stage::Body),
        };
        fault::blocked(&call, stage, abandoned);
        match part {
            Part::Response => call.block(),
            Part::Body => call.set_body_overdue(),
        }
    }
    alarm::abandoned(&call, entry);
    if let Some(trouble @ Trouble::Threads { .. }) = bulkhead.health.trouble() {
        bulkhead.repair.give_up(bulkhead, trouble);
    }
    Some(Sentence { call, route, role, thread })
}

impl Sentence {
    /// Its route stays away from the workers for as long as it is stuck.
    pub(super) fn still_stuck(&self) {
        if self.role != Role::Blocking {
            self.call.server.routes.entry(self.route).conduct().quarantine();
        }
    }

    pub(super) fn came_back(self, bulkhead: &Bulkhead) {
        bulkhead.budget.come_back();
        bulkhead.health.remove_blocked(&self.thread);
        let conduct = self.call.server.routes.entry(self.route).conduct();
        conduct.remove_stuck(bulkhead.budget.route_limit());
    }
}

/// Has those clients answered whose calls wait for an overflow thread and will not get one in time.
pub(super) fn those_who_wait(bulkhead: &Bulkhead, full: bool) {
    let now = Instant::now();
    bulkhead.overflow.for_each_waiting(|job| {
        let call = job.call();
        if full {
            call.set_overdue(Overdue::Refused);
        } else if call.deadline().is_some_and(|deadline| deadline <= now) {
            call.set_overdue(Overdue::Waited);
        }
    });
}
