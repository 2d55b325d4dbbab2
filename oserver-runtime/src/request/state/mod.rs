//! The shared state of one request in flight: the connection task, the request task, the guard and the recorder hold
//! the same [`Call`]. All changes are atomic.

mod answer;
mod deadlines;
mod in_flight;
mod table;

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::task::Waker;
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;
use http::request::Parts;

use crate::admission::decision::AdmissionDecision;
use crate::clock::lived::lived;
use crate::clock::nanoseconds;
use crate::health::route_table::{RouteEntry, RouteIndex};
use crate::meta::HandlerMeta;
use crate::request::connection::ConnectionContext;
use crate::request::head::Head;
use crate::request::server::ServerContext;
pub(crate) use crate::request::state::deadlines::Limits;
use crate::request::state::table::{NEVER, UNROUTED};
pub(crate) use crate::request::state::table::{Overdue, Placement, TimeoutCause};
use crate::request_id::RequestId;
use crate::sync::Flag;

/// One request, from its head to the end of its response.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) server: Arc<ServerContext>,
    pub(crate) connection: Arc<ConnectionContext>,
    pub(crate) id: RequestId,
    pub(crate) head: Head,
    pub(crate) started: Instant,
    pub(crate) progress: Progress,
}

/// The state of a call that changes while it is in flight. Its named states are in [`table`].
///
/// | part | set by | read by |
/// |---|---|---|
/// | `deadline`, `bound`, `finish`, `handler` | guard | request task, watchdog |
/// | `route`, `in_flight`, `placement`, `decision`, `probe`, `blocking` | router, request task | request task, watchdog |
/// | `expired`, `waited` | request task | guard, connection |
/// | `overdue`, `body_overdue` | watchdog | connection |
/// | `timed_out`, `faulty` | the side that finds it first | all |
/// | `cancelled`, `waiter`, `in_connection` | connection | request task, watchdog |
/// | `awaits_body`, `body_deadline` | request body | guard, request task |
#[derive(Debug, Default)]
pub(crate) struct Progress {
    /// The deadline, in nanoseconds after the start.
    deadline: AtomicU64,
    /// How long the client waits. It ends code that awaits, and is no fault of the handler.
    client_limit: AtomicU64,
    /// Its route entry, or [`UNROUTED`].
    route: AtomicU32,
    /// Under which route the request counts as in flight.
    in_flight: AtomicU32,
    /// Something of it went wrong by the server's doing.
    faulty: AtomicBool,
    /// The outermost annotated handler that was reached.
    handler: OnceLock<&'static HandlerMeta>,
    /// HTTP/2: the task of the stream, which waits for the response or its body.
    waiter: AtomicWaker,
    /// [`Placement`]: where it is polled.
    placement: AtomicU32,
    /// [`AdmissionDecision`] of the gate in front of the handler.
    decision: AtomicU8,
    /// [`Overdue`]: whether the connection answers in place of the request task.
    overdue: AtomicU8,
    /// The body blocks its thread: the connection breaks off the response.
    pub(crate) body_overdue: Flag,
    /// Its first poll runs in the task of its connection.
    pub(crate) in_connection: Flag,
    /// An open breaker let this request through as a probe.
    pub(crate) probe: Flag,
    /// Its handler is a function that may block: it has a thread for itself.
    pub(crate) blocking: Flag,
    /// [`TimeoutCause`], plus one; zero is not at all.
    timed_out: AtomicU8,
    /// A handler around this one has set a time limit.
    pub(crate) bound: Flag,
    /// The deadline has passed: the guard drops its handler at the next poll.
    pub(crate) expired: Flag,
    /// The client has gone, or the connection has answered: the request task drops the call at its next poll.
    pub(crate) cancelled: Flag,
    /// The handler must finish although its client has left.
    pub(crate) finish: Flag,
    /// The last action of the handler with the body was to wait for the client.
    pub(crate) awaits_body: Flag,
    /// The time at which the next part of the body must have come, in nanoseconds after the start.
    body_deadline: AtomicU64,
    /// The request had no answer at its first poll.
    waited: AtomicBool,
}

impl Progress {
    fn new(connection: &ConnectionContext, head: &Head) -> Self {
        let timeout = connection.server.timeout;
        // gRPC needs HTTP/2.
        let client = connection.multiplexed.get().then(|| head.grpc_timeout()).flatten();
        Self {
            deadline: AtomicU64::new(timeout.map_or(NEVER, nanoseconds)),
            client_limit: AtomicU64::new(client.map_or(NEVER, nanoseconds)),
            route: AtomicU32::new(UNROUTED),
            in_flight: AtomicU32::new(UNROUTED),
            placement: AtomicU32::new(Placement::Elsewhere.to_number()),
            body_deadline: AtomicU64::new(NEVER),
            ..Self::default()
        }
    }
}

impl Call {
    /// Creates the call of a request, the `sequence`th of its connection.
    pub(crate) fn new(
        server: Arc<ServerContext>,
        connection: Arc<ConnectionContext>,
        sequence: u64,
        parts: &Parts,
    ) -> Self {
        let mut head = Head::default();
        let id = RequestId::of(head.refill(parts), &connection.id_prefix, sequence);
        let progress = Progress::new(&connection, &head);
        Self { server, connection, id, head, started: lived(), progress }
    }

    /// Reuses the memory for the next request of the connection.
    pub(crate) fn renew(&mut self, sequence: u64, parts: &Parts) {
        let given_id = self.head.refill(parts);
        self.id = RequestId::of(given_id, &self.connection.id_prefix, sequence);
        self.started = lived();
        self.progress = Progress::new(&self.connection, &self.head);
    }

    pub(crate) fn handler(&self) -> Option<&'static HandlerMeta> {
        self.progress.handler.get().copied()
    }

    pub(crate) fn has_route(&self) -> bool {
        self.progress.route.load(Ordering::Relaxed) != UNROUTED
    }

    pub(crate) fn set_route(&self, route: RouteIndex) {
        self.progress.route.store(route.0, Ordering::Relaxed);
        self.enter_in_flight(route);
        if let Some(limit) = self.server.routes.entry(route).remembered_deadline() {
            self.progress.deadline.store(limit, Ordering::Relaxed);
        }
    }

    /// Returns the place of [`Call::route`].
    pub(crate) fn route_index(&self) -> RouteIndex {
        match self.progress.route.load(Ordering::Relaxed) {
            UNROUTED => self.server.routes.bucket(self.head.path()),
            index => RouteIndex(index),
        }
    }

    /// Returns the route, unless the app is still to name it.
    pub(crate) fn route_if_known(&self) -> Option<RouteIndex> {
        (self.has_route() || !self.server.names_routes).then(|| self.route_index())
    }

    /// Returns the entry under which this request is counted: of its route, or else of its path's bucket.
    pub(crate) fn route(&self) -> &RouteEntry {
        self.server.routes.entry(self.route_index())
    }

    /// Returns how long the request has been in flight, without the time in which the process was stopped.
    pub(crate) fn elapsed(&self) -> Duration {
        lived().saturating_duration_since(self.started)
    }

    /// Sets the task of `waker` as the one that waits for the response or its body. Set it before the look: a change
    /// after the look then finds the waker.
    pub(crate) fn set_waiter(&self, waker: &Waker) {
        // The task of a connection that has one is known for all its requests.
        if self.connection.task().is_none() {
            self.progress.waiter.register(waker);
        }
    }

    /// Wakes the task that waits for the response or its body.
    pub(crate) fn wake_waiter(&self) {
        match self.connection.task() {
            Some(task) => task.wake_by_ref(),
            None => self.progress.waiter.wake(),
        }
    }

    pub(crate) fn placement(&self) -> Placement {
        Placement::of_number(self.progress.placement.load(Ordering::Relaxed))
    }

    /// Sets the placement. Returns the previous one. Only the thread that polls the call sets it.
    pub(crate) fn set_placement(&self, new: Placement) -> Placement {
        let before = self.placement();
        self.progress.placement.store(new.to_number(), Ordering::Relaxed);
        before
    }

    /// The gate in front of the handler: sets what happens to the poll that yields there.
    pub(crate) fn set_decision(&self, decision: AdmissionDecision) {
        self.progress.decision.store(decision as u8, Ordering::Relaxed);
    }

    pub(crate) fn take_decision(&self) -> AdmissionDecision {
        let decision =
            AdmissionDecision::ALL[usize::from(self.progress.decision.load(Ordering::Relaxed))];
        if decision != AdmissionDecision::Run {
            self.set_decision(AdmissionDecision::Run);
        }
        decision
    }

    /// Notes that the request task is about to sleep. Returns `true` if its client has left, and the connection must
    /// look.
    pub(crate) fn wait(&self) -> bool {
        self.progress.waited.store(true, Ordering::SeqCst);
        self.connection.is_gone()
    }

    /// Returns `true` if the request did not have its answer at once.
    pub(crate) fn has_waited(&self) -> bool {
        self.progress.waited.load(Ordering::SeqCst)
    }

    /// Sets whether the last action of the handler with the body was to wait for the client.
    pub(crate) fn set_awaits_body(&self, awaits: bool) {
        let deadline = &self.progress.body_deadline;
        // The time counts from the first wait for the same part.
        if awaits
            && deadline.load(Ordering::Relaxed) == NEVER
            && let Some(limit) = self.server.network.body_timeout
        {
            deadline.store(nanoseconds(self.elapsed().saturating_add(limit)), Ordering::Relaxed);
        }
        self.progress.awaits_body.set(awaits);
    }

    /// Clears the deadline of the body: a part came, or the handler waits for none.
    pub(crate) fn forget_body_deadline(&self) {
        self.progress.body_deadline.store(NEVER, Ordering::Relaxed);
    }
}
