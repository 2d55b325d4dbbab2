//! The shared record of one request under way: the connection task, the request task, the guard and
//! the recorder all hold the same [`Call`]. Everything that changes in it is an atomic.

use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use http::request::Parts;

use super::head::Head;
use super::id::{ConnectionId, IdPrefix, RequestId};
use crate::health::routes::{RouteEntry, RouteIndex, RouteTable};
use crate::meta::HandlerMeta;

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
}

impl ServerContext {
    pub(crate) fn new(routes: Arc<RouteTable>, timeout: Option<Duration>) -> Self {
        static SERVERS: AtomicU64 = AtomicU64::new(0);
        Self { routes, id: SERVERS.fetch_add(1, Ordering::Relaxed), timeout }
    }
}

/// What requests need to know of the connection that they came over.
#[derive(Debug)]
pub(crate) struct ConnectionContext {
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
    pub(crate) fn new() -> Self {
        let id = ConnectionId::next();
        Self {
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

/// One request, from its head to the end of its response.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) server: Arc<ServerContext>,
    pub(crate) connection: Arc<ConnectionContext>,
    pub(crate) id: RequestId,
    pub(crate) head: Head,
    started: Instant,
    /// Nanoseconds after `started`.
    deadline: AtomicU64,
    route: AtomicU32,
    handler: OnceLock<&'static HandlerMeta>,
    expired: AtomicBool,
    cancelled: AtomicBool,
    finish: AtomicBool,
    awaits_body: AtomicBool,
    waited: AtomicBool,
}

impl Call {
    pub(crate) fn new(
        server: Arc<ServerContext>,
        connection: Arc<ConnectionContext>,
        id: RequestId,
        head: Head,
    ) -> Self {
        let deadline = server.timeout.map_or(NEVER, nanoseconds);
        Self {
            server,
            connection,
            id,
            head,
            started: Instant::now(),
            deadline: AtomicU64::new(deadline),
            route: AtomicU32::new(UNROUTED),
            handler: OnceLock::new(),
            expired: AtomicBool::new(false),
            cancelled: AtomicBool::new(false),
            finish: AtomicBool::new(false),
            awaits_body: AtomicBool::new(false),
            waited: AtomicBool::new(false),
        }
    }

    /// The same memory for the next request of the connection.
    pub(crate) fn renew(&mut self, id: RequestId, parts: &Parts) {
        self.head.refill(parts);
        self.id = id;
        self.started = Instant::now();
        self.deadline = AtomicU64::new(self.server.timeout.map_or(NEVER, nanoseconds));
        self.route = AtomicU32::new(UNROUTED);
        self.handler = OnceLock::new();
        for flag in
            [&mut self.expired, &mut self.cancelled, &mut self.finish, &mut self.awaits_body]
        {
            *flag = AtomicBool::new(false);
        }
    }

    /// An annotated handler was reached: from now on its own limits hold. Its route remembers the
    /// deadline, so that on later requests it covers the extractors, too.
    pub(crate) fn enter_handler(&self, meta: &'static HandlerMeta) {
        // The first to come is the outermost; it is the one that a record names.
        _ = self.handler.set(meta);
        if let Some(timeout) = meta.timeout {
            let limit = timeout.limit().map_or(NEVER, nanoseconds);
            self.deadline.store(limit, Ordering::Relaxed);
            if self.has_route() {
                self.route().remember_deadline(limit);
            }
        }
        if meta.finish_on_disconnect {
            self.finish.store(true, Ordering::Relaxed);
        }
    }

    pub(crate) fn handler(&self) -> Option<&'static HandlerMeta> {
        self.handler.get().copied()
    }

    pub(crate) fn has_route(&self) -> bool {
        self.route.load(Ordering::Relaxed) != UNROUTED
    }

    pub(crate) fn set_route(&self, route: RouteIndex) {
        self.route.store(route.0, Ordering::Relaxed);
        if let Some(limit) = self.server.routes.entry(route).remembered_deadline() {
            self.deadline.store(limit, Ordering::Relaxed);
        }
    }

    /// The entry under which this request is counted: of its route, or else of its path's bucket.
    pub(crate) fn route(&self) -> &RouteEntry {
        let routes = &self.server.routes;
        routes.entry(match self.route.load(Ordering::Relaxed) {
            UNROUTED => routes.bucket(self.head.path()),
            index => RouteIndex(index),
        })
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }

    /// When this request must have been answered; `None` is never.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        match self.deadline.load(Ordering::Relaxed) {
            NEVER => None,
            after => self.started.checked_add(Duration::from_nanos(after)),
        }
    }

    /// The deadline has passed: the guard gives up its handler at the next poll.
    pub(crate) fn expire(&self) {
        self.expired.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_expired(&self) -> bool {
        self.expired.load(Ordering::Relaxed)
    }

    /// The client has gone: the request task drops the call at its next poll, unless the handler
    /// asked to be finished.
    pub(crate) fn cancel(&self) {
        if !self.finish.load(Ordering::Relaxed) {
            self.cancelled.store(true, Ordering::Release);
        }
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Acquire)
    }

    /// The request's task is about to sleep. Says whether the connection must be told to look, because
    /// the client has gone.
    pub(crate) fn wait(&self) -> bool {
        self.waited.store(true, Ordering::SeqCst);
        self.connection.is_gone()
    }

    /// Whether the request did not have its answer at once.
    pub(crate) fn has_waited(&self) -> bool {
        self.waited.load(Ordering::SeqCst)
    }

    /// Whether the last thing the handler did with the body was to wait for the client.
    pub(crate) fn set_awaits_body(&self, awaits: bool) {
        self.awaits_body.store(awaits, Ordering::Relaxed);
    }

    pub(crate) fn awaits_body(&self) -> bool {
        self.awaits_body.load(Ordering::Relaxed)
    }
}

/// Five centuries fit; longer is never.
fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(NEVER)
}
