//! Handling of a poll that is past its deadline, and of its return after all.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::fault_log::alarm_record;
use crate::fault_log::fault::{self, Stage};
use crate::health::actors::ActorEntry;
use crate::health::liveness::{BlockedThread, ThreadHolder, Trouble};
use crate::health::route_table::{RouteEntry, RouteIndex};
use crate::request::server::Phase;
use crate::request::state::{Call, Overdue, TimeoutCause};
use crate::watchdog::blocked_thread::BlockedPoll;
use crate::watchdog::monitored_task::Incarnation;
use crate::watchdog::runtime_context::RuntimeContext;
use crate::watchdog::slot::{Part, PollSubject};

/// A poll that was found to be past its deadline and has not come back.
pub(crate) enum Violation {
    Request(StuckRequest),
    Actor(Arc<ActorEntry>, Arc<BlockedThread>),
}

/// A request whose poll is past its deadline.
pub(crate) struct StuckRequest {
    call: Arc<Call>,
    /// The call may name another one when it comes back.
    route: RouteIndex,
    part: Part,
    held: BlockedPoll,
    thread: Arc<BlockedThread>,
    /// The thread counts as abandoned.
    abandoned: bool,
    /// The block of the thread is recorded.
    recorded: bool,
}

/// How long any poll may take, also a poll that begins at its deadline: the thread may not run all the time.
const GRACE: Duration = Duration::from_millis(20);
/// How long a poll may take in which a handler times out. That writes a record, which may take a while on a busy
/// machine.
const LATE_GRACE: Duration = Duration::from_millis(250);

/// Abandons a poll that is past its deadline.
pub(crate) fn look(
    runtime: &Arc<RuntimeContext>,
    work: PollSubject,
    held: BlockedPoll,
    now: Instant,
) -> Option<Violation> {
    match work {
        PollSubject::Request(call, part) if now >= deadline(&call, part, held.since) => {
            abandon(runtime, call, part, held, now).map(Violation::Request)
        }
        PollSubject::Actor(incarnation)
            if now >= held.since + GRACE && incarnation.is_overdue(now, held.since) =>
        {
            abandon_actor(runtime, incarnation, &held, now)
        }
        // The server closes every connection, and the task of this one cannot.
        PollSubject::Request(call, _)
            if call.progress.in_connection.get() && call.server.phase() == Phase::Forced =>
        {
            call.connection.out_of_band.cut_off();
            None
        }
        _ => None,
    }
}

/// Returns when a poll must be over that was first seen at `first_seen`.
fn deadline(call: &Call, part: Part, first_seen: Instant) -> Instant {
    let deadline = match part {
        Part::Response => call.deadline(),
        Part::Body => None,
    };
    let grace = if part == Part::Response && call.is_timed_out() { LATE_GRACE } else { GRACE };
    // A handler that may take for ever may still not hold a thread for ever.
    deadline.unwrap_or_else(|| first_seen + call.longest_poll()).max(first_seen + grace)
}

/// Records the poll, keeps its route away from the workers, and has its client answered. `None` if it
/// turns out to be over, or about to be.
fn abandon(
    runtime: &Arc<RuntimeContext>,
    call: Arc<Call>,
    part: Part,
    held: BlockedPoll,
    now: Instant,
) -> Option<StuckRequest> {
    let was_timed_out = part == Part::Response && call.is_timed_out();
    if part == Part::Response {
        if !call.begin_block() && call.overdue() == Overdue::Answered {
            return None;
        }
        let (_, is_first) = call.time_out(TimeoutCause::Blocked);
        if !is_first && !was_timed_out {
            // Its guard was faster by a hair.
            call.block(&runtime.handle);
            return None;
        }
    }
    let route = call.route_index();
    let thread = held.blocked(ThreadHolder::Request {
        server: call.server.id,
        route: call.server.routes.entry(route).label(),
        id: call.id.to_string(),
        method: call.head.method.to_string(),
        path: call.head.path().to_owned(),
    });
    let mut stuck =
        StuckRequest { call, route, part, held, thread, abandoned: false, recorded: false };
    if stuck.took_whole_time(now) {
        stuck.abandon(runtime);
    }
    stuck.entry().breaker.quarantine();
    // A request that timed out is recorded as late. On a busy machine it may need a while to end. That is no
    // further fault, until it has taken as long again.
    if !was_timed_out || stuck.abandoned {
        stuck.record(runtime);
    }
    match part {
        Part::Response => stuck.call.block(&runtime.handle),
        Part::Body => stuck.call.set_body_overdue(),
    }
    if stuck.abandoned {
        stuck.raise_alarm(runtime);
    }
    Some(stuck)
}

impl StuckRequest {
    fn entry(&self) -> &RouteEntry {
        self.call.server.routes.entry(self.route)
    }

    /// Records that the poll holds its thread.
    fn record(&mut self, runtime: &RuntimeContext) {
        self.recorded = true;
        let stage = match self.part {
            // The handler in the record shows which part before the response it is.
            Part::Response => self.call.handler().map(|_| Stage::Handler),
            Part::Body => Some(Stage::Body),
        };
        let abandoned = runtime.budget.abandoned();
        let write =
            |activity: &dyn Fn() -> _| fault::blocked(&self.call, stage, abandoned, activity);
        self.held.record(&self.thread, write);
    }

    /// Returns `true` if the poll alone took the whole time of its request. A poll that began late, because there is
    /// more work than threads, is late and not abandoned: overload must not use up the budget.
    fn took_whole_time(&self, now: Instant) -> bool {
        // The poll began before it was first seen.
        now.saturating_duration_since(self.held.since) >= self.call.longest_poll() / 10 * 9
    }

    /// Counts the thread as abandoned.
    fn abandon(&mut self, runtime: &RuntimeContext) {
        self.abandoned = true;
        runtime.health.add_blocked(&self.thread);
        self.entry().breaker.add_stuck(runtime.budget.route_limit());
    }

    /// Handles one more abandoned thread, once its request is answered.
    fn raise_alarm(&self, runtime: &Arc<RuntimeContext>) {
        alarm_record::abandoned(&self.call, self.entry());
        escalate_if_exceeded(runtime);
    }
}

/// Abandons an incarnation that blocks its thread; the actor gets a new one.
fn abandon_actor(
    runtime: &Arc<RuntimeContext>,
    incarnation: Arc<dyn Incarnation>,
    held: &BlockedPoll,
    now: Instant,
) -> Option<Violation> {
    let entry = Arc::clone(incarnation.entry());
    // Before it begins anew: away from the workers.
    entry.breaker.quarantine();
    let thread = incarnation.abandon(now, &runtime.health, held)?;
    entry.breaker.add_stuck(runtime.budget.route_limit());
    escalate_if_exceeded(runtime);
    Some(Violation::Actor(entry, thread))
}

fn escalate_if_exceeded(runtime: &Arc<RuntimeContext>) {
    if let Some(trouble @ Trouble::Threads { .. }) = runtime.health.trouble() {
        runtime.escalation.escalate(runtime, trouble);
    }
}

impl Violation {
    /// Keeps the route away from the workers while it is stuck, and counts its thread as abandoned when it is time.
    pub(crate) fn still_stuck(&mut self, runtime: &Arc<RuntimeContext>, now: Instant) {
        // The actor has another incarnation, which may work well.
        let Self::Request(stuck) = self else { return };
        stuck.entry().breaker.quarantine();
        if !stuck.abandoned && stuck.took_whole_time(now) {
            stuck.abandon(runtime);
            if !stuck.recorded {
                stuck.record(runtime);
            }
            stuck.raise_alarm(runtime);
        }
    }

    pub(crate) fn came_back(self, runtime: &RuntimeContext) {
        let (breaker, thread) = match &self {
            Self::Request(stuck) if !stuck.abandoned => return,
            Self::Request(stuck) => (&stuck.entry().breaker, &stuck.thread),
            Self::Actor(entry, thread) => (&entry.breaker, thread),
        };
        runtime.health.remove_blocked(thread);
        breaker.remove_stuck(runtime.budget.route_limit());
    }
}
