//! Metrics of one route, for the user to read.

use std::time::Duration;

use crate::metrics::histogram::Histogram;

/// The metrics of one route of a server, at one moment.
///
/// ```
/// # async fn f() -> oserver_runtime::Result<()> {
/// # use oserver_runtime::{bind, serve, Router};
/// let server = serve(bind("127.0.0.1:0").await?, Router::new());
/// let counts = server.metrics();
/// for route in counts.routes() {
///     println!("{}: {} requests, {} panics", route.route, route.requests, route.panics);
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteMetrics {
    /// `GET /users/{id}`, the name given to [`route`](crate::route), or `other paths (17)` for one of the 64 buckets
    /// that collect paths without a name.
    pub route: String,
    /// Requests with a response, from the handler or from the guard; and requests with `on_disconnect = "finish"`
    /// whose client had left.
    pub requests: u64,
    /// Requests that wait for their answer's head at this moment. A request is one of its route when
    /// the router has found that.
    pub in_flight: u64,
    /// Answers by the first digit of their status, from 1 to 5.
    pub statuses: [u64; 5],
    /// How long answers took.
    pub latencies: Histogram,
    /// Panics: in the handler, an extractor, middleware, a body, or while something was dropped.
    pub panics: u64,
    /// Requests that were ended at their deadline with 504.
    pub timeouts: u64,
    /// Timeouts whose handler held its thread.
    pub(crate) blocked_timeouts: u64,
    /// Handlers that returned an [`Error`](crate::Error).
    pub errors: u64,
    /// Requests whose body stopped arriving, answered with 408.
    pub stalled_bodies: u64,
    /// Requests whose client left before the response, and whose handler was dropped.
    pub cancelled: u64,
    /// Polls of handlers or bodies that held their thread past the deadline. If it was before the
    /// response, the request is among the timeouts, too.
    pub blocked: u64,
    /// Requests that were answered with 503: there was no thread for them, or the route's breaker was
    /// open.
    pub refused: u64,
    /// CPU time of the route's polls, sampled every 2 to 8 ms. For a longer poll it is the kernel's count, for all
    /// others an estimate.
    pub cpu_time: Duration,
    /// The longest poll that was seen, to about 8 ms; zero if each poll was shorter. All other tasks of the thread
    /// wait during a poll: tokio advises [10 to 100
    /// µs](https://docs.rs/tokio/latest/tokio/task/index.html#blocking-and-yielding) between two awaits.
    pub longest_poll: Duration,
    /// Blocked requests that hold their thread at this moment.
    pub stuck: u64,
    /// The route's alarm is raised.
    pub alarm: bool,
    /// Requests are answered with 503 at once, because too many threads are stuck in the route.
    pub breaker_open: bool,
}

impl RouteMetrics {
    /// Takes another server's counts of a route of the same name in.
    pub(crate) fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.in_flight += other.in_flight;
        for (sum, count) in self.statuses.iter_mut().zip(other.statuses) {
            *sum += count;
        }
        self.latencies.add(&other.latencies);
        self.panics += other.panics;
        self.timeouts += other.timeouts;
        self.blocked_timeouts += other.blocked_timeouts;
        self.errors += other.errors;
        self.stalled_bodies += other.stalled_bodies;
        self.cancelled += other.cancelled;
        self.blocked += other.blocked;
        self.refused += other.refused;
        self.cpu_time += other.cpu_time;
        self.longest_poll = self.longest_poll.max(other.longest_poll);
        self.stuck += other.stuck;
        self.alarm |= other.alarm;
        self.breaker_open |= other.breaker_open;
    }

    /// Returns the number of requests that failed by the server's fault: panics, timeouts, errors, and refused
    /// requests.
    #[must_use]
    pub fn faults(&self) -> u64 {
        self.panics + self.timeouts + self.errors + self.refused
    }
}
