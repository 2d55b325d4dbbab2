//! What follows when a poll is past its deadline, and when it comes back after all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::Bulkhead;
use super::guest::Life;
use super::slot::{Part, Role, Work};
use crate::health::actors::ActorEntry;
use crate::health::routes::RouteIndex;
use crate::health::runtime::{BlockedThread, Trouble};
use crate::record::alarm;
use crate::record::fault::{self, Stage};
use crate::request::call::{Call, GivenUp, Overdue};

/// A poll that was found to be past its deadline and has not come back.
pub(super) enum Sentence {
    Request {
        call: Arc<Call>,
        /// The call may name another one when it comes back.
        route: RouteIndex,
        part: Part,
        role: Role,
        thread: Arc<BlockedThread>,
        /// The thread counts as lost.
        lost: bool,
        /// What it does to its thread is recorded, or will not be.
        recorded: bool,
    },
    Guest(Arc<ActorEntry>),
}

/// How long any poll may take, also one that begins at its deadline: the thread may not be running
/// all the time.
const GRACE: Duration = Duration::from_millis(20);
/// How long a poll may take in which a handler is given up. That is recorded, and on a busy machine
/// all of it may take a while.
const GIVING_UP: Duration = Duration::from_millis(250);

/// Condemns a poll that is past its deadline and was first seen at `first_seen`.
pub(super) fn look(
    bulkhead: &Arc<Bulkhead>,
    work: Work,
    role: Role,
    now: Instant,
    first_seen: Instant,
) -> Option<Sentence> {
    match work {
        Work::Request(call, part) if now >= deadline(&call, part, first_seen) => {
            condemn(bulkhead, call, part, role, now, first_seen)
        }
        Work::Guest(life) if now >= first_seen + GRACE && life.is_overdue(now, first_seen) => {
            condemn_guest(bulkhead, life, now, first_seen)
        }
        _ => None,
    }
}

/// When a poll must be over that was first seen at `first_seen`.
fn deadline(call: &Call, part: Part, first_seen: Instant) -> Instant {
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
fn condemn(
    bulkhead: &Arc<Bulkhead>,
    call: Arc<Call>,
    part: Part,
    role: Role,
    now: Instant,
    first_seen: Instant,
) -> Option<Sentence> {
    let was_given_up = part == Part::Response && call.is_given_up();
    if part == Part::Response && role != Role::Blocking {
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
    let lost = is_lost(&call, now, first_seen);
    if lost {
        lose(bulkhead, &call, route);
    }
    let thread = Arc::new(BlockedThread {
        server: call.server.id,
        route: entry.label(),
        request_id: call.id.to_string(),
        method: call.head.method().to_string(),
        path: call.head.path().to_owned(),
        since: first_seen,
    });
    bulkhead.health.add_blocked(&thread);
    // One that was given up is recorded as late. It may need a while to end, on a busy machine, which is not
    // another fault until it has taken as long again.
    let recorded = role == Role::Blocking || !was_given_up || lost;
    if role != Role::Blocking {
        // A handler without `async` is where it should be, and its request task has a timer.
        conduct.quarantine();
        if recorded {
            record(bulkhead, &call, part);
        }
        match part {
            Part::Response => call.block(),
            Part::Body => call.set_body_overdue(),
        }
    }
    if lost {
        answer_for_lost(bulkhead, &call, route);
    }
    Some(Sentence::Request { call, route, part, role, thread, lost, recorded })
}

/// Writes what the poll does to its thread.
fn record(bulkhead: &Bulkhead, call: &Call, part: Part) {
    let stage = match part {
        // Who of all those before the response it is, the record of the handler tells.
        Part::Response => call.handler().map(|_| Stage::Handler),
        Part::Body => Some(Stage::Body),
    };
    fault::blocked(call, stage, bulkhead.budget.abandoned());
}

/// Whether the poll alone took what its request may take. One that was begun late, because there is more to do
/// than there are threads, is late and not lost: overload must not use up the budget.
fn is_lost(call: &Call, now: Instant, first_seen: Instant) -> bool {
    // It was begun before it was seen.
    now.saturating_duration_since(first_seen) >= call.longest_poll() / 10 * 9
}

/// Counts the thread of a poll as lost.
fn lose(bulkhead: &Bulkhead, call: &Call, route: RouteIndex) {
    bulkhead.budget.abandon();
    let conduct = call.server.routes.entry(route).conduct();
    conduct.add_stuck(bulkhead.budget.route_limit());
}

/// What follows from one more abandoned thread, once its request is answered.
fn answer_for_lost(bulkhead: &Arc<Bulkhead>, call: &Call, route: RouteIndex) {
    alarm::abandoned(call, call.server.routes.entry(route));
    give_up_if_exceeded(bulkhead);
}

/// Has a guest that holds its thread begin a new life elsewhere.
fn condemn_guest(
    bulkhead: &Arc<Bulkhead>,
    life: Arc<dyn Life>,
    now: Instant,
    first_seen: Instant,
) -> Option<Sentence> {
    let entry = Arc::clone(life.entry());
    // Before it begins anew: away from the workers.
    entry.conduct().quarantine();
    if !life.condemn(now, first_seen, &bulkhead.budget) {
        return None;
    }
    entry.conduct().add_stuck(bulkhead.budget.route_limit());
    give_up_if_exceeded(bulkhead);
    Some(Sentence::Guest(entry))
}

fn give_up_if_exceeded(bulkhead: &Arc<Bulkhead>) {
    if let Some(trouble @ Trouble::Threads { .. }) = bulkhead.health.trouble() {
        bulkhead.repair.give_up(bulkhead, trouble);
    }
}

impl Sentence {
    /// Its route stays away from the workers for as long as it is stuck, and its thread counts as lost in time.
    pub(super) fn still_stuck(
        &mut self,
        bulkhead: &Arc<Bulkhead>,
        now: Instant,
        first_seen: Instant,
    ) {
        // A guest lives on elsewhere, and may be good there.
        let Self::Request { call, route, part, role, lost, recorded, .. } = self else { return };
        if *role != Role::Blocking {
            call.server.routes.entry(*route).conduct().quarantine();
        }
        if !*lost && is_lost(call, now, first_seen) {
            *lost = true;
            lose(bulkhead, call, *route);
            if !std::mem::replace(recorded, true) {
                record(bulkhead, call, *part);
            }
            answer_for_lost(bulkhead, call, *route);
        }
    }

    pub(super) fn came_back(self, bulkhead: &Bulkhead) {
        let limit = bulkhead.budget.route_limit();
        match self {
            Self::Request { call, route, thread, lost, .. } => {
                bulkhead.health.remove_blocked(&thread);
                if lost {
                    bulkhead.budget.come_back();
                    call.server.routes.entry(route).conduct().remove_stuck(limit);
                }
            }
            Self::Guest(entry) => {
                bulkhead.budget.come_back();
                entry.conduct().remove_stuck(limit);
            }
        }
    }
}

/// Has those clients answered whose calls wait for an overflow thread and will not get one in time.
pub(super) fn those_who_wait(bulkhead: &Bulkhead, full: bool) {
    let now = Instant::now();
    bulkhead.overflow.for_each_waiting(|job| {
        let Some(call) = job.call() else { return };
        if full {
            call.set_overdue(Overdue::Refused);
        } else if call.deadline().is_some_and(|deadline| deadline <= now) {
            call.set_overdue(Overdue::Waited);
        }
    });
}
