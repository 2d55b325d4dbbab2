//! The shared record of one request under way: the connection task, the request task, the guard and
//! the recorder all hold the same [`Call`]. Everything that changes in it is an atomic.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::task::AtomicWaker;
use http::request::Parts;

use super::head::Head;
use super::id::{ConnectionId, IdPrefix, RequestId};
use crate::clock::nanoseconds;
use crate::health::routes::{RouteEntry, RouteIndex, RouteTable};
use crate::meta::HandlerMeta;

/// How long a request may take if neither its handler nor the server says.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// How long middleware may take to pass on the answer of a handler that was given up.
const FOR_MIDDLEWARE: Duration = Duration::from_millis(100);

/// No deadline, in nanoseconds.
const NEVER: u64 = u64::MAX;
/// No route is known yet.
const UNROUTED: u32 = u32::MAX;

/// What requests need to know of the server that they came to.
#[derive(Debug)]
pub(crate) struct ServerContext {
    pub(crate) routes: Arc<RouteTable>,
    /// Tells this server's route entries from those of another in the same process.
    pub(crate) id: u64,
    /// How long a request may take, from its head on, if its handler does not say.
    pub(crate) timeout: Option<Duration>,
    /// How many polls of one route may run on workers at a time.
    pub(crate) share: u32,
    /// The app names the route of every request that it has a handler for. Of one that does not, the
    /// path alone tells the route.
    pub(crate) names_routes: bool,
    connections: AtomicUsize,
    draining: AtomicBool,
}

impl ServerContext {
    pub(crate) fn new(
        routes: Arc<RouteTable>,
        timeout: Option<Duration>,
        share: u32,
        names_routes: bool,
    ) -> Self {
        static SERVERS: AtomicU64 = AtomicU64::new(0);
        Self {
            routes,
            id: SERVERS.fetch_add(1, Ordering::Relaxed),
            timeout,
            share,
            names_routes,
            connections: AtomicUsize::new(0),
            draining: AtomicBool::new(false),
        }
    }

    /// No connection is kept for a further request.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Relaxed)
    }

    pub(crate) fn has_connections(&self) -> bool {
        self.connections.load(Ordering::Relaxed) > 0
    }
}

/// What requests need to know of the connection that they came over. It is open for as long as this
/// lives.
#[derive(Debug)]
pub(crate) struct ConnectionContext {
    server: Arc<ServerContext>,
    pub(crate) id: ConnectionId,
    /// Set when a response broke off: the connection must then be reset, not closed, or a client
    /// that reads until the end takes the part that it has for the whole.
    pub(crate) reset: AtomicBool,
    /// A response is being waited for: somebody must notice if the client goes.
    pub(crate) watched: AtomicBool,
    gone: AtomicBool,
    /// What the ids of this connection's requests begin with.
    pub(crate) id_prefix: IdPrefix,
}

impl ConnectionContext {
    pub(crate) fn new(server: Arc<ServerContext>) -> Self {
        let id = ConnectionId::next();
        server.connections.fetch_add(1, Ordering::Relaxed);
        Self {
            server,
            id,
            reset: AtomicBool::new(false),
            watched: AtomicBool::new(false),
            gone: AtomicBool::new(false),
            id_prefix: IdPrefix::of(id),
        }
    }

    /// The client has gone. Says whether that is news.
    ///
    /// This and [`Call::wait`] are the two halves of a handshake: each side writes its own flag and then
    /// reads the other's, in one total order, so at least one of them sees both.
    pub(crate) fn set_gone(&self) -> bool {
        !self.gone.swap(true, Ordering::SeqCst)
    }

    pub(crate) fn is_gone(&self) -> bool {
        self.gone.load(Ordering::SeqCst)
    }
}

impl Drop for ConnectionContext {
    fn drop(&mut self) {
        self.server.connections.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Where a call is being polled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Placement {
    /// Nowhere, or on a thread that is no worker.
    Elsewhere,
    /// On a worker, before its route is known.
    Worker,
    /// On a worker, as one of those that the route may have there.
    Share(RouteIndex),
}

/// What shall become of a call whose poll yielded in front of its handler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Verdict {
    /// Nothing: it waits for something of its own.
    None,
    /// It goes on, on an overflow thread.
    Move,
    /// It is answered with 503.
    Refuse,
}

/// Why the connection answers in place of the request task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Overdue {
    /// It does not.
    No,
    /// The call blocks its thread. That was recorded.
    Blocked,
    /// The call found no thread by its deadline.
    Waited,
    /// The call will find no thread.
    Refused,
}

/// One request, from its head to the end of its response.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) server: Arc<ServerContext>,
    pub(crate) connection: Arc<ConnectionContext>,
    pub(crate) id: RequestId,
    pub(crate) head: Head,
    started: Instant,
    progress: Progress,
}

/// What an annotated handler may take, in nanoseconds after the head of its request.
#[derive(Debug)]
pub(crate) struct Limits {
    limit: u64,
    /// What held before.
    outer: u64,
    is_outermost: bool,
}

/// How a request was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum GivenUp {
    /// It was not answered in time.
    Late = 1,
    /// Its body stopped arriving.
    Stalled,
}

/// What changes in a call while it is under way.
#[derive(Debug)]
struct Progress {
    /// Nanoseconds after the start.
    deadline: AtomicU64,
    route: AtomicU32,
    handler: OnceLock<&'static HandlerMeta>,
    /// Whoever waits for the response, or for its body: the connection's task.
    waiter: AtomicWaker,
    placement: AtomicU32,
    verdict: AtomicU8,
    overdue: AtomicU8,
    body_overdue: AtomicBool,
    probe: AtomicBool,
    given_up: AtomicU8,
    /// A handler around said how long it may take.
    bound: AtomicBool,
    expired: AtomicBool,
    cancelled: AtomicBool,
    finish: AtomicBool,
    awaits_body: AtomicBool,
    waited: AtomicBool,
}

/// [`Placement`] as a number; all others are route entries.
const ELSEWHERE: u32 = u32::MAX;
const WORKER: u32 = u32::MAX - 1;

impl Progress {
    fn new(timeout: Option<Duration>) -> Self {
        Self {
            deadline: AtomicU64::new(timeout.map_or(NEVER, nanoseconds)),
            route: AtomicU32::new(UNROUTED),
            handler: OnceLock::new(),
            waiter: AtomicWaker::new(),
            placement: AtomicU32::new(ELSEWHERE),
            verdict: AtomicU8::new(Verdict::None as u8),
            overdue: AtomicU8::new(Overdue::No as u8),
            body_overdue: AtomicBool::new(false),
            probe: AtomicBool::new(false),
            given_up: AtomicU8::new(0),
            bound: AtomicBool::new(false),
            expired: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            finish: AtomicBool::new(false),
            awaits_body: AtomicBool::new(false),
            waited: AtomicBool::new(false),
        }
    }
}

impl Call {
    pub(crate) fn new(
        server: Arc<ServerContext>,
        connection: Arc<ConnectionContext>,
        id: RequestId,
        head: Head,
    ) -> Self {
        let progress = Progress::new(server.timeout);
        Self { server, connection, id, head, started: Instant::now(), progress }
    }

    /// The same memory for the next request of the connection.
    pub(crate) fn renew(&mut self, id: RequestId, parts: &Parts) {
        self.head.refill(parts);
        self.id = id;
        self.started = Instant::now();
        self.progress = Progress::new(self.server.timeout);
    }

    /// An annotated handler was reached: until it ends its own limits hold.
    ///
    /// The first to be reached is the outermost: its timeout counts from the request's head, in place
    /// of the server's. One inside of another, as a handler behind middleware that is annotated, or
    /// one that is called as a function, counts from its own begin, and cannot have longer than those
    /// around it, unless these said nothing.
    pub(crate) fn enter_handler(&self, meta: &'static HandlerMeta) -> Limits {
        let outer = self.progress.deadline.load(Ordering::Relaxed);
        let own = meta.timeout.map(|timeout| timeout.limit().map_or(NEVER, nanoseconds));
        // The outermost is the one that a record names.
        let is_outermost = self.progress.handler.set(meta).is_ok();
        let limit = match own {
            Some(own) if is_outermost => own,
            Some(own) => {
                let own = nanoseconds(self.elapsed()).saturating_add(own);
                let bound = self.progress.bound.load(Ordering::Relaxed);
                if bound { own.min(outer) } else { own }
            }
            None if is_outermost => self.server.timeout.map_or(NEVER, nanoseconds),
            None => outer,
        };
        self.progress.deadline.store(limit, Ordering::Relaxed);
        if own.is_some() {
            self.progress.bound.store(true, Ordering::Relaxed);
        }
        if is_outermost {
            // For the extractors of later requests.
            self.route().remember_deadline(own);
        }
        if meta.finish_on_disconnect {
            self.progress.finish.store(true, Ordering::Relaxed);
        }
        Limits { limit, outer, is_outermost }
    }

    /// Whether a handler that has these limits is to be given up now.
    pub(crate) fn is_over(&self, limits: &Limits) -> bool {
        self.progress.expired.load(Ordering::Relaxed) && nanoseconds(self.elapsed()) >= limits.limit
    }

    /// A handler has ended: what held before it holds again.
    pub(crate) fn leave_handler(&self, limits: &Limits) {
        if !limits.is_outermost {
            self.progress.expired.store(false, Ordering::Relaxed);
            self.progress.deadline.store(limits.outer, Ordering::Relaxed);
        }
    }

    /// The outermost handler was given up: what is around it gets a moment to pass the answer on.
    pub(crate) fn extend_for_middleware(&self, limits: &Limits) {
        if limits.is_outermost {
            let end = nanoseconds(self.elapsed() + FOR_MIDDLEWARE);
            self.progress.deadline.store(end, Ordering::Relaxed);
        }
    }

    pub(crate) fn handler(&self) -> Option<&'static HandlerMeta> {
        self.progress.handler.get().copied()
    }

    pub(crate) fn has_route(&self) -> bool {
        self.progress.route.load(Ordering::Relaxed) != UNROUTED
    }

    pub(crate) fn set_route(&self, route: RouteIndex) {
        self.progress.route.store(route.0, Ordering::Relaxed);
        if let Some(limit) = self.server.routes.entry(route).remembered_deadline() {
            self.progress.deadline.store(limit, Ordering::Relaxed);
        }
    }

    /// The place of [`Call::route`].
    pub(crate) fn route_index(&self) -> RouteIndex {
        match self.progress.route.load(Ordering::Relaxed) {
            UNROUTED => self.server.routes.bucket(self.head.path()),
            index => RouteIndex(index),
        }
    }

    /// The route, unless the app is still to name it.
    pub(crate) fn route_if_known(&self) -> Option<RouteIndex> {
        (self.has_route() || !self.server.names_routes).then(|| self.route_index())
    }

    /// The entry under which this request is counted: of its route, or else of its path's bucket.
    pub(crate) fn route(&self) -> &RouteEntry {
        self.server.routes.entry(self.route_index())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// When this request must have been answered; `None` is never.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.progress.deadline.load(Ordering::Relaxed) {
            NEVER => None,
            after => self.started.checked_add(Duration::from_nanos(after)),
        }
    }

    /// For how long one poll of a body may hold its thread: as long as the handler had for its
    /// response. Where that was for ever, what a server allows that says nothing.
    pub(crate) fn longest_poll(&self) -> Duration {
        match self.progress.deadline.load(Ordering::Relaxed) {
            NEVER => DEFAULT_TIMEOUT,
            limit => Duration::from_nanos(limit),
        }
    }

    /// The one who waits for the response or its body.
    pub(crate) fn waiter(&self) -> &AtomicWaker {
        &self.progress.waiter
    }

    pub(crate) fn placement(&self) -> Placement {
        placement(self.progress.placement.load(Ordering::Relaxed))
    }

    /// Says what it was. Only the thread that polls the call sets it.
    pub(crate) fn set_placement(&self, new: Placement) -> Placement {
        let before = self.placement();
        let new = match new {
            Placement::Elsewhere => ELSEWHERE,
            Placement::Worker => WORKER,
            Placement::Share(route) => route.0,
        };
        self.progress.placement.store(new, Ordering::Relaxed);
        before
    }

    pub(crate) fn set_verdict(&self, verdict: Verdict) {
        self.progress.verdict.store(verdict as u8, Ordering::Relaxed);
    }

    pub(crate) fn take_verdict(&self) -> Verdict {
        let verdict = self.progress.verdict.load(Ordering::Relaxed);
        if verdict == Verdict::None as u8 {
            return Verdict::None;
        }
        self.set_verdict(Verdict::None);
        if verdict == Verdict::Move as u8 { Verdict::Move } else { Verdict::Refuse }
    }

    /// The connection shall answer, if the request task has not; it is woken.
    pub(crate) fn set_overdue(&self, why: Overdue) {
        self.progress.overdue.store(why as u8, Ordering::Release);
        self.progress.waiter.wake();
    }

    pub(crate) fn overdue(&self) -> Overdue {
        match self.progress.overdue.load(Ordering::Acquire) {
            blocked if blocked == Overdue::Blocked as u8 => Overdue::Blocked,
            waited if waited == Overdue::Waited as u8 => Overdue::Waited,
            refused if refused == Overdue::Refused as u8 => Overdue::Refused,
            _ => Overdue::No,
        }
    }

    /// The connection shall break off the response, whose body blocks its thread; it is woken.
    pub(crate) fn set_body_overdue(&self) {
        self.progress.body_overdue.store(true, Ordering::Release);
        self.progress.waiter.wake();
    }

    pub(crate) fn is_body_overdue(&self) -> bool {
        self.progress.body_overdue.load(Ordering::Acquire)
    }

    /// An open breaker let this request through to see what happens.
    pub(crate) fn set_probe(&self) {
        self.progress.probe.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_probe(&self) -> bool {
        self.progress.probe.load(Ordering::Relaxed)
    }

    /// The request is given up. Guard, request task and connection may all find that it is time: the
    /// first says how, and is told that it was the first.
    pub(crate) fn give_up(&self, how: GivenUp) -> (GivenUp, bool) {
        let given_up = &self.progress.given_up;
        match given_up.compare_exchange(0, how as u8, Ordering::Relaxed, Ordering::Relaxed) {
            Ok(_) => (how, true),
            Err(before) if before == GivenUp::Stalled as u8 => (GivenUp::Stalled, false),
            Err(_) => (GivenUp::Late, false),
        }
    }

    /// The deadline has passed: the guard gives up its handler at the next poll.
    pub(crate) fn expire(&self) {
        self.progress.expired.store(true, Ordering::Relaxed);
    }

    /// The client has gone: the request task drops the call at its next poll, unless the handler
    /// asked to be finished. Says whether it is dropped.
    pub(crate) fn cancel(&self) -> bool {
        let dropped = !self.progress.finish.load(Ordering::Relaxed);
        if dropped {
            self.abandon();
        }
        dropped
    }

    /// The connection has answered: the request task drops the call at its next poll.
    pub(crate) fn abandon(&self) {
        self.progress.cancelled.store(true, Ordering::Release);
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.progress.cancelled.load(Ordering::Acquire)
    }

    /// The request's task is about to sleep. Says whether the connection must be told to look, because
    /// the client has gone.
    pub(crate) fn wait(&self) -> bool {
        self.progress.waited.store(true, Ordering::SeqCst);
        self.connection.is_gone()
    }

    /// Whether the request did not have its answer at once.
    pub(crate) fn has_waited(&self) -> bool {
        self.progress.waited.load(Ordering::SeqCst)
    }

    /// Whether the last thing the handler did with the body was to wait for the client.
    pub(crate) fn set_awaits_body(&self, awaits: bool) {
        self.progress.awaits_body.store(awaits, Ordering::Relaxed);
    }

    pub(crate) fn awaits_body(&self) -> bool {
        self.progress.awaits_body.load(Ordering::Relaxed)
    }
}

fn placement(number: u32) -> Placement {
    match number {
        ELSEWHERE => Placement::Elsewhere,
        WORKER => Placement::Worker,
        route => Placement::Share(RouteIndex(route)),
    }
}
